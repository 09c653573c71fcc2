from __future__ import annotations

import math
import re
from decimal import Decimal

import numpy as np
import pytest
from babel import Locale
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.report.figures.numbers import (
    DOLLAR,
    MILLION,
    Numbers,
    Unit,
    brought,
    counted,
    half_up,
    join_words,
    plural,
    rounded,
    significant,
    singular,
)

USD, CENT = Numbers(), Unit(0.01, 2)
finite = st.floats(min_value=-1e13, max_value=1e13, allow_nan=False)


@pytest.mark.parametrize(
    ("amount", "spoken", "short"),
    [
        (4_200_000, "$4.2 million", "$4.2M"),
        (1_234_567_890, "$1.23 billion", "$1.23B"),
        (2e12, "$2 trillion", "$2T"),
        (999_960, "$1 million", "$1M"),
        (999_499, "$999,000", "$999k"),
        (352_499, "$352,000", "$352k"),
        (12_345, "$12,300", "$12.3k"),
        (9_540.4, "$9,540", "$9.54k"),
        (1_000, "$1,000", "$1k"),
        (950, "$950", "$950"),
        (1.825, "$1.83", "$1.83"),
        (0.004, "$0.004", "$0"),
        (-0.004, "-$0.004", "$0"),
        (0, "$0", "$0"),
        (-300_000, "-$300,000", "-$300k"),
    ],
)
def test_money_is_said_as_a_person_would_say_it(amount: float, spoken: str, short: str) -> None:
    assert USD.spoken_money(amount) == spoken
    assert USD.short_money(amount) == short


def test_amounts_are_written_in_full_with_their_sign() -> None:
    assert USD.money(4_200_000) == "$4,200,000"
    assert USD.money(-1234.5, 2) == "-$1,234.50"
    assert USD.money(1234.5, signed=True) == "+$1,235"
    assert USD.money(0, signed=True) == "$0"
    assert Numbers("EUR", "\u2212").money(-5) == "\u2212€5"
    assert Numbers("CHF").money(5) == "CHF\u00a05"
    assert Numbers("").money(5) == "5"
    assert USD.money(math.inf) == "unlimited"


def test_a_currency_may_be_another_unit() -> None:
    hours = Numbers("hours")
    assert hours.money(18) == "18 hours"
    assert hours.spoken_money(1) == "1 hour"
    assert hours.spoken_money(-1_200_000) == "-1.2 million hours"
    assert hours.short_money(350_000) == "350k hours"
    assert hours.units(18, DOLLAR) == "18"
    assert Numbers("hours", space="\u00a0").spoken_money(2e6) == "2\u00a0million hours"


def test_what_is_no_number_is_said() -> None:
    assert USD.money(math.nan) == "n/a"


def test_amounts_of_a_table_count_in_its_unit() -> None:
    assert USD.units(123_456, CENT) == "$1,234.56"
    assert USD.units(123_456, DOLLAR) == "$123,456"
    assert USD.units(-7, MILLION, signed=True, symbol=False) == "-7"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1_234_567.0, "1,234,567"),
        (1234.5, "1,235"),
        (12.34, "12.3"),
        (1.0, "1"),
        (0.00421, "0.00421"),
        (400.0000000001, "400"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_quantities_show_the_digits_that_matter(value: float, shown: str) -> None:
    assert USD.quantity(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.125, "12.5%"), (0.03, "3%"), (-0.0004, "0%"), (1.12558, "112.6%"), (math.nan, "n/a"), (0.99999, "100%")],
)
def test_shares_are_percents(share: float, shown: str) -> None:
    assert USD.share(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0%"),
        (1e-4, "0.01%"),
        (0.07, "7%"),
        (0.005, "0.5%"),
        (0.00123, "0.13%"),
        (1.91e-6, "0.0002%"),
        (9.96e-7, "0.0001%"),
        (1.23456, "123.46%"),
        (float("nan"), "n/a"),
    ],
)
def test_what_a_share_is_at_most_is_never_rounded_down(share: float, shown: str) -> None:
    assert USD.most_share(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.125, "12.5%"), (0.0005, "0.1%"), (0.00049, "0.05%"), (1.7e-4, "0.02%"), (9.6e-5, "0.01%"), (0.0, "0%"),
     (2e-6, "0.0002%"), (1e-9, "0%")],
)  # fmt: skip
def test_a_share_in_a_sentence_shows_its_first_digit(share: float, shown: str) -> None:
    assert USD.said_share(share) == shown
    assert USD.said_share(-share, signed=True) == (f"-{shown}" if shown != "0%" else shown)


def test_a_share_shows_its_sign_when_asked() -> None:
    assert USD.share(0.4, signed=True) == "+40%"
    assert USD.share(0.0, signed=True) == "0%"


