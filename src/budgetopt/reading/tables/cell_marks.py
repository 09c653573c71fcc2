"""What workbooks say of cells beside their values: percent formats, errors, lost results, merged ranges."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import NamedTuple
from xml.etree import ElementTree

from budgetopt.errors import column_letters
from budgetopt.reading.input_file import limit

__all__ = ["CellMarks", "Extent", "OdsParts", "XlsxParts", "percent_shift", "related_parts", "thousands_hidden"]

Cell = tuple[int, int]
"""The row and the column of a cell, counted from 0."""


class Extent(NamedTuple):
    """How far the cells of a sheet with values go, and how many bytes its texts have, each as often as in cells."""

    sheet: str
    last: Cell
    text_length: int


_AT = rb"[^>]*?\sr=[\"']([A-Z]+)([0-9]+)[\"']"
"""Where an XLSX file says that a cell is."""

_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)([0-9]+)[\"']([^>]*)")
"""Where a cell of an XLSX file is, however that is written, and what follows in its element."""
_SHARED = rb"\st\s*=\s*[\"']s[\"']"
"""What a cell of an XLSX file says whose text stands among those of the workbook."""
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[\s/>]")


@dataclass
class CellMarks:
    """What stands at cells of one sheet.

    Parameters
    ----------
    percents
        The cells that show a percentage, and by how many decimals the number moves for it: 2, or 0 where the format
        only writes the sign behind the number.
    thousands
        The cells whose format shows their number divided by a thousand, and how many times over: 2 for millions.
    flags
        The cells that hold true or false as a number.
    errors
        The cells that show an error, and which.
    formulas
        The cells with a formula whose result is not stored.
    merged
        The merged ranges: first row, first column, last row, last column.
    text_length
        How many bytes the texts have that a file holds once for all cells, each as often as it stands in a cell.
    beyond
        The last row and the last column with a value, where the sheet is too large to be read with all that is empty.
    indents
        The cells that are shown indented, and by how much.
    hidden
        The rows that are not shown, counted from 1.
    """

    percents: dict[Cell, int] = field(default_factory=dict)
    thousands: dict[Cell, int] = field(default_factory=dict)
    flags: set[Cell] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    formulas: list[Cell] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    beyond: Cell | None = None
    text_length: int = 0
    indents: dict[Cell, int] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


class XlsxParts:
    """The parts of an XLSX or XLSM file that its sheets and styles stand in."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._workbook = next(path for kind, path in related_parts(archive, "").values() if kind == "officeDocument")
        self._related = related_parts(archive, self._workbook)

    def has_cells(self, sheet: str) -> bool:
        """Return whether any cell of a sheet has a value or a formula."""
        with self._archive.open(self._sheets[sheet]) as part:
            before = b""
            while chunk := part.read(1 << 16):
                if re.search(rb"<(?:\w+:)?(?:v|f|is)[\s/>]", before + chunk):
                    return True
                before = chunk[-32:]
        return False

    def marks(self, sheet: str) -> CellMarks:
        """Return what stands at the cells of a sheet; its merged ranges are left out."""
        xml = self._archive.read(self._sheets[sheet])
        opened = re.search(rb"<(\w+:)?worksheet\b", xml)
        prefix = opened[1] or b"" if opened else b""
        first = re.search(rb"<%sc\b([^>]*)>" % prefix, xml)
        if first and not re.search(rb"\sr=", first[1]):
            xml = _numbered(xml, prefix)
        marks = CellMarks(beyond=_beyond(xml, prefix), text_length=self._text_length(xml))
        if marks.beyond or marks.text_length > limit("unpacked").most:
            return marks
        for styled, cells in zip(self._styles, (marks.percents, marks.thousands, marks.indents), strict=True):
            if not styled:
                continue
            styles = b"|".join(styled)
            for found in re.finditer(rb"<%sc(?=[^>]*?\ss=[\"'](%s)[\"'])(?=%s)" % (prefix, styles, _AT), xml):
                cells[_cell(found[2], found[3])] = styled[found[1]]
        if b"hidden=" in xml:
            rows = re.findall(rb"<%srow(?=[^>]*?\shidden=[\"'](?:1|true)[\"'])[^>]*?\sr=[\"'](\d+)" % prefix, xml)
            marks.hidden.update(map(int, rows))
        if b't="e"' in xml or b"t='e'" in xml:
            for found in re.finditer(rb"<%sc(?=[^>]*?\st=[\"']e[\"'])(?=%s)" % (prefix, _AT), xml):
                shown = re.compile(rb"<%sv>\s*([^<]*?)\s*<" % prefix).search(xml, found.end())
                marks.errors[_cell(found[1], found[2])] = shown[1].decode() if shown else ""
        if any(b"<%sf%s" % (prefix, end) in xml for end in (b">", b" ", b"/")):
            marks.formulas += _formulas_without_value(xml, prefix)
        return marks

    def _text_length(self, xml: bytes) -> int:
        """Return how many bytes the shared texts of a sheet have, each as often as it stands in a cell."""
        longest, cells = max(self._shared_texts, default=0), len(re.findall(_SHARED, xml))
        if longest * cells <= limit("unpacked").most:
            return longest * cells
        lengths = dict(enumerate(self._shared_texts))
        found = re.findall(_SHARED + rb"[^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d+)\s*<", xml)
        # what is written in another way may be the longest
        return sum(lengths.get(int(text), 0) for text in found) + longest * (cells - len(found))

    @cached_property
    def _shared_texts(self) -> list[int]:
        """How many bytes each of the texts has that cells refer to by their number."""
        path = next((path for kind, path in self._related.values() if kind == "sharedStrings"), "xl/sharedStrings.xml")
        if path not in self._archive.namelist():
            return []
        return [len(item) for item in re.split(rb"<(?:\w+:)?si(?=[\s/>])", self._archive.read(path))[1:]]

    @cached_property
    def _sheets(self) -> dict[str, str]:
        """The path of each sheet by its name."""
        root = ElementTree.fromstring(self._archive.read(self._workbook))
        paths = {}
        for element in root.iter():
            if _local(element.tag) == "sheet":
                reference = next((value for key, value in element.items() if _local(key) == "id" and key != "id"), "")
                paths[element.get("name", "")] = self._related[reference][1]
        return paths

    @cached_property
    def _styles(self) -> tuple[dict[bytes, int], dict[bytes, int], dict[bytes, int]]:
        """The styles that show percentages, that leave thousands out, and that indent: each with how far it does so."""
        path = next((path for kind, path in self._related.values() if kind == "styles"), "")
        if path not in self._archive.namelist():
            return {}, {}, {}
        root = ElementTree.fromstring(self._archive.read(path))
        shifts: dict[str, int | None] = {"9": 2, "10": 2}
        hidden: dict[str, int] = {}
        percents, thousands, indents = dict[bytes, int](), dict[bytes, int](), dict[bytes, int]()
        for element in root.iter():
            if _local(element.tag) == "numFmt":
                code = element.get("formatCode", "")
                shifts[element.get("numFmtId", "")] = percent_shift(code)
                hidden[element.get("numFmtId", "")] = thousands_hidden(code)
        formats = next((element for element in root if _local(element.tag) == "cellXfs"), ())
        for number, style in enumerate(formats):
            shift = shifts.get(style.get("numFmtId", ""))
            if shift is not None:
                percents[str(number).encode()] = shift
            if times := hidden.get(style.get("numFmtId", "")):
                thousands[str(number).encode()] = times
            for part in style:
                if (indent := part.get("indent", "0")).isdecimal() and int(indent):
                    indents[str(number).encode()] = int(indent)
        return percents, thousands, indents


