"""Decide which columns of a budget file hold the money of programs: one, several that are added up, or one a fund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from budgetopt.reading.office.choices import ChoiceError, Choices, NoTableError, Option, column_option, shell
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.header_words import (
    MONEY,
    class_rank,
    is_class,
    is_count,
    is_part_of_year,
    meaning,
    money_rank,
    words_of,
    year_of,
)
from budgetopt.scenario.programs import Bools
from budgetopt.scenario.words import money

__all__ = ["ask_for_funds", "choose_money", "find_payments"]

_MOST_OPTIONS = 6
_TOTALS = ("total", "totals", "grand total", "total budget", "total funds", "total expenditures", "all funds")
_NO_AMOUNT = money_rank("fte")[0]
_NO_STAGE = money_rank("")[0]
_MANY_YEARS = 3
"""Of two years that say nothing else the later one is taken; of more any may be this year's budget."""


def find_payments(facts: Sequence[ColumnFacts], above: Sequence[str], lines: Bools) -> dict[str, ColumnFacts]:
    """Return the columns that hold what a fund pays, by the fund, where a table has a column a fund.

    That is so where the cell above the headers says Fund, as pivot tables do, or the headers of two or more columns of
    amounts are names of funds.
    """
    numeric = [column for column in facts if column.is_numeric and column.header]
    first = next((at for at, cell in enumerate(above) if meaning(cell) == "funds"), None)
    if first is not None:
        found = [column for column in numeric if column.position >= first]
    else:
        named = [column for column in numeric if words_of(column.header).endswith((" fund", " funds"))]
        found = [column for column in named if not words_of(column.header).startswith(("total", "all "))]
    found = [column for column in found if not _is_row_total(column, found, lines)]
    total = next((column for column in numeric if column not in found and words_of(column.header) in _TOTALS), None)
    if len(found) == 1 and total is not None:
        # beside the one that is called a fund, the columns that make up the total with it are funds too
        parts = [column for column in numeric if column is not total and not is_count(column.header)]
        found = parts if _is_row_total(total, [*parts, total], lines) else found
    if total is not None and len(found) > 1 and not _is_row_total(total, [*found, total], lines):
        # other columns are paid by funds too, under names that are not known: what is certain is their total
        return {}
    if total is None and len(found) > 1 and first is None:
        found = [column for column in numeric if column in found or _may_be_money(column)]
    return {column.header: column for column in found} if len(found) > 1 else {}


def ask_for_funds(
    facts: Sequence[ColumnFacts], money_column: ColumnFacts, choices: Choices, lines: Bools, file: str
) -> None:
    """Raise ChoiceError where the money is said to be of one fund, and columns beside it may be those of others."""
    if not words_of(money_column.header).endswith((" fund", " funds")):
        return
    others = [
        column
        for column in facts
        if column is not money_column
        and column.is_numeric
        and not (column.is_years or column.is_codes)
        and column.header
        and not meaning(column.header)
        and money_rank(column.header)[0] < _NO_AMOUNT
    ]
    if not others:
        return
    funds = [money_column, *others]
    named = {f"baseline_by_fund.{column.header}": column.name for column in funds}
    flags = " ".join(f"--column {shell(f'{key}={name}')}" for key, name in named.items())
    total = float(np.nansum([column.amounts[lines] for column in funds]))
    alone = column_option(choices, "baseline", money_column.name, f"it alone, {_sum(money_column, lines)}")
    said = f"each of {len(funds)} columns is what a fund pays; they add up to {money(total)}"
    together = Option(flags, said, replace(choices, columns={**choices.columns, **named}))
    raise ChoiceError(
        f"{money_column.name!r} of {file} may be all of the money, or what one fund pays", [together, alone]
    )


def _is_row_total(column: ColumnFacts, others: Sequence[ColumnFacts], lines: Bools) -> bool:
    """Return whether a column holds the sums of others, row by row."""
    parts = [other for other in others if other is not column]
    if len(parts) < 2:
        return False
    total = np.nansum([other.amounts[lines] for other in parts], axis=0)
    own = np.nan_to_num(column.amounts[lines])
    return bool(own.any()) and bool((np.abs(own - total) <= 1.0 + 1e-6 * np.abs(own)).mean() > 0.9)


