"""Shifts that find nothing to shift: what is set beside it, and what could be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.checks.findings import named
from budgetopt.errors import Place, Problem
from budgetopt.reading.shifts import Shift, read_shift
from budgetopt.scenario.keys import bare, is_model, kinds_of, short_key, types_below
from budgetopt.scenario.places import Path
from budgetopt.scenario.words import listed

__all__ = ["has_number", "is_possible", "nothing_to_shift", "says_something"]


def has_number(kinds: list[Any], key: str) -> bool:
    """Return whether a key that is left out stands for a number of its own, so that an amount can be added to it."""
    fields = (bare(kind).model_fields.get(key) for kind in kinds if is_model(kind))
    return any(isinstance(field.default, float) for field in fields if field is not None)


def says_something(kinds: list[Any], written: Any, *, from_zero: bool) -> bool:
    """Return whether what is written says something where nothing stands: it is no shift, or a value of its own.

    Parameters
    ----------
    kinds
        The types that may stand there.
    written
        What is written, a number of a file with its sign.
    from_zero
        Whether what is left out stands for zero, to which an amount can be added.

    Raises
    ------
    PydanticCustomError
        If it begins like a shift and cannot be read.
    """
    if not _number_in(kinds):
        return True
    shift = read_shift(written)
    if shift is None:
        return True
    # a share of nothing is nothing, and nobody means that; a key that may be negative takes its sign as its own
    return from_zero and is_possible(kinds, written)


def nothing_to_shift(
    shift: Shift, kinds: list[Any], path: Path, place: Place | None, beside: Mapping[str, Any], parents: list[Any]
) -> Problem:
    """Return the problem that a shift has nothing to shift.

    Parameters
    ----------
    shift, path, place
        The shift, what it should shift, and where it is written.
    kinds
        The types that may stand there.
    beside, parents
        What stands beside it, and the types of the mapping in which it stands.
    """
    key, number = str(path[-1]), shift.text.lstrip("+-*")
    numbers = [name for name, value in beside.items() if value is not None and _number_in(types_below(parents, name))]
    hint = f"write ={number}" if shift.is_signed and is_possible(kinds, number) else ""
    if numbers and not isinstance(path[-1], int):
        hint = f"{named(path[:-1])} sets {listed(numbers)}: shift that, or {hint or f'give `{key}` a value of its own'}"
    message = f"{named(path)}: there is nothing that '{shift.text}' could shift"
    return Problem("nothing-to-shift", message, place, "a value of its own", hint)


def _number_in(kinds: list[Any]) -> bool:
    """Return whether a number may stand there, by itself or short for a mapping."""
    if "number" in kinds_of(kinds):
        return True
    short = ((bare(kind), short_key(bare(kind))) for kind in kinds if is_model(kind))
    return any(key and "number" in kinds_of(types_below([model], key)) for model, key in short)


def is_possible(kinds: list[Any], written: Any) -> bool:
    """Return whether a value is possible where these types may stand."""
    for kind in kinds:
        try:
            TypeAdapter(kind).validate_python(written)
        except (ValidationError, PydanticCustomError):
            continue
        return True
    return False
