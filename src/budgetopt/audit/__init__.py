"""The independent audit: what a spending plan does, worked out straight from the scenario's words.

Nothing here is shared with :mod:`budgetopt.formulation` or with a solver: the outcomes, the balances and the rules are
read again from the scenario, so that an error there does not pass here.
"""

from budgetopt.audit.activity import OutcomeLevels
from budgetopt.audit.audit import Audit, audit_plan
from budgetopt.audit.balances import Balances
from budgetopt.audit.check import Check, Violation
from budgetopt.audit.objective_values import ObjectiveValue
from budgetopt.audit.plan import SpendingPlan

__all__ = [
    "Audit",
    "Balances",
    "Check",
    "ObjectiveValue",
    "OutcomeLevels",
    "SpendingPlan",
    "Violation",
    "audit_plan",
]
