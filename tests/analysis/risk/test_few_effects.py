"""Perfect information on a few effects at once, against known answers and sums over fine grids."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from tests.analysis.uncertain import library_or_pool, one_dollar

import budgetopt as bo
from budgetopt.analysis.risk import few_effects
from budgetopt.analysis.risk.drawn_problems import DrawnProblems
from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.analysis.risk.few_effects import _expected_greatest, value_of_knowing_all

NORMAL = NormalDist()


def dollar_for(*effects: tuple[float, float]) -> bo.Scenario:
    """Return programs of which one gets the only dollar: each brings a normal number, less 5 that are sure."""
    programs = {
        f"p{at}": {
            "outcomes": {
                "good": {"per_dollar": mean + 5, "std_error": f"{100 * deviation / (mean + 5)}%"},
                "bad": {"per_dollar": 5},
            }
        }
        for at, (mean, deviation) in enumerate(effects)
    }
    document = {**one_dollar().document.model_dump(exclude_unset=True, by_alias=True), "programs": programs}
    return bo.Scenario.from_document(document)


def known(scenario: bo.Scenario, **options: Any) -> tuple[float, float] | None:
    plan = bo.solve(scenario)
    errors = EffectErrors.of(plan, **options)
    return value_of_knowing_all(DrawnProblems.of(plan, errors, errors.mean[None, :]), errors)


def greatest_of_independent(effects: tuple[tuple[float, float], ...]) -> float:
    """Return the mean of the greatest of independent normal numbers beyond the greatest mean, on a fine grid."""
    at = np.linspace(-30.0, 30.0, 12_001)
    below = np.prod([[NormalDist(*effect).cdf(place) for place in at] for effect in effects], axis=0)
    return 30.0 - float(np.trapezoid(below, at)) - max(mean for mean, _ in effects)


def test_the_known_answer_of_two_normal_effects() -> None:
    # E max(0, N(-1, sqrt 5)): sqrt 5 times the density at 1 / sqrt 5, less the probability above it
    root = math.sqrt(5)
    exact = root * NORMAL.pdf(1 / root) - NORMAL.cdf(-1 / root)
    found = bo.ensemble(one_dollar(), 20)
    assert found.evpi == pytest.approx(exact, abs=1e-9)
    assert found.evpi == pytest.approx(0.479811, abs=5e-7)
    assert np.isnan(found.summary["standard_error"]["expected value of perfect information"])


def test_one_effect_is_worth_what_it_is_worth_by_itself() -> None:
    scenario = one_dollar().without("programs.b.outcomes.good.std_error")
    exact = bo.information_value(scenario).table["evppi"].iloc[0]
    assert bo.ensemble(scenario, 20).evpi == pytest.approx(exact, abs=1e-9)
    assert exact > 0
    shaped = bo.information_value(scenario, shape="lognormal").table["evppi"].iloc[0]
    assert bo.ensemble(scenario, 20, shape="lognormal").evpi == pytest.approx(shaped, abs=1e-9)


@pytest.mark.parametrize("correlation", [0.3, 1.0])
def test_effects_whose_errors_go_together(correlation: float) -> None:
    # the difference of N(1, 1) and N(0, 2) has the variance 1 + 4 - 4 r (Clark, Operations Research 9, 1961)
    deviation = math.sqrt(5 - 4 * correlation)
    exact = deviation * NORMAL.pdf(1 / deviation) - NORMAL.cdf(-1 / deviation)
    found = known(one_dollar(), correlation=correlation, shared_by="all")
    assert found is not None
    assert found[0] == pytest.approx(exact, abs=1e-8)


def test_three_normal_effects() -> None:
    effects = ((1, 1), (0, 2), (0.5, 1.5))
    found = known(dollar_for(*effects))
    assert found is not None
    assert found[0] == pytest.approx(greatest_of_independent(effects), abs=3e-5)
    assert np.isnan(found[1])


def test_more_normal_effects_have_a_standard_error() -> None:
    effects = ((1, 1), (0, 2), (0.5, 1.5), (0.8, 0.7))
    found = known(dollar_for(*effects))
    assert found is not None
    assert 0 < found[1] < 2e-4
    assert found[0] == pytest.approx(greatest_of_independent(effects), abs=4 * found[1])


@pytest.mark.parametrize("shape", ["lognormal", "truncated"])
def test_two_effects_of_other_shapes(shape: Any) -> None:
    # 10 dollars, up to 7 each; the library's brings 2 visits a dollar off by 30%, the pool's some more or less
    scenario = library_or_pool()
    plan = bo.solve(scenario)
    errors = EffectErrors.of(plan, shape=shape, assumed_error=0.3)
    drawn = DrawnProblems.of(plan, errors, errors.mean[None, :])
    varying = np.flatnonzero(errors.uncertain)
    assert len(varying) == 2
    shares = (np.arange(400) + 0.5) / 400
    scores = np.array([NORMAL.inv_cdf(share) for share in shares])
    factors = np.ones((400, 400, len(errors.names)))
    factors[..., varying[0]] = errors.distributions[varying[0]].at(scores)[:, None]
    factors[..., varying[1]] = errors.distributions[varying[1]].at(scores)
    # the best plan is one of those that are best with some factors, each found by solving
    tried = [(low, high) for low in (0.3, 1.0, 3.0) for high in (0.3, 1.0, 3.0)]
    rows = []
    for pair in tried:
        one = errors.mean.copy()
        one[varying] = pair
        x = bo.solve(scenario).solver_result.x if pair == (1.0, 1.0) else _best(drawn, one)
        assert x is not None
        rows.append((drawn.problem.stages[0].value(x), drawn.costs.by_effect(x, len(errors.names))))
    values = np.array([base + (factors - 1.0) @ parts for base, parts in rows])
    at_mean = max(base + float((errors.mean - 1.0) @ parts) for base, parts in rows)
    found = value_of_knowing_all(drawn, errors)
    assert found is not None
    assert found[0] == pytest.approx(float(values.max(axis=0).mean()) - at_mean, abs=2e-3 * at_mean)
    assert found[0] > 0


def _best(drawn: DrawnProblems, factors: Any) -> Any:
    from budgetopt.solvers import Options
    from budgetopt.solvers.highs import LiveModel

    model, stage = LiveModel(drawn.problem, Options()), drawn.problem.stages[0]
    model.set_costs(drawn.cost_of(factors), stage.maximize, stage.offset)
    return model.solve().x


def test_the_greatest_of_lines() -> None:
    gains = np.array([[0.0, 0.0, -1.0], [0.0, -3.0, -1.0], [1.0, 1.0, 1.0]])
    # max(0, z), then max(0, z - 3), and 1 + max(0, z); the plan that is parallel to the first is never better
    found = _expected_greatest(gains, np.array([0.0, 1.0, 0.0]))
    far = NORMAL.pdf(3) - 3 * NORMAL.cdf(-3)
    assert found.tolist() == pytest.approx([NORMAL.pdf(0), far, 1 + NORMAL.pdf(0)])
    assert _expected_greatest(np.array([[2.0, 5.0]]), np.zeros(2)).tolist() == [5.0]


def test_where_integration_takes_too_much_draws_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert known(dollar_for(*[(1, 1)] * 7)) is None
    assert known(dollar_for(*[(1, 1)] * 4), shape="lognormal") is None
    assert known(one_dollar(), shape="lognormal", correlation=0.5, shared_by="all") is None
    monkeypatch.setattr(few_effects, "SOLVES", 5)
    found = bo.ensemble(one_dollar(), 500)
    error = found.summary["standard_error"]["expected value of perfect information"]
    assert 0 < error < 0.06
    assert found.evpi == pytest.approx(0.479811, abs=4 * error)


def bold_or_safe(safe: float, *points: list[float], **error: str) -> bo.Scenario:
    """Return two programs that share one dollar: what the bold one brings is uncertain, the safe one's is sure."""
    document = one_dollar().document.model_dump(exclude_unset=True, by_alias=True)
    programs = {
        "bold": {"outcomes": {"good": {"curve": [[0, 0], *points], **error}}},
        "safe": {"outcomes": {"good": {"per_dollar": safe}}},
    }
    return bo.Scenario.from_document({**document, "programs": programs})


