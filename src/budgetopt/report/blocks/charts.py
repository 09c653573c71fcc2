"""Bars of a plan: what each shows, declared once for the page and for :meth:`budgetopt.Allocation.plot`.

Each bar carries a sentence that says what it shows, for those who do not see it. Nothing is told by colour alone: what
falls lies left of the middle, what rises lies right, and every figure stands beside its bar.
"""

from __future__ import annotations

import math

import numpy as np

from budgetopt.report.blocks.content import Bar, Chart, Tick
from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.rounded_money import Figures, Group
from budgetopt.report.figures.text import one_line

__all__ = ["balance_chart", "change_chart", "group_chart", "outcome_bar", "round_step", "ticks_to"]

MOST_MOVES = 20
MONEY_SPENT = "money in all periods"


def ticks_to(largest: float, count: int = 4) -> list[float]:
    """Return round numbers from zero to just above the largest value."""
    if not largest > 0:
        return [0.0, 1.0]
    step = round_step(largest / count)
    return [float(np.round(at * step, 12)) for at in range(math.ceil(largest / step - 1e-9) + 1)]


def round_step(rough: float) -> float:
    """Return the least round number that is not below a number above zero: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough * (1 - 1e-12))


def group_chart(group: Group, figures: Figures, numbers: Numbers) -> Chart:
    """Return the plan beside the baseline, one row a group."""
    dollars = figures.unit.dollars
    marks = ticks_to(max((max(row.spending, row.baseline or 0) for row in group.rows), default=0) * dollars)
    bars = []
    for row in group.rows:
        plan, now = row.spending * dollars, (row.baseline or 0) * dollars
        before = f"{numbers.spoken_money(now)} at the baseline, {_changed(numbers, plan - now)}"
        before = "no baseline" if row.baseline is None else before
        words = f"{row.name}: {numbers.spoken_money(plan)} in the plan, {before}."
        share = f" ({numbers.share(row.change_share, signed=True)})" if row.change and row.baseline else ""
        figure = f"{numbers.short_money(plan)}{share}"
        bars.append(Bar(row.name, plan, figure, words, "plan", now))
    name, title = group.title.lower(), f"Spending by {group.title.lower()}"
    based, ticks = figures.has_baseline, _ticks(marks, numbers)
    return Chart(
        heading=f"By {name}", title=title, measure=MONEY_SPENT, bars=bars, ticks=ticks, high=marks[-1], based=based
    )


def change_chart(figures: Figures, numbers: Numbers) -> Chart | None:
    """Return the largest moves against the baseline, raises first; None where nothing moves or has a baseline."""
    dollars = figures.unit.dollars
    moved = [at for at in figures.by_size_of_change[: MOST_MOVES + 1].tolist() if figures.change[at]]
    if not moved or not figures.has_baseline:
        return None
    chosen = sorted(moved[:MOST_MOVES], key=lambda at: -int(figures.change[at]))
    changes = figures.change[chosen] * dollars
    step = ticks_to(float(np.abs(changes).max()), 3)
    # one side needs only as many marks as its longest bar
    left = next(mark for mark in step if mark >= -min(changes.min(), 0.0))
    right = next(mark for mark in step if mark >= max(changes.max(), 0.0))
    bars = []
    for at, change in zip(chosen, changes.tolist(), strict=True):
        row = figures.program(at)
        before = "new" if row.baseline is None else f"{numbers.spoken_money(row.baseline * dollars)} at the baseline"
        after = numbers.spoken_money(row.spending * dollars)
        words = f"{row.name}: {_changed(numbers, change)}, to {after} ({before})."
        figure = numbers.short_money(change, signed=True) + (" new" if row.baseline is None else "")
        bars.append(Bar(row.name, change, figure, words, "up" if change > 0 else "down"))
    marks = [-mark for mark in reversed(step[1:]) if mark <= left] + [mark for mark in step if mark <= right]
    minor = [len(marks) > 4 and round(mark / step[1]) % 2 == 1 for mark in marks]
    ticks = [Tick(mark, numbers.short_money(mark, signed=True), less) for mark, less in zip(marks, minor, strict=True)]
    return Chart(
        heading="What changes most",
        title="Largest changes against the baseline",
        measure="change against the baseline",
        bars=bars,
        ticks=ticks,
        low=-left,
        high=right,
        more=int((figures.change != 0).sum()) - len(chosen),
    )


def balance_chart(figures: Figures, numbers: Numbers) -> Chart | None:
    """Return what every fund closes with in every period, and the reserve that it must keep; None without balances."""
    dollars = figures.unit.dollars
    kept = {account.fund for account in figures.fund_rows() if account.closing or account.reserve}
    accounts = [account for account in figures.fund_rows() if account.fund in kept]
    largest = max((max(account.closing, account.reserve) for account in accounts), default=0) * dollars
    if not largest:
        return None
    marks = ticks_to(largest)
    periods = figures.plan.scenario.periods
    bars = []
    for account in accounts:
        closing, reserve = account.closing * dollars, account.reserve * dollars
        name = figures.fund_names[account.fund]
        if len(periods) > 1:
            name = f"{name}, {one_line(periods[account.period])}"
        held = f", {numbers.spoken_money(reserve)} of it in reserve" if reserve else ""
        words = f"{name}: {numbers.spoken_money(closing)} at the close{held}."
        bars.append(Bar(name, closing, numbers.short_money(closing), words, mark=reserve or None))
    empty = [name for fund, name in enumerate(figures.fund_names) if fund not in kept]
    return Chart(
        heading="What is left at the close",
        title="Balance at the close, and the reserve",
        measure="balance at the close of the period",
        bars=bars,
        ticks=_ticks(marks, numbers),
        high=marks[-1],
        note=f"Nothing is ever left in {join_words(empty)}." if empty else "",
        reserve=any(account.reserve for account in accounts),
    )


def outcome_bar(row: OutcomeRow, numbers: Numbers) -> Bar | None:
    """Return the level of an outcome beside its baseline; None where a bar would say nothing."""
    if row.baseline is None or row.baseline < 0 or row.level < 0 or not max(row.baseline, row.level):
        return None
    plan, baseline = row.with_unit(numbers, row.level), row.text(numbers, row.baseline)
    words = f"{row.name}: {plan} in the plan, {baseline} at the baseline."
    return Bar(row.name, float(row.level), "", words, "plan", float(row.baseline))


def _ticks(marks: list[float], numbers: Numbers) -> tuple[Tick, ...]:
    return tuple(Tick(mark, numbers.short_money(mark)) for mark in marks)


def _changed(numbers: Numbers, change: float) -> str:
    if not change:
        return "no change"
    return f"{'up' if change > 0 else 'down'} {numbers.spoken_money(abs(change))}"
