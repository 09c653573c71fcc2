"""The proof that an answer is right, worked out in numpy from the problem, the plan and the prices alone.

For a linear program the theory of duality makes a proof short: a plan that meets every limit, prices (row duals) that
value no plan better than it, and the two values meeting. Whoever holds the problem, ``x`` and the duals can repeat it
without a solver. Any prices give a valid bound on what every plan can reach, once those of the wrong sign are set to
zero; the certificate computes that bound and does not trust the solver's. For integer problems the bound is the
solver's word, and marked so.

Every check is relative: the worst breach is divided by its scale, the size of the figures that it was computed from,
and passes if that is at most its tolerance.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from budgetopt.errors import CertificateError
from budgetopt.formulation.linear_program import Bools, Floats, Ints, LinearProgram, Stage
from budgetopt.solvers.solution import EXACT, Solution

__all__ = [
    "CLOSED", "TOLERANCE", "Certificate", "CertificateCheck", "PriceBound", "bound_by_prices", "certify",
    "certify_point", "implied_limits", "scale_of_reduced_costs", "supported",
]  # fmt: skip

TOLERANCE = 1e-9
CLOSED = 3 * EXACT  # of the size of an objective: what rounding leaves between a value and a bound that meet
SMALL_SHARE = 1e-4  # of the largest coefficient: the least scale by which a reduced cost is judged


@dataclass(frozen=True, slots=True)
class CertificateCheck:
    """One thing that was checked.

    Parameters
    ----------
    worst
        The largest breach, relative to its scale.
    tolerance
        What it may be at most.
    breach
        The same breach in the problem's own units.
    scale
        What it was divided by.
    position
        The row or column where it stands; -1 where there is none.
    """

    worst: float
    tolerance: float
    breach: float = 0.0
    scale: float = 1.0
    position: int = -1

    @property
    def passed(self) -> bool:
        """Whether the breach is within the tolerance; what is not a number is not."""
        return bool(self.worst <= self.tolerance)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is proved of a plan.

    Parameters
    ----------
    rows
        Breach of the rows' limits.
    bounds
        Breach of the columns' limits.
    integrality
        Distance from integer values.
    dual
        Prices and reduced costs of a sign that no limit supports; None without prices.
    complementarity
        Largest single product of a price and the slack of its limit; None without prices.
    gap
        Distance between the value of the plan and the bound.
    objective
        The value of the plan.
    bound
        No plan can do better than this.
    bound_by_solver
        Whether the bound is the solver's word (integer problems) and not recomputed.
    bound_is_rigorous
        Whether each term of the bound rests on a finite limit; if not, reduced costs that are zero up to the
        tolerance were taken for zero.
    conceded
        What later objectives gave up of the best value that was reached, as ``within`` lets them.
    """

    rows: CertificateCheck
    bounds: CertificateCheck
    integrality: CertificateCheck
    dual: CertificateCheck | None
    complementarity: CertificateCheck | None
    gap: CertificateCheck
    objective: float
    bound: float
    bound_by_solver: bool
    bound_is_rigorous: bool
    conceded: float = 0.0

    @property
    def feasible(self) -> bool:
        """Whether the plan meets every limit."""
        return self.rows.passed and self.bounds.passed and self.integrality.passed

    @property
    def passed(self) -> bool:
        """Whether every check is within its tolerance, which for integer decisions is the gap that was asked for."""
        return self.feasible and all(
            check is None or check.passed for check in (self.dual, self.complementarity, self.gap)
        )

    @property
    def open_gap(self) -> float:
        """How far the bound lies from the best value that was reached, in the units of the objective."""
        return max(self.gap.breach - self.conceded, 0.0)

    @property
    def proved(self) -> bool:
        """Whether the plan meets every limit and none can do better, but for what later objectives gave up."""
        return self.passed and self.open_gap <= CLOSED * self.gap.scale

    @property
    def primal_violation(self) -> float:
        """The largest relative breach of a limit of a row or column."""
        return max(self.rows.worst, self.bounds.worst)

    @property
    def dual_violation(self) -> float | None:
        """The largest relative breach of the signs of prices; None without prices."""
        return None if self.dual is None else self.dual.worst

    @property
    def failures(self) -> tuple[str, ...]:
        """The names of the checks that failed."""
        return tuple(name for name, check in self._checks() if not check.passed)

    def _checks(self) -> list[tuple[str, CertificateCheck]]:
        names = ("rows", "bounds", "integrality", "dual", "complementarity", "gap")
        return [(name, check) for name in names if (check := getattr(self, name)) is not None]

    def to_dict(self) -> dict[str, Any]:
        """Return the certificate as plain values, for the result document."""
        return {
            "proved": self.proved,
            "objective": self.objective,
            "bound": self.bound,
            "bound_by_solver": self.bound_by_solver,
            "bound_is_rigorous": self.bound_is_rigorous,
            "primal_violation": self.primal_violation,
            "dual_violation": self.dual_violation,
            "gap": self.gap.worst,
            "conceded": self.conceded,
            "checks": {name: {**asdict(check), "passed": check.passed} for name, check in self._checks()},
        }


