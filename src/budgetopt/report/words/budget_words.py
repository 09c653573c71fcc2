"""What differs between the budgets of two files, in words: totals, departments, funds, and the programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.analysis.comparing.budget_files import CHANGED, GONE, NEW, RENAMED, SAME, BudgetDifference
from budgetopt.report.figures.numbers import Numbers, join_words, plural
from budgetopt.report.figures.text import one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["budget_document", "budget_lines"]

SHOWN = 20
"""So many rows of a kind are printed, and the rest is counted."""


def budget_lines(found: BudgetDifference) -> Iterator[str]:
    """Yield what differs, a line each."""
    numbers = Numbers(found.after.currency)
    before, after = found.totals
    yield f"{one_line(found.files[1])} against {one_line(found.files[0])}: {_move(numbers, before, after)}."
    yield _counts(found)
    for title, table in (("department", found.departments), ("fund", found.funds)):
        moved = table[table["change"] != 0]
        if len(table) > 1 and len(moved):
            yield f"By {title}:"
            marks = np.select([moved["before"] == 0, moved["after"] == 0], [" (new)", " (gone)"], "")
            yield from _rows(numbers, moved, [f"{name}{mark}" for name, mark in zip(moved.index, marks, strict=True)])
    programs = found.programs
    for status, title in ((CHANGED, "Changed"), (RENAMED, "Renamed"), (NEW, "New"), (GONE, "Gone")):
        rows = programs[programs["status"] == status]
        if len(rows):
            yield f"{title}:"
            yield from _rows(numbers, rows, _called(rows))
    for gone, added in found.alike:
        names = f"“{one_line(gone)}” is gone and “{one_line(added)}” is new"
        yield f"Near names: {names}; they are not taken for one program."
    yield from (f"note: {one_line(remark)}" for remark in found.remarks)


def _counts(found: BudgetDifference) -> str:
    counts = found.programs["status"].value_counts()
    words = {CHANGED: "changed", RENAMED: "renamed", NEW: "new", GONE: "gone", SAME: "the same"}
    said = [f"{int(counts[status]):,} {word}" for status, word in words.items() if counts.get(status, 0)]
    return f"Of {plural(len(found.programs), 'program')}: {join_words(said)}."


def _called(rows: pd.DataFrame) -> list[str]:
    """Return what programs are called, and what they were called, where they stood and which id they had before."""
    names = []
    for name, was, home, was_id in rows[["name", "was_called", "was_in", "was_id"]].itertuples(index=False, name=None):
        before = [word for word in (f"“{was}”" if was else "", f"in {home}" if home else "") if word]
        before += [f"id {was_id}"] if was_id else []
        names.append(f"“{name}”" + (f" (before: {', '.join(before)})" if before else ""))
    return names


def _rows(numbers: Numbers, table: pd.DataFrame, names: list[str]) -> Iterator[str]:
    pairs = zip(table["before"].tolist(), table["after"].tolist(), strict=True)
    for name, (before, after) in list(zip(names, pairs, strict=True))[:SHOWN]:
        yield f"- {one_line(name)}: {_move(numbers, before, after)}"
    if len(table) > SHOWN:
        yield f"- and {len(table) - SHOWN:,} more; --format csv prints every program"


def _move(numbers: Numbers, before: float, after: float) -> str:
    if before == after or before == 0 or after == 0:
        # of what is new or gone there is one amount
        return numbers.exact_money(after or before)
    sign = "+" if after > before else "-"
    share = f", {numbers.said_share(after / before - 1, signed=True)}" if before > 0 else ""
    change = f"{sign}{numbers.exact_money(round(abs(after - before), 6))}{share}"
    return f"{numbers.exact_money(after)} instead of {numbers.exact_money(before)} ({change})"


def budget_document(found: BudgetDifference) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    before, after = found.totals
    return {
        "files": list(found.files),
        "total": {"before": before, "after": after, "change": round(after - before, 6)},
        "programs": found.programs.reset_index().to_dict(orient="records"),
        "departments": found.departments.reset_index().to_dict(orient="records"),
        "funds": found.funds.reset_index().to_dict(orient="records"),
        "near_names": [{"gone": gone, "new": added} for gone, added in found.alike],
        "remarks": list(found.remarks),
    }
