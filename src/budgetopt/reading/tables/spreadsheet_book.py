"""Read workbooks: XLSX, XLSM, XLSB, XLS and ODS."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError, column_letters
from budgetopt.reading.input_file import check_limit, limit, whatever_is_raised
from budgetopt.reading.tables.cell_marks import CellMarks, Extent, OdsParts, XlsxParts
from budgetopt.reading.tables.contents import Content, check_content, has_password
from budgetopt.reading.tables.old_workbook_marks import XlsParts
from budgetopt.reading.tables.sheet import Book, Sheet, blanks_before
from budgetopt.reading.tables.value_texts import column_texts, percent_text
from budgetopt.reading.tables.xlsb_sheets import XlsbParts
from budgetopt.scenario.programs import Ints

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["open_workbook"]

_FORMATS: tuple[Content, ...] = ("xlsx", "xlsb", "xls", "ods")
_Range = tuple[int, int, int, int]
_CELLS_AT_ONCE = 100_000
_NUMBERS = frozenset({int, float})
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
_WITHOUT_MARKS = (
    "Percent formats and errors of a workbook in {format} are not read: a cell that shows 90% is read as 0.9, "
    "and one that shows #DIV/0! as empty; save it as .xlsx if it has such cells."
)


def open_workbook(data: bytes, file: str) -> Book:
    """Return the sheets of a workbook, or raise ScenarioError if it is none, is damaged or has a password.

    Cells are the texts that the spreadsheet program shows, without the marks of thousands and currencies and with every
    decimal that is stored: 46.0 is ``46``, a date is ``2024-06-30``, 0.9 in a percent format is ``90%``. Chart sheets
    and sheets without any cell are left out.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    content = check_content(data, file, _FORMATS)
    if has_password(data):
        expected, hint = "a workbook without a password", "open it in a spreadsheet program and save a copy without one"
        raise ScenarioError([Problem("workbook", "the workbook has a password", Place(file), expected, hint)])
    with whatever_is_raised(_damaged(file, content)):
        if content != "xls":
            _check_size(data, file)
        parts = _parts(data, content)
        if isinstance(parts, OdsParts | XlsbParts):
            _check_sheets(parts.extents(), file)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        positions = {name: number for number, name in enumerate(book.sheet_names)}
        if isinstance(parts, XlsxParts):
            filled = [sheet for sheet in sheets if parts.has_cells(sheet.name)]
        else:
            filled = [sheet for sheet in sheets if book.get_sheet_by_name(sheet.name).end is not None]
    hidden = frozenset(sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible)

    @cache
    def read(name: str) -> Sheet:
        with whatever_is_raised(_damaged(file, content)):
            if isinstance(parts, XlsxParts):
                marks = parts.marks(name)
            elif isinstance(parts, OdsParts | XlsParts):
                marks = parts.marks(positions[name])
            else:
                marks = CellMarks()
            if marks.beyond:
                raise ScenarioError([_too_large(file, name, *marks.beyond)])
            check_limit("unpacked", marks.text_length, file, f"the sheet {name}")
            return _sheet(file, name, *_cells(book, name), marks)

    names = tuple(sheet.name for sheet in filled or sheets)
    has_marks = parts is not None and not isinstance(parts, XlsbParts)
    notes = () if has_marks else (_WITHOUT_MARKS.format(format=content.upper()),)
    return Book(file, names, read, hidden.intersection(names), notes)


def _parts(data: bytes, content: Content) -> XlsxParts | OdsParts | XlsParts | XlsbParts | None:
    """Return what tells how the cells of a workbook are shown and how far they go, or None if nothing does."""
    if content == "xls":
        try:
            return XlsParts(data)
        except (struct.error, LookupError, ValueError):
            return None
    archive = zipfile.ZipFile(io.BytesIO(data))
    if content == "xlsb":
        return XlsbParts(archive)
    return OdsParts(archive) if content == "ods" else XlsxParts(archive)


def _damaged(file: str, content: Content) -> ScenarioError:
    message = "the workbook is damaged"
    if content == "xls":
        message += ", or older than Excel 97"
    hint = "open it in a spreadsheet program and save it again as .xlsx"
    return ScenarioError([Problem("workbook", message, Place(file), "an .xlsx, .xlsm, .xlsb, .xls or .ods file", hint)])


