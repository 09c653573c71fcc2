"""The linear program as a file for anyone's solver: free MPS, or the LP format of CPLEX.

Numbers are written with all their digits, and names lead back to the scenario. An MPS file always minimizes, because
readers do not agree on how a maximization is written; an LP file says which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.formulation.linear_program import Floats, LinearProgram
from budgetopt.solvers.model_units import in_units
from budgetopt.solvers.safe_names import safe_names
from budgetopt.whole_files import write_whole

__all__ = ["write_model"]

WIDTH = 200
"""Characters of a line in an LP file; some readers take no more than 255."""


def write_model(lp: LinearProgram, path: str | Path, *, unit: float = 1.0) -> None:
    """Write the first objective of a problem, with all limits, as a file.

    Parameters
    ----------
    lp
        The problem.
    path
        The file; its ending says the format, ``.mps`` or ``.lp``.
    unit
        What amounts are written in: with 1,000,000 an amount of 2 stands for two million, as the file says at its
        head. All-or-nothing decisions and the value of the objective are written as they are.

    Raises
    ------
    OptionError
        If the ending says neither, the unit is not above 0, or the file cannot be written.
    """
    if not 0.0 < unit < np.inf:
        raise OptionError(f"amounts cannot be written in units of {unit:g}", hint="give a unit such as 1_000 or 1M")
    target, lp = Path(path), in_units(lp, unit)
    match target.suffix.lower():
        case ".mps":
            lines = _mps(lp, unit)
        case ".lp":
            lines = _lp(lp, unit)
        case ending:
            raise OptionError(f"a model is written as .mps or .lp, and not as {ending!r}")

    def write(beside: Path) -> None:
        with beside.open("w", encoding="ascii", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)

    write_whole(target, write)


class _Named:
    """A problem's names and first objective, as both formats need them."""

    def __init__(self, lp: LinearProgram) -> None:
        self.lp = lp
        self.columns = safe_names(lp.column_labels.all_names(), "x")
        self.objective, *self.rows = safe_names(["objective", *lp.row_labels.all_names()], "r")
        stage = lp.stages[0]
        self.cost, self.offset = stage.cost_for(lp.columns), stage.offset
        # rows that limit nothing are left out
        self.kept = np.isfinite(lp.row_lower) | np.isfinite(lp.row_upper)


def _said_of(unit: float) -> list[str]:
    """Return what a file says of its units, as lines without a mark; none where amounts are as they are."""
    if unit == 1.0:
        return []
    return [
        f"amounts are in units of {_figure(unit)}: all columns but those that are integer",
        "each row is multiplied by a power of ten; the objective is in its own unit",
    ]


def _mps(lp: LinearProgram, unit: float) -> Iterator[str]:
    named = _Named(lp)
    maximize = lp.stages[0].maximize
    sign = -1.0 if maximize else 1.0
    yield f"* {_ascii(lp.stages[0].label)}" + (", written as a minimization of its negative" if maximize else "")
    yield from (f"* {words}" for words in _said_of(unit))
    yield "NAME budget FREE"
    yield "ROWS"
    yield f" N {named.objective}"
    kinds = _kinds(lp)
    kept = np.flatnonzero(named.kept).tolist()
    for row in kept:
        yield f" {kinds[row]} {named.rows[row]}"
    yield "COLUMNS"
    yield from _mps_columns(named, sign)
    yield "RHS"
    if named.offset:
        # the right-hand side of an objective is what is taken from it
        yield f" RHS {named.objective} {_figure(-sign * named.offset)}"
    for row in kept:
        limit = lp.row_lower[row] if kinds[row] in "GE" else lp.row_upper[row]
        if limit:
            yield f" RHS {named.rows[row]} {_figure(limit)}"
    ranged = named.kept & np.isfinite(lp.row_lower) & np.isfinite(lp.row_upper) & (lp.row_lower != lp.row_upper)
    if ranged.any():
        yield "RANGES"
        for row in np.flatnonzero(ranged).tolist():
            yield f" RANGE {named.rows[row]} {_figure(lp.row_upper[row] - lp.row_lower[row])}"
    yield "BOUNDS"
    for name, low, high in zip(named.columns, lp.lower.tolist(), lp.upper.tolist(), strict=True):
        yield from _mps_bounds(name, low, high)
    yield "ENDATA"


def _kinds(lp: LinearProgram) -> list[str]:
    low, high = np.isfinite(lp.row_lower), np.isfinite(lp.row_upper)
    kinds: list[str] = np.where(low & (lp.row_lower == lp.row_upper), "E", np.where(high, "L", "G")).tolist()
    return kinds


