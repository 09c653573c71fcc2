"""Write the scenario's linear program for anyone's solver: as MPS or LP, by the ending of the file's name."""

from __future__ import annotations

import argparse
from pathlib import Path

from budgetopt.cli.common import add_scenario, load
from budgetopt.cli.failures import say
from budgetopt.cli.files import check_target
from budgetopt.cli.progress import progress

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "export"
HELP = "write the linear program for another solver"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_scenario(parser)
    parser.add_argument("model", metavar="MODEL", help="the file to write: model.mps or model.lp")
    text = "write amounts in this unit, such as 1M: a solver takes figures near one best, and the file says its unit"
    parser.add_argument("--unit", type=_unit, default=1.0, metavar="AMOUNT", help=text)


def run(arguments: argparse.Namespace) -> int:
    """Formulate the scenario and write the file."""
    check_target("MODEL", arguments.model, (".mps", ".lp"))
    scenario = load(arguments)
    with progress("Writing the linear program"):
        from budgetopt.formulation import formulate
        from budgetopt.solvers import write_model

        problem = formulate(scenario).linear_program
        write_model(problem, arguments.model, unit=arguments.unit)
    size = problem.summary()
    counts = ", ".join(f"{size[key]:,} {key}" for key in ("rows", "columns", "entries", "integers"))
    say(f"{Path(arguments.model).name}: {counts}; objective: {problem.stages[0].label}")
    if len(problem.stages) > 1:
        say(f"note: the scenario has {len(problem.stages)} objectives, and such a file holds one: the first")
    return 0


def _unit(text: str) -> float:
    from budgetopt.scenario.amounts import parse_number

    try:
        unit = parse_number(text)
    except ValueError:
        unit = 0.0
    if unit <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a unit above 0 such as 1_000 or 1M")
    return unit
