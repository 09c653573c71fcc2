"""Print which decisions stay as the evidence and the revenue vary: the best plan in each of many draws.

With --information it prints what it would be worth to know each effect, and with --subject-error what a study of it
would be, net of its cost: which evaluation next, and how large.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_format, add_machines, add_scenario, load, machines_of, positive_count
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.effect_error_options import add_errors, error_options, share_above_zero
from budgetopt.cli.failures import ended
from budgetopt.cli.files import add_chart, check_chart, print_found, records, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation
    from budgetopt.analysis.risk.information_value import StudyDesign

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "ensemble"
HELP = "which decisions stay as the evidence and the revenue vary, and which effect to evaluate next"
_STUDY = ("subject_error", "per_subject", "study_cost", "subjects")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    add = parser.add_argument
    text = "how many draws (1000; 100 with all-or-nothing decisions)"
    add("--draws", metavar="N", type=positive_count, help=text)
    add("--seed", metavar="N", type=int, default=0, help="another seed, other draws (0)")
    add_errors(parser)
    text = "the standard error of revenue: 3%% for all funds together, or general=3%%; may be repeated"
    add("--revenue-error", metavar="[FUND=]SHARE", action="append", default=[], help=text)
    add("--information", action="store_true", help="what it would be worth to know each effect")
    study = parser.add_argument_group("with --information: a study of one effect")
    text = "the standard deviation of one subject's result, as a share of the effect, such as 300%%"
    study.add_argument("--subject-error", metavar="SHARE", type=share_above_zero, help=text)
    text = "what one subject costs, such as 400"
    study.add_argument("--per-subject", metavar="AMOUNT", type=_amount, help=text)
    study.add_argument("--study-cost", metavar="AMOUNT", type=_amount, help="what the study costs besides, such as 50k")
    text = "how many subjects it has (as many as pay most)"
    study.add_argument("--subjects", metavar="N", type=positive_count, help=text)
    add_chart(parser, "the amounts of programs in the draws")
    add_machines(parser)
    add_format(parser, "what to print", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Solve the draws, or value the effects, and print what was asked for."""
    study = _study(arguments)
    revenue = _revenue(arguments.revenue_error)
    if arguments.chart is not None:
        if arguments.information:
            raise OptionError("--chart draws the draws", hint="leave out --information")
        check_chart(arguments.chart)
    if arguments.information and (arguments.given or revenue):
        message = "--information takes the effects' own distributions, with revenue as forecast"
        raise OptionError(message, hint="leave out --given and --revenue-error")
    scenario = load(arguments)
    with progress("Solving"):
        plan = solved_or_why_not(scenario)
    options = {**error_options(arguments), "machines": machines_of(arguments)}
    if arguments.information:
        return _information(arguments, plan, study, options)
    return _ensemble(arguments, plan, revenue, options)


def _ensemble(
    arguments: argparse.Namespace, plan: Allocation, revenue: float | dict[str, float], options: dict[str, Any]
) -> int:
    from budgetopt.analysis.risk.ensemble import ensemble
    from budgetopt.report.words.ensemble_words import ensemble_lines

    options |= {"seed": arguments.seed, "revenue_error": revenue, "given": arguments.given}
    found = ensemble(plan, arguments.draws, **options)
    if len(found.draws):
        write_chart(arguments.chart, found.plot)
    tables = {"summary": found.summary, "programs": found.stability, "outcomes": found.outcomes}
    print_found(
        arguments.format,
        lambda: {name: records(table.reset_index()) for name, table in tables.items()},
        lambda: found.stability.reset_index(),
        lambda: ensemble_lines(found) if len(found.draws) else [],
    )
    return ended(interrupted=found.interrupted)


def _information(
    arguments: argparse.Namespace, plan: Allocation, study: StudyDesign | None, options: dict[str, Any]
) -> int:
    from budgetopt.analysis.risk.information_value import information_value
    from budgetopt.report.words.ensemble_words import information_lines

    found = information_value(plan, study=study, **options)
    print_found(
        arguments.format,
        lambda: records(found.table),
        lambda: found.table,
        lambda: information_lines(found),
    )
    return ended(interrupted=found.interrupted)


def _study(arguments: argparse.Namespace) -> StudyDesign | None:
    """Return the study that is asked about, None for none."""
    said = [f"--{name.replace('_', '-')}" for name in _STUDY if getattr(arguments, name) is not None]
    if not said:
        return None
    if not arguments.information:
        raise OptionError(f"{said[0]} is about a study", hint="use it with --information")
    if arguments.subject_error is None:
        message = "how much a study tells is not said"
        raise OptionError(message, hint="say how far one subject's result may be off: --subject-error 300%")
    from budgetopt.analysis.risk.information_value import StudyDesign

    per, fixed = arguments.per_subject or 0.0, arguments.study_cost or 0.0
    return StudyDesign(arguments.subject_error, per, fixed, arguments.subjects)


def _revenue(said: list[str]) -> float | dict[str, float]:
    """Return the standard error of revenue: one for all funds, or one for each that is named."""
    if len(said) == 1 and "=" not in said[0]:
        return _error_of_revenue(said[0])
    found = {}
    for words in said:
        fund, mark, share = words.rpartition("=")
        if not mark or not fund:
            message = f"--revenue-error: {words!r} names no fund, and there are several"
            raise OptionError(message, hint="write general=3% for each, or one share for all funds")
        found[fund] = _error_of_revenue(share)
    return found


def _error_of_revenue(text: str) -> float:
    try:
        return share_above_zero(text)
    except argparse.ArgumentTypeError as error:
        raise OptionError(f"--revenue-error: {error}") from None


def _amount(text: str) -> float:
    from budgetopt.scenario.amounts import parse_number

    try:
        return parse_number(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount such as 400 or 50k") from None
