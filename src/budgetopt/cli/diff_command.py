"""Say what differs between two scenarios, and with --solve what that changes.

The first scenario is what was, such as the proposed budget; the second is what is, such as the adopted one. The second
may also be an edited copy of the first one's own table, as `solve --into TABLE --out PLAN` wrote it: then its plan is
compared with the best one. Two office files are compared as they are, each read as `new --from` would: their programs,
departments, funds and totals.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_allowed_folders, add_format, add_time_limit
from budgetopt.cli.file_choices import add_choices, asked, choices_of, given_choices
from budgetopt.cli.files import is_table, print_found
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.analysis.comparing.differences import Difference

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "diff"
HELP = "what differs between two scenarios, in words, and what that changes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    text = "the scenario that was: a folder, or a scenario file; or an office's own file"
    parser.add_argument("before", metavar="SCENARIO", help=text)
    parser.add_argument("after", metavar="SCENARIO", help="the scenario that is, or an edited plan: .xlsx or .csv")
    parser.add_argument("--solve", action="store_true", help="solve both, and say what the differences change")
    add_time_limit(parser, "with --solve: stop each solve after this long")
    add_allowed_folders(parser)
    add_choices(parser)
    add_format(parser, "what to print; csv has the programs", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Compare the scenarios and print what differs."""
    if is_table(arguments.before):
        return _budgets(arguments)
    if names := ", ".join(given_choices(arguments)):
        message = f"{names}: there is no office's file that this could be said of"
        raise OptionError(message, hint="compare two files: budgetopt diff proposed.csv adopted.xlsx")
    if is_table(arguments.after):
        return _edited(arguments)
    with progress("Reading the scenarios"):
        from budgetopt.reading import load

        before, after = (load(name, allow_folders=arguments.allowed) for name in (arguments.before, arguments.after))
    with progress("Solving" if arguments.solve else "Comparing"):
        from budgetopt.analysis.comparing.differences import diff

        found = diff(before, after, solve=arguments.solve, time_limit=arguments.time_limit)
        from budgetopt.report.words.difference_words import difference_lines

    print_found(arguments.format, lambda: _document(found), lambda: found.programs, lambda: difference_lines(found))
    return 0


def _edited(arguments: argparse.Namespace) -> int:
    """Compare the plan of an edited copy with the best plan."""
    with progress("Solving"):
        from budgetopt.analysis.comparing.edited_plan import edited_plan
        from budgetopt.reading import load
        from budgetopt.report.words.edited_words import edit_lines, edited_document

        before = load(arguments.before, allow_folders=arguments.allowed)
        edited = edited_plan(before, arguments.after, time_limit=arguments.time_limit)
    print_found(arguments.format, lambda: edited_document(edited), lambda: edited.moves, lambda: edit_lines(edited))
    return 0


def _budgets(arguments: argparse.Namespace) -> int:
    """Compare the budgets of two office files."""
    if not is_table(arguments.after):
        message = f"{arguments.before!r} is an office's file, and {arguments.after!r} is none"
        raise OptionError(message, hint="make a scenario of it: budgetopt new DIR --from FILE")
    if arguments.solve:
        raise OptionError("--solve: office files have no rules", hint="make scenarios: budgetopt new DIR --from FILE")
    with progress("Comparing"):
        from budgetopt.analysis.comparing.budget_files import diff_budgets
        from budgetopt.report.words.budget_words import budget_document, budget_lines

        choices = choices_of(arguments)
        found = asked(lambda known: diff_budgets(arguments.before, arguments.after, known), choices)
    print_found(
        arguments.format,
        lambda: budget_document(found),
        lambda: found.programs.reset_index(),
        lambda: budget_lines(found),
    )
    return 0


def _document(found: Difference) -> dict[str, Any]:
    document: dict[str, Any] = {
        "values": found.values.to_dict(orient="records"),
        "programs": found.programs.to_dict(orient="records"),
        "another_order": list(found.order),
    }
    if found.plans is not None:
        document["objective"] = [plan.plan_value for plan in found.plans]
        document["values_by_weights"] = {name: list(pair) for name, pair in found.values_by_weights.items()}
        for name, table in (("moves", found.moves), ("outcomes", found.outcomes), ("funds", found.funds)):
            document[name] = table.rename_axis("name").reset_index().to_dict(orient="records")
    return document
