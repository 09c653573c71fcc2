"""A plan written into a copy of the office's own table: new columns beside theirs, and nothing else changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError
from budgetopt.reading.own_tables import OwnTable, file_bytes, own_tables
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.own_workbook.own_csv import with_columns
from budgetopt.report.own_workbook.own_sheet import fill_sheet
from budgetopt.report.own_workbook.plan_block import PlanBlock, block_of
from budgetopt.report.own_workbook.workbook_parts import WorkbookParts
from budgetopt.scenario.scenario import Scenario
from budgetopt.whole_files import write_whole

__all__ = ["tables_to_fill", "write_own_table"]

WORKBOOKS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".tsv", ".txt")


def tables_to_fill(scenario: Scenario, path: str | Path, table: str = "") -> list[OwnTable]:
    """Return the office's own tables of which a file is to be a copy with the plan.

    Raises
    ------
    OptionError
        If there is no such table, a plan cannot be written into a file of its kind, or the copy's name does not fit.
    """
    tables = own_tables(scenario, table, asker=str(path))
    own, target = tables[0].path, Path(path)
    suffix = own.suffix.casefold()
    if suffix not in WORKBOOKS + TEXTS:
        message = f"a plan cannot be written into {own.name}"
        raise OptionError(message, hint="save the table as .xlsx or .csv, and name that file in the scenario")
    if target.suffix.casefold() != suffix:
        message = f"{target}: a copy of {own.name} ends in {own.suffix}"
        raise OptionError(message, hint=f"name it {target.stem}{own.suffix}")
    if target.resolve() == own.resolve():
        message = f"{target} is the office's own table, and is not overwritten"
        raise OptionError(message, hint=f"name a copy, such as {own.stem}_plan{own.suffix}")
    return tables


def write_own_table(plan: Allocation, path: str | Path, table: str = "") -> tuple[Path, list[str]]:
    """Write a copy of the office's own table with the plan beside it; return its path, and notes on what is in it.

    See :meth:`Allocation.to_own_table`.
    """
    tables = tables_to_fill(plan.scenario, path, table)
    own = tables[0].path
    data = file_bytes(own)
    blocks = [block_of(plan, one, one.grid(data)) for one in tables]
    notes = _not_shown(plan, blocks, own.name)
    if own.suffix.casefold() in TEXTS:
        content = with_columns(data, str(own), blocks[0], tables[0].table.decimal or ".")
        return write_whole(path, lambda beside: beside.write_bytes(content)), notes
    parts = WorkbookParts(data, str(own))
    for block in blocks:
        notes += fill_sheet(parts, block)
    parts.recalculate()
    return write_whole(path, parts.save), notes


def _not_shown(plan: Allocation, blocks: Sequence[PlanBlock], name: str) -> list[str]:
    """Return a note on the programs of the scenario that stand in no row of the file."""
    rest = ~np.logical_or.reduce([block.shown for block in blocks])
    if not rest.any():
        return []
    count, money = int(rest.sum()), Numbers(plan.scenario.currency).exact_money(float(plan.spending[rest].sum()))
    stand, get = ("stands", "gets") if count == 1 else ("stand", "get")
    return [f"{plural(count, 'program')} of the scenario {stand} in no row of {name} and {get} {money}"]
