"""What contradicts itself, worked out by hand: whole decisions, several sets, and the sets that are still open."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.infeasibility import contradictions
from budgetopt.analysis.infeasibility.contradictions import _largest, _Search, conflicts
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.errors import FaultError, OptionError
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Solution, Termination
from language.small import document_of

HALF = {"a": {"packages": [{"name": "all", "cost": 60, "outcomes": {"good": 300}}]}}
CAP = {"name": "cap", "sum": "spending", "at_most": 30}
ASKED = {"name": "asked", "sum": "outcome good", "at_least": 150}
"""A half of the package keeps both; the package or nothing keeps one of them."""


def of(name: str, program: str, **words: Any) -> dict[str, Any]:
    return {"name": name, "sum": "spending", "where": {"program": program}, **words}


def rated(**more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": 1}}, **more}


def found_in(document: dict[str, Any], at_most: int = 9) -> list[list[str]]:
    found = conflicts(Scenario.from_document(document), at_most=at_most)
    return [[one.name for one in conflict.provisions] for conflict in found]


def test_what_only_whole_decisions_contradict_is_found() -> None:
    harmless = {"name": "harmless", "sum": "spending", "at_most": 90}
    assert found_in(document_of(HALF, rules=[harmless, CAP, ASKED])) == [["cap", "asked"]]
    assert found_in(document_of(HALF, rules=[CAP])) == []
    funded = {"name": "funded", "count": "funded", "at_least": 1}
    # in full or not at all: each of the two asks for all of the package, and the cap allows a half
    assert found_in(document_of(HALF, rules=[funded, CAP, ASKED])) == [["funded", "cap"], ["cap", "asked"]]


@pytest.mark.parametrize("baseline", [0, {"a": 10, "b": 0}])
def test_a_share_of_nothing_takes_part_as_any_limit_does(baseline: Any) -> None:
    """No number of the rule moves what it allows in the second year, and dropping it does."""
    programs = {"p": rated(baseline=baseline, spending={"at_least": {"b": 5}})}
    frozen = {"name": "frozen", "change": {"at_most": "0%"}}
    found = conflicts(Scenario.from_document(document_of(programs, periods=("a", "b"), rules=[frozen])), at_most=9)
    assert [[(one.kind, one.name) for one in conflict.provisions] for conflict in found] == [
        [("rule", "frozen"), ("floor", "p")]
    ]


def test_all_sets_are_found_the_smallest_first() -> None:
    programs = {name: rated() for name in "abcd"}
    rules = [
        of("a at least 50", "a", at_least=50), of("b at least 40", "b", at_least=40),
        of("c at least 30", "c", at_least=30), of("a at most 20", "a", at_most=20),
        of("d at least 10", "d", at_least=10),
    ]  # fmt: skip
    document = document_of(programs, 100, rules=rules)
    # 50 + 40 + 30 is more than 100, as is 50 + 40 + 10 and a dollar
    assert found_in(document) == [
        ["a at least 50", "a at most 20"],
        ["a at least 50", "b at least 40", "c at least 30"],
    ]
    assert found_in(document, at_most=1) in ([["a at least 50", "a at most 20"]],
                                             [["a at least 50", "b at least 40", "c at least 30"]])  # fmt: skip
    document = document_of(programs, 99, rules=rules)
    assert sorted(map(len, found_in(document))) == [2, 3, 3]
    with pytest.raises(OptionError, match="at_most is 0"):
        found_in(document, at_most=0)


def brute(items: int, groups: list[tuple[frozenset[int], float, float]]) -> int | None:
    """Return the size of a largest set by trying all of them."""
    sizes = [
        size
        for size in range(items + 1)
        for chosen in combinations(range(items), size)
        if all(least <= len(group & set(chosen)) <= most for group, least, most in groups)
    ]
    return max(sizes, default=None)


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [({0, 1}, -np.inf, 1)],
        [({1, 2, 3}, -np.inf, 2), ({0, 1}, -np.inf, 1)],
        [({0, 1, 2, 3}, -np.inf, 3), ({3}, 1, np.inf), ({2, 3}, -np.inf, 1)],
        [({0, 1, 2, 3}, -np.inf, 0)],
        [({0}, 1, np.inf), ({0}, -np.inf, 0)],
        [({0, 1}, 1, np.inf), ({2, 3}, 1, np.inf), ({0, 2}, -np.inf, 0)],
    ],
)
def test_a_largest_set_that_is_still_open(groups: list[tuple[set[int], float, float]]) -> None:
    frozen = [(frozenset(group), least, most) for group, least, most in groups]
    found, size = _largest(4, frozen), brute(4, frozen)
    assert (None if found is None else len(found)) == size
    if found is not None:
        assert found <= frozenset(range(4))
        assert all(least <= len(group & found) <= most for group, least, most in frozen)


def test_a_search_that_cannot_tell_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario.from_document(document_of(HALF, rules=[CAP, ASKED]))
    monkeypatch.setattr(WhatIf, "solve", lambda *_: Solution(Termination.TIME_LIMIT, solver="a solver"))
    with pytest.raises(FaultError, match="a solver could not tell whether provisions fit together"):
        conflicts(scenario)


def test_nothing_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of the linear program nor of the integer one."""
    scenario = Scenario.from_document(document_of(HALF, rules=[CAP, ASKED]))
    search = _Search(scenario)
    asked: list[frozenset[int]] = []
    among, has_plan = search._missed.among, search._has_plan

    def once(kept: Any) -> Any:
        asked.append(frozenset(kept))
        return among(kept)

    def searched(kept: frozenset[int]) -> bool:
        asked.append(kept | {-1})
        return has_plan(kept)

    monkeypatch.setattr(search._missed, "among", once)
    monkeypatch.setattr(search, "_has_plan", searched)
    (conflict,) = search.run()
    assert [one.name for one in conflict.provisions] == ["cap", "asked"]
    assert len(asked) == len(set(asked))


def test_the_smallest_set_among_some_limits() -> None:
    rules = [of("a at least 70", "a", at_least=70), of("b at least 40", "b", at_least=40),
             of("a at most 10", "a", at_most=10)]  # fmt: skip
    search = _Search(Scenario.from_document(document_of({"a": rated(), "b": rated()}, rules=rules)))
    names = [demand.name for demand in search.demands]
    at = {name: names.index(name) for name in names}
    without_cap = frozenset(range(len(names))) - {at["a at most 10"]}
    assert [one.name for one in search.conflict_among(without_cap).provisions] == ["a at least 70", "b at least 40"]
    assert not search.fits(without_cap)
    assert search.fits(without_cap - {at["b at least 40"]})


def test_if_not_even_a_plan_without_limits_exists_the_conflict_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario.from_document(document_of({"a": rated()}, rules=[of("a at least 1", "a", at_least=1)]))
    nothing = contradictions.Answer(frozenset(), False)
    monkeypatch.setattr(contradictions.LeastMissed, "among", lambda *_: nothing)
    (conflict,) = conflicts(scenario, at_most=5)
    assert conflict.demands == ()
