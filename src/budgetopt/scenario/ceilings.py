"""The spending at which each program covers all that it could serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.scenario.effects import unit_prices
from budgetopt.scenario.programs import Floats

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["ceilings_of", "fixed_costs"]


def fixed_costs(scenario: Scenario) -> Floats:
    """Return what each program costs as soon as it has any money, 0 where nothing; dollars, (programs, periods)."""
    return np.nan_to_num(scenario.programs.number("if_funded.fixed_cost"))[:, None] * scenario.price_level


def ceilings_of(scenario: Scenario) -> Floats:
    """Return the spending at which each program covers everything; :attr:`Scenario.ceilings` says how it is found.

    Dollars, shape (programs, periods); infinite where nothing says so.
    """
    programs, effects, packages = scenario.programs, scenario.effects, scenario.packages
    units = programs.number("service.up_to") * programs.number("service.unit_cost")
    fixed = np.nan_to_num(programs.number("if_funded.fixed_cost"))
    cost = packages.cost.max(axis=1, initial=0.0)
    every, highest = np.zeros(len(programs)), np.zeros(len(programs))
    np.add.at(every, packages.program, cost)
    np.maximum.at(highest, packages.program, cost)
    whole = np.where(programs.text("choose") == "one", highest, every)

    last = np.full(len(programs), -np.inf)
    flat = np.where(effects.tail == 0, effects.spending[effects.offsets[1:] - 1], np.inf)
    np.maximum.at(last, effects.program, flat)
    # levels of a service are units
    np.multiply(last, unit_prices(programs), out=last, where=np.isfinite(last))
    useful = np.where(np.isfinite(last) & (last > 0), last + fixed, np.inf)
    otherwise = np.where(~np.isnan(units), units + fixed, np.where(whole > 0, whole, useful))
    most = scenario.dollars("spending.at_most")
    return np.where(np.isnan(most), otherwise[:, None] * scenario.price_level, most)
