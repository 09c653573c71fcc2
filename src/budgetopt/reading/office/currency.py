"""The currency of a budget file, where its amounts, its headers or its titles say it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["find_currency"]

_CODES = (
    *("EUR", "GBP", "CHF", "PLN", "CZK", "DKK", "SEK", "NOK", "HUF"),
    *("BRL", "MXN", "INR", "JPY", "ZAR", "AUD", "CAD", "NZD"),
)
_SIGNS = {
    **{code.casefold(): code for code in _CODES},
    **dict.fromkeys(("€", "euro", "euros", "teur"), "EUR"),
    **dict.fromkeys(("sfr", "fr"), "CHF"),
    "£": "GBP",
    "zł": "PLN",
    "r$": "BRL",
    "kč": "CZK",
    "₹": "INR",
    "₺": "TRY",
    "₴": "UAH",
    "₪": "ILS",
    "₩": "KRW",
}
"""What is written for a currency; ``kr``, ``¥`` and ``$`` are those of several countries and say nothing."""
_ALONE = "|".join(map(re.escape, sorted(_SIGNS, key=len, reverse=True)))
_SIGN = re.compile(rf"(?<![^\W\d_])(?:{_ALONE})(?![^\W\d_])", re.IGNORECASE)
_SURE = re.compile(rf"[€£₹₺₴₪₩]|\b(?:TEUR|{'|'.join(_CODES)})\b")
"""In a title, short words such as ``fr`` may be others."""


def find_currency(cells: Iterable[str], titles: Iterable[str]) -> str:
    """Return the code of the currency that amounts or titles name most often, or an empty text if none does."""
    for pattern, texts in ((_SIGN, cells), (_SURE, titles)):
        found = Counter(_SIGNS[sign.casefold()] for text in texts for sign in pattern.findall(text))
        if found:
            return found.most_common(1)[0][0]
    return ""
