"""Check a scenario: everything that is written wrong, each with its place, and whether any plan can exist."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_changes, add_scenario, load
from budgetopt.cli.conflicts_command import conflicts_document
from budgetopt.cli.files import print_json
from budgetopt.cli.progress import progress
from budgetopt.errors import InfeasibleError, Place, Problem, ScenarioError

if TYPE_CHECKING:
    from budgetopt.analysis.feasibility import Feasibility
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "check"
HELP = "say what is wrong with a scenario, and whether any plan exists"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    add_changes(parser)
    parser.add_argument(
        "--trace",
        metavar="PATH",
        action="append",
        default=[],
        dest="traced",
        help="say where a value came from, such as funds.general.revenue or programs.library.baseline; may be repeated",
    )
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
            print_json({"valid": False, "problems": [_plain(problem) for problem in error.problems], "notes": []})
            return error.exit_code
        raise
    from budgetopt.checks import notes

    if arguments.traced:
        return _trace(scenario, arguments.traced, as_json=as_json)
    remarks = notes(scenario)
    with progress("Asking whether any plan exists"):
        from budgetopt.analysis.feasibility import feasibility

        answer = feasibility(scenario)
    if as_json:
        found = conflicts_document(answer.conflicts, answer.repairs)
        plan = {"exists": answer.feasible, "decided": answer.decided, **found}
        print_json({"valid": True, "problems": [], "notes": remarks, "summary": _counts(scenario), "plan": plan})
    else:
        sys.stdout.write(f"{_summary(scenario)}\n")
        sys.stdout.writelines(f"note: {remark}\n" for remark in remarks)
        sys.stdout.writelines(f"{line}\n" for line in _verdict(scenario, answer))
    return InfeasibleError.exit_code if answer.feasible is False else 0


def _verdict(scenario: Scenario, answer: Feasibility) -> list[str]:
    """Return whether a plan exists, and what settled that; or why there is none."""
    if answer.feasible is False:
        from budgetopt.report.contradiction import contradiction_lines

        parts = " even if all-or-nothing decisions were taken in part" if answer.decided == "relaxation" else ""
        lines = contradiction_lines(scenario, answer.conflicts, answer.repairs)
        more = (
            [] if answer.repairs else ["`conflicts` says which limits contradict each other, and the cheapest repairs."]
        )
        return [f"No plan exists{parts}.", *lines, *more]
    found = "A plan exists."
    if answer.decided == "integer program":
        found = "A plan exists, all-or-nothing decisions included."
    elif answer.feasible is None:
        found = "A plan exists if all-or-nothing decisions may be taken in part; with whole ones, `solve` tells."
    return [found, "No problems found."]


def _trace(scenario: Scenario, paths: list[str], *, as_json: bool) -> int:
    """Print, for each path, every place that set or shifted the value, and what it was from there on."""
    found = [(path, scenario.trace(path)) for path in paths]
    if as_json:
        traced = {
            path: [{"value": _jsonable(said), "place": _where(place)} for place, said in steps] for path, steps in found
        }
        print_json({"trace": traced})
        return 0
    for path, steps in found:
        lines = [f"{path}: {_said(steps[-1][1])}"]
        for number, (place, said) in enumerate(steps):
            if place is None:
                where = "by default" if len(steps) == 1 else "by a change"
            else:
                where = f"{'from' if number == 0 else 'then'} {place}"
                where = where.replace("<set> ", "--set ").replace("<without> ", "--without ")
            lines.append(f"  {where}" + ("" if len(steps) == 1 else f": {_said(said)}"))
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _said(value: Any) -> str:
    """Return a value as a scenario file has it."""
    from budgetopt.scenario import Share

    if value is None:
        return "nothing"
    if isinstance(value, float) and not isinstance(value, Share):
        return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_said(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_said(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _jsonable(value: Any) -> Any:
    from budgetopt.scenario import Share

    if isinstance(value, Share):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _where(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "column": place.column, "sheet": place.sheet}


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "message": problem.message,
        "place": _where(problem.place),
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
    objectives = ", then ".join(
        f"maximize {one.maximize}" if one.maximize is not None else f"minimize {one.minimize}"
        for one in scenario.objective
    )
    return f"{scenario.name}: {', '.join(counts)}.\nIt seeks to {objectives}."
