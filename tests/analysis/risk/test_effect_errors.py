"""Distributions of factors: their moments against sums over many equally likely draws."""

from __future__ import annotations

import numpy as np
import pytest

from budgetopt.analysis.risk.effect_errors import FactorDistribution, normal_quantiles

SCORES = normal_quantiles((np.arange(200_000) + 0.5) / 200_000)
DISTRIBUTIONS = [
    FactorDistribution(0.2, 0.2),
    FactorDistribution(0.2, 0.5),
    FactorDistribution(0.0, 0.4),
    FactorDistribution(0.9, 0.3, "truncated"),
    FactorDistribution(0.05, 0.05, "truncated"),
    FactorDistribution(0.3, 0.5, "lognormal"),
]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=str)
def test_moments_between_edges_are_those_of_the_draws(distribution: FactorDistribution) -> None:
    factors = distribution.at(SCORES)
    edges = np.array([-np.inf, 0.3, 0.95, 1.2, np.inf])
    inside = (factors[:, None] >= edges[:-1]) & (factors[:, None] < edges[1:])
    for power, row in enumerate(distribution.moments(edges)):
        np.testing.assert_allclose(row, (factors[:, None] ** power * inside).mean(axis=0), atol=2e-4)
    assert distribution.mean == pytest.approx(factors.mean(), abs=1e-4)
    assert distribution.deviation == pytest.approx(factors.std(), rel=1e-3)


def test_low_and_high_estimates_hold_95_percent() -> None:
    distribution = FactorDistribution.of_range(0.6, 1.9, "normal")
    np.testing.assert_allclose(distribution.at(np.array([-1.959963984540054, 0.0, 1.959963984540054])), [0.6, 1.0, 1.9])


def test_a_truncated_factor_is_never_negative_and_a_lognormal_one_has_its_mean_at_the_estimate() -> None:
    assert (FactorDistribution(2.0, 2.0, "truncated").at(SCORES) >= 0).all()
    assert (FactorDistribution(2.0, 2.0).at(SCORES) < 0).any()
    lognormal = FactorDistribution(0.4, 0.4, "lognormal")
    assert lognormal.mean == pytest.approx(1.0)
    assert lognormal.deviation == pytest.approx(0.4)


def test_an_effect_without_a_range_is_certain() -> None:
    assert FactorDistribution(0.0, 0.0).is_certain
    assert not FactorDistribution(0.0, 0.1).is_certain


# the density of the normal distribution at 0 and at 1, and the probability below 1
AT_0, AT_1, BELOW_1 = 0.3989422804014327, 0.24197072451914337, 0.8413447460685429


def test_the_moments_of_a_range_that_is_wider_above() -> None:
    distribution = FactorDistribution(0.2, 0.5)
    # a half of the factors are below 1; their mean is 1 - 0.2 * 2 * AT_0, and the square of the deviation 0.04
    lower, upper = np.array([0.5, 0.5 - 0.2 * AT_0, 0]), np.array([0.5, 0.5 + 0.5 * AT_0, 0])
    lower[2] = 0.5 - 2 * 0.2 * AT_0 + 0.04 / 2
    upper[2] = 0.5 + 2 * 0.5 * AT_0 + 0.25 / 2
    found = distribution.moments(np.array([-np.inf, 1.0, np.inf]))
    np.testing.assert_allclose(found, np.array([lower, upper]).T, rtol=1e-12)
    mean = 1 + 0.3 * AT_0
    assert distribution.mean == pytest.approx(mean, rel=1e-12)
    assert distribution.deviation**2 == pytest.approx(0.29 / 2 - (0.3 * AT_0) ** 2, rel=1e-12)
    assert distribution.at(np.array([-2.0, -0.0, 0.5])).tolist() == pytest.approx([0.6, 1, 1.25])


def test_a_factor_that_cannot_fall_counts_at_its_edge_and_above() -> None:
    distribution = FactorDistribution(0.0, 0.4)
    share, first, second = distribution.moments(np.array([-np.inf, 0.9, 1.0, 1.4, np.inf]))
    # the half that is 1 counts between 1 and 1.4, as do the factors of up to one deviation above
    assert share.tolist() == pytest.approx([0, 0, BELOW_1, 1 - BELOW_1], abs=1e-15)
    inside = BELOW_1 + 0.4 * (AT_0 - AT_1)
    assert first.tolist() == pytest.approx([0, 0, inside, 1 - BELOW_1 + 0.4 * AT_1], abs=1e-15)
    # the second moment of a normal variable between 0 and 1 is the probability there less the density at 1
    square = BELOW_1 + 0.8 * (AT_0 - AT_1) + 0.16 * (BELOW_1 - 0.5 - AT_1)
    assert second[2] == pytest.approx(square, rel=1e-12)


def test_a_truncated_factor_has_the_moments_of_a_truncated_normal_variable() -> None:
    distribution = FactorDistribution(1.0, 1.0, "truncated")
    ratio = AT_1 / BELOW_1
    assert distribution.mean == pytest.approx(1 + ratio, rel=1e-12)
    assert distribution.deviation**2 == pytest.approx(1 - ratio - ratio**2, rel=1e-12)
    # nothing lies below zero, and as much below the median as above it
    share, _, _ = distribution.moments(np.array([-np.inf, 0.0, float(distribution.at(np.array([0.0]))[0]), np.inf]))
    assert share.tolist() == pytest.approx([0, 0.5, 0.5], abs=1e-12)
    # a score that no draw has still is a number
    far = distribution.at(np.array([-40.0, 9.0, 40.0]))
    assert far[0] == pytest.approx(0, abs=1e-12)
    assert far[1] == far[2] > 9
    # only what can fall is cut off
    assert FactorDistribution(0.0, 2.0, "truncated").mean == pytest.approx(1 + 2 * AT_0)


def test_the_moments_of_a_lognormal_factor() -> None:
    distribution = FactorDistribution(0.2, 0.6, "lognormal")
    # its deviation is the mean of both, and its median 1 / sqrt(1 + 0.4 ** 2)
    median = 1.16**-0.5
    assert distribution.at(np.array([0.0]))[0] == pytest.approx(median, rel=1e-12)
    share, first, second = distribution.moments(np.array([-np.inf, 0.0, median, np.inf]))
    assert share.tolist() == pytest.approx([0, 0.5, 0.5], abs=1e-15)
    # below the median: the normal probability below minus one and two deviations of the logarithm
    deviation = np.sqrt(np.log(1.16))
    from statistics import NormalDist

    assert first.tolist() == pytest.approx([0, NormalDist().cdf(-deviation), NormalDist().cdf(deviation)], rel=1e-12)
    assert second[1] == pytest.approx(1.16 * NormalDist().cdf(-2 * deviation), rel=1e-12)
    assert distribution.mean == pytest.approx(1, rel=1e-12)
    assert distribution.deviation == pytest.approx(0.4, rel=1e-12)


def test_an_effect_is_certain_only_if_it_is_off_to_neither_side() -> None:
    assert not FactorDistribution(0.1, 0.1).is_certain
    assert not FactorDistribution(0.1, 0.0).is_certain
    assert FactorDistribution(0.0, 0.0).deviation == 0.0
