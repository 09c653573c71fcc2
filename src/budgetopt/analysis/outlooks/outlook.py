"""Year by year: what each fund takes in and spends again and again, what once, and what is left of its reserve."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Subject, scenario_of
from budgetopt.analysis.amendments.amend import start_of
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.errors import OptionError
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.column_units import COUNT, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.model import Fund
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["Outlook", "outlook", "outlook_of"]

LONGEST = 10
"""Years that one period has at most, where its name tells how they go on."""


@dataclass(frozen=True, eq=False)
class Outlook(Drawable):
    """The accounts of each fund year by year, and some years beyond the last period.

    Every array holds dollars and has the shape (funds, years).

    Parameters
    ----------
    audit
        The plan, and its audit.
    years
        The periods, and the years that are projected beyond them, which are called so: ``FY2031 (assumed)``.
    opening, revenue, one_time, transfers, recurring, once, closing
        What each year opens with; recurring revenue; one-time revenue; transfers received less those made; spending on
        programs that go on, and on those that do not; what is left.
    reserve, policy
        What must be left, and what would have to be if a reserve that is to be rebuilt by a period held from the first.
    """

    audit: Audit
    years: tuple[str, ...]
    opening: Floats
    revenue: Floats
    one_time: Floats
    transfers: Floats
    recurring: Floats
    once: Floats
    closing: Floats
    reserve: Floats
    policy: Floats

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.audit.scenario

    @property
    def projected(self) -> int:
        """How many of the years lie beyond the last period; their figures are assumed."""
        return len(self.years) - len(self.scenario.periods)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a fund and year, dollars.

        ``fund``, ``year``, ``opening``, ``recurring_revenue``, ``one_time``, ``transfers``, ``recurring_spending``,
        ``one_time_spending``, ``closing``, ``reserve``, ``above_reserve`` (closing less reserve), ``gap`` (recurring
        revenue less recurring spending: below zero, one-time money or balances pay for what goes on), ``balanced``
        (whether the reserve is kept), ``assumed`` (whether the year is projected), ``unit``.
        """
        import pandas as pd

        funds, years, kept = list(self.scenario.funds), len(self.years), self._kept
        assumed = np.arange(years) >= len(self.scenario.periods)
        table = pd.DataFrame(
            {
                "fund": np.repeat(np.array(funds, dtype=object), years),
                "year": np.tile(np.array(self.years, dtype=object), len(funds)),
                "opening": self.opening.ravel(),
                "recurring_revenue": self.revenue.ravel(),
                "one_time": self.one_time.ravel(),
                "transfers": self.transfers.ravel(),
                "recurring_spending": self.recurring.ravel(),
                "one_time_spending": self.once.ravel(),
                "closing": self.closing.ravel(),
                "reserve": self.reserve.ravel(),
                "above_reserve": (self.closing - self.reserve).ravel(),
                "gap": (self.revenue - self.recurring).ravel(),
                "balanced": kept.ravel(),
                "assumed": np.tile(assumed, len(funds)),
                "unit": self.scenario.currency,
            }
        )
        return with_units(table, self.scenario)

    @property
    def _kept(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """Whether each fund keeps its reserve in each year, to within a cent for each payment; shape (funds, years)."""
        return np.asarray(self.closing >= self.reserve - self._tolerance)

    @property
    def _tolerance(self) -> float:
        """A cent for each payment."""
        return self.scenario.cent * len(self.scenario.programs)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a fund: when it runs short, and what falls away.

        ``fund``, ``name``; ``last_one_time``, the last year with one-time revenue, and ``cliff``, recurring spending
        above recurring revenue in the year after it; ``ends``, the last year with revenue if others follow,
        and ``falls_away``, what it spent then and spends no more in the next; ``below_reserve`` and ``exhausted``, the
        first year that closes below the reserve, and below zero; ``below_policy``, how many years close below what
        the reserve is to be, and ``rebuilt``, the year from which on none does; ``unit``. Years are empty where there
        is none.
        """
        import pandas as pd

        rows = [self._summary(row) for row in range(len(self.scenario.funds))]
        columns = [
            *("fund", "name", "last_one_time", "cliff", "ends", "falls_away", "below_reserve", "exhausted"),
            *("below_policy", "rebuilt", "unit"),
        ]
        return with_units(pd.DataFrame(rows, columns=columns), self.scenario, {"below_policy": COUNT})

    def _summary(self, row: int) -> tuple[object, ...]:
        key, fund = list(self.scenario.funds.items())[row]
        last = _last(self.one_time[row] > 0)
        cliff = 0.0
        if 0 <= last < len(self.years) - 1:
            cliff = max(float((self.recurring - self.revenue)[row, last + 1]), 0.0)
        end = _last((self.revenue + self.one_time)[row] > 0)
        spent, falls, ends = (self.recurring + self.once)[row], 0.0, ""
        if 0 <= end < len(self.years) - 1:
            ends, falls = self.years[end], max(float(spent[end] - spent[end + 1]), 0.0)
        short, empty = self._first(~self._kept[row]), self._first(self.closing[row] < -self._tolerance)
        under = self.closing[row] < self.policy[row] - self._tolerance
        again = _last(under) + 1
        rebuilt = self.years[again] if under.any() and again < len(self.years) else ""
        money = (self.years[last] if last >= 0 else "", cliff, ends, falls)
        return (key, fund.name or key, *money, short, empty, int(under.sum()), rebuilt, self.scenario.currency)

    def _first(self, years: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
        return self.years[int(np.argmax(years))] if years.any() else ""

    def plot(self, fund: str | None = None) -> LayerChart:
        """Return revenue, spending, balance and reserve by year as a chart; see :meth:`Drawable.plot`.

        Parameters
        ----------
        fund
            The key of a fund; left out, all funds together.

        Raises
        ------
        UnknownNameError
            If there is no such fund.
        """
        return self._chart(fund)

    def _repr_html_(self) -> str:
        return html_table(self.table, "Each fund, year by year")


def _last(some: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """Return the last position that is true, -1 if none is."""
    found = np.flatnonzero(some)
    return int(found[-1]) if len(found) else -1


def outlook(
    subject: Subject,
    *,
    start: SpendingPlan | str | None = None,
    years: int = 0,
    time_limit: float | None = None,
) -> Outlook:
    """Return the accounts of each fund year by year.

    Years beyond the last period are projected, and said to be assumed: recurring revenue that is one amount grows on by
    ``growth``, and that of a mapping stays at its last amount; recurring spending grows with inflation; there is no
    one-time revenue, no spending on projects and on what does not recur, and no transfer.

    Parameters
    ----------
    subject
        The plan; or a scenario or its path, which is solved.
    start
        Another plan: any spending plan, or ``current`` for every program at its baseline.
    years
        How many years are projected beyond the last period.
    time_limit
        Seconds for the solve.

    Raises
    ------
    OptionError
        If the number of years is negative, or ``start`` is something else.
    """
    if years < 0:
        raise OptionError(f"{years} years cannot be projected", hint="how many years beyond the last period, such as 3")
    scenario = scenario_of(subject, "outlook")
    return outlook_of(audit_plan(scenario, start_of(subject, scenario, start, time_limit)), years)


def outlook_of(audit: Audit, years: int = 0) -> Outlook:
    """Return the accounts of each fund of an audited plan year by year, as :func:`outlook` does."""
    scenario = audit.scenario
    accounts, names = audit.balances, [*scenario.periods, *_years_after(scenario.periods, years)]
    goes_on = scenario.programs.flag("recurring", default=True)
    recurring = audit.plan.spending[goes_on].sum(axis=0)
    after = np.arange(1, years + 1)
    spent = _grown(scenario, audit.plan.spending[:, :, -1], goes_on, after)
    nothing = np.zeros((len(scenario.funds), years))
    revenue = np.concatenate((accounts.revenue, _revenue_after(scenario, after)), axis=1)
    one_time = np.concatenate((accounts.one_time, nothing), axis=1)
    transfers = np.concatenate((accounts.transfers_in - accounts.transfers_out, nothing), axis=1)
    recurring = np.concatenate((recurring, spent), axis=1)
    once = np.concatenate((accounts.spending, spent), axis=1) - recurring
    opening, closing = accounts.opening, accounts.closing
    for at in range(len(scenario.periods), len(names)):
        begin = np.where(scenario.carries_over, closing[:, -1], 0.0)
        end = begin + revenue[:, at] - recurring[:, at]
        opening, closing = np.column_stack((opening, begin)), np.column_stack((closing, end))
    rows = range(len(scenario.funds))
    funds = list(scenario.funds.values())
    policy = np.array([_policy(scenario, funds[row], revenue[row], (recurring + once)[row]) for row in rows])
    policy = policy.reshape(opening.shape)
    reserve = np.concatenate((accounts.reserve, policy[:, len(scenario.periods) :]), axis=1)
    once[np.abs(once) < scenario.cent / 2] = 0.0
    return Outlook(
        audit, tuple(names), opening, revenue, one_time, transfers, recurring, once, closing, reserve, policy
    )


def _years_after(periods: Sequence[str], count: int) -> list[str]:
    """Return the names of years after the periods, each with the word that its figures are assumed."""
    last, step = periods[-1], _step_of(periods)
    if not step:
        return [f"{last} + {more} (assumed)" for more in range(1, count + 1)]
    numbers = re.compile(r"\d+")
    years = [last]
    for _ in range(count):
        years.append(numbers.sub(lambda number: _later(number[0], step), years[-1]))
    return [f"{year} (assumed)" for year in years[1:]]


def _step_of(periods: Sequence[str]) -> int:
    """Return by how much the numbers in the names of periods go on, all of them alike; 0 if they do not."""
    *_, before, last = (re.findall(r"\d+", period) for period in ("", *periods))
    if len(periods) == 1:
        # a span names two years, one after the other
        return int(bool(last) and all(_later(first, 1)[-len(then) :] == then for first, then in pairwise(last)))
    if not last or re.sub(r"\d+", "", periods[-2]) != re.sub(r"\d+", "", periods[-1]):
        return 0
    step = (int(last[0]) - int(before[0])) % (100 if len(last[0]) == 2 else 10_000)
    return step if step <= LONGEST and [_later(digits, step) for digits in before] == last else 0


def _later(digits: str, by: int) -> str:
    """Return a number that is later by some years, in as many digits; after the year 99 comes 00."""
    number = int(digits) + by
    return f"{number % 100 if len(digits) == 2 else number:0{len(digits)}}"


def _revenue_after(scenario: Scenario, after: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Return recurring revenue so many years after the last period; shape (funds, years)."""
    rows = []
    for name, fund in scenario.funds.items():
        growth = 0.0 if isinstance(fund.revenue, Mapping) else float(fund.growth)
        rows.append(scenario.revenue(name)[-1] * (1.0 + growth) ** after)
    return np.array(rows).reshape(len(scenario.funds), len(after))


def _grown(
    scenario: Scenario,
    last: Floats,
    goes_on: np.ndarray[tuple[int], np.dtype[np.bool_]],
    after: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> Floats:
    """Return spending on what goes on, grown by inflation from the last period; (programs, funds) to (funds, years)."""
    lasting = goes_on.copy()
    # what a project costs in its last year here says nothing of the years after it
    lasting[scenario.packages.program[scenario.packages.is_project]] = False
    rate = scenario.programs.number("inflation")
    rate = np.where(np.isnan(rate), float(scenario.document.inflation), rate)[lasting]
    return np.asarray(last[lasting].T @ (1.0 + rate[:, None]) ** after)


def _policy(scenario: Scenario, fund: Fund, revenue: Floats, spending: Floats) -> Floats:
    """Return what a fund's reserve is to be in each year, as if it held from the first; dollars, shape (years,)."""
    if fund.reserve is None:
        return np.zeros(len(revenue))
    asked = fund.reserve.at_least
    each = [asked.get(period, 0.0) if isinstance(asked, Mapping) else asked for period in scenario.periods]
    each += each[-1:] * (len(revenue) - len(each))
    base = revenue if fund.reserve.of == "revenue" else spending
    return np.array([float(one) * (base[at] if isinstance(one, Share) else 1.0) for at, one in enumerate(each)])
