"""Names of funds, outcomes, resources, programs and groups that nothing has, and names that stand twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from budgetopt.checks.findings import Findings, named, program_path, suggestion
from budgetopt.scenario.model import OfSelection, Smallest, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Ints, ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_names, attribute_values
from budgetopt.scenario.words import listed

__all__ = ["as_one_header", "check_names", "known_names"]


def known_names(section: str, names: Iterable[str], findings: Findings) -> list[str]:
    """Return the names of a section, with those that were written but could not be read."""
    written = findings.tree.get(section) if isinstance(findings.tree, Mapping) else None
    also = [str(name) for name in written] if isinstance(written, Mapping) else []
    return list(dict.fromkeys([*names, *also]))


def check_names(scenario: Scenario, findings: Findings) -> None:
    """Look for names that nothing has, and for names that stand twice."""
    if ("funds",) not in findings.invalid:
        _funds(scenario, findings)
    _of_programs(scenario, findings)
    if not findings.partial:
        _programs(scenario, findings)
        _groups(scenario, findings)
    _duplicates(scenario, findings)


def _funds(scenario: Scenario, findings: Findings) -> None:
    known = known_names("funds", scenario.funds, findings)

    def look(name: str, path: Path, *, key: bool = False) -> None:
        if name not in known:
            where = named(path[:-1] if key or isinstance(path[-1], int) else path, findings.tree)
            findings.add_unknown("fund", name, known, path, where, key=key)

    for fund, model in scenario.funds.items():
        for other in model.transfers_to:
            look(other, ("funds", fund, "transfers_to", other), key=True)
        if model.match is not None:
            look(model.match.from_, ("funds", fund, "match", "from"))
        if model.maintenance_of_effort is not None:
            look(model.maintenance_of_effort.fund, ("funds", fund, "maintenance_of_effort", "fund"))
    for rule, path in findings.rule_paths(scenario.rules):
        if isinstance(rule, SumRule):
            for position, name in enumerate(rule.funds or ()):
                look(name, (*path, "funds", position))
            if isinstance(rule.of, OfSelection):
                for position, name in enumerate(rule.of.funds or ()):
                    look(name, (*path, "of", "funds", position))
    column = scenario.programs.columns.get("funds")
    if column is None or column.offsets is None:
        return
    rows, names = scenario.programs.items("funds")
    unknown = ~np.isin(names, known)
    for name in dict.fromkeys(names[unknown].tolist()):
        items = np.flatnonzero(unknown & (names == name))
        for item, more in findings.alike(items):
            row = int(rows[item])
            cell = int(np.searchsorted(column.rows, row))
            place, path = findings.program_place(scenario.programs, row, "funds", int(item - column.offsets[cell]))
            findings.add_unknown("fund", name, known, path, f"{named(path)}{more}", place=place)


def _mentions(programs: ProgramTable) -> Iterator[tuple[str, str, Path, str]]:
    """Yield what the columns of programs name: the kind of thing, its name, the way to it in a program, and the key."""
    for key in programs.columns:
        _, _, *parts = program_path("", key)
        for at, part in enumerate(parts[:-1]):
            if part in ("outcomes", "per_outcome"):
                yield "outcome", str(parts[at + 1]), tuple(parts[: at + 2]), key
            elif part == "uses":
                yield "resource", str(parts[at + 1]), tuple(parts[: at + 2]), key


def _of_programs(scenario: Scenario, findings: Findings) -> None:
    """Look at the outcomes and resources that programs speak of."""
    programs = scenario.programs
    known = {
        "outcome": known_names("outcomes", scenario.outcomes, findings),
        "resource": known_names("resources", scenario.resources, findings),
    }
    found: dict[tuple[str, str, Path], list[str]] = {}
    for what, name, way, key in _mentions(programs):
        if name not in known[what]:
            found.setdefault((what, name, way), []).append(key)
    for (what, name, way), keys in found.items():
        rows = np.unique(np.concatenate([programs.columns[key].rows for key in keys]))
        for row, more in findings.alike(rows, as_one_header(programs, findings, rows, way)):
            key = next(key for key in keys if row in programs.columns[key].rows)
            path: Path = ("programs", programs.ids[row], *way)
            place = findings.places.keys.get(path) or findings.program_place(programs, row, key)[0]
            where = named(path[:-1], findings.tree)
            if path[2:-1] == ("outcomes",):
                where = f"`outcomes` of program '{programs.ids[row]}'"
            findings.add_unknown(what, name, known[what], path, f"{where}{more}", place=place)


def as_one_header(programs: ProgramTable, findings: Findings, rows: Ints, way: Path) -> bool:
    """Return whether a name is a column header of a table: one mistake, however many programs have a cell in it."""
    first: Path = ("programs", programs.ids[int(rows[0])], *way)
    return bool(findings.places.values) and first not in findings.places.keys


def _programs(scenario: Scenario, findings: Findings) -> None:
    """Look at the programs that rules name."""
    for rule, path in findings.rule_paths(scenario.rules):
        for name, below in _named_programs(rule, path):
            if name not in scenario.programs:
                known = scenario.programs.ids.tolist()
                where = named(below[:-1] if isinstance(below[-1], int) else below, findings.tree)
                findings.add_unknown("program", name, known if len(known) <= 5_000 else [], below, where)


def _named_programs(rule: Any, path: Path) -> Iterator[tuple[str, Path]]:
    for key in ("excludes", "exactly_one", "together", "substitutes"):
        for position, name in enumerate(getattr(rule, key, ())):
            yield name, (*path, key, position)
    if (need := getattr(rule, "requires", None)) is not None:
        yield need.program, (*path, "requires", "program")
        for position, name in enumerate(need.needs):
            yield name, (*path, "requires", "needs", position)
    if (follow := getattr(rule, "follows", None)) is not None:
        yield follow.program, (*path, "follows", "program")
        yield follow.of, (*path, "follows", "of")


def _groups(scenario: Scenario, findings: Findings) -> None:
    """Look at the attributes by which rules and objectives group programs, and at the groups that are named."""
    for rule, path in findings.rule_paths(scenario.rules):
        if (
            isinstance(rule, SumRule)
            and rule.by is not None
            and _is_attribute(scenario, rule.by, (*path, "by"), findings)
        ):
            known = attribute_values(scenario.programs, rule.by)
            for name in rule.population:
                if name not in known:
                    below: Path = (*path, "population", name)
                    message = (
                        f"no program has '{name}' as '{rule.by}', which {named(below[:-1], findings.tree)} speaks of"
                    )
                    hint = suggestion(name, known)
                    findings.add("unknown-value", below, message, f"one of: {listed(known)}", hint, key=True)
    for position, entry in enumerate(scenario.objective):
        if isinstance(entry.maximize, Smallest):
            path = (
                ("objective", position) if isinstance((findings.tree or {}).get("objective"), list) else ("objective",)
            )
            _is_attribute(scenario, entry.maximize.by, (*path, "maximize", "by"), findings)


def _is_attribute(scenario: Scenario, name: str, path: Path, findings: Findings) -> bool:
    known = attribute_names(scenario.programs)
    if name in known and attribute_values(scenario.programs, name):
        return True
    message = f"no program has an attribute '{name}', which {named(path, findings.tree)} asks for"
    findings.add("unknown-attribute", path, message, f"one of: {listed(known, 20)}", suggestion(name, known))
    return False


def _duplicates(scenario: Scenario, findings: Findings) -> None:
    first: dict[str, Path] = {}
    for rule, path in findings.rule_paths(scenario.rules):
        if rule.name in first:
            earlier = findings.places.of(*first[rule.name], "name")
            where = f", first at {earlier}" if earlier is not None else ""
            message = f"two rules are named '{rule.name}'{where}"
            findings.add("duplicate-rule", (*path, "name"), message, "a name of its own for each rule")
        first.setdefault(rule.name, path)
