"""Say what is installed, whether its versions are within range, and whether each solver answers.

It ends with 0 where all is well, and with 1 where something has to be done; what is optional and absent is no fault.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format
from budgetopt.cli.files import print_json
from budgetopt.cli.output import print_lines

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "doctor"
HELP = "say what is installed and whether it works"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_format(parser, "how to print it (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Print what is found."""
    from budgetopt.cli.installation import WRONG, findings

    found = list(findings())
    if arguments.format == "json":
        print_json([one._asdict() for one in found])
    else:
        lines: list[str] = []
        part = ""
        for one in found:
            if one.part != part:
                part = one.part
                lines += ([""] if lines else []) + [part]
            lines.append(f"  {one.state:6}  {one.what}: {one.found}")
            if one.hint:
                lines.append(f"          {one.hint}")
        print_lines(lines)
    return int(any(one.state == WRONG for one in found))
