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
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation, Status, solve
    from budgetopt.audit import Audit, SpendingPlan, audit_plan
    from budgetopt.errors import BudgetoptError, InfeasibleError, InputError, ScenarioError
    from budgetopt.formulation import LinearProgram, formulate
    from budgetopt.scenario import Scenario, load
    from budgetopt.solvers import available_solvers

try:
    __version__ = version("budgetopt")
except PackageNotFoundError:  # pragma: no cover - a source tree that was never installed
    __version__ = "0+unknown"

_HOMES = {
    "Allocation": "budgetopt.allocation",
    "Audit": "budgetopt.audit",
    "BudgetoptError": "budgetopt.errors",
    "InfeasibleError": "budgetopt.errors",
    "InputError": "budgetopt.errors",
    "LinearProgram": "budgetopt.formulation",
    "Scenario": "budgetopt.scenario",
    "ScenarioError": "budgetopt.errors",
    "SpendingPlan": "budgetopt.audit",
    "Status": "budgetopt.allocation",
    "audit_plan": "budgetopt.audit",
    "available_solvers": "budgetopt.solvers",
    "formulate": "budgetopt.formulation",
    "load": "budgetopt.scenario",
    "solve": "budgetopt.allocation",
}

__all__ = [
    "Allocation",
    "Audit",
    "BudgetoptError",
    "InfeasibleError",
    "InputError",
    "LinearProgram",
    "Scenario",
    "ScenarioError",
    "SpendingPlan",
    "Status",
    "__version__",
    "audit_plan",
    "available_solvers",
    "formulate",
    "load",
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
