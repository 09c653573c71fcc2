"""What rules ask to be spent at least, as far as it is dollars that nothing has to decide first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.checks.programs import above
from budgetopt.checks.rules import amount_of
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["RuleFloor", "add_up", "rule_floors"]


@dataclass(frozen=True, slots=True)
class RuleFloor:
    """The least that a rule asks to be spent: by period, or in all of its periods together.

    Parameters
    ----------
    name, path
        The rule's name, and the path of the limit.
    chosen, funds
        The programs that count, shape (programs,), and the funds, shape (funds,); None for all funds.
    amounts
        Dollars of each period, NaN where it asks for nothing; shape (periods,), or (1,) for all together.
    held
        The periods in which the rule holds; shape (periods,).
    total
        Whether it holds for all of them together.
    """

    name: str
    path: Path
    chosen: Bools
    funds: Bools | None
    amounts: Floats
    held: Bools
    total: bool

    def least(self, first: int, last: int) -> float:
        """Return the least that it asks for in a window of periods; dollars."""
        window = np.zeros(len(self.held), dtype=bool)
        window[first : last + 1] = True
        if self.total:
            return float(self.amounts[0]) if not (self.held & ~window).any() else 0.0
        return float(np.nansum(self.amounts[window]))


def rule_floors(scenario: Scenario, findings: Findings) -> Iterator[RuleFloor]:
    """Yield what rules ask to be spent, all together and group by group."""
    yield from _rule_floors(scenario, findings)
    yield from _group_floors(scenario, findings)


def add_up(rules: Iterable[RuleFloor], own: Floats, first: int, last: int) -> tuple[float, list[RuleFloor], Bools]:
    """Return the least that rules and the floors of programs ask for together in a window of periods.

    Parameters
    ----------
    rules
        The rules.
    own
        What the programs must spend in the window by their own words; dollars, shape (programs,).
    first, last
        The window.

    Returns
    -------
    least
        What all of them ask for; dollars.
    raised
        The rules that ask for more than the floors of their programs.
    free
        The programs that none of these rules speaks of; shape (programs,).
    """
    raised: list[RuleFloor] = []
    least, free = float(own.sum()), np.ones(len(own), dtype=bool)
    gains = [(rule.least(first, last) - float(own[rule.chosen].sum()), rule) for rule in rules]
    for gain, rule in sorted(gains, key=lambda pair: -pair[0]):
        # rules that speak of different programs add up; of others only the one that asks for the most counts
        if gain > 0 and free[rule.chosen].all():
            free &= ~rule.chosen
            least += gain
            raised.append(rule)
    return least, raised, free


def _rule_floors(scenario: Scenario, findings: Findings) -> Iterator[RuleFloor]:
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or rule.sum != "spending":
            continue
        key = "at_least" if rule.equals is None else "equals"
        bound = getattr(rule, key)
        amounts = None if bound is None else amount_of(scenario, rule, bound)
        if amounts is None:
            continue
        total = rule.each == "total"
        if total:
            whole = float(bound) if rule.of is None and not isinstance(bound, Mapping) else float(np.nansum(amounts))
            amounts = np.array([whole])
        funds = None if rule.funds is None else np.array([fund in rule.funds for fund in scenario.funds], dtype=bool)
        held = scenario.period_mask(rule.periods)
        yield RuleFloor(rule.name, (*path, key), select(scenario.programs, rule.where), funds, amounts, held, total)


def _group_floors(scenario: Scenario, findings: Findings) -> Iterator[RuleFloor]:
    """Yield what rules ask for group by group, as far as it is dollars that nothing has to decide first."""
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or rule.sum != "spending" or rule.by is None or rule.each_at_least is None:
            continue
        if rule.of not in (None, "baseline", "revenue"):
            continue
        held = scenario.period_mask(rule.periods)
        values = np.where(held, scenario.per_period(rule.each_at_least, np.nan), np.nan)
        if rule.of == "revenue":
            counted = [name for name in scenario.funds if rule.funds is None or name in rule.funds]
            values = values * sum((scenario.revenue(name) for name in counted), np.zeros(len(values)))
        chosen = select(scenario.programs, rule.where)
        funds = None if rule.funds is None else np.array([fund in rule.funds for fund in scenario.funds], dtype=bool)
        total = rule.each == "total"
        parts: list[tuple[Bools, Floats]] = []
        belongs = np.zeros(len(scenario.programs))
        for share in groups_of(scenario.programs, rule.by, rule.population).values():
            asked = values * ((chosen * share) @ np.nan_to_num(scenario.baselines)) if rule.of == "baseline" else values
            if total:
                alone = rule.of is None and not isinstance(rule.each_at_least, Mapping)
                asked = np.array([float(values[held][0]) if alone else float(np.nansum(asked))])
            belongs += share
            parts.append((chosen & (share > 0), asked))
        if len(parts) > 1 and not above(belongs, np.ones(1)).any():
            # no dollar counts in two groups, so what they ask for adds up
            together = np.nansum([asked for _, asked in parts], axis=0)
            parts = [(np.any([mine for mine, _ in parts], axis=0), together), *parts]
        for mine, asked in parts:
            yield RuleFloor(rule.name, (*path, "each_at_least"), mine, funds, asked, held, total)
