"""A plan as it was edited in a copy of the office's own table, beside the best plan, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.edited_plan import EditedPlan, edited_plan

# the best plan gives the pool 60 dollars a year, and what is left to the park
SCENARIO = """\
name: Town
periods: [{periods}]
funds:
  general: {revenue: 100, carryover: false}
outcomes: {good: {weight: 1}, calm: {weight: 1}}
tables: {programs: office.csv}
programs:
  pool: {name: Town pool, outcomes: {good: {per_dollar: 3}}, spending: {at_most: 60}}
  park: {outcomes: {calm: {per_dollar: 2}}}
"""
OFFICE = "program\npool\npark\n"


def edits_of(folder: Path, pool: Sequence[float], park: Sequence[float], text: str = SCENARIO) -> EditedPlan:
    """Return the plan of a copy that says what both programs get in each period."""
    years = ["FY1", "FY2"][: len(pool)]
    (folder / "scenario.yaml").write_text(text.replace("{periods}", ", ".join(years)), encoding="utf-8")
    (folder / "office.csv").write_text(OFFICE, encoding="utf-8")
    headers = ["program", *(f'"plan{f" {year}" if len(years) > 1 else " FY1"}, USD"' for year in years)]
    lines = [headers, ["pool", *pool], ["park", *park]]
    copy = folder / "copy.csv"
    copy.write_text("".join(",".join(map(str, line)) + "\n" for line in lines), encoding="utf-8")
    return edited_plan(bo.load(folder), copy)


def moved(found: EditedPlan) -> list[list[object]]:
    assert found.moves["place"].tolist() == [str(edit.place) for edit in found.edits]
    rows: list[list[object]] = found.moves.drop(columns="place").to_numpy().tolist()
    return rows


def test_what_a_plan_loses_against_the_best(tmp_path: Path) -> None:
    found = edits_of(tmp_path, [50], [45])
    assert found.best is not None
    assert found.best.objective_value == pytest.approx(260)
    assert found.audit.accepted
    assert found.value == pytest.approx(240)
    assert found.loss == pytest.approx(20)
    assert moved(found) == [["pool", "Town pool", "FY1", 60, 50, -10], ["park", "park", "FY1", 40, 45, 5]]
    assert found.moves["place"].tolist() == [f"{tmp_path}/copy.csv:2:2", f"{tmp_path}/copy.csv:3:2"]
    assert found.outcomes.to_dict("index") == {
        "good": {"before": pytest.approx(180), "after": 150, "change": -30},
        "calm": {"before": pytest.approx(80), "after": 90, "change": 10},
    }
    assert found.funds.to_dict("index") == {"general": {"before": 100, "after": 95, "change": -5}}
    assert found.file == str(tmp_path / "copy.csv")
    assert found.remarks == ()


def test_a_plan_that_is_better_misses_a_limit(tmp_path: Path) -> None:
    found = edits_of(tmp_path, [70], [40])
    assert [violation.kind for violation in found.audit.violations] == ["spending limit", "fund balance"]
    assert found.loss == pytest.approx(-30)
    cheapest = SCENARIO + "objective: {minimize: spending}\n"
    dear = edits_of(tmp_path, [5], [1], cheapest.replace("at_most: 60", "at_least: 2"))
    assert dear.loss == pytest.approx(4)


def test_edits_are_limits_of_the_scenario(tmp_path: Path) -> None:
    found = edits_of(tmp_path, [50], [40])
    held = found.held()
    assert bo.solve(held.with_("programs.pool.outcomes.good.per_dollar=9")).programs["spending"].tolist() == [50, 50]
    assert found.to_layer("town") == (
        'extends: town\nname: "Town, as edited in copy.csv"\n\nprograms:\n  pool:\n    spending:\n      at_least: 50\n'
        f'      at_most: 50\n      because: "Set by hand: {tmp_path}/copy.csv:2:2"\n'
    )


def test_edits_of_each_year_are_limits_of_that_year(tmp_path: Path) -> None:
    found = edits_of(tmp_path, [50, 60], [40, 39])
    assert moved(found) == [
        ["pool", "Town pool", "FY1", 60, 50, -10], ["park", "park", "FY2", 40, 39, -1],
    ]  # fmt: skip
    # what both years reach
    assert found.outcomes["after"].to_dict() == {"good": 330, "calm": 158}
    assert found.funds["after"].tolist() == [189]
    held = bo.solve(found.held()).by_period
    assert held.loc["pool"].tolist() == [50, 60]
    assert held.loc["park"].tolist() == [50, 39]
    both = edits_of(tmp_path, [50, 55], [40, 40])
    layer = both.to_layer("town")
    assert "      at_least: {FY1: 50, FY2: 55}\n      at_most: {FY1: 50, FY2: 55}\n" in layer
    # the first place is the reason
    assert layer.count("because") == 1
    assert "copy.csv:2:2" in layer


def test_where_no_plan_keeps_every_limit_edits_are_those_of_the_current_budget(tmp_path: Path) -> None:
    text = SCENARIO.replace("{at_most: 60}", "{at_least: 150}")
    found = edits_of(tmp_path, [30], [0], text)
    assert found.best is None
    assert np.isnan(found.loss)
    assert moved(found) == [["pool", "Town pool", "FY1", 0, 30, 30]]
    assert found.outcomes.to_dict("index") == {
        "good": {"before": 90, "after": 90, "change": 0},
        "calm": {"before": 0, "after": 0, "change": 0},
    }
    assert found.funds.to_dict("index") == {"general": {"before": 30, "after": 30, "change": 0}}


def test_a_plan_that_is_known_is_not_solved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits_of(tmp_path, [50], [40])
    plan = bo.solve(tmp_path)
    asked = []

    def late(_: bo.Scenario, time_limit: float | None) -> bo.Allocation:
        asked.append(time_limit)
        return plan

    monkeypatch.setattr("budgetopt.analysis.comparing.edited_plan.solve_one", late)
    assert edited_plan(plan, tmp_path / "copy.csv").best is plan
    assert asked == []
    assert edited_plan(tmp_path, tmp_path / "copy.csv", time_limit=9).best is plan
    assert asked == [9]


def test_what_is_not_edited_of_the_current_budget_is_paid_as_in_comparisons(tmp_path: Path) -> None:
    text = SCENARIO.replace("{at_most: 60}", "{at_least: 150}")
    text = text.replace("carryover: false}", "carryover: false}\n  bonds: {revenue: 100}")
    text = text.replace("{calm: {per_dollar: 2}}", "{calm: {per_dollar: 2}}, baseline: 40, one_fund: true")
    text = text.replace("revenue: 100, carryover", "revenue: 30, carryover")
    found = edits_of(tmp_path, [0], [40], text)
    assert found.best is None
    assert found.moves.empty
    assert found.plan.spending[1, :, 0].tolist() == bo.current_budget(found.scenario).plan.spending[1, :, 0].tolist()
    assert "one fund" not in {one.kind for one in found.audit.violations}
