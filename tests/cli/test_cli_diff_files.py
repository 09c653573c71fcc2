"""Two budgets as office files: matched by id, then by name, never by near names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import budgetopt as bo

PROPOSED = """\
Program ID,Program Name,Department,Fund,Budget
101,Library hours,Library,General,"6,000,000"
102,Pools,Parks,General,"3,000,000"
103,Street  repair,Streets,Gas tax,"4,000,000"
104,Youth jobs,Parks,General,"500,000"
105,Mowing,Parks,General,100
106,Forms,Clerk,General,700
"""
ADOPTED = """\
Program ID,Program Name,Department,Fund,Budget
101,Library hours,Library,General,"6,250,000"
102,Pools & beaches,Parks,General,"3,000,000"
203,street repair,Streets,Gas tax,"3,900,000.50"
110,Youth job,Parks,General,"600,000"
105,Mowing,Streets,General,100
106,Forms,Clerk,General,700
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "proposed.csv").write_text(PROPOSED, encoding="utf-8")
    book = openpyxl.Workbook()
    for line in csv.reader(io.StringIO(ADOPTED)):
        cells = [cell.replace(",", "") for cell in line]
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in cells])
    book.save(tmp_path / "adopted.xlsx")
    return tmp_path / "proposed.csv", tmp_path / "adopted.xlsx"


def test_programs_are_matched_by_id_and_then_by_name(files: tuple[Path, Path]) -> None:
    found = bo.diff_budgets(*files)
    assert found
    rows = found.programs.reset_index().set_index("name")
    assert rows["status"].to_dict() == {
        "Youth job": "new",
        "Youth jobs": "gone",
        "Library hours": "changed",
        "street repair": "changed",
        "Pools & beaches": "renamed",
        "Mowing": "changed",
        "Forms": "same",
    }
    assert rows["was_id"]["street repair"] == "103"
    assert rows["was_called"]["Pools & beaches"] == "Pools"
    assert rows["was_in"]["Mowing"] == "Parks"
    assert rows["change"]["street repair"] == pytest.approx(-99_999.5)
    assert found.alike == (("Youth jobs", "Youth job"),)
    assert found.totals == (13_500_800, 13_750_800.5)
    assert found.departments["change"].to_dict() == {
        "Library": 250_000,
        "Parks": 99_900,
        "Streets": -99_899.5,
        "Clerk": 0,
    }
    assert found.funds["change"].to_dict() == {"General": 350_000, "Gas tax": -99_999.5}


def test_the_words_have_totals_departments_funds_and_programs(
    files: tuple[Path, Path], run: Callable[..., Any]
) -> None:
    code, out, err = run("diff", *files)
    assert (code, err) == (0, "")
    assert out.startswith(
        "adopted.xlsx against proposed.csv: $13,750,800.50 instead of $13,500,800 (+$250,000.50, +1.9%)."
    )
    assert "Of 7 programs: 3 changed, 1 renamed, 1 new, 1 gone and 1 the same." in out
    assert "- Parks: $3,600,000 instead of $3,500,100 (+$99,900, +2.9%)" in out
    assert "- Gas tax: $3,900,000.50 instead of $4,000,000 (-$99,999.50, -2.5%)" in out
    assert "- “street repair” (before: id 103): $3,900,000.50 instead of $4,000,000 (-$99,999.50, -2.5%)" in out
    assert "- “Mowing” (before: in Parks): $100" in out
    assert "New:\n- “Youth job”: $600,000\nGone:\n- “Youth jobs”: $500,000\n" in out
    assert "they are not taken for one program" in out
    assert "note: adopted.xlsx: the money is that of the column 'Budget'" in out


def test_json_and_csv_have_the_same(files: tuple[Path, Path], run: Callable[..., Any]) -> None:
    document = json.loads(run("diff", *files, "--format", "json").out)
    assert document["total"] == {"before": 13_500_800, "after": 13_750_800.5, "change": 250_000.5}
    assert document["near_names"] == [{"gone": "Youth jobs", "new": "Youth job"}]
    table = pd.read_csv(io.StringIO(run("diff", *files, "--format", "csv").out))
    assert len(table) == len(document["programs"]) == 7
    assert table["change"].sum() == pytest.approx(250_000.5)


def test_the_same_file_differs_in_nothing(files: tuple[Path, Path], run: Callable[..., Any]) -> None:
    assert not bo.diff_budgets(files[0], files[0])
    assert "Of 6 programs: 6 the same." in run("diff", files[0], files[0]).out


def test_ids_that_count_rows_are_doubted(tmp_path: Path) -> None:
    for name, order in (("a", "Parks Pools Police"), ("b", "Police Parks Fire")):
        rows = "".join(f"{number},{word},1\n" for number, word in enumerate(order.split(), start=1))
        (tmp_path / f"{name}.csv").write_text(f"Program ID,Program Name,Budget\n{rows}", encoding="utf-8")
    found = bo.diff_budgets(tmp_path / "a.csv", tmp_path / "b.csv")
    assert any("3 have another name: are the ids numbers of rows?" in remark for remark in found.remarks)


def test_names_that_stand_twice_are_not_matched(tmp_path: Path) -> None:
    head = "Program ID,Program Name,Budget\n"
    (tmp_path / "a.csv").write_text(f"{head}1,Pools,5\n2,Pools,6\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{head}3,Pools,5\n", encoding="utf-8")
    assert sorted(bo.diff_budgets(tmp_path / "a.csv", tmp_path / "b.csv").programs["status"]) == ["gone", "gone", "new"]


def test_what_cannot_be_compared_is_said(files: tuple[Path, Path], tmp_path: Path, run: Callable[..., Any]) -> None:
    (tmp_path / "city").mkdir()
    assert "cannot be read: no such file" in run("diff", files[0], tmp_path / "none.csv").err
    assert "is an office's file, and" in run("diff", files[0], tmp_path / "city").err
    assert "office files have no rules" in run("diff", *files, "--solve").err
    (tmp_path / "words.csv").write_text("a,b\nc,d\n", encoding="utf-8")
    code, out, err = run("diff", files[0], tmp_path / "words.csv")
    assert (code, out) == (2, "")
    assert "words.csv" in err


def test_flags_settle_what_is_unclear_in_both_files(files: tuple[Path, Path], run: Callable[..., Any]) -> None:
    found = json.loads(run("diff", *files, "--column", "name=Department", "--format", "json").out)
    assert {row["name"] for row in found["programs"]} <= {"Library", "Parks", "Streets", "Clerk"}
    code, out, err = run("diff", *files, "--column", "baseline=Buget")
    assert (code, out) == (2, "")
    assert "Buget" in err
    assert "there is no office's file" in run("diff", "scenarios/classics/wyndor", files[0], "--sheet", "A").err


def test_csv_of_scenarios_has_their_programs(tmp_path: Path, run: Callable[..., Any]) -> None:
    wyndor = bo.load("scenarios/classics/wyndor")
    first = wyndor.to_folder(tmp_path / "first")
    second = wyndor.with_(("programs.doors.baseline", 5)).to_folder(tmp_path / "second")
    assert run("diff", first, second, "--format", "csv").out.startswith("program,key,before,after\ndoors,baseline,")
