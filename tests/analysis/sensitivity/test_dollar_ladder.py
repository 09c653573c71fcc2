"""The budget cut and raised in steps, on scenarios small enough to see what each step changes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import budgetopt as bo
from language.small import document_of


def scenario_of(**funds: dict[str, Any]) -> bo.Scenario:
    return bo.Scenario.from_document(
        {
            "funds": funds or {"general": {"name": "General fund", "revenue": 100}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {
                "library": {"spending": {"at_least": 60, "at_most": 95}, "outcomes": {"visits": {"per_dollar": 3}}},
                "pool": {"name": "Pool", "spending": {"at_most": 20}, "outcomes": {"visits": {"per_dollar": 1}}},
            },
        }
    )


def test_each_step_says_what_moves_and_what_a_dollar_of_it_is_worth() -> None:
    table = bo.budget_steps(scenario_of(), steps=(0.05, 0.2, -0.1, -0.02, -0.5))
    expected = pd.DataFrame(
        [
            (-50.0, "", "", float("nan"), float("nan"), float("nan")),
            (-10.0, "library", "library", -5.0, -20.0, 2.25),
            (-10.0, "pool", "Pool", -5.0, -20.0, 2.25),
            (-2.0, "pool", "Pool", -2.0, -2.0, 1.0),
            (5.0, "pool", "Pool", 5.0, 5.0, 1.0),
            (20.0, "pool", "Pool", 15.0, 15.0, 10 / 15),
        ],
        columns=["money", "program", "name", "change", "value", "value_per_dollar"],
    )
    pd.testing.assert_frame_equal(table, expected)


def test_a_fund_is_named_by_id_or_printed_name() -> None:
    scenario = scenario_of(general={"name": "General fund", "revenue": 90}, gifts={"revenue": 10})
    by_name = bo.budget_steps(scenario, fund="general fund", dollars=(-9, 3))
    assert by_name.equals(bo.budget_steps(scenario, fund="general", dollars=(-9, 3)))
    assert by_name["money"].unique().tolist() == [-9.0, 3.0]
    with pytest.raises(bo.UnknownNameError, match="there is no fund named 'genral'"):
        bo.budget_steps(scenario, fund="genral")


@pytest.mark.parametrize("steps", [(0.0,), (-1.5,), (float("nan"),)])
def test_a_step_that_is_none_or_too_large_is_refused(steps: tuple[float, ...]) -> None:
    with pytest.raises(bo.OptionError, match="takes more money than there is, or none"):
        bo.budget_steps(scenario_of(), steps=steps)


def test_without_a_plan_or_steps_there_is_no_table() -> None:
    assert bo.budget_steps(scenario_of(), steps=()).empty
    rules = [{"name": "More visits than money buys", "sum": "outcome visits", "at_least": 1000}]
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 9}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {name: {"outcomes": {"visits": {"per_dollar": 2}}} for name in "ab"},
            "rules": rules,
        }
    )
    with pytest.raises(bo.InfeasibleError):
        bo.budget_steps(scenario)


def test_a_step_moves_what_depends_on_revenue_as_a_change_of_it_does() -> None:
    programs = {
        "a": {"outcomes": {"good": {"per_dollar": 3}}},
        "b": {"outcomes": {"good": {"per_dollar": 1}}, "recurring": False},
    }
    document = document_of(programs, revenue=100)
    document["funds"]["general"] |= {
        "structural_balance": True, "opening_balance": 40, "reserve": {"at_least": "10%", "of": "revenue"},
    }  # fmt: skip
    scenario = bo.Scenario.from_document(document)
    table = bo.budget_steps(scenario, steps=[-0.1])
    changed = scenario.with_("funds.general.revenue=-10%", "funds.general.opening_balance=-10%")
    gain = bo.solve(changed).objective_value - bo.solve(scenario).objective_value
    # ten dollars less of a at 3, and three less of b at 1
    assert gain == pytest.approx(-33)
    assert table["value"].unique().tolist() == pytest.approx([gain])


def test_all_of_the_money_may_be_taken() -> None:
    programs = {"a": {"outcomes": {"good": {"per_dollar": 3}}}, "b": {"outcomes": {"good": {"per_dollar": 1}}}}
    table = bo.budget_steps(bo.Scenario.from_document(document_of(programs)), steps=(-1.0, -0.5))
    assert table["money"].tolist() == [-100, -50]
    assert table["change"].tolist() == [-100, -50]
    assert table["value_per_dollar"].tolist() == pytest.approx([3, 3])


def test_money_of_each_year_moves_by_its_own_amount() -> None:
    # 80 and 40 of revenue, 20 that come once and 10 that are there before: a fifth of 150 dollars
    programs = {"a": {"outcomes": {"good": {"per_dollar": 2}}}}
    document = document_of(programs, {"FY1": 80, "FY2": 40}, ("FY1", "FY2"))
    document["funds"]["general"] |= {"one_time": {"FY2": 20}, "opening_balance": 10}
    document["funds"]["other"] = {"revenue": 30, "carryover": False}
    scenario = bo.Scenario.from_document(document)
    table = bo.budget_steps(scenario, fund="general", steps=(0.2,))
    assert table[["money", "change", "value"]].to_numpy().tolist() == [pytest.approx([30, 30, 60])]
    every = bo.budget_steps(scenario, steps=(-0.1,))
    assert every[["money", "change", "value"]].to_numpy().tolist() == [pytest.approx([-21, -21, -42])]
