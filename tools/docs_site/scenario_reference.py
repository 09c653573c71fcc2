"""The reference of the scenario language, made from the models and the text that each of their fields carries."""

from __future__ import annotations

import functools
import inspect
import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Discriminator
from pydantic.fields import FieldInfo

from budgetopt.scenario import amounts
from budgetopt.scenario.model import Comparison, Document, Model, Program, Where, base, table
from budgetopt.scenario.model.rule import Rule

__all__ = ["models", "scenario_reference"]

TITLES = {
    "Document": "The scenario",
    "SumRule": "Rule: a limit on a sum",
    "ChangeRule": "Rule: a limit on change",
    "ChangeLimit": "The limit of a change rule",
    "Spending": "Spending limits",
    "OfSelection": "A share of another selection",
    "Where": "Selections (`where`, `only`)",
    "Comparison": "Comparisons in a selection",
    "Table": "A table",
}
"""Headings of models whose class name is not what an analyst would call them."""


def _hint(model: type[BaseModel], name: str) -> tuple[Any, ...]:
    return typing.get_args(typing.get_type_hints(model, include_extras=True)[name])


# the words for the value types of the models; compared by identity of what they are annotated with
_WORDS: list[tuple[Any, str]] = [
    (amounts.Amount, "amount"),
    (amounts.PositiveAmount, "amount above zero"),
    (amounts.SignedAmount, "amount, of either sign"),
    (amounts.Number, "number"),
    (amounts.ShareOf, "share"),
    (amounts.AmountOrShare, "amount, or share"),
    (amounts.NumberOrShare, "number, or share"),
    (base.Name, "name"),
    (base.Names, "name, or list of names"),
    (base.Text, "text"),
    (base.Date, "year or date"),
    (_hint(Program, "attributes")[1], "text, number, `true` or `false`"),
    (str, "text"),
    (bool, "`true` or `false`"),
    (int, "whole number"),
    (float, "number"),
]


def models() -> list[type[BaseModel]]:
    """Return every model of the scenario language, each below the one that first speaks of it; selections last."""
    found: dict[type[BaseModel], None] = {}

    def visit(model: type[BaseModel]) -> None:
        if model not in found:
            found[model] = None
            for hint in _hints(model).values():
                for part in _models_in(hint):
                    visit(part)

    visit(Document)
    selections = (Where, Comparison)
    return [model for model in found if model not in selections] + list(selections)


def scenario_reference() -> str:
    """Return the reference in Markdown: a section for each model, with a table of its keys."""
    return "\n\n".join(_section(model) for model in models())


def _section(model: type[BaseModel]) -> str:
    text = inspect.cleandoc((sys.modules[model.__module__] if model is Where else model).__doc__ or "")
    lines = [f"## {_title(model)}", "", text.replace("``", "`"), ""]
    if model is not Where:
        lines += ["| Key | Value | Meaning |", "| --- | --- | --- |"]
        hints = _hints(model)
        for name, info in model.model_fields.items():
            meaning = " ".join((info.description or "").split())
            cells = (f"`{info.alias or name}`", _words(hints[name]) + _default(info), meaning)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _title(model: type[BaseModel]) -> str:
    return TITLES.get(model.__name__, model.__name__)


def _anchor(model: type[BaseModel]) -> str:
    kept = "".join(letter for letter in _title(model).lower() if letter.isalnum() or letter in " -_")
    return "-".join(kept.split())


def _hints(model: type[BaseModel]) -> dict[str, Any]:
    if model is Where:
        return {}
    hints = typing.get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


def _models_in(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in typing.get_args(hint):
        yield from _models_in(part)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return " (required)"
    default = info.get_default(call_default_factory=True)  # type: ignore[call-arg, unused-ignore]
    if default in (None, "", (), {}) or isinstance(default, Model):
        return ""
    if isinstance(default, bool):
        return f"; `{str(default).lower()}` if left out"
    if isinstance(default, tuple):
        shown = ", ".join(_item(item) for item in default)
        return f"; `{shown}` if left out"
    if isinstance(default, float) and default.is_integer():
        return f"; `{int(default)}` if left out"
    return f"; `{default}` if left out"


def _item(item: Any) -> str:
    if isinstance(item, BaseModel):
        return ", ".join(f"{key}: {value}" for key, value in item.model_dump(exclude_defaults=True).items())
    return str(item)


def _words(hint: Any) -> str:
    """Return what a value may be, in words."""
    for known, words in _WORDS:
        if hint == known:
            return words
    if hint == Rule:
        return " or ".join(_link(model) for model in dict.fromkeys(_models_in(hint)))
    if hint == table.TableFiles:
        return f"file name, {_link(table.Table)}, or a list of them"
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        if any(isinstance(item, Discriminator) and item.discriminator is base._one_or_by_period for item in args):
            value, *notes = typing.get_args(typing.get_args(args[0])[0])
            one = functools.reduce(
                lambda hint, note: typing.Annotated[hint, note], notes[:-1], value
            )  # without its tag
            return f"{_words(one)}; or a mapping from period to that"
        return _words(args[0])
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _link(hint)
    if origin is typing.Literal:
        choices = [f"`{value}`" for value in args]
        return " or ".join(choices) if len(choices) < 3 else f"one of {', '.join(choices)}"
    if origin in (typing.Union, types.UnionType):
        return ", or ".join(dict.fromkeys(_words(arg) for arg in args if arg is not type(None)))
    if origin in (dict, Mapping):
        return f"mapping from name to {_words(args[1])}"
    if origin is tuple:
        return f"list of {_words(args[0])}" if args[-1] is ... else f"[{', '.join(_words(arg) for arg in args)}]"
    if origin in (list, Sequence):
        return f"list of {_words(args[0])}"
    if hint is Any:
        return "value"
    raise TypeError(f"no words for {hint!r}; add them to _WORDS")


def _link(model: type[BaseModel]) -> str:
    return f"[{_title(model).lower()}](#{_anchor(model)})"
