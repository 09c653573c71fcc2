"""Programs of which the scenario file says some and tables say some: what is asked for when all is together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from budgetopt.checks.findings import Findings
from budgetopt.errors import Problem
from budgetopt.reading.program_changes import drop
from budgetopt.scenario.model import Document
from budgetopt.scenario.programs import Ints, ProgramTable

__all__ = ["awaiting", "follows", "without_shapes"]

_SHAPES = ("if_funded", "service", "packages", "choose", "start", "uses", "outcomes")
"""Keys of a program that must fit one another."""
_OF_COLUMNS = ("missing-column", "unknown-column", "duplicate-column")
"""Problems of whole columns of a table."""
_MOST_SPOILED = 100
"""With more programs than these wrong in themselves, nothing is said of what others say of them."""


def follows(problem: Problem, others: Iterable[Problem]) -> bool:
    """Return whether a table's key is only missed because the cell or the column that says it cannot be read."""
    here = problem.place
    if problem.code != "missing-key" or here is None or not (here.sheet or here.file.endswith(".csv")):
        return False
    return any(
        (place.file, place.sheet) == (here.file, here.sheet) and (other.code in _OF_COLUMNS or place.line == here.line)
        for other in others
        if (place := other.place) is not None
    )


def without_shapes(programs: ProgramTable, rows: Ints, findings: Findings) -> ProgramTable:
    """Return the programs without what some of them, which contradict themselves, do: the rest can be looked at."""
    if len(rows) > _MOST_SPOILED:
        findings.partial, findings.cells_only = True, False
        return programs.select(np.setdiff1d(np.arange(len(programs)), rows))
    findings.spoiled |= {("programs", name, key) for name in programs.ids[rows].tolist() for key in _SHAPES}
    for key in _SHAPES if len(rows) else ():
        programs = drop(programs, rows, key) or programs
    return programs


def awaiting(tree: dict[str, Any], findings: Findings, context: dict[str, bool]) -> dict[str, Any]:
    """Return a tree with something in the place of what its programs must have, and tables may yet say."""
    try:
        Document.model_validate(tree, context=context)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_context=False, include_input=False):
            loc = details["loc"]
            if details["type"] == "missing" and loc[0] == "programs":
                findings.awaited.add((str(loc[1]), ".".join(map(str, loc[2:]))))
                tree = _put(tree, loc)
    return tree


def _put(node: Any, path: Sequence[int | str]) -> Any:
    """Return a copy of a tree with 0 at a path."""
    key, *rest = path
    if isinstance(node, list):
        return [_put(item, rest) if position == key else item for position, item in enumerate(node)]
    return {**node, key: _put(node[key], rest) if rest else 0}
