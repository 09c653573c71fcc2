"""Plan for a tree of forecasts: what is decided now, whatever comes, and what is adjusted when it is known.

The tree is a YAML file: from which period on it is known what comes, and its branches with their probabilities and what
each of them sets, as in --set. Branches may have branches of their own.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, add_scenario, add_time_limit, load
from budgetopt.cli.files import add_chart, check_chart, print_found, write_chart
from budgetopt.cli.progress import progress

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "forecast"
HELP = "plan for a tree of forecasts: commit now, adjust when it is known which of them comes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    parser.add_argument("tree", metavar="TREE", help="the forecasts: a YAML file with `known` and `branches`")
    add_time_limit(parser, "stop the solve of the whole tree after this long")
    add_chart(parser, "the money of each forecast by period")
    add_format(parser, "what to print; csv prints what is decided now", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Plan for the tree and print what was found."""
    check_chart(arguments.chart)
    scenario = load(arguments)
    with progress("Solving all forecasts together"):
        from budgetopt.analysis.risk.forecast_tree import forecast_tree

        found = forecast_tree(scenario, arguments.tree, time_limit=arguments.time_limit)
    from budgetopt.report.words.forecast_words import forecast_document, forecast_lines

    write_chart(arguments.chart, found.plot)
    print_found(
        arguments.format,
        lambda: forecast_document(found),
        lambda: found.now.reset_index(),
        lambda: forecast_lines(found),
    )
    return 0
