"""Where a value came from: through the files that extend one another, and through changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from budgetopt.errors import OptionError, Place, ScenarioError
from budgetopt.reading.document_tree import document_tree
from budgetopt.reading.paths import EVERY, PathError, expand, parse_path
from budgetopt.reading.program_paths import program_key, programs_at
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model import Program
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, shown

__all__ = ["trace"]


def trace(scenario: Scenario, path: str | Sequence[str]) -> list[tuple[Place | None, Any]]:
    """Return each place that set or shifted a value, and its value from there on; see :meth:`Scenario.trace`."""
    parts = parse_path(path)
    try:
        if parts[0] == "programs":
            return _trace_program(scenario, parts[1:])
        tree = document_tree(scenario.document)
        found = expand(tree, parts, new=True)
    except PathError as error:
        raise ScenarioError([error.problem]) from None
    if len(found) > 1:
        raise OptionError(f"{shown('.'.join(parts))} means {len(found)} values", hint=f"name one, without {EVERY}")
    (at,) = found
    value: Any = scenario.document
    node: Any = tree
    for part in at:
        if isinstance(node, Mapping):
            node = node.get(str(part))
        elif isinstance(node, list):
            node = node[part] if isinstance(part, int) else None
        value = _inside(value, part)
    # one amount for every period, before each had its own, was the amount of this one too
    covered = [step for end in range(len(at) + 1) for step in scenario.places.earlier.get(at[:end], ())]
    steps = [(place, said) for place, said in covered if not isinstance(said, Mapping | list)]
    return [*steps, (None, value) if node is None else (scenario.places.of(*at), node)]


def _inside(value: Any, part: str | int) -> Any:
    """Return what stands below a key of a model or a mapping, defaults included."""
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, tuple | list):
        return value[part] if isinstance(part, int) else None
    fields = {field.alias or name: name for name, field in getattr(type(value), "model_fields", {}).items()}
    return getattr(value, fields[str(part)]) if str(part) in fields else None


def _trace_program(scenario: Scenario, parts: tuple[str, ...]) -> list[tuple[Place | None, Any]]:
    rows, rest = programs_at(scenario.programs, parts)
    if len(rows) != 1:
        raise OptionError(f"{shown('.'.join(parts))} means {len(rows)} values", hint=f"name one, without {EVERY}")
    rest = program_key(scenario.programs, rows, rest) if rest else ()
    name, key = str(scenario.programs.ids[rows[0]]), ".".join(rest)
    leaf = leaf_of(Program, key)
    if leaf is None or leaf.kind == "other":
        below = [other for other in scenario.programs.columns if not key or other.startswith(f"{key}.")]
        below = [other for other in below if scenario.programs.value(int(rows[0]), other) is not None]
        if below:
            names = [f"programs.{name}.{other}" for other in below]
            message = f"{shown('.'.join(('programs', *parts)))} means {len(below)} values"
            raise OptionError(message, hint=f"name one: {listed(names, 6)}")
        raise PathError("unknown-path", f"nothing stands at {'.'.join(('programs', *parts))}", "one value")
    steps: list[tuple[Place | None, Any]] = []
    before: dict[str, Any] = {}
    for table in (*scenario.places.tables, scenario.programs):
        cells = _cells(table, name, key) if name in table else {}
        new = [other for other, cell in cells.items() if before.get(other) != cell]
        if new:
            values = {other[len(key) + 1 :]: value for other, (_, value) in cells.items()}
            # what was moved from one amount for every period to one for each keeps the place of the former
            moved = [other for other in new if cells[other][0] not in [place for place, _ in before.values()]]
            steps.append((cells[(moved or new)[-1]][0], values.get("", values)))
        before = cells
    return steps or [(None, Program.model_validate({}).model_dump().get(key))]


def _cells(table: ProgramTable, name: str, key: str) -> dict[str, tuple[Place | None, Any]]:
    """Return what a table says of a key of a program, or of that key in each period."""
    row = table.position(name)
    keys = [key, *(other for other in table.columns if other.startswith(f"{key}."))]
    return {other: (table.place(row, other), value) for other in keys if (value := table.value(row, other)) is not None}
