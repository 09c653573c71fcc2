"""A plan for a tree of forecasts in words: what is decided now, what comes of it, and what foresight is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.analysis.risk.forecast_tree import ForecastPlan
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.limit_lines import Gain
from budgetopt.report.figures.numbers import Numbers, join_words, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.figures.text_table import TextTable

__all__ = ["forecast_document", "forecast_lines"]

SHOWN = 25
"""So many programs are printed one by one."""
NOTHING = 1e-9
"""A share of the value below which a difference is none."""


def forecast_lines(found: ForecastPlan) -> Iterator[str]:
    """Yield the branches, what is decided before they part, and what is adjusted afterwards."""
    scenario, numbers = found.scenario, Numbers(found.scenario.currency)
    periods = scenario.periods[: found.periods_in_common]
    yield f"{one_line(scenario.name)}: a plan for {plural(len(found.leaves), 'forecast')}"
    yield ""
    what = one_line(label_of(scenario.objective[0]))
    yield f"“{what}” is {numbers.quantity(found.value)} on average of the forecasts, by their probabilities."
    conceded = abs(found.best_value - found.value)
    gives_up = conceded > 1e-6 * abs(found.best_value)
    than = f" than {numbers.quantity(found.best_value)}" if gives_up else ""
    if found.proved:
        yield f"Proved: no plan that decides the same as long as nothing is known has a better average{than}."
    else:
        yield f"The search ended before it was proved that no plan has a better average{than}."
    if gives_up:
        yield f"Later objectives and rounding give up {numbers.quantity(conceded)} of that."
    yield from _foresight(found, numbers)
    yield ""
    yield from _branches(found, numbers)
    yield ""
    yield from _now(found, periods, numbers)
    yield from _later(found, numbers)


def _foresight(found: ForecastPlan, numbers: Numbers) -> Iterator[str]:
    gain = Gain.of(found.plans[0], numbers)
    size = NOTHING * max(abs(found.best_value), 1.0)
    known = found.perfect_information
    if known > size:
        yield f"To know from the beginning which forecast comes would {gain.words(known)} on average."
    elif not math.isnan(known):
        yield "To know from the beginning which forecast comes would be worth nothing on average."
    planned = found.stochastic_solution
    if found.mean_reason:
        yield f"How much planning for the mean of the figures would lose is not told: {found.mean_reason}."
    elif planned > size:
        yield (
            "A plan for the mean of the figures has first decisions that are worse: to plan for the forecasts "
            f"instead would {gain.words(planned)} on average."
        )
    else:
        yield "A plan for the mean of the figures has first decisions that are as good on average."


def _branches(found: ForecastPlan, numbers: Numbers) -> Iterator[str]:
    periods = found.scenario.periods
    headers = ["forecast", "probability", "value", "if it were known", *(f"money {one_line(each)}" for each in periods)]
    alone = ["not found" if math.isnan(value) else numbers.quantity(value) for value in found.alone.tolist()]
    rows = []
    for (name, row), known in zip(found.branches.iterrows(), alone, strict=True):
        money = [numbers.short_money(row[each]) for each in periods]
        rows.append([one_line(name), numbers.share(row["probability"]), numbers.quantity(row["value"]), known, *money])
    yield TextTable(headers, rows)


def _now(found: ForecastPlan, periods: tuple[str, ...], numbers: Numbers) -> Iterator[str]:
    when = join_words([one_line(each) for each in periods])
    table, names = found.now, found.scenario.programs.names()
    amounts, first = table[list(periods)].to_numpy(), table["baseline"].to_numpy()
    change = np.where(np.isnan(first), amounts[:, 0], amounts[:, 0] - first)
    moved = np.flatnonzero(np.abs(change) > found.scenario.cent)
    order = moved[np.argsort(-np.abs(change[moved]), kind="stable")]
    yield f"Decided whatever comes, for {when}:"
    rows = [
        [
            label(str(table.index[at]), names[at]),
            "" if math.isnan(first[at]) else numbers.money(first[at]),
            *(numbers.money(amount) for amount in amounts[at]),
        ]
        for at in order[:SHOWN].tolist()
    ]
    headers = ["program", "baseline", *(one_line(each) for each in periods)]
    if rows:
        yield TextTable(headers, rows)
    if len(order) > SHOWN:
        yield f"and {plural(len(order) - SHOWN, 'more program')} that move; --format csv prints all"
    if still := len(table) - len(order):
        keep = "keeps its" if still == 1 else "keep their"
        yield f"{plural(still, 'program')} {keep} baseline in {one_line(periods[0])}."


def _later(found: ForecastPlan, numbers: Numbers) -> Iterator[str]:
    """Yield the programs whose money depends on what comes, those that depend on it most first."""
    amounts = np.array([plan.spending.sum(axis=1) for plan in found.plans])
    spread = amounts.max(axis=0) - amounts.min(axis=0)
    at = spread.argmax(axis=1)
    width = spread[np.arange(len(at)), at]
    order = np.argsort(-width, kind="stable")
    order = order[width[order] > found.scenario.cent]
    yield ""
    if not len(order):
        yield "Nothing is adjusted later: every program gets the same in all forecasts."
        return
    ids, names, periods = found.scenario.programs.ids, found.scenario.programs.names(), found.scenario.periods
    yield f"Adjusted when it is known which forecast comes ({plural(len(order), 'program')}):"
    headers = ["program", "period", *(one_line(leaf.name) for leaf in found.leaves)]
    rows = [
        [
            label(str(ids[row]), names[row]),
            one_line(periods[at[row]]),
            *(numbers.money(amount) for amount in amounts[:, row, at[row]]),
        ]
        for row in order[:SHOWN].tolist()
    ]
    yield TextTable(headers, rows, names=2)
    if len(order) > SHOWN:
        yield f"and {plural(len(order) - SHOWN, 'more program')}"


def forecast_document(found: ForecastPlan) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    return {
        "value": found.value,
        "best_value": found.best_value,
        "proved": found.proved,
        "perfect_information": found.perfect_information,
        "stochastic_solution": found.stochastic_solution,
        "mean_reason": found.mean_reason,
        "branches": found.branches.reset_index().to_dict(orient="records"),
        "now": found.now.reset_index().to_dict(orient="records"),
    }
