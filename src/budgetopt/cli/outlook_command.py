"""Say year by year what each fund takes in and spends, what is left, and when it runs short.

For each fund and year: recurring and one-time revenue, recurring and one-time spending, the closing balance and the
reserve. It names the cliff after one-time money or a grant ends, the year in which the balance is exhausted, and the
one in which the reserve is rebuilt. Exit code 1: a fund closes a year below its reserve.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, add_scenario, load, positive_count
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.files import add_chart, check_chart, print_found, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import NoAllocationError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "outlook"
HELP = "each fund year by year: one-time money, the cliff after it, the reserve and when it is rebuilt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "the plan: the best one, or the current budget"
    parser.add_argument("--start", choices=["best", "current"], default="best", help=text)
    text = "project so many years beyond the last period; their figures are assumed"
    parser.add_argument("--years", metavar="N", type=positive_count, default=0, help=text)
    add_chart(parser, "revenue, spending, balance and reserve of all funds by year")
    add_format(parser, "what to print; csv has a row for each fund and year", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Print the accounts of each fund, year by year."""
    check_chart(arguments.chart)
    scenario = load(arguments)
    from budgetopt.analysis.outlooks.outlook import outlook

    with progress("Solving"):
        if arguments.start == "current":
            found = outlook(scenario, start="current", years=arguments.years)
        else:
            found = outlook(solved_or_why_not(scenario), years=arguments.years)
    from budgetopt.report.words.outlook_words import outlook_document, outlook_lines

    write_chart(arguments.chart, found.plot)
    print_found(arguments.format, lambda: outlook_document(found), lambda: found.table, lambda: outlook_lines(found))
    return 0 if bool(found.table["balanced"].all()) else NoAllocationError.exit_code
