"""The log of motions: it replays to the same cent, undoes, returns to snapshots, and refuses what is not its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.amendments.amendment_log import _ARRAYS, _changes


def scenario() -> bo.Scenario:
    """Return a city with two funds, packages and a service, whose amounts have cents."""
    return bo.Scenario.from_document(
        {
            "periods": ["FY1", "FY2"],
            "funds": {
                "general": {"revenue": 1_000.37},
                "grant": {"kind": "grant", "revenue": 100.11, "only": {"tags": "homes"}},
            },
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                "homes": {"baseline": 300, "tags": ["homes"], "outcomes": {"good": {"unit_cost": 0.25, "up_to": 1600}}},
                "pool": {"baseline": 333.33, "outcomes": {"good": {"per_dollar": 2}}},
                "park": {"baseline": 100, "outcomes": {"good": {"per_dollar": 1}}},
                "checks": {"service": {"unit_cost": 7, "up_to": 9}, "outcomes": {"good": {"per_unit": 30}}},
                "station": {"packages": [{"name": "base", "cost": 50, "outcomes": {"good": 200}}]},
            },
        }
    )


def written() -> tuple[bo.Scenario, bo.AmendmentLog]:
    city = scenario()
    log = bo.AmendmentLog.begin(bo.amend(city, "add 33.33 to park", because="Member Ruiz"))
    log = log.snapshot("first").record(log.now.with_offsets())
    log = log.undo()
    more = ("defund station", "cut checks by 10", "restore homes in FY2", "freeze pool")
    return city, log.record(log.now.then(*more))


def same(one: bo.Amended, other: bo.Amended) -> None:
    for name in ("spending", "transfers", "packages", "units", "stand_ins"):
        np.testing.assert_array_equal(getattr(one.plan, name), getattr(other.plan, name))
    np.testing.assert_array_equal(one.now.moved, other.now.moved)
    np.testing.assert_array_equal(one.now.frozen, other.now.frozen)


def test_a_log_replays_to_the_same_cent(tmp_path: Path) -> None:
    city, log = written()
    file = tmp_path / "log.jsonl"
    file.write_text(log.to_text(), encoding="utf-8")
    found = bo.read_log(city, file)
    same(found.now, log.now)
    assert found.to_text() == log.to_text()
    assert found.now.motions.to_dict() == log.now.motions.to_dict()
    assert [step.text for step in found.now.steps] == [
        "add 33.33 to park", "defund station", "cut checks by 10", "restore homes in FY2", "freeze pool",
    ]  # fmt: skip
    assert found.now.steps[0].because == "Member Ruiz"
    # what was undone stays in the log
    assert [next(iter(entry)) for entry in found.entries][:4] == ["motion", "snapshot", "offsets", "undo"]


def test_undo_and_snapshots() -> None:
    city, log = written()
    first = log.plan_at("first")
    assert [step.text for step in first.steps] == ["add 33.33 to park"]
    assert log.snapshots == ("first",)
    back = log.back_to("first").undo()
    np.testing.assert_array_equal(back.now.plan.spending, bo.solve(city).spending)
    with pytest.raises(bo.OptionError, match="no motion to undo"):
        back.undo()
    with pytest.raises(bo.OptionError, match="there is no snapshot 'second'") as caught:
        log.back_to("second")
    assert caught.value.hint == "there are: first"


@pytest.mark.parametrize(
    ("damage", "line", "message"),
    [
        (lambda lines: ["", *lines[1:]], 2, "no log of amendments"),
        (lambda lines: [lines[0].replace('"sha256": "', '"sha256": "0'), *lines[1:]], 1, "belongs to another scenario"),
        (lambda lines: [lines[0].replace('"pool"', '"pol"'), *lines[1:]], 1, "no program named 'pol'"),
        (lambda lines: [lines[0], lines[1][:-9], *lines[2:]], 2, "no JSON of a log"),
        (lambda lines: [lines[0], "[1]", *lines[1:]], 2, "no JSON of a log"),
        (lambda lines: [lines[0], json.dumps({"motion": "x", "spending": [[99, 0, 0, 1]]})], 2, "is damaged"),
        (lambda lines: [lines[0], json.dumps({"motions": "x"})], 2, "is damaged"),
        (lambda lines: [lines[0], json.dumps({"back_to": "x"})], 2, "no snapshot 'x'"),
        (lambda lines: [lines[0], json.dumps({"undo": "x"})], 2, "no motion to undo"),
    ],
)
def test_a_log_that_is_damaged(
    tmp_path: Path, damage: Callable[[list[str]], list[str]], line: int, message: str
) -> None:
    city, log = written()
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join(damage(log.to_text().splitlines())), encoding="utf-8")
    with pytest.raises(bo.ResultFileError, match=message) as caught:
        bo.read_log(city, file)
    assert caught.value.message.startswith(f"{file}:{line if 'no log' not in message else 1}:")


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(bo.ResultFileError, match="cannot be read"):
        bo.read_log(scenario(), tmp_path / "none.jsonl")


def test_an_entry_holds_the_cells_that_differ_and_unknown_ones_are_alike() -> None:
    def moved(cells: list[float], **more: Any) -> Any:
        plan = SimpleNamespace(**{**dict.fromkeys(_ARRAYS), **more})
        return SimpleNamespace(plan=plan, moved=np.array(cells), frozen=np.zeros(1))

    before, after = moved([np.nan, np.nan, 1, 2]), moved([np.nan, 5, np.nan, 2], units=np.array([[0.0, 3.0]]))
    assert _changes(before, after) == {"moved": [[1, 5.0], [2, None]], "units": [[0, 1, 3.0]]}
    assert _changes(after, after) == {}
