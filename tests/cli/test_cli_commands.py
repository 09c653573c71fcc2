"""The commands other than `solve`."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import budgetopt as bo
from budgetopt.allocation.result_seal import document_sha256

ROOT = Path(__file__).resolve().parents[2]
BAD = ROOT / "tests" / "bad_scenarios"


def test_check_says_what_a_scenario_is(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("check", town)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Small town: 2 programs, 1 fund, 1 outcome, 1 rule, 1 period."
    assert lines[1] == "It seeks to maximize weighted outcomes."
    assert lines[-1] == "No problems found."
    assert run("check", town / "scenario.yaml").out == out


def test_check_reports_everything_that_is_wrong_at_once(run: Callable[..., Any]) -> None:
    code, out, err = run("check", BAD / "many_at_once.yaml")
    assert (code, out) == (2, "")
    places = re.findall(r"^\S*many_at_once\.yaml:\d+:\d+: ", err, re.MULTILINE)
    assert len(places) > 3
    assert err.endswith(f"budgetopt: {len(places)} problems\n")


def test_check_reports_to_machines_too(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("check", BAD / "many_at_once.yaml", "--format", "json")
    found = json.loads(out)
    assert (code, err) == (2, "")
    assert found["valid"] is False
    assert {"code", "message", "place", "expected", "hint"} == set(found["problems"][0])
    assert found["problems"][0]["place"]["line"] >= 1
    code, out, err = run("check", town, "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["summary"]["programs"] == 2


def test_check_of_a_changed_scenario(town: Path, run: Callable[..., Any]) -> None:
    assert run("check", town, "--set", "funds.general.revenue=-10%").code == 0
    code, _, err = run("check", town, "--set", "funds.genral.revenue=-10%")
    assert code == 2
    assert "general" in err
    code, _, err = run("check", town, "--set", "funds.general.revenue")
    assert code == 2
    assert "is not of the form PATH=VALUE" in err


def test_a_folder_without_a_scenario_is_told(tmp_path: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("check", tmp_path)
    assert (code, out) == (2, "")
    assert "has no scenario.yaml" in err
    assert run("check", tmp_path / "nothing.yaml").code == 2


@pytest.mark.parametrize("kind", ["scenario", "result"])
def test_the_schemas_are_schemas(kind: str, run: Callable[..., Any]) -> None:
    code, out, err = run("schema", kind)
    assert (code, err) == (0, "")
    jsonschema.Draft202012Validator.check_schema(json.loads(out))
    if kind == "scenario":
        assert run("schema").out == out


def test_the_solvers_are_listed(run: Callable[..., Any]) -> None:
    code, out, err = run("solvers")
    assert (code, err) == (0, "")
    assert tuple(out.split()) == bo.available_solvers()
    assert tuple(json.loads(run("solvers", "--format", "json").out)) == bo.available_solvers()


@pytest.fixture
def result(town: Path, run: Callable[..., Any]) -> Path:
    path = town / "result.json"
    assert run("solve", town, "--json", path, "--format", "csv").code == 0
    return path


def test_a_result_is_verified_beside_its_scenario(
    result: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run("verify", result)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("Confirmed: the plan keeps every limit")
    assert run("verify", result, result.parent).out == out
    as_json = json.loads(run("verify", result, "--format", "json").out)
    assert as_json["accepted"]
    assert as_json["proved"]
    monkeypatch.chdir(result.parent)
    monkeypatch.setattr(sys, "stdin", io.StringIO(result.read_text(encoding="utf-8")))
    assert run("verify", "-").out == out


def test_a_result_that_was_tampered_with_is_not_confirmed(result: Path, run: Callable[..., Any]) -> None:
    document = json.loads(result.read_text(encoding="utf-8"))
    document["programs"]["spending"][0] += 1
    document["document_sha256"] = document_sha256(document)
    result.write_text(json.dumps(document), encoding="utf-8")
    code, out, err = run("verify", result)
    assert code == 2
    assert "FAIL  figures:" in out
    assert "programs.library.spending is 601, and it should be 600" in out
    assert err == f"budgetopt: {result} is not confirmed\n"


def test_a_result_of_a_changed_scenario_is_not_confirmed(result: Path, run: Callable[..., Any]) -> None:
    scenario = result.parent / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace("revenue: 1000", "revenue: 1001"), encoding="utf-8")
    code, out, _ = run("verify", result)
    assert code == 2
    assert "FAIL  scenario:" in out
    scenario.write_text("# a comment changes nothing\n" + text, encoding="utf-8")
    assert run("verify", result).code == 0


def test_a_result_made_with_changes_is_verified_with_the_same_changes(town: Path, run: Callable[..., Any]) -> None:
    change = ["--set", "funds.general.revenue=-10%"]
    assert run("solve", town, *change, "--json", town / "cut.json", "--format", "csv").code == 0
    assert run("verify", town / "cut.json", *change).code == 0
    assert run("verify", town / "cut.json").code == 2


def test_a_result_without_its_scenario_says_so(result: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    moved = result.rename(alone / "result.json")
    code, out, err = run("verify", moved)
    assert (code, out) == (2, "")
    assert "scenario.yaml stands neither beside the result nor here" in err


def test_what_is_no_result_is_told_by_its_name(tmp_path: Path, run: Callable[..., Any]) -> None:
    path = tmp_path / "result.json"
    code, _, err = run("verify", path)
    assert code == 2
    assert "cannot be read: no such file or directory" in err
    path.write_text("{}", encoding="utf-8")
    code, _, err = run("verify", path)
    assert code == 2
    assert f"{path}: this is no result document" in err
    path.write_bytes(b"\xff\xfe\x00")
    assert "it is not text in UTF-8" in run("verify", path).err


def test_check_says_why_there_is_no_plan_and_ends_with_exit_code_1(town: Path, run: Callable[..., Any]) -> None:
    changes = ("--set", "programs.pool.spending.at_least=800")
    code, out, err = run("check", town, *changes)
    assert (code, err) == (1, "")
    told = out[out.index("No plan exists.") :].splitlines()
    assert told[1] == "These cannot all be met with the money there is:"
    assert [line.split("  ")[1] for line in told[2:4]] == ["- the rule “Books first”", "- the floor of “Pool”"]
    assert told[4] == "  Together they ask “general” for $1,100, which has $1,000."
    code, out, err = run("check", town, *changes, "--format", "json")
    plan = json.loads(out)["plan"]
    assert (code, plan["exists"], plan["decided"]) == (1, False, "linear program")
    assert [demand["name"] for demand in plan["conflicts"][0]] == ["Books first", "pool"]
    assert json.loads(run("check", town, "--format", "json").out)["plan"]["exists"] is True


@pytest.mark.parametrize(
    ("feasible", "decided", "told"),
    [
        (True, "integer program", "A plan exists, all-or-nothing decisions included."),
        (None, "relaxation", "A plan exists if all-or-nothing decisions may be taken in part;"),
    ],
)
def test_check_says_what_was_decided(
    feasible: bool | None, decided: Any, told: str, town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from budgetopt.analysis.infeasibility.feasibility import Feasibility

    monkeypatch.setattr(
        "budgetopt.analysis.infeasibility.feasibility.feasibility", lambda _: Feasibility(feasible, decided)
    )
    code, out, _ = run("check", town)
    assert code == 0
    assert out.splitlines()[-2].startswith(told)
