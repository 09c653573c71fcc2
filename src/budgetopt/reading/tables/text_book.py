"""Read tables in text: CSV, TSV and TXT in the encodings and with the separators that spreadsheet programs write."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, zip_longest

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.input_file import check_limit, limit
from budgetopt.reading.tables.contents import check_content
from budgetopt.reading.tables.sheet import Book, Sheet, blanks_before
from budgetopt.reading.tables.text_cells import CellBytes, TextCells
from budgetopt.scenario.programs import Ints

__all__ = ["TextFile", "open_text", "read_text_file"]

_SEPARATORS = ("\t", "|", ";", ",")
_SAMPLE_RECORDS = 200
_SAMPLE_TEXT = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""What files of an encoding begin with; that of UTF-16 (LE) also begins that of UTF-32 (LE)."""
_LINE, _QUOTE, _DELETE = map(ord, '\n"\x7f')
_NONE = np.empty(0, dtype=np.int64)
_TEXT_FORMULA = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
_LONGEST_CELL = 1 << 17
"""The longest cell in quotes: a longer one has lost its closing quote."""
_SAVE_AS = "in a spreadsheet program, save as `CSV UTF-8`"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A table in text: what stands before its rows (a byte order mark, ``sep=;``), its rows, and how they are written.

    The file is ``(head + rows).encode(encoding)``.
    """

    head: str
    rows: str
    separator: str
    encoding: str
    notes: tuple[str, ...] = ()


def read_text_file(data: bytes, file: str) -> TextFile:
    """Return the text of a table, or raise ScenarioError if it is no text.

    The separator is the comma, the semicolon, the tab or ``|``: the one that most of the first rows agree on. A first
    line such as ``sep=;`` names it and is no row.
    """
    check_content(data, file, ("csv",))
    check_limit("rows", data.count(b"\n"), file)
    check_limit("line", _longest_line(data), file, "a line")
    text, encoding, notes = _decode(data, file)
    rows = text.removeprefix("\ufeff")
    if named := re.match(r'"?sep=(.)"?(?:\r\n|\r|\n|\Z)', rows, re.IGNORECASE):
        rows, separator = rows[named.end() :], named[1]
    else:
        separator = _separator(rows)
    return TextFile(text[: len(text) - len(rows)], rows, separator, encoding, notes)


def open_text(data: bytes, file: str) -> Book:
    """Return the one sheet of a text file, or raise ScenarioError if it is no text.

    Rows are numbered as a spreadsheet program numbers them.
    """
    found = read_text_file(data, file)
    text, separator = found.rows, found.separator

    @cache
    def read(_name: str) -> Sheet:
        columns, lengths = _cells(text, separator, file) or _records(text, separator, file)
        stripped = tuple(
            column if isinstance(column, TextCells) else list(map(str.strip, column)) for column in columns
        )
        return Sheet(file, "", stripped, lengths=lengths, separator=separator, indents=blanks_before(columns))

    return Book(file, ("",), read, notes=found.notes)


def _longest_line(data: bytes) -> int:
    """Return how many bytes the longest line has, or 0 if none has too many; lines may end in CR, in LF, or in both."""
    most, start = limit("line").most, 0
    while len(data) - start > most:
        end = max(data.rfind(mark, start, start + most + 1) for mark in (b"\n", b"\r"))
        if end < 0:
            return max(map(len, re.split(b"[\r\n]", data)))
        start = end + 1
    return 0


def _decode(data: bytes, file: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the text of a file with the mark at its beginning, its encoding, and what was assumed of that."""
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "") or _utf_16(data)
    notes: tuple[str, ...] = ()
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            line = data[: error.start].decode(encoding, "replace").count("\n") + 1
            called = encoding.upper().removesuffix("-LE").removesuffix("-BE")
            raise _no_text(f"line {line} is damaged: its bytes are not {called}", file, line) from None
        text, line = _western(data, file, error.start)
        encoding = "cp1252"
        notes = (f"The text is read as Windows-1252 (Western European), because line {line} is not UTF-8.",)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _no_text(f"line {line} holds a byte of zero, which no text has: the file is not CSV", file, line)
    return text, encoding or "utf-8", notes


def _utf_16(data: bytes) -> str:
    """Return the encoding of a text in UTF-16 that does not begin with its mark: every other byte is zero in most."""
    sample = data[: 1 << 12]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if max(first, second) * 4 < len(sample) or min(first, second) * 10 > max(first, second):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _western(data: bytes, file: str, start: int) -> tuple[str, int]:
    """Return the text of a file that is not UTF-8 from a byte on as Windows-1252, and the line of that byte."""
    line = _line(data, start)
    near_utf_8 = data.decode("utf-8", "replace")
    if len(re.findall(r"[^\x00-\x7f\ufffd]", near_utf_8)) > near_utf_8.count("\ufffd"):
        message = f"the byte 0x{data[start]:02x} in line {line} is not UTF-8, and the rest of the file is"
        raise _no_text(message, file, line)
    try:
        return data.decode("cp1252"), line
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
        message = f"the byte 0x{data[error.start]:02x} in line {line} is neither UTF-8 nor Windows-1252"
        raise _no_text(message, file, line) from None


def _line(data: bytes, at: int) -> int:
    return data[:at].count(b"\n") + 1


def _no_text(message: str, file: str, line: int) -> ScenarioError:
    return ScenarioError([Problem("encoding", message, Place(file, line), "a CSV file in UTF-8", _SAVE_AS)])


