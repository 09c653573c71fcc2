"""The section with a part for each department and each priority: its money, programs, results, staff and limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from budgetopt.allocation.uncertainty import baseline_levels
from budgetopt.report.blocks.content import (
    Block,
    Cell,
    CellColumn,
    FoldedPart,
    Media,
    Paragraph,
    ReportColumn,
    ReportTable,
)
from budgetopt.report.figures.limit_lines import LimitLine
from budgetopt.report.figures.numbers import join_words, plural
from budgetopt.report.figures.outcome_rows import OutcomeRow, round_signed
from budgetopt.report.figures.rounded_money import Group, MoneyRow
from budgetopt.report.figures.text import label, one_line, sentence
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.money_section import MOST_PARTS, money_columns, part_anchor
from budgetopt.report.sections.program_section import bought_cells
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.selection import select

__all__ = ["department_blocks"]

MOST_ROWS, MOST_LIMITS = 600, 8
"""How many rows of programs the parts of one kind have together, and how many limits each part names."""
FEWEST, MOST_PROGRAMS = 3, 12
"""How many programs a part names where there are many parts, and where there are few."""

HEADINGS = {"department": "Departments", "priority": "Priorities"}


@dataclass(frozen=True, slots=True)
class _GroupResult:
    """What a group of programs brings to an outcome, in whole numbers of the outcome's row."""

    outcome: OutcomeRow
    baseline: int
    level: int


