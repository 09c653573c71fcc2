"""The quick way of reading a column says the same as its type says of each cell alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from budgetopt.reading.problems import say
from budgetopt.reading.tables.cells import _prepared, read_cells, scalar
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model import Program

KEYS = [
    "baseline",
    "spending.at_most",
    "spending.at_least.FY27",
    "districts.north",
    "outcomes.v.per_dollar",
    "outcomes.v.unit_cost",
    "outcomes.v.up_to",
    "outcomes.v.std_error",
    "outcomes.v.curve",
    "outcomes.v.evidence",
    "recurring",
    "tags",
    "name",
    "as_of",
    "attributes.x",
]

plain = st.one_of(
    st.integers(0, 10**12).map(str),
    st.floats(0, 1, allow_subnormal=False).map(lambda number: f"{number:.6f}"),
    st.decimals(0, 10**9, places=2).map(str),
)
odd = st.sampled_from(
    [
        "0",
        "1",
        "0.5",
        "1.5",
        "-1",
        "-0.5",
        "+2",
        "nan",
        "inf",
        "1e400",
        "1e3",
        "012",
        "0.0",
        "00",
        "4,200,000",
        "4.2M",
        "350k",
        "$5",
        "16%",
        "120%",
        "-3%",
        ".5",
        "5.",
        "1_000",
        "1,5",
        "٣",
        "true",
        "false",
        "TRUE",
        "yes",
        "no",
        "rct",
        "expert",
        "0:0;5:1",
        "0:0;5M:1;6M:2",
        "0:0",
        ";",
        "a;b",
        "a;;b",
        "x:y",
        "0:0;1",
        "999999999999999999999999",
    ]
)
number = st.one_of(plain, st.integers(-100, 100).map(str))
curve = st.lists(st.tuples(plain, number).map(":".join), min_size=1, max_size=4).map(";".join)
cells = st.one_of(
    st.lists(plain, max_size=8),
    st.lists(st.one_of(plain, odd, st.just("")), max_size=8),
    st.lists(curve, max_size=5),
    st.lists(st.one_of(curve, odd, st.text(st.characters(codec="utf-8"), max_size=5).map(str.strip)), max_size=8),
)


@pytest.mark.parametrize("key", KEYS)
@given(cells=cells)
def test_the_quick_way_says_what_the_type_says(key: str, cells: list[str]) -> None:
    leaf = leaf_of(Program, key)
    assert leaf is not None
    adapter: TypeAdapter[object] = TypeAdapter(leaf.type)
    expected, refused = {}, []
    for position, cell in enumerate(cells):
        if cell:
            try:
                expected[position] = adapter.validate_python(_prepared(leaf, cell))
            except ValidationError as error:
                refused += [(position, say(details)) for details in error.errors()]
    column, found = read_cells(leaf, cells)
    assert found == refused
    assert column.rows.tolist() == list(expected)
    for cell, value in enumerate(expected.values()):
        assert column.cell(cell) == value
        if leaf.kind == "number":
            assert type(column.cell(cell)) is type(value)


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_a_number_of_an_attribute_is_read_as_itself_where_it_fits(value: float) -> None:
    text = (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:d}"
        if isinstance(value, int)
        else f"{value:.400f}".rstrip("0")
    )
    read = scalar(text.removesuffix("."))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        assert read == (value if float(value) == value else text)
    elif isinstance(value, float):
        assert read == float(text)
    else:
        assert read == value


@pytest.mark.parametrize("code", ["007", "2E10", "1e6", "12-3", "0x1F", "1.2.3", "9" * 25, "yes", "-", "00", "+5"])
def test_codes_stay_text(code: str) -> None:
    assert scalar(code) == code
