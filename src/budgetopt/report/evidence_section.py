"""The section on evidence: what is assumed, and every source once."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from budgetopt.report.content import Block, Cell, Media, Paragraph, References, ReportColumn, ReportTable
from budgetopt.report.moved_money import moved_tables, moved_words
from budgetopt.report.numbers import plural
from budgetopt.report.sources import EffectLine
from budgetopt.report.unmeasured_programs import unmeasured_tables, unmeasured_words
from budgetopt.report.view import PlanView

__all__ = ["evidence_blocks", "evidence_sheets"]

MOST_EFFECTS = 300
"""So many effects are shown on a page."""


def evidence_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the assumptions, how each effect is known, and the sources; a summary says how many are assumptions."""
    if view.media is Media.PAGE:
        yield from _assumptions(view)
        yield from moved_tables(view)
        yield from unmeasured_tables(view)
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
        if view.effects:
            yield _effects(view)
            if (more := len(view.effects) - MOST_EFFECTS) > 0:
                words = f"{plural(more, 'more effect')}: the workbook has all of them, and the assumptions stand above."
                yield Paragraph(words, note=True)
        sources = [(source.number, source.dated, source.used_for()) for source in view.sources.all]
        none = Paragraph("The scenario names no source.", heading="Sources")
        yield References(sources) if sources else none
    elif words := " ".join(filter(None, (view.assumption_words, moved_words(view), unmeasured_words(view)))):
        yield Paragraph(words, media=Media.SUMMARY)


def _effects(view: PlanView) -> ReportTable:
    """Return the table of every effect and how it is known."""
    return ReportTable(
        folded="Every effect, and how it is known",
        caption="Every effect of money on an outcome, how it is known, and how far it may be off.",
        columns=[
            ReportColumn("Program", "program_name"),
            ReportColumn("Outcome", lambda line: view.bought.rows[line.outcome].name),
            ReportColumn("Effect", lambda line: Cell(line.words, below=[line.error])),
            ReportColumn("Evidence", lambda line: _evidence(view, line)),
            ReportColumn("As of", "as_of"),
            ReportColumn("Note", "public_note"),
        ],
        records=view.effects[:MOST_EFFECTS],
        look="words",
    )


def _evidence(view: PlanView, line: EffectLine) -> Cell:
    """Return how an effect is known: the study, its web address, and the number of the source."""
    return Cell(
        "; ".join(filter(None, (line.known, line.study, line.link))), sources=[view.sources.number(line.source)]
    )


def _assumptions(view: PlanView) -> Iterator[Block]:
    count = len(view.assumptions)
    if not count:
        others = "; other figures are" if view.other_assumptions else ""
        yield Paragraph(f"No effect of the scenario is an assumption{others}.", heading="Assumptions")
        return
    marked = "Wherever such a figure is shown, it is marked “assumed”."
    yield Paragraph(f"{view.assumption_words} {marked}", heading="Assumptions")
    yield ReportTable(
        caption="Every assumption.",
        columns=[
            ReportColumn("Program", "program_name"),
            ReportColumn("Outcome", lambda line: view.bought.rows[line.outcome].name),
            ReportColumn("Assumed effect", lambda line: Cell(line.words, below=[line.error])),
            ReportColumn("Evidence", "why_assumed"),
            ReportColumn("Note", lambda line: Cell(line.public_note, sources=[view.sources.number(line.source)])),
        ],
        records=view.assumptions,
        look="words",
    )


def evidence_sheets(view: PlanView) -> list[ReportTable]:
    """Return the sheets of effects and of assumptions."""
    effects = [_effect_record(view, line) for line in view.effects]
    assumed = [_effect_record(view, line) for line in view.assumptions]
    assumed += [(name, "", figure, "", "", source, "", "", "", "") for name, figure, source in view.other_assumptions]
    return [
        _sheet("Effects", "Effect", effects),
        _sheet("Assumptions", "What is assumed", assumed),
        *moved_tables(view),
        *unmeasured_tables(view),
    ]


def _effect_record(view: PlanView, line: EffectLine) -> tuple[str, ...]:
    outcome = view.bought.rows[line.outcome].name
    return (
        line.program_name, outcome, line.words, line.error, line.known, line.source, line.as_of, line.public_note,
        line.study, line.link
    )  # fmt: skip


def _sheet(title: str, what: str, records: list[tuple[str, ...]]) -> ReportTable:
    headers = {
        "What": 34, "Outcome": 26, what: 44, "Error": 30, "Evidence": 30, "Source": 40, "As of": 12, "Note": 50,
        "Study": 50, "Link": 40
    }  # fmt: skip
    columns = [ReportColumn(header, itemgetter(at), width=width) for at, (header, width) in enumerate(headers.items())]
    return ReportTable(title=title, columns=columns, records=records)
