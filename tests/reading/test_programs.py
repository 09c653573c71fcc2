"""Programs are read the same way wherever they are written: in a file, in a file on top of another, in a change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.checks.findings import Findings
from budgetopt.errors import Problem, ScenarioError
from budgetopt.reading.load import load
from budgetopt.reading.program_reader import ProgramReader
from budgetopt.reading.yaml_text import to_yaml
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario

BASE: dict[str, Any] = {
    "name": "City",
    "periods": ["A", "B"],
    "funds": {"general": {"revenue": "9M"}},
    "outcomes": {"visits": {"unit": "visits", "weight": 1}},
    "resources": {"staff": {"capacity": 10}},
}
PLAIN: dict[str, Any] = {"baseline": 5}
MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"baseline": "lots"}, "'lots' is not an amount"),
    ({"if_funded": {"fixed_cost": {"A": 1}}}, "a mapping is not an amount"),
    ({"basline": 1}, "unknown key 'basline'"),
    ({"tags": [1.5]}, "1.5 is not a name"),
    ({"recurring": "no"}, "'no' is neither true nor false"),
    ({"choose": "all"}, "'all' is not possible here"),
    ({"spending": 5}, "5 is not a mapping"),
    ({"spending": {"at_most": {"A": "x"}}}, "'x' is not an amount"),
    ({"uses": {"staff": 5}}, "a plain number does not say by what the resource is used"),
    ({"outcomes": {"visits": {"curve": [[1, 0], [2, 3]]}}}, "the curve begins at 1 of spending"),
    ({"outcomes": {"visits": {"per_unit": 2}}}, "per_unit goes with service only"),
    ({"service": {"up_to": 5}}, "has no 'unit_cost'"),
    ({"service": {}}, "has no 'unit_cost'"),
    ({"packages": []}, "the list of packages is empty"),
    ({"packages": [{"name": "one"}]}, "has no 'cost'"),
    ({"packages": [{"outcomes": {}}, {"cost": 5}]}, "entry 1 of `packages` of program 'pool' has no 'cost'"),
    ({"packages": [{"outcomes": {}, "uses": {}}]}, "has no 'cost'"),
    ({"packages": [{"cost": 5}], "if_funded": {"at_least": 1}}, "packages and if_funded do not go together"),
]


def scenario_of(folder: Path, program: dict[str, Any], way: str) -> Scenario:
    """Return a scenario with a program that is written in one of three ways."""
    whole = {**BASE, "programs": {"pool": program}}
    plain = {**BASE, "programs": {"pool": PLAIN}}
    if way == "change":
        return Scenario.from_document(plain).with_(("programs.pool", program))
    if way == "top":
        (folder / "base.yaml").write_text(to_yaml(plain))
        whole = {"extends": "base.yaml", "programs": {"pool": program}}
    (folder / "scenario.yaml").write_text(to_yaml(whole))
    return load(folder)


def problem_of(folder: Path, program: dict[str, Any], way: str) -> Problem:
    """Return the one thing that is wrong with such a program."""
    with pytest.raises(ScenarioError) as caught:
        scenario_of(folder, program, way)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(("program", "expected"), MISTAKES)
def test_a_mistake_is_told_in_the_same_words_wherever_it_is_written(
    tmp_path: Path, program: dict[str, Any], expected: str
) -> None:
    in_file, on_top, changed = (problem_of(tmp_path, program, way) for way in ("file", "top", "change"))
    assert expected in in_file.message
    assert "pool" in in_file.message
    assert (on_top.code, on_top.message, on_top.expected) == (in_file.code, in_file.message, in_file.expected)
    assert (changed.code, changed.message, changed.expected) == (in_file.code, in_file.message, in_file.expected)
    assert in_file.place is not None
    assert in_file.place.line > 1


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "department": st.sampled_from(["Fire", "Parks"]),
        "baseline": st.integers(0, 900),
        "spending": st.fixed_dictionaries(
            {},
            optional={"at_most": st.one_of(st.integers(1000, 2000), st.just({"A": 1500})), "because": st.just("law")},
        ),
        "outcomes": st.just({"visits": {"unit_cost": 5}}),
    },
)


@given(VALUES, VALUES)
def test_a_file_on_top_and_a_change_say_the_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    base = Scenario.from_document({**BASE, "programs": {"pool": first}})
    changed = base.with_(("programs.pool", second))
    merged = {**first, **second}
    if "spending" in first and "spending" in second:
        merged["spending"] = {**first["spending"], **second["spending"]}
        both = [said["spending"].get("at_most") for said in (first, second)]
        if isinstance(both[1], dict) and both[0] is not None:
            before = both[0] if isinstance(both[0], dict) else dict.fromkeys(BASE["periods"], both[0])
            merged["spending"]["at_most"] = {**before, **both[1]}
    assert changed.sha256 == Scenario.from_document({**BASE, "programs": {"pool": merged}}).sha256


def test_what_is_said_of_every_program_becomes_one_cell_for_each() -> None:
    table = ProgramTable(np.array(["a", "b", "c"], dtype=object))
    findings = Findings({})
    reader = ProgramReader(table, findings)
    reader.read_all({"baseline": "2M", "packages": [{"cost": 1}]})
    assert reader.written().number("baseline").tolist() == [2e6, 2e6, 2e6]
    assert [problem.code for problem in findings.problems] == ["list"]


def test_changes_of_several_programs_are_made_in_any_order() -> None:
    base = Scenario.from_document({**BASE, "programs": dict.fromkeys(("a", "b", "*"), PLAIN)})
    changed = base.with_(
        "programs.b.baseline=7", "programs.a.note=x", "programs.b.note=y", ("programs.c", {}), "programs.c.baseline=1"
    ).programs
    assert changed.ids.tolist() == ["a", "b", "*", "c"]
    assert changed.text("note").tolist() == ["x", "y", "", ""]
    assert changed.number("baseline").tolist() == [5, 7, 5, 1]
