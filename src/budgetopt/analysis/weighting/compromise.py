"""The plan whose largest loss to any group is least, and the weights with which it is a best plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.weighting.weighing import weighed, with_weights, worths_of
from budgetopt.errors import InfeasibleError
from budgetopt.formulation import Block, Formulation, Labels, LinearProgram, Matrix, Stage, formulate
from budgetopt.formulation.linear_program import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import SolverResult, solve_linear_program

__all__ = ["Compromise", "compromise"]


@dataclass(frozen=True, slots=True, eq=False)
class Compromise:
    """The compromise between groups.

    Parameters
    ----------
    largest_regret
        What the group that loses most loses, as a share of what its own best plan is worth to it.
    spending
        Dollars that each program gets, all periods together; shape (programs,).
    levels
        What it has of each outcome, as the objective counts it; shape (outcomes,).
    rest
        What it is worth beside the outcomes.
    weights
        Weights with which it is a best plan, by the key of the outcome; None where decisions are all-or-nothing or no
        group loses anything.
    proved
        Whether no plan has a smaller largest loss, by the certificate.
    """

    largest_regret: float
    spending: Floats
    levels: Floats
    rest: float
    weights: Mapping[str, float] | None
    proved: bool


def compromise(
    scenario: Scenario, groups: Sequence[Mapping[str, float]], best: Sequence[float], population: Sequence[float]
) -> Compromise:
    """Return the plan with the least largest regret over groups, and of these the one that is best by population.

    The regret of a group is what a plan loses against the group's own best plan, by its weights, as a share of that
    plan's worth: a linear program (minimax regret: L. J. Savage, Journal of the American Statistical Association 46,
    1951). Its duals are the parts with which the groups' weights make weights of which the compromise is a best plan.

    Parameters
    ----------
    groups
        The weights of each group, by the key of the outcome.
    best, population
        What the best plan of each group is worth by its weights, and how many people each stands for.

    Raises
    ------
    InfeasibleError
        If there is no plan.
    """
    most = {name: max(each.get(name, one.weight) for each in groups) for name, one in scenario.outcomes.items()}
    near = with_weights(scenario, most)
    formulation = formulate(near)
    parts = weighed(near, formulation)
    worths = [worths_of(scenario, weights) for weights in groups]
    sizes = np.array([abs(value) or 1.0 for value in best])
    problem, rows = _with_regret(formulation, [parts.stage(one) for one in worths], np.array(best), sizes)
    shares = np.array(population) / sum(population) / sizes
    mean = parts.stage(shares @ np.array(worths))
    columns = formulation.linear_program.columns
    second = Stage("maximize what it is worth by population", np.append(mean.cost, 0.0), True, mean.offset)
    answer = solve_linear_program(replace(problem, stages=(problem.stages[0], second)))
    if answer.x is None:
        raise InfeasibleError(f"no compromise was found: {answer.termination}")
    x = answer.x[:columns]
    spending = formulation.spending_of(x).sum(axis=(1, 2))
    weights = _weights(scenario, answer, rows, worths)
    regret = max(
        (value - parts.stage(one).value(x)) / size for one, value, size in zip(worths, best, sizes, strict=True)
    )
    return Compromise(max(regret, 0.0), spending, parts.levels(x), parts.rest.value(x), weights, answer.proved)


def _with_regret(
    formulation: Formulation, stages: Sequence[Stage], best: Floats, sizes: Floats
) -> tuple[LinearProgram, slice]:
    """Return the problem with a column for the largest regret, and the rows that keep that of each group below it."""
    problem, groups = formulation.linear_program, len(stages)
    matrix, regret = problem.matrix, problem.columns
    costs = np.array([stage.cost for stage in stages])
    row, column = np.nonzero(costs)
    entries = [
        (matrix.index, matrix.column_of_entry(), matrix.value),
        (problem.rows + row, column, costs[row, column]),
        (problem.rows + np.arange(groups), np.full(groups, regret), sizes),
    ]
    parts = [np.concatenate(part) for part in zip(*entries, strict=True)]
    columns, rows = problem.column_labels, problem.row_labels
    number = {"group": np.arange(groups)}
    whole = replace(
        problem,
        matrix=Matrix.from_triplets(problem.rows + groups, regret + 1, *parts),
        row_lower=np.append(problem.row_lower, best - np.array([stage.offset for stage in stages])),
        row_upper=np.append(problem.row_upper, np.full(groups, np.inf)),
        lower=np.append(problem.lower, 0.0),
        upper=np.append(problem.upper, np.inf),
        integer=np.append(problem.integer, False),
        stages=(Stage("minimize the largest regret", np.append(np.zeros(regret), 1.0), maximize=False),),
        column_labels=Labels((*columns.blocks, Block("largest regret", regret, regret + 1)), columns.names),
        row_labels=Labels((*rows.blocks, Block("regret", problem.rows, problem.rows + groups, number)), rows.names),
    )
    return whole, slice(problem.rows, problem.rows + groups)


def _weights(
    scenario: Scenario, answer: SolverResult, rows: slice, worths: Sequence[Floats]
) -> dict[str, float] | None:
    """Return the mean of the groups' weights by the duals of their rows; None where there are none."""
    duals = answer.stages[0].solution.row_dual
    if duals is None or not (parts := np.maximum(duals[rows], 0.0)).sum() > 0:
        return None
    mixed = np.abs(parts @ np.array(worths) / parts.sum())
    return dict(zip(scenario.outcomes, mixed.tolist(), strict=True))
