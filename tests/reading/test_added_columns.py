"""Columns that are added up for one baseline: personnel, operating and capital."""

from __future__ import annotations

from pathlib import Path

import pytest

import budgetopt as bo
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import from_table, read_budget
from budgetopt.reading.write import write_files

SUMS = [1250.5, 900]
CLASSES = "Program,FTE,Personnel,Operating Expenses,Capital\nPatrol,9.5,1000,200,50.5\nEngines,8.5,800,100,\n"
YEARS = (
    "Program,FY25 Personnel,FY25 Operating,FY26 Personnel,FY26 Operating\nPatrol,1,2,1000,250.5\nEngines,3,4,800,100\n"
)
GERMAN = "Dienst;Personal;Sachkosten;Investitionen\nPolizei;1000,5;200;50\nFeuerwehr;800;100;0\n"
WITH_SIGN = "Program,Salaries + Benefits,Supplies & Materials\nPatrol,1000.5,250\nEngines,800,100\n"


@pytest.mark.parametrize(
    ("text", "flag", "recipe"),
    [
        (CLASSES, '"Personnel+Operating Expenses+Capital"', "Personnel + Operating Expenses + Capital: baseline"),
        (YEARS, '"FY26 Personnel+FY26 Operating"', "FY26 Personnel + FY26 Operating: baseline"),
        (GERMAN, "Personal+Sachkosten+Investitionen", "Personal + Sachkosten + Investitionen: baseline"),
        (WITH_SIGN, '"B+Supplies & Materials"', "B + Supplies & Materials: baseline"),
    ],
)
def test_classes_of_spending_are_offered_as_a_sum_that_the_scenario_reads(
    text: str, flag: str, recipe: str, tmp_path: Path
) -> None:
    (tmp_path / "office.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ChoiceError, match="columns of") as error:
        read_budget(str(tmp_path / "office.csv"))
    first = error.value.options[0]
    assert (first.flag, first.said) == (f"--column baseline={flag}", "they add up to 2,150.50")
    files, remarks = from_table(str(tmp_path / "office.csv"), "town", first.choices)
    assert recipe in files["scenario.yaml"].decode()
    assert "are added up for baseline" in remarks[0] or "are added up for baseline" in remarks[1]
    scenario = bo.load(write_files(tmp_path / "town", files))
    assert scenario.programs.baseline().tolist() == SUMS


def test_a_column_that_is_the_total_of_the_classes_is_taken(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text("Program,Personnel,Capital,Total\nPatrol,9,1,10\nEngines,8,2,10\n")
    assert read_budget(str(tmp_path / "office.csv")).programs.baseline().tolist() == [10, 10]


def test_a_subtotal_and_a_class_of_unknown_name_are_among_the_answers(tmp_path: Path) -> None:
    text = "Program,Personnel,M&O,Total Operating,Capital\nPatrol,800.5,100.5,901,50.25\nEngines,700.5,51.5,752,51.75\n"
    (tmp_path / "office.csv").write_text(text)
    with pytest.raises(ChoiceError, match="4 columns of") as error:
        read_budget(str(tmp_path / "office.csv"))
    answers = {option.flag: option.said for option in error.value.options}
    assert answers['--column baseline="Personnel+M&O+Capital"'] == "they add up to 1,755"
    assert '--column baseline="Total Operating"' in answers


def test_sums_of_columns_by_period_with_lines_added_up(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(YEARS.replace("Engines", "Patrol"))
    columns = {"baseline.FY25": "FY25 Personnel+FY25 Operating", "baseline.FY26": "D+E"}
    found = read_budget(str(tmp_path / "office.csv"), Choices(columns=columns)).programs.under("baseline")
    assert {period: column.values.tolist() for period, column in found.items()} == {"FY25": [10], "FY26": [2150.5]}


def test_only_baselines_are_added_up(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(CLASSES)
    with pytest.raises(OptionError, match="only those of baselines are added up"):
        read_budget(str(tmp_path / "office.csv"), Choices(columns={"name": "Program+FTE"}))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"Personnel + Capitol": "baseline"}, "'Capitol' is no column of"),
        ({"Personnel + Personnel": "baseline"}, "'Personnel' is added up twice"),
        ({"Personnel + Capital": "spending.at_most"}, "columns are added up for baselines alone"),
    ],
)
def test_a_sum_that_cannot_be_made_is_told(columns: dict[str, str], message: str, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(CLASSES)
    rest = dict.fromkeys(("FTE", "Operating Expenses"), "ignore")
    table = {"file": str(tmp_path / "office.csv"), "columns": {"Program": "program", **rest, **columns}}
    tree = {"format": "budgetopt/1", "name": "x", "funds": {"general": {"revenue": 9}}, "tables": {"programs": table}}
    with pytest.raises(ScenarioError, match=message):
        bo.Scenario.from_document(tree, allow_folders=[tmp_path])


def test_a_cell_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(
        CLASSES.replace("50.5", "lots").replace("Engines,8.5,800,100,", "Engines,8,8,1,2")
    )
    with pytest.raises(ScenarioError, match=r"office\.csv:2:5: .*'lots' is not an amount"):
        read_budget(str(tmp_path / "office.csv"), Choices(columns={"baseline": "Personnel+Capital"}))


def test_what_columns_add_up_to_is_told_without_rows_of_totals(tmp_path: Path) -> None:
    text = "Program,Personnel,Operating\nA,100,10\nB,300,20\nTotal,400,30\nAverage,200,15\n"
    (tmp_path / "office.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ChoiceError) as error:
        read_budget(tmp_path / "office.csv")
    said = [option.said for option in error.value.options]
    assert said == ["they add up to 430", "it adds up to 400", "it adds up to 30"]
    assert read_budget(tmp_path / "office.csv", error.value.options[0].choices).programs.baseline().sum() == 430
