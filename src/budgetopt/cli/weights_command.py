"""Print between which weights of the outcomes the plan stays, and what moves beyond.

With --answers, a table of what residents or council members answered, it prints the plan of each group's weights, what
each plan loses by the weights of each group, and the compromise whose largest loss is least.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, add_machines, add_scenario, load, machines_of
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.failures import ended
from budgetopt.cli.files import add_chart, check_chart, print_found, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "weights"
HELP = "between which weights the plan stays, the plans of groups, and the compromise"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "a table of answers: a row a respondent, a column an outcome; also group and population"
    parser.add_argument("--answers", metavar="FILE", help=text)
    text = "what an answer is: points for the importance of an outcome, which multiply its weight (default), "
    text += "or what one unit of it is worth"
    parser.add_argument("--answers-are", choices=["points", "worth"], default=None, help=text)
    add_chart(parser, "the ranges of the weights")
    add_machines(parser)
    add_format(parser, "what to print; csv has the ranges", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Work out the ranges and the plans, and print them."""
    check_chart(arguments.chart)
    if arguments.answers is None and arguments.answers_are is not None:
        raise OptionError("--answers-are says what the answers mean", hint="name the table: --answers FILE")
    scenario = load(arguments)
    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    from budgetopt.analysis.weighting.weights import weights
    from budgetopt.report.words.weights_words import weights_document, weights_lines

    found = weights(
        plan, arguments.answers, answers_are=arguments.answers_are or "points", machines=machines_of(arguments)
    )
    write_chart(arguments.chart, found.plot)
    print_found(arguments.format, lambda: weights_document(found), lambda: found.ranges, lambda: weights_lines(found))
    return ended(interrupted=found.interrupted)
