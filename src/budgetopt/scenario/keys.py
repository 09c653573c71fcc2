"""The keys of the scenario language, worked out from the models: what a dotted key leads to, how its values are read.

``spending.at_most.FY2027`` is found by walking :class:`~budgetopt.scenario.model.Program` from field to field, so a
column of a table, a change and a key of a YAML file are read by the very same types.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, PlainValidator, TypeAdapter, ValidationError

from budgetopt.errors import near
from budgetopt.scenario.amounts import (
    Amount,
    AmountOrShare,
    Number,
    NumberOrShare,
    PositiveAmount,
    ShareOf,
    SignedAmount,
    SignedShare,
)

__all__ = [
    "Kind",
    "Leaf",
    "fitting",
    "kinds_of",
    "leaf_of",
    "leaf_type",
    "near_key",
    "short_key",
    "type_at",
    "types_below",
]

Kind = Literal["number", "whole", "flag", "text", "choice", "names", "numbers", "points", "scalar", "other"]
"""What stands at a key: a number (or amount, or share), a whole number, true or false, text, one of a few words, a list
of names or of numbers, the points of a curve, a value of any simple type, or something that fits in no cell."""

_NUMERIC_VALIDATORS = {
    part.func
    for alias in (Amount, AmountOrShare, Number, NumberOrShare, PositiveAmount, ShareOf, SignedAmount, SignedShare)
    for part in get_args(alias)
    if isinstance(part, PlainValidator)
}


@dataclass(frozen=True)
class Leaf:
    """What a dotted key leads to.

    Parameters
    ----------
    path
        The key, part by part; a name that has dots in it is one part.
    type
        The type of its values, with the checks of the model.
    kind
        What stands there.
    """

    path: tuple[str, ...]
    type: Any
    kind: Kind

    @cached_property
    def adapter(self) -> TypeAdapter[list[Any]]:
        """Reads a list of values, just as the model reads each."""
        return TypeAdapter(list[self.type])  # type: ignore[name-defined]


def bare(kind: Any) -> Any:
    """Return a type without what annotates it."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def alternatives(kind: Any) -> list[Any]:
    """Return what a type may be: the members of a union, without ``None``; each with its own annotations."""
    inner = bare(kind)
    # a union with one validator for all of its members is one type, with that validator
    whole = any(isinstance(part, PlainValidator) for part in _annotations(kind))
    if get_origin(inner) in (Union, types.UnionType) and not whole:
        return [member for part in get_args(inner) if part is not type(None) for member in alternatives(part)]
    return [kind]


def _annotations(kind: Any) -> tuple[Any, ...]:
    return get_args(kind)[1:] if get_origin(kind) is Annotated else ()


def is_model(kind: Any) -> bool:
    """Return whether a type is a mapping with known keys."""
    return isinstance(bare(kind), type) and issubclass(bare(kind), BaseModel)


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the keys of a model, as they are written in a file, with the types of their values."""
    found = {}
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        found[field.alias or name] = Annotated[kind, *field.metadata] if field.metadata else kind
    return found


def _below(kind: Any, key: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every way to read a dotted key below a type, and the type that it leads to."""
    for member in alternatives(kind):
        inner = bare(member)
        if is_model(member):
            for field, inside in fields_of(inner).items():
                if key == field:
                    yield (field,), inside
                elif key.startswith(f"{field}."):
                    for path, found in _below(inside, key[len(field) + 1 :]):
                        yield (field, *path), found
        elif get_origin(inner) is dict:
            value = get_args(inner)[1]
            yield (key,), value
            at = key.find(".")
            while at > 0:
                for path, found in _below(value, key[at + 1 :]):
                    yield (key[:at], *path), found
                at = key.find(".", at + 1)
        elif get_origin(inner) is tuple and is_model(get_args(inner)[0]):
            # an item of a list of mappings is called by its number
            number, _, rest = key.partition(".")
            if number.isdecimal():
                for path, found in _below(get_args(inner)[0], rest):
                    yield (number, *path), found


