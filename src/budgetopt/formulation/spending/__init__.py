"""The columns that spend money: one module for each way in which a program can be scaled or chosen."""

from budgetopt.formulation.spending.continuous import Scaled, add_continuous
from budgetopt.formulation.spending.funded import add_ever_funded, add_funded
from budgetopt.formulation.spending.levels import Levels, levels_of
from budgetopt.formulation.spending.package_columns import PackageColumns, add_packages
from budgetopt.formulation.spending.terms import (
    Carriers,
    OutcomeTerms,
    SpendingTerms,
    joined,
    outcome_terms,
    uses_of_fixed_costs,
)

__all__ = [
    "Carriers",
    "Levels",
    "OutcomeTerms",
    "PackageColumns",
    "Scaled",
    "SpendingTerms",
    "add_continuous",
    "add_ever_funded",
    "add_funded",
    "add_packages",
    "joined",
    "levels_of",
    "outcome_terms",
    "uses_of_fixed_costs",
]
