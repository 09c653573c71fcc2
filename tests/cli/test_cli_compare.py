"""The command `compare`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import TOWN, Run

Command = Callable[..., Run]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "town.yaml").write_text(TOWN, encoding="utf-8")
    return tmp_path / "town.yaml"


def test_one_scenario_is_compared_with_benchmark_plans(run: Command, town: Path) -> None:
    code, out, _ = run("compare", town)
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "Small town: 5 plans, FY2027"
    # 600 for the library bring 300, 400 for the pool 160; the current budget brings 200 and 200
    assert lines[4].split() == ["A", "best", "plan", "$1k", "920", "0"]
    assert lines[5].split() == ["B", "current", "budget", "$900", "800", "-13.04%", "0"]
    assert "B, current budget: Every program has its baseline" in out
    assert "It has 120 less (-13.04%) of weighted outcomes than the best plan." in out
    # 120 less is 120 dollars less for the library, or 150 for the pool
    assert "The best plan is as good with $150 (15% of all money) less." in out


def test_the_plans_are_printed_for_machines(run: Command, town: Path) -> None:
    code, out, _ = run("compare", town, "--format", "json", "--benchmark", "current", "--by", "name")
    document = json.loads(out)
    assert code == 0
    assert [row["plan"] for row in document["plans"]] == ["best plan", "current budget"]
    assert document["plans"][0]["equal_money"] is None
    assert document["by name"][0]["group"] == "Library"
    rows = list(csv.DictReader(io.StringIO(run("compare", town, "--format", "csv", "--benchmark", "none").out)))
    assert [row["program"] for row in rows] == ["library", "pool"]
    assert float(rows[0]["best plan"]) == 600


def test_gains_and_losses_are_told_against_a_plan(run: Command, town: Path) -> None:
    code, out, _ = run("compare", town, "--benchmark", "current", "--by", "name", "--against", "current budget")
    assert code == 0
    lines = out[out.index("Spending by name, against B") :].splitlines()
    assert [line.split() for line in lines[2:4]] == [["Library", "+$200"], ["Pool", "-$100"]]
    document = json.loads(run("compare", town, "--by", "name", "--against", "b", "--format", "json").out)
    assert document["gains by name"][0]["best plan"] == 200
    assert run("compare", town, "--against", "Z").code == 2


def test_a_changed_value_stands_beside_the_scenario(run: Command, town: Path) -> None:
    code, out, _ = run("compare", town, "--also", "funds.general.revenue=-10%", "--also", "outcomes.visits.weight=3")
    assert code == 0
    lines = out.splitlines()
    assert lines[4].split() == ["A", "Small", "town", "$1k", "920", "0"]
    assert lines[5].split()[-4:] == ["$900", "840", "-8.7%", "0"]
    assert lines[6].split()[-4:] == ["$1k", "1,380", "+50%", "0"]
    assert "B, Small town, funds.general.revenue=-10%: It is proved to be the best." in out
    wrong = run("compare", town, "--also", "funds.general.revenue")
    assert (wrong.code, wrong.out) == (2, "")
    assert "--also: 'funds.general.revenue' is not of the form PATH=VALUE" in wrong.err
    assert run("compare", town, "--also", "funds.generl.revenue=-1%").code == 2
    assert "is none" in run("compare", "plan.json", town, "--also", "funds.general.revenue=-1%").err


def test_a_chart_is_drawn(run: Command, town: Path, tmp_path: Path) -> None:
    chart = tmp_path / "plans.svg"
    code, _, err = run("compare", town, "--benchmark", "across-the-board=-50%", "--chart", chart)
    assert code == 0
    assert "wrote" in err
    drawn = chart.read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "across the board (-50.0%), misses 1 limit" in drawn


def test_result_files_are_compared(run: Command, town: Path, tmp_path: Path) -> None:
    result = tmp_path / "lower.json"
    assert run("solve", town, "--set", "funds.general.revenue=-10%", "--json", result).code == 0
    code, out, _ = run("compare", town, result)
    assert code == 0
    assert "note: lower.json was made of another scenario" in out
    assert "It has 80 less (-8.7%) of weighted outcomes than the best plan." in out


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--benchmark", "curent"], "there is no benchmark plan 'curent'", "did you mean 'current'?"),
        (["--benchmark", "quartile=colour"], "no attribute named 'colour'", "there are: "),
        (["--benchmark", "none", "--benchmark", "current"], "leaves all of them out", ""),
        (["--by", "dept"], "there is no attribute named 'dept'", "there are: program"),
        (["--chart", "plans.pdf"], "does not end in .svg or .png", "plans.svg"),
        (["nowhere"], "nowhere", ""),
        (["none.json"], "'none.json' cannot be read", ""),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    run: Command,
    town: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
    hint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    extra = [] if "--chart" in arguments else ["--chart", "plans.svg"]
    code, out, err = run("compare", town, *arguments, *extra)
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err
    assert "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["town.yaml"]


def test_a_scenario_without_a_plan_ends_with_code_1(run: Command, town: Path) -> None:
    town.write_text(TOWN.replace("revenue: 1000", "revenue: 350"), encoding="utf-8")
    assert run("compare", town).code == 1
