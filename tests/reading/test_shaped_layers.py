"""Tables in the shapes that budgets have: written back, extended and changed; evidence, curves and packages."""

from __future__ import annotations

from pathlib import Path

import pytest

import budgetopt as bo

FILES = {
    "scenario.yaml": """
name: Lines
funds: {General: {revenue: 30M}, Grants: {revenue: 5M}}
outcomes: {visits: {weight: 1}, safe: {weight: 1}}
objective: {minimize: largest cut}
programs: {Branch: {department: Library}}
tables:
  programs:
    file: lines.csv
    header: 2
    where: {Type: Expense}
    skip: {Department: "* Total"}
    fill_down: Department
    add_up: true
    merge: {Vacancy: Patrol}
    decimal: ","
    scale: 1000
    columns: {Department: department, Program: program, Fund: funds, Adopted: baseline}
""",
    "lines.csv": """City;;;;
Department;Program;Fund;Type;Adopted
Police;Patrol;General;Expense;25.000,5
;Patrol;Grants;Expense;5.000
;Vacancy;General;Expense;(500)
Police Total;;;;29.500,5
Parks;Pools;General;Expense;3.200,01
;Pools;General;Revenue;800
""",
    "evidence.csv": ";;Per\nProgram;Outcome;dollar\nPatrol;safe;0,5\n;visits;0,25\n;total;9\nPools;visits;1,5\n",
    "curves.csv": "P,O,S,V,Use\nPatrol,visits,0,0,y\n,,10,5,y\n,,11,5,n\n,,20,8,y\n",
    "packages.csv": "P,N,C,V\nBranch,base,10,5\n,subtotal,10,\n,more,5,1\n",
}
TABLES = {
    "evidence": (
        "{file: evidence.csv, header: [1, 2], fill_down: Program, skip: {Outcome: total}, decimal: ',', "
        "columns: {Program: program, Outcome: outcome, Per dollar: per_dollar}}"
    ),
    "curves": (
        "{file: curves.csv, fill_down: [P, O], where: {Use: y}, scale: 1000, "
        "columns: {P: program, O: outcome, S: spending, V: value}}"
    ),
    "packages": (
        "{file: packages.csv, fill_down: P, skip_rows: 3, scale: 1000, "
        "columns: {P: program, N: name, C: cost, V: outcomes.visits}}"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def paid(scenario: bo.Scenario, program: str) -> tuple[object, dict[str, float]]:
    return scenario.programs[program].baseline, dict(scenario.programs[program].baseline_by_fund)


def test_what_is_written_is_the_same_scenario(folder: Path) -> None:
    scenario = bo.load(folder)
    assert paid(scenario, "Patrol") == (29_500_500, {"General": 24_500_500, "Grants": 5_000_000})
    assert paid(scenario, "Pools") == (3_200_010, {"General": 3_200_010})
    for table in (True, False):
        again = bo.load(scenario.to_folder(folder / f"again_{table}", table=table))
        assert again.sha256 == scenario.sha256
    (folder / "again.yaml").write_text(scenario.to_yaml())
    assert bo.load(folder / "again.yaml").sha256 == scenario.sha256


def test_a_file_that_extends_such_tables(folder: Path) -> None:
    (folder / "top.yaml").write_text("extends: scenario.yaml\nprograms: {Patrol: {baseline: -10%}}\n")
    assert paid(bo.load(folder / "top.yaml"), "Patrol") == (26_550_450, {"General": 24_500_500, "Grants": 5_000_000})
    (folder / "more.csv").write_text("x;\nP;B\nPools;1.000\nNew;2.000\n")
    (folder / "top.yaml").write_text(
        "extends: scenario.yaml\n"
        "tables: {programs: {file: more.csv, header: 2, decimal: ',', columns: {P: program, B: baseline}}}\n"
    )
    more = bo.load(folder / "top.yaml")
    assert (more.programs["Pools"].baseline, more.programs["New"].baseline) == (1000, 2000)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("programs.Patrol.baseline=-5%", (28_025_475, {"General": 24_500_500, "Grants": 5_000_000})),
        ("programs.Patrol.baseline_by_fund.General=+1M", (30_500_500, {"General": 25_500_500, "Grants": 5_000_000})),
        ("programs.*.baseline_by_fund.Grants=-100%", (24_500_500, {"General": 24_500_500, "Grants": 0})),
    ],
)
def test_changes_of_programs_of_lines(folder: Path, change: str, expected: tuple[float, dict[str, float]]) -> None:
    assert paid(bo.load(folder).with_(change), "Patrol") == expected


def test_a_traced_value_names_the_first_line_that_it_is_the_sum_of(folder: Path) -> None:
    ((place, value),) = bo.load(folder).trace("programs.Patrol.baseline_by_fund.Grants")
    assert place is not None
    assert (place.line, place.column, value) == (4, 3, 5_000_000)


@pytest.mark.parametrize("kind", list(TABLES))
def test_the_other_kinds_of_tables_have_these_shapes(folder: Path, kind: str) -> None:
    (folder / "top.yaml").write_text(f"extends: scenario.yaml\ntables:\n  {kind}: {TABLES[kind]}\n")
    scenario = bo.load(folder / "top.yaml")
    patrol, pools, branch = (scenario.programs[name] for name in ("Patrol", "Pools", "Branch"))
    if kind == "evidence":
        assert {name: effect.per_dollar for name, effect in patrol.outcomes.items()} == {"safe": 0.5, "visits": 0.25}
        assert {name: effect.per_dollar for name, effect in pools.outcomes.items()} == {"visits": 1.5}
    elif kind == "curves":
        # in thousands of dollars, and not of visits
        assert patrol.outcomes["visits"].curve == ((0, 0), (10_000, 5), (20_000, 8))
    else:
        packages = [(one.name, one.cost, one.outcomes["visits"].value) for one in branch.packages or ()]
        assert packages == [("base", (10_000,), 5), ("more", (5_000,), 1)]
    assert bo.load(scenario.to_folder(folder / "again", table=True)).sha256 == scenario.sha256