class OdsParts:
    """The content of an ODS file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._content = archive.read("content.xml")
        self._named = archive.read("styles.xml") if "styles.xml" in archive.namelist() else b""

    @cached_property
    def _starts(self) -> list[int]:
        return [found.start() for found in re.finditer(rb"<table:table[\s>]", self._content)]

    @cached_property
    def _thousands(self) -> dict[bytes, int]:
        """The styles of cells that show numbers divided by a thousand, and how many times over they do."""
        styles = self._named + self._content[: self._starts[0] if self._starts else 0]
        shown = {}
        for found in re.finditer(
            rb"<number:(number|currency)-style\b[^>]*(?<!/)>.*?</number:\1-style>", styles, re.DOTALL
        ):
            factor = re.search(rb"display-factor=[\"']1((?:000)+)[\"']", found[0])
            if factor and (name := re.search(rb"style:name=[\"']([^\"']+)", found[0])):
                shown[name[1]] = len(factor[1]) // 3
        named = rb"(?=[^>]*?\sstyle:name=[\"']([^\"']+))(?=[^>]*?\sstyle:data-style-name=[\"']([^\"']+))"
        cells = re.finditer(rb"<style:style\b" + named, styles) if shown else ()
        return {found[1]: shown[found[2]] for found in cells if found[2] in shown}

    def extents(self) -> Iterator[Extent]:
        """Yield how far the cells of each sheet go, and how long its texts are."""
        for number in range(len(self._starts)):
            head, *lines = self._sheet(number).split(b"<table:table-row")
            rows = last = columns = length = 0
            for line in lines:
                repeated = _number(line[: line.find(b">")], b"rows-repeated")
                rows += repeated
                filled = max(line.rfind(b"value-type"), line.rfind(b"office:value"))
                if filled >= 0:
                    cells = line[: line.find(b">", filled)]
                    width = cells.count(b"table-cell") - cells.count(b"</table:")
                    along = re.findall(rb"columns-repeated\s*=\s*[\"'](\d+)", cells)
                    last, columns = rows, max(columns, width + sum(map(int, along)) - len(along))
                    length += repeated * _ods_text_length(line)
            name = re.search(rb"table:name=[\"']([^\"']*)", head)
            yield Extent(unescape(name[1].decode()) if name else "", (last - 1, columns - 1), length)

    def _sheet(self, number: int) -> bytes:
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._content)
        return self._content[self._starts[number] : end]

    def marks(self, number: int) -> CellMarks:
        """Return what stands at the cells of a sheet, by its number counted from 0."""
        xml = self._sheet(number)
        marks = CellMarks()
        if not (
            self._thousands or re.search(rb"-type=[\"'](?:percentage|boolean|error)|-spanned=|table:formula=", xml)
        ):
            return marks
        of_columns = _ods_styles(xml)
        for cells, attributes, start in _ods_cells(xml, is_styled=bool(self._thousands)):
            row, column = cells[0]
            own = re.search(rb"table:style-name=[\"']([^\"']+)", attributes)
            style = own[1] if own else next((name for end, name in of_columns if column < end), b"")
            if style in self._thousands:
                marks.thousands.update(dict.fromkeys(cells, self._thousands[style]))
            if re.search(rb"office:value-type=[\"']percentage", attributes):
                marks.percents.update(dict.fromkeys(cells, 2))
            elif re.search(rb"office:value-type=[\"']boolean|formula=[\"']of:=(?:TRUE|FALSE)\(\)", attributes):
                marks.flags.update(cells)
            elif re.search(rb"calcext:value-type=[\"']error", attributes):
                shown = re.compile(rb"<text:p>([^<]*)<").search(xml, start)
                marks.errors.update(dict.fromkeys(cells, shown[1].decode() if shown else ""))
            elif b"table:formula=" in attributes and b"value-type=" not in attributes:
                marks.formulas += cells
            if b"-spanned=" in attributes:
                last = (
                    row + _number(attributes, b"rows-spanned") - 1,
                    column + _number(attributes, b"columns-spanned") - 1,
                )
                if last != (row, column):
                    marks.merged.append((row, column, *last))
        return marks


def _ods_text_length(line: bytes) -> int:
    """Return how many bytes the texts of a row have, each as often as its cell is repeated."""
    if b"columns-repeated" not in line:
        return len(line)
    cells = line.split(b"table-cell")
    return sum(len(cell) * _number(cell, b"columns-repeated") for cell in cells if b"text:" in cell)


def _ods_styles(xml: bytes) -> list[tuple[int, bytes]]:
    """Return the style that the cells of each column have where they name none, with the number of its last column."""
    found, end = list[tuple[int, bytes]](), 0
    for column in re.finditer(rb"<table:table-column(?=[\s/>])([^>]*)", xml):
        end += _number(column[1], b"columns-repeated")
        style = re.search(rb"default-cell-style-name=[\"']([^\"']+)", column[1])
        found.append((end, style[1] if style else b""))
    return found


def _ods_cells(xml: bytes, *, is_styled: bool) -> Iterator[tuple[list[Cell], bytes, int]]:
    """Yield the cells of a sheet that say more than a value: where they are, their attributes, where these end.

    Rows and cells that repeat are written once, with their number. Numbers say more where styles do.
    """
    row = column = rows = 0
    attributes = rb"([^>\"]*(?:\"[^\"]*\"[^>\"]*)*)"
    pattern = rb"<table:(?:(table-row)|(?:covered-)?table-cell)(?=[\s/>])%s>" % attributes
    for found in re.finditer(pattern, xml):
        said = found[2]
        if found[1]:
            row, column, rows = row + rows, 0, _number(said, b"rows-repeated")
            continue
        columns = _number(said, b"columns-repeated")
        is_number = is_styled and re.search(rb"office:value-type=[\"'](?:float|currency)", said)
        if is_number or any(
            word in said for word in (b"percentage", b"boolean", b"error", b"-spanned=", b"table:formula=")
        ):
            down, along = range(row, row + rows), range(column, column + columns)
            yield [(line, at) for line in down for at in along], said, found.end()
        column += columns


def _number(attributes: bytes, name: bytes) -> int:
    found = re.search(rb"number-%s\s*=\s*[\"'](\d+)" % name, attributes) if name in attributes else None
    return int(found[1]) if found else 1


def related_parts(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the path of each part that a part names, by its reference."""
    folder, name = posixpath.split(part)
    root = ElementTree.fromstring(archive.read(posixpath.join(folder, "_rels", f"{name}.rels")))
    found = {}
    for element in root:
        target = element.get("Target", "").replace("\\", "/")
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found[element.get("Id", "")] = element.get("Type", "").rpartition("/")[2], path
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def percent_shift(code: str) -> int | None:
    """Return by how many decimals a number format moves a number to show a percentage, or None if it shows none."""
    first = code.split(";")[0]
    if "%" in re.sub(r'"[^"]*"|\\.', "", first):
        return 2
    return 0 if re.search(r'"\s*%\s*"|\\%', first) else None


