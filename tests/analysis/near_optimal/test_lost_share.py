"""Of a best value of zero there is no share."""

from __future__ import annotations

import math

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.near_optimal.lost_share import lost_shares
from language.small import document_of

NONE = math.nan


@pytest.mark.parametrize(
    ("lost", "best", "shares"),
    [
        ([1, 0], 4, [0.25, 0]),
        ([1, NONE], -2, [0.5, NONE]),
        ([1, 0], 0, [NONE, NONE]),
        # what a solver leaves of zero
        ([1, 0], -1e-15, [NONE, NONE]),
        ([1e6], 1e-5, [NONE]),
        ([0], 0, [NONE]),
        ([NONE], 0, [NONE]),
        ([], 0, []),
        ([0.001], 0.01, [0.1]),
    ],
)
def test_what_is_lost_as_a_share(lost: list[float], best: float, shares: list[float]) -> None:
    assert lost_shares(np.array(lost, dtype=float), best).tolist() == pytest.approx(shares, nan_ok=True)


@pytest.mark.parametrize(
    "more",
    [
        {"objective": {"minimize": "largest cut"}},
        {
            "objective": {"minimize": "shortfall from targets"},
            "outcomes": {"good": {"weight": 1, "target": {"at_least": 100}}},
        },
    ],
)
def test_without_a_program_where_the_best_value_is_zero(more: dict[str, object]) -> None:
    programs = {name: {"baseline": 50, "outcomes": {"good": {"per_dollar": 1}}} for name in ("a", "b")}
    programs["a"]["spending"] = {"at_most": 60}
    programs["b"]["spending"] = {"at_most": 60}
    scenario = bo.Scenario.from_document(document_of(programs, 120, **more))
    table = bo.replacement_values(scenario)
    assert (table["lost"] > 0).all()
    assert table["lost_share"].isna().all()
