"""Other weights of the outcomes: how far the plan stays, the plans of groups, and the compromise between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation, plan_of, solve
from budgetopt.analysis.members import Machines, run_members
from budgetopt.analysis.weighting.compromise import Compromise, compromise
from budgetopt.analysis.weighting.group_weights import AnswersKind, GroupWeights, agreement_of, group_weights
from budgetopt.analysis.weighting.weighing import check_weighs, levels_of, with_weights, worths_of
from budgetopt.analysis.weighting.weight_ranges import WeightRange, weight_ranges
from budgetopt.errors import OptionError
from budgetopt.reading.answers_table import read_answers
from budgetopt.scenario.column_units import COUNT, CURRENCY, OF_ROW, SHARE, VALUE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import printed

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["OWN", "Weights", "weights"]

OWN, COMPROMISE, BY_POPULATION = "the scenario", "compromise", "by population"
"""What the plan of the scenario's own weights and those between groups are called in tables."""


@dataclass(frozen=True, eq=False)
class Weights(Drawable):
    """What other weights change.

    Parameters
    ----------
    plan
        The plan of the scenario's own weights.
    ranges
        One row an outcome: ``outcome``, ``name``, ``unit``, ``weight``, and ``from`` and ``to``, between which the plan
        stays a best one while the other weights stay (0 and infinite where it always does); ``method`` says where that
        holds only as long as the integer decisions stand.
    moves
        Which programs get more or less just beyond a range: ``outcome``, ``side`` (``below`` or ``above``), ``weight``
        (the end of the range), ``program``, ``name``, ``change`` (dollars, all periods together).
    groups
        One row a group: ``group``, ``respondents``, ``complete`` (who answered about all outcomes), ``population`` and
        ``agreement`` (Kendall's W). Empty without answers.
    agreement
        Kendall's W of all respondents together.
    group_weights
        One row an outcome: its own weight, that of each group, ``by population`` (their mean) and, where it is known,
        ``compromise``: weights with which the compromise is a best plan.
    spending
        One row a program: the dollars that it gets in each plan, all periods together.
    regrets
        One row a plan, one column a group: what the plan loses against the group's own best plan by the group's
        weights, as a share of what that is worth; and ``largest``.
    plans
        The plans that were solved, by their names.
    compromise
        The plan whose largest regret is least, in whole amounts and audited; None with fewer than two groups, or where
        the plan of one is missing.
    failed
        What has no answer, an outcome's range or a group's plan, and why.
    interrupted
        Whether the user ended it before all was done.
    """

    plan: Allocation
    ranges: pd.DataFrame
    moves: pd.DataFrame
    groups: pd.DataFrame
    agreement: float
    group_weights: pd.DataFrame
    spending: pd.DataFrame
    regrets: pd.DataFrame
    plans: Mapping[str, Allocation]
    compromise: Compromise | None
    failed: tuple[tuple[str, str], ...] = ()
    interrupted: bool = False

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.plan.scenario

    def _repr_html_(self) -> str:
        tables = [("Weights over which the plan stays", self.ranges)]
        if len(self.groups):
            tables += [("Groups", self.groups), ("Regret", self.regrets.reset_index(names="plan"))]
        return "".join(html_table(table, title) for title, table in tables)


def weights(
    scenario: Subject,
    answers: str | Path | pd.DataFrame | None = None,
    *,
    answers_are: AnswersKind = "points",
    machines: Machines | None = None,
) -> Weights:
    """Return how far the plan stays as weights vary, the plans of groups' weights, and the compromise between these.

    Parameters
    ----------
    scenario
        The scenario, its path, or a plan of it. Its first objective is the weighted outcomes.
    answers
        A table (CSV, a workbook, or a pandas table) with a row for each respondent and a column for each outcome, by
        its key or printed name; a column ``group``, and ``population`` with how many people each group stands for, may
        be there too.
    answers_are
        ``points``: how important an outcome is to the respondent, on any scale; they multiply the weights of the
        scenario, and equal points leave them as they are. ``worth``: what one unit of the outcome is worth; the mean of
        a group takes the place of the weight.
    machines
        Where the ranges and the plans of groups are worked out; this process if left out.

    Raises
    ------
    OptionError
        If the plan does not depend on weights, or points are given to an outcome without one.
    ScenarioError
        If the table cannot be read.
    InfeasibleError
        If there is no plan.
    """
    plan = plan_of(scenario, "weights")
    given = plan.scenario
    check_weighs(given)
    if answers_are not in ("points", "worth"):
        raise OptionError(f"answers are no {answers_are!r}", hint="points or worth")
    read = None
    found: tuple[GroupWeights, ...] = ()
    if answers is not None:
        names = {key: outcome.name or key for key, outcome in given.outcomes.items()}
        read = read_answers(answers, names)
        found = group_weights(given, read, answers_are)
    agreement = math.nan
    if read is not None:
        agreement = agreement_of(read.points[~np.isnan(read.points).any(axis=1)])
    return _Tables(plan, found, machines).all(agreement)


def _plans_of(shared: tuple[Scenario, tuple[Mapping[str, float], ...]]) -> Callable[[int], Allocation]:
    """Return what solves the scenario with the weights of a number."""
    scenario, weights_of = shared
    return lambda number: solve(with_weights(scenario, weights_of[number]))


