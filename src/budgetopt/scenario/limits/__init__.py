"""Every limit that binds a plan, listed once for a scenario."""

from budgetopt.scenario.limits.record import Limit, Named, Number, Provision, Words
from budgetopt.scenario.limits.table import Limits, limits_of

__all__ = ["Limit", "Limits", "Named", "Number", "Provision", "Words", "limits_of"]
