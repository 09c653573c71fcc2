"""Numbers as people write them: money, counts and shares, in tables and in speech.

Every function answers with text. There is one minus sign for each place: the hyphen where figures are copied into other
programs (terminal, Markdown), the true minus on a page that is printed. Nothing is ever shown as ``-0``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal

import numpy as np

from budgetopt.report.figures.number_patterns import ENGLISH, NumberPatterns, number_patterns
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.words import plural

__all__ = [
    "DOLLAR",
    "MILLION",
    "THOUSAND",
    "Numbers",
    "Unit",
    "brought",
    "counted",
    "join_words",
    "plural",
    "singular",
]

_SHORT = ((1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))
"""The letters with which a scenario writes amounts, so that what a chart shows can be written into one."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What the amounts of a table are counted in."""

    dollars: float  # what one unit is worth
    decimals: int = 0  # with how many an amount of dollars is shown
    words: str = ""  # how a heading says it: empty for whole dollars and cents


DOLLAR = Unit(1.0)
THOUSAND = Unit(1_000.0, 0, "thousand")
MILLION = Unit(1_000_000.0, 0, "million")


_NOTHING = ("", "")
"""What stands around a number without a unit."""
_NEAR_HALF, _LARGE = 1e-6, 1e9
"""So near to a half a number is not told from it, nor is one so large."""
_WHOLE = 1e-9
"""So near to a whole number, as a share of it, a measured number is one."""
_SURE = 1e15
"""So many units of the last place that is shown are told apart surely."""
_EXACT = Context(prec=400)  # every float has fewer digits


def rounded(value: float, decimals: int = 0) -> Decimal:
    """Return a number rounded half up, away from zero; never minus zero."""
    result = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)
    return abs(result) if result == 0 else result


def half_up(size: float, decimals: int = 0) -> str:
    """Return a number of zero or more, rounded half up as it is written, with separators: ``1,234.50``."""
    text = repr(float(size))
    is_half = text[-1] == "5" and len(text) - text.find(".") == decimals + 2
    # Python rounds the binary number: it has other digits after the sixteenth, and a half that is written may be less
    if is_half or "e" in text or size * 10.0**decimals > _SURE:
        return f"{rounded(size, decimals):,f}"
    return f"{float(size):,.{decimals}f}"