class _Tables:
    """The plans of groups beside that of the scenario, as tables."""

    def __init__(self, plan: Allocation, groups: tuple[GroupWeights, ...], machines: Machines | None) -> None:
        self.plan, self.groups, self.scenario = plan, groups, plan.scenario
        population = [group.population for group in groups]
        self.plans, self.mean = {OWN: plan}, dict[str, float]()
        self.between: Compromise | None = None
        asked = {group.group: group.weights for group in groups}
        if len(groups) > 1:
            outcomes = self.scenario.outcomes.items()
            each = np.array([[group.weights.get(name, one.weight) for name, one in outcomes] for group in groups])
            mean = np.array(population) @ each / sum(population)
            self.mean = dict(zip(self.scenario.outcomes, mean.tolist(), strict=True))
            asked[BY_POPULATION] = self.mean
        ranges = weight_ranges(plan, machines)
        self.interrupted = ranges.interrupted
        self.failed = [(list(self.scenario.outcomes)[one.number], one.reason) for one in ranges.failed]
        self.ranges = [
            ranges.answers.get(at, WeightRange(name, one.weight, math.nan, math.nan, ""))
            for at, (name, one) in enumerate(self.scenario.outcomes.items())
        ]
        if asked and not self.interrupted:
            self.solve_groups(asked, machines)
        if len(groups) > 1 and all(group.group in self.plans for group in groups):
            best = [self.plans[group.group].bound for group in groups]
            self.between = compromise(self.scenario, [group.weights for group in groups], best, population)

    def solve_groups(self, asked: Mapping[str, Mapping[str, float]], machines: Machines | None) -> None:
        """Add the plans of some weights to those of the scenario, and what has none."""
        names, shared = list(asked), (self.scenario, tuple(asked.values()))
        found = run_members(
            _plans_of, shared, len(names), text="Solving with the weights of each group", machines=machines, chunk=1
        )
        self.plans |= {names[number]: one for number, one in found.answers.items()}
        self.failed += [(names[one.number], one.reason) for one in found.failed]
        self.interrupted = found.interrupted

    def all(self, agreement: float) -> Weights:
        """Return everything."""
        return Weights(
            self.plan, self.range_table(), self.move_table(), self.group_table(), agreement,
            self.weight_table(), self.spending_table(), self.regret_table(), self.plans, self.between,
            tuple(self.failed), self.interrupted,
        )  # fmt: skip

    def range_table(self) -> pd.DataFrame:
        import pandas as pd

        outcomes = self.scenario.outcomes
        rows = [
            (key, printed(key, outcomes[key].name), outcomes[key].unit, one.weight, one.least, one.most, one.method)
            for key, one in ((one.outcome, one) for one in self.ranges)
        ]
        table = pd.DataFrame(rows, columns=["outcome", "name", "unit", "weight", "from", "to", "method"])
        return with_units(table, self.scenario, dict.fromkeys(("weight", "from", "to"), f"{VALUE} per {OF_ROW}"))

    def move_table(self) -> pd.DataFrame:
        import pandas as pd

        rows = [
            (one.outcome, side, end, *move)
            for one in self.ranges
            for side, end, moves in (("below", one.least, one.less), ("above", one.most, one.more))
            for move in moves
        ]
        table = pd.DataFrame(rows, columns=["outcome", "side", "weight", "program", "name", "change"])
        own = {"weight": f"{VALUE} per unit of the outcome", "change": CURRENCY}
        return with_units(table, self.scenario, own)

    def group_table(self) -> pd.DataFrame:
        import pandas as pd

        columns = ["group", "respondents", "complete", "population", "agreement"]
        rows = [tuple(getattr(group, column) for column in columns) for group in self.groups]
        own = {**dict.fromkeys(("respondents", "complete", "population"), COUNT), "agreement": "Kendall's W"}
        return with_units(pd.DataFrame(rows, columns=columns), self.scenario, own)

    def weight_table(self) -> pd.DataFrame:
        import pandas as pd

        outcomes = self.scenario.outcomes
        columns: dict[str, list[float]] = {OWN: [one.weight for one in outcomes.values()]}
        for group in self.groups:
            columns[group.group] = [group.weights.get(name, one.weight) for name, one in outcomes.items()]
        if self.mean:
            columns[BY_POPULATION] = list(self.mean.values())
        if self.between is not None and self.between.weights is not None:
            columns[COMPROMISE] = list(self.between.weights.values())
        table = pd.DataFrame(columns, index=pd.Index(list(outcomes), name="outcome"))
        return with_units(table, self.scenario, dict.fromkeys(columns, f"{VALUE} per unit of the outcome"))

    def spending_table(self) -> pd.DataFrame:
        import pandas as pd

        programs = self.scenario.programs
        columns = {name: plan.spending.sum(axis=(1, 2)) for name, plan in self.plans.items()}
        if self.between is not None:
            columns[COMPROMISE] = self.between.spending
        table = pd.DataFrame(columns, index=pd.Index(programs.ids, name="program"))
        table.insert(0, "name", programs.names())
        return with_units(table, self.scenario, dict.fromkeys(columns, CURRENCY))

    def regret_table(self) -> pd.DataFrame:
        import pandas as pd

        levels = {name: levels_of(plan.audit) for name, plan in self.plans.items()}
        if self.between is not None:
            levels[COMPROMISE] = levels_of(self.between.audit)
        table = pd.DataFrame(index=pd.Index(list(levels), name="plan"))
        for group in (group for group in self.groups if group.group in self.plans):
            best, worths = self.plans[group.group].bound, worths_of(self.scenario, group.weights)
            lost = [(best - rest - float(worths @ has)) / (abs(best) or 1.0) for has, rest in levels.values()]
            table[group.group] = [max(value, 0.0) if value > -1e-7 else value for value in lost]
        table["largest"] = table.max(axis=1) if len(table.columns) else math.nan
        return with_units(table, self.scenario, dict.fromkeys(map(str, table.columns), SHARE))
