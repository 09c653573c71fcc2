"""Draws of factors: a Latin hypercube, repeatable, with errors that go together as said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.analysis.uncertain import library_or_pool, one_dollar

import budgetopt as bo
from budgetopt.analysis.risk.effect_draws import EffectErrors, latin_scores
from budgetopt.errors import OptionError


def test_each_part_of_a_distribution_holds_one_draw() -> None:
    ranks = np.sort(latin_scores(50, (7, 0, 3)))
    edges = latin_scores(1, (0,))  # any score at all is finite
    assert np.isfinite(edges).all()
    shares = np.array([(ranks < bound).sum() for bound in np.sort(ranks)])
    np.testing.assert_array_equal(shares, np.arange(50))
    from statistics import NormalDist

    parts = np.floor([50 * NormalDist().cdf(score) for score in ranks.tolist()])
    np.testing.assert_array_equal(parts, np.arange(50))


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    errors = EffectErrors.of(bo.solve(library_or_pool()))
    np.testing.assert_array_equal(errors.draws(20, 1), errors.draws(20, 1))
    assert (errors.draws(20, 1) != errors.draws(20, 2)).any()


def test_an_effect_keeps_its_draws_if_another_one_becomes_certain() -> None:
    errors = EffectErrors.of(bo.solve(library_or_pool()))
    exact = EffectErrors.of(bo.solve(library_or_pool(library={"outcomes": {"visits": {"per_dollar": 2}}})))
    pool = errors.names.index("pool.visits"), exact.names.index("pool.visits")
    assert errors.names != exact.names
    np.testing.assert_array_equal(errors.draws(20, 1)[:, pool[0]], exact.draws(20, 1)[:, pool[1]])


@pytest.mark.parametrize(("shared_by", "together"), [("outcome", True), ("all", True), ("program", False)])
def test_errors_go_together_by_what_is_named(shared_by: Any, together: bool) -> None:
    errors = EffectErrors.of(bo.solve(one_dollar()), correlation=0.6, shared_by=shared_by)
    first, second = (errors.names.index(name) for name in ("a.good", "b.good"))
    factors = errors.draws(4000, 0)
    correlation = np.corrcoef(factors[:, first], factors[:, second])[0, 1]
    assert correlation == pytest.approx(0.6 if together else 0.0, abs=0.05)


def test_errors_of_one_source_go_together_and_those_without_a_source_do_not() -> None:
    effect = {"per_dollar": 1, "std_error": "20%"}
    programs = {
        name: {"outcomes": {"visits": {**effect, **({"source": source} if source else {})}}}
        for name, source in (("p", "Smith 2020"), ("q", "smith  2020"), ("r", ""), ("s", ""))
    }
    errors = EffectErrors.of(bo.solve(library_or_pool(**programs)), correlation=1.0)
    factors = errors.draws(50, 0)[:, [errors.names.index(f"{name}.visits") for name in "pqrs"]]
    np.testing.assert_allclose(factors[:, 0], factors[:, 1])
    assert abs(np.corrcoef(factors[:, 2], factors[:, 3])[0, 1]) < 0.7


def test_packages_have_errors_of_their_own() -> None:
    packages = [
        {"cost": 2, "outcomes": {"visits": {"value": 9, "std_error": "10%"}}},
        {"cost": 1, "outcomes": {"visits": {"value": 4, "low": "50%"}}},
    ]
    plan = bo.solve(library_or_pool(museum={"packages": packages}))
    errors = EffectErrors.of(plan)
    first, second = (errors.names.index(f"museum.visits (package {number})") for number in (1, 2))
    assert errors.distributions[first].deviation == pytest.approx(0.1)
    assert (errors.distributions[second].below, errors.distributions[second].above) == (pytest.approx(0.2551, 1e-3), 0)
    assert errors.value[[first, second]].tolist() == [18.0, 8.0]


def test_an_error_is_assumed_only_where_nothing_is_said() -> None:
    plan = bo.solve(library_or_pool(museum={"outcomes": {"visits": {"per_dollar": 0.1}}}))
    errors = EffectErrors.of(plan, assumed_error=0.3)
    museum, pool = (errors.names.index(f"{name}.visits") for name in ("museum", "pool"))
    assert not errors.said[museum]
    assert errors.distributions[museum].deviation == pytest.approx(0.3)
    assert errors.distributions[pool].above == pytest.approx(0.5 / 1.96, rel=1e-4)
    assert EffectErrors.of(plan).uncertain.tolist() == errors.said.tolist()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"correlation": 1.5}, "a correlation of 1.5 cannot be"),
        ({"correlation": -0.1}, "a correlation of -0.1 cannot be"),
        ({"assumed_error": 0.0}, "an assumed standard error of 0 times the effect cannot be"),
        ({"shape": "norml"}, "did you mean 'normal'"),
        ({"shared_by": "sources"}, "did you mean 'source'"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError) as raised:
        EffectErrors.of(bo.solve(one_dollar()), **options)
    assert words in f"{raised.value} {raised.value.hint}"


def test_an_objective_that_is_no_sum_of_outcomes_is_refused() -> None:
    plan = bo.solve(library_or_pool().with_(("objective", {"minimize": "spending"})))
    with pytest.raises(OptionError, match="the first objective is no sum of outcomes"):
        EffectErrors.of(plan)
