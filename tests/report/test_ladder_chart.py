"""The ladder as a drawing: well formed, escaped, a bar a rung."""

from __future__ import annotations

from xml.etree import ElementTree

import budgetopt as bo
from budgetopt.report.ladder_chart import ladder_chart

SVG = "{http://www.w3.org/2000/svg}"


def plan_of(name="Town <b>"):
    return bo.solve(
        bo.Scenario.from_document(
            {
                "name": name,
                "funds": {"general": {"revenue": 1000}},
                "outcomes": {"visits": {"weight": 2, "unit": "visits"}},
                "programs": {
                    "library": {
                        "name": "Books & more",
                        "outcomes": {"visits": {"curve": [[0, 0], [600, 300], [900, 390]]}},
                    },
                    "pool": {"outcomes": {"visits": {"curve": [[0, 0], [500, 200]]}}},
                },
            }
        )
    )


def test_each_rung_is_a_bar_as_high_as_what_its_dollars_buy():
    plan = plan_of()
    drawing = ElementTree.fromstring(ladder_chart(plan, bo.budget_steps(plan, steps=(-0.9, -0.1, 0.05, 0.1))))
    bars = drawing.findall(f"{SVG}rect")
    assert len(bars) == 4
    heights = [float(bar.attrib["height"]) for bar in bars]
    # from the left: library's dollars buy 1 in part, pool's 0.8 in the first cut, then 0.8 and 0.6 beyond
    assert heights == sorted(heights, reverse=True)
    words = drawing.find(f"{SVG}desc").text
    assert "Books & more" in words
    assert "A cut of $100 falls most on pool" in words


def test_names_are_escaped():
    plan = plan_of("<script>alert(1)</script>")
    text = ladder_chart(plan, bo.budget_steps(plan, steps=(-0.1,)))
    assert "<script>" not in text
    ElementTree.fromstring(text)


def test_a_ladder_without_rungs_is_an_empty_drawing():
    plan = plan_of()
    table = bo.budget_steps(plan, steps=(-0.1,))
    assert ElementTree.fromstring(ladder_chart(plan, table[table["money"] > 0])).findall(f"{SVG}rect") == []
