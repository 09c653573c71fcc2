"""The exact plans of a scenario over the ranges of several of its figures: carried, so that none is solved when asked.

The plan is piecewise affine in the figures that move limits, and piecewise constant in those that move weights. What is
carried are the pieces, each with the region of figures over which it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.allocation import Allocation, plan_of
from budgetopt.allocation.subject import Subject
from budgetopt.analysis.exploring.critical_region import CLOSE, distance
from budgetopt.analysis.exploring.moved_problem import moved_problem
from budgetopt.analysis.exploring.piece_search import GAP, PieceSearch, interval
from budgetopt.analysis.exploring.plan_pieces import PieceMaker, PlanPiece
from budgetopt.analysis.exploring.sliders import Slider, sliders_of
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.formulation.linear_program import Floats
from budgetopt.reading.paths import parse_path

__all__ = ["STEP", "ExploredPlan", "Explorer", "LinePart", "explorer"]

MOST_PIECES, WORK = 1_000, 1_000_000
"""So many pieces are looked for at most, and no more than so many columns of all of them together."""
STEP = 1e-6
"""How far above a point, as a share of the range of a figure, what one more of it adds is read."""
LARGEST = 10_000
"""So many columns at most: beyond, the search takes minutes."""
SAME = 1e-9
"""Plans that differ by less, as a share of the largest amount, are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class ExploredPlan:
    """The plan at a point.

    Parameters
    ----------
    spending
        What each program gets, in dollars, all periods together; shape (programs,).
    outcomes
        What it has of each outcome, all periods together; shape (outcomes,).
    value
        The value of the first objective.
    prices
        What one unit more of each figure adds to the value, by the path of the figure; NaN at the end of its range, and
        where the plan with more of it is not carried.
    limits
        The positions of the limits that bind and have a price.
    is_one_of_several
        Whether another plan is as good there, by the first objective.
    """

    spending: Floats
    outcomes: Floats
    value: float
    prices: Mapping[str, float]
    limits: tuple[int, ...]
    is_one_of_several: bool


@dataclass(frozen=True, slots=True, eq=False)
class LinePart:
    """A part of the range of one figure, all others as in the plan, over which the plan moves in a straight line.

    Parameters
    ----------
    begin, end
        Its ends.
    first, last
        The plans there; None where no plan is possible, or it is not carried.
    """

    begin: float
    end: float
    first: ExploredPlan | None
    last: ExploredPlan | None


@dataclass(frozen=True, eq=False)
class Explorer:
    """Every plan that is carried.

    Parameters
    ----------
    plan
        The plan from which the figures are moved.
    sliders
        The figures.
    pieces
        The pieces; the first one holds the plan.
    impossible
        Where no plan is possible: a constant and what each figure adds, a sum above zero; shape (cuts, 1 + figures).
    left_out
        The figures that have no slider, and why.
    covered
        The share of points, drawn at random over all ranges, at which the plan, or that there is none, is known.
    lines_whole, on_lines
        Whether each figure by itself, and all revenue together, is covered over its whole range, and how many pieces,
        the first ones, that takes.
    """

    plan: Allocation
    sliders: tuple[Slider, ...]
    pieces: tuple[PlanPiece, ...]
    impossible: Floats
    left_out: tuple[tuple[str, str], ...] = ()
    covered: float = 1.0
    lines_whole: bool = True
    on_lines: int = 1

    def at(self, values: Mapping[str, float]) -> ExploredPlan | None:
        """Return the plan where some figures have other values, by their paths; None where no plan is possible.

        Raises
        ------
        UnknownNameError
            If a path has no slider.
        OptionError
            If a value is outside of its range, or the plan there is not carried.
        """
        point = self._point(values)
        piece = self._piece_at(point)
        if piece is not None:
            return self._shown(piece, point)
        if (self.impossible[:, 0] + self.impossible[:, 1:] @ point > 0).any():
            return None
        raise OptionError("the plan with these figures together is not carried", hint="solve the scenario with --set")

    def line(self, path: str) -> list[LinePart]:
        """Return the parts of the range of one figure, from low to high, with the plans at their ends.

        Raises
        ------
        UnknownNameError
            If the path has no slider.
        """
        at, slider = self._position(path), self.sliders[self._position(path)]
        line = np.eye(len(self.sliders))[at]
        low, high = slider.point(slider.low), slider.point(slider.high)
        held = [interval(piece.conditions, line, low, high) for piece in self.pieces]
        held += [interval(cut[None], line, low, high) for cut in self.impossible]
        ends = np.unique([low, high, *(end for one in held if one is not None for end in one)])
        ends = ends[np.concatenate(([True], np.diff(ends) > GAP))]
        parts: list[tuple[float, float, PlanPiece | None]] = []
        for begin, end in zip(ends[:-1].tolist(), [*ends[1:-1].tolist(), high], strict=True):
            piece = self._piece_at((begin + end) / 2 * line)
            if parts and _same_along(parts[-1][2], piece, line):
                parts[-1] = (parts[-1][0], end, parts[-1][2])
            else:
                parts.append((begin, end, piece))
        return [
            LinePart(
                slider.value + begin * slider.width,
                slider.value + end * slider.width,
                *(None if piece is None else self._shown(piece, place * line) for place in (begin, end)),
            )
            for begin, end, piece in parts
        ]

    def _position(self, path: str) -> int:
        known = [parse_path(slider.path) for slider in self.sliders]
        place = parse_path(path)
        if place not in known:
            raise UnknownNameError("slider", path, [slider.path for slider in self.sliders])
        return known.index(place)

    def _point(self, values: Mapping[str, float]) -> Floats:
        """Return the point of values of figures by their paths; shape (figures,)."""
        point = np.zeros(len(self.sliders))
        for path, value in values.items():
            at = self._position(path)
            slider = self.sliders[at]
            if not slider.low - CLOSE * slider.width <= value <= slider.high + CLOSE * slider.width:
                low, high = f"{slider.low:,.10g}", f"{slider.high:,.10g}"
                raise OptionError(f"{path} moves between {low} and {high}, and not to {value:,.10g}")
            point[at] = slider.point(value)
        return point

    def _piece_at(self, point: Floats) -> PlanPiece | None:
        """Return the first piece that holds a point of shape (figures,)."""
        return next((piece for piece in self.pieces if distance(piece.conditions, point[None])[0] <= CLOSE), None)

    def _shown(self, piece: PlanPiece, point: Floats) -> ExploredPlan:
        by = np.concatenate(([1.0], point))
        near = piece.conditions[:, 0] + piece.conditions[:, 1:] @ point <= CLOSE
        return ExploredPlan(
            spending=by @ piece.spending,
            outcomes=by @ piece.outcomes,
            value=float(by @ piece.value @ by),
            prices={slider.path: self._price(at, point) for at, slider in enumerate(self.sliders)},
            limits=piece.limits,
            is_one_of_several=bool((near & piece.of_prices).any()),
        )

    def _price(self, at: int, point: Floats) -> float:
        """Return what one unit more of a figure adds to the value from a point on."""
        slider, more = self.sliders[at], point.copy()
        more[at] += STEP
        piece = None if more[at] > slider.point(slider.high) else self._piece_at(more)
        if piece is None:
            return float("nan")
        by = np.concatenate(([1.0], point))
        return float((piece.value[1 + at] + piece.value[:, 1 + at]) @ by) / slider.width


