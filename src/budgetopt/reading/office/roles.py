"""Decide what each column of a budget file holds beside the money: the programs, their departments, their funds."""

from __future__ import annotations

from collections.abc import Sequence

from budgetopt.errors import OptionError, near
from budgetopt.reading.office.choices import ChoiceError, Choices, NoTableError, Option, group_option
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import (
    MONEY,
    is_count,
    is_row_number,
    is_title,
    meaning,
    stage_rank,
    thing_rank,
    unit_rank,
)
from budgetopt.reading.tables.program_rows import is_program_key
from budgetopt.scenario.model.table import IGNORE
from budgetopt.scenario.programs import Bools
from budgetopt.scenario.words import plural

__all__ = ["choose_columns", "choose_programs", "column_named", "said_columns"]

_WORDS = ("department", "priority", "tags", "description", "note", "source", "public_note")
_AMOUNTS = ("spending.at_least", "spending.at_most")


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
    """Return the column of a header or letter, or those of several with a plus sign between them; or NoTableError."""
    plain = " ".join(text.split())
    names = [plain] if any(plain in (column.name, column.header) for column in facts) else plain.split("+")
    return [column_named(facts, name.strip(), file) for name in names]


def column_named(facts: Sequence[ColumnFacts], name: str, file: str) -> ColumnFacts:
    """Return the column of a header or a letter, or raise NoTableError."""
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
    raise NoTableError(f"{file} has no column {name!r}", hint=hint)


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
    pairs = {pair for pair in _pairs(department, column, lines) if pair[0]}
    return len({value for _, value in pairs}) < len({name for name, _ in pairs}) == len(pairs)


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
        return NoTableError(message, hint="name it with `--column program=HEADER`")
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
        columns = [column for column in by_key.get(key, []) if column.filled.any() and not _says_stage(column)]
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


def _says_stage(column: ColumnFacts) -> bool:
    """Return whether a column says which of several numbers a row has: an adopted budget, positions, a variance."""
    values = set(filter(None, column.cells))
    stages = {value for value in values if stage_rank(value) is not None}
    return len(values) > 1 and bool(stages) and all(map(is_count, values - stages))


def _tell_codes(by_key: dict[str, list[ColumnFacts]]) -> None:
    """Take a column of numbers beside one of names for codes: ``Program`` beside ``Program description``."""
    names = by_key.get("name", [])
    words = [column for column in names if not column.is_numeric]
    codes = [column for column in names if column.is_numeric]
    if words and codes:
        by_key["name"] = words
        by_key["program"] = [*by_key.get("program", []), *codes]
