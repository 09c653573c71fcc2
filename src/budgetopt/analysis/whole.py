"""A scenario's problem with all columns and rows, whatever its limits: what questions about limits begin from."""

from __future__ import annotations

from collections.abc import Collection

from budgetopt.formulation import Formulation, formulate
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario

__all__ = ["sets_ceilings", "whole"]


def whole(scenario: Scenario, suspended: Collection[Provision] = ()) -> Formulation:
    """Return a formulation with all columns and rows, in which some provisions do not limit anything."""
    return formulate(scenario, suspended=suspended, keep_all=True)


def sets_ceilings(scenario: Scenario, provision: Provision) -> bool:
    """Return whether a provision is a ceiling, or a rule that sets some."""
    limit = scenario.limits[scenario.limits.position(provision)]
    return limit.sets_program_limits and any(number.sense == "at most" for number in limit.numbers)
