"""The section on sources and uses: what comes in, and where all of it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from budgetopt.report.blocks.content import Block, Media, ReportColumn, ReportTable
from budgetopt.report.figures.sources_uses import MoneyLine, SourcesAndUses
from budgetopt.report.plan_view.view import PlanView

__all__ = ["sources_uses_blocks", "sources_uses_sheets"]

EVERY_PERIOD = "All periods"
"""The head of the column of all periods together: of balances it has the first or the last, of all else the sum."""


def sources_uses_blocks(view: PlanView) -> Iterator[Block]:
    """Yield two tables on a page, which have the same total in every period."""
    if view.media is not Media.PAGE:
        return
    found = SourcesAndUses.in_units(view.figures)
    sources, uses = found.sources, found.uses
    if not sources or not uses:
        return
    several = len(view.periods) > 1
    opening = " The opening balance of all periods is that of the first, the balances at the close those of the last."
    said = f"Amounts in {view.currency}.{opening if several else ''}"
    yield _table(view, "Sources", sources, f"What comes in. {said}")
    yield _table(
        view, "Uses", uses, f"What it is used for; the total is that of the sources. Amounts in {view.currency}."
    )


def sources_uses_sheets(view: PlanView) -> list[ReportTable]:
    """Return the sheets of sources and of uses."""
    found = SourcesAndUses.in_dollars(view.figures)
    return [_sheet(view, title, lines) for title, lines in (("Sources", found.sources), ("Uses", found.uses)) if lines]


def _heads(view: PlanView) -> list[str]:
    return [*view.periods, EVERY_PERIOD] if len(view.periods) > 1 else ["Amount"]


def _table(view: PlanView, title: str, lines: Sequence[MoneyLine], caption: str) -> ReportTable:
    def column(at: int, head: str) -> ReportColumn:
        return ReportColumn(head, lambda line: view.sparse(round(line.amounts[at])), figure=True)

    total = MoneyLine("Total", tuple(map(sum, zip(*(line.amounts for line in lines), strict=True))))
    return ReportTable(
        title=title,
        heading=title,
        caption=caption,
        columns=[ReportColumn(title, "name"), *(column(at, head) for at, head in enumerate(_heads(view)))],
        records=lines,
        total=total,
        look="accounts statement",
        media=Media.PAGE,
    )


def _sheet(view: PlanView, title: str, lines: Sequence[MoneyLine]) -> ReportTable:
    def column(at: int, head: str) -> ReportColumn:
        return ReportColumn(head, lambda line: line.amounts[at], format=view.money_format, width=17, total=True)

    columns = [ReportColumn(title, "name", width=40), *(column(at, head) for at, head in enumerate(_heads(view)))]
    return ReportTable(title=title, columns=columns, records=lines, media=Media.WORKBOOK)
