"""Robust plans: known answers, and all choices of small problems tried one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.analysis.uncertain import library_or_pool, one_dollar

import budgetopt as bo
from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.errors import OptionError
from budgetopt.report.words.robust_words import robust_lines

COSTS, VALUES = (4, 5, 6, 3), (10, 12, 13, 6)
KNOWN = ({"std_error": "40%"}, {"low": "30%", "high": "120%"}, {"std_error": "20%"}, {"low": "95%"})
CHOICES = np.array([choice for choice in product((0, 1), repeat=4) if np.dot(choice, COSTS) <= 11])


def choices() -> bo.Scenario:
    """Return four packages that 11 dollars do not pay for together."""
    packages = {
        f"p{at}": {"packages": [{"cost": cost, "outcomes": {"visits": {"value": value, **known}}}]}
        for at, (cost, value, known) in enumerate(zip(COSTS, VALUES, KNOWN, strict=True))
    }
    return bo.Scenario.from_document(
        {"funds": {"general": {"revenue": 11}}, "outcomes": {"visits": {"weight": 1}}, "programs": packages}
    )


def by_trial(value: Callable[[Any], float]) -> float:
    """Return the best value of all choices that the money pays for."""
    return max(value(choice * np.array(VALUES)) for choice in CHOICES)


def test_the_150_assets_of_bertsimas_and_sim() -> None:
    number = np.arange(1, 151)
    returns = 1.15 + number * 0.05 / 150
    spread = 0.05 / 450 * np.sqrt(2 * number * 150 * 151)
    programs = {
        f"asset_{at}": {"outcomes": {"wealth": {"per_dollar": mean, "low": f"{low!r}%", "high": f"{high!r}%"}}}
        for at, mean, low, high in zip(
            number.tolist(),
            returns.tolist(),
            (100 * (1 - spread / returns)).tolist(),
            (100 * (1 + spread / returns)).tolist(),
            strict=True,
        )
    }
    scenario = bo.Scenario.from_document(
        {"funds": {"money": {"revenue": 1}}, "outcomes": {"wealth": {"weight": 1}}, "programs": programs}
    )
    plan = bo.solve(scenario)
    known = {0: 1.2, 1: 1.186597, 5: 1.170890, 10: 1.160109, 50: 1.126685}
    for effects, value in known.items():
        found = bo.robust(plan, "budget", effects=effects)
        assert found.certificate.bound == pytest.approx(value, abs=5e-7)
        assert found.value == pytest.approx(value, abs=3e-6)
        assert found.proved
    curve = bo.robust(plan, "budget").curve.set_index("setting")
    assert curve["robust"][5.0] == pytest.approx(1.170890, abs=5e-7)
    assert curve["robust"].is_monotonic_decreasing
    assert curve["price"][0.0] == 0.0


def test_the_conditional_value_at_risk_of_four_costs() -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 1}},
            "outcomes": {"cost": {}},
            "objective": [{"minimize": "cost"}],
            "programs": {"one": {"outcomes": {"cost": {"per_dollar": 10}}}},
            "rules": [{"name": "Spend it", "sum": "spending", "equals": 1}],
        }
    )
    found = bo.robust(scenario, "cvar", level=0.6, given=pd.DataFrame({"one": [1, 2, 3, 4]}))
    assert found.value == pytest.approx(36.25)
    assert found.measures["robust"]["value at risk at 60%"] == pytest.approx(30)
    assert found.measures["robust"]["expected value"] == pytest.approx(25)


@pytest.mark.parametrize("level", [0.0, 0.5, 0.85])
@pytest.mark.parametrize("weight", [1.0, 0.4])
def test_the_mean_of_the_worst_draws_is_the_best_of_all_choices(level: float, weight: float) -> None:
    plan = bo.solve(choices())
    factors = EffectErrors.of(plan).draws(30, 5)
    found = bo.robust(plan, "cvar", level=level, weight=weight, draws=30, seed=5)
    count = (1 - level) * 30
    counted = np.clip(count - np.arange(30), 0, 1)

    def value(brought: Any) -> float:
        gains = np.sort(factors @ brought)
        return float((1 - weight) * gains.mean() + weight * (gains @ counted) / count)

    assert found.value == pytest.approx(by_trial(value), rel=1e-9)
    assert found.proved
    assert found.audit.accepted
    # the decisions that are told are those that have this value
    taken = np.array([bool(row) for row in found.programs["robust"] > 0]) * np.array(VALUES)
    assert value(taken) == pytest.approx(found.value, rel=1e-9)


def test_the_largest_regret_is_the_least_of_all_choices() -> None:
    plan = bo.solve(choices())
    factors = EffectErrors.of(plan).draws(30, 5)
    best = (factors * VALUES @ CHOICES.T).max(axis=1)
    found = bo.robust(plan, "regret", draws=30, seed=5)
    assert found.value == pytest.approx(-by_trial(lambda brought: -float((best - factors @ brought).max())), rel=1e-8)
    assert found.measures["plan"]["largest regret"] >= found.value - 1e-9


@pytest.mark.parametrize("effects", [0, 1, 1.5, 3, 9])
def test_some_effects_at_their_worst_are_those_that_hurt_most(effects: float) -> None:
    plan = bo.solve(choices())
    low = np.array([1 - 1.959964 * 0.4, 0.3, 1 - 1.959964 * 0.2, 0.95])

    def value(brought: Any) -> float:
        losses = np.sort(brought * (1 - low))[::-1]
        return float(brought.sum() - losses @ np.clip(effects - np.arange(4), 0, 1))

    assert bo.robust(plan, "budget", effects=effects).value == pytest.approx(by_trial(value), rel=1e-6)
    if effects > 4:
        assert bo.robust(plan, "low").value == pytest.approx(by_trial(value), rel=1e-6)


def test_an_effect_that_does_harm_is_at_its_worst_where_it_does_most() -> None:
    # b does 2 of good, and 2 of harm that may be 3; a brings 1, or as little as a half
    programs: dict[str, Any] = {
        "a": {"outcomes": {"good": {"per_dollar": 1, "low": "50%"}}},
        "b": {"outcomes": {"good": {"per_dollar": 3.2}, "bad": {"per_dollar": 2, "high": "150%"}}},
    }
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 1}},
            "outcomes": {"good": {"weight": 1}, "bad": {"weight": 1, "direction": "decrease"}},
            "programs": programs,
        }
    )
    found = bo.robust(scenario, "low")
    assert found.programs["plan"].tolist() == [0, 1]
    assert found.programs["robust"].tolist() == [1, 0]
    assert found.measures.loc["value with every effect at its worst", ["plan", "robust"]].tolist() == pytest.approx(
        [0.2, 0.5]
    )
    # with one effect at its worst, money on both sides guards against it
    assert bo.robust(scenario, "budget", effects=1).value >= 0.5


def test_the_expected_value_counts_where_a_range_is_not_even() -> None:
    wide = {"outcomes": {"visits": {"per_dollar": 1.4, "low": "90%", "high": "300%"}}}
    even = {"outcomes": {"visits": {"per_dollar": 1.5, "std_error": "10%"}}}
    found = bo.robust(library_or_pool(library=wide, pool=even), "expected")
    assert found.programs["plan"].tolist() == [0, 10]
    assert found.programs["robust"].tolist() == [10, 0]
    assert found.measures["difference"]["expected value"] > 0


def test_a_discount_by_grade_of_evidence() -> None:
    rct = {"outcomes": {"visits": {"per_dollar": 1.2, "evidence": "rct"}}}
    guess = {"outcomes": {"visits": {"per_dollar": 1.5, "evidence": "expert"}}}
    scenario = library_or_pool(library=rct, pool=guess)
    assert bo.robust(scenario, "discount", discounts={"expert": 0.1}).programs["robust"].tolist() == [0, 10]
    found = bo.robust(scenario, "discount", discounts={"expert": 0.3})
    assert found.programs["robust"].tolist() == [10, 0]
    assert found.value == pytest.approx(24)
    assert found.measures["plan"]["value after the discounts"] == pytest.approx(21)
    # what says nothing of its evidence is an assumption
    nothing = {"outcomes": {"visits": {"per_dollar": 1.5}}}
    found = bo.robust(library_or_pool(library=rct, pool=nothing), "discount", discounts={"assumption": 0.5})
    assert found.programs["robust"].tolist() == [10, 0]


def test_a_plan_that_only_follows_limits_is_told() -> None:
    held = {"spending": {"at_most": 4}, "outcomes": {"visits": {"per_dollar": 2, "std_error": "10%"}}}
    assert bo.robust(library_or_pool(library=held, pool=held), "low").at_limits == (2, 2)


@pytest.mark.parametrize(
    ("against", "options", "words"),
    [
        ("cvr", {}, "did you mean 'cvar'?"),
        ("cvar", {"level": 1.0}, "a level of 1 leaves no worst draws"),
        ("cvar", {"weight": 1.1}, "a weight of 1.1 cannot be"),
        ("cvar", {"draws": 0}, "0 draws say nothing"),
        ("budget", {"effects": -1}, "-1 effects cannot be at their worst"),
        ("discount", {}, "no discount is said"),
        ("discount", {"discounts": {"expret": 0.1}}, "did you mean 'expert'?"),
        ("discount", {"discounts": {"expert": 1.5}}, "a discount of 1.5 cannot be"),
    ],
)
def test_what_cannot_be_is_refused(against: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError) as raised:
        bo.robust(one_dollar(), against, **options)
    assert words in f"{raised.value} {raised.value.hint}"


def test_without_a_setting_there_is_no_curve_to_draw() -> None:
    found = bo.robust(one_dollar(), "low")
    assert not len(found.curve)
    assert found._repr_html_().count("<table") == 3
    with pytest.raises(OptionError, match="has no curve"):
        bo.robust_chart(found)


@pytest.mark.parametrize("against", ["low", "regret"])
@pytest.mark.parametrize("goal", [{"maximize": "weighted outcomes"}, {"minimize": "repairs"}])
def test_what_is_said_of_rounded_amounts_is_true_of_them(against: Any, goal: dict[str, Any]) -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 10}},
            "outcomes": {"visits": {"weight": 1}, "repairs": {"weight": 2, "direction": "decrease", "unit": "repairs"}},
            "programs": {
                "library": {"outcomes": {"visits": {"curve": [[0, 0], [4.6, 9], [10, 12]], "low": "20%"}}},
                "pool": {"outcomes": {"visits": {"per_dollar": 1.1, "low": "85%"}}},
                "roads": {"outcomes": {"repairs": {"curve": [[0, 30], [3.7, 22], [9, 20]], "std_error": "25%"}}},
            },
            "rules": [{"name": "Library", "sum": "spending", "where": {"program": "library"}, "at_least": 1}],
            "objective": goal,
            "round_to": 1,
        }
    )
    draws = pd.DataFrame({"library": [1, 0.2, 1.3], "pool": [1, 1.1, 0.9], "roads": [1, 0.6, 1.2]})
    found = bo.robust(scenario, against, given=draws if against == "regret" else None)
    errors, maximize = EffectErrors.of(found.plan), "maximize" in goal
    lows = dict(zip((name.split(".")[0] for name in errors.names), errors.ends[0].tolist(), strict=True))
    cases = draws.to_numpy() if against == "regret" else np.array([[lows[name] for name in draws]])

    def value(amounts: Any, factors: Any) -> float:
        library, pool, roads = amounts
        visits = factors[0] * np.interp(library, [0, 4.6, 10], [0, 9, 12]) + factors[1] * 1.1 * pool
        repairs = 30 - factors[2] * (30 - np.interp(roads, [0, 3.7, 9], [30, 22, 20]))
        return float(visits - 2 * repairs) if maximize else float(-repairs)

    def worst(amounts: Any) -> float:
        values = [value(amounts, factors) for factors in cases]
        return min(each - (most if against == "regret" else 0) for each, most in zip(values, best, strict=True))

    fine = [(a, b, 10 - a - b) for a in np.arange(1, 10.05, 0.1) for b in np.arange(0, 10.05 - a, 0.1)]
    best = [max(value(amounts, factors) for amounts in fine) for factors in cases]
    whole = [amounts for amounts in product(range(11), repeat=3) if amounts[0] >= 1 and sum(amounts) <= 10]
    sign = 1 if maximize and against == "low" else -1
    assert found.value == pytest.approx(sign * max(map(worst, whole)))
    assert found.value == pytest.approx(sign * worst(found.programs["robust"]), abs=1e-9)
    assert found.gap == pytest.approx(found.certificate.bound - worst(found.programs["robust"]))
    assert ("could be better by" in "\n".join(map(str, robust_lines(found)))) == (found.gap > 1e-3)
