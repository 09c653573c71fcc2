"""Plans side by side: what each spends, brings, leaves to funds and districts, and which limits it misses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.analysis.comparing.compared_plans import ComparedPlan
from budgetopt.analysis.comparing.equal_value import EqualValue
from budgetopt.analysis.members import INTERRUPTED
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.scenario.column_units import COUNT, CURRENCY, VALUE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_names

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PlanComparison", "groups_named", "populations"]

DISTRICTS = "districts"
_OF_ONE_PROGRAM = ("amount", "eligibility", "spending limit", "if funded", "service", "packages", "kept baseline")
"""Kinds of checks that are about programs one by one: they are listed where they are missed."""


@dataclass(frozen=True, eq=False)
class PlanComparison(Drawable):
    """Plans side by side; the first one is what the others are measured against.

    Every table has one column for each plan, by its name. Money is in the currency of the first scenario, all periods
    together. A table shows what its plans have: a program that a scenario does not have is NaN there.

    Parameters
    ----------
    compared
        The plans.
    worth
        For each plan of the scenario of the first, in the same order, the least money with which the best plan is as
        good; None for the others.
    remarks
        What was assumed, and which benchmark plans could not be made, and why; one sentence each.
    """

    compared: tuple[ComparedPlan, ...]
    worth: tuple[EqualValue | None, ...] = field(repr=False)
    remarks: tuple[str, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether an interruption left out some of it."""
        return any(remark.startswith(INTERRUPTED) for remark in self.remarks)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the first plan."""
        return self.compared[0].audit.scenario

    @property
    def names(self) -> list[str]:
        """The names of the plans."""
        return [one.name for one in self.compared]

    @cached_property
    def plans(self) -> pd.DataFrame:
        """One row a plan: what it spends and is worth, and what it misses.

        ``spending`` (dollars), ``unspent`` (what the funds close with in the last period), ``objective`` (what the
        value is of), ``value``, ``difference`` from the first plan and ``share`` of its value, where both have the same
        objective; ``limits_missed``; ``equal_money``, how many dollars more or less (below zero) than there are the
        best plan needs at least to be as good as this one; and ``equal_money_within``, by how many dollars that may be
        too many: above zero where decisions are integer.
        """
        import pandas as pd

        first = self.compared[0].objective
        same = [one.objective.label == first.label for one in self.compared]
        values = np.array([one.objective.value for one in self.compared])
        differs = np.where(same, values - first.value, np.nan)
        share = np.divide(differs, abs(first.value), out=np.full(len(values), np.nan), where=abs(first.value) > 0)
        table = {
            "spending": [one.spending.sum() for one in self.compared],
            "unspent": [float(one.audit.balances.closing[:, -1].sum()) for one in self.compared],
            "objective": [one.objective.label for one in self.compared],
            "value": values,
            "difference": differs,
            "share": share,
            "limits_missed": [len(one.audit.violations) for one in self.compared],
            "equal_money": [np.nan if one is None else -one.saved for one in self.worth],
            "equal_money_within": [np.nan if one is None else one.within * one.money for one in self.worth],
        }
        own = {"difference": VALUE, "limits_missed": COUNT}
        own |= dict.fromkeys(("equal_money", "equal_money_within"), CURRENCY)
        return with_units(pd.DataFrame(table, index=pd.Index(self.names, name="plan")), self.scenario, own)

    @cached_property
    def programs(self) -> pd.DataFrame:
        """What each program gets, dollars: ``name``, ``department``, ``baseline``, and a column for each plan."""
        import pandas as pd

        amounts, said = [], []
        for one in self.compared:
            scenario = one.audit.scenario
            programs, baseline = scenario.programs, scenario.total_baselines
            names = {"name": programs.names(), "department": programs.text("department"), "baseline": baseline}
            amounts.append(pd.Series(one.spending, index=programs.ids, name=one.name))
            said.append(pd.DataFrame(names, index=programs.ids))
        table = pd.concat(amounts, axis=1, sort=False).rename_axis("program")
        known = pd.concat(said)
        table = pd.concat([known[~known.index.duplicated()].reindex(table.index), table], axis=1)
        return with_units(table, self.scenario, dict.fromkeys(self.names, CURRENCY))

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """What each plan reaches of each outcome, in units, all periods together: ``name``, ``unit`` and the plans."""
        import pandas as pd

        levels: list[pd.Series[float]] = []
        known: dict[str, tuple[str, str]] = {}
        for one in self.compared:
            outcomes = one.audit.scenario.outcomes
            levels.append(pd.Series(one.audit.outcomes.sum(axis=1), index=list(outcomes), name=one.name, dtype=float))
            for key, outcome in outcomes.items():
                known.setdefault(key, (outcome.name or key, outcome.unit))
        table = pd.concat(levels, axis=1, sort=False).rename_axis("outcome")
        said = pd.DataFrame([known[key] for key in table.index], columns=["name", "unit"], index=table.index)
        return with_units(pd.concat([said, table], axis=1), self.scenario)

    @cached_property
    def funds(self) -> pd.DataFrame:
        """What each fund spends, and closes with in the last period, in dollars: ``fund``, ``figure`` and the plans."""
        import pandas as pd

        parts = []
        for one in self.compared:
            accounts, funds = one.audit.balances, list(one.audit.scenario.funds)
            figures = {
                "spending": accounts.spending.sum(axis=1),
                "closing balance": accounts.closing[:, -1],
                "reserve asked for": accounts.reserve[:, -1],
            }
            index = pd.MultiIndex.from_product([funds, figures], names=["fund", "figure"])
            values = np.array(list(figures.values())).T.ravel()
            parts.append(pd.Series(np.round(values, 2), index=index, name=one.name))
        table = pd.concat(parts, axis=1, sort=False).reset_index()
        return with_units(table, self.scenario, dict.fromkeys(self.names, CURRENCY))

    @cached_property
    def limits(self) -> pd.DataFrame:
        """How many values of each limit a plan misses, 0 where it keeps all: ``kind``, ``name`` and the plans.

        Rules, targets, capacities and what funds ask for are all listed, and limits of programs where one is missed.
        """
        import pandas as pd

        parts = []
        for one in self.compared:
            checks = [check for check in one.audit.checks if check.kind not in _OF_ONE_PROGRAM and len(check)]
            counts = {(check.kind, check.name): 0.0 for check in checks}
            for violation in one.audit.violations:
                key = (violation.kind, violation.name)
                counts[key] = counts.get(key, 0.0) + 1.0
            index = pd.MultiIndex.from_tuples(list(counts), names=["kind", "name"])
            parts.append(pd.Series(list(counts.values()), index=index, name=one.name, dtype=float))
        table = pd.concat(parts, axis=1, sort=False)
        own = [one.audit.scenario is self.scenario for one in self.compared]
        # what one plan misses of a program's limits, the others of the same scenario keep
        table.loc[:, own] = table.loc[:, own].fillna(0.0)
        return with_units(table.reset_index(), self.scenario, dict.fromkeys(self.names, COUNT))

    @cached_property
    def missed(self) -> pd.DataFrame:
        """Every limit that a plan misses: ``plan``, ``kind``, ``name``, ``period``, ``value``, ``bound``, ``excess``.

        ``text`` says it in a sentence, and ``because`` the reason behind the limit.
        """
        import pandas as pd

        columns = ["kind", "name", "period", "value", "bound", "excess", "text", "because"]
        rows = [
            (one.name, *(getattr(violation, column) for column in columns))
            for one in self.compared
            for violation in one.audit.violations
        ]
        own = dict.fromkeys(("value", "bound", "excess"), "unit of the limit")
        return with_units(pd.DataFrame(rows, columns=["plan", *columns]), self.scenario, own)

    def groups(self, by: str = "department") -> pd.DataFrame:
        """Return what each group of programs gets and brings in each plan; one row a group and figure.

        ``group``, ``figure`` (``spending``, or an outcome), ``unit``, ``population`` (NaN where it is not known), and a
        column for each plan. A program that serves several districts counts in each by its share.

        Parameters
        ----------
        by
            ``districts``, ``department``, ``priority``, ``tags`` or another attribute of the programs.

        Raises
        ------
        UnknownNameError
            If there is no such attribute.
        OptionError
            If no program has it.
        """
        import pandas as pd

        parts = [
            pd.Series(values, name=one.name, dtype=float)
            for one in self.compared
            if (values := _by_group(one, by)) is not None
        ]
        if not parts:
            raise OptionError(f"no program has {by}, so there are no groups by it", hint=f"write `{by}:` of programs")
        table = pd.concat(parts, axis=1, sort=False).reindex(columns=self.names)
        table.index = table.index.set_names(["group", "figure"])
        table = table.reset_index()
        people, units = populations(self.scenario, by), self.outcomes["unit"]
        unit = [self.scenario.currency if one == "spending" else units[one] for one in table["figure"]]
        table.insert(2, "unit", unit)
        table.insert(3, "population", table["group"].map(people).astype(float))
        return with_units(table, self.scenario, {"population": COUNT})

    def per_head(self, by: str = DISTRICTS) -> pd.DataFrame:
        """Return the table of :meth:`groups` per head of each group, for groups whose population is known."""
        table = self.groups(by).dropna(subset=["population"]).reset_index(drop=True)
        table[self.names] = table[self.names].div(table["population"], axis=0)
        table["unit"] = table["unit"] + " per head"
        return with_units(table, self.scenario, {"population": COUNT})

    def gains(self, by: str = "department", against: str = "") -> pd.DataFrame:
        """Return what each group gains (above zero) or loses in the other plans against one of them.

        The columns are those of :meth:`groups`, without that plan.

        Parameters
        ----------
        by
            As in :meth:`groups`.
        against
            The plan: its name, or A for the first, B for the second and so on; left out, the first.

        Raises
        ------
        UnknownNameError
            If there is no such plan, or no such attribute.
        """
        one = self.name_of(against or self.names[0])
        table = self.groups(by)
        others = [name for name in self.names if name != one]
        table[others] = table[others].sub(table[one], axis=0).round(6)
        return table.drop(columns=one)

    @property
    def letters(self) -> list[str]:
        """What each plan is called at the head of a column: A, B ... Z, then numbers."""
        return [chr(ord("A") + at) if at < 26 else str(at + 1) for at in range(len(self.compared))]

    def name_of(self, said: str) -> str:
        """Return the name of the plan that a name or a letter stands for.

        Raises
        ------
        UnknownNameError
            If there is none.
        """
        for name, letter in zip(self.names, self.letters, strict=True):
            if said.casefold() in (name.casefold(), letter.casefold()):
                return name
        raise UnknownNameError("plan", said, self.names)

    def _repr_html_(self) -> str:
        tables = {"Plans": self.plans, "What each brings": self.outcomes}
        return "".join(html_table(table, title, index=True) for title, table in tables.items())


def populations(scenario: Scenario, by: str) -> dict[str, float]:
    """Return the population of each group, from the rules that say it."""
    found: dict[str, float] = {}
    for rule in scenario.rules:
        if isinstance(rule, SumRule) and rule.by == by:
            found = {**dict(rule.population), **found}
    return found


def _by_group(one: ComparedPlan, by: str) -> dict[tuple[str, str], float] | None:
    """Return what each group gets and brings, by group and figure; None if no program has the attribute."""
    scenario = one.audit.scenario
    groups = groups_named(scenario, by)
    if not groups:
        return None
    levels, names = one.audit.levels, list(scenario.outcomes)
    total = levels.level.sum(axis=1)
    values = {}
    for group, share in groups.items():
        values[group, "spending"] = round(float(share @ one.spending), 2)
        brought = np.bincount(levels.outcome, weights=total * share[levels.program], minlength=len(names))
        values |= {(group, name): value for name, value in zip(names, brought.tolist(), strict=True)}
    return values


def groups_named(scenario: Scenario, by: str) -> dict[str, Floats]:
    """Return the share of each program that belongs to each group of an attribute, as :func:`groups_of` has it.

    Raises
    ------
    UnknownNameError
        If there is no such attribute.
    """
    programs = scenario.programs
    known = [name for name in attribute_names(programs) if name != "baseline"]
    if by not in known:
        raise UnknownNameError("attribute", by, known)
    return groups_of(programs, by, populations(scenario, by) if by == DISTRICTS else ())