def certify(lp: LinearProgram, stage: Stage | int, solution: Solution, *, allowance: float = 0.0) -> Certificate:
    """Check a solver's answer to one stage.

    Parameters
    ----------
    lp
        The problem.
    stage
        The objective, or its place among the stages.
    solution
        The answer, with a point.
    allowance
        What the value may fall short of the bound beyond the tolerance, in the stage's own units: the gap asked for in
        integer problems, or what later stages were allowed to give up.

    Raises
    ------
    CertificateError
        If the answer has no point.
    """
    if solution.x is None:
        raise CertificateError("there is no plan to check")
    chosen = lp.stages[stage] if isinstance(stage, int) else stage
    return certify_point(lp, chosen, solution.x, solution.row_dual, bound=solution.bound, allowance=allowance)


def certify_point(
    lp: LinearProgram,
    stage: Stage,
    x: Floats,
    row_dual: Floats | None,
    *,
    bound: float = np.nan,
    tolerance: float = TOLERANCE,
    allowance: float = 0.0,
) -> Certificate:
    """Check a plan and its prices; reduced costs are worked out from the prices.

    Parameters
    ----------
    lp, stage, allowance
        As in :func:`certify`.
    x
        The plan; shape (columns,).
    row_dual
        The prices of the rows; shape (rows,). None has the certificate rest on ``bound``.
    bound
        The solver's bound, used without prices only.
    tolerance
        What each relative breach may be at most.
    """
    activity = lp.matrix.times(x)
    # the sum of the sizes of a row's terms, at least one unit of its largest coefficient
    turnover = np.maximum(np.maximum(lp.matrix.sizes(x), lp.matrix.largest_by_row()), 1e-300)
    rows = _limit_check(activity, lp.row_lower, lp.row_upper, turnover, tolerance)
    bounds = _limit_check(x, lp.lower, lp.upper, np.maximum(np.abs(x), 1.0), tolerance)
    integrality = _integrality_check(x[lp.integer], np.flatnonzero(lp.integer), tolerance)
    objective = stage.value(x)
    largest = float(np.abs(stage.cost).max(initial=0.0))
    scale = max(float(np.abs(stage.cost * x).sum()), largest, 1e-300)
    dual = complementarity = None
    rigorous = False
    by_solver = row_dual is None or lp.is_integer
    if not by_solver:
        assert row_dual is not None
        prices = _Prices.of(lp, stage, x, activity, row_dual, tolerance)
        dual, rigorous = prices.dual, prices.rigorous
        scale = max(scale, prices.size)
        product, position = prices.product
        complementarity = CertificateCheck(product / scale, tolerance + allowance / scale, product, scale, position)
        bound = prices.bound
    distance = abs(bound - objective) if np.isfinite(bound) else np.inf
    closed = CertificateCheck(distance / scale, tolerance + allowance / scale, distance, scale)
    return Certificate(rows, bounds, integrality, dual, complementarity, closed, objective, bound, by_solver, rigorous)


