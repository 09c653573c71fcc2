"""Print the best value against any number of the scenario: a revenue, a bound, a target, a weight, a share.

The curve is exact wherever it is made of straight pieces: each end of a piece, what one unit more is worth on it, and
which programs move. In other cases, and where decisions are all-or-nothing, it is worked out on a grid. With --outcomes
two outcomes stand against each other, and with --equity the best value against what the group with least has per head.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_format, add_machines, add_scenario, load, machines_of, positive_count
from budgetopt.cli.failures import ended
from budgetopt.cli.files import add_chart, check_chart, print_found, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "frontier"
HELP = "the best value against any number, or one goal against another, as an exact curve"
EVERY = ""
"""What --equity stands for without an outcome: all of them, by their weights."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "a number, by its path as in --set: funds.general.revenue"
    parser.add_argument("path", metavar="PATH", nargs="?", help=text)
    text = "where the range begins, as in --set: 90M, -10%%, *0.8 (a fifth less than now)"
    parser.add_argument("--from", metavar="VALUE", dest="start", help=text)
    parser.add_argument("--to", metavar="VALUE", dest="end", help="where the range ends (a fifth more than now)")
    text = "two outcomes against each other: every plan at which neither can be raised without lowering the other"
    parser.add_argument("--outcomes", metavar=("ONE", "OTHER"), nargs=2, help=text)
    text = "the best value against what the group with least has of an outcome per head (all outcomes by weight)"
    parser.add_argument("--equity", metavar="OUTCOME", nargs="?", const=EVERY, help=text)
    text = "with --equity: the groups, districts or an attribute of the programs (districts)"
    parser.add_argument("--by", metavar="ATTRIBUTE", help=text)
    text = "work it out on a grid of so many steps (an exact curve; 20 where there is none)"
    parser.add_argument("--steps", metavar="COUNT", type=positive_count, help=text)
    add_chart(parser, "the curve")
    add_machines(parser)
    add_format(parser, "what to print; csv has the pieces, or the points", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Work out the curve and print it."""
    check_chart(arguments.chart)
    asked = [arguments.path is not None, arguments.outcomes is not None, arguments.equity is not None]
    if sum(asked) != 1:
        message = "one question at a time" if any(asked) else "nothing says what the value stands against"
        raise OptionError(
            message, hint="name a path such as funds.general.revenue, or --outcomes ONE OTHER, or --equity"
        )
    if arguments.path is None and (arguments.start or arguments.end):
        raise OptionError("--from and --to are the range of a number", hint="name its path: funds.general.revenue")
    if arguments.by is not None and arguments.equity is None:
        raise OptionError("--by names the groups of --equity", hint="add --equity")
    scenario = load(arguments)
    is_complete = _number(scenario, arguments) if arguments.path is not None else _goals(scenario, arguments)
    return ended(interrupted=not is_complete)


def _number(scenario: Scenario, arguments: argparse.Namespace) -> bool:
    """Print the curve against a number; return whether it is complete."""
    from budgetopt.analysis.frontiers.frontier import frontier

    found = frontier(
        scenario, arguments.path, arguments.start, arguments.end, steps=arguments.steps, machines=machines_of(arguments)
    )
    write_chart(arguments.chart, found.plot)
    from budgetopt.report.words.frontier_words import frontier_document, frontier_lines

    def lines() -> list[str]:
        with progress("Solving for the plans along the curve"):
            return list(frontier_lines(found))

    print_found(arguments.format, lambda: frontier_document(found), lambda: found.pieces, lines)
    return found.is_complete


def _goals(scenario: Scenario, arguments: argparse.Namespace) -> bool:
    """Print one goal against another; return whether all of it was found."""
    from budgetopt.analysis.frontiers.trade_off import DISTRICTS, GRID, price_of_equity, trade_off

    options: dict[str, Any] = {"steps": arguments.steps or GRID, "machines": machines_of(arguments)}
    if arguments.outcomes is not None:
        found = trade_off(scenario, *arguments.outcomes, **options)
    else:
        outcome = None if arguments.equity == EVERY else arguments.equity
        found = price_of_equity(scenario, outcome, arguments.by or DISTRICTS, **options)
    from budgetopt.report.words.trade_off_words import trade_off_document, trade_off_lines

    write_chart(arguments.chart, found.plot)
    print_found(
        arguments.format, lambda: trade_off_document(found), lambda: found.points, lambda: trade_off_lines(found)
    )
    return found.is_complete
