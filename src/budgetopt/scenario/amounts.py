"""Amounts of money, plain numbers and shares, as people write them in a budget.

``4_200_000``, ``4,200,000``, ``$4.2M``, ``350k`` and ``1.2B`` are amounts; ``16%`` and ``0.16`` are shares. What could
mean two things is refused with a hint, never guessed.
"""

from __future__ import annotations

import math
import numbers
import re
from decimal import Decimal
from typing import Annotated, Any, TypeGuard

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from budgetopt.scenario.words import refuse, shown

__all__ = [
    "LEAST", "MOST", "Amount", "AmountOrShare", "HighShare", "Number", "NumberOrShare", "PositiveAmount",
    "ReserveAmount", "Share", "ShareOf", "SignedAmount", "SignedShare", "is_duration", "is_number", "parse_number",
]  # fmt: skip

_EXPONENTS = {"": 0, "k": 3, "m": 6, "b": 9}
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\$?(?P<whole>[0-9]+(?:_[0-9]+)*|[0-9]{1,3}(?:,[0-9]{3})+|(?=\.[0-9]))(?P<fraction>\.[0-9]+)?"
    r"(?:e(?P<exponent>[-+]?[0-9]{1,6}))?\s?(?P<suffix>[kmb]?)",
    re.IGNORECASE,
)
MOST_TIMES = 10
"""A high estimate of more times the effect than this is written with a percent sign: 20 may have been meant as 120%."""
LEAST, MOST = 1e-18, 1e18
"""The least and the greatest size of a number that is not zero: beyond, sums and products lose their digits."""
_LONGEST = 400
"""No number of a budget has so many characters."""


