"""Find the decimal mark of a budget file: the amounts tell, and other numbers only where no amount has a mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from budgetopt.reading.office.choices import ChoiceError, Choices, Option
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import MONEY, is_class, is_part_of_year, meaning
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.number_texts import ambiguous, two_readings, without_currency
from budgetopt.scenario.programs import Bools

__all__ = ["check_decimal", "decimal_mark"]

_MOSTLY = 0.8
_BLANKS = r" '\u2019\u00a0\u202f"
_KINDS = (
    ("comma", rf"[0-9]{{1,3}}(?:[.{_BLANKS}][0-9]{{3}})+,[0-9]+|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2,}}"),
    ("maybe comma", r"[0-9]+,[0-9]{1,2}|(?:0|[0-9]{4,}),[0-9]{3}"),
    ("point", rf"[0-9]{{1,3}}(?:[,{_BLANKS}][0-9]{{3}})+\.[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}}){{2,}}"),
    ("maybe point", r"[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})"),
    ("unclear", r"[0-9]{1,3},[0-9]{3}"),
    ("whole", rf"[0-9]{{1,3}}(?:[.{_BLANKS}]?[0-9]{{3}})*|-+"),
)
"""What a number says of the decimal mark. The first that fits counts; a number with one comma before three digits may
have it for its decimals or for its thousands."""
_KIND = re.compile(rf"[-(]?[^\d\s]?\s*(?:{'|'.join(f'({pattern})' for _, pattern in _KINDS)})(?:[eE][-+][0-9]+)?\)?-?")


@dataclass(frozen=True)
class _Marks:
    """What the numbers of a column say of the decimal mark.

    ``comma`` and ``point`` tell how surely it is one of them: 2 where no other reading is possible, 1 where a list such
    as ``1,2`` or a code such as ``11.01`` looks the same. ``unclear`` is a cell of a column in which each comma stands
    before three digits and nothing else has a mark.
    """

    comma: int
    point: int
    unclear: str
    is_money: bool


def _marks(header: str, cells: Sequence[str], numbers: Bools) -> _Marks:
    """Return what a column says; cells that the file holds as numbers say nothing."""
    typed = numbers.any()
    texts = [cell for cell, is_number in zip(cells, numbers.tolist(), strict=True) if not is_number] if typed else cells
    counts, unclear = Counter[str](), ""
    # most columns have no mark at all, which is quickly seen of all cells at once
    has_mark = re.search("[.,]", "\n".join(texts)) is not None
    for text, count in Counter(filter(None, texts)).items() if has_mark else ():
        match = _KIND.fullmatch(text) or _KIND.fullmatch(without_currency(text))
        kind = _KINDS[match.lastindex - 1][0] if match is not None and match.lastindex else ""
        counts[kind] += count
        unclear = unclear or (text if kind == "unclear" else "")
    total, plain = counts.total(), counts["unclear"] + counts["whole"]
    comma, point = (
        (2 if counts[sure] else 1 if counts[maybe] else 0)
        if counts[sure] + counts[maybe] + plain >= _MOSTLY * total
        else 0
        for sure, maybe in (("comma", "maybe comma"), ("point", "maybe point"))
    )
    is_money = meaning(header) in (MONEY, "spending.at_least", "spending.at_most") or header.startswith("baseline")
    is_money = is_money or is_class(header) or is_part_of_year(header)
    return _Marks(0 if typed else comma, point, "" if comma or point else unclear, is_money)


def _telling(grid: Grid) -> list[_Marks]:
    """Return what tells the decimal mark: the columns of amounts that have any, or else all columns."""
    columns = enumerate(zip(grid.headers, grid.columns, strict=True))
    found = [_marks(header, cells, grid.is_number(position)) for position, (header, cells) in columns]
    return [one for one in found if one.is_money and (one.comma or one.point or one.unclear)] or found


def decimal_mark(grid: Grid) -> str | None:
    """Return the decimal mark of the numbers of a table, None where it is a point as ever, or not clear."""
    if not any(re.search(r",|\..*\.", "\n".join(cells)) for cells in grid.columns):
        return None
    found = _telling(grid)
    comma, point = max(one.comma for one in found), max(one.point for one in found)
    is_comma = comma == 2 or (comma == 1 and point < 2 and not any(one.unclear for one in found))
    return "," if is_comma else None


def check_decimal(found: Guess, choices: Choices) -> None:
    """Ask for the decimal mark where the money may be read in two ways."""
    if choices.decimal:
        found.table["decimal"] = choices.decimal
        return
    if found.table.get("decimal") is not None:
        return
    limits = [column for key, column in found.keys.items() if key.startswith("spending.")]
    for column in [*(part for one in found.money for part in found.read_columns(one)), *limits]:
        text = _unclear(found, column)
        if text:
            place = found.grid.place(column.cells.index(text), column.position)
            one, many = two_readings(text)
            comma, point = (one, many) if "," in text else (many, one)
            options = [
                Option('--decimal ","', f"{text} is {comma}", replace(choices, decimal=",")),
                Option('--decimal "."', f"{text} is {point}", replace(choices, decimal=".")),
            ]
            raise ChoiceError(f"{place}: {text!r} may be {one} or {many}", options)


def _unclear(found: Guess, column: ColumnFacts) -> str:
    """Return a cell of a column of amounts that may be read in two ways; an empty text if there is none.

    A comma before three digits is doubted where semicolons part the cells, as they do where the decimal mark is a
    comma, or where another column has decimals behind a comma.
    """
    numbers = found.grid.is_number(column.position)
    if len(points := ambiguous(column.cells, numbers)):
        return column.cells[int(points[0])]
    own = _marks(column.header, column.cells, numbers).unclear
    if not own:
        return ""
    others = _telling(found.grid)
    is_doubted = found.sheet.separator == ";" or any(one.comma for one in others)
    return own if is_doubted and not any(one.point for one in others) else ""
