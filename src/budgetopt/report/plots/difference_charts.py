"""Charts of what differs: between two scenarios, two budget files, and a plan and its edited copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetopt.analysis.comparing.budget_files import BudgetDifference
from budgetopt.analysis.comparing.differences import Difference
from budgetopt.analysis.comparing.edited_plan import EditedPlan
from budgetopt.errors import OptionError
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import one_line
from budgetopt.report.plots.chart_parts import (
    MOST_ROWS,
    finished,
    money_label,
    number_axis,
    range_chart,
    some_of,
    told_apart,
)
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["budget_difference_chart", "difference_chart", "edited_chart"]


def difference_chart(found: Difference) -> LayerChart:
    """Return what programs get in the plans of two scenarios as a chart, the largest change first.

    Parameters
    ----------
    found
        What :func:`budgetopt.diff` returned, with both scenarios solved.

    Raises
    ------
    OptionError
        If they were not solved.
    """
    if found.plans is None:
        message = "the two scenarios are not solved, so that there are no amounts to draw"
        raise OptionError(message, hint="diff(before, after, solve=True)")
    table = found.moves.reset_index(names="key")
    return _before_and_after(found.after, table, "program", f"Before and after: {one_line(found.after.name)}")


def budget_difference_chart(found: BudgetDifference) -> LayerChart:
    """Return what departments get in two budget files as a chart, or programs where no department is named.

    Parameters
    ----------
    found
        What :func:`budgetopt.diff_budgets` returned.
    """
    files, what = " and ".join(map(one_line, found.files)), "department"
    table = found.departments.reset_index(names="key")
    if table.empty:
        table, what = found.programs.reset_index(names="key"), "program"
    return _before_and_after(found.after, table, what, f"Before and after: {files}")


def edited_chart(found: EditedPlan) -> LayerChart:
    """Return the amounts that were edited as a chart, all periods of a program together, the largest change first.

    Parameters
    ----------
    found
        What :func:`budgetopt.edited_plan` returned.
    """
    sums = found.moves.groupby("program", sort=False)[["before", "after", "change"]].sum().reset_index(names="key")
    return _before_and_after(found.scenario, sums, "program", f"Edited by hand: {one_line(found.scenario.name)}")


def _before_and_after(scenario: Scenario, table: pd.DataFrame, what: str, title: str) -> LayerChart:
    """Return rows of what was before and is after, from a table with a ``key``, where that differs by a cent."""
    numbers = Numbers(scenario.currency)
    moved = table[table["change"].abs() > scenario.cent / 2]
    frame = moved.sort_values("change", key=abs, ascending=False, kind="stable").head(MOST_ROWS).reset_index(drop=True)
    keys = [str(key) for key in frame["key"].tolist()]
    known = dict(zip(scenario.programs.ids.tolist(), scenario.programs.names().tolist(), strict=True))
    names = told_apart([known.get(key, key) if what == "program" else key for key in keys], keys)
    frame = frame[["before", "after", "change"]].assign(**{what: names})
    across = number_axis("before", money_label("money of all periods", scenario), "money", zero=True)
    chart = range_chart(frame, what, across, ("change", "before", "after"), {"before": "before", "after": "after"})
    words = " ".join(
        f"{name}: from {numbers.spoken_money(before)} to {numbers.spoken_money(after)}."
        for name, before, after in frame[[what, "before", "after"]].itertuples(index=False)
    )
    rows = max(len(frame), 1)
    return finished(chart, f"{title}{some_of(len(frame), len(moved), what)}", words or "No amount differs.", rows=rows)
