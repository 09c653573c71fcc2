"""Selections: attributes and values that no program has, and selections that match no program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.checks.findings import Findings, named, suggestion
from budgetopt.scenario.model import Comparison, OfSelection, SumRule, Where
from budgetopt.scenario.model.where import CONNECTIVES
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_names, attribute_numbers, attribute_values, select, word
from budgetopt.scenario.words import listed

__all__ = ["check_selections"]

_WORDS = ("program", "name", "department", "priority", "tags")
"""Attributes that are words."""
_OF_YOUR_OWN = "an attribute of your own stands under `attributes` of programs"


def _selections(scenario: Scenario, findings: Findings) -> Iterator[tuple[Where, Path]]:
    """Yield every selection of a scenario with its path."""
    for name, fund in scenario.funds.items():
        if fund.only is not None:
            yield fund.only, ("funds", name, "only")
    for rule, path in findings.rule_paths(scenario.rules):
        if rule.where is not None:
            yield rule.where, (*path, "where")
        if isinstance(rule, SumRule) and isinstance(rule.of, OfSelection) and rule.of.where is not None:
            yield rule.of.where, (*path, "of", "where")


def check_selections(scenario: Scenario, findings: Findings) -> None:
    """Look for selections that name what no program has, or match no program."""
    if (findings.partial and not findings.cells_only) or not len(scenario.programs):
        return
    checker = _Checker(scenario.programs, findings)
    for where, path in _selections(scenario, findings):
        if checker.terms(where, path) and not findings.partial and not select(scenario.programs, where).any():
            message = f"{named(path, findings.tree)} matches no program"
            hint = "all of its entries must hold at once: is one of them too narrow?" if len(where.root) > 1 else ""
            findings.add("empty-selection", path, message, "a selection that at least one program meets", hint)


class _Checker:
    """Checks the terms of selections; what values an attribute has is worked out once."""

    def __init__(self, programs: ProgramTable, findings: Findings) -> None:
        self.programs, self.findings = programs, findings
        self.attributes = attribute_names(programs)
        self.values: dict[str, tuple[str, ...]] = {}

    def terms(self, where: Where, path: Path) -> bool:
        """Look at every term; return whether all of them name what there is."""
        good = True
        for key, term in where.root.items():
            below = (*path, key)
            if key == "not":
                good &= self.terms(term, below)
            elif key in CONNECTIVES:
                for position, part in enumerate(term):
                    good &= self.terms(part, (*below, position))
            elif self.findings.partial and key not in _WORDS:
                continue  # it may ask for a number that could not be read
            elif key not in self.attributes:
                message = f"no program has an attribute '{key}', which {named(path, self.findings.tree)} asks for"
                expected = f"one of: {listed([*self.attributes, *CONNECTIVES], 20)}"
                hint = suggestion(key, self.attributes) or _OF_YOUR_OWN
                self.findings.add("unknown-attribute", below, message, expected, hint, key=True)
                good = False
            else:
                good &= self.term(key, term, below)
        return good

    def term(self, key: str, term: Any, path: Path) -> bool:
        if not isinstance(term, Comparison):
            return self.words(key, term, path)
        good = term.not_ is None or self.words(key, term.not_, (*path, "not"))
        compared = [name for name in ("at_least", "at_most", "above", "below") if getattr(term, name) is not None]
        if not compared or not np.isnan(attribute_numbers(self.programs, key)).all():
            return good
        below = (*path, compared[0])
        message = f"no program has a number as '{key}', so {named(below, self.findings.tree)} matches none"
        self.findings.add("not-a-number", below, message, "an attribute that is a number, such as baseline")
        return False

    def words(self, key: str, term: Any, path: Path) -> bool:
        if key not in self.values:
            self.values[key] = attribute_values(self.programs, key)
        known = self.values[key]
        many = isinstance(term, list | tuple)
        unknown = [(at, word(value)) for at, value in enumerate(term if many else (term,)) if word(value) not in known]
        for position, value in unknown:
            what = f"'{value}' as '{key}'" if known else f"any '{key}'"
            message = f"no program has {what}, which {named(path, self.findings.tree)} asks for"
            expected = f"one of: {listed(known)}" if known else ""
            below = (*path, position) if many else path
            self.findings.add("unknown-value", below, message, expected, suggestion(value, known))
        return not unknown
