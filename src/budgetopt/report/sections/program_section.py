"""The section of a page that shows every program: its money, what it buys, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from budgetopt.report.blocks.content import MANY, Block, CellColumn, Media, ReportColumn, ReportTable
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.text import one_line, one_lines, sentence
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.money_section import NOT_FUNDED
from budgetopt.scenario.estimates import assumed_programs
from budgetopt.scenario.programs import Ints

__all__ = ["bought_cells", "program_blocks"]


def program_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the table of programs, and their money by period."""
    if view.media is not Media.PAGE:
        return
    figures, count = view.figures, len(view.figures.spending)
    alike = count > MANY and len(view.assumptions) == len(view.effects)
    marked = " A figure marked “assumed” rests on an assumption." if view.assumptions else ""
    marked = " Every figure of what programs buy rests on an assumption." if alike and marked else marked
    yield ReportTable(
        caption=f"{view.amounts}.{marked}",
        columns=[
            ReportColumn("Program", _names(view)),
            *_money(view),
            ReportColumn("What it buys", bought_cells(view, marked=not alike)),
            ReportColumn("Why", _reasons(view)),
        ],
        records=range(count),
        total=count,
        look="programs",
    )
    if len(view.periods) > 1:
        periods = zip(view.periods, figures.by_period.T, strict=True)
        yield ReportTable(
            folded="Every program, period by period",
            caption=f"Spending of each period in the plan. Amounts in {view.currency}.",
            columns=[
                ReportColumn("Program", [*one_lines(figures.names.tolist()), "Total"]),
                *(_period(view, period, amounts) for period, amounts in periods),
                ReportColumn("Together", view.many_money(_with_total(figures.spending)), figure=True),
            ],
            records=range(count),
            total=count,
            look="accounts",
        )


def _with_total(amounts: Ints) -> Ints:
    """Return amounts and, last, what they come to."""
    return np.append(amounts, amounts.sum())


def _period(view: PlanView, period: str, amounts: Ints) -> ReportColumn:
    return ReportColumn(period, [view.sparse(amount) for amount in _with_total(amounts).tolist()], figure=True)


def _money(view: PlanView) -> Iterator[ReportColumn]:
    """Yield the columns of the money of each program, and of all of them."""
    figures = view.figures
    spending = _with_total(figures.spending)
    plan = ReportColumn("Plan", view.many_money(spending), figure=True)
    if not figures.has_baseline:
        yield plan
        return
    total = figures.total
    is_new, baseline = np.append(figures.is_new, total.baseline is None), _with_total(figures.baseline)
    known = np.where(is_new, view.money(None), np.array(view.many_money(baseline), dtype=object))
    yield ReportColumn("Baseline", known.tolist(), figure=True)
    yield plan
    change, unfunded = spending - baseline, is_new & ~np.append(figures.funded, total.funded)
    has_share = ~is_new & (baseline != 0) & (change != 0)
    shares = np.full(len(change), "", dtype=object)
    shares[has_share] = view.numbers.many_shares(change[has_share] / baseline[has_share], signed=True)
    changes = CellColumn(
        texts=np.where(unfunded, NOT_FUNDED, np.array(view.many_money(change, signed=True), dtype=object)).tolist(),
        below=[shares.tolist()],
        tones=np.where(change > 0, "up", "down").tolist(),
    )
    yield ReportColumn("Change", changes, figure=True)


def _names(view: PlanView) -> CellColumn:
    """Return what names each program: its sources beside it, its department and priority below."""
    programs, count = view.plan.scenario.programs, len(view.figures.names)
    belongs = list(zip(*(programs.text(key).tolist() for key in ("department", "priority")), strict=True))
    below = {pair: " · ".join(dict.fromkeys(one_line(word) for word in pair if word)) for pair in set(belongs)}
    return CellColumn(
        texts=[*one_lines(view.figures.names.tolist()), "Total"],
        sources=[*map(view.sources.of_program, range(count)), []] if view.sources.all else (),
        below=[[*map(below.__getitem__, belongs), ""]],
    )


def bought_cells(view: PlanView, *, marked: bool = True) -> CellColumn:
    """Return what each program brings to the outcomes, and nothing for all together.

    Outcomes of the same unit are named. ``marked`` is whether a figure that rests on an assumption is marked.
    """
    programs, rows, brought = view.plan.scenario.programs, view.bought.rows, view.bought.contributions
    units, ends = Counter(row.unit for row in rows), view.plan.effect_ranges.program_ends
    words, marks = np.full((2, len(brought.program)), "", dtype=object)
    for at, row in enumerate(rows):
        mine = np.flatnonzero(brought.outcome == at)
        words[mine] = row.many_with_unit(view.numbers, brought.whole[mine])
        if marked:
            marks[mine[assumed_programs(programs, row.key)[brought.program[mine]]]] = "assumed"
    of = brought.outcome.tolist()
    named = [row.name if units[row.unit] > 1 else "" for row in rows]
    pairs = zip(brought.program.tolist(), of, strict=True)
    ranges = [_range(view, rows[pair[1]], ends.get(pair)) for pair in pairs] if ends else [""] * len(of)
    lines = CellColumn(texts=words.tolist(), marks=marks.tolist(), below=[[named[at] for at in of], ranges])
    count = len(programs)
    starts = np.searchsorted(brought.program, np.arange(count + 2)).tolist()
    return CellColumn(texts=[""] * (count + 1), lines=lines, starts=starts)


def _range(view: PlanView, row: OutcomeRow, ends: tuple[float, float] | None) -> str:
    """Return between what a figure lies, as small print; nothing where that is not said."""
    return "" if ends is None else f"range: {row.between(view.numbers, *ends)}"


def _reasons(view: PlanView) -> CellColumn:
    """Return why each program has what it has; below it who pays, and what is said of the program."""
    programs, count = view.plan.scenario.programs, len(view.figures.names)
    reasons = view.plan.columns.programs["reason"].tolist()
    said = {reason: sentence(reason) for reason in set(reasons)}
    payers = [_paid(view, at) for at in range(count)] if len(view.figures.fund_names) > 1 else [""] * count
    told = zip(*(programs.text(key).tolist() for key in ("description", "public_note")), strict=True)
    about = [" ".join(sentence(text) for text in texts if text) for texts in told]
    taken = [sentence(view.packages.get(at, "")) for at in range(count)] if view.packages else [""] * count
    return CellColumn(
        texts=[*map(said.__getitem__, reasons), ""],
        below=[[*taken, ""], [*payers, ""], [*about, ""]],
    )


def _paid(view: PlanView, at: int) -> str:
    """Return who pays for a program; empty where nobody does."""
    paid = view.figures.payers(at)
    named = (f"{fund} ({view.money(amount)})" if len(paid) > 1 else fund for fund, amount in paid)
    return f"Paid by {', '.join(named)}" if paid else ""
