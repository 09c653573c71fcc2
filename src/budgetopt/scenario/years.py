"""The year that a date or the name of a period speaks of."""

from __future__ import annotations

import re

__all__ = ["year_in"]

_FOUR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_TWO = re.compile(r"\b(?:FY|CY|Y)['’]?(\d\d)\b", re.IGNORECASE)


def year_in(text: str) -> int | None:
    """Return the year that a text names: 2024 of ``2024-06``, ``FY2024`` and ``FY24``; of two years the first.

    None where it names none.
    """
    if (found := _FOUR.search(text)) is not None:
        return int(found[1])
    short = _TWO.search(text)
    return 2000 + int(short[1]) if short is not None else None
