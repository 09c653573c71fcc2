"""A scenario's problem with all columns and rows, whatever its limits: what questions about limits begin from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from budgetopt.formulation import Formulation, Provision, formulate
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.scenario import Scenario

__all__ = ["sets_ceilings", "whole"]


def whole(scenario: Scenario, suspended: Collection[Provision] = ()) -> Formulation:
    """Return a formulation with all columns and rows, in which some provisions do not limit anything.

    A program of decision packages has its floor and ceiling in the rows of its packages. The row for its dollars, of
    which it has none, is kept without limits.
    """
    formulation = formulate(scenario, suspended=suspended, keep_all=True)
    problem = formulation.linear_program
    packaged = np.zeros(len(scenario.programs), dtype=bool)
    packaged[scenario.packages.program] = True
    is_empty = np.bincount(problem.matrix.index, minlength=problem.rows) == 0
    freed = np.zeros(problem.rows, dtype=bool)
    for block in problem.row_labels.of_kind("program limits"):
        freed[block.positions] = packaged[block.keys["program"]] & is_empty[block.positions]
    if not freed.any():
        return formulation
    lower, upper = np.where(freed, -np.inf, problem.row_lower), np.where(freed, np.inf, problem.row_upper)
    return replace(formulation, linear_program=replace(problem, row_lower=lower, row_upper=upper))


def sets_ceilings(scenario: Scenario, provision: Provision) -> bool:
    """Return whether a provision is a ceiling, or a rule that sets some."""
    if provision.kind != "rule":
        return provision.kind == "ceiling"
    return any(isinstance(rule, ChangeRule) and rule.name == provision.name for rule in scenario.rules)
