"""Read scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from budgetopt.scenario.model import Document
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario

__all__ = ["from_mapping"]


def from_mapping(tree: Mapping[str, Any]) -> Scenario:
    """Return the scenario that a mapping describes."""
    document = Document.model_validate(tree)
    programs = ProgramTable.from_models(document.programs)
    return Scenario(document.model_copy(update={"programs": {}}), programs)
