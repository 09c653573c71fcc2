"""The columns of a plan in a sheet of the office's own workbook: values, styles, totals, and what filters cover."""

from __future__ import annotations

import re

from budgetopt.errors import column_letters
from budgetopt.reading.plan_columns import CHANGE, PLAN
from budgetopt.report.own_workbook.like_formula import like_formula, result_of
from budgetopt.report.own_workbook.plan_block import PlanBlock
from budgetopt.report.own_workbook.sheet_text import AddedCell, SheetText, range_of
from budgetopt.report.own_workbook.workbook_parts import WorkbookParts

__all__ = ["fill_sheet"]

LEAST_WIDTH = 16.0
"""The least width of a column of money, in characters."""

_OF_TABLE = re.compile(r"(?:SUM\(|SUBTOTAL\((?:9|109),)[\w.]+\[[^\[\]]+\]\)")
"""A sum of a column of a table of the spreadsheet program."""

HALF_A_CENT = 0.005
"""A change is written as a formula where it is what the cells come to within so much."""

_Cells = dict[tuple[int, int], AddedCell]


def fill_sheet(parts: WorkbookParts, block: PlanBlock) -> list[str]:
    """Add the columns of a plan to a sheet, behind the last column that anything stands in; return notes."""
    part = parts.sheet(block.sheet)
    sheet = SheetText(parts.read(part))
    tables = parts.tables(part)
    last = max(
        sheet.last_column(block.header_row),
        parts.drawn_until(part, block.header_row),
        *(area[3] for _, area in tables if area[2] >= block.header_row),
        max(block.baseline),
    )
    cells: _Cells = {}
    widths: dict[int, float] = {}
    for number in range(len(block.columns)):
        cells |= _column(sheet, block, number, last + 1)
        theirs = sheet.width(block.baseline[number]) if block.baseline[number] else 0.0
        widths[last + 1 + number] = max(theirs, LEAST_WIDTH)
    text = sheet.with_cells(cells, widths)
    filters = rf'(<{sheet.prefix}autoFilter\b[^>]*?\sref=")([^"]+)(")'
    headers = list(block.headers)
    match = re.search(filters, text)
    if match and range_of(match[2])[3] == last:
        wider = _wider(match[2], last, len(headers))
        text = text[: match.start(2)] + wider + text[match.end(2) :]
        parts.widen_filter(block.sheet, match[2], wider)
    parts.write(part, text)
    return _widen_tables(parts, tables, last, headers)


def _column(sheet: SheetText, block: PlanBlock, number: int, first: int) -> _Cells:
    """Return the cells of one column: header, amounts, totals, and in between the looks of the office's baseline."""
    column, own, ours = block.columns[number], block.baseline[number], first + number
    amounts = dict(zip(block.lines.tolist(), block.amounts[:, number].tolist(), strict=True))
    totals = _totals(sheet, block, own, ours)
    results = _results(totals, amounts)
    plan = next(
        at for at, one in enumerate(block.columns) if (one.kind, one.period, one.fund) == (PLAN, column.period, -1)
    )
    paid = dict(zip(block.lines.tolist(), block.amounts[:, plan].tolist(), strict=True))
    header = sheet.cell(block.header_row, own)
    cells = {(block.header_row, ours): AddedCell(header.style if header else "", text=block.headers[number])}
    for row in range(block.header_row + 1, max([*amounts, *totals]) + 1):
        theirs = sheet.cell(row, own)
        style = theirs.style if theirs else ""
        if row in amounts:
            formula = ""
            if column.kind == CHANGE:
                there = 0.0 if theirs is None else theirs.number
                if own and there is not None and abs(paid[row] - there - amounts[row]) < HALF_A_CENT:
                    formula = f"{column_letters(first + plan)}{row}-{column_letters(own)}{row}"
            cells[row, ours] = AddedCell(style, number=amounts[row], formula=formula)
        elif row in totals:
            cells[row, ours] = AddedCell(style, number=results.get(row), formula=totals[row])
        elif theirs is not None and style:
            cells[row, ours] = AddedCell(style)
    return cells


def _totals(sheet: SheetText, block: PlanBlock, own: int, ours: int) -> dict[int, str]:
    """Return the formulas that the column gets where the office's column adds itself up, by row."""
    found = {}
    programs = set(block.lines.tolist())
    for row in sheet.rows:
        theirs = sheet.cell(row, own) if row > block.header_row and row not in programs else None
        if theirs is None or not theirs.formula:
            continue
        if _OF_TABLE.fullmatch(theirs.formula):
            # the row of totals of a table of the spreadsheet program
            letter = column_letters(ours)
            found[row] = f"SUBTOTAL(109,{letter}{block.header_row + 1}:{letter}{row - 1})"
        elif formula := like_formula(theirs.formula, own, ours):
            found[row] = formula
    return found


def _results(totals: dict[int, str], amounts: dict[int, float]) -> dict[int, float]:
    """Return what the totals come to, by row, as far as they are sums; totals of totals come to theirs in turn."""
    subtotals = {row for row, formula in totals.items() if formula.upper().startswith("SUBTOTAL")}
    results: dict[int, float] = {}
    for _ in range(len(totals) + 1):
        values = {**amounts, **results}
        new = {
            row: value
            for row, formula in totals.items()
            if (value := result_of(formula, values, subtotals)) is not None
        }
        if new == results:
            break
        results = new
    return {row: round(value, 6) for row, value in results.items()}


def _wider(area: str, last: int, more: int) -> str:
    """Return a range that ends in the last column with some more columns."""
    first_row, first_column, last_row, _ = range_of(area)
    return f"{column_letters(first_column)}{first_row}:{column_letters(last + more)}{last_row}"


def _widen_tables(
    parts: WorkbookParts, tables: list[tuple[str, tuple[int, int, int, int]]], last: int, headers: list[str]
) -> list[str]:
    """Let a table of the spreadsheet program that ends beside the columns cover them, so that it sorts them too."""
    notes = []
    for part, area in tables:
        text = parts.read(part)
        if area[3] != last:
            continue
        if re.search(r'totalsRowCount="[1-9]', text) or any(f'"{header}"' in text for header in headers):
            notes.append("the columns of the plan stand beside the table of the workbook: sort both together")
            continue
        ids = [int(found) for found in re.findall(r'<(?:\w+:)?tableColumn\b[^>]*?\sid="([0-9]+)"', text)]
        new = "".join(
            f'<tableColumn id="{max(ids) + at}" name="{header.replace("&", "&amp;").replace("<", "&lt;")}"/>'
            for at, header in enumerate(headers, start=1)
        )
        text = re.sub(
            r'(\sref=")([^"]+)(")', lambda found: found[1] + _wider(found[2], last, len(headers)) + found[3], text
        )
        text = re.sub(r'(<(?:\w+:)?tableColumns\b[^>]*?count=")[0-9]+', rf"\g<1>{len(ids) + len(headers)}", text)
        parts.write(part, re.sub(r"(?=</(?:\w+:)?tableColumns>)", new, text))
    return notes
