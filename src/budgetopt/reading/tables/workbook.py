"""Read the sheets of an XLSX workbook."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from budgetopt.errors import Place, Problem, ScenarioError, column_letters, near
from budgetopt.reading.tables.grid import Grid, assemble

__all__ = ["read_sheet"]


def read_sheet(data: bytes, file: str, sheet: str = "", *, header: int = 1, last_row: int | None = None) -> Grid:
    """Return the table on a sheet of a workbook, or raise ScenarioError; the only sheet need not be named.

    ``header`` is the row of the column headers, ``last_row`` the last one that is read; both are counted from 1.
    """
    book = _open(data, file)
    names = list(book.sheetnames)
    if not sheet and len(names) > 1:
        hint = f"write one of {', '.join(f'{file}!{name}' for name in names)}"
        message = f"the workbook has {len(names)} sheets, and none is named"
        raise ScenarioError([Problem("sheet", message, Place(file), "the name of a sheet", hint)])
    if sheet and sheet not in names:
        close = near(sheet, names)
        hint = f"did you mean {file}!{close}?" if close else f"its sheets are {', '.join(names)}"
        message = f"the workbook has no sheet '{sheet}'"
        raise ScenarioError([Problem("sheet", message, Place(file), "the name of a sheet", hint)])
    sheet = sheet or names[0]
    problems: list[Problem] = []
    records = list(_records(book[sheet], Place(file, 0, 0, sheet), problems))
    if _has_formulas(data):
        broken = {problem.place for problem in problems}
        missing = _formulas_without_value(data, file, sheet, records)
        problems += [problem for problem in missing if problem.place not in broken]
    kept = [problem for problem in problems if last_row is None or (problem.place and problem.place.line <= last_row)]
    return assemble(file, sheet, records, header=header, last_row=last_row, problems=kept)


def _open(data: bytes, file: str, *, values: bool = True) -> Any:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of decorations that it does not know, which no table needs
            return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, SyntaxError) as error:
        old = data.startswith(b"\xd0\xcf\x11\xe0")
        hint = "it is an old .xls file or has a password: save it as .xlsx without one" if old else str(error)
        problem = Problem("workbook", "the file is not an XLSX workbook", Place(file), "an .xlsx file", hint)
        raise ScenarioError([problem]) from None


def _rows(worksheet: Any) -> Iterator[tuple[Any, ...]]:
    # the size that a sheet says it has is wrong in files of some programs
    worksheet.reset_dimensions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from worksheet.iter_rows()


def _records(worksheet: Any, at: Place, problems: list[Problem]) -> Iterator[tuple[str, ...]]:
    percents: dict[Any, bool] = {}
    for number, row in enumerate(_rows(worksheet), 1):
        cells = []
        for position, cell in enumerate(row, 1):
            value = cell.value
            if type(value) is str:
                text = value.strip()
                if cell.data_type == "e":
                    place = Place(at.file, number, position, at.sheet)
                    problems.append(Problem("broken-cell", f"the cell shows the error {text}", place, "a value"))
                    text = ""
            elif value is None:
                text = ""
            else:
                text = _text(value)
                if type(value) is int or type(value) is float:
                    style = cell._style_id
                    if style not in percents:
                        percents[style] = "%" in (cell.number_format or "").split(";")[0]
                    if percents[style]:
                        text = f"{Decimal(repr(value)).scaleb(2).normalize():f}%"
            cells.append(text)
        yield tuple(cells)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(re.search(b"<f[> ]", archive.read(name)) for name in sheets)


def _formulas_without_value(data: bytes, file: str, sheet: str, records: list[tuple[str, ...]]) -> list[Problem]:
    """Return a problem for each formula whose result was never stored; it would be read as an empty cell."""
    worksheet = _open(data, file, values=False)[sheet]
    found = []
    for number, row in enumerate(_rows(worksheet), 1):
        for position, cell in enumerate(row, 1):
            if cell.value is None or cell.data_type != "f":
                continue
            record = records[number - 1] if number <= len(records) else ()
            if position > len(record) or not record[position - 1]:
                found.append(Place(file, number, position, sheet))
    if not found:
        return []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        empty_texts = _texts(archive.read(worksheet._worksheet_path))
    message = "the cell holds a formula whose result is not stored in the file"
    hint = "open the workbook in a spreadsheet program and save it, or write the value itself"
    return [
        Problem("formula", message, place, "a value", hint)
        for place in found
        if f"{column_letters(place.column)}{place.line}" not in empty_texts
    ]


def _texts(content: bytes) -> set[str]:
    """Return the cells whose formula has a text as its result; an empty one is a result too."""
    cells = re.findall(rb"<c\b([^>]*)>", content)
    matches = (re.search(rb'\br="([A-Z]+[0-9]+)"', cell) for cell in cells if b't="str"' in cell)
    return {match[1].decode() for match in matches if match}
