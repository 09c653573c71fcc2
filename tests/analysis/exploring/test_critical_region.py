"""Where a basis keeps its limits, from the figures of a small problem."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.exploring.critical_region import _limits


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("rate", [2.0, 2e-12])
def test_a_limit_is_a_condition_wherever_its_column_moves_against_what_moves_most(rate: float, rows: int) -> None:
    x = np.array([[3.0, 5.0, 1.0], [rate, 0.0, rate * 1e-11]])
    moves: Any = SimpleNamespace(
        lower=np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), upper=np.full((2, 3), np.inf),
        row_lower=np.full((2, rows), -np.inf), row_upper=np.full((2, rows), np.inf),
    )  # fmt: skip
    matrix: Any = SimpleNamespace(times=lambda part: np.full(rows, part.sum()))
    basis: Any = SimpleNamespace(columns=np.ones(3, dtype=bool), rows=np.ones(rows, dtype=bool))
    # the first column stays above 1; the second never moves, and the third by rounding alone
    assert _limits(moves, x, basis, matrix).tolist() == [[2.0, rate]]
