"""What was edited by hand in a copy of the office's own table, put in the place of what the best plan says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.analysis.comparing.benchmark_plans import audited_baselines
from budgetopt.analysis.comparing.differences import program_keys
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.audit.current import charge, packages_bought
from budgetopt.errors import Place
from budgetopt.reading.edited_table import EditedTable
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import plural

__all__ = ["WHO_PAYS", "Edit", "HandEdits", "charged", "shared_as_before"]

WHO_PAYS = "funds that have money left do, those first that may pay for the fewest programs"
"""Who is taken to pay for what is added without saying so."""
MOST_OF_A_KEY = 10
"""Programs of which it is said that a key other than the plan differs; those beyond are counted."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An amount of the plan that was changed: its program and period, as positions, what it was and is, and where."""

    program: int
    period: int
    before: float
    after: float
    place: Place | None


class HandEdits:
    """Puts the amounts of a copy in the place of those of the best plan."""

    def __init__(self, scenario: Scenario, best: Allocation | None) -> None:
        self.scenario = scenario
        self.base = audited_baselines(scenario).plan if best is None else best.spending_plan
        self.least = (scenario.cent if best is None else best.half_a_cent) * (1 + 1e-6)
        self.spending = self.base.spending.copy()
        self.rest = np.zeros((len(scenario.programs), len(scenario.periods)))
        self.edits: list[Edit] = []
        self.remarks: list[str] = []

    def add(self, table: EditedTable) -> None:
        """Take the amounts of a table, and note what else in it differs from the office's own."""
        self.remarks += other_changes(table)
        at = self.scenario.programs.positions(table.edited.ids)
        rows = np.flatnonzero(at >= 0)
        for period in range(len(self.scenario.periods)):
            self._add_period(table, rows, at[rows], period)

    def _add_period(self, table: EditedTable, rows: Ints, programs: Ints, period: int) -> None:
        was = self.spending[programs, :, period]
        before, total = was.sum(axis=1), table.amounts(period)[rows]
        by_fund = np.array([table.amounts(period, fund)[rows] for fund in range(len(self.scenario.funds))]).T
        said = ~np.isnan(by_fund)
        given = np.where(said, by_fund, was)
        moved: Bools = np.abs(total - before) > self.least
        paid_anew: Bools = (said & (np.abs(given - was) > self.least)).any(axis=1)
        adds_up: Bools = np.abs(given.sum(axis=1) - total) <= self.least * was.shape[1]
        in_parts = moved & paid_anew & ~adds_up
        given[in_parts] = self._in_parts(table, rows[in_parts], period, given[in_parts], total[in_parts])
        # where only the cells of funds are edited, the program gets their sum
        by_funds = paid_anew & ~moved & ~adds_up
        for row in np.flatnonzero(by_funds).tolist():
            place = table.place(int(rows[row]), period)
            name = self.scenario.programs.ids[programs[row]]
            self.remarks.append(f"{place}: {name!r} gets what its funds pay, {given[row].sum():,.2f}")
        shared = moved & ~paid_anew & ~adds_up
        given[shared] = shared_as_before(self.scenario, was, np.minimum(total, before), programs)[shared]
        self.rest[programs[shared], period] = np.maximum(total - given.sum(axis=1), 0.0)[shared]
        for row in np.flatnonzero(moved | paid_anew).tolist():
            # where the cells of funds are edited alone, the first of them
            funds = np.flatnonzero(said[row] & (np.abs(given[row] - was[row]) > self.least))
            place = table.place(int(rows[row]), period, -1 if moved[row] else int(funds[0]))
            after = float(total[row] if moved[row] else given[row].sum())
            self.edits.append(Edit(int(programs[row]), period, float(before[row]), after, place))
        changed = moved | paid_anew
        self.spending[programs[changed], :, period] = given[changed]

    def _in_parts(self, table: EditedTable, rows: Ints, period: int, given: Floats, total: Floats) -> Floats:
        """Return totals shared as the cells of the funds are, where these do not add up to them."""
        for row in rows.tolist():
            place = table.place(row, period)
            name = table.edited.ids[row]
            self.remarks.append(
                f"{place}: the plan of {name!r} is not the sum of what its funds pay; it is taken, and they pay in "
                "proportion"
            )
        sums = given.sum(axis=1, keepdims=True)
        even = np.full_like(given, 1 / given.shape[1])
        shares: Floats = np.where(sums > 0, given / np.where(sums > 0, sums, 1.0), even)
        return shares * total[:, None]

    def _charge_rest(self) -> None:
        """Charge what was added without saying who pays to the funds that have money left."""
        if not (self.rest > self.least).any():
            return
        self.spending = charged(self.scenario, self._plan(), self.rest, self.least)
        without = np.isnan(self.scenario.fund_shares).all(axis=1)
        count = int((self.rest[without] > self.least).any(axis=1).sum())
        if count and len(self.scenario.funds) > 1:
            say = "1 program gets more" if count == 1 else f"{count:,} programs get more"
            self.remarks.append(f"{say}, and the copy does not say which fund pays: {WHO_PAYS}")
        self.rest[:] = 0.0

    def plan(self) -> SpendingPlan:
        """Return the plan with everything that was added."""
        self._charge_rest()
        return self._plan()

    def _plan(self) -> SpendingPlan:
        """Return the plan so far; packages and units of programs that were edited are what their money buys."""
        scenario, edited = self.scenario, np.zeros(len(self.scenario.programs), dtype=bool)
        edited[[edit.program for edit in self.edits]] = True
        money = self.spending.sum(axis=1)
        units = self.base.units_in(scenario).copy()
        costs = edited & (scenario.programs.number("service.unit_cost") > 0)
        units[costs] = np.nan
        packages, table = self.base.packages_in(scenario).copy(), scenario.packages
        for period in range(len(scenario.periods)):
            bought = packages_bought(scenario, money[:, period] / scenario.price_level[:, period])
            packages[:, period] = np.where(edited[table.program] & ~table.is_project, bought, packages[:, period])
        for program in np.flatnonzero(edited).tolist():
            own = np.flatnonzero((table.program == program) & table.is_project)
            paid = np.flatnonzero(money[program] > self.least)
            if len(own) and not len(paid):
                packages[own] = False
            elif len(own) and not packages[own].any():
                packages[own[0], paid[0]] = True
        return SpendingPlan(self.spending, self.base.transfers, packages, units)


