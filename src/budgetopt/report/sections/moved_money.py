"""What the plan adds and takes away against the baseline, by how well the effects behind it are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.report.blocks.content import Media, ReportColumn, ReportTable, Value
from budgetopt.report.figures.numbers import join_words
from budgetopt.report.figures.rounding import whole
from budgetopt.report.figures.sources import EVIDENCE_WORDS, TIER_WORDS
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.programs import Ints

__all__ = [
    "MovedMoney",
    "moved_by_grade",
    "moved_by_tier",
    "moved_since",
    "moved_since_words",
    "moved_tables",
    "moved_words",
]

NOT_MEASURED = "no effect given"
SEVERAL, UNRATED = "several ratings", "not rated"
GONE = "no longer in the scenario"
GRADES = [*EVIDENCE_WORDS.values(), NOT_MEASURED]
EVALUATED = [EVIDENCE_WORDS[grade] for grade in ("rct", "quasi_experimental")]
"""Evidence from evaluations with a comparison group, in words."""


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
    return _by(_grades(view), GRADES, view.figures.baseline, view.figures.change)


def _grades(view: PlanView) -> list[str]:
    """Return the weakest evidence behind each program's effects, in words."""
    grades = view.plan.columns.programs["evidence"].tolist()
    measured = view.plan.scenario.programs.measured().tolist()
    return [EVIDENCE_WORDS[grade] if some else NOT_MEASURED for grade, some in zip(grades, measured, strict=True)]


def moved_since(view: PlanView) -> list[MovedMoney]:
    """Return the money since an earlier plan by the weakest evidence, the best first; none without such a plan.

    Last come the programs that the scenario no longer has.
    """
    earlier = view.asked.earlier
    if earlier is None:
        return []
    dollars = view.figures.unit.dollars
    before = whole(earlier.spending / dollars)
    at = [view.plan.scenario.periods.index(period) for period in earlier.now]
    now = view.figures.by_period[:, at].sum(axis=1)
    gone = int(whole(np.array([sum(earlier.gone.values()) / dollars]))[0])
    left = [MovedMoney(GONE, len(earlier.gone), gone, 0, -gone)] if earlier.gone else []
    return [*_by(_grades(view), GRADES, before, now - before), *left]


def moved_since_words(view: PlanView) -> str:
    """Return what moved to and from programs whose effects all come from evaluations; empty without an earlier plan."""
    earlier, rows = view.asked.earlier, moved_since(view)
    if earlier is None:
        return ""
    known = [row for row in rows if row.known in EVALUATED]
    added, taken = (sum(getattr(row, key) for row in known) * view.figures.unit.dollars for key in ("added", "taken"))
    numbers = view.numbers
    words = f"Since {one_line(earlier.name)} ({join_words(list(map(one_line, earlier.then)))}), programs whose effects "
    words += "all come from evaluations with a comparison group "
    if not added and not taken:
        return f"{words}have the same money."
    net = numbers.spoken_money(added + taken, signed=True)
    return f"{words}have {numbers.spoken_money(added)} more and {numbers.spoken_money(-taken)} less, a net {net}."


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
    return _by(words, [*TIER_WORDS.values(), SEVERAL, UNRATED], view.figures.baseline, view.figures.change)


def _by(words: Sequence[str], order: Sequence[str], baseline: Ints, change: Ints) -> list[MovedMoney]:
    """Return the money by the words of each program."""
    number = {word: at for at, word in enumerate(order)}
    group = np.array([number[word] for word in words], dtype=np.int64)
    sums = [
        np.bincount(group, weights=each, minlength=len(order)).astype(np.int64)
        for each in (np.ones(len(group)), baseline, np.maximum(change, 0), np.minimum(change, 0))
    ]
    rows = zip(order, *(column.tolist() for column in sums), strict=True)
    return [MovedMoney(*row) for row in rows if row[1]]


def moved_tables(view: PlanView) -> Iterator[ReportTable]:
    """Yield the tables of the money moved by grade and by rating, where there is something to move it from."""
    if (earlier := view.asked.earlier) is not None:
        then, now = (join_words(list(map(one_line, periods))) for periods in (earlier.then, earlier.now))
        title = f"Money moved since {one_line(earlier.name)}, {then}, in this plan's {now}, by the weakest evidence"
        yield _table(view, f"{title} behind a program", "Evidence", moved_since(view), since=True)
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


def _table(view: PlanView, title: str, what: str, rows: list[MovedMoney], *, since: bool = False) -> ReportTable:
    columns = [
        ReportColumn(what, "known", width=34),
        ReportColumn("Programs", _programs(view), figure=True, total=True),
    ]
    before = "Earlier" if since else "Baseline"
    for header, key in ((before, "baseline"), ("Added", "added"), ("Taken away", "taken"), ("Net", "net")):
        columns.append(
            ReportColumn(header, _money(view, key), figure=True, format=view.money_format, width=17, total=True)
        )
    amounts = f"Amounts in {view.currency}" if since else view.amounts
    heading = "Money moved by evidence" if what == "Evidence" else ""
    sums = (sum(getattr(row, key) for row in rows) for key in ("programs", "baseline", "added", "taken"))
    return ReportTable(
        title="Moved since" if since else "Moved by evidence" if what == "Evidence" else "Moved by rating",
        caption=f"{title}. {amounts}.",
        heading="Money moved since an earlier plan" if since else heading,
        columns=columns,
        records=rows,
        total=MovedMoney("Total", *sums) if len(rows) > 1 else None,
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
