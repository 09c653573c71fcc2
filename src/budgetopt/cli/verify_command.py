"""Check a result again, from the result file and the scenario alone, without any solver.

Everything that the result says is worked out anew: the plan keeps every limit, every figure follows from it, and the
prices in the proof show that no plan can do better. What the file says and nothing shows is named. --solve solves the
scenario again, and splits all-or-nothing decisions into branches whose prices prove what the file does not.
--signature says who adopted the result. Exit code 0: confirmed; 2: it is not.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetopt.cli.common import add_format, add_scenario, add_time_limit, load
from budgetopt.cli.failures import say
from budgetopt.cli.files import STDIO, print_json, read_text
from budgetopt.cli.output import print_lines
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError, ResultFileError

if TYPE_CHECKING:
    from budgetopt.allocation.verify import Finding
    from budgetopt.scenario import Scenario

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "verify"
HELP = "check a result file again, without any solver"
BRANCHING = 10.0
"""Seconds for which integer decisions are split at most."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("result", metavar="RESULT", help="the file that `solve --json` wrote; - reads stdin")
    add_scenario(parser, optional=True, text="the scenario; left out, it is looked for beside the result and here")
    text = "prove the first objective in fractions too, without any rounding (small linear programs)"
    parser.add_argument("--exact", action="store_true", help=text)
    text = "solve the scenario again, too: no plan may be better, and the rule for ties must pick the same one; "
    text += "and prove plans with all-or-nothing decisions by branches of these"
    parser.add_argument("--solve", action="store_true", help=text)
    add_time_limit(parser, "with --solve: stop after this long")
    text = "the detached signature that `sign` or `ssh-keygen -Y sign` made: say who adopted this very file"
    parser.add_argument("--signature", metavar="FILE", help=text)
    text = "with --signature: whose key is whose, as the `allowed_signers` of OpenSSH"
    parser.add_argument("--signers", metavar="FILE", help=text)
    add_format(parser, "how to print what was found (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Verify the result and print what was found."""
    from budgetopt.allocation.result_schema import read_result

    _check_options(arguments)
    text = read_text(arguments.result)
    try:
        document = read_result(text)
    except ResultFileError as error:
        raise ResultFileError(f"{arguments.result}: {error.message}", hint=error.hint) from None
    name = arguments.scenario or _beside(arguments.result, document)
    scenario, file = load(arguments, name), _file_of(name)
    with progress("Checking the result"):
        from budgetopt.allocation.verify import verify_result

        seconds = min(BRANCHING, arguments.time_limit or BRANCHING) if arguments.solve else None
        found = verify_result(document, scenario, read_from=file, branching=seconds)
        exact = _exact(document, scenario) if arguments.exact else None
    if arguments.solve:
        with progress("Solving again"):
            from budgetopt.allocation.solved_again import solved_again

            found = solved_again(found, document, scenario, time_limit=arguments.time_limit)
    if arguments.signature is not None:
        found = found.with_finding(_adopted(arguments, text))
    if arguments.format == "json":
        print_json({**found.to_dict(), "scenario": file} | ({} if exact is None else {"exact": exact}))
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


def _check_options(arguments: argparse.Namespace) -> None:
    for option, other in (("time_limit", "solve"), ("signers", "signature")):
        if getattr(arguments, option) is not None and not getattr(arguments, other):
            name, needed = f"--{option.replace('_', '-')}", f"--{other}"
            raise OptionError(f"{name} goes with {needed}", hint=f"add {needed}, or leave {name} out")


def _adopted(arguments: argparse.Namespace, text: str) -> Finding:
    """Return who signed the very bytes of the result."""
    from budgetopt.allocation.signature import signer_of
    from budgetopt.allocation.verify import Finding
    from budgetopt.reading.input_file import read_bytes

    data = text.encode() if arguments.result == STDIO else read_bytes(arguments.result)
    signer = signer_of(data, arguments.signature, arguments.signers)
    return Finding("signature", not signer.fault, str(signer))


def _beside(result: str, document: dict[str, Any]) -> str:
    """Return where the scenario of a result stands: beside it, or in the current folder, and nowhere else."""
    # the file that extends all others was merged over them last; a document may name any file of the system
    named = [name for name in document["provenance"]["inputs"] if name.endswith((".yaml", ".yml"))]
    file = named[-1] if named else "scenario.yaml"
    if Path(file).name != file or "\\" in file:
        message = f"the result names the scenario {file!r}, which is no file beside it"
        raise OptionError(message, hint=f"name the scenario: budgetopt verify {result} SCENARIO")
    for folder in [Path()] if result == STDIO else [Path(result).parent, Path()]:
        if (folder / file).is_file():
            return str(folder / file)
    hint = f"name the scenario: budgetopt verify {result} SCENARIO"
    raise OptionError(f"{file} stands neither beside the result nor here", hint=hint)


def _file_of(name: str) -> str:
    """Return the file that a scenario is read from, by its whole path."""
    from budgetopt.reading.scenario_files import SCENARIO_FILE

    path = Path(name).resolve()
    return str(path / SCENARIO_FILE if path.is_dir() else path)
