"""Every result as a chart: its numbers are those of the table, its axes have units, its words say what it shows."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.report.plots.chart_parts import DASHES, OKABE_ITO, SHAPES, series_scale
from budgetopt.report.plots.plots import CHARTS
from budgetopt.scenario.drawable import Drawable

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script> & "=1+1"'
CITY = {
    "name": f"Elm {HOSTILE}",
    "periods": ["now", "then"],
    "funds": {
        "general": {
            "revenue": 1000,
            "one_time": {"now": 200},
            "opening_balance": 100,
            "reserve": {"at_least": "5%", "of": "revenue"},
        },
        "grant": {
            "kind": "grant",
            "name": "Homes grant",
            "revenue": {"now": 100},
            "only": {"tags": "homes"},
            "match": {"from": "general", "rate": "25%"},
        },
    },
    "outcomes": {
        "visits": {"name": "Visits", "unit": "visits", "weight": 2, "target": {"at_least": 100}},
        "homes": {"name": "Homes kept", "unit": "homes", "weight": 3},
    },
    "programs": {
        "library": {
            "name": f"Books {HOSTILE}",
            "department": "Library",
            "attributes": {"ward": "1"},
            "baseline": 500,
            "spending": {"at_most": 900},
            "outcomes": {"visits": {"curve": [[0, 0], [600, 300], [900, 390]], "std_error": "20%"}},
        },
        "pool": {
            "name": "Parks",
            "attributes": {"ward": "2"},
            "baseline": 300,
            "outcomes": {"visits": {"per_dollar": 0.4, "std_error": "50%"}},
        },
        "park": {"name": "Parks", "baseline": 100, "spending": {"at_least": 50}},
        "aid": {"tags": ["homes"], "baseline": 100, "outcomes": {"homes": {"curve": [[0, 0], [200, 90], [400, 120]]}}},
    },
}
QUESTIONS: dict[str, Callable[[bo.Allocation], Drawable]] = {
    "Allocation": lambda plan: plan,
    "Alternatives": lambda plan: bo.alternatives(plan, count=0, within=0.05),
    "Amended": lambda plan: bo.amend(plan, "cut library by 10%", "add 30 to pool"),
    "Difference": lambda plan: bo.diff(plan.scenario, plan.scenario.with_("funds.general.revenue=-5%"), solve=True),
    "Ensemble": lambda plan: bo.ensemble(plan, 20),
    "Explanation": lambda plan: plan.explain("library"),
    "Frontier": lambda plan: bo.frontier(plan, "funds.general.revenue"),
    "GrantChoices": bo.grants,
    "InformationValue": bo.information_value,
    "Outlook": lambda plan: bo.outlook(plan, years=1),
    "PlanComparison": bo.compare,
    "Reach": lambda plan: bo.reach(plan, {"visits": 380}, start="current"),
    "RobustPlan": lambda plan: bo.robust(plan, "budget"),
    "Scenario": lambda plan: plan.scenario,
    "TradeOff": lambda plan: bo.trade_off(plan, "homes", "visits"),
    "Weights": bo.weights,
}
UNITS = {
    "Explanation": ("money of the first period (USD)", "Visits"),
    "Frontier": ("funds.general.revenue (USD)", "Weighted outcomes"),
    "InformationValue": ("Weighted outcomes gained by knowing the effect",),
    "RobustPlan": ("effects at their worst", "weighted outcomes"),
    "TradeOff": ("Homes kept", "Visits"),
    "Weights": ("weight, as a share of what it is (%)",),
    "PlanComparison": ("spending (USD)", "Weighted outcomes"),
    "Outlook": ("amount (USD)", "year"),
}
MONEY = ("(USD)",)


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(CITY))


@pytest.fixture(scope="module")
def results(plan: bo.Allocation) -> dict[str, Drawable]:
    return {name: ask(plan) for name, ask in QUESTIONS.items()}


def texts(svg: str) -> list[str]:
    """Return what stands in a drawing, each text by itself; it has to be well formed."""
    return [text for node in ElementTree.fromstring(svg).iter() if (text := (node.text or "").strip())]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_result_is_drawn_with_its_title_its_units_and_its_words(
    results: dict[str, Drawable], name: str, tmp_path: Path
) -> None:
    found = results[name]
    assert type(found).__name__ == name
    chart = found.plot()
    svg = bo.save_chart(chart, tmp_path / "chart.svg").read_text(encoding="utf-8")
    shown = texts(svg)
    drawing = ElementTree.fromstring(svg)
    assert drawing.attrib["role"] == "img"
    assert drawing.findtext(f"{SVG}title") == chart.title.text
    assert drawing.findtext(f"{SVG}desc") == chart.description
    assert chart.description
    assert chart.title.text in shown
    for unit in UNITS.get(name, MONEY):
        assert any(unit in text for text in shown), unit
    assert "<script" not in svg
    assert "href" not in re.sub(r'xmlns:xlink="[^"]*"', "", svg)
    assert chart.properties(width=300).to_dict()["width"] == 300


def test_every_kind_of_result_has_a_chart_and_only_these() -> None:
    assert {kind.__name__ for kind in CHARTS} == {kind.__name__ for kind in Drawable.__subclasses__()}
    assert {kind.__name__ for kind in CHARTS} == {*QUESTIONS, "BudgetDifference", "EditedPlan", "Fits", "ForecastPlan"}


def test_a_chart_has_the_numbers_of_its_table(results: dict[str, Drawable]) -> None:
    frontier = results["Frontier"]
    assert isinstance(frontier, bo.Frontier)
    pd.testing.assert_frame_equal(frontier.plot().data, frontier.points)
    robust = results["RobustPlan"]
    assert isinstance(robust, bo.RobustPlan)
    data = robust.plot().data
    for measure, key in (("expected value", "expected"), ("at worst", "robust")):
        drawn = data[data["measure"] == measure]
        assert drawn[["setting", "value"]].to_numpy() == pytest.approx(robust.curve[["setting", key]].to_numpy())
    goals = results["TradeOff"]
    assert isinstance(goals, bo.TradeOff)
    data = goals.plot().data
    assert data[["first", "second"]].to_numpy()[:-1] == pytest.approx(goals.points[["homes", "visits"]].to_numpy())
    assert data[["first", "second"]].to_numpy()[-1] == pytest.approx(goals.present)
    plans = results["PlanComparison"]
    assert isinstance(plans, bo.PlanComparison)
    data = plans.plot().data
    assert data[["spending", "value"]].to_numpy() == pytest.approx(plans.plans[["spending", "value"]].to_numpy())


def test_ranges_have_the_numbers_of_their_tables(results: dict[str, Drawable]) -> None:
    near, draws, weights = results["Alternatives"], results["Ensemble"], results["Weights"]
    assert isinstance(near, bo.Alternatives)
    data = near.plot().data.set_index("program")
    columns = ["least", "most", "plan"]
    assert data[columns].to_numpy() == pytest.approx(
        near.ranges.set_index("program").loc[data.index, columns].to_numpy()
    )
    assert data["freedom"].is_monotonic_decreasing
    # two programs of one name are told apart
    assert data.loc[["pool", "park"], "program_name"].tolist() == ["Parks (pool)", "Parks (park)"]
    assert isinstance(draws, bo.Ensemble)
    data = draws.plot().data.set_index("program")
    columns = ["spending", "low", "median", "high"]
    assert data[columns].to_numpy() == pytest.approx(draws.stability.loc[data.index, columns].to_numpy())
    assert isinstance(weights, bo.Weights)
    data = weights.plot().data
    assert data["least"].to_numpy() == pytest.approx((data["from"] / data["weight"]).to_numpy())
    unlimited = np.isinf(data["to"])
    assert data["beyond"].tolist() == ["any more" if beyond else "" for beyond in unlimited]
    assert np.isfinite(data["most"]).all()
    assert data["most"][~unlimited].to_numpy() == pytest.approx((data["to"] / data["weight"])[~unlimited].to_numpy())


def test_moves_are_drawn_from_what_was_to_what_is(results: dict[str, Drawable], plan: bo.Allocation) -> None:
    amended, reached = results["Amended"], results["Reach"]
    assert isinstance(amended, bo.Amended)
    data = amended.plot().data.set_index("program")
    assert set(data.index) == set(amended.moves["program"])
    assert data["before"].to_dict() == pytest.approx(plan.programs.loc[data.index, "spending"].to_dict())
    assert data["change"].to_dict() == pytest.approx(amended.moves.groupby("program")["change"].sum().to_dict())
    assert data["change"].abs().is_monotonic_decreasing
    assert isinstance(reached, bo.Reach)
    data = reached.plot().data.set_index("program")
    assert data["change"].to_dict() == pytest.approx(reached.moves.groupby("program")["change"].sum().to_dict())


def test_a_plan_is_drawn_by_its_changes_by_groups_and_by_funds(plan: bo.Allocation, tmp_path: Path) -> None:
    programs = plan.programs
    data = plan.plot().data
    moved = programs[programs["change"].abs() > 0.005]
    assert sorted(data["amount"]) == pytest.approx(sorted(moved["change"]))
    assert data["kind"].tolist() == ["more" if amount > 0 else "less" for amount in data["amount"]]
    chart = plan.plot("department")
    assert chart.title.text.startswith("Spending by department: Elm ")
    data = chart.data.set_index("row")
    by = programs.assign(department=programs["department"].replace("", "No department given")).groupby("department")
    assert data["amount"].to_dict() == pytest.approx(by["spending"].sum().to_dict())
    assert data["baseline"].to_dict() == pytest.approx(by["baseline"].sum().to_dict())
    chart = plan.plot("funds")
    accounts = plan.funds.reset_index()
    data = chart.data
    assert data["amount"].tolist() == pytest.approx(accounts["closing"].tolist())
    assert data["reserve"].fillna(0).tolist() == pytest.approx(accounts["reserve"].tolist())
    shown = texts(bo.save_chart(chart, tmp_path / "funds.svg").read_text(encoding="utf-8"))
    assert {"reserve", "balance at the close of the period (USD)"} <= set(shown)
    assert set(plan.plot("ward").data["row"]) == {"1", "2", "No ward given"}
    with pytest.raises(bo.UnknownNameError, match="did you mean 'department'"):
        plan.plot("departmnt")
    with pytest.raises(bo.OptionError, match="no two programs differ in priority"):
        plan.plot("priority")


def test_a_plan_without_changes_is_drawn_by_its_programs() -> None:
    document = {"funds": {"all": {"revenue": 100}}, "programs": {"a": {"spending": {"at_least": 30}}}}
    document |= {"outcomes": {"visits": {"weight": 1, "unit": "visits"}}, "name": "New"}
    document["programs"]["b"] = {"outcomes": {"visits": {"per_dollar": 1}}}
    plan = bo.solve(bo.Scenario.from_document(document))
    chart = plan.plot()
    assert chart.data.set_index("row")["amount"].to_dict() == {"b": 70.0, "a": 30.0}
    assert chart.title.text == "Spending by program: New"
    with pytest.raises(bo.OptionError, match="no fund closes a period with money"):
        plan.plot("funds")


def test_a_response_goes_through_its_points_with_baseline_plan_and_limits_marked(plan: bo.Allocation) -> None:
    found = plan.explain("library")
    chart = found.plot()
    assert chart.data["amount"].tolist()[:3] == [0, 600, 900]
    assert chart.data["level"].tolist() == pytest.approx([0, 300, 390, 390])
    marks = found.tables["marks"].set_index("mark")["amount"]
    assert marks["baseline"] == 500
    assert marks["plan"] == pytest.approx(float(plan.spending[0, :, 0].sum()))
    assert marks["ceiling"] == 900
    assert "floor" not in marks
    assert "Baseline: $500 for 250 visits." in chart.description
    straight = plan.explain("pool").plot().data
    assert straight["level"].to_numpy() == pytest.approx(0.4 * straight["amount"].to_numpy())
    assert straight["amount"].max() > 300
    for name in ("park", "general", None):
        with pytest.raises(bo.OptionError, match="no curve to draw"):
            plan.explain(name).plot()
    with pytest.raises(bo.UnknownNameError, match="no outcome of the program named 'homes'"):
        found.plot("homes")


def test_a_response_knows_fixed_costs_units_and_free_services() -> None:
    document = {
        "name": "Services",
        "funds": {"all": {"revenue": 1000}},
        "outcomes": {"people": {"weight": 1, "unit": "people"}, "calls": {"weight": 1, "unit": "calls"}},
        "programs": {
            "clinic": {
                "if_funded": {"at_least": 100, "fixed_cost": 50},
                "service": {"unit": "visits", "unit_cost": 10, "up_to": 40},
                "outcomes": {"people": {"per_unit": 2}, "calls": {"curve": [[0, 5], [20, 25]]}},
            },
            "line": {"service": {"unit": "hours", "unit_cost": 0, "up_to": 30}, "outcomes": {"calls": {"per_unit": 3}}},
        },
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    found = plan.explain("clinic")
    people, calls = found.plot().data, found.plot("calls").data
    assert people["amount"].tolist()[:2] == [0, 50]
    assert people["level"].tolist()[:2] == [0, 0]
    # a dollar beyond the fixed cost is a tenth of a visit, and each visit serves two
    assert people["level"].iloc[-1] == pytest.approx((people["amount"].iloc[-1] - 50) / 10 * 2)
    assert calls[["amount", "level"]].to_numpy()[:3].tolist() == [[0, 5], [50, 5], [250, 25]]
    free = plan.explain("line")
    assert set(free.tables["marks"]["amount_unit"]) == {"hours"}
    assert free.tables["marks"].set_index("mark")["amount"].to_dict() == {"plan": 30, "ceiling": 30}
    assert free.plot().data["level"].tolist()[:2] == pytest.approx([0, 3 * 1.15 * 30])


def test_a_plan_that_nothing_moves_has_an_empty_chart(plan: bo.Allocation, tmp_path: Path) -> None:
    chart = bo.amend(plan, "freeze pool").plot()
    assert chart.description == "No program gets more or less."
    assert "Before and after 1 motion" in bo.save_chart(chart, tmp_path / "none.svg").read_text(encoding="utf-8")


def test_years_have_revenue_spending_reserve_and_the_cliff(results: dict[str, Drawable]) -> None:
    found = results["Outlook"]
    assert isinstance(found, bo.Outlook)
    chart = found.plot("general")
    data = chart.data.pivot_table(index="year", columns="figure", values="amount", sort=False)
    table = found.table[found.table["fund"] == "general"].set_index("year")
    assert list(data.index) == ["now", "then", "then + 1 (assumed)"]
    assert data["recurring revenue"].to_dict() == pytest.approx(table["recurring_revenue"].to_dict())
    assert data["one-time revenue"].to_dict() == pytest.approx(table["one_time"].to_dict())
    spending = table["recurring_spending"] + table["one_time_spending"]
    assert data["spending"].to_dict() == pytest.approx(spending.to_dict())
    assert data["balance at the close"].to_dict() == pytest.approx(table["closing"].to_dict())
    assert data["reserve"].to_dict() == pytest.approx(table["reserve"].to_dict())
    cliff = float(found.summary.set_index("fund").loc["general", "cliff"])
    assert cliff > 0
    assert f"recurring spending is ${cliff:,.0f} above recurring revenue in then" in chart.description
    both = found.plot().data.groupby("figure")["amount"].sum()
    assert both["recurring revenue"] == pytest.approx(found.table["recurring_revenue"].sum())
    with pytest.raises(bo.UnknownNameError, match="no fund named 'genral'"):
        found.plot("genral")


def test_a_grant_is_spent_unspent_and_matched(results: dict[str, Drawable]) -> None:
    found = results["GrantChoices"]
    assert isinstance(found, bo.GrantChoices)
    chart = found.plot()
    data = chart.data.set_index("figure")["amount"]
    row = found.table.iloc[0]
    assert data["spent of the grant"] == pytest.approx(row["spent"])
    assert data["unspent of the grant"] == pytest.approx(row["unspent"])
    assert data["local match"] == pytest.approx(row["match"])
    assert chart.description.startswith("Homes grant: $100 of $100 spent, with $25 of local match; it is worth ")


def test_forecasts_are_drawn_a_line_each(tmp_path: Path) -> None:
    branches = [
        {"name": "low <b>", "probability": "40%", "set": {"funds.general.revenue.then": 700}},
        {"name": "high", "probability": "60%", "set": {"funds.general.revenue.then": 1300}},
    ]
    document = {**CITY, "funds": {"general": {"revenue": {"now": 1000, "then": 1000}}}}
    found = bo.forecast_tree(bo.Scenario.from_document(document), {"known": "then", "branches": branches})
    chart = found.plot()
    data = chart.data.pivot_table(index="branch", columns="period", values="money")
    assert data.loc[found.branches.index].to_numpy() == pytest.approx(found.branches[["now", "then"]].to_numpy())
    shown = texts(bo.save_chart(chart, tmp_path / "money.svg").read_text(encoding="utf-8"))
    assert {"low <b> (40%)", "high (60%)", "money (USD)"} <= set(shown)


def test_a_scenario_is_drawn_by_its_baseline_and_information_by_its_worth(results: dict[str, Drawable]) -> None:
    data = results["Scenario"].plot().data
    assert data.set_index("department")["baseline"].to_dict() == {"Library": 1000.0, "no department given": 1000.0}
    told = results["InformationValue"]
    assert isinstance(told, bo.InformationValue)
    data = told.plot().data
    assert data["evppi"].tolist() == told.table["evppi"].tolist()
    pool = {"baseline": 7, "outcomes": {"visits": {"per_dollar": 1}}}
    town = {
        "name": "Elm",
        "periods": ["now", "then"],
        "funds": {"general": {"revenue": 20}},
        "outcomes": {"visits": {"unit": "visits", "weight": 1}},
        "programs": {"a": {"baseline": 5}, "b": pool},
    }
    chart = bo.Scenario.from_document(town).plot()
    assert chart.data[["program", "baseline"]].to_numpy().tolist() == [["b", 14.0], ["a", 10.0]]
    assert chart.title.text == "Baseline by program: Elm"


def test_differences_are_drawn_from_what_was_to_what_is(
    results: dict[str, Drawable], plan: bo.Allocation, tmp_path: Path
) -> None:
    found = results["Difference"]
    assert isinstance(found, bo.Difference)
    data = found.plot().data
    moves = found.moves[found.moves["change"] != 0]
    assert data["change"].tolist() == pytest.approx(moves["change"].tolist())
    assert data["before"].tolist() == pytest.approx(moves["before"].tolist())
    with pytest.raises(bo.OptionError, match="are not solved"):
        bo.diff(plan.scenario, plan.scenario.with_("funds.general.revenue=-5%")).plot()
    files = [tmp_path / "old.csv", tmp_path / "new.csv"]
    for file, amount in zip(files, (100, 130), strict=True):
        file.write_text(f"Department,Program,Amount\nParks,Pool,{amount}\nLibrary,Books,50\n", encoding="utf-8")
    budgets = bo.diff_budgets(*files)
    data = budgets.plot().data
    assert data[["department", "before", "after"]].to_numpy().tolist() == [["Parks", 100.0, 130.0]]
    assert budgets.plot().description == "Parks: from $100 to $130."


def test_an_edited_plan_is_drawn_beside_the_best_one(tmp_path: Path) -> None:
    text = "funds: {all: {revenue: 100}}\noutcomes: {o: {weight: 1}}\ntables: {programs: programs.csv}\n"
    (tmp_path / "scenario.yaml").write_text(f"format: budgetopt/1\nname: Town\n{text}", encoding="utf-8")
    rows = "program,name,baseline,outcomes.o.per_dollar\npool,Pool,60,2\npark,Park,40,1\n"
    (tmp_path / "programs.csv").write_text(rows, encoding="utf-8")
    plan = bo.solve(tmp_path)
    copy = plan.to_own_table(tmp_path / "copy.csv")
    first, *others = copy.read_text(encoding="utf-8").splitlines()
    edited = [line.replace("100", "70", 1) if line.startswith("pool") else line for line in others]
    copy.write_text("\n".join([first, *edited, ""]), encoding="utf-8")
    data = bo.edited_plan(plan, copy).plot().data
    assert data[["program", "before", "after"]].to_numpy().tolist() == [["Pool", 100.0, 70.0]]


def test_a_fit_is_drawn_by_its_points_and_its_line(tmp_path: Path) -> None:
    pytest.importorskip("statsmodels")
    years = list(range(2015, 2025))
    spending = np.linspace(100.0, 200.0, 10)
    result = 3.0 * spending + np.array([1.0, -1.0] * 5)
    history = pd.DataFrame({"program": "pool <b>", "year": years, "spending": spending, "visits": result})
    fits = bo.fit(history, program="program", year="year", spending="spending", result="visits")
    assert fits.fitted
    chart = fits.plot("pool <b>", "visits")
    points = chart.data[chart.data["series"] == "points of the table"]
    assert points[["spending", "result"]].to_numpy().tolist() == np.array([spending, result]).T.tolist()
    line = chart.data[chart.data["series"] != "points of the table"]
    assert line["result"].to_numpy() == pytest.approx(fits.fitted[0].result_at(line["spending"].to_numpy()))
    shown = texts(bo.save_chart(chart, tmp_path / "fit.svg").read_text(encoding="utf-8"))
    assert {"pool <b>: visits", "spending", "points of the table"} <= set(shown)
    with pytest.raises(bo.OptionError, match=r"no such response is fitted.*\n.*these are: pool <b> \(visits\)"):
        fits.plot("park")


def test_prices_replacement_and_steps_are_drawn(plan: bo.Allocation, tmp_path: Path) -> None:
    costs = bo.prices(plan)
    chart = bo.prices_chart(plan, costs)
    assert chart.data["total_cost"].max() == pytest.approx(costs["total_cost"].max())
    assert chart.data["total_cost"].is_monotonic_decreasing
    values = bo.replacement_values(plan)
    chart = bo.replacement_chart(plan, values)
    assert chart.data.set_index("program")["lost"].to_dict() == pytest.approx(
        values.set_index("program")["lost"].to_dict()
    )
    steps = bo.budget_steps(plan, steps=(-0.2, -0.1, 0.05, 0.1))
    chart = bo.steps_chart(plan, steps)
    data, total = chart.data, 2400.0
    assert data["start"].tolist() == pytest.approx([-0.2 * total, -0.1 * total, 0.0, 0.05 * total])
    assert data["end"].tolist() == pytest.approx([-0.1 * total, 0.0, 0.05 * total, 0.1 * total])
    rates = steps.drop_duplicates("money").set_index("money")["value_per_dollar"]
    assert data["value_per_dollar"].tolist() == pytest.approx(rates.tolist())
    assert "A cut of $240 falls most on" in chart.description
    svg = bo.save_chart(chart, tmp_path / "steps.svg").read_text(encoding="utf-8")
    assert {"cut", "more money", "money less or more than now (USD)"} <= set(texts(svg))
    empty = bo.steps_chart(plan, steps[steps["money"] > math.inf])
    assert empty.description == "No step moves a program."
    bo.save_chart(empty, tmp_path / "empty.svg")


def test_an_image_is_written_whole(plan: bo.Allocation, tmp_path: Path) -> None:
    chart = bo.outlook(plan).plot()
    assert bo.save_chart(chart, tmp_path / "years.PNG").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(bo.OptionError, match=r"written to \.svg or \.png"):
        bo.save_chart(chart, tmp_path / "years.pdf")
    with pytest.raises(bo.OptionError, match="no such folder"):
        bo.save_chart(chart, tmp_path / "none" / "years.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["years.PNG"]


def test_a_changed_chart_is_written_as_it_is(plan: bo.Allocation, tmp_path: Path) -> None:
    chart = bo.outlook(plan).plot().properties(title="Ours & theirs", description="")
    drawing = ElementTree.fromstring(bo.save_chart(chart, tmp_path / "ours.svg").read_text(encoding="utf-8"))
    assert drawing.findtext(f"{SVG}title") == "Ours & theirs"
    assert drawing.find(f"{SVG}desc") is None


def test_series_are_told_apart_by_more_than_color() -> None:
    names = [f"plan {number}" for number in range(12)]
    looks = [series_scale(names, look)["scale"].range for look in ("color", "shape", "dash")]
    assert [len(look) for look in looks] == [12, 12, 12]
    assert set(looks[0]) == set(OKABE_ITO)
    pairs = {(str(color), str(shape)) for color, shape in zip(looks[0], looks[1], strict=True)}
    assert len(pairs) == 12
    assert len(SHAPES) == len(DASHES) == len(OKABE_ITO) - 1


def test_a_missing_extra_is_named_with_what_installs_it(
    results: dict[str, Drawable], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chart = results["Frontier"].plot()
    monkeypatch.setattr("budgetopt.report.plots.chart_parts.find_spec", lambda _: None)
    message = (
        r"needs altair and vl-convert-python, which are not installed\n    hint: pip install 'budgetopt\[charts\]'"
    )
    with pytest.raises(bo.OptionError, match=message):
        results["Frontier"].plot()
    with pytest.raises(bo.OptionError, match=message):
        bo.save_chart(chart, tmp_path / "curve.svg")
    monkeypatch.setattr("budgetopt.report.plots.chart_parts.find_spec", lambda name: name == "altair" or None)
    with pytest.raises(bo.OptionError, match="needs vl-convert-python, which is not installed"):
        results["Frontier"].plot()
    assert list(tmp_path.iterdir()) == []
