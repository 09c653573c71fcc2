"""What the plan adds and takes away against the baseline, by how well the effects behind it are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.report.blocks.content import Media, ReportColumn, ReportTable, Value
from budgetopt.report.figures.sources import EVIDENCE_WORDS, TIER_WORDS
from budgetopt.report.plan_view.view import PlanView

__all__ = ["MovedMoney", "moved_by_grade", "moved_by_tier", "moved_tables", "moved_words"]

NOT_MEASURED = "no effect given"
SEVERAL, UNRATED = "several ratings", "not rated"


@dataclass(frozen=True, slots=True)
class MovedMoney:
    """The money of programs whose effects are known in one way, in units of the report."""

    known: str
    programs: int
    baseline: int
    added: int
    taken: int  # below zero

    @property
    def net(self) -> int:
        """What the plan adds less what it takes away."""
        return self.added + self.taken


def moved_by_grade(view: PlanView) -> list[MovedMoney]:
    """Return the money by the weakest evidence behind each program's effects, the best first."""
    grades = view.plan.columns.programs["evidence"].tolist()
    measured = view.plan.scenario.programs.measured().tolist()
    words = [EVIDENCE_WORDS[grade] if some else NOT_MEASURED for grade, some in zip(grades, measured, strict=True)]
    return _by(view, words, [*EVIDENCE_WORDS.values(), NOT_MEASURED])


def moved_by_tier(view: PlanView) -> list[MovedMoney]:
    """Return the money by the rating of a clearinghouse; none where no effect has one."""
    rated: dict[int, set[str]] = {}
    for line in view.effects:
        if line.tier:
            rated.setdefault(line.program, set()).add(TIER_WORDS[line.tier])
    if not rated:
        return []
    found = (rated.get(at, {UNRATED}) for at in range(len(view.plan.scenario.programs)))
    words = [next(iter(names)) if len(names) == 1 else SEVERAL for names in found]
    return _by(view, words, [*TIER_WORDS.values(), SEVERAL, UNRATED])


def _by(view: PlanView, words: Sequence[str], order: Sequence[str]) -> list[MovedMoney]:
    """Return the money by the words of each program."""
    number = {word: at for at, word in enumerate(order)}
    group = np.array([number[word] for word in words], dtype=np.int64)
    baseline, change = view.figures.baseline, view.figures.change
    sums = [
        np.bincount(group, weights=each, minlength=len(order)).astype(np.int64)
        for each in (np.ones(len(group)), baseline, np.maximum(change, 0), np.minimum(change, 0))
    ]
    rows = zip(order, *(column.tolist() for column in sums), strict=True)
    return [MovedMoney(*row) for row in rows if row[1]]


def moved_tables(view: PlanView) -> Iterator[ReportTable]:
    """Yield the tables of the money moved by grade and by rating, where there is a baseline to move it from."""
    if not view.figures.has_baseline or not view.effects:
        return
    yield _table(view, "Money moved, by the weakest evidence behind a program", "Evidence", moved_by_grade(view))
    if by_tier := moved_by_tier(view):
        yield _table(view, "Money moved, by the rating of a clearinghouse", "Rating", by_tier)


def moved_words(view: PlanView) -> str:
    """Return the same in a sentence or two; empty where no money is moved, or all of it by one grade."""
    if not view.figures.has_baseline or not view.effects:
        return ""
    by_grade = [row for row in moved_by_grade(view) if row.added or row.taken]
    if len(by_grade) < 2:
        return ""
    words = f"Money moved, by the weakest evidence behind a program: {_said(view, by_grade)}."
    if by_tier := [row for row in moved_by_tier(view) if row.added or row.taken]:
        words += f" By the rating of a clearinghouse: {_said(view, by_tier)}."
    return words


def _said(view: PlanView, rows: list[MovedMoney]) -> str:
    dollars = view.figures.unit.dollars
    parts = []
    for row in rows:
        sums = [view.numbers.spoken_money(each * dollars, signed=True) for each in (row.added, row.taken) if each]
        parts.append(f"{row.known} {' and '.join(sums)}")
    return "; ".join(parts)


def _table(view: PlanView, title: str, what: str, rows: list[MovedMoney]) -> ReportTable:
    columns = [ReportColumn(what, "known", width=34), ReportColumn("Programs", _programs(view), figure=True)]
    for header, key in (("Baseline", "baseline"), ("Added", "added"), ("Taken away", "taken"), ("Net", "net")):
        columns.append(ReportColumn(header, _money(view, key), figure=True, format=view.money_format, width=17))
    return ReportTable(
        title="Moved by evidence" if what == "Evidence" else "Moved by rating",
        caption=f"{title}. {view.amounts}.",
        heading="Money moved by evidence" if what == "Evidence" else "",
        columns=columns,
        records=rows,
        look="words",
    )


def _programs(view: PlanView) -> Callable[[MovedMoney], Value]:
    if view.media is Media.WORKBOOK:
        return lambda row: float(row.programs)
    return lambda row: view.numbers.number(row.programs)


def _money(view: PlanView, key: str) -> Callable[[MovedMoney], Value]:
    """Return how a medium shows an amount: a workbook as a number in dollars, others in words, changes with a sign."""
    if view.media is Media.WORKBOOK:
        return lambda row: float(getattr(row, key) * view.figures.unit.dollars)
    if key == "baseline":
        return lambda row: view.money(row.baseline)

    def signed(row: MovedMoney) -> Value:
        amount = getattr(row, key)
        if not amount:
            return view.sparse(0)
        return view.numbers.units(amount, view.figures.unit, signed=True, symbol=view.media is Media.PAGE)

    return signed
