"""Smallest contradictions, and the budget in steps, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis import conflicts
from budgetopt.errors import OptionError
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def kept(**floors: float) -> Scenario:
    """Return a scenario of 100 dollars in which each program has a floor by a rule of its name."""
    rules = [
        {"name": name.upper(), "where": {"program": name}, "sum": "spending", "at_least": floor}
        for name, floor in floors.items()
    ]
    return Scenario.from_document(document_of({name: rated() for name in "abcd"}, rules=rules))


@pytest.mark.parametrize(
    ("floors", "found"),
    [
        ({"a": 60, "b": 40}, []),
        ({"a": 60, "b": 41}, ["AB"]),
        # a by itself, b and c together; d fits with each of them
        ({"a": 101, "b": 70, "c": 40, "d": 10}, ["A", "BC"]),
        ({"a": 60, "b": 50, "c": 45, "d": 5}, ["AB", "AC"]),
        ({"a": 60, "b": 60, "c": 60}, ["AB", "AC", "BC"]),
        ({"a": 40, "b": 40, "c": 40, "d": 40}, ["ABC", "ABD", "ACD", "BCD"]),
    ],
)
def test_every_smallest_contradiction(floors: dict[str, float], found: list[str]) -> None:
    names = ["".join(one.name for one in conflict.provisions) for conflict in conflicts(kept(**floors), at_most=9)]
    assert sorted(names) == found
    assert [len(name) for name in names] == sorted(len(name) for name in names)
    assert len(conflicts(kept(**floors))) == min(len(found), 1)
    assert len(conflicts(kept(**floors), at_most=2)) == min(len(found), 2)


@pytest.mark.parametrize("at_most", [0, -3])
def test_at_least_one_contradiction_is_asked_for(at_most: int) -> None:
    with pytest.raises(OptionError, match=f"at_most is {at_most}; at least one conflict"):
        conflicts(kept(a=1), at_most=at_most)


def steps_of(document: dict[str, Any], **options: Any) -> list[tuple[float, str, float, float, float]]:
    table = bo.budget_steps(Scenario.from_document(document), **options)
    columns = ["money", "program", "change", "value", "value_per_dollar"]
    return [tuple(row) for row in table[columns].itertuples(index=False)]


CURVED = {"a": {"outcomes": {"good": {"curve": [[0, 0], [30, 90], [60, 120]]}}}, "b": rated(0.5)}
GIFT = {"gift": {"revenue": 20, "only": {"program": "b"}}}
YEARS = {"revenue": {"FY1": 30, "FY2": 50}, "periods": LATER[:2]}


@pytest.mark.parametrize(
    ("document", "options", "expected"),
    [
        # of 80 dollars an eighth is 3.75 in FY1 and 6.25 in FY2, where the last 20 bring 1
        (document_of(CURVED, **YEARS), {"steps": (-0.125,)}, [(-10, "a", -10, -3.75 * 3 - 6.25, 1.75)]),
        # 3.75 dollars at 1 and 6.25 at 1: the curve goes on to 60
        (document_of(CURVED, **YEARS), {"steps": (0.125,)}, [(10, "a", 10, 10, 1)]),
        # all of the money
        (document_of(CURVED, **YEARS), {"steps": (-1.0,)}, [(-80, "a", -80, -200, 2.5)]),
        # 5 dollars and then 10 more, each counted from the one before it
        (
            document_of({"a": rated(3, spending={"at_most": 104}), "b": rated(1)}, revenue=100),
            {"dollars": (14, 4)},
            [(4, "a", 4, 12, 3), (14, "b", 10, 22, 1), (14, "a", 4, 22, 1)],
        ),
        # what is not a cent is no move
        (document_of({"a": rated(3)}), {"dollars": (0.000_004,)}, []),
        (document_of({"a": rated(3)}), {"dollars": (0.02,)}, [(0.02, "a", 0.02, 0.06, 3)]),
        # the one fund alone
        (
            document_of({"a": rated(3), "b": rated(1, funds=["gift"])}, funds=GIFT),
            {"fund": "gift", "steps": (-0.5,)},
            [(-10, "b", -10, -10, 1)],
        ),
    ],
)  # fmt: skip
def test_the_budget_in_steps(document: dict[str, Any], options: dict[str, Any], expected: list[Any]) -> None:
    found = steps_of(document, **options)
    assert [row[:2] for row in found] == [(pytest.approx(row[0]), row[1]) for row in expected]
    for one, other in zip(found, expected, strict=True):
        assert list(one[2:]) == pytest.approx(list(other[2:])), other


def test_a_step_that_no_plan_can_meet_has_a_row_without_a_program() -> None:
    document = document_of({"a": rated(3, spending={"at_least": 60})})
    assert steps_of(document, steps=(-0.4,)) == [(-40, "a", -40, pytest.approx(-120), pytest.approx(3))]
    (row,) = steps_of(document, steps=(-0.41,))
    assert row[:2] == (pytest.approx(-41), "")
    assert all(math.isnan(value) for value in row[2:])


@pytest.mark.parametrize("document", [document_of({"a": rated()}, revenue=0)])
def test_without_money_there_are_no_steps(document: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="a step takes more money than there is, or none at all"):
        steps_of(document)
