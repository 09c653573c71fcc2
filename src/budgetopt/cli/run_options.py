"""The options of every command that say how a run is observed: its log, and how long each stage took."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from budgetopt.cli.failures import say
from budgetopt.cli.files import STDIO, check_target
from budgetopt.run_log import LOG, Run, recorded

__all__ = ["add_run_options", "observed"]

LEVELS = ("debug", "info", "warning")


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to a command."""
    group = parser.add_argument_group("the run")
    text = "log to stderr which files are read and written and how long each stage takes (info), and each solve (debug)"
    group.add_argument("--log-level", choices=LEVELS, default=None, help=text)
    text = "write what was read, solved and written, and the seconds of each stage, as JSON; - for stderr"
    group.add_argument("--timings", metavar="FILE", help=text)


def observed(arguments: argparse.Namespace) -> int:
    """Run the command that was named, observed as its options ask, and return its exit code."""
    if arguments.timings not in (None, STDIO):
        check_target("--timings", arguments.timings)
    with _logging(arguments.log_level) if arguments.log_level else nullcontext():
        if arguments.timings is None:
            return int(arguments.run(arguments))
        begin = time.perf_counter()
        with recorded() as run:
            try:
                return int(arguments.run(arguments))
            finally:
                _write(arguments, run, time.perf_counter() - begin)


@contextmanager
def _logging(level: str) -> Iterator[None]:
    """Log to stderr, from a level on."""
    import logging

    log, handler = logging.getLogger(LOG), logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    before = log.level
    log.addHandler(handler)
    log.setLevel(level.upper())
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _write(arguments: argparse.Namespace, run: Run, seconds: float) -> None:
    """Write what was recorded, also of a run that fails."""
    from budgetopt._version import __version__
    from budgetopt.scenario.inert_json import inert_json
    from budgetopt.whole_files import write_text

    document = {"budgetopt": __version__, "command": arguments.command, "seconds": round(seconds, 6), **run.document()}
    text = inert_json(document, indent=2)
    if arguments.timings == STDIO:
        say(text)
    else:
        write_text(arguments.timings, f"{text}\n")
