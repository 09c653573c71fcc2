"""The one way in for files: regular files only, none too large, and a damaged one refused however it is damaged."""

from __future__ import annotations

import io
import os
import re
import socket
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.cli import main
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.input_file import (
    LIMITS,
    MissingFileError,
    UnreadableFileError,
    limit,
    read_bytes,
    read_document,
    refused_by,
    whatever_is_raised,
)
from budgetopt.reading.tables.read import open_book

SCENARIO = "name: Town\nfunds: {general: {revenue: 10}}\noutcomes: {visits: {weight: 1}}\ntables: {programs: TABLE}\n"
SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> dict[str, bytes]:
    """Return the parts of a workbook with one program."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["program", "baseline"])
    book.active.append(["library", 4])
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def problems_of(read: Callable[[], object]) -> str:
    with pytest.raises(ScenarioError) as caught:
        read()
    return str(caught.value)


@pytest.fixture
def special(tmp_path: Path) -> dict[str, Path]:
    """A folder, a pipe and a socket."""
    os.mkfifo(tmp_path / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    listener.close()
    return {"folder": tmp_path, "pipe": tmp_path / "pipe", "socket": tmp_path / "socket"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in the file system")
def test_only_regular_files_are_read_and_a_pipe_is_not_waited_for(special: dict[str, Path]) -> None:
    for path in (*special.values(), Path("/dev/zero"), Path("/dev/stdin")):
        with pytest.raises(UnreadableFileError, match=r"it is (a folder|no regular file)|no such|permission"):
            read_bytes(path)
    pipe = special["pipe"]
    assert "it is no regular file" in problems_of(lambda: bo.load(pipe))
    (pipe.parent / "town.yaml").write_text(SCENARIO.replace("TABLE", "pipe"))
    said = problems_of(lambda: bo.load(pipe.parent / "town.yaml"))
    assert "town.yaml:4:20: 'pipe' cannot be read: it is no regular file but a device, a pipe or a socket" in said
    assert main(["verify", str(pipe)]) == 2
    assert main(["new", str(pipe.parent / "new"), "--from", str(pipe)]) == 2
    assert not (pipe.parent / "new").exists()
    with pytest.raises(OptionError, match="it is no regular file"):
        bo.compare(pipe.parent / "result.json") if pipe.rename(pipe.parent / "result.json") else None


def test_a_file_is_read_whole_or_told_why_not(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"\xef\xbb\xbfab")
    assert (read_bytes(file), read_document(file)) == (b"\xef\xbb\xbfab", "ab")
    file.write_bytes(b"\xff")
    with pytest.raises(UnreadableFileError, match="not text in UTF-8"):
        read_document(file)
    with pytest.raises(MissingFileError, match="no such file or directory"):
        read_bytes(tmp_path / "none")
    with pytest.raises(UnreadableFileError, match="its name is not possible"):
        read_bytes("a\0b")


@pytest.mark.parametrize(
    ("name", "most", "file", "text", "found"),
    [
        (
            "bytes",
            40,
            "t.csv",
            "program,baseline\nlibrary,4\npool,600000000\n",
            "'t.csv' cannot be read: the file has 42 bytes",
        ),
        ("rows", 2, "t.csv", "program,baseline\nlibrary,4\npool,6\n", "the file has 3 rows"),
        ("line", 30, "t.csv", f"program,baseline\nlibrary,{'4' * 30}\n", "a line has 38 bytes in a line"),
        ("keys", 7, "town.yaml", "a: {b: 1, c: 2, d: 3, e: 4, f: 5, g: 6, h: 7}\n", "the file has 8 keys"),
        ("text", 20, "town.yaml", "name: A town of some length\n", "the file has 28 bytes"),
    ],
)
def test_a_limit_is_named_and_can_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int, file: str, text: str, found: str
) -> None:
    (tmp_path / "town.yaml").write_text(SCENARIO.replace("TABLE", "t.csv"), encoding="utf-8")
    (tmp_path / file).write_text(text, encoding="utf-8")
    monkeypatch.setenv(f"BUDGETOPT_MOST_{name.upper()}", str(most))
    said = problems_of(lambda: bo.load(tmp_path / "town.yaml"))
    assert found in said
    assert f"expected: at most {most} {LIMITS[name].what}" in said
    assert f"set BUDGETOPT_MOST_{name.upper()}=" in said
    # a number that is none changes nothing
    monkeypatch.setenv(f"BUDGETOPT_MOST_{name.upper()}", "many")
    assert limit(name) == LIMITS[name]
    assert refused_by(name, LIMITS[name].most) is None
    assert refused_by(name, LIMITS[name].most + 1) is not None


def test_a_workbook_that_is_long_when_unpacked_is_refused_before_that(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = workbook()
    head, tail = parts[SHEET].split(b"</sheetData>")
    data = packed({**parts, SHEET: head + b" " * 3_000_000 + b"</sheetData>" + tail})
    assert len(data) < 20_000
    assert open_book(data, "t.xlsx").read("Sheet").rows == 2
    monkeypatch.setenv("BUDGETOPT_MOST_UNPACKED", "2_000_000")
    said = problems_of(lambda: open_book(data, "t.xlsx"))
    assert "t.xlsx: the workbook has 3," in said
    assert "at most 2,000,000 bytes when unpacked" in said
    # an archive that says that its parts are shorter than they are is damaged
    length = len(head + b" " * 3_000_000 + b"</sheetData>" + tail)
    false = data.replace(length.to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert false != data
    monkeypatch.setenv("BUDGETOPT_MOST_UNPACKED", "1_000_000")
    assert "the workbook is damaged" in problems_of(lambda: open_book(false, "t.xlsx"))


@pytest.mark.parametrize("line", ["x,1\n", 'x"y,1\n'], ids=["plain", "with quotes"])
def test_a_long_row_above_many_short_ones_is_refused(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    text = ("program,baseline\nlibrary" + "," * 400 + f"\n{line}" + "pool,2\n" * 300).encode()
    assert open_book(text, "t.csv").read("").rows == 303
    monkeypatch.setenv("BUDGETOPT_MOST_CELLS", "100000")
    said = problems_of(lambda: open_book(text, "t.csv").read(""))
    assert "t.csv: the table has 121,503 cells" in said
    assert "at most 100,000 cells, empty ones included" in said
    assert "row 2 is the longest, with 401 cells; if it is meant, set BUDGETOPT_MOST_CELLS=121503" in said


FAR = {
    "as usual": '<row r="300"><c r="ALM300"><v>1</v></c></row>',
    "with blanks": '<row r="300"><c r = "ALM300"><v >1</v></c></row>',
    "above a nearer one": '<row r="300"><c r="ALM300"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>',
    "before a nearer one": '<row r="300"><c r="ALM300"><v>1</v></c><c r="A300"><v>1</v></c></row>',
    "behind other words": f'<row r="300"><c cm="{"0" * 300}" r="ALM300"><v>1</v></c></row>',
    "in small letters": '<row r="300"><c r="alm300"><v>1</v></c></row>',
    "in another row": '<row r="300"><c r="A300"><v>1</v></c></row><row r="301"><c r="ALM3"><v>1</v></c></row>',
    "without its place": f'<row r="300">{"<c/>" * 1000}<c><v>1</v></c></row>',
}


@pytest.mark.parametrize("place", FAR)
def test_a_cell_that_is_far_away_is_refused_however_it_is_written(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    parts = workbook()
    head, tail = parts[SHEET].split(b"</sheetData>")
    data = packed({**parts, SHEET: head + FAR[place].encode() + b"</sheetData>" + tail})
    monkeypatch.setenv("BUDGETOPT_MOST_CELLS", "100_000")
    said = problems_of(lambda: open_book(data, "t.xlsx").read("Sheet"))
    assert "column ALM" in said
    assert "at most 100,000 cells" in said


def test_a_million_programs_with_eight_columns_fit_and_empty_cells_that_take_much_memory_do_not() -> None:
    parts = workbook()
    head, tail = parts[SHEET].split(b"</sheetData>")
    far = b'<row r="1000001"><c r="J1000001"><v>1</v></c></row></sheetData>'
    said = problems_of(lambda: open_book(packed({**parts, SHEET: head + far + tail}), "t.xlsx").read("Sheet"))
    assert "row 1,000,001 and column J" in said
    assert limit("cells").most >= 8 * 1_000_001


def test_blank_rows_and_columns_before_a_table_are_read_with_it() -> None:
    parts = workbook()
    head, tail = parts[SHEET].split(b"<sheetData>")
    rows = "".join(f'<row r="{row}"><c r="C{row}"><v>{row}</v></c></row>' for row in range(3, 2_500))
    sheet = head + b"<sheetData>" + rows.encode() + b"</sheetData>" + tail.partition(b"</sheetData>")[2]
    found = open_book(packed({**parts, SHEET: sheet}), "t.xlsx").read("Sheet")
    assert [list(column) for column in found.columns] == [
        *([[""] * 2_499] * 2),
        ["", "", *map(str, range(3, 2_500))],
    ]
    assert [column.sum() for column in found.numbers] == [0, 0, 2_497]


def test_styles_that_are_far_away_hold_no_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = workbook()
    head, tail = parts[SHEET].split(b"</sheetData>")
    styled = (
        '<row r="300"><c r="B300"><v>1</v></c><c r="ALM300" s="0"/></row><row r="9999"><c r="XFD9999" s="0"/></row>'
    )
    data = packed({**parts, SHEET: head + styled.encode() + b"</sheetData>" + tail})
    monkeypatch.setenv("BUDGETOPT_MOST_CELLS", "100_000")
    found = open_book(data, "t.xlsx").read("Sheet")
    assert (found.rows, len(found.columns)) == (300, 2)


def ods(rows: str) -> bytes:
    """Return an ODS file with one sheet."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="A &amp; B">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {space}></manifest:manifest>")
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def test_cells_of_an_ods_file_that_repeat_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>'
    empty = '<table:table-cell table:number-columns-repeated="{}"/>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    first = row.format(1, cell * 2 + empty.format(16_000))
    nothing = row.format(1_048_000, empty.format(16_384))
    monkeypatch.setenv("BUDGETOPT_MOST_CELLS", "100_000")
    kept = open_book(ods(first + row.format(99, cell) + nothing), "t.ods").read("A & B")
    assert (kept.rows, len(kept.columns)) == (100, 2)
    for far in (row.format(300, empty.format(1_000) + cell), row.format(300, cell.replace(" ", REPEATED, 1))):
        said = problems_of(lambda rows=first + far + nothing: open_book(ods(rows), "t.ods"))  # type: ignore[misc]
        assert "t.ods!A & B: the cells of the sheet go as far as row 301 and column ALM" in said
        assert "at most 100,000 cells" in said


