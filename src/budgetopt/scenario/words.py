"""How a model refuses a value, and how messages show values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

__all__ = ["listed", "money", "refuse", "shown"]

_WIDEST = 60
"""A message shows no more characters of a text than this."""


def refuse(code: str, message: str, expected: str = "", hint: str = "", **values: Any) -> PydanticCustomError:
    """Return the error by which a model refuses a value.

    Parameters
    ----------
    code
        A stable word for machines.
    message
        What is wrong; ``{name}`` is replaced by the value of that name.
    expected, hint
        What was expected, and how to mend it.
    **values
        The values that the message names.
    """
    return PydanticCustomError(code, message, {**values, "expected": expected, "hint": hint})  # type: ignore[arg-type]


def shown(value: object) -> str:
    """Return a value as a message shows it: texts in quotation marks and cut short, collections by their kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, str):
        text = " ".join(value.split())
        return f"'{text[: _WIDEST - 3]}...'" if len(text) > _WIDEST else f"'{text}'"
    if isinstance(value, Sequence | set | frozenset):
        return "a list"
    if isinstance(value, int | float):
        text = str(value) if not isinstance(value, int) or abs(value) < 10**30 else "a very long number"
        return text.removesuffix(".0")
    return f"a {type(value).__name__}"


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names as a list in words, the last ones counted where there are many."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def money(amount: float) -> str:
    """Return dollars as a message shows them: whole, with thousands separated; cents only where there are any."""
    return f"{amount:,.0f}" if abs(amount - round(amount)) < 0.005 else f"{amount:,.2f}"
