"""Plans side by side: every table by hand, names, result files, and which benchmark plans are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.compare import BENCHMARKS
from budgetopt.analysis.comparing.comparison import populations
from strategies import unchecked

DOCUMENT: dict[str, Any] = {
    "name": "Riverton",
    "funds": {"general": {"revenue": 100, "opening_balance": 10, "reserve": 10}},
    "outcomes": {"visits": {"name": "Visits", "unit": "visits", "weight": 2}, "repairs": {"unit": "repairs"}},
    "programs": {
        "library": {
            "name": "Library",
            "department": "Culture",
            "baseline": 60,
            "districts": {"north": 0.75, "south": 0.25},
            "outcomes": {"visits": {"per_dollar": 1}},
        },
        "paving": {
            "department": "Streets",
            "baseline": 30,
            "districts": {"south": 0.5},
            "outcomes": {"repairs": {"per_dollar": 0.1}},
        },
    },
    "rules": [
        {"name": "Streets", "sum": "spending", "where": {"program": "paving"}, "at_least": 20},
        {
            "name": "South",
            "sum": "spending",
            "by": "districts",
            "each_at_least": 0,
            "population": {"north": 10, "south": 5},
        },
    ],
}


@pytest.fixture(scope="module")
def scenario() -> bo.Scenario:
    return unchecked(DOCUMENT)


@pytest.fixture(scope="module")
def found(scenario: bo.Scenario) -> bo.PlanComparison:
    """Return the best plan (80 and 20), the current budget (60 and 30), and an even cut by half (30 and 15)."""
    return bo.compare(scenario, benchmarks=["current", "across-the-board=-50%"])


def test_the_plans_by_hand(found: bo.PlanComparison) -> None:
    assert found.names == ["best plan", "current budget", "across the board (-50.0%)"]
    plans = found.plans
    assert plans["spending"].tolist() == [100, 90, 45]
    assert plans["unspent"].tolist() == [10, 20, 65]
    assert plans["value"].tolist() == [160, 120, 60]
    assert plans["difference"].tolist() == [0, -40, -100]
    assert plans["share"].tolist() == [0, -0.25, -0.625]
    assert plans["limits_missed"].tolist() == [0, 0, 1]
    # 60 for the library and 20 for paving, with 10 in reserve: 90 of 110; and 30 and 20: 60 of 110
    assert plans["equal_money"].tolist()[1:] == pytest.approx([-20, -50])
    assert plans["equal_money_within"].tolist()[1:] == [0, 0]


def test_the_tables_by_hand(found: bo.PlanComparison) -> None:
    assert found.programs.loc["library", ["baseline", *found.names]].tolist() == [60, 80, 60, 30]
    assert found.programs["name"].tolist() == ["Library", "paving"]
    assert found.outcomes.loc["repairs", found.names].tolist() == [2, 3, 1.5]
    assert found.outcomes["unit"].tolist() == ["visits", "repairs"]
    funds = found.funds.set_index("figure")
    assert funds.loc["closing balance", found.names].tolist() == [10, 20, 65]
    assert funds.loc["reserve asked for", found.names].tolist() == [10, 10, 10]
    limits = found.limits.set_index("name")
    assert limits.loc["Streets", found.names].tolist() == [0, 0, 1]
    missed = found.missed
    assert missed[["plan", "name", "value", "bound", "excess"]].values.tolist() == [
        ["across the board (-50.0%)", "Streets", 15, 20, 5]
    ]
    assert "<table" in found._repr_html_()


def test_districts_and_heads_by_hand(found: bo.PlanComparison) -> None:
    table = found.groups("districts").set_index(["group", "figure"])
    assert table.loc[("north", "spending"), found.names].tolist() == [60, 45, 22.5]
    assert table.loc[("south", "spending"), found.names].tolist() == [30, 30, 15]
    assert table.loc[("south", "repairs"), found.names].tolist() == [1, 1.5, 0.75]
    heads = found.per_head().set_index(["group", "figure"])
    assert heads.loc[("south", "spending"), found.names].tolist() == [6, 6, 3]
    assert heads.loc[("north", "spending"), "unit"] == "USD per head"
    gains = found.gains("department").set_index(["group", "figure"])
    assert gains.loc[("Culture", "spending"), "current budget"] == -20
    assert gains.loc[("Streets", "spending"), "current budget"] == 10
    assert "best plan" not in gains
    back = found.gains("department", "b").set_index(["group", "figure"])
    assert back.loc[("Culture", "spending"), ["best plan", found.names[2]]].tolist() == [20, -30]
    with pytest.raises(bo.UnknownNameError, match="curent"):
        found.gains("department", "curent budget")


def test_an_attribute_that_nobody_has_is_refused(found: bo.PlanComparison) -> None:
    with pytest.raises(bo.UnknownNameError, match="dept"):
        found.groups("dept")
    with pytest.raises(bo.OptionError, match="no program has priority"):
        found.groups("priority")


def test_of_one_scenario_every_benchmark_plan_is_made_that_can_be(scenario: bo.Scenario) -> None:
    names = bo.compare(scenario).names
    assert names[:2] == ["best plan", "current budget"]
    assert names[-1] == "without the rules on groups"
    assert len(names) == len(BENCHMARKS)  # equal shares needs ballots, and the best plan is one more
    fresh = unchecked({**DOCUMENT, "programs": {"a": {"outcomes": {"visits": {"per_dollar": 1}}}}, "rules": []})
    found = bo.compare(fresh)
    assert found.names == ["best plan", "greedy by outcome per dollar"]
    assert found.remarks == ("no benchmark plan current, across-the-board, quartile: no program has a baseline",)


def test_several_things_are_compared_without_benchmark_plans(scenario: bo.Scenario) -> None:
    plan = bo.solve(scenario)
    poorer = unchecked({**DOCUMENT, "name": "Less", "funds": {"general": {"revenue": 90}}})
    benchmark = bo.across_the_board(scenario, -0.1)
    found = bo.compare(plan, poorer, plan, benchmark, plan.spending_plan)
    assert found.names == ["Riverton", "Less", "Riverton (2)", "across the board (-10.0%)", "other plan"]
    assert found.plans["value"].tolist() == [160, 140, 160, 108, 160]
    assert bo.compare(plan, poorer, names=["now", "less"]).names == ["now", "less"]
    with pytest.raises(bo.OptionError, match="2 names"):
        bo.compare(plan, names=["now", "less"])
    assert np.isnan(found.plans["equal_money"].iloc[1])
    assert found.plans["equal_money"].iloc[4] == pytest.approx(0)


def test_plans_of_other_programs_stand_beside_each_other(scenario: bo.Scenario) -> None:
    other = unchecked({**DOCUMENT, "name": "Other", "rules": [], "programs": {"pools": {"spending": {"at_least": 7}}}})
    found = bo.compare(scenario, other)
    assert found.programs.loc["pools", "Other"] >= 7
    assert np.isnan(found.programs.loc["pools", "Riverton"])
    assert np.isnan(found.limits.set_index("name").loc["Streets", "Other"])


def test_a_plan_that_is_not_of_the_first_objective_has_no_difference(scenario: bo.Scenario) -> None:
    other = unchecked({**DOCUMENT, "name": "Other", "objective": {"minimize": "spending"}})
    assert np.isnan(bo.compare(scenario, other).plans["difference"].iloc[1])


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    (folder / "scenario.yaml").write_text(json.dumps({"format": "budgetopt/1", **DOCUMENT}), encoding="utf-8")
    bo.solve(folder).to_json(folder / "plan.json")
    return folder


def test_a_result_file_is_judged_by_its_own_scenario(city: Path) -> None:
    found = bo.compare(city, city / "plan.json")
    assert found.names == ["best plan", "plan.json"]
    assert found.plans["value"].tolist() == [160, 160]
    assert not found.remarks


def test_a_result_of_another_scenario_is_judged_by_the_first(city: Path) -> None:
    changed = bo.load(city).with_(("rules[Streets].at_least", 25))
    found = bo.compare(changed, city / "plan.json")
    assert found.plans["limits_missed"].tolist() == [0, 1]
    assert "judged by the words of Riverton" in found.remarks[0]


def test_a_scenario_after_the_first_without_a_plan_is_left_out(scenario: bo.Scenario) -> None:
    poor = unchecked({**DOCUMENT, "name": "Poor", "funds": {"general": {"revenue": 5}}})
    found = bo.compare(scenario, poor, scenario, names=["one", "two", "three"])
    assert found.names == ["one", "three"]
    assert found.remarks == ("number 2 of what is compared, Poor, is left out: no allocation can meet every rule",)
    with pytest.raises(bo.InfeasibleError):
        bo.compare(poor, scenario)


def test_an_interruption_keeps_what_there_is(scenario: bo.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    from budgetopt.analysis.comparing import compare as module

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "equal_value", interrupt)
    found = bo.compare(scenario)
    assert len(found.names) == len(BENCHMARKS)
    assert found.interrupted
    assert found.plans["equal_money"].isna().all()
    monkeypatch.setitem(module._MAKERS, "quartile", interrupt)
    found = bo.compare(scenario)
    assert found.names[:2] == ["best plan", "current budget"]
    left = ", ".join(BENCHMARKS[BENCHMARKS.index("quartile") :])
    assert found.remarks == (f"interrupted before benchmark plans were made: {left}",)
    assert found.interrupted


def test_a_benchmark_plan_whose_process_ends_is_reported(
    scenario: bo.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    from budgetopt.analysis.comparing import compare as module

    def fails(*_: object) -> None:
        raise bo.SolverError("the process that solved it ended")

    monkeypatch.setitem(module._MAKERS, "current", fails)
    found = bo.compare(scenario)
    assert "no benchmark plan current: the process that solved it ended" in found.remarks
    assert "current budget" not in found.names
    monkeypatch.setattr(module, "equal_value", fails)
    found = bo.compare(scenario)
    reason = "is not known: the process that solved it ended"
    assert [remark.endswith(reason) for remark in found.remarks].count(True) == len(found.names) - 1


def test_what_cannot_be_compared_is_refused(city: Path, tmp_path: Path, scenario: bo.Scenario) -> None:
    with pytest.raises(bo.OptionError, match="nothing is to be compared"):
        bo.compare()
    with pytest.raises(bo.OptionError, match="only a result file"):
        bo.compare(city / "plan.json")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(bo.ResultFileError, match="this is not JSON"):
        bo.compare(city, tmp_path / "bad.json")
    with pytest.raises(bo.OptionError, match="cannot be read: no such file or directory"):
        bo.compare(city, tmp_path / "none.json")
    (tmp_path / "other.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(bo.OptionError, match="cannot be read: it is not text in UTF-8"):
        bo.compare(city, tmp_path / "other.json")
    with pytest.raises(bo.ResultFileError, match="library"):
        bo.compare(unchecked({**DOCUMENT, "programs": {"a": {}}, "rules": []}), city / "plan.json")
    with pytest.raises(bo.OptionError, match="not an int"):
        bo.compare(scenario, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("curent", "no benchmark plan 'curent'"),
        ("across-the-board=much", "no change of all programs"),
        ("current=3", "takes no value"),
        ("equal-shares", "whole projects"),
        ("across-the-board=-150%", "even change"),
        ("quartile=colour", "colour"),
    ],
)
def test_a_benchmark_plan_that_cannot_be_made_is_an_error_where_it_is_asked_for(
    scenario: bo.Scenario, asked: str, message: str
) -> None:
    with pytest.raises(bo.BudgetoptError, match=message):
        bo.compare(scenario, benchmarks=[asked])


def test_what_equity_costs_is_what_the_plan_without_the_rules_brings_more() -> None:
    rules = [{**DOCUMENT["rules"][1], "each_at_least": 30}]
    scenario = unchecked({**DOCUMENT, "rules": rules})
    found = bo.compare(scenario, benchmarks=["without-group-rules"])
    # the south has a quarter of the library and half of paving: 30 of it leave 80 to the library
    assert found.plans["value"].tolist() == [160, 200]
    assert found.plans["limits_missed"].tolist() == [0, 1]
    # 100 for the library bring 25 to the south, and 10 for paving the other 5: 110, which is 10 more
    assert found.plans["equal_money"].iloc[1] == pytest.approx(10)
    with pytest.raises(bo.OptionError, match="no rule limits groups"):
        bo.without_rules_on_groups(unchecked({**DOCUMENT, "rules": []}))


TWO_YEARS: dict[str, Any] = {
    "name": "Two years",
    "periods": ["t1", "t2"],
    "funds": {"zoo": {"revenue": {"t1": 100, "t2": 50}}, "arts": {"revenue": 20, "reserve": 5}},
    "outcomes": {"visits": {"unit": "visits", "weight": 2}, "calls": {"name": "Calls", "unit": "calls", "weight": 1}},
    "programs": {
        "zoo_pass": {"baseline": 30, "funds": ["zoo"], "department": "Z", "outcomes": {"visits": {"per_dollar": 1}}},
        "arts_day": {
            "name": "Arts day", "baseline": 10, "funds": ["arts"], "department": "A", "districts": {"north": 0.5},
            "outcomes": {"calls": {"per_dollar": 0.5}},
        },
    },
    "rules": [
        {"name": "Cap", "sum": "spending", "where": {"program": "arts_day"}, "at_most": 6},
        {"name": "North", "sum": "spending", "by": "districts", "each_at_least": 0, "population": {"north": 2}},
        {"name": "Never", "excludes": ["zoo_pass", "arts_day"]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def years() -> bo.PlanComparison:
    """Return a plan that pays 40 and 50 for the zoo and 6 and 7 for the arts, against one of 1, 2, 3 and 4."""
    scenario = unchecked(TWO_YEARS)
    one, other = (
        bo.SpendingPlan(np.array([[[zoo[0], zoo[1]], [0, 0]], [[0, 0], [arts[0], arts[1]]]]), np.zeros((2, 2, 2)))
        for zoo, arts in (((40.0, 50.0), (6.0, 7.0)), ((1.0, 2.0), (3.0, 4.0)))
    )
    return bo.compare(scenario, one, other)


def test_several_years_funds_and_programs_in_the_order_of_the_file(years: bo.PlanComparison) -> None:
    names = years.names[1:]
    plans = years.plans.loc[names]
    assert plans["spending"].tolist() == [103, 10]
    # 60 of the zoo's 150 are left, and 27 of the arts' 40
    assert plans["unspent"].tolist() == [60 + 27, 147 + 33]
    assert plans["value"].tolist() == [2 * 90 + 6.5, 2 * 3 + 3.5]
    # the cap in the second year, and that both are funded in each of them
    assert plans["limits_missed"].tolist() == [3, 2]
    assert years.programs.index.tolist() == ["zoo_pass", "arts_day"]
    assert years.programs[["name", "department", "baseline", *names]].to_numpy().tolist() == [
        ["zoo_pass", "Z", 60, 90, 3], ["Arts day", "A", 20, 13, 7],
    ]  # fmt: skip
    assert years.outcomes.index.tolist() == ["visits", "calls"]
    assert years.outcomes[["name", "unit", *names]].to_numpy().tolist() == [
        ["visits", "visits", 90, 3], ["Calls", "calls", 6.5, 3.5],
    ]  # fmt: skip
    assert years.funds[["fund", "figure", *names]].to_numpy().tolist() == [
        ["zoo", "spending", 90, 3], ["zoo", "closing balance", 60, 147], ["zoo", "reserve asked for", 0, 0],
        ["arts", "spending", 13, 7], ["arts", "closing balance", 27, 33], ["arts", "reserve asked for", 5, 5],
    ]  # fmt: skip
    limits = years.limits.set_index(["kind", "name"])
    assert limits.loc[("sum", "Cap"), names].tolist() == [1, 0]
    assert limits.loc[("excludes", "Never"), names].tolist() == [2, 2]


def test_groups_of_several_years(years: bo.PlanComparison) -> None:
    names = years.names[1:]
    table = years.groups("department")
    assert table[["group", "figure", "unit", *names]].to_numpy().tolist() == [
        ["Z", "spending", "USD", 90, 3], ["Z", "visits", "visits", 90, 3], ["Z", "calls", "calls", 0, 0],
        ["A", "spending", "USD", 13, 7], ["A", "visits", "visits", 0, 0], ["A", "calls", "calls", 6.5, 3.5],
    ]  # fmt: skip
    assert table["population"].isna().all()
    north = years.per_head("districts").set_index("figure")
    assert north[names].to_numpy().tolist() == [[3.25, 1.75], [0, 0], [1.625, 0.875]]
    assert populations(years.scenario, "districts") == {"north": 2}
    assert populations(years.scenario, "department") == {}
    first = years.groups("department")[years.names[0]]
    assert years.gains("department")[names[1]].tolist() == pytest.approx((table[names[1]] - first).tolist())


def test_of_a_value_of_nothing_there_is_no_share() -> None:
    poor = unchecked({**DOCUMENT, "rules": [], "funds": {"general": {"revenue": 0}}})
    nothing = bo.SpendingPlan(np.zeros((2, 1, 1)), np.zeros((1, 1, 1)))
    found = bo.compare(poor, nothing)
    assert found.plans["difference"].tolist() == [0, 0]
    assert found.plans["share"].isna().all()


def test_limits_of_programs_are_counted_where_one_is_missed() -> None:
    programs = {name: {**DOCUMENT["programs"][name], "spending": {"at_most": 40}} for name in ("library", "paving")}
    scenario = unchecked({**DOCUMENT, "programs": programs, "rules": []})
    first, second = (
        bo.SpendingPlan(np.array([[[library]], [[paving]]]), np.zeros((1, 1, 1)))
        for library, paving in ((50.0, 45.0), (30.0, 20.0))
    )
    found = bo.compare(first, scenario, second)
    limits = found.limits.set_index("kind")
    assert limits.loc["spending limit", found.names].to_numpy().tolist() == [[1, 0, 0], [1, 0, 0]]
    assert found.plans["limits_missed"].tolist() == [2, 0, 0]
    # what the best plan of the scenario is worth more in dollars is told, though another plan stands before it
    assert found.plans["equal_money"].notna().tolist() == [True, False, True]
    heads = found.per_head()
    assert heads.empty
    assert heads.columns.tolist() == ["group", "figure", "unit", "population", *found.names]


def test_differences_below_a_millionth_are_rounding(scenario: bo.Scenario) -> None:
    plans = [
        bo.SpendingPlan(np.array([[[library]], [[20.0]]]), np.zeros((1, 1, 1))) for library in (60.0, 60.0000004, 61.0)
    ]
    found = bo.compare(scenario, *plans)
    gains = found.gains("department", found.names[1]).set_index(["group", "figure"])
    assert gains.loc[("Culture", "visits"), found.names[2:]].tolist() == [0, 1]


def test_an_edited_copy_is_compared_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "programs.csv").write_text("program,name,baseline,visits\na,A,60,2\nb,B,40,1\n", encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(
        """format: budgetopt/1
