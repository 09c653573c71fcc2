"""`--chart` of every command: a drawing or an image, whole or not at all, and what is said where it cannot be."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

GRANT = "  homes: {kind: grant, revenue: 100}\n"


def titled(file: Path) -> str:
    return ElementTree.parse(file).getroot().findtext("{http://www.w3.org/2000/svg}title") or ""


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["solve"], "Largest changes against the baseline: Small town"),
        (["explain", "library"], "Library: visits by its money"),
        (["amend", "cut library by 10%"], "Before and after 1 motion"),
        (["reach", "visits=650", "--start", "current", "--any"], "The cheapest way to the targets"),
        (["prices"], "What each limit costs"),
        (["prices", "--dollars"], "What the last and the next dollars buy"),
        (["prices", "--replacement"], "What is lost without each program"),
    ],
)
def test_a_command_draws_what_it_finds(
    run: Callable[..., Any], town: Path, tmp_path: Path, arguments: list[str], title: str
) -> None:
    chart = tmp_path / "drawing.svg"
    done = run(arguments[0], town, *arguments[1:], "--format", "json", "--chart", chart)
    assert (done.code, done.err) == (0, f"wrote {chart}\n")
    assert json.loads(done.out)
    assert titled(chart).startswith(title)


def test_grants_are_drawn(run: Callable[..., Any], town: Path, tmp_path: Path) -> None:
    file = town / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("outcomes:\n", f"{GRANT}outcomes:\n", 1), encoding="utf-8")
    chart = tmp_path / "grants.svg"
    assert run("grants", town, "--chart", chart).err == f"wrote {chart}\n"
    assert titled(chart).startswith("Grants: ")


def test_an_image_is_told_by_its_name(run: Callable[..., Any], town: Path, tmp_path: Path) -> None:
    chart = tmp_path / "curve.png"
    assert run("frontier", town, "funds.general.revenue", "--chart", chart).code == 0
    assert chart.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["prices", "--margins"], "--chart draws what limits cost, what dollars buy or what is lost without a program"),
        (["prices", "--ladder"], "--chart draws what limits cost"),
        (["prices", "funds.general.revenue"], "--chart draws what limits cost"),
        (["explain"], "--chart draws the curve of one program"),
        (["explain", "library", "pool"], "--chart draws the curve of one program"),
        (["explain", "--all"], "--chart draws the curve of one program"),
        (["explain", "general"], "--chart draws the curve of a program, and 'general' is a fund"),
    ],
)
def test_a_table_without_a_chart_is_refused(
    run: Callable[..., Any], town: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    done = run(arguments[0], town, *arguments[1:], "--chart", tmp_path / "x.svg")
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert not (tmp_path / "x.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "chart"),
    [
        (["amend", "cut library by 10%"], "x.gif"),
        (["reach", "visits=600"], "nowhere/x.svg"),
        (["grants"], "x"),
        (["prices"], ""),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_solving(
    run: Callable[..., Any],
    town: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    chart: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = run(arguments[0], town, *arguments[1:], "--chart", chart)
    assert (done.code, done.out) == (2, "")
    assert "--chart: " in done.err
    assert "Traceback" not in done.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_missing_package_is_named_before_solving(
    run: Callable[..., Any], town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("budgetopt.report.plots.chart_parts.find_spec", lambda _: None)
    done = run("outlook", town, "--chart", tmp_path / "years.svg")
    assert (done.code, done.out) == (2, "")
    assert "drawing needs altair and vl-convert-python, which are not installed" in done.err
    assert "hint: pip install 'budgetopt[charts]'" in done.err
    assert not (tmp_path / "years.svg").exists()
    # without a chart nothing asks for them
    assert run("outlook", town).code == 0


def test_nothing_of_it_is_loaded_where_no_chart_is_asked_for(town: Path) -> None:
    code = (
        "import sys; from budgetopt.cli import main; main(sys.argv[1:]);"
        " sys.exit(bool({'altair', 'vl_convert', 'narwhals'} & set(sys.modules)))"
    )
    for arguments in (["solve", str(town)], ["frontier", str(town), "funds.general.revenue"], ["grants", "--help"]):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=False)
        assert done.returncode == 0
