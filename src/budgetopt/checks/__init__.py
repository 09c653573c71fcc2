"""What can be seen to be wrong with a scenario without solving it: names that nothing has, and words that contradict.

Each module looks at one kind of thing. To add a kind, write its module and name it in :data:`CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable

from budgetopt.checks.caps import check_caps
from budgetopt.checks.findings import Findings
from budgetopt.checks.funding import check_funding
from budgetopt.checks.funds import check_funds
from budgetopt.checks.logic import check_logic
from budgetopt.checks.money import check_money
from budgetopt.checks.names import check_names
from budgetopt.checks.notes import notes
from budgetopt.checks.objective import check_objective
from budgetopt.checks.periods import check_periods
from budgetopt.checks.programs import check_programs
from budgetopt.checks.reach import check_resources, check_targets
from budgetopt.checks.rules import check_rules
from budgetopt.checks.selections import check_selections
from budgetopt.checks.shapes import check_shapes
from budgetopt.checks.shares import check_shares
from budgetopt.scenario.scenario import Scenario

__all__ = ["CHECKS", "SUMS_OF_ALL", "check", "notes"]

CHECKS: tuple[Callable[[Scenario, Findings], None], ...] = (
    check_names,
    check_periods,
    check_selections,
    check_programs,
    check_shapes,
    check_funds,
    check_rules,
    check_logic,
    check_objective,
)
"""Checks that look at one thing at a time: they work on what is left when wrong values are left out."""
SUMS_OF_ALL: tuple[Callable[[Scenario, Findings], None], ...] = (
    check_money,
    check_caps,
    check_funding,
    check_shares,
    check_targets,
    check_resources,
)
"""Checks that add everything up: they say something only of a scenario in which nothing else is wrong."""


def check(scenario: Scenario, findings: Findings, *, sums: bool = True) -> None:
    """Add to the findings everything that can be seen to be wrong without solving.

    Parameters
    ----------
    scenario
        The scenario, without what is already known to be wrong.
    findings
        What has been found; more is added.
    sums
        Whether floors are added up against the money. Without, a scenario that contradicts itself there can be looked
        at further.
    """
    for look in CHECKS:
        look(scenario, findings)
    if sums and not (findings.problems or findings.partial):
        for look in SUMS_OF_ALL:
            look(scenario, findings)
