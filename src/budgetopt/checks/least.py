"""The least that programs must spend and the most that they can, by their own words; and who must or can be funded.

What is said here holds for every plan: floors at their least, ceilings at their most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.checks.accounts import payable, paying
from budgetopt.scenario.effects import unit_prices
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = [
    "A_CENT",
    "can_be_funded",
    "change_floors",
    "doors",
    "least_level",
    "least_spending",
    "most_of_packages",
    "most_spending",
    "must_be_funded",
]

A_CENT = 0.01
"""Who spends less than this is not funded."""


def doors(scenario: Scenario) -> Floats:
    """Return the least that a program spends if it is funded at all; dollars, shape (programs, periods)."""
    programs = scenario.programs
    fixed = np.nan_to_num(programs.number("if_funded.fixed_cost"))[:, None] * scenario.price_level
    return np.maximum(fixed, np.nan_to_num(programs.number("if_funded.at_least"))[:, None])


def _service(scenario: Scenario, key: str) -> Floats:
    """Return the cost of a number of units of service, fixed cost included; NaN where there is none."""
    programs = scenario.programs
    fixed = np.nan_to_num(programs.number("if_funded.fixed_cost"))
    cost: Floats = (programs.number(f"service.{key}") * programs.number("service.unit_cost") + fixed)[:, None]
    return cost * scenario.price_level


def least_spending(scenario: Scenario) -> Floats:
    """Return the least that each program must spend by its own words; dollars, shape (programs, periods)."""
    units = np.nan_to_num(scenario.programs.number("service.at_least"))[:, None]
    floor = np.nan_to_num(scenario.dollars("spending.at_least"))
    floor = np.maximum(floor, np.where(units > 0, np.nan_to_num(_service(scenario, "at_least")), 0.0))
    return np.where(floor >= A_CENT, np.maximum(floor, doors(scenario)), floor)


def most_of_packages(scenario: Scenario) -> Floats:
    """Return a bound on what packages can cost in a period; dollars, NaN for other programs.

    Shape (programs, periods).
    """
    packages, count = scenario.packages, len(scenario.programs)
    each = np.maximum(packages.cost.max(axis=1, initial=0.0), packages.then_costs)
    every, dearest = np.zeros(count), np.zeros(count)
    np.add.at(every, packages.program, each)
    np.maximum.at(dearest, packages.program, each)
    most = np.where(scenario.programs.text("choose") == "one", dearest, every)
    has = np.zeros(count, dtype=bool)
    has[packages.program] = True
    return np.where(has, most, np.nan)[:, None] * scenario.price_level


def most_spending(scenario: Scenario) -> Floats:
    """Return the most that each program can spend by its own words; dollars, infinite where nothing limits it.

    Shape (programs, periods).
    """
    limits = (scenario.dollars("spending.at_most"), _service(scenario, "up_to"), most_of_packages(scenario))
    most = np.full(limits[0].shape, np.inf)
    for limit in limits:
        most = np.fmin(most, limit)
    return most


def least_level(scenario: Scenario, floor: Floats) -> Floats:
    """Return the least level (dollars of the first period, or units of service) for the least spending.

    Shape (programs, periods).
    """
    programs = scenario.programs
    price = unit_prices(programs)[:, None] * scenario.price_level
    fixed = np.nan_to_num(programs.number("if_funded.fixed_cost"))[:, None] * scenario.price_level
    level = np.divide(np.maximum(floor - fixed, 0.0), price, out=np.zeros_like(price), where=price > 0)
    return np.maximum(level, np.nan_to_num(programs.number("service.at_least"))[:, None])


def must_be_funded(scenario: Scenario) -> Bools:
    """Return which programs must be funded by their own words; shape (programs, periods)."""
    units = np.nan_to_num(scenario.programs.number("service.at_least"))[:, None]
    must: Bools = (least_spending(scenario) >= A_CENT) | (units > 0)
    return must


def can_be_funded(scenario: Scenario) -> Bools:
    """Return which programs might be funded, as far as their payers and ceilings tell; shape (programs, periods)."""
    programs, packages = scenario.programs, scenario.packages
    payers = (payable(scenario)[:, :, None] & paying(scenario)[None, :, :]).any(axis=1)
    ceiling = scenario.dollars("spending.at_most")
    ceiling = np.where(np.isnan(ceiling), np.inf, ceiling)
    can: Bools = payers & (ceiling >= np.maximum(doors(scenario) - A_CENT / 2, A_CENT))
    # what costs nothing needs neither a payer nor a ceiling above zero, and a project goes on after it was paid
    free = programs.number("service.unit_cost") == 0
    costs_nothing = (packages.cost.sum(axis=1) == 0) & (packages.then_costs == 0)
    free[packages.program] = payers.sum(axis=1)[packages.program] > 0
    free[packages.program[costs_nothing]] = True
    can[free] = True
    return can


def change_floors(scenario: Scenario, rules: Sequence[tuple[object, Path]]) -> list[tuple[ChangeRule, Path, Floats]]:
    """Return what limits on decreases from the baseline ask of each program; dollars, shape (programs, periods)."""
    found: list[tuple[ChangeRule, Path, Floats]] = []
    for rule, path in rules:
        if not isinstance(rule, ChangeRule) or rule.change.from_ != "baseline":
            continue
        down = [share for share in (rule.change.at_most, rule.change.decrease_at_most) if share is not None]
        if down:
            held = select(scenario.programs, rule.where)[:, None] & scenario.period_mask(rule.periods)
            least = np.nan_to_num(scenario.baselines) * max(0.0, 1.0 - min(down))
            found.append((rule, path, np.where(held, least, 0.0)))
    return found
