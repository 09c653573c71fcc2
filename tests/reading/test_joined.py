"""Programs of which the file says some and a table says some; and errors of all kinds at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetopt.checks import notes
from budgetopt.errors import ScenarioError
from budgetopt.reading.load import load
from budgetopt.scenario.scenario import Scenario

HEAD = """\
name: City
funds: {general: {revenue: 1M}}
outcomes: {visits: {unit: visits, weight: 1}}
resources: {staff: {capacity: 10}}
tables: {programs: programs.csv}
"""


def told(folder: Path, table: str, file: str, more: str = "") -> Scenario:
    (folder / "programs.csv").write_text(table)
    (folder / "scenario.yaml").write_text(f"{HEAD}{more}programs: {{library: {file}}}\n")
    return load(folder)


@pytest.mark.parametrize(
    ("columns", "cells", "file"),
    [
        ("service.unit_cost,service.up_to", "3,100", "{outcomes: {visits: {per_unit: 2}}}"),
        ("outcomes.visits.per_unit", "2", "{service: {unit_cost: 3, up_to: 100}}"),
        ("service.unit_cost,outcomes.visits.per_unit", "3,2", "{service: {unit: rides, up_to: 100}}"),
        ("service.unit_cost,outcomes.visits.per_unit", "0,2", "{service: {up_to: 8}}"),
        ("service.up_to,outcomes.visits.per_unit", "9,2", "{service: {unit_cost: 0}}"),
        ("outcomes.visits.unit_cost", "5", "{outcomes: {visits: {std_error: 10%}}}"),
        ("packages.0.cost", "2", "{packages: [{name: base, outcomes: {visits: 5}}]}"),
        ("packages.0.cost", "2", "{start: [budget]}"),
        (
            "packages.0.cost,packages.0.outcomes.visits.value",
            "2,5",
            "{packages: [{outcomes: {visits: {source: Count}}}]}",
        ),
        ("if_funded.fixed_cost,outcomes.visits.per_dollar", "100,3", "{if_funded: {at_least: 0}}"),
        ("uses.staff.per,outcomes.visits.per_dollar", "100,3", "{uses: {staff: {}}}"),
    ],
)
def test_what_belongs_together_may_stand_apart(tmp_path: Path, columns: str, cells: str, file: str) -> None:
    scenario = told(tmp_path, f"program,{columns}\nlibrary,{cells}\n", file)
    # all in one file is the same scenario
    assert load(scenario.to_folder(tmp_path / "one")).sha256 == scenario.sha256


@pytest.mark.parametrize(
    ("columns", "cells", "file", "expected"),
    [
        (
            "baseline",
            "5",
            "{outcomes: {visits: {per_unit: 2}}}",
            "scenario.yaml:6:52: program 'library': visits: per_unit goes with service only [per-unit]",
        ),
        (
            "baseline",
            "5",
            "{start: [budget]}",
            "scenario.yaml:6:29: program 'library': start goes with packages only [start]",
        ),
        (
            "baseline",
            "5",
            "{service: {up_to: 8}}",
            "scenario.yaml:6:39: `service` of program 'library' has no 'unit_cost' [missing-key]",
        ),
        (
            "baseline",
            "5",
            "{service: {unit_cost: 0}}",
            "scenario.yaml:6:43: `service` of program 'library': a service that costs no money is unbounded [service]",
        ),
        (
            "packages.0.name",
            "base",
            "{packages: [{outcomes: {visits: 5}}]}",
            "entry 1 of `packages` of program 'library' has no 'cost' [missing-key]",
        ),
        ("packages.0.cost", "5", "{service: {unit_cost: 3}}", "packages and service do not go together [packages]"),
        ("baseline", "5", "{if_funded: {at_least: 0}}", "if_funded asks for nothing [if-funded]"),
    ],
)
def test_what_stands_nowhere_is_still_missed(
    tmp_path: Path, columns: str, cells: str, file: str, expected: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        told(tmp_path, f"program,{columns}\nlibrary,{cells}\n", file)
    (problem,) = caught.value.problems
    assert expected in str(problem)


def test_a_program_that_contradicts_itself_hides_no_other_mistake(tmp_path: Path) -> None:
    rules = """\
rules:
  - {name: Typing, sum: spending, where: {department: Librray}, at_most: 5}
  - {name: Money, sum: spending, funds: [genral], at_most: 5}
  - {name: Fine, requires: {program: library, needs: pools}}
  - {name: Nobody, excludes: [library, pool]}
"""
    table = "program,department,outcomes.visits.per_unit,funds\nlibrary,Library,2,genral\npools,Parks,,general\n"
    with pytest.raises(ScenarioError) as caught:
        told(tmp_path, table, "{}", rules)
    assert sorted(problem.code for problem in caught.value.problems) == [
        "per-unit", "unknown-fund", "unknown-fund", "unknown-program", "unknown-value",
    ]  # fmt: skip


def test_very_many_programs_that_contradict_themselves_are_named_by_the_first(tmp_path: Path) -> None:
    rows = "".join(f"p{at},2\n" for at in range(500))
    with pytest.raises(ScenarioError) as caught:
        told(tmp_path, f"program,outcomes.visits.per_unit\n{rows}", "{service: {unit_cost: 1}}")
    text = str(caught.value)
    assert "per_unit goes with service only" in text
    assert "more programs" in text
    assert len(caught.value.problems) < 12


def test_a_number_left_out_among_packages_is_remarked_on(tmp_path: Path) -> None:
    table = "program,packages.0.cost,packages.1.cost\nlibrary,,3\npools,1,2\n"
    remarks = notes(told(tmp_path, table, "{}"))
    assert any(remark.startswith("program 'library' leaves out a number among its packages") for remark in remarks)
    remarks = notes(told(tmp_path, table.replace(",,3", ",1,3"), "{}"))
    assert not any("leaves out a number" in remark for remark in remarks)


def test_a_number_that_cannot_be_read_hides_no_misspelt_word(tmp_path: Path) -> None:
    rules = "rules: [{name: r, sum: spending, where: {department: Librry}, at_most: 5}]\n"
    table = "program,department,baseline,districts.north\nlibrary,Library,two,50%\npools,Parks,3,x\n"
    with pytest.raises(ScenarioError) as caught:
        told(tmp_path, table, "{}", rules)
    assert sorted(problem.code for problem in caught.value.problems) == ["number", "number", "unknown-value"]
    # what asks for the numbers themselves may be right
    rules = "rules: [{name: r, sum: spending, where: {baseline: {above: 4}, districts: south}, at_most: 5}]\n"
    with pytest.raises(ScenarioError) as caught:
        told(tmp_path, table, "{}", rules)
    assert [problem.code for problem in caught.value.problems] == ["number", "number"]
    # and where a row is lost, so may be its words
    with pytest.raises(ScenarioError) as caught:
        told(tmp_path, table.replace("library,Lib", ",Lib"), "{}", rules)
    assert "unknown-value" not in [problem.code for problem in caught.value.problems]
