"""The currencies that cells of amounts name by a sign or a code."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["CODES", "CURRENCIES", "code_of", "currency_signs", "other_currencies"]

CODES = (
    *("EUR", "GBP", "CHF", "PLN", "CZK", "DKK", "SEK", "NOK", "HUF"),
    *("USD", "BRL", "MXN", "INR", "JPY", "CNY", "ZAR", "AUD", "CAD", "NZD"),
)
CURRENCIES: dict[str, tuple[str, ...]] = {
    **{code.casefold(): (code,) for code in CODES},
    **dict.fromkeys(("€", "euro", "euros", "teur"), ("EUR",)),
    **dict.fromkeys(("sfr", "fr"), ("CHF",)),
    **dict.fromkeys(("c$", "ca$"), ("CAD",)),
    **dict.fromkeys(("a$", "au$"), ("AUD",)),
    **dict.fromkeys(("₺", "tl"), ("TRY",)),
    **dict.fromkeys(("ron", "lei"), ("RON",)),
    "us$": ("USD",),
    "nz$": ("NZD",),
    "£": ("GBP",),
    "zł": ("PLN",),
    "r$": ("BRL",),
    "kč": ("CZK",),
    "ft": ("HUF",),
    "₹": ("INR",),
    "₴": ("UAH",),
    "₪": ("ILS",),
    "₩": ("KRW",),
    "$": ("USD", "AUD", "CAD", "NZD", "MXN"),
    "rs": ("INR", "PKR", "LKR", "NPR"),
    "kr": ("SEK", "NOK", "DKK"),
    "¥": ("JPY", "CNY"),
}
"""What is written for a currency, in small letters, and the codes of those that it may be."""
_SIGN = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))})(?![^\W\d_])",
    re.IGNORECASE,
)
_NO_NUMBER = re.compile(r"[^-\d.,'\s()+%:;]")


def currency_signs(cells: Sequence[str]) -> dict[int, str]:
    """Return what cells of amounts have for a currency, as it is written; cells without any are left out."""
    if not _NO_NUMBER.search("\n".join(cells)):
        return {}
    known = {cell: match[0] for cell in set(cells) if (match := _SIGN.search(cell)) is not None}
    return {at: known[cell] for at, cell in enumerate(cells) if cell in known}


def code_of(sign: str) -> str:
    """Return the code of the only currency that has a sign or a code; an empty text if that is not known."""
    codes = CURRENCIES.get(sign.casefold(), ())
    return codes[0] if len(codes) == 1 else ""


def other_currencies(cells: Sequence[str], currency: str) -> dict[int, str]:
    """Return the cells of amounts that are in another currency than that of the scenario, and what they name.

    A sign of several countries, such as ``$``, is another where cells beside it name the scenario's.
    """
    signs = currency_signs(cells)
    own = currency if re.fullmatch("[A-Z]{3}", currency) else code_of(currency)
    if not signs or not own:
        return {}
    codes = {sign: code_of(sign) for sign in {*signs.values()}}
    is_named = own in codes.values()
    others = {sign for sign, code in codes.items() if (code or is_named) and own not in CURRENCIES[sign.casefold()]}
    return {at: codes[sign] or sign for at, sign in signs.items() if sign in others}
