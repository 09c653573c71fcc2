"""The exact answer of a tiny linear program, by trying every vertex in fractions: slow, and without any tolerance.

It shares nothing with the package but the arrays that it reads, so that solvers and certificates can be tested by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import ceil, floor, isfinite

from budgetopt.formulation.linear_program import LinearProgram, Stage

__all__ = ["ExactAnswer", "solve_exactly"]

Row = tuple[tuple[Fraction, ...], Fraction]  # coefficients and limit of ``a x <= b``


@dataclass(frozen=True)
class ExactAnswer:
    """How a problem ends, exactly.

    Parameters
    ----------
    status
        ``optimal``, ``infeasible`` or ``unbounded``.
    values
        The best value of each stage in turn, as far as they are bounded.
    points
        Every vertex that is best for all stages; for whole-number problems, of every whole-number choice.
    """

    status: str
    values: tuple[Fraction, ...] = ()
    points: tuple[tuple[Fraction, ...], ...] = ()

    @property
    def value(self) -> Fraction:
        return self.values[0]


def solve_exactly(lp: LinearProgram, stages: Sequence[Stage] | None = None) -> ExactAnswer:
    """Return the exact answer of a linear or whole-number problem; whole-number columns need finite limits."""
    stages = lp.stages if stages is None else tuple(stages)
    choices = list(_whole_choices(lp))
    pieces = [_Polyhedron.of(lp, choice) for choice in choices]
    values: list[Fraction] = []
    pieces = [piece for piece in pieces if piece.vertices]
    if not pieces:
        return ExactAnswer("infeasible")
    for stage in stages:
        cost = [(-1 if stage.maximize else 1) * Fraction(c) for c in stage.cost.tolist()]
        if any(piece.falls_forever(cost) for piece in pieces):
            return ExactAnswer("unbounded", tuple(values))
        best = min(_dot(cost, vertex) for piece in pieces for vertex in piece.vertices)
        give_up = Fraction(stage.within) * abs(best * (-1 if stage.maximize else 1) + Fraction(stage.offset))
        values.append((-best if stage.maximize else best) + Fraction(stage.offset))
        pieces = [piece.and_at_most(cost, best + give_up) for piece in pieces]
        pieces = [piece for piece in pieces if piece.vertices]
    found = {vertex for piece in pieces for vertex in piece.vertices}
    last = stages[-1]
    if last.within:
        return ExactAnswer("optimal", tuple(values), tuple(sorted(found)))
    sign = -1 if last.maximize else 1
    cost = [sign * Fraction(c) for c in last.cost.tolist()]
    best = min(_dot(cost, vertex) for vertex in found)
    return ExactAnswer("optimal", tuple(values), tuple(sorted(v for v in found if _dot(cost, v) == best)))


def _dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def _whole_choices(lp: LinearProgram) -> Iterator[dict[int, Fraction]]:
    places = [j for j in range(lp.columns) if lp.integer[j]]
    ranges = [range(ceil(lp.lower[j]), floor(lp.upper[j]) + 1) for j in places]
    for choice in product(*ranges):
        yield dict(zip(places, map(Fraction, choice), strict=True))


class _Polyhedron:
    """All ``x`` with ``rows`` and ``equal`` met; ``free`` columns are split into two of one sign, to have vertices."""

    def __init__(self, width: int, rows: list[Row], equal: list[Row], split: list[int]) -> None:
        self.width, self.rows, self.equal, self.split = width, rows, equal, split
        self.vertices = tuple(dict.fromkeys(self._joined(v) for v in _vertices(width + len(split), rows, equal)))

    @classmethod
    def of(cls, lp: LinearProgram, fixed: dict[int, Fraction]) -> _Polyhedron:
        width = lp.columns
        split = [j for j in range(width) if j not in fixed and not isfinite(lp.lower[j]) and not isfinite(lp.upper[j])]
        rows: list[Row] = []
        equal: list[Row] = []

        def add(coefficients: Sequence[Fraction], low: float | Fraction, high: float | Fraction) -> None:
            wide = (*coefficients, *(-coefficients[j] for j in split))
            if low == high:
                equal.append((wide, Fraction(low)))
                return
            if isfinite(high):
                rows.append((wide, Fraction(high)))
            if isfinite(low):
                rows.append((tuple(-a for a in wide), -Fraction(low)))

        for line, low, high in zip(
            lp.matrix.dense().tolist(), lp.row_lower.tolist(), lp.row_upper.tolist(), strict=True
        ):
            add([Fraction(a) for a in line], low, high)
        for j in range(width):
            unit = [Fraction(int(k == j)) for k in range(width)]
            if j in fixed:
                add(unit, fixed[j], fixed[j])
            elif j not in split:
                add(unit, float(lp.lower[j]), float(lp.upper[j]))
        total = width + len(split)
        for place, j in enumerate(split):
            rows.extend(
                (tuple(Fraction(-int(k == at)) for k in range(total)), Fraction(0)) for at in (j, width + place)
            )
        return cls(width, rows, equal, split)

    def and_at_most(self, cost: Sequence[Fraction], limit: Fraction) -> _Polyhedron:
        return _Polyhedron(self.width, [*self.rows, (self._wide(cost), limit)], self.equal, self.split)

    def falls_forever(self, cost: Sequence[Fraction]) -> bool:
        """Return whether the cost falls without end: along a direction that no limit stops."""
        total = self.width + len(self.split)
        box = [
            (tuple(Fraction(sign * int(k == j)) for k in range(total)), Fraction(1))
            for j in range(total)
            for sign in (1, -1)
        ]
        directions = _vertices(
            total, [(a, Fraction(0)) for a, _ in self.rows] + box, [(a, Fraction(0)) for a, _ in self.equal]
        )
        return any(_dot(self._wide(cost), direction) < 0 for direction in directions)

    def _wide(self, cost: Sequence[Fraction]) -> tuple[Fraction, ...]:
        return (*cost, *(-cost[j] for j in self.split))

    def _joined(self, vertex: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        joined = list(vertex[: self.width])
        for place, j in enumerate(self.split):
            joined[j] -= vertex[self.width + place]
        return tuple(joined)


def _vertices(width: int, rows: list[Row], equal: list[Row]) -> list[tuple[Fraction, ...]]:
    """Return every vertex: each point where as many independent limits meet as there are columns."""
    base = _Echelon(width)
    for a, b in equal:
        if not base.add(a, b):
            return []
    found: dict[tuple[Fraction, ...], None] = {}
    for chosen in combinations(rows, width - base.rank):
        system = base.copy()
        if all(system.add(a, b) for a, b in chosen) and system.rank == width:
            point = system.solution()
            if point not in found and all(_dot(a, point) <= b for a, b in rows):
                found[point] = None
    return list(found)


class _Echelon:
    """Equations in reduced form."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: dict[int, list[Fraction]] = {}

    @property
    def rank(self) -> int:
        return len(self.lines)

    def copy(self) -> _Echelon:
        other = _Echelon(self.width)
        other.lines = {pivot: line.copy() for pivot, line in self.lines.items()}
        return other

    def add(self, a: Sequence[Fraction], b: Fraction) -> bool:
        """Add an equation; return False if it contradicts the others."""
        line = [*a, b]
        for pivot, known in self.lines.items():
            if line[pivot]:
                factor = line[pivot]
                line = [p - factor * q for p, q in zip(line, known, strict=True)]
        pivot = next((k for k in range(self.width) if line[k]), None)
        if pivot is None:
            return line[-1] == 0
        line = [p / line[pivot] for p in line]
        for other, known in self.lines.items():
            if known[pivot]:
                factor = known[pivot]
                self.lines[other] = [p - factor * q for p, q in zip(known, line, strict=True)]
        self.lines[pivot] = line
        return True

    def solution(self) -> tuple[Fraction, ...]:
        return tuple(self.lines[k][-1] for k in range(self.width))