@dataclass(frozen=True, slots=True)
class _Prices:
    """What follows from the prices of the rows."""

    dual: CertificateCheck
    bound: float
    rigorous: bool
    size: float
    product: tuple[float, int]

    @classmethod
    def of(
        cls, lp: LinearProgram, stage: Stage, x: Floats, activity: Floats, row_dual: Floats, tolerance: float
    ) -> _Prices:
        # Everything below minimizes; a maximization's costs and prices change their sign here and back at the end.
        sign, cost = stage.sign, stage.sign * stage.cost
        largest = float(np.abs(cost).max(initial=0.0)) or 1.0
        y, row_breach = supported(sign * row_dual, lp.row_lower, lp.row_upper)
        row_breach *= lp.matrix.largest_by_row() / largest
        reduced, scale = cost - lp.matrix.transpose_times(y), scale_of_reduced_costs(lp, cost, y)
        _, column_breach = supported(reduced, lp.lower, lp.upper)
        column_breach = column_breach / scale
        lower, upper = lp.lower, lp.upper
        if column_breach.any():
            lower, upper = implied_limits(lp, column_breach > 0)
        terms = _Terms.of(y, (lp.row_lower, lp.row_upper), reduced, (lower, upper), tolerance * scale)
        breaches = np.concatenate((row_breach, column_breach))
        at = int(breaches.argmax()) if len(breaches) else -1
        worst = float(breaches[at]) if len(breaches) else 0.0
        dual = CertificateCheck(worst, tolerance, worst, 1.0, at)
        row_slack = np.where(y != 0, np.abs(activity - terms.row_limit), 0.0)
        column_slack = np.where(terms.used, np.abs(x - np.where(terms.used, terms.limit, 0.0)), 0.0)
        products = np.concatenate((np.abs(y) * row_slack, np.abs(reduced) * column_slack))
        where = int(products.argmax()) if len(products) else -1
        product = float(products[where]) if len(products) else 0.0
        return cls(dual, sign * terms.total + stage.offset, terms.rigorous, terms.size, (product, where))


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a bound is the sum of: prices times the limits of rows, and reduced costs times those of columns.

    ``row_limit``, ``limit``: the limits that count; shape (rows,) and (columns,). ``used``: whether a column counts;
    shape (columns,). ``total``: the bound of a minimization, minus infinity without one.
    """

    row_limit: Floats
    limit: Floats
    used: Bools
    total: float
    size: float
    rigorous: bool

    @classmethod
    def of(
        cls,
        y: Floats,
        row_limits: tuple[Floats, Floats],
        reduced: Floats,
        limits: tuple[Floats, Floats],
        negligible: Floats,
    ) -> _Terms:
        limit = np.where(reduced > 0, *limits)
        open_ended = ~np.isfinite(limit) & (reduced != 0)
        row_limit = np.where(y > 0, row_limits[0], np.where(y < 0, row_limits[1], 0.0))
        row_terms, column_terms = y * row_limit, np.zeros(len(reduced))
        used = (reduced != 0) & ~open_ended
        column_terms[used] = reduced[used] * limit[used]
        is_unbounded = (open_ended & ~(np.abs(reduced) <= negligible)).any()
        total = -np.inf if is_unbounded else float(row_terms.sum() + column_terms.sum())
        size = float(np.abs(row_terms).sum() + np.abs(column_terms).sum())
        return cls(row_limit, limit, used, total, size, not bool(open_ended.any()))


class PriceBound(NamedTuple):
    """What no plan can better, by prices, infinite without a bound; and the size of the terms that it is the sum of."""

    value: float
    size: float


def bound_by_prices(lp: LinearProgram, stage: Stage, row_dual: Floats, *, tolerance: float = TOLERANCE) -> PriceBound:
    """Return what prices of the rows, whatever they are, prove of every plan; as in :func:`certify_point`."""
    cost = stage.sign * stage.cost
    y, _ = supported(stage.sign * row_dual, lp.row_lower, lp.row_upper)
    reduced, negligible = cost - lp.matrix.transpose_times(y), tolerance * scale_of_reduced_costs(lp, cost, y)
    terms = _Terms.of(y, (lp.row_lower, lp.row_upper), reduced, (lp.lower, lp.upper), negligible)
    return PriceBound(stage.sign * terms.total + stage.offset, terms.size)


def scale_of_reduced_costs(lp: LinearProgram, cost: Floats, row_dual: Floats) -> Floats:
    """Return the size of the figures that each reduced cost is the difference of; shape (columns,)."""
    largest = float(np.abs(cost).max(initial=0.0)) or 1.0
    return np.maximum(np.abs(cost) + lp.matrix.transpose_sizes(row_dual), SMALL_SHARE * largest)


def supported(price: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return the prices that a finite limit supports, the others zero, and the size of what was set to zero."""
    unsupported = ((price > 0) & ~np.isfinite(lower)) | ((price < 0) & ~np.isfinite(upper)) | ~np.isfinite(price)
    return np.where(unsupported, 0.0, price), np.where(unsupported, np.abs(price), 0.0)


