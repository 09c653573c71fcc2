"""Where on a line conditions hold, and which lines and shares of a box are looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.exploring.piece_search import PieceSearch, interval
from budgetopt.formulation.linear_program import Floats


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([[1.0, 0.5]], (-2, 3)),
        ([[1.0, 2.0]], (-0.5, 3)),
        ([[1.0, -0.5]], (-2, 2)),
        ([[1.0, -2.0], [0.25, 0.5]], (-0.5, 0.5)),
        ([[1.0, 0.0]], (-2, 3)),
        ([[-1.0, 0.0]], None),
        ([[-4.0, 1.0]], None),
    ],
)
def test_conditions_hold_on_one_part_of_a_line(
    conditions: list[list[float]], found: tuple[float, float] | None
) -> None:
    assert interval(np.array(conditions), np.ones(1), -2.0, 3.0) == found


def search(*sliders: tuple[str, float, float]) -> PieceSearch:
    """Return a search that knows nothing yet, of sliders with a kind, a value and a width."""
    made = PieceSearch.__new__(PieceSearch)
    listed: Any = [SimpleNamespace(kind=kind, value=value, width=width) for kind, value, width in sliders]
    made._sliders = listed
    return made


def test_lines_are_of_each_figure_and_of_all_revenue_if_there_is_more_than_one() -> None:
    one = search(("revenue", 10.0, 2.0), ("weight", 1.0, 1.0))
    assert [line.tolist() for line in one.lines()] == [[1, 0], [0, 1]]
    two = search(("revenue", 10.0, 2.0), ("weight", 9.0, 1.0), ("revenue", 40.0, 4.0))
    assert [line.tolist() for line in two.lines()] == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0, 1]]


def test_one_figure_alone_leaves_nothing_of_its_box_unknown() -> None:
    assert search(("revenue", 10.0, 2.0)).cover_box() == 1.0


def test_a_line_reaches_as_far_as_every_figure_on_it_may_move() -> None:
    asked: list[tuple[float, float]] = []
    made: Any = search()
    made.low, made.high, made.pieces, made._most = np.array([-1.0, -0.9]), np.array([1.0, 0.8]), [], 9
    made._gaps = lambda _, low, high: asked.append((low, high)) or []
    assert made.cover_line(np.array([0.5, 1.0]))
    assert made.cover_line(np.array([0.25, -0.5]))
    assert made.cover_line(np.array([0.0, 1.0]))
    np.testing.assert_allclose(asked, [(-0.9, 0.8), (-1.6, 1.8), (-0.9, 0.8)])


def test_a_part_of_a_line_where_nothing_is_found_is_given_up() -> None:
    asked: list[float] = []

    def add(point: Floats) -> bool:
        assert len(asked) < 3, "each part is looked into once"
        asked.append(float(point[0]))
        return False

    made: Any = search()
    made.low, made.high, made.pieces, made._most = -np.ones(1), np.ones(1), [], 9
    made.add, made._gaps = add, lambda *_: [(-1.0, 0.0), (0.5, 1.0)]
    assert not made.cover_line(np.ones(1))
    assert asked == pytest.approx([-0.618034, 0.690983])
