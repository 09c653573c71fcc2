"""Decide what each column of a budget file holds: the programs, their money, their funds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from budgetopt.errors import OptionError, near
from budgetopt.reading.office.choices import ChoiceError, Choices, Option, column_option, group_option, shell
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import (
    MONEY,
    class_rank,
    is_class,
    is_row_number,
    is_title,
    meaning,
    money_rank,
    thing_rank,
    unit_rank,
    words_of,
    year_of,
)
from budgetopt.reading.tables.program_rows import is_program_key
from budgetopt.scenario.model.table import IGNORE
from budgetopt.scenario.programs import Bools
from budgetopt.scenario.words import money, plural

__all__ = ["ask_for_funds", "choose_columns", "choose_money", "choose_programs", "find_payments", "said_columns"]

_WORDS = ("department", "priority", "tags", "description", "note", "source", "public_note")
_AMOUNTS = ("spending.at_least", "spending.at_most")
_MOST_OPTIONS = 6
_TOTALS = ("total", "totals", "grand total", "total budget", "total funds", "total expenditures", "all funds")


def said_columns(found: Guess, choices: Choices, file: str) -> dict[str, ColumnFacts]:
    """Return the columns that were named for keys, sums of several too; those to be ignored are kept in the guess.

    Raises OptionError for a key or a column that is not there.
    """
    columns = {}
    for key, text in choices.columns.items():
        if key != IGNORE and not is_program_key(key):
            raise OptionError(f"--column: {key!r} is no key of a program", hint="such as baseline, name or department")
        parts = columns_named(found.facts, text, file)
        if key == IGNORE:
            found.ignored += parts
        elif len(parts) == 1:
            columns[key] = parts[0]
        elif not key.startswith("baseline"):
            raise OptionError(f"--column: {text!r} are {len(parts)} columns, and only those of baselines are added up")
        else:
            columns[key] = found.add_columns(parts)
    return columns


def columns_named(facts: Sequence[ColumnFacts], text: str, file: str) -> list[ColumnFacts]:
    """Return the column of a header or letter, or those of several with a plus sign between them; or OptionError."""
    plain = " ".join(text.split())
    names = [plain] if any(plain in (column.name, column.header) for column in facts) else plain.split("+")
    return [column_named(facts, name.strip(), file) for name in names]


def column_named(facts: Sequence[ColumnFacts], name: str, file: str) -> ColumnFacts:
    """Return the column of a header or a letter, or raise OptionError."""
    plain = " ".join(name.split())
    for column in facts:
        if plain in (column.name, column.header):
            return column
    for column in facts:
        if plain == column.letter:
            return column
    close = near(plain, [column.header for column in facts])
    headers = ", ".join(column.name for column in facts)
    hint = f"did you mean {close!r}?" if close else f"its columns are {headers}"
    raise OptionError(f"{file} has no column {name!r}", hint=hint)


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

    Raises ChoiceError where two may be meant, OptionError where there is none.
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
        raise OptionError(message, hint="name it with `--column baseline=HEADER`")
    if any(column.header == "baseline" for column in named):
        chosen = next(column for column in named if column.header == "baseline")
        return chosen, [column for column in named if column is not chosen]
    ranks = {column.position: money_rank(column.header) for column in named}
    best = min(ranks.values())
    first = [column for column in named if ranks[column.position] == best]
    sums = [column for column in first if _is_row_total(column, [*named], lines)]
    first = sums if len(sums) == 1 else first
    parts = _classes(numeric)
    if len(parts) > 1 and all(column in parts for column in first):
        options = [_together(parts, choices, lines), *_one_of(parts, choices, lines)]
        raise ChoiceError(f"{len(parts)} columns of {file} may hold the money that programs have now", options)
    years = [column for column in named if ranks[column.position][0] == best[0] and year_of(column.header)]
    if best[0] == _NO_STAGE and len(years) >= _MANY_YEARS:
        # actual results, this year's budget and a forecast may all be among years that say nothing of their stage
        message = f"{len(years)} columns of {file} are years, and none says which is the budget that programs have now"
        raise ChoiceError(message, _one_of(years, choices, lines))
    if len(first) > 1:
        message = f"{len(first)} columns of {file} may hold the money that programs have now"
        raise ChoiceError(message, _one_of(first, choices, lines))
    return first[0], [column for column in named if column is not first[0]]


_NO_AMOUNT = money_rank("fte")[0]
_NO_STAGE = money_rank("")[0]
_MANY_YEARS = 3
"""Of two years that say nothing else the later one is taken; of more any may be this year's budget."""


