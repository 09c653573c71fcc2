"""Words for the unit of amounts, such as thousands, in the titles, headers and notes of budget files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from budgetopt.reading.office.translated_words import plain_letters

__all__ = ["bare_unit_in", "is_unit_alone", "notes_unit", "unit_in", "unit_in_header"]

_CURRENCY = (
    r"(?:(?:(?<![^\W_])(?:us ?|[rac]))?\$|[\u20ac\xa3\xa5\u20b9\u20a9\u20ba\u20b4\u20aa]|(?<![^\W_])"
    r"(?:euros?|eur|dollars?|usd|gbp|pounds?|chf|sfr|fr|francs?|franken|kr|kroner|kronor|sek|nok|dkk|pln|zl|zlotych|czk|kc|korun|huf|forint"
    r"|lei|ron|brl|reais|mxn|pesos?|inr|rs|rupees?|jpy|yen|cny|rmb|yuan|zar|rand|aud|cad|nzd|krw)(?![^\W_])\.?)"
)
_LETTERED = r"(?:[$\u20ac\xa3\xa5\u20b9]|(?:eur|usd|gbp|chf|kr|sek|nok|dkk|pln|czk|inr|jpy)(?![^\W_]))"
"""What a letter may stand before, as in ``KEUR`` and ``M$``."""
_IN = r"(?:(?<![^\W_])(?:in|en|em|i|w|v)\s+|(?<![^\W_])[x\xd7]\s*)"
"""What stands before a unit; in Dutch it is a factor: ``x 1.000``."""
_OF = r"(?:\s*(?:\b(?:of|de|di|us|current|constant|nominal|real)\b|u\.s\.|\bd['\u2019]))*\s*"
_OTHER = rf"(?!\.?\s+(?:(?:of|de|di)\b|d['\u2019])(?!{_OF}{_CURRENCY}))"
"""No other thing is counted, as in ``in thousands of visits``."""
_END = r"\s*(?:$|[)\],;:])"
_QUOTE = "['\u2019\u2018\u00b4`]"
_ZEROS = {3: rf"{_QUOTE}?000", 6: rf"{_QUOTE}?000[., '\u2019]000"}
_LAST = rf"(?:{_QUOTE}?s)?(?![., '\u2019]?\d)"
"""What may follow zeros: ``000s``."""


@dataclass(frozen=True)
class _Words:
    """Words for a unit: those that are enough alone, those that need a place beside a currency, letters, its zeros."""

    unit: float
    alone: str
    beside: str = "(?!)"
    letters: str = "(?!)"
    zeros: int = 0


_UNITS = (
    _Words(1e12, "lakh crores?"),
    _Words(
        1e9,
        "billions|mrd|milliarden|milliards|miliardi|miljarder|milliarder|miles de millones",
        "billion|mil(?:hares de)? milhoes|mil millones|mld|miljard|thousands? (?:of )?millions?",
        "bn",
    ),
    _Words(1e7, "crores?", r"(?<=in )cr|(?<=\u20b9)cr|(?<=\u20b9 )cr|(?<=rs )cr|(?<=rs\. )cr"),
    _Words(
        1e6,
        "millions|mio|mln|millionen|millones|milhoes|milioni|miljoenen|miljoner|millioner|milionow",
        r"million|miljoen|mill(?=\.|\s*kr\b)|(?<=(?<!r)\$)mil|(?<=(?<!r)\$ )mil|(?<=\bin )mil",
        "(?:mn?|mm)",
        6,
    ),
    _Words(1e5, "lakhs?|lacs"),
    _Words(
        1e3,
        r"thousands|tausend|tsd|milliers|milhares|miles(?= de\b)|(?<=en )miles|tys|tysi\w+|tisic\w*|duizend\w*"
        r"|migliaia",
        r"thousand|tusen|tusinde|tis(?=\.)|ezer|(?<=r\$ )mil|(?<=r\$)mil"
        r"|mil(?=\s+(?:de )?(?:euros|reais|pesos|dolares)\b)",
        r"(?:k(?! ?kr)|t(?!\$))",
        3,
    ),
    _Words(1e2, "hundreds"),
)
"""The largest first: ``lakh crore`` is neither."""
_CENTS = re.compile(r"\bin (?:us |euro ?)?cents?\b|\(cents\)|\ben (?:centimes|centavos|centimos)\b")
_PARTS = {"十億": 1e9, "십억": 1e9, "億": 1e8, "亿": 1e8, "억": 1e8, "千万": 1e7, "百万": 1e6, "百萬": 1e6, "백만": 1e6}
_PARTS |= {"万": 1e4, "萬": 1e4, "만": 1e4, "千": 1e3, "천": 1e3}
_EAST_ASIAN = re.compile(rf"(?<!\d)({'|'.join(_PARTS)})(?:円|元|원)")
_OF_HEADERS = ((re.compile(r"\(k\)"), 1e3), (re.compile(r"\(m\)"), 1e6))
"""Letters that are a unit in the header of amounts, and codes elsewhere: ``Mandated (M)``."""
_OF_AMOUNTS = re.compile(r"\b(?:amounts?|dollars|figures|values|betrage|montants?|importes?|valores)\b")
"""Words of a note that says what amounts are in."""
_UNIT = "units?|einheit|単位|单位|單位|단위"
"""Words for a unit, before what it is."""
_WHOLE = re.compile(rf"[(\[](?:in )?(?:whole )?{_CURRENCY}[)\]]|\bin (?:whole )?{_CURRENCY}$")
"""What says in the header of amounts that they are whole."""


def _word(words: str) -> str:
    """Return a pattern of words that stand alone and not behind a number: ``$5 million`` is an amount."""
    return rf"(?<![^\W_])(?<!\d )(?:{words})(?![^\W_])"


def _pattern(words: _Words) -> re.Pattern[str]:
    """Return what says a unit, in small letters without accents."""
    alone, any_of, letters = _word(words.alone), _word(f"{words.alone}|{words.beside}"), words.letters
    ways = [
        rf"{_IN}(?:{_CURRENCY}\s*)?(?:{alone}{_OTHER}|{any_of}\.?{_END})",
        rf"{_CURRENCY}\s*{any_of}",
        rf"{any_of}\.?{_OF}{_CURRENCY}",
        rf"(?:[(\[]|^)\s*{any_of}\.?\s*(?:[)\]]|$)",
        rf"{any_of} omitted\b",
        rf"(?<![^\W_]){letters} ?{_LETTERED}",
        rf"{_LETTERED}{letters}(?![^\W_]|-)|(?<![^\W_])(?:eur|usd|gbp|chf) {letters}(?![^\W_]|-)",
    ]
    if words.zeros:
        zeros = _ZEROS[words.zeros] + _LAST
        one = "1" + _ZEROS[words.zeros].replace(f"{_QUOTE}?000", "[., '\u2019]?000", 1) + _LAST
        ways += [
            rf"(?<!\d)(?<!\d[., '\u2019]){zeros} omitted\b",
            rf"{_IN}(?:{_CURRENCY}\s*)?(?:{zeros}|{one})(?:{_OF}{_CURRENCY}|{_END})",
            rf"{_CURRENCY}\s*{zeros}",
            rf"(?<!\d)(?<!\d[., '\u2019]){zeros}\s*{_CURRENCY}",
            rf"(?:[(\[]|^)\s*{zeros}\s*(?:[)\]]|$)",
            rf"[(\[]\s*(?:{one}\s*{_CURRENCY}|{one}(?<=s))\s*[)\]]",
            # a cell that is nothing but ($1,000) is an amount
            rf"\S\s*[(\[]\s*{_CURRENCY}\s*{one}\s*[)\]]",
        ]
    return re.compile("|".join(ways))


_PATTERNS = [(_pattern(words), words.unit) for words in _UNITS]
_ALONE = [(re.compile(_word(words.alone) + _OTHER), words.unit) for words in _UNITS]
_ALONE.append((re.compile(rf"(?<![^\W_])(?<!\d[.,'\u2019])(?:{_QUOTE}000{_LAST}|000{_QUOTE}?s)(?![^\W_])"), 1e3))


def _found(text: str) -> tuple[float, str] | None:
    """Return the unit of amounts that a text says, and the rest of the text; None if it says none."""
    if (match := _EAST_ASIAN.search(text)) is not None:
        return _PARTS[match[1]], text[: match.start()] + text[match.end() :]
    plain = plain_letters(text)
    for pattern, unit in (*_PATTERNS, (_CENTS, 0.01)):
        if (match := pattern.search(plain)) is not None:
            return unit, f"{plain[: match.start()]} {plain[match.end() :]}"
    return None


def unit_in(text: str) -> float | None:
    """Return the unit of amounts that a text says, None if it says none."""
    return None if (found := _found(text)) is None else found[0]


def is_unit_alone(text: str) -> bool:
    """Return whether a text says a unit and nothing else, as some do below a table: ``($ in thousands)``."""
    return (found := _found(text)) is not None and not re.sub(rf"{_CURRENCY}|{_UNIT}|[\W_]", "", found[1])


def notes_unit(line: str) -> bool:
    """Return whether what stands alone in a row says the unit of all amounts: ``Amounts are in thousands``."""
    is_of_amounts = _OF_AMOUNTS.search(plain_letters(line)) is not None
    return is_unit_alone(line) or (is_of_amounts and unit_in(line) is not None)


def unit_in_header(header: str) -> float | None:
    """Return the unit that the header of a column of amounts says, None if it says none."""
    if (unit := unit_in(header)) is not None or (unit := bare_unit_in(header)) is not None:
        return unit
    plain = plain_letters(header)
    unit = next((unit for pattern, unit in _OF_HEADERS if pattern.search(plain)), None)
    return 1.0 if unit is None and _WHOLE.search(plain) else unit


def bare_unit_in(text: str) -> float | None:
    """Return the unit of a word that may be a unit of amounts, wherever it stands; None if there is none."""
    plain = plain_letters(text)
    return next((unit for pattern, unit in _ALONE if pattern.search(plain)), None)
