"""What the plan does for people: each outcome in plain words, with what is assumed said so."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.report.blocks.content import Block, Cell, Paragraph, ReportColumn, ReportTable
from budgetopt.report.figures.numbers import rounded
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.residents.resident_view import ResidentView

__all__ = ["about", "assumed_mark", "result_blocks", "unit_beside"]


def result_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield what the plan brings of each outcome beside today's level."""
    say, rows = view.language.say, view.results
    if not rows:
        return
    yield Paragraph(say("These figures are estimates. They say what can be expected, not what is sure."))
    if any(row.assumed != "none" for row, _, _ in rows):
        words = say(
            "“Assumed” marks what rests on assumed figures, or on figures of which nothing says how they are known."
        )
        yield Paragraph(words)
    columns = [ReportColumn(say("Result"), lambda found: _name(view, *found))]
    if view.figures.has_baseline:
        columns.append(ReportColumn(say("Today's level"), lambda found: about(view, found[0], found[0].baseline or 0)))
    columns.append(ReportColumn(say("This plan"), lambda found: _plan(view, found[0])))
    if view.figures.has_baseline:
        columns.append(ReportColumn(say("Change"), lambda found: _change(view, found[0])))
    caption = say("What the money brings.")
    yield ReportTable(caption=f"{caption} {view.together}".rstrip(), columns=columns, records=rows)


def assumed_mark(view: ResidentView, row: OutcomeRow) -> str:
    """Return how much of an outcome is assumed, in a word or two."""
    say = view.language.say
    return {"all": say("assumed"), "part": say("partly assumed")}.get(row.assumed, "")


def about(view: ResidentView, row: OutcomeRow, whole: int) -> str:
    """Return a level of an outcome as the estimate that it is."""
    return view.language.say("about {number}", number=view.level(row, whole)) if whole else view.language.say("none")


def unit_beside(name: str, unit: str) -> str:
    """Return the unit of an outcome whose name does not say it; empty where it does."""
    return "" if unit.casefold() in name.casefold() else unit


def _name(view: ResidentView, row: OutcomeRow, name: str, unit: str) -> Cell:
    counted = view.language.say("counted in {unit}", unit=unit) if unit_beside(name, unit) else ""
    return Cell(name, assumed_mark(view, row), below=[counted])


def _plan(view: ResidentView, row: OutcomeRow) -> Cell:
    below = []
    if row.spread is not None:
        ends = [
            view.numbers.number(float(rounded(end, row.decimals)), row.decimals)
            for end in (row.spread.low, row.spread.high)
        ]
        if ends[0] != ends[1]:
            below = [view.language.say("it may be {low} to {high}", low=ends[0], high=ends[1])]
    return Cell(about(view, row, row.level), below=below)


def _change(view: ResidentView, row: OutcomeRow) -> Cell:
    say = view.language.say
    if not row.change:
        return Cell(say("the same"))
    number = view.level(row, abs(row.change))
    words = say("about {number} more", number=number) if row.change > 0 else say("about {number} less", number=number)
    return Cell(words, below=[say("better") if row.better else say("worse")], tone="up" if row.better else "down")
