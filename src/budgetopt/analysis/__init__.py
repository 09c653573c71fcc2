"""Questions about a plan: one module for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetopt.lazy_names import imported_when_used

if TYPE_CHECKING:
    from budgetopt.analysis.infeasibility.contradictions import Conflict as Conflict
    from budgetopt.analysis.infeasibility.contradictions import conflicts as conflicts
    from budgetopt.analysis.infeasibility.repair import NEVER as NEVER
    from budgetopt.analysis.infeasibility.repair import Amendment as Amendment
    from budgetopt.analysis.infeasibility.repair import Repair as Repair
    from budgetopt.analysis.infeasibility.repairs import repairs as repairs
    from budgetopt.analysis.live_problem.what_if import WhatIf as WhatIf
    from budgetopt.analysis.sensitivity.break_even import BreakEven as BreakEven
    from budgetopt.analysis.sensitivity.break_even import break_even_factors as break_even_factors
    from budgetopt.analysis.sensitivity.dollar_ladder import budget_steps as budget_steps
    from budgetopt.analysis.sensitivity.figure_prices import FigurePrice as FigurePrice
    from budgetopt.analysis.sensitivity.figure_prices import figure_prices as figure_prices
    from budgetopt.analysis.sensitivity.margin_table import marginal_returns as marginal_returns
    from budgetopt.analysis.sensitivity.overview import explain_all as explain_all
    from budgetopt.analysis.sensitivity.pricing import prices as prices
    from budgetopt.analysis.sensitivity.total_costs import rules_one_by_one as rules_one_by_one

_EXPORTS = {
    "budgetopt.analysis.infeasibility.contradictions": "Conflict conflicts",
    "budgetopt.analysis.infeasibility.repair": "NEVER Amendment Repair",
    "budgetopt.analysis.infeasibility.repairs": "repairs",
    "budgetopt.analysis.live_problem.what_if": "WhatIf",
    "budgetopt.analysis.sensitivity.break_even": "BreakEven break_even_factors",
    "budgetopt.analysis.sensitivity.dollar_ladder": "budget_steps",
    "budgetopt.analysis.sensitivity.figure_prices": "FigurePrice figure_prices",
    "budgetopt.analysis.sensitivity.margin_table": "marginal_returns",
    "budgetopt.analysis.sensitivity.overview": "explain_all",
    "budgetopt.analysis.sensitivity.pricing": "prices",
    "budgetopt.analysis.sensitivity.total_costs": "rules_one_by_one",
}
"""What is exported, by the module that it is imported from."""

__all__ = sorted(" ".join(_EXPORTS.values()).split())

__getattr__ = imported_when_used(__name__, _EXPORTS)
