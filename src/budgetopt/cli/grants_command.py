"""Say whether to take each grant: what it is worth, what local money it asks for, and what ends with it.

The plan is solved again without each grant. Beside its worth stand its match, the local spending to be kept up, what
stays unspent, and what falls away in the year after its end.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, add_machines, add_scenario, add_time_limit, load, machines_of
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.files import add_chart, check_chart, print_found, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import UnknownNameError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "grants"
HELP = "take each grant or not: its worth, match, maintenance of effort, unspent money and end"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    parser.add_argument("names", nargs="*", metavar="FUND", help="the grants, by their keys (default: all)")
    add_time_limit(parser, "stop each solve after this long")
    add_machines(parser)
    add_chart(parser, "what of each grant is spent, and its match")
    add_format(parser, "what to print; csv has a row for each grant", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Solve the scenario with and without its grants, and print what follows."""
    check_chart(arguments.chart)
    scenario = load(arguments)
    for name in arguments.names:
        if name not in scenario.funds:
            raise UnknownNameError("fund", name, list(scenario.funds))
    from budgetopt.analysis.outlooks.grant_choices import grants

    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    machines = machines_of(arguments)
    found = grants(plan, arguments.names or None, time_limit=arguments.time_limit, machines=machines)
    write_chart(arguments.chart, found.plot)
    from budgetopt.report.words.grant_words import grants_document, grants_lines

    print_found(arguments.format, lambda: grants_document(found), lambda: found.table, lambda: grants_lines(found))
    return 0
