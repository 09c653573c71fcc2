"""Text files of tables: encodings, separators, line ends, quotes, and rows of unequal length."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.errors import Place, ScenarioError
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.reading.tables.text_book import open_text

ROWS = [["Department", "FY26 Adopted"], ["Café & Library", "1200"], ["Fire", "(3,5)"]]


def sheet(data: bytes | str) -> Sheet:
    return open_text(data.encode() if isinstance(data, str) else data, "t.csv").read("")


def rows(data: bytes | str) -> list[list[str]]:
    found = sheet(data)
    return [found.row(number) for number in range(found.rows)]


def problem(data: bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        open_text(data, "t.csv").read("")
    (only,) = caught.value.problems
    assert only.hint
    return f"{only.place}: {only.message} [{only.code}]"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_encoding_separator_and_line_end(encoding: str, separator: str, ends: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=ends).writerows(ROWS)
    data = out.getvalue().encode(encoding)
    assert rows(data) == ROWS


def test_a_text_that_is_not_utf_8_is_read_with_a_note() -> None:
    data = "Programme,Coût\nPiscine,12\nCafé – été,13\n".encode("cp1252")
    book = open_text(data, "t.csv")
    assert book.names == ("",)
    assert book.notes == ("The text is read as Windows-1252 (Western European), because line 1 is not UTF-8.",)
    assert book.read("").columns[0] == ["Programme", "Piscine", "Café – été"]
    assert open_text("Coût\n".encode(), "t.csv").notes == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,\x81\xe9\n", "t.csv:2: the byte 0x81 in line 2 is neither UTF-8 nor Windows-1252 [encoding]"),
        (
            "é,è\nà,ù\n".encode() + b"caf\xe9,1\n",
            "t.csv:3: the byte 0xe9 in line 3 is not UTF-8, and the rest of the file is [encoding]",
        ),
        (
            b"a,b\n1,\x002\n" + b"x,y\n" * 50,
            "t.csv:2: line 2 holds a byte of zero, which no text has: the file is not CSV [encoding]",
        ),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "t.csv:2: line 2 is damaged: its bytes are not UTF-16 [encoding]"),
        (b"\xef\xbb\xbfa\n\xe9\n", "t.csv:2: line 2 is damaged: its bytes are not UTF-8 [encoding]"),
        (b'a,b\n1,"2\n', "t.csv:2: a quote is opened and never closed [quote]"),
        (b'a,b\n"1"x,2\n', "t.csv:2: text follows a closing quote [quote]"),
        (b'a,b\n1,"' + b"x" * 140_000 + b'"\n', "t.csv:2: a cell is longer than 131,072 characters [quote]"),
    ],
)
def test_what_is_no_text_is_told_with_its_line(data: bytes, message: str) -> None:
    assert problem(data) == message


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("City of Riverton, Proposed Budget, 2026\n\nDepartment;Budget\nFire;1,5\nParks;2,5\n", ";"),
        ("program,curve\na,0:0; 5:60; 9:1\nb,0:0; 4:2; 9:1\nc\n", ","),
        ("Department;Budget (1,000)\nFire;1,5\nParks;2,5\n", ";"),
        ("name\tcost\nA, B\t1,200\nC, D\t1,300\n", "\t"),
        ("name|cost;year\nA, B|1,200\nC|1,300\n", "|"),
        ("program,tags\na,x; y; z\nb,x; y; z\n", ","),
        ('name,cost\n"A; B; C",1\n"D; E; F",2\n', ","),
    ],
)
def test_the_separator_is_the_one_most_rows_agree_on(text: str, separator: str) -> None:
    header = next(line for line in text.splitlines() if "cost" in line or "udget (" in line or line.count(separator))
    found = rows(text)
    assert header.split(separator) == [cell for cell in found[text.splitlines().index(header)] if cell]


def test_a_line_that_names_the_separator_is_no_row() -> None:
    assert rows("sep=;\r\na;b\r\n1,5;2,5\r\n") == [["a", "b"], ["1,5", "2,5"]]
    assert rows('"sep=\t"\na\tb\n') == [["a", "b"]]
    assert rows("SEP=:\na:b\n") == [["a", "b"]]
    assert rows("separate,x\n1,2\n") == [["separate", "x"], ["1", "2"]]


@pytest.mark.parametrize("quote", ["", '"'])
def test_rows_of_unequal_length_are_filled_and_counted(quote: str) -> None:
    found = sheet(f"{quote}Title{quote}\n\na,b,c\n1, 2 ,3\n4\n , \n")
    assert [found.row(number) for number in range(found.rows)] == [
        ["Title", "", ""],
        ["", "", ""],
        ["a", "b", "c"],
        ["1", "2", "3"],
        ["4", "", ""],
        ["", "", ""],
    ]
    assert found.lengths is not None
    assert found.lengths.tolist() == [1, 0, 3, 3, 1, 2]
    assert not found.is_number(0).any()


def test_an_empty_file_has_no_rows() -> None:
    for data in (b"", b"\xef\xbb\xbf"):
        assert sheet(data).rows == 0
    assert rows("only\n") == [["only"]]


def test_a_cell_of_several_lines_is_one_row() -> None:
    assert rows('a,b\n"x\ny","say ""no"""\n1,2\n') == [["a", "b"], ["x\ny", 'say "no"'], ["1", "2"]]
    with pytest.raises(ScenarioError) as caught:
        sheet('a,b\n"x\ny",1\n"1"2,2\n')
    assert caught.value.problems[0].place == Place("t.csv", 3)


CELLS = st.text(st.sampled_from("ab1 .é-€"), max_size=4)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=8), st.sampled_from(",;\t|"))
def test_files_with_and_without_quotes_are_read_alike(table: list[list[str]], separator: str) -> None:
    expected = [[cell.strip() for cell in row] for row in table]
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator, quoting=quoting).writerows(table)
        assert rows(out.getvalue()) == expected


def test_a_formula_that_is_a_text_is_that_text() -> None:
    text = 'program,code,baseline\n"=""0101""",="007","=""1,200"""\n"=""a """"b"""" c""",=SUM(A1),="x\n'
    book = open_text(text.encode(), "t.csv")
    assert [list(column[1:]) for column in book.read("").columns] == [
        ["0101", 'a "b" c'],
        ["007", "=SUM(A1)"],
        ["1,200", '="x'],
    ]
