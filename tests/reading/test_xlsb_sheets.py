"""How large an XLSB workbook is, told before it is read."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from budgetopt.errors import ScenarioError
from budgetopt.reading.tables.read import open_book

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def record(kind: int, data: bytes = b"") -> bytes:
    """Return a record: its kind and length in groups of seven bits, and what it holds."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(data), bytearray()
    while True:
        size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return head + bytes(size) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(cells: dict[tuple[int, int], float | str], long: int = 10) -> bytes:
    """Return an XLSB file with one sheet; all cells with texts have the one shared text of that length."""
    rows = record(0x81) + record(0x94, struct.pack("<4I", 0, 0, 0, 0)) + record(0x91)
    for row in sorted({row for row, _ in cells}):
        rows += record(0x00, struct.pack("<I", row) + bytes(13))
        for (at, column), value in sorted(cells.items()):
            if at == row:
                held = struct.pack("<I", 0) if isinstance(value, str) else struct.pack("<d", value)
                rows += record(0x07 if isinstance(value, str) else 0x05, struct.pack("<2I", column, 0) + held)
    sheet = record(0x9C, struct.pack("<2I", 0, 1) + wide("rId1") + wide("Budget"))
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{TYPES}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            (("worksheet", "worksheets/sheet1.bin"), ("sharedStrings", "sharedStrings.bin")), 1
        )
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"></Types>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="r" Type="{TYPES}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
        )
        archive.writestr("xl/workbook.bin", record(0x83) + record(0x8F) + sheet + record(0x90) + record(0x84))
        text = record(0x9F, struct.pack("<2I", 1, 1)) + record(0x13, b"\0" + wide("x" * long)) + record(0xA0)
        archive.writestr("xl/sharedStrings.bin", text)
        archive.writestr("xl/worksheets/sheet1.bin", rows + record(0x92) + record(0x82))
    return buffer.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        open_book(data, "t.xlsb").read("Budget")
    return str(caught.value)


def test_cells_are_read_as_they_stand() -> None:
    sheet = open_book(xlsb({(0, 0): "text", (2, 1): 12.5}), "t.xlsb").read("Budget")
    assert [list(column) for column in sheet.columns] == [["x" * 10, "", ""], ["", "", "12.5"]]


@pytest.mark.parametrize("far", [(1_048_575, 16_383), (1_000_000, 9), (5, 2_000_000)])
def test_a_cell_that_is_far_away_is_refused_before_the_sheet_is_read(far: tuple[int, int]) -> None:
    said = refused(xlsb({(0, 0): "text", far: 1.0, (far[0], 0): 2.0}))
    assert f"the cells of the sheet go as far as row {far[0] + 1:,}" in said
    assert "at most 10,000,000 cells" in said


def test_a_text_that_stands_once_is_counted_as_often_as_it_stands_in_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    data = xlsb({(row, 0): "text" for row in range(100)}, long=5_000)
    assert open_book(data, "t.xlsb").read("Budget").rows == 100
    monkeypatch.setenv("BUDGETOPT_MOST_UNPACKED", "500_000")
    assert "the workbook has 1,000,500 bytes when unpacked" in refused(data)


def test_a_file_whose_records_end_too_early_is_damaged() -> None:
    data = xlsb({(0, 0): "text"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.bin"] = parts["xl/worksheets/sheet1.bin"] + b"\x80"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert "the workbook is damaged" in refused(buffer.getvalue())
