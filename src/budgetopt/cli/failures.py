"""What a person sees when something goes wrong: a sentence and a hint, never a traceback that was not asked for."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from budgetopt.cli.interruptions import watched
from budgetopt.cli.standard_streams import give_streams, lead_away
from budgetopt.errors import BudgetoptError, FaultError, InputError, ScenarioError, escaped, escaped_line

__all__ = ["DEBUG", "FAULT", "INTERRUPTED", "ended", "guarded", "say", "say_written"]

FAULT = 3
INTERRUPTED = 130
DEBUG = "BUDGETOPT_DEBUG"


def say(text: str) -> None:
    """Write a line to stderr; a stderr that nobody reads is no reason to fail."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{escaped(text)}\n")
        sys.stderr.flush()


def say_written(file: str | Path) -> None:
    """Say that a file was written."""
    say(f"wrote {escaped_line(str(file))}")


def ended(*, interrupted: bool) -> int:
    """Return the exit code of a command that has printed what it found; say so if it was interrupted before all."""
    if not interrupted:
        return 0
    say("budgetopt: interrupted; this is what was solved until then")
    return INTERRUPTED


def guarded(run: Callable[[], int]) -> int:
    """Run a command and return its exit code, whatever happens."""
    give_streams()
    _speak_unicode()
    with watched() as interrupted:
        try:
            code = run()
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nothing but a sentence reaches a user
            is_known = isinstance(error, BudgetoptError) and not isinstance(error, FaultError)
            # libraries turn an interruption into errors of their own
            if interrupted.is_set() and not is_known:
                say("budgetopt: interrupted")
                return INTERRUPTED
            return _told(error)
    return code


def _told(error: BaseException) -> int:
    """Say what went wrong, and return the exit code."""
    match error:
        case BrokenPipeError():
            # `| head` has seen enough
            lead_away(sys.stdout)
            return 0
        case OSError():
            say(f"budgetopt: {_refused(error)}")
            lead_away(sys.stdout)
            return InputError.exit_code
        case KeyboardInterrupt():
            say("budgetopt: interrupted")
            return INTERRUPTED
        case FaultError():
            say(f"budgetopt: {error}")
            _trace("this is a fault of budgetopt or of a solver, not of your input")
            return error.exit_code
        case ScenarioError():
            # each line begins with its place, so that editors and terminals can follow it
            say(str(error))
            count = len(error.problems)
            say(f"budgetopt: {count:,} problem{'s' if count != 1 else ''}")
            return error.exit_code
        case BudgetoptError():
            say(str(error) if str(error).startswith("budgetopt") else f"budgetopt: {error}")
            return error.exit_code
    first = str(error).strip().splitlines()
    say(f"budgetopt: an unexpected fault: {type(error).__name__}" + (f": {first[0]}" if first else ""))
    _trace("this is a fault of budgetopt, not of your input")
    return FAULT


def _refused(error: OSError) -> str:
    """Return what the system refuses, in words: to print, or what it does with a file that nobody names."""
    reason = (error.strerror or str(error)).lower()
    if error.filename is not None:
        return f"{escaped_line(str(error.filename))}: {reason}"
    return f"what was found cannot be printed: {reason}"


def _trace(blame: str) -> None:
    if os.environ.get(DEBUG, "") not in ("", "0"):
        say(traceback.format_exc().rstrip())
    else:
        say(f"    {blame}; {DEBUG}=1 before the command shows where it arose, which helps whoever repairs it")


def _speak_unicode() -> None:
    """Write names of any alphabet, also where the locale would not; half of a character is written as its escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
