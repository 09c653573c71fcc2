"""The recipes of CONTRIBUTING for reading, tried: a key of programs, a kind of table, a format of files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCENARIO = """\
name: City
periods: [A, B]
funds: {general: {revenue: 9M}}
objective: {minimize: spending}
programs: {pool: {baseline: 5}}
"""
A_KEY = """
import sys
from budgetopt.scenario.amounts import Amount
from budgetopt.scenario.model.base import PerPeriod
from budgetopt.scenario.model import Document, Program
from pydantic.fields import FieldInfo

kind = PerPeriod[Amount] | None
Program.model_fields["rent"] = FieldInfo(annotation=kind, default=None, description="What it pays.")
Program.__annotations__["rent"] = kind
Program.model_rebuild(force=True)
Document.model_rebuild(force=True)

from budgetopt.reading.load import load
from budgetopt.reading.schema import json_schema

scenario = load(sys.argv[1]).with_("programs.pool.rent=5M", "programs.pool.rent.B=-20%")
again = load(scenario.to_folder(sys.argv[2], table=True))
assert again.sha256 == scenario.sha256
assert "rent" in json_schema()["$defs"]["Program"]["properties"]
print(scenario.programs.per_period("rent", scenario.periods)[0].tolist(), again.programs["pool"].rent)
"""
A_TABLE = """
import sys
import numpy as np
from budgetopt.reading.tables import read
from budgetopt.scenario import model
from budgetopt.scenario.programs import ProgramTable, column_of, objects
from pydantic.fields import FieldInfo

def read_notes(grid, table, mapped_at):
    ids, notes = grid.columns
    cells = column_of(range(len(ids)), notes, grid.origin(np.arange(len(ids)), 1))
    return ProgramTable(objects(ids), {"note": cells}), []

read._READERS["notes"] = (read_notes, True)
kind = model.Tables.model_fields["curves"]
model.Tables.model_fields["notes"] = FieldInfo(annotation=kind.annotation, default=(), description="Notes.")
model.Tables.model_fields["notes"].metadata = kind.metadata
model.Tables.model_rebuild(force=True)
model.Document.model_rebuild(force=True)

from budgetopt.reading.load import load
scenario = load(sys.argv[1])
print(scenario.programs["pool"].note, scenario.programs.place("pool", "note").line, sorted(scenario.inputs))
"""
A_FORMAT = """
import sys
from budgetopt.reading.tables import read
from budgetopt.reading.tables.text_book import open_text

read._FORMATS[".bars"] = lambda data, file: open_text(data.replace(b"/", b","), file)

from budgetopt.reading.load import load
scenario = load(sys.argv[1])
print(scenario.programs["gym"].baseline, scenario.programs.place("gym", "baseline"))
"""


def printed(code: str, *arguments: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return done.stdout.strip()


def test_a_key_of_programs_needs_one_line_to_be_read_changed_and_written(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    expected = "[[5000000.0, 4000000.0]] {'A': 5000000.0, 'B': 4000000.0}"
    assert printed(A_KEY, tmp_path, tmp_path / "new") == expected


def test_a_kind_of_table_needs_its_key_and_its_reader(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(f"{SCENARIO}tables: {{notes: notes.csv}}\n")
    (tmp_path / "notes.csv").write_text("program,note\npool,open in summer\n")
    assert printed(A_TABLE, tmp_path) == "open in summer 2 ['notes.csv', 'scenario.yaml']"


def test_a_format_of_files_needs_its_reader(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(f"{SCENARIO}tables: {{programs: more.BARS}}\n")
    (tmp_path / "more.BARS").write_text("program/baseline\ngym/3M\n")
    assert printed(A_FORMAT, tmp_path) == f"3000000.0 {tmp_path / 'more.BARS'}:2:2"
