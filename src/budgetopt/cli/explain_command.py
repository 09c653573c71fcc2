"""Explain a plan in plain sentences: a program, a rule, a fund; without a name, the short story of the whole plan.

With --all it prints a table of every program: what holds it, what its last and next dollar bring beside what a dollar
brings elsewhere, and the factors on its effect at which it would get more or less.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_format, add_scenario, load
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.files import add_chart, check_chart, print_json, write_chart
from budgetopt.cli.output import print_lines
from budgetopt.cli.prices_command import print_table
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.report.explained.explanation import Explanation

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "explain"
HELP = "explain a program, a rule or a fund; without a name, the whole plan"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--all", action="store_true", help="a table of every program instead of sentences")
    add_scenario(parser)
    text = "programs, rules, funds, targets or resources: ids or printed names"
    parser.add_argument("names", metavar="NAME", nargs="*", help=text)
    add_chart(parser, "what one program brings at every level of its money")
    add_format(parser, "what to print; csv with --all", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Solve the scenario and explain what was asked."""
    if arguments.all and arguments.names:
        raise OptionError("--all explains every program; no names go with it")
    if arguments.format == "csv" and not arguments.all:
        raise OptionError("only a table can be written as csv", hint="--format csv goes with --all")
    if arguments.chart is not None and len(arguments.names) != 1:
        raise OptionError("--chart draws the curve of one program", hint="name one program after the scenario")
    check_chart(arguments.chart)
    from budgetopt.scenario.named import named

    scenario = load(arguments)
    for name in arguments.names:
        kind = named(scenario, name).kind
        if arguments.chart is not None and kind != "program":
            raise OptionError(f"--chart draws the curve of a program, and {name!r} is a {kind}")
    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    if arguments.all:
        with progress("Explaining every program"):
            from budgetopt.analysis import explain_all

            table = explain_all(plan)
        print_table(plan, table, arguments.format)
        return 0
    with progress("Explaining"):
        from budgetopt.analysis.live_problem.what_if import question_about
        from budgetopt.report.explained.explanation import explain, tell

        question = question_about(plan, exact=True) if arguments.names else None
        found = [explain(plan, name, question=question) for name in arguments.names] or [tell(plan)]
    write_chart(arguments.chart, found[0].plot)
    if arguments.format == "json":
        print_json([_document(item) for item in found])
    else:
        print_lines(["\n\n".join(str(item) for item in found)])
    return 0


def _document(item: Explanation) -> dict[str, Any]:
    tables = {name: json.loads(table.to_json(orient="records")) for name, table in item.tables.items()}
    return {"subject": item.subject, "sentences": list(item.sentences), "tables": tables}
