"""The plan of a scenario near to another one, and which programs get more or less between two plans."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation import formulate
from budgetopt.scenario.accuracy import amounts_of, counts_of
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import solve_linear_program

__all__ = ["moves_between", "spending_at"]


def spending_at(scenario: Scenario) -> Floats | None:
    """Return what each program gets in the plan that ``solve`` gives, in dollars, all periods; None without a plan.

    Shape (programs,).
    """
    formulation = formulate(scenario)
    answer = solve_linear_program(formulation.linear_program)
    return None if answer.x is None else formulation.spending_of(answer.x).sum(axis=(1, 2))


def moves_between(scenario: Scenario, before: Floats, after: Floats) -> list[tuple[str, str, float]]:
    """Return the programs that get more or less, the largest change first: id, name and dollars.

    ``before`` and ``after`` are what each program gets; shape (programs,) both.
    """
    change = after - before
    order = np.argsort(-np.abs(change), kind="stable")
    moved = order[np.abs(change)[order] >= scenario.cent]
    programs, dollars = scenario.programs, amounts_of(np.rint(counts_of(change[moved], scenario.cent)), scenario.cent)
    return list(zip(programs.ids[moved].tolist(), programs.names()[moved].tolist(), dollars.tolist(), strict=True))
