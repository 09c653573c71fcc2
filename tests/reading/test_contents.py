"""What files are by their content, whatever their names say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from budgetopt.errors import ScenarioError
from budgetopt.reading.tables.contents import content_of
from budgetopt.reading.tables.parquet_book import open_parquet
from budgetopt.reading.tables.sheet import Book
from budgetopt.reading.tables.spreadsheet_book import open_workbook
from budgetopt.reading.tables.text_book import open_text

OLD = Path(__file__).with_name("old_workbook.xls").read_bytes()
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def archive(*names: str, mimetype: str = "", manifest: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "x")
        if manifest:
            file.writestr("META-INF/manifest.xml", manifest)
    return content.getvalue()


def workbook() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


def parquet() -> bytes:
    content = io.BytesIO()
    pd.DataFrame({"a": [1]}).to_parquet(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"", "csv"),
        (b"PK,PARENT\n1,2\n", "csv"),
        (b"PARENT,PK\n1,2\n", "csv"),
        (b"PAR1,PAR2\n1,2\n", "csv"),
        (b"<1 year,2\n", "csv"),
        (b"[a],{b}\n", "csv"),
        ("Coût,b\n".encode("utf-16"), "csv"),
        ("Coût,b\n".encode("cp1252"), "csv"),
        (workbook(), "xlsx"),
        (workbook()[:-40], "xlsx"),
        (OLD, "xls"),
        (archive("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (archive("xl/workbook.bin"), "xlsb"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "xlsx"),
        (parquet(), "parquet"),
    ],
)
def test_what_may_hold_a_table(data: bytes, content: str) -> None:
    assert content_of(data, "f.csv") == content


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"{\\rtf1\\ansi", "a text document (RTF)"),
        (b"SQLite format 3\0", "a database (SQLite)"),
        (b"PARE\x15\0", "a Parquet file that is encrypted"),
        (b"\n <!DOCTYPE html><html><table>", "a web page (HTML)"),
        (b"\xef\xbb\xbf<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", "a web page (HTML)"),
        ("<table><tr>".encode("utf-16"), "a web page (HTML)"),
        (b'<?xml version="1.0"?>\n<html>', "a web page (HTML)"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "an XML workbook of Excel 2003",
        ),
        (b'<?xml version="1.0"?><office:document xmlns:office="x">', "a flat OpenDocument file"),
        (b'<?xml version="1.0"?><rows/>', "an XML file"),
        (b'[{"program": 1}]', "a JSON file"),
        (b'{"data": []}', "a JSON file"),
        (archive("word/document.xml"), "a Word document"),
        (archive("ppt/slides/slide1.xml"), "a presentation"),
        (archive("Index/Document.iwa"), "a workbook of Apple Numbers"),
        (archive("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "an OpenDocument file without"),
        (archive("a.csv", "b.csv"), "an archive that holds a.csv, b.csv"),
        (COMPOUND + "WordDocument".encode("utf-16-le"), "a Word document"),
    ],
)
def test_what_holds_no_table_is_called_by_its_name(data: bytes, what: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        content_of(data, "f.xls")
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"the file is {what}")
    assert (problem.code, str(problem.place)) == ("no-table", "f.xls")
    assert problem.hint


@pytest.mark.parametrize(
    ("opens", "file", "data", "message", "hint"),
    [
        (open_text, "a/b.csv", workbook(), "the file is a workbook, and its name ends in .csv", "name it b.xlsx"),
        (open_text, "b.txt", OLD, "the file is a workbook, and its name ends in .txt", "name it b.xls"),
        (open_text, "b", parquet(), "the file is a Parquet file, and its name ends in nothing", "name it b.parquet"),
        (open_workbook, "b.xls", b"a,b\n1,2\n", "the file is text, and its name ends in .xls", "name it b.csv"),
        (open_workbook, "b.ods", parquet(), "the file is a Parquet file, and its name ends in .ods", "name it b.parq"),
        (open_parquet, "b.parquet", b"a,b\n", "the file is text, and its name ends in .parquet", "name it b.csv"),
        (open_workbook, "b.xls", b"<html>", "the file is a web page (HTML)", "open it in a spreadsheet program"),
    ],
)
def test_a_file_of_another_format_than_its_name_says(
    opens: Callable[[bytes, str], Book], file: str, data: bytes, message: str, hint: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        opens(data, file)
    (problem,) = caught.value.problems
    assert problem.message.startswith(message)
    assert problem.hint.startswith(hint)


def with_password() -> bytes:
    """Return the old workbook as one whose records are encrypted: FILEPASS follows the first record."""
    at = OLD.index(b"\x09\x08\x10\x00") + 20
    return OLD[:at] + b"\x2f\x00" + OLD[at + 2 :]


@pytest.mark.parametrize(
    "data",
    [
        with_password(),
        COMPOUND + "EncryptedPackage".encode("utf-16-le"),
        archive(
            "content.xml",
            mimetype="application/vnd.oasis.opendocument.spreadsheet",
            manifest="<manifest:manifest><manifest:encryption-data/></manifest:manifest>",
        ),
    ],
)
def test_a_workbook_with_a_password_is_told_as_such(data: bytes) -> None:
    with pytest.raises(ScenarioError) as caught:
        open_workbook(data, "p.xlsx")
    (problem,) = caught.value.problems
    assert problem.message == "the workbook has a password"
    assert problem.hint == "open it in a spreadsheet program and save a copy without one"
