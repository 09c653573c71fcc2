"""The page of the twenty questions: every command is one, and every call names what there is."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest

import budgetopt as bo
from budgetopt.cli import build_parser

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "questions.md"
ROWS = re.findall(r"^\| (\d+)\. .+? \| `(.+?)` \| `(.+?)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
OTHERS = re.findall(r"`(budgetopt\s[a-z]+ demo[^`]*)`", PAGE.read_text(encoding="utf-8"))


def test_there_are_twenty() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 21))


@pytest.mark.parametrize("command", [*(command for _, command, _ in ROWS), *OTHERS])
def test_every_command_is_understood(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "budgetopt"
    assert build_parser().parse_args(arguments)


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    scenario = {
        "funds": {"general": {"revenue": 10, "kind": "general", "reserve": {"at_least": 1}}},
        "outcomes": {"visits": {"weight": 1, "target": {"at_least": 2}}},
        "programs": {
            "library_hours": {
                "department": "Library",
                "baseline": 4,
                "outcomes": {"visits": {"curve": [[0, 0], [4, 4], [8, 6]], "std_error": "20%"}},
            },
            "parks": {
                "department": "Parks",
                "baseline": 5,
                "spending": {"at_most": 7},
                "outcomes": {"visits": {"per_dollar": 0.7}},
            },
        },
    }
    return bo.solve(bo.Scenario.from_document(scenario))


@pytest.mark.parametrize("call", [call for _, _, call in ROWS])
def test_every_call_gives_an_answer(call: str, plan: bo.Allocation, tmp_path: Path) -> None:
    """Each runs on a small plan; only question 15 needs a grant, and question 20 a second scenario."""
    (tmp_path / "scenario.yaml").write_text(plan.scenario.to_yaml(), encoding="utf-8")
    ran = call.replace('"demo"', repr(str(tmp_path))).replace('"adopted"', repr(str(tmp_path))).replace("900_000", "6")
    ast.parse(ran, mode="eval")
    if "grants" in call:
        with pytest.raises(bo.OptionError, match="no grant"):
            eval(ran, {"bo": bo, "plan": plan})
    else:
        assert eval(ran, {"bo": bo, "plan": plan}) is not None
