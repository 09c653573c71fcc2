"""Two outcomes against each other, and the best value against the group that has least: every efficient plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of, scenario_of
from budgetopt.analysis.comparing.comparison import groups_named, populations
from budgetopt.analysis.frontiers.efficient_points import EfficientPoint, EfficientPoints, efficient_points
from budgetopt.analysis.live_problem.plan_moves import moves_between
from budgetopt.analysis.live_problem.shared_column import with_shared_column
from budgetopt.analysis.live_problem.what_if import SECONDS
from budgetopt.analysis.members import Machines
from budgetopt.errors import InfeasibleError, OptionError
from budgetopt.formulation import Formulation, LinearProgram, Stage, formulate
from budgetopt.formulation.stages import label_of
from budgetopt.scenario.column_units import COUNT, CURRENCY, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.model import Objective
from budgetopt.scenario.named import named
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.worked_out import with_parts
from budgetopt.solvers import Options
from budgetopt.solvers.solution import EXACT

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["TradeOff", "price_of_equity", "trade_off"]

GRID = 20
"""Steps of a grid."""
DISTRICTS = "districts"


@dataclass(frozen=True, eq=False)
class TradeOff(Drawable):
    """The plans at which neither of two goals can be raised without lowering the other.

    Parameters
    ----------
    scenario
        The scenario.
    first, second
        The goals: keys of outcomes, or ``best value`` and ``least per head``.
    units
        What each goal counts.
    points
        One row a plan, from the most of the first goal to the most of the second: a column for each goal by its name,
        ``rate`` (what of the first is given up for one more unit of the second, up to the next row) and ``proved``.
    kind
        ``curve``: the rows are the ends of all straight pieces of an exact curve, and every point between two rows can
        be had. ``all``: there are no other points. ``grid``: there may be others between two rows.
    groups
        For the price of equity what each group has per head: one row a plan and group, ``point`` (the row of
        ``points``), ``group``, ``population`` (1 where none is said) and ``per_head``.
    moves
        Which programs get more or less from one row to the next: ``point``, ``program``, ``name``, ``change`` (dollars,
        all periods together). A goal may be reached by other plans as well.
    present
        What the scenario's own best plan has of each goal.
    is_complete
        Whether the work was done; False if the user ended it before.
    solves
        How many problems were solved.
    failed
        Why parts of a frontier of integer decisions are missing, if searches failed there.
    """

    scenario: Scenario
    first: str
    second: str
    units: tuple[str, str]
    points: pd.DataFrame
    kind: str
    groups: pd.DataFrame
    moves: pd.DataFrame
    present: tuple[float, float]
    is_complete: bool
    solves: int
    failed: tuple[str, ...] = ()

    @property
    def is_equity(self) -> bool:
        """Whether it is the price of equity."""
        return bool(len(self.groups))

    def _repr_html_(self) -> str:
        return html_table(self.points, f"{self.first} against {self.second} ({self.kind})")


def trade_off(
    scenario: Subject, first: str, second: str, *, steps: int = GRID, machines: Machines | None = None
) -> TradeOff:
    """Return the plans at which neither of two outcomes can be raised without lowering the other.

    In a linear program all ends of the straight pieces of the efficient frontier are found; with integer decisions
    every efficient point, if the second outcome counts in a unit, and the points of a grid otherwise. Every limit of
    the scenario holds; its objectives do not count. An outcome of which less is better is lowered.

    Parameters
    ----------
    scenario
        The scenario, its path, or a plan of it.
    first, second
        The outcomes, by their keys or printed names.
    steps
        The steps of a grid, where there is one.
    machines
        Where a frontier of integer decisions is worked out, in parts; this process if left out.

    Raises
    ------
    UnknownNameError
        If there is no such outcome.
    OptionError
        If both are the same.
    InfeasibleError
        If no plan is possible.
    """
    given = scenario_of(scenario, "trade_off")
    keys = [named(given, name, ("outcome",)).key for name in (first, second)]
    if keys[0] == keys[1]:
        raise OptionError(f"{first!r} is weighed against itself", hint="name two outcomes")
    wanted = [
        Objective(maximize=key) if given.outcomes[key].direction == "increase" else Objective(minimize=key)
        for key in keys
    ]
    # targets that are goals stay goals; and levels are counted as in the tables of a plan, not discounted
    objective = (*wanted, *given.objective)
    changed = with_parts(given, objective=objective, discount=0.0)
    formulation = formulate(changed)
    stages = formulation.linear_program.stages
    found = _efficient(formulation.linear_program, stages[0], stages[1], steps, machines)
    positions = [list(given.outcomes).index(key) for key in keys]

    def goals_of(built: Formulation, x: Floats) -> tuple[float, float]:
        levels = _levels(built, x).sum(axis=0)[positions]
        return float(levels[0]), float(levels[1])

    units = given.outcomes[keys[0]].unit, given.outcomes[keys[1]].unit
    return _result(given, (keys[0], keys[1]), units, formulation, found, goals_of, [])


def price_of_equity(
    scenario: Subject,
    outcome: str | None = None,
    by: str = "districts",
    *,
    steps: int = GRID,
    machines: Machines | None = None,
) -> TradeOff:
    """Return the best value against what the group that has least has per head: what equity costs.

    The scenario's first objective is as good as it can be with at least so much of an outcome per head in every group.
    Populations are those that the rules on these groups say; without any, each group counts as one.

    Parameters
    ----------
    scenario
        The scenario, its path, or a plan of it.
    outcome
        The outcome, by its key or printed name; left out, the weighted outcomes.
    by
        The groups: ``districts``, or an attribute of the programs.
    steps
        The steps of a grid, where decisions are all-or-nothing.
    machines
        As in :func:`trade_off`.

    Raises
    ------
    UnknownNameError
        If there is no such outcome, or no such attribute.
    OptionError
        If there are fewer than two such groups.
    InfeasibleError
        If no plan is possible.
    """
    given = scenario_of(scenario, "price_of_equity")
    names, shares, heads = _groups(given, by)
    gains, unit = _gains(given, outcome)
    formulation = formulate(given)
    problem, least = _with_least(formulation, gains, shares, heads)
    first = problem.stages[0]
    found = _efficient(problem, first, least, steps, machines)

    def per_head(built: Formulation, x: Floats) -> Floats:
        each: Floats = shares @ _levels(built, x)[:, : len(gains)] @ gains / heads
        return each

    def goals_of(built: Formulation, x: Floats) -> tuple[float, float]:
        return built.linear_program.stages[0].value(x), float(per_head(built, x).min())

    levels = [per_head(formulation, point.x[: formulation.linear_program.columns]) for point in found.points]
    table = [
        (at, name, people, level)
        for at, each in enumerate(levels)
        for name, people, level in zip(names, heads.tolist(), each.tolist(), strict=True)
    ]
    goals = label_of(given.objective[0]).split(" ", 1)[1], "least per head"
    return _result(given, goals, ("", unit), formulation, found, goals_of, table)


def _groups(given: Scenario, by: str) -> tuple[list[str], Floats, Floats]:
    """Return the groups, which part of each program is of each, shape (groups, programs), and how many people each has.

    The last has shape (groups,), and 1 for every group where that is not said of all.
    """
    people = populations(given, by)
    unsaid = by == DISTRICTS and not given.programs.under(DISTRICTS)
    groups = {} if unsaid else groups_named(given, by)
    if len(groups) < 2:
        hint = "say where the service of programs lands: districts: {north: 30%, south: 70%}"
        raise OptionError(f"fewer than two groups by {by}: none has less than another", hint=hint)
    heads = np.array([people.get(name, np.nan) for name in groups])
    return list(groups), np.array(list(groups.values())), np.ones(len(groups)) if np.isnan(heads).any() else heads


def _gains(given: Scenario, outcome: str | None) -> tuple[Floats, str]:
    """Return what a unit of each outcome counts, shape (outcomes,), and what is counted."""
    if outcome is None:
        return np.array([one.worth for one in given.outcomes.values()]), "weighted outcomes"
    key = named(given, outcome, ("outcome",)).key
    sign = 1.0 if given.outcomes[key].direction == "increase" else -1.0
    return np.array([sign * (name == key) for name in given.outcomes]), given.outcomes[key].unit


def _efficient(
    problem: LinearProgram, first: Stage, second: Stage, steps: int, machines: Machines | None
) -> EfficientPoints:
    if steps < 1:
        raise OptionError(f"a grid of {steps} steps", hint="1 or more")
    options = Options()
    if problem.is_integer and options.gap_for(problem) > EXACT:
        options = Options(time_limit=SECONDS)
    found = efficient_points(problem, first, second, steps, options, machines)
    if not found.points and found.complete:
        hint = "the floors, reserves and rules ask for more than there is: budgetopt conflicts"
        raise InfeasibleError("no allocation can meet every rule", hint=hint)
    return found


def _levels(formulation: Formulation, x: Floats) -> Floats:
    """Return what each program brings of each outcome and uses of each resource; shape (programs, both)."""
    terms, periods = formulation.terms.outcomes, formulation.limits.lower.shape[1]
    levels = terms.constant * float(periods)
    np.add.at(levels, (terms.program, terms.outcome), terms.weight * x[terms.column])
    return levels


def _with_least(formulation: Formulation, gains: Floats, shares: Floats, heads: Floats) -> tuple[LinearProgram, Stage]:
    """Return the problem with one more column, what the group with least has per head, and the goal to raise it.

    ``gains`` is what a unit of each outcome counts, shape (outcomes,); ``shares`` which part of each program is of each
    group, shape (groups, programs); ``heads`` the population of each group.
    """
    problem, terms = formulation.linear_program, formulation.terms.outcomes
    padded = np.concatenate((gains, np.zeros(terms.constant.shape[1] - len(gains))))
    groups, periods = len(heads), formulation.limits.lower.shape[1]
    given = shares @ (terms.constant @ padded) * periods
    weight = shares[:, terms.program] * (terms.weight * padded[terms.outcome])
    entries = np.repeat(np.arange(groups), len(terms.column)), np.tile(terms.column, groups), weight.ravel()
    whole = with_shared_column(problem, entries, -heads, -given, ("least per head", "per head"), -np.inf)
    goal = Stage("maximize the least per head", np.append(np.zeros(problem.columns), 1.0), maximize=True)
    return replace(whole, tie_break=None), goal


def _result(
    given: Scenario,
    names: tuple[str, str],
    units: tuple[str, str],
    formulation: Formulation,
    found: EfficientPoints,
    goals_of: Callable[[Formulation, Floats], tuple[float, float]],
    groups: list[tuple[int, str, float, float]],
) -> TradeOff:
    import pandas as pd

    plan = plan_of(given, "trade_off")
    point = plan.solver_result.x
    assert point is not None
    columns = formulation.linear_program.columns
    plans = [formulation.spending_of(one.x[:columns]).sum(axis=(1, 2)) for one in found.points]
    moves = [
        (at + 1, *move)
        for at, (before, after) in enumerate(pairwise(plans))
        for move in moves_between(given, before, after)
    ]
    in_points = {**dict(zip(names, units, strict=True)), "rate": f"{units[0]} per one of {units[1]}"}
    in_groups = {"population": COUNT, "per_head": f"{units[1]} per head"}
    return TradeOff(
        given, *names, units, with_units(_points_table(found.points, names), given, in_points), found.kind,
        with_units(pd.DataFrame(groups, columns=["point", "group", "population", "per_head"]), given, in_groups),
        with_units(pd.DataFrame(moves, columns=["point", "program", "name", "change"]), given, {"change": CURRENCY}),
        goals_of(plan.formulation, point), found.complete, found.solves, found.failed,
    )  # fmt: skip


def _points_table(points: tuple[EfficientPoint, ...], names: tuple[str, str]) -> pd.DataFrame:
    import pandas as pd

    rates = [
        abs((one.first - other.first) / (other.second - one.second)) if other.second != one.second else np.nan
        for one, other in pairwise(points)
    ]
    rows = [
        (one.first, one.second, rate, one.proved) for one, rate in zip(points, [*rates, np.nan], strict=bool(points))
    ]
    return pd.DataFrame(rows, columns=[*names, "rate", "proved"])
