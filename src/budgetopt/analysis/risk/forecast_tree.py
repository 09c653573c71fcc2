"""Plan for a tree of forecasts: commit now, adjust when it is known which of them has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.allocation import Allocation, Subject, scenario_of
from budgetopt.allocation.solve import allocation_of
from budgetopt.analysis.risk.stochastic import Futures, joined, mean_of
from budgetopt.errors import InfeasibleError, OptionError, OutOfTimeError
from budgetopt.formulation import Formulation, Labels, LinearProgram, formulate
from budgetopt.reading.tree_file import ForecastPath, read_forecasts
from budgetopt.scenario.column_units import CURRENCY, SHARE, VALUE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, Solution, SolverResult, Termination, solve_linear_program
from budgetopt.solvers.engine import solve_stage

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ForecastPlan", "forecast_tree"]


@dataclass(frozen=True, eq=False)
class ForecastPlan(Drawable):
    """The plan that is best on the average of a tree of forecasts.

    Parameters
    ----------
    scenario
        The scenario, as it is before anything is known.
    leaves
        Every way through the tree.
    plans
        The plan of each way, which agree in all that is decided before they part.
    solver_result
        The answer for the whole tree; its objectives are expected values.
    alone
        What could be reached in each way if it were known from the beginning, in the first objective; shape (leaves,).
        NaN where that was not found.
    mean_value
        The expected value of the plan that is best for the mean of all figures, once its first decisions are held; NaN
        where ``mean_reason`` says why it is not told.
    mean_reason
        Why there is no such value; empty if there is.
    """

    scenario: Scenario
    leaves: tuple[ForecastPath, ...]
    plans: tuple[Allocation, ...] = field(repr=False)
    solver_result: SolverResult = field(repr=False)
    alone: Floats = field(repr=False)
    mean_value: float
    mean_reason: str = ""

    @property
    def sign(self) -> float:
        """1 where more of the objective is better, -1 where less is."""
        return -self.solver_result.stages[0].stage.sign

    @cached_property
    def probabilities(self) -> Floats:
        """The probability of each way; shape (leaves,)."""
        return np.array([leaf.probability for leaf in self.leaves])

    @property
    def value(self) -> float:
        """The expected value of the plans in the first objective, as they are printed."""
        return float(self.probabilities @ [plan.plan_value for plan in self.plans])

    @property
    def proved(self) -> bool:
        """Whether no plan for the tree has a better expected value, by the solver's proof of the whole tree."""
        return self.solver_result.proved

    @property
    def best_value(self) -> float:
        """The best expected value of the first objective, before later objectives give up some of it."""
        return self.solver_result.stages[0].solution.objective

    @property
    def perfect_information(self) -> float:
        """What it would be worth to know from the beginning which way comes; NaN where that was not found."""
        return float(np.maximum(self.sign * (self.probabilities @ self.alone - self.best_value), 0.0))

    @property
    def stochastic_solution(self) -> float:
        """What planning for the tree is worth beside planning for its mean figures; NaN where that is not told."""
        return float(np.maximum(self.sign * (self.best_value - self.mean_value), 0.0))

    @cached_property
    def periods_in_common(self) -> int:
        """How many periods are decided before anything is known."""
        return min(leaf.known[0] for leaf in self.leaves)

    @cached_property
    def now(self) -> pd.DataFrame:
        """What is decided before anything is known: a row a program, its baseline and its money in each such period."""
        import pandas as pd

        count, plan = self.periods_in_common, self.plans[0]
        periods = self.scenario.periods[:count]
        amounts = plan.spending.sum(axis=1)[:, :count]
        ids = pd.Index(self.scenario.programs.ids, name="program")
        table = pd.DataFrame(amounts, ids, [f"{period}" for period in periods])
        table.insert(0, "baseline", self.scenario.baselines[:, 0])
        return with_units(table, self.scenario, dict.fromkeys(periods, CURRENCY))

    @cached_property
    def branches(self) -> pd.DataFrame:
        """What comes of it: a row a way through the tree.

        Its probability, the value of the plan, the value if it were known from the beginning, and the money in each
        period.
        """
        import pandas as pd

        spending = {
            period: [float(plan.spending[:, :, at].sum()) for plan in self.plans]
            for at, period in enumerate(self.scenario.periods)
        }
        table = pd.DataFrame(
            {
                "probability": self.probabilities,
                "value": [plan.plan_value for plan in self.plans],
                "known_from_the_beginning": self.alone,
                **spending,
            },
            index=pd.Index([leaf.name for leaf in self.leaves], name="branch"),
        )
        own = {**dict.fromkeys(spending, CURRENCY), "probability": SHARE, "known_from_the_beginning": VALUE}
        return with_units(table, self.scenario, own)

    def _repr_html_(self) -> str:
        return html_table(self.branches, "What comes of each forecast", index=True)


