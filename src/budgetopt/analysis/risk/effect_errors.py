"""How an effect may be off: the distribution of its factor, what it really brings as a share of its estimate.

A normal error keeps to the standard error, or to the low and the high estimate as the ends that hold 95% of it: where
they are not as far from the estimate, each side has a standard deviation of its own (a two-piece normal distribution
whose median is the estimate). A truncated one is the same, given that the factor is above zero. A lognormal one has the
estimate as its mean and, as its standard deviation, a quarter of the width of the range (by 1.96 and not 2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Literal

import numpy as np

from budgetopt.scenario.estimates import NORMAL_95
from budgetopt.scenario.programs import Floats

__all__ = ["ErrorShape", "FactorDistribution", "normal_between", "normal_quantiles"]

ErrorShape = Literal["normal", "truncated", "lognormal"]

_inverse = np.frompyfunc(NormalDist().inv_cdf, 1, 1)
_erfc = np.frompyfunc(math.erfc, 1, 1)


def normal_quantiles(shares: Floats) -> Floats:
    """Return the standard normal quantiles of shares strictly between 0 and 1; same shape."""
    return np.asarray(_inverse(shares), dtype=np.float64)


def _below(z: Floats) -> Floats:
    """Return the probability that a standard normal variable is below each number."""
    return 0.5 * np.asarray(_erfc(-z / math.sqrt(2.0)), dtype=np.float64)


def normal_between(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the probability that a standard normal variable is between two numbers, and its mean there; same shape."""
    return _below(high) - _below(low), _density(low) - _density(high)


def _density(z: Floats) -> Floats:
    return np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True)
class FactorDistribution:
    """The distribution of an effect's factor: 1 where it is as estimated.

    Parameters
    ----------
    below, above
        Standard deviations under and over the estimate, as shares of it.
    shape
        ``normal``, ``truncated`` at zero, or ``lognormal``.
    """

    below: float
    above: float
    shape: ErrorShape = "normal"

    @classmethod
    def of_range(cls, low: float, high: float, shape: ErrorShape) -> FactorDistribution:
        """Return the distribution that has 95% between two factors."""
        return cls((1.0 - low) / NORMAL_95, (high - 1.0) / NORMAL_95, shape)

    @property
    def is_certain(self) -> bool:
        """Whether the factor can only be 1."""
        return self.below == self.above == 0.0

    @cached_property
    def _log(self) -> tuple[float, float]:
        """The mean and the standard deviation of the logarithm of a lognormal factor."""
        variance = math.log1p((0.5 * (self.below + self.above)) ** 2)
        return -0.5 * variance, math.sqrt(variance)

    @cached_property
    def _cut(self) -> float:
        """Which share of the untruncated distribution lies below zero."""
        if self.shape != "truncated" or not self.below:
            return 0.0
        return float(_below(np.array([-1.0 / self.below]))[0])

    def at(self, scores: Floats) -> Floats:
        """Return the factors that have the ranks of standard normal scores; same shape."""
        if self.shape == "lognormal":
            mean, deviation = self._log
            return np.exp(mean + deviation * scores)
        if self._cut:
            shares = self._cut + (1.0 - self._cut) * _below(scores)
            scores = normal_quantiles(np.clip(shares, 1e-300, 1.0 - 1e-16))
        return 1.0 + scores * np.where(scores < 0, self.below, self.above)

    def moments(self, edges: Floats) -> Floats:
        """Return the parts of the probability, the mean and the second moment between each two rising edges.

        Shape (3, edges - 1). What is exactly at an edge counts above it.
        """
        if self.shape == "lognormal":
            mean, deviation = self._log
            with np.errstate(divide="ignore"):
                logs = np.log(np.maximum(edges, 0.0))
            z = (logs - mean) / deviation
            return np.array(
                [
                    math.exp(power * mean + 0.5 * (power * deviation) ** 2) * np.diff(_below(z - power * deviation))
                    for power in range(3)
                ]
            )
        first = -1.0 / self.below if self._cut else -math.inf
        sides = ((self.below, first, 0.0), (self.above, 0.0, math.inf))
        return np.asarray(sum(_half(edges, *side) for side in sides) / (1.0 - self._cut))

    @cached_property
    def mean(self) -> float:
        """The mean factor; not 1 where the range is not as wide on both sides."""
        return float(self.moments(np.array([-np.inf, np.inf]))[1, 0])

    @cached_property
    def deviation(self) -> float:
        """The standard deviation of the factor."""
        square = float(self.moments(np.array([-np.inf, np.inf]))[2, 0])
        return math.sqrt(max(square - self.mean**2, 0.0))


def _half(edges: Floats, deviation: float, first: float, last: float) -> Floats:
    """Return the moments between edges of the part of ``1 + deviation z`` with z from a first to a last number."""
    z = np.clip((edges - 1.0) / deviation, first, last) if deviation else np.where(edges <= 1.0, first, last)
    share, slope = np.diff(_below(z)), -np.diff(_density(z))
    finite = np.where(np.isfinite(z), z, 0.0)  # no mutant: the density at infinity is nothing
    square = share - np.diff(finite * _density(z))
    return np.array(
        [share, share + deviation * slope, share + 2.0 * deviation * slope + deviation**2 * square],
    )