REPEATED = ' table:number-columns-repeated="1001" '


def test_texts_of_an_ods_file_that_repeat_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = '<table:table-cell{} office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row{}>{}</table:table-row>"
    down = row.format(' table:number-rows-repeated="200"', cell.format("", "x" * 5_000))
    along = row.format("", cell.format(' table:number-columns-repeated = "200"', "x" * 5_000))
    assert open_book(ods(down), "t.ods").read("A & B").rows == 200
    monkeypatch.setenv("BUDGETOPT_MOST_UNPACKED", "500_000")
    for rows in (down, along):
        said = problems_of(lambda rows=rows: open_book(ods(rows), "t.ods"))  # type: ignore[misc]
        assert re.search("the workbook has 1,0[0-9]{2},[0-9]{3} bytes when unpacked", said)


@pytest.mark.parametrize(
    "cell", ['<c r="A{0}" t="s"><v>{1}</v></c>', '<c t = "s"\nr="A{0}"><f>A1</f><v>{1}</v></c>'], ids=["usual", "other"]
)
def test_a_shared_text_of_a_workbook_is_counted_as_often_as_it_stands_in_a_cell(
    monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    parts = workbook()
    relations, texts = "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
    space = "http://schemas.openxmlformats.org"
    link = f'<Relationship Id="t" Type="{space}/officeDocument/2006/relationships/sharedStrings" Target="/{texts}"/>'
    parts[relations] = (
        re.sub(b"<Relationship [^>]*sharedStrings[^>]*>|</Relationships>", b"", parts[relations])
        + f"{link}</Relationships>".encode()
    )
    items = f"<si><t>{'x' * 5_000}</t></si><si><t>y</t></si>"
    parts[texts] = f'<sst xmlns="{space}/spreadsheetml/2006/main">{items}</sst>'.encode()
    head, tail = parts[SHEET].split(b"<sheetData>")

    def written(text: int) -> bytes:
        rows = "".join(f'<row r="{row}">{cell.format(row, text)}</row>' for row in range(1, 201))
        sheet = head + f"<sheetData>{rows}</sheetData>".encode() + tail.partition(b"</sheetData>")[2]
        return packed({**parts, SHEET: sheet})

    assert open_book(written(0), "t.xlsx").read("Sheet").columns[0][0] == "x" * 5_000
    monkeypatch.setenv("BUDGETOPT_MOST_UNPACKED", "500_000")
    said = problems_of(lambda: open_book(written(0), "t.xlsx").read("Sheet"))
    assert re.search("the sheet Sheet has 1,00[0-9],[0-9]{3} bytes when unpacked", said)
    if "<f>" not in cell:
        assert open_book(written(1), "t.xlsx").read("Sheet").rows == 200


def test_what_a_parquet_file_stores_once_is_counted_as_often_as_it_stands_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

    def written(columns: dict[str, Any]) -> bytes:
        buffer = io.BytesIO()
        parquet.write_table(arrow.table(columns), buffer)
        return buffer.getvalue()

    texts = written({"program": ["x" * 1_000] * 1_000, "note": [None, "y"] * 500})
    wide = written({f"c{at}": [0] * 1_000 for at in range(110)})
    lists = written({"program": ["a", "b"], "l": [[0] * 60_000, [0] * 60_000]})
    short = ["x" * 1_000] * 1_000
    nested = [
        written({"program": ["a"] * 1_000, "nested": cells})
        for cells in (
            [[text] for text in short],
            [{"note": text, "others": [1]} for text in short],
            [[{"note": [text]}] for text in short],
            arrow.array([[("k", text)] for text in short], arrow.map_(arrow.string(), arrow.string())),
            arrow.array([text.encode() for text in short], arrow.binary(1_000)),
        )
    ]
    assert max(map(len, (texts, lists, *nested))) < 10_000
    assert open_book(texts, "t.parquet").read("").rows == 1_001
    monkeypatch.setenv("BUDGETOPT_MOST_UNPACKED", "900_000")
    assert "t.parquet: the file has 1,000,000 bytes when unpacked" in problems_of(lambda: open_book(texts, "t.parquet"))
    for data in nested:
        with pytest.raises(ScenarioError, match=r"the file has 1,00[0-9],000 bytes when unpacked"):
            open_book(data, "t.parquet")
    monkeypatch.setenv("BUDGETOPT_MOST_CELLS", "100_000")
    assert "the file has 110,000 cells" in problems_of(lambda: open_book(wide, "t.parquet"))
    assert "the file has 120,002 cells" in problems_of(lambda: open_book(lists, "t.parquet"))


def test_a_damaged_workbook_is_refused_wherever_it_is_damaged() -> None:
    """Whatever the archive, its compression, its XML or the reader of workbooks makes of it."""
    data, read = packed(workbook()), 0
    for at in range(0, len(data), 61):
        damaged = bytearray(data)
        damaged[at : at + 8] = bytes(255 - byte for byte in damaged[at : at + 8])
        with suppress(ScenarioError):
            book = open_book(bytes(damaged), "t.xlsx")
            for name in book.names:
                book.read(name)
            read += 1
    assert read < len(data) / 61


def test_whatever_a_reader_raises_becomes_the_error_that_is_meant() -> None:
    class PanicException(BaseException):
        """What a reader written in Rust raises."""

    meant = OptionError("the file is damaged")
    for fault in (ZeroDivisionError(), RecursionError(), EOFError(), PanicException(), NotImplementedError()):
        with pytest.raises(OptionError, match="the file is damaged"), whatever_is_raised(meant):
            raise fault
    for kept in (OptionError("too large"), UnreadableFileError("gone"), MemoryError(), KeyboardInterrupt()):
        with pytest.raises(type(kept)) as caught, whatever_is_raised(meant):
            raise kept
        assert caught.value is kept


def test_half_of_a_character_is_told_with_its_place_and_two_halves_are_one(tmp_path: Path) -> None:
    file = tmp_path / "town.yaml"
    file.write_text('name: "\\ud83d\\ude00 town"\nfunds: {"a\\ud800": {revenue: 1}}\nobjective: "\\udfff"\n')
    said = problems_of(lambda: bo.load(file))
    assert "town.yaml:2:9: half of a character (\\ud800) stands here alone" in said
    assert "town.yaml:3:12: half of a character (\\udfff) stands here alone" in said
    file.write_text('name: "\\ud83d\\ude00 town"\nprograms: {a: {outcomes: {b: {per_dollar: 1}}}}\noutcomes: {b: {}}\n')
    assert "\N{GRINNING FACE}" not in problems_of(lambda: bo.load(file))


def test_a_number_of_many_digits_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "result.json"
    file.write_text('{"format": ' + "1" * 5_000 + "}")
    assert main(["verify", str(file)]) == 2
    assert "a number that is too long" in capsys.readouterr().err


def test_the_page_on_tables_lists_every_limit() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "tables.md").read_text(encoding="utf-8")
    for name, found in LIMITS.items():
        assert f"| `BUDGETOPT_MOST_{name.upper()}` | {found.most:,} {found.what} | {found.means} |" in page
