"""A plan as a workbook: real numbers, totals that are formulas, and names that stay names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.allocation import Allocation
from budgetopt.report.content import Media, ReportTable
from budgetopt.report.numbers import Numbers
from budgetopt.report.sections import sections_in
from budgetopt.report.sheets import add_sheet
from budgetopt.report.text import clean
from budgetopt.report.view import PlanView
from budgetopt.report.whole_files import write_whole

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

__all__ = ["write_excel"]


def write_excel(plan: Allocation, path: str | Path) -> Path:
    """Write a plan as a workbook, and return its path.

    Money is in dollars and cents, exact. Text that begins like a formula stays text.

    Raises
    ------
    OptionError
        If the file cannot be written, or a sheet has more rows than a workbook can hold.
    """
    return write_whole(path, lambda beside: _workbook(plan).save(beside))


def _workbook(plan: Allocation) -> Workbook:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = clean(plan.scenario.name)
    book.properties.creator = "budgetopt"
    for _, blocks in sections_in(PlanView(plan, Numbers(plan.scenario.currency), Media.WORKBOOK)):
        for block in blocks:
            if isinstance(block, ReportTable):
                add_sheet(book, block)
    return book
