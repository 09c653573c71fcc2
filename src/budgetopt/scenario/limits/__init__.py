"""Every limit that binds a plan, listed once for a scenario."""

from budgetopt.scenario.limits.listing import Limits
from budgetopt.scenario.limits.record import Limit, Mention, Number, Provision, Words

__all__ = ["Limit", "Limits", "Mention", "Number", "Provision", "Words"]
