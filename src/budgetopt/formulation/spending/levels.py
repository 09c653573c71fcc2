"""The level of each program and its limits: dollars of the first period, or units of a service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.formulation.program_bounds import ProgramLimits
from budgetopt.scenario.effects import unit_prices
from budgetopt.scenario.scenario import Scenario

__all__ = ["Levels", "levels_of"]

A_CENT = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What a program spends in a period is ``fixed * open + price * level``; every array: shape (programs, periods).

    Parameters
    ----------
    price, fixed
        Dollars for a unit of the level, and dollars that must be spent before it rises above zero.
    lower, upper
        Limits of the level.
    open_lower, open_upper
        Limits of the level if the program is open at all.
    must_open, may_open
        Whether it must be open, and whether it may.
    """

    price: Floats
    fixed: Floats
    lower: Floats
    upper: Floats
    open_lower: Floats
    open_upper: Floats
    must_open: Bools
    may_open: Bools


def levels_of(scenario: Scenario, limits: ProgramLimits, most: Floats) -> Levels:
    """Return the levels of all programs.

    Parameters
    ----------
    limits
        Floors and ceilings in dollars, and in units of a service.
    most
        The most that can be spent in each period; dollars, shape (periods,).
    """
    programs = scenario.programs
    price = unit_prices(programs)[:, None] * scenario.price_level
    fixed = np.nan_to_num(programs.number("if_funded.fixed_cost"))[:, None] * scenario.price_level
    minimum = np.nan_to_num(programs.number("if_funded.at_least"))[:, None] * np.ones_like(price)

    lower = np.maximum(_units(np.maximum(limits.lower - fixed, 0.0), price, 0.0), limits.fewest)
    # NaN-free: a ceiling below the fixed cost leaves no level at all
    upper = np.minimum(_units(np.maximum(limits.upper - fixed, 0.0), price, np.inf), limits.most)
    reach = np.minimum(upper, _units(np.maximum(most - fixed, 0.0), price, np.inf))
    must = (limits.lower > 0) | (limits.fewest > 0)
    enough = np.maximum(fixed, minimum) - A_CENT / 2
    # a service that costs no money spends its fixed cost and no more
    is_free = (fixed == 0) | (fixed >= enough)
    is_free &= (limits.lower <= fixed + A_CENT / 2) & (limits.upper >= fixed - A_CENT / 2)
    return Levels(
        price=price,
        fixed=fixed,
        lower=lower,
        upper=upper,
        open_lower=np.maximum(_units(np.maximum(minimum - fixed, 0.0), price, 0.0), lower),
        open_upper=reach,
        must_open=must,
        may_open=np.where(price > 0, limits.upper >= enough, is_free),
    )


def _units(dollars: Floats, price: Floats, free: float) -> Floats:
    """Return how many units so many dollars buy; ``free`` where a unit costs nothing."""
    units: Floats = np.divide(dollars, price, out=np.full(price.shape, free), where=price > 0)
    return units
