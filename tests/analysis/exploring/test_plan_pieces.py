"""A piece of the plan in the scenario's words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.exploring.plan_pieces import PlanPiece


@pytest.mark.parametrize(("printed", "same"), [(10.0, True), (10.19, True), (10.21, False), (9.79, False)])
def test_a_piece_is_of_a_plan_that_differs_by_the_rounding_of_each_period(printed: float, same: bool) -> None:
    none = np.zeros((1, 1))
    piece = PlanPiece(none, np.zeros(1, dtype=bool), np.array([[10.0]]), none, none, ())
    plan: Any = SimpleNamespace(
        spending=np.array([[[printed, 0.0]]]), rounded_to=0.1, scenario=SimpleNamespace(periods=("FY1", "FY2"))
    )
    assert piece.is_of(plan) == same
