"""Say which provisions contradict each other when no plan fits, and the cheapest repairs.

Each set is as small as it can be: without any one of its provisions the others fit together. A repair names concrete
new numbers, and with them the scenario has a plan.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_format, add_scenario, load, positive_count
from budgetopt.cli.failures import say
from budgetopt.cli.files import jsonable, print_json
from budgetopt.cli.output import print_lines
from budgetopt.cli.progress import progress
from budgetopt.errors import InfeasibleError, OptionError

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation
    from budgetopt.analysis import Amendment, Conflict, Repair
    from budgetopt.scenario import Scenario
    from budgetopt.scenario.limits import Limit

__all__ = ["HELP", "NAME", "add_arguments", "conflicts_document", "run", "solved_or_why_not"]

NAME = "conflicts"
SETS, REPAIRS = 3, 20
HELP = "when nothing fits: what contradicts what, and the cheapest repairs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    text = "how many sets and repairs to look for (3 sets and 20 repairs)"
    parser.add_argument("--most", metavar="COUNT", type=positive_count, help=text)
    text = "what the cheapest repair has least of: dollars, or change of the limits in shares of themselves"
    parser.add_argument("--measure", choices=["dollars", "change"], default="dollars", help=text)
    text = "how much a rule, fund, program, outcome or resource counts in a repair: a factor, or never"
    parser.add_argument("--weight", metavar="NAME=WEIGHT", action="append", default=[], help=text)
    add_format(parser, "what to print")


def run(arguments: argparse.Namespace) -> int:
    """Find the conflicts and the repairs, and print them."""
    weights = dict(_weight(text) for text in arguments.weight)
    scenario = load(arguments)
    with progress("Looking for contradictions"):
        from budgetopt.analysis import conflicts, repairs

        most, measure = arguments.most, arguments.measure
        found = conflicts(scenario, at_most=most or SETS)
        cheapest = repairs(scenario, measure=measure, weights=weights, at_most=most or REPAIRS) if found else ()
    if arguments.format == "json":
        print_json(conflicts_document(found, cheapest))
    elif found:
        from budgetopt.analysis.infeasibility.contradictions import fixed_conflict
        from budgetopt.analysis.infeasibility.repair import may_change
        from budgetopt.report.words.contradiction import contradiction_lines

        fixed = None if cheapest else fixed_conflict(scenario, lambda limit: may_change(limit, weights))
        print_lines(contradiction_lines(scenario, found, cheapest, searched=True, fixed=fixed))
    else:
        print_lines(["Nothing contradicts anything: the scenario has a plan."])
    return InfeasibleError.exit_code if found else 0


def solved_or_why_not(scenario: Scenario, **options: Any) -> Allocation:
    """Solve a scenario; where no plan exists, say on stderr what contradicts what before InfeasibleError goes on."""
    from budgetopt.allocation import solve

    try:
        return solve(scenario, **options)
    except InfeasibleError:
        from budgetopt.analysis import conflicts, repairs
        from budgetopt.report.words.contradiction import contradiction_lines

        with progress("Looking for contradictions"):
            found = conflicts(scenario)
            cheapest = repairs(scenario, at_most=2) if found else ()
        for line in contradiction_lines(scenario, found, cheapest):
            say(line)
        raise


def _weight(text: str) -> tuple[str, Any]:
    name, _, value = text.rpartition("=")
    if not name:
        raise OptionError(
            f"--weight: {text!r} is not of the form NAME=WEIGHT", hint="write it like 'Safety floor=never'"
        )
    try:
        return name.strip(), "never" if value.strip() == "never" else float(value)
    except ValueError:
        raise OptionError(f"--weight: {value!r} is no weight", hint="a number above zero, or never") from None


def conflicts_document(found: tuple[Conflict, ...], cheapest: tuple[Repair, ...]) -> dict[str, Any]:
    """Return conflicts and repairs as plain values."""
    return {
        "conflicts": [[_demand(demand) for demand in conflict.demands] for conflict in found],
        "repairs": [
            {"cost": repair.cost, "measure": repair.measure, "changes": [_change(item) for item in repair.amendments]}
            for repair in cheapest
        ],
    }


def _demand(demand: Limit) -> dict[str, Any]:
    provision, place = demand.provision, str(demand.place) if demand.place else None
    return {"kind": provision.kind, "name": provision.name, "because": demand.because, "place": place}


def _change(item: Amendment) -> dict[str, Any]:
    return {"path": item.path, "before": jsonable(item.before), "after": jsonable(item.after)}
