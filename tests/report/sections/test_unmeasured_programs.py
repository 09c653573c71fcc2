"""What to measure first: the programs of which nothing is measured, by the money that they get."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import budgetopt as bo

DOCUMENT = {
    "name": "Elmfield",
    "funds": {"general": {"revenue": "9M"}},
    "outcomes": {"visits": {"unit": "visits"}},
    "programs": {
        "pools": {"name": "Pools", "department": "Parks", "baseline": "2M"},
        "library": {"name": "Library", "baseline": "4M", "outcomes": {"visits": {"per_dollar": 0.2}}},
        "streets": {"name": "Streets", "baseline": "4M"},
        "museum": {"name": "Museum", "baseline": 0},
    },
    "objective": {"minimize": "largest cut"},
}


def test_half_of_the_money_without_a_measure_is_said() -> None:
    text = " ".join(bo.solve(bo.Scenario.from_document(DOCUMENT)).to_markdown().replace("\\", "").split())
    assert (
        "Nothing is measured of 2 programs, which get $5.4 million of the plan. By the money at stake, measure first"
        " what Streets ($3.6 million) and Pools ($1.8 million) achieve."
    ) in text


def test_little_money_without_a_measure_is_not(tmp_path: Path) -> None:
    scenario = bo.Scenario.from_document(DOCUMENT).with_("programs.streets.outcomes.visits.per_dollar=0.1")
    plan = bo.solve(scenario)
    assert "Nothing is measured" not in plan.to_markdown()
    # the page and the workbook list the program all the same
    assert "What to measure first" in plan.to_html(tmp_path / "plan.html").read_text(encoding="utf-8")
    plan.to_excel(tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["To be measured"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "Pools"]
    assert rows[0][1:4] == ("Parks", 2_000_000, pytest.approx(1_800_000))


def test_where_all_is_measured_nothing_is_listed(tmp_path: Path) -> None:
    scenario = bo.Scenario.from_document(DOCUMENT).without("programs.streets", "programs.pools", "programs.museum")
    page = bo.solve(scenario).to_html(tmp_path / "plan.html")
    assert "What to measure first" not in page.read_text(encoding="utf-8")
