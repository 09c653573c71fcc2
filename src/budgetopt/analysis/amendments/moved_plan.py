"""A plan as it stands after motions: which amounts each motion changes, and who pays for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.amendments.motions import Motion
from budgetopt.analysis.comparing.hand_edits import charged, shared_as_before
from budgetopt.audit import SpendingPlan
from budgetopt.audit.package_list import PackageList, list_packages
from budgetopt.errors import OptionError, Problem, ScenarioError, UnknownNameError
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.ceilings import fixed_costs
from budgetopt.scenario.model import Where
from budgetopt.scenario.named import named
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_values, select
from budgetopt.scenario.words import listed, shown

__all__ = ["MovedPlan", "moved", "rows_of"]

GROUPS = ("department", "priority", "tags")
"""The attributes whose values a motion may name in place of a program."""
ALL = ("all", "all programs", "every program", "everything")


@dataclass(frozen=True, eq=False)
class MovedPlan:
    """A plan, and what motions have settled in it.

    Parameters
    ----------
    plan
        The plan.
    moved
        The amounts that motions set; shape (programs, periods).
    frozen
        The programs that a motion froze; shape (programs,).
    """

    plan: SpendingPlan
    moved: Bools
    frozen: Bools

    @classmethod
    def of(cls, scenario: Scenario, plan: SpendingPlan) -> MovedPlan:
        """Return a plan before any motion."""
        programs, periods = len(scenario.programs), len(scenario.periods)
        return cls(plan, np.zeros((programs, periods), dtype=bool), np.zeros(programs, dtype=bool))

    @property
    def amounts(self) -> Floats:
        """What each program gets; dollars, shape (programs, periods)."""
        return np.asarray(self.plan.spending.sum(axis=1))


def moved(scenario: Scenario, before: MovedPlan, motion: Motion) -> MovedPlan:
    """Return a plan after one more motion.

    An amount is one of each period, unless the motion names a period. A share is one of what the program gets in the
    plan; of ``set`` it is one of the baseline, as in a scenario file. For a group an amount is shared in proportion to
    what its programs get.

    Raises
    ------
    ScenarioError
        If the motion names nothing, or cannot be made.
    """
    try:
        return _Mover(scenario, before, motion).done()
    except (UnknownNameError, OptionError) as error:
        raise ScenarioError([Problem(error.code, error.message, motion.place, "", error.hint)]) from None


def _rows_of(scenario: Scenario, name: str) -> tuple[Ints, bool]:
    """Return the programs that a name means, as positions, and whether it names a group of them.

    A program's id or printed name counts first; then ``all``; then a department, priority or tag.

    Raises
    ------
    UnknownNameError
        If it names neither.
    """
    try:
        return np.array([scenario.programs.position(named(scenario, name, ("program",)).key)]), False
    except UnknownNameError:
        word = name.casefold()
        if word in ALL:
            return np.arange(len(scenario.programs)), True
        values = {key: attribute_values(scenario.programs, key) for key in GROUPS}
        for key, known in values.items():
            said = word.removeprefix(f"{key} ").removeprefix(f"{key.removesuffix('s')} ")
            found = [value for value in known if value.casefold() == said]
            if found:
                return np.flatnonzero(select(scenario.programs, Where({key: found}))), True
        groups = [value for known in values.values() for value in known]
        names = dict.fromkeys([*groups, *scenario.programs.names().tolist(), *scenario.programs.ids.tolist()])
        raise UnknownNameError("program or department", name, names) from None


class _Mover:
    """Makes one motion."""

    def __init__(self, scenario: Scenario, before: MovedPlan, motion: Motion) -> None:
        self.scenario, self.before, self.motion = scenario, before, motion
        self.plan, self.amounts = before.plan, before.amounts
        self.packages: PackageList = list_packages(scenario)
        self.cells = before.moved.copy()
        periods = scenario.periods
        if motion.period and motion.period not in periods:
            raise UnknownNameError("period", motion.period, periods)
        self.when = np.array([periods.index(motion.period)] if motion.period else range(len(periods)))
        self.fund = -1
        if motion.fund:
            self.fund = list(scenario.funds).index(named(scenario, motion.fund, ("fund",)).key)

    def done(self) -> MovedPlan:
        motion, before = self.motion, self.before
        rows, is_group = _rows_of(self.scenario, motion.name)
        if motion.verb in ("freeze", "unfreeze"):
            frozen = before.frozen.copy()
            frozen[rows] = motion.verb == "freeze"
            return replace(before, frozen=frozen)
        rows = self._open(rows, motion.name, is_group)
        if motion.verb in ("fund", "defund"):
            if is_group:
                raise OptionError(f"{shown(motion.name)} names {len(rows)} programs, and `{motion.verb}` is for one")
            self._fund(int(rows[0]))
        elif motion.verb == "move":
            others, several = _rows_of(self.scenario, motion.other)
            others = self._open(others, motion.other, several)
            taken = self._dollars(others, motion.amount or 0.0)
            self._give(others, -taken)
            self._give(rows, self._dollars(rows, 1.0) * taken.sum(axis=0))
        elif motion.verb == "restore":
            self._restore(rows)
        elif motion.verb == "set":
            self._set(rows)
        else:
            sign = -1.0 if motion.verb == "cut" else 1.0
            self._give(rows, sign * self._dollars(rows, motion.amount or 0.0))
        return MovedPlan(self.plan, self.cells, before.frozen)

    def _open(self, rows: Ints, name: str, is_group: bool) -> Ints:
        """Return the programs that may be moved: those of a group that are not frozen and have no packages."""
        frozen, packaged = self.before.frozen[rows], np.isin(rows, self.packages.program)
        whole = self.motion.verb in ("fund", "defund", "restore") or self._is_nothing
        if is_group:
            # a new program has no baseline to be set by
            needs_base = self.motion.verb == "restore" or (
                self.motion.verb == "set" and isinstance(self.motion.amount, Share)
            )
            new = needs_base & np.isnan(self.scenario.baselines[rows]).any(axis=1)
            kept = rows[~frozen & ~new & (whole | ~packaged)]
            if not len(kept):
                raise OptionError(f"no program of {shown(name)} can be moved so")
            return kept
        if frozen[0]:
            raise OptionError(f"{shown(name)} is frozen", hint=f"unfreeze it first: unfreeze {name}")
        if packaged[0] and not whole:
            names = self.packages.name[self.packages.program == rows[0]].tolist()
            hint = f"fund or defund {names[0]} of {name}; its packages: {listed(names)}"
            raise OptionError(f"{shown(name)} is funded by whole packages, not by amounts", hint=hint)
        return rows

    @property
    def _is_nothing(self) -> bool:
        """Whether the motion leaves nothing: a cut of all, or an amount of zero."""
        amount = self.motion.amount
        return (self.motion.verb, amount) == ("set", 0.0) or (
            self.motion.verb == "cut" and isinstance(amount, Share) and amount == 1.0
        )

    def _dollars(self, rows: Ints, amount: float) -> Floats:
        """Return what an amount or a share is in dollars for each program and period; shape (rows, when)."""
        now = self.amounts[np.ix_(rows, self.when)]
        if isinstance(amount, Share):
            return np.asarray(now * float(amount))
        if len(rows) == 1:
            return np.full(now.shape, amount)
        total = now.sum(axis=0)
        even = np.full_like(now, 1 / len(rows))
        return np.asarray(amount * np.where(total > 0, now / np.where(total > 0, total, 1.0), even))

    def _give(self, rows: Ints, dollars: Floats) -> None:
        """Give programs so many dollars more, or less; refuse to take more than there is."""
        now = self.amounts[np.ix_(rows, self.when)]
        after = now + dollars
        short = after < -self.scenario.cent
        if short.any():
            row, at = np.argwhere(short)[0].tolist()
            name, period = self.scenario.programs.ids[rows[row]], self.scenario.periods[self.when[at]]
            when = f" in {period}" if len(self.scenario.periods) > 1 else ""
            raise OptionError(
                f"{name!r} gets {now[row, at]:,.2f}{when}, and {-(after - now)[row, at]:,.2f} cannot be taken from it",
                hint=f"cut it to nothing: cut {name} by 100%",
            )
        self._assign(rows, np.maximum(after, 0.0))

    def _set(self, rows: Ints) -> None:
        amount = self.motion.amount or 0.0
        if isinstance(amount, Share):
            base = self._baselines(rows)
            self._assign(rows, base * float(amount))
        elif amount:
            now = self.amounts[np.ix_(rows, self.when)]
            self._assign(rows, now + self._dollars(rows, 1.0) * (amount - now.sum(axis=0)))
        else:
            self._assign(rows, np.zeros((len(rows), len(self.when))))

    def _restore(self, rows: Ints) -> None:
        base = self._baselines(rows)
        current = SpendingPlan.current(self.scenario)
        mine = np.isin(self.packages.program, rows)
        self._choose(mine, current.packages_in(self.scenario)[mine][:, self.when])
        due = self.packages.due(self.scenario, self.plan.packages_in(self.scenario))[np.ix_(rows, self.when)]
        self._assign(rows, np.where(np.isin(rows, self.packages.program)[:, None], due, base))

    def _baselines(self, rows: Ints) -> Floats:
        base = self.scenario.baselines[np.ix_(rows, self.when)]
        if np.isnan(base).any():
            # of groups, new programs are left out before
            name = str(self.scenario.programs.ids[rows[0]])
            packaged = name in self.scenario.programs.ids[self.packages.program]
            hint = f"fund {name}" if packaged else f"say how much it gets: set {name} to 500k"
            raise OptionError(f"{name!r} is new and has no baseline", hint=hint)
        return np.asarray(base)

    def _fund(self, row: int) -> None:
        motion, packages = self.motion, self.packages
        mine = np.flatnonzero(packages.program == row)
        if not len(mine):
            self._fund_amount(row)
            return
        taken = self.plan.packages_in(self.scenario).copy()
        chosen = self._package(mine, taken)
        in_order = bool(packages.choose[chosen] == "in_order")
        if motion.verb == "defund":
            gone = mine if not motion.package else mine[mine >= chosen] if in_order else np.array([chosen])
            taken[np.ix_(gone, self.when)] = False
        elif packages.is_project[chosen]:
            may = [at for at in self.when.tolist() if packages.may_start[chosen, at]]
            if not may:
                raise OptionError(f"{packages.name[chosen]!r} may not start then")
            if not taken[chosen].any():
                taken[chosen, may[0]] = True
        else:
            if packages.choose[chosen] == "one":
                taken[np.ix_(mine, self.when)] = False
            below = mine[mine <= chosen] if in_order else np.array([chosen])
            taken[np.ix_(below, self.when)] = True
        self.plan = replace(self.plan, packages=taken)
        # a project costs something in later periods too
        self.when = np.arange(len(self.scenario.periods))
        due = packages.due(self.scenario, taken)[[row]]
        self._assign(np.array([row]), due)

    def _package(self, mine: Ints, taken: Bools) -> int:
        """Return the package that a motion means: the one that it names, or the first that is not taken."""
        packages, text = self.packages, self.motion.package
        if not text:
            open_ones = mine[~taken[np.ix_(mine, self.when)].all(axis=1)]
            if self.motion.verb == "fund" and not len(open_ones):
                raise OptionError(f"every package of {shown(self.motion.name)} is funded already")
            return int(open_ones[0] if self.motion.verb == "fund" else mine[0])
        for at in mine.tolist():
            if text.casefold() in (packages.name[at].casefold(), str(packages.number[at] + 1)):
                return int(at)
        owner = self.scenario.programs.ids[packages.program[mine[0]]]
        raise UnknownNameError(f"package of {owner}", text, packages.name[mine].tolist())

    def _fund_amount(self, row: int) -> None:
        """Fund a program without packages: with the least it takes, or its baseline; or take all of its money."""
        if self.motion.package:
            raise OptionError(f"{shown(self.motion.name)} has no packages", hint=f"fund {self.motion.name}")
        rows = np.array([row])
        if self.motion.verb == "defund":
            self._assign(rows, np.zeros((1, len(self.when))))
            return
        scenario = self.scenario
        least = np.nan_to_num(scenario.dollars("if_funded.at_least"))[np.ix_(rows, self.when)]
        amount = np.maximum(np.nan_to_num(scenario.baselines)[np.ix_(rows, self.when)], least)
        if (amount <= 0).any():
            hint = f"say with how much: add 500k to {self.motion.name}"
            raise OptionError(f"nothing says what {shown(self.motion.name)} takes to be funded", hint=hint)
        self._assign(rows, np.maximum(amount, self.amounts[np.ix_(rows, self.when)]))

    def _choose(self, which: Bools, taken: Bools) -> None:
        packages = self.plan.packages_in(self.scenario).copy()
        packages[np.ix_(np.flatnonzero(which), self.when)] = taken
        self.plan = replace(self.plan, packages=packages)

    def _assign(self, rows: Ints, totals: Floats) -> None:
        """Give programs these amounts, in cents; shape (rows, when)."""
        scenario, half_a_cent = self.scenario, self.scenario.cent / 2
        if self._is_nothing:
            self._choose(np.isin(self.packages.program, rows), np.zeros((1, 1), dtype=bool))
        digits = max(2, math.ceil(-math.log10(scenario.cent)))
        totals = self._whole_units(rows, totals).round(digits)
        spending, rest = self.plan.spending.copy(), np.zeros_like(self.amounts)
        for at, period in enumerate(self.when.tolist()):
            was, total = spending[rows, :, period], totals[:, at]
            before = was.sum(axis=1)
            shared = shared_as_before(scenario, was, np.minimum(total, before), rows)
            # cents are shared without loss: what is rounded of one fund comes to the next
            given = np.diff(np.cumsum(shared, axis=1).round(digits), prepend=0.0).round(digits)
            kept = np.abs(total - before) <= half_a_cent
            given[kept] = was[kept]
            more = np.where(kept, 0.0, np.maximum(total - given.sum(axis=1), 0.0)).round(digits)
            if self.fund >= 0:
                given[:, self.fund] += more
            else:
                rest[rows, period] = more
            spending[rows, :, period] = given
        units = self.plan.units_in(scenario).copy()
        sold = rows[scenario.programs.number("service.unit_cost")[rows] > 0]
        units[np.ix_(sold, self.when)] = np.nan
        plan = replace(self.plan, spending=spending, units=units)
        self.plan = replace(plan, spending=charged(scenario, plan, rest, half_a_cent))
        self.amounts = np.asarray(self.plan.spending.sum(axis=1))
        self.cells[np.ix_(rows, self.when)] = True

    def _whole_units(self, rows: Ints, totals: Floats) -> Floats:
        """Return amounts that pay for whole units where a service is one of whole units only: rounded down."""
        programs = self.scenario.programs
        level = self.scenario.price_level[np.ix_(rows, self.when)]
        fixed = fixed_costs(self.scenario)[np.ix_(rows, self.when)]
        price = np.nan_to_num(programs.number("service.unit_cost"))[rows, None] * level
        whole = programs.flag("service.whole", default=False)[rows, None] & (price > 0) & (totals > 0)
        units = np.floor((totals - fixed) / np.where(price > 0, price, 1.0) + 1e-9)
        return np.where(whole, np.maximum(units, 0.0) * price + fixed, totals)


def rows_of(scenario: Scenario, names: Sequence[str]) -> Ints:
    """Return the programs that some names mean, programs or groups, as positions.

    Raises
    ------
    UnknownNameError
        If one names nothing.
    """
    found = [_rows_of(scenario, name)[0] for name in names]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *found]))
