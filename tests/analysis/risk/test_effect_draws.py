"""Draws of factors: a Latin hypercube, repeatable, with errors that go together as said."""

from __future__ import annotations

from collections.abc import Callable
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


WIDE = {"shape": "truncated", "assumed_error": 0.3, "correlation": 0.7, "shared_by": "program"}


@pytest.mark.parametrize("ask", [bo.ensemble, bo.robust, bo.information_value])
def test_what_is_said_of_errors_reaches_the_draws(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []

    def of(_: bo.Allocation, **said: Any) -> EffectErrors:
        told.append(said)
        raise OptionError("enough")

    plan = bo.solve(one_dollar())
    monkeypatch.setattr(EffectErrors, "of", of)
    with pytest.raises(OptionError, match="enough"):
        ask(plan, **WIDE)
    assert told == [WIDE]


TWO_YEARS = {
    "periods": ["t1", "t2"],
    "discount": "25%",
    "funds": {"general": {"revenue": {"t1": 10, "t2": 20}, "carryover": False}},
    "outcomes": {"visits": {"weight": 2}, "homes": {"weight": 3}},
    "programs": {
        "library": {
            "spending": {"at_most": 4},
            "outcomes": {
                "visits": {"curve": [[0, 1], [4, 9], [12, 13]], "std_error": "20%", "source": "Smith  2020"},
                "homes": {"per_dollar": 0.1, "source": "Jones"},
            },
        },
        "housing": {"outcomes": {"homes": {"per_dollar": 0.5, "low": "50%", "high": "180%", "source": "smith 2020"}}},
        "station": {
            "packages": [
                {"cost": 2, "outcomes": {"homes": {"value": 9, "std_error": "30%", "source": "Jones"}}},
                {"cost": 90, "outcomes": {"homes": {"value": 1, "std_error": "40%"}}},
            ]
        },
    },
}
EFFECTS = ("library.visits", "library.homes", "housing.homes", "station.homes (package 1)", "station.homes (package 2)")


def test_the_effects_of_a_scenario_one_by_one() -> None:
    plan = bo.solve(bo.Scenario.from_document(TWO_YEARS))
    errors = EffectErrors.of(plan, assumed_error=0.5, correlation=0.36)
    assert errors.names == EFFECTS
    # a curve of two parts is no straight line, a package is all or nothing
    assert errors.straight.tolist() == [False, True, True, True, True]
    assert [one.shape for one in errors.distributions] == ["truncated", "normal", "normal", "normal", "normal"]
    assert errors.said.tolist() == [True, False, True, True, True]
    below, above = zip(*((one.below, one.above) for one in errors.distributions), strict=True)
    assert below == pytest.approx((0.2, 0.5, 0.5 / 1.959964, 0.3, 0.4), rel=1e-6)
    assert above == pytest.approx((0.2, 0.5, 0.8 / 1.959964, 0.3, 0.4), rel=1e-6)
    # by their sources, however these are written
    assert errors.group.tolist() == [0, 1, 0, 1, -1]
    assert errors.together(0).tolist() == [2]
    assert errors.together(3).tolist() == [1]
    assert errors.together(4).tolist() == []
    # of 10 and 20 dollars the library gets 4 and the station 2 in both years, and housing what is left
    assert errors.moved[:3].tolist() == [[8, 8], pytest.approx([0.4, 0.4]), pytest.approx([2, 7])]
    assert errors.value[:3].tolist() == pytest.approx([16 * 1.8, 1.2 * 1.8, 3 * (2 + 0.8 * 7)])
    assert errors.deviation[[1, 3]].tolist() == pytest.approx([0.5, 0.3])
    assert errors.mean[[1, 3]].tolist() == pytest.approx([1, 1])
    low, high = errors.ends
    assert (low[2], high[2]) == pytest.approx((0.5, 1.8))


def test_errors_without_a_correlation_go_with_none() -> None:
    plan = bo.solve(bo.Scenario.from_document(TWO_YEARS))
    errors = EffectErrors.of(plan)
    assert errors.group.tolist() == [-1] * 5
    # without a word on its error an effect is certain
    assert errors.uncertain.tolist() == [True, False, True, True, True]
    assert errors.together(0).tolist() == []
    assert (errors.draws(9, 0)[:, 1] == 1).all()


@pytest.mark.parametrize(
    ("shared_by", "group"),
    [("all", [0, 0, 0, 0, 0]), ("program", [0, 0, 1, 2, 2]), ("outcome", [0, 1, 1, 1, 1])],
)
def test_what_errors_have_in_common(shared_by: Any, group: list[int]) -> None:
    plan = bo.solve(bo.Scenario.from_document(TWO_YEARS))
    errors = EffectErrors.of(plan, correlation=0.5, shared_by=shared_by)
    assert errors.group.tolist() == group
    # what is certain goes with nothing
    assert 1 not in errors.together(0)


def test_the_stream_of_an_effect_is_made_of_its_name_and_of_its_group() -> None:
    plan = bo.solve(bo.Scenario.from_document(TWO_YEARS))
    errors = EffectErrors.of(plan, correlation=0.36)
    # the first 16 digits that sha256sum gives of "housing.homes"
    own, shared = latin_scores(30, (5, 0, 0xBA6E9A33E64B7355)), latin_scores(30, (5, 1, 0))
    # of the variance 0.36 is shared
    scores = 0.6 * shared + 0.8 * own
    factors = 1 + scores * np.where(scores < 0, 0.5, 0.8) / 1.959963984540054
    assert errors.draws(30, 5)[:, 2] == pytest.approx(factors)
    alone = EffectErrors.of(plan).draws(30, 5)[:, 2]
    assert alone == pytest.approx(1 + own * np.where(own < 0, 0.5, 0.8) / 1.959963984540054)


def test_the_ends_of_what_can_be_said_of_errors() -> None:
    plan = bo.solve(one_dollar())
    for correlation in (0.0, 1.0):
        assert EffectErrors.of(plan, correlation=correlation).correlation == correlation
    assert EffectErrors.of(plan, assumed_error=9.99).deviation.max() == pytest.approx(9.99)
    with pytest.raises(OptionError, match="an assumed standard error of 10 times"):
        EffectErrors.of(plan, assumed_error=10.0)
    with pytest.raises(OptionError, match="a seed of -1 cannot be"):
        latin_scores(3, (-1, 0))
    assert latin_scores(1, (0, 7)).shape == (1,)
