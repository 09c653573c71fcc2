"""A scenario as a notebook shows it: its programs, funds, outcomes and rules as tables."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from budgetopt.errors import escaped
from budgetopt.scenario.column_units import CURRENCY, VALUE, with_units
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.words import plural

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["scenario_html"]


def scenario_html(scenario: Scenario) -> str:
    """Return a scenario as a piece of HTML for a notebook; money is for all periods together."""
    counts = {
        "program": len(scenario.programs),
        "fund": len(scenario.funds),
        "outcome": len(scenario.outcomes),
        "rule": len(scenario.rules),
        "period": len(scenario.periods),
    }
    said = [scenario.document.description, ", ".join(plural(count, word) for word, count in counts.items()) + "."]
    told = "".join(f'<p dir="auto">{escape(escaped(words))}</p>' for words in said if words)
    name = escape(escaped(scenario.name))
    return f"<div><p><strong><bdi>{name}</bdi></strong></p>{told}{''.join(_tables(scenario))}</div>"


def _tables(scenario: Scenario) -> Iterator[str]:
    import pandas as pd

    programs = scenario.programs
    columns = {
        "program": programs.ids,
        "name": programs.names(),
        "department": programs.text("department"),
        "baseline": scenario.total_baselines,
    }
    yield html_table(with_units(pd.DataFrame(columns), scenario), "Programs")
    funds = scenario.funds
    rows = [
        (key, fund.name or key, fund.kind, float(scenario.revenue(key).sum()), fund.opening_balance)
        for key, fund in funds.items()
    ]
    table = pd.DataFrame(rows, columns=["fund", "name", "kind", "revenue", "opening_balance"])
    yield html_table(with_units(table, scenario, {"opening_balance": CURRENCY}), "Funds")
    if scenario.outcomes:
        said = [(key, one.name or key, one.unit, one.weight, one.direction) for key, one in scenario.outcomes.items()]
        table = pd.DataFrame(said, columns=["outcome", "name", "unit", "weight", "direction"])
        yield html_table(with_units(table, scenario, {"weight": f"{VALUE} per unit of the row"}), "Outcomes")
    if scenario.rules:
        reasons = pd.DataFrame([(rule.name, rule.because) for rule in scenario.rules], columns=["rule", "because"])
        yield html_table(reasons, "Rules, and why they are there")
