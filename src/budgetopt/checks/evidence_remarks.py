"""What is worth a look in what a scenario says of its effects: assumptions, growth, the evidence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.checks.program_checks import rows_with
from budgetopt.checks.remarks import some_programs
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.estimates import assumed_effects, assumed_growth, effect_prefixes, sized
from budgetopt.scenario.responses import ACCURACY, FIRST, is_diminishing
from budgetopt.scenario.scenario import Scenario

__all__ = ["evidence_remarks"]


def evidence_remarks(scenario: Scenario) -> Iterator[str]:
    """Yield remarks on what is said of the effects."""
    yield from _known(scenario)
    yield from _results(scenario)


def _known(scenario: Scenario) -> Iterator[str]:
    """Yield how many effects are assumptions, and how many do not say how they are known."""
    programs = scenario.programs
    effects = assumed = silent = unknown = 0
    for prefix in [prefix for name in scenario.outcomes for prefix in effect_prefixes(programs, name)]:
        has, (is_assumed, is_silent) = sized(programs, prefix), assumed_effects(programs, prefix)
        effects += int(has.sum())
        assumed += int(is_assumed.sum())
        silent += int(is_silent.sum())
        unknown += int((has & ~rows_with(programs, f"{prefix}.evidence")).sum())
    of = f"of {effects:,} effects" if effects > 1 else "of 1 effect"
    if assumed:
        which = "because" if silent == assumed else f"{silent:,} of them because"
        why = f", {which} nothing is said of the evidence" if silent else ""
        count = f"{assumed:,} {of}" if effects > 1 else "the one effect"
        yield f"{count} {'is an assumption' if assumed == 1 else 'are assumptions'}{why}"
    if unknown:
        say, they = ("does", "it is") if unknown == 1 else ("do", "they are")
        yield f"{unknown:,} {of} {say} not say how {they} known (`evidence`)"


def _results(scenario: Scenario) -> Iterator[str]:
    """Yield how this year's results are taken to grow, and which of them may be meant otherwise."""
    programs = scenario.programs
    assumed, diminishing = np.zeros((2, len(programs)), dtype=bool)
    for name in scenario.outcomes:
        assumed |= assumed_growth(programs, f"outcomes.{name}")
        diminishing |= programs.has(f"outcomes.{name}.at_baseline") & is_diminishing(programs, f"outcomes.{name}")
    sentence = "this year's results of {} are assumed to grow in proportion to the money: "
    sentence += "write `growth: proportional` where that is known, or an `elasticity` or a `saturation`"
    yield from some_programs(scenario, assumed, sentence)
    sentence = (
        "the curves of {} from an elasticity or a saturation are calculated with as straight lines, below them by "
    )
    sentence += f"at most {Share(ACCURACY)} from {Share(FIRST)} of the baseline on; one line leads there from nothing"
    yield from some_programs(scenario, diminishing, sentence)
    for name, outcome in scenario.outcomes.items():
        adds = np.nan_to_num(programs.number(f"outcomes.{name}.at_baseline")) > 0
        sentence = f"the result of {{}} is so much of '{name}', and less of that is better: "
        sentence += "if the money keeps it low, write a `curve` from what there is without the money"
        yield from some_programs(scenario, adds & (outcome.direction == "decrease"), sentence)
