"""Every table of every result: its columns of figures have units, and a notebook shows it as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from tests.report.documents.test_inert_outputs import Marks
from tests.report.plots.test_plots import CITY, QUESTIONS

import budgetopt as bo

NO_UNIT = {"draw", "limit", "point", "setting", "unit"}
"""Columns of numbers that count nothing: positions, and settings."""
QUESTION_TABLES = {
    "steps": lambda plan: bo.budget_steps(plan, steps=(-0.1, 0.1)),
    "explain_all": bo.explain_all,
    "margins": bo.marginal_returns,
    "prices": bo.prices,
    "replacement": bo.replacement_values,
    "rules": bo.rules_one_by_one,
}


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(CITY))


def tables(found: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of a result by their names."""
    for name in (name for name in dir(found) if not name.startswith("_")):
        value = getattr(found, name)
        if isinstance(value, pd.DataFrame):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", one) for key, one in value.items() if isinstance(one, pd.DataFrame))


def lacking(table: pd.DataFrame) -> set[str]:
    """Return the columns of figures that have no unit."""
    figures = {str(name) for name, kind in table.dtypes.items() if kind.kind in "iuf"}
    return figures - set(table.attrs.get("units", {})) - NO_UNIT


def test_every_column_of_figures_has_a_unit_and_every_result_shows_itself(plan: bo.Allocation) -> None:
    found: dict[str, Any] = {name: ask(plan) for name, ask in QUESTIONS.items()}
    found["Difference"] = bo.diff(plan.scenario, plan.scenario.with_("funds.general.revenue=-5%"), solve=True)
    found["InformationValue"] = bo.information_value(plan)
    found["fund"] = plan.explain("general")
    seen = set()
    for kind, result in found.items():
        for name, table in tables(result):
            if (kind, name) != ("fund", "tables.money"):
                assert lacking(table) == set(), f"{kind}.{name}"
            seen.add(f"{kind}.{name}")
        marks = Marks(result._repr_html_())
        assert marks.elements["table"] >= 1, kind
        assert not marks.elements["script"] + marks.elements["img"], kind
        assert not {name for name in marks.attributes if name.startswith("on")}, kind
    assert len(seen) > 50


@pytest.mark.parametrize("name", QUESTION_TABLES)
def test_tables_of_questions_have_units(plan: bo.Allocation, name: str) -> None:
    assert lacking(QUESTION_TABLES[name](plan)) == set()


def test_units_are_those_of_the_figures(plan: bo.Allocation) -> None:
    assert bo.outlook(plan).table.attrs["units"]["gap"] == "USD"
    weights = bo.weights(plan).ranges.attrs["units"]
    assert weights["from"] == "weighted outcomes per unit of the row"
    assert bo.trade_off(plan, "homes", "visits").points.attrs["units"] == {
        "homes": "homes", "visits": "visits", "rate": "homes per one of visits"
    }  # fmt: skip
    curve = bo.frontier(plan, "funds.general.revenue").pieces.attrs["units"]
    assert (curve["from"], curve["price"]) == ("USD", "weighted outcomes per USD")
    assert bo.compare(plan).plans.attrs["units"]["share"] == "share"
