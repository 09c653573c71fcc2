"""Every exception that budgetopt raises, as one tree.

    BudgetoptError                  the root: catch this one to catch them all
    ├── InputError                  what was given is wrong; the command line exits with 2
    │   ├── ScenarioError           one or many problems of a scenario, each with its place
    │   ├── UnknownNameError        a call named a program, fund, rule or outcome that does not exist
    │   ├── OptionError             an option of a call or command is out of range or unknown
    │   ├── SolverUnavailableError  the solver asked for is not installed here
    │   └── ResultFileError         a result document is damaged, or belongs to another scenario
    ├── NoAllocationError           the input is well formed, but there is no plan; exits with 1
    │   ├── InfeasibleError         the rules contradict each other or the money
    │   ├── UnboundedError          nothing limits the gain: a limit is missing
    │   └── OutOfTimeError          the limit of time ran out before any plan was found
    └── FaultError                  a fault of ours or of a solver; exits with 3
        ├── SolverError             a solver failed or answered nonsense
        ├── CertificateError        a solver's answer did not pass the proof
        └── AuditError              a plan did not pass the independent audit

Each carries a ``code`` (a stable word for machines), a ``hint`` (how to repair it) and the exit code of the
command line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

__all__ = [
    "HIDDEN",
    "ISOLATES",
    "AuditError",
    "BudgetoptError",
    "CertificateError",
    "FaultError",
    "InfeasibleError",
    "InputError",
    "NoAllocationError",
    "OptionError",
    "OutOfTimeError",
    "Place",
    "Problem",
    "ResultFileError",
    "ScenarioError",
    "SolverError",
    "SolverUnavailableError",
    "UnboundedError",
    "UnknownNameError",
    "escaped",
    "escaped_line",
    "hidden_in",
    "near",
]

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls, marks that turn the direction of a text, separators of lines, and what has no width at all."""
ISOLATES = ("\u2068", "\u2069")
"""The marks with which we keep a text of another direction from turning what stands around it."""


def hidden_in(text: str) -> str:
    """Return the first character of a text that nobody can see, or that changes how others are seen; "" if none is.

    Line ends and tabs of a text are no such characters.
    """
    found = None if text.isascii() and text.isprintable() else HIDDEN.search(text.replace("\r\n", "\n"))
    return found[0] if found else ""


def escaped(text: str, *, but: Container[str] = ()) -> str:
    """Return a text with such characters written out as Python does, so that it can be shown anywhere."""
    if text.isascii() and text.isprintable():
        return text
    return HIDDEN.sub(lambda found: found[0] if found[0] in but else ascii(found[0])[1:-1], text)


