"""The money of a plan in whole units, rounded together, from which every table of every report is made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.allocation.reasons import funded_of
from budgetopt.audit.balances import Balances
from budgetopt.report.figures.numbers import DOLLAR, Unit
from budgetopt.report.figures.rounding import round_cells, round_column, whole
from budgetopt.report.figures.text import label, one_line
from budgetopt.scenario.accuracy import CENT, counts_of, power_of_ten
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts

__all__ = ["ACCOUNT", "Account", "Figures", "Group", "MoneyRow"]

_SMALL_BUDGET = 10_000.0
_DIGITS = 1e-5
"""The share of the largest amount below which no digit is shown."""
ACCOUNT = tuple(Balances.__dataclass_fields__)
"""The amounts of an account, in the order in which they are shown."""


def _small_unit(largest: float, least: float) -> Unit:
    """Return the unit in which amounts up to the largest are shown: cents, or less where these would say little."""
    dollars = min(max(power_of_ten(_DIGITS * largest), least), CENT) if largest > 0 else CENT
    return Unit(dollars, round(-math.log10(dollars)))


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One row of a table of money, in units."""

    name: str
    baseline: int | None  # None where nothing in it has a baseline
    spending: int
    programs: int = 1  # how many programs it holds
    position: int = -1  # the position of the one program that it is about, -1 if it is about several
    funded: int = 0  # how many of its programs are funded, those at no cost too

    @property
    def change(self) -> int:
        """What the plan adds or takes away."""
        return self.spending - (self.baseline or 0)

    @property
    def change_share(self) -> float:
        """The change as a share of the baseline; NaN without one."""
        return self.change / self.baseline if self.baseline else float("nan")


@dataclass(frozen=True, slots=True)
class Group:
    """Money by the values of one attribute, the largest first."""

    title: str
    rows: tuple[MoneyRow, ...]
    total: MoneyRow
    of: Ints  # by the position of a program, that of its row; shape (programs,)


@dataclass(frozen=True, slots=True)
class Account:
    """The account of one fund in one period, in units: ``opening + ... - spending = closing``."""

    fund: int
    period: int
    opening: int
    revenue: int
    one_time: int
    transfers_in: int
    transfers_out: int
    spending: int
    closing: int
    reserve: int


