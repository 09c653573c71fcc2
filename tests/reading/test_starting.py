"""A scenario begun from an office's own table, in a call."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.load import load
from budgetopt.reading.office.choices import Choices
from budgetopt.reading.starting import from_table
from budgetopt.reading.write import write_files
from budgetopt.reading.yaml_file import read_yaml


@pytest.fixture
def office(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Offers"
    for row in (
        ["City of Elmfield"],
        ["Program", "Dept", "Fund", "FY26 Adopted", "Council district"],
        ["Library hours", "Library", "General", 120_000, 3],
        ["Streets", "Works", "Street aid", 400_000, 1],
        ["Total", None, None, 520_000],
    ):
        sheet.append(row)
    book.create_sheet("Notes")
    book.save(tmp_path / "office.xlsx")
    return tmp_path / "office.xlsx"


def test_the_mapping_is_written_down_and_what_has_no_place_is_told(office: Path, tmp_path: Path) -> None:
    files, remarks = from_table(f"{office}!Offers", "elmfield")
    folder = write_files(tmp_path / "elmfield", files)
    assert read_yaml(folder / "scenario.yaml").tree["tables"]["programs"]["columns"] == {
        "Program": "program",
        "Dept": "department",
        "Fund": "funds",
        "FY26 Adopted": "baseline",
        "Council district": "ignore",
    }
    assert "left aside, because no key of a program fits: 'Council district'" in remarks
    assert "1 row of totals is left out, 520,000 in all: 'Total'" in remarks
    scenario = load(folder)
    assert scenario.name == "elmfield"
    assert scenario.programs.ids.tolist() == ["Library hours", "Streets"]
    assert {name: fund.revenue for name, fund in scenario.funds.items()} == {"General": 120_000, "Street aid": 400_000}
    assert "Council district: ignore" in (folder / "scenario.yaml").read_text(encoding="utf-8")
    with pytest.raises(OptionError, match="there is already"):
        write_files(tmp_path / "elmfield", files)


def test_a_table_that_cannot_be_placed_is_refused(office: Path, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no sheet 'Offer'"):
        from_table(f"{office}!Offer", "elmfield")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(OptionError, match="can be taken for the headers"):
        from_table(str(tmp_path / "other.csv"), "elmfield")


@pytest.mark.parametrize("columns", [("FY25", "FY26"), ("FY26", "FY25")])
def test_a_baseline_for_every_period_beside_one_for_a_period_is_refused(
    columns: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("Program,FY25,FY26\nPatrol,100,110\nPools,50,60\n")
    choices = Choices(columns=dict(zip(("baseline", "baseline.FY26"), columns, strict=True)))
    with pytest.raises(ScenarioError, match=r"'Patrol' is set for every period.* and again for FY26"):
        from_table(str(tmp_path / "t.csv"), "t", choices)
