"""A limit for several periods together leaves alone the periods between them that it does not name."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.analysis import conflicts
from language.small import LATER, document_of, solved, spent

A = {"outcomes": {"good": {"per_dollar": 3}}}
B = {"outcomes": {"good": {"per_dollar": 1}}}
FLOOR = {"name": "floor", "sum": "spending", "where": {"program": "a"}, "at_least": 9, "periods": ["FY2"]}


def cap(*periods: str) -> dict[str, object]:
    rule = {"name": "cap", "sum": "spending", "where": {"program": "a"}, "at_most": 8, "each": "total"}
    return {**rule, "periods": list(periods)} if periods else rule


def test_a_cap_on_two_periods_together_leaves_the_one_between_alone() -> None:
    # a has 8 dollars of the first and the third year, and all 10 of the second
    plan = solved({"a": A, "b": B}, 3 * 18 + 12, revenue=10, periods=LATER, rules=[cap("FY1", "FY3"), FLOOR])
    assert spent(plan, "a")[1] == 10


@pytest.mark.parametrize(
    ("periods", "names"),
    [(("FY1", "FY3"), []), (("FY1", "FY2"), ["cap", "floor"]), (("FY2",), ["cap", "floor"]), ((), ["cap", "floor"])],
)
def test_a_cap_contradicts_only_floors_of_its_own_periods(periods: tuple[str, ...], names: list[str]) -> None:
    document = document_of({"a": A, "b": B}, revenue=10, periods=LATER, rules=[cap(*periods), FLOOR])
    found = conflicts(bo.Scenario.from_document(document))
    assert sorted(provision.name for conflict in found for provision in conflict.provisions) == names
