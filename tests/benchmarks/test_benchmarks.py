"""The benchmarks run, their ways agree, and the problem is what they say it is. No timing is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.__main__ import disagreements, line, main  # noqa: E402
from benchmarks.integer_ways import INTEGER_WAYS, write_task  # noqa: E402
from benchmarks.measure import Measured, measure  # noqa: E402
from benchmarks.problem import DEPARTMENTS, FUNDS, SEGMENTS, write_problem  # noqa: E402
from benchmarks.ways import WAYS, Way  # noqa: E402

import budgetopt as bo  # noqa: E402
from benchmarks import growth, integer, loading, regression, start, writing  # noqa: E402
from budgetopt.formulation import LinearProgram  # noqa: E402


def test_every_way_reaches_the_same_value_on_a_tiny_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.__main__.QUICK", 0.0)
    path = tmp_path / "out" / "benchmarks.json"
    assert main(["--sizes", "40", "--limit", "600", "--json", str(path)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    figures = json.loads(path.read_text(encoding="utf-8"))
    assert [run["way"] for run in figures["runs"]] == [way.name for way in WAYS]
    for way, run in zip(WAYS, figures["runs"], strict=True):
        if way.missing:
            assert run["failure"] == f"skipped: {way.needs} is not installed"
            continue
        assert run["failure"] == ""
        assert set(run["seconds"]) >= {"load", "formulate", "solve"}
        assert run["peak"] > 10_000_000
        assert run["whole"] == pytest.approx(sum(run["seconds"].values()))
        assert way.name in out
    assert figures["versions"]["budgetopt"] == bo.__version__


def test_the_problem_is_the_same_each_time_and_of_the_shape_that_is_said(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_problem(tmp_path / name, 60)
    files = ("scenario.yaml", "programs.csv")
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)
    scenario = bo.load(tmp_path / "one")
    problem = bo.formulate(scenario).linear_program
    assert len(scenario.programs) == 60
    assert len(scenario.rules) == 2 * DEPARTMENTS
    assert problem.rows == FUNDS + 2 * DEPARTMENTS + 1 == 60
    # beyond the last point of a curve more money buys nothing: a segment of its own
    assert problem.columns == 60 * (SEGMENTS + 1) + FUNDS
    assert not problem.is_integer
    plan = bo.solve(scenario)
    assert plan.proved
    # it is worth solving: money is short, and rules bind
    assert plan.rules["binding"].sum() > 5
    assert plan.prices.money.max() > 0


def test_a_run_that_takes_too_long_is_stopped_and_one_that_fails_is_told(tmp_path: Path) -> None:
    write_problem(tmp_path, 30)
    late = measure(WAYS[0], 30, tmp_path, 0.01)
    assert late.failure == "> 0.01 s"
    assert late.whole is None
    nowhere = measure(WAYS[0], 30, tmp_path / "nowhere", 600.0)
    assert nowhere.failure.startswith("failed: ")
    missing = measure(Way("Nobody's", lambda _folder: ({}, 0.0), "no_such_package"), 30, tmp_path, 60.0)
    assert missing.failure == "skipped: no_such_package is not installed"
    for one in (late, nowhere, missing):
        assert line(one, one) == f"{one.way:<26}  {one.failure}"


def test_ways_that_do_not_agree_are_told() -> None:
    seconds = {"load": 1.0, "solve": 2.0}
    right, wrong = (
        Measured(name, 5, seconds, value, 4.0, 5.0, 100_000_000) for name, value in (("a", 10.0), ("b", 10.1))
    )
    assert disagreements([right, wrong]) == ["5 programs: b reached 10.1, a 10.0"]
    assert disagreements([right, right]) == []
    assert line(wrong, right).split() == ["b", "1.000", "2.000", "3.000", "1.0", "4.00", "5.00", "100", "MB"]


def test_the_one_command_that_runs_them_is_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--sizes" in done.stdout
    assert "python -m benchmarks" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_way_solves_the_draws_of_a_tiny_city_to_the_same_values() -> None:
    arguments = ["--programs", "8", "--periods", "1", "--draws", "4"]
    command = [sys.executable, "-m", "benchmarks.draws", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    first, *ways = done.stdout.splitlines()
    assert first.startswith("8 programs, 1 periods")
    assert [line.partition("  ")[0] for line in ways] == ["live model", "HiGHS, rebuilt", "PuLP and CBC, rebuilt"]


def test_the_curve_and_the_grid_of_a_tiny_city_agree() -> None:
    command = [sys.executable, "-m", "benchmarks.frontier", "--programs", "8", "--points", "3", "--range", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "straight piece" in done.stdout
    assert done.stdout.count("a grid of 3 points") == 2


APART = ("ortools",)
"""What cannot be imported beside HiGHS, of which it has a copy of its own."""


def run_here(way: Way, programs: int, folder: Path, _limit: float) -> Measured:
    """Measure in this process: what a process of its own costs is tested above."""
    if way.missing or way.needs in APART:
        return Measured(way.name, programs, failure=f"skipped: {way.missing or 'it needs a process of its own'}")
    with warnings.catch_warnings():
        # what a peer says of its own future is no fault of ours
        warnings.simplefilter("ignore")
        seconds, value = way.solve(folder)
    return Measured(way.name, programs, seconds, value, 0.0, 0.0, 0)


def test_every_way_solves_tiny_integer_problems_to_the_same_values(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(integer, "measure", run_here)
    file = tmp_path / "mknapcb.txt"
    file.write_text("1\n3 2 16\n10 6 5\n4 3 2\n1 2 2\n7 4\n", encoding="ascii")
    sizes = ["--districts", "2", "--projects", "5", "--programs", "30", "--bent", "2", "--knapsacks", "12"]
    assert integer.main([*sizes, "--cities", "8", "--mknapcb", str(file), "--gap", "1e-9"]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith("  ")]
    assert heads[0].startswith("election of 2 districts: {'rows': 2, 'columns': 10")
    assert heads[1].startswith("30 programs, 2 not concave: {'rows': 52, 'columns': 122")
    assert [head.partition(":")[0] for head in heads[2:]] == [
        "knapsacks of 12 projects",
        "mknapcb.txt",
        "city of 8 programs",
    ]
    ran = [line for line in lines if line.startswith("  ") and "skipped" not in line]
    installed = sum(not way.missing and way.needs not in APART for way in INTEGER_WAYS)
    assert installed >= 4
    assert len(ran) == 5 * installed
    # worked out by hand: the first two take 7 of 7 and 3 of 4; the first and the last, worth 15, take 6 and 3
    problem = integer.read_mknapcb(file)
    assert (problem.rows, problem.columns) == (2, 3)
    assert integer.INTEGER_WAYS[0].solve(_task(tmp_path / "task", problem))[1] == 16.0


def _task(folder: Path, problem: LinearProgram) -> Path:
    write_task(folder, problem, 1e-9)
    return folder


def test_an_integer_way_that_fails_or_differs_is_told_and_the_others_still_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"budgetopt": 100.0, "HiGHS": 100.019, "SCIP": 100.03}

    def answer(way: Way, programs: int, _folder: Path, limit: float) -> Measured:
        if way.name in values:
            return Measured(way.name, programs, {"solve": 2.0}, values[way.name], 0.0, 0.0, 0)
        return Measured(way.name, programs, failure="failed: broken" if way.name == "SciPy" else f"> {limit:g} s")

    monkeypatch.setattr(integer, "measure", answer)
    only = ["--districts", "1", "--programs", "0", "--knapsacks", "0", "--cities", "--limit", "7"]
    assert integer.main(only) == 1
    out, err = capsys.readouterr()
    assert out.count("\n") == 1 + len(INTEGER_WAYS)
    assert "  PuLP and CBC               > 7 s\n" in out
    assert "  HiGHS                     2.00 s, 1.0 times as long\n" in out
    told = ["SciPy failed: broken", "SCIP reached 100.03, budgetopt 100.0"]
    assert err.splitlines() == [f"election of 1 districts: {words}" for words in told]


def test_growth_is_the_slope_on_logarithmic_axes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [{"way": "square", "programs": n, "whole": 3.0 * n**2} for n in (10, 100, 1000)]
    runs += [{"way": "once", "programs": 10, "whole": 1.0}, {"way": "failed", "programs": 10, "whole": None}]
    assert growth.exponents(runs) == {"square": pytest.approx(2.0)}
    file = tmp_path / "figures.json"
    file.write_text(json.dumps({"runs": runs}), encoding="utf-8")
    assert growth.main([str(file)]) == 0
    assert capsys.readouterr().out.split() == ["square", "2.00"]
    pytest.importorskip("altair")
    assert growth.main([str(file), "--chart", str(tmp_path / "out" / "growth.html")]) == 0
    drawn = (tmp_path / "out" / "growth.html").read_text(encoding="utf-8")
    assert "square (2.00)" in drawn
    assert drawn.count('"type": "log"') == 2


def test_a_ratio_that_has_grown_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "ratios.json"
    own = iter([4.0, 2.0, 3.0, 2.0, 2.0, 2.0, 9.0, 8.0, 7.0])

    def answer(way: Way, programs: int, _folder: Path, _limit: float) -> Measured:
        solve = next(own) if way.name == "budgetopt" else 4.0
        return Measured(way.name, programs, {"load": 50.0, "solve": solve}, 1.0, 0.0, 0.0, 0)

    monkeypatch.setattr(regression, "measure", answer)
    monkeypatch.setattr(regression, "KEPT", kept)
    only = ["--only", "election"]
    assert regression.main([*only, "--keep"]) == 0
    assert json.loads(kept.read_text(encoding="utf-8")) == {"an election": 0.5}
    assert regression.main(only) == 0
    assert regression.main(only) == 1
    assert capsys.readouterr().err == "an election: 1.750 times as long as the peer, and 3.5 times the kept 0.500\n"


def test_the_ratios_that_are_kept_are_of_cases_of_the_check() -> None:
    kept = json.loads(regression.KEPT.read_text(encoding="utf-8"))
    assert kept
    assert set(kept) <= {case.name for case in regression.CASES}
    assert all(ratio > 0 for ratio in kept.values())


def test_loading_is_measured_in_every_phase(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.loading.REPEATS", 1)
    assert loading.main(["--sizes", "40", "80"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in out] == ["plain", "40", "80", "curves", "40", "80"]
    assert all("times" in line for line in out if "columns" not in line and "curves" not in line)


def test_a_start_is_measured_beside_two_imports(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_problem(tmp_path, 40)
    assert start.main(["--scenario", str(tmp_path), "--repeats", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(start.COMMANDS)
    assert lines[0].endswith("1.0 times")


def test_sizes_and_times_of_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    found = writing.measure(4, list(writing.KINDS))
    assert found.keys() == writing.KINDS.keys()
    assert all(ratio > 0 and size > 100 for ratio, size in found.values())
    writing.main(["--alone", "--programs", "3", "--kinds", "json"])
    assert list(json.loads(capsys.readouterr().out)) == ["json"]
