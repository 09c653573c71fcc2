"""An ensemble as a drawing: the amounts of programs in the draws, beside those of the plan."""

from __future__ import annotations

from budgetopt.analysis.risk.ensemble import Ensemble
from budgetopt.report.line_chart import ChartAxis, ChartSeries, line_chart
from budgetopt.report.numbers import Numbers, plural
from budgetopt.report.text import label

__all__ = ["ensemble_chart"]

MOST = 40
"""So many programs are drawn: those with the most money."""


def ensemble_chart(found: Ensemble) -> str:
    """Return the amounts of programs in an ensemble as an SVG drawing that needs nothing else.

    Programs stand side by side in the order of their amounts in the plan: the plan's amount, the median of the draws,
    and the band between their 5% and 95% quantiles. The forty with the most money are drawn; services that cost no
    money are not.

    Parameters
    ----------
    found
        What :func:`budgetopt.ensemble` returned.
    """
    numbers = Numbers(found.plan.scenario.currency)
    paid = found.stability[found.stability["unit"] == found.plan.scenario.currency]
    table = paid.sort_values("spending", ascending=False, kind="stable").head(MOST)
    names = [label(str(program), str(name)) for program, name in table["name"].items()]
    place = [float(at) for at in range(1, len(table) + 1)]
    amounts = {key: table[key].astype(float).tolist() for key in ("spending", "low", "median", "high")}
    words = " ".join(
        f"{name}: {numbers.spoken_money(plan)} in the plan, from {numbers.spoken_money(low)} to"
        f" {numbers.spoken_money(high)} in nine draws of ten."
        for name, plan, low, high in zip(names, amounts["spending"], amounts["low"], amounts["high"], strict=True)
        if low == low  # NaN where no draw has a plan
    )
    series = [
        ChartSeries("5% to 95% of the draws", place, amounts["high"], "band", low=amounts["low"]),
        ChartSeries("median of the draws", place, amounts["median"]),
        ChartSeries("plan", place, amounts["spending"], "points", labels=names),
    ]
    across = ChartAxis("programs, by their amount in the plan")
    up = ChartAxis(f"amount in all periods ({found.plan.scenario.currency})", numbers.short_money, (0.0,))
    title = f"Amounts in {plural(len(found.draws), 'draw')}: {found.plan.scenario.name}"
    return line_chart(title, across, up, series, words)
