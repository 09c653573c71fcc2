"""Limits on changes from one period to the next, worked out by hand."""

from __future__ import annotations

import pytest

from language.small import LATER, solved, spent

PROGRAMS = {"a": {"outcomes": {"good": {"per_dollar": 3}}}, "b": {"outcomes": {"good": {"per_dollar": 1}}}}


@pytest.mark.parametrize(("both", "one"), [("50%", "20%"), ("20%", "50%")])
@pytest.mark.parametrize(
    ("key", "revenue", "value", "of_a"),
    [
        # a takes all 10 dollars of the first year, and a fifth more in the second
        ("increase_at_most", {"FY1": 10, "FY2": 100}, 3 * 22 + 88, [10, 12]),
        # the 10 dollars of the second year are four fifths of the 12.50 that a may have in the first
        ("decrease_at_most", {"FY1": 100, "FY2": 10}, 3 * 22.5 + 87.5, [12.5, 10]),
    ],
)
def test_of_two_limits_on_a_change_the_narrower_holds(
    both: str, one: str, key: str, revenue: dict[str, float], value: float, of_a: list[float]
) -> None:
    rule = {"name": "steady", "change": {"from": "previous", "at_most": both, key: one}, "where": {"program": "a"}}
    plan = solved(PROGRAMS, value, revenue=revenue, periods=LATER[:2], rules=[rule])
    assert spent(plan, "a") == of_a
