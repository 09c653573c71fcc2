"""A bracket closes around the place where a plan changes, wherever the lines of plans meet."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.analysis.live_problem.bracketing import CLOSE, Seen, bracketed
from budgetopt.formulation import Labels, LinearProgram, Matrix, Stage
from budgetopt.formulation.linear_program import Block
from budgetopt.solvers.highs import LiveModel


def problem_of(values, size):
    """Return the choice of one plan among several: each is worth a constant and a slope times the size."""
    count = len(values)
    return LinearProgram(
        matrix=Matrix.from_triplets(1, count, np.zeros(count, dtype=np.int64), np.arange(count), np.ones(count)),
        row_lower=np.ones(1),
        row_upper=np.ones(1),
        lower=np.zeros(count),
        upper=np.ones(count),
        integer=np.ones(count, dtype=bool),
        stages=(Stage("value", np.array([constant + slope * size for constant, slope in values]), maximize=True),),
        column_labels=Labels((Block("plan", 0, count, {"plan": np.arange(count)}),)),
        row_labels=Labels((Block("one", 0, 1, {"row": np.zeros(1, dtype=np.int64)}),)),
    )


def place_of_change(values, wanted, far):
    """Return where the best plan's slope comes to be as large as is wanted, by bracketing, and in how many looks."""
    looks = []

    def look(at):
        problem = problem_of(values, math.exp(at))
        answer = LiveModel(problem).solve()
        looks.append(at)
        slope = float(answer.x @ [slope for _, slope in values])
        return Seen(at, problem, answer, slope >= wanted)

    found = bracketed(
        look,
        lambda at: problem_of(values, math.exp(at)),
        look(0.0),
        far,
        math.exp,
        math.log,
        np.arange(len(values)),
        more=True,
    )
    return found, len(looks)


def test_two_lines_meet_in_a_few_looks():
    found, looks = place_of_change([(10.0, 1.0), (0.0, 4.0)], 4.0, math.log(100))
    assert math.exp(found[0].at) == pytest.approx(10 / 3, rel=2 * CLOSE)
    assert math.exp(found[1].at) == pytest.approx(10 / 3, rel=2 * CLOSE)
    assert not found[0].moved
    assert found[1].moved
    assert looks <= 6


def test_what_never_changes_has_no_bracket():
    found, looks = place_of_change([(10.0, 1.0), (0.0, 1.01)], 1.01, math.log(100))
    assert found is None
    assert looks == 2


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), min_size=2, max_size=8, unique=True), st.data())
def test_the_change_lies_within_the_bracket(values, data):
    values = [(float(constant), float(slope)) for constant, slope in values]
    wanted = data.draw(st.sampled_from([slope for _, slope in values]))

    def slopes_at(size):
        worth = [constant + slope * size for constant, slope in values]
        return {slope for value, (_, slope) in zip(worth, values, strict=True) if value >= max(worth) - 1e-9}

    if max(slopes_at(1.0)) >= wanted:
        return
    found, _ = place_of_change(values, wanted, math.log(100))
    if found is None:
        assert min(slopes_at(100.0)) < wanted
        return
    assert 0 < found[1].at - found[0].at <= CLOSE * 1.01
    assert min(slopes_at(math.exp(found[0].at - 1e-6))) < wanted
    assert max(slopes_at(math.exp(found[1].at + 1e-6))) >= wanted
