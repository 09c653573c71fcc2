"""A linear or integer problem in exact fractions, for the solvers that have nothing to do with the package.

Sums of columns are written by their meaning; SciPy, CBC through PuLP, and a simplex method in fractions solve it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pulp

__all__ = ["FoundPoint", "Linear", "WrittenProblem"]

NO_END = None
STATUSES = {0: "optimal", 2: "infeasible", 3: "unbounded"}
"""What SciPy's numbers mean; everything else is no answer."""


@dataclass(frozen=True)
class Linear:
    """A sum of columns, each times a fraction, and a constant."""

    terms: dict[int, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)

    def __add__(self, other: Linear | Fraction | int) -> Linear:
        if not isinstance(other, Linear):
            return Linear(self.terms, self.constant + other)
        terms = dict(self.terms)
        for column, factor in other.terms.items():
            terms[column] = terms.get(column, Fraction(0)) + factor
        return Linear(terms, self.constant + other.constant)

    def __sub__(self, other: Linear | Fraction | int) -> Linear:
        return self + other * -1

    def __rsub__(self, other: Fraction | int) -> Linear:
        return self * -1 + other

    def __mul__(self, factor: Fraction | int) -> Linear:
        return Linear({column: value * factor for column, value in self.terms.items()}, self.constant * factor)

    def __truediv__(self, divisor: Fraction | int) -> Linear:
        return self * (Fraction(1) / divisor)

    def __neg__(self) -> Linear:
        return self * -1

    __radd__ = __add__
    __rmul__ = __mul__


@dataclass(frozen=True)
class FoundPoint:
    """How a solver ended: ``optimal``, ``infeasible``, ``unbounded`` or ``none``; the value and the columns."""

    status: str
    value: float | Fraction = 0.0
    x: Sequence[float | Fraction] = ()


