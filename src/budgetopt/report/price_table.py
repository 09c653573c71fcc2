"""Tables of prices, ladders and margins as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from budgetopt.allocation import Allocation
from budgetopt.report.numbers import Numbers
from budgetopt.report.text import one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["price_text"]

MONEY = ("money", "change", "spending", "baseline")
"""Columns that are dollars."""


def price_text(plan: Allocation, table: pd.DataFrame) -> str:
    """Return a table of prices as aligned text: numbers to the right, with the digits that matter."""
    numbers = Numbers(plan.scenario.currency)
    shown = [column for column in table.columns if column not in ("method", "because", "unit") and _says(table[column])]
    headers = [column.replace("_", " ") for column in shown]
    cells = [[_cell(value, column, numbers) for value in table[column].tolist()] for column in shown]
    widths = [max([len(header), *map(len, column)]) for header, column in zip(headers, cells, strict=True)]
    right = [table[column].dtype.kind in "fi" for column in shown]

    def line(parts: list[str]) -> str:
        return "  ".join(
            part.rjust(width) if to_right else part.ljust(width)
            for part, width, to_right in zip(parts, widths, right, strict=True)
        ).rstrip()

    lines = [line(headers), line(["─" * width for width in widths])]
    lines += [line(list(row)) for row in zip(*cells, strict=True)]
    if "method" in table and len(table) and table["method"].iloc[0] != "exact":
        method, *_ = table["method"].iloc[0].split("; ")
        why = "There are all-or-nothing decisions, and so no duals: each price is"
        lines += ["", f"Prices and costs are {method}." if method.startswith("exact") else f"{why} {method}."]
        if "relief_then" in table:
            text = "Where that brings nothing, the price is 0 up to the next limit that changes something"
            lines.append(f"{text}; “then” says what that changes at once.")
        reasons = dict.fromkeys(part for one in table["method"] for part in one.split("; ")[1:])
        lines += [f"No price for {reason}." for reason in reasons]
    return "\n".join(lines)


def _says(column: pd.Series[Any]) -> bool:
    return column.dtype.kind in "fi" or bool((column.astype(str) != "").any())


def _cell(value: Any, column: str, numbers: Numbers) -> str:
    if isinstance(value, str):
        return one_line(value)
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "unbounded" if value > 0 else "unbounded below"
    if column in MONEY:
        return numbers.number(value, 0 if float(value).is_integer() else 2)
    return numbers.quantity(value)
