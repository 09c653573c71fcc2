"""Parquet files and pandas tables as the sheets that they would be."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from budgetopt.errors import ScenarioError
from budgetopt.reading.tables import parquet_book, read_tables
from budgetopt.reading.tables.parquet_book import book_of_frame, open_parquet
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.scenario.model import Tables


def rows(sheet: Sheet) -> list[list[str]]:
    return [sheet.row(number) for number in range(sheet.rows)]


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "program": ["fire", " parks", None],
            "baseline": [46.0, np.nan, 1e-7],
            "staff": pd.array([1, None, 3], dtype="Int64"),
            "department": pd.Categorical(["Fire", None, "Parks"]),
            "as_of": pd.to_datetime(["2024-06-30", None, "2024-07-01 10:00"], format="mixed"),
            "share": np.array([0.1, 2, np.nan], dtype="float32"),
            "recurring": [True, False, None],
            "cost": [Decimal("1.50"), None, Decimal(100)],
            "time": pd.to_timedelta(["26h", None, "1h"]),
        }
    )


EXPECTED = [
    ["program", "baseline", "staff", "department", "as_of", "share", "recurring", "cost", "time"],
    ["fire", "46", "1", "Fire", "2024-06-30", "0.1", "true", "1.5", "26:00:00"],
    ["parks", "", "", "", "", "2", "false", "", ""],
    ["", "0.0000001", "3", "Parks", "2024-07-01T10:00:00", "", "", "100", "01:00:00"],
]


def test_a_table_is_a_sheet_whose_first_row_has_its_headers() -> None:
    sheet = book_of_frame(table(), "<frame>").read("")
    assert rows(sheet) == EXPECTED
    assert (sheet.file, sheet.name) == ("<frame>", "")
    are_numbers = {EXPECTED[0][at]: sheet.is_number(at).tolist() for at in range(9) if sheet.is_number(at).any()}
    assert are_numbers == {
        "baseline": [False, True, False, True],
        "staff": [False, True, False, True],
        "share": [False, True, True, False],
        "cost": [False, True, False, True],
    }


def test_cells_of_several_kinds_and_lists() -> None:
    frame = pd.DataFrame({"x": [1, "a", 2.5, datetime.date(2024, 1, 2), ["b", "c"], [(0, 0), (5.0, 60)]]})
    sheet = book_of_frame(frame, "f").read("")
    assert sheet.columns[0] == ["x", "1", "a", "2.5", "2024-01-02", "b; c", "0:0; 5:60"]
    assert sheet.is_number(0).tolist() == [False, True, False, True, False, False, True]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (pd.DataFrame({"v": [1]}, index=pd.Index(["a"], name="program")), [["program", "v"], ["a", "1"]]),
        (pd.DataFrame({"v": [1]}, index=["a"]), [["", "v"], ["a", "1"]]),
        (pd.DataFrame({"v": [1]}, index=[7]), [["v"], ["1"]]),
        (pd.DataFrame({"v": ["b"]}, index=pd.Index(["a"], name="v")), [["v"], ["b"]]),
        (
            pd.DataFrame({"d": ["x", "x"], "p": ["a", "b"], "v": [1, 2]}).groupby(["d", "p"]).sum(),
            [["d", "p", "v"], ["x", "a", "1"], ["x", "b", "2"]],
        ),
        (
            pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("outcomes", "visits"), ("baseline", "")])),
            [["outcomes.visits", "baseline"], ["1", "2"]],
        ),
        (pd.DataFrame({2026: [1]}), [["2026"], ["1"]]),
        (pd.DataFrame({"a": []}), [["a"]]),
        (pd.DataFrame(), []),
    ],
)
def test_indexes_and_headers(frame: pd.DataFrame, expected: list[list[str]]) -> None:
    assert rows(book_of_frame(frame, "f").read("")) == expected


def saved(frame: pd.DataFrame) -> bytes:
    content = io.BytesIO()
    frame.to_parquet(content)
    return content.getvalue()


def test_a_parquet_file_is_read_as_its_table_is() -> None:
    book = open_parquet(saved(table()), "p.parquet")
    assert book.names == ("",)
    assert rows(book.read("")) == EXPECTED
    indexed = open_parquet(saved(table().iloc[:2].set_index("program")[["staff"]]), "p.parquet")
    assert rows(indexed.read("")) == [["program", "staff"], ["fire", "1"], ["parks", ""]]


def refused(data: bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        open_parquet(data, "p.parquet")
    return str(caught.value)


def test_what_is_no_parquet_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(b"program,baseline\n").startswith("p.parquet: the file is text, and its name ends in .parquet")
    assert refused(saved(table())[:-40]).startswith("p.parquet: the Parquet file is damaged")
    monkeypatch.setattr(parquet_book, "find_spec", lambda _name: None)
    assert refused(saved(table())).endswith("hint: pip install 'budgetopt[parquet]'")


def test_the_decimal_mark_of_texts_is_none_of_numbers_in_lists(tmp_path: Path) -> None:
    frame = pd.DataFrame({"program": ["a"], "baseline": ["1.000,5"], "outcomes.v.curve": [[(0, 0), (5.125, 9.5)]]})
    (tmp_path / "t.parquet").write_bytes(saved(frame))
    found = read_tables(Tables.model_validate({"programs": {"file": "t.parquet", "decimal": ","}}), tmp_path)
    assert not found.problems
    program = found.programs[0]["a"]
    assert (program.baseline, program.outcomes["v"].curve) == (1000.5, ((0, 0), (5.125, 9.5)))
