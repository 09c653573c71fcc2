"""The solution said in the scenario's own words: tables, money to the cent, prices, the result document."""

from budgetopt.allocation.allocation import Allocation, Status
from budgetopt.allocation.solve import solve

__all__ = ["Allocation", "Status", "solve"]
