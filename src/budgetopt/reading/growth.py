"""A revenue that grows, said period by period: so that one period of it can be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.scenario.amounts import SignedShare, parse_number

__all__ = ["spread"]


def spread(fund: Mapping[str, Any], periods: Sequence[str]) -> dict[str, Any] | None:
    """Return a fund with its growth worked into an amount for each period; None if it has none to work in.

    Parameters
    ----------
    fund
        The fund as it is written.
    periods
        The periods of the scenario.
    """
    revenue, growth = fund.get("revenue"), fund.get("growth")
    if revenue is None or growth is None or isinstance(revenue, Mapping | list):
        return None
    try:
        amount = parse_number(revenue)
        rate = float(TypeAdapter(SignedShare).validate_python(growth))
    except (PydanticCustomError, ValidationError):
        return None  # what cannot be read is told when the whole is checked
    # a millionth of a dollar is below what anybody writes, and above what a computer's rounding leaves behind
    amounts = [round(amount * (1.0 + rate) ** at, 6) for at in range(len(periods))]
    grown = {period: int(one) if one.is_integer() else one for period, one in zip(periods, amounts, strict=True)}
    return {**{key: value for key, value in fund.items() if key != "growth"}, "revenue": grown}
