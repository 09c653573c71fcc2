"""The solution said in the scenario's own words: tables, money to the cent, prices, the result document."""

from budgetopt.allocation.allocation import Allocation, Status
from budgetopt.allocation.prices import Prices
from budgetopt.allocation.solve import plan_of, solve
from budgetopt.allocation.subject import Subject, scenario_of
from budgetopt.allocation.uncertainty import EffectRanges, OutcomeRanges

__all__ = [
    "Allocation",
    "EffectRanges",
    "OutcomeRanges",
    "Prices",
    "Status",
    "Subject",
    "plan_of",
    "scenario_of",
    "solve",
]
