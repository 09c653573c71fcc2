"""The columns of a plan at the end of the lines of the office's own CSV file, all of which stay as they are."""

from __future__ import annotations

import csv
import io

from budgetopt.reading.tables.text_book import read_text_file
from budgetopt.reading.yaml_text import number_text
from budgetopt.report.own_workbook.plan_block import PlanBlock

__all__ = ["with_columns"]


def with_columns(data: bytes, file: str, block: PlanBlock, decimal: str) -> bytes:
    """Return the bytes of a CSV file with the columns of a plan behind its own; encoding and line ends stay.

    ``decimal`` is the decimal mark of the file.
    """
    text = read_text_file(data, file)
    lines = io.StringIO(text.rows, newline="").readlines()
    reader = csv.reader(lines, delimiter=text.separator, strict=True)
    records = [(reader.line_num - 1, len(record)) for record in reader]
    width = max(count for _, count in records[block.header_row - 1 :])
    added = {block.header_row: list(block.headers)}
    for line, amounts in zip(block.lines.tolist(), block.amounts.tolist(), strict=True):
        added[line] = [number_text(amount).replace(".", decimal) for amount in amounts]
    for row, (last_line, count) in enumerate(records, start=1):
        cells = added.get(row) or [""] * len(block.columns)
        if row < block.header_row or not count:
            continue
        written = lines[last_line]
        content = written.rstrip("\r\n")
        more = _joined(["", *[""] * (width - count), *cells], text.separator)
        lines[last_line] = content + more + written[len(content) :]
    return (text.head + "".join(lines)).encode(text.encoding)


def _joined(cells: list[str], separator: str) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="").writerow(cells)
    return written.getvalue()
