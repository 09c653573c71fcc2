"""Headings of revenue and of spending that stand in another column than the names of programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetopt.reading.starting import BudgetFile, read_budget

OF_EACH = """\
Department,Account,FY26 Adopted
Police,REVENUES,
Police,Fees,100
Police,EXPENDITURES,
Police,Salaries,500
Parks,REVENUES,
Parks,Rentals,40
Parks,EXPENDITURES,
Parks,Wages,300
"""
OF_ALL = """\
Program,Account,FY26 Adopted
,Revenues:,
Clerk,Property tax,1000
Parks,Rentals,40
,Total revenues,1040
,Expenditures:,
Police,Salaries,500
Parks,Wages,300
,Total expenditures,800
"""
BY_FUND = """\
Fund,Department,FY26 Adopted
REVENUES,,
General,Property tax,1000
EXPENDITURES,,
General,Police,500
General,Parks,300
"""
BESIDE_DEPARTMENTS = """\
Department,Program,FY26 Adopted
,REVENUES,
Clerk,Property tax,1000
,EXPENDITURES,
Force,Police,500
Green,Parks,300
"""


def read(folder: Path, text: str) -> BudgetFile:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    return read_budget(folder / "t.csv")


@pytest.mark.parametrize("text", [OF_EACH, OF_ALL, BY_FUND, BESIDE_DEPARTMENTS])
def test_what_stands_below_a_heading_of_revenue_is_no_program(text: str, tmp_path: Path) -> None:
    found = read(tmp_path, text)
    assert dict(zip(found.programs.ids.tolist(), found.programs.baseline().tolist(), strict=True)) == {
        "Police": 500,
        "Parks": 300,
    }
    assert any("of revenue" in remark and "left out" in remark for remark in found.remarks)


def test_a_department_without_a_heading_of_its_own_is_not_revenue(tmp_path: Path) -> None:
    text = OF_EACH.replace("Parks,REVENUES,\nParks,Rentals,40\nParks,EXPENDITURES,\n", "").replace(
        "Police,EXPENDITURES,\nPolice,Salaries,500\n", ""
    )
    text += "Library,EXPENDITURES,\nLibrary,Books,70\n"
    assert read(tmp_path, text).programs.ids.tolist() == ["Parks", "Library"]


def test_headings_of_one_side_alone_leave_nothing_out(tmp_path: Path) -> None:
    found = read(tmp_path, OF_EACH.replace("EXPENDITURES", "REVENUES"))
    assert found.programs.baseline().sum() == 940
