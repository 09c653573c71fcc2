"""The rows of a very long table of a page: as short as HTML allows, and made column by column.

HTML lets the ends of rows and cells be left out, and a header cell at the start of a row needs no scope. How cells look
is said once for each column, in the style.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from budgetopt.report.blocks.content import Cell, CellColumn, ReportColumn, Value, plain_text

__all__ = ["long_rows", "long_style"]

ROW = 44
"""The usual height of a row, in pixels, by which a browser knows the length of what it has not laid out."""
_QUIET = "\N{MINUS SIGN}\N{WORD JOINER}\N{EN DASH}\N{MIDDLE DOT}\N{NO-BREAK SPACE}“”‘’…"
_TURNS_NOTHING = re.compile(f"[\x00-\x7f{_QUIET}]*")
_PLAIN = re.compile(f"[\x00-!#-%(-9;=?-\x7f{_QUIET}]*")
"""What turns nothing and stands in a page as it is; a web address has a colon."""
_TONES = {"": "<i>", "up": "<i class=u>", "down": "<i class=d>"}


def long_rows(columns: Sequence[ReportColumn], records: Sequence[Any], linked: Callable[[str], str], minus: str) -> str:
    """Return the rows of a table.

    Parameters
    ----------
    columns, records
        The table.
    linked
        Escapes a text, and makes links of addresses in it.
    minus
        The minus sign of numbers that are no text yet.
    """
    cells = [_column(column, records, linked, minus) for column in columns]
    rows = map("<td>".join, zip(*cells, strict=True))
    return "<tbody>\n<tr><th>" + "\n<tr><th>".join(rows) + "\n</tbody>"


def _column(column: ReportColumn, records: Sequence[Any], linked: Callable[[str], str], minus: str) -> list[str]:
    """Return what the cells of a column hold, by its parts where it is kept as such."""
    values = column.value
    if isinstance(records, range) and isinstance(values, CellColumn):
        return _parts(values, linked)[records.start : records.stop]
    if isinstance(records, range) and isinstance(values, Sequence) and set(map(type, values)) == {str}:
        return _texts([str(value) for value in values[records.start : records.stop]], linked)
    return _cells(column, records, linked, minus)


def _parts(cells: CellColumn, linked: Callable[[str], str]) -> list[str]:
    """Return what cells hold that are kept as columns of their parts."""
    words = _texts(cells.texts, linked)
    if cells.lines is not None:
        lines, ends = _parts(cells.lines, linked), pairwise(cells.starts)
        words = ["<br>".join(lines[first:end]) or text for text, (first, end) in zip(words, ends, strict=True)]
    if any(cells.marks):
        marked = zip(words, cells.marks, strict=True)
        words = [f"{text} <em>{escape(mark)}</em>" if mark else text for text, mark in marked]
    if any(cells.sources):
        cited = zip(words, cells.sources, strict=True)
        words = [f"{text}{_references(numbers)}" if numbers else text for text, numbers in cited]
    tones = [_TONES[tone] for tone in cells.tones] or ["<i>"] * len(cells)
    for column in filter(any, cells.below):
        small = zip(words, tones, _texts(column, linked), strict=True)
        words = [f"{text}{tone}{line}</i>" if line else text for text, tone, line in small]
    return words


def _references(numbers: Sequence[int]) -> str:
    """Return the numbers of sources as links to them."""
    links = (f'<a class=ref href="#s{at}" aria-label="source {at}">{at}</a>' for at in numbers if at)
    return "".join(links)


def _texts(texts: Sequence[str], linked: Callable[[str], str]) -> list[str]:
    """Return texts as a page has them; most are what they are."""
    together = "".join(texts)
    if _PLAIN.fullmatch(together):
        return list(texts)
    known = {text: _text(text, linked) for text in set(texts)}
    return [known[text] for text in texts]


def _text(text: str, linked: Callable[[str], str]) -> str:
    """Return a text as a page has it; one that may turn what stands around it is kept apart."""
    return linked(text) if text.isascii() or _TURNS_NOTHING.fullmatch(text) else f"<bdi>{linked(text)}</bdi>"


def _cells(column: ReportColumn, records: Sequence[Any], linked: Callable[[str], str], minus: str) -> list[str]:
    """Return what the cells of a column hold; a text that stands in many of them is made once."""
    known: dict[str, str] = {}

    def shown(text: str) -> str:
        if text not in known:
            known[text] = _text(text, linked)
        return known[text]

    def of(value: Value) -> str:
        if not isinstance(value, Cell):
            return shown(plain_text(value, minus))
        if value.lines:
            return "<br>".join(map(of, value.lines))
        words = shown(value.text)
        if value.link:
            words = f'<a href="{escape(value.link)}">{words}</a>'
        if value.mark:
            words += f" <em>{escape(value.mark)}</em>"
        words += _references(value.sources)
        below = [f"{_TONES[value.tone]}{shown(line)}</i>" for line in value.below if line]
        return words + "".join(below)

    return [of(column.of(record)) for record in records]


def long_style(name: str, columns: Sequence[ReportColumn], rows: int) -> str:
    """Return the style of a table of very many rows, which a browser lays out when somebody comes near it.

    The script of the page draws it part by part instead, and says so by the class ``drawn``.
    """
    figures = [at for at, column in enumerate(columns, start=1) if column.figure]
    cells = ", ".join(f'[aria-labelledby="{name}"] td:nth-child({at})' for at in figures)
    look = "text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap"
    wide = f"@media print, screen and (min-width: 44.01rem) {{ {cells} {{ {look}; }} }}\n" if figures else ""
    height = f"content-visibility: auto; contain-intrinsic-block-size: auto {ROW * rows}px"
    return f'{wide}@media screen {{ [aria-labelledby="{name}"]:not(.drawn) {{ {height}; }} }}\n'
