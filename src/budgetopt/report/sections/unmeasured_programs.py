"""The programs of which nothing is measured, by the money that they get: what to measure first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from budgetopt.report.blocks.content import Media, ReportColumn, ReportTable, Value
from budgetopt.report.figures.numbers import join_words, plural
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.programs import Ints

__all__ = ["unmeasured_tables", "unmeasured_words"]

_MOST = 20
"""So many programs are listed on a page."""
_NAMED = 3
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class _Unmeasured:
    """A program of which nothing is measured; amounts in units of the report."""

    name: str
    department: str
    baseline: int
    spending: int


def _positions(view: PlanView) -> Ints:
    """Return the programs that get money and of which nothing is measured, those that get the most first."""
    spending = view.figures.spending
    found = np.flatnonzero(~view.plan.scenario.programs.measured() & (spending > 0))
    return found[np.argsort(-spending[found], kind="stable")]


def unmeasured_words(view: PlanView) -> str:
    """Return what to measure first, where half of the money or more goes where nothing is measured; empty elsewhere."""
    positions, spending = _positions(view), view.figures.spending
    money = int(spending[positions].sum())
    if not len(positions) or money < _HALF * int(spending.sum()):
        return ""
    dollars = view.figures.unit.dollars
    names = [
        f"{view.figures.names[at]} ({view.numbers.spoken_money(int(spending[at]) * dollars)})"
        for at in positions[:_NAMED].tolist()
    ]
    who = f"{plural(len(positions), 'program')}, which get{'s' if len(positions) == 1 else ''}"
    return (
        f"Nothing is measured of {who} {view.numbers.spoken_money(money * dollars)} of the plan. By the money at stake,"
        f" measure first what {join_words(names)} achieve{'s' if len(names) == 1 else ''}."
    )


def unmeasured_tables(view: PlanView) -> Iterator[ReportTable]:
    """Yield the table of the programs to be measured, the most money first; a workbook has all of them."""
    positions = _positions(view)
    if not len(positions):
        return
    shown = positions if view.media is Media.WORKBOOK else positions[:_MOST]
    departments = view.plan.scenario.programs.text("department")
    records = [
        _Unmeasured(
            str(view.figures.names[at]),
            str(departments[at]),
            int(view.figures.baseline[at]),
            int(view.figures.spending[at]),
        )
        for at in shown.tolist()
    ]
    more = len(positions) - len(shown)
    rest = f" {plural(more, 'more program')} in the workbook." if more else ""
    columns = [ReportColumn("Program", "name", width=34)]
    if any(record.department for record in records):
        columns.append(ReportColumn("Department", "department", width=26))
    for header, key in (("Baseline", "baseline"), ("Plan", "spending")):
        columns.append(
            ReportColumn(header, _money(view, key), figure=True, format=view.money_format, width=17, total=True)
        )
    sums = (int(amounts[positions].sum()) for amounts in (view.figures.baseline, view.figures.spending))
    name = "Total" if not more else f"Total of all {len(positions):,}"
    total = _Unmeasured(name, "", *sums) if len(positions) > 1 else None
    yield ReportTable(
        title="To be measured",
        caption=f"Programs of which nothing is measured, the most money first.{rest} {view.amounts}.",
        heading="What to measure first",
        columns=columns,
        records=records,
        total=total,
        look="words",
    )


def _money(view: PlanView, key: str) -> Callable[[_Unmeasured], Value]:
    if view.media is Media.WORKBOOK:
        return lambda row: float(getattr(row, key) * view.figures.unit.dollars)
    return lambda row: view.money(getattr(row, key))