@pytest.mark.parametrize(
    ("units", "one"),
    [
        ("households", "household"),
        ("overdue repairs", "overdue repair"),
        ("injuries", "injury"),
        ("people", "person"),
        ("children served", "child served"),
        ("million pounds removed", "million pound removed"),
        ("grams of calcium", "gram of calcium"),
        ("hours of services", "hour of services"),
        ("person-years", "person-year"),
        ("lives", "life"),
        ("bus passes", "bus pass"),
        ("inches", "inch"),
        ("boxes", "box"),
        ("Visits", "Visit"),
        ("People", "Person"),
        ("FTE", "FTE"),
        ("FTEs", "FTE"),
        ("series", "series"),
        ("access", "access"),
        ("cases", "case"),
        ("days without water", "day without water"),
        ("", ""),
    ],
)
def test_units_are_said_of_one(units: str, one: str) -> None:
    assert singular(units) == one


def test_a_unit_is_singular_only_where_one_is_shown() -> None:
    assert USD.with_unit(1, "visits") == "1 visit"
    assert USD.with_unit(-1, "visits") == "-1 visit"
    assert USD.with_unit(0, "visits") == "0 visits"
    assert USD.with_unit(1.04, "visits") == "1.04 visits"
    assert USD.with_unit(1.04, "visits", decimals=0) == "1 visit"
    assert USD.with_unit(2, "visits", signed=True) == "+2 visits"


def test_words_agree_with_their_count() -> None:
    assert plural(1, "program") == "1 program"
    assert plural(2000, "program") == "2,000 programs"
    assert plural(0, "effect says", "effects say") == "0 effects say"
    assert [join_words([]), join_words(["a"]), join_words(["a", "b"]), join_words(["a", "b", "c"], "or")] == [
        "",
        "a",
        "a and b",
        "a, b or c",
    ]


@given(finite, st.integers(0, 4), st.booleans())
def test_nothing_is_ever_minus_zero_and_every_number_reads_back(value: float, decimals: int, signed: bool) -> None:
    text = USD.number(value, decimals, signed=signed)
    assert re.fullmatch(r"[-+]?\d{1,3}(,\d{3})*(\.\d+)?", text)
    assert not re.fullmatch(r"[-+]0(\.0*)?", text)
    # half of the last place, and what the nearest float of a large number is off
    assert abs(float(text.replace(",", "")) - value) <= 0.5000001 * 10**-decimals + math.ulp(value)


halves = st.builds(lambda whole, places: whole / 10**places, st.integers(0, 10**12), st.integers(1, 8))


@given(halves | st.floats(min_value=0, max_value=1e22), st.integers(0, 6))
def test_numbers_are_rounded_half_up_as_they_are_written(size: float, decimals: int) -> None:
    assert half_up(size, decimals) == f"{rounded(size, decimals):,f}"


PAGE = Numbers("EUR", "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}")
WRITERS = [USD, PAGE, Numbers("INR", locale="en_IN"), Numbers("hours")]
measured = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(min_value=-2000, max_value=2000),
    st.builds(lambda whole, places: whole / 10**places, st.integers(-(10**6), 10**6), st.integers(0, 6)),
)


@given(st.sampled_from(WRITERS), st.lists(measured, max_size=4), st.booleans())
def test_many_numbers_are_written_as_each_is(numbers: Numbers, found: list[float], signed: bool) -> None:
    values = np.array(found)
    assert numbers.many_quantities(values) == [numbers.quantity(value) for value in found]
    assert numbers.many_shares(values, signed=signed) == [numbers.share(value, signed=signed) for value in found]
    assert numbers.many_with_unit(values, "visits") == [numbers.with_unit(value, "visits") for value in found]


@given(
    st.sampled_from(WRITERS),
    st.lists(st.integers(-3, 3) | st.integers(-(10**13), 10**13), max_size=4),
    st.sampled_from([DOLLAR, MILLION, CENT]),
    st.booleans(),
    st.booleans(),
)
def test_many_amounts_are_written_as_each_is(
    numbers: Numbers, amounts: list[int], unit: Unit, signed: bool, symbol: bool
) -> None:
    many = numbers.many_units(np.array(amounts, dtype=np.int64), unit, signed=signed, symbol=symbol)
    assert many == [numbers.units(amount, unit, signed=signed, symbol=symbol) for amount in amounts]


def test_a_small_number_is_written_out() -> None:
    assert [USD.quantity(1.28e-9), USD.unit_cost(-2.5e-12)] == ["0.00000000128", "-$0.0000000000025"]


