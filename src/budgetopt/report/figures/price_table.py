"""Tables of prices, ladders and margins as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from budgetopt.allocation import Allocation
from budgetopt.analysis.live_problem.what_if import UNTOLD
from budgetopt.report.figures.gain import Gain
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.figures.text_table import TextTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["price_lines"]

MONEY = ("money", "change", "spending", "baseline")
"""Columns that are dollars."""
HIDDEN = ("method", "because", "unit", "unknown")
"""Columns that are said beneath the table, or not at all."""
NAMING = ("kind", "name", "part", "period", "program", "figure")
"""Columns that say what a row is about."""
OF_FIRST = {"price", "relief", "figure", "cost", "lost"}
"""Columns of tables whose figures are about the first objective alone."""
SPARE = (
    ("effect until less", "effect until more"),
    ("effect for more", "effect for less"),
    ("relief until", "tightening until"),
    ("more until", "less until"),
    ("lost share",),
    ("last charges",),
    ("charges",),
    ("relief first", "relief then", "tightening first", "tightening then"),
    ("price",),
    ("sense",),
    ("value",),
    ("baseline",),
    ("lost per dollar",),
    ("decisions",),
    ("next dollar",),
    ("last dollar",),
)
"""What a narrow terminal leaves out, the least important first."""


def price_lines(plan: Allocation, table: pd.DataFrame) -> Iterator[str]:
    """Yield a table of prices: numbers to the right, with the digits that matter; and what is to be known of them."""
    numbers = Numbers(plan.scenario.currency)
    if "program" in table and "name" in table:
        table = table.assign(program=_programs(table["program"].tolist(), table["name"].tolist())).drop(columns="name")
    shown = [column for column in table.columns if column not in HIDDEN and _says(table[column])]
    headers = [column.replace("_", " ") for column in shown]
    cells = [[_cell(value, column, numbers) for value in table[column].tolist()] for column in shown]
    right = [table[column].dtype.kind in "fi" for column in shown]
    naming = max((at + 1 for at, column in enumerate(shown) if column in NAMING), default=1)
    yield TextTable(headers, zip(*cells, strict=True), right, names=naming, spare=SPARE, beneath="held by")
    yield from _notes(table)
    if OF_FIRST & set(table.columns):
        yield from (line for note in Gain.told(plan.scenario, numbers, "prices and costs are") for line in ("", note))
    yield from _unknown(table)


def _programs(ids: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return what programs are called; those that share a name with another have their ids after it."""
    called = [label(program, name) for program, name in zip(ids, names, strict=True)]
    shared: dict[str, set[str]] = {}
    for program, name in zip(ids, called, strict=True):
        shared.setdefault(name, set()).add(program)
    return [
        f"{name} ({one_line(program)})" if len(shared[name]) > 1 else name
        for program, name in zip(ids, called, strict=True)
    ]


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
        return "unbounded"
    if column in MONEY:
        return numbers.number(value, 0 if float(value).is_integer() else 2)
    return numbers.quantity(value)
