"""``where``: which programs a rule, a fund or a share speaks of.

A selection is a mapping from an attribute to what it must be; all entries must hold. A list means any of. ``not``,
``all`` and ``any`` nest. The attributes are those of a program: ``program`` (its id), ``name``, ``department``,
``priority``, ``tags``, ``districts``, ``baseline`` and whatever stands under ``attributes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import Field, RootModel, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from budgetopt.scenario.amounts import Number
from budgetopt.scenario.model.base import Model, Scalar, scalar
from budgetopt.scenario.words import refuse, shown

__all__ = ["CONNECTIVES", "Comparison", "Where"]

CONNECTIVES = ("not", "all", "any")
"""The keys of a selection that are no attributes."""


class Comparison(Model):
    """What the value of one attribute must be, other than one of a few words."""

    not_: Scalar | list[Scalar] | None = Field(default=None, alias="not")
    """The value, or the list of values, that it must not have."""
    at_least: Number | None = None
    """The least number that is selected."""
    at_most: Number | None = None
    """The greatest number that is selected."""
    above: Number | None = None
    """Selected are numbers above this one."""
    below: Number | None = None
    """Selected are numbers below this one."""

    @field_validator("not_", mode="plain")
    @classmethod
    def _value_or_values(cls, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, list | tuple):
            return list(_each(enumerate(value), scalar).values())
        return scalar(value)

    @model_validator(mode="after")
    def _says_something(self) -> Comparison:
        if all(getattr(self, name) is None for name in type(self).model_fields) or self.not_ == []:
            raise refuse("selection", "the comparison compares with nothing", "not, at_least, at_most, above or below")
        return self


class Where(RootModel[dict[str, Any]]):
    """A selection of programs by their attributes."""

    model_config = {"frozen": True, "defer_build": True}

    @field_validator("root", mode="before")
    @classmethod
    def _well_formed(cls, root: Any) -> Any:
        expected = "at least one attribute, such as department: Fire"
        if not isinstance(root, dict):
            raise refuse("selection", "{shown} is no selection", expected, shown=shown(root))
        if not root:
            raise refuse("empty-selection", "the selection is empty", expected)
        terms = {str(key): (str(key), value) for key, value in root.items()}
        return _each(terms.items(), lambda term: _term(*term))


def _each(items: Iterable[tuple[Any, Any]], read: Callable[[Any], Any]) -> dict[Any, Any]:
    """Return what each item reads as; every error of every item is raised at once, its path below the item."""
    done: dict[Any, Any] = {}
    errors: list[InitErrorDetails] = []
    for key, item in items:
        try:
            done[key] = read(item)
        except ValidationError as error:
            for one in error.errors():
                context = {name: text for name, text in one.get("ctx", {}).items() if name in ("expected", "hint")}
                kind = PydanticCustomError(one["type"], one["msg"], context)
                errors.append(InitErrorDetails(type=kind, loc=(key, *one["loc"]), input=one["input"]))
        except PydanticCustomError as error:
            errors.append(InitErrorDetails(type=error, loc=(key,), input=item))
    if errors:
        raise ValidationError.from_exception_data("selection", errors)
    return done


def _term(key: str, value: Any) -> Any:
    if isinstance(value, Where | Comparison):
        return value
    if key == "not":
        return Where.model_validate(value)
    if key in CONNECTIVES:
        if isinstance(value, str) or not isinstance(value, list | tuple) or not value:
            message, expected = (
                "'{key}' takes a list of selections, not {shown}",
                "[{department: Fire}, {tags: housing}]",
            )
            found = shown(value) if value else "an empty one"
            raise refuse("selection", message, f"{key}: {expected}", key=key, shown=found)
        return tuple(_each(enumerate(value), Where.model_validate).values())
    if isinstance(value, dict):
        return Comparison.model_validate(value)
    expected = f"{key}: Fire, or a list such as {key}: [Fire, Police]"
    if value is None or value in ([], ()):
        raise refuse("selection", "'{key}' has no value", expected, key=key)
    if isinstance(value, list | tuple):
        return tuple(_each(enumerate(value), scalar).values())
    return scalar(value)
