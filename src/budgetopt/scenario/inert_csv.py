"""Tables as CSV in which no cell is a formula.

A spreadsheet program runs a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, whoever wrote
it: the name of a program may come from anywhere. An apostrophe before it makes it text (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["inert_csv"]

_RUNS = ("=", "+", "-", "@", "\t", "\r")


@overload
def inert_csv(table: pd.DataFrame, *, index: bool = False) -> str: ...
@overload
def inert_csv(table: pd.DataFrame, *, index: bool = False, file: Path) -> None: ...
def inert_csv(table: pd.DataFrame, *, index: bool = False, file: Path | None = None) -> str | None:
    """Return a table as CSV in UTF-8, lines ending in LF, or write it to a file; numbers stay numbers.

    Parameters
    ----------
    index
        Whether the index is a column, too; then it is inert as well.
    """
    plain = table.reset_index() if index else table
    plain = plain.rename(columns={header: _text(header) for header in plain.columns})
    returns = any("\r" in str(header) for header in plain.columns)
    for position, kind in enumerate(plain.dtypes):
        # numbers, flags and dates are no text
        if kind.kind == "O":
            cells = plain.iloc[:, position].tolist()
            returns = returns or any(isinstance(cell, str) and "\r" in cell for cell in cells)
            if any(isinstance(cell, str) and cell.startswith(_RUNS) for cell in cells):
                plain = plain.copy() if plain is table else plain
                plain.isetitem(position, [_text(cell) for cell in cells])
    # a carriage return ends a row where it is not quoted, and Python before 3.13 quotes LF alone
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if returns else csv.QUOTE_MINIMAL
    text: str | None = plain.to_csv(file, index=False, encoding="utf-8", lineterminator="\n", quoting=quoting)
    return text


def _text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUNS) else cell
