"""What it would be worth to know a few effects at once, by integration instead of draws.

The best value is convex in the factors on the effects, and each plan is a plane in them. Along a straight line of
factors all plans that are best somewhere on it are found by solving at every corner, and the expectation over the line
has a closed form. Across the lines it is integrated by the rules of Gauss, over more lines and the plans that are known
then, or with more than three effects over lattices with a standard error. Where all errors are normal, the lines are
laid in a direction in which all plans differ, so that the expectation over a line is a smooth function of where it
lies. Other errors keep their own axes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.analysis.risk.drawn_problems import DrawnProblems, ended
from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.analysis.risk.effect_errors import FactorDistribution, normal_between, normal_quantiles
from budgetopt.analysis.risk.value_pieces import FAR, PlanLine, ValuePieces, greatest_of
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.solvers.highs import LiveModel

__all__ = ["value_of_knowing_all"]

NORMAL_PLACES = (1, 40, 8, 5, 3, 3)
"""How many places each axis across the lines has where plans are looked for, by the number of such axes, where all
errors are normal."""
OTHER_PLACES = (1, 64, 16)
"""The same for other errors."""
GAUSS = 64
"""So many places each axis has where the expectation is worked out, with up to two axes across the lines."""
LINES, SHIFTS = 2**13, 8
"""With more axes, it is worked out over a lattice of so many lines, shifted at random so many times."""
LATTICE = (1, 182667, 469891, 498753, 110745)
"""The rank-1 lattice of the lines (Cools, Kuo and Nuyens, SIAM Journal on Scientific Computing 28, 2006)."""
AT_ONCE = 2**22
"""So many numbers are kept at once."""
DIRECTIONS = 500
"""So many directions of the lines are compared."""
LEAST_WEIGHT = 1e-12
"""Lines of less probability are left out."""
NOISE = 1e-7
"""The share of a value below which a plan is not better."""
SOLVES = 20_000
"""So many problems are solved at most."""
_STANDARD = FactorDistribution(1.0, 1.0)


def value_of_knowing_all(drawn: DrawnProblems, errors: EffectErrors) -> tuple[float, float] | None:
    """Return the expected value of perfect information on all effects; None where they are too many for integration.

    With it its standard error: NaN with up to three effects, where it is exact but for the rules of integration.

    That is what the best plan with the information is worth more, on average, than the best one without it. There are
    at most six effects that may be off where all errors are normal, and three that do not go together otherwise.

    Parameters
    ----------
    drawn
        The problem, with what each effect adds to its objective.
    errors
        How far the effects may be off.
    """
    varying = np.flatnonzero(errors.uncertain)
    axes = _axes(errors, varying)
    if axes is None or (drawn.problem.is_integer and drawn.options.time_limit is not None):
        return None
    planes = _Planes(drawn, errors, varying)
    for way, distribution in zip(axes.ways.T, axes.distributions, strict=True):
        for score in (-2.0, 2.0):
            planes.plan_at(way * (distribution.at(np.array([score]))[0] - distribution.mean))
    axes = axes.turned(planes)
    places, _ = axes.lines(axes.few)
    if not all(planes.settle(place, axes) for place in places):
        return None
    if len(axes.distributions) > 3:
        shifts = np.random.default_rng(0).uniform(size=(SHIFTS, len(axes.distributions) - 1))
        means = [planes.expected(axes.laid(_lattice(shift)), axes).mean() for shift in shifts]
        return float(np.mean(means)), float(np.std(means, ddof=1) / math.sqrt(SHIFTS))
    places, weights = axes.lines(GAUSS)
    if axes.normal:
        return float(weights @ planes.expected(places, axes)), math.nan
    moments = axes.distributions[0].moments
    pieces = [planes.along(place, axes) for place in places]
    return float(weights @ np.array([one.expected(moments(one.edges)) for one in pieces])), math.nan


@dataclass(frozen=True, slots=True, eq=False)
class _Axes:
    """Independent directions in which factors move; lines are laid along the first.

    Parameters
    ----------
    ways
        What one unit of each axis adds to the factor of each effect that may be off; shape (effects, axes).
    distributions
        The distribution of each axis.
    normal
        Whether all errors are normal, so that the axes may be turned.
    """

    ways: Floats
    distributions: Sequence[FactorDistribution]
    normal: bool

    def turned(self, planes: _Planes) -> _Axes:
        """Return axes of which the first is one in which all plans differ."""
        slopes = planes.slopes @ self.ways
        if not self.normal:
            spread = np.ptp(slopes, axis=0) * [one.deviation for one in self.distributions]
            order = np.argsort(-spread, kind="stable").tolist()
            return _Axes(self.ways[:, order], [self.distributions[at] for at in order], self.normal)
        apart = slopes[:, None] - slopes
        sizes = np.linalg.norm(apart, axis=2)
        apart = apart[sizes > NOISE * sizes.max()] / sizes[sizes > NOISE * sizes.max(), None]
        tried = np.random.default_rng(0).normal(size=(DIRECTIONS, slopes.shape[1]))
        tried /= np.linalg.norm(tried, axis=1)[:, None]
        first = tried[np.abs(apart @ tried.T).min(axis=0, initial=1.0).argmax()]
        turn, _ = np.linalg.qr(np.column_stack((first, np.eye(len(first)))))
        return _Axes(self.ways @ turn, self.distributions, self.normal)

    @property
    def few(self) -> int:
        """How many places each axis across the lines has where plans are looked for."""
        return (NORMAL_PLACES if self.normal else OTHER_PLACES)[len(self.distributions) - 1]

    def lines(self, count: int) -> tuple[Floats, Floats]:
        """Return where lines lie with so many places on each axis across them, and their weights; shape (lines,)."""
        across = len(self.distributions) - 1
        each, parts = _hermite(count) if self.normal else _legendre(count)
        weights = np.array([math.prod(one) for one in itertools.product(parts, repeat=across)])
        scores = np.array(list(itertools.product(each, repeat=across))).reshape(len(weights), across)
        kept = weights > LEAST_WEIGHT
        return self.laid(scores[kept]), weights[kept]

    def laid(self, scores: Floats) -> Floats:
        """Return what lines at normal scores of the other axes add to the factors; shape (lines, effects)."""
        moved = [one.at(scores[:, at]) - one.mean for at, one in enumerate(self.distributions[1:])]
        return np.array(moved).reshape(len(moved), len(scores)).T @ self.ways[:, 1:].T


def _axes(errors: EffectErrors, varying: Ints) -> _Axes | None:
    """Return independent axes of the factors; None where there are too many, or none."""
    own = [errors.distributions[effect] for effect in varying.tolist()]
    if not 0 < len(own) <= len(NORMAL_PLACES):
        return None
    group = errors.group[varying]
    alike = (group[:, None] == group) & (group[:, None] >= 0)
    correlation = np.where(alike, errors.correlation, 0.0)
    np.fill_diagonal(correlation, 1.0)
    if all(one.shape == "normal" and math.isclose(one.below, one.above) for one in own):
        sizes, ways = np.linalg.eigh(correlation)
        deviation = np.array([one.above for one in own])[:, None]
        return _Axes(deviation * ways * np.sqrt(np.maximum(sizes, 0.0)), [_STANDARD] * len(own), normal=True)
    if len(own) > len(OTHER_PLACES) or (correlation != np.eye(len(own))).any():
        return None
    return _Axes(np.eye(len(own)), own, normal=False)


def _hermite(count: int) -> tuple[Floats, Floats]:
    """Return the scores and weights of the rule of Gauss and Hermite for a standard normal score."""
    scores, weights = np.polynomial.hermite_e.hermegauss(count)
    return scores, weights / weights.sum()


def _lattice(shift: Floats) -> Floats:
    """Return standard normal scores at the points of a shifted lattice, folded so that it has no seams."""
    shares = (np.arange(LINES)[:, None] * np.array(LATTICE[: len(shift)]) / LINES + shift) % 1.0
    return normal_quantiles(np.clip(1.0 - np.abs(2.0 * shares - 1.0), 1e-15, 1.0 - 1e-15))


def _legendre(count: int) -> tuple[Floats, Floats]:
    """Return those of the rule of Gauss and Legendre on eight stretches: a density may bend at the mean."""
    nodes, parts = np.polynomial.legendre.leggauss(max(count // 8, 1))
    ends = np.array([-FAR, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, FAR])
    middle, half = (ends[1:] + ends[:-1]) / 2, np.diff(ends) / 2
    scores = (middle[:, None] + half[:, None] * nodes).ravel()
    weights = (half[:, None] * parts).ravel() * np.exp(-0.5 * scores**2)
    return scores, weights / weights.sum()


def _expected_greatest(gains: Floats, slopes: Floats) -> Floats:
    """Return the expectation of the greatest of lines in a standard normal score; gains have shape (lines, plans)."""
    order = np.lexsort((gains.max(axis=0), slopes))
    gains, slopes = gains[:, order], slopes[order]
    later = slopes - slopes[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        # where each plan is overtaken by a steeper one; one that is parallel is so everywhere, or nowhere
        meets = (gains[:, :, None] - gains[:, None, :]) / later
        upper = np.where(later > 0, meets, np.inf).min(axis=2)
        lower = np.where(later < 0, meets, -np.inf).max(axis=2)
    parallel = (later == 0) & (np.arange(len(slopes))[:, None] != np.arange(len(slopes)))
    for one, other in np.argwhere(parallel).tolist():
        beaten = (gains[:, one] < gains[:, other]) | ((gains[:, one] == gains[:, other]) & (one < other))
        upper[beaten, one] = -np.inf
    line, plan = np.nonzero(lower < upper)
    moments = normal_between(lower[line, plan], upper[line, plan])
    parts = gains[line, plan] * moments[0] + slopes[plan] * moments[1]
    return np.bincount(line, weights=parts, minlength=len(gains)).astype(np.float64)


class _Planes:
    """The plans that were found, each a plane in the factors on the effects that may be off, on one live model.

    ``gains`` are their values at the mean beyond that of the plan that is best there, shape (plans,); ``slopes`` what
    the factors add, shape (plans, effects).
    """

    def __init__(self, drawn: DrawnProblems, errors: EffectErrors, varying: Ints) -> None:
        self._drawn, self._varying, self._stage = drawn, varying, drawn.problem.stages[0]
        self._mean, self._effects = errors.mean, len(errors.names)
        self._live = LiveModel(drawn.problem, drawn.options)
        if drawn.problem.is_integer:
            self._live.set_start(drawn.point)
        self.solves = 0
        self._cost = drawn.cost_of(self._mean)
        self._x = drawn.point
        self._x = self._best(np.zeros(len(varying)))
        self.gains, self.slopes = np.zeros(1), np.zeros((1, len(varying)))

    def plan_at(self, moved: Floats) -> None:
        """Find the best plan with factors that are so far from their means, and keep it if it is a better one."""
        x = self._best(moved)
        gain, apart = -self._stage.sign, x - self._x
        at_mean = min(gain * float((self._cost * apart).sum()), 0.0)
        slopes = gain * self._drawn.costs.by_effect(apart, self._effects)[self._varying]
        better = at_mean + float(slopes @ moved) - float((self.gains + self.slopes @ moved).max())
        if better > NOISE * np.abs(self._drawn.costs.worth * x[self._drawn.costs.column]).sum():
            self.gains, self.slopes = np.append(self.gains, at_mean), np.vstack((self.slopes, slopes))

    def along(self, place: Floats, axes: _Axes) -> ValuePieces:
        """Return the greatest value of the known plans along a line."""
        gains, slopes = self.gains + self.slopes @ place, self.slopes @ axes.ways[:, 0]
        lines = [PlanLine(*line) for line in zip(gains.tolist(), slopes.tolist(), strict=True)]
        return greatest_of(lines, axes.distributions[0].mean)

    def expected(self, places: Floats, axes: _Axes) -> Floats:
        """Return the expectation of the greatest value over lines whose own score is normal; shape (lines,)."""
        slopes = self.slopes @ axes.ways[:, 0]
        size = max(AT_ONCE // len(slopes) ** 2, 1)
        parts = np.array_split(places, math.ceil(len(places) / size))
        return np.concatenate([_expected_greatest(self.gains + part @ self.slopes.T, slopes) for part in parts])

    def settle(self, place: Floats, axes: _Axes) -> bool:
        """Find all plans that are best somewhere on a line; return whether that was done with so many solves.

        Where the lines of known plans are the best at all of their corners, they are the best between them.
        """
        way, distribution = axes.ways[:, 0], axes.distributions[0]
        low, high = (distribution.at(np.array([-FAR, FAR])) - distribution.mean).tolist()
        settled: set[float] = set()
        while True:
            corners = (self.along(place, axes).edges[1:-1] - distribution.mean).tolist()
            asked = next((at for at in (low, high, *corners) if low <= at <= high and at not in settled), None)
            if asked is None:
                return True
            if self.solves >= SOLVES:
                return False
            settled.add(asked)
            self.plan_at(place + asked * way)

    def _best(self, moved: Floats) -> Floats:
        factors = self._mean.copy()
        factors[self._varying] += moved
        self._live.set_costs(self._drawn.cost_of(factors), self._stage.maximize, self._stage.offset)
        self.solves += 1
        found = ended(self._live.solve())
        return self._x if found.x is None else found.x