def forecast_tree(
    scenario: Subject,
    tree: str | Path | Mapping[str, Any],
    *,
    time_limit: float | None = None,
    gap: float | None = None,
) -> ForecastPlan:
    """Return the plan with the best expected value over a tree of forecasts.

    What is decided in a period is the same in all ways through the tree that cannot be told apart by then: the
    deterministic equivalent of a stochastic program in two or more stages (Birge and Louveaux, Introduction to
    Stochastic Programming, 2nd ed., 2011). The first decisions are those that are made whatever comes.

    Parameters
    ----------
    scenario
        A scenario of two or more periods, the path of one, or a plan of one.
    tree
        The forecasts: a YAML file with ``known`` and ``branches``, or what it would say as a mapping.
    time_limit, gap
        As in :func:`budgetopt.solve`, for the whole tree.

    Raises
    ------
    ScenarioError
        If the tree cannot be read: its places are in the problems.
    InfeasibleError
        If no first decisions leave a plan in every way.
    OptionError
        If a branch changes what is decided before it is known.
    """
    base = scenario_of(scenario, "forecast_tree")
    leaves = read_forecasts(base, tree)
    formulations = [formulate(leaf.scenario) for leaf in leaves]
    problems = [each.linear_program for each in formulations]
    _check_known(base, leaves, problems)
    weights = np.array([leaf.probability for leaf in leaves])
    futures = joined(problems, weights, [_decided(at, leaf, problems[at]) for at, leaf in enumerate(leaves)])
    options = Options(time_limit=time_limit, gap=gap)
    outcome = solve_linear_program(futures.problem, options)
    if outcome.x is None:
        raise _no_plan(leaves, problems, outcome)
    plans = [_plan(formulations[at], leaf, futures, at, outcome.x) for at, leaf in enumerate(leaves)]
    alone = np.array([_best(problem, options).objective for problem in problems])
    mean, reason = _of_the_mean(futures, problems, weights, leaves, options)
    return ForecastPlan(base, tuple(leaves), tuple(plans), outcome, alone, mean, reason)


def _periods_of(labels: Labels, count: int) -> Ints:
    """Return the period of each row or column, by position; a great number where it belongs to none."""
    period = np.full(count, np.iinfo(np.int64).max)
    for block in labels.blocks:
        if "period" in block.keys:
            period[block.start : block.stop] = block.keys["period"]
    return period


def _decided(at: int, leaf: ForecastPath, problem: LinearProgram) -> list[str]:
    """Name what each column decides: the same in all ways that are one in its period."""
    depth = np.searchsorted(leaf.known, _periods_of(problem.column_labels, problem.columns), side="right")
    ways = [
        "/".join(leaf.names[:deep]) if deep < len(leaf.names) else f"{leaf.name}#{at}"
        for deep in range(len(leaf.known) + 1)
    ]
    names = problem.column_labels.all_names()
    return [f"{ways[deep]}: {name}" for deep, name in zip(depth.tolist(), names, strict=True)]


