"""When a search for a price is worth its time, and what it then says, worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt import solve
from budgetopt.analysis import WhatIf
from budgetopt.analysis.live_problem.what_if import question_about
from budgetopt.analysis.sensitivity.integer_prices import (
    LONGEST,
    TOO_LATE,
    _foreseen,
    moved_row,
    searched_cost,
    why_in_vain,
)
from budgetopt.analysis.sensitivity.limit_rows import limit_rows
from budgetopt.analysis.sensitivity.moved_limits import NOT_TOLD
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Solution, Termination
from language.small import document_of


def found(value: float = 10.0, bound: float | None = None) -> Solution:
    return Solution(Termination.OPTIMAL, np.zeros(1), objective=value, bound=value if bound is None else bound)


def question(*, limited: bool = False, seconds: float = 0.0) -> Any:
    return SimpleNamespace(is_limited=limited, seconds=seconds)


@pytest.mark.parametrize(
    ("asked", "base", "foreseen", "share", "why"),
    [
        (question(), found(), 5.0, 1.0, ""),
        (question(), found(), 0.0, 1.0, ""),
        # without a plan nothing can be compared
        (question(), Solution(Termination.TIME_LIMIT), 5.0, 1.0, NOT_TOLD),
        # the time for all searches, or for a share of them, is over
        (question(seconds=LONGEST), found(), 5.0, 1.0, ""),
        (question(seconds=LONGEST + 1), found(), 5.0, 1.0, TOO_LATE),
        (question(seconds=LONGEST / 2 + 1), found(), 5.0, 0.5, TOO_LATE),
        (question(seconds=LONGEST / 2 - 1), found(), 5.0, 0.5, ""),
        # a change of 20 times what the search left open is seen, and no smaller one
        (question(limited=True), found(bound=10.5), 10.5, 1.0, ""),
        (question(limited=True), found(bound=10.5), 10.0, 1.0, NOT_TOLD),
        (question(limited=True), found(bound=10.5), math.inf, 1.0, ""),
        (question(limited=True), found(), 0.0, 1.0, ""),
        (question(), found(bound=10.5), 0.0, 1.0, ""),
    ],
)
def test_why_a_search_would_be_in_vain(asked: Any, base: Solution, foreseen: float, share: float, why: str) -> None:
    assert why_in_vain(asked, base, foreseen, share) == why


def project(cost: float, good: float) -> dict[str, Any]:
    return {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": good}}]}


RULES = [{"name": "cap", "sum": "spending", "at_most": 10}]
TOWN = document_of({"north": project(6, 10), "south": project(6, 9)}, rules=RULES)


def test_what_moving_a_row_brings_to_both_sides() -> None:
    asked = WhatIf(Scenario.from_document(TOWN))
    row = next(row for row in limit_rows(asked) if row.limit.name == "cap")
    told = moved_row(asked, row, asked.as_is())
    assert (told["method"], told["unknown"]) == ("solved again with the limit moved by 1%", "")
    figures = ["relief", "relief_until", "relief_first", "relief_then"]
    assert [told[key] for key in figures] == pytest.approx([0, 12, 12, 9])
    figures = ["tightening", "tightening_until", "tightening_first", "tightening_then"]
    assert [told[key] for key in figures] == pytest.approx([0, 6, 6, 10])


def test_what_is_in_vain_is_not_searched() -> None:
    asked = WhatIf(Scenario.from_document(TOWN))
    row = next(row for row in limit_rows(asked) if row.limit.name == "cap")
    nothing, solves = Solution(Termination.TIME_LIMIT), asked.solves
    told = moved_row(asked, row, nothing)
    assert told["unknown"] == NOT_TOLD
    assert all(math.isnan(told[key]) for key in ("relief", "relief_until", "relief_first", "tightening_then"))
    cost, why = searched_cost(asked, Provision("rule", "cap"), nothing)
    assert (math.isnan(cost), why) == (True, NOT_TOLD)
    assert asked.solves == solves
    # without the cap both are built
    assert searched_cost(asked, Provision("rule", "cap"), asked.as_is()) == (pytest.approx(9), "")


@pytest.mark.parametrize(
    ("limited", "duals", "change"), [(True, [0.0, -3.0], 6.0), (True, None, math.inf), (False, [0.0, -3.0], math.inf)]
)
def test_what_the_first_move_changes_by_the_duals_of_the_relaxation(
    limited: bool, duals: list[float] | None, change: float
) -> None:
    row_dual = None if duals is None else np.array(duals)
    asked = SimpleNamespace(is_limited=limited, relaxed=lambda: SimpleNamespace(row_dual=row_dual))
    limit: Any = SimpleNamespace(question=asked, row=1, step=2.0)
    assert _foreseen(limit) == change


@pytest.mark.parametrize(("left_open", "cost", "why"), [(0.5, math.nan, NOT_TOLD), (0.1, 9, "")])
def test_a_cost_is_searched_where_the_relaxation_foresees_one(
    left_open: float, cost: float, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # two thirds of the second project fit under the cap: without it the relaxation gains 19 - 16
    monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 1)
    asked = question_about(solve(Scenario.from_document(TOWN)), exact=True)
    assert asked.is_limited
    base = replace(asked.as_is(), bound=10 + left_open)
    told = searched_cost(asked, Provision("rule", "cap"), base)
    assert told == (pytest.approx(cost, nan_ok=True), why)


def test_money_of_an_integer_problem_moves_all_that_revenue_moves() -> None:
    # a fifth of the revenue is kept: of 100 dollars 80 are spent, 60 of them for the project
    funds = {"general": {"revenue": 100, "reserve": {"at_least": "20%", "of": "revenue"}}}
    programs = {"a": project(60, 300), "b": {"outcomes": {"good": {"per_dollar": 2}}}}
    asked = WhatIf(Scenario.from_document(document_of(programs, funds=funds)))
    row = next(row for row in limit_rows(asked) if row.limit.kind == "money")
    told = moved_row(asked, row, asked.as_is())
    assert [told["relief"], told["tightening"]] == pytest.approx([1.6, 1.6])
