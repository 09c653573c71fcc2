"""Print the JSON Schema of a scenario or of a result, for editors that complete and check as one types."""

from __future__ import annotations

import argparse

from budgetopt.cli.files import print_json

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "schema"
HELP = "print the JSON Schema of a scenario or of a result"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    text = "of what; left out, of a scenario"
    parser.add_argument("of", nargs="?", choices=["scenario", "result"], default="scenario", help=text)


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    if arguments.of == "result":
        from budgetopt.allocation.result_schema import result_schema as schema
    else:
        from budgetopt.reading.schema import json_schema as schema
    print_json(schema())
    return 0
