"""The level of each program and its limits: dollars of the first period, or units of a service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.formulation.program_bounds import ProgramLimits, met
from budgetopt.scenario.ceilings import fixed_costs
from budgetopt.scenario.effects import unit_prices
from budgetopt.scenario.scenario import Scenario

__all__ = ["Levels", "levels_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What a program spends in a period is ``fixed * open + price * level``; every array: shape (programs, periods)."""

    price: Floats  # dollars for a unit of the level
    fixed: Floats  # dollars that must be spent before the level rises above zero
    lower: Floats  # limits of the level
    upper: Floats
    open_lower: Floats  # limits of the level if the program is open at all
    open_upper: Floats
    must_open: Bools
    may_open: Bools


def levels_of(scenario: Scenario, limits: ProgramLimits, most: Floats) -> Levels:
    """Return the levels of all programs; ``most`` dollars can be spent in each period, of shape (periods,)."""
    programs = scenario.programs
    price = unit_prices(programs)[:, None] * scenario.price_level
    fixed = fixed_costs(scenario)
    minimum = np.nan_to_num(programs.number("if_funded.at_least"))[:, None] * np.ones_like(price)

    def units(dollars: Floats, free: float) -> Floats:
        """Return what dollars buy beyond the fixed cost; ``free`` where a unit costs nothing."""
        beyond = np.maximum(dollars - fixed, 0.0)
        bought: Floats = np.divide(beyond, price, out=np.full(price.shape, free), where=price > 0)
        return bought

    lower = np.maximum(units(limits.lower, 0.0), limits.fewest)
    # a ceiling below the fixed cost leaves no level at all
    upper = np.minimum(units(limits.upper, np.inf), limits.most)
    lower = met(lower, upper)
    enough = np.maximum(fixed, minimum) - scenario.cent / 2
    # a service that costs no money spends its fixed cost and no more
    is_free = (fixed == 0) | (fixed >= enough)
    is_free &= (limits.lower <= fixed + scenario.cent / 2) & (limits.upper >= fixed - scenario.cent / 2)
    return Levels(
        price,
        fixed,
        lower,
        upper,
        open_lower=np.maximum(units(minimum, 0.0), lower),
        open_upper=np.minimum(upper, units(most, np.inf)),
        must_open=(limits.lower > 0) | (limits.fewest > 0),
        may_open=np.where(price > 0, limits.upper >= enough, is_free),
    )
