"""Every limit that binds a plan, listed once for a scenario."""

from budgetopt.scenario.limits.listing import Limits, differ_in_limits_alone
from budgetopt.scenario.limits.record import Limit, Mention, Number, Provision, Words

__all__ = ["Limit", "Limits", "Mention", "Number", "Provision", "Words", "differ_in_limits_alone"]
