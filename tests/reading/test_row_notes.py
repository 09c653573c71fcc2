"""What `check` says of a table and of next year's file of the same shape: rows left out, keys that find none."""

from __future__ import annotations

from pathlib import Path

import pytest

import budgetopt as bo
from budgetopt.checks import notes

SCENARIO = """
name: Lines
funds: {General: {revenue: 90}, Grants: {revenue: 90}}
objective: {minimize: largest cut}
tables:
  programs:
    file: lines.csv
    where: {Type: Expense}
    skip: {Program: ["* total", "Total*"]}
    skip_rows: SKIPPED
    add_up: true
    scale: 1000
    columns: {Program: program, Fund: funds, Type: ignore, Adopted: baseline}
"""
LINES = """Program,Fund,Type,Adopted
Patrol,General,Expense,25
Patrol,Grants,Expense,5
Police total,,Expense,30
Pools,General,Expense,4
Pools,General,Revenue,-1
Total,,Expense,34
"""


def load(folder: Path, lines: str = LINES, skipped: str = "[]") -> bo.Scenario:
    (folder / "scenario.yaml").write_text(SCENARIO.replace("SKIPPED", skipped))
    (folder / "lines.csv").write_text(lines)
    return bo.load(folder)


def of_the_table(scenario: bo.Scenario) -> list[str]:
    return [note for note in notes(scenario) if note.startswith("lines.csv")]


def test_the_rows_that_are_left_out_and_their_money(tmp_path: Path) -> None:
    scenario = load(tmp_path)
    assert of_the_table(scenario) == [
        "lines.csv: 3 of 6 rows are left out: 2 by `skip` (64,000 of baselines), 1 by `where` (-1,000 of baselines)"
    ]
    # they stay with the scenario that is changed, and with one that extends it
    changed = scenario.with_("funds.General.revenue=80")
    (tmp_path / "top.yaml").write_text("extends: scenario.yaml\nname: More\n")
    assert of_the_table(changed) == of_the_table(bo.load(tmp_path / "top.yaml")) == of_the_table(scenario)


def test_a_row_of_a_number_and_a_key_that_finds_nothing(tmp_path: Path) -> None:
    lines = LINES.replace("Police total,,Expense,30\n", "")
    assert of_the_table(load(tmp_path, lines, skipped="[4, 40-41]")) == [
        (
            "lines.csv: 3 of 5 rows are left out: 1 by `skip_rows` (4,000 of baselines), "
            "1 by `skip` (34,000 of baselines), 1 by `where` (-1,000 of baselines)"
        ),
        "lines.csv: `skip_rows: [40, 41]` finds no row",
        'lines.csv: `skip: {Program: "* total"}` finds no row',
    ]


def test_a_table_of_which_every_row_counts_has_no_note(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("program,baseline\na,1\n")
    (tmp_path / "scenario.yaml").write_text(
        "name: Plain\nfunds: {g: {revenue: 9}}\nobjective: {minimize: largest cut}\ntables: {programs: p.csv}\n"
    )
    assert not [note for note in notes(bo.load(tmp_path)) if "p.csv" in note]


def test_what_was_assumed_of_the_encoding_is_noted(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes("program,baseline\nCafé,1\n".encode("cp1252"))
    (tmp_path / "scenario.yaml").write_text(
        "name: Plain\nfunds: {g: {revenue: 9}}\nobjective: {minimize: largest cut}\ntables: {programs: p.csv}\n"
    )
    (note,) = (note for note in notes(bo.load(tmp_path)) if "p.csv" in note)
    assert note == "p.csv: The text is read as Windows-1252 (Western European), because line 2 is not UTF-8."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # another header
        (",Adopted", ",Adopted FY27", "'Adopted' is no column of"),
        # one more column
        ("Program,", "Program,Analyst,", "'Analyst' is no column that a table of programs has"),
        # a fund that is new
        ("Patrol,Grants", "Patrol,Levy", "lines.csv:3:2: unknown fund 'Levy'"),
        # none of its rows counts any more
        ("Expense", "Expenditure", "lines.csv: no row counts: 6 are left out, by `skip` and `where`"),
    ],
)
def test_next_years_file_of_another_shape_is_an_error_with_its_place(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    lines = LINES.replace(old, new)
    if new == "Program,Analyst,":
        lines = "\n".join([lines.split("\n")[0], *(row.replace(",", ",x,", 1) for row in LINES.split("\n")[1:-1]), ""])
    with pytest.raises(bo.ScenarioError) as caught:
        load(tmp_path, lines)
    said = str(caught.value)
    assert expected in said
    assert len(caught.value.problems) == 1
    assert "lines.csv" in said
    if "Analyst" in new:
        assert "columns: {Analyst: ignore}" in said
    if "FY27" in new:
        assert "'Adopted FY27'" in said
