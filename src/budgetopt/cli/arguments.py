"""Read the arguments; an unknown command or option is answered with the near one."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from budgetopt.cli import (
    alternatives_command,
    amend_command,
    audit_command,
    check_command,
    compare_command,
    conflicts_command,
    diff_command,
    doctor_command,
    ensemble_command,
    explain_command,
    export_command,
    fit_command,
    forecast_command,
    frontier_command,
    grants_command,
    new_command,
    outlook_command,
    prices_command,
    reach_command,
    robust_command,
    schema_command,
    sign_command,
    solve_command,
    solvers_command,
    verify_command,
    watch_command,
    weights_command,
)
from budgetopt.cli.output import add_no_pager, paged
from budgetopt.cli.run_options import add_run_options, observed
from budgetopt.errors import OptionError, near

__all__ = ["COMMANDS", "UsageError", "build_parser", "parse"]

COMMANDS = (
    new_command,
    check_command,
    solve_command,
    watch_command,
    explain_command,
    prices_command,
    frontier_command,
    weights_command,
    conflicts_command,
    forecast_command,
    ensemble_command,
    robust_command,
    compare_command,
    diff_command,
    alternatives_command,
    reach_command,
    grants_command,
    outlook_command,
    amend_command,
    audit_command,
    verify_command,
    sign_command,
    export_command,
    fit_command,
    schema_command,
    solvers_command,
    doctor_command,
)
"""The commands, in the order in which the help lists them: modules with NAME, HELP, ``add_arguments`` and ``run``."""

DESCRIPTION = "Allot public money by measured outcomes, under every rule that binds it, and defend each line in public."
EPILOG = """\
A SCENARIO is a folder with scenario.yaml, or such a file.

exit codes:
  0  solved                 1  no allocation: no plan meets every rule, or the time ran out with none;
                               or an audited or amended plan misses a limit
  2  the input is wrong     3  a fault of budgetopt or of a solver        130  interrupted

Data goes to stdout, everything else to stderr. NO_COLOR=1 turns colors off; BUDGETOPT_DEBUG=1 shows where a fault is.
"""


class UsageError(OptionError):
    """The command line cannot be understood."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of ending the process, and reads -10% as a value and no option."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._negative_number_matcher = re.compile(r"-\.?[0-9]")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print the help; what cannot be printed is an error, as elsewhere."""
        (file or sys.stdout).write(message)

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong."""
        raise UsageError(f"{self.prog}: {message}", hint=f"{self.prog} --help says how it is used")


class PrintCompletion(argparse.Action):
    """Print what a shell needs to complete commands and options, and end."""

    def __call__(self, parser: argparse.ArgumentParser, _: argparse.Namespace, shell: Any, *__: Any) -> NoReturn:
        """Print the completion of the shell that was named."""
        try:
            import shtab
        except ImportError:
            message = "printing a completion needs the package shtab, which is not installed"
            raise OptionError(message, hint="pip install 'budgetopt[completion]'") from None
        for action in _actions(parser):
            if action.metavar in ("SCENARIO", "FILE", "RESULT", "MODEL", "PLAN"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.metavar in ("DIR", "FOLDER"):
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        if shell == "fish":
            from budgetopt.cli.fish_completion import fish_completion

            sys.stdout.write(fish_completion(parser))
        else:
            sys.stdout.write(shtab.complete(parser, str(shell)))
        parser.exit(0)


class PrintVersion(argparse.Action):
    """Print the version, and end; it is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        """Print the version."""
        from budgetopt._version import __version__

        sys.stdout.write(f"budgetopt {__version__}\n")
        parser.exit(0)


def build_parser(only: str = "") -> argparse.ArgumentParser:
    """Return the parser of the whole command line, or of one command alone."""
    layout: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}
    parser = Parser(prog="budgetopt", description=DESCRIPTION, epilog=EPILOG, **layout)
    add_no_pager(parser)
    parser.add_argument("--version", action=PrintVersion, nargs=0, help="print the version and end")
    text = "print the completion for a shell and end; `eval` it, or keep it where the shell looks"
    parser.add_argument("--print-completion", action=PrintCompletion, choices=["bash", "zsh", "fish"], help=text)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", required=True)
    for module in (module for module in COMMANDS if only in ("", module.NAME)):
        command = commands.add_parser(module.NAME, help=module.HELP, description=module.__doc__, **layout)
        module.add_arguments(command)
        add_no_pager(command)
        add_run_options(command)
        command.set_defaults(run=module.run, parser=command)
    return parser


def parse(argv: Sequence[str] | None) -> int:
    """Read the arguments, run the command that they name, and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = build_parser(_command_of(arguments))
    if not arguments:
        parser.print_help(sys.stderr)
        return UsageError.exit_code
    try:
        namespace, unknown = parser.parse_known_args(arguments)
        if unknown:
            # words before and after options are one list, which argparse does not see where a word may be left out
            at = arguments.index(namespace.command)
            words = [*arguments[:at], *arguments[at + 1 :]]
            namespace, unknown = namespace.parser.parse_known_intermixed_args(
                words, argparse.Namespace(command=namespace.command)
            )
    except SystemExit as end:  # --help and --version end so
        return int(end.code or 0)
    if unknown:
        raise _unknown(namespace.parser, unknown)
    with paged(wanted=not getattr(namespace, "no_pager", False)):
        return observed(namespace)


def _command_of(arguments: Sequence[str]) -> str:
    """Return the command that arguments name, empty where they begin with an option; refuse what is no command."""
    first = next((one for one in arguments if one != "--no-pager"), "--help")
    names = [module.NAME for module in COMMANDS]
    if not first.startswith("-") and first not in names:
        close = near(first, names)
        hint = f"did you mean {close!r}?" if close else f"the commands are {', '.join(names)}"
        raise UsageError(f"budgetopt: there is no command {first!r}", hint=hint)
    return first if first in names else ""


def _unknown(parser: argparse.ArgumentParser, unknown: Sequence[str]) -> UsageError:
    given = next((word for word in unknown if word.startswith("-") and word != "-"), unknown[0])
    if not given.startswith("-") or given == "-":
        message = f"{parser.prog}: {given!r} is one argument too many"
        return UsageError(message, hint=f"{parser.prog} --help says how it is used")
    word = given.split("=")[0]
    options = [option for action in _actions(parser) for option in action.option_strings]
    close = near(word, options)
    hint = f"did you mean {close!r}?" if close else f"{parser.prog} --help lists the options"
    return UsageError(f"{parser.prog}: there is no option {word!r}", hint=hint)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return every action of a parser and of its commands."""
    found = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found += _actions(command)
    return found
