"""At which factor a program of all-or-nothing decisions gets more or less, and with how few looks."""

from __future__ import annotations

import math
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.more_or_not import NOT_SOLVED, Sides, UnsettledError
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Solution, Termination
from language.small import document_of

NONE = math.nan
FAR = math.log(100)
Factors = dict[tuple[str, bool], float]


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def packaged(*packages: tuple[float, float], **more: Any) -> dict[str, Any]:
    """Return a program of packages, each a cost and what it brings."""
    named = [{"name": str(at), "cost": cost, "outcomes": {"good": worth}} for at, (cost, worth) in enumerate(packages)]
    return {"packages": named, **more}


def of(pool: dict[str, Any], rate: float = 2, revenue: float = 100, **more: Any) -> dict[str, Any]:
    """Return a pool of all-or-nothing decisions beside a library of which every dollar brings the same."""
    return document_of({"pool": pool, "library": rated(rate)}, revenue, **more)


TARGET = {"outcomes": {"good": {"weight": 1, "target": {"at_least": 60}}}, "objective": {"minimize": "spending"}}
CASES: dict[str, tuple[dict[str, Any], Factors]] = {
    # its 50 dollars bring 100, and at the library 150
    "not taken": (of(packaged((50, 100)), 3), {("effect", True): 1.5, ("cost", True): 2 / 3}),
    # beyond 100 dollars it cannot be paid at all
    "taken": (
        of(packaged((60, 300))),
        {("effect", True): NONE, ("effect", False): 0.4, ("cost", True): NONE, ("cost", False): 100 / 60},
    ),
    # 60 dollars of it are worth as much at the library at a cost of 60 * 1.25
    "taken, and the fund has more": (
        of(packaged((60, 150)), revenue=200),
        {("effect", True): NONE, ("effect", False): 0.8, ("cost", True): NONE, ("cost", False): 1.25},
    ),
    # of two packages the first is worth its money at 4/3 and 3/4, the second at 4 and 1/4
    "two that stand for themselves": (
        of(packaged((20, 30), (20, 10), choose="any")), {("effect", True): 4 / 3, ("cost", True): 3 / 4},
    ),
    "one of two is taken": (
        of(packaged((20, 100), (20, 30))),
        {("effect", True): 4 / 3, ("effect", False): 0.4, ("cost", True): 3 / 4, ("cost", False): 2.5},
    ),
    "more than there is": (of(packaged((150, 900))), {("effect", True): NONE, ("cost", True): 2 / 3}),
    "as good as the library": (
        of(packaged((50, 100))),
        {("effect", True): NONE, ("effect", False): 1, ("cost", True): NONE, ("cost", False): 1},
    ),
    # 40 dollars at the least
    "a threshold": (of(rated(1, if_funded={"at_least": 40})), {("effect", True): 2, ("cost", True): 0.5}),
    # 5 dollars bring nothing: of 100 dollars it brings 95; at half of the cost 97.5 dollars bring 195
    "a threshold with a fixed cost": (
        of(rated(1, if_funded={"at_least": 40, "fixed_cost": 5}), 1.9),
        {("effect", True): 2, ("cost", True): 100 / 195},
    ),
    # 60 units cost 60 dollars at the library alone; of 50 dollars 40 units
    "the least spending, not taken": (
        of(packaged((50, 40)), 1, **TARGET), {("effect", True): 1.25, ("cost", True): 0.8},
    ),
    "the least spending, taken": (
        of(packaged((30, 40)), 1, **TARGET),
        {("effect", True): NONE, ("effect", False): 0.75, ("cost", True): NONE, ("cost", False): 4 / 3},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_factors(name: str) -> None:
    document, expected = CASES[name]
    found = bo.break_even_factors(Scenario.from_document(document), "pool", kinds=("effect", "cost"))
    assert {(item.what, item.more): item.factor for item in found} == {
        key: pytest.approx(factor, rel=1e-6, nan_ok=True) for key, factor in expected.items()
    }
    assert not any(item.unknown for item in found)


def test_the_weight_of_an_outcome_of_its_own() -> None:
    pool = {"packages": [{"name": "all", "cost": 50, "outcomes": {"kind": 60, "good": 10}}]}
    document = of(pool, outcomes={"kind": {"weight": 1}})
    found = {
        item.outcome: item.factor
        for item in bo.break_even_factors(Scenario.from_document(document), "pool", kinds=("weight",))
    }
    # of 100 that the library makes of the money 90 are to be found in 60; more of the other helps the library, too
    assert found == {"kind": pytest.approx(1.5), "good": pytest.approx(NONE, nan_ok=True)}


def sides(document: dict[str, Any], level: float, apart: float, *, more: bool) -> tuple[Sides, WhatIf]:
    question = WhatIf(Scenario.from_document(document))
    return Sides(question, 0, level, apart, "effect", "", more=more), question


@pytest.mark.parametrize(
    ("document", "level", "more", "factor", "looks"),
    [
        # today, far away, and where the values of the two plans meet
        (of(packaged((50, 100)), 3), 0, True, 1.5, 3),
        (of(packaged((60, 300))), 60, False, 0.4, 3),
        # far away both are taken: 40 f + 120 meets 200 at 2, where one alone is; between 1 and 2 it is, too
        (of(packaged((20, 30), (20, 10), choose="any")), 0, True, 4 / 3, 5),
        # without any plan of today's there is nothing to compare
        (of(packaged((50, 100)), 3, revenue=40), 0, True, NONE, 2),
        (of(packaged((50, 100))), 0, True, 1, 2),
    ],
)
def test_how_few_looks_it_takes(document: dict[str, Any], level: float, more: bool, factor: float, looks: int) -> None:
    asked, question = sides(document, level, 20, more=more)
    assert asked.meeting(FAR if more else -FAR) == pytest.approx(factor, rel=1e-9, nan_ok=True)
    # each look is a search with the decision, and one without it
    assert question.solves == 2 * looks


def test_a_plan_that_is_not_the_best_has_no_factor() -> None:
    # without the pool the plan is worth less than with it
    asked, _ = sides(of(packaged((60, 300))), 0, 60, more=True)
    with pytest.raises(UnsettledError, match="the plan is the best within a gap only"):
        asked.meeting(FAR)


@pytest.mark.parametrize(
    ("ended", "reason"),
    [(Termination.UNBOUNDED, "nothing limits the gain there"), (Termination.TIME_LIMIT, NOT_SOLVED)],
)
def test_a_search_without_an_end_has_no_factor(
    monkeypatch: pytest.MonkeyPatch, ended: Termination, reason: str
) -> None:
    asked, question = sides(of(packaged((60, 300))), 60, 60, more=False)
    monkeypatch.setattr(question, "solve", lambda _: Solution(ended))
    with pytest.raises(UnsettledError, match=reason):
        asked.meeting(-FAR)


def test_after_some_seconds_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetopt.analysis.sensitivity.more_or_not.SECONDS", -1.0)
    found = bo.break_even_factors(Scenario.from_document(of(packaged((60, 300)))), "pool", kinds=("effect",))
    assert [item.unknown for item in found] == [NOT_SOLVED] * 2
    assert all(math.isnan(item.factor) for item in found)
