"""The bars of a plan that the page shows, as a chart for a notebook and for files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.report.blocks.charts import balance_chart, change_chart, group_chart
from budgetopt.report.blocks.content import Chart
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.rounded_money import Figures, Group
from budgetopt.report.figures.text import one_line
from budgetopt.report.plots.chart_parts import (
    MOST_ROWS,
    Kind,
    chart_library,
    finished,
    money_label,
    named_axis,
    number_axis,
    series_scale,
    some_of,
    tips,
    told_apart,
)
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["FUNDS", "allocation_chart", "bars_chart"]

FUNDS = "funds"
"""What asks for the balances of the funds."""
_Found = TypeVar("_Found")


def allocation_chart(plan: Allocation, by: str | None = None) -> LayerChart:
    """Return the money of a plan as a chart.

    Parameters
    ----------
    plan
        The plan.
    by
        An attribute of the programs, such as ``department`` or ``priority``: the plan beside the baseline. ``funds``:
        what each fund closes with, and its reserve. Left out, the largest changes against the baseline, or the largest
        programs where nothing changes.

    Raises
    ------
    UnknownNameError
        If the programs have no such attribute.
    OptionError
        If it says nothing: all programs have the same, or no fund keeps any money.
    """
    figures, numbers = Figures.of(plan), Numbers(plan.scenario.currency)
    own = tuple(plan.scenario.programs.under("attributes"))
    names = [FUNDS, "department", "priority", *own]
    if by is not None and by not in names:
        raise UnknownNameError("attribute", by, names)
    if by is None:
        chart = change_chart(figures, numbers) or _largest(figures, numbers)
    elif by == FUNDS:
        chart = _known(balance_chart(figures, numbers), "no fund closes a period with money or must keep a reserve")
    else:
        group = _known(figures.by(by, f"attributes.{by}" if by in own else by), f"no two programs differ in {by}")
        chart = group_chart(group, figures, numbers)
    return bars_chart(plan.scenario, chart)


def _known(found: _Found | None, reason: str) -> _Found:
    if found is None:
        raise OptionError(f"there is nothing to draw: {reason}", hint="leave `by` out, or name another attribute")
    return found


def _largest(figures: Figures, numbers: Numbers) -> Chart:
    """Return the programs with the most money, the plan beside the baseline."""
    order = (-figures.spending).argsort(kind="stable")
    rows = tuple(figures.program(at) for at in order[:MOST_ROWS].tolist())
    group = Group("Program", rows, figures.total, np.argsort(order))
    return replace(group_chart(group, figures, numbers), more=len(order) - len(rows))


def bars_chart(scenario: Scenario, chart: Chart) -> LayerChart:
    """Return bars of a page as a chart: a bar a row, and a tick for what is behind it or must be kept.

    Parameters
    ----------
    scenario
        What it is about: its name and its currency.
    chart
        The bars as the page shows them.
    """
    import pandas as pd

    alt = chart_library()
    bars, (own, behind) = chart.bars[:MOST_ROWS], chart.legend
    kinds = {"plan": own, "up": "more", "down": "less"}
    frame = pd.DataFrame(
        {
            "row": told_apart([bar.name for bar in bars], [str(at) for at in range(1, len(bars) + 1)]),
            "amount": [bar.value for bar in bars],
            "kind": [kinds[bar.kind] for bar in bars],
            behind: [bar.reference if chart.based else None for bar in bars],
            "reserve": [bar.mark for bar in bars],
        }
    ).astype({behind: float, "reserve": float})
    ticks = [name for name, there in ((behind, chart.based), ("reserve", chart.reserve)) if there]
    seen = set(frame["kind"])
    names = [*(name for name in kinds.values() if name in seen), *ticks]
    kind: Kind = "number" if chart.unit else "money"
    label = f"{chart.measure} ({one_line(chart.unit)})" if chart.unit else money_label(chart.measure, scenario)
    across = number_axis("amount", label, kind, zero=True)
    base = alt.Chart().encode(
        y=alt.Y(**named_axis("row", frame["row"].tolist())),
        tooltip=tips({"row": ("", None), "amount": (label, kind), **{name: (name, kind) for name in ticks}}),
    )
    color = alt.Color(field="kind", type="nominal", **series_scale(names))
    layers = [base.mark_bar(height=10, opacity=0.8).encode(x=alt.X(**across), color=color)]
    for name in ticks:
        tick = base.transform_calculate(kind=repr(name)).mark_tick(thickness=3, height=14)
        layers.append(tick.encode(x=alt.X(**{**across, "field": name}), color=color))
    drawn = some_of(len(bars), len(chart.bars) + chart.more, "row")
    words, title = " ".join(bar.words for bar in bars), f"{chart.title}: {one_line(scenario.name)}{drawn}"
    return finished(alt.layer(*layers, data=frame), title, words, rows=len(frame))
