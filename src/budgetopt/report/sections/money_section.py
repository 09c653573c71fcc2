"""The section on money: by priority, by department and by program."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.report.blocks.charts import change_chart, group_chart
from budgetopt.report.blocks.content import Block, Bullets, Cell, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.figures.numbers import plural
from budgetopt.report.figures.rounded_money import Group, MoneyRow
from budgetopt.report.figures.rounding import round_column
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.words.plan_words import free_service_words

__all__ = ["MOST_PARTS", "NOT_FUNDED", "change_cell", "money_blocks", "money_columns", "part_anchor"]

MOST_PARTS = 60
"""How many departments, and how many priorities, have a part of their own on a page."""


NOT_FUNDED = "not funded"
"""What a page says of a program without a baseline that is not funded."""


def money_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the tables of money and, on a page, their charts."""
    groups = [group for group in (view.figures.by("priority"), view.figures.by("department")) if group is not None]
    for number, group in enumerate(groups):
        yield group_chart(group, view.figures, view.numbers)
        yield _group_table(view, group, Media.PAGE if number else ~Media.NOTEBOOK)
    yield from _program_blocks(view)
    changes = change_chart(view.figures, view.numbers) if view.media is Media.PAGE else None
    table = ("table of programs", "#programs")
    if changes:
        yield changes
        if changes.more:
            more = plural(changes.more, "more program changes", "more programs change")
            yield Paragraph(f"{more} by less; all of them stand in the", note=True, link=table, media=Media.PAGE)
    elif not groups:
        yield Paragraph("Every program stands in the", link=table, media=Media.PAGE)


def money_columns(view: PlanView, header: str) -> list[ReportColumn]:
    """Return the columns of every table of money: baseline, plan and change."""
    name = ReportColumn(header, "name")
    plan = ReportColumn("Plan", lambda row: view.money(row.spending), figure=True)
    if not view.figures.has_baseline:
        return [name, plan]
    return [
        name,
        ReportColumn("Baseline", lambda row: view.money(row.baseline), figure=True),
        plan,
        ReportColumn("Change", lambda row: change_cell(view, row), figure=True),
        ReportColumn("", view.share, figure=True, media=Media.TERMINAL | Media.MARKDOWN, optional=True),
    ]


def change_cell(view: PlanView, row: MoneyRow) -> Cell:
    """Return a change, its share below it on a page."""
    if row.baseline is None and not row.spending and not row.funded and view.media is Media.PAGE:
        return Cell(NOT_FUNDED)
    return Cell(view.change(row), below=[view.share(row)], tone="up" if row.change > 0 else "down")


def part_anchor(title: str, position: int) -> str:
    """Return the address on a page of the part of a department or priority, from its position among them."""
    return f"{title.lower()}-{position + 1}"


def _group_table(view: PlanView, group: Group, media: Media) -> ReportTable:
    spending = np.array([row.spending for row in group.rows], dtype=np.float64)
    tenths = round_column(1000 * spending / (spending.sum() or 1.0), 1000 if spending.any() else 0).tolist()
    shares = dict(zip((row.name for row in group.rows), tenths, strict=True))

    def share(row: MoneyRow) -> str:
        return f"{view.numbers.number(shares.get(row.name, sum(tenths)) / 10, 1)}%"

    anchors = {row.name: part_anchor(group.title, at) for at, row in enumerate(group.rows[:MOST_PARTS])}

    def name(row: MoneyRow) -> Cell:
        return Cell(row.name, link=f"#{anchors[row.name]}" if row is not group.total and row.name in anchors else "")

    columns = money_columns(view, group.title)[1:]
    return ReportTable(
        title=f"Money by {group.title.lower()}, in {view.currency}{view.together}",
        caption=f"Spending by {group.title.lower()}. {view.amounts}.",
        columns=[
            ReportColumn(group.title, name),
            ReportColumn("Programs", lambda row: view.numbers.number(row.programs), figure=True, media=Media.PAGE),
            *columns,
            ReportColumn("Share of plan", share, figure=True, media=Media.PAGE),
        ],
        records=group.rows,
        total=group.total,
        beside_chart=True,
        media=media,
    )


def _program_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the programs of a summary, the largest changes first; those that are not shown stand in one row."""
    if not view.media & Media.SUMMARY:
        return
    order = view.figures.by_size_of_change.tolist()
    chosen, others = order[: view.most_programs], order[view.most_programs :]
    rows = [view.figures.program(at) for at in chosen]
    title = f"Money by program, in {view.currency}{view.together}"
    if others:
        title += "; the largest changes first" if view.figures.has_baseline else "; the largest first"
        rows.append(view.figures.together("and {} more", others))
    reasons = [*view.plan.columns.programs["reason"].tolist(), ""]
    why = ReportColumn(
        "Why", lambda row: one_line(reasons[row.position]), media=Media.TERMINAL | Media.NOTEBOOK, beneath=True
    )
    columns = [*money_columns(view, "Program"), why]
    yield ReportTable(title=title, columns=columns, records=rows, total=view.figures.total, media=Media.SUMMARY)
    if view.packages:
        names = [one_line(name) for name in view.figures.names.tolist()]
        taken = sorted(view.packages, key=lambda at: -int(view.figures.spending[at]))
        items = [f"{names[at]} {view.packages[at]}" for at in taken[: view.most_programs]]
        more = len(taken) - len(items)
        items += [f"and {plural(more, 'more program')}"] if more else []
        yield Bullets("Packages that are taken", items, ~Media.NOTEBOOK)
    if free := free_service_words(view.plan):
        names = [one_line(name) for name in view.figures.names.tolist()]
        items = [f"{names[at]} {words}" for at, words in free.items()]
        yield Bullets("Services that cost nothing", items, ~Media.NOTEBOOK)
    if others:
        yield Paragraph("--all shows every program.", media=Media.TERMINAL)
