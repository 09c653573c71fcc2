"""What a page shows only where it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.report.pages import Node, read, table

import budgetopt as bo
from budgetopt.cli import main
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.report import html_page, run_analyses
from budgetopt.report.figures.limit_lines import Gain
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.sections.asked_section import dollar_chart
from budgetopt.report.sections.frontier_section import drawn_curve


def town(**effect: Any) -> dict[str, Any]:
    """300 dollars; a dollar brings 3 visits in parks, up to 200 dollars, and 1 in advice."""
    programs = {
        "parks": {"baseline": 100, "spending": {"at_most": 200}, "outcomes": {"visits": {"per_dollar": 3, **effect}}},
        "advice": {"baseline": 200, "outcomes": {"visits": {"per_dollar": 1}}},
    }
    outcomes = {"visits": {"unit": "visits", "weight": 1}}
    return {"funds": {"general": {"revenue": 300}}, "outcomes": outcomes, "programs": programs}


NEW = {"spending": {"at_most": 200}, "outcomes": {"visits": {"per_dollar": 3}}}


def plan_of(**effect: Any) -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document({"name": "Town", **town(**effect)}))


def section(page: str, key: str) -> Node:
    return next(node for node in read(page).all("section") if node.attributes["id"] == key)


@pytest.fixture(scope="module")
def page() -> str:
    plan = plan_of(std_error="20%")
    return html_page(plan, asked=run_analyses(plan, ["compare", "dollars", "ensemble"], seed=3))


def test_nothing_is_shown_that_was_not_asked_for() -> None:
    plan = plan_of()
    assert not any(f'id="{key}"' in html_page(plan) for key in ("dollars", "frontier", "ensemble", "information"))
    only = html_page(plan, asked=run_analyses(plan, ["dollars"]))
    assert 'id="dollars"' in only
    assert 'id="frontier"' not in only


def test_the_current_budget_stands_beside_every_plan_that_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of()
    plans = table(section(html_page(plan), "compared").one("table"))[1]
    # all money is spent as it is, so that one percentage for all is no change
    assert [(row[0][:3], row[3]) for row in plans] == [("A, ", "700"), ("B, ", "500"), ("C, ", "500")]
    assert "as good with" not in section(html_page(plan), "compared").text()
    without = bo.solve(bo.Scenario.from_document({"name": "Town", **town(), "programs": {"new": NEW}}))
    assert 'id="compared"' not in html_page(without)
    monkeypatch.setattr("budgetopt.report.plan_view.asked_analyses.MOST_AMOUNTS", 1)
    assert 'id="compared"' not in html_page(plan)


def test_the_guide_says_what_is_not_there(page: str) -> None:
    said = section(html_page(plan_of()), "guide").text()
    assert "--with compare,dollars,frontier,explorer the command" in said
    assert "No effect has an error" in said
    said = section(html_page(plan_of(std_error="20%")), "guide").text()
    assert "--with compare,dollars,frontier,ensemble,information,explorer the command" in said
    assert "No effect has an error" not in said
    assert "--with frontier,information,explorer the command" in section(page, "guide").text()


def test_the_frontier_of_revenue_is_exact() -> None:
    plan = plan_of()
    page = html_page(plan, asked=run_analyses(plan, ["frontier"]))
    heads, rows, _ = table(section(page, "frontier").one("table"))
    assert heads == ["From", "To", "Weighted outcomes from", "To there", "Each $1 more adds"]
    # the first 200 dollars go to parks for 3 visits each, all others to advice for 1 each
    assert rows == [["$240", "$360", "640", "760", "1"]]
    assert "least: 640 at $240" in section(page, "frontier").text()
    assert "now: 700 at $300" in section(page, "frontier").text()
    # with one outcome there are no two
    assert len(list(section(page, "frontier").all("table"))) == 1
    said = {**town(), "funds": {"general": {"opening_balance": 300}}}
    with pytest.raises(OptionError, match="no fund has revenue"):
        run_analyses(bo.solve(bo.Scenario.from_document({"name": "Town", **said})), ["frontier"])


def test_two_outcomes_stand_against_each_other() -> None:
    said = town()
    said["outcomes"]["loans"] = {"unit": "loans", "weight": 1}
    said["programs"]["advice"]["outcomes"] = {"loans": {"per_dollar": 2}}
    plan = bo.solve(bo.Scenario.from_document({"name": "Town", **said}))
    page = html_page(plan, asked=run_analyses(plan, ["frontier"]))
    heads, rows, _ = table(list(section(page, "frontier").all("table"))[1])
    assert heads == ["Plan", "Visits", "Loans", "Of the first for one more of the second"]
    # 200 dollars for parks and 100 for advice, or all 300 for advice
    assert [row[:3] for row in rows] == [["1", "600", "200"], ["2", "0", "600"]]
    assert rows[0][3] == "1.5"


def test_a_curve_is_drawn_from_zero() -> None:
    curve = drawn_curve("Revenue", "Visits", [(10.0, 50.0), (20.0, 75.0), (30.0, 100.0)], 25.0, ["now"])
    assert curve.points == [(0.0, 50.0), (50.0, 25.0), (100.0, 0.0)]
    assert (curve.plan, curve.zero) == (75.0, 100.0)
    curve = drawn_curve("Revenue", "Cost", [(0.0, -1.0), (2.0, 3.0)], 5.0, [])
    assert (curve.points, curve.plan, curve.zero) == ([(0.0, 100.0), (100.0, 0.0)], 100.0, 75.0)


def test_the_effect_that_is_worth_most_to_know_is_named() -> None:
    plan = plan_of(std_error="60%")
    page = html_page(plan, asked=run_analyses(plan, ["information"]))
    heads, rows, _ = table(section(page, "information").one("table"))
    assert heads[0] == "Effect"
    assert [row[0] for row in rows] == ["parks.visits"]
    # parks are worth less than advice where their effect is below a third of its estimate
    assert rows[0][1:4] == ["60%", "33.3%", ""]
    assert "To know parks.visits exactly would be worth" in section(page, "information").text()


def test_benchmark_plans_stand_beside_the_plan(page: str) -> None:
    plans, outcomes = list(map(table, section(page, "compared").all("table")))[:2]
    assert plans[0][3:] == ["Weighted outcomes", "Against A", "Limits missed"]
    assert plans[1][0] == ["A, best plan", "$300", "$0", "700", "", "0"]
    current = next(row for row in plans[1] if "current" in row[0])
    # 100 dollars for parks and 200 for advice bring 500 visits, 200 of 700 less
    assert [current[3], current[4].replace("\N{MINUS SIGN}", "-")] == ["500", "-28.57%"]
    assert outcomes[1][0][:2] == ["visits", "700"]
    said = section(page, "compared").text()
    assert "It keeps every limit." in said


def test_less_and_more_money_are_told_step_by_step(page: str) -> None:
    heads, rows, _ = table(section(page, "dollars").one("table"))
    assert heads == ["Money", "What the plan loses or gains", "What moves most"]
    assert len(rows) == 8
    # with 30 dollars less, advice loses them, and each brings one visit
    assert [cell.replace("\N{WORD JOINER}", "").replace("\N{MINUS SIGN}", "-") for cell in rows[0]] == [
        "-$30", "loses 30 of the weighted outcomes", "advice -$30"
    ]  # fmt: skip
    assert rows[-1][1] == "gains 30 of the weighted outcomes"


def test_draws_are_told_with_their_number_and_seed(page: str) -> None:
    said = section(page, "ensemble").text()
    assert "1,000 draws of 1 uncertain effect (of 2 effects in all)" in said
    assert "The draws are those of seed 3" in said
    heads, rows, _ = table(section(page, "ensemble").one("table"))
    assert heads[0] == "Program"
    assert {row[0] for row in rows} == {"parks", "advice"}


def test_the_chart_of_dollars_is_drawn_to_scale() -> None:
    gain = Gain("weighted outcomes", True, "", Numbers("USD"))
    chart = dollar_chart([-20.0, 10.0], [4.0, 1.0], gain, Numbers("USD"))
    assert chart is not None
    assert [(bar.name, chart.width(bar), bar.kind) for bar in chart.bars] == [
        ("-$20", 100.0, "down"),
        ("+$10", 25.0, "up"),
    ]
    assert dollar_chart([10.0], [0.0], gain, Numbers("USD")) is None
    assert dollar_chart([], [], gain, Numbers("USD")) is None


def test_what_cannot_be_asked_for_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_of()
    with pytest.raises(UnknownNameError, match="compare"):
        run_analyses(plan, ["compere"])
    with pytest.raises(OptionError, match="nothing varies"):
        run_analyses(plan, ["ensemble"])
    (tmp_path / "town.yaml").write_text(plan.scenario.to_yaml(), encoding="utf-8")
    scenario, target = str(tmp_path / "town.yaml"), tmp_path / "plan.html"
    assert main(["solve", scenario, "--report", str(target), "--with", "compere"]) == 2
    assert "compare" in capsys.readouterr().err
    assert main(["solve", scenario, "--with", "compare"]) == 2
    assert "--report plan.html" in capsys.readouterr().err
    assert main(["solve", scenario, "--report", str(target), "--with", "dollars,ensemble"]) == 2
    assert not target.exists()
    assert 'id="dollars"' in plan.to_html(tmp_path / "of_call.html", analyses=["dollars"]).read_text(encoding="utf-8")
    assert main(["solve", scenario, "--report", str(target), "--with", "dollars", "--with", "compare"]) == 0
    assert all(f'id="{key}"' in target.read_text(encoding="utf-8") for key in ("dollars", "compared"))
