"""What the plan seeks, in order of importance."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from budgetopt.scenario.amounts import ShareOf
from budgetopt.scenario.model.base import Model, Text

__all__ = ["WEIGHTED_OUTCOMES", "Objective"]

WEIGHTED_OUTCOMES = "weighted outcomes"


class Objective(Model):
    """One thing sought. Entries further down decide only among the plans that are best by the entries above."""

    maximize: Text | None = None
    """`weighted outcomes`, or the name of one outcome."""
    minimize: Text | None = None
    """`spending`, `change from baseline`, or the name of one outcome."""
    within: ShareOf | None = None
    """How much of this entry's best value later entries may give up; left out, nothing."""

    @model_validator(mode="before")
    @classmethod
    def _a_mapping(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise PydanticCustomError("objective", "'{value}' alone says neither maximize nor minimize", {"value": value, "expected": f"maximize: {value}"})
        return value

    @model_validator(mode="after")
    def _one_direction(self) -> Objective:
        if (self.maximize is None) == (self.minimize is None):
            raise PydanticCustomError("objective", "an objective maximizes or minimizes one thing", {"expected": "maximize or minimize, not both"})
        return self
