"""Each grant taken or not: its worth, the local money that it asks for, what stays unspent, and what ends with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation, Subject
from budgetopt.allocation import solve as solve_one
from budgetopt.allocation.solve import plan_of
from budgetopt.analysis.members import FailedMember, Machines, run_members
from budgetopt.errors import InfeasibleError, OptionError, UnknownNameError
from budgetopt.formulation.linear_program import Floats
from budgetopt.scenario.column_units import CURRENCY, VALUE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GrantChoices", "grants"]

SMALL = 1e-7
"""A share of the value of an objective that is no difference."""


@dataclass(frozen=True, eq=False)
class GrantChoices(Drawable):
    """The grants of a scenario, each beside the best plan without it.

    Parameters
    ----------
    best
        The best plan with all grants.
    names
        The keys of the grants.
    without
        The value of the first objective in the best plan without each grant; infinite where no plan exists without it,
        NaN where that is not known.
    proved
        Whether the plan without each grant is proved to be the best.
    failed
        Grants without an answer, by their numbers, and why.
    interrupted
        Whether the user ended it before all were solved.
    later
        The values of the objectives after the first in the best plan without each grant; empty where there are none.
    better
        Whether the best plan with each grant is better by the objectives in their order; empty where none was solved.
    """

    best: Allocation
    names: tuple[str, ...]
    without: tuple[float, ...]
    proved: tuple[bool, ...]
    failed: tuple[FailedMember, ...] = ()
    interrupted: bool = False
    later: tuple[tuple[float, ...], ...] = ()
    better: tuple[bool, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.best.scenario

    @property
    def _rows(self) -> list[int]:
        return [list(self.scenario.funds).index(name) for name in self.names]

    @cached_property
    def by_period(self) -> pd.DataFrame:
        """Each grant in each period, dollars in the best plan.

        ``fund``, ``period``, ``available`` (revenue, one-time revenue and what was carried over), ``spent``,
        ``unspent`` (what is left at the close), ``lapses`` (whether it is lost), ``match`` (local dollars on the same
        programs), ``effort_asked`` and ``effort_made`` (local spending to be kept up, and that there is), ``unit``.
        """
        import pandas as pd

        accounts, scenario = self.best.audit.balances, self.scenario
        count, periods = len(self.names), scenario.periods
        rows = self._rows
        asked, made = self._efforts()
        available = accounts.opening + accounts.revenue + accounts.one_time + accounts.transfers_in
        lapses = [not scenario.funds[name].carryover for name in self.names]
        table = pd.DataFrame(
            {
                "fund": np.repeat(np.array(self.names, dtype=object), len(periods)),
                "period": np.tile(np.array(periods, dtype=object), count),
                "available": available[rows].ravel(),
                "spent": accounts.spending[rows].ravel(),
                "unspent": accounts.closing[rows].ravel(),
                "lapses": np.repeat(lapses, len(periods)),
                "match": self._match().ravel(),
                "effort_asked": asked.ravel(),
                "effort_made": made.ravel(),
                "unit": scenario.currency,
            }
        )
        return with_units(table, scenario)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a grant, dollars of all periods: take it or not.

        ``fund``, ``name``, ``received`` (revenue, one-time revenue and opening balance), ``spent``, ``unspent``,
        ``match`` (local dollars that it asks for beside it), ``effort_asked``; ``value_with`` and ``value_without`` it,
        ``worth`` (how much better the best plan with it is), ``take`` (whether the best plan spends or transfers any of
        it and is better for it, by the first objective or else by a later one); ``transfers_in`` and ``transfers_out``
        (from and to other funds, in the best plan); ``ends`` (its last period with money, empty if that is the last of
        all or it never ends), ``falls_away`` (dollars a year that it paid in that period and pays no more in the next),
        ``unit``, ``proved``.
        """
        import pandas as pd

        accounts, rows = self.best.audit.balances, self._rows
        received = accounts.opening[rows, 0] + (accounts.revenue + accounts.one_time)[rows].sum(axis=1)
        spent, came, went = (
            amounts[rows].sum(axis=1) for amounts in (accounts.spending, accounts.transfers_in, accounts.transfers_out)
        )
        sign = self.best.solver_result.stages[0].stage.sign
        without = np.array(self.without)
        worth = sign * (without - self.best.plan_value)
        ends, falls = zip(*[self._cliff(row) for row in rows], strict=True) if rows else ((), ())
        small = SMALL * max(abs(self.best.plan_value), 1.0)
        better = np.array(self.better or np.zeros(len(rows)), dtype=bool) | (worth > small) | np.isnan(worth)
        table = pd.DataFrame(
            {
                "fund": list(self.names),
                "name": [self.scenario.funds[name].name or name for name in self.names],
                "received": received,
                "spent": spent,
                "unspent": received + came - went - spent,
                "match": self._match().sum(axis=1),
                "effort_asked": self._efforts()[0].sum(axis=1),
                "value_with": self.best.plan_value,
                "value_without": np.where(np.isinf(without), np.nan, without),
                "worth": worth,
                "take": (spent + went > self.scenario.cent) & better,
                "transfers_in": came,
                "transfers_out": went,
                "ends": list(ends),
                "falls_away": list(falls),
                "unit": self.scenario.currency,
                "proved": list(self.proved),
            }
        )
        own = dict.fromkeys(("value_with", "value_without", "worth"), VALUE)
        return with_units(table, self.scenario, {**own, "falls_away": f"{CURRENCY} a year"})

    def falling(self, name: str) -> pd.DataFrame:
        """Return what a grant pays no more after its last period, and what the same programs get in the next one.

        ``program``, ``name``, ``paid`` (by the grant in its last period, and no more in the next), ``before`` and
        ``after`` (all money of the program in its last period and in the next), ``unit``; empty if it does not end
        within the periods.
        """
        import pandas as pd

        if name not in self.names:
            raise UnknownNameError("grant", name, self.names)
        row, periods = list(self.scenario.funds).index(name), list(self.scenario.periods)
        end, _ = self._cliff(row)
        programs, spending = self.scenario.programs, self.best.spending
        columns = ["program", "name", "paid", "before", "after", "unit"]
        if not end:
            return pd.DataFrame(columns=columns)
        last = periods.index(end)
        paid = spending[:, row, last] - np.minimum(spending[:, row, last], spending[:, row, last + 1])
        some = np.flatnonzero(paid > self.scenario.cent / 2)
        total = spending.sum(axis=1)
        values = (programs.ids[some], programs.names()[some], paid[some], total[some, last], total[some, last + 1])
        frame = pd.DataFrame(dict(zip(columns, values, strict=False)))
        frame = frame.assign(unit=self.scenario.currency).sort_values("paid", ascending=False, ignore_index=True)
        return with_units(frame, self.scenario)

    def _cliff(self, row: int) -> tuple[str, float]:
        """Return the last period in which a fund has money, if others follow, and what it pays no more in the next."""
        accounts = self.best.audit.balances
        has = np.flatnonzero((accounts.revenue + accounts.one_time)[row] > 0)
        fund = list(self.scenario.funds.values())[row]
        periods = self.scenario.periods
        last = int(has[-1]) if len(has) else -1
        if fund.ends is not None:
            last = min(last, periods.index(fund.ends))
        if last < 0 or last + 1 >= len(periods):
            return "", 0.0
        spent = accounts.spending[row]
        return periods[last], float(max(spent[last] - spent[last + 1], 0.0))

    def _match(self) -> Floats:
        """Return local dollars that each grant asks for beside it; shape (grants, periods)."""
        rates = [0.0 if (match := self.scenario.funds[name].match) is None else match.dollars for name in self.names]
        spent = self.best.audit.balances.spending[self._rows]
        return np.asarray(np.array(rates).reshape(-1, 1) * spent)

    def _efforts(self) -> tuple[Floats, Floats]:
        """Return local spending that each grant asks to be kept up, and that there is; shape (grants, periods) both."""
        asked, made = np.zeros((2, len(self.names), len(self.scenario.periods)))
        for check in self.best.audit.of_kind("maintenance of effort"):
            if check.name in self.names:
                at = self.names.index(check.name)
                asked[at, check.period], made[at, check.period] = check.lower, check.value
        return asked, made

    def _repr_html_(self) -> str:
        return html_table(self.table, "Whether each grant is worth taking")


