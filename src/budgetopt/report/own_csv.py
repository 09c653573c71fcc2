"""The columns of a plan at the end of the lines of the office's own CSV file, all of which stay as they are."""

from __future__ import annotations

import codecs
import csv
import io

from budgetopt.reading.tables.csv_file import _separator as separator_of
from budgetopt.reading.yaml_text import number_text
from budgetopt.report.plan_block import PlanBlock

__all__ = ["with_columns"]


def with_columns(data: bytes, block: PlanBlock) -> bytes:
    """Return the bytes of a CSV file with the columns of a plan behind its own; encoding and line ends stay."""
    encoding = _encoding(data)
    text = data.decode(encoding)
    separator = separator_of(text, block.header_row)
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, delimiter=separator, strict=True)
    records = [(reader.line_num - 1, len(record)) for record in reader]
    width = max(count for _, count in records[block.header_row - 1 :])
    added = {block.header_row: [column.header for column in block.columns]}
    for line, amounts in zip(block.lines.tolist(), block.amounts.tolist(), strict=True):
        added[line] = [number_text(amount) for amount in amounts]
    for row, (last_line, count) in enumerate(records, start=1):
        cells = added.get(row) or [""] * len(block.columns)
        if row < block.header_row or not count:
            continue
        line = lines[last_line]
        content = line.rstrip("\r\n")
        more = _joined(["", *[""] * (width - count), *cells], separator)
        lines[last_line] = content + more + line[len(content) :]
    return "".join(lines).encode(encoding)


def _encoding(data: bytes) -> str:
    """Return the encoding of a text: by the mark at its beginning, else UTF-8, else that of Western Windows."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _joined(cells: list[str], separator: str) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="").writerow(cells)
    return written.getvalue()
