"""The section of a page that shows every program: its money, what it buys, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from budgetopt.report.blocks.content import MANY, Block, Cell, Media, ReportColumn, ReportTable
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.text import one_line, sentence
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.money_section import money_columns
from budgetopt.scenario.estimates import assumed_programs

__all__ = ["bought_cells", "program_blocks"]


def program_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the table of programs, and their money by period."""
    if view.media is not Media.PAGE:
        return
    figures = view.figures
    rows = [figures.program(at) for at in range(len(figures.spending))]
    alike = len(rows) > MANY and len(view.assumptions) == len(view.effects)
    marked = " A figure marked “assumed” rests on an assumption." if view.assumptions else ""
    marked = " Every figure of what programs buy rests on an assumption." if alike and marked else marked
    # the total has the position -1, and with it the last of each list
    names, buys, reasons = (
        [*_names(view), Cell("Total")],
        [*bought_cells(view, range(len(rows)), marked=not alike), Cell()],
        [*_reasons(view), Cell()],
    )
    yield ReportTable(
        caption=f"{view.amounts}.{marked}",
        columns=[
            ReportColumn("Program", lambda row: names[row.position]),
            *money_columns(view, "Program")[1:],
            ReportColumn("What it buys", lambda row: buys[row.position]),
            ReportColumn("Why", lambda row: reasons[row.position]),
        ],
        records=rows,
        total=figures.total,
        look="programs",
    )
    if len(view.periods) > 1:
        by_period = [[*amounts.tolist(), int(amounts.sum())] for amounts in figures.by_period.T]
        yield ReportTable(
            folded="Every program, period by period",
            caption=f"Spending of each period in the plan. Amounts in {view.currency}.",
            columns=[
                ReportColumn("Program", "name"),
                *(_period(view, period, amounts) for period, amounts in zip(view.periods, by_period, strict=True)),
                ReportColumn("Together", lambda row: view.money(row.spending), figure=True),
            ],
            records=rows,
            total=figures.total,
            look="accounts",
        )


def _period(view: PlanView, period: str, amounts: list[int]) -> ReportColumn:
    return ReportColumn(period, lambda row: view.sparse(amounts[row.position]), figure=True)


def _names(view: PlanView) -> Iterator[Cell]:
    """Yield what names each program: its sources beside it, its department and priority below."""
    departments, priorities = (view.plan.scenario.programs.text(key).tolist() for key in ("department", "priority"))
    for at, (name, *belongs) in enumerate(zip(view.figures.names.tolist(), departments, priorities, strict=True)):
        below = " · ".join(dict.fromkeys(one_line(word) for word in belongs if word))
        yield Cell(one_line(name), sources=view.sources.of_program(at), below=[below])


def bought_cells(view: PlanView, positions: Iterable[int], *, marked: bool = True) -> Iterator[Cell]:
    """Yield what each of some programs brings to the outcomes; outcomes of the same unit are named.

    ``marked`` is whether a figure that rests on an assumption is marked.
    """
    programs, outcomes = view.plan.scenario.programs, view.bought.rows
    assumed = [assumed_programs(programs, row.key) for row in outcomes]
    units, ends = Counter(row.unit for row in outcomes), view.plan.effect_ranges.program_ends
    for position in positions:
        yield Cell(
            lines=[
                Cell(
                    outcomes[at].with_unit(view.numbers, whole),
                    "assumed" if marked and assumed[at][position] else "",
                    below=[
                        outcomes[at].name if units[outcomes[at].unit] > 1 else "",
                        _range(view, outcomes[at], ends.get((position, at))),
                    ],
                )
                for at, whole in view.bought.contributions.get(position, ())
            ]
        )


def _range(view: PlanView, row: OutcomeRow, ends: tuple[float, float] | None) -> str:
    """Return between what a figure lies, as small print; nothing where that is not said."""
    return "" if ends is None else f"range: {row.between(view.numbers, *ends)}"


def _reasons(view: PlanView) -> Iterator[Cell]:
    """Yield why each program has what it has; below it who pays, and what is said of the program."""
    keys = ("description", "public_note")
    descriptions, notes = (view.plan.scenario.programs.text(key).tolist() for key in keys)
    several = len(view.figures.fund_names) > 1
    for at, reason in enumerate(view.plan.columns.programs["reason"].tolist()):
        paid = view.figures.payers(at) if several else []
        payers = ", ".join(f"{fund} ({view.money(amount)})" if len(paid) > 1 else fund for fund, amount in paid)
        taken = sentence(view.packages.get(at, ""))
        about = " ".join(sentence(text) for text in (descriptions[at], notes[at]) if text)
        yield Cell(sentence(reason), below=[taken, f"Paid by {payers}" if payers else "", about])
