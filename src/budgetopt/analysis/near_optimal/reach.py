"""The cheapest way to targets: the least added money over a plan that is kept, or over any plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import Allocation, Subject, scenario_of
from budgetopt.allocation.whole_amounts import whole_plan
from budgetopt.analysis.amendments.amend import moves_between, start_of
from budgetopt.analysis.amendments.departures import departures
from budgetopt.analysis.comparing.edited_plan import compared
from budgetopt.analysis.infeasibility.amending import outward
from budgetopt.analysis.infeasibility.recurring_revenue import with_more_revenue
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.members import INTERRUPTED, Machines, run_members
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.errors import InfeasibleError, OptionError, OutOfTimeError, UnknownNameError
from budgetopt.formulation import Formulation, LinearProgram, Stage
from budgetopt.formulation.linear_program import Floats
from budgetopt.formulation.stages import is_goal_programming
from budgetopt.scenario.column_units import with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, SolverResult, Termination, solve_linear_program

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Reach", "reach"]

PRICE_OF_CENTS = 10.0
"""How many dollars a dollar counts by which a kept program gets less so that cents add up."""


@dataclass(frozen=True, eq=False)
class Reach(Drawable):
    """The cheapest way to targets.

    Parameters
    ----------
    start
        The audit of the plan that is started from, by the scenario without the targets; where shortfall from targets is
        minimized, so that they are no limits, with them.
    audit
        The plan that reaches the targets, and its audit by the scenario with them and with the money that is added.
    money
        Dollars that each fund gets in addition; shape (funds, periods).
    keeps
        Whether no program gets less than in the plan that is started from.
    proved
        Whether no less does it.
    targets
        Where there are several targets, what each of them adds: one row a target, ``outcome``, ``added`` (what programs
        need not get more without it) and ``new_money`` (what funds need not get in addition), ``unit`` (the currency),
        ``note`` (why there is no answer). Empty with one target.
    """

    start: Audit
    audit: Audit
    money: Floats
    keeps: bool
    proved: bool
    targets: pd.DataFrame = field(repr=False)

    @property
    def interrupted(self) -> bool:
        """Whether the user ended it before it was known what each target adds."""
        return bool((self.targets["note"] == INTERRUPTED).any())

    @property
    def scenario(self) -> Scenario:
        """The scenario with the targets and the added money."""
        return self.audit.scenario

    @property
    def plan(self) -> SpendingPlan:
        """The plan that reaches the targets."""
        return self.audit.plan

    @property
    def added(self) -> float:
        """What programs get more, dollars of all periods."""
        return float(np.maximum(self.plan.spending.sum(axis=1) - self.start.plan.spending.sum(axis=1), 0.0).sum())

    @property
    def new_money(self) -> float:
        """What funds must get in addition, dollars of all periods; the rest is money that the plan leaves unspent."""
        return float(self.money.sum())

    @cached_property
    def moves(self) -> pd.DataFrame:
        """What each program gets before and after, where that differs; one row a program and period.

        ``program``, ``name``, ``period``, ``before``, ``after``, ``change``, ``unit`` (the currency).
        """
        return moves_between(self.scenario, self.start.plan, self.plan)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """What both plans reach of each outcome, all periods together: ``before``, ``after``, ``change``, ``unit``."""
        table = compared(list(self.scenario.outcomes), *(one.outcomes.sum(axis=1) for one in (self.start, self.audit)))
        table = table.assign(unit=[outcome.unit for outcome in self.scenario.outcomes.values()])
        return with_units(table, self.scenario)

    @cached_property
    def funds(self) -> pd.DataFrame:
        """The money that funds get in addition: ``fund``, ``period``, ``money``, ``unit``; those that get any."""
        import pandas as pd

        fund, period = np.nonzero(self.money > 0)
        table = pd.DataFrame(
            {
                "fund": np.array(list(self.scenario.funds), dtype=object)[fund],
                "period": np.array(self.scenario.periods, dtype=object)[period],
                "money": self.money[fund, period],
                "unit": np.full(len(fund), self.scenario.currency, dtype=object),
            }
        )
        return with_units(table, self.scenario)

    def _repr_html_(self) -> str:
        return html_table(self.moves, "The cheapest way to the targets: what programs get before and after")


def reach(
    subject: Subject,
    targets: Mapping[str, Any] | None = None,
    *,
    start: SpendingPlan | str | None = None,
    keep: bool = True,
    funds: Sequence[str] = (),
    time_limit: float | None = None,
    machines: Machines | None = None,
) -> Reach:
    """Return the cheapest way to targets, in every period.

    With ``keep`` no program gets less than in the plan that is started from, and what programs get more is minimized,
    then the money that funds need for it. Without ``keep`` every program may get less too, and the money that funds
    need in addition is minimized. Added money counts as recurring revenue. Of equally cheap ways the one with the best
    first objective is returned. All other limits hold. Targets whose shortfall is minimized are reached as well.

    Parameters
    ----------
    subject
        The plan that is started from; or a scenario or its path, which is solved without the added targets.
    targets
        Levels by the outcomes' keys: the least of each, or the most of one of which less is better; they take the place
        of the scenario's own. Left out, the scenario's own.
    start
        Another plan to start from: any spending plan, or ``current`` for every program at its baseline.
    keep
        Whether no program may get less.
    funds
        The funds that may get money; left out, those of the kind ``general``, or all if there is none.
    time_limit
        Seconds for each solve.
    machines
        Where it is worked out what each of several targets adds; this process if left out.

    Raises
    ------
    UnknownNameError
        If a target or a fund names nothing.
    OptionError
        If there is no target.
    ScenarioError
        If a level is none.
    InfeasibleError
        If no money reaches the targets.
    """
    scenario = scenario_of(subject, "reach")
    wanted = _with_targets(scenario, targets or {})
    names = _funds(scenario, funds)
    if start is None and not targets and not isinstance(subject, Allocation):
        subject = _without_targets(scenario)
    begin = start_of(subject, scenario_of(subject, "reach"), start, time_limit)
    asked = _TargetsAsked(wanted, names, begin, keep, Options(time_limit=time_limit))
    formulation, outcome, money = _cheapest(asked)
    if outcome.x is None:
        raise _out_of_reach(keep=keep)
    each = _each_target(asked, _need(asked, formulation, outcome.x, money), machines)
    money = _in_cents(money, scenario.cent)
    found = whole_plan(_with_money(wanted, money), formulation, outcome.x[: formulation.linear_program.columns])
    return Reach(audit_plan(_counted_by(scenario, wanted), begin), found.audit, money, keep, outcome.proved, each)


@dataclass(frozen=True, slots=True, eq=False)
class _TargetsAsked:
    """What is asked: the scenario with the targets, the funds that may get money, the start, and how to solve."""

    scenario: Scenario
    funds: Sequence[str]
    begin: SpendingPlan
    keep: bool
    options: Options

    @property
    def keys(self) -> list[str]:
        """The outcomes with a target."""
        return [key for key, outcome in self.scenario.outcomes.items() if outcome.target]


def _cheapest(asked: _TargetsAsked) -> tuple[Formulation, SolverResult, Floats]:
    """Return the cheapest way, and the money that funds get for it; shape (funds, periods)."""
    scenario, formulation = asked.scenario, whole(asked.scenario)
    wide = _missing_no_target(_wider(formulation, scenario, asked.funds))
    problem = _problem(formulation, wide, asked.begin, keep=asked.keep)
    outcome = solve_linear_program(problem, asked.options)
    money = np.zeros((len(scenario.funds), len(scenario.periods)))
    if outcome.x is not None:
        columns, rows = formulation.linear_program.columns, [list(scenario.funds).index(name) for name in asked.funds]
        found = outcome.x[columns : columns + len(rows) * money.shape[1]]
        money[rows] = found.reshape(len(rows), -1)
    return formulation, outcome, money


def _missing_no_target(problem: LinearProgram) -> LinearProgram:
    """Return a problem in which targets that are goals hold as limits."""
    upper = problem.upper.copy()
    for kind in ("shortfall", "excess"):
        for block in problem.column_labels.of_kind(kind):
            upper[block.positions] = 0.0
    return replace(problem, upper=upper)


def _need(asked: _TargetsAsked, formulation: Formulation, x: Floats, money: Floats) -> tuple[float, float]:
    """Return what programs get more than at the start, and the money that funds get for it."""
    spending = formulation.spending_of(x[: formulation.linear_program.columns])
    more = np.maximum(spending.sum(axis=1) - asked.begin.spending.sum(axis=1), 0.0)
    return float(more.sum()), float(money.sum())


def _each_target(asked: _TargetsAsked, need: tuple[float, float], machines: Machines | None) -> pd.DataFrame:
    """Return what each of several targets adds, by reaching the others without it."""
    import pandas as pd

    keys = asked.keys if len(asked.keys) > 1 else []
    text = "Reaching the targets without each"
    found = run_members(_without_one, asked, len(keys), text=text, machines=machines, chunk=1)
    notes = dict.fromkeys(found.answers, "") | {one.number: one.reason for one in found.failed}
    others = np.array([found.answers.get(number, (np.nan, np.nan)) for number in range(len(keys))]).reshape(-1, 2)
    saved = (np.array(need) - others).round(2) + 0.0
    columns = {"outcome": keys, "added": saved[:, 0], "new_money": saved[:, 1], "unit": asked.scenario.currency}
    table = pd.DataFrame({**columns, "note": [notes.get(number, INTERRUPTED) for number in range(len(keys))]})
    return with_units(table, asked.scenario)


def _without_one(asked: _TargetsAsked) -> Callable[[int], tuple[float, float]]:
    """Return what reaches all targets but one, by its number."""

    def need(number: int) -> tuple[float, float]:
        others = replace(asked, scenario=asked.scenario.without(f"outcomes.{asked.keys[number]}.target"))
        formulation, outcome, money = _cheapest(others)
        if outcome.termination is Termination.INTERRUPTED:
            raise KeyboardInterrupt
        if outcome.x is None:
            raise OutOfTimeError(f"the search ended without a plan: {outcome.termination}")
        return _need(others, formulation, outcome.x, money)

    return need


def _counted_by(scenario: Scenario, wanted: Scenario) -> Scenario:
    """Return the scenario by which the plan that is started from is audited: its shortfall is that from the targets."""
    return wanted if is_goal_programming(scenario) else scenario


def _without_targets(scenario: Scenario) -> Scenario:
    """Return a scenario without its targets; one whose targets are goals as it is, since its plan may miss them."""
    if is_goal_programming(scenario):
        return scenario
    return scenario.without(*(f"outcomes.{key}.target" for key, one in scenario.outcomes.items() if one.target))


def _wider(formulation: Formulation, scenario: Scenario, funds: Sequence[str]) -> LinearProgram:
    wide = with_more_revenue(formulation, scenario, funds)
    if wide is None:
        raise OptionError(f"what more money for {', '.join(funds)} does is no straight line", hint="name other funds")
    return wide


def _in_cents(money: Floats, cent: float) -> Floats:
    """Return amounts rounded up to cents, those of less than half a cent to nothing."""
    some = np.where(money < cent / 2, 0.0, money)
    return np.array([[outward(amount, up=True, digits=2) for amount in row] for row in some.tolist()])


def _out_of_reach(*, keep: bool) -> InfeasibleError:
    if keep:
        message = "no money reaches the targets while every program keeps what it has: other limits stand in the way"
        return InfeasibleError(message, hint="let programs get less: --any, or keep=False")
    message = "no money reaches the targets: other limits stand in the way"
    return InfeasibleError(message, hint="say the targets in the scenario, and `budgetopt conflicts` names the limits")


def _with_targets(scenario: Scenario, targets: Mapping[str, Any]) -> Scenario:
    changes: list[tuple[tuple[str, ...], Any]] = []
    for name, level in targets.items():
        if name not in scenario.outcomes:
            raise UnknownNameError("outcome", name, list(scenario.outcomes))
        outcome = scenario.outcomes[name]
        side = "at_most" if outcome.direction == "decrease" else "at_least"
        weight = None if outcome.target is None else outcome.target.weight
        counts = {} if weight is None else {"weight": weight}
        changes.append((("outcomes", name, "target"), {side: level, **counts}))
    wanted = scenario.with_(*changes) if changes else scenario
    if not any(outcome.target for outcome in wanted.outcomes.values()):
        raise OptionError("there is no target to be reached", hint="name one: visits=1.2M")
    return wanted


def _funds(scenario: Scenario, names: Sequence[str]) -> list[str]:
    for name in names:
        if name not in scenario.funds:
            raise UnknownNameError("fund", name, list(scenario.funds))
    general = [name for name, fund in scenario.funds.items() if fund.kind == "general"]
    return list(names) or general or list(scenario.funds)


def _problem(formulation: Formulation, wide: LinearProgram, begin: SpendingPlan, *, keep: bool) -> LinearProgram:
    """Return the problem whose stages are what is added, the money that it takes, and the first objective."""
    amounts, own = begin.spending.sum(axis=1), formulation.linear_program
    around = departures(replace(formulation, linear_program=wide), amounts)
    columns = around.problem.columns
    best = replace(own.stages[0], cost=own.stages[0].cost_for(columns), within=0.0)
    money = np.zeros(columns)
    money[own.columns : wide.columns] = 1.0
    least = Stage("minimize the money that is found", money, maximize=False)
    if not keep:
        return replace(around.problem, stages=(least, best))
    added = Stage("minimize what is added", around.cost(1.0, PRICE_OF_CENTS), maximize=False)
    cents = np.full(amounts.shape, 0.01)
    problem = around.limited(np.full(amounts.shape, np.inf), cents)
    lower = problem.lower.copy()
    for block in problem.column_labels.of_kind("package"):
        if begin.packages is not None:
            at = formulation.packages.at(block.keys["program"], block.keys["package"])
            taken = begin.packages[at, block.keys["period"]]
            lower[block.positions] = np.minimum(
                np.maximum(lower[block.positions], taken), problem.upper[block.positions]
            )
    return replace(problem, lower=lower, stages=(added, least, best))


def _with_money(scenario: Scenario, money: Floats) -> Scenario:
    changes = []
    for name, more in zip(scenario.funds, money, strict=True):
        if more.any():
            amounts = (scenario.revenue(name) + more).tolist()
            changes.append((("funds", name, "revenue"), dict(zip(scenario.periods, amounts, strict=True))))
    return scenario.with_(*changes) if changes else scenario
