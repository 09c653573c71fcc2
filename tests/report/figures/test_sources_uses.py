"""Sources and uses, and years: added up by hand, and balanced for any plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from openpyxl import load_workbook
from tests.measures import few
from tests.report.pages import read, table
from tests.strategies import scenarios

import budgetopt as bo
from budgetopt.report import Figures, html_page
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.sources_uses import MOST_LINES, SourcesAndUses
from budgetopt.report.sections.year_section import recurring_chart


def town() -> dict[str, Any]:
    """Two years; a grant that ends and lapses, one-time money that pays for what goes on, and a demanded transfer."""
    visits = {"visits": {"per_dollar": 1.0}}
    programs = {
        "pools": {"priority": "Health", "baseline": 100, "spending": {"at_most": 112}, "outcomes": visits},
        "clinic": {
            "priority": "Health", "tags": ["care"], "funds": ["grant"], "spending": {"at_most": 25}, "outcomes": visits
        },
        "bridge": {"priority": "Streets", "funds": ["capital"], "recurring": False, "outcomes": visits},
    }  # fmt: skip
    funds = {
        "general": {
            "name": "General fund", "revenue": 100, "one_time": {"P1": 10}, "opening_balance": 40, "reserve": 15,
            "transfers_to": {"capital": {"at_least": 5, "at_most": 5}},
        },
        "grant": {"kind": "grant", "revenue": {"P1": 30}, "only": {"tags": "care"}, "carryover": False},
        "capital": {"kind": "capital", "revenue": 2},
    }  # fmt: skip
    outcomes = {"visits": {"unit": "visits", "weight": 1}}
    return {"name": "Town", "periods": ["P1", "P2"], "funds": funds, "outcomes": outcomes, "programs": programs}


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(town()))


SOURCES = [
    ("Opening balances", (40, 33, 40)),
    ("General fund, recurring revenue", (100, 100, 200)),
    ("capital, recurring revenue", (2, 2, 4)),
    ("General fund, one-time revenue", (10, 0, 10)),
    ("grant, grant", (30, 0, 30)),
    ("Transfers from other funds", (5, 5, 10)),
]
USES = [
    ("Programs: Health", (137, 112, 249)),
    ("Programs: Streets", (7, 7, 14)),
    ("Transfers to other funds", (5, 5, 10)),
    ("Lapses at the close", (5, 0, 5)),
    ("Balances at the close: reserves", (15, 15, 15)),
    ("Balances at the close: above the reserves", (18, 1, 1)),
]


def test_every_dollar_stands_once(plan: bo.Allocation) -> None:
    found = SourcesAndUses.in_units(Figures.of(plan))
    assert [(line.name, line.amounts) for line in found.sources] == SOURCES
    assert [(line.name, line.amounts) for line in found.uses] == USES


def test_a_page_shows_both_with_one_total(plan: bo.Allocation) -> None:
    section = next(node for node in read(html_page(plan)).all("section") if node.attributes["id"] == "sources-uses")
    sources, uses = map(table, section.all("table"))
    assert sources[0] == ["Sources", "P1", "P2", "All periods"]
    assert sources[1][0] == ["Opening balances", "40", "33", "40"]
    assert sources[2] == uses[2] == ["Total", "187", "140", "294"]


def test_a_workbook_has_both_to_the_cent(plan: bo.Allocation, tmp_path: Path) -> None:
    book = load_workbook(plan.to_excel(tmp_path / "plan.xlsx"))
    for name, lines in (("Sources", SOURCES), ("Uses", USES)):
        rows = list(book[name].iter_rows(min_row=2, values_only=True))
        assert [(row[0], row[1:]) for row in rows[:-1]] == [(line, pytest.approx(amounts)) for line, amounts in lines]
        assert rows[-1] == ("Total", *(f"=SUM({column}2:{column}7)" for column in "BCD"))


@few(1, at_most=100)
@given(scenarios())
def test_sources_are_uses_in_every_plan(scenario: bo.Scenario) -> None:
    figures = Figures.of(bo.solve(scenario))
    for found, off in ((SourcesAndUses.in_units(figures), 0.0), (SourcesAndUses.in_dollars(figures), 0.004)):
        columns = len(scenario.periods) + (len(scenario.periods) > 1)
        sums = [
            [sum(line.amounts[at] for line in side) for at in range(columns)] for side in (found.sources, found.uses)
        ]
        assert sums[0] == pytest.approx(sums[1], abs=off, rel=1e-12 if off else 0.0)


def test_many_funds_of_a_kind_stand_in_one_line() -> None:
    document = town()
    document["funds"] |= {f"f{at}": {"revenue": 1 + at, "spending": {"at_most": 0}} for at in range(40)}
    found = SourcesAndUses.in_units(Figures.of(bo.solve(bo.Scenario.from_document(document))))
    recurring = [line for line in found.sources if "recurring revenue" in line.name]
    assert len(recurring) == MOST_LINES + 1
    assert recurring[-1].name == "22 other funds, recurring revenue"
    # the largest 20 are the general fund and those of 40 down to 22; left are 21 down to 1, and the capital fund's 2
    assert recurring[-1].amounts == (21 * 22 / 2 + 2, 21 * 22 / 2 + 2, 2 * (21 * 22 / 2 + 2))


def test_years_say_what_goes_on_and_what_ends(plan: bo.Allocation) -> None:
    section = next(node for node in read(html_page(plan)).all("section") if node.attributes["id"] == "years")
    heads, rows, _ = table(section.one("table"))
    years = [dict(zip(heads, row, strict=True)) for row in rows]
    money = ("Opening", "Revenue", "One-time revenue", "Spending", "Of it recurring", "Closing", "Reserve to keep")
    figures = [[float(year[name].replace("–", "0")) for name in money] for year in years]
    assert figures == [[40, 132, 10, 144, 137, 38, 15], [33, 102, 0, 119, 112, 16, 15]]
    assert [float(year["Structural balance"].replace("−", "-")) for year in years] == [-5, -10]
    told = [item.text() for item in list(section.all("ul"))[-1].all("li")]
    general, grant = told
    assert general.startswith(
        "General fund: One-time money ends in P1: the year after, recurring spending is $12 above"
    )
    assert general.endswith("It keeps its reserve in every year; the least above it is $1, in P2.")
    assert grant.startswith("grant: Its revenue ends in P1; in the year after, $25 of its spending falls away.")


def test_one_period_has_no_years(small: bo.Allocation) -> None:
    assert 'id="years"' not in html_page(small)


def test_the_chart_of_years_is_drawn_to_scale() -> None:
    chart = recurring_chart(["A", "B"], [50.0, 100.0], [75.0, 100.0], Numbers("USD"))
    assert chart is not None
    assert [(chart.width(bar), chart.place(bar.reference)) for bar in chart.bars] == [(50.0, 75.0), (100.0, 100.0)]
    assert chart.bars[0].words == "A: recurring spending of $50, $25 below recurring revenue."
    assert chart.bars[1].words == "B: recurring spending of $100, as much as recurring revenue."
    assert recurring_chart(["A"], [0.0], [0.0], Numbers("USD")) is None
