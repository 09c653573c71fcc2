"""How a model refuses a value, and how messages show values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from budgetopt.errors import hidden_in

__all__ = [
    "capital", "clean", "listed", "money", "on_one_line", "plural", "printed", "refuse", "seen_as_written", "shown",
    "turns_written_out", "visible",
]  # fmt: skip

_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_OTHER_BLANKS = re.compile("[\t\n\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
"""Line breaks, tabs, and blanks such as those at which no line is broken."""
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")

_WIDEST = 60
"""A message shows no more characters of a text than this."""


def refuse(code: str, message: str, expected: str = "", hint: str = "", **values: Any) -> PydanticCustomError:
    """Return the error by which a model refuses a value; ``{name}`` in the message is the value of that name.

    Of these values, ``at`` is not for the message: it is the key below which the problem is.
    """
    return PydanticCustomError(code, message, {**values, "expected": expected, "hint": hint})


def clean(text: str) -> str:
    """Return a text in the one form that equal texts have (NFC); refuse control characters, which no file can keep."""
    if (found := _INVISIBLE.search(text)) is not None:
        message = "{shown} has an invisible control character"
        hint = "in double quotation marks a backslash begins a special character: write '...' instead"
        hint = hint if found[0] < " " else ""
        raise refuse("control-character", message, "visible characters", hint, shown=shown(text))
    return unicodedata.normalize("NFC", text)


def turns_written_out(text: str) -> str:
    """Return a text with the marks written out that turn the direction of what follows, so that it can be shown."""
    return text if text.isascii() else _TURNS.sub(lambda found: ascii(found[0])[1:-1], text)


def on_one_line(name: str) -> str:
    """Return a name with single blanks in place of line breaks, tabs and no-break spaces, where it has any of them."""
    return " ".join(name.split()) if _OTHER_BLANKS.search(name) else name


def seen_as_written(name: str) -> str:
    """Return the name of something on one line; refuse one with a character that nobody can see."""
    line = on_one_line(name)
    if hidden := hidden_in(line):
        hint = "it may have come with a copied text: type the name again"
        message = "the name {shown} has an invisible character, U+{number}"
        number = f"{ord(hidden):04X}"
        raise refuse("name", message, "visible characters", hint, shown=shown(name), number=number)
    return line


def shown(value: object) -> str:
    """Return a value as a message shows it: texts in quotation marks and cut short, collections by their kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, str):
        text = visible(" ".join(value.split()))
        return f"'{text[: _WIDEST - 3]}...'" if len(text) > _WIDEST else f"'{text}'"
    if isinstance(value, Sequence | set | frozenset):
        return "a list"
    if isinstance(value, float) and abs(value) == float("inf"):
        return "infinity" if value > 0 else "minus infinity"
    if isinstance(value, int | float):
        text = str(value) if not isinstance(value, int) or abs(value) < 10**30 else "a very long number"
        return text.removesuffix(".0")
    return f"a {type(value).__name__}"


def printed(key: str, name: str = "") -> str:
    """Return what something is called in print: its name, or its key with spaces for underscores."""
    return name or key.replace("_", " ")


def visible(text: str) -> str:
    """Return a text with the characters that nobody can see written out, so that a message can show it anywhere."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def capital(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names as a list in words, the last ones counted where there are many."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def money(amount: float) -> str:
    """Return dollars as a message shows them: whole, with thousands separated; cents only where there are any."""
    amount = amount if abs(amount) >= 0.005 else 0.0
    return f"{amount:,.0f}" if abs(amount - round(amount)) < 0.005 else f"{amount:,.2f}"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return a count with its noun: ``1 program``, ``2,000 programs``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
