"""What is no error in a scenario, and worth a look all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from budgetopt.checks.more_notes import (
    notes_on_grants,
    notes_on_logic,
    notes_on_prices,
    notes_on_projects,
    some,
)
from budgetopt.checks.objective_checks import affected_outcomes
from budgetopt.scenario.model import ChangeRule, SumRule
from budgetopt.scenario.programs import Bools, split_key
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_values, select
from budgetopt.scenario.words import listed

__all__ = ["notes"]

_SIZES = ("per_dollar", "unit_cost", "per_unit", "curve", "value")
"""The keys that give an effect, or the effect of a package, its size."""


def notes(scenario: Scenario) -> list[str]:
    """Return remarks on a scenario, one sentence each: what its author may have meant otherwise."""
    return [
        *_programs(scenario),
        *_outcomes(scenario),
        *_resources(scenario),
        *_funds(scenario),
        *_rules(scenario),
        *_spellings(scenario),
        *notes_on_projects(scenario),
        *notes_on_grants(scenario),
        *notes_on_logic(scenario),
        *notes_on_prices(scenario),
    ]


def _programs(scenario: Scenario) -> Iterator[str]:
    programs = scenario.programs
    new = np.isnan(programs.baseline())
    if any(isinstance(rule, ChangeRule) for rule in scenario.rules):
        one = "{} has no baseline and is new: limits on change leave it alone"
        yield from some(scenario, new, one, "{} have no baseline and are new: limits on change leave them alone")
    paid: Bools = np.any(scenario.eligible, axis=1)
    one = "{} may be paid for by no fund, so it gets nothing"
    yield from some(scenario, ~paid, one, "{} may be paid for by no fund, so they get nothing")
    affects = np.zeros(len(programs), dtype=bool)
    for key, column in programs.columns.items():
        if "outcomes" in split_key(key):
            affects[column.rows] = True
    one = "{} has no effect on any outcome, so it gets only what limits and rules ask for"
    many = "{} have no effect on any outcome, so they get only what limits and rules ask for"
    yield from some(scenario, ~affects & paid, one, many)
    listed_rows, names = programs.items("funds")
    if len(listed_rows):
        position = {name: at for at, name in enumerate(scenario.funds)}
        fund = np.array([position.get(name, -1) for name in names.tolist()])
        shut = np.zeros(len(programs), dtype=bool)
        known = fund >= 0
        shut[listed_rows[known][~scenario.eligible[listed_rows[known], fund[known]]]] = True
        one = "{} names a fund whose `only` excludes it, so that fund pays nothing for it"
        yield from some(
            scenario, shut & paid, one, "{} name a fund whose `only` excludes them, so it pays nothing for them"
        )
    total = np.zeros(len(programs))
    for shares in programs.under("districts").values():
        total[shares.rows] += shares.values
    one = "the districts of {} add up to less than 100%"
    yield from some(scenario, (total > 0) & (total < 1 - 1e-9), one, "the districts of {} add up to less than 100%")
    yield from _evidence(scenario)


def _evidence(scenario: Scenario) -> Iterator[str]:
    programs = scenario.programs
    sized: dict[tuple[str, ...], Bools] = {}
    known: dict[tuple[str, ...], Bools] = {}
    assumed = 0
    for key, column in programs.columns.items():
        *way, last = split_key(key)
        if "outcomes" in way:
            found = sized if last in _SIZES else known if last == "evidence" else {}
            found.setdefault(tuple(way), np.zeros(len(programs), dtype=bool))[column.rows] = True
            assumed += int((column.values == "assumption").sum()) if last == "evidence" else 0
    effects = sum(int(rows.sum()) for rows in sized.values())
    nothing = np.zeros(len(programs), dtype=bool)
    unknown = sum(int((rows & ~known.get(way, nothing)).sum()) for way, rows in sized.items())
    of = f"of {effects:,} effects" if effects > 1 else "of 1 effect"
    if assumed:
        yield f"{assumed:,} {of} {'is an assumption' if assumed == 1 else 'are assumptions'}"
    if unknown:
        say, they = ("does", "it is") if unknown == 1 else ("do", "they are")
        yield f"{unknown:,} {of} {say} not say how {they} known (`evidence`)"


def _outcomes(scenario: Scenario) -> Iterator[str]:
    affected = affected_outcomes(scenario)
    for name, outcome in scenario.outcomes.items():
        if name not in affected:
            yield f"no program has an effect on outcome '{name}'"
        elif outcome.weight < 0:
            other = "decrease" if outcome.direction == "increase" else "increase"
            yield f"outcome '{name}' has a negative weight: `direction: {other}` with a positive one is plainer"
        elif outcome.weight == 0 and outcome.target is None and not _named(scenario, name):
            yield f"outcome '{name}' has no weight and no target: it is reported, and no part of the objective"


def _resources(scenario: Scenario) -> Iterator[str]:
    used = {way[way.index("uses") + 1] for key in scenario.programs.columns if "uses" in (way := split_key(key))}
    for name in scenario.resources:
        if name not in used:
            yield f"no program uses resource '{name}'"


def _named(scenario: Scenario, outcome: str) -> bool:
    """Return whether the objective or a rule speaks of an outcome."""
    is_objective = any(outcome in (entry.maximize, entry.minimize) for entry in scenario.objective)
    return is_objective or any(
        isinstance(rule, SumRule) and rule.sum == f"outcome {outcome}" for rule in scenario.rules
    )


def _funds(scenario: Scenario) -> Iterator[str]:
    receivers = {other for fund in scenario.funds.values() for other in fund.transfers_to}
    for position, (name, fund) in enumerate(scenario.funds.items()):
        money = scenario.revenue(name).sum() + scenario.per_period(fund.one_time).sum() + fund.opening_balance
        if money == 0 and name not in receivers:
            yield f"fund '{name}' has no money"
        if isinstance(fund.revenue, Mapping):
            left_out = [period for period in scenario.periods if period not in fund.revenue]
            if left_out:
                yield f"fund '{name}' has no revenue in {listed(left_out)}"
        if not scenario.eligible[:, position].any() and not fund.transfers_to:
            yield f"fund '{name}' may pay for no program"


def _rules(scenario: Scenario) -> Iterator[str]:
    for rule in scenario.rules:
        if isinstance(rule, ChangeRule):
            chosen = select(scenario.programs, rule.where)
            if np.isnan(scenario.programs.baseline()[chosen]).all():
                yield f"rule '{rule.name}' limits nothing: none of its programs has a baseline"
    if len(scenario.objective) == 1 and scenario.objective[0].minimize == "spending":
        floors = "spending.at_least" in scenario.programs.columns or bool(scenario.programs.under("spending.at_least"))
        targets = any(outcome.target is not None for outcome in scenario.outcomes.values())
        if not (floors or targets or scenario.rules):
            yield "the cheapest plan spends nothing: there is no target, floor or rule that asks for more"


def _spellings(scenario: Scenario) -> Iterator[str]:
    """Yield words that are one but for capitals and blanks: a rule would select only one of them."""
    attributes = ["department", "priority", "tags", "districts", *scenario.programs.under("attributes")]
    for key in attributes:
        seen: dict[str, str] = {}
        for value in attribute_values(scenario.programs, key):
            plain = " ".join(value.replace("_", " ").replace("-", " ").casefold().split())
            if plain in seen:
                yield f"'{seen[plain]}' and '{value}' are two values of '{key}': are they one?"
            seen.setdefault(plain, value)