def _limit_check(value: Floats, lower: Floats, upper: Floats, scale: Floats, tolerance: float) -> CertificateCheck:
    if not len(value):
        return CertificateCheck(0.0, tolerance)
    breach = np.maximum(np.maximum(lower - value, value - upper), 0.0)
    limit = np.where(value < lower, lower, np.where(value > upper, upper, 0.0))
    scale = np.maximum(scale, np.abs(np.where(np.isfinite(limit), limit, 0.0)))
    relative = np.where(np.isnan(value), np.inf, breach / scale)
    at = int(relative.argmax())
    return CertificateCheck(
        float(relative[at]), tolerance, float(breach[at]), float(scale[at]), at if relative[at] > 0 else -1
    )


def _integrality_check(x: Floats, positions: Ints, tolerance: float) -> CertificateCheck:
    if not len(x):
        return CertificateCheck(0.0, tolerance)
    distance = np.abs(x - np.rint(x))
    at = int(distance.argmax())
    return CertificateCheck(
        float(distance[at]), tolerance, float(distance[at]), 1.0, int(positions[at]) if distance[at] > 0 else -1
    )


def implied_limits(lp: LinearProgram, wanted: np.ndarray) -> tuple[Floats, Floats]:
    """Return limits of the columns, those that are wanted tightened by what one row at a time implies; (columns,) each.

    A row ``sum a x <= b`` with every other term at its least leaves a column at most ``(b - least) / a``. Such limits
    hold for every plan that meets the rows, so a bound that rests on them is valid.
    """
    matrix = lp.matrix
    every = matrix.column_of_entry()
    lower, upper = lp.lower.copy(), lp.upper.copy()
    at_low = np.where(matrix.value > 0, lower[every], upper[every])
    at_high = np.where(matrix.value > 0, upper[every], lower[every])
    mine = np.flatnonzero(wanted[every])
    row, column, value = matrix.index[mine], every[mine], matrix.value[mine]
    for from_above, limits, least_side in ((True, lp.row_upper, at_low), (False, lp.row_lower, at_high)):
        term = matrix.value * least_side
        finite = np.isfinite(term)
        known = np.where(finite, term, 0.0)
        total = np.bincount(matrix.index, weights=known, minlength=lp.rows)
        infinite = np.bincount(matrix.index[~finite], minlength=lp.rows)
        others_finite = infinite[row] - ~finite[mine] == 0
        used = np.flatnonzero(others_finite & np.isfinite(limits[row]))
        implied = (limits[row] - (total[row] - known[mine]))[used] / value[used]
        above = (value[used] > 0) == from_above
        np.minimum.at(upper, column[used][above], implied[above])
        np.maximum.at(lower, column[used][~above], implied[~above])
    return lower, upper
