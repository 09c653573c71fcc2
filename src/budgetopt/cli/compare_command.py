"""Compare plans side by side: what each spends, brings and misses, and how many dollars the better one is worth.

Scenarios are solved; result files are read. Of one alone, benchmark plans are made beside it: the current budget, one
percentage for all programs, the lowest quartile cut first, money by outcome per dollar, equal shares of the voters
(elections), and the best plan without the rules on groups. Each is judged by the same independent audit.
"""

from __future__ import annotations

import argparse
from typing import Any

from budgetopt.cli.common import add_changes, add_format, add_machines, add_time_limit, load, load_changed, machines_of
from budgetopt.cli.failures import ended
from budgetopt.cli.files import add_chart, check_chart, is_table, print_found, write_chart
from budgetopt.errors import OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "compare"
HELP = "plans side by side, with the current budget and other benchmark plans"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    text = "a scenario (its folder or file), or a result file that `solve --json` wrote; the others are told against it"
    parser.add_argument("subjects", metavar="SCENARIO", nargs="+", help=text)
    add_changes(parser)
    text = "compare the first scenario with itself after one more change, as in --set; may be repeated"
    parser.add_argument("--also", metavar="PATH=VALUE", action="append", default=[], help=text)
    text = (
        "a benchmark plan: current, across-the-board[=-5%%], quartile[=ATTRIBUTE], greedy, equal-shares[=cost[,cost]], "
    )
    text += "without-group-rules; may be repeated; none leaves all out"
    parser.add_argument("--benchmark", metavar="NAME", action="append", help=text)
    text = "show money by the groups of an attribute: districts, department, priority, tags ...; may be repeated"
    parser.add_argument("--by", metavar="ATTRIBUTE", action="append", help=text)
    text = "with groups: what each gains or loses against a plan, by its name or letter (A is the first)"
    parser.add_argument("--against", metavar="PLAN", help=text)
    add_chart(parser, "the plans by what they spend and bring")
    add_time_limit(parser, "stop each solve after this long")
    add_machines(parser)
    add_format(parser, "what to print; csv has the programs", "csv")


def run(arguments: argparse.Namespace) -> int:
    """Compare the plans and print them."""
    check_chart(arguments.chart)
    benchmarks = arguments.benchmark
    if benchmarks is not None and "none" in benchmarks:
        if len(benchmarks) > 1:
            raise OptionError("--benchmark none leaves all of them out", hint="leave it out, or the other ones")
        benchmarks = []
    from budgetopt.analysis.comparing.compare import compare
    from budgetopt.analysis.comparing.comparison import groups_named
    from budgetopt.report.words.comparison_words import comparison_document, comparison_lines

    machines = machines_of(arguments)
    found = compare(*_subjects(arguments), benchmarks=benchmarks, time_limit=arguments.time_limit, machines=machines)
    usual = [one for one in ("department", "districts") if groups_named(found.scenario, one)]
    by = usual if arguments.by is None else arguments.by
    against = found.name_of(arguments.against) if arguments.against else ""
    for one in by:
        found.groups(one)
    write_chart(arguments.chart, found.plot)
    print_found(
        arguments.format,
        lambda: comparison_document(found, by, against),
        lambda: found.programs.reset_index(),
        lambda: comparison_lines(found, by, against),
    )
    return ended(interrupted=found.interrupted)


def _subjects(arguments: argparse.Namespace) -> list[Any]:
    """Return what is compared: what is named, scenarios with the changes; and the first one with each value more."""
    first = arguments.subjects[0]
    if arguments.also and is_table(first):
        raise OptionError(f"--also changes the first scenario, and {first!r} is none", hint="name the scenario first")
    if arguments.changes and all(map(is_table, arguments.subjects)):
        raise OptionError("--set and --without change scenarios, and none is named", hint="name the scenario first")
    named = [name if is_table(name) else load(arguments, name) for name in arguments.subjects]
    if not arguments.also:
        return named
    from dataclasses import replace

    for change in arguments.also:
        one = load_changed(first, [*arguments.changes, change], arguments.allowed, "--also")
        document = one.document.model_copy(update={"name": f"{named[0].name}, {change}"})
        named.append(replace(one, document=document))
    return named
