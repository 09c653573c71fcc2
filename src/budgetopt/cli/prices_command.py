"""Print what each limit costs: a little of it to each side, as far as that holds, and the whole of it.

With paths it prints what a little more and a little less of those figures is worth: funds.general.revenue,
outcomes.visits.weight. With --ladder the rules are added one at a time; with --dollars it prints what the next and
the last dollars buy, program by program, and what goes first in a cut; with --replacement what is lost if a program
did not exist.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from budgetopt.cli.common import add_format, add_machines, add_scenario, load, machines_of
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.failures import ended
from budgetopt.cli.files import add_chart, check_chart, print_csv, write_chart
from budgetopt.cli.output import print_lines, show
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

    from budgetopt.allocation import Allocation

__all__ = ["HELP", "NAME", "add_arguments", "print_table", "run"]

NAME = "prices"
HELP = "what each limit costs, what the rules cost one after another, and what the next and last dollars buy"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "a figure, by its path as in --set: funds.general.revenue, outcomes.visits.weight"
    parser.add_argument("paths", nargs="*", metavar="PATH", help=text)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--ladder", action="store_true", help="add the rules one at a time, in the order of the file")
    which.add_argument("--dollars", action="store_true", help="what the next and the last dollars buy")
    which.add_argument("--margins", action="store_true", help="the last and next dollar of every program")
    which.add_argument("--replacement", action="store_true", help="what is lost if each program did not exist")
    parser.add_argument("--fund", metavar="NAME", help="with --dollars: the fund whose money moves (all in proportion)")
    add_chart(parser, "what limits cost, what dollars buy (--dollars) or what is lost (--replacement)")
    text = "hold the plan's all-or-nothing decisions (default: they are free)"
    parser.add_argument("--hold", action=argparse.BooleanOptionalAction, help=text)
    add_machines(parser)
    add_format(parser, "what to print", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Solve the scenario and print the table that was asked for."""
    if arguments.chart is not None:
        if arguments.paths or arguments.ladder or arguments.margins:
            message = "--chart draws what limits cost, what dollars buy or what is lost without a program"
            raise OptionError(message, hint="use it without paths, --ladder and --margins, or with --dollars")
        check_chart(arguments.chart)
    tables = (arguments.ladder, arguments.dollars, arguments.margins, arguments.replacement)
    others = "leave out --ladder, --dollars, --margins and --replacement"
    if arguments.hold is not None and any(tables):
        raise OptionError("--hold is for the prices of limits", hint=others)
    if arguments.paths and any(tables):
        raise OptionError("the price of a figure is a table by itself", hint=others)
    if not arguments.replacement and (arguments.workers > 1 or arguments.dask):
        raise OptionError("--workers and --dask solve the problems of --replacement", hint="use them with it")
    scenario = load(arguments)
    for path in arguments.paths:
        from budgetopt.analysis.sensitivity.figure_paths import figure_at

        figure_at(scenario, path)
    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    with progress("Solving again for each price"):
        table = _table(arguments, plan)

    def chart() -> LayerChart:
        from budgetopt.report.plots.price_charts import prices_chart, replacement_chart, steps_chart

        draw = replacement_chart if arguments.replacement else steps_chart if arguments.dollars else prices_chart
        return draw(plan, table)

    write_chart(arguments.chart, chart)
    print_table(plan, table, arguments.format)
    return ended(interrupted=arguments.replacement and bool((table["note"] == "interrupted").any()))


def print_table(plan: Allocation, table: pd.DataFrame, form: str) -> None:
    """Print a table about a plan as aligned text, JSON or CSV."""
    if form == "json":
        show(table.to_json(orient="records", indent=2) + "\n")
    elif form == "csv":
        print_csv(table)
    else:
        from budgetopt.report.figures.price_table import price_lines

        print_lines(price_lines(plan, table))


def _table(arguments: argparse.Namespace, plan: Allocation) -> pd.DataFrame:
    from budgetopt.analysis import budget_steps, figure_prices, marginal_returns, prices, rules_one_by_one

    if arguments.paths:
        return figure_prices(plan, *arguments.paths, hold=arguments.hold)
    if arguments.ladder:
        return rules_one_by_one(plan)
    if arguments.dollars:
        return budget_steps(plan, fund=arguments.fund)
    if arguments.replacement:
        from budgetopt.analysis.near_optimal.replacement import replacement_values

        return replacement_values(plan, machines=machines_of(arguments))
    return marginal_returns(plan) if arguments.margins else prices(plan, hold=arguments.hold)
