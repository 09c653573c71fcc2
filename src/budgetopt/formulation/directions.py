"""How a linear program moves with one figure: the difference of two problems, and the derivative along it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Labels, LinearProgram, Stage, total_by

__all__ = ["CLOSE", "Direction", "between", "goes_through", "line_through", "still"]

CLOSE = 1e-9
"""Numbers of two problems that differ by less, as a share of their size, are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """What one unit more of a figure adds to the numbers of a problem.

    Parameters
    ----------
    cost, offset
        Added to the first objective; ``cost`` has shape (columns,).
    entries
        Added to the entries of the matrix; shape (entries,).
    row_lower, row_upper, lower, upper
        Added to the limits of rows and columns; shape (rows,) and (columns,).
    """

    cost: Floats
    offset: float
    entries: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats

    @property
    def moves_matrix(self) -> bool:
        """Whether entries of the matrix move, so that the best value is no piecewise linear function."""
        return bool(self.entries.any())

    @property
    def is_nothing(self) -> bool:
        """Whether no number of the problem moves."""
        return not self.offset and not any(getattr(self, name).any() for name in ("cost", "entries", *_LIMITS))

    def from_here(self, problem: LinearProgram, by: float) -> LinearProgram:
        """Return a problem moved by some units."""
        if not by:
            return problem
        stage = problem.stages[0]
        cost = stage.cost_for(problem.columns) + by * self.cost
        limits = {name: getattr(problem, name) + by * getattr(self, name) for name in _LIMITS}
        matrix = problem.matrix
        if self.moves_matrix:
            matrix = replace(matrix, value=matrix.value + by * self.entries)
        stage = replace(stage, cost=cost, offset=stage.offset + by * self.offset)
        return replace(problem, matrix=matrix, stages=(stage, *problem.stages[1:]), **limits)

    def without_settled(self, problem: LinearProgram) -> Direction:
        """Return the direction in which entries of columns that their limits settle move the limits of rows instead."""
        if not self.moves_matrix:
            return self
        settled = (problem.lower == problem.upper) & (self.lower == 0) & (self.upper == 0)
        column = problem.matrix.column_of_entry()
        inside = settled[column] & (self.entries != 0)
        if not inside.any():
            return self
        added = total_by(problem.matrix.index[inside], (self.entries * problem.lower[column])[inside], problem.rows)
        entries = np.where(inside, 0.0, self.entries)
        row_lower = self.row_lower - np.where(np.isfinite(problem.row_lower), added, 0.0)
        row_upper = self.row_upper - np.where(np.isfinite(problem.row_upper), added, 0.0)
        return replace(self, entries=entries, row_lower=row_lower, row_upper=row_upper)

    def stretched(self, problem: LinearProgram, side: int, far: float) -> LinearProgram | None:
        """Return the problem of how far it can be moved, by one more column; None where more than rows moves."""
        moves = np.where(np.isfinite(problem.row_upper), self.row_upper, self.row_lower)
        ranged = np.isfinite(problem.row_lower) & np.isfinite(problem.row_upper)
        if self.moves_matrix or self.lower.any() or self.upper.any() or (ranged & (self.row_lower != moves)).any():
            return None
        row, columns = np.flatnonzero(moves), problem.columns
        entries = (row, np.full(len(row), columns), -side * moves[row])
        cost = np.append(np.zeros(columns), 1.0)
        return replace(
            problem,
            matrix=problem.matrix.extended(0, 1, entries),
            lower=np.append(problem.lower, 0.0),
            upper=np.append(problem.upper, far),
            integer=np.append(problem.integer, False),
            stages=(Stage("how far a figure can move", cost, maximize=True),),
            column_labels=Labels((*problem.column_labels.blocks, Block("moved", columns, columns + 1))),
            tie_break=None,
        )

    def binding_sides(self, problem: LinearProgram, y: Floats, reduced: Floats) -> tuple[Floats, Floats]:
        """Return what is added to the side of each row and column that its price is of; shapes (rows,), (columns,)."""
        # a price has the sign of the side of its limit that binds
        gain = -problem.stages[0].sign
        rows = np.where(gain * y > 0, self.row_upper, self.row_lower)
        return rows, np.where(gain * reduced > 0, self.upper, self.lower)

    def slope(self, problem: LinearProgram, x: Floats | None, y: Floats | None, reduced: Floats | None) -> float:
        """Return the derivative of the best value along it by a plan, prices and reduced costs; NaN without."""
        if x is None or y is None or reduced is None:
            return np.nan
        rows, columns = self.binding_sides(problem, y, reduced)
        value = self.offset + float((self.cost * x).sum()) + float((y * rows).sum()) + float((reduced * columns).sum())
        if self.moves_matrix:
            column = problem.matrix.column_of_entry()
            value -= float((y[problem.matrix.index] * self.entries * x[column]).sum())
        return value


