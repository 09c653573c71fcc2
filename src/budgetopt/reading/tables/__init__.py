"""Tables of a scenario: CSV files and sheets of workbooks as columns of programs.

:func:`read_tables` reads the files that a scenario names, and :func:`merge` puts what they say together with what the
scenario file itself says of programs.
"""

from __future__ import annotations

from budgetopt.reading.tables.merge import merge, overlay
from budgetopt.reading.tables.read import TablesRead, read_grid, read_tables, split_sheet

__all__ = ["TablesRead", "merge", "overlay", "read_grid", "read_tables", "split_sheet"]
