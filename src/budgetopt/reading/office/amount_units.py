"""Find the unit of the amounts of a budget file, such as thousands: what the file says, and what its cells hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices, Option, column_option
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_rows import note_lines, title_lines
from budgetopt.reading.office.unit_words import bare_unit_in, notes_unit, unit_in, unit_in_header
from budgetopt.scenario.model.table import IGNORE, PLUS
from budgetopt.scenario.programs import Floats

__all__ = ["find_scale"]

_SEARCHED = 3
"""A unit is looked for in so many rows below the headers."""
_LONG = 80
"""No title of a table has as many characters."""


def find_scale(found: Guess, choices: Choices, header: Sequence[int]) -> None:
    """Find what amounts are multiplied by: a title, the header of the money or a note below the table says it.

    Raises ChoiceError where columns of amounts are in different units.
    """
    if choices.scale is not None:
        if choices.scale != 1:
            found.table["scale"] = choices.scale
        return
    columns = [part for column in found.money for part in found.read_columns(column)]
    text, said = _said(found, choices, header, columns)
    amounts = found.amounts[found.amounts != 0]
    if not text:
        _ask_for_unit(found, choices, header, amounts)
    limits = [column for key, column in found.keys.items() if key.startswith("spending.") and column not in columns]
    _check_units(found, choices, said, columns, limits)
    times = _thousands(found, choices, text, said, [*columns, *limits])
    if said != 1 and said == 1000.0**times:
        found.remarks.append(
            f"the file says {text!r}, and its cells hold whole amounts and only show them so: they are taken as they"
            f" stand, `--scale {said:.0f}` if not"
        )
    elif said > 1 and not times and len(amounts) > 2 and (amounts % said == 0).all():
        # cells may hold whole amounts and only show them in thousands
        found.remarks.append(
            f"the file says {text!r}, and every amount is a multiple of {said:,.0f}: they are taken as they stand,"
            f" `--scale {said:.0f}` if not"
        )
    elif said != 1:
        scale = said / 1000.0**times
        found.table["scale"] = scale
        found.remarks.append(
            f"amounts are multiplied by {scale:,.12g}, because the file says {text!r}: `--scale 1` if not"
        )


def _said(found: Guess, choices: Choices, header: Sequence[int], columns: Sequence[ColumnFacts]) -> tuple[str, float]:
    """Return what says the unit of the amounts, and the unit; an empty text and 1 if nothing does.

    The headers of the amounts say more than what speaks of the whole table. Raises ChoiceError where they say that
    amounts are whole, and the table says another unit.
    """
    headers = [column.header for column in columns]
    headers += [cell for row in _rows_before(found) for column in columns if (cell := column.cells[row])]
    lowest = found.sheet.row(header[-1] - 1)
    for cells in (found.sheet.row(row - 1) for row in header[:-1]):
        # a cell above other headers may span the empty ones behind it, without being merged
        for column in columns:
            at = next((at for at in reversed(range(found.grid.at[column.position])) if cells[at]), None)
            headers += [] if at is None or not lowest[at] else [cells[at]]
    units = ((text, unit) for text in headers if (unit := unit_in_header(text)) is not None)
    of_all = ((text, unit) for text in _lines(found, header) if (unit := unit_in(text)) is not None)
    own, general = next(units, ("", 1.0)), next(of_all, ("", 1.0))
    if own[0] and general[0] and own[1] == 1.0:
        message = f"{found.grid.name} says {general[0]!r}, and the header of its amounts {own[0]!r}"
        raise ChoiceError(message, _one_or_all(choices, general[1]))
    return own if own[0] else general


def _ask_for_unit(found: Guess, choices: Choices, header: Sequence[int], amounts: Floats) -> None:
    """Ask for the unit where a title has a word that may be one, and does not say that amounts are in it."""
    for line in title_lines(found.sheet, header[0] - 1):
        unit = bare_unit_in(line) if len(line) < _LONG else None
        if unit is not None and (amounts % unit != 0).any():
            message = f"{found.grid.name} says {line!r}, and not whether its amounts are in that unit"
            raise ChoiceError(message, _one_or_all(choices, unit))


def _one_or_all(choices: Choices, unit: float) -> list[Option]:
    """Return the answers that amounts are whole, and that they are in a unit."""
    return [
        Option("--scale 1", "amounts are taken as they stand", replace(choices, scale=1.0)),
        Option(f"--scale {unit:.12g}", f"amounts are multiplied by {unit:,.12g}", replace(choices, scale=unit)),
    ]


def _rows_before(found: Guess) -> range:
    """Return the rows between the headers and the first amounts, in which a unit may stand below its header."""
    return range(min(int(np.argmax(found.has_amount)), _SEARCHED))


def _lines(found: Guess, header: Sequence[int]) -> Iterator[str]:
    """Yield what may say the unit of all amounts: titles, headers of what rows are, notes below the table."""
    yield from title_lines(found.sheet, header[0] - 1)
    for row in _rows_before(found):
        cells = [cells[row] for cells in found.grid.columns if cells[row]]
        yield from cells if len(cells) == 1 else []
    names = [found.facts[0], *found.keys.values()]
    yield from (column.header for column in names if not column.is_numeric)
    for line in note_lines(found.sheet):
        if notes_unit(line):
            yield line


def _check_units(
    found: Guess, choices: Choices, said: float, columns: Sequence[ColumnFacts], limits: Sequence[ColumnFacts]
) -> None:
    """Refuse columns of amounts whose headers say different units: a table has one."""
    for column in (*columns, *limits):
        unit = unit_in_header(column.header)
        if unit is None or unit == said:
            continue
        message = f"'{column.header}' of {found.grid.name} is in another unit than other amounts, and a table has one"
        if column in columns:
            raise OptionError(message, hint="bring the columns to one unit in the file")
        ignored = [*filter(None, [choices.columns.get(IGNORE)]), column.plain_name]
        raise ChoiceError(message, [column_option(choices, IGNORE, PLUS.join(ignored), "it is left aside")])


def _thousands(found: Guess, choices: Choices, text: str, said: float, columns: Sequence[ColumnFacts]) -> int:
    """Return how many times over the cells of amounts are shown divided by a thousand.

    Raises ChoiceError where the file says a unit, and its cells are not all shown in it or in a smaller one.
    """
    if said <= 1:
        return 0
    times: set[int] = set()
    for column in columns:
        shown = found.sheet.thousands.get(found.grid.at[column.position] - 1)
        has_amount = found.grid.is_number(column.position) & (np.nan_to_num(column.amounts) != 0)
        times.update([] if shown is None else shown[found.grid.rows[has_amount] - 1].tolist())
        times.update([0] if shown is None and has_amount.any() else [])
    if len(times) > 1 or 1000.0 ** max(times, default=0) > said:
        message = f"{found.grid.name} says {text!r}, and the number formats of its amounts do not all fit that"
        raise ChoiceError(message, _one_or_all(choices, said))
    return max(times, default=0)
