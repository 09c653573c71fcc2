"""Paths of programs: ``programs.library.baseline``, ``programs.*.note``, ``programs.fire.packages.ladder company``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.checks.findings import named, suggestion
from budgetopt.reading.paths import EVERY, PathError, match_name
from budgetopt.reading.program_shifts import present
from budgetopt.reading.tables.merge import opened_by_period, without_key
from budgetopt.scenario.keys import leaf_of, near_key, slot_of
from budgetopt.scenario.model import Program
from budgetopt.scenario.programs import Ints, ProgramTable
from budgetopt.scenario.words import listed, shown

__all__ = ["list_item", "no_program", "program_key", "programs_at", "without_programs"]


def programs_at(table: ProgramTable, parts: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    """Return the positions of the programs that a path speaks of, and the rest of it; or raise PathError."""
    if parts[:1] == (EVERY,):
        return np.arange(len(table)), parts[1:]
    match = match_name(parts, table)
    if match is None:
        raise no_program(table, parts[0] if parts else "")
    return np.array([table.position(match[0])]), parts[match[1] :]


def program_key(table: ProgramTable, rows: Ints, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of a program's key; a thing of a list, which may go by its name, by its number from 0.

    Raises PathError if the program has no such thing, or programs have no such key.
    """
    parts = tuple(part.strip() for part in parts)
    if len(parts) > 1 and len(rows) == 1 and slot_of(Program).below(parts[0]).is_list:
        numbers = table.numbers(int(rows[0]), parts[0])
        match = match_name(parts[1:], numbers)
        if match is None and not (parts[1].isdecimal() and int(parts[1]) in numbers.values()):
            program = named(("programs", table.ids[rows[0]]))
            expected = f"one of: {listed(list(numbers))}" if numbers else ""
            message = f"{program} has nothing named {shown(parts[1])} in {parts[0]}"
            raise PathError("unknown-path", message, expected, suggestion(parts[1], numbers))
        number, length = (int(parts[1]), 1) if match is None else (numbers[match[0]], match[1])
        parts = (parts[0], str(number), *parts[1 + length :])
    key = ".".join(parts)
    if (leaf := leaf_of(Program, key)) is not None:
        return leaf.path
    if slot_of(Program).at(parts).types:
        return parts
    close = near_key(slot_of(Program), key)
    expected = f"one of: {listed(slot_of(Program).fields, 30)}" if len(parts) == 1 else ""
    hint = f"did you mean '{close}'?" if close and close != key else ""
    raise PathError("unknown-key", f"a program has no key {shown(key)}", expected, hint)


def list_item(table: ProgramTable, rows: Ints, key: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the key of a list and the numbers, from 0, by which a path goes on in it; none if it leads to no list.

    They count the years of a cost, or the points of a curve, and the spending and the outcome of a point.
    """
    # names may have points, so that a number behind one looks like a part of it
    name, _, number = key[-1].rpartition(".") if key else ("", "", "")
    parts = (*key[:-1], name, number) if name else key
    for length in (1, 2):
        place, item = parts[:-length], parts[-length:]
        if place and all(part.isdecimal() for part in item):
            columns = [column for _, column in present(table, ".".join(place), rows)]
            if columns and all(column.offsets is not None for column in columns):
                return place, tuple(map(int, item))
    return key, ()


def without_programs(table: ProgramTable, parts: tuple[str, ...], periods: Sequence[str]) -> ProgramTable:
    """Return a table without what stands at a path: programs, or what they say; or raise PathError.

    Of one value that stands for every period, a period may be taken away: the others keep it.
    """
    rows, rest = programs_at(table, parts[1:])
    key = ".".join(program_key(table, rows, rest)) if rest else ""
    left = without_key(opened_by_period(table, key, rows, periods), rows, key)
    if left is None:
        raise PathError("unknown-path", f"nothing stands at {'.'.join(parts)}")
    return left


def no_program(table: ProgramTable, name: str) -> PathError:
    """Return the error that there is no such program."""
    known = table.ids.tolist()
    expected = f"one of: {listed(known, 12)}" if len(known) <= 12 else ""
    return PathError("unknown-program", f"there is no program {shown(name)}", expected, suggestion(name, known))
