"""The budget in brief: where the money comes from and goes, what changes and what it buys, on one printed page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from budgetopt.report.blocks.content import Block, Cell, Media, Paragraph, ReportColumn, ReportTable, SideBySide
from budgetopt.report.figures.numbers import plural
from budgetopt.report.figures.rounding import round_column
from budgetopt.report.figures.sources_uses import MoneyLine, SourcesAndUses
from budgetopt.report.figures.text import capital
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.outcome_section import ASSUMED

__all__ = ["brief_blocks"]

MOST_LINES, MOST_CHANGES, MOST_OUTCOMES = 6, 3, 6
"""So many lines of money, changes up and down, and outcomes are told in brief."""
SMALL = 10_000
"""Amounts of less than so many dollars in all are told in full."""
FEWEST = 6
"""A plan of fewer programs is brief as it is."""


def brief_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the plan on one printed page: its money, changes and results, largest first, on a page."""
    if view.media is not Media.PAGE or len(view.plan.scenario.programs) < FEWEST:
        return
    found = SourcesAndUses.in_units(view.figures)
    tables = [_money(view, "Source", found.sources), _money(view, "Use", found.uses)]
    if changes := _changes(view):
        tables.append(changes)
    if view.bought.rows:
        tables.append(_bought(view))
    yield SideBySide([table for table in tables if table is not None])
    words = f"Amounts in {view.currency}{view.together}. Every figure stands in full below."
    yield Paragraph(words, note=True)


def _money(view: PlanView, what: str, lines: Sequence[MoneyLine]) -> ReportTable | None:
    """Return the largest lines of money, the others in one, and the share of each."""
    if not lines:
        return None
    amounts = [(line.name.removeprefix("Programs: "), line.amounts[-1]) for line in lines]
    order = sorted(range(len(amounts)), key=lambda at: -amounts[at][1])
    kept = order if len(order) <= MOST_LINES + 1 else order[:MOST_LINES]
    rows = [amounts[at] for at in sorted(kept)] if len(kept) == len(order) else [amounts[at] for at in kept]
    if left := order[len(kept) :]:
        rows.append((plural(len(left), "other line"), sum(amounts[at][1] for at in left)))
    total = sum(amount for _, amount in rows)
    parts = np.maximum(np.array([amount for _, amount in rows], dtype=np.float64), 0.0)
    tenths = round_column(1000 * parts / (parts.sum() or 1.0), 1000 if parts.any() else 0).tolist()
    shares = [f"{view.numbers.number(one / 10, 1)}%" for one in [*tenths, sum(tenths)]]
    dollars = view.figures.unit.dollars

    def amount(units: float) -> str:
        whole = round(units)
        return view.money(whole) if abs(total) * dollars < SMALL else view.numbers.short_money(whole * dollars)

    names, figures = [*(capital(name) for name, _ in rows), "Total"], [*(one for _, one in rows), total]
    columns = [
        ReportColumn(what, names),
        ReportColumn("Amount", list(map(amount, figures)), figure=True),
        ReportColumn("Share", shares, figure=True),
    ]
    caption = "Where it comes from." if what == "Source" else "Where it goes."
    return ReportTable(caption=caption, columns=columns, records=range(len(rows)), total=-1, look="lines")


def _changes(view: PlanView) -> ReportTable | None:
    """Return the largest raises and the largest cuts; None where nothing changes or has a baseline."""
    figures = view.figures
    order = [at for at in figures.by_size_of_change.tolist() if figures.change[at]]
    if not figures.has_baseline or not order:
        return None
    raised = [at for at in order if figures.change[at] > 0][:MOST_CHANGES]
    cut = [at for at in order if figures.change[at] < 0][:MOST_CHANGES]
    rows = [figures.program(at) for at in [*raised, *reversed(cut)]]
    return ReportTable(
        caption="What changes most against the baseline.",
        columns=[
            ReportColumn("Program", "name"),
            ReportColumn(
                "Change",
                lambda row: Cell(
                    view.numbers.short_money(row.change * figures.unit.dollars, signed=True),
                    below=["new" if row.baseline is None else view.share(row)],
                    tone="up" if row.change > 0 else "down",
                ),
                figure=True,
            ),
        ],
        records=rows,
        look="lines",
    )


def _bought(view: PlanView) -> ReportTable:
    """Return the first outcomes of the scenario, and what the plan has of each against the baseline."""
    rows, numbers = view.bought.rows, view.numbers
    shown = rows[:MOST_OUTCOMES]
    more = f" {plural(len(rows) - len(shown), 'more outcome')} below." if len(rows) > len(shown) else ""
    columns = [
        ReportColumn("Outcome", lambda row: Cell(row.name, ASSUMED[row.assumed], below=[row.unit])),
        ReportColumn("Baseline", lambda row: row.text(numbers, row.baseline), figure=True),
        ReportColumn("Plan", lambda row: row.text(numbers, row.level), figure=True),
    ]
    known = all(row.baseline is not None for row in shown)
    columns = [column for column in columns if known or column.header != "Baseline"]
    return ReportTable(caption=f"What it buys.{more}", columns=columns, records=shown, look="lines")
