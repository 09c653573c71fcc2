"""The command `fit`: what it prints and writes, and how it ends."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from budgetopt.cli import main

pytest.importorskip("statsmodels")


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    spending = np.linspace(2e6, 6e6, 12) * np.tile([1.1, 0.9], 6)
    rows = [f"library,{2012 + at},{x:.0f},{0.2 * x:.0f}" for at, x in enumerate(spending)]
    rows += [f"<museum>,{2020 + at},5,{at}" for at in range(3)]
    path = tmp_path / "history.csv"
    path.write_text("\n".join(["program,year,spending,visits", *rows]) + "\n")
    return path


def test_rows_and_a_page_are_written(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(history), "--result", "visits", "--out", "e.csv", "--report", "fit.html"]) == 0
    out, err = capsys.readouterr()
    assert "library, visits: in proportion to the money; +200 for each 1,000 more" in out
    assert "<museum>, visits: not fitted, 3 points, and 6 are needed" in out
    assert "wrote e.csv" in err
    head, row, *rest = Path("e.csv").read_text().splitlines()
    assert head.split(",")[:3] == ["program", "outcome", "per_dollar"]
    assert row.startswith("library,visits,0.2")
    assert rest == []
    page = Path("fit.html").read_text(encoding="utf-8")
    assert page.count("<circle") == 12
    assert page.count("<polyline") == 1
    assert "&lt;museum&gt;" in page
    assert "<museum>" not in page
    assert "http" not in re.sub(r"http-equiv", "", page)
    circles = re.findall(r'<circle class="plan" cx="([\d.]+)" cy="([\d.]+)"', page)
    line = re.search(r'points="([^"]+)"', page)
    assert line is not None
    ends = np.array([pair.split(",") for pair in line[1].split()], dtype=float)
    # in proportion, so that every point lies on the line
    for x, y in circles:
        assert np.interp(float(x), ends[:, 0], ends[:, 1]) == pytest.approx(float(y), abs=0.2)


def test_json_has_a_row_for_each(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(history), "--result", "visits", "--format", "json"]) == 0
    fitted, refused = json.loads(capsys.readouterr().out)
    assert fitted["form"] == "proportional"
    assert fitted["per_dollar"] == pytest.approx(0.2, rel=1e-4)
    assert refused["per_dollar"] is None


def test_nothing_is_written_where_nothing_is_fitted(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = history.read_text().splitlines()
    history.write_text("\n".join([lines[0], *lines[-3:]]))
    assert main(["fit", str(history), "--result", "visits", "--out", "e.csv"]) == 2
    assert "no response could be fitted" in capsys.readouterr().err
    assert not Path("e.csv").exists()


def test_what_is_wrong_ends_with_two(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "nowhere.csv"]) == 2
    assert main(["fit", str(history), "--result", "visit"]) == 2
    assert main(["fit", str(history), "--result", "visits", "--out", "e.txt"]) == 2
    err = capsys.readouterr().err
    assert "'nowhere.csv' cannot be read" in err
    assert "did you mean 'visits'?" in err
    assert "does not end in .csv" in err


def test_a_missing_library_is_named(
    history: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.regression", None)
    assert main(["fit", str(history), "--result", "visits"]) == 2
    assert "pip install 'budgetopt[fit]'" in capsys.readouterr().err
