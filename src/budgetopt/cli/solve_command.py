"""Find the best balanced allocation of a scenario, prove it, and print it or write it to files.

The plan is printed to stdout. Files are written only once there is a plan that passed its proof and its audit. Ctrl-C
ends the search with the best plan found so far.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.cli.common import add_scenario, load, positive_count, positive_seconds, share
from budgetopt.cli.conflicts_command import solved_or_why_not
from budgetopt.cli.failures import INTERRUPTED, say, say_written
from budgetopt.cli.files import STDIO, add_chart, check_chart, check_folder, check_target, print_csv, write_chart
from budgetopt.cli.interruptions import watched
from budgetopt.cli.output import print_plan, show
from budgetopt.cli.progress import progress
from budgetopt.cli.report_files import PAGES, add_audience, check_language, check_reports, write_report
from budgetopt.errors import OptionError, OutOfTimeError, UnknownNameError

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation
    from budgetopt.report import AskedAnalyses
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "solve"
HELP = "find the best allocation, and print it or write it to files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    add = parser.add_argument_group("how to solve").add_argument
    text = "the solver (default: highs); `budgetopt solvers` lists them"
    add("--solver", metavar="NAME", default="highs", help=text)
    add("--time-limit", metavar="SECONDS", type=positive_seconds, help="stop then, with the best plan found")
    text = (
        "with all-or-nothing decisions: stop when no plan can be better by more than this share (default: search "
        "small problems to their end, those of 250 such decisions or more to 0.01%%)"
    )
    add("--gap", metavar="SHARE", type=share, help=text)
    add("--threads", metavar="COUNT", type=positive_count, help="threads that the solver may use")
    text = "hold the amounts that were edited in a copy of the office's own table, and solve around them; see `audit`"
    add("--edits", metavar="PLAN", help=text)
    group = parser.add_argument_group("what to print and write")
    add = group.add_argument
    text = "write the report: a page (.html), a summary (.md) or a workbook (.xlsx); may be repeated"
    add("--report", metavar="FILE", action="append", default=[], help=text)
    add_audience(group)
    text = (
        "with a page or --charts: run more analyses and show them: compare, dollars, frontier, ensemble, information, "
        "explorer; by commas, or repeated"
    )
    add("--with", metavar="NAMES", action="append", default=[], dest="analyses", help=text)
    text = "with a page: the result document of an earlier plan, since which money moved by the evidence behind it"
    add("--since", metavar="RESULT", help=text)
    text = (
        "with a page: a figure that its explorer moves beside the usual ones, by its path as for --set; may be repeated"
    )
    add("--slider", metavar="PATH", action="append", default=[], dest="sliders", help=text)
    text = "write every table as a sheet of a workbook, .xlsx"
    add("--excel", metavar="FILE", action="append", default=[], help=text)
    text = "write a copy of the office's own table of programs with the plan beside it: .xlsx or .csv, like the table"
    add("--out", metavar="FILE", help=text)
    text = "the office's own table for --out and --edits, as the scenario names it; left out, the only one that it has"
    add("--into", metavar="TABLE", default="", help=text)
    add("--json", metavar="FILE", help="write the result document, with its proof; - for stdout")
    add("--csv", metavar="FOLDER", help="write every table as a CSV file into a folder")
    text = "write every table as a Parquet file into a folder, with the units of its columns"
    add("--parquet", metavar="FOLDER", help=text)
    text = "write every chart of the report into a folder: .svg, .png, and .csv with the figures behind it"
    add("--charts", metavar="FOLDER", help=text)
    add_chart(group, "the largest changes against the baseline")
    text = "what to print: tables (text), the result document, or the programs as CSV"
    add("--format", choices=["text", "json", "csv"], help=text)
    add("--all", action="store_true", help="print every program, also where there are many")


def run(arguments: argparse.Namespace) -> int:
    """Solve the scenario, write the files, print the plan."""
    _check_outputs(arguments)
    scenario = load(arguments)
    check_language(arguments, scenario)
    if arguments.out is not None:
        from budgetopt.report.own_workbook.own_table import tables_to_fill

        tables_to_fill(scenario, arguments.out, arguments.into)
    options = {key: getattr(arguments, key) for key in ("solver", "time_limit", "gap", "threads")}
    options = {key: value for key, value in options.items() if value is not None}
    if arguments.edits is not None:
        scenario = _with_edits(arguments, scenario)
    with watched() as interrupted, progress("Solving"):
        try:
            plan = solved_or_why_not(scenario, **options)
        except OutOfTimeError:
            if interrupted.is_set():
                raise KeyboardInterrupt from None
            raise
    with progress("Analysing"):
        asked = _asked(arguments, plan)
    with progress("Writing"):
        _write(arguments, plan, asked)
    _print(arguments, plan)
    if interrupted.is_set():
        say("budgetopt: interrupted; this is the best plan found until then, and it is not proved to be the best")
        return INTERRUPTED
    if not plan.proved and not (plan.rounding_matters and plan.solver_result.proved):
        say(f"budgetopt: the plan keeps every limit, but it is not proved to be the best; {_how_far(plan)}")
    return 0


def _with_edits(arguments: argparse.Namespace, scenario: Scenario) -> Scenario:
    """Return the scenario in which the amounts that were edited in a copy are held."""
    from budgetopt.analysis.comparing.edited_plan import edited_plan

    with progress("Reading the edits"):
        edited = edited_plan(scenario, arguments.edits, table=arguments.into, time_limit=arguments.time_limit)
        if edited.best is None:
            # what was edited is known by the best plan, and there is none
            solved_or_why_not(scenario)
        held = edited.held()
    for remark in edited.remarks:
        say(f"note: {remark}")
    return held


def _check_outputs(arguments: argparse.Namespace) -> None:
    """Refuse outputs that cannot be written, before any work is done."""
    check_reports(arguments)
    if arguments.analyses or arguments.sliders:
        from budgetopt.report.plan_view.asked_analyses import ANALYSES

        arguments.analyses = [name.strip() for names in arguments.analyses for name in names.split(",")]
        for name in arguments.analyses:
            if name not in ANALYSES:
                raise UnknownNameError("analysis", name, list(ANALYSES))
    named = {"--since": arguments.since is not None, "--slider": arguments.sliders}
    if arguments.charts is None:
        named["--with"] = arguments.analyses
    for option in (option for option, is_said in named.items() if is_said and not _has_page(arguments)):
        raise OptionError(f"{option} adds to a page, and none is written", hint="name it: --report plan.html")
    for name in arguments.excel:
        check_target("--excel", name, (".xlsx",))
    check_chart(arguments.chart)
    if arguments.out is not None:
        check_target("--out", arguments.out)
    elif arguments.into and arguments.edits is None:
        raise OptionError("--into names a table, and --out is missing", hint="name the copy to write: --out plan.xlsx")
    if arguments.json == STDIO:
        if arguments.format not in (None, "json"):
            raise OptionError("--json - and --format both say what goes to stdout", hint="name a file after --json")
        arguments.format, arguments.json = "json", None
    elif arguments.json is not None:
        check_target("--json", arguments.json)
    for option in ("csv", "parquet", "charts"):
        if (folder := getattr(arguments, option)) is not None:
            check_folder(f"--{option}", folder)
    if arguments.parquet is not None:
        from budgetopt.allocation.plan_parquet import check_parquet_library

        check_parquet_library()
    if arguments.charts is not None:
        from budgetopt.report.plots.chart_parts import check_chart_library

        check_chart_library()


def _asked(arguments: argparse.Namespace, plan: Allocation) -> AskedAnalyses | None:
    """Run the analyses that the page is to show, before any file is written."""
    is_page = _has_page(arguments) and arguments.audience == "council"
    if not is_page and arguments.charts is None:
        return None
    from budgetopt.report import run_analyses

    asked = run_analyses(plan, arguments.analyses, since=arguments.since, sliders=arguments.sliders)
    if asked.no_explorer:
        say(f"note: the page has no explorer: {asked.no_explorer}")
    return asked


def _has_page(arguments: argparse.Namespace) -> bool:
    return any(Path(name).suffix.lower() in PAGES for name in arguments.report)


def _write(arguments: argparse.Namespace, plan: Allocation, asked: AskedAnalyses | None) -> None:
    from budgetopt.whole_files import write_text

    for name in [*arguments.report, *arguments.excel]:
        write_report(plan, name, arguments.audience, arguments.language, asked)
        say_written(name)
    if arguments.out is not None:
        from budgetopt.report.own_workbook.own_table import write_own_table

        _, notes = write_own_table(plan, arguments.out, arguments.into)
        say_written(arguments.out)
        for note in notes:
            say(f"note: {note}")
    if arguments.json is not None:
        write_text(arguments.json, plan.to_json())
        say_written(arguments.json)
    write_chart(arguments.chart, plan.plot)
    files = [
        *(plan.to_csv(arguments.csv) if arguments.csv is not None else ()),
        *(plan.to_parquet(arguments.parquet) if arguments.parquet is not None else ()),
    ]
    for file in files:
        say_written(file)
    if arguments.charts is not None and asked is not None:
        from budgetopt.report import write_charts
        from budgetopt.scenario.words import plural

        written = write_charts(plan, arguments.charts, asked)
        say_written(f"{plural(len(written) // 3, 'chart')} to {arguments.charts}")


def _print(arguments: argparse.Namespace, plan: Allocation) -> None:
    if arguments.format == "json":
        show(plan.to_json())
    elif arguments.format == "csv":
        print_csv(plan.programs, index=True)
    else:
        print_plan(plan, every_program=arguments.all)


def _how_far(plan: Allocation) -> str:
    if math.isfinite(plan.gap):
        from budgetopt.report.figures.numbers import Numbers

        return f"no plan can be better by more than {Numbers().most_share(plan.gap)}"
    return "how much better a plan could be is not known"
