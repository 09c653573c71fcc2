"""How far a program is funded, and when that counts as more or less, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis import WhatIf
from budgetopt.analysis.sensitivity.break_even import _affected, _Level
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def offered(*packages: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"packages": [{"cost": cost, "outcomes": {"good": worth}} for cost, worth in packages], **more}


def level_of(document: dict[str, Any], row: int) -> _Level:
    plan = bo.solve(Scenario.from_document(document))
    return _Level(plan, WhatIf(plan.scenario), row)


# a may have 60 dollars in the first year and 20 in the second, and b gets the rest, 60 at least in the second
TOWN = document_of(
    {
        "a": rated(3, spending={"at_most": {"FY1": 60, "FY2": 20}}),
        "b": rated(1, spending={"at_least": {"FY2": 60}}),
        "c": rated(0.5),
    },
    {"FY1": 100, "FY2": 80}, LATER[:2],
)  # fmt: skip


def test_the_level_is_that_of_all_years_and_is_held_where_each_year_is() -> None:
    a, b, c = (level_of(TOWN, row) for row in range(3))
    assert (a.level, b.level, c.level) == (80, 100, 0)
    # a millionth of the largest program
    assert a._tolerance == b._tolerance == pytest.approx(1e-4)
    assert [one._is_held(more=True) for one in (a, b, c)] == [True, False, False]
    # b is at its floor in the second year alone
    assert [one._is_held(more=False) for one in (a, b, c)] == [False, False, True]
    less = {**TOWN, "programs": {"a": rated(3), "b": rated(1, spending={"at_least": 30})}}
    assert level_of(less, 1)._is_held(more=False) is True


@pytest.mark.parametrize(
    ("spent", "what", "factor", "more", "less"),
    [
        (100, "effect", 1, False, False),
        (100.00009, "effect", 1, False, False),
        (100.00011, "effect", 5, True, False),
        (99.99991, "weight", 1, False, False),
        (99.99989, "weight", 0.2, False, True),
        # of a more expensive program as many dollars serve less: more is more of both
        (150, "cost", 2, False, False),
        (201, "cost", 2, True, False),
        (99, "cost", 2, False, True),
        (60, "cost", 0.5, False, False),
        (101, "cost", 0.5, True, False),
        (49, "cost", 0.5, False, True),
    ],
)
def test_when_a_program_has_more_or_less(spent: float, what: str, factor: float, more: bool, less: bool) -> None:
    b = level_of(TOWN, 1)
    assert (b._moved(spent, what, factor, more=True), b._moved(spent, what, factor, more=False)) == (more, less)


def lean_of(work: _Level) -> float:
    """Return what a dollar of the program counts against its moving."""
    return work._lean(work._question.problem.stages[0].cost, work._question.formulation.terms.spending)


def test_how_much_a_dollar_counts_against_moving() -> None:
    # four billionths of what the best dollar brings, that of a
    work = level_of(TOWN, 1)
    assert lean_of(work) == pytest.approx(4e-9 * 3)
    # a case of 2 dollars brings 10
    service = {"service": {"unit": "cases", "unit_cost": 2}, "outcomes": {"good": {"per_unit": 10}}}
    work = level_of(document_of({"a": service, "b": rated(1)}), 1)
    assert lean_of(work) == pytest.approx(4e-9 * 5)


def test_what_a_dollar_is_worth_where_the_objective_does_not_say_it() -> None:
    # dollars of two funds are columns of their own, and a dollar of either brings 2, or 3
    both = {"funds": ["general", "x"]}
    programs = {
        "a": {"outcomes": {"good": {"curve": [[0, 0], [60, 240], [90, 300]]}}, **both},
        "b": {"outcomes": {"good": {"curve": [[0, 0], [90, 270], [95, 270]]}}, "funds": ["x"]},
    }
    work = level_of(document_of(programs, 80, funds={"x": {"revenue": 30, "carryover": False}}), 0)
    nothing = np.zeros(work._question.problem.columns)
    assert work._lean(nothing, work._question.formulation.terms.spending) == pytest.approx(4e-9 * 3)
    # where money is worth nothing, the largest figure of the objective
    idle = level_of(document_of({"a": rated(3, spending={"at_most": 5}), "b": rated(2, spending={"at_most": 5})}), 0)
    assert idle._usual_worth == pytest.approx(3)
    # and where nothing is worth anything
    harm = level_of(document_of({"a": rated(0)}), 0)
    assert harm._usual_worth == 1


@pytest.mark.parametrize(
    ("program", "least", "packaged"),
    [
        (rated(1), 0, False),
        # what costs nothing tells no two levels apart
        (offered((0, 5), (10, 30), (25, 40)), 10, True),
        (offered((0, 5)), 0, True),
        # a minimum operating level: twice what counts as moving
        (rated(1, if_funded={"at_least": 5}), 2e-4, False),
    ],
)
def test_by_how_much_two_levels_differ(program: dict[str, Any], least: float, packaged: bool) -> None:
    work = level_of(
        document_of({"big": rated(3, spending={"at_most": 100}), "p": program, "q": offered((7, 9))}, 150), 1
    )
    assert work._apart == pytest.approx(least)
    assert work._is_packaged is packaged


def test_the_outcomes_that_count_and_that_a_program_affects() -> None:
    both = {"packages": [{"cost": 1, "outcomes": {"good": 1}}, {"cost": 2, "outcomes": {"idle": 1, "kind": 2}}]}
    document = document_of(
        {"a": rated(1), "b": {"outcomes": {"kind": {"per_dollar": 1}, "idle": {"per_dollar": 1}}}, "c": both},
        outcomes={"kind": {"weight": 2}, "idle": {"weight": 0}},
    )
    scenario = Scenario.from_document(document)
    assert [_affected(scenario, row) for row in range(3)] == [["good"], ["kind"], ["good", "kind"]]