def thousands_hidden(code: str) -> int:
    """Return how many times over a number format divides every number by a thousand to show it: once in ``#,##0,``."""
    first = re.sub(r'"[^"]*"|\[[^<>=]*?\]|[\\_*].', "", code.split(";")[0])
    found = re.search(r"^[^\[]*[0#?](,+)(?![0#?,])", first)
    return len(found[1]) if found else 0


def _beyond(xml: bytes, prefix: bytes) -> Cell | None:
    """Return the last row and column of a sheet that has more cells, empty ones included, than can be held.

    One stray value in the last cell that a sheet can have makes it one of 17 thousand million cells.
    """
    most, row, rows, columns = limit("cells").most, 0, 0, 0
    cells = xml.count(b"<%sc" % prefix) - xml.count(b"<%scol" % prefix)
    letters = min(most // 10**6, 26)
    if letters and cells == len(re.findall(rb"<%sc r=\"[A-%c][0-9]{1,6}\"" % (prefix, 64 + letters), xml)):
        # columns of one of the first letters, and rows of six digits
        return None
    _, *lines = xml[: xml.rfind(b"sheetData>")].split(b"<%srow" % prefix)
    for line in lines:
        said = re.match(rb"[^>]*?\sr\s*=\s*[\"']([0-9]+)", line)
        row = int(said[1]) if said else row + 1
        if _VALUE.search(line):
            places = _PLACE.findall(line)
            filled = [(letters, number) for letters, number, rest in places if not rest.endswith(b"/")]
            rows = max(rows, row, *(int(number) for _, number in filled))
            far = max((letters.upper().rjust(3) for letters, _ in filled), default=b"").strip()
            # a cell that does not say where it is stands behind the one before it
            columns = max(columns, _cell(far, b"1")[1] + 1 + line.count(b"<%sc" % prefix) - len(places))
    return (rows - 1, columns - 1) if rows * columns > most else None


def _formulas_without_value(xml: bytes, prefix: bytes) -> Iterator[Cell]:
    formula = rb"<%sf(?=[\s>/])(?:[^>]*/>|[^>]*>[^<]*</%sf>)" % (prefix, prefix)
    empty = rb"(?:<%sv\s*/>|<%sv[^>]*>\s*</%sv>)?" % (prefix, prefix, prefix)
    for found in re.finditer(rb"<%sc(?=\s)([^>]*[^/>])>\s*%s\s*%s\s*</%sc>" % (prefix, formula, empty, prefix), xml):
        # an empty text is a result too, and an error is told as such
        if not re.search(rb"\st=[\"'](?:str|e)[\"']", found[1]) and (place := re.search(_AT, found[1])):
            yield _cell(place[1], place[2])


def _cell(letters: bytes, row: bytes) -> Cell:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return int(row) - 1, column - 1


def _numbered(xml: bytes, prefix: bytes) -> bytes:
    """Return a sheet whose cells do not say where they are as one whose cells do."""
    row = column = 0

    def place(found: re.Match[bytes]) -> bytes:
        nonlocal row, column
        if found[1] == b"row":
            said = re.search(rb"\sr=[\"'](\d+)", found[2])
            row, column = int(said[1]) if said else row + 1, 0
            return found[0]
        column += 1
        return b'<%sc r="%s%d"%s>' % (prefix, column_letters(column).encode(), row, found[2])

    return re.sub(rb"<%s(row|c)(?=[\s/>])([^>]*)>" % prefix, place, xml)
