"""A table as a notebook shows it: figures to the right, in their units, texts to the left, and nothing in it runs.

It has no colors of its own, so that it follows the notebook's, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from budgetopt.errors import escaped
from budgetopt.scenario.column_units import COUNT, CURRENCY_NAME, SHARE, units_of
from budgetopt.scenario.words import capital, plural

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIGURES", "HEADS", "WORDS", "html_table"]

ROWS = 20
"""Of a longer table its first and its last rows are shown, so many together."""
FIGURES = ' style="text-align:right;white-space:nowrap"'
WORDS = ' style="text-align:left;max-width:28em;overflow-wrap:break-word"'
"""How cells stand: figures to the right on one line, words to the left and folded."""
HEADS = ' style="text-align:right"'
"""How the headers of figures stand."""
_MINUS, _LARGE = "\N{MINUS SIGN}", 100_000


def html_table(table: pd.DataFrame, caption: str = "", *, index: bool = False, rows: int = ROWS) -> str:
    """Return a table as HTML, with its units in its caption.

    Money is in whole units of its currency, a share in percent, and any other figure has six digits; there is nothing
    where a figure is not known.

    Parameters
    ----------
    table
        The table; its units are those of :func:`with_units`.
    caption
        What it shows.
    index
        Whether its index is its first column.
    rows
        So many rows of a longer table are shown, its first and its last.
    """
    units, currency = units_of(table), str(table.attrs.get(CURRENCY_NAME, ""))
    plain = table.reset_index() if index else table
    # a unit that all rows share is in the caption
    of_all = set(plain["unit"]) <= set(units.values()) if "unit" in plain.columns else False
    places = [place for place, name in enumerate(plain.columns) if not (of_all and name == "unit")]
    head = rows // 2
    left = len(plain) - rows if len(plain) > rows + 1 else 0
    shown = plain.drop(index=plain.index[head : head + left]) if left else plain
    columns = [_cells(shown.iloc[:, place], units.get(str(plain.columns[place]), ""), currency) for place in places]
    lines = [f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True)]
    if left:
        lines.insert(head, f'<tr><td colspan="{len(places)}"{WORDS}>and {plural(left, "more row")}</td></tr>')
    heads = "".join(
        f'<th scope="col"{HEADS if _is_figures(plain.iloc[:, place]) else WORDS}>{_header(plain.columns[place])}</th>'
        for place in places
    )
    said = _caption(caption, units)
    return f"<table>{said}<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _caption(caption: str, units: dict[str, str]) -> str:
    """Return what the table shows, and which columns are in which unit."""
    by_unit: dict[str, list[str]] = {}
    for column, unit in units.items():
        by_unit.setdefault(unit, []).append(column.replace("_", " "))
    parts = [f"{', '.join(columns)} in {'percent' if unit == SHARE else unit}" for unit, columns in by_unit.items()]
    told = "; ".join(part for part, unit in zip(parts, by_unit, strict=True) if unit != COUNT)
    lines = [f"<strong>{_words(caption)}.</strong>"] if caption else []
    lines += [_words(f"{capital(told)}.")] if told else []
    return f'<caption style="caption-side:top;text-align:left">{" ".join(lines)}</caption>' if lines else ""


def _is_figures(column: pd.Series[Any]) -> bool:
    return column.dtype.kind in "iuf"


def _cells(column: pd.Series[Any], unit: str, currency: str) -> Sequence[str]:
    if _is_figures(column):
        values = column.astype(float).tolist()
        write = _writer(values, unit, currency)
        return [f"<td{FIGURES}>{_figure(value, write)}</td>" for value in values]
    return [f"<td{WORDS}>{_text(value)}</td>" for value in column.tolist()]


def _writer(values: Sequence[float], unit: str, currency: str) -> Callable[[float], str]:
    """Return what writes the figures of a column; amounts of less than one unit of money keep their cents."""
    if unit == SHARE:
        return lambda value: f"{value:,.1%}"
    small = any(0.005 <= abs(value) < 1 for value in values)
    if unit == COUNT or (unit and unit == currency):
        return (lambda value: f"{value:,.2f}") if small else (lambda value: f"{value:,.0f}")
    return lambda value: f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:,.6g}"


def _figure(value: float, write: Callable[[float], str]) -> str:
    if math.isnan(value):
        return ""
    text = "\N{INFINITY}" if math.isinf(value) else write(abs(value))
    # what is rounded to nothing has no sign
    return f"{_MINUS}{text}" if value < 0 and text.strip("0.,%") else text


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _figure(float(value), _writer([float(value)], "", ""))
    return "" if value is None else f"<bdi>{_words(value)}</bdi>"


def _header(column: object) -> str:
    return _words(str(column).replace("_", " "))


def _words(value: object) -> str:
    """Return a text as HTML, with marks that nobody can see written out."""
    return escape(escaped(str(value)))
