"""Tables in workbooks: cells as a spreadsheet shows them, and places as a spreadsheet names them."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from budgetopt.reading.tables.workbook import read_sheet
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetopt.errors import Place, ScenarioError
from budgetopt.reading.tables import TablesRead, read_tables
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import Tables


def workbook(**sheets: list[list[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def read(folder: Path, book: openpyxl.Workbook, file: str = "programs.xlsx!Offers", **table: Any) -> TablesRead:
    book.save(folder / "programs.xlsx")
    return read_tables(Tables.model_validate({"programs": {"file": file, **table}}), folder)


def found(read: TablesRead, folder: Path) -> list[str]:
    return [f"{problem.place}: {problem.message}".replace(f"{folder}/", "") for problem in read.problems]


def test_cells_mean_what_the_spreadsheet_shows(tmp_path: Path) -> None:
    heads = ["program", "baseline", "spending.at_most", "recurring", "as_of", "attributes.code", "districts.north"]
    book = workbook(
        Offers=[heads, [101, 2_400_000, 0.9, True, datetime.datetime(2024, 6, 30), "007", 0.07], [102.0, 0.1]]
    )
    book["Offers"]["C2"].number_format = "0%"
    book["Offers"]["G2"].number_format = "0.0%"
    result = read(tmp_path, book)
    assert not result.problems
    (table,) = result.programs
    assert table.ids.tolist() == ["101", "102"]
    program = table["101"]
    assert program.baseline == 2_400_000
    assert program.spending is not None
    assert isinstance(program.spending.at_most, Share)
    assert program.spending.at_most == 0.9
    assert program.recurring is True
    assert program.as_of == "2024-06-30"
    assert program.attributes == {"code": "007"}
    assert program.districts == {"north": Share(0.07)}
    assert table["102"].baseline == 0.1
    assert table.place("101", "baseline") == Place(str(tmp_path / "programs.xlsx"), 2, 2, "Offers")


def test_mistakes_are_told_by_cell(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["City of Riverton"], [], ["program", "department", "x", "baseline"]]
    rows += [[f"p{number}", "Fire", 1, 1000 + number] for number in range(4, 17)]
    book = workbook(Notes=[["none"]], Offers=[*rows, ["p17", "Fire", 1, "n/a"], [None, "Fire"], ["p4", "Fire"]])
    result = read(tmp_path, book, header=3, columns={"x": "ignore"})
    assert found(result, tmp_path) == [
        "programs.xlsx!Offers:A18: the row has no program",
        "programs.xlsx!Offers:A19: the program 'p4' stands twice, first at programs.xlsx!Offers:A4",
        "programs.xlsx!Offers:D17: `baseline` of program 'p17': 'n/a' is not an amount",
    ]


def test_the_sheet_must_be_named_and_known(tmp_path: Path) -> None:
    book = workbook(Offers=[["program"], ["a"]], Notes=[["x"]])
    assert found(read(tmp_path, book, "programs.xlsx"), tmp_path) == [
        "programs.xlsx: the workbook has 2 sheets, and none is named"
    ]
    wrong = read(tmp_path, book, "programs.xlsx!Offer")
    assert found(wrong, tmp_path) == ["programs.xlsx: the workbook has no sheet 'Offer'"]
    assert wrong.problems[0].hint.replace(f"{tmp_path}/", "") == "did you mean programs.xlsx!Offers?"
    del book["Notes"]
    assert not read(tmp_path, book, "programs.xlsx").problems


def test_what_is_no_workbook(tmp_path: Path) -> None:
    for content in (b"", b"program,baseline\n", b"\xd0\xcf\x11\xe0\xa1\xb1"):
        (tmp_path / "programs.xlsx").write_bytes(content)
        result = read_tables(Tables.model_validate({"programs": "programs.xlsx"}), tmp_path)
        assert found(result, tmp_path) == ["programs.xlsx: the file is not an XLSX workbook"]
    assert "password" in result.problems[0].hint


def test_a_formula_without_a_stored_result_is_never_read_as_empty(tmp_path: Path) -> None:
    book = workbook(Offers=[["program", "baseline"], ["a", "=1+1"], ["b", 2]])
    assert found(read(tmp_path, book), tmp_path) == [
        "programs.xlsx!Offers:B2: the cell holds a formula whose result is not stored in the file"
    ]
    assert not read(tmp_path, book, columns={"baseline": "ignore"}, last_row=1).problems


def test_formulas_with_stored_results_and_broken_ones(tmp_path: Path) -> None:
    book = workbook(Offers=[["program", "baseline", "name"], ["a", "=1+1", '=IF(B2=0,"","")'], ["b", "=1/0", "B"]])
    book.save(tmp_path / "programs.xlsx")
    stored = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "programs.xlsx") as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = content.decode()
                text = re.sub(r'<c r="B2"><f>1\+1</f><v ?/?>(</v>)?', '<c r="B2"><f>1+1</f><v>2</v>', text)
                text = re.sub(r'<c r="B3"><f>1/0</f><v ?/?>(</v>)?', '<c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v>', text)
                text = text.replace('<c r="C2">', '<c r="C2" t="str">')
                content = text.encode()
            new.writestr(name, content)
    (tmp_path / "programs.xlsx").write_bytes(stored.getvalue())
    result = read_tables(Tables.model_validate({"programs": "programs.xlsx"}), tmp_path)
    assert found(result, tmp_path) == ["programs.xlsx!Offers:B3: the cell shows the error #DIV/0!"]
    assert result.programs[0].baseline().tolist()[0] == 2


def test_the_names_of_the_sheets() -> None:
    content = io.BytesIO()
    workbook(One=[[1]], Two=[[2]]).save(content)
    with pytest.raises(ScenarioError) as caught:
        read_sheet(content.getvalue(), "x.xlsx")
    assert caught.value.problems[0].hint == "write one of x.xlsx!One, x.xlsx!Two"


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), min_size=1, max_size=12), st.integers(1, 5), st.data())
def test_the_place_of_a_broken_cell_is_its_own(rows: list[tuple[int, bool]], header: int, data: st.DataObject) -> None:
    book = workbook(Offers=[[] for _ in range(header - 1)])
    sheet = book["Offers"]
    order = data.draw(st.permutations(["program", "baseline", "name"]))
    for column, head in enumerate(order, 1):
        sheet.cell(header, column, head)
    expected = []
    for row, (amount, broken) in enumerate(rows, header + 1):
        sheet.cell(row, order.index("program") + 1, f"p{row}")
        cell = sheet.cell(row, order.index("baseline") + 1, "?" if broken else amount)
        expected += [cell.coordinate] if broken else []
    content = io.BytesIO()
    book.save(content)
    grid = read_sheet(content.getvalue(), "x.xlsx", header=header)
    at = order.index("baseline")
    places = [str(grid.place(row, at)) for row, cell in enumerate(grid.columns[at]) if cell == "?"]
    assert places == [f"x.xlsx!Offers:{coordinate}" for coordinate in expected]


@pytest.mark.parametrize("format_", ["0%", "0.00%", "#,##0%;[Red]-0%"])
@settings(max_examples=20)
@given(share=st.integers(0, 20_000))
def test_a_share_in_a_percent_format_is_that_share(format_: str, share: int) -> None:
    book = workbook(Offers=[["program", "spending.at_most"], ["a", share / 10_000]])
    book["Offers"]["B2"].number_format = format_
    content = io.BytesIO()
    book.save(content)
    (cell,) = read_sheet(content.getvalue(), "x.xlsx").columns[1]
    assert cell.endswith("%")
    assert float(f"{cell[:-1]}e-2") == share / 10_000
