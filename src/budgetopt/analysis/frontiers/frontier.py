"""The best value against any number of a scenario: the curve, what each piece of it is worth, and what moves on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import scenario_of
from budgetopt.analysis.frontiers.best_value_curve import CurvePart, curve_parts
from budgetopt.analysis.frontiers.figure_range import FigureRange, figure_range
from budgetopt.analysis.live_problem.parametric import TOLERANCE, is_straight
from budgetopt.analysis.live_problem.plan_moves import moves_between, spending_at
from budgetopt.analysis.live_problem.what_if import SECONDS, WhatIf
from budgetopt.analysis.members import Machines
from budgetopt.errors import InfeasibleError, OptionError, OutOfTimeError
from budgetopt.scenario.column_units import CURRENCY, SHARE, VALUE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options
from budgetopt.solvers.solution import EXACT

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["Frontier", "frontier"]


@dataclass(frozen=True, eq=False)
class Frontier(Drawable):
    """The best value of a scenario against one of its numbers.

    Parameters
    ----------
    scenario
        The scenario.
    figure
        The path of the number.
    now
        What it is in the scenario; where the path leads to several numbers that differ, the largest of them, and the
        others move in proportion.
    unit
        What a price is for: 1, or 0.01 (a percentage point) of a share.
    low, high
        The range that was asked for.
    pieces
        One row a piece, from left to right: ``from`` and ``to`` (the number), ``value_from`` and ``value_to`` (the
        first objective), ``price`` (what one unit more of the number adds to the value) and ``method``: ``exact``, or
        ``grid`` where the price is that of the straight way between two points of a grid.
    points
        One row an end of a piece: ``figure``, ``value`` and ``gap``, how far the value may be from the best (0 where it
        is proved).
    is_exact
        Whether every piece is exact, so that the value between its ends lies on the straight line.
    is_integer
        Whether some decisions are all-or-nothing.
    steps
        The steps of the grid that was asked for, if one was.
    is_complete
        Whether the work was done; False if the user ended it before.
    solves, seconds
        How many problems were solved for it, and the seconds of that.
    failed
        Values of the number at whose points of a grid the search failed, and why.
    """

    scenario: Scenario
    figure: str
    now: float
    unit: float
    low: float
    high: float
    pieces: pd.DataFrame
    points: pd.DataFrame
    is_exact: bool
    is_integer: bool
    steps: int | None
    is_complete: bool
    solves: int
    seconds: float
    failed: tuple[tuple[float, str], ...]
    _range: FigureRange = field(repr=False)
    _parts: tuple[CurvePart, ...] = field(repr=False)

    @property
    def is_share(self) -> bool:
        """Whether the number is a share, so that a price is for a percentage point."""
        return self.unit != 1

    @property
    def is_money(self) -> bool:
        """Whether the number is an amount of money."""
        return self._range.figure.is_money

    @property
    def in_proportion(self) -> bool:
        """Whether the path leads to several numbers that differ, which move in proportion."""
        return self._range.figure.differs

    def value_at(self, value: float) -> float:
        """Return the best value with a number of the range, on the straight line between two points; NaN outside."""
        at, values = self.points["figure"].to_numpy(), self.points["value"].to_numpy()
        return float(np.interp(value, at, values, left=np.nan, right=np.nan)) if len(at) else np.nan

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Which programs get more or less as the number rises, over the whole range; see :meth:`moves_within`."""
        return self.moves_within(self.low, self.high)

    def moves_within(self, low: float, high: float) -> pd.DataFrame:
        """Return which programs get more or less as the number rises through the pieces of a part of the range.

        One row a move, the largest of a piece first: ``from`` and ``to`` (the number; the same where the plan changes
        at once), ``program``, ``name`` and ``change`` (dollars, all periods together). Every plan is the one that
        ``solve`` gives with that number, ties settled as there; each end of a piece takes a full solve.
        """
        import pandas as pd

        rows = [row for part in self._parts for row in self._moves_of(part, low, high)]
        table = pd.DataFrame(rows, columns=["from", "to", "program", "name", "change"])
        own = {**dict.fromkeys(("from", "to"), _figure_unit(self._range)), "change": CURRENCY}
        return with_units(table, self.scenario, own)

    def _moves_of(self, part: CurvePart, low: float, high: float) -> Iterator[tuple[float, float, str, str, float]]:
        pieces = list(pairwise(point.at for point in part.points))
        if part.moves == "nothing":
            return
        # a plan stays on a whole piece where costs move, and its middle is clear of both ends
        at_once = part.exact and part.moves == "costs"
        steps = [((one[1], one[1]), sum(one) / 2, sum(other) / 2) for one, other in pairwise(pieces)]
        steps = steps if at_once else [(piece, *piece) for piece in pieces]
        known: dict[float, Floats | None] = {}
        for (first, last), before, after in steps:
            if last < low or first > high:
                continue
            for place in (before, after):
                if place not in known:
                    known[place] = spending_at(self._range.scenario_at(place))
            was, then = known[before], known[after]
            if was is not None and then is not None:
                yield from ((first, last, *move) for move in moves_between(self.scenario, was, then))

    def _repr_html_(self) -> str:
        kind = "exact" if self.is_exact else "on a grid"
        return html_table(self.pieces, f"Best value against {self.figure} ({kind})")


