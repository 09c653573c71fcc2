"""Rows in groups: below a heading, beside one, or above the row that adds all of them up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from budgetopt.reading.office.choices import Choices
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import is_revenue, words_of
from budgetopt.reading.office.outlines import is_among, is_no_chance, last_is_sum
from budgetopt.reading.office.row_parts import ask_about_sums, has_departments, leave_out
from budgetopt.reading.tables.shape import filled_down
from budgetopt.reading.tables.total_words import has_total_word
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.words import listed

__all__ = ["below_headings", "beside_headings", "leave_out_received", "leave_out_revenue", "leave_out_whole"]

_SHOWN = 6
_MOSTLY = 0.9
"""Names stand beside their headings where so large a share of the rows has one or the other."""

_RECEIVED = re.compile(r"(?:grand |sub ?)?totals? (?:.+ )?(?:revenues?|receipts|sources)(?: of funds?)?")
"""Names of totals of revenue."""
_SPENT = re.compile(r"\b(?:expenditures?|expenses?|spending|uses|appropriations|outlays|disbursements)\b")
"""Words in the names of totals of spending."""


def beside_headings(found: Guess, programs: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    """Return the columns that name a program where names stand in a second column, without a header, beside headings.

    Printed budgets indent so: departments in column A with their sums, programs in column B.
    """
    chosen = programs[-1]
    has_amount = found.lines & (found.amounts != 0)
    for column in found.facts:
        if column.header or column.is_numeric or len(programs) > 1 or "department" in found.keys:
            continue
        one_of_both = column.filled[has_amount] != chosen.filled[has_amount]
        count = int(column.filled[has_amount].sum())
        if count < 3 or count == has_amount.sum() or one_of_both.mean() < _MOSTLY:
            continue
        found.remarks = [remark for remark in found.remarks if not remark.startswith(f"each '{chosen.name}'")]
        found.remarks.append(f"the names beside those of '{chosen.name}' are the programs, and these their departments")
        found.keys["department"] = chosen
        for key in ("program", "name"):
            found.keys.pop(key, None)
        departments = filled_down(chosen.cells)
        pairs = {(departments[row], column.cells[row]) for row in np.flatnonzero(has_amount & column.filled).tolist()}
        repeats = len(pairs) > len({name for _, name in pairs})
        return [chosen, column] if repeats else [column]
    return list(programs)


def below_headings(found: Guess, column: ColumnFacts, headings: Bools) -> list[ColumnFacts]:
    """Write down that headings give the rows below their department, and return the columns that name a program then.

    A name that stands under several headings is a program in each. Rows below a heading of revenue are no programs.
    """
    found.table["headings"] = "department"
    _leave_out_revenue(found, column, headings)
    marked = [cell if heading else "" for cell, heading in zip(column.cells, headings.tolist(), strict=True)]
    departments = filled_down(marked)
    lines = np.flatnonzero(found.lines & column.filled & ~np.array([has_total_word(cell) for cell in column.cells]))
    pairs = {(departments[row], column.cells[row]) for row in lines.tolist()}
    if len(pairs) == len({name for _, name in pairs}):
        return [column]
    nothing = np.full(len(departments), np.nan)
    made = ColumnFacts("department", "department", "", len(found.facts), departments, nothing)
    found.facts.append(made)
    found.table["id"] = ["department", column.name]
    found.keys.pop("program", None)
    found.keys["department"] = made
    return [made, column]


def _leave_out_revenue(found: Guess, column: ColumnFacts, headings: Bools) -> None:
    """Leave out the rows below headings such as Revenues, where others say what is spent."""
    said = [column.cells[row] for row in np.flatnonzero(headings).tolist()]
    received = {name for name in said if is_revenue(name)}
    if not received or len(received) == len(set(said)):
        return
    above = filled_down(
        [cell if heading else "" for cell, heading in zip(column.cells, headings.tolist(), strict=True)]
    )
    rows = found.lines & np.array([name in received for name in above], dtype=bool) & (found.amounts != 0)
    leave_out_revenue(found, rows, sorted(received))


def leave_out_revenue(found: Guess, rows: Bools, headings: Sequence[str]) -> None:
    """Leave out the rows below headings of revenue."""
    _leave_out_received(found, rows, f"below {listed(list(map(repr, headings)), _SHOWN)}")


def _leave_out_received(found: Guess, rows: Bools, where: str) -> None:
    """Leave out rows of revenue and say where they stand."""
    if not rows.any():
        return
    found.skip_rows(rows)
    total = found.shown(found.amounts[rows].sum())
    what = "1 row of revenue is" if rows.sum() == 1 else f"{int(rows.sum()):,} rows of revenue are"
    found.remarks.append(f"{what} left out, {total} in all, {where}")
    found.leave_out(rows, "rows of revenue")


def leave_out_received(found: Guess, labels: Mapping[int, str], totals: Bools, slack: float) -> None:
    """Leave out the rows that a total of revenue adds up, where another total is that of spending alone.

    ``labels`` are the names of totals by their rows.
    """
    received = [row for row, name in labels.items() if is_revenue(name) and _RECEIVED.fullmatch(words_of(name))]
    spent = [row for row, name in labels.items() if row not in received and _SPENT.search(words_of(name))]
    counted = np.where(found.lines & ~totals, found.amounts, 0.0)
    rows = np.zeros(len(counted), dtype=bool)
    for row in received:
        starts = [0, *(other + 1 for other in np.flatnonzero(totals[:row]).tolist())]
        start = next((at for at in starts if _adds_up(counted[at:row], found.amounts[row], slack)), row)
        rows[start:row] |= counted[start:row] != 0
    others = (counted != 0) & ~rows
    of_both = any(rows[:row].any() and _adds_up(counted[:row], found.amounts[row], slack) for row in spent)
    if spent and others.any() and not of_both:
        _leave_out_received(found, rows, f"above {listed([repr(labels[row]) for row in received], _SHOWN)}")


def _adds_up(parts: Floats, total: float, slack: float) -> bool:
    """Return whether a total is the sum of some amounts, but for what rounding leaves."""
    return bool(abs(float(parts.sum()) - total) <= slack * np.count_nonzero(parts) + 1e-9 * abs(total))


def leave_out_whole(
    found: Guess, programs: Sequence[ColumnFacts], totals: Bools, choices: Choices, slack: float
) -> None:
    """Leave out the last row where it is the sum of all others and no total says that it counts.

    Raises ChoiceError where it may be so by chance, or where the first of many rows is such a sum.
    """
    every = np.flatnonzero(found.lines)
    if is_among(found.amounts[totals], found.taken, slack * len(every)):
        return
    for where, lines in (("last", every), ("first", every[::-1])):
        if not len(lines) or not last_is_sum(found.amounts[lines], slack):
            continue
        row = int(lines[-1])
        name = programs[-1].cells[row]
        if where == "last" and is_no_chance(name, len(lines)):
            leave_out(found, lines[-1:], programs, programs[-1])
        elif (where == "last" or is_no_chance("", len(lines))) and not has_departments(found, lines):
            said = f"the {where} row, {name!r}, has {found.shown(found.amounts[row])}, the sum of the others"
            ask_about_sums(found, lines[-1:], said, programs, choices)
        return
