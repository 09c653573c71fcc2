"""Models whose fields are described by the text under each."""

from __future__ import annotations

import ast
import sys
from functools import cache
from inspect import cleandoc, getsource
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["Described", "field_texts"]


class Described(BaseModel):
    """A model that says in its JSON Schema what the text under each of its fields says."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> dict[str, Any]:
        made = handler(core_schema)
        properties = handler.resolve_ref_schema(made).get("properties", {})
        for name, about in field_texts(cls).items():
            properties[cls.model_fields[name].alias or name]["description"] = about
        return made


@cache
def field_texts(model: type[BaseModel]) -> dict[str, str]:
    """Return what is said of each field of a model: the text under it, or else its description; by its name.

    The texts are read from the source, and only when they are asked for: few runs ask, and to read them takes longer
    than everything else that makes a model.
    """
    found = {name: field.description for name, field in model.model_fields.items() if field.description}
    for kind in reversed(model.__mro__):
        if issubclass(kind, Described) and kind is not Described:
            found |= _written(kind)
    return found


def _written(kind: type) -> dict[str, str]:
    """Return the texts under the fields of one class, by the fields' names."""
    nodes = _module(kind.__module__).body
    bodies = [node.body for node in nodes if isinstance(node, ast.ClassDef) and node.name == kind.__name__]
    return {
        field.target.id: cleandoc(below.value.value)
        for body in bodies
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


@cache
def _module(name: str) -> ast.Module:
    return ast.parse(getsource(sys.modules[name]))
