"""Solve a scenario again whenever one of its files is saved, and say in one line what moves.

The line goes to stdout; what is wrong with a file goes to stderr, and the watch goes on. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.cli.common import add_scenario, add_time_limit, load, positive_count, positive_seconds
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.failures import say
from budgetopt.cli.interruptions import watched
from budgetopt.cli.report_files import add_audience, check_language, check_reports, write_report
from budgetopt.errors import BudgetoptError, ScenarioError

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "watch"
HELP = "solve again whenever a file of the scenario is saved, and say what moves"

State = dict[Path, tuple[int, int] | None]
"""When each file was written and how long it is; None where it is missing."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "write the report anew each time: a page (.html), a summary (.md) or a workbook (.xlsx); may be repeated"
    parser.add_argument("--report", metavar="FILE", action="append", default=[], help=text)
    add_audience(parser)
    add_time_limit(parser, "stop each search then, with the best plan found")
    text = "how often to look whether a file was saved (0.5)"
    parser.add_argument("--every", metavar="SECONDS", type=positive_seconds, default=0.5, help=text)
    text = "end after so many times (default: at Ctrl-C)"
    parser.add_argument("--times", metavar="COUNT", type=positive_count, help=text)


def run(arguments: argparse.Namespace) -> int:
    """Solve, and solve again after each change, until Ctrl-C."""
    check_reports(arguments)
    path = Path(arguments.scenario)
    files = {path / "scenario.yaml" if path.is_dir() else path}
    if not all(file.exists() for file in files):
        load(arguments)  # says that there is none, and which is near
    plan: Allocation | None = None
    state, times = _state(files), arguments.times or math.inf
    try:
        while True:
            times -= 1
            try:
                with watched() as interrupted:
                    plan = _solved(arguments, files, plan)
                if interrupted.is_set():
                    return 0
            except BudgetoptError as error:
                say(str(error))
                if isinstance(error, ScenarioError):
                    files |= {Path(problem.place.file) for problem in error.problems if problem.place is not None}
                _tell("not solved; waiting for a file to be saved")
            if times <= 0:
                return 0
            state = _after_a_change(files, {**_state(files), **state}, arguments.every)
    except KeyboardInterrupt:
        return 0


def _solved(arguments: argparse.Namespace, files: set[Path], before: Allocation | None) -> Allocation:
    """Solve the scenario as it stands, write the reports and say what moves."""
    from budgetopt.report.words.watch_words import moved_line, value_line

    scenario = load(arguments)
    check_language(arguments, scenario)
    path = Path(arguments.scenario)
    folder = path if path.is_dir() else path.parent
    files |= {Path(os.path.normpath(folder / name)) for name in scenario.inputs}
    limit = {} if arguments.time_limit is None else {"time_limit": arguments.time_limit}
    plan = solved_or_why_not(scenario, **limit)
    for name in arguments.report:
        write_report(plan, name, arguments.audience, arguments.language)
    _tell(moved_line(before, plan) if before is not None else value_line(plan))
    return plan


def _tell(words: str) -> None:
    sys.stdout.write(f"{datetime.now():%H:%M:%S}  {words}\n")
    sys.stdout.flush()


def _state(files: set[Path]) -> State:
    state: State = {}
    for file in files:
        try:
            found = file.stat()
        except OSError:
            state[file] = None
        else:
            state[file] = found.st_mtime_ns, found.st_size
    return state


def _after_a_change(files: set[Path], state: State, every: float) -> State:
    """Wait until a file was saved and nothing changes any more, and return the state then.

    Programs that save a file by writing another and renaming it leave none for a moment.
    """
    last = state
    while True:
        time.sleep(every)
        now = _state(files)
        if now == last and now != state:
            return now
        last = now