def significant(value: float, digits: int = 3) -> int:
    """Return the decimals with which a number shows so many significant digits, without zeros at its end."""
    if value == 0 or not math.isfinite(value):
        return 0
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:.{decimals}f}"
    return len(text.rstrip("0").partition(".")[2]) if "." in text else 0


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes numbers in one currency and locale, and with one minus sign.

    A currency is written as its locale writes it: ``$``, ``€``, ``CHF``. What is no code is a unit of another kind,
    such as ``hours``, and stands after the number.
    """

    currency: str = "USD"
    minus: str = "-"
    space: str = (
        " "  # between a number and "million": on a page, one at which no line is broken, nor is it after a sign
    )
    locale: str = ENGLISH
    patterns: NumberPatterns = field(init=False, repr=False, compare=False)  # what stands around the digits

    def __post_init__(self) -> None:
        object.__setattr__(self, "patterns", number_patterns(self.locale, self.currency))

    @property
    def is_english(self) -> bool:
        """Whether words around numbers follow the English rules for one and several."""
        return self.locale.startswith("en")

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """Return a number with thousands separators: ``1,234``; with its sign if asked: ``+1,234``."""
        return self._with_sign(value, _NOTHING, decimals, signed=signed)

    def money(self, amount: float, decimals: int = 0, *, signed: bool = False) -> str:
        """Return an amount in full: ``$4,200,000``, ``-$300``."""
        return self._with_sign(amount, self.patterns.money, decimals, signed=signed)

    def exact_money(self, amount: float) -> str:
        """Return an amount in full, with cents if it has any."""
        return self.money(amount, 0 if float(amount).is_integer() else 2)

    def unit_cost(self, amount: float) -> str:
        """Return what one unit costs, never rounded to dollars: ``$1,234.56``; of less than a cent its first digits."""
        decimals = 0 if float(amount).is_integer() else max(2, significant(amount))
        return self.money(amount, decimals)

    def units(self, amount: int, unit: Unit, *, signed: bool = False, symbol: bool = True) -> str:
        """Return an amount of a table that counts in units: its heading says in which, and names words for one."""
        dollars = amount * unit.dollars if unit.decimals else float(amount)
        return self._with_sign(dollars, self._around(symbol), unit.decimals, signed=signed)

    def many_units(self, amounts: Ints, unit: Unit, *, signed: bool = False, symbol: bool = True) -> list[str]:
        """Return many amounts of a table that counts in units; shape (n,)."""
        if unit.decimals or not self.patterns.is_plain:
            return [self.units(amount, unit, signed=signed, symbol=symbol) for amount in amounts.tolist()]
        before, after = self._around(symbol)
        starts = self._starts(np.sign(amounts), before, signed=signed)
        return [f"{start}{size:,}{after}" for start, size in zip(starts, np.abs(amounts).tolist(), strict=True)]

    def _around(self, symbol: bool) -> tuple[str, str]:
        """Return what stands around an amount of a table; a unit that is no currency stands in the heading alone."""
        before, after = self.patterns.money if symbol else _NOTHING
        return before, "" if after[:1] == " " else after

    def _starts(self, sides: Ints, before: str, *, signed: bool) -> Iterator[str]:
        """Return what stands before the digits of many numbers: by their sides, -1, 0 or 1; shape (n,)."""
        starts = {side: f"{self._sign(side, before, signed=signed)}{before}" for side in (-1, 0, 1)}
        return map(starts.__getitem__, sides.tolist())

    def _with_sign(self, value: float, around: tuple[str, str], decimals: int, *, signed: bool) -> str:
        before, after = around
        if math.isnan(value):
            return f"n/a{after}"
        if math.isinf(value):
            return f"{self.minus if value < 0 else ''}unlimited{after}"
        digits = half_up(abs(value), decimals)
        sign = self._sign(value, before, signed=signed) if digits.strip("0.,") else ""
        return f"{sign}{before}{digits if self.patterns.is_plain else self.patterns.digits(digits)}{after}"

    def _sign(self, value: float, before: str, *, signed: bool) -> str:
        """Return the sign of a number before what stands before its digits."""
        sign = self.minus if value < 0 else ("+" if signed and value > 0 else "")
        # a line may be broken between a sign and a currency's, and on a page must not be
        return f"{sign}\N{WORD JOINER}" if sign and before and self.space != " " else sign

    def spoken_money(self, amount: float, *, signed: bool = False) -> str:
        """Return an amount as a person would say it: ``$4.2 million``, ``$352,000``, ``$1.83``."""
        size = abs(amount)
        if not math.isfinite(size):
            return self.money(amount)
        before, after = self.patterns.money
        for worth, word, words in self.patterns.spoken:
            if size >= worth * 0.9995:
                decimals = significant(amount / worth)
                said = word if rounded(size / worth, decimals) == 1 else words
                around = before, f"{self.space}{said}{after}"
                return self._with_sign(amount / worth, around, decimals, signed=signed)
        if size >= 10_000:
            step = 1_000 if size >= 100_000 else 100
            return self.money(float(rounded(amount / step)) * step, signed=signed)
        cents = size < 1_000 and (rounded(size, 2) != rounded(size) or 0 < size < 0.1)
        is_one = self.is_english and after[:1] == " " and rounded(size, 2) == 1
        numbers = replace(self, currency=singular(self.currency)) if is_one else self
        decimals = max(2, significant(amount)) if size < 0.1 else 2
        return numbers.money(amount, decimals if cents else 0, signed=signed)

    def short_money(self, amount: float, *, signed: bool = False) -> str:
        """Return an amount for a chart: ``$4.2M``, ``$350k``."""
        for worth, letter in _SHORT:
            if abs(amount) >= worth * 0.9995:
                before, after = self.patterns.money
                decimals = significant(amount / worth)
                return self._with_sign(amount / worth, (before, letter + after), decimals, signed=signed)
        return self.money(amount, 0 if rounded(amount, 2) == rounded(amount) else 2, signed=signed)

    def quantity(self, value: float, *, signed: bool = False) -> str:
        """Return a measured number with the digits that matter: ``1,234``, ``12.3``, ``0.0042``."""
        return self.number(value, quantity_decimals(value), signed=signed)

    def many_quantities(self, values: Floats) -> list[str]:
        """Return many measured numbers, shape (n,), with the digits that matter."""
        sizes = _handy(values)
        is_whole = np.abs(sizes - np.rint(sizes)) <= _WHOLE * np.maximum(sizes, 1.0)
        digits = np.floor(np.log10(sizes, out=np.zeros(len(sizes)), where=sizes > 0))
        places = np.where(is_whole, 0.0, np.maximum(2.0 - digits, 0.0))
        said = zip(sizes.tolist(), places.astype(np.int64).tolist(), strict=True)
        texts = [f"{size:,.{place}f}".rstrip("0").rstrip(".") if place else f"{size:,.0f}" for size, place in said]
        for at in np.flatnonzero(values < 0).tolist():
            texts[at] = f"{self.minus}{texts[at]}" if texts[at] != "0" else "0"
        in_doubt = _in_doubt(values, sizes * 10.0**places)
        return self._checked(texts, in_doubt, lambda at: self.quantity(float(values[at])))

    def _checked(self, texts: list[str], in_doubt: Bools, anew: Callable[[int], str]) -> list[str]:
        """Return texts of many numbers, those written anew that may not be right as Python rounds them; shape (n,)."""
        if not self.patterns.is_plain:
            return list(map(anew, range(len(texts))))
        for at in np.flatnonzero(in_doubt).tolist():
            texts[at] = anew(at)
        return texts

    def share(self, value: float, decimals: int = 1, *, signed: bool = False) -> str:
        """Return a share in percent: ``12.5%``, ``3%``; without zeros at the end of its decimals."""
        percent = float(value) * 100.0
        if not math.isfinite(percent):
            return "n/a"
        _, point, places = half_up(abs(percent), decimals).partition(".")
        needed = len(places.rstrip("0")) if point else 0
        return self._with_sign(percent, self.patterns.share, needed, signed=signed)

    def said_share(self, value: float, *, signed: bool = False) -> str:
        """Return a share for a sentence, in percent: one that is not zero shows its first digit, ``0.02%``."""
        percent = abs(float(value)) * 100.0
        is_small = 1e-6 <= percent < 0.05
        return self.share(value, math.ceil(-math.log10(percent)) if is_small else 1, signed=signed)

    def many_shares(self, values: Floats, *, signed: bool = False) -> list[str]:
        """Return many shares, shape (n,), in percent with a decimal where they need one."""
        before, after = self.patterns.share
        with np.errstate(over="ignore"):
            exact = values * 1000.0
        tenths = _handy(exact)
        whole = np.floor(tenths + 0.5).astype(np.int64)
        starts = self._starts(np.sign(whole) * np.where(values < 0, -1, 1), before, signed=signed)
        parts = zip(starts, (whole // 10).tolist(), (whole % 10).tolist(), strict=True)
        texts = [f"{start}{one:,}.{part}{after}" if part else f"{start}{one:,}{after}" for start, one, part in parts]
        return self._checked(texts, _in_doubt(exact, tenths), lambda at: self.share(float(values[at]), signed=signed))

    def most_share(self, value: float) -> str:
        """Return a share as what it is at most: rounded up, so that it is true, and never to nothing."""
        if not math.isfinite(value):
            return "n/a"
        percent = Decimal(repr(float(value))) * 100
        decimals = max(1 - percent.adjusted(), 2)
        return self.share(float(percent.quantize(Decimal(1).scaleb(-decimals), ROUND_CEILING, _EXACT) / 100), decimals)

    def many_with_unit(self, values: Floats, unit: str) -> list[str]:
        """Return many measured numbers, shape (n,), with their unit."""
        one = singular(unit) if self.is_english else unit
        texts = self.many_quantities(values)
        return [f"{text} {one if text.lstrip(self.minus) == '1' else unit}" for text in texts]

    def with_unit(self, value: float, unit: str, *, signed: bool = False, decimals: int | None = None) -> str:
        """Return a number with its unit, in the singular where it is one: ``1 household``, ``12.5 households``."""
        places = quantity_decimals(value) if decimals is None else decimals
        text = self.number(value, places, signed=signed)
        one = 0.4 < abs(value) < 1.6 and abs(rounded(value, places)) == 1
        return f"{text} {singular(unit) if one and self.is_english else unit}"


def _handy(values: Floats) -> Floats:
    """Return the sizes of numbers, 0 for those that are too large or no numbers; shape (n,)."""
    sizes = np.abs(values)
    return np.where(sizes < _LARGE, sizes, 0.0)


def _in_doubt(values: Floats, sizes: Floats) -> Bools:
    """Return which numbers Python may round otherwise than they are written: large ones, and halves; shape (n,).

    ``sizes`` are theirs in units of the last place that is shown.
    """
    return ~(np.abs(values) < _LARGE) | (np.abs(sizes - np.floor(sizes) - 0.5) <= _NEAR_HALF)


def quantity_decimals(value: float) -> int:
    """Return the decimals with which a measured number is shown: three digits, and every digit of a whole number."""
    if not math.isfinite(value):
        return 0
    is_whole = abs(value - round(value)) <= _WHOLE * max(abs(value), 1.0)
    return 0 if is_whole else significant(value)


def counted(numbers: Numbers, value: float, unit: str, name: str, *, decimals: int | None = None) -> str:
    """Return a level of an outcome with what is counted and its name: ``40 injuries prevented``, ``5 laughs (fun)``.

    A name that begins or ends with the unit takes its place: nobody is to read of injuries where they are prevented.
    """
    number, _, one = numbers.with_unit(value, unit, decimals=decimals).partition(" ")
    start, end = name[: len(unit)], name[-len(unit) :]
    if start.casefold() == unit.casefold() and not name[len(unit) :][:1].isalnum():
        return f"{number} {one}{name[len(unit) :]}"
    if end.casefold() == unit.casefold() and not name[: -len(unit)][-1:].isalnum():
        return f"{number} {name[: -len(unit)]}{one}"
    return f"{number} {one} ({name})"


def brought(numbers: Numbers, levels: Sequence[tuple[float, str, str, int | None]]) -> str:
    """Return levels of outcomes as what a plan or program does: ``brings 40 visits and takes away 3 repairs (roads)``.

    Each level comes with its unit, the name of its outcome and the decimals with which it is shown.
    """
    words: dict[str, list[str]] = {}
    for value, unit, name, places in sorted(levels, key=lambda level: level[0] < 0):
        verb = "takes away" if value < 0 else "brings"
        words.setdefault(verb, []).append(counted(numbers, abs(value), unit, name, decimals=places))
    return " and ".join(f"{verb} {join_words(said)}" for verb, said in words.items())


_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "lives": "life", "wives": "wife",
    "halves": "half", "feet": "foot", "teeth": "tooth", "mice": "mouse", "analyses": "analysis", "crises": "crisis",
    "bases": "base", "cases": "case", "houses": "house", "buses": "bus", "criteria": "criterion", "FTEs": "FTE",
}  # fmt: skip
_UNCHANGED = {"series", "species", "basis", "analysis", "access", "progress", "bus", "gas", "status", "address"}
_AFTER_HEAD = {
    "of", "per", "in", "with", "without", "for", "at", "by", "to", "on", "from", "who", "that", "below", "above",
    "under", "over", "within", "not", "and", "or", "a", "an",
}  # fmt: skip


def singular(unit: str) -> str:
    """Return a unit, given in the plural, as it is said of one: ``overdue repairs`` becomes ``overdue repair``.

    The head of the phrase is changed: the last plural before ``of``, ``per`` and the like. A word that is no
    plural of a known form stays as it is.
    """
    words = unit.split(" ")
    end = next((at for at, word in enumerate(words) if at and word.lower() in _AFTER_HEAD), len(words))
    for at in range(end - 1, -1, -1):
        one = _singular_word(words[at])
        if one != words[at]:
            return " ".join([*words[:at], one, *words[at + 1 :]])
    return unit


def _singular_word(word: str) -> str:
    start, hyphen, last = word.rpartition("-")
    if hyphen:
        return f"{start}-{_singular_word(last)}"
    lower = word.lower()
    irregular = _IRREGULAR.get(word, _IRREGULAR.get(lower))
    if irregular is not None:
        return irregular.capitalize() if word[:1].isupper() and not word.isupper() and word != "FTEs" else irregular
    if lower in _UNCHANGED or not lower.endswith("s") or lower.endswith(("ss", "us", "is")) or len(word) < 3:
        return word
    if lower.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if lower.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
