"""Find the cheapest way to targets: the least that is added while every other program keeps its money.

Targets are those of the scenario, or given ones such as visits=1.2M: the least level in every period, or the most of an
outcome of which less is better. With --any every program may get less, and the least money that must be found is looked
for. Exit code 1: no money reaches them.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, add_machines, add_scenario, add_time_limit, load, machines_of
from budgetopt.cli.failures import ended
from budgetopt.cli.files import add_chart, check_chart, print_found, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "reach"
HELP = "the cheapest way to targets: the least that must be added, and the money to be found for it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "a level of an outcome in every period, such as visits=1.2M (default: the scenario's targets)"
    parser.add_argument("targets", nargs="*", metavar="OUTCOME=LEVEL", help=text)
    parser.add_argument("--any", action="store_true", help="let every program get less, and find the least money")
    text = "what the plan starts from: the best plan without the targets given here, or the current budget"
    parser.add_argument("--start", choices=["best", "current"], default="best", help=text)
    text = "a fund that may get money; may be repeated (default: those of the kind general)"
    parser.add_argument("--fund", metavar="NAME", dest="funds", action="append", default=[], help=text)
    add_time_limit(parser, "stop each solve after this long")
    add_chart(parser, "what programs get before and after")
    add_machines(parser)
    add_format(parser, "what to print; csv has the amounts that change", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Find the cheapest way, and print it."""
    check_chart(arguments.chart)
    targets = {}
    for text in arguments.targets:
        name, equals, level = text.partition("=")
        if not equals or not name.strip() or not level.strip():
            raise OptionError(f"{text!r} is not of the form OUTCOME=LEVEL", hint="write it like visits=1.2M")
        targets[name.strip()] = level.strip()
    scenario = load(arguments)
    with progress("Solving"):
        from budgetopt.analysis.near_optimal.reach import reach
        from budgetopt.report.words.reach_words import reach_document, reach_lines

        found = reach(
            scenario,
            targets,
            start="current" if arguments.start == "current" else None,
            keep=not arguments.any,
            funds=arguments.funds,
            time_limit=arguments.time_limit,
            machines=machines_of(arguments),
        )
    write_chart(arguments.chart, found.plot)
    print_found(arguments.format, lambda: reach_document(found), lambda: found.moves, lambda: reach_lines(found))
    return ended(interrupted=found.interrupted)
