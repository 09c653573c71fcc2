"""Workbooks of every format: cells as a spreadsheet program shows them, and places as it names them."""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures import few

from budgetopt.errors import ScenarioError
from budgetopt.reading.tables.old_workbook_marks import XlsParts
from budgetopt.reading.tables.sheet import Book, Sheet
from budgetopt.reading.tables.spreadsheet_book import open_workbook

OLD = Path(__file__).with_name("old_workbook.xls")
"""Made by a spreadsheet program: a sheet of offers, a hidden one and an empty one."""
NO_RESULT = "the cell holds a formula whose result is not stored in the file"


def workbook(**sheets: list[list[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """Return a workbook with one of its parts changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    return content.getvalue()


def opened(data: bytes) -> Book:
    return open_workbook(data, "b.xlsx")


def rows(sheet: Sheet) -> list[list[str]]:
    return [sheet.row(number) for number in range(sheet.rows)]


def problems(sheet: Sheet) -> list[str]:
    return [f"{problem.place}: {problem.message}".removeprefix("b.xlsx!") for problem in sheet.problems]


def refused(data: bytes) -> tuple[str, str]:
    def first() -> Sheet:
        book = opened(data)
        return book.read(book.names[0])

    with pytest.raises(ScenarioError) as caught:
        first()
    (problem,) = caught.value.problems
    assert str(problem.place) == "b.xlsx"
    return problem.message, problem.hint


def ods(*sheets: tuple[str, str], styles: str = "") -> bytes:
    tables = "".join(f'<table:table table:name="{name}">{body}</table:table>' for name, body in sheets)
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content{spaces}>{styles}{body}</office:document-content>")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return content.getvalue()


def of_ods(value: str, kind: str = "float", more: str = "", shown: str = "") -> str:
    said = f' office:value="{value}"' if value else ""
    text = f"<text:p>{shown or value}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{said} {more}>{text}</table:table-cell>'


def test_cells_are_the_texts_that_the_spreadsheet_shows() -> None:
    moment = datetime.datetime(2024, 6, 30, 12, 5)
    book = workbook(
        Offers=[
            ["program ", "amount", "share", "on"],
            [101, 46.0, 0.9, True],
            ["007", 0.1, 0.075, False],
            [datetime.date(2024, 6, 30), moment, datetime.time(3, 4), datetime.timedelta(hours=26, minutes=3)],
            [-0.0, 1e-7, 1.25e18, 4_200_000],
            ["PTA", "", None, -3.5],
        ]
    )
    book["Offers"]["C2"].number_format = "0%"
    book["Offers"]["C3"].number_format = "0.0%"
    sheet = opened(saved(book)).read("Offers")
    assert rows(sheet) == [
        ["program", "amount", "share", "on"],
        ["101", "46", "90%", "true"],
        ["007", "0.1", "7.5%", "false"],
        ["2024-06-30", "2024-06-30T12:05:00", "03:04:00", "26:03:00"],
        ["0", "0.0000001", "1.25e+18", "4200000"],
        ["PTA", "", "", "-3.5"],
    ]
    assert sheet.is_number(1).tolist() == [False, True, True, False, True, False]
    assert sheet.is_number(2).tolist() == [False, True, True, False, True, False]
    assert not sheet.is_number(3)[1]
    assert sheet.problems == ()


def test_the_first_cell_is_a1_wherever_the_table_begins() -> None:
    book = workbook(Offers=[[], [None, None, "program"], [], [None, None, "a"]])
    assert rows(opened(saved(book)).read("Offers")) == [[""] * 3, ["", "", "program"], [""] * 3, ["", "", "a"]]


def test_sheets_of_charts_and_empty_ones_are_left_out_and_hidden_ones_named() -> None:
    book = workbook(Offers=[[1]], Sheet2=[], Aside=[["x"]], Deep=[[2]])
    book.create_chartsheet("Chart")
    book["Aside"].sheet_state, book["Deep"].sheet_state = "hidden", "veryHidden"
    found = opened(saved(book))
    assert found.names == ("Offers", "Aside", "Deep")
    assert found.hidden == {"Aside", "Deep"}
    assert found.notes == ()
    assert found.read("Aside").name == "Aside"
    assert found.read("Aside") is found.read("Aside")
    empty = opened(saved(workbook(Sheet1=[], Sheet2=[])))
    assert empty.names == ("Sheet1", "Sheet2")
    assert empty.read("Sheet1").rows == 0


def test_merged_ranges_are_told() -> None:
    book = workbook(Offers=[["a", "b"], ["Fire", 1], [None, 2], [None, 3]])
    book["Offers"].merge_cells("A2:A4")
    book["Offers"].merge_cells("C1:D1")
    assert set(opened(saved(book)).read("Offers").merged) == {(1, 0, 3, 0), (0, 2, 0, 3)}


def test_formulas_without_a_stored_result_and_errors_are_told_by_cell() -> None:
    book = workbook(Offers=[["program", "baseline", "name"], ["a", "=1+1", '=IF(B2=0,"","")'], ["b", "=1/0", "#N/A"]])
    data = saved(book)
    sheet = opened(data).read("Offers")
    assert problems(sheet) == [
        "Offers:C3: the cell shows the error #N/A",
        f"Offers:B2: {NO_RESULT}",
        f"Offers:C2: {NO_RESULT}",
        f"Offers:B3: {NO_RESULT}",
    ]
    assert rows(sheet)[2] == ["b", "", ""]

    def stored(text: str) -> str:
        text = re.sub(r'<c r="B2"><f>1\+1</f><v ?/?>(</v>)?', '<c r="B2"><f>1+1</f><v>2</v>', text)
        text = re.sub(r'<c r="B3"><f>1/0</f><v ?/?>(</v>)?', '<c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v>', text)
        return text.replace('<c r="C2">', '<c r="C2" t="str">')

    sheet = opened(changed(data, "xl/worksheets/sheet1.xml", stored)).read("Offers")
    assert problems(sheet) == [
        "Offers:B3: the cell shows the error #DIV/0!",
        "Offers:C3: the cell shows the error #N/A",
    ]
    assert rows(sheet)[1] == ["a", "2", ""]


def prefixed(text: str) -> str:
    text = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", text)
    return text.replace("xmlns=", "xmlns:x=")


def reordered(text: str) -> str:
    return re.sub(r'<c r="(\w+)"( s="\d+")?( t="\w+")?', r"<c\3\2 r='\1'", text)


def unplaced(text: str) -> str:
    return re.sub(r' r="\w+"', "", text)


@pytest.mark.parametrize("change", [prefixed, reordered, unplaced])
def test_sheets_are_read_however_their_writer_spells_them(change: Callable[[str], str]) -> None:
    book = workbook(Offers=[["a", "b", "c"], ["x", 0.5, "=1+1"], ["y", 2, "=B2"], ["#REF!", 0.25, 1]])
    for cell in ("B2", "B4"):
        book["Offers"][cell].number_format = "0.0%"
    sheet = opened(changed(saved(book), "xl/worksheets/sheet1.xml", change)).read("Offers")
    assert rows(sheet) == [["a", "b", "c"], ["x", "50%", ""], ["y", "2", ""], ["", "25%", "1"]]
    assert problems(sheet) == [
        "Offers:A4: the cell shows the error #REF!",
        f"Offers:C2: {NO_RESULT}",
        f"Offers:C3: {NO_RESULT}",
    ]


@pytest.mark.parametrize("format_", ["0%", "0.00%", "#,##0%;[Red]-0%", "0.0 %", '0.0%" of all"'])
@few(1, at_most=100)
@given(share=st.integers(0, 20_000))
def test_a_share_in_a_percent_format_is_that_share(format_: str, share: int) -> None:
    book = workbook(Offers=[["a", share / 10_000], [None, "text"]])
    book["Offers"]["B1"].number_format = book["Offers"]["B2"].number_format = format_
    cell, text = opened(saved(book)).read("Offers").columns[1]
    assert cell.endswith("%")
    assert float(f"{cell[:-1]}e-2") == share / 10_000
    assert text == "text"


@pytest.mark.parametrize(
    ("format_", "shown"),
    [('0.0"%"', "12.5%"), ("0.0\\%", "12.5%"), ('0.0" % of total"', "12.5"), ("0.0;0%", "12.5"), ("#,##0.00", "12.5")],
)
def test_a_percent_sign_that_is_only_written_moves_no_decimals(format_: str, shown: str) -> None:
    book = workbook(Offers=[[12.5]])
    book["Offers"]["A1"].number_format = format_
    assert rows(opened(saved(book)).read("Offers")) == [[shown]]


@few(1, at_most=100)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), min_size=1, max_size=12), st.integers(1, 30))
def test_the_place_of_a_broken_cell_is_its_own(rows: list[tuple[int, bool]], column: int) -> None:
    book = workbook(Offers=[])
    expected = []
    for row, (amount, broken) in enumerate(rows, 2):
        cell = book["Offers"].cell(row, column, "#VALUE!" if broken else amount)
        expected += [f"Offers:{cell.coordinate}: the cell shows the error #VALUE!"] if broken else []
    assert problems(opened(saved(book)).read("Offers")) == expected


@pytest.mark.parametrize(
    ("format_", "times"),
    [
        ("#,##0,", 1),
        ('0.0,,"M"', 2),
        ("#,##0,.0", 1),
        ("[$-409]#,##0,;[Red]-#,##0,", 1),
        ("#,##0", 0),
        ("_(* #,##0_,_)", 0),
        ("#,##0\\,", 0),
        ('[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', 0),
    ],
)
def test_formats_that_show_numbers_divided_by_a_thousand(format_: str, times: int) -> None:
    book = workbook(Offers=[["a", 1234567.5], ["b", 2]])
    book["Offers"]["B1"].number_format = format_
    thousands = opened(saved(book)).read("Offers").thousands
    assert {at: cells.tolist() for at, cells in thousands.items()} == ({1: [times, 0]} if times else {})


def test_ods_formats_that_show_numbers_divided_by_a_thousand() -> None:
    factor = '<number:number number:display-factor="{}"/></number:{}-style>'
    styles = (
        '<number:number-style style:name="N0"/>'
        f'<number:number-style style:name="N1">{factor.format(1000, "number")}'
        f'<number:currency-style style:name="N2">{factor.format(1_000_000, "currency")}'
        '<style:style style:name="ce0" style:data-style-name="N0"/>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
        '<style:style style:name="ce2" style:family="table-cell" style:data-style-name="N2"/>'
    )
    columns = '<table:table-column table:number-columns-repeated="2"/>'
    columns += '<table:table-column table:default-cell-style-name="ce1"/>'
    styled = of_ods("5", "currency", 'table:style-name="ce2"'), of_ods("6", more='table:style-name="ce0"')
    rows = (of_ods("1") + of_ods("2", more='table:style-name="ce1"') + of_ods("3"), of_ods("4") + "".join(styled))
    body = columns + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{of}:1.0"'
        for name, of in (("style", "style"), ("number", "datastyle"))
    )
    sheet = opened(ods(("P", body), styles=f"<office:styles {spaces}>{styles}</office:styles>")).read("P")
    assert {at: cells.tolist() for at, cells in sheet.thousands.items()} == {1: [1, 2], 2: [1, 0]}


def test_ods_is_read_as_xlsx_is() -> None:
    repeated = '<table:table-cell table:number-columns-repeated="2" office:value-type="percentage" office:value="0.5"/>'
    flag = '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
    duration = (
        '<table:table-cell office:value-type="time" office:time-value="PT26H03M00S"><text:p>26:03</text:p>'
        "</table:table-cell>"
    )
    error = of_ods("", "string", 'table:formula="of:=1/0&gt;2" calcext:value-type="error"', "#DIV/0!")
    body = "".join(
        f"<table:table-row{more}>{cells}</table:table-row>"
        for more, cells in [
            ("", '<table:table-cell table:number-columns-repeated="4"/>'),
            ("", of_ods("", "string", shown="program") + repeated + of_ods("46")),
            (' table:number-rows-repeated="2"', of_ods("0.075", "percentage", shown="8%") + flag + duration + error),
            (
                "",
                of_ods("", "string", 'table:number-rows-spanned="2" table:number-columns-spanned="2"', "Fire")
                + '<table:covered-table-cell/><table:table-cell table:formula="of:=1+1"/>',
            ),
        ]
    )
    book = opened(ods(("First", "<table:table-row>" + of_ods("0.5", "percentage") + "</table:table-row>"), ("P", body)))
    assert book.names == ("First", "P")
    assert rows(book.read("First")) == [["50%"]]
    sheet = book.read("P")
    assert rows(sheet) == [
        ["", "", "", ""],
        ["program", "50%", "50%", "46"],
        ["7.5%", "true", "26:03:00", ""],
        ["7.5%", "true", "26:03:00", ""],
        ["Fire", "", "", ""],
    ]
    assert sheet.merged == ((4, 0, 5, 1),)
    assert problems(sheet) == [
        "P:D3: the cell shows the error #DIV/0!",
        "P:D4: the cell shows the error #DIV/0!",
        f"P:C5: {NO_RESULT}",
    ]


def test_an_old_workbook_is_read_as_a_new_one_is() -> None:
    book = open_workbook(OLD.read_bytes(), "old.xls")
    assert book.names == ("Offers", "Notes")
    assert book.hidden == {"Notes"}
    assert book.notes == ()
    sheet = book.read("Offers")
    assert rows(sheet) == [
        ["program", "baseline", "share", "on", "as_of", "bad"],
        ["Fire", "1200.5", "90%", "true", "2024-06-30", ""],
        ["Parks", "46", "7.5%", "false", "", "x"],
        ["Merged", "", "", "", "", ""],
        ["", "", "", "", "", ""],
        ["", "2401", "", "", "", ""],
    ]
    assert sheet.merged == ((3, 0, 5, 0),)
    assert [str(problem).splitlines()[0] for problem in sheet.problems] == [
        "old.xls!Offers:F2: the cell shows the error #DIV/0! [broken-cell]"
    ]


def record(kind: int, *fields: int | bytes) -> bytes:
    body = b"".join(each if isinstance(each, bytes) else each.to_bytes(2, "little") for each in fields)
    return struct.pack("<2H", kind, len(body)) + body


def test_records_of_an_old_workbook_mean_what_their_format_says() -> None:
    """Cells in a row are one record; charts inside a sheet have records of their own; small files use small sectors."""
    begin, end = record(0x0809, 0x0600, 16, bytes(12)), record(0x000A)
    fraction = record(0x041E, 170, 4, b"\0", b"0.0%")
    common = begin + fraction + record(0x00E0, 0, 0, bytes(16)) + record(0x00E0, 0, 170, bytes(16))
    place = len(common) + len(record(0x0085, bytes(8))) + len(end)
    several = record(0x00BD, 5, 2, 1, bytes(4), 0, bytes(4), 1, bytes(4), 4)
    chart = begin + record(0x0203, 9, 9, 1, bytes(8)) + end
    error = record(0x0205, 6, 1, 1, b"\x2a\x01") + record(0x0205, 6, 2, 1, b"\x01\x00")
    lost = record(0x0006, 7, 0, 0, b"\x02\0\x24\0\0\0\xff\xff", bytes(6))
    stream = common + record(0x0085, place.to_bytes(4, "little"), bytes(4)) + end
    stream += begin + several + chart + error + lost + end
    marks = XlsParts(compound(stream)).marks(0)
    assert marks.percents == {(5, 2): 2, (5, 4): 2, (6, 2): 2}
    assert marks.errors == {(6, 1): "#N/A", (7, 0): "#NUM!"}
    assert XlsParts(compound(stream + bytes(5000))).marks(0) == marks


def compound(stream: bytes) -> bytes:
    """Return a compound file with one stream, in small sectors if it is short."""
    small = len(stream) < 4096
    stored = stream + bytes(-len(stream) % 512)
    sectors = len(stored) // 512
    # sector 0 is the table of sectors, 1 the directory, 2 the table of small sectors, the stream follows
    table = [0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *range(4, 3 + sectors), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    small_table = [*range(1, len(stored) // 64), 0xFFFFFFFE] if small else []
    small_table += [0xFFFFFFFF] * (128 - len(small_table))

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        head = text + bytes(64 - len(text)) + struct.pack("<HB", len(text), kind)
        return head + bytes(49) + struct.pack("<2I", start, size) + bytes(4)

    root = entry("Root Entry", 5, 3 if small else 0xFFFFFFFE, len(stored) if small else 0)
    directory = root + entry("Workbook", 2, 0 if small else 3, len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 62, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<9I", 0, 1, 1, 0, 4096, 2, 1, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return (
        head
        + struct.pack("<128I", *table)
        + directory
        + bytes(512 - len(directory))
        + struct.pack("<128I", *small_table)
        + stored
    )


def test_what_is_no_workbook_is_told() -> None:
    assert refused(b"program,baseline\n") == ("the file is text, and its name ends in .xlsx", "name it b.csv")
    assert refused(b"")[0] == "the file is empty"
    whole = saved(workbook(Offers=[["program"], *[[f"p{number}"] for number in range(500)]]))
    for data in (whole[: len(whole) // 2], b"\xd0\xcf\x11\xe0\xa1\xb1", b"PK\x03\x04"):
        message, hint = refused(data)
        assert message.startswith("the workbook is damaged")
        assert hint == "open it in a spreadsheet program and save it again as .xlsx"
    assert refused(changed(whole, "xl/worksheets/sheet1.xml", lambda text: text[:700]))[0].startswith(
        "the workbook is damaged"
    )


def test_a_stray_cell_far_from_the_table_is_told() -> None:
    book = workbook(Offers=[["program"], ["a"]])
    book["Offers"].cell(1_048_576, 2).number_format = "0%"
    assert opened(saved(book)).read("Offers").rows == 2
    book["Offers"].cell(1_048_576, 16_384, "x")
    with pytest.raises(ScenarioError) as caught:
        opened(saved(book)).read("Offers")
    (problem,) = caught.value.problems
    assert problem.message == "the cells of the sheet go as far as row 1,048,576 and column XFD"
    assert str(problem.place) == "b.xlsx!Offers"
