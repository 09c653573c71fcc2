"""What a file is by its content: the endings of names are often wrong, those of exports from the web above all."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Container
from pathlib import PurePath
from typing import Literal

from budgetopt.errors import Place, Problem, ScenarioError

__all__ = ["Content", "check_content", "content_of", "has_password"]

Content = Literal["csv", "xlsx", "xlsb", "xls", "ods", "parquet"]
"""What a file holds, called by the ending that its name should have; ``csv`` is any text, ``xlsx`` also XLSM."""

_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = b"\xd0\xcf\x11\xe0"
"""What files of Office 97 to 2003 begin with, and newer ones that are encrypted."""
_SAVE = "open it in a spreadsheet program and save it as .xlsx"
_COPY = "copy its table into a spreadsheet program, or ask for the workbook that it was made from"
_UNPACK = "unpack it, and name the file in it"
_SIGNATURES = (
    (rb"%PDF", "a PDF", _COPY),
    (rb"\{\\rtf", "a text document (RTF)", _COPY),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*", "a picture", _COPY),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh\d|\xfd7zXZ", "a compressed file", _UNPACK),
    (rb"PARE[\s\S]*\0", "a Parquet file that is encrypted", "save it without encryption"),
    (rb"SQLite format 3", "a database (SQLite)", "export its table as CSV"),
    (rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<html|<table|<head|<meta|<body)", "a web page (HTML)", _SAVE),
    (rb"\s*<\?xml[\s\S]*?urn:schemas-microsoft-com:office:spreadsheet", "an XML workbook of Excel 2003", _SAVE),
    (rb"\s*<\?xml[\s\S]*?<office:document\b", "a flat OpenDocument file", _SAVE),
    (rb"\s*<\?xml", "an XML file", "export its table as CSV"),
    (rb"\s*(?:\{\s*\"|\[\s*[\[{])", "a JSON file", "export its table as CSV"),
)
"""What files that hold no table begin with, what they are, and what to do."""
_IN_ARCHIVES = (
    (r"word/", "a Word document", _COPY),
    (r"ppt/", "a presentation", _COPY),
    (r"Index/.*\.iwa", "a workbook of Apple Numbers", "in Numbers, export it to Excel"),
    (r"content\.xml", "an OpenDocument file without sheets", _COPY),
)


def check_content(data: bytes, file: str, wanted: Container[Content]) -> Content:
    """Return what a file holds, or raise ScenarioError if that is no table or is not wanted."""
    content = content_of(data, file)
    if content in wanted:
        return content
    if not data.strip():
        raise ScenarioError([Problem("empty-table", "the file is empty", Place(file), "a workbook or another table")])
    what = {"csv": "text", "parquet": "a Parquet file"}.get(content, "a workbook")
    name = PurePath(file)
    message = f"the file is {what}, and its name ends in {name.suffix or 'nothing that says so'}"
    hint = f"name it {name.stem}.{content}"
    raise ScenarioError([Problem("content", message, Place(file), f"a name that ends in .{content}", hint)])


def content_of(data: bytes, file: str) -> Content:
    """Return what a file holds; raises ScenarioError if it is known to hold no table."""
    if data.startswith(b"PAR1") and b"\0" in data[:4096]:
        return "parquet"
    if data.startswith(_COMPOUND):
        if _wide("WordDocument") in data:
            raise _no_table("a Word document", _COPY, file)
        return "xlsx" if _wide("EncryptedPackage") in data else "xls"
    if data.startswith(_ARCHIVE):
        return _of_archive(data, file)
    beginning = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        beginning = beginning.decode("utf-16", "ignore").encode()
    for signature, what, hint in _SIGNATURES:
        if re.match(signature, beginning, re.IGNORECASE):
            raise _no_table(what, hint, file)
    return "csv"


def has_password(data: bytes) -> bool:
    """Return whether a workbook can only be opened with a password."""
    if data.startswith(_COMPOUND):
        if _wide("EncryptedPackage") in data:
            return True
        # a stream begins at a multiple of 512 bytes: BOF, perhaps WRITEPROT, then FILEPASS ([MS-XLS] 2.1.7.20.3)
        starts = (found.start() for found in re.finditer(rb"\x09\x08\x10\x00\x00\x06\x05\x00", data))
        return any(
            re.match(rb"(?:\x86\x00\x00\x00)?\x2f\x00", data[at + 20 : at + 26]) for at in starts if at % 512 == 0
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"encryption-data" in archive.read("META-INF/manifest.xml")
    except Exception:  # noqa: BLE001 - an archive may be damaged in many ways
        return False


def _of_archive(data: bytes, file: str) -> Content:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype") if "mimetype" in names else b""
    except Exception:  # noqa: BLE001 - an archive may be damaged in many ways
        return "xlsx"  # whose reader says that it is damaged
    if b"opendocument.spreadsheet" in kind:
        return "ods"
    if any(name.casefold().startswith("xl/") for name in names):
        return "xlsb" if "xl/workbook.bin" in names else "xlsx"
    for pattern, what, hint in _IN_ARCHIVES:
        if any(re.match(pattern, name) for name in names):
            raise _no_table(what, hint, file)
    raise _no_table(f"an archive that holds {', '.join(names[:3]) or 'nothing'}", _UNPACK, file)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _no_table(what: str, hint: str, file: str) -> ScenarioError:
    expected = "a CSV file, a workbook (.xlsx, .xls, .xlsb, .ods) or a Parquet file"
    return ScenarioError([Problem("no-table", f"the file is {what}", Place(file), expected, hint)])
