"""The best value against a number of a scenario as a drawing."""

from __future__ import annotations

from budgetopt.analysis.frontiers.frontier import Frontier
from budgetopt.formulation.stages import label_of
from budgetopt.report.frontier_words import frontier_lines, number_said
from budgetopt.report.line_chart import ChartAxis, ChartSeries, line_chart
from budgetopt.report.numbers import Numbers
from budgetopt.report.text import capital, one_line

__all__ = ["frontier_chart"]


def frontier_chart(found: Frontier) -> str:
    """Return what :func:`budgetopt.frontier` returned as an SVG drawing that needs nothing else.

    The line joins the ends of the pieces; on a grid there are points alone, since the value between them is not known.
    """
    numbers = Numbers(found.scenario.currency)
    short = numbers.short_money if found.is_money else lambda value: number_said(found, value, numbers)
    at, values = found.points["figure"].tolist(), found.points["value"].tolist()
    labels = [f"{number_said(found, x, numbers)}: {numbers.quantity(y)}" for x, y in zip(at, values, strict=True)]
    if found.is_exact:
        series = ChartSeries("best value", at, values, labels=labels, marked=len(at) <= 60)
    else:
        series = ChartSeries("best value", at, values, "points", labels=labels)
    words = [line for line in frontier_lines(found) if line and not line.startswith("  ")][:3]
    return line_chart(
        f"Best value against {one_line(found.figure)}",
        ChartAxis(one_line(found.figure), short),
        ChartAxis(capital(label_of(found.scenario.objective[0])), numbers.quantity),
        [series],
        " ".join(words),
        now=(found.now, "now") if found.low <= found.now <= found.high else None,
    )
