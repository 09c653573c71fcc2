"""Figures of a scenario that are so large or so small that a solver may fail at what is calculated from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from budgetopt.checks.findings import named, program_path
from budgetopt.errors import CertificateError, Problem, ScenarioError, SolverError
from budgetopt.reading.document_tree import document_tree
from budgetopt.scenario.amounts import is_number
from budgetopt.scenario.places import Path
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import shown

__all__ = ["extreme_figures", "refused_if_extreme"]

LARGE, SMALL = 1e13, 1e-13
"""Beyond these a figure beside ordinary ones leaves no digits to calculate with."""


@contextmanager
def refused_if_extreme(scenario: Scenario) -> Iterator[None]:
    """Raise ScenarioError in the place of a solver's failure if extreme figures of the scenario may be its cause."""
    try:
        yield
    except (SolverError, CertificateError):
        if problems := list(extreme_figures(scenario)):
            raise ScenarioError(problems) from None
        raise


def extreme_figures(scenario: Scenario) -> Iterator[Problem]:
    """Yield a problem for each figure that is far larger or far smaller than what can be calculated with together."""
    for path, value in _figures(document_tree(scenario.document), ()):
        if _is_extreme(value):
            yield _problem(path, value, scenario.places.of(*path))
    programs = scenario.programs
    for key, column in programs.columns.items():
        if column.values.dtype.kind != "f":
            continue
        sizes = np.abs(column.values)
        extreme = (sizes >= LARGE) | ((sizes <= SMALL) & (sizes > 0))
        for at in np.argwhere(extreme).tolist():
            cell = at[0] if column.offsets is None else int(np.searchsorted(column.offsets, at[0], side="right")) - 1
            row = int(column.rows[cell])
            path = program_path(str(programs.ids[row]), key)
            yield _problem(path, float(column.values[tuple(at)]), programs.place(row, key))


def _is_extreme(value: float) -> bool:
    return abs(value) >= LARGE or 0 < abs(value) <= SMALL


def _problem(path: Path, value: float, place: Any) -> Problem:
    size = "large" if abs(value) >= LARGE else "small"
    message = f"{named(path)}: {shown(value)} is too {size} to be calculated with beside the other figures"
    hint = "a limit that never binds is best left out" if size == "large" else "what is nothing is best written as 0"
    return Problem("magnitude", message, place, f"0, or a number between {SMALL:g} and {LARGE:g} in size", hint)


def _figures(node: Any, path: Path) -> Iterator[tuple[Path, float]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        yield from _figures(item, (*path, key))
    if is_number(node):
        yield path, float(node)
