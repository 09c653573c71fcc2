"""A plan after motions: whether it is balanced, what it costs in outcomes, and which offsets balance it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation, Subject, scenario_of
from budgetopt.allocation import solve as solve_one
from budgetopt.analysis.amendments.motions import Motion, parse_motions
from budgetopt.analysis.amendments.moved_plan import MovedPlan, moved, rows_of
from budgetopt.analysis.amendments.offsets import NOISE, Offsets, Purchases, find_offsets, find_purchases
from budgetopt.analysis.comparing.benchmark_plans import audited_baselines
from budgetopt.analysis.comparing.edited_plan import compared
from budgetopt.analysis.infeasibility.amending import needed_numbers, still_missed
from budgetopt.analysis.infeasibility.repair import Amendment
from budgetopt.audit import Audit, SpendingPlan, Violation, audit_plan
from budgetopt.errors import OptionError, Problem, ScenarioError
from budgetopt.scenario.column_units import COUNT, CURRENCY, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Amended", "AmendmentStep", "amend", "amended", "moves_between", "start_of"]


@dataclass(frozen=True, eq=False)
class AmendmentStep:
    """One motion, or the offsets of motions, as they were made.

    Parameters
    ----------
    text
        The motion; ``offsets`` for cuts that balance those before.
    after
        The plan after it.
    audit
        The audit of that plan.
    because
        Why it was moved, and by whom.
    """

    text: str
    after: MovedPlan = field(repr=False)
    audit: Audit = field(repr=False)
    because: str = ""


@dataclass(frozen=True, eq=False)
class Amended(Drawable):
    """A plan after motions, beside the plan that they were moved on.

    Parameters
    ----------
    start
        The audit of the plan before any motion.
    steps
        Each motion with the plan after it.
    may_be_cut
        The programs or groups from which offsets may come; none for all.
    time_limit
        Seconds for the search for offsets.
    """

    start: Audit
    steps: tuple[AmendmentStep, ...]
    may_be_cut: tuple[str, ...] = ()
    time_limit: float | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.start.scenario

    @property
    def now(self) -> MovedPlan:
        """The plan after the last motion, with what motions settled in it."""
        return self.steps[-1].after if self.steps else MovedPlan.of(self.scenario, self.start.plan)

    @property
    def plan(self) -> SpendingPlan:
        """The plan after the last motion."""
        return self.now.plan

    @property
    def audit(self) -> Audit:
        """The audit of the plan after the last motion."""
        return self.steps[-1].audit if self.steps else self.start

    @property
    def balanced(self) -> bool:
        """Whether the plan keeps every limit: no fund is overdrawn, no reserve, floor or rule missed."""
        return self.audit.accepted

    @property
    def value(self) -> float:
        """The value of the first objective."""
        return self.audit.objectives[0].value

    @property
    def loss(self) -> float:
        """By how much the plan is worse in the first objective than the one before any motion; below 0 if better."""
        return self.loss_of(self.audit)

    def loss_of(self, audit: Audit) -> float:
        """Return by how much an audited plan is worse in the first objective than the one before any motion."""
        objective = self.scenario.objective[0]
        sign = -1.0 if objective.maximize is not None else 1.0
        return sign * (audit.objectives[0].value - self.start.objectives[0].value)

    @cached_property
    def waivers(self) -> tuple[Amendment, ...]:
        """What limits that the plan misses would have to be instead, or the one-time money that keeps them."""
        return needed_numbers(self.audit)

    @cached_property
    def not_waived(self) -> tuple[Violation, ...]:
        """What the plan misses even with all of the waivers: some limits, such as the order of packages, have none."""
        return still_missed(self.audit, self.waivers)

    @cached_property
    def offsets(self) -> Offsets | None:
        """The cuts that balance the plan at the least loss; None if it is balanced, or no cuts balance it."""
        if self.balanced:
            return None
        rows = rows_of(self.scenario, self.may_be_cut) if self.may_be_cut else None
        return find_offsets(self.scenario, self.now, rows, time_limit=self.time_limit)

    @property
    def freed(self) -> float:
        """Dollars that the plan spends less than the one before any motion, all periods together; 0 if it does not."""
        less = float((self.start.plan.spending.sum() - self.plan.spending.sum()).round(6))
        return less if less > NOISE * self.scenario.cent else 0.0

    @cached_property
    def purchases(self) -> Purchases | None:
        """What the freed money buys best; None if none is freed, or the plan needs cuts before it is balanced."""
        needs_cuts = not self.balanced and (self.offsets is None or bool(self.offsets.cut.any()))
        if not self.freed or needs_cuts:
            return None
        return find_purchases(self.scenario, self.now, self.freed, time_limit=self.time_limit)

    def then(self, *motions: str, because: str = "") -> Amended:
        """Return the plan after more motions, with what motions have settled so far.

        Raises
        ------
        ScenarioError
            If a motion cannot be understood or made.
        """
        return amended(self, parse_motions(motions, self.scenario.periods), because)

    def with_offsets(self) -> Amended:
        """Return the plan with the offsets as one more step; the same plan if it needs none.

        Raises
        ------
        OptionError
            If no offsets balance it.
        """
        if self.balanced:
            return self
        found = self.offsets
        if found is None:
            raise OptionError("no offsets balance the plan", hint="name more programs, or waive a limit that it misses")
        before = self.now
        step = AmendmentStep("offsets", MovedPlan(found.plan, before.moved, before.frozen), found.audit)
        return Amended(self.start, (*self.steps, step), self.may_be_cut, self.time_limit)

    @cached_property
    def motions(self) -> pd.DataFrame:
        """One row a motion: what it moves and what follows.

        ``motion``, ``change`` (dollars of all periods), ``value`` of the first objective after it, ``missed`` (how many
        limits the plan misses then), ``because``.
        """
        import pandas as pd

        amounts = [self.start.plan.spending.sum(), *(step.after.plan.spending.sum() for step in self.steps)]
        table = pd.DataFrame(
            {
                "motion": [step.text for step in self.steps],
                "change": np.diff(amounts).round(6),
                "value": [step.audit.objectives[0].value for step in self.steps],
                "missed": [len(step.audit.violations) for step in self.steps],
                "because": [step.because for step in self.steps],
            }
        )
        return with_units(table, self.scenario, {"change": CURRENCY, "missed": COUNT})

    @cached_property
    def moves(self) -> pd.DataFrame:
        """What each program gets before and after all motions, where that differs; one row a program and period.

        ``program``, ``name``, ``period``, ``before``, ``after``, ``change``, ``unit`` (the currency).
        """
        return moves_between(self.scenario, self.start.plan, self.plan)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """What both plans reach of each outcome, all periods together: ``before``, ``after``, ``change``, ``unit``."""
        levels: list[Floats] = [audit.outcomes.sum(axis=1) for audit in (self.start, self.audit)]
        table = compared(list(self.scenario.outcomes), *levels)
        table = table.assign(unit=[outcome.unit for outcome in self.scenario.outcomes.values()])
        return with_units(table, self.scenario)

    @cached_property
    def funds(self) -> pd.DataFrame:
        """What each fund spends in both plans, all periods together: ``before``, ``after``, ``change``, ``unit``."""
        spent: list[Floats] = [plan.spending.sum(axis=(0, 2)) for plan in (self.start.plan, self.plan)]
        table = compared(list(self.scenario.funds), *spent).assign(unit=self.scenario.currency)
        return with_units(table, self.scenario)

    def _repr_html_(self) -> str:
        tables = [
            html_table(self.motions, "What the motions move"),
            html_table(self.moves, "What programs get before and after the motions"),
        ]
        return "".join(tables)


def moves_between(scenario: Scenario, before: SpendingPlan, after: SpendingPlan) -> pd.DataFrame:
    """Return what programs get in two plans where that differs: one row a program and period.

    ``program``, ``name``, ``period``, ``before``, ``after``, ``change``, ``unit`` (the currency).
    """
    import pandas as pd

    was, now = (plan.spending.sum(axis=1) for plan in (before, after))
    half_a_cent = scenario.cent / 2
    program, period = np.nonzero(np.abs(now - was) > half_a_cent)
    table = pd.DataFrame(
        {
            "program": scenario.programs.ids[program],
            "name": scenario.programs.names()[program],
            "period": np.array(scenario.periods, dtype=object)[period],
            "before": was[program, period],
            "after": now[program, period],
            "change": (now - was)[program, period].round(6),
            "unit": np.full(len(program), scenario.currency, dtype=object),
        }
    )
    return with_units(table, scenario)


def amend(
    subject: Subject,
    *motions: str,
    start: SpendingPlan | str | None = None,
    may_be_cut: Sequence[str] = (),
    because: str = "",
    time_limit: float | None = None,
) -> Amended:
    """Return a plan after motions, checked: what it misses, what it costs in outcomes, which offsets balance it.

    A motion is a sentence: ``add 2M to library_hours``, ``cut parks by 10%``, ``set pools to 90%``, ``restore pools``,
    ``move 1M from parks to pools``, ``freeze fire_rescue``, ``fund ladder company of fire_station``, ``defund bridge``.
    ``in PERIOD`` and ``paid by FUND`` may follow. Programs are named by their ids or names; a department, priority or
    tag stands for all of its programs, ``all`` for every program.

    Parameters
    ----------
    subject
        The best plan, on which the motions are moved; or a scenario or its path, which is solved.
    *motions
        The motions, in their order.
    start
        Another plan on which they are moved: any spending plan, or ``current`` for every program at its baseline.
    may_be_cut
        The programs or groups from which offsets may come; left out, all that no motion has moved or frozen.
    because
        Why they are moved, for the log.
    time_limit
        Seconds for each solve.

    Raises
    ------
    ScenarioError
        If a motion cannot be understood, names nothing, or takes more than there is.
    UnknownNameError
        If ``may_be_cut`` names nothing.
    OptionError
        If ``start`` is something else.
    InfeasibleError
        If the scenario has no plan and no other start is given.
    """
    scenario = scenario_of(subject, "amend")
    parsed = parse_motions(motions, scenario.periods)
    rows_of(scenario, may_be_cut)
    begin = start_of(subject, scenario, start, time_limit)
    return amended(Amended(audit_plan(scenario, begin), (), tuple(may_be_cut), time_limit), parsed, because)


def start_of(
    subject: Subject, scenario: Scenario, start: SpendingPlan | str | None, time_limit: float | None
) -> SpendingPlan:
    """Return the plan on which motions are moved."""
    if isinstance(start, SpendingPlan):
        start.check_shape(scenario)
        return start
    if start == "current":
        return audited_baselines(scenario).plan
    if start is not None:
        raise OptionError(f"start is {start!r}", hint="a spending plan, or 'current'; left out, the best plan")
    best = subject if isinstance(subject, Allocation) else solve_one(scenario, time_limit=time_limit)
    return best.spending_plan


def amended(before: Amended, motions: Sequence[Motion], because: str = "") -> Amended:
    """Return a plan after more motions.

    Raises
    ------
    ScenarioError
        With what is wrong with the first motion that cannot be made.
    """
    scenario, steps, now = before.scenario, list(before.steps), before.now
    problems = list[Problem]()
    for motion in motions:
        try:
            now = moved(scenario, now, motion)
        except ScenarioError as error:
            problems += error.problems
            continue
        steps.append(AmendmentStep(motion.text, now, audit_plan(scenario, now.plan), because))
    if problems:
        raise ScenarioError(problems)
    return Amended(before.start, tuple(steps), before.may_be_cut, before.time_limit)
