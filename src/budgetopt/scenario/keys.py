"""The keys of the scenario language, worked out from the models: what a dotted key leads to, how its values are read.

``spending.at_most.FY2027`` is found by walking :class:`~budgetopt.scenario.model.Program` from field to field, so a
column of a table, a change and a key of a YAML file are read by the very same types.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.errors import near
from budgetopt.scenario.amounts import (
    Amount,
    AmountOrShare,
    HighShare,
    Number,
    NumberOrShare,
    PositiveAmount,
    ReserveAmount,
    ShareOf,
    SignedAmount,
    SignedShare,
)
from budgetopt.scenario.model.base import Name, Text, Title

__all__ = ["Kind", "Leaf", "Slot", "fields_of", "leaf_of", "near_key", "slot_of"]

Kind = Literal["number", "whole", "flag", "text", "choice", "names", "numbers", "points", "scalar", "other"]
"""What stands at a key: a number (or amount, or share), a whole number, true or false, text, one of a few words, a list
of names or of numbers, the points of a curve, a value of any simple type, or something that fits in no cell."""

_NOT_NEGATIVE = (Amount, AmountOrShare, HighShare, PositiveAmount, ReserveAmount, ShareOf)
_SIGNED = (Number, NumberOrShare, SignedAmount, SignedShare)
_MONEY = (Amount, AmountOrShare, PositiveAmount, ReserveAmount, SignedAmount)
_NUMERIC_VALIDATORS = {
    part.func for alias in (*_NOT_NEGATIVE, *_SIGNED) for part in get_args(alias) if isinstance(part, PlainValidator)
}
_NAMES = get_args(Name)[1:]
_WORDS = (*_NAMES, *get_args(Text)[1:], *get_args(Title)[1:])
"""What annotates the types that take any words."""
_MONEY_VALIDATORS = {part.func for alias in _MONEY for part in get_args(alias) if isinstance(part, PlainValidator)}


@dataclass(frozen=True)
class Leaf:
    """What a dotted key leads to: its path (a name with dots in it is one part), the type of its values, their kind."""

    path: tuple[str, ...]
    type: Any
    kind: Kind

    @cached_property
    def adapter(self) -> TypeAdapter[list[Any]]:
        """Reads a list of values, just as the model reads each."""
        return TypeAdapter(list[self.type])  # type: ignore[name-defined]

    @cached_property
    def takes_words(self) -> bool:
        """Whether every text of visible characters, without blanks around it, is a value as it stands."""
        return self.kind == "text" and all(part in _WORDS for part in _annotations(self.type))

    @cached_property
    def is_name(self) -> bool:
        """Whether its values are names."""
        return self.kind == "text" and any(part in _NAMES for part in _annotations(self.type))

    @cached_property
    def is_money(self) -> bool:
        """Whether its values are amounts of money, or lists of which the first item is one."""
        return _is_money(self.type)


def _bare(kind: Any) -> Any:
    """Return a type without what annotates it."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def _alternatives(kind: Any) -> list[Any]:
    """Return what a type may be: the members of a union, without ``None``; each with its own annotations."""
    inner = _bare(kind)
    # a union with one validator for all of its members is one type, with that validator
    whole = any(isinstance(part, PlainValidator) for part in _annotations(kind))
    if get_origin(inner) in (Union, types.UnionType) and not whole:
        return [member for part in get_args(inner) if part is not type(None) for member in _alternatives(part)]
    return [kind]


def _annotations(kind: Any) -> tuple[Any, ...]:
    return get_args(kind)[1:] if get_origin(kind) is Annotated else ()


def _is_money(kind: Any) -> bool:
    inner = _bare(kind)
    if get_origin(inner) is tuple:
        return _is_money(get_args(inner)[0])
    return any(getattr(part, "func", None) in _MONEY_VALIDATORS for part in _annotations(kind))