def shared_as_before(scenario: Scenario, was: Floats, total: Floats, programs: Ints) -> Floats:
    """Return what the funds pay of totals that are at most what they paid: fixed parts, or parts as they were.

    ``was``: what they paid; shape (programs asked for, funds), as the result. ``total``: shape (programs asked for,).
    """
    fixed = scenario.fund_shares[programs]
    before = was.sum(axis=1, keepdims=True)
    parts = was / np.where(before > 0, before, 1.0)
    shares: Floats = np.where(np.isnan(fixed), parts, fixed)
    return shares * total[:, None]


def charged(scenario: Scenario, plan: SpendingPlan, rest: Floats, least: float) -> Floats:
    """Return who pays what when programs get more and nothing says who pays for it; (programs, funds, periods).

    Fixed parts of funds count. Else funds that may pay for fewer programs are used up first; what none can pay is
    charged to the broadest that may.

    Parameters
    ----------
    plan
        The plan without what is added.
    rest
        Dollars that are added to each program; shape (programs, periods).
    least
        Dollars below which nothing is added.
    """
    spending, rest = plan.spending.copy(), rest.copy()
    fixed = scenario.fund_shares
    has_parts: Bools = np.asarray(~np.isnan(fixed).all(axis=1), dtype=bool)  # no mutant: all parts are fixed, or none
    for program, period in np.argwhere((rest > least) & has_parts[:, None]).tolist():
        spending[program, :, period] += fixed[program] * rest[program, period]
        rest[program, period] = 0.0
    if not (rest > least).any():  # no mutant: amounts are cents, the least is half a cent
        return spending
    balances = audit_plan(scenario, replace(plan, spending=spending)).balances
    left = balances.closing - balances.reserve
    carries = scenario.carries_over
    breadth = scenario.eligible.sum(axis=0)
    order = np.argsort(breadth, kind="stable").astype(np.int64)
    for period in range(len(scenario.periods)):
        rows = np.flatnonzero(rest[:, period] > least)
        may, demand = scenario.eligible[rows], rest[rows, period]
        # money that carries over is needed later too
        lasting = np.where(carries, left[:, period:].min(axis=1), left[:, period])
        flow = charge(demand, np.maximum(lasting, 0.0), may, order, np.zeros(may.shape))
        broadest = np.argmax(np.where(may, breadth, 0), axis=1) if len(rows) else rows
        flow[np.arange(len(rows)), broadest] += demand - flow.sum(axis=1)
        spending[rows, :, period] += flow
        left[carries, period:] -= flow.sum(axis=0)[carries, None]
    return spending


def other_changes(table: EditedTable) -> Iterator[str]:
    """Yield what differs from the office's own table beside the plan, which is not taken: a sentence with its cell."""
    own, edited = table.own, table.edited
    yield from (f"the column {header!r} is new, and is not read" for header in table.new_columns)
    shared = edited.ids[own.positions(edited.ids) >= 0]
    for name in edited.ids[own.positions(edited.ids) < 0].tolist():
        yield f"{edited.place(name)}: the program {name!r} is new, and is not taken"
    for name in own.ids[edited.positions(own.ids) < 0].tolist():
        yield f"{own.place(name)}: the program {name!r} stands in this row, and not in the copy: its plan is unchanged"
    for key, (ids, before, after) in program_keys(own, edited, own.positions(shared), edited.positions(shared)):
        values = [
            (name, old, new)
            for name, old, new in zip(ids, before, after, strict=True)
            if new is not None or _beside(own.place(name, key), edited.place(name)) not in table.unread
        ]
        if len(values) > 1 and all(new is None for _, _, new in values):
            yield f"the copy lacks the {key} of {len(values):,} programs: it is unchanged"
            continue
        for name, old, new in values[:MOST_OF_A_KEY]:
            place = edited.place(name, key) if new is not None else own.place(name, key)
            change = f"is {_said(new)} instead of {_said(old)}" if new is not None else f"was {_said(old)}, and is gone"
            yield f"{place}: the {key} of {name!r} {change}, and is not taken"
        if len(values) > MOST_OF_A_KEY:
            more = plural(len(values) - MOST_OF_A_KEY, "more program")
            yield f"the {key} of {more} is another, and is not taken"


def _beside(own: Place | None, row: Place | None) -> Place | None:
    """Return the cell of a copy's row that stands in the column of a cell of the office's own table."""
    return None if own is None or row is None else replace(row, column=own.column)


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    return f"{value:,.12g}" if isinstance(value, float) and not str(value).endswith("%") else repr(value)
