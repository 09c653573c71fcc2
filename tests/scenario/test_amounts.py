"""Amounts, numbers and shares as people write them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.scenario.amounts import (
    Amount,
    AmountOrShare,
    Number,
    NumberOrShare,
    PositiveAmount,
    ReserveAmount,
    Share,
    ShareOf,
    SignedAmount,
    parse_number,
)

WRITTEN = [
    ("4_200_000", 4_200_000),
    ("4,200,000", 4_200_000),
    ("4200000", 4_200_000),
    ("$4.2M", 4_200_000),
    ("4.2 m", 4_200_000),
    ("350k", 350_000),
    ("350K", 350_000),
    ("1.2B", 1_200_000_000),
    ("1e6", 1_000_000),
    ("1.5E-3", 0.0015),
    (".5", 0.5),
    ("0", 0),
    ("0.10", 0.1),
    ("+7", 7),
    ("  12  ", 12),
    ("1,234.56", 1234.56),
    (4_200_000, 4_200_000),
    (0.21, 0.21),
    (np.int64(7), 7),
    (np.float64(0.5), 0.5),
    (Decimal("12.5"), 12.5),
]


@pytest.mark.parametrize(("written", "meant"), WRITTEN)
def test_an_amount_is_read_as_it_is_meant(written: Any, meant: float) -> None:
    assert parse_number(written) == meant
    assert TypeAdapter(Amount).validate_python(written) == meant


def test_suffixes_add_no_binary_rounding() -> None:
    assert 1.005 * 1e3 != 1_005
    assert parse_number("1.005k") == 1_005
    assert 16.67 / 100 != 0.1667 or 0.07 * 100 != 7
    assert TypeAdapter(ShareOf).validate_python("16.67%") == 0.1667


NO_AMOUNTS: list[Any] = [
    *("M", "4.2.1", "4_", "_4", "4__2", "42,00", "1,2345", "0x1F", "0o17", "012", "-012", "00", "000", "00.5"),
    *("nan", "inf", "-inf", "1e", "1e9999999", "1e999", "4.2T", "4.2MM", "10%", "(10)", "10.000.000", "4,5"),
    *("", "4.2 million", "€5", "5 EUR", "five", "٣", "４２", "1 000", "1" * 500),
    *(True, False, None, [], {}, (1,), object(), float("nan"), float("inf"), 10**400),
]


@pytest.mark.parametrize("written", NO_AMOUNTS, ids=lambda value: repr(value)[:20])
def test_what_is_no_amount_is_refused(written: Any) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        parse_number(written)
    assert caught.value.context is not None
    assert caught.value.context["expected"]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("0012", "write 12 if you mean the number"),
        ("000", "write 0 if you mean the number; if it is the end of one such as 60,000, write 60_000"),
        ("-012k", "write -12k if you mean the number"),
        ("10%", "a share is not possible here; write the amount itself"),
        ("(10M)", "brackets are not read as a minus sign; write the sign"),
        ("10.000.000", "a comma separates thousands and a point the decimals"),
        ("4,5", "a comma separates thousands and a point the decimals"),
        ("4.2 million", "the letters are k (thousand), M (million) and B (billion)"),
        ("5 EUR", "write the number alone: the scenario's `currency` says what it is in"),
        ("whatever", ""),
    ],
)
def test_a_hint_says_how_to_mend_it(written: str, hint: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        parse_number(written)
    assert caught.value.context is not None
    assert caught.value.context["hint"] == hint


DECIMALS = st.decimals(min_value=0, max_value=10**8, places=4, allow_nan=False, allow_infinity=False)


@given(DECIMALS, st.sampled_from([("", 0), ("k", 3), ("K", 3), ("M", 6), ("m", 6), ("B", 9), ("b", 9)]), st.booleans())
def test_reading_agrees_with_decimal_arithmetic(number: Decimal, suffix: tuple[str, int], underscores: bool) -> None:
    letters, zeros = suffix
    text = f"{number:,}"
    text = text.replace(",", "_") if underscores else text
    assert parse_number(f"{text}{letters}") == float(number * Decimal(10) ** zeros)


SIZES = st.floats(1e-18, 1e18)


@given(st.one_of(SIZES, SIZES.map(lambda size: -size), st.just(0.0)))
def test_the_digits_of_any_number_are_read_back(number: float) -> None:
    text = repr(number)
    assume(not text.lstrip("-").startswith("00"))
    assert parse_number(text) == number


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        number = parse_number(text)
    except PydanticCustomError:
        return
    assert math.isfinite(number)


KINDS = {
    "amount": (Amount, ["4.2M", 0, "1e3", "0.005"]),
    "signed": (SignedAmount, ["-4.2M", 12]),
    "positive": (PositiveAmount, ["1", "0.01"]),
    "number": (Number, [-3, "0.21", "1_150"]),
    "share": (ShareOf, ["16%", 0.16, "16.67%", "0%", "125%", 1, "33.333333333%", ".5%"]),
    "amount or share": (AmountOrShare, ["16%", "350k", "0.5%"]),
    "number or share": (NumberOrShare, ["16%", -2, "12.5%"]),
    "reserve": (ReserveAmount, ["16%", "350k", 0, "60 days", "1 month", "2.5 Months", "30days"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_written_without_loss_and_known_to_the_schema(kind: str) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(KINDS[kind][0])
    schema = adapter.json_schema()
    for written in KINDS[kind][1]:
        value = adapter.validate_python(written)
        again = adapter.validate_python(adapter.dump_python(value))
        assert again == value
        assert isinstance(again, Share) == isinstance(value, Share)
        jsonschema.validate(written, schema)
        jsonschema.validate(adapter.dump_python(value, mode="json"), schema)


@given(st.one_of(st.floats(1e-16, 1e6), st.just(0.0)))
def test_any_share_is_written_without_loss(value: float) -> None:
    adapter: TypeAdapter[Share] = TypeAdapter(ShareOf)
    written = adapter.dump_python(Share(value))
    assert isinstance(written, str)
    assert adapter.validate_python(written) == value


@given(st.one_of(st.floats(1e-18, 1e15), st.just(0.0)))
def test_any_amount_is_written_without_loss(value: float) -> None:
    adapter: TypeAdapter[float] = TypeAdapter(Amount)
    assert adapter.validate_python(adapter.dump_python(value)) == value


@given(st.decimals(min_value=0, max_value=1000, places=6, allow_nan=False, allow_infinity=False))
def test_a_percentage_is_the_nearest_float_to_a_hundredth(number: Decimal) -> None:
    assert TypeAdapter(ShareOf).validate_python(f"{number}%") == float(number / 100)


@pytest.mark.parametrize("written", [15, 1.5, "2", "-5%", -0.1, "1e1%", "5k%", "%", "$5%", "a%", True])
def test_what_is_no_share_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ShareOf).validate_python(written)


def test_a_share_above_one_needs_its_sign() -> None:
    with pytest.raises(ValidationError, match="15 as a share could mean 15% or 15 times"):
        TypeAdapter(ShareOf).validate_python(15)
    assert TypeAdapter(ShareOf).validate_python("1500%") == 15


@pytest.mark.parametrize(
    ("kind", "written"), [(Amount, "-1"), (PositiveAmount, 0), (PositiveAmount, -3), (AmountOrShare, -1)]
)
def test_signs_that_make_no_sense_are_refused(kind: Any, written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(written)


@pytest.mark.parametrize(
    ("written", "share"), [("60 days", 60 / 365), ("1 day", 1 / 365), ("2 months", 1 / 6), (" 1.5 months ", 0.125)]
)
def test_days_and_months_are_parts_of_a_year(written: str, share: float) -> None:
    found = TypeAdapter(ReserveAmount).validate_python(written)
    assert isinstance(found, Share)
    assert found == share


@pytest.mark.parametrize("written", ["two months", "-2 months", "60 dayss", "days", "2 months of spending"])
def test_what_is_no_time_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValidationError, match="is not a number of days or months"):
        TypeAdapter(ReserveAmount).validate_python(written)


def test_a_share_shows_itself_as_a_percentage_and_calculates_as_a_number() -> None:
    assert str(Share(0.16)) == repr(Share(0.16)) == "16%"
    assert str(Share(1 / 3)) == "33.33333333%"
    assert Share(0.5) * 10 == 5
