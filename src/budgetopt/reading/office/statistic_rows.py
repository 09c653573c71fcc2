"""Rows of a budget file that say something of the other rows, such as their average, and hold no money of a program."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.translated_words import plain_letters
from budgetopt.reading.tables.shape import normal
from budgetopt.scenario.words import listed

__all__ = ["leave_out_statistics"]

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
_SHOWN = 6


def _is_statistic(cell: str) -> bool:
    """Return whether the name of a row says that it is a figure of the other rows."""
    plain = re.sub(r"^[\s*\-\u2013(]+|[\s*:)]+$", "", plain_letters(normal(cell)))
    return _STATISTIC.fullmatch(plain) is not None or _STATISTIC.fullmatch(f"{plain})") is not None


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