def grants(
    subject: Subject,
    names: Sequence[str] | None = None,
    *,
    time_limit: float | None = None,
    machines: Machines | None = None,
) -> GrantChoices:
    """Return whether each grant is worth taking, with its match, its maintenance of effort and the year after its end.

    The plan is solved again without each grant: without its revenue and its balance, all else the same.

    Parameters
    ----------
    subject
        The best plan; or a scenario or its path, which is solved.
    names
        The keys of the funds; left out, those of the kind ``grant`` and all others with conditions of a grant.
    time_limit
        Seconds for each solve.
    machines
        Where the problems are solved.

    Raises
    ------
    UnknownNameError
        If a name is no fund.
    OptionError
        If the scenario has no grant.
    """
    best = plan_of(subject, "grants")
    funds = best.scenario.funds
    for name in names or ():
        if name not in funds:
            raise UnknownNameError("fund", name, list(funds))
    chosen = tuple(names) if names is not None else tuple(name for name in funds if _is_grant(best.scenario, name))
    if not chosen:
        raise OptionError(
            "the scenario has no grant", hint="a fund with `kind: grant`, a match or maintenance of effort"
        )
    shared = (best.scenario, chosen, time_limit)
    text = "Solving without each grant"
    few = 4  # no mutant: how many are sent at a time makes no difference to the answers
    found = run_members(_without, shared, len(chosen), text=text, machines=machines, chunk=few)
    answers = [found.answers.get(number) or _Without() for number in range(len(chosen))]
    values, proved = tuple(one.objectives[0] for one in answers), tuple(one.proved for one in answers)
    later, better = (
        tuple(one.objectives[1:] for one in answers),
        tuple(_is_better(best, one.reached) for one in answers),
    )
    return GrantChoices(best, chosen, values, proved, found.failed, found.interrupted, later, better)


