"""The cells of text files that are read from their bytes mean what each means by itself."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from budgetopt.reading.tables.text_book import open_text
from budgetopt.reading.tables.text_cells import PLAIN, CellBytes, TextCells, is_filled, taken

DIGITS = st.text("0123456789", min_size=1, max_size=18)
NUMBERS = st.one_of(
    st.integers(0, 10**17).map(str),
    st.floats(0, 1e9).map(repr),
    st.tuples(DIGITS, DIGITS).map(".".join),
    DIGITS,
    st.sampled_from(["", "0", "0.", ".5", "00", "1.2.3", "5-", "-5", "1e5", "1,5", "/", ":", "9" * 15, "9" * 16, "é"]),
    st.text("0123456789.-:/eé ", max_size=9).map(str.strip),
)


def column_of(cells: list[str], before: str = "") -> TextCells:
    """Return cells as they lie in a text."""
    text = before.encode()
    starts, ends = [], []
    for cell in cells:
        starts.append(len(text))
        text += cell.encode()
        ends.append(len(text))
        text += b","
    return TextCells(CellBytes(text or b"\n"), *np.array([starts, ends], dtype=np.int64), is_printable=False)


@given(st.lists(NUMBERS, max_size=30), st.sampled_from(["", "12.5,"]))
def test_plain_numbers_are_those_that_python_reads(cells: list[str], before: str) -> None:
    column = column_of(cells, before)
    plain, values, decimals = column.numbers
    assert plain.tolist() == [PLAIN.fullmatch(cell) is not None for cell in cells]
    assert values[plain].tolist() == [float(cell) for cell in cells if PLAIN.fullmatch(cell)]
    assert decimals[plain].tolist() == [len(cell.partition(".")[2]) for cell in cells if PLAIN.fullmatch(cell)]
    some = np.flatnonzero(plain)
    assert column.take(some).numbers.values.tolist() == values[plain].tolist()


POINT = st.tuples(NUMBERS, st.sampled_from(["", "-"]), NUMBERS).map(lambda point: f"{point[0]}:{point[1]}{point[2]}")
PLAIN_POINT = st.tuples(st.integers(0, 10**9), st.floats(-1e6, 1e6).map(lambda y: f"{y:.4f}")).map(
    lambda point: f"{point[0]}:{point[1]}"
)
CURVES = st.one_of(
    st.lists(PLAIN_POINT, min_size=1, max_size=4).map(";".join),
    st.lists(PLAIN_POINT, min_size=2, max_size=4).map("; ".join),
    st.lists(POINT, max_size=3).map(";".join),
)
ONE = re.compile(rf"{PLAIN.pattern}:-?{PLAIN.pattern}")


@given(st.lists(CURVES, max_size=8))
def test_curves_are_the_points_that_each_cell_says(cells: list[str]) -> None:
    written = [
        [point.removeprefix(" " if at else "") for at, point in enumerate(cell.split(";"))] for cell in cells if cell
    ]
    every = [point for points in written for point in points]
    # numbers of more than 15 digits are left to the reader of single cells
    short = all(sum(map(str.isdigit, number)) <= 15 for point in every for number in point.split(":"))
    found = column_of(cells).curves
    if not all(map(ONE.fullmatch, every)):
        assert found is None
    elif short:
        assert found is not None
        assert found[0].tolist() == [[float(number) for number in point.split(":")] for point in every]
        assert found[1].tolist() == [len(points) for points in written]


def test_cells_are_a_sequence_of_texts() -> None:
    column = column_of(["a", "", "Überlingen", "b"])
    assert list(column) == ["a", "", "Überlingen", "b"]
    assert (len(column), column[2], column[-1], list(column[1:3])) == (4, "Überlingen", "b", ["", "Überlingen"])
    assert ("" in column, "" in column[2:], "b" in column, "c" in column) == (True, False, True, False)
    assert is_filled(column).tolist() == is_filled(list(column)).tolist() == [True, False, True, True]
    chosen = np.array([3, 0])
    assert list(taken(column, chosen)) == taken(list(column), chosen) == ["b", "a"]


CELL = st.one_of(
    st.sampled_from(["", " ", "a", " b ", "1", "2.50", "é", "x\u00a0", '"', 'say "no"', "a\nb", "a\r\nb", "a,b", "\t"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6),
)


@example([["\t"], ["\t"]], "\n", False)
@given(
    st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_every_file_has_the_cells_that_the_csv_module_reads(rows: list[list[str]], line: str, all_quoted: bool) -> None:
    # a first row that is wider than any other settles the separator
    rows = [["head,er", "x", "y", "z", "v"], *rows]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL).writerows(rows)
    expected = list(csv.reader(io.StringIO(text.getvalue(), newline="")))
    sheet = open_text(text.getvalue().encode(), "x.csv").read("")
    assert sheet.lengths is not None
    assert sheet.lengths.tolist() == [len(row) for row in expected]
    for at, column in enumerate(sheet.columns):
        assert list(column) == [row[at].strip() if at < len(row) else "" for row in expected]


@pytest.mark.parametrize(
    ("text", "columns", "lengths"),
    [
        ("a,b\n1,2\n", [["a", "1"], ["b", "2"]], [2, 2]),
        ("a,b\n\n1\n1,2", [["a", "", "1", "1"], ["b", "", "", "2"]], [2, 0, 1, 2]),
        ('"a","b, c"\n"1",2', [["a", "1"], ["b, c", "2"]], [2, 2]),
        ('"a ""x""",b\n1,2', [['a "x"', "1"], ["b", "2"]], [2, 2]),
        ('a,b\n"1\r\n2",3\r\n', [["a", "1\r\n2"], ["b", "3"]], [2, 2]),
        ("a,b\r1,2\r", [["a", "1"], ["b", "2"]], [2, 2]),
        ("a;b\n 1 ;2\u00a0\n", [["a", "1"], ["b", "2"]], [2, 2]),
    ],
)
def test_cells_of_small_files(text: str, columns: list[list[str]], lengths: list[int]) -> None:
    sheet = open_text(text.encode(), "x.csv").read("")
    assert [list(column) for column in sheet.columns] == columns
    assert sheet.lengths is not None
    assert sheet.lengths.tolist() == lengths