def frontier(
    scenario: Subject,
    path: str | Sequence[str],
    start: str | float | None = None,
    end: str | float | None = None,
    *,
    steps: int | None = None,
    machines: Machines | None = None,
) -> Frontier:
    """Return the best value against any number of a scenario, over a range of it.

    Where the number moves only limits, or only costs, of the linear program in a straight line (revenue, a bound, a
    target, a weight, a share), the curve is piecewise linear and exact: every end of a piece is found by the duals of
    the problem solved there (Eisner and Severance, Journal of the ACM 23, 1976). Where it moves the matrix (an effect),
    and where limits move in a problem with integer decisions, the value is worked out at the points of a grid.

    Parameters
    ----------
    scenario
        The scenario, its path, or a plan of it.
    path
        The path of the number, as for ``--set``: ``funds.general.revenue``, ``outcomes.visits.weight``,
        ``rules[Safety floor].at_least``; or its parts. Where it leads to several numbers, they move in proportion.
    start, end
        The ends of the range. A text is read as for ``--set``: ``"90M"``, ``"-10%"``, ``"*0.8"``; a number is a
        multiple of what stands there: ``0.8``. Left out, a fifth less and a fifth more.
    steps
        The steps of a grid over the whole range, in place of the exact curve.
    machines
        Where the points of a grid are solved; this process if left out. The ends of exact pieces follow from one
        another, and are found in this process.

    Raises
    ------
    OptionError
        If the path is none, or the range has no width.
    ScenarioError
        If the path leads nowhere or to no number, or an end of the range cannot stand there.
    InfeasibleError
        If no plan is possible anywhere in the range.
    """
    if steps is not None and steps < 1:
        raise OptionError(f"a grid of {steps} steps", hint="1 or more")
    reach = figure_range(scenario_of(scenario, "frontier"), path, start, end)
    return _curve(reach, steps, machines or Machines())


def _curve(reach: FigureRange, steps: int | None, machines: Machines) -> Frontier:
    given = reach.figure.scenario
    question = WhatIf(given)
    if question.is_integer and question.accuracy > EXACT:
        question = WhatIf(given, Options(time_limit=SECONDS))
    parts, ended = curve_parts(question, reach, steps=steps, machines=machines)
    failed = tuple(place for part in parts for place in part.failed)
    if not any(part.points for part in parts):
        if failed:
            raise OutOfTimeError(f"no value was found: {failed[0][1]}")
        if ended:
            raise OutOfTimeError("interrupted before any value was found")
        raise InfeasibleError(
            f"no allocation can meet every rule with {reach.figure.path} anywhere in this range",
            hint="name another range, or see what contradicts what: budgetopt conflicts",
        )
    joined = _joined(parts)
    unit = reach.figure.unit
    pieces, points = _tables(joined, reach)
    return Frontier(
        given, reach.figure.path, reach.figure.value, unit, reach.low, reach.high, pieces, points,
        all(part.exact for part in joined), question.is_integer, steps, not ended, question.solves, question.seconds,
        failed, reach, tuple(joined),
    )  # fmt: skip


def _joined(parts: list[CurvePart]) -> list[CurvePart]:
    """Return the parts with those that follow one another in the same way as one, straight across where they meet."""
    out: list[CurvePart] = []
    for part in (part for part in parts if part.points):
        last = out[-1] if out else None
        follows = last is not None and (last.moves, last.exact) == (part.moves, part.exact)
        if last is None or not follows or last.points[-1].at != part.points[0].at:
            out.append(part)
            continue
        points, gaps = last.points + part.points[1:], last.gaps + part.gaps[1:]
        at = len(last.points) - 1
        if part.exact and 0 < at < len(points) - 1 and is_straight(points[at - 1], points[at], points[at + 1]):
            del points[at], gaps[at]
        out[-1] = CurvePart(part.moves, part.exact, points, gaps)
    return out


def _figure_unit(reach: FigureRange) -> str:
    """Return what the number that moves is counted in."""
    return CURRENCY if reach.figure.is_money else SHARE if reach.figure.unit != 1 else "as the scenario counts it"


def _tables(parts: list[CurvePart], reach: FigureRange) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pieces and their ends as tables."""
    import pandas as pd

    unit, counted, scenario = reach.figure.unit, _figure_unit(reach), reach.figure.scenario
    step = "percentage point" if counted == SHARE else counted if counted == CURRENCY else "one more of the number"
    pieces: list[tuple[float, float, float, float, float, str]] = []
    points: dict[float, tuple[float, float]] = {}
    for part in parts:
        points |= {point.at: (point.value, gap) for point, gap in zip(part.points, part.gaps, strict=True)}
        for one, other in pairwise(part.points):
            price = unit * (other.value - one.value) / (other.at - one.at)
            if abs(other.value - one.value) <= TOLERANCE * max(abs(one.value), abs(other.value)):
                price = 0.0
            pieces.append((one.at, other.at, one.value, other.value, price, "exact" if part.exact else "grid"))
    columns = ["from", "to", "value_from", "value_to", "price", "method"]
    rows = [(at, value, gap) for at, (value, gap) in sorted(points.items())]
    own = {**dict.fromkeys(("from", "to", "figure"), counted), **dict.fromkeys(("value_from", "value_to"), VALUE)}
    own |= {"price": f"{VALUE} per {step}", "gap": SHARE}
    tables = pd.DataFrame(pieces, columns=columns), pd.DataFrame(rows, columns=["figure", "value", "gap"])
    return with_units(tables[0], scenario, own), with_units(tables[1], scenario, own)
