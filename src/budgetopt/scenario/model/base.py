"""What every model of the scenario language shares."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

from budgetopt.errors import hidden_in
from budgetopt.scenario.amounts import Number
from budgetopt.scenario.model.described import Described
from budgetopt.scenario.words import clean, refuse, seen_as_written, shown, turns_written_out

__all__ = [
    "Date", "Evidence", "Flag", "Model", "Name", "Names", "NotNegative", "PerPeriod", "Scalar", "Text", "Title",
    "few_periods", "is_tag", "one_or_many", "scalar", "tag", "tag_name",
]  # fmt: skip

MOST_PERIODS = 1_000
"""No number of periods or years in a scenario is larger."""
_TAG = "\x1f"
"""Tags of alternatives begin with a character that no key of a file can have: so they are told from keys in a path."""


def tag(name: str) -> Tag:
    """Return the tag of one alternative of a union; error messages leave it out of the path."""
    return Tag(_TAG + name)


def tag_name(name: str) -> str:
    """Return what a discriminator answers for the alternative of that name."""
    return _TAG + name


def is_tag(item: object) -> bool:
    """Return whether an item of a path is the tag of an alternative and no key."""
    return isinstance(item, str) and item.startswith(_TAG)


class Model(Described):
    """A frozen mapping with no unknown keys; every field is described, and the reference is made of that."""

    # a scenario file is read by one schema, that of the document: those of its parts are made where they are asked for
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, ser_json_inf_nan="strings")


_QUOTE = "if it is meant as text, put it in quotation marks"


def _name(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int):
        hint = _QUOTE if isinstance(value, bool | float) else ""
        raise refuse("name", "{shown} is not a name", "a name, as text", hint, shown=shown(value))
    text = clean(str(value)).strip()
    if not text:
        raise refuse("name", "a name is empty", "a name of visible characters")
    if not text.isprintable() or hidden_in(text):
        hint = "it may have come with a copied text: type the name again"
        raise refuse("name", "the name {text} has an invisible character", "visible characters", hint, text=ascii(text))
    return text


Name = Annotated[str, BeforeValidator(_name)]
"""A name of visible characters; a whole number such as a fiscal year is read as its digits."""


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str | int) and not isinstance(value, bool) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_names)]
"""One name or a list of names."""


def _text(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return clean(value)
    hint = _QUOTE if isinstance(value, bool | float) else ""
    raise refuse("text", "{shown} is not text", "text", hint, shown=shown(value))


_OneText = Annotated[str, BeforeValidator(_text), StringConstraints(strip_whitespace=True)]
Text = Annotated[_OneText, AfterValidator(turns_written_out)]
"""Free text; marks that turn the direction of what follows are written out."""
Title = Annotated[_OneText, AfterValidator(seen_as_written)]
"""What something is called in print: text on one line, of visible characters."""
Date = Annotated[
    str, BeforeValidator(_text), AfterValidator(seen_as_written), Field(examples=["2024", "2024-06", "FY2024"])
]
"""The year or date that a figure is of."""


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    hint = "write true" if word in ("yes", "y", "on", "true", "1") else ""
    hint = "write false" if word in ("no", "n", "off", "false", "0") else hint
    raise refuse("flag", "{shown} is neither true nor false", "true or false", hint, shown=shown(value))


Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""``true`` or ``false`` and nothing else: in YAML 1.2 ``no`` is a word."""


def scalar(value: Any) -> str | bool | int | float:
    """Return a single value of a file; refuse what is none."""
    if isinstance(value, str):
        return seen_as_written(clean(value).strip())
    if isinstance(value, bool | int) or (isinstance(value, float) and abs(value) < float("inf")):
        return value
    raise refuse("scalar", "{shown} is no single value", "a word, a number, true or false", shown=shown(value))


Scalar = Annotated[
    str | bool | int | float, PlainValidator(scalar), WithJsonSchema({"type": ["string", "boolean", "number"]})
]
"""A word, a number, true or false."""


def _one_or_by_period(value: Any) -> str:
    return tag_name("by period" if isinstance(value, dict) else "every period")


def few_periods(value: Any) -> Any:
    """Return a number of periods or years as it is; refuse what is none, or more than a budget can mean."""
    if isinstance(value, bool):
        raise refuse("number", "{shown} is not a number", "a whole number such as 2", shown=shown(value))
    if isinstance(value, int | float) and value > MOST_PERIODS:
        raise refuse("out-of-range", "{shown} is too great", f"{MOST_PERIODS} or less", shown=shown(value))
    return value


def one_or_many(value: Any) -> tuple[Any, ...]:
    """Return a list of values as a tuple, and one value as a tuple of it."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


NotNegative = Annotated[Number, Field(ge=0)]
Evidence = Literal["rct", "quasi_experimental", "observational", "administrative", "expert", "assumption"]
"""The quality of the evidence, from randomized trials down to what was merely assumed."""
T = TypeVar("T")
PerPeriod = Annotated[
    Annotated[T, tag("every period")] | Annotated[dict[Name, T], tag("by period")], Discriminator(_one_or_by_period)
]
"""One value for every period, or a mapping from period to value."""
