"""The cheapest way to targets: worked out by hand, and against every combination of packages."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.near_optimal.reach import _cheapest
from budgetopt.solvers import Termination


def town(**more: Any) -> bo.Scenario:
    """Return a town with 100 dollars: the best plan gives the pool 60 and the park 40; books cost least a visit."""
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"fun": {"unit": "laughs", "weight": 1}, "visits": {"unit": "visits", "weight": 0.1}},
        "programs": {
            "pool": {"baseline": 50, "spending": {"at_most": 60}, "outcomes": {"fun": {"per_dollar": 3}}},
            "park": {
                "baseline": 30,
                "outcomes": {"fun": {"per_dollar": 2}, "visits": {"per_dollar": 0.5}},
            },
            "books": {"baseline": 10, "spending": {"at_most": 20}, "outcomes": {"visits": {"per_dollar": 1}}},
        },
    }
    return bo.Scenario.from_document({**document, **more})


def amounts(found: bo.Reach) -> list[float]:
    spent: list[float] = found.plan.spending.sum(axis=(1, 2)).tolist()
    return spent


def test_the_least_that_is_added_with_all_others_kept() -> None:
    # the park's 40 brings 20 visits; 12 more cost 12 at the books
    found = bo.reach(town(), {"visits": 32})
    assert amounts(found) == pytest.approx([60, 40, 12])
    assert (found.added, found.new_money) == (pytest.approx(12), pytest.approx(12))
    assert found.funds.to_dict("records") == [{"fund": "general", "period": "budget", "money": 12.0, "unit": "USD"}]
    assert found.moves["change"].tolist() == pytest.approx([12])
    assert found.outcomes.loc["visits"].tolist() == [20, 32, 12, "visits"]
    assert found.proved
    # beyond the ceiling of the books the park has to pay
    assert amounts(bo.reach(town(), {"visits": 45})) == pytest.approx([60, 50, 20])


def test_over_the_current_budget_money_that_is_left_pays_first() -> None:
    # the baselines leave 10 of 100 and bring 25 visits; 15 more come from 10 at the books and 10 at the park
    found = bo.reach(town(), {"visits": 40}, start="current")
    assert amounts(found) == pytest.approx([50, 40, 20])
    assert (found.added, found.new_money) == (pytest.approx(20), pytest.approx(10))
    found = bo.reach(town(), {"visits": 30}, start="current")
    assert (found.added, found.new_money) == (pytest.approx(5), 0)


def test_over_any_plan_the_money_there_is_may_do() -> None:
    # 64 for the park bring 32 visits and 128 laughs, and the pool's 36 bring 108: the books' 20 would save 40 of the
    # park, which bring 80, for 20 more of the pool, which bring 60
    found = bo.reach(town(), {"visits": 32}, keep=False)
    assert found.new_money == 0
    assert amounts(found) == pytest.approx([36, 64, 0])
    # 20 + 160 for 100 visits is 80 more than there is
    found = bo.reach(town(), {"visits": 100}, keep=False)
    assert amounts(found) == pytest.approx([0, 160, 20])
    assert found.new_money == pytest.approx(80)


def test_what_follows_revenue_moves_with_the_money_that_is_found() -> None:
    funds = {"general": {"revenue": 100, "opening_balance": 50, "reserve": "20%", "structural_balance": True}}
    found = bo.reach(town(funds=funds), {"visits": 32}, start="current")
    assert (found.added, found.new_money) == (pytest.approx(7), 0)
    found = bo.reach(town(funds=funds), {"visits": 60}, start="current")
    # 10 at the books, 50 at the park: 60 more than the 90 of the baselines, of 100 that recur
    assert (found.added, found.new_money) == (pytest.approx(60), pytest.approx(50))
    assert found.scenario.revenue("general").tolist() == pytest.approx([150])
    assert found.audit.accepted


def test_the_scenarios_own_targets_and_those_of_which_less_is_better() -> None:
    outcomes = {
        "fun": {"weight": 1},
        "visits": {"weight": 0.1, "target": {"at_least": 32}},
        "repairs": {"weight": 0.1, "direction": "decrease"},
    }
    scenario = town(outcomes=outcomes)
    # the plan to start from is the best one without the target
    assert amounts(bo.reach(scenario)) == pytest.approx([60, 40, 12])
    curve = [[0, 90], [50, 40]]
    scenario = scenario.with_(("programs.park.outcomes.repairs.curve", curve)).without("outcomes.visits.target")
    assert amounts(bo.reach(scenario, {"repairs": 42})) == pytest.approx([60, 48, 0])


GOALS = {"minimize": "shortfall from targets"}


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("objective", [GOALS, [{"maximize": "fun"}, GOALS]])
def test_targets_that_are_goals_are_reached_as_limits_are(objective: Any, keep: bool) -> None:
    outcomes = {
        "fun": {"unit": "laughs", "target": {"at_most": 500}},
        "visits": {"unit": "visits", "target": {"at_least": 60, "weight": 5}},
    }
    scenario = town(outcomes=outcomes, objective=objective)
    for asked, levels in (({}, 60), ({"visits": 80}, 80)):
        found = bo.reach(scenario, asked, keep=keep)
        assert found.audit.outcomes[1, 0] >= levels - 1e-6
        start = bo.solve(scenario).spending_plan
        assert found.start.plan.spending.tolist() == start.spending.tolist()
        # as much as where the same targets are limits
        limits = found.scenario.with_(("objective", {"maximize": "fun"}))
        changes = [(("funds", "general", "revenue"), 100)]
        same = bo.reach(limits.with_(*changes), {"visits": levels}, start=start, keep=keep)
        assert (found.added, found.new_money) == (pytest.approx(same.added), pytest.approx(same.new_money))
        assert found.scenario.outcomes["visits"].target.weight == 5
    shortfall = [one for one in found.audit.objectives if "shortfall" in one.label]
    assert [one.value for one in shortfall] == [pytest.approx(0, abs=1e-6)]


@pytest.mark.parametrize("seed", range(6))
def test_packages_against_every_combination(seed: int) -> None:
    random = np.random.default_rng(seed)
    cost, good = random.integers(10, 40, 7), random.integers(10, 60, 7)
    programs = {
        f"p{at}": {"packages": [{"name": "all", "cost": int(cost[at]), "outcomes": {"good": int(good[at])}}]}
        for at in range(7)
    }
    scenario = bo.Scenario.from_document(
        {"funds": {"general": {"revenue": 60}}, "outcomes": {"good": {"weight": 1}}, "programs": programs}
    )
    plan = bo.solve(scenario)
    target = int(0.8 * good.sum())
    combinations = np.array(list(itertools.product((0, 1), repeat=7)))
    enough = combinations[combinations @ good >= target]
    taken = plan.packages[:, 0]
    kept = enough[(enough[:, taken] == 1).all(axis=1)]
    found = bo.reach(plan, {"good": target})
    assert found.added == pytest.approx((kept @ cost).min() - cost[taken].sum())
    assert found.new_money == pytest.approx(max((kept @ cost).min() - 60, 0))
    found = bo.reach(plan, {"good": target}, keep=False)
    assert found.new_money == pytest.approx(max((enough @ cost).min() - 60, 0))


@pytest.mark.parametrize(
    ("targets", "options", "error", "message"),
    [
        ({"vists": 3}, {}, bo.UnknownNameError, "there is no outcome named 'vists'"),
        ({"visits": "plenty"}, {}, bo.ScenarioError, "'plenty' is not"),
        ({}, {}, bo.OptionError, "there is no target to be reached"),
        ({"visits": 40}, {"funds": ["genral"]}, bo.UnknownNameError, "there is no fund named 'genral'"),
        ({"fun": 40}, {"start": "now"}, bo.OptionError, "start is 'now'"),
    ],
)
def test_what_cannot_be_asked(
    targets: dict[str, Any], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        bo.reach(town(), targets, **options)


def test_targets_that_no_money_reaches() -> None:
    rule = {"name": "Cap", "sum": "spending", "where": {"program": ["park", "books"]}, "at_most": 50}
    with pytest.raises(bo.InfeasibleError, match="while every program keeps what it has") as caught:
        bo.reach(town(rules=[rule]), {"visits": 34})
    assert "keep=False" in caught.value.hint
    assert amounts(bo.reach(town(rules=[rule]), {"visits": 34}, keep=False)) == pytest.approx([50, 32, 18])
    with pytest.raises(bo.InfeasibleError, match="no money reaches the targets: other limits"):
        bo.reach(town(rules=[rule]), {"visits": 36}, keep=False)


def test_a_target_whose_search_ends_without_a_plan_has_no_saving(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Termination | None] = [None, Termination.TIME_LIMIT, None]

    def cheapest(asked: Any) -> Any:
        formulation, outcome, money = _cheapest(asked)
        ended = answers.pop(0)
        return formulation, outcome if ended is None else SimpleNamespace(x=None, termination=ended), money

    monkeypatch.setattr("budgetopt.analysis.near_optimal.reach._cheapest", cheapest)
    found = bo.reach(town(), {"visits": 32, "fun": 260}, machines=None)
    assert found.targets["added"].isna().tolist() == [True, False]
    assert "the search ended without a plan" in found.targets["note"].iloc[0]