class Share(float):
    """A share of something, as a fraction: ``Share(0.16)`` is 16%.

    It is a float, so that it calculates, and a type of its own, so that a limit knows whether it is dollars or a
    share of them.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{round(float(self) * 100, 10):.10g}%"


def parse_number(value: object, what: str = "an amount", text: str = "") -> float:
    """Return the number that a value of a file stands for; refuse what is not finite or could be read in two ways.

    A message says ``what`` is being read, and shows ``text`` in place of a value that is only a part of the text.
    """
    if isinstance(value, str):
        number = _from_text(value.strip(), what, text or value.strip())
    elif isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool):
        try:
            number = float(value) or _no_zero(bool(value))
        except OverflowError:
            number = math.inf
    else:
        raise refuse("number", "{shown} is not {what}", _expected(what), shown=shown(value), what=what)
    if not math.isfinite(number):
        raise refuse("not-finite", "{shown} is not {what}", "a finite number", shown=text or shown(value), what=what)
    if number and not LEAST <= abs(number) <= MOST:
        size, hint = "large", "a limit that never binds is best left out"
        if abs(number) < LEAST:
            size, hint = "small", "what is nothing is best written as 0 or left out"
        message = "{shown} is too {size} to be calculated with"
        expected = f"0, or a number between {LEAST:g} and {MOST:g} in size"
        raise refuse("magnitude", message, expected, hint, shown=text or shown(value), size=size)
    return number


def _expected(what: str) -> str:
    if "share" in what:
        return "a share such as 16% or 0.16"
    return "an amount such as 4_200_000, 4.2M or 350k" if "amount" in what else "a number such as 12, 0.21 or 1_150"


def _from_text(number: str, what: str, text: str) -> float:
    match = _NUMBER.fullmatch(number) if len(number) <= _LONGEST else None
    if match is None:
        raise refuse("number", "{shown} is not {what}", _expected(what), _hint(text), shown=shown(text), what=what)
    whole = match["whole"]
    if len(whole) > 1 and whole[0] == "0":
        message = "{shown} begins with a zero, as codes and octal numbers do"
        number = text.replace(whole, whole.lstrip("0_,") or "0", 1)
        hint = f"write {number} if you mean the number"
        if re.fullmatch("0[0-9]{2}", text):
            hint += "; if it is the end of one such as 60,000, write 60_000"
        raise refuse("leading-zero", message, _expected(what), hint, shown=shown(text))
    digits = whole.replace("_", "").replace(",", "") or "0"
    # 4.2M is read as 4.2e6, not 4.2 * 1e6, so that no binary rounding is added to what was written
    exponent = int(match["exponent"] or 0) + _EXPONENTS[match["suffix"].lower()]
    mantissa = f"{digits}{match['fraction'] or ''}"
    return float(f"{match['sign']}{mantissa}e{exponent}") or _no_zero(bool(mantissa.strip("0.")))


def _no_zero(has_digits: bool) -> float:
    """Return zero, or the least number there is for what is not zero and smaller than that."""
    return math.ulp(0.0) if has_digits else 0.0


def _hint(text: str) -> str:
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
        return "a share is not possible here; write the amount itself"
    if re.fullmatch(r"\(\s*[$\d.,]+\s*[kmb]?\s*\)", text, re.IGNORECASE):
        return "brackets are not read as a minus sign; write the sign"
    if re.fullmatch(r"[-+]?\$?\d+,\d{1,2}\s?[kmb%]", text, re.IGNORECASE):
        return f"a comma separates thousands and a point the decimals: write {text.replace(',', '.')}"
    if re.fullmatch(r"[-+]?\$?\d{1,3}(\.\d{3})+(,\d+)?", text) or re.fullmatch(r"[-+]?\$?\d+,\d{1,2}", text):
        return "a comma separates thousands and a point the decimals"
    if re.fullmatch(r"[-+]?\$?\d+(,\d*)+(\.\d+)?\s?[kmb%]?", text, re.IGNORECASE):
        return "commas stand between groups of three digits: 4,200,000"
    if re.fullmatch(r"[-+]?\$?\d{1,3}([ '’\u00a0\u202f]\d{3})+", text):
        return f"thousands are separated by underscores or commas: write {re.sub('[^-+$0-9]', '_', text)}"
    if re.fullmatch(r"[-+]?[$]?[\d.,_]+\s?(t|bn|mn|mm|mio|mrd|million|billion|thousand)", text, re.IGNORECASE):
        return "the letters are k (thousand), M (million) and B (billion)"
    if re.fullmatch(r"[A-Z€£¥]{1,3}\s?[-+\d.,_]+\s?[kKmMbB]?|[-+\d.,_]+\s?[kKmMbB]?\s?([A-Z]{3}|[€£¥])", text):
        return "write the number alone: the scenario's `currency` says what it is in"
    return ""


def _amount(value: object) -> float:
    number = parse_number(value)
    if number < 0:
        raise refuse("negative", "{value} is negative", "an amount of zero or more", value=str(value))
    return number


def _positive_amount(value: object) -> float:
    number = parse_number(value)
    if number <= 0:
        raise refuse("not-positive", "{value} is not above zero", "an amount above zero", value=str(value))
    return number


def _is_share(value: object) -> bool:
    return isinstance(value, Share) or (isinstance(value, str) and value.strip().endswith("%"))


def _share(value: object) -> Share:
    if isinstance(value, str) and value.strip().endswith("%"):
        text = value.strip()
        number = text[:-1].strip()
        parse_number(number, "a share", text)
        if not re.fullmatch(r"[-+]?[0-9_,]*\.?[0-9]+", number):
            raise refuse("number", "{shown} is not a share", _expected("a share"), shown=shown(text))
        # 16.67% is read as 0.1667 itself, not as 16.67 / 100
        share = Share(float(number.replace("_", "").replace(",", "") + "e-2"))
    else:
        share = Share(parse_number(value, "a share"))
        if share > 1 and not isinstance(value, Share):
            percent = f"{float(share) * 100:g}"
            message, hint = "{value} as a share could mean {value}% or {value} times", f"write {value}%, or {percent}%"
            raise refuse("ambiguous-share", message, _expected("a share"), hint, value=str(value))
    if share < 0:
        raise refuse("negative", "{value} is negative", "a share of zero or more", value=str(value))
    return share


def _high_share(value: object) -> Share:
    """Return the share of a high estimate: it is 100% or more, so that 1.25 can only be 125%."""
    if not _is_share(value) and 1 < (number := parse_number(value, "a share")) < 100:
        if number > MOST_TIMES:
            message, expected = (
                "{value} as a high estimate is {value} times the effect",
                "100% or more, such as 125% or 1.25",
            )
            raise refuse("ambiguous-share", message, expected, f"write {number * 100:g}% if it is", value=str(value))
        return Share(number)
    return _share(value)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _signed_share(value: object) -> Share:
    if isinstance(value, str) and value.strip().startswith("-"):
        return Share(-_share(value.strip()[1:].strip()))
    if is_number(value) and value < 0:
        return value if isinstance(value, Share) else Share(-_share(-value))
    return _share(value)


def _amount_or_share(value: object) -> float:
    return _share(value) if _is_share(value) else _amount(value)


def _number_or_share(value: object) -> float:
    return _share(value) if _is_share(value) else parse_number(value, "a number")


def _write(value: float) -> Any:
    """Serialize without loss: shares as a text with %, whole numbers without a decimal point."""
    if isinstance(value, Share):
        # the shortest decimal that is this very float, its point moved by two places
        return f"{Decimal(repr(float(value))).scaleb(2).normalize():f}%"
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)


_DURATION = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s?(?P<unit>days?|months?)", re.IGNORECASE)
_OF_A_YEAR = {"d": 365, "m": 12}


def is_duration(value: object) -> bool:
    """Return whether a value is a number of days or months: ``60 days``, ``2 months``."""
    return isinstance(value, str) and _DURATION.fullmatch(value.strip()) is not None


def _reserve_amount(value: object) -> float:
    if isinstance(value, str) and (found := _DURATION.fullmatch(value.strip())) is not None:
        # a day is a 365th of a year, a month a twelfth
        return Share(float(found["number"]) / _OF_A_YEAR[found["unit"][0].lower()])
    if isinstance(value, str) and re.search("day|month", value, re.IGNORECASE):
        message, expected = "{shown} is not a number of days or months", "60 days, or 2 months"
        raise refuse("duration", message, expected, "write the number in digits", shown=shown(value))
    return _amount_or_share(value)


_DIGITS = r"([0-9][0-9_,]*(\.[0-9]+)?|\.[0-9]+)"
_TEXT = {"type": "string", "pattern": rf"^[-+]?\$?{_DIGITS}([eE][-+]?[0-9]+)?\s?[kKmMbB]?$"}
_TEXT_SHARE = {"type": "string", "pattern": rf"^[-+]?{_DIGITS}\s?%$"}


def _schema(minimum: str | None, *, text: bool = True, share: bool = False, only_share: bool = False) -> WithJsonSchema:
    number: dict[str, Any] = {"type": "number"}
    if minimum:
        number[minimum] = 0
    if only_share:
        number["maximum"] = 1
    options = [number]
    if text:
        options.append(_TEXT)
    if share or only_share:
        options.append(_TEXT_SHARE)
    return WithJsonSchema({"anyOf": options})


_as_written = PlainSerializer(_write, when_used="always")

Number = Annotated[float, PlainValidator(lambda value: parse_number(value, "a number")), _as_written, _schema(None)]
"""Any finite number."""
SignedAmount = Annotated[float, PlainValidator(lambda value: parse_number(value)), _as_written, _schema(None)]
"""Dollars, of either sign."""
Amount = Annotated[float, PlainValidator(_amount), _as_written, _schema("minimum")]
"""Dollars, zero or more."""
PositiveAmount = Annotated[float, PlainValidator(_positive_amount), _as_written, _schema("exclusiveMinimum")]
"""Dollars, above zero."""
ShareOf = Annotated[float, PlainValidator(_share), _as_written, _schema("minimum", text=False, only_share=True)]
"""A share, held as a :class:`Share`."""
HighShare = Annotated[float, PlainValidator(_high_share), _as_written, _schema("minimum", text=False, share=True)]
"""The share of a high estimate, held as a :class:`Share`; a number up to 10 is so many times the effect."""
_signed_schema = WithJsonSchema({"anyOf": [{"type": "number", "minimum": -1, "maximum": 1}, _TEXT_SHARE]})
SignedShare = Annotated[float, PlainValidator(_signed_share), _as_written, _signed_schema]
"""A share of either sign, held as a :class:`Share`."""
AmountOrShare = Annotated[float, PlainValidator(_amount_or_share), _as_written, _schema("minimum", share=True)]
"""Dollars, or a share of the baseline held as a :class:`Share`."""
_reserve_schema = WithJsonSchema(
    {
        "anyOf": [
            {"type": "number", "minimum": 0},
            _TEXT,
            _TEXT_SHARE,
            {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?\s?([dD]ays?|[mM]onths?)$"},
        ]
    }
)
ReserveAmount = Annotated[float, PlainValidator(_reserve_amount), _as_written, _reserve_schema]
"""Dollars, or a share held as a :class:`Share`: with a percent sign, or as days or months of a year."""
NumberOrShare = Annotated[float, PlainValidator(_number_or_share), _as_written, _schema(None, share=True)]
"""A number in the unit of what is summed, or a share held as a :class:`Share`."""
