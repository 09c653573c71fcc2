"""Periods that the scenario does not have, and periods that stand twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pydantic import BaseModel

from budgetopt.checks.findings import Findings, named, program_path
from budgetopt.checks.name_checks import as_one_header
from budgetopt.scenario.places import Path
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_periods"]

_PERIODS = ("starts", "ends", "by")
"""Keys of funds and of their parts that hold one period."""
_AMOUNTS = ("baseline", "requested")
"""Keys of programs that hold one amount, or one for each period."""


def check_periods(scenario: Scenario, findings: Findings) -> None:
    """Look for periods that the scenario does not have."""
    if findings.is_invalid("periods"):
        return
    for position, period in enumerate(scenario.periods):
        if period in scenario.periods[:position]:
            message = f"the period '{period}' stands twice in periods"
            findings.add("duplicate-period", ("periods", position), message, "each period once")
    known, hint = list(scenario.periods), ""
    if "periods" not in (findings.tree or {}):
        hint = "list the periods first, at the top: `periods: [FY2027, FY2028]`"
    models: dict[Path, BaseModel] = {("funds", name): fund for name, fund in scenario.funds.items()}
    models |= {("outcomes", name): outcome for name, outcome in scenario.outcomes.items()}
    models |= {("resources", name): resource for name, resource in scenario.resources.items()}
    models |= {path: rule for rule, path in findings.rule_paths(scenario.rules)}
    for path, model in models.items():
        for period, below, within in _periods(model, path):
            if period not in known:
                where, is_key = named(within, findings.tree), below == (*within, period)
                findings.add_unknown("period", period, known, below, where, key=is_key, hint=hint)
    programs = scenario.programs
    for key, column in programs.columns.items():
        _, _, *parts = program_path("", key)
        by_period = (len(parts) == 3 and parts[0] == "spending") or (len(parts) == 2 and parts[0] in _AMOUNTS)
        if not by_period or parts[-1] in known:
            continue
        for row, more in findings.alike(column.rows, as_one_header(programs, findings, column.rows, tuple(parts))):
            place, path = findings.program_place(programs, row, key)
            place = findings.places.keys.get(path) or place
            where = f"`{'.'.join(map(str, parts[:-1]))}` of program '{programs.ids[row]}'{more}"
            findings.add_unknown("period", str(parts[-1]), known, path, where, place=place, hint=hint)
    rows, names = programs.items("start")
    for item in np.flatnonzero(~np.isin(names, known)).tolist():
        place, path = findings.program_place(programs, int(rows[item]), "start")
        findings.add_unknown("period", names[item], known, path, named(path), place=place, hint=hint)


def _periods(model: BaseModel, path: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield each period that a model and its parts name, with its path and the path of what names it."""
    for name, field in type(model).model_fields.items():
        value, below = getattr(model, name), (*path, field.alias or name)
        if isinstance(value, BaseModel) and name not in ("only", "where"):
            yield from _periods(value, below)
        elif name in _PERIODS and path[0] == "funds" and isinstance(value, str):
            yield value, below, below
        elif name == "periods" and path[0] == "rules":
            yield from ((period, (*below, position), below) for position, period in enumerate(value or ()))
        elif isinstance(value, Mapping) and name != "population":
            for key, item in value.items():
                if isinstance(item, BaseModel):
                    yield from _periods(item, (*below, key))
                else:
                    yield str(key), (*below, key), below
