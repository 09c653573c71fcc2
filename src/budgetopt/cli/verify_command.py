"""Check a result again, from the result file and the scenario alone, without any solver.

Everything that the result says is worked out anew: the plan keeps every limit, every figure follows from it, and the
prices in the proof show that no plan can do better. Exit code 0: confirmed; 2: it is not.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_format, add_scenario, load
from budgetopt.cli.failures import say
from budgetopt.cli.files import STDIO, print_json, print_lines, read_text
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError, ResultFileError

if TYPE_CHECKING:
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "verify"
HELP = "check a result file again, without any solver"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("result", metavar="RESULT", help="the file that `solve --json` wrote; - reads stdin")
    add_scenario(parser, optional=True, text="the scenario; left out, it is looked for beside the result and here")
    text = "prove the first objective in fractions too, without any rounding (small linear programs)"
    parser.add_argument("--exact", action="store_true", help=text)
    add_format(parser, "how to print what was found (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Verify the result and print what was found."""
    from budgetopt.allocation.result_schema import read_result

    text = read_text(arguments.result)
    try:
        document = read_result(text)
    except ResultFileError as error:
        raise ResultFileError(f"{arguments.result}: {error.message}", hint=error.hint) from None
    scenario = load(arguments, arguments.scenario or _beside(arguments.result, document))
    with progress("Checking the result"):
        from budgetopt.allocation.verify import verify_result

        found = verify_result(document, scenario)
        exact = _exact(document, scenario) if arguments.exact else None
    if arguments.format == "json":
        print_json(found.to_dict() | ({} if exact is None else {"exact": exact}))
    else:
        print_lines([str(found), *([] if exact is None else [_sentence(exact)])])
    if found.accepted:
        return 0
    say(f"budgetopt: {arguments.result} is not confirmed")
    return ResultFileError.exit_code


def _sentence(exact: dict[str, str | None]) -> str:
    violation = float(Fraction(exact["violation"] or 0))
    missed = f"misses a limit by {violation:.1e} at most" if violation else "misses no limit"
    bound = "prove no bound" if exact["bound"] is None else f"prove that no plan can do better than {exact['bound']}"
    return f"In fractions: the plan {missed}, its value is {exact['value']}, and the prices {bound}."


def _exact(document: dict[str, Any], scenario: Scenario) -> dict[str, str | None]:
    """Return the violation, the value and the bound of the first objective as fractions."""
    from budgetopt.allocation.first_result_format import by_program
    from budgetopt.allocation.replay import replay
    from budgetopt.formulation import formulate
    from budgetopt.solvers.in_fractions import prove_in_fractions

    formulation = formulate(scenario)
    outcome = replay(by_program(document), formulation)
    first = outcome.stages[0]
    if outcome.x is None or first.solution.row_dual is None:
        raise OptionError("the result has no prices, so there is nothing to check in fractions")
    proof = prove_in_fractions(formulation.linear_program, first.stage, outcome.x, first.solution.row_dual)
    bound = None if proof.bound is None else str(proof.bound)
    return {"violation": str(proof.violation), "value": str(proof.value), "bound": bound}


def _beside(result: str, document: dict[str, Any]) -> str:
    """Return where the scenario of a result stands: beside it, or in the current folder."""
    # the file that extends all others was merged over them last
    named = [name for name in document["provenance"]["inputs"] if name.endswith((".yaml", ".yml"))]
    file = named[-1] if named else "scenario.yaml"
    for folder in [Path()] if result == STDIO else [Path(result).parent, Path()]:
        if (folder / file).is_file():
            return str(folder / file)
    hint = f"name the scenario: budgetopt verify {result} SCENARIO"
    raise OptionError(f"{file} stands neither beside the result nor here", hint=hint)