def test_information_counts_from_the_plan_that_is_best_at_the_mean_and_not_as_estimated() -> None:
    # as estimated the bold program is better, and its mean is below 0.9, since it may be off by more downwards
    scenario = bold_or_safe(0.9, [1, 1], low="10%")
    errors = EffectErrors.of(bo.solve(scenario))
    assert errors.mean[errors.uncertain].max() < 0.9
    found, exact = known(scenario), bo.information_value(scenario).table["evppi"].iloc[0]
    assert found is not None
    assert found[0] == pytest.approx(exact, abs=1e-9)


def test_a_plan_that_is_best_between_two_others_alone_is_found() -> None:
    # beside 1.6 the first half of the dollar is worth it from a factor of 1.6 on, the second from 1.6 / 0.9: at a
    # factor of 2 all of it is, at 0 none
    found = known(bold_or_safe(1.6, [0.5, 0.5], [1, 0.95], std_error="50%"))

    def above(factor: float) -> float:
        """Return how far a factor is above another on average: normal around 1 by 0.5, but never below 0."""
        score = (factor - 1) / 0.5
        return 0.5 * (NORMAL.pdf(score) - score * NORMAL.cdf(-score)) / NORMAL.cdf(2)

    assert found is not None
    assert found[0] == pytest.approx(0.5 * above(1.6) + 0.45 * above(1.6 / 0.9), abs=1e-9)
