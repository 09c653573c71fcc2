"""The best value along a line of factors on effects: convex, and made of the lines of finitely many plans."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.analysis.risk.effect_errors import FactorDistribution
from budgetopt.scenario.programs import Floats

__all__ = ["FAR", "PlanLine", "ValuePieces", "greatest_of"]

FAR = 8.0
"""Pieces are looked for up to so many standard deviations of the normal score: beyond lies less than 1e-15."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The value of one plan along a line, beyond that of the plan that is best on average.

    Parameters
    ----------
    gain, slope
        The value at the mean, and what each unit away from it adds.
    """

    gain: float
    slope: float

    def value(self, away: float) -> float:
        """Return the value so far away from the mean."""
        return self.gain + self.slope * away

    def meets(self, other: PlanLine) -> float:
        """Return how far away from the mean another line has the same value."""
        return (self.gain - other.gain) / (other.slope - self.slope)


@dataclass(frozen=True, eq=False)
class ValuePieces:
    """By how much the best value exceeds that of the plan that is best on average, along the factor on one effect.

    On piece k, from ``edges[k]`` to ``edges[k + 1]``, it is ``gain[k] + slope[k] * (factor - mean)``.

    Parameters
    ----------
    edges
        Rising factors, the first and the last infinite; shape (pieces + 1,).
    gain, slope
        Shape (pieces,).
    mean
        The mean factor.
    proved
        Whether every plan that was found is proved to be the best at its factor.
    """

    edges: Floats
    gain: Floats
    slope: Floats
    mean: float
    proved: bool

    def expected(self, moments: Floats) -> float:
        """Return the expectation over a distribution by its moments between the edges; shape (3, pieces)."""
        share, first = moments[0], moments[1]
        return max(float((self.gain * share + self.slope * (first - self.mean * share)).sum()), 0.0)

    def after_study(self, deviation: float) -> float:
        """Return the expectation over a mean after a study that has such a standard deviation before it."""
        share, first, _ = FactorDistribution(deviation, deviation).moments(self.edges - (self.mean - 1.0))
        return max(float((self.gain * share + self.slope * (first - share)).sum()), 0.0)

    @property
    def nearest(self) -> tuple[float, float]:
        """The factors below and above the mean at which the best plan changes; infinite if it does not."""
        below, above = self.edges[self.edges <= self.mean], self.edges[self.edges > self.mean]
        return float(below.max()), float(above.min())


def greatest_of(lines: Sequence[PlanLine], mean: float, *, proved: bool = True) -> ValuePieces:
    """Return the pieces of the greatest of some lines."""
    kept: list[PlanLine] = []
    # of parallel lines the last is the highest
    highest = {line.slope: line for line in sorted(lines, key=lambda one: (one.slope, one.gain))}
    for line in highest.values():
        while len(kept) > 1 and kept[-2].meets(line) <= kept[-2].meets(kept[-1]):
            kept.pop()
        kept.append(line)
    inner = [mean + first.meets(second) for first, second in itertools.pairwise(kept)]
    edges = np.array([-np.inf, *inner, np.inf])
    gain, slope = (np.array([getattr(line, name) for line in kept]) for name in ("gain", "slope"))
    return ValuePieces(edges, gain, slope, mean, proved)