class WrittenProblem:
    """Columns with limits, some of them whole numbers, and rows of at most a limit."""

    def __init__(self) -> None:
        self.lower: list[Fraction] = []
        self.upper: list[Fraction | None] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[dict[int, Fraction], Fraction]] = []
        self.equal: list[tuple[dict[int, Fraction], Fraction]] = []
        self.broken = False

    def column(self, upper: Fraction | int | None = NO_END, *, whole: bool = False) -> Linear:
        """Return a new column of zero or more."""
        self.lower.append(Fraction(0))
        self.upper.append(None if upper is None else Fraction(upper))
        self.whole.append(whole)
        return Linear({len(self.upper) - 1: Fraction(1)})

    def at_most(self, left: Linear | Fraction, right: Linear | Fraction | int) -> None:
        """Require that a sum is at most another."""
        gap = Linear() + left - right
        terms = {column: value for column, value in gap.terms.items() if value}
        if terms:
            self.rows.append((terms, -gap.constant))
        elif gap.constant > 0:
            self.broken = True

    def equals(self, left: Linear | Fraction, right: Linear | Fraction | int) -> None:
        """Require that a sum is another."""
        gap = Linear() + left - right
        terms = {column: value for column, value in gap.terms.items() if value}
        if terms:
            self.equal.append((terms, -gap.constant))
        elif gap.constant:
            self.broken = True

    def copy(self) -> WrittenProblem:
        """Return the same problem, to be changed."""
        other = WrittenProblem()
        other.lower, other.upper, other.whole = list(self.lower), list(self.upper), list(self.whole)
        other.rows, other.equal, other.broken = list(self.rows), list(self.equal), self.broken
        return other

    def holding(self, x: Sequence[float | Fraction]) -> WrittenProblem:
        """Return the problem with each whole number held at what it is in a point."""
        other = self.copy()
        for column, whole in enumerate(self.whole):
            if whole:
                other.lower[column] = other.upper[column] = Fraction(round(x[column]))
                other.whole[column] = False
        return other

    # --- solvers

    def by_scipy(self, objective: Linear, *, maximize: bool, gap: float = 0.0) -> FoundPoint:
        """Solve by SciPy: whole numbers by ``milp``, and with them held once more by ``linprog``."""
        from scipy.optimize import Bounds, LinearConstraint, linprog, milp

        if self.broken:
            return FoundPoint("infeasible")
        sign = -1.0 if maximize else 1.0
        cost = sign * self._row(objective.terms)
        lower = np.array([float(value) for value in self.lower])
        upper = np.array([np.inf if value is None else float(value) for value in self.upper])
        above, limits = self._matrix(self.rows)
        same, sides = self._matrix(self.equal)
        if not any(self.whole):
            bounds = list(zip(lower.tolist(), [None if np.isinf(one) else one for one in upper.tolist()], strict=True))
            done = linprog(cost, above, limits, same, sides, bounds, method="highs")
        else:
            rules = [LinearConstraint(above, -np.inf, limits), LinearConstraint(same, sides, sides)]
            done = milp(
                cost,
                integrality=np.array(self.whole, dtype=int),
                bounds=Bounds(lower, upper),
                constraints=[rule for rule in rules if rule.A.shape[0]],
                options={"mip_rel_gap": gap},
            )
        status = STATUSES.get(int(done.status), "none")
        if status != "optimal":
            return FoundPoint(status)
        if any(self.whole):
            return self.holding(done.x.tolist()).by_scipy(objective, maximize=maximize)
        return FoundPoint(status, sign * float(done.fun) + float(objective.constant), done.x.tolist())

    def by_cbc(self, objective: Linear, *, maximize: bool) -> FoundPoint:
        """Solve by CBC through PuLP; whole numbers are held and the rest solved once more."""
        if self.broken:
            return FoundPoint("infeasible")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PuLP 3 warns of what PuLP 4 leaves out
            return self._by_cbc(objective, maximize=maximize)

    def _by_cbc(self, objective: Linear, *, maximize: bool) -> FoundPoint:
        fourth = not hasattr(pulp.LpProblem, "assignStatus")
        make = pulp.LpAffineExpression.from_list if fourth else pulp.LpAffineExpression
        problem: Any = pulp.LpProblem("words", pulp.LpMaximize if maximize else pulp.LpMinimize)
        variable = getattr(problem, "add_variable", None) or pulp.LpVariable
        kinds = {True: pulp.LpInteger, False: pulp.LpContinuous}
        columns = [
            variable(f"x{at}", float(low), None if high is None else float(high), kinds[whole])
            for at, (low, high, whole) in enumerate(zip(self.lower, self.upper, self.whole, strict=True))
        ]

        def written(terms: dict[int, Fraction]) -> Any:
            return make([(columns[column], float(value)) for column, value in terms.items()])

        problem.setObjective(written(objective.terms) + float(objective.constant))
        for number, (terms, limit) in enumerate(self.rows):
            problem.addConstraint(written(terms) <= float(limit), f"r{number}")
        for number, (terms, limit) in enumerate(self.equal):
            problem.addConstraint(written(terms) == float(limit), f"e{number}")
        name = next(one for one in ("COIN_CMD", "PULP_CBC_CMD") if one in pulp.listSolvers(onlyAvailable=True))
        given = problem.solve(pulp.getSolver(name, msg=False, gapRel=0.0))
        # -7: within the gap that was asked for
        status = {1: "optimal", -7: "optimal", -1: "infeasible", -2: "unbounded"}.get(
            int(given.status if fourth else given), "none"
        )
        if status != "optimal":
            return FoundPoint(status)
        x = [float(column.varValue or 0.0) for column in columns]
        if any(self.whole):
            # what CBC decided, its amounts worked out by the other solver
            return self.holding(x).by_scipy(objective, maximize=maximize)
        value = sum(float(factor) * x[column] for column, factor in objective.terms.items())
        return FoundPoint(status, value + float(objective.constant), x)

    @property
    def open_columns(self) -> int:
        """How many columns are not held at one value."""
        return sum(low != high for low, high in zip(self.lower, self.upper, strict=True))

    def in_fractions(self, objective: Linear, *, maximize: bool) -> FoundPoint:
        """Solve a problem without whole numbers by the simplex method in fractions, without any rounding."""
        assert not any(self.whole)
        sides = list(zip(self.lower, self.upper, strict=True))
        held = {at: low for at, (low, high) in enumerate(sides) if low == high}
        rows, equal = ([_without(terms, limit, held) for terms, limit in kind] for kind in (self.rows, self.equal))
        # a row of held columns alone is kept or is not
        broken = any(not terms and limit < 0 for terms, limit in rows) or any(not t and limit for t, limit in equal)
        if self.broken or broken:
            return FoundPoint("infeasible")
        rows += [({at: Fraction(1)}, high) for at, (_, high) in enumerate(sides) if high is not None and at not in held]
        rows += [({at: Fraction(-1)}, -low) for at, (low, _) in enumerate(sides) if low and at not in held]
        sign = -1 if maximize else 1
        terms, negative = _without(objective.terms, -objective.constant, held)
        cost = {column: value * sign for column, value in terms.items()}
        answer = _Tableau(len(sides), rows, equal).solve(cost)
        if answer.status != "optimal":
            return answer
        x = [held.get(at, value) for at, value in enumerate(answer.x)]
        return FoundPoint("optimal", sign * Fraction(answer.value) - negative, x)

    def _row(self, terms: dict[int, Fraction]) -> np.ndarray[Any, Any]:
        row = np.zeros(len(self.upper))
        for column, value in terms.items():
            row[column] = float(value)
        return row

    def _matrix(self, rows: list[tuple[dict[int, Fraction], Fraction]]) -> tuple[Any, Any]:
        matrix = np.array([self._row(terms) for terms, _ in rows]).reshape(len(rows), len(self.upper))
        return matrix, np.array([float(limit) for _, limit in rows])


