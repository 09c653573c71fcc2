"""The section on evidence: what is assumed, and every source once."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from budgetopt.report.content import Block, Cell, Media, Paragraph, References, ReportColumn, ReportTable
from budgetopt.report.numbers import plural
from budgetopt.report.view import PlanView

__all__ = ["evidence_blocks", "evidence_sheets"]


def evidence_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the assumptions and the sources, on a page."""
    if view.media is Media.PAGE:
        yield from _assumptions(view)
        if view.other_assumptions:
            yield ReportTable(
                caption="Other figures that are assumptions, by the word of their source.",
                columns=[
                    ReportColumn("What", itemgetter(0)),
                    ReportColumn("Figure", itemgetter(1)),
                    ReportColumn("What is said of it", itemgetter(2)),
                ],
                records=view.other_assumptions,
                look="words",
            )
        if ungraded := sum(not line.evidence for line in view.effects):
            words = f"{plural(ungraded, 'effect says', 'effects say')} nothing of the evidence behind "
            yield Paragraph(words + ("it." if ungraded == 1 else "them."), note=True)
        sources = [(source.number, source.text, source.used_for()) for source in view.sources.all]
        none = Paragraph("The scenario names no source.", heading="Sources")
        yield References(sources) if sources else none


def _assumptions(view: PlanView) -> Iterator[Block]:
    count = len(view.assumptions)
    if not count:
        others = "; other figures are" if view.other_assumptions else ""
        yield Paragraph(f"No effect of the scenario is marked as an assumption{others}.", heading="Assumptions")
        return
    of = plural(len(view.effects), "effect")
    are, them = ("is an assumption", "it") if count == 1 else ("are assumptions", "them")
    words = f"{view.numbers.number(count)} of {of} of money on outcomes {are}: no source gives {them}. "
    yield Paragraph(words + "Wherever such a figure is shown, it is marked “assumed”.", heading="Assumptions")
    yield ReportTable(
        caption="Every assumption.",
        columns=[
            ReportColumn("Program", "program_name"),
            ReportColumn("Outcome", lambda line: view.bought.rows[line.outcome].name),
            ReportColumn("Assumed effect", lambda line: Cell(line.words, below=[line.error])),
            ReportColumn("Note", lambda line: Cell(line.note, sources=[view.sources.number(line.source)])),
        ],
        records=view.assumptions,
        look="words",
    )


def evidence_sheets(view: PlanView) -> list[ReportTable]:
    """Return the sheet of assumptions."""
    outcomes = view.bought.rows
    records = [
        (line.program_name, outcomes[line.outcome].name, line.words, line.error, line.source, line.note)
        for line in view.assumptions
    ]
    records += [(name, "", figure, "", source, "") for name, figure, source in view.other_assumptions]
    headers = {"What": 34, "Outcome": 26, "What is assumed": 44, "Error": 30, "Source": 40, "Note": 50}
    columns = [ReportColumn(header, itemgetter(at), width=width) for at, (header, width) in enumerate(headers.items())]
    return [ReportTable(title="Assumptions", columns=columns, records=records)]
