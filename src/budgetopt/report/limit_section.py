"""The section on limits: those that bind, what more of each would gain, and those that do not bind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from budgetopt.report.content import NUMBER, Block, Bullets, Cell, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.limits import Limit, limit_name
from budgetopt.report.numbers import plural
from budgetopt.report.view import PlanView

__all__ = ["limit_blocks"]

NONE_BINDS = "No limit holds the plan back."


def limit_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the limits: a list in a summary, tables on a page, every figure in a workbook."""
    if view.media is Media.WORKBOOK:
        yield _sheet(view)
    elif view.media is Media.PAGE:
        yield from _page_blocks(view)
    elif view.binding:
        shown, more = view.cut(view.binding)
        items = [_words(limit, because=view.media is Media.TERMINAL) for limit in shown]
        all_shows = "; --all shows them." if view.media is Media.TERMINAL else ""
        title = "Limits that bind" + (", and what relief of each would gain" if view.media is Media.TERMINAL else "")
        yield Bullets(title, [*items, *([f"and {view.numbers.number(more)} more{all_shows}"] if more else [])])
    else:
        yield Paragraph(NONE_BINDS, strong=True, media=Media.TERMINAL)


def _words(limit: Limit, *, because: bool) -> str:
    where = f", {limit.period}" if limit.period else ""
    reason = f" ({limit.because})" if limit.because and because else ""
    return f"{limit.name}{where}: {limit.bound or limit.sense}{reason}. {limit.price_words}"


def _page_blocks(view: PlanView) -> Iterator[Block]:
    if view.binding:
        words = "What relief gains is worked out for a little relief of one limit alone; much relief gains no more for "
        words += "each dollar, and may gain less."
        if view.assumptions:
            words += " These gains rest on the same effects as the plan, assumptions included."
        yield Paragraph(words, note=True)
        caption = "Limits that bind, money first, then those of which one percent more room would gain most."
        yield from _table(view, view.binding, caption, gains=True)
    else:
        yield Paragraph(NONE_BINDS)
    if view.slack:
        folded = f"{plural(len(view.slack), 'limit leaves', 'limits leave')} room"
        yield from _table(view, view.slack, "Limits that the plan keeps with room to spare.", folded=folded)


def _table(
    view: PlanView, limits: Sequence[Limit], caption: str, *, gains: bool = False, folded: str = ""
) -> Iterator[Block]:
    shown, more = view.cut(limits)
    columns = [
        ReportColumn("Limit", lambda limit: Cell(limit.name, below=(limit.because,) if limit.because else ())),
        *([ReportColumn("Period", lambda limit: limit.period)] if len(view.periods) > 1 else []),
        ReportColumn("The plan has", lambda limit: limit.value),
        ReportColumn("The limit", lambda limit: limit.bound or limit.sense if gains else limit.bound),
        *([ReportColumn("What relief would gain", lambda limit: limit.price_words)] if gains else []),
    ]
    yield ReportTable(caption=caption, columns=columns, records=shown, look="words", folded=folded, repeats=True)
    if more:
        words = f"{plural(more, 'more limit is', 'more limits are')} not shown here; "
        yield Paragraph(words + "the workbook and the tables of the plan have all of them.", note=True)


def _sheet(view: PlanView) -> ReportTable:
    table = view.plan.rules
    kinds, units = table["kind"].tolist(), table["unit"].tolist()
    names = [limit_name(view.plan, kind, name) for kind, name in zip(kinds, table["name"].tolist(), strict=True)]
    columns = [
        ReportColumn("Rule", names.__getitem__, width=40),
        ReportColumn("Part", table["part"].tolist().__getitem__, width=18),
        ReportColumn("Kind", kinds.__getitem__, width=18),
        ReportColumn("Period", table["period"].tolist().__getitem__),
        ReportColumn("The plan has", table["value"].tolist().__getitem__, format=NUMBER, width=18),
        ReportColumn("Sense", table["sense"].tolist().__getitem__, width=10),
        ReportColumn("The limit", table["bound"].tolist().__getitem__, format=NUMBER, width=18),
        ReportColumn("Unit", [unit or view.plan.scenario.currency for unit in units].__getitem__),
        ReportColumn("Binds", ["yes" if binds else "no" for binds in table["binding"].tolist()].__getitem__, width=8),
        ReportColumn("Worth of relief by one", table["price"].tolist().__getitem__, format=NUMBER, width=16),
        ReportColumn("Worth of relief by 1%", table["one_percent"].tolist().__getitem__, format=NUMBER, width=16),
        ReportColumn("Because", table["because"].tolist().__getitem__, width=44),
        ReportColumn("Where it stands", table["place"].tolist().__getitem__, width=34),
    ]
    return ReportTable(title="Rules", columns=columns, records=range(len(table)))