def escaped_line(text: str) -> str:
    """Return a text with such characters and line ends written out, so that it looks like no line of ours."""
    return escaped(text).replace("\n", "\\n")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a value stands in a file.

    Parameters
    ----------
    file
        The file's path as the user gave it; empty where the value came from a call.
    line
        1-based line, or the row of a table; 0 where the whole file is meant.
    column
        1-based column; 0 where the whole line is meant.
    sheet
        The sheet of a workbook; empty for text files. With a sheet, line and column are a cell.
    """

    file: str
    line: int = 0
    column: int = 0
    sheet: str = ""

    def __str__(self) -> str:
        if self.sheet:
            cell = f"{column_letters(self.column)}{self.line}" if self.column and self.line else ""
            return f"{self.file}!{self.sheet}" + (f":{cell}" if cell else "")
        parts = [self.file or "<call>"]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


def column_letters(column: int) -> str:
    """Return the letters by which a spreadsheet calls a 1-based column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the 1-based number of a column that a spreadsheet calls by letters; the row in ``AB7`` says nothing."""
    number = 0
    for letter in filter(str.isalpha, letters):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_range(text: str) -> tuple[int, int] | None:
    """Return the 1-based numbers of the first and the last column of a range, ``A:D``; None for any other text."""
    letters = re.fullmatch(r"\s*([A-Za-z]{1,3})\s*:\s*([A-Za-z]{1,3})\s*", text)
    found = (column_number(letters[1].upper()), column_number(letters[2].upper())) if letters else (1, 0)
    return found if found[0] <= found[1] else None


def near(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known name nearest to a misspelt one, or an empty string if none is as near as the cutoff."""
    candidates = {str(candidate).casefold(): str(candidate) for candidate in known}
    found = difflib.get_close_matches(name.casefold(), candidates, n=1, cutoff=cutoff)
    return candidates[found[0]] if found else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a scenario.

    Parameters
    ----------
    code
        A stable word for machines, such as ``unknown-key``.
    message
        What is wrong, with the offending value.
    place
        Where it stands, if it stands in a file.
    expected
        What was expected there.
    hint
        How to repair it: a near name, or an example.
    """

    code: str
    message: str
    place: Place | None = None
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        lines = [f"{place}{self.message} [{self.code}]"]
        if self.expected:
            lines.append(f"    expected: {self.expected}")
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(map(escaped_line, lines))


class BudgetoptError(Exception):
    """The root of every exception of budgetopt.

    Parameters
    ----------
    message
        What happened, in words of public budgeting.
    hint
        How to repair it, if that is known.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message, self.hint = escaped_line(message), escaped_line(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message}\n    hint: {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (type(self), self.args, self.__dict__)


def _unpickled(kind: type[BudgetoptError], args: tuple[Any, ...], state: dict[str, Any]) -> BudgetoptError:
    """Return an error as it was in another process; what it was made of is not known there."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InputError(BudgetoptError):
    """What was given is wrong."""

    code = "input"
    exit_code = 2


class ScenarioError(InputError):
    """A scenario cannot be used; all of its problems are reported together.

    Parameters
    ----------
    problems
        At least one problem. They are kept in the order of their places.
    """

    code = "scenario"

    def __init__(self, problems: Sequence[Problem]) -> None:
        order = sorted(problems, key=lambda problem: (problem.place or Place(""), problem.message))
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(order))
        super().__init__("")
        self.message = "\n".join(map(str, self.problems))
        self.args = (self.message,)


class UnknownNameError(InputError, LookupError):
    """A call named something that the scenario does not have.

    Parameters
    ----------
    kind
        What was looked for: ``program``, ``fund``, ``outcome``, ``rule``.
    name
        The name that was given.
    known
        The names that exist, from which the nearest is offered.
    """

    code = "unknown-name"

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = [str(candidate) for candidate in known]
        close = near(name, names)
        if close:
            hint = f"did you mean {close!r}?"
        elif len(names) <= 12:
            hint = f"there are: {', '.join(names)}" if names else f"the scenario has no {kind}s"
        else:
            hint = ""
        super().__init__(f"there is no {kind} named {name!r}", hint=hint)
        self.kind = kind
        self.name = name


class OptionError(InputError, ValueError):
    """An option of a call or of the command line is unknown or out of range."""

    code = "option"


class SolverUnavailableError(InputError):
    """The solver asked for is not installed on this machine."""

    code = "solver-unavailable"


class ResultFileError(InputError):
    """A result document is damaged, of another format, or belongs to another scenario."""

    code = "result-file"


class NoAllocationError(BudgetoptError):
    """The input is well formed, but no plan came of it."""

    code = "no-allocation"
    exit_code = 1


class InfeasibleError(NoAllocationError):
    """No plan can meet every rule: they contradict each other, or the money."""

    code = "infeasible"


class UnboundedError(NoAllocationError):
    """Nothing limits the gain, so there is no best plan."""

    code = "unbounded"


class OutOfTimeError(NoAllocationError):
    """The limit of time ran out before any plan was found."""

    code = "out-of-time"


class AccuracyError(NoAllocationError):
    """Limits lie so near to one another that floating-point numbers cannot tell whether any plan keeps all of them."""

    code = "accuracy"


class FaultError(BudgetoptError):
    """A fault of budgetopt or of a solver, not of the input."""

    code = "fault"


class SolverError(FaultError):
    """A solver failed, or answered with something that is no answer."""

    code = "solver"


class CertificateError(FaultError):
    """A solver called its answer optimal, and the proof does not hold."""

    code = "certificate"


class AuditError(FaultError):
    """A plan does not meet the scenario by the independent audit."""

    code = "audit"
