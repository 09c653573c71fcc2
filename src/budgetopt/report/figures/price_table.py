"""Tables of prices, ladders and margins as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from budgetopt.allocation import Allocation
from budgetopt.analysis.live_problem.what_if import UNTOLD
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["aligned", "price_text"]

MONEY = ("money", "change", "spending", "baseline")
"""Columns that are dollars."""
HIDDEN = ("method", "because", "unit", "unknown")
"""Columns that are said beneath the table, or not at all."""


def price_text(plan: Allocation, table: pd.DataFrame) -> str:
    """Return a table of prices as aligned text: numbers to the right, with the digits that matter."""
    numbers = Numbers(plan.scenario.currency)
    shown = [column for column in table.columns if column not in HIDDEN and _says(table[column])]
    headers = [column.replace("_", " ") for column in shown]
    cells = [[_cell(value, column, numbers) for value in table[column].tolist()] for column in shown]
    right = [table[column].dtype.kind in "fi" for column in shown]
    lines = aligned(headers, list(zip(*cells, strict=True)), right)
    return "\n".join([*lines, *_notes(table), *_unknown(table)])


def aligned(headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Return the lines of a table whose columns are aligned, to the right where that is asked for."""
    widths = [max(len(cell) for cell in column) for column in zip(headers, *rows, strict=True)]

    def line(parts: Sequence[str]) -> str:
        return "  ".join(
            part.rjust(width) if to_right else part.ljust(width)
            for part, width, to_right in zip(parts, widths, right, strict=True)
        ).rstrip()

    return [line(headers), line(["─" * width for width in widths]), *map(line, rows)]


def _unknown(table: pd.DataFrame) -> Iterator[str]:
    """Say of how many programs a factor is not known, and why."""
    if "unknown" not in table:
        return
    counts = table["unknown"][table["unknown"] != ""].value_counts()
    if len(counts):
        yield ""
    for reason, count in counts.items():
        yield f"Factors on the effect are not worked out for {plural(int(count), 'program')}: {reason}."


def _notes(table: pd.DataFrame) -> Iterator[str]:
    """Say how prices are worked out where decisions are all-or-nothing."""
    if "method" not in table or not len(table) or set(table["method"]) == {"exact"}:
        return
    yield ""
    if "decisions" not in table:
        yield f"Prices and costs are {table['method'].iloc[0]}."
        return
    yield "There are all-or-nothing decisions, and so no duals."
    free = table["decisions"] == "free"
    if free.any():
        yield "free: solved again with these decisions free and the limit moved by 1%, or dropped."
        yield "“first” is the nearest limit at which the value changes at once, and “then” by how much."
    if not free.all():
        yield (
            "held: worked out with these decisions as they are in the plan. Relaxing or dropping the limit brings at "
            "least that, and tightening it takes at most that."
        )
    for sort, rows in (("held", table[~free]), ("Blank", table[free])):
        reasons = dict.fromkeys(part for one in rows["method"] if (part := one.partition(UNTOLD)[2]))
        if reasons:
            yield f"{sort}: {'; '.join(reasons)}."


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
