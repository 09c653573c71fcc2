"""Rules, read by their words: one module for each kind, one entry in :data:`RULE_CHECKS` for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.rules.change_audit import check_change
from budgetopt.audit.rules.coverage_audit import check_follows, check_substitutes
from budgetopt.audit.rules.logic_audit import (
    check_count,
    check_exactly_one,
    check_excludes,
    check_requires,
    check_together,
)
from budgetopt.audit.rules.sum_audit import check_sum
from budgetopt.errors import FaultError
from budgetopt.scenario.model import (
    ChangeRule,
    CountRule,
    ExactlyOneRule,
    ExcludesRule,
    FollowsRule,
    RequiresRule,
    RuleBase,
    SubstitutesRule,
    SumRule,
    TogetherRule,
)

__all__ = ["RULE_CHECKS", "check_rule"]

RULE_CHECKS: dict[type[RuleBase], Callable[[Evaluation, Any], Check]] = {
    SumRule: check_sum,
    ChangeRule: check_change,
    CountRule: check_count,
    RequiresRule: check_requires,
    ExcludesRule: check_excludes,
    ExactlyOneRule: check_exactly_one,
    TogetherRule: check_together,
    SubstitutesRule: check_substitutes,
    FollowsRule: check_follows,
}
"""What checks each kind of rule."""


def check_rule(evaluation: Evaluation, rule: RuleBase) -> Check:
    """Check one rule.

    Raises
    ------
    FaultError
        If no check is known for its kind: a rule that nobody checks must never pass.
    """
    check = RULE_CHECKS.get(type(rule))
    if check is None:
        raise FaultError(f"the audit does not know how to check the rule {rule.name!r} ({type(rule).__name__})")
    return check(evaluation, rule)
