"""Look for the pieces of a plan: solve where none of those known so far holds.

Along each figure by itself, and all revenue together, until the whole range is covered; then with two figures moved,
three, and all of them, near the plan first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.analysis.exploring.basis_at import BasisSolver
from budgetopt.analysis.exploring.critical_region import CLOSE, critical_region, distance
from budgetopt.analysis.exploring.moved_problem import MovedProblem
from budgetopt.analysis.exploring.plan_pieces import PieceMaker, PlanPiece
from budgetopt.analysis.exploring.sliders import Slider
from budgetopt.formulation.linear_program import Bools, Floats

__all__ = ["GAP", "PieceSearch", "interval"]

GAP = 1e-6
"""Parts of a line that are shorter, as a share of the range of a figure, are not looked into."""
GOLDEN = 0.381966
"""Where in a gap a plan is looked for: at a place that is no round number."""
SAMPLE = 1024
"""So many points are looked at for each number of figures that move, at each distance from the plan."""
RINGS = 5
"""How many distances from the plan are looked at in turn, the last one the ends of the ranges."""


class PieceSearch:
    """Looks for the pieces of a plan over a box, up to a number of them.

    A point is how far each figure is from the plan, as a share of its range.
    """

    def __init__(self, moves: MovedProblem, maker: PieceMaker, sliders: Sequence[Slider], most: int) -> None:
        self.solver, self._moves, self._maker, self._most = BasisSolver(moves), moves, maker, most
        self._sliders = sliders
        self.low = np.array([slider.point(slider.low) for slider in sliders])
        self.high = np.array([slider.point(slider.high) for slider in sliders])
        self.pieces: list[PlanPiece] = []
        self.impossible = np.empty((0, 1 + len(sliders)))

    def add(self, point: Floats) -> bool:
        """Find what holds at a point, and keep it; return whether anything was found."""
        basis = self.solver.at(point)
        if basis is None:
            cut = self.solver.why_not(point)
            if cut is None or not np.abs(cut[1:]).any():
                return False
            self.impossible = np.concatenate((self.impossible, cut[None] / np.abs(cut[1:]).max()))
            return True
        region = critical_region(self._moves, basis, self.low, self.high)
        if region is None:
            return False
        self.pieces.append(self._maker.made(region))
        return True

    def lines(self) -> list[Floats]:
        """Return the directions of the lines that are covered whole: each figure, then all revenue together."""
        lines = list(np.eye(len(self._sliders)))
        revenue = np.array([slider.kind == "revenue" for slider in self._sliders])
        if revenue.sum() > 1:
            rates = np.array([slider.value / slider.width for slider in self._sliders])
            lines.append(np.where(revenue, rates, 0.0) / np.abs(rates[revenue]).max())
        return lines

    def cover_line(self, line: Floats) -> bool:
        """Find all pieces along a line through the plan within the box; return whether nothing is left open."""
        used = line != 0
        ends = np.stack((self.low[used] / line[used], self.high[used] / line[used]))
        low, high = float(ends.min(axis=0).max()), float(ends.max(axis=0).min())
        open_parts = self._gaps(line, low, high)
        given_up: list[tuple[float, float]] = []
        while open_parts and len(self.pieces) < self._most:
            begin, end = open_parts[0]
            middle = begin + GOLDEN * (end - begin)
            found = self.add(middle * line)
            left = self._gaps(line, low, high)
            if not found or any(one <= middle <= other for one, other in left):
                given_up.append((begin, end))
            open_parts = [
                part for part in left if not any(one <= part[0] and part[1] <= other for one, other in given_up)
            ]
        return not open_parts and not given_up

    def _gaps(self, line: Floats, low: float, high: float) -> list[tuple[float, float]]:
        """Return the parts of a line that nothing known holds, from low to high."""
        held = [interval(piece.conditions, line, low, high) for piece in self.pieces]
        held += [interval(cut[None], line, low, high) for cut in self.impossible]
        gaps, reached = [], low
        for begin, end in sorted(one for one in held if one is not None):
            if begin > reached + GAP:
                gaps.append((reached, begin))
            reached = max(reached, end)
        return [*gaps, *([(reached, high)] if high > reached + GAP else [])]

    def cover_box(self) -> float:
        """Find pieces with several figures moved, near the plan first; return which share of the box is known."""
        figures = len(self._sliders)
        if figures < 2:
            return 1.0
        draw = np.random.default_rng(0)
        for count in dict.fromkeys((2, min(3, figures), figures)):
            for ring in range(1, RINGS + 1):
                self._cover(self._drawn(draw, count, ring / RINGS))
        return float(self._known(draw.uniform(self.low, self.high, (4 * SAMPLE, figures))).mean())

    def _drawn(self, draw: np.random.Generator, count: int, reach: float) -> Floats:
        """Return points within a share of the box with so many figures moved; shape (SAMPLE, figures)."""
        points = reach * draw.uniform(self.low, self.high, (SAMPLE, len(self._sliders)))
        still = draw.random(points.shape).argsort(axis=1) >= count
        return np.where(still, 0.0, points)

    def _cover(self, points: Floats) -> None:
        """Find the pieces that hold points."""
        known = self._known(points)
        for at, point in enumerate(points):
            if len(self.pieces) >= self._most:
                return
            if not known[at]:
                pieces, cuts = len(self.pieces), len(self.impossible)
                self.add(point)
                known |= self._known(points, pieces, cuts)

    def _known(self, points: Floats, pieces: int = 0, cuts: int = 0) -> Bools:
        """Return which points are held by pieces and cuts, from some number of each on; shape (points,)."""
        known = np.zeros(len(points), dtype=bool)
        for piece in self.pieces[pieces:]:
            known |= distance(piece.conditions, points) <= CLOSE
        for cut in self.impossible[cuts:]:
            known |= cut[0] + points @ cut[1:] > 0
        return known


def interval(conditions: Floats, line: Floats, low: float, high: float) -> tuple[float, float] | None:
    """Return the part of a line, between two places, where conditions hold; None if they hold nowhere."""
    begin, rate = conditions[:, 0], conditions[:, 1:] @ line
    still = np.abs(rate) <= CLOSE
    if (begin[still] < -CLOSE).any():
        return None
    rising, falling = ~still & (rate > 0), ~still & (rate < 0)
    low = max(low, float((-begin[rising] / rate[rising]).max(initial=low)))
    high = min(high, float((-begin[falling] / rate[falling]).min(initial=high)))
    return (low, high) if low <= high + CLOSE else None