def _same_along(one: PlanPiece | None, other: PlanPiece | None, line: Floats) -> bool:
    """Return whether two pieces say the same plan and value along a line through the plan."""
    if one is None or other is None:
        return one is other
    for name in ("spending", "value"):
        first, second = getattr(one, name), getattr(other, name)
        by = np.stack((np.concatenate(([1.0], 0.0 * line)), np.concatenate(([0.0], line))))
        first, second = by @ first, by @ second
        if name == "value":
            first, second = first @ by.T, second @ by.T
        if np.abs(first - second).max(initial=0.0) > SAME * max(float(np.abs(first).max(initial=0.0)), 1.0):
            return False
    return True


def explorer(subject: Subject, *, figures: Sequence[str] = (), most_pieces: int | None = None) -> Explorer:
    """Return the exact plans of a scenario as its revenue, weights and limits move.

    Parameters
    ----------
    subject
        The plan; or a scenario or its path, which is solved.
    figures
        Paths of further figures, as for ``--set``; they come before the usual ones.
    most_pieces
        How many pieces of the plan are looked for at most; left out, 1,000, and fewer for large problems.

    Raises
    ------
    OptionError
        If no piece would be exact, for a reason that is said: integer decisions, a later objective that may give up a
        share of an earlier one, and others; or if a figure that is named has no slider.
    ScenarioError
        If a path leads nowhere or to no number.
    """
    plan = plan_of(subject, "explorer")
    _check(plan)
    moving, left_out = sliders_of(plan, figures)
    sliders = [one.slider for one in moving]
    if not sliders:
        raise OptionError("no figure moves the plan piece by piece in straight lines")
    formulation = whole(plan.scenario)
    moves = moved_problem(formulation.linear_program, [one.direction for one in moving])
    most = most_pieces or max(min(MOST_PIECES, WORK // moves.problem.columns), 1)
    search = PieceSearch(moves, PieceMaker(plan.scenario, formulation, moves), sliders, most)
    search.add(np.zeros(len(sliders)))
    if not search.pieces or not search.pieces[0].is_of(plan):
        raise OptionError("the plan that is printed is not the one that the pieces begin from")
    lines_whole = [search.cover_line(line) for line in search.lines()]
    on_lines, covered = len(search.pieces), search.cover_box()
    pieces, cuts = tuple(search.pieces), search.impossible
    return Explorer(plan, tuple(sliders), pieces, cuts, tuple(left_out), covered, all(lines_whole), on_lines)


def _check(plan: Allocation) -> None:
    """Refuse a plan whose pieces would not be exact."""
    problem = plan.formulation.linear_program
    if problem.is_integer:
        raise OptionError(
            "some decisions are all or nothing, and with them the plan does not move piece by piece in straight lines",
            hint="solve again with --set, or see `budgetopt frontier`",
        )
    if any(stage.within for stage in problem.stages):
        raise OptionError("a later objective may give up a share of an earlier one, and that share moves with the plan")
    if problem.tie_break is not None and problem.tie_break.even:
        raise OptionError("cuts are evened out among equally good plans, in steps that no piece follows")
    if problem.columns > LARGEST:
        raise OptionError(f"the linear program has {problem.columns:,} columns, more than {LARGEST:,}")
    if not plan.proved:
        raise OptionError("the plan is not proved to be the best")