_LIMITS = ("row_lower", "row_upper", "lower", "upper")


def still(problem: LinearProgram) -> Direction:
    """Return the direction in which nothing of a problem moves, with arrays of its own."""
    rows, columns = problem.rows, problem.columns
    limits = (np.zeros(rows), np.zeros(rows), np.zeros(columns), np.zeros(columns))
    return Direction(np.zeros(columns), 0.0, np.zeros(problem.matrix.entries), *limits)


def between(one: LinearProgram, other: LinearProgram, by: float) -> Direction | None:
    """Return the direction that leads from one problem to another in some units; None if they are not comparable."""
    same = (one.rows, one.columns) == (other.rows, other.columns)
    for name in ("starts", "index") if one.matrix is not other.matrix else ():
        same = same and np.array_equal(getattr(one.matrix, name), getattr(other.matrix, name))
    same = same and np.array_equal(one.integer, other.integer)
    for name in _LIMITS:
        same = same and np.array_equal(np.isfinite(getattr(one, name)), np.isfinite(getattr(other, name)))
    if not same:
        return None
    first, second = one.stages[0], other.stages[0]
    costs = first.cost_for(one.columns), second.cost_for(one.columns)
    return Direction(
        _difference(*costs, by),
        (second.offset - first.offset) / by,
        _difference(one.matrix.value, other.matrix.value, by),
        **{name: _difference(getattr(one, name), getattr(other, name), by) for name in _LIMITS},
    )


def line_through(
    at: Callable[[float], LinearProgram], problem: LinearProgram, far: float, beyond: float = 0.0
) -> Direction | None:
    """Return the direction of a figure along which a problem moves in a straight line up to a far place, if it does.

    ``beyond``: a place on the other side up to which the same line is to lead; without one, it is seen half way.
    """
    found = between(problem, at(far), far)
    if found is None:
        return None
    other = beyond or far / 2
    return found if goes_through(found, problem, other, at(other)) else None


def goes_through(found: Direction, problem: LinearProgram, by: float, there: LinearProgram, reach: float = 0.0) -> bool:
    """Return whether a direction leads from a problem to another one, so many units away, but for rounding.

    ``reach``: how many units it is followed altogether, where that is more: rounding counts beside what it adds there,
    and beside the largest numbers of the problem, of which a limit may be the difference.
    """
    error = between(found.from_here(problem, by), there, 1.0)
    if error is None:
        return False
    far, least = max(abs(by), reach), 1e-3 if reach else 1e-12
    sizes = {name: np.maximum(np.abs(getattr(there, name)), np.abs(far * getattr(found, name))) for name in _LIMITS}
    sizes["cost"] = np.maximum(np.abs(there.stages[0].cost_for(there.columns)), np.abs(far * found.cost))
    if error.moves_matrix:
        sizes["entries"] = np.maximum(np.abs(there.matrix.value), np.abs(far * found.entries))
    for name, size in sizes.items():
        apart = np.abs(getattr(error, name))
        known = np.where(np.isfinite(size), size, 0.0)
        if (apart > CLOSE * np.maximum(known, least * known.max(initial=0.0))).any():
            return False
    return True


def _difference(one: Floats, other: Floats, by: float) -> Floats:
    """Return by how much numbers differ for each unit; what is infinite in both, or differs by rounding, does not."""
    if one is other:
        return np.zeros(len(one))
    apart = np.subtract(other, one, out=np.zeros(len(one)), where=np.isfinite(one))
    size = np.maximum(np.abs(np.where(np.isfinite(one), one, 0.0)), np.abs(np.where(np.isfinite(other), other, 0.0)))
    apart[np.abs(apart) <= 1e-15 * size] = 0.0
    return apart / by
