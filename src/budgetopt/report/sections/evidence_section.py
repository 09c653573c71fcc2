"""The section on evidence: what is assumed, and every source once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from budgetopt.errors import column_letters
from budgetopt.report.blocks.content import (
    MANY,
    NUMBER,
    Block,
    Cell,
    CellColumn,
    Formula,
    Media,
    Paragraph,
    References,
    ReportColumn,
    ReportTable,
    Value,
    plain_text,
)
from budgetopt.report.blocks.live_rows import LiveRows
from budgetopt.report.figures.numbers import join_words, plural
from budgetopt.report.figures.sources import EffectLine
from budgetopt.report.figures.text import label
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.moved_money import moved_tables, moved_words
from budgetopt.report.sections.unmeasured_programs import unmeasured_tables, unmeasured_words

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
    """Return the table of every effect and how it is known, without columns that are empty."""
    lines = view.effects[:MOST_EFFECTS]
    return ReportTable(
        folded="Every effect, and how it is known",
        caption="Every effect of money on an outcome, how it is known, and how far it may be off.",
        columns=[
            ReportColumn("Program", "program_name"),
            ReportColumn("Outcome", lambda line: view.bought.rows[line.outcome].name),
            ReportColumn("Effect", lambda line: Cell(line.words, below=[line.error])),
            ReportColumn("Evidence", lambda line: _evidence(view, line)),
            *([ReportColumn("As of", "as_of")] if any(line.as_of for line in lines) else []),
            *([ReportColumn("Note", "public_note")] if any(line.public_note for line in lines) else []),
        ],
        records=lines,
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
    lines = view.assumptions
    parts = dict(zip(EffectLine._fields, zip(*lines, strict=True), strict=True))
    outcomes = [row.name for row in view.bought.rows]
    cited = {source: (view.sources.number(source),) for source in {*parts["source"]}}
    columns = [
        ReportColumn("Program", parts["program_name"]),
        ReportColumn("Outcome", [outcomes[at] for at in parts["outcome"]]),
        ReportColumn("Assumed effect", CellColumn(texts=parts["words"], below=[parts["error"]])),
        ReportColumn("Evidence", [line.why_assumed for line in lines]),
        ReportColumn(
            "Note", CellColumn(texts=parts["public_note"], sources=[cited[source] for source in parts["source"]])
        ),
    ]
    if not any(parts["public_note"]) and not any(parts["source"]):
        del columns[-1]
    kept, said = (columns, "") if count <= MANY else _different(columns)
    yield ReportTable(caption=f"Every assumption.{said}", columns=kept, records=range(count), look="words")


def _different(columns: Sequence[ReportColumn]) -> tuple[list[ReportColumn], str]:
    """Return the first column and those whose cells are not all the same, and what stands in each row of the others."""
    first, *others = columns
    kept, said = [first], []
    for column in others:
        assert isinstance(column.value, Sequence)
        parts = column.value.parts if isinstance(column.value, CellColumn) else [column.value]
        if any(len(set(part)) > 1 for part in parts):
            kept.append(column)
        elif text := plain_text(column.of(0)):
            said.append(f"{column.header.lower()} “{text}”")
    return kept, f" In each row: {join_words(said)}." if said else ""


def evidence_sheets(view: PlanView) -> Iterator[ReportTable]:
    """Yield the sheets of effects, of uses of resources, and of assumptions."""
    _ = view.live_limits.rows  # the limits say what each effect counts for
    yield _effect_sheet(view)
    if len(view.live.uses):
        yield _use_sheet(view)
    assumed = [_effect_record(view, line) for line in view.assumptions]
    assumed += [(name, "", figure, "", "", source, "", "", "", "") for name, figure, source in view.other_assumptions]
    columns = [
        ReportColumn(header, itemgetter(at), width=width, printed=at < 6)
        for at, (header, width) in enumerate(_HEADERS.items())
    ]
    yield ReportTable(title="Assumptions", columns=columns, records=assumed)
    yield from moved_tables(view)
    yield from unmeasured_tables(view)


_HEADERS = {
    "What": 34, "Outcome": 26, "What is assumed": 44, "Error": 30, "Evidence": 30, "Source": 40, "As of": 12,
    "Note": 50, "Study": 50, "Link": 40,
}  # fmt: skip
"""The headers of the sheet of assumptions, and how wide its columns are."""


def _effect_record(view: PlanView, line: EffectLine) -> tuple[str, ...]:
    return (line.program_name, view.bought.rows[line.outcome].name, *_said(line))


def _said(line: EffectLine) -> tuple[str, ...]:
    """Return what is said of an effect: it, its error, evidence, source, date, note, study and link."""
    return (
        line.words, line.error, line.known, line.source, line.as_of, line.public_note, line.study, line.link
    )  # fmt: skip


def _effect_sheet(view: PlanView) -> ReportTable:
    """Return the sheet of effects: what each brings in each period, and how it is known."""
    live, levels = view.live, view.live.levels
    said: dict[tuple[int, int], list[tuple[str, ...]]] = {}
    for line in view.effects:
        said.setdefault((line.program, line.outcome), []).append(_said(line))
    pairs = zip(levels.program.tolist(), levels.outcome.tolist(), strict=True)
    words = [_together(said.get(pair, [("",) * 8])) for pair in pairs]
    names, outcomes = view.plan.scenario.programs.names(), [row.name for row in view.bought.rows]
    columns = [
        ReportColumn("Program", names[levels.program].tolist(), width=34),
        ReportColumn("Outcome", [outcomes[at] for at in levels.outcome.tolist()], width=26),
        *_figures(view, live.effects, live.effect_figures, together=True),
        *(
            ReportColumn(header, [row[at] for row in words], width=width, printed=at < 3)
            for at, (header, width) in enumerate([("Effect", 44), *list(_HEADERS.items())[3:]])
        ),
        *live.effects.count_columns(),
    ]
    return ReportTable(
        title=live.effects.sheet, columns=columns, records=range(len(live.effects)), ordered=live.is_live
    )


def _together(told: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what is said of several effects of a program on an outcome, such as those of its packages, as of one."""
    if len(told) == 1:
        return told[0]
    return tuple("; ".join(dict.fromkeys(filter(None, part))) for part in zip(*told, strict=True))


