"""What a person sees when something goes wrong: a sentence and a hint, never a traceback that was not asked for."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

from budgetopt.errors import BudgetoptError, FaultError, ScenarioError

__all__ = ["DEBUG", "FAULT", "INTERRUPTED", "ended", "guarded", "say"]

FAULT = 3
INTERRUPTED = 130
DEBUG = "BUDGETOPT_DEBUG"


def say(text: str) -> None:
    """Write a line to stderr; a stderr that nobody reads is no reason to fail."""
    with suppress(BrokenPipeError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def ended(*, interrupted: bool) -> int:
    """Return the exit code of a command that has printed what it found; say so if it was interrupted before all."""
    if not interrupted:
        return 0
    say("budgetopt: interrupted; this is what was solved until then")
    return INTERRUPTED


def guarded(run: Callable[[], int]) -> int:
    """Run a command and return its exit code, whatever happens."""
    _speak_unicode()
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has seen enough; what is still in the buffer must not fail at the end of the process
        with suppress(OSError, ValueError):  # a stdout without a file of its own, as in tests
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, sys.stdout.fileno())
            os.close(sink)
        return 0
    except KeyboardInterrupt:
        say("budgetopt: interrupted")
        return INTERRUPTED
    except FaultError as error:
        say(f"budgetopt: {error}")
        _trace("this is a fault of budgetopt or of a solver, not of your input")
        return error.exit_code
    except ScenarioError as error:
        # each line begins with its place, so that editors and terminals can follow it
        say(str(error))
        count = len(error.problems)
        say(f"budgetopt: {count:,} problem{'s' if count != 1 else ''}")
        return error.exit_code
    except BudgetoptError as error:
        say(str(error) if str(error).startswith("budgetopt") else f"budgetopt: {error}")
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - nothing but this line reaches a user
        first = str(error).strip().splitlines()
        say(f"budgetopt: an unexpected fault: {type(error).__name__}" + (f": {first[0]}" if first else ""))
        _trace("this is a fault of budgetopt, not of your input")
        return FAULT
    return code


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
