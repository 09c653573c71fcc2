"""What the keys of a table leave out of its file: how many rows, how much money, and which keys find no row."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.reading.tables.columns import is_added_up, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.shape import normal
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.words import money

__all__ = ["row_notes"]


def row_notes(grid: Grid, table: Table) -> list[str]:
    """Return one sentence on the rows of a table that do not count, and one on the keys that find no row."""
    notes = []
    if grid.left_out:
        counts = [len(out.grid.rows) for out in grid.left_out]
        parts = []
        for count, out in zip(counts, grid.left_out, strict=True):
            amount = sum(_amounts(out.grid, table))
            parts.append(f"{count:,} by `{out.reason}`" + (f" ({money(amount)} of baselines)" if amount else ""))
        of_all = sum(counts) + len(grid.rows)
        verb = "is" if sum(counts) == 1 else "are"
        notes.append(f"{table.file}: {sum(counts):,} of {of_all:,} rows {verb} left out: {', '.join(parts)}")
    notes += [f"{table.file}: {said} finds no row" for said in grid.unmatched]
    return notes


def _amounts(left_out: Grid, table: Table) -> Iterator[float]:
    """Yield the sum of each column of baselines in rows that are left out; cells that are no amounts do not count."""
    keys = dict(enumerate(left_out.headers))
    for name, key in table.columns.items():
        keys |= dict.fromkeys(left_out.named(normal(name)) or left_out.added(normal(name)), key)
    signed = table.model_copy(update={"add_up": True})
    for position, key in keys.items():
        leaf = leaf_of(Program, key)
        if leaf is not None and is_added_up(leaf):
            yield float(read_column(left_out, position, leaf, lambda _row: "", [], signed).values.sum())
