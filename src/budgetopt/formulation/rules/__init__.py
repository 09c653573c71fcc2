"""Rules said as linear inequalities: one module for each kind, one entry in :data:`COMPILERS` for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from budgetopt.formulation.rules import logic
from budgetopt.formulation.rules.linear_rule import LinearRule
from budgetopt.formulation.rules.sums import compile_sum
from budgetopt.formulation.rules.targets import compile_resources, compile_targets
from budgetopt.scenario import model
from budgetopt.scenario.scenario import Scenario

__all__ = ["COMPILERS", "compile_rules"]

COMPILERS: dict[type[model.RuleBase], Callable[[Scenario, int, Any], Iterator[LinearRule]]] = {
    model.SumRule: compile_sum,
    model.CountRule: logic.compile_count,
    model.RequiresRule: logic.compile_requires,
    model.ExcludesRule: logic.compile_excludes,
    model.ExactlyOneRule: logic.compile_exactly_one,
    model.TogetherRule: logic.compile_together,
    model.SubstitutesRule: logic.compile_substitutes,
    model.FollowsRule: logic.compile_follows,
}
"""How each kind of rule is said; rules on change are limits of the programs themselves, or rows from year to year."""


def compile_rules(scenario: Scenario) -> list[LinearRule]:
    """Return every rule, target and capacity as linear rules, in the order of the file."""
    compiled = [*compile_targets(scenario), *compile_resources(scenario)]
    for position, rule in enumerate(scenario.rules):
        if (compiler := COMPILERS.get(type(rule))) is not None:
            compiled.extend(compiler(scenario, position, rule))
    return compiled
