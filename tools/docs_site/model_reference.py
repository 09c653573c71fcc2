"""A reference made from pydantic models and the text that each of their fields carries."""

from __future__ import annotations

import functools
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Discriminator
from pydantic.fields import FieldInfo

from budgetopt.scenario.model.described import field_texts

__all__ = ["Reference"]

Words = tuple[Any, "str | Callable[[Reference, Any], str]"]
_PLAIN: tuple[Words, ...] = (
    (str, "text"),
    (bool, "`true` or `false`"),
    (int, "whole number"),
    (float, "number"),
    (Any, "value"),
)


@dataclass(frozen=True)
class Reference:
    """How the models of one format are described.

    Parameters
    ----------
    root
        The model of the whole document.
    titles
        Headings of models whose class name is not what a reader would call them.
    words
        Types and how they are said; the first that is equal to a field's type is taken.
    last
        Models that come at the end.
    texts
        Text for models in place of their docstring and table.
    as_input
        Whether people write it: then the page says what is required and what stands for a key that is left out. In
        what the program writes every key is there, and the page says where it may be null.
    """

    root: type[BaseModel]
    titles: Mapping[str, str] = field(default_factory=dict)
    words: Sequence[Words] = ()
    last: tuple[type[BaseModel], ...] = ()
    texts: Mapping[type[BaseModel], str] = field(default_factory=dict)
    as_input: bool = True

    def models(self) -> list[type[BaseModel]]:
        """Return every model, each below the one that first speaks of it."""
        found: dict[type[BaseModel], None] = {}

        def visit(model: type[BaseModel]) -> None:
            if model not in found:
                found[model] = None
                for hint in self._hints(model).values():
                    for part in models_in(hint):
                        visit(part)

        visit(self.root)
        return [model for model in found if model not in self.last] + list(self.last)

    def markdown(self) -> str:
        """Return the reference: a section for each model, with a table of its keys."""
        return "\n\n".join(self._section(model) for model in self.models())

    def title(self, model: type[BaseModel]) -> str:
        """Return the heading of a model: its name in words, ``ExactlyOneRule`` as "Rule: exactly one"."""
        if model.__name__ in self.titles:
            return self.titles[model.__name__]
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()
        if words.endswith(" rule"):
            words = f"rule: {words.removesuffix(' rule')}"
        return words[0].upper() + words[1:]

    def link(self, model: type[BaseModel]) -> str:
        """Return a link to a model's section."""
        title = self.title(model)
        kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
        return f"[{title[0].lower()}{title[1:]}](#{'-'.join(kept.split())})"

    def say(self, hint: Any) -> str:
        """Return what a value may be, in words.

        Raises
        ------
        TypeError
            If the type is of a kind that nobody has put into words yet.
        """
        for known, words in (*self.words, *_PLAIN):
            if hint == known:
                return words if isinstance(words, str) else words(self, hint)
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self._say_annotated(args)
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            return self.link(hint)
        if origin is typing.Literal:
            choices = [f"`{value}`" for value in args]
            return " or ".join(choices) if len(choices) < 3 else f"one of {', '.join(choices)}"
        if origin in (typing.Union, types.UnionType):
            parts = dict.fromkeys(self.say(arg) for arg in args if arg is not type(None))
            null = not self.as_input and type(None) in args
            return ", or ".join([*parts, "null"] if null else parts)
        if origin in (dict, Mapping):
            return f"mapping from name to {self.say(args[1])}"
        if origin is tuple and args[-1] is not ...:
            return f"[{', '.join(self.say(arg) for arg in args)}]"
        if origin in (list, tuple, Sequence):
            return f"list of {self.say(args[0])}"
        raise TypeError(f"no words for {hint!r}; give some to the reference that uses it")

    def _say_annotated(self, args: tuple[Any, ...]) -> str:
        by_period = [item for item in args if isinstance(item, Discriminator) and "period" in str(item.discriminator)]
        if not by_period:
            return self.say(args[0])
        value, *notes = typing.get_args(typing.get_args(args[0])[0])
        untagged = functools.reduce(lambda hint, note: typing.Annotated[hint, note], notes[:-1], value)
        return f"{self.say(untagged)}; or a mapping from period to that"

    def _section(self, model: type[BaseModel]) -> str:
        text = self.texts.get(model, inspect.cleandoc(model.__doc__ or ""))
        lines = [f"## {self.title(model)}", "", text.replace("``", "`"), ""]
        hints = self._hints(model)
        if hints:
            lines += ["| Key | Value | Meaning |", "| --- | --- | --- |"]
        for name, hint in hints.items():
            info = model.model_fields[name]
            meaning = " ".join(field_texts(model).get(name, "").replace("``", "`").split())
            cells = (f"`{info.alias or name}`", self.say(hint) + (_default(info) if self.as_input else ""), meaning)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return "\n".join(lines)

    def _hints(self, model: type[BaseModel]) -> dict[str, Any]:
        if model in self.texts:
            return {}
        hints = typing.get_type_hints(model, include_extras=True)
        return {name: hints[name] for name in model.model_fields}


def models_in(hint: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a type speaks of."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in typing.get_args(hint):
        yield from models_in(part)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return " (required)"
    default = info.get_default(call_default_factory=True)  # type: ignore[call-arg, unused-ignore]
    if default in (None, "", (), {}) or isinstance(default, BaseModel):
        return ""
    if isinstance(default, bool):
        shown = str(default).lower()
    elif isinstance(default, tuple):
        shown = ", ".join(_item(item) for item in default)
    elif isinstance(default, float) and default.is_integer():
        shown = str(int(default))
    else:
        shown = str(default)
    return f"; `{shown}` if left out"


def _item(item: Any) -> str:
    if isinstance(item, BaseModel):
        return ", ".join(f"{key}: {value}" for key, value in item.model_dump(exclude_defaults=True).items())
    return str(item)
