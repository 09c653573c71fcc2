"""Numbers as offices write them, and what could be two numbers."""

from __future__ import annotations

import numpy as np
import pytest

from budgetopt.reading.tables.number_texts import (
    ambiguous,
    ambiguous_items,
    is_negative_text,
    misplaced,
    not_known,
    plain_texts,
)


def plain(
    texts: list[str], decimal: str | None = None, *, is_zero: bool = True, is_signed: bool = False, typed: int = 0
) -> list[str]:
    numbers = np.arange(len(texts)) < typed
    return list(plain_texts(texts, numbers, decimal, is_zero=is_zero, is_signed=is_signed))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234", "1234"),
        ("1234.5", "1234.5"),
        ("$ 1,234", "$1,234"),
        ("$1,234.50", "$1,234.50"),
        ("-$ 500", "-$500"),
        ("$ -500", "-$500"),
        ("\u2212500", "-500"),
        ("-", "0"),
        ("$ -", "0"),
        ("$-", "0"),
        ("\u2013", "0"),
        ("\u2014", "0"),
        ("--", "0"),
        # no numbers: left for the reader to refuse
        ("n/a", "n/a"),
        ("1-2", "1-2"),
        ("- 5 -", "- 5 -"),
        ("2.4M", "2.4M"),
        # a dollar sign behind the amount, as in Quebec
        ("5$", "5"),
        ("1 250 000 $", "1250000"),
        ("1\u00a0250\u00a0000,50\u00a0$", "1250000.50"),
        ("-1,250.50 $", "-1,250.50"),
        ("2.4M $", "2.4M"),
        ("- $", "0"),
        ("$5 $", "$5 $"),
        # words for what a letter says
        ("1.25 million", "1.25M"),
        ("$2 Billion", "$2B"),
        ("USD 3 thousand", "3k"),
        ("1.5 Mio. \u20ac", "1.5M"),
        ("1.2 Millions", "1.2M"),
        ("5 million visits", "5 million visits"),
        ("5 mil", "5 mil"),
        # a point behind a whole amount
        ("$1,200,000.", "$1,200,000"),
        ("1200.", "1200"),
        # the sides of an account
        ("1,000.00 DR", "1,000.00"),
        ("$250DR", "$250"),
        ("1,000.00 CR", "1,000.00 CR"),
        # thousands, lakhs and crores
        ("12,34,567", "1234567"),
        ("Rs. 12,34,56,789.50", "123456789.50"),
        ("-\u20b91,00,000", "-100000"),
        ("1,23,45", "1,23,45"),
        ("1,2,345", "1,2,345"),
        ("1,234,56,789", "1,234,56,789"),
    ],
)
def test_accounting_formats_are_plain_numbers(text: str, expected: str) -> None:
    assert plain([text, "1"]) == [expected, "1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("(500)", "-500"), ("$ (500)", "-$500"), ("($500)", "-$500"), ("( 1,500.25 )", "-1,500.25"), ("(x)", "(x)")],
)
def test_brackets_are_a_minus_sign_where_amounts_are_added_up(text: str, expected: str) -> None:
    assert plain([text], is_signed=True) == [expected]
    assert plain([text])[0].startswith(("(", "$"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,000.00 CR", "5"], ["-1,000.00", "5"]),
        (["$1,000.00CR", "250.00 CR"], ["-$1,000.00", "-250.00"]),
        (["250.00 CR", "300.00 DR"], ["-250.00", "300.00"]),
        (["(1,200.)", "5"], ["-1,200", "5"]),
        # crores, as far as is known
        (["12.5 CR", "5"], ["12.5 CR", "5"]),
    ],
)
def test_a_credit_is_below_zero_where_amounts_are_added_up(texts: list[str], expected: list[str]) -> None:
    assert plain(texts, is_signed=True) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1.234.567,50", ",", "1234567.50"),
        ("1 234,5", ",", "1234.5"),
        ("1\u00a0234,5", ",", "1234.5"),
        ("1\u202f234", ",", "1234"),
        ("1'234.5", ".", "1234.5"),
        ("1,234.5", ".", "1234.5"),
        ("46.000", ",", "46000"),
        ("46.000", ".", "46.000"),
        ("12,5%", ",", "12.5%"),
        ("2,4M", ",", "2.4M"),
        ("1 250,50 $", ",", "1250.50"),
        ("1\u2009250\u2009000", ",", "1250000"),
    ],
)
def test_the_decimal_mark_that_is_said_is_the_only_one(text: str, decimal: str, expected: str) -> None:
    assert plain([text], decimal) == [expected]