def test_a_table_of_packages_on_top_goes_by_their_names(folder: Path) -> None:
    (folder / "below.yaml").write_text(
        "extends: scenario.yaml\n"
        "programs:\n"
        "  Branch:\n"
        "    packages:\n"
        "    - {name: base, cost: 10, outcomes: {visits: {value: 5, evidence: rct}}}\n"
        "    - {name: more, cost: 5, outcomes: {visits: 1}}\n"
        "  Annex: {packages: [{cost: 3, outcomes: {visits: 2}}]}\n"
    )
    # other programs between them, another order, a package that is new, one that names only what differs, one unnamed
    (folder / "changes.csv").write_text(
        "program,name,cost,outcomes.visits\n"
        "Branch,more,7,\nAnnex,,4,1\nBranch,late,9,4\nPools,slide,2,3\nBranch,base,,6\nPools,sauna,1,1\n"
    )
    (folder / "top.yaml").write_text("extends: below.yaml\ntables: {packages: changes.csv}\n")

    def packages(name: str) -> list[tuple[object, ...]]:
        found = scenario.programs[name].packages or ()
        return [(one.name, one.cost, one.outcomes["visits"].value, one.outcomes["visits"].evidence) for one in found]

    scenario = bo.load(folder / "top.yaml")
    assert packages("Branch") == [("base", (10,), 6, "rct"), ("more", (7,), 1, None), ("late", (9,), 4, None)]
    assert packages("Pools") == [("slide", (2,), 3, None), ("sauna", (1,), 1, None)]
    assert packages("Annex") == [("", (3,), 2, None), ("", (4,), 1, None)]
    # the same as a file that says it
    (folder / "same.yaml").write_text(
        "extends: below.yaml\n"
        "programs:\n"
        "  Branch: {packages: [{name: more, cost: 7}, {name: late, cost: 9, outcomes: {visits: 4}},\n"
        "    {name: base, outcomes: {visits: 6}}]}\n"
        "  Annex: {packages: [{cost: 4, outcomes: {visits: 1}}]}\n"
        "  Pools: {packages: [{name: slide, cost: 2, outcomes: {visits: 3}},\n"
        "    {name: sauna, cost: 1, outcomes: {visits: 1}}]}\n"
    )
    assert bo.load(folder / "same.yaml").sha256 == scenario.sha256


def test_a_package_that_stands_twice_in_a_table_on_top_is_told(folder: Path) -> None:
    (folder / "below.yaml").write_text(
        "extends: scenario.yaml\nprograms: {Branch: {packages: [{name: base, cost: 10, outcomes: {visits: 5}}]}}\n"
    )
    (folder / "changes.csv").write_text("program,name,cost,outcomes.visits\nBranch,base,7,1\nBranch,base,8,2\n")
    (folder / "top.yaml").write_text("extends: below.yaml\ntables: {packages: changes.csv}\n")
    with pytest.raises(bo.ScenarioError, match="two packages of program 'Branch' are named 'base'"):
        bo.load(folder / "top.yaml")


def test_a_plus_sign_in_a_table_on_top_is_not_taken_for_the_new_value(folder: Path) -> None:
    (folder / "top.yaml").write_text("extends: scenario.yaml\ntables: {programs: adds.csv, packages: packages.csv}\n")
    (folder / "packages.csv").write_text("program,name,cost,outcomes.visits\nBranch,base,7,+1\n")
    (folder / "adds.csv").write_text(
        'program,baseline,spending.at_most,note\nPools,"+1,000",+5%,+1 post\nPatrol,5,80%,\nNew,+$2M,,\n'
    )
    with pytest.raises(bo.ScenarioError) as caught:
        bo.load(folder / "top.yaml")
    found = {str(problem.place).rpartition("/")[2]: problem for problem in caught.value.problems}
    assert {problem.code for problem in found.values()} == {"sign-in-table"}
    assert list(found) == ["adds.csv:2:2", "adds.csv:2:3", "adds.csv:4:2", "packages.csv:2:4"]
    assert found["adds.csv:2:2"].message == (
        "`baseline` of program 'Pools': '+1,000' may be the new value, or what is added to the one below"
    )
    assert found["adds.csv:2:2"].hint.startswith("write 1,000 for the new value;")
    # below everything there is nothing to add to, and lines of one budget are added up in any case
    (folder / "top.yaml").write_text(
        "name: Alone\nfunds: {General: {revenue: 9M}}\nobjective: {minimize: largest cut}\n"
        "tables: {programs: {file: adds.csv, columns: {spending.at_most: ignore}}}\n"
    )
    assert bo.load(folder / "top.yaml").programs["Pools"].baseline == 1000
    (folder / "adds.csv").write_text("program,baseline\nPools,+5\nPools,+6\n")
    (folder / "top.yaml").write_text("extends: scenario.yaml\ntables: {programs: {file: adds.csv, add_up: true}}\n")
    assert bo.load(folder / "top.yaml").programs["Pools"].baseline == 11
