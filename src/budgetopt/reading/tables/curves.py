"""The rules of curves, for a whole column of them at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydantic_core import PydanticCustomError

from budgetopt.errors import Place, Problem
from budgetopt.reading.problems import say
from budgetopt.reading.tables.cells import problem_of
from budgetopt.scenario.model.program import check_curve
from budgetopt.scenario.programs import Bools, Column

__all__ = ["curve_problems", "curves_in_cells"]


def curve_problems(
    column: Column,
    place_of: Callable[[int, int], Place | None],
    subject: Callable[[int], str],
    checked: Bools | None = None,
) -> list[Problem]:
    """Return what is wrong with the curves of a column, in the words of the model.

    Parameters
    ----------
    column
        Curves, each a cell.
    place_of
        Where a point stands, by its cell and its position in the column's values.
    subject
        What a cell is, for messages.
    checked
        Which cells are looked at; shape (cells,). Left out, all of them.
    """
    if column.offsets is None or not len(column):
        return []
    starts, ends = column.offsets[:-1], column.offsets[1:]
    spending = column.values[:, 0]
    curve = np.repeat(np.arange(len(column)), ends - starts)
    backwards = np.flatnonzero((np.diff(spending) <= 0) & (np.diff(curve) == 0)) + 1
    wrong = ends - starts < 2
    wrong |= np.where(ends > starts, spending[np.minimum(starts, len(spending) - 1)] != 0, True)
    wrong[curve[backwards]] = True
    if checked is not None:
        wrong &= checked
    problems = []
    for cell in np.flatnonzero(wrong).tolist():
        try:
            check_curve(column.cell(cell))
        except PydanticCustomError as error:
            point = int(starts[cell])
            if error.type == "curve-backwards":
                point = int(backwards[np.searchsorted(backwards, point)])
            context = error.context or {}
            said = say({"type": error.type, "loc": (), "msg": error.message(), "input": None, "ctx": context})
            problems.append(problem_of(said, place_of(cell, point), subject(cell)))
    return problems


def curves_in_cells(column: Column, subject: Callable[[int], str]) -> list[Problem]:
    """Return what is wrong with curves that stand in one cell each; ``subject`` is asked by row."""
    origin = column.origin
    return curve_problems(
        column,
        lambda cell, _point: None if origin is None else origin.place(cell),
        lambda cell: subject(int(column.rows[cell])),
    )
