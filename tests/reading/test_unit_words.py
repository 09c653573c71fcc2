"""Words for the unit of amounts: what says one, in several languages, and what looks like one and is none."""

from __future__ import annotations

import pytest

from budgetopt.reading.office.unit_words import bare_unit_in, is_unit_alone, unit_in, unit_in_header

SAID = {
    1e3: """\
£'000
£000
$ in thousands
$'000s
US$ '000
in '000
in '000s of dollars
in 000s
in $1,000s
000s omitted
(000's omitted)
(thousands omitted)
in 1.000 €
in 1'000 Fr.
in 1000 EUR
x 1.000 euro
(x € 1.000)
(1 000 kr)
Budget ($1,000)
i 1000 kr
i tusen kronor
Ansatz 2026 (T€)
Ansatz 2026 in T€
T EUR
Angaben in TEUR
Tsd. Euro
in Tausend Euro
kEUR
(en k€)
Budget ($K)
(thousands)
Dollars in Thousands
in thousands of U.S. dollars
(amounts expressed in thousands)
en milliers d’euros
en miles de euros
miles de pesos
Dotação 2026 (em R$ milhares)
R$ mil
(R$mil)
em mil reais
w tys. zł
v tis. Kč
tkr
(千円)
単位：千円
(단위: 천원)""",
    1e4: "单位：万元",
    1e5: "Rs. in Lakhs\n(₹ lakh)",
    1e6: """\
USD million
($Mil)
FY26 $ mil
Budget $ Mil.
US$ mil
(in mil.)
(Mio. €)
Mio. EUR
M€ 2026
€ million
£m
$mm
mill. kr
Mkr
(MSEK)
(en millions d'euros)
em milhões de reais
Millions of Dollars
in $ millions
in 1,000,000 EUR
£'000,000
(百万円)
(단위:백만원)""",
    1e7: "Budget Estimate 2026-27 (₹ in crore)\nRs. in Cr.",
    1e9: "EUR bn\n$ billions\nen miles de millones\nMrd. Euro\nthousand million euros",
    1e12: "₹ lakh crore",
    0.01: "Budget (cents)\nen centavos",
}
NONE = """\
City of Thousand Oaks
Parks in Thousand Oaks
Parks in Mill Valley
Million Trees
City of Duluth (MN)
A $5 million reserve
5 million dollars
Visits in thousands of visits
in thousands of households
Mandated (M)
per 1,000 residents
Road length in miles
$ K-12 schools
KKR fund
(CR)
($1,000)
$1,000
Kr 1 000
10 000 €
Account 1000 EUR
in 10,000 EUR
in 2000
FY2000
Grants in $1,000 or more
Over $1,000,000
Serving 000s of residents
Fund 000
予算 1億円"""


@pytest.mark.parametrize(("unit", "text"), [(unit, text) for unit, texts in SAID.items() for text in texts.split("\n")])
def test_what_says_a_unit(unit: float, text: str) -> None:
    assert (unit_in(text), unit_in_header(text)) == (unit, unit)


@pytest.mark.parametrize("text", NONE.split("\n"))
def test_what_looks_like_a_unit_and_is_none(text: str) -> None:
    assert unit_in(text) is None


def test_words_that_are_a_unit_in_a_header_of_amounts_alone() -> None:
    texts = [
        "Adopted thousands",
        "FY26 000s",
        "Adopted '000",
        "Adopted 000's",
        "Adopted 1'000s",
        "Adopted (M)",
        "Adopted (k)",
        "Adopted ($)",
        "Adopted in EUR",
        "Adopted",
        "Thousand Oaks",
    ]
    assert [unit_in_header(text) for text in texts] == [*[1e3] * 4, None, 1e6, 1e3, 1, 1, None, None]
    assert [bare_unit_in(text) for text in texts] == [*[1e3] * 4, *[None] * 7]


@pytest.mark.parametrize(
    ("text", "is_alone"),
    [("($ in thousands)", True), ("T€", True), ("単位：千円", True), ("Visits in thousands", False), ("Total", False)],
)
def test_a_unit_alone(text: str, is_alone: bool) -> None:
    assert is_unit_alone(text) == is_alone
