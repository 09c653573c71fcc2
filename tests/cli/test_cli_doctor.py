"""`doctor`: what is installed, and whether it works."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import pytest

from budgetopt.cli import installation
from budgetopt.cli.installation import ABSENT, OK, WRONG, InstallationFinding, findings
from budgetopt.solvers import available_solvers


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Take away what the machine itself sets, so that only what a test changes can be wrong."""
    import os

    for name in [name for name in os.environ if name.startswith("BUDGETOPT_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def of(found: list[InstallationFinding], what: str) -> InstallationFinding:
    (one,) = [finding for finding in found if finding.what.split(" (")[0] == what]
    return one


@pytest.mark.usefixtures("changed")
def test_every_needed_package_and_every_solver_that_is_here_is_looked_at() -> None:
    found = list(findings())
    assert {one.what for one in found if one.part == "packages"} >= {"highspy", "numpy", "pandas", "pulp", "pydantic"}
    assert [one.what for one in found if one.part == "solvers"] == list(available_solvers())
    assert {one.state for one in found if one.part in ("python", "packages", "solvers", "system")} == {OK}
    assert not any(one.hint for one in found if one.state == OK)


def test_the_command_prints_what_is_found_and_ends_with_0_only_where_nothing_is_wrong(
    changed: pytest.MonkeyPatch, run: Callable[..., Any]
) -> None:
    code, out, _ = run("doctor", "--format", "json")
    assert code == 0
    assert {"state": "ok", "part": "solvers", "what": "highs", "found": "answers", "hint": ""} in json.loads(out)
    changed.setenv("BUDGETOPT_MOST_ROW", "7")
    code, out, _ = run("doctor")
    assert code == 1
    assert "  wrong   BUDGETOPT_MOST_ROW: is set to '7'\n          did you mean BUDGETOPT_MOST_ROWS?\n" in out


def test_a_version_outside_its_range_and_a_missing_extra_are_said(changed: pytest.MonkeyPatch) -> None:
    class Old:
        version = "0.1"
        files = ()

        @property
        def metadata(self) -> dict[str, str]:
            return {"Name": "numpy"}

    def looked_up(name: str) -> Any:
        if name == "altair":
            raise PackageNotFoundError(name)
        return Old() if name == "numpy" else distribution(name)

    changed.setattr(installation, "distribution", looked_up)
    found = list(findings())
    assert of(found, "numpy") == InstallationFinding(
        WRONG, "packages", "numpy", "0.1, needs <3,>=2.0", "pip install --upgrade 'budgetopt'"
    )
    assert of(found, "altair") == InstallationFinding(
        ABSENT, "extras", "altair (charts)", "is not installed", "pip install --upgrade 'budgetopt[charts]'"
    )


def test_a_package_that_cannot_be_imported_and_a_solver_that_answers_wrongly_are_said(
    changed: pytest.MonkeyPatch,
) -> None:
    def refused(name: str) -> Any:
        if name == "jinja2":
            raise ImportError("no libjinja.so")

    changed.setattr(installation, "import_module", refused)
    changed.setattr(installation, "ANSWER", 15.0)
    found = list(findings())
    broken = of(found, "jinja2")
    assert broken.state == WRONG
    assert "cannot be imported: ImportError: no libjinja.so" in broken.found
    assert of(found, "highs").found == "answers 14 where 15 is right"


def test_a_solver_that_fails_is_said_with_what_it_says(changed: pytest.MonkeyPatch) -> None:
    import budgetopt

    def fails(*_: object, **__: object) -> Any:
        raise RuntimeError("no licence\nfor this machine")

    changed.setattr(budgetopt, "solve", fails)
    assert of(list(findings()), "highs")[:4] == (WRONG, "solvers", "highs", "fails: no licence")


def test_a_temporary_folder_that_cannot_be_written_to_is_said(changed: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device")

    changed.setattr(installation.tempfile, "NamedTemporaryFile", full)
    assert of(list(findings()), "temporary folder").found.endswith(": No space left on device")
