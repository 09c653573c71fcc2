"""Rules said as linear inequalities: one module for each kind, one entry in :data:`COMPILERS` for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from budgetopt.formulation.rules.linear_rule import LinearRule, RuleRow, Weighted
from budgetopt.formulation.rules.logic import (
    compile_count,
    compile_exactly_one,
    compile_excludes,
    compile_follows,
    compile_requires,
    compile_substitutes,
    compile_together,
)
from budgetopt.formulation.rules.resources import compile_resources
from budgetopt.formulation.rules.sums import compile_sum
from budgetopt.formulation.rules.targets import compile_targets
from budgetopt.scenario.model import (
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
from budgetopt.scenario.scenario import Scenario

__all__ = ["COMPILERS", "LinearRule", "RuleRow", "Weighted", "compile_rules"]

COMPILERS: dict[type[RuleBase], Callable[[Scenario, int, Any], Iterator[LinearRule]]] = {
    SumRule: compile_sum,
    CountRule: compile_count,
    RequiresRule: compile_requires,
    ExcludesRule: compile_excludes,
    ExactlyOneRule: compile_exactly_one,
    TogetherRule: compile_together,
    SubstitutesRule: compile_substitutes,
    FollowsRule: compile_follows,
}
"""How each kind of rule is said; rules on change are limits of the programs themselves, or rows from year to year."""


def compile_rules(scenario: Scenario) -> list[LinearRule]:
    """Return every rule, target and capacity as linear rules, in the order of the file."""
    compiled = [*compile_targets(scenario), *compile_resources(scenario)]
    for position, rule in enumerate(scenario.rules):
        if (compiler := COMPILERS.get(type(rule))) is not None:
            compiled.extend(compiler(scenario, position, rule))
    return compiled
