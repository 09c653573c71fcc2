"""Audit a plan that was edited by hand in a copy of the office's own table: what it misses, what it loses.

The copy is what `solve --into TABLE --out PLAN` wrote, as it is now. Every limit of the scenario is read on it, and it
is compared with the best plan. Exit code 0: it keeps every limit; 1: it does not.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from budgetopt.cli.common import add_format, add_scenario, add_time_limit, load
from budgetopt.cli.failures import say_written
from budgetopt.cli.files import check_target, print_json
from budgetopt.cli.output import print_lines
from budgetopt.cli.progress import progress
from budgetopt.errors import NoAllocationError, OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "audit"
HELP = "audit an edited plan: which limits it misses, and what it loses against the best plan"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    parser.add_argument("plan", metavar="PLAN", help="the edited copy: .xlsx or .csv")
    text = "the office's own table that it is a copy of; left out, the only one that the scenario has"
    parser.add_argument("--into", metavar="TABLE", default="", help=text)
    text = "write the edited amounts as a scenario file that extends the scenario, for solve, diff and all others"
    parser.add_argument("--layer", metavar="FILE", help=text)
    add_time_limit(parser, "stop the solve after this long")
    add_format(parser, "what to print")


def run(arguments: argparse.Namespace) -> int:
    """Audit the plan and print what was found."""
    if arguments.layer is not None:
        check_target("--layer", arguments.layer, (".yaml", ".yml"))
        if arguments.changes:
            message = "--layer extends the scenario as its file says it, without --set and --without"
            raise OptionError(message, hint="change the scenario in its file, or in a layer of its own")
        if Path(arguments.layer).resolve() in (Path(arguments.scenario).resolve(), _file(arguments.scenario).resolve()):
            raise OptionError(f"--layer: {arguments.layer!r} is the scenario itself", hint="name another file")
    scenario = load(arguments)
    with progress("Solving"):
        from budgetopt.analysis.comparing.edited_plan import edited_plan

        edited = edited_plan(scenario, arguments.plan, table=arguments.into, time_limit=arguments.time_limit)
    from budgetopt.report.words.edited_words import audit_lines, edited_document

    if arguments.layer is not None:
        from budgetopt.whole_files import write_text

        base = os.path.relpath(_file(arguments.scenario), Path(arguments.layer).resolve().parent)
        write_text(arguments.layer, edited.to_layer(Path(base).as_posix()))
        say_written(arguments.layer)
    if arguments.format == "json":
        print_json(edited_document(edited))
    else:
        print_lines(audit_lines(edited))
    return 0 if edited.audit.accepted else NoAllocationError.exit_code


def _file(scenario: str) -> Path:
    """Return the file of a scenario that may be named by its folder."""
    from budgetopt.reading.scenario_files import SCENARIO_FILE

    return Path(scenario) / SCENARIO_FILE if Path(scenario).is_dir() else Path(scenario)
