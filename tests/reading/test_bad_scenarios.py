"""One malformed file for each mistake, with the exact message that an analyst reads.

After a message was changed on purpose, ``python tests/reading/test_bad_scenarios.py`` writes the new ones. Read each.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from budgetopt.errors import ScenarioError, column_letters
from budgetopt.reading import load

FOLDER = Path(__file__).parents[1] / "bad_scenarios"
CASES = sorted(path.stem for path in FOLDER.iterdir() if path.suffix == ".yaml" or path.is_dir())
NOT_FILES = {"file_missing": "no_such_file.yaml"}


def message_of(case: str) -> str:
    name = NOT_FILES.get(case) or (case if (FOLDER / case).is_dir() else f"{case}.yaml")
    with pytest.raises(ScenarioError) as caught:
        load(name)
    return f"{caught.value}\n"


@pytest.mark.parametrize("case", [*CASES, *NOT_FILES])
def test_a_malformed_scenario_gets_exactly_this_message(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    assert message_of(case) == (FOLDER / f"{case}.expected").read_text(encoding="utf-8")


def in_a_workbook(folder: Path, case: Path) -> None:
    """Write a scenario again with its CSV tables as sheets of one workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    text = (case / "scenario.yaml").read_text(encoding="utf-8")
    for table in case.glob("*.csv"):
        sheet = book.create_sheet(table.stem)
        with table.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                sheet.append(row)
        text = text.replace(table.name, f"office.xlsx!{table.stem}")
    (folder / case.name).mkdir()
    book.save(folder / case.name / "office.xlsx")
    (folder / case.name / "scenario.yaml").write_text(text, encoding="utf-8")


def cell(found: re.Match[str]) -> str:
    table, line, column = found.groups()
    return f"office.xlsx!{table}:{column_letters(int(column))}{line}" if column else f"office.xlsx!{table}"


@pytest.mark.parametrize("case", [case for case in CASES if re.match("table_(packages|curves|evidence)_", case)])
def test_a_sheet_gets_the_message_of_a_table_by_its_cell(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_workbook(tmp_path, FOLDER / case)
    monkeypatch.chdir(tmp_path)
    expected = (FOLDER / f"{case}.expected").read_text(encoding="utf-8")
    assert message_of(case) == re.sub(r"(\w+)\.csv:(\d+)(?::(\d+))?", cell, expected)


def test_every_expected_message_has_its_malformed_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.expected")} == {*CASES, *NOT_FILES}


def test_no_message_speaks_the_language_of_programmers() -> None:
    jargon = (
        "Input should",
        "pydantic",
        "Traceback",
        "dict",
        "str ",
        "NoneType",
        "<class",
        "validation error",
        "ruamel",
    )
    for path in FOLDER.glob("*.expected"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in jargon if word in text], path.name


if __name__ == "__main__":
    os.chdir(FOLDER)
    for each in (*CASES, *NOT_FILES):
        (FOLDER / f"{each}.expected").write_text(message_of(each), encoding="utf-8")
