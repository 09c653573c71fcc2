"""The parts of departments and priorities: worked out by hand, and true of any plan."""

from __future__ import annotations

from typing import Any

import pytest
from tests.report.pages import Node, figure, read, table

import budgetopt as bo
from budgetopt.report import html_page
from budgetopt.report.figures.rounded_money import Figures
from budgetopt.report.sections.money_section import MOST_PARTS


def town() -> dict[str, Any]:
    """Two departments that share 300 dollars; a rule holds the parks down, and nurses are limited."""
    programs = {
        "clinic": {
            "department": "Health", "priority": "Care", "baseline": 100, "spending": {"at_most": 150},
            "uses": {"nurses": {"per": 50}}, "outcomes": {"visits": {"per_dollar": 2}},
        },
        "advice": {
            "department": "Health", "baseline": 50,
            "outcomes": {"visits": {"per_dollar": 1}, "calls": {"per_dollar": 4}},
        },
        "lawns": {
            "department": "Parks", "priority": "Care", "baseline": 150, "outcomes": {"visits": {"per_dollar": 3}}
        },
    }  # fmt: skip
    general, grant = {"name": "General fund", "revenue": 300}, {"kind": "grant", "only": {"tags": "x"}}
    outcomes = {"visits": {"unit": "visits", "weight": 1}, "calls": {"unit": "calls"}}
    return {
        "name": "Town",
        "funds": {"general": general, "grant": grant},
        "resources": {"nurses": {"capacity": 2, "unit": "FTE"}},
        "outcomes": outcomes,
        "programs": {**programs, "idle": {"department": "Parks", "tags": ["x"], "outcomes": {}}},
        "rules": [
            {"name": "Parks cap", "sum": "spending", "where": {"department": "Parks"}, "at_most": 160},
            {"name": "All of it", "sum": "spending", "at_most": 300},
        ],
    }


def parts(page: str) -> dict[str, Node]:
    """Return the parts of a page by their address."""
    section = next(node for node in read(page).all("section") if node.attributes["id"] == "departments")
    found = [next(node for node in part.all("div") if "id" in node.attributes) for part in section.all("details")]
    return {node.attributes["id"]: node for node in found}


def tables(node: Node) -> dict[str, tuple[list[str], list[list[str]], list[str] | None]]:
    """Return the tables of a part by the beginning of their captions."""
    found = {one.one("caption").text().split(".")[0]: table(one) for one in node.all("table")}
    plain = str.maketrans({"\N{WORD JOINER}": "", "\N{MINUS SIGN}": "-"})
    return {
        name: (
            heads,
            [[cell.translate(plain) for cell in row] for row in rows],
            total and [cell.translate(plain) for cell in total],
        )
        for name, (heads, rows, total) in found.items()
    }


@pytest.fixture(scope="module")
def page() -> str:
    return html_page(bo.solve(bo.Scenario.from_document(town())))


def test_a_department_shows_its_money_results_staff_and_limits(page: str) -> None:
    health, parks = (tables(parts(page)[key]) for key in ("department-2", "department-1"))
    # 160 for parks, whose dollars bring most, then as much as two nurses can serve for the clinic, then advice
    assert parks["Programs of Parks"][1][0][:5] == ["lawns", "$150", "$160", "+$10", "480 visits"]
    assert parks["Programs of Parks"][2] == ["Parks", "$150", "$160", "+$10", "", ""]
    assert [row[:5] for row in health["Programs of Health"][1]] == [
        ["advice", "$50", "$40", "-$10", "40 visits160 calls"],
        ["clinic", "$100", "$100", "$0", "200 visits"],
    ]
    assert health["What the programs of Health buy"][1] == [
        ["visits", "250", "240", "-10"],
        ["calls", "200", "160", "-40"],
    ]
    assert health["Staff and other resources that the programs of Health use"][1] == [["nurses, FTE", "2"]]
    assert [row[0] for row in parks["Limits that hold programs of Parks"][1]] == ["Parks cap"]
    assert not any(name.startswith("Limits") for name in health)
    assert "Staff" not in " ".join(parks)


