"""What an XLS workbook says of cells beside their values: percent formats and errors ([MS-XLS], [MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from budgetopt.reading.tables.cell_marks import CellMarks, percent_shift, thousands_hidden
from budgetopt.scenario.programs import Ints

__all__ = ["XlsParts"]

_BOF, _EOF, _BOUND_SHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_FORMULA, _BOOL_ERR, _NUMBER, _RK, _MUL_RK = 0x0006, 0x0205, 0x0203, 0x027E, 0x00BD
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_EXCEL_97 = 0x0600


class XlsParts:
    """The records of an XLS file. Raises ``struct.error``, LookupError or StopIteration if it is not made of them."""

    def __init__(self, data: bytes) -> None:
        self._stream = _workbook_stream(data)
        self._starts: list[int] = []
        formats: dict[int, int | None] = {9: 2, 10: 2}
        hidden: dict[int, int] = {}
        styles: list[int] = []
        wide = struct.unpack_from("<H", self._stream, 4)[0] == _EXCEL_97
        for kind, record in _records(self._stream, 0):
            if kind == _BOUND_SHEET:
                self._starts.append(struct.unpack_from("<I", record)[0])
            elif kind == _FORMAT:
                style, code = struct.unpack_from("<H", record)[0], _format_code(record, wide)
                formats[style], hidden[style] = percent_shift(code), thousands_hidden(code)
            elif kind == _XF:
                styles.append(struct.unpack_from("<H", record, 2)[0])
        found = {number: formats.get(style) for number, style in enumerate(styles)}
        self._percents = {number: shift for number, shift in found.items() if shift is not None}
        self._thousands = {number: hidden[style] for number, style in enumerate(styles) if hidden.get(style)}

    def marks(self, number: int) -> CellMarks:
        """Return what stands at the cells of a sheet, by its number counted from 0."""
        marks = CellMarks()
        for kind, record in _records(self._stream, self._starts[number]):
            if kind in (_NUMBER, _RK, _FORMULA, _BOOL_ERR):
                row, column, style = struct.unpack_from("<3H", record)
                if kind == _BOOL_ERR and record[7]:
                    marks.errors[row, column] = _ERRORS.get(record[6], "")
                elif kind == _FORMULA and record[12:14] == b"\xff\xff" and record[6] == 2:
                    marks.errors[row, column] = _ERRORS.get(record[8], "")
                else:
                    self._mark(marks, (row, column), style)
            elif kind == _MUL_RK:
                row, first = struct.unpack_from("<2H", record)
                for at, (style, _) in enumerate(struct.iter_unpack("<HI", record[4:-2])):
                    self._mark(marks, (row, first + at), style)
        return marks

    def _mark(self, marks: CellMarks, cell: tuple[int, int], style: int) -> None:
        """Note how a style shows the number of a cell."""
        for styled, cells in ((self._percents, marks.percents), (self._thousands, marks.thousands)):
            if style in styled:
                cells[cell] = styled[style]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of the stream; those of charts in it are left out."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<2H", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _format_code(record: bytes, wide: bool) -> str:
    if not wide:
        return record[3:].decode("latin-1")
    return record[5:].decode("utf-16-le" if record[4] & 1 else "latin-1", "replace")


def _workbook_stream(data: bytes) -> bytes:
    """Return the stream of a compound file that the workbook is in."""
    shift, small_shift = struct.unpack_from("<2H", data, 0x1E)
    directory_at, _, small_limit, small_table_at = struct.unpack_from("<4I", data, 0x30)
    sector = 1 << shift
    listed = list(struct.unpack_from("<109I", data, 0x4C))
    (more,) = struct.unpack_from("<I", data, 0x44)
    while more < len(data) // sector:
        *found, more = struct.unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
        listed += found
        if len(listed) > len(data) // 4:
            raise IndexError("the list of sectors runs in a circle")
    table = np.concatenate(
        [
            np.frombuffer(data, "<u4", sector // 4, (number + 1) * sector)
            for number in listed
            if number < len(data) // sector
        ]
    ).astype(np.int64)
    directory = _chain(data, table, directory_at, sector, sector)
    entries = [directory[at : at + 128] for at in range(0, len(directory), 128)]
    named = {
        entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le"): entry for entry in entries
    }
    start, size = struct.unpack_from("<2I", named.get("Workbook") or named["Book"], 116)
    if size >= small_limit:
        return _chain(data, table, start, sector, sector)[:size]
    whole = _chain(data, table, struct.unpack_from("<I", entries[0], 116)[0], sector, sector)
    small_table = np.frombuffer(_chain(data, table, small_table_at, sector, sector), "<u4").astype(np.int64)
    return _chain(whole, small_table, start, 1 << small_shift, 0)[:size]


def _chain(data: bytes, table: Ints, first: int, sector: int, offset: int) -> bytes:
    """Return the sectors that follow one another from a first one."""
    parts: list[bytes] = []
    while first < len(table):
        parts.append(data[offset + first * sector : offset + (first + 1) * sector])
        if len(parts) > len(table):
            raise IndexError("the sectors run in a circle")
        first = int(table[first])
    return b"".join(parts)
