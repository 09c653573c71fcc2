"""A table as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["html_table"]

ROWS = 20
"""Of a longer table its first and its last rows are shown, so many together."""


def html_table(table: pd.DataFrame, *, index: bool = False) -> str:
    """Return a table as HTML: six digits of each number, nothing where there is none; with its index if asked."""
    return str(table.to_html(index=index, border=0, na_rep="", float_format="{:,.6g}".format, max_rows=ROWS))
