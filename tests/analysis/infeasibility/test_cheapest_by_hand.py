"""Which limits are enough alone, and the cheapest way to relax some of them, worked out by hand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.infeasibility.cheapest import Cheapest
from budgetopt.analysis.infeasibility.elastic import Elastic, elastic, money_of
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


def rated(**more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": 1}}, **more}


def of(name: str, program: str, **words: Any) -> dict[str, Any]:
    return {"name": name, "sum": "spending", "where": {"program": program}, **words}


class Case:
    """A scenario whose limits and money may all be relaxed."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.scenario = Scenario.from_document(document)
        self.slack = elastic(self.scenario, lambda _: True)
        self.cheapest = Cheapest(self.scenario, self.slack, self.counts)

    def counts(self, slack: Elastic) -> Floats:
        in_dollars = np.array([self.scenario.limits[at].in_dollars for at in slack.limit.tolist()], dtype=bool)
        return slack.counts(in_dollars, money_of(self.scenario))

    def names(self, limits: Collection[int]) -> list[str]:
        return [self.scenario.limits[at].name for at in limits]

    def relaxed(self, *names: str) -> tuple[float, dict[str, float]] | None:
        """Return the cost of relaxing some limits alone, all if none is named, and by how much each is relaxed."""
        own = self.names(self.slack.limit.tolist())
        opened = np.array([not names or name in names for name in own], dtype=bool)
        found = self.cheapest.point(opened)
        if found is None:
            return None
        slack, point = found
        gave = point[slack.column]
        cost = float(self.counts(slack) @ gave)
        each = zip(self.names(slack.limit.tolist()), gave.tolist(), strict=True)
        return round(cost, 6), {name: round(by, 6) for name, by in each if by > 1e-6}


def floors() -> Case:
    """Return floors of 70, 40 and 5 dollars, of which 100 are there, and a cap that is far away."""
    rules = [of("A", "a", at_least=70), of("B", "b", at_least=40), of("C", "c", at_least=5), of("D", "d", at_most=50)]
    return Case(document_of({name: rated() for name in "abcd"}, rules=rules))


def test_a_limit_is_enough_alone_if_all_others_can_be_kept() -> None:
    case = floors()
    # without C the other two still lack 10
    assert sorted(case.names(case.cheapest.enough_alone())) == ["A", "B", "general"]
    # what was found stays as it was: a second answer is the same
    assert sorted(case.names(case.cheapest.enough_alone())) == ["A", "B", "general"]


def test_what_contradicts_itself_beside_a_limit_that_is_free() -> None:
    case = floors()
    case.cheapest.enough_alone()
    at = {case.scenario.limits[limit].name: limit for limit in case.slack.limit.tolist()}
    assert sorted(case.names(case.cheapest._contradicting() or ())) == ["A", "B", "C", "general"]
    assert sorted(case.names(case.cheapest._contradicting(at["C"]) or ())) == ["A", "B", "general"]
    assert case.cheapest._contradicting(at["A"]) is None
    assert sorted(case.names(case.cheapest._contradicting(at["D"]) or ())) == ["A", "B", "C", "general"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("A",), (15, {"A": 15})),
        (("B", "D"), (15, {"B": 15})),
        (("general",), (15, {"general": 15})),
        (("C",), None),
        (("D",), None),
    ],
)
def test_the_cheapest_way_to_relax_some_limits(names: tuple[str, ...], expected: Any) -> None:
    assert floors().relaxed(*names) == expected


def test_all_limits_together_are_relaxed_by_what_is_missing() -> None:
    case = floors()
    assert case.relaxed("C") is None
    cost, gave = case.relaxed() or (0.0, {})
    assert cost == sum(gave.values()) == pytest.approx(15)
    assert gave.keys() <= {"A", "B", "C", "general"}


def test_of_many_limits_those_of_the_smallest_contradiction_are_tried() -> None:
    names = [f"p{at}" for at in range(10)]
    rules = [of(name.upper(), name, at_least=11) for name in names]
    programs = {**{name: rated() for name in names}, "other": rated(spending={"at_least": 0.5})}
    case = Case(document_of(programs, rules=rules))
    # ten floors of 11 dollars each; the other one of half a dollar is not enough alone
    assert sorted(case.names(case.cheapest.enough_alone())) == sorted([*map(str.upper, names), "general"])


HALF = {"a": {"packages": [{"name": "all", "cost": 60, "outcomes": {"good": 300}}]}}
CAP = {"name": "cap", "sum": "spending", "at_most": 30}
ASKED = {"name": "asked", "sum": "outcome good", "at_least": 150}


def test_whole_decisions_that_only_in_part_meet_all_limits() -> None:
    case = Case(document_of(HALF, rules=[CAP, ASKED, {"name": "far", "sum": "spending", "at_most": 90}]))
    # what does not contradict anything is not tried; more money may be
    assert sorted(case.names(case.cheapest.enough_alone())) == ["asked", "cap", "general"]
    assert case.relaxed("cap") == (30, {"cap": 30})
    # all of what is asked for counts as much as all of the money
    assert case.relaxed("asked") == (100, {"asked": 150})
    assert case.relaxed() == (30, {"cap": 30})
    assert case.relaxed("far") is None
    assert case.relaxed("general") is None


def test_whole_decisions_beside_amounts() -> None:
    rules = [of("A", "a", at_least=60), of("B", "b", at_least=70)]
    case = Case(document_of({**HALF, "b": rated()}, rules=rules))
    # taken in part a gives up 30 as well, but in whole all of it
    assert case.relaxed("A") == (60, {"A": 60})
    assert case.relaxed("B") == (30, {"B": 30})
    assert case.relaxed("general") == (30, {"general": 30})
    cost, gave = case.relaxed() or (0.0, {})
    assert cost == 30
    assert "A" not in gave
    assert sorted(case.names(case.cheapest.enough_alone())) == ["A", "B", "general"]
