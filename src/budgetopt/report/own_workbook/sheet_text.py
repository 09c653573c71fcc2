"""The text of a sheet of a workbook, to which cells are added while everything else stays as it is, byte by byte.

Libraries that read a workbook and write it again lose what they do not know: stored results of formulas, shapes,
slicers, the looks of charts. Here only the rows that get a cell are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape

from budgetopt.errors import column_letters, column_number

__all__ = ["AddedCell", "CellText", "SheetText", "range_of"]

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"|([\w:]+)\s*=\s*\'([^\']*)\'')


class AddedCell(NamedTuple):
    """A cell to be added: a text, or a number, or a formula with its result; the style is that of another cell."""

    style: str = ""
    text: str = ""
    number: float | None = None
    formula: str = ""


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell that stands in the sheet: its style, its kind, the text of its value, its formula, all as written."""

    style: str
    kind: str
    value: str
    formula: str

    @property
    def number(self) -> float | None:
        """The number that the cell shows; 0 for an empty one, None for a text."""
        if self.kind not in ("", "n"):
            return None
        try:
            return float(self.value or 0)
        except ValueError:
            return None


class SheetText:
    """The text of a sheet.

    Parameters
    ----------
    text
        The XML of the sheet.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        root = re.search(r"<(\w+:)?worksheet\b", text)
        self.prefix = (root[1] or "") if root else ""
        p = self.prefix
        self._row = re.compile(rf"<{p}row\b([^>]*?)(?:/>|>(.*?)</{p}row>)", re.DOTALL)
        self._cell = re.compile(rf"<{p}c\b([^>]*?)(?:/>|>(.*?)</{p}c>)", re.DOTALL)
        self._placed = re.compile(rf"<{p}c\b[^>]*\sr\s*=")
        self._formula = re.compile(rf"<{p}f\b([^>]*?)(?:/>|>(.*?)</{p}f>)", re.DOTALL)
        self._value = re.compile(rf"<{p}v\b[^>]*>(.*?)</{p}v>", re.DOTALL)
        self._shared: dict[str, tuple[str, str]] = {}
        self.rows: dict[int, dict[int, str]] = {
            number: dict(self._cells(match[2] or "")) for number, match in self._numbered()
        }

    def _numbered(self) -> Iterator[tuple[int, re.Match[str]]]:
        number = 0
        for match in self._row.finditer(self.text):
            number = int(_attributes(match[1]).get("r", number + 1))
            yield number, match

    def _cells(self, inside: str) -> Iterator[tuple[int, str]]:
        column = 0
        for match in self._cell.finditer(inside):
            written = _attributes(match[1]).get("r")
            column = column_number(written) if written else column + 1
            yield column, match[0]

    def cell(self, row: int, column: int) -> CellText | None:
        """Return a cell, or None where there is none; a formula that others share is that of this very cell."""
        written = self.rows.get(row, {}).get(column)
        match = None if written is None else self._cell.fullmatch(written)
        if match is None:
            return None
        attributes, inside = _attributes(match[1]), match[2] or ""
        value, formula = self._value.search(inside), self._formula.search(inside)
        said = "" if formula is None else self._formula_at(f"{column_letters(column)}{row}", formula)
        found = "" if value is None else unescape(value[1])
        return CellText(attributes.get("s", ""), attributes.get("t", ""), found, said)

    def _formula_at(self, place: str, match: re.Match[str]) -> str:
        attributes, said = _attributes(match[1]), unescape(match[2] or "")
        if attributes.get("t") == "array":
            return ""
        if attributes.get("t") != "shared" or said:
            return said
        if not self._shared:
            self._shared.update(self._masters())
        if attributes.get("si", "") not in self._shared:
            return ""
        from openpyxl.formula.translate import Translator

        master, origin = self._shared[attributes["si"]]
        return str(Translator(f"={master}", origin=origin).translate_formula(place))[1:]

    def _masters(self) -> Iterator[tuple[str, tuple[str, str]]]:
        for row, cells in self.rows.items():
            for column, written in cells.items():
                if "shared" in written and (match := self._formula.search(written)) and match[2]:
                    place = f"{column_letters(column)}{row}"
                    yield _attributes(match[1]).get("si", ""), (unescape(match[2]), place)

    def last_column(self, first_row: int) -> int:
        """Return the last column that anything stands in, from a row on: a value, a formula or a merged range."""
        contents = re.compile(rf"<{self.prefix}(?:v|f|is)\b")
        filled = (
            column
            for row, cells in self.rows.items()
            if row >= first_row
            for column, written in cells.items()
            if contents.search(written)
        )
        merged = (to_column for _, _, to_row, to_column in self.merged() if to_row >= first_row)
        return max([*filled, *merged], default=0)

    def merged(self) -> list[tuple[int, int, int, int]]:
        """Return the merged ranges: first row, first column, last row, last column, counted from 1."""
        found = re.findall(rf"<{self.prefix}mergeCell\b([^>]*)>", self.text)
        return [range_of(_attributes(attributes)["ref"]) for attributes in found]

    def with_cells(self, cells: Mapping[tuple[int, int], AddedCell], widths: Mapping[int, float]) -> str:
        """Return the text with cells added by row and column, and with widths of columns that have none."""
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), cell in sorted(cells.items()):
            by_row.setdefault(row, {})[column] = self._written(row, column, cell)
        parts, end = [], 0
        waiting = sorted(by_row)
        for number, match in self._numbered():
            start = match.start()
            parts.append(self.text[end:start])
            while waiting and waiting[0] < number:
                parts.append(self._new_row(waiting[0], by_row[waiting.pop(0)]))
            if waiting and waiting[0] == number:
                parts.append(self._row_with(match, number, by_row[waiting.pop(0)]))
            else:
                parts.append(match[0])
            end = match.end()
        rest = self.text[end:]
        new = "".join(self._new_row(row, by_row[row]) for row in waiting)
        rest = re.sub(rf"</{self.prefix}sheetData>", lambda tag: new + tag[0], rest, count=1)
        return self._with_widths(self._with_dimension("".join(parts) + rest, cells), widths)

    def _written(self, row: int, column: int, cell: AddedCell) -> str:
        p, place = self.prefix, f'r="{column_letters(column)}{row}"'
        style = f' s="{cell.style}"' if cell.style else ""
        if cell.text:
            words = f'<{p}is><{p}t xml:space="preserve">{escape(cell.text)}</{p}t></{p}is>'
            return f'<{p}c {place}{style} t="inlineStr">{words}</{p}c>'
        formula = f"<{p}f>{escape(cell.formula)}</{p}f>" if cell.formula else ""
        value = "" if cell.number is None else f"<{p}v>{_digits(cell.number)}</{p}v>"
        return f"<{p}c {place}{style}>{formula}{value}</{p}c>" if formula or value else f"<{p}c {place}{style}/>"

    def _new_row(self, row: int, cells: Mapping[int, str]) -> str:
        return f'<{self.prefix}row r="{row}">{"".join(cells.values())}</{self.prefix}row>'

    def _row_with(self, match: re.Match[str], row: int, added: Mapping[int, str]) -> str:
        # cells that do not say where they stand are counted, and those that are added have to stand in between
        own = {
            column: written
            if self._placed.match(written)
            else written.replace(f"<{self.prefix}c", f'<{self.prefix}c r="{column_letters(column)}{row}"', 1)
            for column, written in self.rows[row].items()
        }
        cells = "".join(written for _, written in sorted({**own, **added}.items()))
        head = re.sub(r'\s+spans\s*=\s*"[^"]*"', "", match[1].rstrip("/"))
        return f"<{self.prefix}row{head}>{cells}</{self.prefix}row>"

    def _with_dimension(self, text: str, cells: Mapping[tuple[int, int], AddedCell]) -> str:
        match = re.search(rf'<{self.prefix}dimension\b[^>]*\bref="([^"]+)"', text)
        if match is None or not cells:
            return text
        first_row, first_column, last_row, last_column = range_of(match[1])
        last_row, last_column = max(last_row, *(row for row, _ in cells)), max(last_column, *(at for _, at in cells))
        first = f"{column_letters(first_column)}{first_row}"
        return f"{text[: match.start(1)]}{first}:{column_letters(last_column)}{last_row}{text[match.end(1) :]}"

    def _with_widths(self, text: str, widths: Mapping[int, float]) -> str:
        p = self.prefix
        match = re.search(rf"<{p}cols\b[^>]*>(.*?)</{p}cols>", text, re.DOTALL)
        known = [_attributes(found) for found in re.findall(rf"<{p}col\b([^>]*?)/?>", match[1])] if match else []
        columns: list[tuple[int, dict[str, str]]] = []
        for attributes in known:
            low, high = int(attributes["min"]), int(attributes["max"])
            # a range of columns is divided where some of them get a width of their own
            cuts = sorted({low, high + 1, *(at + more for at in widths for more in (0, 1) if low < at + more <= high)})
            for first, after in pairwise(cuts):
                columns.append((first, {**attributes, "min": str(first), "max": str(after - 1)}))
        kept = [(first, attributes) for first, attributes in columns if first not in widths]
        kept += [
            (at, {"min": str(at), "max": str(at), "width": f"{width:g}", "customWidth": "1"})
            for at, width in widths.items()
        ]
        written = ""
        for _, attributes in sorted(kept, key=lambda item: item[0]):
            said = " ".join(f'{name}="{value}"' for name, value in attributes.items())
            written += f"<{p}col {said}/>"
        if match:
            return f"{text[: match.start(1)]}{written}{text[match.end(1) :]}"
        return re.sub(
            rf"<{p}sheetData\b",
            lambda tag: f"<{p}cols>{written}</{p}cols>{tag[0]}" if written else tag[0],
            text,
            count=1,
        )

    def width(self, column: int) -> float:
        """Return the width of a column, 0 where none is said."""
        for found in re.findall(rf"<{self.prefix}col\b([^>]*)>", self.text):
            attributes = _attributes(found)
            if int(attributes["min"]) <= column <= int(attributes["max"]):
                return float(attributes.get("width", 0))
        return 0.0


def _attributes(text: str) -> dict[str, str]:
    return {name or other: value or more for name, value, other, more in _ATTRIBUTE.findall(text)}


def _digits(number: float) -> str:
    return str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else repr(float(number))


def range_of(text: str) -> tuple[int, int, int, int]:
    """Return the first row and column and the last ones of ``B2:F9``, or of a single cell; counted from 1."""
    corners: Sequence[tuple[str, str]] = _REFERENCE.findall(text)
    (first_column, first_row), (last_column, last_row) = corners[0], corners[-1]
    return int(first_row), column_number(first_column), int(last_row), column_number(last_column)
