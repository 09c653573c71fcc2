"""Print what to decide now and what later where the future may go several ways, and what planning for that is worth."""

from __future__ import annotations

import argparse
import json
import sys

from budgetopt.cli.common import add_format, add_scenario, load, positive_count
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.effect_error_options import share_above_zero
from budgetopt.cli.failures import say
from budgetopt.cli.files import check_target, print_json
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "tree"
HELP = "what to decide now, and what later, where revenue or anything else may go several ways"
_FORM = "NAME:PROBABILITY:PATH=VALUE, such as low:30%:funds.general.revenue.FY2028=-5%"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = (
        "a future: its name, its probability, and what is then otherwise, several changes parted by ';', such as"
        " 'low:30%%:funds.general.revenue.FY2028=-5%%'; low/lower and low/higher part a period later; may be repeated"
    )
    parser.add_argument("--future", metavar="NAME:PROBABILITY[:PATH=VALUE]", action="append", default=[], help=text)
    text = "in how many periods decisions are taken before the futures part (1)"
    parser.add_argument("--commit", metavar="N", type=positive_count, default=1, help=text)
    parser.add_argument("--chart", metavar="FILE", help="draw the money of each future, .svg")
    add_format(parser, "what to print", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Solve all futures at once, and print what is decided now and later."""
    if arguments.chart is not None:
        check_target("--chart", arguments.chart, (".svg",))
    said = [_parts(text) for text in arguments.future]
    scenario = load(arguments)
    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    from budgetopt.analysis.revenue_tree import Future, plan_for_futures
    from budgetopt.report.tree_words import futures_chart, futures_text

    with progress("Solving all futures"):
        found = plan_for_futures(plan, [Future(*one) for one in said], commit=arguments.commit)
    if arguments.chart is not None:
        from budgetopt.report.whole_files import write_text

        write_text(arguments.chart, futures_chart(found))
        say(f"wrote {arguments.chart}")
    if arguments.format == "json":
        tables = {"summary": found.summary, "futures": found.futures, "amounts": found.amounts}
        print_json({name: json.loads(table.reset_index().to_json(orient="records")) for name, table in tables.items()})
    elif arguments.format == "csv":
        sys.stdout.write(found.amounts.to_csv(index=False, lineterminator="\n"))
    else:
        sys.stdout.write(futures_text(found) + "\n")
    return 0


def _parts(text: str) -> tuple[str, float, tuple[str, ...]]:
    """Return the name, the probability and the changes of a future."""
    name, _, rest = text.partition(":")
    probability, _, changes = rest.partition(":")
    try:
        share = share_above_zero(probability)
    except argparse.ArgumentTypeError as error:
        raise OptionError(f"--future {text!r}: {error}", hint=f"write {_FORM}") from None
    made = tuple(change.strip() for change in changes.split(";") if change.strip())
    if not name or any("=" not in change for change in made):
        raise OptionError(f"--future {text!r} is not of the form NAME:PROBABILITY:PATH=VALUE", hint=f"write {_FORM}")
    return name, share, made
