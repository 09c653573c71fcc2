"""A plan goes back to the office, is edited there, and is audited, compared and taken as a layer."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.cli import main

SCENARIO = """\
format: budgetopt/1
name: Elmfield
funds:
  general: {revenue: 9M, reserve: 300k}
  fees: {revenue: 1M, only: {program: pools}}
outcomes: {visits: {unit: visits, weight: 1}}
tables: {programs: office.xlsx}
programs:
  pools: {outcomes: {visits: {per_dollar: 0.1}}}
  paths: {outcomes: {visits: {per_dollar: 0.2}}, spending: {at_most: 2M}}
  branches: {outcomes: {visits: {per_dollar: 0.25}}, spending: {at_most: 6.5M}}
  grant: {baseline: 100k, spending: {at_least: 100k}}
"""
HEADERS = ["program", "name", "baseline", "spending.at_least"]
ROWS = [
    ["pools", "Pools", 3_000_000, None],
    ["paths", "Trees & paths", 1_200_000, 1_000_000],
    ["branches", "Branches", 6_000_000, 5_000_000],
]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a city, and a copy of its table with the plan."""
    home = tmp_path_factory.mktemp("solved")
    (home / "city").mkdir()
    (home / "city" / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    book = openpyxl.Workbook()
    for row in [HEADERS, *ROWS]:
        book.active.append(row)
    book.save(home / "city" / "office.xlsx")
    assert main(["solve", str(home / "city"), "--into", "office.xlsx", "--out", str(home / "plan.xlsx")]) == 0
    return home


@pytest.fixture
def city(tmp_path: Path, solved: Path) -> Path:
    shutil.copytree(solved, tmp_path, dirs_exist_ok=True)
    return tmp_path / "city"


def edit(city: Path, **cells: Any) -> Path:
    """Change cells of the plan as a spreadsheet program would, and return the copy."""
    book = openpyxl.load_workbook(city.parent / "plan.xlsx")
    for cell, value in cells.items():
        book.active[cell] = value
    book.save(city.parent / "edited.xlsx")
    return city.parent / "edited.xlsx"


def test_an_unedited_copy_is_the_best_plan(city: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("audit", city, city.parent / "plan.xlsx")
    assert (code, err) == (0, "")
    assert "The plan keeps all" in out
    assert "The edited plan loses nothing." in out
    assert out.endswith("Every amount is that of the best plan.\n")


def test_edits_are_audited_with_their_cells(city: Path, run: Callable[..., Any]) -> None:
    edited = edit(city, E3=900_000, C2=3_100_000, B4="All branches")
    code, out, _ = run("audit", city, edited)
    assert code == 1
    assert "The plan misses 1 of the limits of Elmfield:\n- Trees & paths gets 900,000, and its floor is" in out
    assert "1 amount differs from the best plan:" in out
    assert re.search(r"“Trees & paths”: \$900,000 instead of \$2,000,000 \(-\$1,100,000\), .*edited.xlsx!Sheet:E3", out)
    assert "Sheet:C2: the baseline of 'pools' is 3,100,000 instead of 3,000,000, and is not taken" in out
    assert "Sheet:B4: the name of 'branches' is 'All branches' instead of 'Branches', and is not taken" in out
    # 1.1 million at 0.2 visits a dollar are lost
    assert "The edited plan loses 220,000" in out


def test_rows_added_and_deleted_are_said_and_a_moved_row_keeps_its_plan(city: Path, run: Callable[..., Any]) -> None:
    book = openpyxl.load_workbook(city.parent / "plan.xlsx")
    sheet = book.active
    pools = [cell.value for cell in sheet[2]]
    sheet.delete_rows(2, 2)
    sheet.append(["bookmobile", "Book bus", 5, None, 5])
    sheet.append([value if at != 5 else None for at, value in enumerate(pools)])
    book.save(city.parent / "edited.xlsx")
    code, out, _ = run("audit", city, city.parent / "edited.xlsx")
    assert code == 0
    assert "edited.xlsx!Sheet:A3: the program 'bookmobile' is new, and is not taken" in out
    assert "office.xlsx!Sheet:A3: the program 'paths' stands in this row, and not in the copy" in out
    assert "Every amount is that of the best plan." in out


def test_what_the_office_writes_beside_the_plan_is_left_aside(city: Path, run: Callable[..., Any]) -> None:
    edited = edit(city, I1="Remark", I2="ask the mayor", K3="a note without a header")
    code, out, err = run("audit", city, edited)
    assert (code, err) == (0, "")
    assert "note: the column 'Remark' is new, and is not read" in out


def test_json_has_the_same(city: Path, run: Callable[..., Any]) -> None:
    document = json.loads(run("audit", city, edit(city, E3=1_500_000), "--format", "json").out)
    assert document["kept"] is True
    assert document["missed"] == []
    assert document["objective"]["loss"] == pytest.approx(100_000)
    assert [(move["program"], move["change"]) for move in document["moves"]] == [("paths", -500_000)]


def test_a_layer_holds_the_edits_for_solve_and_diff(city: Path, run: Callable[..., Any]) -> None:
    layer = city.parent / "edits.yaml"
    assert run("audit", city, edit(city, E3=1_500_000), "--layer", layer).code == 0
    plan = bo.solve(layer)
    assert plan.programs["spending"]["paths"] == 1_500_000
    assert plan.scenario.name == "Elmfield, as edited in edited.xlsx"
    # what is left over goes where it does most
    assert plan.programs["spending"]["pools"] > bo.solve(city).programs["spending"]["pools"]
    assert "the spending at most of program “Trees & paths” falls" in run("diff", city, layer).out
    assert "edited.xlsx!Sheet:E3" in layer.read_text(encoding="utf-8")


def test_solve_holds_the_edits(city: Path, run: Callable[..., Any]) -> None:
    edited = edit(city, E3=1_500_000, C2=5)
    code, out, err = run("solve", city, "--edits", edited, "--format", "csv")
    assert code == 0
    assert "the baseline of 'pools' is 5 instead of 3,000,000, and is not taken" in err
    rows = {line.split(",")[0]: line for line in out.splitlines()}
    assert ",1500000.0," in rows["paths"]
    held = bo.edited_plan(city, edited).held()
    layer = city.parent / "edits.yaml"
    run("audit", city, edited, "--layer", layer)
    assert bo.load(layer).programs["paths"] == held.programs["paths"]
    found = run("solve", city, "--edits", edited, "--set", "funds.general.revenue=-5M")
    assert found.code == 1
    assert "cannot be met with the money there is" in found.err


def test_two_copies_differ_in_their_plans(city: Path, run: Callable[..., Any]) -> None:
    _, out, err = run("diff", city.parent / "plan.xlsx", edit(city, E3=1_500_000))
    assert err == ""
    assert "- “Trees & paths”: $1,500,000 instead of $2,000,000 (-$500,000, -25%)" in out
    assert "the money is that of the column 'plan, USD'" in out


def test_diff_tells_what_an_edited_copy_changes(city: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("diff", city, edit(city, E3=1_500_000))
    assert code == 0
    assert "“Trees & paths”: $1,500,000 instead of $2,000,000 (-$500,000)" in out
    assert "- “visits”: from 2,145,000 to 2,045,000 (-100,000)" in out or "- “visits”: from" in out
    assert "- the fund “general” pays" in out


def test_who_pays_follows_from_the_cells_of_funds_or_from_the_money_left(city: Path) -> None:
    scenario = bo.load(city)
    # columns: E plan, F change, G from general, H from fees
    best = bo.edited_plan(scenario, city.parent / "plan.xlsx")
    assert best.plan.spending.sum() == best.best.spending.sum()
    more = bo.edited_plan(scenario, edit(city, E3=1_000_000, E2=1_800_000))
    row = scenario.programs.position("pools")
    assert more.plan.spending[row].ravel().tolist() == [800_000, 1_000_000]
    assert any("does not say which fund pays" in remark for remark in more.remarks)
    assert more.audit.accepted
    by_fund = bo.edited_plan(scenario, edit(city, G2=50_000, H2=700_000))
    assert by_fund.plan.spending[row].ravel().tolist() == [50_000, 700_000]
    assert by_fund.moves["after"].tolist() == [750_000]
    assert any("gets what its funds pay, 750,000.00" in remark for remark in by_fund.remarks)
    both = bo.edited_plan(scenario, edit(city, E2=750_000, G2=50_000, H2=700_000))
    assert both.plan.spending[row].ravel().tolist() == [50_000, 700_000]
    neither = bo.edited_plan(scenario, edit(city, E2=900_000, G2=200_000))
    assert neither.plan.spending[row].ravel().tolist() == [150_000, 750_000]
    assert any("is not the sum of what its funds pay; it is taken" in remark for remark in neither.remarks)


@pytest.mark.parametrize(
    ("cells", "message", "hint"),
    [
        ({"E2": "a lot"}, "edited.xlsx!Sheet:E2", "amount"),
        ({"E2": None}, "edited.xlsx!Sheet:E2: the plan has no amount for the program 'pools'", "write 0"),
        ({"E2": -5}, "edited.xlsx!Sheet:E2: the plan of program 'pools': -5 is negative", "zero or more"),
        ({"E1": "the plan"}, "the table has no column of a plan", "--out edited.xlsx"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_cell(
    city: Path, run: Callable[..., Any], cells: dict[str, Any], message: str, hint: str
) -> None:
    code, out, err = run("audit", city, edit(city, **cells))
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err


def test_files_that_are_no_copies_are_refused(city: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    assert "cannot be read: no such file" in run("audit", city, tmp_path / "none.xlsx").err
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    assert run("audit", city, tmp_path / "text.xlsx").code == 2
    code, _, err = run("audit", city, tmp_path / "plan.xlsx", "--layer", city / "scenario.yaml")
    assert code == 2
    assert "is the scenario itself" in err
    assert (
        run("audit", city, tmp_path / "plan.xlsx", "--set", "funds.general.revenue=-1%", "--layer", "a.yaml").code == 2
    )
    assert run("solve", city, "--into", "office.xlsx").code == 2
    assert "a copy of office.xlsx ends in .xlsx" in run("solve", city, "--out", tmp_path / "plan.csv").err


def test_packages_and_services_follow_their_money(tmp_path: Path) -> None:
    text = """\
name: Town
funds: {general: {revenue: 1000}}
outcomes: {visits: {unit: visits, weight: 1}, meals: {unit: meals, weight: 3}}
tables: {programs: office.csv}
programs:
  steps:
    packages:
      - {name: one, cost: 100, outcomes: {visits: 60}}
      - {name: two, cost: 200, outcomes: {visits: 100}}
  meals: {service: {unit: meals, unit_cost: 2, up_to: 300}, outcomes: {meals: {per_unit: 1}}}
"""
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "office.csv").write_text("program,name\nsteps,Steps\nmeals,Meals\n", encoding="utf-8")
    plan = bo.solve(tmp_path)
    copy = plan.to_own_table(tmp_path / "plan.csv")
    assert plan.programs["spending"].tolist() == [300, 600]
    copy.write_text(copy.read_text().replace("Steps,300", "Steps,100").replace("Meals,600", "Meals,500"))
    edited = bo.edited_plan(plan, copy)
    assert edited.audit.accepted
    assert edited.outcomes["after"].to_dict() == {"visits": 60, "meals": 250}
    assert edited.loss == 100 + 150


def test_a_scenario_without_any_plan_can_be_audited_too(city: Path, run: Callable[..., Any]) -> None:
    found = run("audit", city, city.parent / "plan.xlsx", "--set", "funds.general.revenue=-5M")
    assert found.code == 1
    assert "general closes with" in found.out
    assert "No plan keeps every limit of the scenario." in found.out
