"""Allot public money by measured outcomes, under every rule that binds it.

>>> import budgetopt as bo
>>> scenario = bo.load("scenarios/classics/wyndor")
>>> plan = bo.solve(scenario)
>>> round(plan.objective_value, 6)
36.0

Everything here is imported when it is first used, so that ``import budgetopt`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetopt._version import __version__
    from budgetopt.allocation import Allocation, Status, solve
    from budgetopt.analysis import (
        Conflict,
        Repair,
        break_evens,
        conflicts,
        explanations,
        ladder,
        margins,
        prices,
        repairs,
        rule_ladder,
    )
    from budgetopt.analysis.differences import Difference, diff
    from budgetopt.audit import Audit, SpendingPlan, audit_plan
    from budgetopt.errors import BudgetoptError, InfeasibleError, InputError, ScenarioError
    from budgetopt.formulation import LinearProgram, formulate
    from budgetopt.reading import load
    from budgetopt.report.explanation import Explanation, explain
    from budgetopt.scenario import Scenario
    from budgetopt.solvers import available_solvers

_HOMES = {
    "__version__": "budgetopt._version",
    "Allocation": "budgetopt.allocation",
    "Audit": "budgetopt.audit",
    "BudgetoptError": "budgetopt.errors",
    "Conflict": "budgetopt.analysis",
    "Difference": "budgetopt.analysis.differences",
    "Explanation": "budgetopt.report.explanation",
    "InfeasibleError": "budgetopt.errors",
    "InputError": "budgetopt.errors",
    "LinearProgram": "budgetopt.formulation",
    "Repair": "budgetopt.analysis",
    "Scenario": "budgetopt.scenario",
    "ScenarioError": "budgetopt.errors",
    "SpendingPlan": "budgetopt.audit",
    "Status": "budgetopt.allocation",
    "audit_plan": "budgetopt.audit",
    "available_solvers": "budgetopt.solvers",
    "break_evens": "budgetopt.analysis",
    "conflicts": "budgetopt.analysis",
    "diff": "budgetopt.analysis.differences",
    "explain": "budgetopt.report.explanation",
    "explanations": "budgetopt.analysis",
    "formulate": "budgetopt.formulation",
    "ladder": "budgetopt.analysis",
    "load": "budgetopt.reading",
    "margins": "budgetopt.analysis",
    "prices": "budgetopt.analysis",
    "repairs": "budgetopt.analysis",
    "rule_ladder": "budgetopt.analysis",
    "solve": "budgetopt.allocation",
}

__all__ = [
    "Allocation",
    "Audit",
    "BudgetoptError",
    "Conflict",
    "Difference",
    "Explanation",
    "InfeasibleError",
    "InputError",
    "LinearProgram",
    "Repair",
    "Scenario",
    "ScenarioError",
    "SpendingPlan",
    "Status",
    "__version__",
    "audit_plan",
    "available_solvers",
    "break_evens",
    "conflicts",
    "diff",
    "explain",
    "explanations",
    "formulate",
    "ladder",
    "load",
    "margins",
    "prices",
    "repairs",
    "rule_ladder",
    "solve",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'budgetopt' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
