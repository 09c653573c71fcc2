"""The tables of a plan as Parquet: typed columns, their units in the schema, and the same in pandas."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.allocation.result import TABLES

parquet = pytest.importorskip("pyarrow.parquet")

CITY = {
    "name": "Elm \N{EN DASH} <b>town</b>",
    "currency": "EUR",
    "periods": ["FY1", "FY2"],
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"visits": {"unit": "visits", "weight": 2}},
    "programs": {
        "library": {"name": "=1+1", "baseline": 500.25, "outcomes": {"visits": {"curve": [[0, 0], [600, 300]]}}},
        "pool": {"outcomes": {"visits": {"per_dollar": 0.4}}},
    },
    "rules": [{"name": "Books", "sum": "spending", "where": {"program": "library"}, "at_least": 300}],
}


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(CITY))


@pytest.fixture(scope="module")
def files(plan: bo.Allocation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {file.stem: file for file in plan.to_parquet(tmp_path_factory.mktemp("plan") / "tables")}


def test_every_table_reads_back_as_it_is(plan: bo.Allocation, files: dict[str, Path]) -> None:
    assert tuple(files) == TABLES
    for name, file in files.items():
        table: pd.DataFrame = getattr(plan, name)
        plain = table.reset_index() if table.index.name else table
        found = pd.read_parquet(file)
        pd.testing.assert_frame_equal(found, plain, check_dtype=False)
        assert [kind.kind in "iufb" for kind in found.dtypes] == [kind.kind in "iufb" for kind in plain.dtypes]
        assert found.attrs == table.attrs
        assert found.attrs["units"]


def test_fields_have_their_units_and_the_file_says_what_it_is(files: dict[str, Path]) -> None:
    schema = parquet.read_schema(files["programs"])
    units = {field.name: (field.metadata or {}).get(b"unit", b"").decode() for field in schema}
    assert {key: units[key] for key in ("name", "baseline", "change", "change_share")} == {
        "name": "", "baseline": "EUR", "change": "EUR", "change_share": "share",
    }  # fmt: skip
    assert schema.metadata[b"scenario"].decode() == CITY["name"]
    assert schema.metadata[b"currency"] == b"EUR"
    # what is not known is null, and a column of texts is one where it is empty, too
    library, pool = parquet.read_table(files["programs"]).to_pylist()
    assert (library["name"], library["baseline"], pool["baseline"]) == ("=1+1", 1000.5, None)
    assert str(schema.field("department").type) == "string"
    assert parquet.read_schema(files["rules"]).field("price").metadata[b"unit"].startswith(b"weighted outcomes per ")
    assert parquet.read_schema(files["funds"]).field("price").metadata[b"unit"] == b"weighted outcomes per EUR"
    assert parquet.read_schema(files["by_fund"]).field("amount").metadata[b"unit"] == b"EUR"


def test_a_folder_that_is_there_keeps_its_other_files(plan: bo.Allocation, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("ours", encoding="utf-8")
    written = plan.to_parquet(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*(file.name for file in written), "notes.txt"}
    schema = parquet.read_schema(tmp_path / "by_fund.parquet")
    assert schema.field("amount").metadata == {b"unit": b"EUR"}
    assert json.loads(schema.metadata[b"pandas"])["index_columns"] == []


def test_a_missing_package_is_named(plan: bo.Allocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetopt.allocation.plan_parquet.find_spec", lambda _: None)
    with pytest.raises(bo.OptionError, match=r"pyarrow, which is not installed\n    hint: pip install 'budgetopt\[par"):
        plan.to_parquet(tmp_path / "tables")
    assert list(tmp_path.iterdir()) == []
