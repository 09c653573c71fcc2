"""What is worth a look in what a scenario says of its effects: assumptions, growth, the evidence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.checks.program_checks import rows_with
from budgetopt.checks.remarks import MOST_NAMES, some_programs
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.estimates import assumed_effects, assumed_growth, effect_prefixes, sized
from budgetopt.scenario.responses import ACCURACY, FIRST, is_diminishing
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed
from budgetopt.scenario.years import year_in

__all__ = ["evidence_remarks"]


def evidence_remarks(scenario: Scenario) -> Iterator[str]:
    """Yield remarks on what is said of the effects."""
    yield from _known(scenario)
    yield from _results(scenario)
    yield from _old(scenario)
    yield from _unlinked(scenario)
    yield from _prices(scenario)
    yield from _against_ratings(scenario)


def _known(scenario: Scenario) -> Iterator[str]:
    """Yield how many effects are assumptions, and how many do not say how they are known."""
    programs = scenario.programs
    effects = assumed = silent = unknown = 0
    for prefix in _prefixes(scenario):
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


def _old(scenario: Scenario) -> Iterator[str]:
    """Yield which effects were measured more years ago than the scenario says that evidence lasts."""
    years, now = scenario.document.stale_after, year_in(scenario.periods[0]) if scenario.periods else None
    if years is None:
        return
    if now is None:
        yield "`stale_after` finds nothing: the name of the first period has no year, such as FY2027"
        return
    programs = scenario.programs
    old, undated = np.zeros((2, len(programs)), dtype=bool)
    for prefix in _prefixes(scenario):
        dates = programs.text(f"{prefix}.as_of")
        measured = {text: year_in(text) for text in set(dates.tolist())}
        known = np.array([measured[text] or 0 for text in dates.tolist()], dtype=np.int64)
        has = sized(programs, prefix)
        old |= has & (known > 0) & (now - known > years)
        undated |= has & (known == 0) & np.isin(programs.text(f"{prefix}.evidence"), _STUDIES)
    sentence = (
        f"the evidence of {{}} is older than {years} {'years' if years > 1 else 'year'} in {scenario.periods[0]} "
    )
    yield from some_programs(scenario, old, sentence + "(`stale_after`)")
    sentence = "the studies behind {} have no year (`as_of`), so nothing tells whether they are old"
    yield from some_programs(scenario, undated, sentence)


def _unlinked(scenario: Scenario) -> Iterator[str]:
    """Yield which ratings and studies nobody can look up."""
    programs = scenario.programs
    rated, studied = np.zeros((2, len(programs)), dtype=bool)
    for prefix in _prefixes(scenario):
        unlinked = sized(programs, prefix) & (programs.text(f"{prefix}.link") == "")
        rating = programs.text(f"{prefix}.tier") != ""
        rated |= unlinked & rating
        studied |= unlinked & ~rating & np.isin(programs.text(f"{prefix}.evidence"), _PUBLISHED)
    sentence = "the [rating|ratings] of {} cannot be looked up: [it has|they have] no `link`"
    yield from some_programs(scenario, rated, sentence)
    yield from some_programs(scenario, studied, "the [study|studies] behind {} [has|have] no `link` to be looked up by")


def _prices(scenario: Scenario) -> Iterator[str]:
    """Yield that effects are in the prices of several years, or brought there by several indexes."""
    programs = scenario.programs
    for key, what in (("price_year", "the prices of several years"), ("price_index", "prices by several indexes")):
        said: dict[str, None] = {}
        for prefix in _prefixes(scenario):
            texts = programs.text(f"{prefix}.{key}")[sized(programs, prefix)].tolist()
            said |= dict.fromkeys(str(year_in(text) or text) if key == "price_year" else text for text in texts if text)
        if len(said) > 1:
            yield f"effects are in {what} ({listed(sorted(said), MOST_NAMES)}): bring them to one"


def _against_ratings(scenario: Scenario) -> Iterator[str]:
    """Yield which programs do something by their effects that the rating of a clearinghouse says they do not."""
    programs, effects = scenario.programs, scenario.effects
    null, negative = np.zeros((2, len(programs)), dtype=bool)
    for position, (name, outcome) in enumerate(scenario.outcomes.items()):
        tiers = programs.text(f"outcomes.{name}.tier")[effects.program]
        moved = np.where(effects.outcome == position, effects.moved, 0.0)
        better = moved < 0 if outcome.direction == "decrease" else moved > 0
        null[effects.program[(tiers == "results_first_gray") & (moved != 0)]] = True
        negative[effects.program[(tiers == "results_first_red") & better]] = True
    sentence = "{} [has|have] an effect, and the rating (`results_first_gray`) is that studies find none"
    yield from some_programs(scenario, null, sentence)
    sentence = "{} [makes|make] an outcome better, and the rating (`results_first_red`) is that studies find it worse"
    yield from some_programs(scenario, negative, sentence)


_STUDIES = ("rct", "quasi_experimental", "observational")
_PUBLISHED = _STUDIES[:2]
"""Kinds of studies that an office does not make of its own records."""


def _prefixes(scenario: Scenario) -> list[str]:
    """Return the keys below which effects stand."""
    return [prefix for name in scenario.outcomes for prefix in effect_prefixes(scenario.programs, name)]
