"""`watch`: it solves again after a file was saved, says what moves, and goes on where a file is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from budgetopt.cli import watch_command

TOWN = """\
name: Small town
periods: [FY2027]
funds:
  general: {revenue: 1000}
outcomes:
  visits: {weight: 2}
programs:
  library: {name: Library, outcomes: {visits: {curve: [[0, 0], [600, 300], [900, 390]]}}}
  pool: {name: Pool, spending: {at_least: 100}, outcomes: {visits: {per_dollar: 0.4}}}
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(TOWN, encoding="utf-8")
    return folder


@pytest.fixture
def watch(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run the command while someone does one thing after another, each once the plan before is told; then Ctrl-C."""

    def command(steps: Iterable[Callable[[], object]], *arguments: object) -> Any:
        waiting = iter(steps)
        quiet = [0]

        def sleep(_seconds: float) -> None:
            # a change counts once it is the same twice
            quiet[0] += 1
            if quiet[0] % 3 == 1:
                step = next(waiting, None)
                if step is None:
                    raise KeyboardInterrupt
                step()

        monkeypatch.setattr(watch_command.time, "sleep", sleep)
        found = run("watch", *arguments)
        return found._replace(out=re.sub(r"(?m)^\d\d:\d\d:\d\d  ", "", found.out))

    return command


def saver(path: Path, *texts: str) -> list[Callable[[], object]]:
    return [lambda text=text: path.write_text(text, encoding="utf-8") for text in texts]  # type: ignore[misc]


def test_each_save_is_told_in_a_line_and_the_report_is_written_anew(
    town: Path, watch: Callable[..., Any], tmp_path: Path
) -> None:
    file, page = town / "scenario.yaml", tmp_path / "plan.html"
    more = TOWN.replace("revenue: 1000", "revenue: 1200")
    written = []
    steps = [
        *saver(file, more),
        lambda: written.append(page.read_text()),
        *saver(file, TOWN.replace("weight: 2", "weight: 4")),
    ]
    # 600 of 1,000 to the library, 0.5 visits a dollar; then 0.4 in the pool, 0.3 in the library; a visit counts 2
    code, out, err = watch(steps, town, "--report", page)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "maximize weighted outcomes: 920",
        "maximize weighted outcomes: 1,080 (+17.4%); Pool +$200",
        "maximize weighted outcomes: 1,840 (+70.4%); Pool -$200",
    ]
    assert "$1,000" in page.read_text(encoding="utf-8")


def test_a_table_is_watched_too_and_what_stays_is_said_to(town: Path, watch: Callable[..., Any]) -> None:
    file, table = town / "scenario.yaml", town / "limits.csv"
    file.write_text(TOWN + "tables: {programs: limits.csv}\n", encoding="utf-8")
    table.write_text("program,spending.at_most\nmuseum,500\n", encoding="utf-8")
    steps = saver(table, "program,spending.at_most\nmuseum,400\n")
    assert watch(steps, town).out.splitlines()[1:] == ["nothing moves: the plan is the same"]


def test_a_file_that_is_wrong_is_told_with_its_place_and_the_watch_goes_on(
    town: Path, watch: Callable[..., Any]
) -> None:
    file = town / "scenario.yaml"
    steps = saver(file, TOWN.replace("1000", "1000x"), TOWN.replace("1000", "10"), TOWN.replace("1000", "900"))
    code, out, err = watch(steps, file)
    assert code == 0
    assert out.splitlines() == [
        "maximize weighted outcomes: 920",
        "not solved; waiting for a file to be saved",
        "not solved; waiting for a file to be saved",
        "maximize weighted outcomes: 840 (-8.7%); Pool -$100",
    ]
    assert "scenario.yaml:4:22: " in err
    assert "'1000x' is not an amount" in err
    assert "no allocation" in err


def test_a_file_that_is_missing_for_a_moment_is_waited_for(town: Path, watch: Callable[..., Any]) -> None:
    """Some programs save a file by renaming another."""
    file = town / "scenario.yaml"

    def renamed() -> None:
        (town / "new.yaml").write_text(TOWN.replace("1000", "900"), encoding="utf-8")
        file.unlink()
        (town / "new.yaml").rename(file)

    assert watch([renamed], town).out.splitlines()[1:] == ["maximize weighted outcomes: 840 (-8.7%); Pool -$100"]


def test_a_scenario_that_is_nowhere_is_an_error(run: Callable[..., Any], tmp_path: Path) -> None:
    code, out, err = run("watch", tmp_path / "nowhere")
    assert (code, out) == (2, "")
    assert "there is no such file" in err


def test_it_ends_after_so_many_times(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("watch", town, "--times", "1", "--time-limit", "10", "--every", "0.2")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"\d\d:\d\d:\d\d  maximize weighted outcomes: 920\n", out)
