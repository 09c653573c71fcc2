"""The optimum against exact searches: over all plans in round steps, and over all vertices in fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.formulation import LinearProgram, formulate
from exact import solve_exactly
from measures import best_value, few
from oracle import Reading
from strategies import CONVEX, PLAIN, cases, unchecked

STEP = 100_000


@st.composite
def gridded(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a scenario whose every breakpoint and limit is a multiple of one step: so is one of its best plans.

    With one fund, one period, and limits on single programs and on all of them, the vertices of each choice of segments
    are round. The curves take any shape, up and down.
    """
    programs: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        steps = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(-40, 90)), min_size=1, max_size=4))
        x, y = 0, draw(st.sampled_from([0, 0, 25]))
        curve = [[x, y]]
        for width, rise in steps:
            x, y = x + STEP * width, y + rise
            curve.append([x, y])
        outcomes: dict[str, Any] = {"o0": {"curve": curve}}
        if draw(st.booleans()):
            outcomes["o1"] = {"per_dollar": draw(st.sampled_from([0.0001, -0.0002]))}
        floor = draw(st.integers(0, 2))
        words: dict[str, Any] = {"outcomes": outcomes, "spending": {"at_least": STEP * floor}}
        if draw(st.booleans()):
            words["spending"]["at_most"] = STEP * (floor + draw(st.integers(0, 6)))
        programs[f"p{number}"] = words
    budget = sum(words["spending"]["at_least"] for words in programs.values()) + STEP * draw(st.integers(0, 8))
    rule = {"name": "Spend it", "sum": "spending", "at_least": STEP * draw(st.integers(0, budget // STEP))}
    return {
        "periods": ["FY2027"],
        "funds": {"general": {"revenue": budget}},
        "outcomes": {"o0": {"weight": draw(st.sampled_from([1, -3]))}, "o1": {"weight": draw(st.sampled_from([0, 2]))}},
        "programs": programs,
        "rules": draw(st.sampled_from([[], [rule]])),
    }


@few(1 / 2)
@given(gridded())
def test_the_best_plan_in_round_steps_is_the_optimum(document: dict[str, Any]) -> None:
    names = list(document["programs"])
    budget = document["funds"]["general"]["revenue"]
    choices = []
    for words in document["programs"].values():
        most = min(words["spending"].get("at_most", budget), budget)
        choices.append(range(words["spending"]["at_least"], most + 1, STEP))
    least = document["rules"][0]["at_least"] if document["rules"] else 0
    worth = {
        name: {
            spent: Reading(
                {**document, "programs": {name: document["programs"][name]}},
                {(name, "general", "FY2027"): Fraction(spent)},
            ).objective()
            for spent in choice
        }
        for name, choice in zip(names, choices, strict=True)
    }
    found = [
        sum((worth[name][spent] for name, spent in zip(names, plan, strict=True)), Fraction(0))
        for plan in product(*choices)
        if least <= sum(plan) <= budget
    ]
    value = best_value(document)
    assert (value is None) is (not found)
    if found:
        assert value is not None
        assert abs(value - float(max(found))) <= 1e-6
        assert bo.solve(unchecked(document)).proved


def combinations_to_try(problem: LinearProgram) -> int:
    """Return about how many sets of limits the search over vertices looks at."""
    sides = (problem.lower, problem.upper, problem.row_lower, problem.row_upper)
    equal = int((problem.row_lower == problem.row_upper).sum() + (problem.lower == problem.upper).sum())
    inequalities = sum(int(np.isfinite(side).sum()) for side in sides) - 2 * equal
    return comb(inequalities, max(problem.columns - equal, 0))


@few(1 / 2)
@given(data=st.data())
def test_vertices_in_fractions_agree(data: st.DataObject) -> None:
    features = data.draw(st.sampled_from([PLAIN, CONVEX]))
    case = data.draw(cases(features=features, max_programs=2, max_funds=2, max_periods=1))
    problem = formulate(case.scenario).linear_program
    assume(combinations_to_try(problem) <= 50)
    answer = solve_exactly(problem)
    # what can just be met may be missed by the last digit of a binary fraction, and in fractions that is a miss
    assume(answer.status != "infeasible")
    assert answer.status == "optimal"
    plan = bo.solve(case.scenario)
    assert abs(plan.objective_value - float(answer.value)) <= 1e-9 * max(1.0, abs(float(answer.value)))
    assert answer.value >= case.reading.objective() - Fraction(1, 10**6)
