"""List the solvers that can be used here with `solve --solver NAME`; the first is the one used if none is named."""

from __future__ import annotations

import argparse
import json

from budgetopt.cli.common import add_format
from budgetopt.cli.output import print_lines

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "solvers"
HELP = "list the solvers that can be used here"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_format(parser, "how to print them (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Print the names."""
    from budgetopt.solvers import available_solvers

    names = available_solvers()
    print_lines([json.dumps(list(names))] if arguments.format == "json" else names)
    return 0
