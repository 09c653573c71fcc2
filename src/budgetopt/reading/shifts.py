"""New values and shifts: one rule for extending files, ``Scenario.with_`` and ``--set``.

A text that begins with a sign shifts the value that stands there: ``-5%``, ``+2M``, ``-300k``. ``*0.95`` multiplies it.
Any other value takes its place; ``=`` in front says so where a sign would be read as a shift: ``=-4`` is minus four.
A share cannot be shifted by a sign, since 5% less of 16% may be 15.2% or 11%: it is multiplied, or set anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.checks.findings import named
from budgetopt.errors import Place, Problem
from budgetopt.scenario.amounts import Share, SignedShare, parse_number
from budgetopt.scenario.keys import Slot
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.words import listed, refuse, shown

__all__ = ["Shift", "nothing_to_shift", "read_shift", "spread_growth"]

_PERCENT = re.compile(r"[-+](?:[0-9][0-9_,]*(?:\.[0-9]+)?|\.[0-9]+)\s?%")
_FACTOR = re.compile(r"\*\s?[0-9]+(?:\.[0-9]+)?\s?%?")


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of a number relative to what it is, ``value * times + plus``, and its text as it was written."""

    text: str
    times: Fraction = Fraction(1)
    plus: float = 0.0

    @property
    def is_signed(self) -> bool:
        """Whether it was written with a sign, so that of a share it could mean two things."""
        return self.text[0] in "+-"

    def of(self, values: Floats, shares: Bools | None = None) -> Floats:
        """Return the shifted values; shape as ``values``. A share is not shifted by a sign: that is refused."""
        if shares is not None and shares.any() and self.is_signed:
            raise self._ambiguous(Share(values[int(np.argmax(shares))]))
        if self.plus:
            return values + self.plus
        # numerator and denominator apart: amounts in whole dollars come out as a calculator on paper has them
        return values * float(self.times.numerator) / float(self.times.denominator)

    def of_value(self, value: Any) -> Any:
        """Return one shifted value, as plain text or number; refuse what is no number, and as :meth:`of` does."""
        if isinstance(value, str) and value.strip().endswith("%"):
            text = value.strip()[:-1].strip()
            is_plain = re.fullmatch(r"[-+]?[0-9]*\.?[0-9]+", text) is not None
            value = Share(float(Decimal(text).scaleb(-2)) if is_plain else parse_number(text, "a share") / 100)
        if isinstance(value, Share):
            return Share(self.of(np.array([value]), np.ones(1, dtype=bool))[0])
        number = float(self.of(np.array([parse_number(value, "a number that can be shifted")]))[0])
        return int(number) if number.is_integer() and abs(number) < 2**53 else number

    def _ambiguous(self, share: Share) -> PydanticCustomError:
        hint = ""
        if self.plus == 0:
            less = Share(float(share) + float(self.times) - 1)
            of_it = Share(float(share) * float(self.times))
            # what would be below zero with so much taken off may be meant to be below zero
            itself = less if less >= 0 else self.text.strip()
            hint = f"write *{float(self.times):g} for {of_it}, or ={itself}"
        expected = "for a share, a factor such as *0.95, or the new share itself"
        message = "{shift} of {share} could mean two things"
        return refuse("ambiguous-shift", message, expected, hint, shift=self.text, share=str(share))


def read_shift(value: object) -> Shift | None:
    """Return the shift that a value asks for, or None if it is a new value; refuse what only begins like a shift."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text[:1] == "*":
        if _FACTOR.fullmatch(text) is None:
            raise refuse("shift", "{shown} is no factor", "a factor such as *0.95", shown=shown(text))
        number = text[1:].strip()
        return Shift(text, Fraction(number.rstrip("%").strip()) / (100 if number.endswith("%") else 1))
    if re.match(r"[-+]\$?\.?[0-9]", text) is None:
        return None
    if text.endswith("%"):
        if _PERCENT.fullmatch(text) is None:
            raise refuse("shift", "{shown} is no shift", "a shift such as -5% or +2M", shown=shown(text))
        percent = Fraction(re.sub(r"[_,\s%]", "", text))
        if percent < -100:
            raise refuse("shift", "{shown} takes away more than there is", "-100% or more", shown=shown(text))
        return Shift(text, 1 + percent / 100)
    return Shift(text, plus=parse_number(text, "a shift"))


def nothing_to_shift(shift: Shift, slot: Slot, path: Path, place: Place | None, beside: Sequence[str] = ()) -> Problem:
    """Return the problem that a shift has nothing to shift at a path.

    ``beside`` are the keys of numbers that stand beside it, and could be meant.
    """
    number = shift.text.lstrip("+-*")
    hint = f"write ={number}" if shift.is_signed and slot.takes(number) else ""
    if beside:
        other = hint or f"give `{path[-1]}` a value of its own"
        hint = f"{named(path[:-1])} sets {listed(beside)}: shift that, or {other}"
    message = f"{named(path)}: there is nothing that '{shift.text}' could shift"
    return Problem("nothing-to-shift", message, place, "a value of its own", hint)


def spread_growth(fund: Mapping[str, Any], periods: Sequence[str]) -> dict[str, Any] | None:
    """Return a fund with its growth worked into an amount for each period; None if it has none to work in."""
    revenue, growth = fund.get("revenue"), fund.get("growth")
    if revenue is None or growth is None or isinstance(revenue, Mapping | list):
        return None
    try:
        amount = parse_number(revenue)
        rate = float(TypeAdapter(SignedShare).validate_python(growth))
    except (PydanticCustomError, ValidationError):
        return None  # what cannot be read is told when the whole is checked
    # a millionth of a dollar is below what anybody writes, and above what a computer's rounding leaves behind
    amounts = [round(amount * (1.0 + rate) ** at, 6) for at in range(len(periods))]
    grown = {period: int(one) if one.is_integer() else one for period, one in zip(periods, amounts, strict=True)}
    return {**{key: value for key, value in fund.items() if key != "growth"}, "revenue": grown}
