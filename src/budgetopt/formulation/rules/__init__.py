"""Rules said as linear inequalities: one module for each kind, one entry in :data:`COMPILERS` for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from budgetopt.formulation.rules.linear_rule import LinearRule, RuleRow, Weighted
from budgetopt.formulation.rules.sums import compile_sum
from budgetopt.formulation.rules.targets import compile_targets
from budgetopt.scenario.model import RuleBase, SumRule
from budgetopt.scenario.scenario import Scenario

__all__ = ["COMPILERS", "LinearRule", "RuleRow", "Weighted", "compile_rules"]

COMPILERS: dict[type[RuleBase], Callable[[Scenario, int, Any], Iterator[LinearRule]]] = {SumRule: compile_sum}
"""How each kind of rule is said; a rule on change is said by the limits of the programs themselves."""


def compile_rules(scenario: Scenario) -> list[LinearRule]:
    """Return every rule and target as linear rules, in the order of the file."""
    compiled = list(compile_targets(scenario))
    for position, rule in enumerate(scenario.rules):
        if (compiler := COMPILERS.get(type(rule))) is not None:
            compiled.extend(compiler(scenario, position, rule))
    return compiled
