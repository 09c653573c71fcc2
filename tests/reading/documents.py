"""Scenarios as people might write them, with every awkward name and number: for what reads, changes and writes them."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import strategies as st

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.selection import ATTRIBUTES

__all__ = ["amounts", "documents", "names", "shares", "texts"]

_TRICKY = [
    "n", "no", "true", "1e6", "007", "St. Mary's", "a.b", "a: b", "#5",
    "x # y", "- x", "{x}", "[x]", "*", "&a", "!x", "50%",
    "é", "日本", "per_dollar", "FY.27", "'q'", '"q"', "a,b", "a;b", "a\\b", "null", "2027", "=1+1", "~", "|", "a  b",
]  # fmt: skip
_words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=8)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


names = st.one_of(st.sampled_from(_TRICKY), _words).map(_clean).filter(lambda name: name and name.isprintable())
"""Names of funds, outcomes, programs, periods."""
texts = st.one_of(names, st.sampled_from(["two\nlines", "tab\there", " ", "ends with a colon:", "a\u2028b"])).map(
    _clean
)
"""Free text."""
amounts = st.one_of(
    st.integers(0, 10**9),
    st.one_of(st.floats(1e-15, 1e12), st.just(0.0)),
    st.sampled_from([0.1, 1e-7, 1 / 3, 1e16, 2**53 + 2.0, 5e17]),
)
shares = st.one_of(
    st.integers(0, 100).map(lambda share: Share(share / 100)), st.one_of(st.floats(1e-15, 1), st.just(0.0)).map(Share)
)
_numbers = st.one_of(st.integers(-1000, 1000), st.floats(-1e9, 1e9).map(lambda number: round(number, 12)))
_scalars = st.one_of(
    names, st.booleans(), st.integers(-(10**18), 10**18), _numbers, st.sampled_from(["", "3", "3.50", "false"])
)


@st.composite
def _curves(draw: st.DrawFn) -> list[list[float]]:
    steps = draw(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=4))
    spending = [0.0]
    for step in steps:
        spending.append(spending[-1] + step)
    return [[x, draw(_numbers)] for x in spending]


@st.composite
def _effects(draw: st.DrawFn) -> dict[str, Any]:
    effect: dict[str, Any] = draw(
        st.one_of(
            st.fixed_dictionaries({"per_dollar": _numbers}),
            st.fixed_dictionaries({"unit_cost": st.floats(1e-3, 1e6)}, optional={"up_to": st.integers(0, 500)}),
            st.fixed_dictionaries({"curve": _curves()}),
        )
    )
    notes = {
        "std_error": shares,
        "evidence": st.sampled_from(["rct", "expert"]),
        "source": texts,
        "as_of": st.just("2024"),
    }
    return {**effect, **draw(st.fixed_dictionaries({}, optional=notes))}


def _by_period(periods: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, st.dictionaries(st.sampled_from(periods), values, min_size=1))


@st.composite
def _programs(draw: st.DrawFn, periods: list[str], outcomes: list[str], funds: list[str]) -> dict[str, Any]:
    program: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "name": texts,
                "department": names,
                "tags": st.lists(names, max_size=3, unique=True),
                "attributes": st.dictionaries(
                    names.filter(lambda name: name not in (*ATTRIBUTES, "not", "all", "any")), _scalars, max_size=3
                ),
                "baseline": amounts,
                "funds": st.lists(st.sampled_from(funds), min_size=1, unique=True),
                "recurring": st.booleans(),
                "note": texts,
            },
        )
    )
    if draw(st.booleans()):
        program["spending"] = {
            "at_most": draw(_by_period(periods, st.one_of(amounts, shares) if "baseline" in program else amounts))
        }
    kind = draw(st.sampled_from(["effects", "packages", "nothing"]))
    if kind == "effects" and outcomes:
        program["outcomes"] = draw(st.dictionaries(st.sampled_from(outcomes), _effects(), max_size=2))
    if kind == "packages":
        packages = st.fixed_dictionaries(
            {"cost": st.one_of(amounts, st.lists(amounts, min_size=1, max_size=3))},
            optional={"name": texts, "opens_after": st.integers(0, 3), "then_costs": amounts},
        )
        program["packages"] = draw(
            st.lists(packages, min_size=1, max_size=3, unique_by=lambda one: one.get("name", id(one)))
        )
        program["choose"] = draw(st.sampled_from(["in_order", "any", "one"]))
    return program


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a scenario file might hold, as plain values. Floors may add up to more than the money."""
    periods = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    funds = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    outcomes = draw(st.lists(names, max_size=2, unique=True))
    fund = st.fixed_dictionaries(
        {"revenue": _by_period(periods, amounts)},
        optional={"name": texts, "opening_balance": amounts, "carryover": st.booleans(), "source": texts},
    )
    tree: dict[str, Any] = {
        "name": draw(texts.filter(bool)),
        "description": draw(texts),
        "periods": periods,
        "funds": {name: draw(fund) for name in funds},
        "outcomes": {name: {"unit": draw(names), "weight": draw(_numbers)} for name in outcomes},
        "programs": draw(st.dictionaries(names, _programs(periods, outcomes, funds), min_size=1, max_size=4)),
        "objective": {"minimize": draw(st.sampled_from(["spending", "change from baseline"]))},
    }
    rule_names = draw(st.lists(names, max_size=2, unique=True))
    tree["rules"] = [
        {"name": name, "sum": "spending", "at_most": draw(amounts), "because": draw(texts)} for name in rule_names
    ]
    return tree
