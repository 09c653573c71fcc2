"""No name has a character that nobody can see; where one is shown, it is written out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import budgetopt as bo
from budgetopt import Scenario, ScenarioError
from budgetopt.cli import main
from budgetopt.errors import OptionError, Place, Problem, escaped, hidden_in
from budgetopt.report import html_page, markdown_summary
from budgetopt.scenario.inert_json import inert_json

HIDDEN = {
    "NUL": "\0",
    "escape": "\x1b",
    "vertical tab": "\x0b",
    "delete": "\x7f",
    "C1": "\x9b",
    "next line": "\x85",
    "soft hyphen": "\xad",
    "override": "\u202e",
    "isolate": "\u2066",
    "mark": "\u200f",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "word joiner": "\u2060",
    "half of a character": "\ud800",
    "tag": "\U000e0041",
    "filler": "\u3164",
}
HEAD = "funds: {general: {revenue: 100}}\noutcomes: {visits: {weight: 2}}\n"
TABLE = ("program", "name", "department", "tags", "outcomes.visits.per_dollar", "baseline")
NAMED = 23
LINE_ENDS = ("next line", "line separator", "paragraph separator")
IDS = (2, 3, 5, 8, 11, 15, 16, 17, 19)
"""What is named by its key; the others have a name in print, in which the end of a line is a space."""


def named_by(name: Callable[[int], str]) -> dict[str, Any]:
    """Return a scenario in which everything that has a name is called by its number."""
    library = {
        "name": name(12),
        "department": name(13),
        "priority": name(14),
        "tags": [name(15)],
        "districts": {name(16): 1.0},
        "attributes": {name(17): "x", "kind": name(18)},
        "baseline": 10,
        "uses": {name(5): {"per": 10}},
        "funds": [name(3)],
        "outcomes": {name(8): {"per_dollar": 1}},
    }
    branch = {"packages": [{"name": name(20), "cost": 10, "outcomes": {name(8): 2}}], "choose": "any"}
    return {
        "name": name(0),
        "currency": name(1),
        "periods": [name(2)],
        "funds": {name(3): {"revenue": {name(2): 100}, "name": name(4)}},
        "resources": {name(5): {"capacity": 10, "unit": name(6), "name": name(7)}},
        "outcomes": {name(8): {"unit": name(9), "weight": 2, "name": name(10)}},
        "programs": {name(11): library, name(19): branch},
        "rules": [{"name": name(21), "sum": "spending", "where": {"program": name(11)}, "at_least": 1}],
        "objective": [{"maximize": "weighted outcomes", "name": name(22)}],
    }


def test_names_of_visible_characters_are_fine() -> None:
    scenario = Scenario.from_document(named_by(lambda number: f"Žižkov {number} שלום 北京 – “a” 👩"))
    assert len(scenario.programs) == 2


@pytest.mark.parametrize("number", range(NAMED))
def test_every_name_is_refused_with_its_place_and_without_the_character(number: int) -> None:
    for kind, hidden in HIDDEN.items():
        if kind in LINE_ENDS and number not in IDS:
            continue
        with pytest.raises(ScenarioError) as caught:
            Scenario.from_document(named_by(lambda at: f"n{at}{hidden}x" if at == number else f"n{at}"))  # noqa: B023
        said = str(caught.value)
        assert "invisible" in said, (kind, said)
        assert hidden not in said, kind
        first = caught.value.problems[0]
        assert first.hint or first.code == "control-character"


@pytest.mark.parametrize("kind", ["csv", "parquet", "frame", "set", "yaml"])
@pytest.mark.parametrize("column", [0, 1, 2, 3])
def test_names_of_tables_and_changes_are_refused(kind: str, column: int, tmp_path: Path) -> None:
    for what in ("C1", "override", "zero-width space", "line separator"):
        hidden = HIDDEN[what]
        if what in LINE_ENDS and (column in (1, 2) or kind in ("csv", "parquet", "frame")):
            continue
        row: list[Any] = ["p", "P", "D", "t", 1, 10]
        row[column] = f"a{hidden}b"
        with pytest.raises((ScenarioError, OptionError)) as caught:
            _read(kind, column, row, tmp_path)
        assert hidden not in str(caught.value), what
        assert "invisible" in str(caught.value) or "no program" in str(caught.value) or "U+" in str(caught.value)


def _read(kind: str, column: int, row: list[Any], folder: Path) -> Scenario:
    file, frame = folder / "s.yaml", pd.DataFrame([row], columns=list(TABLE))
    if kind == "frame":
        return Scenario.from_frame(frame, 100, outcomes={"visits": {"weight": 1}})
    if kind in ("set", "yaml"):
        key = TABLE[column]
        program = "p" if column or kind == "set" else json.dumps(row[0])
        more = f", {key}: {json.dumps(row[column])}" if column and kind == "yaml" else ""
        text = f"programs: {{{program}: {{baseline: 10, outcomes: {{visits: {{per_dollar: 1}}}}{more}}}}}\n"
        file.write_text(HEAD + text)
        scenario = bo.load(file)
        path = f"programs.p.{key}" if column else f"programs.{row[0]}.baseline"
        return scenario if kind == "yaml" else scenario.with_((path, row[column] if column else 1))
    if kind == "csv":
        with (folder / "t.csv").open("w", newline="", encoding="utf-8") as table:
            csv.writer(table).writerows([TABLE, row])
    else:
        frame.to_parquet(folder / "t.parquet")
    file.write_text(f"{HEAD}tables: {{programs: t.{kind}}}\n")
    return bo.load(file)


def test_lines_of_a_name_in_a_cell_become_one() -> None:
    scenario = Scenario.from_document(named_by(lambda number: "Fire\n  and\trescue" if number == 13 else f"n{number}"))
    assert scenario.programs.value(0, "department") == "Fire and rescue"
    for kind in LINE_ENDS:
        scenario = Scenario.from_document(named_by(lambda at: f"a{HIDDEN[kind]}b" if at in (0, 13) else f"n{at}"))  # noqa: B023
        assert (scenario.name, scenario.programs.value(0, "department")) == ("a b", "a b")


@pytest.mark.parametrize("kind", ["csv", "parquet", "frame"])
def test_lines_of_an_id_in_a_table_become_one(kind: str, tmp_path: Path) -> None:
    for broken in ("a\nb", "a \r\n\r\n b", "a\tb", *(f"a{HIDDEN[what]}b" for what in LINE_ENDS)):
        scenario = _read(kind, 0, [broken, broken, broken, f"{broken};c", 1, 10], tmp_path)
        program = scenario.programs["a b"]
        assert (program.name, program.department, program.tags) == ("a b", "a b", ("a b", "c"))


def test_two_ids_that_differ_in_a_line_break_are_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('program,baseline\na b,1\n"a\nb",2\n')
    (tmp_path / "s.yaml").write_text(f"{HEAD}tables: {{programs: t.csv}}\n")
    with pytest.raises(ScenarioError, match="the program 'a b' stands twice"):
        bo.load(tmp_path / "s.yaml")


def test_free_texts_are_kept_and_shown_without_them() -> None:
    document = named_by(lambda number: f"n{number}") | {
        "description": "before \u202ereversed\u202c \u2066and\u2069 after"
    }
    plan = bo.solve(Scenario.from_document(document))
    for text in (html_page(plan), markdown_summary(plan), plan.to_json()):
        assert "\u202e" not in text
        assert "\u2066" not in text


def test_errors_write_them_out() -> None:
    for kind, hidden in HIDDEN.items():
        place = Place(f"a{hidden}b.yaml", 1, 2)
        for error in (
            str(Problem("code", f"m{hidden}", place, f"e{hidden}", f"h{hidden}")),
            str(OptionError(f"m{hidden}", hint=f"h{hidden}")),
            bo.UnknownNameError("program", f"a{hidden}b", [f"a{hidden}c"]).message,
        ):
            assert hidden not in error, kind
        assert hidden_in(f"a{hidden}b") == hidden
        assert escaped(f"a{hidden}b") == f"a{ascii(hidden)[1:-1]}b"
    assert str(Problem("code", "m", Place("a\nb"))) == "a\\nb: m [code]"


def test_json_writes_them_out_as_json_does() -> None:
    for kind, hidden in HIDDEN.items():
        text = inert_json({f"k{hidden}": [f"v{hidden}é"]}, indent=2)
        assert hidden not in text, kind
        assert "é" in text
        assert json.loads(text) == {f"k{hidden}": [f"v{hidden}é"]}


@pytest.mark.parametrize("what", ["escape", "C1", "override", "half of a character"])
def test_the_terminal_shows_none_of_them(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hidden = HIDDEN[what]
    file = tmp_path / "s.yaml"
    file.write_text(f"{HEAD}programs: {{p: {{baseline: 10, outcomes: {{visits: {{per_dollar: 1}}}}}}}}\n")
    for words in (
        ["check", f"{tmp_path}/a{hidden}b"],
        ["solve", str(file), "--set", f"funds.a{hidden}b.revenue=1"],
        ["solve", str(file), "--set", f"a{hidden}b"],
        ["explain", str(file), f"a{hidden}b"],
        ["prices", str(file), f"a{hidden}b"],
        ["verify", f"a{hidden}b"],
        ["audit", str(file), f"a{hidden}b.csv"],
        ["diff", str(file), f"a{hidden}b"],
        ["export", str(file), f"a{hidden}b"],
        ["fit", f"a{hidden}b.csv"],
        ["new", str(tmp_path), "--from", f"a{hidden}b.csv"],
        [f"a{hidden}b"],
        ["solve", str(file), f"--a{hidden}b"],
        ["solve", str(file), f"a{hidden}b"],
        ["solve", str(file), "--json", f"nowhere/a{hidden}b"],
    ):
        code = main(words)
        shown = "".join(capsys.readouterr())
        assert code == 2, (words, shown)
        assert hidden not in shown, words
