"""The least amount of money that matters, and the unit to which the amounts of a plan are rounded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.scenario.programs import Floats

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["CENT", "amounts_of", "counts_of", "least_amount", "least_funding", "power_of_ten", "rounding_unit"]

CENT = 0.01
"""What money is rounded to unless that is much or the scenario says otherwise."""
SMALLEST = 1e-7
"""The share of the money of a period below which an amount does not matter."""


def least_amount(scenario: Scenario) -> float:
    """Return a cent; less where there is less than 100,000 in every period: a ten-millionth of that at most.

    It is a power of ten, so that what counts in millions, or is worth a few dollars in all, is as exact as the budget
    of a city.
    """
    money = np.zeros(len(scenario.periods))
    for name, fund in scenario.funds.items():
        money += abs(fund.opening_balance) + scenario.revenue(name) + scenario.per_period(fund.one_time)
    most = float(money.max(initial=0.0))
    return min(CENT, power_of_ten(SMALLEST * most)) if most > 0 else CENT


def power_of_ten(value: float) -> float:
    """Return the largest power of ten that is no more than a value above zero."""
    exponent = math.floor(math.log10(value) + 1e-9)
    return float(f"1e{exponent}")


def counts_of(dollars: Floats, unit: float) -> Floats:
    """Return amounts counted in a unit, which is a power of ten or a whole number of dollars; same shape."""
    return dollars * round(1 / unit) if unit < 1 else dollars / unit


def amounts_of(counts: Floats, unit: float) -> Floats:
    """Return whole counts of a unit as dollars, each the number nearest to its decimal figures; same shape."""
    return counts / round(1 / unit) if unit < 1 else counts * unit


def least_funding(scenario: Scenario) -> float:
    """Return the least spending with which a program counts as funded: a cent, or less where there is little money.

    It is far above what a solver's arithmetic leaves of nothing.
    """
    return min(CENT, 1_000 * scenario.cent)


def rounding_unit(scenario: Scenario) -> float:
    """Return what the amounts of a plan are at most rounded to: what the scenario says, or the least that matters."""
    return scenario.document.round_to or scenario.cent
