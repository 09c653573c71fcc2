"""Rules said as linear inequalities: one module for each kind, one entry in :data:`COMPILERS` for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from budgetopt.formulation.rules import logic
from budgetopt.formulation.rules.linear_rule import LinearRule
from budgetopt.formulation.rules.sums import compile_sum
from budgetopt.formulation.rules.targets import compile_resources, compile_targets
from budgetopt.scenario import model
from budgetopt.scenario.limits import differ_in_limits_alone
from budgetopt.scenario.scenario import Scenario

__all__ = ["COMPILERS", "CompiledRules", "compile_rules"]

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


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRules:
    """The linear rules that the rules of a scenario say, one tuple for each rule in the order of the file."""

    scenario: Scenario
    by_rule: tuple[tuple[LinearRule, ...], ...]

    @property
    def in_order(self) -> list[LinearRule]:
        """Every target, capacity and rule as linear rules, in the order of the file."""
        compiled = [*compile_targets(self.scenario), *compile_resources(self.scenario)]
        return compiled + [linear for each in self.by_rule for linear in each]

    def is_same_but_for_limits(self, other: CompiledRules) -> bool:
        """Return whether all is as in another scenario, but for limits of programs and of the sums of rules."""
        one, two = self.scenario, other.scenario
        return (
            _same(one, two, ("rules",))
            and len(one.rules) == len(two.rules)
            and all(map(_same_sums, one.rules, two.rules, self.by_rule, other.by_rule))
            and one.limits.are_in_the_places_of(two.limits)
        )


def compile_rules(scenario: Scenario, like: CompiledRules | None = None) -> CompiledRules:
    """Compile the rules of a scenario; what a near scenario says of the same programs is not compiled anew."""
    known: dict[int, tuple[LinearRule, ...]] = {}
    if like is not None and _same(scenario, like.scenario, ("funds", "rules")):
        pairs = zip(scenario.rules, like.scenario.rules, strict=False)
        same_funds = scenario.funds is like.scenario.funds
        same_programs = scenario.programs is like.scenario.programs
        for position, (rule, other) in enumerate(pairs):
            by_funds = not same_funds and getattr(rule, "of", None) == "revenue"
            # what fully covers a program is its ceiling
            by_ceilings = not same_programs and isinstance(rule, model.SubstitutesRule)
            if rule is other and not by_funds and not by_ceilings:
                known[position] = like.by_rule[position]
    return CompiledRules(
        scenario,
        tuple(
            known[position] if position in known else _compiled(scenario, position, rule)
            for position, rule in enumerate(scenario.rules)
        ),
    )


def _compiled(scenario: Scenario, position: int, rule: model.RuleBase) -> tuple[LinearRule, ...]:
    compiler = COMPILERS.get(type(rule))
    return () if compiler is None else tuple(compiler(scenario, position, rule))


def _same_sums(
    one: model.RuleBase, other: model.RuleBase, says: tuple[LinearRule, ...], said: tuple[LinearRule, ...]
) -> bool:
    """Return whether two rules, and what they say, limit the same sums on the same sides."""
    if one is not other:
        # a change from year to year has rows with its own number in them
        yearly = any(isinstance(rule, model.ChangeRule) and rule.change.from_ == "previous" for rule in (one, other))
        if yearly or one.name != other.name or type(one) is not type(other):
            return False
    return says is said or (len(says) == len(said) and all(map(LinearRule.limits_same, says, said)))


def _same(one: Scenario, other: Scenario, but_for: Collection[str]) -> bool:
    """Return whether two scenarios say the same, but for limits of programs and what stands at some keys."""
    if not differ_in_limits_alone(one.programs, other.programs) or list(one.funds) != list(other.funds):
        return False
    kept = type(one.document).model_fields.keys() - but_for
    return all(getattr(one.document, name) is getattr(other.document, name) for name in kept)
