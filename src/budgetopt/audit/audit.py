"""The audit itself: every limit of a scenario, checked on one plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.audit.activity import OutcomeLevels
from budgetopt.audit.balances import Balances
from budgetopt.audit.check import ALL_PERIODS, Check, Violation
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.fund_audit import check_balances, check_fund_spending, check_structure, check_transfers
from budgetopt.audit.grant_audit import check_maintenance, check_match, check_supplanting
from budgetopt.audit.objective_values import ObjectiveValue, value_of_objectives
from budgetopt.audit.package_audit import check_packages
from budgetopt.audit.payer_audit import check_payers
from budgetopt.audit.plan import SpendingPlan
from budgetopt.audit.program_limits import (
    check_amounts,
    check_eligibility,
    check_kept_baselines,
    check_minimum_levels,
    check_services,
    check_spending_limits,
)
from budgetopt.audit.rules import check_rule
from budgetopt.audit.target_audit import check_resources, check_stand_ins, check_targets
from budgetopt.errors import OptionError
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Audit", "audit_plan"]

CHECKS: tuple[Callable[[Evaluation], list[Check]], ...] = (
    check_amounts,
    check_eligibility,
    check_payers,
    check_spending_limits,
    check_kept_baselines,
    check_minimum_levels,
    check_services,
    check_packages,
    check_transfers,
    check_balances,
    check_structure,
    check_fund_spending,
    check_match,
    check_maintenance,
    check_supplanting,
    check_resources,
    check_stand_ins,
    check_targets,
)
"""What checks everything but the rules, in the order in which it is reported."""


@dataclass(frozen=True, eq=False, repr=False)
class Audit:
    """What a plan does by the scenario's own words, and which of its limits it keeps.

    Parameters
    ----------
    scenario, plan
        What was audited.
    tolerance
        The share of the money at stake by which a limit may be missed; never less than a cent for each payment.
    outcomes
        The level of each outcome; shape (outcomes, periods).
    levels
        The level that each program brings to each outcome.
    uses
        What each program takes of each resource, in the same form.
    resources
        What is taken of each resource; shape (resources, periods).
    weighted
        The weighted outcomes of each period, not discounted; shape (periods,).
    objectives
        The value of each objective, in the order of the scenario.
    balances
        The accounts of each fund.
    rules
        The check of each rule, in the order of ``scenario.rules``.
    checks
        Every check, those of the rules included.
    """

    scenario: Scenario
    plan: SpendingPlan
    tolerance: float
    outcomes: Floats
    levels: OutcomeLevels
    uses: OutcomeLevels
    resources: Floats
    weighted: Floats
    objectives: tuple[ObjectiveValue, ...]
    balances: Balances
    rules: tuple[Check, ...]
    checks: tuple[Check, ...]

    @property
    def limit_count(self) -> int:
        """How many limits were checked: one for each program, group, fund and period that a limit is about.

        A goal, which the plan may miss, is none.
        """
        return sum(len(check) for check in self.checks if not check.is_goal)

    @property
    def accepted(self) -> bool:
        """Whether the plan keeps every limit of the scenario."""
        return all(check.holds for check in self.checks)

    @property
    def weighted_value(self) -> float:
        """The weighted outcomes over all periods, not discounted."""
        return float(self.weighted.sum())

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """Every limit that the plan does not keep, in words."""
        # one match may be asked for by several grants: each is a limit, and what is missed is said once
        return tuple(dict.fromkeys(found for check in self.checks for found in check.violations(self.scenario)))

    def of_kind(self, kind: str) -> tuple[Check, ...]:
        """Return the checks of one kind, such as ``reserve`` or ``target``."""
        return tuple(check for check in self.checks if check.kind == kind)

    def of_limit(self, position: int) -> tuple[Check, ...]:
        """Return what was checked of the limit at a position of ``scenario.limits``: the cells that are about it."""
        found = []
        for check in self.checks:
            if isinstance(check.limit, int):
                if check.limit == position:
                    found.append(check)
            elif (mine := (check.limit == position) | (check.upper_limit == position)).any():
                found.append(check.select(mine))
        return tuple(found)

    def outcome_table(self) -> pd.DataFrame:
        """Return the level of each outcome by period, with its unit and its worth; one row an outcome and period."""
        import pandas as pd

        outcomes = self.scenario.outcomes
        periods = len(self.scenario.periods)
        worth = np.repeat([outcome.worth for outcome in outcomes.values()], periods)
        return pd.DataFrame(
            {
                "outcome": np.repeat(np.array(list(outcomes), dtype=object), periods),
                "period": np.tile(np.array(self.scenario.periods, dtype=object), len(outcomes)),
                "level": self.outcomes.ravel(),
                "unit": np.repeat(np.array([outcome.unit for outcome in outcomes.values()], dtype=object), periods),
                "worth": worth * self.outcomes.ravel(),
            }
        )

    def balance_table(self) -> pd.DataFrame:
        """Return the accounts of the funds in dollars; one row a fund and period."""
        import pandas as pd

        funds, periods = list(self.scenario.funds), self.scenario.periods
        columns = {name: getattr(self.balances, name).ravel() for name in Balances.__dataclass_fields__}
        names = {
            "fund": np.repeat(np.array(funds, dtype=object), len(periods)),
            "period": np.tile(np.array(periods, dtype=object), len(funds)),
        }
        return pd.DataFrame({**names, **columns})

    def check_table(self) -> pd.DataFrame:
        """Return every value that is limited, with its limits; one row a value.

        ``item`` is what else a row is about: a group of a rule, a package, the programs that a rule speaks of.
        """
        import pandas as pd

        periods = np.array([*self.scenario.periods, "total"], dtype=object)
        programs = np.array([*self.scenario.programs.ids, ""], dtype=object)
        funds = np.array([*self.scenario.funds, ""], dtype=object)
        frames = []
        for check in self.checks:
            none = np.full(len(check), ALL_PERIODS)
            frames.append(
                pd.DataFrame(
                    {
                        "kind": np.full(len(check), check.kind, dtype=object),
                        "name": np.full(len(check), check.name, dtype=object),
                        "period": periods[check.period],
                        "program": programs[none if check.program is None else check.program],
                        "fund": funds[none if check.fund is None else check.fund],
                        "item": np.full(len(check), "", dtype=object) if check.item is None else check.item,
                        "value": check.value,
                        "at_least": check.lower,
                        "at_most": check.upper,
                        "kept": ~check.missed,
                        "binding": check.binding,
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    def __repr__(self) -> str:
        found = "accepted" if self.accepted else f"{sum(int(check.missed.sum()) for check in self.checks)} missed"
        return f"Audit({self.scenario.name!r}: {found}, {self.limit_count} limits)"

    def __str__(self) -> str:
        if self.accepted:
            every = "the one limit" if self.limit_count == 1 else f"all {self.limit_count:,} limits"
            return f"The plan keeps {every} of {self.scenario.name}."
        lines = [f"The plan misses {len(self.violations)} of the limits of {self.scenario.name}:"]
        return "\n".join([*lines, *(f"- {violation}" for violation in self.violations)])


def audit_plan(scenario: Scenario, plan: SpendingPlan, *, tolerance: float = 1e-9) -> Audit:
    """Work out what a plan does, and whether it keeps every limit, straight from the scenario's words.

    For every period: outcomes and the use of resources follow from what is spent for each program, from the decision
    packages that are taken and from the services that cost no money; each fund's ``opening + revenue + one_time +
    transfers in - transfers out - spending`` is its closing balance, which opens its next period if it carries over;
    and each limit is then read as it is written. The functions that check each kind of limit say how it is read.

    Parameters
    ----------
    scenario
        The scenario.
    plan
        Any spending plan, wherever it came from.
    tolerance
        The share of the money at stake by which a limit may be missed: of everything that is added to make the value.
        It is never less than a cent for each payment that is added, or than what these cents buy of an outcome at
        best, because a plan in whole cents can be no more exact than that.

    Raises
    ------
    OptionError
        If the plan is not of the scenario's shape, or the tolerance is no share.
    FaultError
        If the scenario has a kind of rule that the audit does not know.
    """
    if not 0.0 <= tolerance < 1.0:
        raise OptionError(f"the tolerance of an audit is {tolerance}", hint="it is a share, such as 1e-9")
    plan.check_shape(scenario)
    evaluation = Evaluation(scenario, plan, tolerance)
    find = scenario.limits.find
    rules = tuple(replace(check_rule(evaluation, rule), limit=find("rule", rule.name)) for rule in scenario.rules)
    checks = tuple(
        replace(check, limit=find(check.kind, check.name))
        if isinstance(check.limit, int) and check.limit < 0
        else check
        for checker in CHECKS
        for check in checker(evaluation)
    )
    return Audit(
        scenario,
        plan,
        tolerance,
        evaluation.outcomes,
        evaluation.levels,
        evaluation.uses,
        evaluation.resources,
        evaluation.weighted,
        value_of_objectives(evaluation),
        evaluation.balances,
        rules,
        (*checks, *rules),
    )
