"""The options that say how far effects may be off, of the commands that ask about it."""

from __future__ import annotations

import argparse
from typing import Any

from budgetopt.cli.common import share_of

__all__ = ["add_errors", "error_options", "share_above_zero"]


def add_errors(parser: argparse.ArgumentParser) -> None:
    """Add the options; :func:`error_options` reads them."""
    add = parser.add_argument
    text = "draws of your own: a row a draw, a column PROGRAM or PROGRAM.OUTCOME with factors on the effect"
    add("--given", metavar="FILE", help=text)
    text = "the distribution of errors: normal, truncated (at zero) or lognormal (normal)"
    add("--shape", choices=["normal", "truncated", "lognormal"], default="normal", help=text)
    text = "assume this standard error where the scenario says none, such as 30%%"
    add("--assumed-error", metavar="SHARE", type=share_above_zero, help=text)
    text = "the correlation between errors of effects that have something in common, such as 0.5"
    add("--correlation", metavar="NUMBER", type=float, default=0.0, help=text)
    text = "what they have in common: source, program, outcome or all (source)"
    add("--by", choices=["source", "program", "outcome", "all"], default="source", help=text)


def error_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what the arguments say of errors, as the calls take it; ``given`` is not among them."""
    return {
        "shape": arguments.shape,
        "assumed_error": arguments.assumed_error,
        "correlation": arguments.correlation,
        "shared_by": arguments.by,
    }


def share_above_zero(text: str) -> float:
    """Return a share above zero that was written as 0.3 or 30%."""
    if not 0 < (value := share_of(text)) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a share above 0, such as 30% or 0.3")
    return value
