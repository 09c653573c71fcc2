"""``where``: which programs a rule, a fund or a share speaks of.

A selection is a mapping from an attribute to what it must be; all entries must hold. A list means any of. ``not``,
``all`` and ``any`` nest. The attributes are those of a program: ``program`` (its id), ``name``, ``department``,
``priority``, ``tags``, ``districts``, ``baseline`` and whatever stands under ``attributes``.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, RootModel, field_validator
from pydantic_core import PydanticCustomError

from budgetopt.scenario.model.base import Model
from budgetopt.scenario.amounts import Number

__all__ = ["Comparison", "Where"]


class Comparison(Model):
    """What the value of one attribute must be, other than one of a few words."""

    not_: str | int | float | bool | list[str | int | float | bool] | None = Field(default=None, alias="not")
    """The value, or the list of values, that it must not have."""
    at_least: Number | None = None
    """The least number that is selected."""
    at_most: Number | None = None
    """The greatest number that is selected."""
    above: Number | None = None
    """Selected are numbers above this one."""
    below: Number | None = None
    """Selected are numbers below this one."""


class Where(RootModel[dict[str, Any]]):
    """A selection of programs by their attributes."""

    model_config = {"frozen": True}

    @field_validator("root")
    @classmethod
    def _well_formed(cls, root: dict[str, Any]) -> dict[str, Any]:
        if not root:
            raise PydanticCustomError("empty-selection", "the selection is empty", {"expected": "at least one attribute, such as department: Fire"})
        return {key: _term(key, value) for key, value in root.items()}


def _term(key: str, value: Any) -> Any:
    if key == "not":
        return Where.model_validate(value)
    if key in ("all", "any"):
        if not isinstance(value, list | tuple) or not value:
            raise PydanticCustomError("selection", "'{key}' takes a list of selections", {"key": key, "expected": f"{key}: [{{department: Fire}}, ...]"})
        return tuple(Where.model_validate(item) for item in value)
    if isinstance(value, dict):
        return Comparison.model_validate(value)
    if isinstance(value, list | tuple):
        if not value or any(isinstance(item, dict | list) or item is None for item in value):
            raise PydanticCustomError("selection", "'{key}' takes a word, a number or a list of them", {"key": key, "expected": f"{key}: [Fire, Police]"})
        return tuple(value)
    if value is None:
        raise PydanticCustomError("selection", "'{key}' has no value", {"key": key, "expected": f"{key}: Fire"})
    return value
