"""Programs paid whole by one fund or in fixed parts by several, and baselines that differ by period."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.errors import ScenarioError

FUNDS = {"general": {"revenue": 60}, "grant": {"revenue": 50}}


def scenario(programs: dict[str, Any], funds: dict[str, Any] | None = None, **more: Any) -> bo.Scenario:
    outcomes = {"good": {"weight": 1}}
    return bo.Scenario.from_document({"funds": funds or FUNDS, "outcomes": outcomes, "programs": programs, **more})


def whole(cost: Any, good: float, **more: Any) -> dict[str, Any]:
    return {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": good}}], **more}


@pytest.mark.parametrize("general", [0, 20, 35, 45, 60, 90])
@pytest.mark.parametrize("grant", [0, 30, 50])
@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_one_payer_of_each_package_against_every_choice(general: float, grant: float, solver: str) -> None:
    costs, goods = (40, 30, 25), (9, 7, 5)
    programs = {f"p{at}": whole(costs[at], goods[at], one_fund=True) for at in range(3)}
    funds = {"general": {"revenue": general}, "grant": {"revenue": grant}}
    plan = bo.solve(scenario(programs, funds), solver=solver)
    best = 0
    for payers in product((None, 0, 1), repeat=3):
        paid = [sum(cost for cost, payer in zip(costs, payers, strict=True) if payer == fund) for fund in (0, 1)]
        if paid[0] <= general and paid[1] <= grant:
            best = max(best, sum(good for good, payer in zip(goods, payers, strict=True) if payer is not None))
    assert plan.audit.accepted
    assert plan.audit.outcomes.sum() == pytest.approx(best)


def test_one_payer_for_all_periods_of_what_is_scaled() -> None:
    programs = {"p": {"one_fund": True, "outcomes": {"good": {"per_dollar": 1}}}}
    funds = {"a": {"revenue": {"Y1": 60, "Y2": 10}}, "b": {"revenue": {"Y1": 30, "Y2": 50}}}
    plan = bo.solve(scenario(programs, funds, periods=["Y1", "Y2"]))
    # all of a is 70, all of b 80
    assert plan.spending.sum(axis=(0, 2)).tolist() == [0, 80]


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_fixed_parts_of_a_package_and_of_what_is_scaled(solver: str) -> None:
    shares = {"general": "60%", "grant": "40%"}
    programs = {
        "station": whole(50, 100, fund_shares=shares),
        "clinic": {"fund_shares": {"general": 0.25, "grant": 0.75}, "outcomes": {"good": {"per_dollar": 1}}},
    }
    plan = bo.solve(scenario(programs), solver=solver)
    # the station takes 30 and 20; the clinic is paid until the grant's other 30 are three quarters
    assert plan.spending[:, :, 0].tolist() == [[30, 20], [10, 30]]
    assert plan.audit.accepted


def test_what_cannot_be_paid_in_its_parts_is_not_funded() -> None:
    programs = {"station": whole(50, 100, fund_shares={"general": "20%", "grant": "80%"})}
    funds = {"general": {"revenue": 60}, "grant": {"revenue": 39}}
    assert bo.solve(scenario(programs, funds)).spending.sum() == 0


def test_fixed_parts_in_cents() -> None:
    programs = {
        "p": {
            "fund_shares": {"general": "33.333%", "grant": "66.667%"},
            "spending": {"at_most": 10.01},
            "outcomes": {"good": {"per_dollar": 1}},
        }
    }
    plan = bo.solve(scenario(programs))
    assert plan.audit.accepted
    assert plan.spending.sum() == pytest.approx(10.01)


def test_the_audit_says_who_pays_too_much() -> None:
    programs = {
        "p": whole(50, 100, fund_shares={"general": "60%", "grant": "40%"}),
        "q": {"one_fund": True, "outcomes": {"good": {"per_dollar": 1}}},
    }
    made = scenario(programs)
    spending = np.array([[[25.0], [25.0]], [[5.0], [5.0]]])
    plan = SpendingPlan(spending, np.zeros((2, 2, 1)), np.array([[True]]))
    said = [str(violation) for violation in audit_plan(made, plan).violations]
    assert said == [
        "q is paid by 2 funds, and one of them must pay all of it",
        "general pays 25 for p, and its fixed part is 30",
        "grant pays 25 for p, and its fixed part is 20",
    ]


def test_a_part_of_a_fund_that_may_not_pay_is_refused() -> None:
    programs = {"p": whole(50, 100, funds=["general"], fund_shares={"general": "60%", "grant": "40%"})}
    with pytest.raises(ScenarioError, match="fund 'grant' pays a part of program 'p', and it may not pay for it"):
        scenario(programs)


def test_a_baseline_by_period_does_not_grow_and_one_amount_does() -> None:
    one = {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_least": "100%", "at_most": "100%"}}
    programs = {"p": {"baseline": {"Y1": 10, "Y2": 30}, **one}, "q": {"baseline": 10, **one}}
    made = scenario(programs, periods=["Y1", "Y2"], inflation="10%")
    assert made.baselines.tolist() == [[10, 30], pytest.approx([10, 11])]
    plan = bo.solve(made)
    assert plan.audit.accepted
    assert plan.spending.sum(axis=1).tolist() == [[10, 30], pytest.approx([10, 11])]
    assert plan.programs["baseline"].tolist() == pytest.approx([40, 21])


def test_a_rule_on_change_follows_a_baseline_by_period() -> None:
    programs = {"p": {"baseline": {"Y1": 10, "Y2": 30}, "outcomes": {"good": {"per_dollar": 1}}}}
    rule = {"name": "Steps", "change": {"increase_at_most": "10%"}}
    plan = bo.solve(scenario(programs, periods=["Y1", "Y2", "Y3"], rules=[rule]))
    # in Y3 it has no baseline, and nothing to change from: all that is left of 330
    assert plan.spending.sum(axis=(0, 1)).tolist() == pytest.approx([11, 33, 330 - 44])
    assert plan.audit.accepted


def test_a_baseline_by_period_is_written_and_read_back() -> None:
    programs = {
        "p": {"baseline": {"Y1": 10, "Y2": 30}, "fund_shares": {"general": 1}, "outcomes": {"good": {"per_dollar": 1}}}
    }
    made = scenario(programs, periods=["Y1", "Y2"])
    assert made.with_("programs.p.baseline.Y2=+5").baselines.tolist() == [[10, 35]]
    assert made.programs["p"].baseline == {"Y1": 10, "Y2": 30}
