"""The cells of a table that is a file or a pandas table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.reading.frame import grid_of_series
from budgetopt.reading.office.header_rows import title_lines
from budgetopt.reading.own_tables import file_bytes
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.parquet_book import header_text
from budgetopt.reading.tables.read import open_book, read_grid, sheet_of, split_sheet
from budgetopt.scenario.model.table import Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["grid_of", "titles_of"]


def grid_of(table: str | Path | pd.DataFrame, layout: Table) -> Grid:
    """Return the cells of a file, or of a pandas table, which messages call by the file of its layout.

    Raises
    ------
    OptionError
        If the file cannot be read.
    """
    if not isinstance(table, str | Path):
        headers = [header_text(header) for header in table.columns]
        return grid_of_series(layout.file, headers, [table.iloc[:, at] for at in range(len(headers))])
    file, sheet = split_sheet(str(table))
    return read_grid(file_bytes(file), file, sheet, layout)


def titles_of(table: str | Path | pd.DataFrame, layout: Table) -> list[str]:
    """Return what stands in a file above the headers of its table; a pandas table has no such titles."""
    above = layout.header[0] - 1
    if not above or not isinstance(table, str | Path):
        return []
    file, sheet = split_sheet(str(table))
    return title_lines(sheet_of(open_book(file_bytes(file), file), sheet), above)