@given(finite)
def test_every_way_of_writing_is_close_to_the_amount(value: float) -> None:
    letters = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    words = {"million": 1e6, "billion": 1e9, "trillion": 1e12}
    short = USD.short_money(value).replace("$", "").replace(",", "")
    number = float(short.rstrip("kMBT")) * letters.get(short[-1], 1)
    assert number == pytest.approx(value, rel=0.006, abs=0.0051)
    spoken, _, word = USD.spoken_money(value).replace("$", "").replace(",", "").partition(" ")
    assert float(spoken) * words.get(word, 1) == pytest.approx(value, rel=0.006, abs=0.0051)
    assert float(USD.quantity(value).replace(",", "")) == pytest.approx(value, rel=0.006, abs=1e-9)


@given(finite)
def test_rounding_is_away_from_zero_and_significant_digits_are_few(value: float) -> None:
    assert rounded(-value) == -rounded(value)
    assert len(f"{value:.{significant(value)}f}".lstrip("-0.").replace(".", "")) <= 14
    assert significant(value) == significant(-value)


def test_on_a_page_no_line_ends_between_a_sign_and_its_amount() -> None:
    page = Numbers("USD", "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}")
    assert page.spoken_money(-4_440_000) == "\N{MINUS SIGN}\N{WORD JOINER}$4.44\N{NO-BREAK SPACE}million"
    assert page.money(300, signed=True) == "+\N{WORD JOINER}$300"
    assert page.number(-3) == "\N{MINUS SIGN}3"
    assert Numbers().spoken_money(-300) == "-$300"


@pytest.mark.parametrize(
    ("value", "unit", "name", "words"),
    [
        (40, "injuries", "Injuries prevented", "40 injuries prevented"),
        (1, "injuries", "Injuries prevented", "1 injury prevented"),
        (5, "visits", "visits", "5 visits"),
        (5, "repairs", "Overdue repairs", "5 Overdue repairs"),
        (1, "repairs", "Overdue repairs", "1 Overdue repair"),
        (5, "laughs", "fun", "5 laughs (fun)"),
        (5, "rat", "rates", "5 rat (rates)"),
        (5, "units", "value", "5 units (value)"),
    ],
)
def test_a_level_is_said_with_its_name(value: float, unit: str, name: str, words: str) -> None:
    assert counted(USD, value, unit, name) == words


def test_what_is_negative_is_taken_away() -> None:
    levels = [(3.0, "visits", "visits", None), (-1.0, "repairs", "roads", None)]
    assert brought(USD, levels) == "brings 3 visits and takes away 1 repair (roads)"
    assert brought(USD, levels[1:]) == "takes away 1 repair (roads)"


@pytest.mark.parametrize(
    ("locale", "currency", "full", "spoken", "share"),
    [
        ("en_US", "USD", "$1,234,567.50", "$1.23\u00a0million", "12.5%"),
        ("es_US", "USD", "$1,234,567.50", "$1.23\u00a0millones", "12.5%"),
        ("es_ES", "EUR", "1.234.567,50\u00a0€", "1,23\u00a0millones\u00a0€", "12,5\u00a0%"),
        ("de_DE", "EUR", "1.234.567,50\u00a0€", "1,23\u00a0Millionen\u00a0€", "12,5\u00a0%"),
        ("pt_BR", "BRL", "R$\u00a01.234.567,50", "R$\u00a01,23\u00a0milhões", "12,5%"),
        ("es_US", "horas", "1,234,567.50 horas", "1.23\u00a0millones horas", "12.5%"),
    ],
)
def test_a_locale_says_how_numbers_are_written(locale: str, currency: str, full: str, spoken: str, share: str) -> None:
    numbers = Numbers(currency, "-", "\u00a0", locale)
    assert numbers.money(1_234_567.5, 2) == full
    assert numbers.spoken_money(1_234_567.5) == spoken
    assert numbers.share(0.125) == share


def test_one_million_and_a_thousand_million_have_the_words_of_their_language() -> None:
    spanish = Numbers("USD", "-", " ", "es_US")
    assert spanish.spoken_money(1_000_000) == "$1 millón"
    assert spanish.spoken_money(-2_500_000_000) == "-$2.5 mil millones"
    assert spanish.spoken_money(3e12) == "$3 billones"
    assert spanish.with_unit(1, "hogares") == "1 hogares"


@given(
    st.integers(0, 10**14),
    st.sampled_from(["en_US", "es_US", "es_ES", "de_CH", "fr_FR", "en_IN", "pl_PL", "pt_BR"]),
    st.sampled_from(["USD", "EUR", "CHF", "BRL", "JPY"]),
)
def test_amounts_are_those_that_babel_writes_to_the_digit(cents: int, locale: str, currency: str) -> None:
    """Babel writes one number at a time, and looks everything up each time."""
    pattern = Locale.parse(locale).currency_formats["standard"].pattern.split(";")[0]
    said = format_currency(Decimal(cents) / 100, currency, pattern, locale=locale, currency_digits=False)
    assert "".join(Numbers(currency, locale=locale).money(cents / 100, 2).split()) == "".join(said.split())