def _check_known(base: Scenario, leaves: Sequence[ForecastPath], problems: Sequence[LinearProgram]) -> None:
    """Refuse a branch that changes a limit of a period in which it is not yet known."""
    names, _, limits = _limits_of(formulate(base).linear_program)
    order = np.argsort(names, kind="stable")
    for leaf, problem in zip(leaves, problems, strict=True):
        own, period, now = _limits_of(problem)
        at = order[np.minimum(np.searchsorted(names, own, sorter=order), len(order) - 1)]
        same = np.isclose(limits[at], now, rtol=1e-12, atol=1e-9).all(axis=1)
        changed = np.flatnonzero((period < leaf.known[0]) & (names[at] == own) & ~same)
        if len(changed):
            first = base.periods[leaf.known[0]]
            raise OptionError(
                f"the branch '{leaf.name}' changes {own[changed[0]]}, and is not known before {first}",
                hint=f"set figures of {first} and later alone, such as funds.general.revenue.{first}",
            )


def _limits_of(problem: LinearProgram) -> tuple[NDArray[np.str_], Ints, Floats]:
    """Return the name and the period of each row, shape (rows,), and its limits, shape (rows, 2)."""
    limits = np.column_stack((problem.row_lower, problem.row_upper))
    return np.array(problem.row_labels.all_names()), _periods_of(problem.row_labels, problem.rows), limits


def _plan(formulation: Formulation, leaf: ForecastPath, futures: Futures, at: int, x: Floats) -> Allocation:
    """Return the plan of one way: what it shares with others is held, the rest is settled as in any scenario."""
    problem, point = formulation.linear_program, futures.point_in(at, x)
    held = futures.shared[futures.columns[at]]
    point = np.where(problem.integer, np.rint(point), point)
    lower, upper = np.where(held, point, problem.lower), np.where(held, point, problem.upper)
    around = replace(formulation, linear_program=replace(problem, lower=lower, upper=upper))
    return allocation_of(leaf.scenario, around, solve_linear_program(around.linear_program))


def _best(problem: LinearProgram, options: Options) -> Solution:
    return solve_stage(problem, problem.stages[0], options)


def _of_the_mean(
    futures: Futures,
    problems: Sequence[LinearProgram],
    weights: Floats,
    leaves: Sequence[ForecastPath],
    options: Options,
) -> tuple[float, str]:
    """Return the expected value if the best plan for the mean makes the first decisions, or why there is none."""
    mean = mean_of(problems, weights)
    if mean is None:
        return np.nan, "the branches differ in more than figures, so they have no mean"
    plan = _best(mean, options).x
    if plan is None:
        return np.nan, "no plan keeps every limit at the mean of the figures"
    first = _periods_of(problems[0].column_labels, problems[0].columns) < min(leaf.known[0] for leaf in leaves)
    held = futures.held(futures.columns[0][first], plan[first])  # no mutant: branches share their first decisions
    answer = _best(held, options)
    if answer.x is None:
        return np.nan, "the first decisions of the plan for the mean leave no plan in some branch"
    return answer.objective, ""


def _no_plan(leaves: Sequence[ForecastPath], problems: Sequence[LinearProgram], outcome: SolverResult) -> Exception:
    """Return the error that says which ways have no plan even by themselves."""
    if outcome.termination is not Termination.INFEASIBLE:
        return OutOfTimeError("no plan for the tree was found", hint="allow more time")
    alone = [leaf.name for leaf, each in zip(leaves, problems, strict=True) if _best(each, Options()).x is None]
    if alone:
        hint = "`budgetopt conflicts` with --set says what contradicts what in it"
        return InfeasibleError(f"no plan keeps every limit if this comes: {', '.join(alone)}", hint=hint)
    hint = "each branch has a plan by itself: keep more in reserve, or let more be adjusted later"
    return InfeasibleError("no first decisions leave a plan in every branch", hint=hint)
