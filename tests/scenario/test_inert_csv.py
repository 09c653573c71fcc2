"""Tables as CSV: no cell of text is a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

from budgetopt.scenario.inert_csv import inert_csv

RUNS = "=+-@\t\r"


def test_only_texts_that_would_run_are_marked(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "name": ["=1+1", "Library", "@SUM(A1)", "-", "\tx", "a=1"],
            "amount": [-5.0, 2.5, np.nan, -1e20, 0.0, 3.0],
            "mixed": ["+1", -1.0, None, True, "x", "'"],
            "-2": [True, False, True, False, True, False],
        },
        index=pd.Index(["-a", "b", "c", "d", "e", "f"], name="=id"),
    )
    before = table.copy(deep=True)
    lines = inert_csv(table, index=True).split("\n")
    assert lines[0] == "'=id,name,amount,mixed,'-2"
    assert lines[1] == "'-a,'=1+1,-5.0,'+1,True"
    assert lines[2] == "b,Library,2.5,-1.0,False"
    assert lines[3] == "c,'@SUM(A1),,,True"
    assert lines[4] == "d,'-,-1e+20,True,False"
    assert lines[5] == "e,'\tx,0.0,x,True"
    assert lines[6:] == ["f,a=1,3.0,',False", ""]
    assert inert_csv(table).split("\n")[1] == "'=1+1,-5.0,'+1,True"
    inert_csv(table, index=True, file=tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode() == "\n".join(lines)
    pd.testing.assert_frame_equal(table, before)


@example([("", "\r"), ("a\rb", "c")])
@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_no_text_runs_and_each_can_be_had_back(cells: list[tuple[str, str]]) -> None:
    cells = [tuple(cell.encode("utf-8", "ignore").decode().replace("\0", "") for cell in row) for row in cells]
    table = pd.DataFrame(cells, columns=["a", "b"])
    rows = list(csv.reader(io.StringIO(inert_csv(table), newline="")))[1:]
    assert not any(cell.startswith(tuple(RUNS)) for row in rows for cell in row)
    assert [[_without_mark(cell) for cell in row] for row in rows] == [list(map(_without_mark, row)) for row in cells]


def _without_mark(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple(RUNS) else cell
