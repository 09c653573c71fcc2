"""The rows of funds: their accounts, and the conditions of grants."""

from budgetopt.formulation.fund_rows.accounts import (
    add_accounts,
    all_money,
    inflow,
    most_available,
    most_of_each,
    pays,
    reserves,
)
from budgetopt.formulation.fund_rows.grants import add_grants
from budgetopt.formulation.fund_rows.who_pays import add_who_pays

__all__ = [
    "add_accounts", "add_grants", "add_who_pays", "all_money", "inflow", "most_available", "most_of_each", "pays",
    "reserves",
]  # fmt: skip
