"""Say where there is freedom: plans nearly as good as the best that are really different, and each program's range.

The range of a program is the least and the most that it gets in any plan that gives up at most the share that --within
names. The other plans are as different as can be from all before them.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, add_machines, add_scenario, load, machines_of, positive_seconds, share
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.failures import ended
from budgetopt.cli.files import add_chart, check_chart, print_found, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "alternatives"
HELP = "plans nearly as good that are really different, and how far each program could move"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "the programs, departments, priorities or tags whose ranges are worked out (default: all)"
    parser.add_argument("programs", nargs="*", metavar="NAME", help=text)
    text = "the share of the best value that may be given up (1%%)"
    parser.add_argument("--within", metavar="SHARE", type=share, default=0.01, help=text)
    parser.add_argument("--count", metavar="N", default="3", help="how many other plans are looked for (3; 0: none)")
    text = "stop looking for a plan after this long (20)"
    parser.add_argument("--time-limit", metavar="SECONDS", type=positive_seconds, default=20.0, help=text)
    add_chart(parser, "the ranges")
    add_machines(parser)
    add_format(parser, "what to print; csv has the ranges", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Solve the scenario, and print what else could be done."""
    if not arguments.count.isascii() or not arguments.count.isdigit():
        raise OptionError(f"--count: {arguments.count!r} is not a whole number", hint="--count 3, or 0 for none")
    check_chart(arguments.chart)
    scenario = load(arguments)
    from budgetopt.analysis.amendments.moved_plan import rows_of
    from budgetopt.analysis.near_optimal.alternatives import alternatives

    rows_of(scenario, arguments.programs)
    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    found = alternatives(
        plan,
        within=arguments.within,
        count=int(arguments.count),
        programs=arguments.programs or None,
        time_limit=arguments.time_limit,
        machines=machines_of(arguments),
    )
    from budgetopt.report.words.alternative_words import alternatives_document, alternatives_lines

    write_chart(arguments.chart, found.plot)
    print_found(
        arguments.format,
        lambda: alternatives_document(found),
        lambda: found.ranges,
        lambda: alternatives_lines(found),
    )
    return ended(interrupted=found.interrupted)
