"""Amounts of money, plain numbers and shares, as people write them in a budget.

``4_200_000``, ``4,200,000``, ``$4.2M``, ``350k`` and ``1.2B`` are amounts; ``16%`` and ``0.16`` are shares. What could
mean two things is refused with a hint, never guessed.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import PlainValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

__all__ = [
    "Amount",
    "AmountOrShare",
    "Number",
    "NumberOrShare",
    "PositiveAmount",
    "Share",
    "ShareOf",
    "SignedAmount",
    "parse_number",
]

_EXPONENTS = {"": 0, "k": 3, "m": 6, "b": 9}
_NUMBER = re.compile(
    r"^(?P<sign>[-+]?)\$?(?P<whole>\d+(?:_\d+)*|\d{1,3}(?:,\d{3})+|(?=\.\d))(?P<fraction>\.\d+)?(?:e(?P<exponent>[-+]?\d+))?"
    r"\s?(?P<suffix>[kmb]?)$",
    re.IGNORECASE,
)
_YAML_1_1_BOOLEANS = {"yes", "no", "on", "off", "y", "n"}


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


def parse_number(value: object, what: str = "an amount") -> float:
    """Return the number that a value of a file stands for.

    Parameters
    ----------
    value
        A number, or a text such as ``4_200_000``, ``4,200,000``, ``$4.2M``, ``350k`` or ``1e6``.
    what
        What is being read, for the message.

    Raises
    ------
    PydanticCustomError
        If it is no finite number, or could be read in two ways.
    """
    if isinstance(value, bool) or value is None:
        shown = "nothing" if value is None else str(value).lower()
        raise PydanticCustomError("number", "{shown} is not {what}", {"shown": shown, "what": what, "expected": _expected(what)})
    if isinstance(value, int | float):
        number = float(value)
    elif isinstance(value, str):
        number = _from_text(value.strip(), what)
    else:
        kind = {"dict": "a mapping", "list": "a list", "tuple": "a list"}.get(type(value).__name__, type(value).__name__)
        raise PydanticCustomError("number", "{kind} is not {what}", {"kind": kind, "what": what, "expected": _expected(what)})
    if not math.isfinite(number):
        raise PydanticCustomError(
            "not-finite", "{value} is not {what}", {"value": repr(value).strip("'"), "what": what, "expected": "a finite number"}
        )
    return number


def _expected(what: str) -> str:
    if "share" in what:
        return "a share such as 16% or 0.16"
    return "an amount such as 4_200_000, 4.2M or 350k" if "amount" in what else "a number such as 12, 0.21 or 1_150"


def _from_text(text: str, what: str) -> float:
    match = _NUMBER.match(text)
    if match is None:
        context = {"text": text, "what": what, "expected": _expected(what), "hint": _hint(text)}
        raise PydanticCustomError("number", "'{text}' is not {what}", context)
    whole = match["whole"]
    if len(whole) > 1 and whole[0] == "0" and whole.strip("0_,"):
        raise PydanticCustomError(
            "leading-zero",
            "'{text}' begins with a zero, so it may be a code, an octal number or {what}",
            {"text": text, "what": what, "expected": _expected(what), "hint": f"write {text.lstrip('0')} if you mean the number"},
        )
    digits = whole.replace("_", "").replace(",", "") or "0"
    # 4.2M is read as 4.2e6, not 4.2 * 1e6, so that no binary rounding is added to what was written
    exponent = int(match["exponent"] or 0) + _EXPONENTS[match["suffix"].lower()]
    return float(f"{match['sign']}{digits}{match['fraction'] or ''}e{exponent}")


def _hint(text: str) -> str:
    if text.endswith("%"):
        return "a share is not possible here; write the amount itself"
    if re.fullmatch(r"\(\s*[$\d.,]+\s*\)", text):
        return "brackets are not read as a minus sign; write the sign"
    if re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?", text) or re.fullmatch(r"[-+]?\d+,\d{1,2}", text):
        return "a comma separates thousands and a point the decimals"
    if re.fullmatch(r"[-+]?[$]?[\d.,_]+\s?(t|bn|mn|mm|mio|mrd|million|billion|thousand)", text, re.IGNORECASE):
        return "the letters are k (thousand), M (million) and B (billion)"
    if text.casefold() in _YAML_1_1_BOOLEANS:
        return "in YAML 1.2 this is a word, not true or false"
    return ""


def _amount(value: object) -> float:
    number = parse_number(value)
    if number < 0:
        raise PydanticCustomError("negative", "{value} is negative", {"value": str(value), "expected": "an amount of zero or more"})
    return number


def _positive_amount(value: object) -> float:
    number = parse_number(value)
    if number <= 0:
        raise PydanticCustomError("not-positive", "{value} is not above zero", {"value": str(value), "expected": "an amount above zero"})
    return number


def _share(value: object) -> Share:
    if isinstance(value, Share):
        return value
    if isinstance(value, str) and value.strip().endswith("%"):
        number = parse_number(value.strip()[:-1].strip(), "a share")
        # 16.67% is read as 0.1667 itself, not as 16.67 / 100
        text = value.strip()[:-1].strip().replace("_", "").replace(",", "")
        share = Share(float(f"{text}e-2")) if re.fullmatch(r"[-+]?\d*\.?\d+", text) else Share(number / 100)
    else:
        share = Share(parse_number(value, "a share"))
        if share > 1:
            raise PydanticCustomError(
                "ambiguous-share",
                "{value} as a share could mean {value}% or {value} times",
                {"value": str(value), "expected": "a share such as 16% or 0.16", "hint": f"write {value}%, or {float(share) * 100:g}%"},
            )
    if share < 0:
        raise PydanticCustomError("negative", "{value} is negative", {"value": str(value), "expected": "a share of zero or more"})
    return share


def _amount_or_share(value: object) -> float:
    if isinstance(value, Share) or (isinstance(value, str) and value.strip().endswith("%")):
        return _share(value)
    return _amount(value)


def _number_or_share(value: object) -> float:
    if isinstance(value, Share) or (isinstance(value, str) and value.strip().endswith("%")):
        return _share(value)
    return parse_number(value, "a number")


def _write(value: float) -> Any:
    """Serialize without loss: shares as a text with %, whole numbers without a decimal point."""
    if isinstance(value, Share):
        return str(value)
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)


_TEXT = {"type": "string", "pattern": r"^[-+]?\$?[0-9][0-9_,]*(\.[0-9]+)?([eE][-+]?[0-9]+)?\s?[kKmMbB]?$"}
_TEXT_SHARE = {"type": "string", "pattern": r"^[0-9][0-9_]*(\.[0-9]+)?\s?%$"}


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


def _number(value: object) -> float:
    return parse_number(value, "a number")


_as_written = PlainSerializer(_write, when_used="always")

Number = Annotated[float, PlainValidator(_number), _as_written, _schema(None)]
"""Any finite number."""
SignedAmount = Annotated[float, PlainValidator(parse_number), _as_written, _schema(None)]
"""Dollars, of either sign."""
Amount = Annotated[float, PlainValidator(_amount), _as_written, _schema("minimum")]
"""Dollars, zero or more."""
PositiveAmount = Annotated[float, PlainValidator(_positive_amount), _as_written, _schema("exclusiveMinimum")]
"""Dollars, above zero."""
ShareOf = Annotated[float, PlainValidator(_share), _as_written, _schema("minimum", text=False, only_share=True)]
"""A share, held as a :class:`Share`."""
AmountOrShare = Annotated[float, PlainValidator(_amount_or_share), _as_written, _schema("minimum", share=True)]
"""Dollars, or a share of the baseline held as a :class:`Share`."""
NumberOrShare = Annotated[float, PlainValidator(_number_or_share), _as_written, _schema(None, share=True)]
"""A number in the unit of what is summed, or a share held as a :class:`Share`."""