funds: {general: {revenue: 100}}
outcomes: {visits: {weight: 1}}
tables: {programs: {file: programs.csv, columns: {visits: outcomes.visits.per_dollar}}}
""",
        encoding="utf-8",
    )
    plan = bo.solve(tmp_path)
    assert plan.spending.ravel().tolist() == [100, 0]
    plan.to_own_table(tmp_path / "copy.csv")
    text = (tmp_path / "copy.csv").read_text(encoding="utf-8")
    (tmp_path / "copy.csv").write_text(text.replace("100", "90"), encoding="utf-8")
    found = bo.compare(plan, bo.edited_plan(plan, tmp_path / "copy.csv"))
    assert found.names == ["best plan", "copy.csv"]
    assert found.compared[1].words == "As it stands in the edited copy of the office's table."
    assert found.plans["value"].tolist() == [200, 180]


def test_names_that_stand_twice_and_more_often(scenario: bo.Scenario) -> None:
    plan = bo.SpendingPlan.nothing(scenario)
    assert bo.compare(scenario, plan, plan, plan).names == [
        "best plan", "other plan", "other plan (2)", "other plan (3)",
    ]  # fmt: skip
    assert bo.compare(plan, scenario, names=["x", "x"]).names == ["x", "x (2)"]
    with pytest.raises(bo.OptionError, match="only a result file is to be compared"):
        bo.compare(plan)