def choose_money(
    facts: Sequence[ColumnFacts], choices: Choices, lines: Bools, file: str
) -> tuple[ColumnFacts, list[ColumnFacts]]:
    """Return the column of the money that programs have now, and the others that could have been taken for it.

    Raises ChoiceError where two may be meant, NoTableError where there is none.
    """
    numeric = [column for column in facts if column.is_numeric and not column.is_years]
    named = [column for column in numeric if meaning(column.header) == MONEY]
    if not named:
        named = [column for column in numeric if _may_be_money(column)]
    if not named:
        unread = [column for column in facts if column.header and meaning(column.header) == MONEY]
        named = sorted(unread, key=lambda column: money_rank(column.header))[:1]
    if not named:
        headers = ", ".join(column.name for column in facts)
        message = f"no column of {file} can be taken for their money; its headers are: {headers}"
        raise NoTableError(message, hint="name it with `--column baseline=HEADER`")
    if any(column.header == "baseline" for column in named):
        chosen = next(column for column in named if column.header == "baseline")
        return chosen, [column for column in named if column is not chosen]
    ranks = {column.position: money_rank(column.header) for column in named}
    best = min(ranks.values())
    first = [column for column in named if ranks[column.position] == best]
    sums = [column for column in first if _is_row_total(column, [*named], lines)]
    first = sums if len(sums) == 1 else first
    parts = _classes(numeric, lines)
    if len(parts) > 1 and all(column in parts or _is_part_sum(column, parts, lines) for column in first):
        some = [*(column for column in first if column not in parts), *parts]
        options = [_together(parts, choices, lines), *_one_of(some, choices, lines)]
        raise ChoiceError(f"{len(some)} columns of {file} may hold the money that programs have now", options)
    years = [column for column in named if ranks[column.position][0] == best[0] and year_of(column.header)]
    if best[0] == _NO_STAGE and len(years) >= _MANY_YEARS:
        # actual results, this year's budget and a forecast may all be among years that say nothing of their stage
        message = f"{len(years)} columns of {file} are years, and none says which is the budget that programs have now"
        raise ChoiceError(message, _one_of(years, choices, lines))
    if len(first) > 1:
        message = f"{len(first)} columns of {file} may hold the money that programs have now"
        raise ChoiceError(message, _one_of(first, choices, lines))
    return first[0], [column for column in named if column is not first[0]]


def _may_be_money(column: ColumnFacts) -> bool:
    """Return whether the numbers of a column whose header says nothing may be amounts: no counts, no codes."""
    return meaning(column.header) == "" and not column.is_label and money_rank(column.header)[0] < _NO_AMOUNT


def _classes(columns: Sequence[ColumnFacts], lines: Bools) -> list[ColumnFacts]:
    """Return the columns of classes of spending or of parts of a year, of the stage and year that counts."""
    found = [column for column in columns if is_class(column.header) or is_part_of_year(column.header)]
    if not found:
        return []
    if len(found) > 1:
        # beside classes, a column whose header is not known is one of them
        others = [column for column in columns if column not in found and _may_be_money(column)]
        found += [column for column in others if not _is_row_total(column, [*found, column], lines)]
        found.sort(key=lambda column: column.position)
    ranks = {column.position: class_rank(column.header) for column in found}
    best = min(ranks.values())
    return [column for column in found if ranks[column.position] == best]


def _is_part_sum(column: ColumnFacts, parts: Sequence[ColumnFacts], lines: Bools) -> bool:
    """Return whether a column is called a total, and is not that of all classes of spending."""
    return words_of(column.header).startswith("total") and not _is_row_total(column, [*parts, column], lines)


def _together(parts: Sequence[ColumnFacts], choices: Choices, lines: Bools) -> Option:
    total = float(np.nansum([column.amounts[lines] for column in parts]))
    name = "+".join(column.plain_name for column in parts)
    return column_option(choices, "baseline", name, f"they add up to {money(total)}")


def _one_of(columns: Sequence[ColumnFacts], choices: Choices, lines: Bools) -> list[Option]:
    options = [column_option(choices, "baseline", column.name, _sum(column, lines)) for column in columns]
    return options[:_MOST_OPTIONS]


def _sum(column: ColumnFacts, lines: Bools) -> str:
    return f"it adds up to {money(float(np.nansum(column.amounts[lines])))}"
