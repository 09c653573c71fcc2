"""`new`: a starter that solves as it is, and a scenario from an office's own table."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.reading.office.guess import guess
from budgetopt.reading.tables import open_book, sheet_of

OFFICE = """\
City of Elmfield,,,,,
Proposed budget,,,,,
Prog. No.,Program Name,Dept.,FY25 Adopted,FY26 Adopted,Funding Source,Mayor's remark
101,Library hours,Library,100000,120000,General Fund,keep
102,Parks,Parks,"1,000,000","1,100,000",General Fund,
103,Street repair,Streets,500000,400000,Street Aid,look again
Total,,,1600000,1620000,,
"""


def test_the_starter_solves_as_it_is(tmp_path: Path, run: Callable[..., Any]) -> None:
    folder = tmp_path / "deep" / "town"
    code, out, err = run("new", folder)
    assert (code, err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["effects.csv", "programs.csv", "scenario.yaml"]
    assert f"budgetopt solve {folder}" in out
    code, out, err = run("check", folder)
    assert (code, err) == (0, "")
    assert "No problems found." in out
    code, out, err = run("solve", folder, "--json", folder / "result.json", "--format", "json")
    assert code == 0
    document = json.loads(out)
    assert document["status"] == "optimal"
    # it is worth a first look: some programs gain, some lose, and a limit binds
    changes = document["programs"]["change"]
    assert min(changes) < 0 < max(changes)
    assert any(rule["binding"] for rule in document["rules"])
    assert run("verify", folder / "result.json").code == 0


def test_the_starter_says_that_it_is_invented_and_explains_itself(tmp_path: Path, run: Callable[..., Any]) -> None:
    run("new", tmp_path / "town")
    text = (tmp_path / "town" / "scenario.yaml").read_text(encoding="utf-8")
    assert "invented" in text.splitlines()[0]
    assert text.count("#") >= 10


def test_nothing_is_overwritten(tmp_path: Path, run: Callable[..., Any]) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    code, out, err = run("new", tmp_path)
    assert (code, out) == (2, "")
    assert "is not empty, and nothing is overwritten" in err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    code, _, err = run("new", tmp_path / "notes.txt")
    assert code == 2
    assert "is a file" in err
    code, _, err = run("new", tmp_path / "notes.txt" / "town")
    assert code == 2
    (tmp_path / "empty").mkdir()
    assert run("new", tmp_path / "empty").code == 0


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "office.csv"
    path.write_text(OFFICE, encoding="utf-8")
    return path


def test_a_table_of_an_office_becomes_a_scenario(office: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    folder = tmp_path / "elmfield"
    code, out, err = run("new", folder, "--from", office)
    assert (code, err) == (0, "")
    assert (folder / "office.csv").read_bytes() == office.read_bytes()
    assert "'FY26 Adopted' was taken for baseline, and not 'FY25 Adopted'" in out
    assert "left aside, because no key of a program fits: 'Mayor's remark'" in out
    assert "1 row of totals is left out, 1,620,000 in all: 'Total'" in out
    assert "the file adds up to 3,240,000 in 4 rows; taken: 1,620,000 in 3 programs; difference: 1,620,000" in out
    scenario = bo.load(folder)
    assert scenario.name == "elmfield"
    assert scenario.programs.ids.tolist() == ["101", "102", "103"]
    assert scenario.programs.names().tolist() == ["Library hours", "Parks", "Street repair"]
    assert scenario.programs.baseline().tolist() == [120_000, 1_100_000, 400_000]
    assert {name: fund.revenue for name, fund in scenario.funds.items()} == {
        "General Fund": 1_220_000,
        "Street Aid": 400_000,
    }
    plan = bo.solve(scenario)
    assert plan.programs["spending"].tolist() == [120_000, 1_100_000, 400_000]


def test_a_sheet_of_a_workbook_becomes_a_scenario(tmp_path: Path, run: Callable[..., Any]) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet("Offers")
    sheet.append(["name", "budget", "max"])
    sheet.append(["Zoo", 1000.5, 2000])
    sheet.append(["Yes", 10, 20])
    book.save(tmp_path / "office.xlsx")
    code, out, err = run("new", tmp_path / "zoo: no. 1", "--from", f"{tmp_path / 'office.xlsx'}!Offers")
    assert (code, err) == (0, ""), out
    scenario = bo.load(tmp_path / "zoo: no. 1")
    assert scenario.name == "zoo: no. 1"
    assert scenario.programs.ids.tolist() == ["Zoo", "Yes"]
    assert scenario.funds["general"].revenue == 1010.5
    assert scenario.programs.number("spending.at_most").tolist() == [2000, 20]
    assert bo.solve(scenario).programs["spending"].tolist() == [1000.5, 10]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\nx,y\n", "no row of {file} can be taken for the headers of a table of programs and their money"),
        ("program,b\nx,y\n", "no row of {file} can be taken for the headers of a table of programs and their money"),
        ("program,baseline\n", "{file} has no rows below its headers"),
        ("budget,FTE\n5,7\n", "no column of {file} can be taken for the programs; its headers are: budget, FTE"),
        ("program,baseline\nzoo,12a\n", "'12a' is not an amount"),
        ("", "is empty"),
    ],
)
def test_a_table_that_cannot_be_placed_is_told(
    text: str, message: str, tmp_path: Path, run: Callable[..., Any]
) -> None:
    file = tmp_path / "office.csv"
    file.write_text(text, encoding="utf-8")
    code, out, err = run("new", tmp_path / "town", "--from", file)
    assert (code, out) == (2, "")
    assert message.format(file=file) in err
    assert not (tmp_path / "town").exists()


def test_a_table_that_is_not_there_is_told(tmp_path: Path, run: Callable[..., Any]) -> None:
    code, _, err = run("new", tmp_path / "town", "--from", tmp_path / "nothing.csv")
    assert code == 2
    assert "cannot be read: no such file or directory" in err


@pytest.mark.parametrize(
    ("heads", "keys"),
    [
        ("Program,Department,FY2026 Budget,Notes", "program,department,baseline,note"),
        ("ID,Title,Agency,Adopted Budget", "program,name,department,baseline"),
        ("program,name,baseline,spending.at_most", "program,name,baseline,spending.at_most"),
        (
            "Offer #,Offer name,Current budget,Requested,Minimum",
            "program,name,baseline,spending.at_most,spending.at_least",
        ),
        ("Name,Approved FY24,Approved FY26,Approved FY25", "program,ignore,baseline,ignore"),
        ("Name,Adopted FY26,Baseline FY25,Priority,Tags,Zip code", "program,ignore,baseline,priority,tags,ignore"),
        ("Service,Fund,Amount,Comments,Source", "program,funds,baseline,note,source"),
        ("Programm,Departmnet,FY26 Adpoted,Adoptd", "program,department,ignore,baseline"),
    ],
)
def test_heads_are_understood(heads: str, keys: str) -> None:
    # what a column holds tells as well: money in those of money, words in the others
    cells = ["4000" if is_amount(key, head) else f"x{at}" for at, (key, head) in enumerate(pairs(heads, keys))]
    book = open_book(f"{heads}\n{','.join(cells)}\n".encode(), "office.csv")
    columns = guess(sheet_of(book)).table["columns"]
    assert isinstance(columns, dict)
    assert [columns.get(head, head) for head in heads.split(",")] == keys.split(",")


def pairs(heads: str, keys: str) -> list[tuple[str, str]]:
    return list(zip(keys.split(","), heads.split(","), strict=True))


def is_amount(key: str, head: str) -> bool:
    return key in ("baseline", "spending.at_most", "spending.at_least") or "FY" in head or "Zip" in head


LINES = """\
Department;Class;Type;FY26 Operating;FY26 Capital
Police;Salaries;Expense;25.000,50;1,00
Police;Supplies;Expense;5.000,25;2,00
Police;Fees;Revenue;7,00;0,00
Fire;Salaries;Expense;18.000,00;0,00
Vacancies;Salaries;Expense;-500,00;0,00
"""


def test_flags_say_what_a_file_does_not(tmp_path: Path, run: Callable[..., Any]) -> None:
    (tmp_path / "lines.csv").write_text(LINES, encoding="utf-8")
    flags = ["--column", "baseline=FY26 Operating", "--group", "Department", "--merge", "Vacancies=Police"]
    code, out, err = run("new", tmp_path / "town", "--from", tmp_path / "lines.csv", *flags)
    assert (code, err) == (0, "")
    assert "rows count where 'Type' is 'Expense', and not 'Revenue'" in out
    assert "taken: 47,500.75 in 2 programs; difference: 7, of 7 in 1 row that `where` leaves out" in out
    programs = bo.load(tmp_path / "town").programs
    assert dict(zip(programs.ids.tolist(), programs.baseline().tolist(), strict=True)) == {
        "Police": 29_500.75,
        "Fire": 18_000,
    }
    # next year's file of the same shape needs its new name alone
    (tmp_path / "town" / "next.csv").write_text(LINES.replace("25.000,50", "26.000,50"), encoding="utf-8")
    scenario = tmp_path / "town" / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8").replace("file: lines.csv", "file: next.csv")
    scenario.write_text(text, encoding="utf-8")
    assert bo.load(tmp_path / "town").programs.baseline().tolist() == [30_500.75, 18_000]


def test_a_column_a_year_becomes_the_baselines_of_periods(tmp_path: Path, run: Callable[..., Any]) -> None:
    text = "Project,Department,Fund,FY27,FY28,Total\nBridge,Works,Bonds,10,20.5,30.5\nRoof,Parks,General,5,,5\n"
    (tmp_path / "capital.csv").write_text(text, encoding="utf-8")
    flags = ["--column", "baseline.FY27=FY27", "--column", "baseline.FY28=FY28"]
    code, out, err = run("new", tmp_path / "town", "--from", tmp_path / "capital.csv", *flags)
    assert (code, err) == (0, "")
    assert "adds up to 35.50 in 2 rows; taken: 35.50 in 2 programs; difference: 0" in out
    scenario = bo.load(tmp_path / "town")
    assert scenario.periods == ("FY27", "FY28")
    assert [scenario.programs[name].baseline for name in ("Bridge", "Roof")] == [
        {"FY27": 10, "FY28": 20.5},
        {"FY27": 5},
    ]
    assert {name: scenario.revenue(name).tolist() for name in scenario.funds} == {
        "Bonds": [10, 20.5],
        "General": [5, 0],
    }
    assert bo.solve(scenario).spending.sum(axis=1).tolist() == [[10, 20.5], [5, 0]]


def test_each_question_has_flags_that_answer_it(tmp_path: Path, run: Callable[..., Any]) -> None:
    file = tmp_path / "lines.csv"
    file.write_text(LINES.replace("Vacancies;Salaries;Expense;-500,00;0,00\n", ""), encoding="utf-8")
    given: list[str] = []
    for expected in ("2 columns of", "no column of"):
        code, out, err = run("new", tmp_path / "town", "--from", file, *given)
        assert (code, out) == (2, "")
        assert expected in err
        assert not (tmp_path / "town").exists()
        given += shlex.split(err.split("add one of these:\n")[1].splitlines()[0].strip().split("   ")[0])
    assert run("new", tmp_path / "town", "--from", file, *given).code == 0
    assert bo.load(tmp_path / "town").programs.ids.tolist() == ["Police", "Fire"]


def test_on_a_terminal_what_is_unclear_is_asked(
    tmp_path: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lines.csv"
    file.write_text(LINES.replace("Vacancies;Salaries;Expense;-500,00;0,00\n", ""), encoding="utf-8")
    monkeypatch.setattr("budgetopt.cli.file_choices.is_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("3\nperhaps\n9\n3\n"))
    code, out, err = run("new", tmp_path / "town", "--from", file)
    assert code == 0
    assert err.count("Which one, 1 to 3? ") == 4
    assert "  3  it adds up to 3" in err
    programs = bo.load(tmp_path / "town").programs
    assert programs.ids.tolist() == ["Police / Salaries", "Police / Supplies", "Fire / Salaries"]
    assert programs.baseline().tolist() == [1, 2, 0]
    # no answer leaves the message
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, out, err = run("new", tmp_path / "other", "--from", file)
    assert (code, out) == (2, "")
    assert "add one of these" in err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--column", "baseline"], "--column: 'baseline' has no equals sign"),
        (["--column", "baselin=FY26"], "--column: 'baselin' is no key of a program"),
        (["--column", "baseline=FY 26 Operatin"], "has no column 'FY 26 Operatin'"),
        (["--header", "nine"], "--header: 'nine' is no row of a file"),
        (["--where", "Type=Expenses"], "--where leaves no row of"),
        (["--group", "Departmen"], "has no column 'Departmen'"),
        (["--sheet", "Data"], "the file has no sheets, and 'Data' is named"),
    ],
)
def test_flags_that_do_not_fit_are_told(
    flags: list[str], message: str, tmp_path: Path, run: Callable[..., Any]
) -> None:
    (tmp_path / "lines.csv").write_text(LINES, encoding="utf-8")
    code, out, err = run("new", tmp_path / "town", "--from", tmp_path / "lines.csv", *flags)
    assert (code, out) == (2, "")
    assert message in err
    assert not (tmp_path / "town").exists()


def test_flags_of_a_file_need_a_file(tmp_path: Path, run: Callable[..., Any]) -> None:
    code, _, err = run("new", tmp_path / "town", "--group", "Department")
    assert code == 2
    assert "--group: there is no file that this could be said of" in err
