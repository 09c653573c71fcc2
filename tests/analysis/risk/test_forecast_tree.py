"""Plans for trees of forecasts, with answers worked out by hand and by solving what the branches are made of."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt import synthetic
from budgetopt.analysis.risk import forecast_tree as module
from budgetopt.analysis.risk.forecast_tree import ForecastPlan, _limits_of, _periods_of, forecast_tree
from budgetopt.formulation import Block, Labels
from budgetopt.solvers import Termination
from linear_programs import linear_program

TOWN: dict[str, Any] = {
    "periods": ["now", "then"],
    "funds": {"general": {"revenue": 10}},
    "outcomes": {"visits": {"weight": 1}},
    "programs": {
        "parks": {"outcomes": {"visits": {"per_dollar": 1}}, "spending": {"at_most": {"now": 10, "then": 7}}},
        "police": {"outcomes": {"visits": {"per_dollar": 0.5}}, "spending": {"at_least": {"then": 6}}},
    },
}
"""In bad years 2 comes then, and police need 6: 4 have to be kept now, though parks could use them."""
BAD = {"name": "bad", "probability": "50%", "set": {"funds.general.revenue.then": 2}}
GOOD = {"name": "good", "probability": "50%"}


@pytest.fixture(scope="module")
def found() -> ForecastPlan:
    return forecast_tree(bo.Scenario.from_document(TOWN), {"known": "then", "branches": [BAD, GOOD]})


def test_money_is_kept_for_what_may_come(found: ForecastPlan) -> None:
    assert found.now["now"].to_dict() == {"parks": 6, "police": 0}
    # bad: 6 now, and police 6 then; good: 6 now, and of 14 then 7 for parks and 7 for police
    assert found.branches["value"].to_dict() == pytest.approx({"bad": 6 + 3, "good": 6 + 7 + 3.5})
    assert found.branches["then"].to_dict() == pytest.approx({"bad": 6, "good": 14})
    assert found.value == found.best_value == pytest.approx(12.75)
    assert found.proved


def test_what_foresight_is_worth(found: ForecastPlan) -> None:
    # who knows that the good one comes spends 10 on parks now, 4 on parks and 6 on police then
    assert found.branches["known_from_the_beginning"].to_dict() == pytest.approx({"bad": 9, "good": 17})
    assert found.perfect_information == pytest.approx((9 + 17) / 2 - 12.75)
    # at the mean revenue of 6 nothing is kept, and then the bad one leaves no plan
    assert np.isnan(found.stochastic_solution)
    assert found.mean_reason == "the first decisions of the plan for the mean leave no plan in some branch"


def test_planning_for_the_mean_may_lose() -> None:
    """Without the floor of police the mean plan can be kept, and parks could have had more in the good years."""
    document = {**TOWN, "programs": {**TOWN["programs"], "police": {"outcomes": {"visits": {"per_dollar": 0.5}}}}}
    document["programs"]["parks"] = {
        "outcomes": {"visits": {"per_dollar": 1}},
        "spending": {"at_most": {"now": 5, "then": 9}},
    }
    found = forecast_tree(bo.Scenario.from_document(document), {"known": "then", "branches": [BAD, GOOD]})
    # all that parks leave now is kept: bad 5 + 7, good 5 + 9 + 6 / 2
    assert found.best_value == pytest.approx((12 + 17) / 2)
    # at the mean revenue of 6 parks need 3 of it, and police get 2 now: bad 5 + 1 + 5, good 5 + 1 + 9 + 4 / 2
    assert found.mean_value == pytest.approx((11 + 17) / 2)
    assert found.stochastic_solution == pytest.approx(0.5)


def test_branches_of_branches_part_when_they_are_known() -> None:
    scenario = synthetic.city(12, funds=3, periods=3, seed=2, features="linear")
    _, second, third = scenario.periods
    fund = next(iter(scenario.funds))

    def lower(share: str, *periods: str) -> dict[str, str]:
        return {f"funds.{fund}.revenue.{period}": share for period in periods}

    tree = {
        "known": second,
        "branches": [
            {
                "name": "low",
                "probability": 0.4,
                "set": lower("-3%", second, third),
                "known": third,
                "branches": [
                    {"name": "worse", "probability": "50%", "set": lower("-2%", third)},
                    {"name": "back", "probability": "50%"},
                ],
            },
            {"name": "high", "probability": "60%"},
        ],
    }
    found = forecast_tree(scenario, tree)
    assert [leaf.name for leaf in found.leaves] == ["low / worse", "low / back", "high"]
    assert found.probabilities == pytest.approx([0.2, 0.2, 0.6])
    spending = [plan.spending for plan in found.plans]
    for other in spending[1:]:
        assert np.array_equal(spending[0][:, :, 0], other[:, :, 0])
    assert np.array_equal(spending[0][:, :, 1], spending[1][:, :, 1])
    assert not np.array_equal(spending[0][:, :, 2], spending[1][:, :, 2])
    assert all(plan.audit.accepted for plan in found.plans)
    assert found.value == pytest.approx(found.best_value, rel=1e-6)


@pytest.mark.parametrize("features", ["linear", "all"])
def test_the_value_lies_between_the_mean_plan_and_perfect_foresight(features: str) -> None:
    scenario = synthetic.city(10, funds=3, periods=2, seed=5, features=features)
    fund, last = next(iter(scenario.funds)), scenario.periods[-1]
    tree = {
        "known": last,
        "branches": [
            {"name": name, "probability": share, "set": {f"funds.{fund}.revenue.{last}": change}}
            for name, share, change in (("a", 0.3, "-4%"), ("b", 0.5, "+0%"), ("c", 0.2, "+5%"))
        ],
    }
    found = forecast_tree(scenario, tree)
    foreseen = [bo.solve(leaf.scenario).solver_result.stages[0].solution.objective for leaf in found.leaves]
    size = 1e-6 * abs(found.best_value)
    assert found.alone == pytest.approx(foreseen, rel=1e-6)
    assert found.probabilities @ found.alone >= found.best_value - size
    if not np.isnan(found.mean_value):
        assert found.mean_value <= found.best_value + size
    assert all(plan.audit.accepted for plan in found.plans)


def test_branches_that_are_alike_are_the_scenario_itself() -> None:
    scenario = bo.Scenario.from_document(TOWN)
    found = forecast_tree(scenario, {"known": "then", "branches": [GOOD, {**GOOD, "name": "fine"}]})
    assert found.value == pytest.approx(bo.solve(scenario).plan_value)
    assert found.perfect_information == found.stochastic_solution == 0


def test_a_branch_without_any_plan_is_named() -> None:
    worst = {
        **BAD,
        "name": "worst",
        "set": {"funds.general.revenue.then": 2, "programs.police.spending.at_least.then": 30},
    }
    with pytest.raises(bo.InfeasibleError, match="no plan keeps every limit if this comes: worst"):
        forecast_tree(bo.Scenario.from_document(TOWN), {"known": "then", "branches": [worst, GOOD]})


def test_first_decisions_that_suit_no_two_branches() -> None:
    document = {
        **TOWN,
        "rules": [
            {"name": "Steady parks", "change": {"at_most": 0, "from": "previous"}, "where": {"program": "parks"}}
        ],
    }
    one = {**GOOD, "name": "one", "set": {"programs.parks.spending.at_least.then": 5}}
    other = {**GOOD, "name": "other", "set": {"programs.parks.spending.at_most.then": 2}}
    with pytest.raises(bo.InfeasibleError, match="no first decisions leave a plan in every branch"):
        forecast_tree(bo.Scenario.from_document(document), {"known": "then", "branches": [one, other]})


def test_a_branch_may_not_change_what_is_decided_before_it_is_known() -> None:
    early = {**BAD, "set": {"funds.general.revenue": 2}}
    with pytest.raises(
        bo.OptionError, match=r"the branch 'bad' changes .*now.*, and is not known before then"
    ) as raised:
        forecast_tree(bo.Scenario.from_document(TOWN), {"known": "then", "branches": [early, GOOD]})
    assert "funds.general.revenue.then" in str(raised.value)


def test_branches_without_a_mean_say_so() -> None:
    lost = {"name": "lost", "probability": "50%", "set": {"programs.parks.spending.at_most.then": 0}}
    found = forecast_tree(bo.Scenario.from_document(TOWN), {"known": "then", "branches": [GOOD, lost]})
    assert np.isnan(found.mean_value)
    assert found.mean_reason == "the branches differ in more than figures, so they have no mean"


def test_what_belongs_to_a_period_and_what_to_none() -> None:
    columns = Labels((Block("free", 0, 1, {}), Block("paid", 1, 3, {"period": np.array([1, 0])})))
    rows = Labels((Block("whole", 0, 1, {}), Block("yearly", 1, 3, {"period": np.array([1, 0])})))
    problem = replace(
        linear_program([[1, 1, 1]] * 3, [0, 1, 2], [7, 8, 9], maximize=[1, 1, 1]),
        column_labels=columns,
        row_labels=rows,
    )
    period = _periods_of(columns, problem.columns).tolist()
    assert period[1:] == [1, 0]
    assert period[0] > 10**9
    # by their names; rows of no period have none
    names, row_period, limits = _limits_of(problem)
    known = row_period < 10**9
    assert sorted(zip(row_period[known].tolist(), limits[known].tolist(), strict=True)) == [(0, [2, 9]), (1, [1, 8])]
    assert len(set(names.tolist())) == problem.rows


def test_what_is_decided_stands_beside_the_baseline_of_the_first_year() -> None:
    programs = {name: {**words, "baseline": {"now": at, "then": 9}} for at, (name, words) in
                enumerate(TOWN["programs"].items(), 3)}  # fmt: skip
    tree = {"known": "then", "branches": [BAD, GOOD]}
    plan = forecast_tree(bo.Scenario.from_document({**TOWN, "programs": programs}), tree)
    assert plan.now["baseline"].to_dict() == {"parks": 3, "police": 4}
    assert plan.now.columns.tolist() == ["baseline", "now"]
    assert plan.branches.columns.tolist() == ["probability", "value", "known_from_the_beginning", "now", "then"]
    assert plan._repr_html_().count("<tr>") == 1 + 2
    assert plan.periods_in_common == 1


def test_the_limits_of_a_search_are_those_that_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[float | None, float | None]] = []

    def solved(_: bo.LinearProgram, options: bo.Options) -> Any:
        given.append((options.time_limit, options.gap))
        raise bo.SolverError("enough")

    monkeypatch.setattr(module, "solve_linear_program", solved)
    tree = {"known": "then", "branches": [BAD, GOOD]}
    with pytest.raises(bo.SolverError, match="enough"):
        forecast_tree(bo.Scenario.from_document(TOWN), tree, time_limit=7.0, gap=0.25)
    assert given == [(7.0, 0.25)]


def test_where_less_is_better_knowing_and_planning_are_worth_what_is_spared() -> None:
    document = {
        **TOWN,
        "outcomes": {"visits": {"weight": 1}, "gaps": {}},
        "programs": {
            name: {**words, "outcomes": {"gaps": {"per_dollar": -words["outcomes"]["visits"]["per_dollar"]}}}
            for name, words in TOWN["programs"].items()
        },
        "objective": [{"minimize": "gaps"}],
    }
    plan = forecast_tree(bo.Scenario.from_document(document), {"known": "then", "branches": [BAD, GOOD]})
    assert (plan.sign, plan.value) == (-1, pytest.approx(-12.75))
    assert plan.perfect_information == pytest.approx(13 - 12.75)


def test_a_search_that_ends_without_a_plan_is_no_proof_that_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = SimpleNamespace(x=None, termination=Termination.TIME_LIMIT)
    monkeypatch.setattr(module, "solve_linear_program", lambda *_: ended)
    with pytest.raises(bo.OutOfTimeError, match="no plan for the tree was found"):
        forecast_tree(bo.Scenario.from_document(TOWN), {"known": "then", "branches": [BAD, GOOD]})
