"""Targets that nothing can reach, and floors that use up more of a resource than there is.

Bounds are taken on the safe side: every program is counted at its best, as if it were the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.checks.accounts import Accounts, when
from budgetopt.checks.findings import Findings, named
from budgetopt.checks.least import least_level, least_spending, most_spending
from budgetopt.checks.programs import above
from budgetopt.checks.rules import summed
from budgetopt.scenario.effects import Effects, unit_prices
from budgetopt.scenario.model import SHORTFALL, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, money

__all__ = ["check_resources", "check_targets", "most_of_outcomes"]


def check_targets(scenario: Scenario, findings: Findings) -> None:
    """Look for targets and rules that ask for more of an outcome than all programs can do.

    They are counted at their ceilings, or with all the money that there is.
    """
    wanted = [*_targets(scenario), *_rules(scenario, findings)]
    if not wanted:
        return
    reach = most_of_outcomes(scenario)
    names = list(scenario.outcomes)
    for name, path, bound, held, together in wanted:
        most = reach[names.index(name)]
        asked = np.where(held, scenario.per_period(bound, np.nan), np.nan)
        if together:
            most, asked = np.array([most[held].sum()]), asked[held][:1]
        wrong = above(asked, most)
        if not wrong.any():
            continue
        at = int(np.argmax(wrong))
        where = " in all periods together" if together and len(scenario.periods) > 1 else ""
        where = where or (when(scenario, at, at) if not together else "")
        best = f"{most[at]:,.6g}" if abs(most[at]) < 1e6 else money(most[at])
        message = f"{named(path[:-1], findings.tree)} is at least {money(asked[at])}{where}, and all programs at their"
        hint = "counted are ceilings, the ends of effects and all the money that there is"
        findings.add("target-out-of-reach", path, f"{message} best reach {best}", f"at most {best}", hint)


_Wanted = tuple[str, Path, Any, Bools, bool]
"""An outcome, the path of a lower limit on it, the limit, the periods in which it holds, whether for all together."""


def _targets(scenario: Scenario) -> Iterator[_Wanted]:
    if any(entry.minimize == SHORTFALL for entry in scenario.objective):
        return  # targets are goals then, and may be missed
    every = np.ones(len(scenario.periods), dtype=bool)
    for name, outcome in scenario.outcomes.items():
        target = outcome.target
        if target is not None and target.at_least is not None:
            yield name, ("outcomes", name, "target", "at_least"), target.at_least, every, target.each == "total"


def _rules(scenario: Scenario, findings: Findings) -> Iterator[_Wanted]:
    """Yield the rules on an outcome of all programs; what only some of them do is bounded by no sum over all."""
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or rule.where is not None or rule.by is not None or rule.of is not None:
            continue
        kind, name = summed(rule.sum)
        key = "at_least" if rule.equals is None else "equals"
        if kind == "outcome" and name in scenario.outcomes and getattr(rule, key) is not None:
            held = scenario.period_mask(rule.periods)
            yield name, (*path, key), getattr(rule, key), held, rule.each == "total"


def most_of_outcomes(scenario: Scenario) -> Floats:
    """Return a bound on each outcome in each period, infinite where nothing bounds it; shape (outcomes, periods)."""
    accounts = Accounts.of(scenario)
    everyone = np.ones(len(scenario.funds), dtype=bool)
    total = np.array([max(0.0, accounts.most(everyone, 0, last)) for last in range(len(scenario.periods))])
    effects, programs = scenario.effects, scenario.programs
    price = unit_prices(programs)[:, None] * scenario.price_level
    spending = np.minimum(most_spending(scenario), total)
    level = np.divide(spending, price, out=np.full(price.shape, np.inf), where=price > 0)
    units = programs.number("service.up_to")[:, None]
    level = np.minimum(level, np.where(np.isnan(units), np.inf, units))
    out = np.zeros((len(scenario.outcomes), len(scenario.periods)))
    if len(effects):
        owner = np.repeat(np.arange(len(effects)), np.diff(effects.offsets))
        start = effects.value[effects.offsets[:-1]]
        gain = effects.value - start[owner]
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(effects.spending > 0, gain / effects.spending, 0.0)
        best_slope = np.maximum(effects.tail, 0.0)
        np.maximum.at(best_slope, owner, slope)
        best_slope = np.where((price == 0).any(axis=1)[effects.program], np.inf, best_slope)
        for period in range(len(scenario.periods)):
            alone = _highest(effects, owner, level[effects.program, period]) - start
            per_dollar = best_slope / np.where(price > 0, price, 1.0)[effects.program, period]
            for outcome in range(len(scenario.outcomes)):
                mine = effects.outcome == outcome
                if mine.any():
                    # no dollar does more than the best one: that bounds what all the money can do
                    steepest = float(per_dollar[mine].max())
                    shared = steepest * total[period] if np.isfinite(steepest) else np.inf
                    out[outcome, period] = start[mine].sum() + min(float(alone[mine].sum()), shared)
    out += _packages(scenario)
    return out


def _highest(effects: Effects, owner: Ints, level: Floats) -> Floats:
    """Return the highest value of each effect at any level up to a given one; shape (effects,)."""
    within = effects.spending <= level[owner]
    highest = np.full(len(effects), -np.inf)
    np.maximum.at(highest, owner[within], effects.value[within])
    # at the level itself: between the last point before it and the next, or beyond the last point
    count = np.zeros(len(effects), dtype=np.int64)
    np.add.at(count, owner[within], 1)
    at = effects.offsets[:-1] + np.maximum(count, 1) - 1
    after = np.minimum(at + 1, effects.offsets[1:] - 1)
    beyond = np.maximum(level - effects.spending[at], 0.0)
    width = effects.spending[after] - effects.spending[at]
    rise = np.divide(effects.value[after] - effects.value[at], width, out=effects.tail.copy(), where=width > 0)
    climb = np.multiply(rise, beyond, out=np.zeros_like(rise), where=rise > 0)
    result: Floats = np.maximum(highest, effects.value[at] + climb)
    return result


def _packages(scenario: Scenario) -> Floats:
    """Return the most that packages can do to each outcome in each period; shape (outcomes, periods)."""
    packages, periods = scenario.packages, len(scenario.periods)
    out = np.zeros((len(scenario.outcomes), periods))
    if not len(packages):
        return out
    first = np.zeros(len(scenario.programs), dtype=np.int64)
    rows, names = scenario.programs.items("start")
    order = {name: at for at, name in enumerate(scenario.periods)}
    started = np.array([order.get(name, 0) for name in names.tolist()], dtype=np.int64)
    earliest = np.full(len(scenario.programs), periods, dtype=np.int64)
    np.minimum.at(earliest, rows, started)
    first[np.unique(rows)] = earliest[np.unique(rows)]
    opens = np.where(packages.is_project, first[packages.program] + packages.opens_after, 0)
    one = (scenario.programs.text("choose") == "one")[packages.program[packages.effect_package]]
    program = packages.program[packages.effect_package]
    for period in range(periods):
        value = np.where(opens[packages.effect_package] <= period, np.maximum(packages.effect_value, 0.0), 0.0)
        np.add.at(out[:, period], packages.effect_outcome[~one], value[~one])
        best = np.zeros((len(scenario.outcomes), len(scenario.programs)))
        np.maximum.at(best, (packages.effect_outcome[one], program[one]), value[one])
        out[:, period] += best.sum(axis=1)
    return out


def check_resources(scenario: Scenario, findings: Findings) -> None:
    """Look for resources of which the floors of programs use more than there is."""
    uses = scenario.uses
    if not len(uses):
        return
    owner = np.repeat(np.arange(len(uses)), np.diff(uses.offsets))
    # what falls while spending rises (a use that follows such an outcome) is left out: it is counted as nothing
    falls = uses.tail < 0
    down = np.flatnonzero((np.diff(uses.value, prepend=0.0) < 0) & (np.diff(owner, prepend=-1) == 0))
    falls[owner[down]] = True
    level = least_level(scenario, least_spending(scenario))
    names = list(scenario.resources)
    unbounded = {names[at] for at in np.unique(uses.outcome[falls | (uses.value[uses.offsets[:-1]] < 0)]).tolist()}
    used = np.zeros((len(uses), len(scenario.periods)))
    for period in range(len(scenario.periods)):
        used[:, period] = _highest(uses, owner, level[uses.program, period])
    for at, (name, resource) in enumerate(scenario.resources.items()):
        mine = uses.outcome == at
        if name in unbounded or not mine.any():
            continue
        capacity, least = scenario.per_period(resource.capacity), used[mine].sum(axis=0)
        wrong = above(least, capacity)
        if not wrong.any():
            continue
        period = int(np.argmax(wrong))
        by = used[mine, period]
        order = np.argsort(-by, kind="stable")
        users = dict.fromkeys(scenario.programs.ids[uses.program[mine][order][by[order] > 0]].tolist())
        floors = f"the floor of program '{next(iter(users))}' uses" if len(users) == 1 else ""
        floors = floors or f"the floors of {len(users):,} programs ({listed(list(users), 3)}) use"
        path: Path = ("resources", name, "capacity")
        most = f"{capacity[period]:,.6g} {resource.unit}"
        message = f"{floors} {least[period]:,.6g} {resource.unit} of resource '{name}'{when(scenario, period, period)}"
        findings.add("above-the-capacity", path, f"{message}, and there are {most}", "floors that use at most as much")
