"""The plan whose largest loss to any group is least, and the weights with which it is a best plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation.whole_amounts import whole_plan
from budgetopt.analysis.live_problem.shared_column import with_shared_column
from budgetopt.analysis.weighting.weighing import levels_of, weighed, with_weights, worths_of
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.errors import InfeasibleError
from budgetopt.formulation import Formulation, LinearProgram, Stage, formulate
from budgetopt.formulation.linear_program import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Certificate, SolverResult, solve_linear_program

__all__ = ["Compromise", "compromise"]


@dataclass(frozen=True, slots=True, eq=False)
class Compromise:
    """The compromise between groups.

    Parameters
    ----------
    largest_regret
        What the group that loses most loses, as a share of what its own best plan is worth to it.
    bound
        What no plan can have less of than that.
    spending_plan, audit
        Its decisions in whole amounts, and their audit by the scenario.
    rounded_to
        What its amounts are rounded to.
    weights
        Weights with which it is a best plan, by the key of the outcome; None where decisions are all-or-nothing or no
        group loses anything.
    certificate, proved
        The proof that no plan has a smaller largest loss, before amounts are rounded, and whether it holds.
    """

    largest_regret: float
    bound: float
    spending_plan: SpendingPlan
    audit: Audit
    rounded_to: float
    weights: Mapping[str, float] | None
    certificate: Certificate
    proved: bool

    @property
    def spending(self) -> Floats:
        """Dollars that each program gets, all periods together; shape (programs,)."""
        spent: Floats = self.spending_plan.spending.sum(axis=(1, 2))
        return spent

    @property
    def gap(self) -> float:
        """By how much another plan could have a smaller largest regret: what rounding costs, too."""
        return max(self.largest_regret - self.bound, 0.0)

    @property
    def levels(self) -> Floats:
        """What it has of each outcome, as the objective counts it; shape (outcomes,)."""
        return levels_of(self.audit)[0]

    @property
    def rest(self) -> float:
        """What it is worth beside the outcomes."""
        return levels_of(self.audit)[1]


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
    AuditError
        If no rounding of it passes the audit.
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
    if answer.x is None or answer.certificate is None:
        raise InfeasibleError(f"no compromise was found: {answer.termination}")
    found = whole_plan(near, formulation, answer.x[:columns])
    audit = audit_plan(scenario, found.plan)
    levels, rest = levels_of(audit)
    lost = (np.array(best) - rest - np.array(worths) @ levels) / sizes
    regret, bound = max(float(lost.max()), 0.0), max(answer.certificate.bound, 0.0)
    weights = _weights(scenario, answer, rows, worths)
    return Compromise(regret, bound, found.plan, audit, found.unit, weights, answer.certificate, answer.proved)


def _with_regret(
    formulation: Formulation, stages: Sequence[Stage], best: Floats, sizes: Floats
) -> tuple[LinearProgram, slice]:
    """Return the problem with a column for the largest regret, and the rows that keep that of each group below it."""
    problem, costs = formulation.linear_program, np.array([stage.cost for stage in stages])
    row, column = np.nonzero(costs)
    at_least = best - np.array([stage.offset for stage in stages])
    entries = row, column, costs[row, column]
    whole = with_shared_column(problem, entries, sizes, at_least, ("largest regret", "regret"), 0.0)
    goal = Stage("minimize the largest regret", np.append(np.zeros(problem.columns), 1.0), maximize=False)
    return replace(whole, stages=(goal,)), slice(problem.rows, whole.rows)


def _weights(
    scenario: Scenario, answer: SolverResult, rows: slice, worths: Sequence[Floats]
) -> dict[str, float] | None:
    """Return the mean of the groups' weights by the duals of their rows; None where there are none."""
    duals = answer.stages[0].solution.row_dual
    if duals is None or not (parts := np.maximum(duals[rows], 0.0)).sum() > 0:
        return None
    mixed = np.abs(parts @ np.array(worths) / parts.sum())
    return dict(zip(scenario.outcomes, mixed.tolist(), strict=True))
