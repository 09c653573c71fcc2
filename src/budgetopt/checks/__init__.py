"""Mistakes of writing in a scenario, found without solving: unknown names, wrong shapes, shares above the whole.

Whether any plan exists is asked by solving, in :mod:`budgetopt.analysis.infeasibility.feasibility`.

Each module looks at one kind of thing. To add a kind, write its module and name it in :data:`CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable

from budgetopt.checks.findings import Findings
from budgetopt.checks.fund_mistakes import check_funds
from budgetopt.checks.logic_mistakes import check_logic
from budgetopt.checks.name_checks import check_names
from budgetopt.checks.notes import notes
from budgetopt.checks.objective_checks import check_objective
from budgetopt.checks.period_checks import check_periods
from budgetopt.checks.program_checks import check_programs
from budgetopt.checks.response_checks import check_responses
from budgetopt.checks.rounding_checks import check_rounding
from budgetopt.checks.rule_checks import check_rules
from budgetopt.checks.selection_checks import check_selections
from budgetopt.checks.shape_checks import check_shapes
from budgetopt.checks.share_checks import check_shares
from budgetopt.checks.stand_in_mistakes import check_standing_in
from budgetopt.checks.translation_mistakes import check_translations
from budgetopt.scenario.scenario import Scenario

__all__ = ["CHECKS", "check", "notes"]

CHECKS: tuple[Callable[[Scenario, Findings], None], ...] = (
    check_names,
    check_periods,
    check_rounding,
    check_selections,
    check_programs,
    check_shapes,
    check_standing_in,
    check_responses,
    check_funds,
    check_rules,
    check_logic,
    check_objective,
    check_translations,
)
"""Checks that look at one thing at a time: they work on what is left when wrong values are left out."""


def check(scenario: Scenario, findings: Findings) -> None:
    """Add to the findings everything that is written wrong in a scenario, which is without what they have already."""
    for look in CHECKS:
        look(scenario, findings)
    if not (findings.problems or findings.partial):
        check_shares(scenario, findings)