def department_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the parts of departments, then those of priorities, on a page."""
    if view.media is not Media.PAGE:
        return
    kept = [(key, group) for key in ("department", "priority") if (group := view.figures.by(key)) is not None]
    if not kept:
        return
    bought = bought_cells(view)
    for key, group in kept:
        more = len(group.rows) - MOST_PARTS
        words = f"; the {MOST_PARTS} largest of {len(group.rows):,} have a part here" if more > 0 else ""
        yield Paragraph(f"Each part opens to its programs{words}.", HEADINGS[key], note=True)
        yield from _DepartmentParts(view, key, group, bought).parts()


@dataclass(frozen=True, eq=False)
class _DepartmentParts:
    """The parts of one kind."""

    view: PlanView
    key: str
    group: Group
    bought: CellColumn  # what each program brings

    def parts(self) -> Iterator[FoldedPart]:
        shown = self.group.rows[:MOST_PARTS]
        most = min(max(MOST_ROWS // len(shown), FEWEST), MOST_PROGRAMS)
        for at, row in enumerate(shown):
            yield FoldedPart(part_anchor(self.key, at), row.name, self._short(row), list(self._blocks(at, row, most)))

    def _short(self, row: MoneyRow) -> str:
        view = self.view
        change = f", {view.change(row)}" if row.change and row.baseline is not None else ""
        share = f" ({view.share(row)}) against the baseline" if change and row.baseline else ""
        return f"{view.money(row.spending)}{change}{share}; {plural(row.programs, 'program')}"

    def _blocks(self, at: int, row: MoneyRow, most: int) -> Iterator[Block]:
        members = np.flatnonzero(self.group.of == at)
        yield Paragraph(self._said(members))
        if len(self.view.periods) > 1:
            yield self._by_year(at, row, members)
        yield self._programs(row, members, most)
        yield from self._results(at, row)
        yield from self._resources(at, row)
        yield from self._limits(row, self.group.of == at)

    def _said(self, members: Ints) -> str:
        """Return how many programs are funded, and who pays."""
        figures, numbers = self.view.figures, self.view.numbers
        funded = int(figures.funded[members].sum())
        words = f"{numbers.number(funded)} of {plural(len(members), 'program')} {'is' if funded == 1 else 'are'} funded"
        paid = figures.payments[members].sum(axis=(0, 2))
        order = [fund for fund in np.argsort(-paid, kind="stable").tolist() if paid[fund]]
        payers = [f"{figures.fund_names[fund]} ({self.view.money(int(paid[fund]))})" for fund in order[:3]]
        payers += [plural(len(order) - 3, "other fund")] if len(order) > 3 else []
        return f"{words}, paid by {join_words(payers)}." if payers and len(figures.fund_names) > 1 else f"{words}."

    def _by_year(self, at: int, row: MoneyRow, members: Ints) -> ReportTable:
        """Return the money of a group against its baseline, one row a year."""
        view = self.view
        spending = view.figures.by_period[members].sum(axis=0).tolist()
        baseline = self._yearly[at].tolist() if row.baseline is not None else [None for _ in spending]
        years = zip(view.periods, baseline, spending, strict=True)
        return ReportTable(
            caption=f"Money of {row.name} by year. Amounts in {view.currency}.",
            columns=money_columns(view, "Year"),
            records=[MoneyRow(name, before, now, row.programs) for name, before, now in years],
            total=replace(row, name="Together"),
        )

    @cached_property
    def _yearly(self) -> Ints:
        """The baseline of each group in each period; shape (groups, periods)."""
        return self.view.figures.baseline_of_groups(self.group)

    def _programs(self, row: MoneyRow, members: Ints, most: int) -> ReportTable:
        view, figures = self.view, self.view.figures
        order = members[np.lexsort((-figures.spending[members], -np.abs(figures.change[members])))].tolist()
        shown = order if len(order) <= most + 1 else order[:most]
        rows = [figures.program(position) for position in shown]
        if left := order[len(shown) :]:
            rows.append(figures.together("and {} more programs", left))
        buys = {position: self.bought[position] for position in shown}
        reasons = view.plan.columns.programs["reason"].tolist()
        why = {position: sentence(reasons[position]) for position in shown}
        first = " The largest changes stand first." if figures.has_baseline else ""
        return ReportTable(
            caption=f"Programs of {row.name}. {view.amounts}.{first}",
            columns=[
                *money_columns(view, "Program"),
                ReportColumn("What it buys", lambda one: buys.get(one.position, Cell())),
                ReportColumn("Why", lambda one: why.get(one.position, "")),
            ],
            records=rows,
            total=row,
            look="programs",
        )

    def _results(self, at: int, row: MoneyRow) -> Iterator[ReportTable]:
        """Yield what the programs bring to the outcomes together."""
        brought = zip(self.view.bought.rows, self._baselines[at].tolist(), self._levels[at].tolist(), strict=True)
        results = [_GroupResult(*one) for one in brought if one[1] or one[2]]
        if results:
            yield _result_table(self.view, f"What the programs of {row.name} buy{self.view.together}.", results)

    @cached_property
    def _levels(self) -> Ints:
        """What each group brings to each outcome, as the sum of what its programs bring; (groups, outcomes)."""
        sums = np.zeros((len(self.group.rows), len(self.view.bought.rows)), dtype=np.int64)
        brought = self.view.bought.contributions
        np.add.at(sums, (self.group.of[brought.program], brought.outcome), brought.whole)
        return sums

    @cached_property
    def _baselines(self) -> Ints:
        """What the baselines of each group bring to each outcome; shape (groups, outcomes)."""
        levels, bought = baseline_levels(self.view.plan.scenario), self.view.bought
        exact = np.zeros((len(self.group.rows), len(bought.rows)))
        np.add.at(exact, (self.group.of[levels.program], levels.outcome), levels.level.sum(axis=1))
        columns = [
            round_signed(exact[:, at] * 10**row.decimals, row.baseline or 0) for at, row in enumerate(bought.rows)
        ]
        return np.array(columns, dtype=np.int64).reshape(len(bought.rows), len(exact)).T

    def _resources(self, at: int, row: MoneyRow) -> Iterator[ReportTable]:
        """Yield what the programs use of staff and other resources, period by period."""
        used = self._used[at]
        resources = list(self.view.plan.scenario.resources.items())
        some = np.flatnonzero((used != 0).any(axis=1)).tolist()
        if some:
            names = [f"{label(resources[one][0], resources[one][1].name)}, {resources[one][1].unit}" for one in some]
            columns = [ReportColumn("Resource", [one_line(name) for name in names])]
            for period, name in enumerate(self.view.periods):
                figures = [self.view.numbers.quantity(float(used[one, period])) for one in some]
                columns.append(ReportColumn(name if len(self.view.periods) > 1 else "Plan", figures, figure=True))
            caption = f"Staff and other resources that the programs of {row.name} use."
            yield ReportTable(caption=caption, columns=columns, records=range(len(some)))

    @cached_property
    def _used(self) -> Floats:
        """What each group uses of each resource in each period; shape (groups, resources, periods)."""
        uses = self.view.plan.audit.uses
        used = np.zeros((len(self.group.rows), len(self.view.plan.scenario.resources), len(self.view.periods)))
        np.add.at(used, (self.group.of[uses.program], uses.outcome), uses.level)
        return used

    def _limits(self, row: MoneyRow, mine: Bools) -> Iterator[Block]:
        """Yield the limits that bind and are about some programs of a group, not about all programs of the plan."""
        shared = [limit for limit, held in self._held if (held & mine).any()]
        own = np.flatnonzero(mine[self.view.binding.own_programs]) if len(mine) > 1 else np.empty(0, dtype=np.int64)
        count = len(shared) + len(own)
        limits = [*shared, *(self.view.binding.own(at) for at in own[:MOST_LIMITS].tolist())][:MOST_LIMITS]
        if limits:
            yield ReportTable(
                caption=f"Limits that hold programs of {row.name}.",
                columns=[
                    ReportColumn("Limit", lambda limit: Cell(limit.name, below=[limit.because])),
                    *([ReportColumn("Period", "period")] if len(self.view.periods) > 1 else []),
                    ReportColumn("The limit", lambda limit: limit.bound or limit.sense),
                    ReportColumn("What relaxing it would gain", "price_words"),
                ],
                records=limits,
                look="words",
                repeats=True,
            )
        if (more := count - MOST_LIMITS) > 0:
            yield Paragraph(f"{plural(more, 'more limit')}: see the", note=True, link=("limits", "#limits"))

    @cached_property
    def _held(self) -> list[tuple[LimitLine, Bools]]:
        """Every limit that binds and is about several programs, not all, and which these are."""
        scenario, found = self.view.plan.scenario, []
        for line in self.view.binding.first:
            limit = scenario.limits[line.position] if line.position >= 0 else None
            if limit is None or limit.kind != "rule":
                continue
            held = select(scenario.programs, getattr(scenario.rules[int(limit.path[1])], "where", None))
            if not held.all():
                found.append((line, held))
        return found


def _result_table(view: PlanView, caption: str, results: Sequence[_GroupResult]) -> ReportTable:
    def change(one: _GroupResult) -> str:
        return one.outcome.text(view.numbers, one.level - one.baseline, signed=True)

    columns = [
        ReportColumn("Outcome", lambda one: Cell(one.outcome.name, below=[one.outcome.unit])),
        ReportColumn("Baseline", lambda one: one.outcome.text(view.numbers, one.baseline), figure=True),
        ReportColumn("Plan", lambda one: one.outcome.text(view.numbers, one.level), figure=True),
        ReportColumn("Change", change, figure=True),
    ]
    based = view.figures.has_baseline
    shown = [column for column in columns if based or column.header not in ("Baseline", "Change")]
    return ReportTable(caption=caption, columns=shown, records=results)
