"""The section on limits: those that bind, what more of each would gain, and those that do not bind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from budgetopt.allocation.reasons import what_limits
from budgetopt.report.blocks.content import NUMBER, Block, Bullets, Cell, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.blocks.live_limits import BROKEN
from budgetopt.report.figures.limit_lines import LimitLine, titled
from budgetopt.report.figures.numbers import plural
from budgetopt.report.plan_view.view import PlanView

__all__ = ["LIMIT_SHEET", "limit_blocks", "limit_sheets"]

LIMIT_SHEET = "Limits"


def limit_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the limits: a list in a summary, tables on a page."""
    if view.media is Media.PAGE:
        yield from _page_blocks(view)
    elif view.binding:
        shown, more = view.cut(view.binding)
        items = [_words(limit, because=view.media is Media.TERMINAL) for limit in shown]
        all_shows = "; --all shows them." if view.media is Media.TERMINAL else ""
        title = "Limits that bind" + (", and what relaxing each would gain" if view.media is Media.TERMINAL else "")
        items += [f"and {view.numbers.number(more)} more{all_shows}"] if more else []
        yield Bullets(title, items, ~Media.NOTEBOOK)
    else:
        yield Paragraph(what_limits(view.plan, view.numbers.spoken_money), strong=True, media=Media.TERMINAL)


def _words(limit: LimitLine, *, because: bool) -> str:
    where = f", {limit.period}" if limit.period else ""
    reason = f" ({limit.because})" if limit.because and because else ""
    return f"{limit.name}{where}: {limit.bound or limit.sense}{reason}. {limit.price_words}"


def _page_blocks(view: PlanView) -> Iterator[Block]:
    if view.binding:
        words = "What relaxing gains is worked out for one limit alone and a little of it; "
        words += "more of it gains no more for each dollar, and may gain less."
        if view.assumptions:
            words += " These gains rest on the same effects as the plan, assumptions included."
        yield Paragraph(words, note=True)
        caption = "Limits that bind: money first, then those with the highest price for 1% of them"
        caption += ", and last those of single programs." if len(view.binding) > len(view.binding.first) else "."
        yield from _table(view, view.binding, caption, gains=True)
    else:
        yield Paragraph(what_limits(view.plan, view.numbers.spoken_money))
    limits = view.plan.scenario.limits
    is_goal = [limit.position >= 0 and limits[limit.position].is_goal for limit in view.slack]
    if kept := [limit for limit, goal in zip(view.slack, is_goal, strict=True) if not goal]:
        caption = "Limits that the plan keeps with something to spare."
        yield from _table(view, kept, caption, folded="The limits that do not bind")
    if goals := [limit for limit, goal in zip(view.slack, is_goal, strict=True) if goal]:
        caption = "Targets that are goals, which a plan may miss, and that do not bind."
        yield from _table(view, goals, caption, folded="The goals that do not bind")


def _table(
    view: PlanView, limits: Sequence[LimitLine], caption: str, *, gains: bool = False, folded: str = ""
) -> Iterator[Block]:
    shown, more = view.cut(limits)
    columns = [
        ReportColumn("Limit", lambda limit: Cell(limit.name, below=[limit.because])),
        *([ReportColumn("Period", "period")] if len(view.periods) > 1 else []),
        ReportColumn("The plan has", "value"),
        ReportColumn("The limit", lambda limit: limit.bound or limit.sense if gains else limit.bound),
        *([ReportColumn("What relaxing it would gain", "price_words")] if gains else []),
    ]
    yield ReportTable(caption=caption, columns=columns, records=shown, look="words", folded=folded, repeats=True)
    if more:
        words = f"{plural(more, 'more limit is', 'more limits are')} not shown here; "
        yield Paragraph(words + "the workbook and the tables of the plan have all of them.", note=True)


def limit_sheets(view: PlanView) -> list[ReportTable]:
    """Return the sheet of limits; the columns of what the plan has and of both sides are those of the formulas."""
    table, live = view.plan.rules, view.live_limits.rows
    titles = view.plan.scenario.limits.titles(table["limit"].to_numpy(dtype=np.int64))
    names = [titled(title, owners) for title, owners in titles]
    columns = [
        ReportColumn("Limit", names, width=40),
        ReportColumn("Part", table["part"].tolist(), width=18),
        ReportColumn("Kind", table["kind"].tolist(), width=16),
        ReportColumn("Period", table["period"].tolist(), width=10),
        ReportColumn("The plan has", [one.value for one in live], format=NUMBER, width=17),
        ReportColumn("At least", [one.lower for one in live], format=NUMBER, width=17),
        ReportColumn("At most", [one.upper for one in live], format=NUMBER, width=17),
        ReportColumn("Unit", [unit or view.plan.scenario.currency for unit in table["unit"].tolist()], width=12),
        ReportColumn("Kept", [one.kept for one in live], width=12, alarm=BROKEN),
        ReportColumn("Binds as solved", ["yes" if binds else "no" for binds in table["binding"].tolist()], width=8),
        ReportColumn("Worth of relaxing by one", table["price"].tolist(), format=NUMBER, width=12),
        ReportColumn("Worth of relaxing by 1%", table["one_percent"].tolist(), format=NUMBER, width=12),
        ReportColumn("Because", table["because"].tolist(), width=44),
        ReportColumn("Where it stands", table["place"].tolist(), width=34, printed=False),
    ]
    return [ReportTable(title=LIMIT_SHEET, columns=columns, records=range(len(table)))]
