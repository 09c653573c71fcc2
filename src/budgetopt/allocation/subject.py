"""What a question is asked of: a scenario, a plan, or the path of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from budgetopt.allocation.allocation import Allocation
from budgetopt.audit import SpendingPlan
from budgetopt.errors import OptionError
from budgetopt.run_log import stage
from budgetopt.scenario.scenario import Scenario

__all__ = ["Subject", "scenario_of"]

Subject = Allocation | Scenario | str | Path
"""A plan, a scenario, or the path of a scenario: its folder or its file."""


def scenario_of(subject: Subject, asker: str) -> Scenario:
    """Return the scenario that a question is asked of: the subject, that of a plan, or the one at a path.

    ``asker`` is the function that asks, to be named in the OptionError if it is something else.
    """
    if isinstance(subject, Scenario):
        return subject
    if isinstance(subject, Allocation):
        return subject.scenario
    if isinstance(subject, str | Path):
        from budgetopt.reading import load

        with stage("read"):
            return load(subject)
    name = type(subject).__name__
    kind = "None" if subject is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
    raise OptionError(f"{asker} takes a scenario, a plan or the path of a scenario, not {kind}", hint=_hint(subject))


def _hint(subject: object) -> str:
    if isinstance(subject, SpendingPlan):
        return "audit_plan says what a spending plan brings, and Allocation is what solve returns"
    if isinstance(subject, Mapping):
        return "Scenario.from_document makes a scenario of a mapping"
    if type(subject).__name__ == "DataFrame":
        return "Scenario.from_frame makes a scenario of a table of programs"
    return "load reads a scenario, solve makes a plan of it"
