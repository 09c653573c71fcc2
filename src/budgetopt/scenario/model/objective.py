"""What the plan seeks, in order of importance."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from budgetopt.scenario.amounts import ShareOf
from budgetopt.scenario.model.base import Model, Text
from budgetopt.scenario.words import refuse, shown

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
            message = "{value} alone says neither maximize nor minimize"
            way = "minimize" if value.strip() in ("spending", "change from baseline") else "maximize"
            raise refuse("objective", message, f"{way}: {value.strip()}", value=shown(value))
        return value

    @model_validator(mode="after")
    def _one_direction(self) -> Objective:
        if self.maximize is not None and self.minimize is not None:
            hint = "to seek two things one after the other, write a list of two entries"
            raise refuse("objective", "one entry both maximizes and minimizes", "maximize or minimize", hint)
        if self.maximize is None and self.minimize is None:
            raise refuse("objective", "the entry neither maximizes nor minimizes", "maximize or minimize")
        return self
