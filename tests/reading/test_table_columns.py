"""Columns of a table, each read by the type of its key: scales, merged amounts, what is told once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from pydantic import ValidationError

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.tables import TablesRead, read_tables
from budgetopt.reading.tables.columns import condensed
from budgetopt.scenario.model import Tables
from budgetopt.scenario.scenario import Scenario


def read(folder: Path, text: str | bytes, name: str = "t.csv", **table: Any) -> TablesRead:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_tables(Tables.model_validate({"programs": {"file": name, **table}}), folder)


def test_the_scale_is_of_money_alone(tmp_path: Path) -> None:
    text = (
        "program,baseline,spending.at_least,spending.at_most,outcomes.visits.unit_cost,outcomes.visits.up_to,"
        "outcomes.safe.curve\na,2.5,80%,3,0.002,50,0:0; 2:7\n"
    )
    found = read(tmp_path, text, scale=1000)
    assert not found.problems
    program = found.programs[0]["a"]
    assert (program.baseline, program.outcomes["visits"].up_to) == (2500, 50)
    assert program.outcomes["visits"].unit_cost == pytest.approx(2)
    assert program.outcomes["safe"].curve == ((0, 0), (2000, 7))
    assert program.spending is not None
    assert (program.spending.at_least, program.spending.at_most) == (0.8, 3000)


def workbook(*merged: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["program", "department", "baseline"], ["a", "X", 5], ["b", None, None], ["c", "Y", 6]):
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_merged_cell_is_filled_and_an_amount_in_one_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, workbook("B2:B3"), "t.xlsx")
    assert not found.problems
    assert [found.programs[0][name].department for name in "abc"] == ["X", "X", "Y"]
    found = read(tmp_path, workbook("C2:C3"), "t.xlsx")
    (problem,) = found.problems
    assert (problem.code, problem.message) == (
        "merged-amount",
        "'5' stands in a merged cell, as one amount for several rows",
    )
    # rows that do not count share nothing
    assert not read(tmp_path, workbook("C2:C3"), "t.xlsx", skip_rows=3).problems


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        (
            "(5)",
            "write `add_up: true` under the table if the program has more rows, and `merge: {a: OTHER}` if it is part",
        ),
        ("-5", "write `add_up: true` under the table"),
        ("n/a", "leave the cell empty if there is none, or write 0"),
        ("TBD", "leave the cell empty if there is none, or write 0"),
    ],
)
def test_a_cell_that_is_refused_comes_with_what_an_office_can_do(tmp_path: Path, cell: str, hint: str) -> None:
    (problem,) = read(tmp_path, f"program,baseline\na,{cell}\n").problems
    assert problem.hint.startswith(hint)
    assert problem.place == Place(str(tmp_path / "t.csv"), 2, 2)


def test_a_dash_is_zero_in_amounts_and_a_mistake_in_effects(tmp_path: Path) -> None:
    found = read(tmp_path, "program,baseline,outcomes.visits.per_dollar\na,$ -,\nb,2,-\n")
    assert found.programs[0]["a"].baseline == 0
    (problem,) = found.problems
    assert problem.place == Place(str(tmp_path / "t.csv"), 3, 3)


def test_an_amount_that_may_be_two_is_one_problem_for_its_column(tmp_path: Path) -> None:
    text = "program,baseline\na,46.000\nb,1.500\nc,7\n"
    (problem,) = read(tmp_path, text).problems
    assert problem.message == "'46.000' may be 46 or 46,000, and so with 1 more cell of the column 'baseline'"
    assert [read(tmp_path, text, decimal=mark).programs[0]["a"].baseline for mark in ".,"] == [46, 46_000]


def test_problems_of_one_kind_in_one_column_are_told_once() -> None:
    def problem(line: int, column: int, code: str = "number") -> Problem:
        return Problem(code, f"row {line} is wrong", Place("t.csv", line, column))

    few = [problem(line, 1) for line in range(2, 5)]
    assert condensed(few) == few
    many = [problem(line, 1) for line in range(2, 1002)]
    (told, *others) = condensed([*many, problem(3, 2), problem(4, 1, "negative")])
    assert told.message == "row 2 is wrong; and 999 more like it, such as row 3 and row 4"
    assert others == [problem(3, 2), problem(4, 1, "negative")]


@pytest.mark.parametrize("table", [{"where": {"Kind": "x"}}, {"skip": {"Kind": "y"}}, {"id": ["program", "Kind"]}])
def test_what_chooses_rows_or_names_programs_needs_no_key(tmp_path: Path, table: dict[str, Any]) -> None:
    text = "Code,Kind,baseline\na,x,1\nb,y,2\n"
    columns = {"Code": "ignore"} if "id" in table else {"Code": "program"}
    table = {"id": ["Code", "Kind"]} if "id" in table else table
    found = read(tmp_path, text, columns=columns, **table)
    assert not found.problems
    assert found.programs[0].ids.tolist() == (["a / x", "b / y"] if "id" in table else ["a"])
    # another column does
    assert [one.code for one in read(tmp_path, text, columns=columns).problems][:1] == ["unknown-column"]


@pytest.mark.parametrize(("decimal", "cell"), [(",", "1,234.5"), (".", "1.234,50"), (",", "1.23.4")])
def test_a_number_of_another_decimal_mark_is_refused_and_no_other_number(
    tmp_path: Path, decimal: str, cell: str
) -> None:
    found = read(tmp_path, f"program;baseline\na;{cell}\nb;5\n", decimal=decimal)
    (problem,) = found.problems
    assert problem.message == f"'{cell}' is no number whose decimal mark is '{decimal}', as the table says"
    assert problem.place == Place(str(tmp_path / "t.csv"), 2, 2)
    assert found.programs[0]["a"].baseline is None


def test_a_table_in_cents_is_exact(tmp_path: Path) -> None:
    assert read(tmp_path, "program,baseline\na,355\n", scale=0.01).programs[0]["a"].baseline == 3.55


@pytest.mark.parametrize("name", ["program", "Code"])
def test_an_id_of_columns_of_which_one_is_called_program(tmp_path: Path, name: str) -> None:
    columns = {"Code": "program"} if name == "Code" else {}
    found = read(tmp_path, f"{name},Kind,baseline\na,x,1\n", id=["Kind", name], columns=columns)
    assert not found.problems
    assert found.programs[0].ids.tolist() == ["x / a"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"header": 2, "last_row": 2}, "the last row is 2, and the column headers stand in row 2"),
        ({"add_up": True, "merge": {"x": "y", "y": "z"}}, "'x' is part of 'y', which is itself part of 'z'"),
        ({"add_up": True, "merge": {"x": "x"}}, "'x' is part of 'x', which is itself part of 'x'"),
    ],
)
def test_keys_that_do_not_go_together(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Tables.model_validate({"programs": {"file": "t.csv", **table}})


@pytest.mark.parametrize(
    ("kind", "text", "cell"),
    [
        ("programs", "program,outcomes.v.curve\na,0:0;5.000:9\nb,0:0;4:1\n", "t.csv:2:2"),
        ("evidence", "program,outcome,unit_cost,curve\na,v,,0:0;5.000:9\nb,v,,0:0;4:1\nc,v,5,\n", "t.csv:2:4"),
        ("evidence", "program,outcome,unit_cost\na,v,5\nb,v,6.000\nc,v,7\n", "t.csv:3:3"),
        ("programs", "program,service.unit_cost,outcomes.v.per_unit\na,5.000,2\nb,6,1\n", "t.csv:2:2"),
        ("packages", "program,cost,outcomes.v\na,5.000; 6.000,1\na,7,2\nb,8,2\n", "t.csv:2:2"),
    ],
)
def test_a_number_that_may_be_two_is_told_once_and_nothing_that_follows(
    tmp_path: Path, kind: str, text: str, cell: str
) -> None:
    (tmp_path / "t.csv").write_text(text)

    def scenario(mark: str) -> Scenario:
        tree = {
            "name": "n",
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"v": {"unit": "visits", "weight": 1}},
            "programs": {name: {"department": "X"} for name in "abc"},
            "tables": {kind: {"file": str(tmp_path / "t.csv"), **({"decimal": mark} if mark else {})}},
        }
        return Scenario.from_document(tree, allow_folders=[tmp_path])

    with pytest.raises(ScenarioError) as caught:
        scenario("")
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.place).rpartition("/")[2]) == ("ambiguous-number", cell)
    # with either mark it is read, and they are a thousand apart
    figures = [max(column.values.max() for key, column in scenario(mark).programs.columns.items()
                   if key.rpartition(".")[2] in ("curve", "unit_cost", "cost")) for mark in ",."]  # fmt: skip
    assert figures[0] in (5000, 6000)
    assert figures[1] < 10


@pytest.mark.parametrize("cell", ["1.5M", "1.5 million", "$2k", "3 B"])
def test_a_unit_of_its_own_beside_the_scale_of_the_table_is_refused(cell: str, tmp_path: Path) -> None:
    text = f"program,baseline\na,{cell}\nb,2\n"
    (problem,) = read(tmp_path, text, scale=1000).problems
    assert (problem.code, str(problem.place)) == ("unit-twice", f"{tmp_path}/t.csv:2:2")
    assert "the amounts of the table are multiplied by 1,000" in problem.message
    assert not read(tmp_path, text).problems
