"""Work out which programs a ``where`` selects."""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetopt.scenario.model.where import Comparison, Where
from budgetopt.scenario.programs import Bools, Floats, Ints, ProgramTable, Texts, objects, positions_of

__all__ = ["ATTRIBUTES", "attribute_names", "attribute_numbers", "attribute_values", "select", "word"]

ATTRIBUTES = ("program", "name", "department", "priority", "tags", "districts", "baseline")
"""The attributes that every program has."""


def select(programs: ProgramTable, where: Where | None) -> Bools:
    """Return which programs a selection selects; shape (programs,). Without a selection, all of them."""
    chosen = np.ones(len(programs), dtype=bool)
    if where is None:
        return chosen
    for key, term in where.root.items():
        if key == "not":
            chosen &= ~select(programs, term)
        elif key == "all":
            for part in term:
                chosen &= select(programs, part)
        elif key == "any":
            chosen &= np.logical_or.reduce([select(programs, part) for part in term])
        else:
            chosen &= _matches(programs, key, term)
    return chosen


def attribute_names(programs: ProgramTable) -> tuple[str, ...]:
    """Return every attribute that a selection may name."""
    return ATTRIBUTES + tuple(programs.under("attributes"))


def attribute_values(programs: ProgramTable, key: str) -> tuple[str, ...]:
    """Return the values, as text, that an attribute takes, in the order of the programs."""
    words = list(programs.under("districts")) if key == "districts" else _words(programs, key)[0]
    return tuple(text for text in words if text)


def _matches(programs: ProgramTable, key: str, term: Any) -> Bools:
    if isinstance(term, Comparison):
        chosen = np.ones(len(programs), dtype=bool)
        if term.not_ is not None:
            chosen &= ~_matches(programs, key, tuple(term.not_) if isinstance(term.not_, list) else term.not_)
        lower = ((np.greater_equal, term.at_least), (np.greater, term.above))
        upper = ((np.less_equal, term.at_most), (np.less, term.below))
        for compare, bound in (*lower, *upper):
            if bound is not None:
                # what is no number compares as false
                with np.errstate(invalid="ignore"):
                    chosen &= compare(attribute_numbers(programs, key), bound)
        return chosen
    wanted = {word(item) for item in (term if isinstance(term, tuple) else (term,))}
    chosen = np.zeros(len(programs), dtype=bool)
    if key == "districts":
        for district, column in programs.under("districts").items():
            if district in wanted:
                chosen[column.rows[column.values > 0]] = True
        return chosen
    words, place = _words(programs, key)
    fits = np.array([text in wanted for text in words], dtype=bool)[place]
    if key != "tags":
        return fits
    chosen[programs.items("tags")[0][fits]] = True
    return chosen


def _words(programs: ProgramTable, key: str) -> tuple[list[str], Ints]:
    """Return the words that an attribute takes, in order, and the place among them of each program's, or each tag's.

    They are worked out once for all selections.
    """
    if key not in programs.words:
        values = _column(programs, key)
        if not {*map(type, values.tolist())} <= {str}:
            values = objects(list(map(word, values.tolist())))
        words, place = positions_of(values)
        programs.words[key] = words.tolist(), place
    return programs.words[key]


def word(value: Any) -> str:
    """Return a value as the word that it is compared by: 3, 3.0 and "3" are one; so are true and "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _column(programs: ProgramTable, key: str) -> Texts:
    if key == "tags":
        return programs.items("tags")[1]
    if key == "program":
        return programs.ids
    if key == "name":
        return programs.names()
    if key == "baseline":
        numbers = programs.baseline()
        return np.where(np.isnan(numbers), "", numbers.astype(object))
    return programs.text(key if key in ATTRIBUTES else f"attributes.{key}")


def attribute_numbers(programs: ProgramTable, key: str) -> Floats:
    """Return an attribute as numbers, NaN where it is none; shape (programs,)."""
    if key == "baseline":
        return programs.baseline()
    numbers = np.full(len(programs), np.nan)
    column = programs.columns.get(f"attributes.{key}")
    if column is not None and column.offsets is None:
        if column.values.dtype.kind == "f":
            numbers[column.rows] = column.values
        elif column.values.dtype.kind == "O":
            numbers[column.rows] = [
                value if isinstance(value, int | float) and not isinstance(value, bool) else np.nan
                for value in column.values.tolist()
            ]
    return numbers
