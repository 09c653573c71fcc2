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
