"""Tables of a scenario: CSV files and sheets of workbooks as columns of programs.

:func:`read_tables` reads the files that a scenario names, and :func:`merge` puts what they say together with what the
scenario file itself says of programs.
"""

from __future__ import annotations

from budgetopt.reading.tables.merge import merge, overlay, with_numbers_of
from budgetopt.reading.tables.read import TablesRead, open_book, read_grid, read_tables, sheet_of, split_sheet

__all__ = [
    "TablesRead", "merge", "open_book", "overlay", "read_grid", "read_tables", "sheet_of", "split_sheet",
    "with_numbers_of",
]  # fmt: skip
