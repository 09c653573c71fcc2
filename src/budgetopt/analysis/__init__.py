"""Questions about a plan: one module for each."""

from budgetopt.analysis.infeasibility.contradictions import Conflict, conflicts
from budgetopt.analysis.infeasibility.repair import NEVER, Amendment, Repair
from budgetopt.analysis.infeasibility.repairs import repairs
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.break_even import BreakEven, break_even_factors
from budgetopt.analysis.sensitivity.dollar_ladder import budget_steps
from budgetopt.analysis.sensitivity.figure_prices import FigurePrice, figure_prices
from budgetopt.analysis.sensitivity.margin_table import marginal_returns
from budgetopt.analysis.sensitivity.overview import explain_all
from budgetopt.analysis.sensitivity.pricing import prices
from budgetopt.analysis.sensitivity.total_costs import rules_one_by_one

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
