"""Names of funds, outcomes and periods that nothing has, and names that stand twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from budgetopt.scenario.findings import Findings, named
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Ints, split_key
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_names", "known_names"]


def known_names(section: str, names: Iterable[str], findings: Findings) -> list[str]:
    """Return the names of a section, with those that were written but could not be read."""
    written = findings.tree.get(section) if isinstance(findings.tree, Mapping) else None
    also = [str(name) for name in written] if isinstance(written, Mapping) else []
    return list(dict.fromkeys([*names, *also]))


def check_names(scenario: Scenario, findings: Findings) -> None:
    """Look for names that nothing has, and for names that stand twice."""
    if ("funds",) not in findings.spoiled:
        _funds(scenario, findings)
    _outcomes(scenario, findings)
    if not findings.is_spoiled("periods"):
        _periods(scenario, findings)
    _duplicates(scenario, findings)


def _funds(scenario: Scenario, findings: Findings) -> None:
    known = known_names("funds", scenario.funds, findings)
    for fund, model in scenario.funds.items():
        for other in model.transfers_to:
            if other not in known:
                path: Path = ("funds", fund, "transfers_to", other)
                findings.add_unknown("fund", other, known, path, f"transfers_to of fund '{fund}'", key=True)
    for rule, path in findings.rule_paths(scenario.rules):
        parts = [(getattr(rule, "funds", None), (*path, "funds"))]
        if isinstance(rule, SumRule) and isinstance(rule.of, OfSelection):
            parts.append((rule.of.funds, (*path, "of", "funds")))
        for names, below in parts:
            for position, name in enumerate(names or ()):
                if name not in known:
                    where = named(below, findings.tree)
                    findings.add_unknown("fund", name, known, (*below, position), where)
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
            where = f"funds of program '{scenario.programs.ids[row]}'{more}"
            findings.add_unknown("fund", name, known, path, where, place=place)


def _outcomes(scenario: Scenario, findings: Findings) -> None:
    known = known_names("outcomes", scenario.outcomes, findings)
    rows_of: dict[str, list[Any]] = {}
    for key, column in scenario.programs.columns.items():
        if key.startswith("outcomes."):
            rows_of.setdefault(split_key(key)[1], []).append((column.rows, key))
    for name, found in rows_of.items():
        if name in known:
            continue
        rows = np.unique(np.concatenate([rows for rows, _ in found]))
        for row, more in findings.alike(rows, _heads(scenario, findings, rows, ("outcomes", name))):
            key = next(key for rows, key in found if row in rows)
            place, _ = findings.program_place(scenario.programs, row, key)
            path: Path = ("programs", scenario.programs.ids[row], "outcomes", name)
            place = findings.places.keys.get(path) or place
            where = f"outcomes of program '{scenario.programs.ids[row]}'{more}"
            findings.add_unknown("outcome", name, known, path, where, place=place)


def _periods(scenario: Scenario, findings: Findings) -> None:
    known = list(scenario.periods)
    hint = ""
    if "periods" not in (findings.tree or {}):
        hint = "list the periods first, at the top: `periods: [FY2027, FY2028]`"

    def look(value: Any, path: Path) -> None:
        for period in value if isinstance(value, Mapping) else ():
            if period not in known:
                below: Path = (*path, period)
                findings.add_unknown("period", period, known, below, named(path, findings.tree), key=True, hint=hint)

    for fund, model in scenario.funds.items():
        look(model.revenue, ("funds", fund, "revenue"))
        look(model.one_time, ("funds", fund, "one_time"))
        for other, transfer in model.transfers_to.items():
            look(transfer.at_least, ("funds", fund, "transfers_to", other, "at_least"))
            look(transfer.at_most, ("funds", fund, "transfers_to", other, "at_most"))
    for name, outcome in scenario.outcomes.items():
        if outcome.target is not None:
            look(outcome.target.at_least, ("outcomes", name, "target", "at_least"))
            look(outcome.target.at_most, ("outcomes", name, "target", "at_most"))
    for rule, path in findings.rule_paths(scenario.rules):
        for key in ("at_least", "at_most", "equals"):
            look(getattr(rule, key, None), (*path, key))
        for position, period in enumerate(rule.periods or ()):
            if period not in known:
                below: Path = (*path, "periods")
                where = named(below, findings.tree)
                findings.add_unknown("period", period, known, (*below, position), where, hint=hint)
    for key, column in scenario.programs.columns.items():
        parts = split_key(key)
        if len(parts) == 3 and parts[0] == "spending" and parts[2] not in known:
            for row, more in findings.alike(column.rows, _heads(scenario, findings, column.rows, parts)):
                place, program_path = findings.program_place(scenario.programs, row, key)
                place = findings.places.keys.get(program_path) or place
                where = f"spending.{parts[1]} of program '{scenario.programs.ids[row]}'{more}"
                findings.add_unknown("period", parts[2], known, program_path, where, place=place, hint=hint)


def _heads(scenario: Scenario, findings: Findings, rows: Ints, key: tuple[str, ...]) -> bool:
    """Return whether a name stands in the head of a table: one mistake, however many programs have a cell below it."""
    first: Path = ("programs", scenario.programs.ids[int(rows[0])], *key)
    return bool(findings.places.values) and first not in findings.places.keys


def _duplicates(scenario: Scenario, findings: Findings) -> None:
    for position, period in enumerate(scenario.periods):
        if period in scenario.periods[:position]:
            message = f"the period '{period}' stands twice in periods"
            findings.add("duplicate-period", ("periods", position), message, "each period once")
    first: dict[str, Path] = {}
    for rule, path in findings.rule_paths(scenario.rules):
        if rule.name in first:
            earlier = findings.places.of(*first[rule.name], "name")
            where = f", first at {earlier}" if earlier is not None else ""
            message = f"two rules are named '{rule.name}'{where}"
            findings.add("duplicate-rule", (*path, "name"), message, "a name of its own for each rule")
        first.setdefault(rule.name, path)
