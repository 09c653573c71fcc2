"""The rows of a very long table of a page: as short as HTML allows, and made column by column.

HTML lets the ends of rows and cells be left out, and a header cell at the start of a row needs no scope. How cells look
is said once for each column, in the style.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from budgetopt.report.blocks.content import Cell, ReportColumn, Value, plain_text

__all__ = ["long_rows", "long_style"]

ROW = 44
"""The usual height of a row, in pixels, by which a browser knows the length of what it has not laid out."""
_TURNS_NOTHING = re.compile("[\x00-\x7f\N{MINUS SIGN}\N{WORD JOINER}\N{EN DASH}\N{MIDDLE DOT}\N{NO-BREAK SPACE}“”‘’…]*")
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
    cells = [_cells(column, records, linked, minus) for column in columns]
    rows = map("<td>".join, zip(*cells, strict=True))
    return "<tbody>\n<tr><th>" + "\n<tr><th>".join(rows) + "\n</tbody>"


def _cells(column: ReportColumn, records: Sequence[Any], linked: Callable[[str], str], minus: str) -> list[str]:
    """Return what the cells of a column hold; a text that stands in many of them is made once."""
    known: dict[str, str] = {}

    def shown(text: str) -> str:
        if text not in known:
            known[text] = (
                linked(text) if text.isascii() or _TURNS_NOTHING.fullmatch(text) else f"<bdi>{linked(text)}</bdi>"
            )
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
        for number in filter(None, value.sources):
            words += f'<a class=ref href="#s{number}" aria-label="source {number}">{number}</a>'
        below = [f"{_TONES[value.tone]}{shown(line)}</i>" for line in value.below if line]
        return words + "".join(below)

    return [of(column.of(record)) for record in records]


def long_style(name: str, columns: Sequence[ReportColumn], rows: int) -> str:
    """Return the style of a table of very many rows, which a browser lays out when somebody comes near it."""
    figures = [at for at, column in enumerate(columns, start=1) if column.figure]
    cells = ", ".join(f'[aria-labelledby="{name}"] td:nth-child({at})' for at in figures)
    look = "text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap"
    wide = f"@media print, screen and (min-width: 44.01rem) {{ {cells} {{ {look}; }} }}\n" if figures else ""
    height = f"content-visibility: auto; contain-intrinsic-block-size: auto {ROW * rows}px"
    return f'{wide}@media screen {{ [aria-labelledby="{name}"] {{ {height}; }} }}\n'