def _separator(text: str) -> str:
    """Return the separator that parts the most of the first rows into one and the same number of cells above one.

    Titles stand above the headers, and notes below the table. Of two that part as many, the headers tell: the one whose
    rows begin earlier, then the one with more cells; a comma comes last, since it may mark thousands or decimals.
    """

    def score(separator: str) -> tuple[int, int, int]:
        widths: list[int] = []
        try:
            # `extend` keeps what was read before an error
            records = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, strict=True)
            widths.extend(map(len, islice(records, _SAMPLE_RECORDS)))
        except csv.Error:
            pass
        parted = Counter(width for width in widths if width > 1)
        if not parted:
            return 0, 0, 0
        width, rows = max(parted.items(), key=lambda item: (item[1], item[0]))
        return rows, -widths.index(width), width

    sample = text[:_SAMPLE_TEXT]
    best = max(_SEPARATORS, key=score)
    return best if score(best)[0] else ","


_Columns = tuple[Sequence[Sequence[str]], Ints]


def _cells(text: str, separator: str, file: str) -> _Columns | None:
    """Return the columns of a file and the length of each row, or None where a record must be read for each row.

    That is where quotes do not all stand around whole cells without quotes in them. Raises ScenarioError for a table
    that short rows make too large.
    """
    if not separator.isascii() or separator == '"':
        return None
    has_returns = "\r" in text
    if has_returns:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text:
        return (), np.zeros(0, dtype=np.int64)
    text_bytes = CellBytes((text if text[-1] == "\n" else f"{text}\n").encode())
    data = text_bytes.array
    ends = np.flatnonzero((data == _LINE) | (data == ord(separator)))
    quotes = np.flatnonzero(data == _QUOTE) if '"' in text else _NONE
    if len(quotes):
        # what stands behind an odd number of quotes is within a quoted cell
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    if not len(ends) or ends[-1] != len(data) - 1:
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    last = np.flatnonzero(data[ends] == _LINE)
    widths = np.diff(last, prepend=-1)
    lengths = np.where((widths == 1) & (ends[last] == starts[last]), 0, widths)
    if len(quotes):
        if has_returns and len(last) < np.count_nonzero(data == _LINE):
            # line breaks within cells stay as they are
            return None
        inside = np.diff(np.searchsorted(quotes, np.append(starts, len(data))))
        quoted = inside > 0
        whole = (inside == 2) & (data[starts] == _QUOTE) & (data[ends - 1] == _QUOTE) & (ends - starts <= _LONGEST_CELL)
        if (quoted & ~whole).any():
            return None
        starts, ends = starts + quoted, ends - quoted
    width = _width(widths, file)
    if (widths < width).any():
        # what a short row lacks is empty
        at = np.arange(len(starts)) + np.repeat(np.arange(len(widths)) * width - (last + 1 - widths), widths)
        full = np.zeros((2, len(widths) * width), dtype=np.int64)
        full[:, at] = starts, ends
        starts, ends = full
    # a blank may be of more bytes than one
    is_blank = (data <= ord(" ")) | (data >= _DELETE)
    is_printable = bool(np.count_nonzero(is_blank) == text.count(" ") + len(last))
    at_edge = (ends > starts) & (is_blank.take(starts) | is_blank.take(ends - 1, mode="clip"))
    table = [np.ascontiguousarray(one.reshape(-1, width).T) for one in (starts, ends)]
    columns = [
        TextCells(text_bytes, first, behind, is_printable=is_printable) for first, behind in zip(*table, strict=True)
    ]
    edges = np.flatnonzero(at_edge.reshape(-1, width).any(axis=0)).tolist()
    return [column.texts if at in edges else column for at, column in enumerate(columns)], lengths


def _records(text: str, separator: str, file: str) -> _Columns:
    """Return the columns of any file and the length of each row, or raise ScenarioError for an open quote."""
    records: list[list[str]] = []
    try:
        # `extend` keeps the rows read before an error, whose number is its place
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise ScenarioError([_broken(str(error), Place(file, len(records) + 1))]) from None
    lengths = np.fromiter(map(len, records), dtype=np.int64, count=len(records))
    _width(lengths, file)
    columns: list[Sequence[str]] = list(zip_longest(*records, fillvalue=""))
    if '="' in text:
        columns = [list(map(_without_formula, column)) for column in columns]
    return columns, lengths


def _without_formula(cell: str) -> str:
    """Return the text of a cell such as ``="0101"``, a formula by which programs keep zeros before a code."""
    match = _TEXT_FORMULA.fullmatch(cell)
    return cell if match is None else match[1].replace('""', '"')


def _width(lengths: Ints, file: str) -> int:
    """Return how many cells the longest row has, or raise ScenarioError if a table of such rows has too many."""
    width = int(lengths.max(initial=0))
    hint = f"row {int(lengths.argmax()) + 1:,} is the longest, with {width:,} cells" if width else ""
    check_limit("cells", width * len(lengths), file, "the table", hint)
    return width


def _broken(error: str, place: Place) -> Problem:
    if "expected after" in error:
        message = "text follows a closing quote"
        return Problem("quote", message, place, hint='a quote inside a quoted cell is written twice: ""')
    if "field limit" in error:
        return Problem("quote", "a cell is longer than 131,072 characters", place, hint="is a quote left open?")
    return Problem("quote", "a quote is opened and never closed", place, hint="close it, or double it if it is meant")
