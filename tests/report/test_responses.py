"""What programs bring at less and at more money, drawn to scale."""

from __future__ import annotations

import math

import pytest
from tests.report.pages import Node, read

import budgetopt as bo
from budgetopt.report import html_page
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.sections.response_section import MOST_CURVES, response_curve


def figures(page: str) -> dict[str, Node]:
    """Return the drawings of a page by the names of the programs."""
    section = next(node for node in read(page).all("section") if node.attributes["id"] == "responses")
    return {figure.one("bdi").text(): figure for figure in section.all("figure")}


def texts(figure: Node) -> list[str]:
    return [node.text() for node in figure.all("span")]


def test_a_curve_is_drawn_to_scale() -> None:
    money, levels = [0.0, 100.0, 200.0, 400.0], [0.0, 20.0, 30.0, 40.0]
    curve = response_curve(
        "Pools", "Visits", "visits", money, levels, Numbers("USD"), plan=200.0, baseline=100.0, limits=(50.0, 300.0)
    )
    assert curve.points == ((0.0, 100.0), (25.0, 50.0), (50.0, 25.0), (100.0, 0.0))
    assert (curve.plan, curve.baseline, curve.floor, curve.ceiling, curve.zero) == (50.0, 25.0, 12.5, 75.0, 100.0)
    assert curve.texts == (
        "plan: 30 visits at $200", "baseline: 20 visits at $100", "limits: at least $50, at most $300"
    )  # fmt: skip


def test_a_curve_without_baseline_and_limits_that_takes_away() -> None:
    curve = response_curve("Depot", "Repairs", "repairs", [0.0, 50.0], [0.0, -10.0], Numbers("USD"), plan=50.0)
    assert curve.points == ((0.0, 0.0), (100.0, 100.0))
    assert (curve.baseline, curve.floor, curve.ceiling, curve.zero) == (None, 0.0, 100.0, 0.0)
    assert curve.texts == ("plan: -10 repairs at $50", "limits: no upper limit")
    nothing = response_curve("A", "B", "b", [0.0], [0.0], Numbers("USD"), plan=0.0, baseline=math.nan)
    assert nothing.points == ((0.0, 0.0),)


def test_a_page_marks_the_plan_the_baseline_and_the_limits(city: bo.Allocation) -> None:
    found = figures(html_page(city))
    # 60 injuries at 5 million, and 50 more over the next 7
    assert texts(found["Vision Zero"]) == [
        "plan: 74.3 injuries at $7 million",
        "baseline: 60 injuries at $5 million",
        "limits: at least $3 million, at most $7 million",
    ]
    svg = found["Vision Zero"].one("svg")
    lines = [float(line.attributes["x1"]) for line in svg.all("line")]
    assert lines == pytest.approx([0.0, 100 * 5 / (1.15 * 7), 100 * 7 / (1.15 * 7)], abs=0.01)
    shaded = [float(one.attributes["width"]) for one in svg.all("rect")]
    assert shaded == pytest.approx([100 * 3 / (1.15 * 7), 100 - 100 / 1.15], abs=0.02)
    assert "Bookmobile" not in found  # it has no money, and no baseline


def test_the_largest_programs_are_drawn(middle: bo.Allocation) -> None:
    found = figures(html_page(middle))
    assert len(found) == MOST_CURVES
    table = middle.programs
    most = table.assign(most=table[["spending", "baseline"]].max(axis=1)).nlargest(MOST_CURVES, "most")
    assert list(found) == most["name"].tolist()


def test_a_straight_line_without_an_end_stays_straight() -> None:
    document = {
        "funds": {"general": {"revenue": 80}}, "outcomes": {"visits": {"unit": "visits", "weight": 1}},
        "programs": {"pool": {"baseline": 50, "outcomes": {"visits": {"per_dollar": 2}}}},
    }  # fmt: skip
    line = figures(html_page(bo.solve(bo.Scenario.from_document(document))))["pool"].one("polyline")
    assert line.attributes["points"] == "0.0,100.0 100.0,0.0"


def test_packages_and_programs_without_effects_are_left_out() -> None:
    visits = {"visits": {"per_dollar": 1}}
    steps = [{"name": "more", "cost": 50, "outcomes": {"visits": 10}}]
    programs = {
        "pool": {"baseline": 50, "outcomes": visits}, "lawn": {"baseline": 50}, "steps": {"packages": steps}
    }  # fmt: skip
    document = {
        "funds": {"general": {"revenue": 200}}, "outcomes": {"visits": {"unit": "visits", "weight": 1}},
        "programs": programs,
    }  # fmt: skip
    page = html_page(bo.solve(bo.Scenario.from_document(document)))
    assert list(figures(page)) == ["pool"]
    document["programs"] = {"lawn": {"baseline": 50}}
    assert 'id="responses"' not in html_page(bo.solve(bo.Scenario.from_document(document)))
