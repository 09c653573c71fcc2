"""What is written reads back as the same scenario, or nothing is written at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetopt.errors import OptionError
from budgetopt.reading.load import load
from budgetopt.reading.write import write_files
from budgetopt.reading.yaml_file import parse_yaml
from budgetopt.reading.yaml_text import number_text, share_text, to_yaml
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.programs import Column
from budgetopt.scenario.scenario import Scenario
from reading.documents import documents, names, texts

SCENARIOS = sorted((Path(__file__).resolve().parents[2] / "scenarios").rglob("scenario.yaml"))


def same_column(one: Column, other: Column) -> bool:
    mine, yours = ([column.cell(cell) for cell in range(len(column))] for column in (one, other))
    # beside texts a whole number may be of either type
    kinds = [[float if type(value) is int else type(value) for value in cells] for cells in (mine, yours)]
    return one.rows.tolist() == other.rows.tolist() and mine == yours and kinds[0] == kinds[1]


def differences(one: Scenario, other: Scenario) -> list[str]:
    """Return what differs between two scenarios, value by value."""
    found = [] if one.document == other.document else ["document"]
    found += [] if one.programs.ids.tolist() == other.programs.ids.tolist() else ["ids"]
    keys = {**one.programs.columns, **other.programs.columns}
    for key in keys:
        mine, yours = one.programs.columns.get(key), other.programs.columns.get(key)
        if mine is None or yours is None or not same_column(mine, yours):
            found.append(key)
    return [*found, *([] if one.sha256 == other.sha256 else ["sha256"])]


def from_folder(folder: Path) -> Scenario:
    return load(folder)


@settings(max_examples=settings.default.max_examples // 2)
@given(documents())
def test_a_scenario_of_one_file_reads_back_the_same(tree: dict[str, Any]) -> None:
    scenario = Scenario.from_document(tree)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "scenario.yaml").write_text(scenario.to_yaml(), encoding="utf-8", newline="")
        assert differences(scenario, from_folder(Path(folder))) == []


@settings(max_examples=settings.default.max_examples // 2)
@given(documents(), st.booleans())
def test_a_scenario_of_a_folder_reads_back_the_same(tree: dict[str, Any], table: bool) -> None:
    scenario = Scenario.from_document(tree)
    with tempfile.TemporaryDirectory() as folder:
        written = scenario.to_folder(Path(folder) / "new", table=table)
        again = from_folder(written)
        assert differences(scenario, again) == []
        assert (written / "programs.csv").exists() == table
        # what was read from a file is written the same again
        assert table or again.to_yaml() == scenario.to_yaml()


@pytest.mark.parametrize(
    "programs", [{"n": {}, "a;b": {}, "|": {}}, {"n": {"description": "one\rtwo", "department": "D"}, "x": {}}]
)
def test_what_other_readers_take_for_separators_and_ends_of_rows_reads_back(
    programs: dict[str, Any], tmp_path: Path
) -> None:
    tree = {"funds": {"f": {"revenue": 1}}, "programs": programs, "objective": {"minimize": "spending"}}
    scenario = Scenario.from_document(tree)
    assert differences(scenario, load(scenario.to_folder(tmp_path / "new", table=True))) == []


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.parent.name)
@pytest.mark.parametrize("table", [True, False])
def test_the_scenarios_of_the_repository_read_back_the_same(file: Path, table: bool, tmp_path: Path) -> None:
    scenario = load(file)
    assert differences(scenario, load(scenario.to_folder(tmp_path / "new", table=table))) == []


values = st.recursive(
    st.one_of(
        names,
        texts,
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20),
    ),
    lambda inside: st.one_of(st.lists(inside, max_size=4), st.dictionaries(names, inside, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(names, values, max_size=5))
def test_any_plain_values_read_back_from_yaml_as_they_are(tree: dict[str, Any]) -> None:
    import unicodedata

    def normal(value: Any) -> Any:
        if isinstance(value, str):
            return unicodedata.normalize("NFC", value)
        if isinstance(value, dict):
            return {key: normal(item) for key, item in value.items()}
        if isinstance(value, list):
            return [normal(item) for item in value]
        return value

    text = to_yaml({"attributes": tree})
    read = parse_yaml(text)
    assert read.problems == ()
    assert read.tree == {"attributes": normal(tree)}


@given(st.floats(0, 10))
def test_a_share_is_written_without_loss(value: float) -> None:
    text = share_text(value)
    assert float(f"{text.removesuffix('%')}e-2") == value
    assert "e" not in text.lower()


@pytest.mark.parametrize(
    ("value", "grouped", "text"),
    [
        (118_000_000.0, True, "118_000_000"),
        (9999, True, "9999"),
        (0.21, True, "0.21"),
        (2.5e6, False, "2500000"),
        (Share(1 / 3), True, "33.33333333333333%"),
        (1e22, True, "1e+22"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: float, grouped: bool, text: str) -> None:
    assert number_text(value, grouped=grouped) == text


def test_the_text_is_laid_out_for_people() -> None:
    tree = {
        "name": "Riverton",
        "funds": {"general": {"revenue": "118M"}},
        "outcomes": {"visits": {"unit": "visits", "weight": 4}},
        "programs": {
            "library": {
                "tags": ["books"],
                "baseline": 2_400_000,
                "outcomes": {"visits": {"curve": [[0, 0], [5e6, 60]]}},
            },
            "fire": {"packages": [{"name": "base", "cost": 9e6, "outcomes": {"visits": 40}}]},
        },
        "rules": [{"name": "Half", "sum": "spending", "at_least": "50%", "of": "baseline"}],
    }
    assert Scenario.from_document(tree).to_yaml() == (
        "format: budgetopt/1\n"
        "name: Riverton\n"
        "\n"
        "funds:\n"
        "  general: {revenue: 118_000_000}\n"
        "\n"
        "outcomes:\n"
        "  visits: {unit: visits, weight: 4}\n"
        "\n"
        "programs:\n"
        "  library:\n"
        "    tags: [books]\n"
        "    baseline: 2_400_000\n"
        "    outcomes: {visits: {curve: [[0, 0], [5_000_000, 60]]}}\n"
        "  fire:\n"
        "    packages:\n"
        "      - {name: base, cost: 9_000_000, outcomes: {visits: 40}}\n"
        "\n"
        "rules:\n"
        "  - {name: Half, sum: spending, at_least: 50%, of: baseline}\n"
    )


def listed(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def small() -> Scenario:
    return Scenario.from_document(
        {"funds": {"g": {"revenue": 5}}, "programs": {"a": {"baseline": 1}}, "objective": {"minimize": "spending"}}
    )


def test_many_programs_go_into_a_table(tmp_path: Path) -> None:
    programs = {f"p{number}": {"baseline": number} for number in range(21)}
    tree = {"funds": {"g": {"revenue": 5}}, "programs": programs, "objective": {"minimize": "spending"}}
    many = Scenario.from_document(tree).to_folder(tmp_path / "many")
    assert listed(many) == ["programs.csv", "scenario.yaml"]
    assert (many / "programs.csv").read_text().splitlines()[:2] == ["program,baseline", "p0,0"]
    assert listed(small().to_folder(tmp_path / "few")) == ["scenario.yaml"]


def test_nothing_is_overwritten_unless_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    with pytest.raises(OptionError, match=r"there is already a scenario\.yaml in"):
        small().to_folder(tmp_path)
    assert (tmp_path / "scenario.yaml").read_text() == "mine"
    small().to_folder(tmp_path, overwrite=True)
    assert listed(tmp_path) == ["notes.txt", "scenario.yaml"]
    assert len(load(tmp_path).programs) == 1


@pytest.mark.parametrize("there", [True, False])
def test_nothing_half_written_is_left_behind(tmp_path: Path, there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "new"
    if there:
        folder.mkdir()
    real, written = Path.write_bytes, []

    def fail(path: Path, data: bytes) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OptionError, match="no space left on device"):
        small().to_folder(folder, table=True)
    assert len(written) == 1
    assert listed(tmp_path) == (["new"] if there else [])
    assert not there or listed(folder) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="cannot be written"):
        write_files(tmp_path / "file" / "new", {"a": "b"})
    with pytest.raises(OptionError, match="cannot be written"):
        write_files(tmp_path / "file", {"a": "b"})


def test_what_fits_in_no_cell_stands_in_the_file(tmp_path: Path) -> None:
    tree = {
        "funds": {"g": {"revenue": 5}},
        "programs": {
            "a": {"tags": ["x;y"], "attributes": {"code": "12", "size": 3}},
            "b": {"attributes": {"code": "ab"}},
        },
        "objective": {"minimize": "spending"},
    }
    scenario = Scenario.from_document(tree)
    folder = scenario.to_folder(tmp_path / "new", table=True)
    assert (folder / "programs.csv").read_text() == "program,attributes.code\na,\nb,ab\n"
    assert 'a: {tags: ["x;y"], attributes: {code: "12", size: 3}}' in (folder / "scenario.yaml").read_text()
    assert differences(scenario, load(folder)) == []
    assert np.isnan(load(folder).programs.number("baseline")).all()


def test_a_point_before_three_digits_reads_back_as_a_decimal_mark(tmp_path: Path) -> None:
    tree: dict[str, Any] = {"name": "Town", "funds": {"general": {"revenue": 1000}}}
    tree["outcomes"] = {"visits": {"unit": "visits", "weight": 1}}
    tree["programs"] = {"library": {"baseline": 128.833, "outcomes": {"visits": {"unit_cost": 1.25}}}}
    scenario = Scenario.from_document(tree)
    folder = scenario.to_folder(tmp_path / "new", table=True)
    assert 'decimal: "."' in (folder / "scenario.yaml").read_text(encoding="utf-8")
    assert load(folder).sha256 == scenario.sha256
