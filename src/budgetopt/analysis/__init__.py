"""Questions about a plan: one module for each."""

from budgetopt.analysis.break_even import BreakEven, break_even_factors
from budgetopt.analysis.contradictions import Conflict, conflicts
from budgetopt.analysis.dollar_ladder import budget_steps
from budgetopt.analysis.figure_prices import FigurePrice, figure_prices
from budgetopt.analysis.margin_table import marginal_returns
from budgetopt.analysis.overview import explain_all
from budgetopt.analysis.pricing import prices
from budgetopt.analysis.repair import NEVER, Amendment, Repair
from budgetopt.analysis.repairs import repairs
from budgetopt.analysis.total_costs import rules_one_by_one
from budgetopt.analysis.what_if import WhatIf

__all__ = [
    "NEVER",
    "Amendment",
    "BreakEven",
    "Conflict",
    "FigurePrice",
    "Repair",
    "WhatIf",
    "break_even_factors",
    "budget_steps",
    "conflicts",
    "explain_all",
    "figure_prices",
    "marginal_returns",
    "prices",
    "repairs",
    "rules_one_by_one",
]
