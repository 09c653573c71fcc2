"""How far a program's spending covers what it could serve."""

from __future__ import annotations

import numpy as np

from budgetopt.scenario.effects import Effects, unit_prices
from budgetopt.scenario.packages import PackageTable
from budgetopt.scenario.programs import Floats, ProgramTable

__all__ = ["ceilings"]


def ceilings(programs: ProgramTable, effects: Effects, packages: PackageTable, most: Floats, level: Floats) -> Floats:
    """Return the spending at which each program covers everything; dollars, infinite where nothing says so.

    It is the program's own ceiling; without one the cost of all units of its service, or of all of its packages (of the
    most expensive if one at most is taken); without these the spending from which on more buys nothing, fixed cost
    included.
    Shape (programs, periods).

    Parameters
    ----------
    programs, effects, packages
        The programs, their effects and their packages.
    most, level
        Each program's own ceiling in dollars, NaN without one, and its price level; shape (programs, periods).
    """
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
    return np.where(np.isnan(most), otherwise[:, None] * level, most)