def _mps_columns(named: _Named, sign: float) -> Iterator[str]:
    lp = named.lp
    integer = lp.integer.tolist()
    starts, index, value = lp.matrix.starts.tolist(), lp.matrix.index.tolist(), lp.matrix.value.tolist()
    kept, cost = named.kept.tolist(), (sign * named.cost).tolist()
    marked = False
    for column, name in enumerate(named.columns):
        if integer[column] is not marked:
            marked = integer[column]
            yield f" MARKER 'MARKER' '{'INTORG' if marked else 'INTEND'}'"
        begin, end = starts[column], starts[column + 1]
        # a column that enters nothing is named here all the same, or it would not exist
        entries = [(row, v) for row, v in zip(index[begin:end], value[begin:end], strict=True) if kept[row]]
        if cost[column] or not entries:
            yield f" {name} {named.objective} {_figure(cost[column])}"
        for row, v in entries:
            yield f" {name} {named.rows[row]} {_figure(v)}"
    if marked:
        yield " MARKER 'MARKER' 'INTEND'"


def _mps_bounds(name: str, low: float, high: float) -> Iterator[str]:
    if low == high:
        yield f" FX BND {name} {_figure(low)}"
        return
    if low == -np.inf and high == np.inf:
        yield f" FR BND {name}"
        return
    if low == -np.inf:
        yield f" MI BND {name}"
    elif low:
        yield f" LO BND {name} {_figure(low)}"
    if high != np.inf:
        yield f" UP BND {name} {_figure(high)}"
    else:
        # said for integer columns, for which some readers take 1 if nothing is said
        yield f" PL BND {name}"


def _lp(lp: LinearProgram, unit: float) -> Iterator[str]:
    named = _Named(lp)
    stage = lp.stages[0]
    yield f"\\ {_ascii(stage.label)}"
    yield from (f"\\ {words}" for words in _said_of(unit))
    yield "Maximize" if stage.maximize else "Minimize"
    used = np.flatnonzero(named.cost)
    terms = _terms(named.cost[used], [named.columns[column] for column in used.tolist()])
    if named.offset:
        terms.append(f"{'+' if named.offset > 0 else '-'} {_figure(abs(named.offset))}")
    yield from _wrapped(f" {named.objective}:", terms or [f"0 {named.columns[0]}"] if named.columns else terms)
    yield "Subject To"
    yield from _lp_rows(named)
    yield "Bounds"
    for name, low, high in zip(named.columns, lp.lower.tolist(), lp.upper.tolist(), strict=True):
        if low == high:
            yield f" {name} = {_figure(low)}"
        elif low == -np.inf and high == np.inf:
            yield f" {name} free"
        elif low or high != np.inf:
            least = "-inf" if low == -np.inf else _figure(low)
            yield f" {least} <= {name}" + ("" if high == np.inf else f" <= {_figure(high)}")
    whole = [name for name, integer in zip(named.columns, lp.integer.tolist(), strict=True) if integer]
    if whole:
        yield "General"
        yield from _wrapped("", whole)
    yield "End"


def _lp_rows(named: _Named) -> Iterator[str]:
    lp, matrix = named.lp, named.lp.matrix
    order = np.argsort(matrix.index, kind="stable")
    column, value = matrix.column_of_entry()[order], matrix.value[order]
    first = np.searchsorted(matrix.index[order], np.arange(lp.rows + 1))
    for row in np.flatnonzero(named.kept).tolist():
        part = slice(first[row], first[row + 1])
        terms = _terms(value[part], [named.columns[at] for at in column[part].tolist()])
        terms = terms or [f"0 {named.columns[0]}"]
        name, low, high = named.rows[row], lp.row_lower[row], lp.row_upper[row]
        if low == high:
            yield from _wrapped(f" {name}:", [*terms, f"= {_figure(low)}"])
            continue
        if np.isfinite(high):
            yield from _wrapped(f" {name}:", [*terms, f"<= {_figure(high)}"])
        if np.isfinite(low):
            both = "_at_least" if np.isfinite(high) else ""
            yield from _wrapped(f" {name}{both}:", [*terms, f">= {_figure(low)}"])


def _terms(values: Floats, names: Sequence[str]) -> list[str]:
    return [
        f"{'-' if value < 0 else '+'} {_figure(abs(value))} {name}"
        for value, name in zip(values.tolist(), names, strict=True)
    ]


def _wrapped(head: str, words: Sequence[str]) -> Iterator[str]:
    """Yield the words on lines that no reader finds too long."""
    line = head
    for word in words:
        if len(line) + len(word) + 1 > WIDTH:
            yield line
            line = " "
        line += f" {word}"
    yield line


def _figure(value: float) -> str:
    """Return a number with as many digits as it takes to be the same number again."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _ascii(text: str) -> str:
    return " ".join(text.encode("ascii", "replace").decode().split())
