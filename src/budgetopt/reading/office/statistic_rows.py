"""Rows of a budget file that say something of the other rows, such as their average, and hold no money of a program."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.translated_words import plain_letters
from budgetopt.reading.office.unit_words import notes_unit
from budgetopt.reading.tables.shape import normal
from budgetopt.reading.tables.total_words import names_total
from budgetopt.scenario.programs import Bools
from budgetopt.scenario.words import listed

__all__ = ["leave_out_statistics", "leave_out_units", "lines_alone"]

_OF = (
    r"(?:budgets?|costs?|spending|expenditures?|expenses|appropriations?|amounts?|totals?|programs?|departments?"
    r"|funds?)"
)
_SHARE = r"(?:%|percent(?:age)?|pct\.?)"
_MOVE = r"(?:changes?|increases?|decreases?|growth|differences?|variances?|increase ?/? ?\(?decrease\)?)"
_PERSON = r"(?:capita|resident|inhabitant|person|household|citizen|pupil|student|fte|einwohner|habitant|habitante)"
_STATISTIC = re.compile(
    rf"(?:(?:overall|simple|weighted) )?(?:average|mean|median|std\.? dev\.?|standard deviation)s?(?: (?:of )?{_OF})?"
    rf"(?: (?:per|by) (?:{_OF}|{_PERSON}))?"
    rf"|(?:average )?(?:{_OF} )*(?:per|por|par|pro|je) {_PERSON}(?: {_OF})*|pro kopf|(?:cost|spending) per day"
    rf"|(?:annual |net |total |year[ -]over[ -]year )*{_SHARE} ?(?:of )?(?:{_MOVE}|{_OF}|grand total|total budget)"
    rf"(?: (?:from|over|vs\.?|versus|since|in|of) .+)?"
    rf"|(?:annual |net |total |year[ -]over[ -]year )*{_MOVE} ?(?:\(?in ?)?\(?{_SHARE}\)?"
    rf"|{_SHARE}|{_MOVE} (?:from|over|vs\.?|versus) (?:fy|\d|(?:the )?(?:prior|previous|last)\b).*"
    r"|durchschnitt|mittelwert|promedio|moyenne|gemiddelde|gjennomsnitt|genomsnitt|srednia",
)
"""Names of averages, of amounts a head, and of changes and shares in percent."""
_LIKELY = (
    *("average", "mean", "median", "dev", "per ", "por ", "par ", "pro ", "je ", "percent", "pct", "%", "change"),
    *("crease", "growth", "difference", "variance", "schnitt", "mittelwert", "promedio", "moyenne", "gemiddelde"),
    *("snitt", "rednia"),
)
"""What such a name has, which most cells have not: they need not be looked at any further."""
_LONG = 80
_SHOWN = 6


def _is_statistic(cell: str) -> bool:
    """Return whether the name of a row says that it is a figure of the other rows."""
    small = cell.lower()
    if len(cell) > _LONG or not any(word in small for word in _LIKELY):
        return False
    plain = re.sub(r"^[\s*\-\u2013(]+|[\s*:)]+$", "", plain_letters(normal(cell)))
    return _STATISTIC.fullmatch(plain) is not None or _STATISTIC.fullmatch(f"{plain})") is not None


def lines_alone(found: Guess) -> Bools:
    """Return which rows count and have no name of a total or of a figure of other rows, as far as names tell."""
    rows = found.lines.copy()
    for column in found.facts:
        cells = () if column.is_numeric else set(column.cells)
        said = {cell for cell in cells if names_total(cell) or _is_statistic(cell)}
        if said:
            rows &= ~np.fromiter(map(said.__contains__, column.cells), bool, len(rows))
    return rows if rows.any() else found.lines


def leave_out_units(found: Guess) -> None:
    """Leave out rows that say the unit of the amounts and nothing else, below the headers or below the table."""
    filled = np.sum([column.filled for column in found.facts], axis=0)
    for row in np.flatnonzero(found.lines & (filled == 1) & ~found.has_amount).tolist():
        cell = next(column.cells[row] for column in found.facts if column.cells[row])
        if notes_unit(cell):
            rows = np.arange(len(found.lines)) == row
            found.skip_rows(rows)
            found.leave_out(rows, "rows of notes")


def leave_out_statistics(found: Guess, programs: Sequence[ColumnFacts]) -> None:
    """Leave out rows whose names are those of averages, amounts a head, and changes or shares in percent."""
    names = found.facts[programs[-1].position]
    others = [column for column in found.facts if column.header and not column.is_numeric and column is not names]
    rows = np.zeros(len(found.lines), dtype=bool)
    for column in (names, *others):
        said = {cell for cell in set(column.cells) if cell and _is_statistic(cell)}
        if said:
            here = np.fromiter(map(said.__contains__, column.cells), bool, len(column.cells))
            rows |= here if column is names else here & ~names.filled
    rows &= found.lines
    if not rows.any() or not (found.has_amount & found.lines & ~rows).any():
        return
    tells = [column for column in (names, *others) if column.filled[rows].all()]
    cells = [
        next(column.cells[row] for column in (names, *others) if column.cells[row])
        for row in np.flatnonzero(rows).tolist()
    ]
    found.skip_cells(rows, tells)
    what = "1 row is" if len(cells) == 1 else f"{len(cells):,} rows are"
    said_names = listed(list(map(repr, dict.fromkeys(cells))), _SHOWN)
    found.remarks.append(f"{what} left out, as averages, amounts a head or changes are no programs: {said_names}")
    found.leave_out(rows, "rows of averages, amounts a head or changes")
