"""Print the best value against any number of the scenario: a revenue, a bound, a target, a weight, a share.

The curve is exact wherever it is made of straight pieces: each end of a piece, what one unit more is worth on it, and
which programs move. In other cases, and where decisions are all-or-nothing, it is worked out on a grid.
"""

from __future__ import annotations

import argparse
import sys

from budgetopt.cli.common import add_format, add_scenario, load, positive_count
from budgetopt.cli.failures import say
from budgetopt.cli.files import check_target, print_json, print_lines
from budgetopt.cli.progress import progress

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "frontier"
HELP = "the best value against any number of the scenario, as an exact curve"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    parser.add_argument("path", metavar="PATH", help="a number, by its path as in --set: funds.general.revenue")
    text = "where the range begins, as in --set: 90M, -10%%, *0.8 (a fifth less than now)"
    parser.add_argument("--from", metavar="VALUE", dest="start", help=text)
    parser.add_argument("--to", metavar="VALUE", dest="end", help="where the range ends (a fifth more than now)")
    text = "work it out on a grid of so many steps (an exact curve; 20 where there is none)"
    parser.add_argument("--steps", metavar="COUNT", type=positive_count, help=text)
    parser.add_argument("--chart", metavar="FILE", help="draw the curve, .svg")
    add_format(parser, "what to print; csv has the pieces", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Work out the curve and print it."""
    if arguments.chart is not None:
        check_target("--chart", arguments.chart, (".svg",))
    scenario = load(arguments)
    with progress("Solving again along the curve"):
        from budgetopt.analysis.frontier import frontier

        found = frontier(scenario, arguments.path, arguments.start, arguments.end, steps=arguments.steps)
    if arguments.chart is not None:
        from budgetopt.report.frontier_chart import frontier_chart
        from budgetopt.report.whole_files import write_text

        write_text(arguments.chart, frontier_chart(found))
        say(f"wrote {arguments.chart}")
    from budgetopt.report.frontier_words import frontier_document, frontier_lines

    if arguments.format == "json":
        print_json(frontier_document(found))
    elif arguments.format == "csv":
        sys.stdout.write(found.pieces.to_csv(index=False, lineterminator="\n"))
    else:
        with progress("Solving for the plans along the curve"):
            lines = list(frontier_lines(found))
        print_lines(lines)
    return 0
