"""A plan for several futures, in plain sentences, tables and a chart."""

from __future__ import annotations

import math
from collections.abc import Iterator

from budgetopt.analysis.revenue_tree import FuturesPlan
from budgetopt.report.line_chart import ChartAxis, ChartSeries, line_chart
from budgetopt.report.numbers import Numbers, plural
from budgetopt.report.price_table import aligned
from budgetopt.report.text import label, one_line
from budgetopt.scenario.model import WEIGHTED_OUTCOMES

__all__ = ["futures_chart", "futures_text"]

MOST_ROWS = 30


def futures_text(found: FuturesPlan) -> str:
    """Return what to decide now, what later in each future, and what planning for several futures is worth."""
    numbers = Numbers(found.plan.scenario.currency)
    lines = [one_line(found.plan.scenario.name), "", *_worth(found, numbers), ""]
    rows = [
        [
            one_line(future),
            numbers.share(float(row["probability"])),
            *("none" if math.isnan(row[key]) else _five_digits(numbers, row[key]) for key in ("value", "alone")),
        ]
        for future, row in found.futures.iterrows()
    ]
    headers = ["future", "probability", "this plan brings", "the best plan for it alone"]
    lines += [*aligned(headers, rows, [False, True, True, True]), "", *_amounts(found, numbers)]
    return "\n".join(lines)


def _five_digits(numbers: Numbers, value: float) -> str:
    return numbers.quantity(float(f"{value:.5g}"))


def _worth(found: FuturesPlan, numbers: Numbers) -> Iterator[str]:
    values, unit = found.summary["value"], str(found.summary["unit"].iloc[0])

    def said(measure: str) -> str:
        amount = _five_digits(numbers, float(values[measure]))
        return f"{amount} of weighted outcomes" if unit == WEIGHTED_OUTCOMES else f"{amount} {unit}"

    yield f"The plan for {plural(len(found.futures), 'future')} brings {said('expected value')} on average."
    if math.isnan(values["value of the stochastic solution"]):
        yield "What the average future asks for now cannot be carried out in every future, or is not known."
    else:
        yield f"To plan for the average future instead would lose {said('value of the stochastic solution')} of that."
    yield f"To know now which future comes would be worth {said('expected value of perfect information')}."
    if not found.proved:
        yield "It is not proved that no plan has a better expected value."


def _amounts(found: FuturesPlan, numbers: Numbers) -> Iterator[str]:
    """Yield the amounts of programs: one column for what is decided now, and one for each future."""
    names = dict(zip(found.plan.scenario.programs.ids, found.plan.scenario.programs.names(), strict=True))
    futures = list(found.futures.index)
    wide = found.amounts.pivot_table(index=["program", "period"], columns="future", values="amount", sort=False)
    moved = wide.drop(columns="", errors="ignore")
    differs = moved.max(axis=1) - moved.min(axis=1) > 0.5
    yield "What is decided now, and what later differs between the futures:"
    yield ""
    columns, rows = ["", *futures], []
    # what is decided now stands in a column without a name
    shown = wide[wide[""].notna() | differs]
    for key, row in shown.iterrows():
        program, period = key if isinstance(key, tuple) else (key, "")
        cells = ["" if math.isnan(row.get(column, math.nan)) else numbers.money(row[column]) for column in columns]
        rows.append([label(str(program), str(names[program])), one_line(period), *cells])
    headers = ["program", "period", "now", *futures]
    yield from aligned(headers, rows[:MOST_ROWS], [False, False, *[True] * len(columns)])
    if len(rows) > MOST_ROWS:
        yield f"{plural(len(rows) - MOST_ROWS, 'row')} more: --format csv has all of them."


def futures_chart(found: FuturesPlan) -> str:
    """Return the money of all programs in each period and future as an SVG drawing that needs nothing else.

    Parameters
    ----------
    found
        What :func:`budgetopt.plan_for_futures` returned.
    """
    numbers, periods = Numbers(found.plan.scenario.currency), list(found.plan.scenario.periods)
    totals = found.amounts.groupby(["period", "future"])["amount"].sum()
    series, words = [], []
    for future in found.futures.index:
        money = [float(totals.get((period, ""), totals.get((period, future), math.nan))) for period in periods]
        series.append(ChartSeries(future, [float(at) for at in range(1, len(periods) + 1)], money, marked=True))
        words.append(f"{future}: {', '.join(map(numbers.spoken_money, money))}.")
    up = ChartAxis(f"money of all programs ({found.plan.scenario.currency})", numbers.short_money, (0.0,))
    across = ChartAxis(f"period: {', '.join(periods)}")
    return line_chart(f"Money in each future: {found.plan.scenario.name}", across, up, series, " ".join(words))
