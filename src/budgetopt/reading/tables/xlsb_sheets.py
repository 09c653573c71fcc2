"""How far the cells of an XLSB workbook go, and how long its texts are, before it is read ([MS-XLSB])."""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Iterator

from budgetopt.reading.tables.cell_marks import Extent, related_parts

__all__ = ["XlsbParts"]

_WORKBOOK, _TEXTS = "xl/workbook.bin", "xl/sharedStrings.bin"
_ROW, _SHARED_TEXT, _SHARED_ITEM, _SHEET = 0x0000, 0x0007, 0x0013, 0x009C
_CELLS = range(0x0002, 0x000C)
"""The kinds of records of cells that have a value."""


class XlsbParts:
    """The sheets of an XLSB file. Raises ``struct.error`` or LookupError if they are not made of records."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        texts = archive.read(_TEXTS) if _TEXTS in archive.namelist() else b""
        shared = (length for kind, _, length in _records(texts) if kind == _SHARED_ITEM)
        self._lengths = dict(enumerate(shared))

    def extents(self) -> Iterator[Extent]:
        """Yield how far the cells of each sheet go, and how long its texts are."""
        for name, data in self._sheets():
            row = last = column = -1
            length = 0
            for kind, at, _ in _records(data):
                if kind == _ROW:
                    (row,) = struct.unpack_from("<I", data, at)
                elif kind in _CELLS:
                    last, column = max(last, row), max(column, *struct.unpack_from("<I", data, at))
                    if kind == _SHARED_TEXT:
                        (text,) = struct.unpack_from("<I", data, at + 8)
                        length += self._lengths.get(text, 0)
            yield Extent(name, (last, column), length)

    def _sheets(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name of each sheet, and the records of its part."""
        workbook, parts = self._archive.read(_WORKBOOK), related_parts(self._archive, _WORKBOOK)
        for kind, at, _ in _records(workbook):
            if kind == _SHEET:
                reference, end = _text(workbook, at + 8)
                yield _text(workbook, end)[0], self._archive.read(posixpath.normpath(parts[reference][1]))


def _text(data: bytes, at: int) -> tuple[str, int]:
    """Return a text with its length before it, and where it ends."""
    end = at + 4 + 2 * int(struct.unpack_from("<I", data, at)[0])
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the kind of each record, where what it holds begins, and how many bytes that has."""
    at, end = 0, len(data)
    while at < end:
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
        length = shift = 0
        while shift < 28:
            byte, at = data[at], at + 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
            shift += 7
        yield kind, at, length
        at += length