def _check_size(data: bytes, file: str) -> None:
    """Refuse an archive whose parts are very long when unpacked, also where it says that they are shorter."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        check_limit("unpacked", sum(part.file_size for part in parts), file, "the workbook")
        for part in parts:
            # what is packed may be up to 1,032 times as long; reading it to the end tells whether its length is true
            if part.compress_size * 1_032 > limit("unpacked").most:
                with archive.open(part) as stream:
                    while stream.read(1 << 20):
                        pass


def _check_sheets(extents: Iterable[Extent], file: str) -> None:
    """Refuse a workbook whose sheets have too many cells, empty ones included, or texts that are very long in all."""
    cells = length = 0
    for sheet, (row, column), text_length in extents:
        mine = (row + 1) * (column + 1)
        if mine > limit("cells").most:
            raise ScenarioError([_too_large(file, sheet, row, column)])
        cells, length = cells + mine, length + text_length
    check_limit("cells", cells, file, "the workbook")
    check_limit("unpacked", length, file, "the workbook")


def _cells(book: CalamineWorkbook, name: str) -> tuple[list[list[Any]], list[_Range]]:
    """Return the cells of a sheet column by column, and its merged ranges.

    What the reader holds of a sheet takes more memory than the cells; it goes before the cells become texts.
    """
    sheet = book.get_sheet_by_name(name)
    columns: list[list[Any]] = [[] for _ in range(sheet.end[1] + 1)] if sheet.end else []
    rows, at_once = sheet.iter_rows(), _CELLS_AT_ONCE // (len(columns) or 1) + 1
    while columns and (some := list(islice(rows, at_once))):
        # the rows begin at the first column that is not empty
        blank = [("",) * len(some)] * (len(columns) - len(some[0]))
        for column, cells in zip(columns, [*blank, *zip(*some, strict=True)], strict=True):
            column += cells
    return columns, [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]


def _sheet(file: str, name: str, columns: list[list[Any]], merged: list[_Range], marks: CellMarks) -> Sheet:
    """Return the cells of a sheet as texts."""
    texts, numbers = [], []
    for column in columns:
        texts.append(column_texts(column))
        is_number = np.zeros(len(column), dtype=bool)
        if not _NUMBERS.isdisjoint(map(type, column)):
            is_number = np.fromiter(map(_NUMBERS.__contains__, map(type, column)), bool, len(column))
        numbers.append(is_number)
    for (row, at), shift in marks.percents.items():
        if at < len(columns) and row < len(columns[at]) and numbers[at][row]:
            texts[at][row] = percent_text(columns[at][row], shift)
    for row, at in marks.flags:
        texts[at][row], numbers[at][row] = "true" if columns[at][row] else "false", False
    errors = dict(marks.errors)
    for at, cells in enumerate(texts):
        if not _ERRORS.isdisjoint(cells):
            errors |= {(row, at): cell for row, cell in enumerate(cells) if cell in _ERRORS}
    for row, at in errors:
        if at < len(texts) and row < len(texts[at]):
            texts[at][row] = ""
    indents, thousands = blanks_before(columns), dict[int, Ints]()
    for marked, found in ((marks.indents, indents), (marks.thousands, thousands)):
        for (row, at), times in marked.items():
            if at < len(columns) and row < len(columns[at]):
                found.setdefault(at, np.zeros(len(columns[at]), dtype=np.int64))[row] += times
    return Sheet(
        file,
        name,
        tuple(texts),
        tuple(numbers),
        merged=tuple(marks.merged or merged),
        problems=tuple(_problems(Place(file, 0, 0, name), errors, marks.formulas)),
        indents=indents,
        thousands=thousands,
        hidden=frozenset(marks.hidden),
    )


def _too_large(file: str, name: str, row: int, column: int) -> Problem:
    message = f"the cells of the sheet go as far as row {row + 1:,} and column {column_letters(column + 1)}"
    hint = "delete what stands far away from the table, or copy the table to a new workbook"
    return Problem("sheet", message, Place(file, 0, 0, name), str(limit("cells")), hint)


def _problems(at: Place, errors: dict[tuple[int, int], str], formulas: list[tuple[int, int]]) -> Iterator[Problem]:
    for (row, column), shown in errors.items():
        place = Place(at.file, row + 1, column + 1, at.sheet)
        yield Problem("broken-cell", f"the cell shows the error {shown}".rstrip(), place, "a value")
    message = "the cell holds a formula whose result is not stored in the file"
    hint = "open the workbook in a spreadsheet program and save it, or write the value itself"
    for row, column in formulas:
        yield Problem("formula", message, Place(at.file, row + 1, column + 1, at.sheet), "a value", hint)