def test_a_part_says_how_many_are_funded(page: str) -> None:
    assert parts(page)["department-1"].one("p").text() == "1 of 2 programs is funded, paid by General fund ($160)."
    assert parts(page)["priority-2"].one("p").text().startswith("1 of 2 programs is funded")


def test_the_tables_of_money_lead_to_the_parts(page: str) -> None:
    root = read(page)
    money = next(node for node in root.all("section") if node.attributes["id"] == "money")
    links = {link.text(): link.attributes["href"] for link in money.all("a") if "-" in link.attributes["href"]}
    assert links == {
        "Health": "#department-2", "Parks": "#department-1", "Care": "#priority-1", "No priority given": "#priority-2"
    }  # fmt: skip


def test_parts_add_up_to_the_plan(city: bo.Allocation, middle: bo.Allocation) -> None:
    for plan in (city, middle):
        page = html_page(plan)
        whole = tables(next(node for node in read(page).all("section") if node.attributes["id"] == "buys"))
        heads, outcomes, _ = next(iter(whole.values()))
        found = parts(page)
        for kind in ("department", "priority"):
            mine = [tables(node) for key, node in found.items() if key.startswith(kind)]
            for at, name in enumerate(heads[1:4], start=1):
                sums: dict[str, float] = {}
                for one in mine:
                    for rows in (value[1] for key, value in one.items() if key.startswith("What the programs")):
                        for row in rows:
                            sums[row[0]] = sums.get(row[0], 0.0) + (figure(row[at]) or 0.0)
                assert sums == {row[0]: pytest.approx(figure(row[at])) for row in outcomes}, name
            money = [value[2] for one in mine for key, value in one.items() if key.startswith("Programs of")]
            assert sum(figure(total[2]) or 0.0 for total in money if total) == pytest.approx(
                plan.spending.sum(), abs=0.6
            )


def test_of_many_programs_and_departments_the_largest_are_shown() -> None:
    visits = {"visits": {"per_dollar": 1.0}}
    programs = {
        f"p{at}": {"department": f"D{at % 70}", "baseline": 1 + at, "spending": {"at_most": 1 + at}, "outcomes": visits}
        for at in range(910)
    }
    funds, outcomes = {"general": {"revenue": 10**7}}, {"visits": {"unit": "visits", "weight": 1}}
    plan = bo.solve(bo.Scenario.from_document({"funds": funds, "outcomes": outcomes, "programs": programs}))
    page = html_page(plan)
    found = parts(page)
    assert len(found) == MOST_PARTS
    rows = next(iter(tables(found["department-1"]).values()))[1]
    assert [row[0] for row in rows[:2]] == ["p909", "p839"]
    # of 70 * k + 69 + 1 dollars each, k from 12 down to 3 are named; 0 to 2 are left
    assert rows[-1][:3] == ["and 3 more programs", "$420", "$420"]
    assert len(rows) == 11
    assert "the 60 largest of 70 have a part here" in page


def test_a_department_stands_against_its_baseline_year_by_year() -> None:
    said = town()
    said["periods"] = ["2027", "2028"]
    said["funds"]["general"]["revenue"] = {"2027": 300, "2028": 270}
    said["funds"]["general"]["carryover"] = False
    found = tables(parts(html_page(bo.solve(bo.Scenario.from_document(said))))["department-1"])
    heads, rows, total = found["Money of Parks by year"]
    assert heads == ["Year", "Baseline", "Plan", "Change"]
    # the parks stand at their cap in both years: they bring most for each dollar
    assert rows == [["2027", "$150", "$160", "+$10"], ["2028", "$150", "$160", "+$10"]]
    assert total == ["Together", "$300", "$320", "+$20"]


def test_the_years_of_baselines_add_up(city: bo.Allocation) -> None:
    figures = Figures.of(city)
    group = figures.by("department")
    assert group is not None
    assert figures.baseline_of_groups(group).sum(axis=1).tolist() == [row.baseline for row in group.rows]
