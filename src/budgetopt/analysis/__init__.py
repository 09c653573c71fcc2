"""Questions about a plan: one module for each."""

from budgetopt.analysis.break_even import BreakEven, break_evens
from budgetopt.analysis.contradictions import Conflict, conflicts
from budgetopt.analysis.dollar_ladder import ladder
from budgetopt.analysis.margin_table import margins
from budgetopt.analysis.overview import explanations
from budgetopt.analysis.pricing import prices, rule_ladder
from budgetopt.analysis.repair import NEVER, Amendment, Repair
from budgetopt.analysis.repairs import repairs
from budgetopt.analysis.what_if import WhatIf

__all__ = [
    "NEVER",
    "Amendment",
    "BreakEven",
    "Conflict",
    "Repair",
    "WhatIf",
    "break_evens",
    "conflicts",
    "explanations",
    "ladder",
    "margins",
    "prices",
    "repairs",
    "rule_ladder",
]