def _is_model(kind: Any) -> bool:
    """Return whether a type is a mapping with known keys."""
    return isinstance(_bare(kind), type) and issubclass(_bare(kind), BaseModel)


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the keys of a model, as they are written in a file, with the types of their values."""
    found = {}
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        found[field.alias or name] = Annotated[kind, *field.metadata] if field.metadata else kind
    return found


def _leaf_type(options: Sequence[Any]) -> tuple[Any, Kind] | None:
    """Return the type of the single values among types, and their kind; None where only keys stand."""
    members = [part for part in options if not _is_model(part) and get_origin(_bare(part)) is not dict]
    if not members:
        return None
    if len(members) > 1:
        simple = all(_bare(part) in (str, bool, int, float) for part in members)
        return Union[tuple(members)], "scalar" if simple else "other"  # noqa: UP007
    (member,) = members
    inner = _bare(member)
    if get_origin(inner) in (Union, types.UnionType):
        return member, "scalar"
    if get_origin(inner) is Literal:
        return member, "choice"
    if get_origin(inner) is tuple:
        items = _alternatives(get_args(inner)[0])
        if len(items) > 1:
            return member, "other"
        if _bare(items[0]) is str:
            return member, "names"
        if get_origin(_bare(items[0])) is tuple:
            return member, "points"
        return member, "numbers" if _is_number(items[0]) else "other"
    if inner in (bool, int, str):
        kinds: dict[Any, Kind] = {bool: "flag", int: "whole", str: "text"}
        return member, kinds[inner]
    return member, "number" if _is_number(member) else "other"


def _is_number(kind: Any) -> bool:
    return _bare(kind) is float and any(
        getattr(part, "func", None) in _NUMERIC_VALIDATORS for part in _annotations(kind)
    )


class Slot:
    """What may stand at one place of a scenario: the types of its values, annotated, and what may stand below it."""

    def __init__(self, types: Iterable[Any]) -> None:
        self.types = tuple(types)
        self._below: dict[str, Slot] = {}

    @cached_property
    def models(self) -> list[type[BaseModel]]:
        """The mappings with known keys that may stand there."""
        return [_bare(kind) for kind in self.types if _is_model(kind)]

    @cached_property
    def fields(self) -> list[str]:
        """The known keys of these mappings."""
        return list(dict.fromkeys(field for model in self.models for field in fields_of(model)))

    @cached_property
    def is_open(self) -> bool:
        """Whether anything may stand there."""
        return Any in self.types or any("root" in model.model_fields for model in self.models)

    @cached_property
    def has_names(self) -> bool:
        """Whether a mapping with keys of any name may stand there: things by their names, or amounts by period."""
        return any(get_origin(_bare(kind)) is dict for kind in self.types)

    @cached_property
    def is_list(self) -> bool:
        """Whether a list of mappings may stand there."""
        lists = [kind for kind in self.types if get_origin(_bare(kind)) is tuple]
        return any(Slot([kind]).below(0).models for kind in lists)

    @cached_property
    def kinds(self) -> set[Kind]:
        """The kinds of single values that may stand there."""
        return {leaf[1] for member in self.types if (leaf := _leaf_type([member])) is not None}

    @cached_property
    def leaf(self) -> Leaf | None:
        """The single value that may stand there, its path left empty; None where only keys or lists of keys stand."""
        found = _leaf_type(self.types)
        return None if found is None or found[1] == "other" else Leaf((), *found)

    @cached_property
    def short(self) -> str:
        """The key that a plain value stands for, where one may stand in place of a mapping; or an empty string."""
        return next((key for model in self.models if (key := _short_key(model))), "")

    @cached_property
    def takes_number(self) -> bool:
        """Whether a number may stand there, by itself or short for a mapping."""
        return "number" in self.kinds or bool(self.short and "number" in self.below(self.short).kinds)

    def takes(self, value: Any) -> bool:
        """Return whether a value may stand there."""
        for kind in self.types:
            try:
                TypeAdapter(kind).validate_python(value)
            except (ValidationError, PydanticCustomError):
                continue
            return True
        return False

    def below(self, part: str | int) -> Slot:
        """Return what may stand under a key, or be an item of a list."""
        known = str(part) if self._has_places or str(part) in self.fields else ""
        if known not in self._below:
            self._below[known] = Slot(self._types_below(known))
        return self._below[known]

    @cached_property
    def _has_places(self) -> bool:
        """Whether a list may stand there whose items differ by their place: the spending and the outcome of a point."""
        return any(get_origin(_bare(kind)) is tuple and Ellipsis not in get_args(_bare(kind)) for kind in self.types)

    def _types_below(self, field: str) -> Iterator[Any]:
        for member in self.types:
            inner = _bare(member)
            if inner is Any or (_is_model(member) and "root" in inner.model_fields):
                yield Any
            elif _is_model(member):
                if field in fields_of(inner):
                    yield from _alternatives(fields_of(inner)[field])
            elif get_origin(inner) in (dict, tuple, list):
                arguments = get_args(inner)
                place = 1 if get_origin(inner) is dict else int(field) if field.isdecimal() else 0
                yield from (kind for each in arguments[place : place + 1] for kind in _alternatives(each))

    def at(self, path: Iterable[str | int]) -> Slot:
        """Return what may stand at a path, part by part; a slot without types if there is no such key."""
        found = self
        for part in path:
            found = found.below(part)
        return found

    def fitting(self, node: Any) -> Slot:
        """Return what a mapping may be: of several models, those that have all of its keys."""
        if len(self.models) < 2 or not isinstance(node, Mapping):
            return self
        fits = [kind for kind in self.types if not _is_model(kind) or node.keys() <= fields_of(_bare(kind)).keys()]
        return Slot(fits) if any(_is_model(kind) for kind in fits) else self


@cache
def slot_of(model: type[BaseModel]) -> Slot:
    """Return the slot of a whole model."""
    return Slot([model])


@cache
def _short_key(model: type[BaseModel]) -> str:
    """Return the key that a plain number in place of a model stands for; an empty string if none may stand there."""
    try:
        said = model.model_validate(1).model_dump(by_alias=True, exclude_unset=True)
    except ValidationError:
        return ""
    return next(iter(said)) if len(said) == 1 else ""


@lru_cache(maxsize=4096)
def leaf_of(model: type[BaseModel], key: str) -> Leaf | None:
    """Return what a dotted key of a model leads to, or None if there is no such key or no single value stands there."""
    for path, slot in _ways(slot_of(model), key):
        found = _leaf_type(slot.types)
        if found is not None and all(part and part == part.strip() for part in path):
            return Leaf(path, *found)
    return None


def _ways(slot: Slot, key: str) -> Iterator[tuple[tuple[str, ...], Slot]]:
    """Yield every way to read a dotted key below a slot, and what it leads to."""
    below = [(field, slot.below(field)) for field in slot.fields if key == field or key.startswith(f"{field}.")]
    number, _, rest = key.partition(".")
    if slot.has_names:
        ends = [len(key), *(at for at, character in enumerate(key) if character == "." and at)]
        below += [(key[:at], slot.below("")) for at in ends]
    elif slot.is_list and number.isdecimal() and rest:
        # an item of a list of mappings is called by its number
        below.append((number, slot.below(0)))
    for part, inside in below:
        if part == key:
            yield (part,), inside
        else:
            yield from (((part, *path), found) for path, found in _ways(inside, key[len(part) + 1 :]))


def near_key(slot: Slot, key: str) -> str:
    """Return the key nearest to a misspelt dotted one, or an empty string if none is near."""
    first, _, rest = key.partition(".")
    if slot.models:
        close = first if first in slot.fields else near(first, slot.fields)
        if close and rest:
            below = near_key(slot.below(close), rest)
            return f"{close}.{below}" if below else ""
        deeper = [path for path in _two_below(slot) if path.rpartition(".")[2] == first and not rest]
        if close or deeper:
            return close or deeper[0]
    if slot.has_names:
        inside = slot.below("")
        if not rest:
            return first if _leaf_type(inside.types) is not None else ""
        at = key.rfind(".")
        below = near_key(inside, key[at + 1 :]) if inside.models else key[at + 1 :]
        return f"{key[:at]}.{below}" if below else ""
    return key if _leaf_type(slot.types) is not None and not rest else ""


def _two_below(slot: Slot) -> Iterator[str]:
    """Yield the dotted keys below the fields of a slot, NAME standing for any name."""
    for field in slot.fields:
        inside = slot.below(field)
        yield from (f"{field}.{below}" for below in inside.fields)
        if inside.has_names:
            yield from (f"{field}.NAME.{below}" for below in inside.below("").fields)
