"""The texts of values: those that a cell would have in a text file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from budgetopt.scenario.amounts import LEAST, MOST

__all__ = ["column_texts", "percent_text", "value_text"]


def value_text(value: Any) -> str:
    """Return the text of a value: 46.0 is ``46``, true is ``true``, a date is ``2024-06-30``.

    Lists have their items parted by semicolons, and points of curves their two numbers by a colon.
    """
    if (text := _TEXTS.get(type(value))) is not None:
        return text(value)
    if isinstance(value, np.generic):
        return value_text(value.item())
    if isinstance(value, list | tuple | np.ndarray):
        if len(value) and all(isinstance(item, list | tuple | np.ndarray) and len(item) == 2 for item in value):
            return "; ".join(f"{value_text(x)}:{value_text(y)}" for x, y in value)
        return "; ".join(map(value_text, value))
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).strip()


def column_texts(values: Sequence[Any]) -> list[str]:
    """Return the texts of the values of a column; None is empty."""
    kinds = set(map(type, values))
    if kinds <= {str}:
        return _stripped_texts(values)
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {float}:
        return _number_texts(values)
    numbers = iter(_number_texts([value for value in values if type(value) is float]))
    texts = iter(_stripped_texts([value for value in values if type(value) is str]))
    return [
        next(texts) if type(value) is str else next(numbers) if type(value) is float else value_text(value)
        for value in values
    ]


def percent_text(value: float, shift: int) -> str:
    """Return a number as a percentage, moved by some decimals: 0.07 by 2 is ``7%``."""
    return f"{Decimal(repr(value)).scaleb(shift).normalize():f}%"


def _stripped(text: str) -> str:
    return _iso_duration(text) if text.startswith("PT") else text.strip()


def _stripped_texts(texts: Sequence[str]) -> list[str]:
    return list(map(_stripped if "PT" in "".join(texts) else str.strip, texts))


def _number_texts(numbers: Sequence[float]) -> list[str]:
    """Return numbers as they would be typed: an exponent would be taken for a code.

    Only what no amount is so large or so small as keeps its exponent, so that a message can show it.
    """
    return [
        text[:-2] if text.endswith(".0") else text if "e" not in text else _without_exponent(text)
        # a zero loses its sign
        for text in map(repr, [number or 0.0 for number in numbers])
    ]


def _without_exponent(text: str) -> str:
    return f"{Decimal(text):f}" if LEAST <= abs(float(text)) <= MOST else text


def _number(value: float) -> str:
    return _number_texts([value])[0]


def _moment(value: datetime.datetime) -> str:
    return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()


def _duration(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _iso_duration(text: str) -> str:
    """Return a duration of more than a day as ODS writes it, PT26H03M00S, as 26:03:00."""
    found = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", text)
    return f"{int(found[1]):02}:{int(found[2]):02}:{int(found[3]):02}" if found else text.strip()


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: _stripped,
    float: _number,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _value: "",
    datetime.datetime: _moment,
    datetime.date: datetime.date.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: _duration,
}
