"""Tables of a notebook: figures by their units, words as text, and units that stay with a table."""

from __future__ import annotations

import math
import re
from html import unescape

import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.scenario.column_units import CURRENCY, PRICE, SHARE, value_unit, with_units
from budgetopt.scenario.html_table import html_table

TOWN = {
    "name": "Elm <b>town</b>",
    "currency": "EUR",
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"visits": {"unit": "visits", "weight": 2}},
    "programs": {
        "library": {
            "name": "<script>alert(1)</script>",
            "baseline": 500,
            "outcomes": {"visits": {"per_dollar": 0.5}},
        }
    },
    "rules": [{"name": "Cap", "because": "Council <i>7</i>", "sum": "spending", "at_most": 900}],
}


@pytest.fixture(scope="module")
def town() -> bo.Scenario:
    return bo.Scenario.from_document(TOWN)


def cells(html: str, tag: str = "td") -> list[str]:
    found = re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", html, re.DOTALL)
    return [unescape(re.sub(r"</?(?:bdi|strong)>", "", cell)) for cell in found]


def shown(town: bo.Scenario, unit: str, *values: float) -> list[str]:
    return cells(html_table(with_units(pd.DataFrame({"figure": list(values)}), town, {"figure": unit})))


@pytest.mark.parametrize(
    ("unit", "values", "texts"),
    [
        (CURRENCY, [1234567.6, -0.0, -12345.0, math.nan], ["1,234,568", "0", "\N{MINUS SIGN}12,345", ""]),
        (CURRENCY, [0.25, 3.0], ["0.25", "3.00"]),
        (SHARE, [0.0512, -0.00001], ["5.1%", "0.0%"]),
        ("visits", [0.123456789, 123456.7, 1e9, math.inf], ["0.123457", "123,457", "1,000,000,000", "\N{INFINITY}"]),
        (PRICE, [2.5, -math.inf], ["2.5", "\N{MINUS SIGN}\N{INFINITY}"]),
    ],
)
def test_figures_are_written_by_their_unit(town: bo.Scenario, unit: str, values: list[float], texts: list[str]) -> None:
    assert shown(town, unit, *values) == texts


def test_a_caption_names_each_unit_once_and_a_unit_of_all_rows_is_no_column(town: bo.Scenario) -> None:
    table = pd.DataFrame({"name": ["a", "b"], "before": [1.0, 2.0], "left_out": [0.5, 0.25], "unit": "EUR", "ok": True})
    html = html_table(with_units(table, town, {"left_out": SHARE}), "Moves")
    assert cells(html, "caption") == ["Moves. Before in EUR; left out in percent."]
    assert cells(html, "th") == ["name", "before", "left out", "ok"]
    assert cells(html)[:4] == ["a", "1", "50.0%", "yes"]
    mixed = pd.DataFrame({"level": [1.0, 2.0], "unit": ["visits", "homes"]})
    html = html_table(with_units(mixed, town))
    assert cells(html, "caption") == ["Level in unit of the row."]
    assert cells(html, "th") == ["level", "unit"]


def test_of_a_long_table_the_ends_are_shown_and_the_rest_is_counted(town: bo.Scenario) -> None:
    html = html_table(with_units(pd.DataFrame({"spending": range(1000)}), town))
    found = cells(html)
    assert found[:10] == [str(at) for at in range(10)]
    assert found[10] == "and 980 more rows"
    assert found[11:] == [str(at) for at in range(990, 1000)]
    assert len(cells(html_table(pd.DataFrame({"a": range(21)})))) == 21


def test_figures_stand_right_words_fold_and_nothing_has_a_color() -> None:
    html = html_table(pd.DataFrame({"name": ["x" * 200], "spending": [1.0], "reason": ["a b"]}))
    assert html.count('<td style="text-align:right') == 1
    assert html.count('<td style="text-align:left;max-width') == 2
    assert "color" not in html


def test_no_name_is_markup(town: bo.Scenario) -> None:
    hostile = '"><img src=x onerror=alert(1)>\u202e\x00'
    table = pd.DataFrame({hostile: [1.0], "name": [hostile]}, index=pd.Index([hostile], name="<b>"))
    html = html_table(with_units(table, town, {hostile: hostile}), hostile, index=True)
    assert set(re.findall(r"<(\w+)", html)) == {"table", "caption", "strong", "thead", "tbody", "tr", "th", "td", "bdi"}
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "\\u202e" in html


def test_a_scenario_shows_itself_with_the_reasons_of_its_rules(town: bo.Scenario) -> None:
    html = town._repr_html_()
    texts = [*cells(html), *cells(html, "caption"), *cells(html, "p")]
    assert "Elm <b>town</b>" in texts
    assert "1 program, 1 fund, 1 outcome, 1 rule, 1 period." in texts
    assert {"<script>alert(1)</script>", "Council <i>7</i>", "1,000", "2", "visits"} <= set(texts)
    assert "Funds. Revenue, opening balance in EUR." in texts
    assert "<script" not in html


def test_units_stay_with_a_table_that_is_cut_and_changed(town: bo.Scenario) -> None:
    plan = bo.solve(town)
    units = plan.programs.attrs["units"]
    assert units == {
        "baseline": "EUR", "spending": "EUR", "change": "EUR", "change_share": "share", "units": "units of service"
    }  # fmt: skip
    for table in (
        plan.programs.head(1),
        plan.programs[plan.programs["spending"] > 0],
        plan.programs.sort_values("spending"),
        plan.programs.assign(half=1.0),
        plan.programs.reset_index(),
        plan.programs.copy(),
    ):
        assert table.attrs["units"] == units
    assert plan.funds.attrs["units"]["price"] == "weighted outcomes per EUR"


@pytest.mark.parametrize(
    ("objective", "unit"),
    [
        ({"maximize": "weighted outcomes"}, "weighted outcomes"),
        ({"maximize": "weighted outcomes", "name": "net benefits"}, "net benefits"),
        ({"maximize": "visits"}, "visits"),
        ({"minimize": "spending"}, "EUR"),
        ({"minimize": "largest cut"}, "share"),
    ],
)
def test_a_value_is_counted_in_what_the_objective_counts(objective: dict[str, str], unit: str) -> None:
    assert value_unit(bo.Scenario.from_document({**TOWN, "objective": objective})) == unit
