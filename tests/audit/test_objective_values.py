"""What a plan is worth by each objective, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from riverton import M, audited

GRANT = ("shelter", "grant", "FY2027", 0.5 * M)
# with the grant: 150 and 100 households; 200,150 visits a year; 400 repairs overdue
HOUSED, VISITS, OVERDUE = (150, 100), (200_150, 200_150), (400, 400)
TARGETS = {
    "outcomes.housed.target": {"at_least": 120, "weight": 7},
    "outcomes.overdue.target": {"at_most": 390},
    "outcomes.visits.target": {"at_least": 1, "at_most": 200_100},
    "outcomes.visits.weight": 0,
}


@pytest.mark.parametrize(
    ("objective", "changes", "label", "value"),
    [
        (
            {"maximize": "weighted outcomes"}, {"discount": "25%"}, "maximize weighted outcomes",
            10 * (150 + 100 / 1.25) + 2 * 200_150 * 1.8 - 3 * 400 * 1.8,
        ),
        ({"maximize": "housed"}, {"discount": "25%"}, "maximize housed", 150 + 80),
        ({"minimize": "overdue"}, {}, "minimize overdue", 800),
        # by district: all of the shelter and none of the rest
        (
            {"maximize": {"smallest": "visits", "by": "department"}}, {},
            "maximize smallest visits by department", 0,
        ),
        (
            {"maximize": {"smallest": "housed", "by": "districts"}},
            {"programs.shelter.districts": {"north": "30%", "south": "70%"}, "discount": "25%"},
            "maximize smallest housed by districts", 0.3 * 250,
        ),
        ({"minimize": "spending"}, {"discount": "25%"}, "minimize spending", 6.5 * M),
        # 2M and 1M; repairs are new
        ({"minimize": "change from baseline"}, {}, "minimize change from baseline", 0.5 * M + 1 * M + 2 * M),
        # the shelter gets 1M of 3M in its worse year
        ({"minimize": "largest cut"}, {"programs.shelter.baseline": 3 * M}, "minimize largest cut", 2 / 3),
        # 20 households of weight 7, 10 repairs of weight 3 twice, 50 visits of weight 1 twice, since 0 weighs nothing
        ({"minimize": "shortfall from targets"}, TARGETS, "minimize shortfall from targets", 20 * 7 + 60 + 100),
        (
            {"maximize": "housed", "unspent_worth": 0.5},
            {"funds.general.one_time": {"FY2028": 2 * M}, "funds.general.opening_balance": 1 * M},
            "maximize housed", 250 + 0.5 * (20 * M + 2 * M + 2 * M + 1 * M - 6.5 * M),
        ),
    ],
)  # fmt: skip
def test_the_value_of_an_objective(
    objective: dict[str, Any], changes: dict[str, Any], label: str, value: float
) -> None:
    found = audited({**changes, "objective": [objective]}, GRANT).objectives
    assert [one.label for one in found] == [label]
    assert found[0].maximize is ("maximize" in objective)
    assert found[0].value == pytest.approx(value, rel=1e-12)
