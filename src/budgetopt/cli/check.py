"""Check a scenario without solving it: everything that is wrong with it, each with its place."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_changes, add_scenario, load
from budgetopt.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "check"
HELP = "say what is wrong with a scenario, without solving it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    add_changes(parser)
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="how to print what was found (default: text)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the scenario and print what was found."""
    as_json = arguments.format == "json"
    try:
        scenario = load(arguments)
    except ScenarioError as error:
        if as_json:
            _print_json({"valid": False, "problems": [_plain(problem) for problem in error.problems], "notes": []})
            return error.exit_code
        raise
    from budgetopt.scenario import notes

    remarks = notes(scenario)
    if as_json:
        _print_json({"valid": True, "problems": [], "notes": remarks, "summary": _counts(scenario)})
        return 0
    sys.stdout.write(f"{_summary(scenario)}\n")
    sys.stdout.writelines(f"note: {remark}\n" for remark in remarks)
    sys.stdout.write("No problems found.\n")
    return 0


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _plain(problem: Problem) -> dict[str, Any]:
    place = problem.place
    where = None
    if place is not None:
        where = {"file": place.file, "line": place.line, "column": place.column, "sheet": place.sheet}
    return {
        "code": problem.code,
        "message": problem.message,
        "place": where,
        "expected": problem.expected,
        "hint": problem.hint,
    }


def _counts(scenario: Scenario) -> dict[str, int]:
    return {
        "programs": len(scenario.programs),
        "funds": len(scenario.funds),
        "outcomes": len(scenario.outcomes),
        "rules": len(scenario.rules),
        "periods": len(scenario.periods),
    }


def _summary(scenario: Scenario) -> str:
    counts = [
        f"{count:,} {name if count != 1 else name.removesuffix('s')}" for name, count in _counts(scenario).items()
    ]
    sought = ", then ".join(
        f"maximize {one.maximize}" if one.maximize is not None else f"minimize {one.minimize}"
        for one in scenario.objective
    )
    return f"{scenario.name}: {', '.join(counts)}.\nIt seeks to {sought}."
