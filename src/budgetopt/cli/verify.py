"""Check a result again, from the result file and the scenario alone, without any solver.

Everything that the result says is worked out anew: the plan keeps every limit, every figure follows from it, and the
prices in the proof show that no plan can do better. Exit code 0: confirmed; 2: it is not.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from budgetopt.cli.common import add_changes, add_scenario, load
from budgetopt.cli.failures import say
from budgetopt.cli.files import STDIO, read_text
from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError, ResultFileError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "verify"
HELP = "check a result file again, without any solver"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("result", metavar="RESULT", help="the file that `solve --json` wrote; - reads stdin")
    add_scenario(parser, optional=True, text="the scenario; left out, it is looked for beside the result and here")
    add_changes(parser)
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="how to print what was found (default: text)"
    )


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
    if arguments.format == "json":
        sys.stdout.write(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{found}\n")
    if found.accepted:
        return 0
    say(f"budgetopt: {arguments.result} is not confirmed")
    return ResultFileError.exit_code


def _beside(result: str, document: dict[str, Any]) -> str:
    """Return where the scenario of a result stands: beside it, or in the current folder."""
    # the file that extends all others was laid over them last
    named = [name for name in document["provenance"]["inputs"] if name.endswith((".yaml", ".yml"))]
    file = named[-1] if named else "scenario.yaml"
    folders = [Path()] if result == STDIO else [Path(result).parent, Path()]
    for folder in folders:
        if (folder / file).is_file():
            return str(folder / file)
    raise OptionError(
        f"{file} stands neither beside the result nor here",
        hint=f"name the scenario: budgetopt verify {result} SCENARIO",
    )
