"""Repairs that drop a provision as a whole, because it is no number that could give way little by little."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from budgetopt.analysis.repair import Amendment, Repair
from budgetopt.formulation import Provision, provisions_of
from budgetopt.scenario.model import ExactlyOneRule, ExcludesRule, RequiresRule, TogetherRule
from budgetopt.scenario.scenario import Scenario

__all__ = ["drops", "logic_of"]

LOGIC = (RequiresRule, ExcludesRule, ExactlyOneRule, TogetherRule)
STEPS = 14
"""Halvings that find the highest share of a match that can be kept, to a ten-thousandth of it."""


def logic_of(scenario: Scenario) -> Iterator[Provision]:
    """Yield the rules on which programs go together: they hold or do not, and cannot give way by a little."""
    return (Provision("rule", rule.name) for rule in scenario.rules if isinstance(rule, LOGIC))


def drops(
    scenario: Scenario,
    weights: Mapping[str, float],
    barred: Collection[str],
    completed: Callable[[Repair], Repair | None],
    *,
    every: bool,
) -> list[Repair]:
    """Return the repairs that drop one provision, or lower the match of one grant.

    Parameters
    ----------
    weights
        What dropping each provision costs, by its name; those without a weight are not dropped.
    barred
        The names of those that are never dropped.
    completed
        Returns a repair that works, with what else it takes; None if nothing makes it work.
    every
        Whether all others are dropped too, at a cost of 1.
    """
    logic = set(logic_of(scenario))
    found = []
    for provision, _, place in provisions_of(scenario):
        name = provision.name
        if name in barred or (name not in weights and not every):
            continue
        if provision in logic:
            amendment = Amendment(provision, f"rules[{name}]", None, None, place)
        elif provision.kind == "no supplanting":
            amendment = Amendment(provision, f"funds[{name}].no_supplanting", True, False, place)
        elif provision.kind == "match":
            amendment = Amendment(provision, f"funds[{name}].match", None, None, place)
        else:
            continue
        dropped = Repair(weights.get(name, 1.0), (amendment,))
        repair = completed(dropped)
        if repair is dropped and provision.kind == "match":
            repair = _lowered(scenario, dropped, completed)
        if repair is not None:
            found.append(repair)
    return found


def _lowered(scenario: Scenario, dropped: Repair, completed: Callable[[Repair], Repair | None]) -> Repair:
    """Return the repair that keeps as much of a match as can be kept; without any, the repair that drops it."""
    (amendment,) = dropped.amendments
    match = scenario.funds[amendment.provision.name].match
    assert match is not None
    key, before = ("rate", match.rate) if match.rate is not None else ("share", match.share)
    assert before is not None
    best, kept, lost = dropped, 0.0, 1.0
    for _ in range(STEPS):
        middle = (kept + lost) / 2
        after = type(before)(round(float(before) * middle, 6))
        path = f"{amendment.path}.{key}"
        lowered = Amendment(amendment.provision, path, before, after, amendment.place)
        repair = Repair(dropped.cost * (1.0 - middle), (lowered,))
        if after > 0 and completed(repair) is repair:
            best, kept = repair, middle
        else:
            lost = middle
    return best
