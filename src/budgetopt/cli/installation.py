"""What is installed, whether its versions are within the ranges, and whether the solvers answer.

Nothing of budgetopt or of what it needs is imported before it is looked at: this works where something is broken.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from packaging.requirements import Requirement

__all__ = ["ABSENT", "OK", "WRONG", "InstallationFinding", "findings"]

OK, ABSENT, WRONG = "ok", "absent", "wrong"
DEVELOPERS = ("test", "docs", "benchmarks")
"""The extras that only those who change budgetopt need."""

PROBLEM = {
    "format": "budgetopt/1",
    "name": "Two programs",
    "funds": {"one": {"revenue": 10}},
    "outcomes": {"visits": {"unit": "visits", "weight": 1}},
    "programs": {
        "a": {"spending": {"at_most": 4}, "outcomes": {"visits": {"per_dollar": 2}}},
        "b": {"outcomes": {"visits": {"per_dollar": 1}}},
    },
}
"""What each solver is asked: 4 for the first, 6 for the second."""
ANSWER = 14.0


class InstallationFinding(NamedTuple):
    """One thing that was looked at.

    Parameters
    ----------
    state
        ``ok``; ``absent``, where it is optional; ``wrong``, where something has to be done.
    part
        What it belongs to: python, packages, extras, solvers, system.
    what
        What was looked at.
    found
        What was found.
    hint
        What to do where it is absent or wrong.
    """

    state: str
    part: str
    what: str
    found: str
    hint: str = ""


def findings() -> Iterator[InstallationFinding]:
    """Yield what is found, part by part."""
    try:
        here = distribution("budgetopt")
    except PackageNotFoundError:
        yield InstallationFinding(
            WRONG, "python", "budgetopt", "is imported but not installed", "pip install budgetopt"
        )
        return
    yield from _python(here)
    yield from _packages(here)
    yield from _solvers()
    yield from _system()


def _python(here: Distribution) -> Iterator[InstallationFinding]:
    from packaging.specifiers import SpecifierSet

    version = ".".join(str(part) for part in sys.version_info[:3])
    needed = str(here.metadata["Requires-Python"] or "")
    fits = SpecifierSet(needed).contains(version, prereleases=True)
    hint = "" if fits else f"use a Python {needed}"
    yield InstallationFinding(OK if fits else WRONG, "python", "Python", f"{version}, needs {needed}", hint)
    yield InstallationFinding(OK, "python", "budgetopt", here.version)


def _packages(here: Distribution) -> Iterator[InstallationFinding]:
    """Yield the packages that are needed and, of each extra, those that it brings."""
    from packaging.requirements import Requirement

    needed = [Requirement(text) for text in here.requires or []]
    for one in needed:
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            yield _package(one, "packages")
    for extra in here.metadata.get_all("Provides-Extra") or []:
        if extra not in DEVELOPERS:
            for one in needed:
                if one.marker and one.marker.evaluate({"extra": extra}) and not one.marker.evaluate({"extra": ""}):
                    yield _package(one, "extras", extra)


def _package(needed: Requirement, part: str, extra: str = "") -> InstallationFinding:
    what = f"{needed.name} ({extra})" if extra else needed.name
    whole = f"budgetopt[{extra}]" if extra else "budgetopt"
    hint = f"pip install --upgrade {whole!r}"
    try:
        found = distribution(needed.name)
    except PackageNotFoundError:
        return InstallationFinding(ABSENT if extra else WRONG, part, what, "is not installed", hint)
    said = f"{found.version}, needs {needed.specifier}"
    if not needed.specifier.contains(found.version, prereleases=True):
        return InstallationFinding(WRONG, part, what, said, hint)
    for module in _modules(found):
        try:
            import_module(module)
        except Exception as error:  # noqa: BLE001 - whatever a broken package raises is what is looked for
            broken = f"{found.version} cannot be imported: {type(error).__name__}: {error}"
            return InstallationFinding(WRONG, part, what, broken, f"pip install --force-reinstall {needed.name!r}")
    return InstallationFinding(OK, part, what, said)


def _modules(found: Distribution) -> list[str]:
    """Return the packages and modules that a distribution installs at the top and that have its name."""
    tops = {file.parts[0].removesuffix(".py") for file in found.files or [] if file.suffix == ".py"}
    name = found.metadata["Name"].lower().replace("-", "_").split(".")[0]
    return [top for top in sorted(tops) if top.lower() == name]


def _solvers() -> Iterator[InstallationFinding]:
    """Yield whether each solver that is there answers a problem of two programs as it must."""
    try:
        from budgetopt import Scenario, available_solvers, solve

        scenario = Scenario.from_document(PROBLEM)
        names = available_solvers()
    except Exception as error:  # noqa: BLE001 - an installation that is broken can raise anything
        yield InstallationFinding(
            WRONG, "solvers", "highs", f"cannot be asked: {_first_line(error)}", "repair the packages above"
        )
        return
    for name in names:
        try:
            value = solve(scenario, solver=name).objective_value
            answers = abs(value - ANSWER) < 1e-6
            said = "answers" if answers else f"answers {value:g} where {ANSWER:g} is right"
        except Exception as error:  # noqa: BLE001 - a solver without its licence can raise anything
            answers, said = False, f"fails: {_first_line(error)}"
        hint = "" if answers else "its licence or its installation; --solver highs needs neither"
        yield InstallationFinding(OK if answers else WRONG, "solvers", name, said, hint)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _system() -> Iterator[InstallationFinding]:
    from budgetopt.errors import near

    folder = Path(tempfile.gettempdir())
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"budgetopt")
        yield InstallationFinding(OK, "system", "temporary folder", f"{folder} can be written to")
    except OSError as error:
        yield InstallationFinding(
            WRONG, "system", "temporary folder", f"{folder}: {error.strerror}", "set TMPDIR to another folder"
        )
    colors = "off" if os.environ.get("NO_COLOR") else "on, where the output is a terminal"
    yield InstallationFinding(OK, "system", "output", f"{sys.stdout.encoding or 'unknown'}, colors are {colors}")
    known = _variables()
    for name in sorted(os.environ):
        if name.startswith("BUDGETOPT_"):
            close = near(name, known)
            hint = "" if name in known else f"did you mean {close}?" if close else f"known are {', '.join(known)}"
            state, said = OK if name in known else WRONG, f"is set to {os.environ[name]!r}"
            yield InstallationFinding(state, "system", name, said, hint)


def _variables() -> list[str]:
    """Return the variables of the environment that budgetopt looks at."""
    from budgetopt.cli.failures import DEBUG
    from budgetopt.reading.input_file import LIMITS, variable_of

    return [DEBUG, *map(variable_of, LIMITS)]
