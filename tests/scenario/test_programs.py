"""Programs as columns: the same words come out that went in."""

from __future__ import annotations

from functools import partial
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.errors import Place, UnknownNameError, hidden_in
from budgetopt.scenario.model import Program
from budgetopt.scenario.places import Places
from budgetopt.scenario.programs import Column, ProgramTable, split_key
from program_tables import table_of

VISIBLE = st.characters(categories=["L", "N"]).filter(lambda letter: not hidden_in(letter))
NAMES = st.text(VISIBLE, min_size=1, max_size=6).map(partial(normalize, "NFC"))
DOTTED = st.builds(lambda one, other: f"{one}.{other}", NAMES, NAMES)
AMOUNTS = st.one_of(st.integers(0, 10**9), st.floats(1e-18, 1e9))
LIMITS = st.one_of(AMOUNTS, st.integers(0, 300).map(lambda share: f"{share}%"))
BY_PERIOD = st.one_of(LIMITS, st.dictionaries(st.sampled_from(["FY2027", "FY2028", "FY 28.5"]), LIMITS, min_size=1))
SIZES = st.one_of(
    st.fixed_dictionaries({"per_dollar": st.floats(-10, 10).map(lambda rate: round(rate, 12))}),
    st.fixed_dictionaries({"unit_cost": st.floats(0.5, 1e6)}, optional={"up_to": AMOUNTS}),
    st.lists(st.integers(1, 10**9), min_size=1, max_size=4, unique=True).map(
        lambda points: {"curve": [[0, 0], *([point, point / 7] for point in sorted(points))]}
    ),
)
EFFECTS = st.builds(
    lambda size, words: {**size, **words},
    SIZES,
    st.fixed_dictionaries({}, optional={"evidence": st.sampled_from(["rct", "assumption"]), "low": st.just("70%")}),
)
WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(st.one_of(VISIBLE, st.just(" ")), max_size=8),
        "department": NAMES,
        "tags": st.lists(NAMES, max_size=3),
        "districts": st.dictionaries(st.one_of(NAMES, DOTTED), st.sampled_from([0.1, "20%"]), max_size=3),
        "attributes": st.dictionaries(
            st.one_of(NAMES, DOTTED), st.one_of(NAMES, st.booleans(), st.integers(-9, 9), st.floats(-1, 1)), max_size=3
        ),
        "baseline": AMOUNTS,
        "spending": st.fixed_dictionaries({}, optional={"at_least": BY_PERIOD, "at_most": BY_PERIOD}),
        "funds": st.lists(NAMES, max_size=3),
        "recurring": st.booleans(),
        "outcomes": st.dictionaries(st.one_of(NAMES, DOTTED), EFFECTS, max_size=3),
    },
)
PROGRAMS = st.dictionaries(NAMES, WRITTEN, max_size=6).map(
    lambda found: {name: Program.model_validate(written) for name, written in found.items()}
)


def said(program: Program) -> dict[str, Any]:
    """Return what a program says, without mappings that say nothing."""
    dumped = program.model_dump(exclude_none=True)
    return {key: value for key, value in dumped.items() if value not in ({}, (), {"because": ""})} | {
        "funds": program.funds
    }


@given(PROGRAMS)
def test_programs_come_out_of_the_columns_as_they_went_in(programs: dict[str, Program]) -> None:
    table = table_of(programs)
    assert list(table) == list(programs)
    for name, program in programs.items():
        assert name in table
        assert said(table[name]) == said(program)


@given(PROGRAMS, st.data())
def test_some_programs_are_the_same_in_any_order(programs: dict[str, Program], data: st.DataObject) -> None:
    table = table_of(programs)
    rows = data.draw(st.permutations(range(len(programs)))) if programs else []
    rows = rows[: data.draw(st.integers(0, len(rows)))]
    some = table.select(np.array(rows, dtype=np.int64))
    assert list(some) == [list(programs)[row] for row in rows]
    for column in some.columns.values():
        assert (np.diff(column.rows) > 0).all()
    for name in some:
        assert said(some[name]) == said(programs[name])