def _use_sheet(view: PlanView) -> ReportTable:
    """Return the sheet of what programs take of resources in each period."""
    live, uses = view.live, view.plan.audit.uses
    names = view.plan.scenario.programs.names()
    resources = [label(key, one.name) for key, one in view.plan.scenario.resources.items()]
    columns = [
        ReportColumn("Program", names[uses.program].tolist(), width=34),
        ReportColumn("Resource", [resources[at] for at in uses.outcome.tolist()], width=26),
        *_figures(view, live.uses, live.use_figures, together=False),
        *live.uses.count_columns(),
    ]
    return ReportTable(title=live.uses.sheet, columns=columns, records=range(len(live.uses)), ordered=live.is_live)


def _figures(view: PlanView, rows: LiveRows, figures: list[list[Value]], *, together: bool) -> Iterator[ReportColumn]:
    """Yield the columns of figures: one a period, and what they come to where there are several."""
    several = len(view.periods) > 1
    for period, cells in zip(view.periods, figures, strict=True):
        yield ReportColumn(period if several else "In the plan", cells, format=NUMBER, width=15)
    if several and together:
        first, last = column_letters(rows.first_column), column_letters(rows.first_column + rows.periods - 1)
        sums = view.live.levels.level.sum(axis=1).tolist()
        words = f"=SUM({first}{{row}}:{last}{{row}})"
        cells = [Formula(words, one) for one in sums] if view.live.is_live else sums
        yield ReportColumn("Together", cells, format=NUMBER, width=15)
