"""A plan as a workbook: real numbers, live formulas with their results, and text that stays text."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError
from budgetopt.report.blocks.content import Media, ReportTable
from budgetopt.report.documents.table_sheet import CellLooks, has_total, sheet_title, write_sheet
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import clean
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.section_list import sections_in
from budgetopt.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["write_excel"]

QUICKLY = 1
"""How much work is done to make a workbook small, from 1 to 9."""
MOST_ROWS = 1_048_576
"""What a sheet can hold."""


def write_excel(plan: Allocation, path: str | Path) -> Path:
    """Write a plan as a workbook, and return its path.

    Money is in dollars and cents, exact. Amounts may be edited: formulas work out totals, balances, outcomes and
    limits again. Text that begins like a formula stays text. It is an OptionError where the file cannot be written, or
    a sheet has more rows than a workbook can hold.
    """
    sheets = _sheets(plan)
    return write_whole(path, lambda beside: _write(plan, sheets, beside))


def _sheets(plan: Allocation) -> dict[str, list[ReportTable]]:
    """Return the tables of each sheet, by its title."""
    view = PlanView(plan, Numbers(plan.scenario.currency), Media.WORKBOOK)
    sheets: dict[str, list[ReportTable]] = {}
    for _, blocks in sections_in(view):
        for block in blocks:
            if isinstance(block, ReportTable):
                sheets.setdefault(sheet_title(block.sheet or block.title), []).append(block)
    for title, tables in sheets.items():
        count = sum(len(table.records) + 1 + has_total(table) for table in tables)
        if count > MOST_ROWS:
            raise OptionError(
                f"the sheet {title!r} would have {count - 1:,} rows, more than a workbook can hold",
                hint="write the tables as CSV instead: plan.to_csv(folder), or solve --csv FOLDER",
            )
    return sheets


def _write(plan: Allocation, sheets: Mapping[str, list[ReportTable]], path: Path) -> None:
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # rows are written as they come, so that a large plan needs no more memory than a small one
    book = Workbook(path, {"constant_memory": True})
    book.set_properties({"title": clean(plan.scenario.name), "author": "budgetopt"})
    looks = CellLooks(book)
    for title, tables in sheets.items():
        write_sheet(book, title, tables, looks)
    try:
        with _packed_quickly():
            book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


@contextmanager
def _packed_quickly() -> Iterator[None]:
    """Let XlsxWriter, which has no option for it, do little work to pack a workbook: that takes most of the time."""
    from xlsxwriter import workbook

    workbook.ZipFile = partial(ZipFile, compresslevel=QUICKLY)
    try:
        yield
    finally:
        workbook.ZipFile = ZipFile
