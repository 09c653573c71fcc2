"""Check a scenario: everything that is written wrong, each with its place, and whether any plan can exist."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_format, add_scenario, load
from budgetopt.cli.conflicts_command import conflicts_document
from budgetopt.cli.files import jsonable, print_json
from budgetopt.cli.output import print_lines
from budgetopt.cli.progress import progress
from budgetopt.errors import InfeasibleError, Place, ScenarioError

if TYPE_CHECKING:
    from budgetopt.analysis.infeasibility.feasibility import Feasibility
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "check"
HELP = "say what is wrong with a scenario, and whether any plan exists"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "say where a value came from, such as funds.general.revenue or programs.library.baseline; may be repeated"
    parser.add_argument("--trace", metavar="PATH", action="append", default=[], dest="traced", help=text)
    add_format(parser, "how to print what was found (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Check the scenario and print what was found."""
    as_json = arguments.format == "json"
    try:
        scenario = load(arguments)
    except ScenarioError as error:
        if not as_json:
            raise
        print_json({"valid": False, "problems": [asdict(problem) for problem in error.problems], "notes": []})
        return error.exit_code
    from budgetopt.checks import notes

    if arguments.traced:
        return _trace(scenario, arguments.traced, as_json=as_json)
    remarks = notes(scenario)
    with progress("Asking whether any plan exists"):
        from budgetopt.analysis.infeasibility.feasibility import feasibility

        answer = feasibility(scenario)
    if as_json:
        found = conflicts_document(answer.conflicts, answer.repairs)
        plan = {"exists": answer.feasible, "decided": answer.decided, **found}
        print_json({"valid": True, "problems": [], "notes": remarks, "summary": _counts(scenario), "plan": plan})
    else:
        remarks = [f"note: {remark}" for remark in remarks]
        print_lines([*_summary(scenario), *remarks, *_verdict(scenario, answer)])
    return InfeasibleError.exit_code if answer.feasible is False else 0


def _verdict(scenario: Scenario, answer: Feasibility) -> list[str]:
    """Return whether a plan exists, and what settled that; or why there is none."""
    if answer.feasible is False:
        from budgetopt.report.words.contradiction import contradiction_lines

        parts = " even if all-or-nothing decisions were taken in part" if answer.decided == "relaxation" else ""
        lines = [f"No plan exists{parts}.", *contradiction_lines(scenario, answer.conflicts, answer.repairs)]
        if not answer.repairs:
            lines.append("`conflicts` says which limits contradict each other, and the cheapest repairs.")
        return lines
    found = "A plan exists."
    if answer.decided == "integer program":
        found = "A plan exists, all-or-nothing decisions included."
    elif answer.feasible is None:
        found = "A plan exists if all-or-nothing decisions may be taken in part; with whole ones, `solve` tells."
    return [found, "No problems found."]


def _trace(scenario: Scenario, paths: list[str], *, as_json: bool) -> int:
    """Print, for each path, every place that set or shifted the value, and what it was from there on."""
    traces = [(path, scenario.trace(path)) for path in paths]
    if as_json:
        print_json({"trace": {path: [_step(place, said) for place, said in steps] for path, steps in traces}})
        return 0
    for path, steps in traces:
        lines = [f"{path}: {_said(steps[-1][1])}"]
        for number, (place, said) in enumerate(steps):
            where = "by default" if len(steps) == 1 else "by a change"
            if place is not None:
                where = f"{'from' if number == 0 else 'then'} {place}"
                where = where.replace("<set> ", "--set ").replace("<without> ", "--without ")
            lines.append(f"  {where}" + ("" if len(steps) == 1 else f": {_said(said)}"))
        print_lines(lines)
    return 0


def _step(place: Place | None, said: Any) -> dict[str, Any]:
    return {"value": jsonable(said), "place": asdict(place) if place else None}


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


def _counts(scenario: Scenario) -> dict[str, int]:
    return {name: len(getattr(scenario, name)) for name in ("programs", "funds", "outcomes", "rules", "periods")}


def _summary(scenario: Scenario) -> list[str]:
    from budgetopt.formulation.stages import label_of

    counts = [
        f"{count:,} {name.removesuffix('s') if count == 1 else name}" for name, count in _counts(scenario).items()
    ]
    objectives = [label_of(objective) for objective in scenario.objective]
    return [f"{scenario.name}: {', '.join(counts)}.", f"It seeks to {', then '.join(objectives)}."]