def leaf_type(kind: Any) -> tuple[Any, Kind] | None:
    """Return the type of the values that stand directly at a type, and their kind; None where only keys stand."""
    members = [part for part in alternatives(kind) if not is_model(part) and get_origin(bare(part)) is not dict]
    if not members:
        return None
    if len(members) > 1:
        simple = all(bare(part) in (str, bool, int, float) for part in members)
        return Union[tuple(members)], "scalar" if simple else "other"  # noqa: UP007
    (member,) = members
    inner = bare(member)
    if get_origin(inner) in (Union, types.UnionType):
        return member, "scalar"
    if get_origin(inner) is Literal:
        return member, "choice"
    if get_origin(inner) is tuple:
        item = alternatives(get_args(inner)[0])
        if len(item) == 1 and bare(item[0]) is str:
            return member, "names"
        if len(item) == 1 and get_origin(bare(item[0])) is tuple:
            return member, "points"
        return member, "numbers" if len(item) == 1 and _is_number(item[0]) else "other"
    if inner is bool:
        return member, "flag"
    if inner is int:
        return member, "whole"
    if inner is str:
        return member, "text"
    return member, "number" if _is_number(member) else "other"


def _is_number(kind: Any) -> bool:
    return bare(kind) is float and any(
        getattr(part, "func", None) in _NUMERIC_VALIDATORS for part in _annotations(kind)
    )


@lru_cache(maxsize=4096)
def leaf_of(model: type[BaseModel], key: str) -> Leaf | None:
    """Return what a dotted key of a model leads to, or None if there is no such key or no single value stands there."""
    for path, kind in _below(model, key):
        if all(part and part == part.strip() for part in path) and (found := leaf_type(kind)) is not None:
            return Leaf(path, *found)
    return None


def type_at(kind: Any, path: tuple[str | int, ...]) -> list[Any]:
    """Return the types that may stand at a path, part by part; none if there is no such key."""
    found = alternatives(kind)
    for part in path:
        found = types_below(found, part)
    return found


@cache
def short_key(model: type[BaseModel]) -> str:
    """Return the key that a plain number in place of a model stands for; an empty string if none may stand there."""
    try:
        said = model.model_validate(1).model_dump(by_alias=True, exclude_unset=True)
    except ValidationError:
        return ""
    return next(iter(said)) if len(said) == 1 else ""


def types_below(kinds: list[Any], part: str | int) -> list[Any]:
    """Return the types that may stand under a key of any of some types, or be an item of their lists."""
    found: list[Any] = []
    for member in kinds:
        inner = bare(member)
        if inner is Any or (is_model(member) and "root" in inner.model_fields):
            found.append(Any)
        elif is_model(member):
            if (field := fields_of(inner).get(str(part))) is not None:
                found += alternatives(field)
        elif get_origin(inner) in (dict, tuple, list):
            arguments = get_args(inner)
            found += alternatives(arguments[1] if get_origin(inner) is dict else arguments[0])
    return found


def fitting(kinds: list[Any], node: Any) -> list[Any]:
    """Return the types that a mapping may be of: of several models, those that have all of its keys."""
    if not isinstance(node, Mapping):
        return kinds
    fits = [kind for kind in kinds if not is_model(kind) or node.keys() <= fields_of(bare(kind)).keys()]
    return fits if any(is_model(kind) for kind in fits) else kinds


def kinds_of(kinds: list[Any]) -> set[Kind]:
    """Return the kinds of single values that may stand at any of some types."""
    return {leaf[1] for member in kinds if (leaf := leaf_type(member)) is not None}


def near_key(kind: Any, key: str) -> str:
    """Return the key nearest to a misspelt dotted one, or an empty string if none is near."""
    head, _, rest = key.partition(".")
    for member in alternatives(kind):
        inner = bare(member)
        if is_model(member):
            known = fields_of(inner)
            close = head if head in known else near(head, known)
            if close and rest:
                below = near_key(known[close], rest)
                return f"{close}.{below}" if below else ""
            if close:
                return close
            deeper = [path for path in _leaves(inner) if path.rpartition(".")[2] == head]
            if deeper and not rest:
                return deeper[0]
        elif get_origin(inner) is dict:
            value = get_args(inner)[1]
            if not rest:
                return head if leaf_type(value) is not None else ""
            at = key.rfind(".")
            if any(is_model(part) for part in alternatives(value)):
                below = near_key(value, key[at + 1 :])
                return f"{key[:at]}.{below}" if below else ""
            return key
    return key if leaf_type(kind) is not None and not rest else ""


@cache
def _leaves(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the dotted keys below the fields of a model, NAME standing for any name."""
    found: list[str] = []
    for field, kind in fields_of(model).items():
        for member in alternatives(kind):
            inner = bare(member)
            if is_model(member):
                found += [f"{field}.{below}" for below in fields_of(inner)]
            elif get_origin(inner) is dict:
                for value in alternatives(get_args(inner)[1]):
                    if is_model(value):
                        found += [f"{field}.NAME.{below}" for below in fields_of(bare(value))]
    return tuple(found)
