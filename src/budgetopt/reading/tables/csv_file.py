"""Read CSV: with or without a byte order mark, with any line ends, separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from itertools import islice

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.tables.grid import Grid, assemble, of_columns

__all__ = ["read_csv"]

_SEPARATORS = (",", ";", "\t")


def read_csv(data: bytes, file: str, *, header: int = 1, last_row: int | None = None) -> Grid:
    """Return the table in a CSV file, or raise ScenarioError.

    ``header`` is the row of the column headers, ``last_row`` the last one that is read; both are counted from 1.
    """
    text = _decode(data, file)
    separator = _separator(text, header)
    if (grid := _plain(text, separator, file, header, last_row)) is not None:
        return grid
    records: list[list[str]] = []
    try:
        # `extend` keeps the rows read before an error, whose number is its place
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise ScenarioError([_broken(str(error), Place(file, len(records) + 1))]) from None
    return assemble(file, "", records, header=header, last_row=last_row)


def _plain(text: str, separator: str, file: str, header: int, last_row: int | None) -> Grid | None:
    """Return the table of a file without quotes whose rows are all of one length, or None for any other file.

    No list is made for each row, which for large files takes most of the time.
    """
    text = text.replace("\r\n", "\n")
    if '"' in text or "\r" in text:
        return None
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    lines = lines[header - 1 : last_row]
    width = lines[0].count(separator) + 1 if lines else 1
    if width == 1 or any(line.count(separator) + 1 != width for line in lines):
        return None
    cells = separator.join(lines).split(separator)
    headers = cells[:width]
    if not headers[-1].strip():
        return None
    return of_columns(file, "", headers, [cells[width + at :: width] for at in range(width)], header=header)


def _decode(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        problem = Problem("encoding", "the file is in UTF-16", Place(file), "a CSV file in UTF-8", _SAVE_AS)
        raise ScenarioError([problem])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"the byte 0x{data[error.start]:02x} in line {line} is not UTF-8"
        problem = Problem("encoding", message, Place(file, line), "a CSV file in UTF-8", _SAVE_AS)
        raise ScenarioError([problem]) from None


_SAVE_AS = "in a spreadsheet program, save as `CSV UTF-8`"


def _separator(text: str, header: int) -> str:
    """Return the separator that parts the headers into the most columns."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        try:
            headers = next(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), header - 1, None), [])
        except csv.Error:
            continue
        if len(headers) > most:
            best, most = separator, len(headers)
    return best


def _broken(error: str, place: Place) -> Problem:
    if "expected after" in error:
        message = "text follows a closing quote"
        return Problem("quote", message, place, hint='a quote inside a quoted cell is written twice: ""')
    if "field limit" in error:
        return Problem("quote", "a cell is longer than 131,072 characters", place, hint="is a quote left open?")
    return Problem("quote", "a quote is opened and never closed", place, hint="close it, or double it if it is meant")
