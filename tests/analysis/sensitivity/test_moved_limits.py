"""What moving the limit of an integer problem brings: the first step, and the smallest move, worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis import WhatIf
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.analysis.sensitivity.limit_rows import limit_rows, size_of, terms_of
from budgetopt.analysis.sensitivity.moved_limits import NOT_TOLD, MovedLimit, blur, change_between, least_change
from budgetopt.formulation import LinearProgram
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Solution, Termination
from language.small import document_of

INF, NONE = math.inf, math.nan


def project(cost: float, good: float) -> dict[str, Any]:
    return {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": good}}]}


NORTH_SOUTH = {"north": project(6, 10), "south": project(6, 9)}

FIXED = {
    "a": {"spending": {"at_most": 15}, "if_funded": {"fixed_cost": 5}, "outcomes": {"good": {"per_dollar": 3}}},
    "b": {"spending": {"at_most": 4}, "outcomes": {"good": {"per_dollar": 1}}},
}


def rule(*programs: str, **bound: float) -> list[dict[str, Any]]:
    where = {"where": {"program": list(programs)}} if programs else {}
    return [{"name": "k", "sum": "spending", **where, **bound}]


def movable(document: dict[str, Any], name: str = "k") -> MovedLimit:
    """Return a limit of a scenario, of the size of its bound."""
    question = WhatIf(Scenario.from_document(document))
    row = next(row for row in limit_rows(question) if row.limit.name == name)
    figure = figure_at(question.scenario, ("funds", name, "revenue", row.period)) if name == "general" else None
    return MovedLimit(
        question, question.as_is(), row.row, row.bound, row.bound, row.sense == "equals", row.sense == "at most",
        figure,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "name", "direction", "relaxing", "expected"),
    [
        # of 10, two more build the second station, and with less than 6 the first falls
        (document_of(NORTH_SOUTH, 10), "general", 1, True, (0, 12, 12, 9)),
        (document_of(NORTH_SOUTH, 10), "general", -1, False, (0, 6, 6, -10)),
        (document_of(NORTH_SOUTH, rules=rule(at_most=10)), "k", 1, True, (0, 12, 12, 9)),
        (document_of(NORTH_SOUTH, rules=rule(at_most=10)), "k", -1, False, (0, 6, 6, -10)),
        (document_of(NORTH_SOUTH, rules=rule(at_most=14)), "k", 1, True, (0, INF, NONE, NONE)),
        # the south holds the place of the north, and there is no more of it to be had
        (document_of(NORTH_SOUTH, 10, rules=rule("south", at_least=5)), "k", -1, True, (0, 0, 0, 1)),
        (document_of(NORTH_SOUTH, 10, rules=rule("south", at_least=5)), "k", 1, False, (0, 6, NONE, NONE)),
        (document_of(NORTH_SOUTH, 10, rules=rule("south", at_least=6)), "k", 1, False, (NONE, 6, NONE, NONE)),
        # one percent more builds the second project of 4, and one percent less loses the first
        (
            document_of({"a": project(1000, 4), "b": project(4, 4)}, 5000, rules=rule(at_most=1000)), "k", 1, True,
            (0.4, 1010, 1004, 4),
        ),
        (
            document_of({"a": project(1000, 4), "b": project(4, 3)}, 5000, rules=rule(at_most=1000)), "k", -1, False,
            (0.1, 990, 1000, -1),
        ),
        # what goes by degrees has no first change
        (
            document_of({"a": project(60, 300), "b": {"outcomes": {"good": {"per_dollar": 2}}}}), "general", 1, True,
            (2, 101, NONE, NONE),
        ),
        (
            document_of({"a": project(60, 300), "b": {"outcomes": {"good": {"per_dollar": 2}}}}), "general", -1, False,
            (2, 99, NONE, NONE),
        ),
        # the second costs no round amount
        (document_of({"north": project(6, 10), "south": project(6.00004, 9)}, 10), "general", 1, True,
         (0, 12.0001, 12.0001, 9)),
        (document_of({"north": project(6.00006, 10), "south": project(6.5, 9)}, 10), "general", -1, False,
         (0, 6, 6, -10)),
        # what changes nothing for a while, and goes by degrees from there, has no first change either
        (document_of(FIXED, 20, rules=rule(at_most=5)), "k", 1, True, (0, 19 / 3, NONE, NONE)),
        (document_of(FIXED, 17, rules=rule("b", at_least=1)), "k", 1, False, (0, 2, NONE, NONE)),
        (document_of(FIXED, 20, rules=rule(at_most=20)), "k", -1, False, (0, 19, NONE, NONE)),
        # less is better: the target of 15 takes both, one of 10 the north alone
        (
            document_of(
                NORTH_SOUTH, outcomes={"good": {"weight": 1, "target": {"at_least": 15}}},
                objective={"minimize": "spending"},
            ), "good", -1, True, (0, 10, 10, 6),
        ),
        (
            document_of(
                NORTH_SOUTH, outcomes={"good": {"weight": 1, "target": {"at_least": 8}}},
                objective={"minimize": "spending"},
            ), "good", 1, False, (0, 10, 10, -6),
        ),
    ],
)  # fmt: skip
def test_what_moving_a_limit_brings(
    document: dict[str, Any], name: str, direction: int, relaxing: bool, expected: tuple[float, ...]
) -> None:
    found = movable(document, name).to(direction, relaxing=relaxing)
    assert found.why == ""
    assert [found.price, found.until, found.first, found.then] == pytest.approx(list(expected), rel=1e-5, nan_ok=True)


TWO_YEARS: dict[str, Any] = {
    "name": "Two years",
    "periods": ["FY1", "FY2"],
    "funds": {
        "general": {
            "revenue": {"FY1": 10e6, "FY2": 8e6}, "carryover": False, "transfers_to": {"capital": {"at_most": 1e6}},
        },
        "capital": {"kind": "capital", "revenue": 1e6, "carryover": True},
    },
    "outcomes": {"lives": {"weight": 1, "target": {"at_least": 50}}, "meals": {"unit": "meals", "weight": 2}},
    "programs": {
        "a": {"one_fund": True, "outcomes": {"lives": {"curve": [[0, 0], [4e6, 100], [9e6, 140]]}}},
        "b": {"spending": {"at_least": 2e6}, "outcomes": {"meals": {"curve": [[0, 0], [3e6, 30], [6e6, 50]]}}},
        "c": {"fund_shares": {"general": "60%", "capital": "40%"}, "outcomes": {"meals": {"per_dollar": 4e-6}}},
    },
}  # fmt: skip
STATION = {"packages": [{"name": "all", "cost": 2_345_678, "outcomes": {"lives": 60}}]}


# a station that may cost so much at most
@pytest.mark.parametrize("most", [None, 2_000_000, 2_340_000, 2_500_000])
def test_what_changes_at_once_is_as_it_was_just_before(most: float | None) -> None:
    document = TWO_YEARS
    if most:
        document = document | {"programs": {**TWO_YEARS["programs"], "station": STATION}}
        document |= {"rules": rule("station", at_most=most)}
    question = WhatIf(Scenario.from_document(document))
    base, jumps = question.as_is(), 0
    for row in limit_rows(question):
        path = ("funds", row.limit.name, "revenue", row.period)
        figure = figure_at(question.scenario, path) if row.limit.kind == "money" else None
        size, is_upper = size_of(row, terms_of(question, row, base)), row.sense == "at most"
        limit = MovedLimit(question, base, row.row, row.bound, size, row.sense == "equals", is_upper, figure)
        for side in (1.0, -1.0):
            found = limit.to(int(side * row.relaxes), relaxing=side > 0)
            if math.isnan(found.first):
                continue
            near, there, beyond = (
                question.solve(limit._at(found.first + share * size * side * row.relaxes)).objective - base.objective
                for share in (-1e-4, 2e-6, 1e-4)
            )
            assert (near, there) == (pytest.approx(0, abs=0.1 * abs(found.then)), pytest.approx(found.then, rel=0.1))
            assert beyond == pytest.approx(found.then, rel=0.5)
            jumps += 1
    assert bool(jumps) == bool(most)


def answers(question: WhatIf, changed: Callable[[LinearProgram, Solution], Solution]) -> Any:
    """Return a question whose answers are changed."""
    solve = question.solve
    question.solve = lambda problem, *more: changed(problem, solve(problem, *more))  # type: ignore[method-assign,assignment]
    return question


def test_a_smallest_move_that_is_not_found_in_time_is_beyond_the_first_step() -> None:
    limit = movable(document_of(NORTH_SOUTH, rules=rule(at_most=10)))

    def late(problem: LinearProgram, answer: Solution) -> Solution:
        is_move = problem.stages[0].label == "smallest move"
        return replace(answer, termination=Termination.TIME_LIMIT) if is_move else answer

    answers(limit.question, late)
    up, down = limit.to(1, relaxing=True), limit.to(-1, relaxing=False)
    assert (up.price, up.until, up.why) == (0.0, pytest.approx(10.1), "")
    assert (down.price, down.until, down.why) == (0.0, pytest.approx(9.9), "")
    assert np.isnan([up.first, up.then, down.first, down.then]).all()


def test_a_change_that_two_searches_do_not_tell_apart_is_not_told() -> None:
    limit = movable(document_of(NORTH_SOUTH, rules=rule(at_most=11.9)))
    # the step of 0.119 builds the second station: 9 more, and of a bound that lies 1 away 20 would be told
    assert limit.to(1, relaxing=True).price == pytest.approx(9 / 0.119)
    answers(limit.question, lambda _, answer: replace(answer, bound=answer.objective + 1.0))
    assert limit.to(1, relaxing=True).why == NOT_TOLD


def test_what_changes_between_two_answers() -> None:
    question = WhatIf(Scenario.from_document(document_of(NORTH_SOUTH, 10)))
    base = question.as_is()
    assert (base.objective, blur(base)) == (10, 0)
    assert blur(replace(base, bound=9.5)) == 0.5
    assert blur(replace(base, bound=math.nan)) == INF

    def change(objective: float, bound: float | None = None, **more: Any) -> float:
        found = replace(base, objective=objective, bound=objective if bound is None else bound, **more)
        return change_between(question, base, found)

    assert change(13) == 3
    assert change(7) == -3
    # a ten-millionth of 10 is none; and so is what is left open within that
    assert least_change(question, base) == pytest.approx(1e-6)
    assert change(10 + 5e-7) == 0
    assert change(10 - 2e-6) == pytest.approx(-2e-6)
    assert change(10, 10 + 5e-7) == 0
    # twenty times what is left open
    assert change(13, 13.1) == 3
    assert math.isnan(change(13, 13.2))
    assert math.isnan(change(10, 10.1))
    assert math.isnan(change(13, x=None))
    assert math.isnan(change_between(question, replace(base, x=None), base))
    # of a value of nothing it is a ten-billionth of the largest coefficient
    assert least_change(question, replace(base, objective=0.0)) == pytest.approx(1e-10 * 10)


def test_where_less_is_better_a_fall_is_a_gain() -> None:
    document = document_of(
        NORTH_SOUTH, outcomes={"good": {"weight": 1, "target": {"at_least": 8}}}, objective={"minimize": "spending"}
    )
    question = WhatIf(Scenario.from_document(document))
    base = question.as_is()
    assert change_between(question, base, replace(base, objective=4.0, bound=4.0)) == 2
    assert change_between(question, base, replace(base, objective=7.0, bound=7.0)) == -1
    assert not np.isnan(base.objective)


def test_the_least_change_of_a_value_of_nothing_is_a_share_of_the_largest_figure() -> None:
    programs = {"a": {"outcomes": {"good": {"per_dollar": 0.5}}}, "b": {"outcomes": {"good": {"per_dollar": 0.25}}}}
    question = WhatIf(Scenario.from_document(document_of(programs)))
    nothing = replace(question.as_is(), objective=0.0)
    assert least_change(question, nothing) == pytest.approx(1e-10 * 0.5)


def test_a_limit_that_is_open_to_one_side_stands_where_it_is_on_the_other() -> None:
    limit = movable(document_of(NORTH_SOUTH, 10, rules=rule(at_most=14)), "general")
    own = limit.question.problem
    less, more = limit._at(limit.bound, open_to=-1), limit._at(limit.bound, open_to=1)
    # with no more revenue than there is every other limit is as it is
    others = np.arange(own.rows) != limit.row
    assert (less.row_lower[limit.row], less.row_upper[limit.row]) == (-INF, 10)
    assert less.row_upper[others].tolist() == own.row_upper[others].tolist()
    # with more a program may have more; a hundred times as much is looked at
    assert (more.row_lower[limit.row], more.row_upper[limit.row]) == (10, INF)
    moved = limit._at(13.0)
    assert (moved.row_lower[limit.row], moved.row_upper[limit.row]) == (13, 13)
    rows = [(row.sense == "at most", row.row) for row in limit_rows(limit.question) if row.limit.name == "k"]
    ((is_upper, at),) = rows
    assert is_upper
    assert own.row_upper[at] == moved.row_upper[at] == 14


def test_what_moves_with_revenue_moves_only_where_there_is_more_of_it() -> None:
    # a fifth of the revenue is kept
    funds = {"general": {"revenue": 10, "reserve": {"at_least": "20%", "of": "revenue"}}}
    limit = movable(document_of(NORTH_SOUTH, funds=funds), "general")
    own = limit.question.problem
    (block,) = own.row_labels.of_kind("reserve")
    kept = [
        problem.row_lower[block.positions].tolist()
        for problem in (own, limit._at(10.0, open_to=-1), limit._at(15.0), limit._at(10.0, open_to=1))
    ]
    # with the limit open, a hundred times as much is looked at
    assert kept == [[2], [2], [3], [202]]
