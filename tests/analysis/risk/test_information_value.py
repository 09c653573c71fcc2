"""The value of information: known answers, and numerical integrals over plans that are tried one by one."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from tests.analysis.uncertain import library_or_pool, one_dollar

import budgetopt as bo
from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.analysis.risk.effect_errors import FactorDistribution, normal_quantiles
from budgetopt.errors import OptionError

SCORES = normal_quantiles((np.arange(40_000) + 0.5) / 40_000)


def test_two_normal_effects_and_one_dollar() -> None:
    table = bo.information_value(one_dollar()).table.set_index("effect")
    assert table["evppi"].round(6).to_dict() == {"b.good": 0.395593, "a.good": 0.083315}
    assert list(table.index) == ["b.good", "a.good"]
    # the plan changes where a brings as much as b, 0, and where b brings as much as a: 1.5 times 2 less 2
    assert table["changes_below"]["a.good"] == pytest.approx(0.0, abs=1e-12)
    assert table["changes_above"]["b.good"] == pytest.approx(1.5)
    assert set(table["method"]) == {"exact"}


def by_trial(plans: np.ndarray, mean: np.ndarray, at: int, distribution: FactorDistribution) -> float:
    """Return the value of knowing one factor, by an integral over plans, whose values are linear in the factors."""
    factors = np.tile(mean, (len(SCORES), 1))
    factors[:, at] = distribution.at(SCORES)
    return float((factors @ plans.T).max(axis=1).mean() - (mean @ plans.T).max())


@pytest.mark.parametrize("shape", ["normal", "truncated", "lognormal"])
def test_with_packages_it_is_that_of_all_choices(shape: Any) -> None:
    costs, values = (4, 5, 6, 3), (10, 12, 13, 6)
    ranges = ({"std_error": "40%"}, {"low": "30%", "high": "120%"}, {"std_error": "80%"}, {})
    packages = {
        f"p{at}": {"packages": [{"cost": cost, "outcomes": {"visits": {"value": value, **known}}}]}
        for at, (cost, value, known) in enumerate(zip(costs, values, ranges, strict=True))
    }
    scenario = bo.Scenario.from_document(
        {"funds": {"general": {"revenue": 11}}, "outcomes": {"visits": {"weight": 1}}, "programs": packages}
    )
    choices = np.array([choice for choice in product((0, 1), repeat=4) if np.dot(choice, costs) <= 11])
    plan = bo.solve(scenario)
    errors = EffectErrors.of(plan, shape=shape)
    found = bo.information_value(plan, shape=shape).table.set_index("effect")["evppi"]
    assert len(found) == 3
    for at, name in enumerate(errors.names):
        if errors.uncertain[at]:
            want = by_trial(choices * np.array(values), errors.mean, at, errors.distributions[at])
            assert found[name] == pytest.approx(want, rel=2e-3, abs=1e-4)


def test_with_curves_it_is_that_of_all_vertices() -> None:
    scenario = library_or_pool()
    plan = bo.solve(scenario)
    errors = EffectErrors.of(plan)
    # the library gets 0, 4 or 9 dollars, or what the pool does not; of its visits 3 are there without money
    rise = {0: 0.0, 4: 8.0, 9: 13.0, 10: 13.0}
    plans = np.array([[2 * rise[dollars], 2 * 1.5 * (10 - dollars)] for dollars in rise])
    plans = plans[:, [("library.visits", "pool.visits").index(name) for name in errors.names]]
    found = bo.information_value(plan).table.set_index("effect")["evppi"]
    for at, name in enumerate(errors.names):
        want = by_trial(plans, errors.mean, at, errors.distributions[at])
        assert found[name] == pytest.approx(want, rel=2e-3)


def test_errors_that_go_together_are_learned_of_together() -> None:
    found = bo.information_value(one_dollar(), correlation=1.0, shared_by="all").table.set_index("effect")
    # with one score z, a brings 1 + z and b brings 2z: to know either is to know which is more
    want = np.maximum(1 + SCORES, 2 * SCORES).mean() - 1
    assert found["evppi"].tolist() == pytest.approx([want, want], rel=1e-3)
    lognormal = bo.information_value(one_dollar(), correlation=0.5, shared_by="all", shape="lognormal").table
    assert set(lognormal["method"]) != {"exact"}


def test_a_study_is_worth_what_the_mean_after_it_brings() -> None:
    study = bo.StudyDesign(subject_error=3.0, per_subject=0.001, fixed_cost=0.05)
    found = bo.information_value(one_dollar(), study=study)
    table = found.table.set_index("effect")

    def worth(subjects: float) -> float:
        deviation = 2 * 1 / np.sqrt(1 + 9 / subjects)
        return float(np.maximum(deviation * SCORES, 1).mean() - 1)

    best = max(range(1, 400), key=lambda subjects: worth(subjects) - 0.001 * subjects)
    row = table.loc["b.good"]
    assert abs(row["subjects"] - best) <= 1
    assert row["evsi"] == pytest.approx(worth(row["subjects"]), rel=1e-3)
    assert row["cost"] == pytest.approx(0.05 + 0.001 * row["subjects"])
    assert row["net"] == pytest.approx(row["evsi"] - row["cost"])
    assert (table["evsi"] <= table["evppi"]).all()
    assert table["net"].is_monotonic_decreasing
    # a study of very many subjects tells all
    all_told = bo.information_value(one_dollar(), study=bo.StudyDesign(3.0, subjects=10**9)).table.set_index("effect")
    assert all_told["evsi"].tolist() == pytest.approx(all_told["evppi"].tolist(), rel=1e-6)


def test_an_effect_that_cannot_change_the_plan_is_not_worth_knowing() -> None:
    weak = {"outcomes": {"visits": {"per_dollar": 0.001, "std_error": "5%"}}}
    found = bo.information_value(library_or_pool(museum=weak)).table.set_index("effect")
    assert found["evppi"]["museum.visits"] == 0.0
    assert np.isinf(found["changes_above"]["museum.visits"])
    units = found.attrs["units"]
    assert units["changes_below"] == units["changes_above"] == "times as much"


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ({"subject_error": 0.0, "per_subject": 1}, "a standard deviation of 0"),
        ({"subject_error": 1.0, "per_subject": -1}, "a study costs nothing or more"),
        ({"subject_error": 1.0, "subjects": 0}, "a study of 0 subjects tells nothing"),
        ({"subject_error": 1.0}, "without a cost for each subject, the largest study is always the best"),
    ],
)
def test_a_study_that_cannot_be_is_refused(study: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        bo.StudyDesign(**study)


def test_a_study_is_paid_for_with_weighted_outcomes_only() -> None:
    scenario = library_or_pool().with_(("objective", {"maximize": "visits"}))
    assert set(bo.information_value(scenario).table["unit"]) == {"visits"}
    with pytest.raises(OptionError, match="the first objective is not the weighted outcomes"):
        bo.information_value(scenario, study=bo.StudyDesign(1.0, 1.0))


def test_where_every_effect_is_certain_there_is_nothing_to_know() -> None:
    certain = {"outcomes": {"visits": {"per_dollar": 1}}}
    with pytest.raises(OptionError, match="nothing varies: no effect of the scenario has a standard error"):
        bo.information_value(library_or_pool(library=certain, pool=certain))
