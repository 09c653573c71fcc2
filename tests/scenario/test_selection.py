"""Which programs a selection selects, by its laws and beside a plain reading of one program after another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from budgetopt.scenario.model import Program, Where
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.selection import attribute_names, attribute_numbers, attribute_values, select, word
from program_tables import table_of

DEPARTMENTS = ["", "Fire", "Police", "3"]
TAGS = ["safety", "housing", "building"]
DISTRICTS = ["north", "south"]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    written: dict[str, Any] = {}
    if department := draw(st.sampled_from(DEPARTMENTS)):
        written["department"] = department
    written["tags"] = draw(st.lists(st.sampled_from(TAGS), unique=True))
    written["districts"] = {
        name: draw(st.sampled_from([0, 0.25, 0.5])) for name in draw(st.sets(st.sampled_from(DISTRICTS)))
    }
    if draw(st.booleans()):
        written["baseline"] = draw(st.integers(0, 4))
    if draw(st.booleans()):
        written["attributes"] = {"floors": draw(st.sampled_from([1, 2, 2.5, "two", True]))}
    return Program.model_validate(written)


TABLES = st.lists(programs(), max_size=8).map(
    lambda found: table_of({f"p{position}": program for position, program in enumerate(found)})
)
WORDS: dict[str, list[Any]] = {
    "program": ["p0", "p1", "p9"],
    "name": ["p0", "p3"],
    "department": ["Fire", "Police", 3, "3"],
    "tags": TAGS,
    "districts": DISTRICTS,
    "baseline": [0, 1, 2.0, "3"],
    "floors": [1, 2, 2.0, 2.5, "two", "2", True, "true"],
    "unheard_of": ["x"],
}


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    key = draw(st.sampled_from(list(WORDS)))
    value = draw(st.one_of(st.sampled_from(WORDS[key]), st.lists(st.sampled_from(WORDS[key]), min_size=1, max_size=3)))
    numbers = st.integers(0, 4)
    comparison = st.dictionaries(st.sampled_from(["at_least", "at_most", "above", "below"]), numbers, min_size=1)
    if draw(st.booleans()):
        value = draw(st.one_of(st.just({"not": value}), comparison))
    return {key: value}


WHERES = st.recursive(
    terms(),
    lambda inner: st.one_of(
        st.builds(lambda where: {"not": where}, inner),
        st.builds(lambda some: {"all": some}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda some: {"any": some}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one, other: {**one, **other}, inner, inner),
    ),
    max_leaves=5,
)


def chosen(table: ProgramTable, where: dict[str, Any]) -> list[bool]:
    found = select(table, Where.model_validate(where))
    assert found.dtype == bool
    assert found.shape == (len(table),)
    return list(found.tolist())


def admits(program: Program, name: str, where: dict[str, Any]) -> bool:
    """Read a selection for one program as an analyst would, sharing no code with the columns."""

    def value_of(key: str) -> Any:
        if key in ("program", "name"):
            return name if key == "program" else program.name or name
        if key in ("department", "baseline"):
            return getattr(program, key)
        return program.attributes.get(key)

    def same(value: Any, wanted: Any) -> bool:
        return value not in (None, "") and word(value) == word(wanted)

    def has(key: str, wanted: Any) -> bool:
        if isinstance(wanted, list):
            return any(has(key, one) for one in wanted)
        if key == "tags":
            return wanted in program.tags
        if key == "districts":
            return program.districts.get(wanted, 0) > 0
        return same(value_of(key), wanted)

    def term(key: str, wanted: Any) -> bool:
        if key == "not":
            return not admits(program, name, wanted)
        if key in ("all", "any"):
            return (all if key == "all" else any)(admits(program, name, one) for one in wanted)
        if not isinstance(wanted, dict):
            return has(key, wanted)
        good = "not" not in wanted or not has(key, wanted["not"])
        number = value_of(key) if key not in ("tags", "districts") else None
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        compare = {
            "at_least": lambda limit: number >= limit,
            "at_most": lambda limit: number <= limit,
            "above": lambda limit: number > limit,
            "below": lambda limit: number < limit,
        }
        return good and all(is_number and compare[name](limit) for name, limit in wanted.items() if name != "not")

    return all(term(key, wanted) for key, wanted in where.items())


@given(TABLES, WHERES)
def test_columns_select_what_a_plain_reading_selects(table: ProgramTable, where: dict[str, Any]) -> None:
    assert chosen(table, where) == [admits(table[name], name, where) for name in table]


@given(TABLES, WHERES)
def test_not_selects_all_others(table: ProgramTable, where: dict[str, Any]) -> None:
    assert chosen(table, {"not": where}) == [not one for one in chosen(table, where)]
    assert chosen(table, {"not": {"not": where}}) == chosen(table, where)


@given(TABLES, WHERES, WHERES)
def test_all_and_any_are_and_and_or(table: ProgramTable, one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = np.array(chosen(table, one), dtype=bool), np.array(chosen(table, other), dtype=bool)
    assert chosen(table, {"all": [one, other]}) == (first & second).tolist()
    assert chosen(table, {"any": [one, other]}) == (first | second).tolist()
    assert chosen(table, {"not": {"any": [one, other]}}) == chosen(table, {"all": [{"not": one}, {"not": other}]})


@given(TABLES, st.sampled_from(list(WORDS)), st.data())
def test_a_list_means_any_of_its_words(table: ProgramTable, key: str, data: st.DataObject) -> None:
    words = data.draw(st.lists(st.sampled_from(WORDS[key]), min_size=1, max_size=3))
    assert chosen(table, {key: words}) == chosen(table, {"any": [{key: one} for one in words]})
    assert chosen(table, {key: {"not": words}}) == chosen(table, {"not": {key: words}})


@given(TABLES)
def test_each_value_of_an_attribute_selects_some_program(table: ProgramTable) -> None:
    for key in attribute_names(table):
        for value in attribute_values(table, key):
            if key != "districts" or (table.under("districts")[value].values > 0).any():
                assert any(chosen(table, {key: value}))


def test_without_a_selection_all_are_selected() -> None:
    table = table_of({"a": Program(), "b": Program()})
    assert select(table, None).tolist() == [True, True]


def test_one_and_true_are_two_values() -> None:
    table = table_of(
        {
            name: Program.model_validate({"attributes": {"open": value}})
            for name, value in {"a": 1, "b": True, "c": "1"}.items()
        }
    )
    assert chosen(table, {"open": 1}) == [True, False, True]
    assert chosen(table, {"open": True}) == [False, True, False]
    assert attribute_values(table, "open") == ("1", "true")


def test_numbers_of_an_attribute_leave_words_out() -> None:
    values = {"a": 2, "b": "two", "c": True, "d": 2.5}
    table = table_of(
        {name: Program.model_validate({"attributes": {"floors": value}}) for name, value in values.items()}
        | {"e": Program()}
    )
    assert np.array_equal(attribute_numbers(table, "floors"), [2, np.nan, np.nan, 2.5, np.nan], equal_nan=True)
    flags = table_of({"a": Program.model_validate({"attributes": {"open": True}})})
    assert np.isnan(attribute_numbers(flags, "open")).all()
    assert np.isnan(attribute_numbers(flags, "department")).all()


@pytest.mark.parametrize(
    "written",
    [
        {},
        [],
        "Fire",
        3,
        {"department": None},
        {"department": []},
        {"department": [None]},
        {"department": [["Fire"]]},
        {"department": {}},
        {"department": {"not": []}},
        {"any": {}},
        {"any": []},
        {"all": "Fire"},
        {"not": []},
        {"not": {}},
        {"baseline": {"at_least": "much"}},
        {"baseline": {"least": 3}},
        {"any": [{"any": [{}]}]},
    ],
)
def test_what_is_no_selection_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        Where.model_validate(written)


def test_every_error_of_a_selection_is_told_with_its_path() -> None:
    with pytest.raises(ValidationError) as caught:
        Where.model_validate({"any": [{"a": None}, {"b": {"above": "x", "nott": 1}}], "not": {"c": []}})
    paths = [error["loc"] for error in caught.value.errors()]
    assert paths == [("any", 0, "a"), ("any", 1, "b", "above"), ("any", 1, "b", "nott"), ("not", "c")]