@dataclass(frozen=True, eq=False)
class Figures:
    """A plan's money in whole units."""

    plan: Allocation
    unit: Unit

    @classmethod
    def of(cls, plan: Allocation, unit: Unit | None = None) -> Figures:
        """Return the figures of a plan; without a unit in dollars, or in cents or less where the budget is small."""
        largest = max(float(plan.spending.sum()), float(plan.audit.balances.closing.max(initial=0.0)))
        has_cents = bool((counts_of(plan.spending, plan.exact_unit) % round(1 / plan.exact_unit) != 0).any())
        if unit is None:
            unit = _small_unit(largest, plan.exact_unit) if largest < _SMALL_BUDGET and has_cents else DOLLAR
        return cls(plan, unit)

    def _scaled(self, dollars: Floats) -> Floats:
        # cents are whole numbers: working from them leaves nothing of binary fractions
        least = min(self.plan.exact_unit, self.unit.dollars)
        return np.rint(counts_of(dollars, least)) / round(self.unit.dollars / least)

    @cached_property
    def accounts(self) -> Mapping[str, Ints]:
        """The accounts of the funds by the names of the audit's balances; each of shape (funds, periods).

        Every account closes with what it truly closes with, rounded; what rounding leaves is borne by its spending. In
        thousands and millions, where that would be too much to bear, each figure is rounded by itself: in those units
        only spending, closing balances and reserves are shown, which are no sums of one another.
        """
        exact = self.plan.audit.balances
        rounded = {name: whole(self._scaled(getattr(exact, name))) for name in ACCOUNT}
        opening, spending, closing, reserve = (rounded[name] for name in ("opening", "spending", "closing", "reserve"))
        if self.unit.dollars > 1:
            spent = round_column(self._scaled(exact.spending).ravel())
            return {**rounded, "spending": spent.reshape(spending.shape)}
        transfers = whole(self._scaled(self.plan.transfers))
        rounded["transfers_in"], rounded["transfers_out"] = transfers.sum(axis=0), transfers.sum(axis=1)
        income = rounded["revenue"] + rounded["one_time"] + rounded["transfers_in"] - rounded["transfers_out"]
        carries = self.plan.scenario.carries_over
        spends = self._scaled(exact.spending) > 0
        for period in range(opening.shape[1]):
            if period:
                opening[:, period] = np.where(carries, closing[:, period - 1], 0)
            has = opening[:, period] + income[:, period]
            spending[:, period] = np.where(spends[:, period], np.maximum(has - closing[:, period], 0), 0)
            closing[:, period] = has - spending[:, period]
        kept = self._scaled(exact.closing) >= self._scaled(exact.reserve)
        return {**rounded, "reserve": np.where(kept, np.minimum(reserve, closing), reserve)}

    @cached_property
    def payments(self) -> Ints:
        """What each fund pays for each program; shape (programs, funds, periods)."""
        exact = self._scaled(self.plan.spending)
        cells = round_cells(exact.reshape(len(exact), -1), self.accounts["spending"].ravel())
        return cells.reshape(exact.shape)

    @cached_property
    def spending(self) -> Ints:
        """What each program has, all periods together; shape (programs,)."""
        return np.asarray(self.payments.sum(axis=(1, 2)))

    @cached_property
    def by_period(self) -> Ints:
        """What each program has in each period; shape (programs, periods)."""
        return np.asarray(self.payments.sum(axis=1))

    @cached_property
    def is_new(self) -> Bools:
        """Which programs have no baseline; shape (programs,)."""
        return np.isnan(self.plan.columns.programs["baseline"])

    @cached_property
    def funded(self) -> Bools:
        """Which programs get money, serve at no cost, or have a package; shape (programs,)."""
        return funded_of(self.plan) | (self.spending > 0)

    @cached_property
    def baseline(self) -> Ints:
        """What each program would have at its baseline, all periods together, 0 for new ones; shape (programs,)."""
        return round_column(self._scaled(np.nan_to_num(self.plan.columns.programs["baseline"])))

    def baseline_of_groups(self, group: Group) -> Ints:
        """Return the baseline of each group in each period, which add up to its own; shape (groups, periods)."""
        exact = np.zeros((len(group.rows), len(self.plan.scenario.periods)))
        np.add.at(exact, group.of, self._scaled(np.nan_to_num(self.plan.scenario.baselines)))
        rows = [round_column(each, row.baseline or 0) for each, row in zip(exact, group.rows, strict=True)]
        return np.array(rows, dtype=np.int64).reshape(exact.shape)

    @cached_property
    def change(self) -> Ints:
        """What the plan adds to each program or takes from it; shape (programs,)."""
        return self.spending - self.baseline

    @property
    def total(self) -> MoneyRow:
        """All programs together."""
        return self._row("Total", np.ones(len(self.spending), dtype=bool))

    @property
    def has_baseline(self) -> bool:
        """Whether any program has a baseline."""
        return not bool(self.is_new.all())

    def _row(self, name: str, members: Bools) -> MoneyRow:
        known = bool((members & ~self.is_new).any())
        baseline = int(self.baseline[members].sum()) if known else None
        counts = {"programs": int(members.sum()), "funded": int(self.funded[members].sum())}
        return MoneyRow(name, baseline, int(self.spending[members].sum()), **counts)

    def by(self, attribute: str, key: str = "") -> Group | None:
        """Return the money by ``department`` or ``priority``, the largest first; None where that says nothing.

        ``key`` is the column of another attribute.
        """
        values = self.plan.scenario.programs.text(key or attribute).tolist()
        place = {name: at for at, name in enumerate(dict.fromkeys(values))}
        if not any(place) or len(place) < 2:
            return None
        of = np.array([place[name] for name in values], dtype=np.int64)
        rows = [self._row(one_line(name) or f"No {attribute} given", of == at) for name, at in place.items()]
        order = sorted(range(len(rows)), key=lambda at: (-rows[at].spending, -(rows[at].baseline or 0)))
        return Group(attribute.capitalize(), tuple(rows[at] for at in order), self.total, np.argsort(order)[of])

    def program(self, position: int) -> MoneyRow:
        """Return the row of one program."""
        baseline = None if self.is_new[position] else int(self.baseline[position])
        spending, funded = int(self.spending[position]), int(self.funded[position])
        return MoneyRow(one_line(self.names[position]), baseline, spending, position=position, funded=funded)

    def together(self, name: str, positions: Sequence[int]) -> MoneyRow:
        """Return many programs as one row; ``{}`` in its name is their number."""
        members = np.zeros(len(self.spending), dtype=bool)
        members[list(positions)] = True
        return self._row(name.format(f"{len(positions):,}"), members)

    @cached_property
    def names(self) -> Texts:
        """The programs' names; shape (programs,)."""
        return self.plan.scenario.programs.names()

    @cached_property
    def by_size_of_change(self) -> Ints:
        """Positions of the programs, the largest change first, then the largest spending; shape (programs,)."""
        return np.asarray(np.lexsort((np.arange(len(self.spending)), -self.spending, -np.abs(self.change))))

    @cached_property
    def fund_names(self) -> tuple[str, ...]:
        """The funds' names as they are printed."""
        return tuple(label(key, fund.name) for key, fund in self.plan.scenario.funds.items())

    def fund_rows(self) -> list[Account]:
        """Return every account, fund by fund and period by period."""
        return [
            Account(fund, period, **{name: int(values[fund, period]) for name, values in self.accounts.items()})
            for fund, period in np.ndindex(len(self.fund_names), len(self.plan.scenario.periods))
        ]

    def payers(self, position: int) -> list[tuple[str, int]]:
        """Return the funds that pay for a program and what each pays, all periods together, the largest first."""
        paid = self.payments[position].sum(axis=1)
        order = np.argsort(-paid, kind="stable").tolist()
        return [(self.fund_names[fund], int(paid[fund])) for fund in order if paid[fund]]
