"""Periods that the scenario does not have, and periods that stand twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel

from budgetopt.checks.findings import Findings, named, program_path
from budgetopt.checks.name_checks import as_one_header
from budgetopt.scenario.places import Path
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_periods"]

_PERIODS = ("starts", "ends", "by")
"""Keys of funds and of their parts that hold one period."""


def check_periods(scenario: Scenario, findings: Findings) -> None:
    """Look for periods that the scenario does not have."""
    if findings.is_invalid("periods"):
        return
    for position, period in enumerate(scenario.periods):
        if period in scenario.periods[:position]:
            message = f"the period '{period}' stands twice in periods"
            findings.add("duplicate-period", ("periods", position), message, "each period once")
    look = _PeriodNames(scenario, findings)
    for section, models in (
        ("funds", scenario.funds),
        ("outcomes", scenario.outcomes),
        ("resources", scenario.resources),
    ):
        for name, model in models.items():
            look.model(model, (section, name))
    for rule, path in findings.rule_paths(scenario.rules):
        look.model(rule, path)
        for position, period in enumerate(rule.periods or ()):
            look.one(period, (*path, "periods", position), named((*path, "periods"), findings.tree))
    look.programs()


class _PeriodNames:
    """Looks for periods among the keys of mappings that say something for each period."""

    def __init__(self, scenario: Scenario, findings: Findings) -> None:
        self.scenario = scenario
        self.findings = findings
        self.known = list(scenario.periods)
        self.hint = ""
        if "periods" not in (findings.tree or {}):
            self.hint = "list the periods first, at the top: `periods: [FY2027, FY2028]`"

    def one(self, period: str, path: Path, where: str, *, key: bool = False) -> None:
        """Look at one period."""
        if period not in self.known:
            self.findings.add_unknown("period", period, self.known, path, where, key=key, hint=self.hint)

    def model(self, model: BaseModel, path: Path) -> None:
        """Look at every number of a model that may differ by period, and at those of its parts."""
        for name, field in type(model).model_fields.items():
            value, below = getattr(model, name), (*path, field.alias or name)
            if isinstance(value, BaseModel) and name not in ("only", "where"):
                self.model(value, below)
            elif name in _PERIODS and path[0] == "funds" and isinstance(value, str):
                self.one(value, below, named(below, self.findings.tree))
            elif isinstance(value, Mapping) and value:
                self.mapping(value, below)

    def mapping(self, value: Mapping[Any, Any], path: Path) -> None:
        """Look at a mapping: from periods to numbers, or from names to models."""
        for key, item in value.items():
            if isinstance(item, BaseModel):
                self.model(item, (*path, key))
            elif path[-1] != "population":
                self.one(str(key), (*path, key), named(path, self.findings.tree), key=True)

    def programs(self) -> None:
        """Look at the limits of programs, and at the periods in which projects may start."""
        programs, findings = self.scenario.programs, self.findings
        for key, column in programs.columns.items():
            _, _, *parts = program_path("", key)
            if len(parts) != 3 or parts[0] != "spending" or parts[2] in self.known:
                continue
            for row, more in findings.alike(column.rows, as_one_header(programs, findings, column.rows, tuple(parts))):
                place, path = findings.program_place(programs, row, key)
                place = findings.places.keys.get(path) or place
                where = f"`spending.{parts[1]}` of program '{programs.ids[row]}'{more}"
                findings.add_unknown("period", str(parts[2]), self.known, path, where, place=place, hint=self.hint)
        rows, names = programs.items("start")
        for item in np.flatnonzero(~np.isin(names, self.known)).tolist():
            place, path = findings.program_place(programs, int(rows[item]), "start")
            findings.add_unknown("period", names[item], self.known, path, named(path), place=place, hint=self.hint)