@given(PROGRAMS)
def test_every_dotted_key_is_split_as_it_was_joined(programs: dict[str, Program]) -> None:
    for program in programs.values():
        for key in table_of({"p": program}).columns:
            parts = split_key(key)
            assert ".".join(parts) == key
            assert parts[0] in Program.model_fields
            if parts[0] == "outcomes":
                assert parts[1] in program.outcomes
            if parts[0] in ("districts", "attributes"):
                assert parts[1] in getattr(program, parts[0])


@pytest.fixture
def table() -> ProgramTable:
    keys = {("programs", "a"): Place("f.yaml", 1, 1), ("programs", "b"): Place("g.yaml", 3, 1)}
    places = Places(keys, {("programs", "a", "baseline"): Place("f.yaml", 2, 9)})
    return table_of(
        {
            "a": Program.model_validate(
                {
                    "name": "Alpha",
                    "baseline": 100,
                    "spending": {"at_least": "50%", "at_most": {"t1": 80, "t2": "150%"}},
                    "tags": ["x", "y"],
                    "recurring": False,
                }
            ),
            "b": Program.model_validate({"spending": {"at_most": 7}, "tags": ["y"]}),
            "c": Program(),
        },
        places,
    )


def test_limits_are_told_from_shares(table: ProgramTable) -> None:
    nan = np.nan
    floor, is_share = table.per_period("spending.at_least", ["t1", "t2"])
    assert np.array_equal(floor, [[0.5, 0.5], [nan, nan], [nan, nan]], equal_nan=True)
    assert is_share.tolist() == [[True, True], [False, False], [False, False]]
    ceiling, is_share = table.per_period("spending.at_most", ["t1", "t2"])
    assert np.array_equal(ceiling, [[80, 1.5], [7, 7], [nan, nan]], equal_nan=True)
    assert is_share.tolist() == [[False, True], [False, False], [False, False]]


def test_columns_are_read_by_what_they_hold(table: ProgramTable) -> None:
    assert np.array_equal(table.baseline(), [100, np.nan, np.nan], equal_nan=True)
    assert table.names().tolist() == ["Alpha", "b", "c"]
    assert table.text("department").tolist() == ["", "", ""]
    assert table.flag("recurring", default=True).tolist() == [False, True, True]
    rows, tags = table.items("tags")
    assert rows.tolist() == [0, 0, 1]
    assert tags.tolist() == ["x", "y", "y"]
    assert [part.tolist() for part in table.items("funds")] == [[], []]
    assert table.positions(np.array(["b", "z", "a"], dtype=object)).tolist() == [1, -1, 0]
    assert set(table.under("spending.at_most")) == {"t1", "t2"}


def test_places_are_those_of_the_key_or_of_the_program(table: ProgramTable) -> None:
    assert table.place("a", "baseline") == Place("f.yaml", 2, 9)
    assert table.place("b") == Place("g.yaml", 3, 1)
    assert table.place(1, "department") == Place("g.yaml", 3, 1)
    assert table_of({"a": Program()}).place("a") is None
    for key in ("baseline", "department", "nothing"):
        assert table.places_of(np.array([1, 0]), key).tolist() == [str(table.place(row, key)) for row in (1, 0)]
    assert table.places_of(np.empty(0, dtype=np.int64), "baseline").tolist() == []
    assert table_of({"a": Program()}).places_of(np.array([0]), "name").tolist() == [""]


def test_an_unknown_program_is_told_with_the_nearest_one(table: ProgramTable) -> None:
    with pytest.raises(UnknownNameError, match="there is no program named 'd'"):
        table["d"]
    assert "d" not in table


def test_a_column_may_hold_cells_of_every_kind() -> None:
    column = Column(np.array([0, 2]), np.array([1.0, 2.0]), shares=np.array([False, True]))
    assert [str(column.cell(0)), str(column.cell(1))] == ["1.0", "200%"]
    assert len(column) == 2


def test_columns_stand_in_the_order_of_the_model() -> None:
    program = Program.model_validate(
        {"tags": ["x"], "baseline": 3, "name": "A", "outcomes": {"o": {"up_to": 1, "unit_cost": 2}}}
    )
    table = table_of({"a": program})
    assert list(table.columns) == ["name", "tags", "baseline", "outcomes.o.unit_cost", "outcomes.o.up_to"]