def test_a_dash_is_nothing_where_zero_has_a_meaning() -> None:
    assert plain(["-", "5"], is_zero=False) == ["-", "5"]


def test_what_the_file_holds_as_a_number_stays() -> None:
    # 46.5 in a workbook is a number, whatever mark the texts beside it have
    assert plain(["46.5", "46,5"], ",", typed=1) == ["46.5", "46.5"]


@pytest.mark.parametrize(
    ("texts", "typed", "cells"),
    [
        (["46.000", "5"], 0, [0]),
        (["46.000", "1.500", ""], 0, [0, 1]),
        (["$46.000"], 0, [0]),
        # two digits behind a point, or two points, settle it for the whole column
        (["46.000", "1.50"], 0, []),
        (["1.234.567", "46.000"], 0, []),
        (["0.125"], 0, []),
        (["1234.500"], 0, []),
        (["46,000"], 0, []),
        # what the file holds as a number is no text
        (["46.125", "5"], 1, []),
        ([], 0, []),
    ],
)
def test_a_point_before_three_digits_may_be_two_marks(texts: list[str], typed: int, cells: list[int]) -> None:
    assert ambiguous(texts, np.arange(len(texts)) < typed).tolist() == cells


@pytest.mark.parametrize(
    ("texts", "typed", "cells"),
    [
        (["5.000; 6.000", "7"], 0, {0: "5.000"}),
        (["7; 6.000", "", "$1.500"], 0, {0: "6.000", 2: "$1.500"}),
        (["0:0;5.000:9"], 0, {0: "5.000"}),
        (["0:0; 2M:1; 5.000 : 9.5"], 0, {0: "5.000"}),
        # of points, the spending is money; what it brings is a number such as 0.125
        (["0:0;5:9.125"], 0, {}),
        # any other number of decimals settles it for the whole column
        (["5.000; 6.5"], 0, {}),
        (["5.000; 6", "0.125"], 0, {}),
        (["0:0;5.000:9", "0:0;2.50:9"], 0, {}),
        # what the file holds as numbers is no text
        (["0:0; 5.125:9", "0:0;4:1"], 1, {}),
        ([], 0, {}),
    ],
)
def test_so_may_amounts_in_lists_and_curves(texts: list[str], typed: int, cells: dict[int, str]) -> None:
    assert ambiguous_items(texts, np.arange(len(texts)) < typed) == cells


@pytest.mark.parametrize(
    ("text", "unknown", "negative"),
    [
        ("n/a", True, False),
        ("N.A.", True, False),
        ("TBD", True, False),
        ("-", True, False),
        ("?", True, False),
        ("#N/A", True, False),
        ("none", True, False),
        ("5", False, False),
        ("nine", False, False),
        ("-5", False, True),
        ("- $5", False, True),
        ("(5)", False, True),
        ("(five)", False, False),
    ],
)
def test_what_a_refused_cell_is(text: str, unknown: bool, negative: bool) -> None:
    assert (not_known(text), is_negative_text(text)) == (unknown, negative)


@pytest.mark.parametrize(
    ("text", "comma", "point"),
    [
        ("1234", True, True),
        ("1234,5", True, False),
        ("1234.5", False, True),
        ("1,234.5", False, True),
        ("1.234,50", True, False),
        ("1.234", True, True),
        ("1,234", True, True),
        ("12,34,567", False, True),
        ("1.23.4,5", False, False),
        ("1.234.567", True, False),
        ("1 234 567,5", True, False),
        ("1 234,567", True, False),
        ("1.234 567", False, False),
        ("\u20ac 1.234,50", True, False),
        ("1\u00a0250,50\u00a0\u20ac", True, False),
        ("1\u2009250,50\u2009$", True, False),
        ("2,4M", True, False),
        ("12,5%", True, False),
        ("(1.000)", True, True),
        ("0:0; 1.000,5:7", True, False),
        ("2M; 9M", True, True),
        ("", True, True),
        ("-", True, True),
        ("n/a", True, True),
    ],
)
def test_marks_that_the_decimal_mark_does_not_allow(text: str, comma: bool, point: bool) -> None:
    numbers = np.zeros(1, dtype=bool)
    assert [not len(misplaced([text], numbers, mark)) for mark in ",."] == [comma, point]
    assert not len(misplaced([text], ~numbers, ","))
