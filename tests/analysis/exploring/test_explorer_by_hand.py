"""What an explorer says of the pieces that it carries, from pieces that are given."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.exploring.explorer import Explorer, _same_along
from budgetopt.errors import OptionError


def piece(spending: list[list[float]], begin: float, end: float) -> Any:
    """Return a piece of one figure, from one place to another, whose value is its spending."""
    constant, rate = (float(np.sum(one)) for one in spending)
    return SimpleNamespace(
        conditions=np.array([[-begin, 1.0], [end, -1.0]]),
        spending=np.array(spending),
        value=np.array([[constant, rate], [0.0, 0.0]]),
    )


def test_pieces_are_the_same_along_a_line_if_they_start_and_move_alike() -> None:
    line, one = np.ones(1), piece([[10, 5], [1, 0]], -1, 0)
    assert _same_along(one, piece([[10, 5], [1, 0]], 0, 1), line)
    assert not _same_along(one, piece([[11, 5], [1, 0]], 0, 1), line)
    assert not _same_along(one, piece([[10, 5], [2, 0]], 0, 1), line)
    assert not _same_along(one, None, line)
    assert _same_along(None, None, line)


def carried(pieces: list[Any], impossible: list[list[float]]) -> Any:
    slider = SimpleNamespace(low=-1.0, high=1.0, value=100.0, width=50.0, point=lambda value: value)
    return SimpleNamespace(
        sliders=(slider,), pieces=pieces, impossible=np.array(impossible),
        _position=lambda _: 0,
        _point=lambda values: np.array([values["x"]]),
        _piece_at=lambda point: next((one for one in pieces if (one.conditions @ [1.0, *point] >= 0).all()), None),
        _shown=lambda one, point: float((one.spending[0] + one.spending[1] * point[0]).sum()),
    )  # fmt: skip


def test_parts_of_a_line_with_the_same_plan_are_one_part() -> None:
    pieces = [piece([[10], [4]], -1, -0.5), piece([[10], [4]], -0.5, 0), piece([[10], [2]], 0, 0.5)]
    found = Explorer.line(carried(pieces, [[-0.5, 1.0]]), "x")
    assert [(part.begin, part.end, part.first, part.last) for part in found] == [
        (50, 100, 6, 10), (100, 125, 10, 11), (125, 150, None, None),
    ]  # fmt: skip


def test_no_plan_is_possible_only_beyond_the_place_where_a_limit_is_just_met() -> None:
    found = carried([piece([[10], [4]], -1, 0)], [[-0.5, 1.0]])
    assert Explorer.at(found, {"x": 0.75}) is None
    with pytest.raises(OptionError, match="not carried"):
        Explorer.at(found, {"x": 0.5})
    shown: Any = Explorer.at(found, {"x": -1})
    assert shown == 6
