"""The budget in brief: the largest lines of the tables below it, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.report.pages import read, table

import budgetopt as bo
from budgetopt.report import html_page


def town(count: int = 8) -> bo.Allocation:
    """1,000 dollars of two funds for eight programs and departments; they may fall by half."""
    programs: dict[str, Any] = {
        f"program_{at}": {
            "name": f"Program {at}",
            "department": f"Department {at}",
            "baseline": 100 + 10 * at,
            "spending": {"at_least": "50%", "at_most": f"{100 + 10 * at}%"},
            "outcomes": {"visits": {"per_dollar": 1 + at}},
        }
        for at in range(count)
    }
    funds = {"general": {"revenue": 900}, "aid": {"kind": "grant", "revenue": 100}}
    outcomes = {"visits": {"unit": "visits", "weight": 1}}
    document = {"name": "Town", "funds": funds, "outcomes": outcomes, "programs": programs}
    return bo.solve(bo.Scenario.from_document(document))


@pytest.fixture(scope="module")
def page() -> str:
    return html_page(town())


def brief(page: str) -> dict[str, tuple[list[str], list[list[str]], list[str] | None]]:
    section = next(node for node in read(page).all("section") if node.attributes["id"] == "brief")
    return {one.one("caption").text(): table(one) for one in section.all("table")}


def test_money_is_told_in_few_lines_that_add_up(page: str) -> None:
    found = brief(page)
    _, sources, total = found["Where it comes from."]
    assert sources == [["General, recurring revenue", "$900", "90.0%"], ["Aid, grant", "$100", "10.0%"]]
    assert total == ["Total", "$1,000", "100.0%"]
    _, uses, total = found["Where it goes."]
    assert len(uses) == 7
    assert uses[0][0] == "Department 7"
    assert uses[-1][0] == "2 other lines"
    assert sum(float(row[1].strip("$").replace(",", "")) for row in uses) == 1000
    assert total == ["Total", "$1,000", "100.0%"]


def test_the_largest_changes_and_the_outcomes_are_told(page: str) -> None:
    found = brief(page)
    plan = town()
    change = (plan.programs["spending"] - plan.programs["baseline"]).sort_values()
    names = plan.programs["name"]
    rows = found["What changes most against the baseline."][1]
    assert rows[0][0] == names[change.index[-1]]
    assert rows[-1][0] == names[change.index[0]]
    assert [row[1][0] for row in rows] == ["+"] * (len(rows) - 3) + ["\N{MINUS SIGN}"] * 3
    level = float(plan.outcomes["level"].iloc[0])
    assert found["What it buys."][1] == [["visits", "5,280", f"{level:,.0f}"]]


def test_a_plan_of_few_programs_has_none() -> None:
    assert 'id="brief"' not in html_page(town(4))
