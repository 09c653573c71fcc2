"""Plans side by side as a drawing: what each spends, and what it is worth."""

from __future__ import annotations

from budgetopt.analysis.comparing.comparison import PlanComparison
from budgetopt.report.line_chart import ChartAxis, ChartSeries, line_chart
from budgetopt.report.numbers import Numbers, plural
from budgetopt.report.text import capital, one_line

__all__ = ["comparison_chart"]


def comparison_chart(found: PlanComparison) -> str:
    """Return the plans of a comparison as an SVG drawing: a point for each, by its spending and its value.

    Only plans with the objective of the first one are drawn. A plan that misses limits says so beside its name.

    Parameters
    ----------
    found
        What :func:`budgetopt.compare` returns.
    """
    numbers = Numbers(found.scenario.currency)
    what = one_line(found.compared[0].objective.label.split(" ", 1)[1])
    table = found.plans[found.plans["objective"] == found.compared[0].objective.label]
    series, words = [], []
    for name, row in table.iterrows():
        count = int(row["limits_missed"])
        missed = f", misses {plural(count, 'limit')}" if count else ""
        title = f"{one_line(name)}{missed}"
        sentence = f"{numbers.spoken_money(row['spending'])} and {numbers.quantity(row['value'])} {what}"
        series.append(ChartSeries(title, [row["spending"]], [row["value"]], "points", labels=[sentence]))
        words.append(f"{capital(title)}: {sentence}.")
    across = ChartAxis(f"spending ({found.scenario.currency})", numbers.short_money)
    return line_chart(
        f"Plans of {one_line(found.scenario.name)}", across, ChartAxis(what, numbers.quantity), series, " ".join(words)
    )
