"""The command line: it parses, calls and prints, and does no arithmetic.

Each command is a module of its own. Data goes to stdout and everything else to stderr, so that results can be piped.
Exit codes: 0 solved, 1 no allocation, 2 the input is wrong, 3 a fault of ours, 130 interrupted.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from budgetopt.cli.arguments import UsageError, build_parser, parse
from budgetopt.cli.failures import guarded

__all__ = ["UsageError", "build_parser", "main"]

# no plugin has a use here, and pydantic would read the entry points of every package that is installed to look for one
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit code; without ``argv``, run what the process was started with."""
    return guarded(lambda: parse(argv))
