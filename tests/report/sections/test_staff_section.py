"""Staff by department against what there is, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.report.pages import read, table

import budgetopt as bo
from budgetopt.report import html_page
from budgetopt.report.sections.staff_section import is_staff


def town(**more: Any) -> bo.Allocation:
    """1,000 dollars a year; there are 8 nurses, then 4; guards are counted."""
    visits = {"outcomes": {"visits": {"per_dollar": 2}}}
    programs = {
        "clinic": {
            "department": "Health",
            "baseline": 300,
            "spending": {"at_most": 300},
            "uses": {"nurses": {"per": 100}},
            **visits,
        },
        "school": {"department": "Schools", "baseline": 100, "uses": {"nurses": {"per": 200}}, **visits},
        "gate": {"department": "Schools", "baseline": 100, "uses": {"guards": {"per": 50}}},
        "park": {"department": "Parks", "baseline": 500, "outcomes": {"visits": {"per_dollar": 1}}},
    }
    resources = {
        "nurses": {"unit": "FTE", "capacity": {"2027": 8, "2028": 4}},
        "guards": {"unit": "full-time posts"},
        "rooms": {"unit": "square feet", "capacity": 10},
    }
    rules = [{"name": "Gate", "sum": "spending", "where": {"program": "gate"}, "at_least": 100, "at_most": 100}]
    return bo.solve(
        bo.Scenario.from_document(
            {
                "name": "Town",
                "periods": ["2027", "2028"],
                "funds": {"general": {"revenue": 1000, "carryover": False}},
                "resources": resources,
                "outcomes": {"visits": {"unit": "visits", "weight": 1}},
                "programs": programs,
                "rules": rules,
            }
            | more
        )
    )


def staff(plan: bo.Allocation) -> Any:
    return next(node for node in read(html_page(plan)).all("section") if node.attributes["id"] == "staff")


def test_staff_stand_against_what_there_is_and_by_department() -> None:
    found = staff(town())
    (heads, rows, _), (parts, lines, _) = map(table, found.all("table"))
    assert heads == ["Staff", "Period", "There is", "The plan uses", "Not used", "What one more would gain"]
    # of 900 dollars the clinic takes 300 and the school 600; with 4 nurses the school takes 800, and the park 100
    assert [row[:5] for row in rows] == [
        ["Nurses", "2027", "8", "6", "2"],
        ["Nurses", "2028", "4", "4", "0"],
        ["Guards", "2027", "no limit", "2", ""],
        ["Guards", "2028", "no limit", "2", ""],
    ]
    # with one more, 200 dollars go from the park to the school, and each brings one visit more
    assert rows[1][5] == "Each FTE more allowed would add 200 to the weighted outcomes."
    assert rows[0][5] == ""
    assert parts == ["Staff", "Department", "Baseline, 2027", "2027", "2028"]
    assert lines[:3] == [
        ["Nurses", "Schools", "0.5", "3", "4"],
        ["Nurses", "Health", "3", "3", "0"],
        ["Nurses", "Together", "3.5", "6", "4"],
    ]
    assert lines[3] == ["Guards", "Schools", "2", "2", "2"]
    assert "square feet" not in found.text()


def test_a_plan_without_staff_says_so() -> None:
    plan = bo.solve(
        bo.Scenario.from_document(
            {
                "name": "Town",
                "funds": {"general": {"revenue": 10}},
                "resources": {"rooms": {"unit": "rooms", "capacity": 1}},
                "outcomes": {"visits": {"unit": "visits", "weight": 1}},
                "programs": {"park": {"outcomes": {"visits": {"per_dollar": 1}}}},
            }
        )
    )
    found = staff(plan)
    assert list(found.all("table")) == []
    assert "This plan holds no staff" in found.text()


@pytest.mark.parametrize("unit", ["FTE", "fte", "posts", "Full-time posts", "people", "staff", "filled positions"])
def test_units_of_staff(unit: str) -> None:
    assert is_staff(unit)


@pytest.mark.parametrize("unit", ["hours", "square feet", "units", "beds", "postage", "crews"])
def test_units_of_other_resources(unit: str) -> None:
    assert not is_staff(unit)
