"""The proof without any rounding: plan, prices and bound worked out in fractions.

Every float is a fraction, so a linear program, a point and prices as a computer holds them can be checked with no
rounding at all. Prices of the wrong sign and rounding errors of others are repaired by what every plan obeys: a column
without an upper limit cannot exceed what a row with a limit and no negative entry lets it have.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage

__all__ = ["LARGEST", "ExactProof", "prove_in_fractions"]

LARGEST = 20_000
"""Problems with more entries than this are not checked in fractions: it would take too long."""


@dataclass(frozen=True, slots=True)
class ExactProof:
    """What is true of a point and of prices, exactly.

    Parameters
    ----------
    violation
        The most by which the point misses a limit of a row or column, in the unit of that limit; 0 if it keeps all.
    value
        The stage's value at the point.
    bound
        What no point that keeps all limits can better; None if the prices prove no bound.
    """

    violation: Fraction
    value: Fraction
    bound: Fraction | None

    @property
    def gap(self) -> Fraction | None:
        """The distance between value and bound, as a share of the value; None without a bound."""
        if self.bound is None:
            return None
        return abs(self.bound - self.value) / max(abs(self.value), Fraction(1))


def prove_in_fractions(lp: LinearProgram, stage: Stage, x: Floats, row_dual: Floats) -> ExactProof:
    """Check a point and prices of a linear program without rounding.

    Parameters
    ----------
    lp, stage
        The problem and its objective.
    x
        The point; shape (columns,).
    row_dual
        The change of the stage's value for one more unit of each row's limit; shape (rows,).

    Raises
    ------
    OptionError
        If the problem has integer decisions, whose bound no prices prove, or more than :data:`LARGEST` entries.
    """
    if lp.is_integer:
        raise OptionError("prices prove no bound for all-or-nothing decisions: nothing to check in fractions")
    if lp.matrix.entries > LARGEST:
        raise OptionError(f"the problem has {lp.matrix.entries:,} entries; fractions are for at most {LARGEST:,}")
    point = [Fraction(value) for value in x.tolist()]
    cost = [Fraction(value) for value in stage.cost_for(lp.columns).tolist()]
    prices = [Fraction(value) for value in row_dual.tolist()]
    activity = [Fraction(0)] * lp.rows
    reduced = list(cost)
    columns, rows = lp.matrix.column_of_entry().tolist(), lp.matrix.index.tolist()
    entries = [Fraction(value) for value in lp.matrix.value.tolist()]
    for row, column, entry in zip(rows, columns, entries, strict=True):
        activity[row] += entry * point[column]
        reduced[column] -= entry * prices[row]

    sides = [(activity, lp.row_lower, lp.row_upper), (point, lp.lower, lp.upper)]
    missed = Fraction(0)
    for values, lower, upper in sides:
        for value, low, high in zip(values, lower.tolist(), upper.tolist(), strict=True):
            if np.isfinite(low):
                missed = max(missed, Fraction(low) - value)
            if np.isfinite(high):
                missed = max(missed, value - Fraction(high))
    value = sum((a * b for a, b in zip(cost, point, strict=True)), Fraction(stage.offset))
    most = _implied(lp, rows, columns, entries)
    bound = _sum_of(prices, lp.row_lower.tolist(), lp.row_upper.tolist(), maximize=stage.maximize)
    rest = _sum_of(reduced, lp.lower.tolist(), most, maximize=stage.maximize)
    proved = None if bound is None or rest is None else bound + rest + Fraction(stage.offset)
    return ExactProof(missed, value, proved)


def _implied(lp: LinearProgram, rows: list[int], columns: list[int], entries: list[Fraction]) -> list[float | Fraction]:
    """Return the upper limits of the columns, those implied by rows where there is none."""
    upper: list[float | Fraction] = list(lp.upper.tolist())
    helps = np.isfinite(lp.row_upper)
    for row, column, entry in zip(rows, columns, entries, strict=True):
        if entry < 0 or lp.lower[column] < 0:
            helps[row] = False
    for row, column, entry in zip(rows, columns, entries, strict=True):
        if helps[row] and entry > 0:
            most = Fraction(float(lp.row_upper[row])) / entry
            if most < upper[column]:
                upper[column] = most
    return upper


def _sum_of(
    prices: list[Fraction], lower: list[float], upper: list[float | Fraction], *, maximize: bool
) -> Fraction | None:
    """Return the most (or least) that limits times prices can add up to; None if a limit that counts is missing."""
    total = Fraction(0)
    for price, low, high in zip(prices, lower, upper, strict=True):
        if price == 0:
            continue
        limit = high if (price > 0) == maximize else low
        if not isinstance(limit, Fraction) and not np.isfinite(limit):
            return None
        total += price * Fraction(limit)
    return total
