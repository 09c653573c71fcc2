"""The section on districts and groups: what each gets and has against the baseline, and for each head."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from budgetopt.report.blocks.charts import group_chart
from budgetopt.report.blocks.content import NUMBER, Block, Cell, Media, ReportColumn, ReportTable
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.rounded_money import Group, MoneyRow
from budgetopt.report.figures.text import capital, one_of
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.group_shares import GroupShares, grouped_attributes
from budgetopt.report.sections.money_section import money_columns

__all__ = ["district_blocks", "district_sheets"]

PEOPLE = 1_000
"""Outcomes are told for so many people: for one alone they are small."""


@dataclass(frozen=True, slots=True)
class _Had:
    """What one group has of one outcome, in whole numbers of the outcome's row."""

    outcome: OutcomeRow
    group: str
    baseline: int
    level: int
    people: float  # NaN where it is not known

    @property
    def per_people(self) -> float:
        """The level for each thousand people; NaN where their number is not known."""
        return PEOPLE * self.outcome.value(self.level) / self.people


def district_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the money of each kind of groups as a chart and a table, and what they have of each outcome, on a page."""
    if view.media is not Media.PAGE:
        return
    for by in grouped_attributes(view):
        found = GroupShares(view, by)
        if len(found.names) > 1:
            yield from _blocks(view, found)


def _blocks(view: PlanView, found: GroupShares) -> Iterator[Block]:
    what = capital(one_of(found.by))
    total = replace(view.figures.total, name="Total")
    yield group_chart(Group(what, tuple(found.money), total, view.figures.spending), view.figures, view.numbers)
    people = dict(zip(found.names, found.population, strict=True))
    known = any(math.isfinite(count) for count in people.values())
    dollars = view.figures.unit.dollars
    people[total.name] = math.nan

    def heads(row: MoneyRow) -> str:
        count = people[row.name]
        return view.numbers.number(count) if math.isfinite(count) else ""

    def per_head(row: MoneyRow) -> str:
        each = row.spending * dollars / people[row.name]
        return view.numbers.spoken_money(each) if math.isfinite(each) else ""

    columns = money_columns(view, what)
    if known:
        columns[1:1] = [ReportColumn("Population", heads, figure=True)]
        columns.append(ReportColumn("Plan per head", per_head, figure=True))
    shares = "A program that serves several counts in each by its share." if found.by == "districts" else ""
    yield ReportTable(
        caption=f"Spending by {one_of(found.by)}. {view.amounts}. {shares}".rstrip(),
        columns=columns,
        records=found.money,
        total=total if found.divides else None,
        beside_chart=True,
    )
    if rows := _had(view, found):
        yield _outcomes(view, found, rows, known)


def _had(view: PlanView, found: GroupShares) -> list[_Had]:
    """Return what the groups have, outcome by outcome; nothing of outcomes that no group has."""
    levels, baselines = found.levels.T.tolist(), found.baselines.T.tolist()
    return [
        _Had(row, name, now, level, people)
        for row, before, after in zip(view.bought.rows, baselines, levels, strict=True)
        if any(before) or any(after)
        for name, now, level, people in zip(found.names, before, after, found.population, strict=True)
    ]


def _outcomes(view: PlanView, found: GroupShares, rows: list[_Had], known: bool) -> ReportTable:
    numbers = view.numbers

    def each(had: _Had) -> str:
        return numbers.quantity(had.per_people) if math.isfinite(had.per_people) else ""

    columns = [
        ReportColumn("Outcome", lambda had: Cell(had.outcome.name, below=[had.outcome.unit])),
        ReportColumn(capital(one_of(found.by)), "group"),
        ReportColumn("Baseline", lambda had: had.outcome.text(numbers, had.baseline), figure=True),
        ReportColumn("Plan", lambda had: had.outcome.text(numbers, had.level), figure=True),
        ReportColumn(
            "Change", lambda had: had.outcome.text(numbers, had.level - had.baseline, signed=True), figure=True
        ),
        ReportColumn("Plan per 1,000 people", each, figure=True),
    ]
    hidden = {"Plan per 1,000 people"} if not known else set()
    hidden |= set() if view.figures.has_baseline else {"Baseline", "Change"}
    return ReportTable(
        folded=f"Outcomes by {one_of(found.by)}",
        caption=f"What each {one_of(found.by)} has of each outcome{view.together}.",
        columns=[column for column in columns if column.header not in hidden],
        records=rows,
        repeats=True,
    )


def district_sheets(view: PlanView) -> Iterator[ReportTable]:
    """Yield a sheet for each kind of groups: money, population, and what each has of each outcome."""
    dollars = view.figures.unit.dollars

    def money(header: str, amounts: Sequence[float | None], total: bool) -> ReportColumn:
        return ReportColumn(header, amounts, format=view.money_format, width=17, total=total)

    for by in grouped_attributes(view):
        found = GroupShares(view, by)
        if len(found.names) < 2:
            continue
        spending = [row.spending * dollars for row in found.money]
        baseline = [None if row.baseline is None else row.baseline * dollars for row in found.money]
        columns = [
            ReportColumn(capital(one_of(by)), found.names, width=24),
            ReportColumn("Population", found.population, format=NUMBER),
            money("Baseline", baseline, found.divides),
            money("Plan", spending, found.divides),
            money("Change", [row.change * dollars for row in found.money], found.divides),
            ReportColumn("Plan per head", found.per_head(spending), format=NUMBER),
        ]
        for at, row in enumerate(view.bought.rows):
            for words, levels in (("baseline", found.baselines), ("plan", found.levels)):
                values = [row.value(level) for level in levels[:, at].tolist()]
                columns.append(ReportColumn(f"{row.name}, {row.unit}: {words}", values, format=NUMBER, width=18))
        yield ReportTable(title=f"By {one_of(by)}", columns=columns, records=range(len(found.names)))
