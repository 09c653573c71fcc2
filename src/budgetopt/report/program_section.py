"""The section of a page that shows every program: its money, what it buys, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from budgetopt.report.content import Block, Cell, Media, ReportColumn, ReportTable
from budgetopt.report.money_section import money_columns
from budgetopt.report.outcome_rows import assumed_programs
from budgetopt.report.rounded_money import MoneyRow
from budgetopt.report.text import one_line, sentence
from budgetopt.report.view import PlanView

__all__ = ["program_blocks"]


def program_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the table of programs, and their money by period."""
    if view.media is not Media.PAGE:
        return
    figures = view.figures
    rows = [figures.program(at) for at in range(len(figures.spending))]
    marked = " A figure marked “assumed” rests on an assumption." if view.assumptions else ""
    _, *money = money_columns(view, "Program")
    yield ReportTable(
        caption=f"{view.amounts}.{marked}",
        columns=[
            ReportColumn("Program", _names(view)),
            *money,
            ReportColumn("What it buys", _buys(view)),
            ReportColumn("Why", _reasons(view)),
        ],
        records=rows,
        total=figures.total,
        look="programs",
    )
    if len(view.periods) > 1:
        # what all programs together have stands last, where the position of the total points to
        by_period = [[*amounts.tolist(), int(amounts.sum())] for amounts in figures.by_period.T]
        yield ReportTable(
            folded="Every program, period by period",
            caption=f"Spending of each period in the plan. Amounts in {view.currency}.",
            columns=[
                ReportColumn("Program", lambda row: row.name),
                *(_period(view, period, amounts) for period, amounts in zip(view.periods, by_period, strict=True)),
                ReportColumn("Together", lambda row: view.money(row.spending), figure=True),
            ],
            records=rows,
            total=figures.total,
            look="accounts",
        )


def _period(view: PlanView, period: str, amounts: list[int]) -> ReportColumn:
    return ReportColumn(period, lambda row: view.sparse(amounts[row.position]), figure=True)


def _names(view: PlanView) -> Callable[[MoneyRow], Cell]:
    """Return what names a program: its sources beside it, its department and priority below."""
    departments, priorities = (view.plan.scenario.programs.text(key) for key in ("department", "priority"))

    def name(row: MoneyRow) -> Cell:
        if row.position < 0:
            return Cell(row.name)
        belongs = dict.fromkeys(one_line(texts[row.position]) for texts in (departments, priorities))
        below = " · ".join(filter(None, belongs))
        return Cell(row.name, sources=tuple(view.sources.of_program(row.position)), below=(below,) if below else ())

    return name


def _buys(view: PlanView) -> Callable[[MoneyRow], Cell]:
    """Return what a program brings to each outcome; outcomes of the same unit are named."""
    outcomes = view.bought.rows
    assumed = [assumed_programs(view.plan.scenario.programs, row.key) for row in outcomes]
    units = Counter(row.unit for row in outcomes)

    def buys(row: MoneyRow) -> Cell:
        return Cell(
            lines=tuple(
                Cell(
                    outcomes[at].with_unit(view.numbers, whole),
                    "assumed" if assumed[at][row.position] else "",
                    below=(outcomes[at].name,) if units[outcomes[at].unit] > 1 else (),
                )
                for at, whole in view.bought.contributions.get(row.position, ())
            )
        )

    return buys


def _reasons(view: PlanView) -> Callable[[MoneyRow], Cell]:
    """Return why a program has what it has; below it who pays, and what is said of the program."""
    programs = view.plan.scenario.programs
    descriptions, notes = programs.text("description"), programs.text("note")
    reasons = view.plan.programs["reason"].tolist()

    def why(row: MoneyRow) -> Cell:
        at = row.position
        if at < 0:
            return Cell("")
        paid = view.figures.payers(at) if len(view.figures.fund_names) > 1 else []
        payers = [f"{fund} ({view.money(amount)})" if len(paid) > 1 else fund for fund, amount in paid]
        about = " ".join(sentence(text) for text in (descriptions[at], notes[at]) if text)
        paid_by = f"Paid by {', '.join(payers)}" if payers else ""
        return Cell(sentence(reasons[at]), below=tuple(filter(None, (paid_by, about))))

    return why
