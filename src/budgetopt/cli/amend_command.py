"""Move motions on a plan, and check them at once: balanced or not, what they cost, and what balances them.

A motion is a sentence: "add 2M to library_hours", "cut parks by 10%", "set pools to 90%", "restore pools", "move 1M
from parks to pools", "freeze fire_rescue", "fund ladder company of fire_station", "defund bridge"; "in FY2027" and
"paid by general" may follow. They are moved on the best plan, on the current budget (--start current), or on the plan
at which a log ends (--log). Exit code 0: the plan keeps every limit; 1: it does not.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.cli.common import add_format, add_scenario, add_time_limit, load
from budgetopt.cli.failures import say_written
from budgetopt.cli.files import add_chart, check_chart, check_target, print_found, read_text, write_chart
from budgetopt.cli.progress import progress
from budgetopt.errors import NoAllocationError, OptionError

if TYPE_CHECKING:
    from budgetopt.analysis.amendments.amend import Amended
    from budgetopt.analysis.amendments.amendment_log import AmendmentLog
    from budgetopt.analysis.amendments.motions import Motion
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "amend"
HELP = "motions on a plan in plain words: balanced or not, their cost, and the offsets that balance them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    parser.add_argument("motions", nargs="*", metavar="MOTION", help='such as "add 2M to library_hours"')
    parser.add_argument(
        "--motions", metavar="FILE", dest="file", help="a file with one motion a line; # begins a remark"
    )
    text = "the programs, departments, priorities or tags from which offsets may come (default: all)"
    parser.add_argument("--from", metavar="NAMES", dest="may_be_cut", action="append", default=[], help=text)
    parser.add_argument("--offset", action="store_true", help="adopt the offsets that balance the motions")
    text = "what the motions are moved on: the best plan, or the current budget"
    parser.add_argument("--start", choices=["best", "current"], help=text)
    parser.add_argument("--because", metavar="TEXT", default="", help="why, and by whom; for the log")
    text = "read the log and go on from its end, or begin it; every motion is added to it"
    parser.add_argument("--log", metavar="FILE", help=text)
    parser.add_argument("--undo", action="store_true", help="with --log: undo its last motion first")
    parser.add_argument("--snapshot", metavar="NAME", help="with --log: name the plan as it stands in the end")
    parser.add_argument("--back-to", metavar="NAME", help="with --log: begin from a snapshot of it")
    add_time_limit(parser, "stop each solve then")
    add_chart(parser, "what programs get before and after the motions")
    add_format(parser, "what to print; csv has the amounts that change", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Make the motions, and print what follows."""
    _check(arguments)
    scenario = load(arguments)
    motions = _motions(arguments, scenario)
    with progress("Solving"):
        found, log = _made(arguments, scenario, motions)
    if log is not None:
        from budgetopt.whole_files import write_text

        write_text(arguments.log, log.to_text())
        say_written(arguments.log)
    write_chart(arguments.chart, found.plot)
    from budgetopt.report.words.amend_words import amend_document, amend_lines

    with progress("Looking for offsets"):
        print_found(
            arguments.format, lambda: amend_document(found), lambda: found.moves, lambda: list(amend_lines(found))
        )
    return 0 if found.balanced else NoAllocationError.exit_code


def _check(arguments: argparse.Namespace) -> None:
    check_chart(arguments.chart)
    if arguments.log is None:
        for option, given in (
            ("--undo", arguments.undo),
            ("--snapshot", arguments.snapshot),
            ("--back-to", arguments.back_to),
        ):
            if given:
                raise OptionError(f"{option} is about a log", hint="name it: --log amendments.jsonl")
        if not arguments.motions and arguments.file is None:
            raise OptionError("there is no motion", hint='budgetopt amend SCENARIO "add 2M to library_hours"')
        return
    check_target("--log", arguments.log)
    if arguments.start and Path(arguments.log).exists():
        raise OptionError("--start: the log says what its motions are moved on", hint="leave one of the two out")


def _motions(arguments: argparse.Namespace, scenario: Scenario) -> list[Motion]:
    from budgetopt.analysis.amendments.motions import parse_motions

    found = []
    if arguments.file is not None:
        found += parse_motions(read_text(arguments.file).splitlines(), scenario.periods, arguments.file)
    return found + parse_motions(arguments.motions, scenario.periods)


def _made(
    arguments: argparse.Namespace, scenario: Scenario, motions: list[Motion]
) -> tuple[Amended, AmendmentLog | None]:
    """Return the plan after everything that was asked for, and the log of it if there is one."""
    from dataclasses import replace

    from budgetopt.analysis.amendments.amend import amend, amended
    from budgetopt.analysis.amendments.amendment_log import AmendmentLog, read_log
    from budgetopt.analysis.amendments.moved_plan import rows_of

    may_be_cut = tuple(name.strip() for names in arguments.may_be_cut for name in names.split(",") if name.strip())
    rows_of(scenario, may_be_cut)
    if arguments.log is not None and Path(arguments.log).exists():
        log = read_log(scenario, arguments.log)
    else:
        start = "current" if arguments.start == "current" else None
        log = AmendmentLog.begin(amend(scenario, start=start, time_limit=arguments.time_limit))
    if arguments.back_to is not None:
        log = log.back_to(arguments.back_to)
    if arguments.undo:
        log = log.undo()
    options = {"may_be_cut": may_be_cut, "time_limit": arguments.time_limit}
    found = amended(replace(log.now, **options), motions, arguments.because)
    if arguments.offset:
        found = found.with_offsets()
    if arguments.log is None:
        return found, None
    log = log.record(found)
    if arguments.snapshot is not None:
        log = log.snapshot(arguments.snapshot)
    return found, log
