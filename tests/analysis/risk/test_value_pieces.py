"""Pieces of the best value along a factor, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetopt.analysis.risk.value_pieces import PlanLine, ValuePieces, greatest_of

INF = np.inf
PIECES = ValuePieces(np.array([-INF, 0, 2, INF]), np.array([1.0, 2, 0]), np.array([-1.0, 0, 3]), 1.0, proved=True)
AT_0, AT_1, ABOVE_1 = 0.3989422804014327, 0.24197072451914337, 0.15865525393145707
"""The density of the normal distribution at 0 and 1, and the probability above 1."""


def test_the_expectation_over_pieces() -> None:
    moments = np.array([[0.2, 0.5, 0.3], [-0.1, 0.4, 0.9], [9, 9, 9]])
    # 0.2 + 2 * 0.5, 0.1 + 0.2 for the slope of -1, 3 * (0.9 - 0.3)
    assert PIECES.expected(moments) == pytest.approx(1.2 + 0.3 + 1.8)
    # with a mean of 2: 0.1 + 0.4, and 3 * (0.9 - 0.6)
    assert replace(PIECES, mean=2.0).expected(moments) == pytest.approx(1.2 + 0.5 + 0.9)
    assert replace(PIECES, gain=np.array([-99.0, 0, 0])).expected(moments) == 0


def test_the_expectation_after_a_study() -> None:
    # nothing below the mean of 3, and twice the distance above: twice the deviation times the density at 0
    bent = ValuePieces(np.array([-INF, 3, INF]), np.zeros(2), np.array([0.0, 2]), 3.0, proved=True)
    assert bent.after_study(0.5) == pytest.approx(2 * 0.5 * AT_0)
    # the same one deviation higher
    later = replace(bent, edges=np.array([-INF, 3.5, INF]), gain=np.array([0.0, -1]))
    assert later.after_study(0.5) == pytest.approx(AT_1 - ABOVE_1)
    assert replace(bent, gain=np.array([-9.0, -9])).after_study(0.5) == 0


@pytest.mark.parametrize(("mean", "nearest"), [(1.0, (0, 2)), (2.0, (2, INF)), (-0.5, (-INF, 0))])
def test_the_factors_at_which_the_plan_changes_are_those_around_the_mean(
    mean: float, nearest: tuple[float, float]
) -> None:
    assert replace(PIECES, mean=mean).nearest == nearest


def test_the_greatest_of_lines_is_made_of_their_pieces() -> None:
    # at 0 and -3 the lines 0, 4 + 2 t and -6 + t meet; 4 + 2 t is above all of them from -2 on; -9 - t below -9
    lines = [
        PlanLine(0, 0),
        PlanLine(4, 2),
        PlanLine(-6, 1),
        PlanLine(-9, -1),
        PlanLine(3, 2),
        PlanLine(4, 2),
    ]
    found = greatest_of(lines, 10.0, proved=True)
    assert found.edges.tolist() == [-INF, 10 - 9, 10 - 2, INF]
    assert found.gain.tolist() == [-9, 0, 4]
    assert found.slope.tolist() == [-1, 0, 2]
    assert (found.mean, found.proved) == (10.0, True)
    # a line that only touches where two others meet has no piece
    touches = greatest_of([PlanLine(0, 0), PlanLine(0, 1), PlanLine(0, 2)], 1.0, proved=False)
    assert touches.slope.tolist() == [0, 2]
    assert not touches.proved
    assert PlanLine(4, 2).value(-3.0) == -2
    # 4 + 2 t and -6 - 3 t
    assert PlanLine(4, 2).meets(PlanLine(-6, -3)) == PlanLine(-6, -3).meets(PlanLine(4, 2)) == -2
