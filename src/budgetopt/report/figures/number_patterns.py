"""How numbers, shares and amounts of money are written in a language and country, by Babel's copy of Unicode's CLDR.

What a locale says is looked up once for each locale and currency. The digits themselves are written by Python from
exact decimals, which is fast enough for long columns; Babel's own functions look everything up for each number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["ENGLISH", "NumberPatterns", "number_patterns"]

ENGLISH = "en_US"
"""The locale in which reports are written unless they are asked for in another one."""
_CODE = re.compile("[A-Z]{3}")
_IN_THREES = (3, 3)


@dataclass(frozen=True, slots=True)
class NumberPatterns:
    """What stands around the digits of numbers in one locale, and of amounts in one currency.

    A currency that is no code of three letters is a unit of another kind, such as ``hours``, and stands after the
    number.
    """

    separators: dict[int, str] | None  # what takes the place of Python's separators; None for the same
    grouping: tuple[int, int]  # how many digits the last group has, and each one before it
    pattern: str  # the pattern of numbers, for digits that are not grouped in threes
    locale: str
    money: tuple[str, str]  # what stands before and after an amount
    share: tuple[str, str]  # and before and after a number of percent
    spoken: tuple[tuple[float, str, str], ...]  # amounts, the largest first, with the word for one and for several

    @property
    def is_plain(self) -> bool:
        """Whether numbers are written as Python writes them."""
        return self.separators is None and self.grouping == _IN_THREES

    def digits(self, text: str) -> str:
        """Return digits that Python wrote, such as ``1,234.50``, as the locale groups and separates them."""
        if self.grouping != _IN_THREES:
            from babel.numbers import format_decimal

            places = len(text.partition(".")[2])
            whole = self.pattern.partition(".")[0]
            pattern = f"{whole}.{'0' * places}" if places else whole
            with localcontext(prec=400):  # every float has fewer digits
                return format_decimal(Decimal(text.replace(",", "")), pattern, self.locale)
        return text if self.separators is None else text.translate(self.separators)


@lru_cache(maxsize=64)
def number_patterns(locale: str, currency: str) -> NumberPatterns:
    """Return what a locale says of numbers, and of amounts in a currency: a code, or a unit such as ``hours``."""
    from babel import Locale
    from babel.numbers import get_decimal_symbol, get_group_symbol

    found = Locale.parse(locale)
    separators = {ord(","): get_group_symbol(found), ord("."): get_decimal_symbol(found)}
    number, share = found.decimal_formats[None], found.percent_formats[None]
    return NumberPatterns(
        separators=None if separators == {44: ",", 46: "."} else separators,
        grouping=number.grouping,
        pattern=number.pattern,
        locale=locale,
        money=_around_money(found, currency),
        share=(share.prefix[0], share.suffix[0]),
        spoken=tuple(_spoken(found.compact_decimal_formats["long"])),
    )


def _around_money(locale: Locale, currency: str) -> tuple[str, str]:
    """Return what stands before and after an amount; a letter is never next to a digit."""
    if not currency:
        return "", ""
    if not _CODE.fullmatch(currency):
        return "", f" {currency}"
    from babel.numbers import get_currency_symbol

    symbol = get_currency_symbol(currency, locale)
    pattern = locale.currency_formats["standard"]
    before, after = (part[0].replace("¤", symbol) for part in (pattern.prefix, pattern.suffix))
    if before[-1:].isalpha():
        before += "\N{NO-BREAK SPACE}"
    return before, f"\N{NO-BREAK SPACE}{after}" if after[:1].isalpha() else after


def _spoken(forms: dict[str, Any]) -> list[tuple[float, str, str]]:
    """Return the words for a million and more, with the amount that each stands for, the largest first."""
    found: dict[float, tuple[str, str]] = {}
    for size, pattern in forms["other"].items():
        digits, _, word = str(pattern.pattern).partition(" ")
        amount = int(size) // 10 ** (len(digits) - 1)
        if len(size) > 6 and word and set(digits) == {"0"} and amount not in found:
            one = forms.get("one", {}).get(size, pattern)
            found[amount] = str(one.pattern).partition(" ")[2] or word, word
    return [(float(amount), *words) for amount, words in sorted(found.items(), reverse=True)]