@dataclass(frozen=True, slots=True)
class _Without:
    """The best plan without a grant: its value of each objective, the best that each reached, and whether proved.

    An objective reached more than the value that the plan has where later ones gave up some of it.
    """

    objectives: tuple[float, ...] = (np.nan,)
    reached: tuple[float, ...] = ()
    proved: bool = False


def _is_better(best: Allocation, without: Sequence[float]) -> bool:
    """Return whether a plan reached more than another one of the first objective in which they differ."""
    for stage, other in zip(best.solver_result.stages, without, strict=False):
        reached, sign = stage.solution.objective, stage.stage.sign
        if abs(other - reached) > SMALL * max(abs(other), abs(reached), 1.0):
            return bool(sign * (other - reached) > 0)
    return False


def _is_grant(scenario: Scenario, name: str) -> bool:
    fund = scenario.funds[name]
    return fund.kind == "grant" or bool(fund.match or fund.maintenance_of_effort or fund.no_supplanting)


def _without(shared: tuple[Scenario, tuple[str, ...], float | None]) -> Callable[[int], _Without]:
    """Return what solves a scenario without one of its grants."""
    scenario, names, time_limit = shared

    def solve(number: int) -> _Without:
        changes = [(("funds", names[number], key), 0) for key in ("revenue", "one_time", "opening_balance")]
        try:
            plan = solve_one(scenario.with_(*changes), time_limit=time_limit)
        except InfeasibleError:
            return _Without((-np.inf if scenario.objective[0].maximize is not None else np.inf,), proved=True)
        reached = tuple(stage.solution.objective for stage in plan.solver_result.stages)
        return _Without(tuple(one.value for one in plan.audit.objectives), reached, plan.proved)

    return solve