def _may_be_money(column: ColumnFacts) -> bool:
    """Return whether the numbers of a column whose header says nothing may be amounts: no counts, no codes."""
    return meaning(column.header) == "" and not column.is_label and money_rank(column.header)[0] < _NO_AMOUNT


def _classes(columns: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    """Return the columns of classes of spending, such as personnel and capital, of the stage and year that counts."""
    found = [column for column in columns if is_class(column.header)]
    if not found:
        return []
    ranks = {column.position: class_rank(column.header) for column in found}
    best = min(ranks.values())
    return [column for column in found if ranks[column.position] == best]


def _together(parts: Sequence[ColumnFacts], choices: Choices, lines: Bools) -> Option:
    total = float(np.nansum([column.amounts[lines] for column in parts]))
    name = "+".join(column.plain_name for column in parts)
    return column_option(choices, "baseline", name, f"they add up to {money(total)}")


def _one_of(columns: Sequence[ColumnFacts], choices: Choices, lines: Bools) -> list[Option]:
    options = [column_option(choices, "baseline", column.name, _sum(column, lines)) for column in columns]
    return options[:_MOST_OPTIONS]


def _sum(column: ColumnFacts, lines: Bools) -> str:
    return f"it adds up to {money(float(np.nansum(column.amounts[lines])))}"


def choose_programs(
    facts: Sequence[ColumnFacts], keys: dict[str, ColumnFacts], choices: Choices, lines: Bools, file: str
) -> tuple[list[ColumnFacts], list[str]]:
    """Return the columns that name a program together, and remarks.

    A column of programs names them; names that stand under several departments are told apart by these. Raises
    ChoiceError where any of several columns may be the programs.
    """
    if choices.group:
        return [column_named(facts, name, file) for name in choices.group], []
    code, name = keys.get("program"), keys.get("name")
    if code is not None and name is not None and is_row_number(code.header) and _repeats(name, lines):
        # the numbers of rows are no programs where the names of several rows are the same
        code = None
    chosen, remarks = code or name, []
    department = keys.get("department")
    if chosen is not None and chosen is name and department is not None and _is_above(chosen, department, lines):
        del keys["name"]
        keys.setdefault("priority", chosen)
        chosen = None
    if chosen is None:
        chosen = _finest_unit(facts, keys, choices, lines, file)
        remark = f"each '{chosen.name or chosen.letter}' is a program, the finest level above accounts"
        if department is not None and department is not chosen:
            remark += f": `{group_option(choices, [department.name], '').flag}` takes '{department.name}'"
        remarks.append(remark)
    if department is None or department is chosen or not _repeats(chosen, lines):
        return [chosen], remarks
    pairs, names = _pairs(department, chosen, lines), set(_cells(chosen, lines))
    if len(pairs) == len(names) or (chosen is code and not _has_several_names(code, name, department, lines)):
        return [chosen], remarks
    what = "code" if chosen is code else "name"
    remarks.append(
        f"a {what} that stands under several of '{department.name}' is a program in each, so"
        f" {plural(len(names), what)} are {plural(len(pairs), 'program')}:"
        f" `{group_option(choices, [chosen.name], '').flag}` adds their lines up"
    )
    return [department, chosen], remarks


def _finest_unit(
    facts: Sequence[ColumnFacts], keys: dict[str, ColumnFacts], choices: Choices, lines: Bools, file: str
) -> ColumnFacts:
    """Return the only column that may name programs, or that of the finest level of an organization.

    Raises ChoiceError where any of several columns may be the programs.
    """
    taken = [keys[key] for key in ("priority", "funds") if key in keys]
    words = [
        column
        for column in facts
        if not column.is_numeric
        and column not in taken
        and is_title(column.header)
        and len(set(_cells(column, lines))) > 1
    ]
    if not words:
        # names without a header, as in the first column of many printed budgets
        words = [column for column in facts if not column.header and not column.is_numeric and column.distinct > 1][:1]
    if not words:
        # a single column of words says what the money is for, whatever it is called
        words = [column for column in facts if column.header and not column.is_numeric and column not in taken]
        words = words if len(words) == 1 and words[0].distinct > 1 else []
    if len(words) == 1:
        return words[0]
    units = [column for column in words if meaning(column.header) == "department"]
    if len(units) > 1 and len({unit_rank(column.header) for column in units}) > 1:
        top = min(units, key=lambda column: unit_rank(column.header))
        return max(units, key=lambda column: len(_pairs(top, column, lines)))
    raise _which_programs(facts, words, choices, lines, file)


def _pairs(first: ColumnFacts, second: ColumnFacts, lines: Bools) -> set[tuple[str, str]]:
    """Return the pairs of cells of two columns in the rows that count, without those that lack the second."""
    ids = zip(first.cells, second.cells, lines.tolist(), strict=True)
    return {(cell, other) for cell, other, counts in ids if counts and other}


def _is_above(column: ColumnFacts, department: ColumnFacts, lines: Bools) -> bool:
    """Return whether a column groups departments: each has one of fewer values."""
    values, departments = set(_cells(column, lines)), set(_cells(department, lines))
    return len(values) < len(departments) == len(_pairs(department, column, lines))


def _has_several_names(
    code: ColumnFacts | None, name: ColumnFacts | None, department: ColumnFacts, lines: Bools
) -> bool:
    """Return whether codes of programs are counted anew in each department, so that one has several names."""
    if code is None or name is None:
        return False
    return len(_pairs(code, name, lines)) > 1.2 * len(set(_cells(code, lines))) and len(
        _pairs(department, code, lines)
    ) > len(set(_cells(code, lines)))


def _which_programs(
    facts: Sequence[ColumnFacts], words: Sequence[ColumnFacts], choices: Choices, lines: Bools, file: str
) -> OptionError:
    headers = ", ".join(column.name for column in facts)
    message = f"no column of {file} can be taken for the programs; its headers are: {headers}"
    if not words:
        return OptionError(message, hint="name it with `--column program=HEADER`")
    ranked = sorted(words, key=lambda column: (meaning(column.header) != "department", column.position))[:3]
    options: list[Option] = []
    for column in ranked:
        count = len(set(_cells(column, lines)))
        said = f"{plural(count, 'program')}, one for each '{column.name}'"
        options.append(group_option(choices, [column.name], said))
    for other in ranked[1:]:
        count = len(_pairs(ranked[0], other, lines))
        said = f"{plural(count, 'program')}, one for each '{other.name}' of each '{ranked[0].name}'"
        options.append(group_option(choices, [ranked[0].name, other.name], said))
    return ChoiceError(message, options)


def _repeats(column: ColumnFacts, lines: Bools) -> bool:
    cells = _cells(column, lines)
    return len(set(cells)) < len(cells)


def _cells(column: ColumnFacts, lines: Bools) -> list[str]:
    return [cell for cell, counts in zip(column.cells, lines.tolist(), strict=True) if counts and cell]


def choose_columns(facts: Sequence[ColumnFacts], said: dict[str, ColumnFacts]) -> dict[str, ColumnFacts]:
    """Return the columns of programs, names, departments and so on by their keys: what was said, then headers."""
    taken = {column.position for column in said.values()}
    found = dict(said)
    by_key: dict[str, list[ColumnFacts]] = {}
    for column in facts:
        if column.header and column.position not in taken:
            by_key.setdefault(meaning(column.header), []).append(column)
    _tell_codes(by_key)
    for key in ("program", "name"):
        columns = [column for column in by_key.get(key, []) if column.filled.any()]
        if key not in found and columns:
            found[key] = min(columns, key=lambda column: (column.header != key, thing_rank(column.header)))
    for key, columns in by_key.items():
        if key in found or key in ("", MONEY, IGNORE, "program", "name"):
            continue
        right = [column for column in columns if column.is_numeric == (key in _AMOUNTS)] if key in _AMOUNTS else columns
        if key in _WORDS:
            right = [column for column in columns if not column.is_numeric]
        if key == "funds":
            right.sort(key=lambda column: column.is_numeric)
        if key == "department":
            right.sort(key=lambda column: unit_rank(column.header))
        if right:
            found[key] = next((column for column in right if column.header == key), right[0])
    return found


def _tell_codes(by_key: dict[str, list[ColumnFacts]]) -> None:
    """Take a column of numbers beside one of names for codes: ``Program`` beside ``Program description``."""
    names = by_key.get("name", [])
    words = [column for column in names if not column.is_numeric]
    codes = [column for column in names if column.is_numeric]
    if words and codes:
        by_key["name"] = words
        by_key["program"] = [*by_key.get("program", []), *codes]
