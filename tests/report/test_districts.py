"""Money and outcomes by district and group: worked out by hand, and adding up to the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.report.pages import Node, read, table

import budgetopt as bo
from budgetopt.report import html_page
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.group_shares import GroupShares, grouped_attributes
from budgetopt.synthetic import LINEAR
from budgetopt.synthetic import city as generated

PEOPLE = {"north": 50, "south": 10}


def town(**rule: Any) -> bo.Allocation:
    """Solve a town in which 300 dollars go to a clinic (150), a park (100) and advice (50)."""
    visits = {"visits": {"per_dollar": 2}}
    programs = {
        "clinic": {"baseline": 100, "spending": {"at_most": 150}, "districts": {"north": "40%", "south": "60%"}},
        "park": {"baseline": 120, "spending": {"at_most": 100}, "districts": {"north": "100%"}},
        "advice": {"spending": {"at_most": 50}},
    }
    document = {
        "funds": {"general": {"revenue": 300}},
        "outcomes": {"visits": {"unit": "visits", "weight": 1}},
        "programs": {name: {**program, "outcomes": visits} for name, program in programs.items()},
        "rules": [
            {"name": "Fair", "sum": "spending", "each_at_least": 1, "by": "districts", "population": PEOPLE} | rule
        ],
    }
    return bo.solve(bo.Scenario.from_document(document))


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return town()


def section(page: str) -> Node:
    return next(node for node in read(page).all("section") if node.attributes["id"] == "districts")


def test_each_district_gets_its_share_of_each_program(plan: bo.Allocation) -> None:
    found = GroupShares(PlanView(plan, Numbers("USD")), "districts")
    assert [(row.name, row.baseline, row.spending) for row in found.money] == [
        ("north", 160, 160), ("south", 60, 90), ("In none of them", None, 50)
    ]  # fmt: skip
    assert found.levels.tolist() == [[320], [180], [100]]
    assert found.baselines.tolist() == [[320], [120], [0]]


def test_a_page_shows_them_per_head(plan: bo.Allocation) -> None:
    money, outcomes = map(table, section(html_page(plan)).all("table"))
    assert money[0] == ["District", "Population", "Baseline", "Plan", "Change", "Plan per head"]
    assert [[row[0], row[1], row[3], row[5]] for row in money[1]] == [
        ["north", "50", "$160", "$3.20"], ["south", "10", "$90", "$9"], ["In none of them", "", "$50", ""]
    ]  # fmt: skip
    assert money[2] is not None
    assert money[2][3] == "$300"
    assert outcomes[0][-1] == "Plan per 1,000 people"
    assert [(row[1], row[3], row[5]) for row in outcomes[1]] == [
        ("north", "320", "6,400"), ("south", "180", "18,000"), ("In none of them", "100", "")
    ]  # fmt: skip


def test_a_workbook_has_them_as_numbers(plan: bo.Allocation, tmp_path: Path) -> None:
    sheet = load_workbook(plan.to_excel(tmp_path / "plan.xlsx"))["By district"]
    heads, north, *_ = sheet.iter_rows(values_only=True)
    assert heads[-2:] == ("visits, visits: baseline", "visits, visits: plan")
    assert north == ("north", 50, 160, 160, 0, 3.2, 320, 320)


def test_without_populations_nothing_is_told_per_head() -> None:
    page = html_page(town(population={}))
    money, outcomes = map(table, section(page).all("table"))
    assert money[0] == ["District", "Baseline", "Plan", "Change"]
    assert outcomes[0] == ["Outcome", "District", "Baseline", "Plan", "Change"]


def test_groups_that_overlap_have_no_total() -> None:
    programs = {
        "a": {"tags": ["young", "poor"], "baseline": 10}, "b": {"tags": ["young"], "baseline": 5}
    }  # fmt: skip
    rule = {"name": "Each", "sum": "spending", "by": "tags", "each_at_least": 1}
    document = {"funds": {"general": {"revenue": 15}}, "programs": programs, "rules": [rule]}
    document["objective"] = {"minimize": "change from baseline"}
    found = bo.solve(bo.Scenario.from_document(document))
    shares = GroupShares(PlanView(found, Numbers("USD")), "tags")
    assert {row.name: row.spending for row in shares.money} == {"young": 15, "poor": 10}
    _, rows, total = table(section(html_page(found)).one("table"))
    assert total is None
    assert [row[0] for row in rows] == shares.names


def test_districts_add_up_in_a_city() -> None:
    plan = bo.solve(generated(30, 6, 1, seed=3, features=LINEAR))
    view = PlanView(plan, Numbers("USD"))
    assert "districts" in grouped_attributes(view)
    found = GroupShares(view, "districts")
    assert sum(row.spending for row in found.money) == view.figures.total.spending
    assert sum(row.baseline or 0 for row in found.money) == view.figures.total.baseline
    assert found.levels.sum(axis=0).tolist() == [row.level for row in view.bought.rows]


def test_a_plan_without_groups_has_no_such_section(city: bo.Allocation) -> None:
    assert 'id="districts"' not in html_page(city)
