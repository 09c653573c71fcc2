"""Print a plan that is good where effects are not as estimated, beside the plan by the estimates, and what it costs."""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, add_scenario, load, positive_count, share
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.effect_error_options import add_errors, error_options, share_above_zero
from budgetopt.cli.files import add_chart, check_chart, print_found, records, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "robust"
HELP = "a plan that is good where effects are not as estimated, and the price of robustness"
KINDS = ("expected", "low", "discount", "budget", "cvar", "regret")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    add = parser.add_argument
    text = (
        "what counts: the expected value; low, every effect at its worst; discount by grade of evidence; budget, some"
        " effects at their worst; cvar, the mean of the worst draws; regret, the largest regret (cvar)"
    )
    add("--against", choices=KINDS, default="cvar", help=text)
    text = "with cvar: the draws beyond this share are the worst ones (90%%)"
    add("--level", metavar="SHARE", type=share, default=0.9, help=text)
    text = "with cvar: the weight of the worst draws; the mean of all has the rest (1)"
    add("--weight", metavar="NUMBER", type=float, default=1.0, help=text)
    text = "with budget: how many effects are at their worst (the root of their number)"
    add("--effects", metavar="NUMBER", type=float, help=text)
    text = "with discount: what is taken off effects of a grade, such as expert=30%%; may be repeated"
    add("--discount", metavar="GRADE=SHARE", action="append", default=[], help=text)
    add("--draws", metavar="N", type=positive_count, default=200, help="with cvar and regret: how many draws (200)")
    add("--seed", metavar="N", type=int, default=0, help="another seed, other draws (0)")
    add_errors(parser)
    add_chart(parser, "the price of robustness, with budget and cvar")
    add_format(parser, "what to print", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Solve the scenario and its robust counterpart, and print both plans."""
    if arguments.chart is not None:
        if arguments.against not in ("budget", "cvar"):
            raise OptionError("--chart draws the price of robustness", hint="use it with --against budget or cvar")
        check_chart(arguments.chart)
    discounts = _discounts(arguments.discount)
    if discounts and arguments.against != "discount":
        raise OptionError("--discount is for --against discount", hint="add it, or leave --discount out")
    scenario = load(arguments)
    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    from budgetopt.analysis.risk.robust import robust
    from budgetopt.report.words.robust_words import robust_lines

    options = {key: getattr(arguments, key) for key in ("level", "weight", "effects", "draws", "seed", "given")}
    with progress("Solving the robust plan"):
        found = robust(plan, arguments.against, discounts=discounts, **options, **error_options(arguments))
    write_chart(arguments.chart, found.plot)
    tables = {"measures": found.measures, "programs": found.programs, "curve": found.curve}
    print_found(
        arguments.format,
        lambda: {name: records(table.reset_index()) for name, table in tables.items()},
        lambda: found.programs.reset_index(),
        lambda: robust_lines(found),
    )
    return 0


def _discounts(said: list[str]) -> dict[str, float]:
    """Return what is taken off by grade."""
    found = {}
    for words in said:
        grade, mark, text = words.rpartition("=")
        try:
            if not mark or not grade:
                raise argparse.ArgumentTypeError(f"{words!r} is not of the form GRADE=SHARE, such as expert=30%")
            found[grade] = share_above_zero(text)
        except argparse.ArgumentTypeError as error:
            raise OptionError(f"--discount: {error}") from None
    return found
