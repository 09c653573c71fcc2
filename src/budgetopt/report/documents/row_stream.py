"""Rows of a sheet as text, written straight into it: a call of the library for each cell takes most of the time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, cast
from xml.sax.saxutils import escape

from budgetopt.errors import column_letters
from budgetopt.report.blocks.content import Cell, Formula, Value, plain_text
from budgetopt.report.blocks.live_rows import literal
from budgetopt.report.figures.text import clean

__all__ = ["LONGEST_TEXT", "cells_of", "write_rows"]

LONGEST_TEXT = 32_767
"""What a cell can hold."""

_ESCAPED = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_FIGURES = {int, float, type(None)}

StyleOfFigure = Callable[[float], int]
"""Gives the number of the style of a figure."""
StyleOfText = Callable[[str], int]
"""Gives the number of the style of a text."""


def write_rows(sheet: Any, first: int, columns: Sequence[Sequence[str]], heights: Sequence[float | None]) -> None:
    """Write rows below everything that a sheet of XlsxWriter has so far, in its mode of constant memory.

    Parameters
    ----------
    sheet
        The sheet.
    first
        The first row, counted from 0.
    columns
        The text of each cell, empty for none: one list a column.
    heights
        The height of each row in points, None for the usual one.
    """
    rows = []
    for number, (height, *cells) in enumerate(zip(heights, *columns, strict=True), start=first + 1):
        said = "" if height is None else f' ht="{height:g}" customHeight="1"'
        rows.append(f'<row r="{number}"{said}>{"".join(cells)}</row>')
    # the row before them, and where the sheet ends after them
    sheet._write_single_row(first)
    sheet.fh.write("".join(rows))
    sheet.previous_row = first + len(rows) - 1
    sheet._check_dimensions(sheet.previous_row, len(columns) - 1)


def cells_of(
    column: int, first: int, values: Sequence[Value], figure: StyleOfFigure, words: StyleOfText, *, same: bool
) -> list[str]:
    """Return the text of the cells of a column; what is no number, and an empty text, is left empty.

    Parameters
    ----------
    column, first
        The column and the row of the first cell, counted from 1.
    values
        One value a cell.
    figure, words
        The styles.
    same
        Whether all figures have the same style.
    """
    letter, kinds = column_letters(column), set(map(type, values))
    if kinds <= _FIGURES and same:
        style, figures = figure(0.0), cast("Sequence[float | None]", values)
        return [
            "" if one is None or one - one != 0 else f'<c r="{letter}{row}" s="{style}"><v>{literal(one)}</v></c>'
            for row, one in enumerate(figures, start=first)
        ]
    if kinds == {str}:
        texts = cast("Sequence[str]", values)
        known = {text: _text(text, words) for text in set(texts)}
        return [f'<c r="{letter}{row}"{known[text]}' if text else "" for row, text in enumerate(texts, start=first)]
    return [_cell(f"{letter}{row}", row, value, figure, words) for row, value in enumerate(values, start=first)]


def _cell(place: str, row: int, value: Value, figure: StyleOfFigure, words: StyleOfText) -> str:
    if isinstance(value, Cell):
        value = plain_text(value)
    if isinstance(value, str):
        return f'<c r="{place}"{_text(value, words)}' if value else ""
    if isinstance(value, Formula):
        formula, result = escape(value.text[1:].replace("{row}", str(row))), value.result
        if isinstance(result, str):
            return f'<c r="{place}" s="{words("")}" t="str"><f>{formula}</f><v>{escape(result)}</v></c>'
        return f'<c r="{place}" s="{figure(result)}"><f>{formula}</f><v>{literal(result)}</v></c>'
    if value is None or not math.isfinite(value):
        return ""
    return f'<c r="{place}" s="{figure(value)}"><v>{literal(value)}</v></c>'


def _text(text: str, words: StyleOfText) -> str:
    """Return the rest of a cell with a text, which nothing takes for a formula."""
    fitting = clean(text)[:LONGEST_TEXT]
    # a workbook reads such a text as a character
    content = escape(_ESCAPED.sub(r"_x005F\1", fitting) if "_x" in fitting else fitting)
    space = ' xml:space="preserve"' if content != content.strip() or "\n" in content else ""
    return f' s="{words(fitting)}" t="inlineStr"><is><t{space}>{content}</t></is></c>'
