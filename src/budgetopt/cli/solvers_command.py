"""List the solvers that can be used here with `solve --solver NAME`; the first is the one used if none is named."""

from __future__ import annotations

import argparse
import json
import sys

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "solvers"
HELP = "list the solvers that can be used here"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print them (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Print the names."""
    from budgetopt.solvers import available_solvers

    names = available_solvers()
    if arguments.format == "json":
        sys.stdout.write(json.dumps(list(names)) + "\n")
    else:
        sys.stdout.write("".join(f"{name}\n" for name in names))
    return 0
