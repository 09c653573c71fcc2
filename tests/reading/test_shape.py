"""From the cells of a sheet to a table: headers, rows that count, what stands once above its rows."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook

from budgetopt.errors import ScenarioError
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.read import read_grid
from budgetopt.scenario.model.table import Table


def grid(text: str, **table: Any) -> Grid:
    return read_grid(text.encode(), "t.csv", "", Table.model_validate({"file": "t.csv", **table}))


def rows(found: Grid) -> list[tuple[str, ...]]:
    return list(zip(*found.columns, strict=True))


def problems(text: str, **table: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        grid(text, **table)
    return [f"{problem.place}: {problem.message} | {problem.hint}" for problem in caught.value.problems]


def test_several_header_rows_are_joined_and_a_word_stands_once() -> None:
    found = grid(",FY 25,,FY 26\nPROGRAM,ACTUAL,ADOPTED,FY 26\nPools,1,2,3\n", header=[1, 2])
    assert found.headers == ("PROGRAM", "FY 25 ACTUAL", "ADOPTED", "FY 26")
    assert (found.header_row, rows(found)) == (2, [("Pools", "1", "2", "3")])
    # rows between them may be left out
    assert grid("A,B\nx,y\nC,D\n1,2\n", header=[1, 3]).headers == ("A C", "B D")


def test_a_header_merged_over_columns_stands_above_each_of_them() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Program", "FY26", None], [None, "Adopted", "Actual"], ["Pools", 3, 2], [None, 5, 4]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("A3:A4")
    data = io.BytesIO()
    book.save(data)
    found = read_grid(data.getvalue(), "t.xlsx", "", Table.model_validate({"file": "t.xlsx", "header": [1, 2]}))
    assert found.headers == ("Program", "FY26 Adopted", "FY26 Actual")
    # and a cell that is merged over rows in each of these
    assert rows(found) == [("Pools", "3", "2"), ("Pools", "5", "4")]
    assert found.merged[0].tolist() == [1]


def test_empty_rows_and_columns_do_not_count_and_numbers_of_rows_stay() -> None:
    found = grid("Program,,B\n,,\nPools,,3\n,,\nTrails,,4\n")
    assert found.headers == ("Program", "B")
    assert (found.rows.tolist(), found.at, found.letters) == ([3, 5], (1, 3), ("A", "C"))
    assert grid("Program,B\nPools,3\nTotal,3\n", last_row=2).rows.tolist() == [2]


def test_a_column_by_its_letter_where_its_header_is_empty_or_stands_twice() -> None:
    found = grid("Program,B,B,\nPools,1,2,3\n", skip={"D": "9"})
    assert found.named("C") == [2]
    assert found.named("D") == [3]
    assert found.named("B") == [1, 2]
    # a header says more than a letter
    assert grid("C,X,A\n1,2,3\n").named("A") == [2]


@pytest.mark.parametrize(
    ("table", "left"),
    [
        ({"where": {"Type": "Expense"}}, ["2", "4", "5"]),
        ({"where": {"type": "Expense"}}, None),
        ({"where": {"Type": ["Revenue", "transfer"]}}, ["3", "6"]),
        ({"where": {"Year": 2026}}, ["2", "3", "6"]),
        ({"where": {"Year": 2026.0}}, ["2", "3", "6"]),
        ({"where": {"Type": "Exp*"}}, ["2", "4", "5"]),
        ({"where": {"Type": "*"}}, ["2", "3", "4", "5", "6"]),
        ({"where": {"Type": "Expense", "Year": [2025, 2026]}}, ["2", "4"]),
        ({"skip": {"Program": "* Total"}}, ["2", "3", "4", "6"]),
        ({"skip": {"Program": ["police total", "pools"]}}, ["2", "3", "6"]),
        ({"skip": {"Year": ""}}, ["2", "3", "4", "6"]),
        ({"skip": {"Program": "Total"}}, ["2", "3", "4", "5", "6"]),
        ({"skip": {"Program": "P.*"}}, ["2", "3", "4", "5", "6"]),
        ({"skip_rows": ["3-4", 6]}, ["2", "5"]),
        ({"skip_rows": 99}, ["2", "3", "4", "5", "6"]),
        ({"skip": {"Type": "Expense"}, "where": {"Program": "Fees"}}, ["3"]),
    ],
)
def test_the_rows_that_count(table: dict[str, Any], left: list[str] | None) -> None:
    text = (
        "Program,Type,Year\nPatrol,Expense,2026\nFees,Revenue,2026\nPools,Expense,2025\nPolice  Total,Expense,\n"
        "Parks,Transfer,2026\n"
    )
    if left is None:
        assert problems(text, **table) == ["t.csv:1: 'type' is no column of t.csv | did you mean 'Type'?"]
    else:
        assert [str(row) for row in grid(text, **table).rows.tolist()] == left


def test_the_rows_that_are_left_out_are_kept_with_their_reasons() -> None:
    found = grid("P,T\na,1\nb,2\nc,3\nd,4\n", skip_rows=2, skip={"P": "b"}, where={"T": [3, 5]})
    assert [(out.reason, out.grid.rows.tolist()) for out in found.left_out] == [
        ("skip_rows", [2]),
        ("skip", [3]),
        ("where", [5]),
    ]
    assert found.unmatched == ('`where: {T: "5"}`',)
    assert rows(found.left_out[1].grid) == [("b", "2")]


def test_values_are_filled_down_before_rows_are_chosen() -> None:
    text = "Department,Program,A\nPolice,Patrol,1\n,Dogs,2\nPolice Total,,3\nParks,Pools,4\n"
    found = grid(text, fill_down="Department", skip={"Department": "* Total"})
    assert rows(found) == [("Police", "Patrol", "1"), ("Police", "Dogs", "2"), ("Parks", "Pools", "4")]
    # the name of a total holds for its own row alone
    text = text.replace("Parks", ",Insurance,5\nParks")
    found = grid(text, fill_down="Department", skip={"Department": "* Total"})
    assert rows(found)[2:] == [("", "Insurance", "5"), ("Parks", "Pools", "4")]
    # a value that is skipped is skipped in all rows that it holds for
    text = "Department,Program,A\nRevenue,,9\n,Tax,5\n,Fees,4\nTotal Care,Home,4\n,Meals,2\n"
    found = grid(text, fill_down="Department", skip={"Department": "Revenue"})
    assert rows(found) == [("Total Care", "Home", "4"), ("Total Care", "Meals", "2")]
    # what stands above the first value stays empty
    assert rows(grid("D,P\n,a\nX,b\n", fill_down="D")) == [("", "a"), ("X", "b")]


def test_headings_give_the_rows_below_them_a_key() -> None:
    text = "program,A\nPARKS,\nPools,1\nTrails,2\nLIBRARY,\nHours,3\n"
    found = grid(text, headings="department")
    assert found.headers == ("program", "A", "department")
    assert rows(found) == [("Pools", "1", "PARKS"), ("Trails", "2", "PARKS"), ("Hours", "3", "LIBRARY")]
    assert [(out.reason, out.grid.rows.tolist()) for out in found.left_out] == [("headings", [2, 5])]
    # a column that is mapped, or the first that makes an id, has the programs
    mapped = grid(text.replace("program", "Service"), headings="department", columns={"Service": "program"})
    assert mapped.columns[2] == ["PARKS", "PARKS", "LIBRARY"]
    assert "'program' is no column" in problems(text.replace("program", "Service"), headings="department")[0]


def test_columns_that_name_a_program_together() -> None:
    found = grid("D,C,A\nPolice,Supplies,1\nParks,,2\n", id=["D", "C"])
    assert found.columns[3] == ["Police / Supplies", "Parks"]
    assert (found.headers[3], found.at[3]) == ("program", 1)


@pytest.mark.parametrize(
    ("text", "table", "expected"),
    [
        ("", {}, ["t.csv: the table is empty | "]),
        ("a,b\n", {"header": 3}, ["t.csv: row 3 has no column headers | "]),
        ("a,b\nx,1\n", {"header": [1, 9]}, ["t.csv: row 9 has no column headers | "]),
        ("P,A\nx,1\n", {"where": {"Z": 1}, "id": ["Y"]}, None),
        (
            "P,A,A\nx,1,2\n",
            {"where": {"A": 1}},
            ["t.csv:1: 2 columns of t.csv have the header 'A' | name it by its letter: B or C"],
        ),
    ],
)
def test_what_is_wrong_with_a_shape(text: str, table: dict[str, Any], expected: list[str] | None) -> None:
    found = problems(text, **table)
    assert found == expected if expected is not None else len(found) == 2


def test_a_row_that_is_too_short_or_too_long() -> None:
    found = grid("P,A,B\nx,1\ny,1,2,3\n")
    assert [str(problem.place) for problem in found.problems] == ["t.csv:2", "t.csv:3:4"]
    assert found.headers == ("P", "A", "B")
    # a column beyond the headers that is named is a column
    assert list(grid("P,A\ny,1,2\n", columns={"C": "baseline"}).columns[2]) == ["2"]
    # and rows that do not count may have any length
    assert not grid("P,A,B\nx,1\ny,1,2\n", skip_rows=2).problems
