"""What every model of the scenario language shares."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

__all__ = ["Date", "Model", "Name", "Names", "PerPeriod", "Text"]


class Model(BaseModel):
    """A frozen mapping with no unknown keys; every field is described, and the reference is made of the descriptions."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="strings")


def _name(value: Any) -> Any:
    if isinstance(value, bool) or value is None or not isinstance(value, str | int):
        shown = "nothing" if value is None else str(value)
        raise PydanticCustomError("name", "{shown} is not a name", {"shown": shown, "expected": "a name, as text"})
    text = str(value).strip()
    if not text or not text.isprintable():
        raise PydanticCustomError("name", "a name is empty or has control characters", {"expected": "a name of visible characters"})
    return text


Name = Annotated[str, BeforeValidator(_name)]
"""A name of visible characters; a whole number such as a fiscal year is read as its digits."""


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str | int) and not isinstance(value, bool) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_names)]
"""One name or a list of names."""


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text), StringConstraints(strip_whitespace=True)]
"""Free text."""
Date = Annotated[str, BeforeValidator(_text), Field(examples=["2024", "2024-06", "FY2024"])]
"""The year or date that a figure is of."""



def _one_or_by_period(value: Any) -> str:
    return "by period" if isinstance(value, dict) else "every period"


T = TypeVar("T")
PerPeriod = Annotated[
    Annotated[T, Tag("every period")] | Annotated[dict[Name, T], Tag("by period")], Discriminator(_one_or_by_period)
]
"""One value for every period, or a mapping from period to value."""
