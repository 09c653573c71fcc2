"""Check which keys of a program stand together, for all programs at once.

The models say that packages do not go together with a service, that a package has a cost, and the like. Such checks ask
only which keys are present, and whether a number is zero. So the programs are sorted by that, one of each sort is put
before the model itself, and only where the model refuses it, each program of its sort is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from budgetopt.checks.findings import Findings, named
from budgetopt.errors import Problem
from budgetopt.reading.problems import say
from budgetopt.scenario.keys import bare, is_model, leaf_of, type_at
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.programs import Column, Ints, ProgramTable, put

__all__ = ["check_presence"]

_Part = tuple[str, tuple[str, ...], Column]
"""A column: its key, the way to it below a model, itself."""
_BITS = 62


def check_presence(programs: ProgramTable) -> tuple[list[Problem], Ints]:
    """Return what the models find wrong with the keys that programs have beside one another.

    Returns
    -------
    problems
        What is wrong; of many programs with one mistake the first few are named.
    rows
        The positions of all programs of which something is.
    """
    problems: list[Problem] = []
    found = np.zeros(len(programs), dtype=bool)
    for (path, model), parts in _below_models(programs).items():
        rows, kinds = _sorts(parts, len(programs))
        _, first, inverse = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
        wrong = [sort for sort, at in enumerate(first.tolist()) if _errors(model, parts, int(rows[at]))]
        concerned = rows[np.isin(inverse.reshape(-1), wrong)]
        found[concerned] = True
        for row, more in Findings.alike(concerned):
            problems += [_problem(programs, row, path, parts, error, more) for error in _errors(model, parts, row)]
    return problems, np.flatnonzero(found)


def _checks(model: type[BaseModel]) -> bool:
    """Return whether a model asks anything of the keys that stand in it."""
    required = any(field.is_required() for field in model.model_fields.values())
    return required or bool(model.__pydantic_decorators__.model_validators)


def _below_models(programs: ProgramTable) -> dict[tuple[tuple[str, ...], type[BaseModel]], list[_Part]]:
    """Return for each model within a program (a package, its service) the columns that are part of it."""
    found: dict[tuple[tuple[str, ...], type[BaseModel]], list[_Part]] = {}
    for key, column in programs.columns.items():
        leaf = leaf_of(Program, key)
        if leaf is None or not len(column):
            continue
        found.setdefault(((), Program), []).append((key, leaf.path, column))
        for length in range(1, len(leaf.path)):
            for kind in type_at(Program, leaf.path[:length]):
                if is_model(kind) and _checks(bare(kind)):
                    found.setdefault((leaf.path[:length], bare(kind)), []).append((key, leaf.path[length:], column))
    return found


def _sorts(parts: Sequence[_Part], programs: int) -> tuple[Ints, NDArray[np.int64]]:
    """Return the programs that have any of the parts, and for each what it has; shapes (rows,) and (rows, words)."""
    bit: dict[tuple[str, ...], int] = {}
    words = np.zeros((programs, 1), dtype=np.int64)
    for _, path, column in parts:
        # names and numbers within make no difference: only the keys of the models do
        general = path if len(path) == 1 else (path[0], path[-1])
        number = bit.setdefault(general, 2 * len(bit))
        word, shift = divmod(number, _BITS)
        if word == words.shape[1]:
            words = np.hstack([words, np.zeros((programs, 1), dtype=np.int64)])
        words[column.rows, word] |= 1 << shift
        if column.values.dtype.kind == "f" and column.offsets is None:
            words[column.rows[column.values == 0], word] |= 2 << shift
    rows = np.flatnonzero(words.any(axis=1))
    return rows, words[rows]


def _errors(model: type[BaseModel], parts: Sequence[_Part], row: int) -> list[Any]:
    tree: dict[str, Any] = {}
    for _, path, column in parts:
        cell = int(np.searchsorted(column.rows, row))
        if cell < len(column) and column.rows[cell] == row:
            value = column.cell(cell)
            put(tree, path, int(value) if type(value) is float and value.is_integer() else value)
    try:
        model.model_validate(tree)
    except ValidationError as error:
        # what is wrong further inside is said where that is looked at
        return [
            details
            for details in error.errors(include_url=False)
            if not details["loc"] or (details["type"] == "missing" and len(details["loc"]) == 1)
        ]
    return []


def _problem(
    programs: ProgramTable, row: int, path: tuple[str, ...], parts: Sequence[_Part], error: Any, more: str
) -> Problem:
    present = [key for key, _, _ in parts if programs.value(row, key) is not None]
    place = programs.place(row, present[-1])
    subject = named(("programs", programs.ids[row], *path))
    if error["type"] == "missing":
        key = str(error["loc"][-1])
        return Problem("missing-key", f"{subject} has no '{key}'{more}", place, f"`{key}`")
    said = say(error)
    # where one key is what is wrong, it is told at that key
    key = next((key for key in present if key.rpartition(".")[2] == said.code.replace("-", "_")), "")
    place = programs.place(row, key) if key else place
    return Problem(said.code, f"{subject}: {said.message}{more}", place, said.expected, said.hint)