class _Tableau:
    """The textbook simplex method in fractions, Bland's rule against cycles; columns are zero or more."""

    def __init__(
        self,
        width: int,
        rows: list[tuple[dict[int, Fraction], Fraction]],
        equal: list[tuple[dict[int, Fraction], Fraction]],
    ) -> None:
        self.width = width
        self.lines: list[dict[int, Fraction]] = []
        self.right: list[Fraction] = []
        self.basis: list[int] = []
        self.artificial: set[int] = set()
        free = width + len(rows)
        for number, (terms, limit) in enumerate([*rows, *equal]):
            line = dict(terms)
            if number < len(rows):
                line[width + number] = Fraction(1)
            if limit < 0:
                line, limit = {column: -value for column, value in line.items()}, -limit
            basic = width + number
            if number >= len(rows) or line[basic] < 0:
                basic, free = free, free + 1
                line[basic] = Fraction(1)
                self.artificial.add(basic)
            self.lines.append(line)
            self.right.append(limit)
            self.basis.append(basic)

    def solve(self, cost: dict[int, Fraction]) -> FoundPoint:
        """Minimize: first what is missed of the rows, then the cost."""
        if self.artificial:
            self._descend(dict.fromkeys(self.artificial, Fraction(1)), set())
            rest = zip(self.basis, self.right, strict=True)
            if any(right for basic, right in rest if basic in self.artificial):
                return FoundPoint("infeasible")
        if not self._descend(cost, self.artificial):
            return FoundPoint("unbounded")
        x = [Fraction(0)] * self.width
        for basic, right in zip(self.basis, self.right, strict=True):
            if basic < self.width:
                x[basic] = right
        return FoundPoint("optimal", sum((value * x[at] for at, value in cost.items()), Fraction(0)), x)

    def _descend(self, cost: dict[int, Fraction], closed: set[int]) -> bool:
        """Pivot until no column lowers the cost; return False if it falls without end."""
        reduced = dict(cost)
        for basic, line in zip(self.basis, self.lines, strict=True):
            _take(reduced, line, reduced.get(basic, Fraction(0)))
        while True:
            entering = min((at for at, value in reduced.items() if value < 0 and at not in closed), default=None)
            if entering is None:
                return True
            leaving = self._leaving(entering, closed)
            if leaving is None:
                return False
            self._pivot(leaving, entering)
            _take(reduced, self.lines[leaving], reduced.get(entering, Fraction(0)))

    def _leaving(self, entering: int, closed: set[int]) -> int | None:
        best: tuple[Fraction, int, int] | None = None
        for number, line in enumerate(self.lines):
            value = line.get(entering, Fraction(0))
            # an artificial column that is still basic stands at zero, and stays there
            if value > 0 or (value < 0 and self.basis[number] in closed):
                key = (self.right[number] / abs(value), self.basis[number], number)
                best = key if best is None or key < best else best
        return None if best is None else best[2]

    def _pivot(self, leaving: int, entering: int) -> None:
        pivot = self.lines[leaving][entering]
        self.lines[leaving] = chosen = {column: value / pivot for column, value in self.lines[leaving].items()}
        self.right[leaving] /= pivot
        for number, line in enumerate(self.lines):
            if number != leaving and (factor := line.get(entering)):
                _take(line, chosen, factor)
                self.right[number] -= factor * self.right[leaving]
        self.basis[leaving] = entering


def _without(
    terms: dict[int, Fraction], limit: Fraction, held: dict[int, Fraction]
) -> tuple[dict[int, Fraction], Fraction]:
    """Move columns that are held to the other side."""
    moved = sum((value * held[at] for at, value in terms.items() if at in held), Fraction(0))
    return {at: value for at, value in terms.items() if at not in held}, limit - moved


def _take(line: dict[int, Fraction], other: dict[int, Fraction], factor: Fraction) -> None:
    """Subtract another line, times a factor; what comes to zero is left out."""
    if factor:
        for column, value in other.items():
            rest = line.get(column, Fraction(0)) - factor * value
            if rest:
                line[column] = rest
            else:
                line.pop(column, None)
