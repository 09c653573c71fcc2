"""The JSON Schema of a scenario file, made from the models, for editors that complete and check as one types.

It says what can be said of one file by itself. What needs more than that (names that must exist, curves that must not
go backwards, tables) is found by ``budgetopt check``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from budgetopt.reading.document_tree import SECTIONS
from budgetopt.reading.yaml_text import share_text
from budgetopt.scenario import amounts
from budgetopt.scenario.model import Comparison, Document
from budgetopt.scenario.model.base import Model

__all__ = ["json_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "urn:budgetopt:scenario:1"
_AMOUNT_FORMS = "a number, or a text such as 4_200_000, 4,200,000, $4.2M, 350k or 1.2B"
_OR_SHARE = "or a share with a percent sign, such as 90%"
_SHARE_FORMS = "a fraction such as 0.16, or a text such as 16%"
_VALUES: dict[str, tuple[Any, str]] = {
    "Amount": (amounts.Amount, f"Zero or more: {_AMOUNT_FORMS}."),
    "PositiveAmount": (amounts.PositiveAmount, f"Above zero: {_AMOUNT_FORMS}."),
    "Share": (amounts.ShareOf, f"A share: {_SHARE_FORMS}."),
    "HighShare": (
        amounts.HighShare,
        f"A share of 100% or more: a number from 1 to {amounts.MOST_TIMES}, or a text such as 125%.",
    ),
    "SignedShare": (amounts.SignedShare, f"A share of either sign: {_SHARE_FORMS}."),
    "AmountOrShare": (
        amounts.AmountOrShare,
        f"An amount, {_AMOUNT_FORMS}; {_OR_SHARE}.",
    ),
    "ReserveAmount": (
        amounts.ReserveAmount,
        f"An amount, {_AMOUNT_FORMS}; {_OR_SHARE}; or days or months of a year, such as 60 days or 2 months.",
    ),
    "NumberOrShare": (
        amounts.NumberOrShare,
        f"A number, {_AMOUNT_FORMS}; {_OR_SHARE}.",
    ),
    "Number": (amounts.Number, f"Any number: {_AMOUNT_FORMS}."),
}
"""The types of single values, with the forms that they may be written in."""
_ONE_OF: dict[str, tuple[str, ...]] = {
    "Match": ("rate", "share"),
    "Need": ("needs", "needs_any"),
    "Objective": ("maximize", "minimize"),
}
"""Models of which exactly one of some keys is given."""
_ANY_OF: dict[str, tuple[str, ...]] = {
    "ChangeLimit": ("at_most", "increase_at_most", "decrease_at_most"),
    "CountRule": ("at_least", "at_most", "equals"),
    "IfFunded": ("at_least", "fixed_cost"),
    "SumRule": ("at_least", "at_most", "equals", "each_at_least", "each_at_most", "parity"),
    "Target": ("at_least", "at_most"),
    "Use": ("per", "per_dollar", "per_unit", "per_outcome", "at_baseline"),
}
"""Models of which at least one of some keys is given."""
_SHORT: dict[str, tuple[str, ...]] = {"PackageEffect": ("Number",), "Reserve": ("ReserveAmount",)}
"""Models in whose place a plain value may stand."""
_NAME = {"type": ["string", "integer"]}
_SCALAR = {"type": ["string", "boolean", "number"]}
_SHIFT = {
    "type": "string",
    "pattern": r"^\s*[-+*=]",
    "description": "In a file that extends another: -5%, +2M or *0.95 shifts what stands there, =-4 sets minus four.",
}

Schema = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Writes defaults as a file would have them."""

    def encode_default(self, dft: Any) -> Any:
        """Return a default as plain JSON."""
        return share_text(dft) if isinstance(dft, amounts.Share) else super().encode_default(dft)


def _build(model: type[BaseModel]) -> None:
    """Build a model and those that derive from it: a default of one not yet built fails in pydantic 2.11 and 2.12."""
    model.model_rebuild()
    for derived in model.__subclasses__():
        _build(derived)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    A file that extends another need say only what differs, so it is held to a looser schema of the same keys.
    """
    _build(Model)
    made = Document.model_json_schema(schema_generator=_Generator)
    definitions: dict[str, Schema] = made.pop("$defs")
    definitions["Comparison"] = Comparison.model_json_schema()
    definitions["Document"] = made
    strict = {name: _strict(name, definition) for name, definition in definitions.items()}
    strict["Where"] = _where(strict.get("Where", {}))
    for name, (kind, about) in _VALUES.items():
        strict[name] = {"description": about, **TypeAdapter(kind).json_schema()}
    names = {"type": "array", "items": _NAME}
    strict["Names"] = {"description": "One name, or a list of names.", "anyOf": [_NAME, names]}
    loose = {f"Changed{name}": _loosened(name, definition) for name, definition in strict.items()}
    every = dict(sorted({**strict, **loose}.items()))
    used = _used(every)
    return {
        "$schema": _DIALECT,
        "$id": _ID,
        "title": "A budgetopt scenario",
        "description": made["description"],
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/ChangedDocument"},
        "else": {"$ref": "#/$defs/Document"},
        "$defs": {name: definition for name, definition in every.items() if name in used},
    }


def _strict(name: str, definition: Schema) -> Schema:
    made: Schema = _walk(definition, _simplified)
    if name == "Document":
        properties = made["properties"]
        one = {"$ref": "#/$defs/Objective"}
        one_or_many = {"anyOf": [one, {"type": "array", "items": one}]}
        properties["objective"] = _with_notes(properties["objective"], one_or_many)
        for section in SECTIONS:
            found = properties[section]
            inside = {key: value for key, value in found.items() if key not in ("description", "default")}
            about = found.get("description", "")
            properties[section] = {"anyOf": [inside, {"type": "null"}], "description": about}
    if name == "Tables":
        table = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Table"}]}
        for key, found in made["properties"].items():
            files = {"anyOf": [*table["anyOf"], {"type": "array", "items": table}]}
            made["properties"][key] = _with_notes(found, files)
    if name == "Effect":
        made["properties"]["curve"]["minItems"] = 2
    if name == "Package":
        cost = {"$ref": "#/$defs/Amount"}
        costs = {"anyOf": [cost, {"type": "array", "items": cost, "minItems": 1}]}
        made["properties"]["cost"] = _with_notes(made["properties"]["cost"], costs)
        units = made["properties"]["uses"]["additionalProperties"]
        made["properties"]["uses"]["additionalProperties"] = {"anyOf": [units["items"], units]}
    if name in _SHORT:
        about = made.pop("description")
        made = {"description": about, "anyOf": [*({"$ref": f"#/$defs/{key}"} for key in _SHORT[name]), made]}
    if name in _ONE_OF:
        made["oneOf"] = [{"required": [key]} for key in _ONE_OF[name]]
    if name in _ANY_OF:
        made["anyOf"] = [{"required": [key]} for key in _ANY_OF[name]]
    return made


def _walk(node: Any, change: Callable[[Schema], Schema]) -> Any:
    """Return a schema in which every schema within it is changed, the innermost first."""
    if isinstance(node, list):
        return [_walk(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    names = ("properties", "$defs")
    walked = {
        key: {name: _walk(item, change) for name, item in value.items()} if key in names else _walk(value, change)
        for key, value in node.items()
        if key not in ("default", "enum", "const", "examples", "required", "type")
    }
    return change({**node, **walked})


def _simplified(node: Schema) -> Schema:
    """Return a schema without what says nothing to a reader, and with single values by their names."""
    node = {key: value for key, value in node.items() if key != "title"}
    if node.get("default", 0) is None:
        del node["default"]
    if "anyOf" in node:
        # a key without a value is an error: it is left out instead
        members = [member for member in node["anyOf"] if member != {"type": "null"}]
        node["anyOf"] = members
        for name, (kind, _) in _VALUES.items():
            if members == TypeAdapter(kind).json_schema()["anyOf"]:
                return _with_notes(node, {"$ref": f"#/$defs/{name}"})
        if len(members) == 1:
            return _with_notes(node, members[0])
    if node.get("type") == "array" and node.get("items") == _NAME and node.get("minItems", 0) <= 1:
        return _with_notes(node, {"$ref": "#/$defs/Names"})
    if node.get("type") == "string" and not {"enum", "const", "pattern"} & node.keys():
        # a year or a number is read as its digits
        node["type"] = _NAME["type"]
    return node


def _with_notes(old: Schema, new: Schema) -> Schema:
    """Return a schema that says what another one says of the value in words."""
    notes: Schema = {key: old[key] for key in ("description", "default", "examples") if key in old}
    return {**new, **notes}


def _where(made: Schema) -> Schema:
    itself = {"$ref": "#/$defs/Where"}
    values = {"type": "array", "items": _SCALAR, "minItems": 1}
    return {
        "description": made.get("description", ""),
        "type": "object",
        "minProperties": 1,
        "properties": {
            "not": {"description": "Selects what this does not select.", **itself},
            "all": {"description": "Every one must select it.", "type": "array", "items": itself, "minItems": 1},
            "any": {"description": "One of them must select it.", "type": "array", "items": itself, "minItems": 1},
        },
        "additionalProperties": {"anyOf": [_SCALAR, values, {"$ref": "#/$defs/Comparison"}]},
    }


def _loosened(name: str, definition: Schema) -> Schema:
    """Return the schema of what an extending file may say of a thing: any part of it, and shifts."""
    if name in _VALUES:
        return {"anyOf": [{"$ref": f"#/$defs/{name}"}, _SHIFT]}

    def change(node: Schema) -> Schema:
        node = {key: value for key, value in node.items() if key not in ("default", "minProperties")}
        if "required" in node:
            # a thing in a list is told by its name
            node["required"] = [key for key in node["required"] if key == "name"]
        if "oneOf" in node:
            node["anyOf"] = node.pop("oneOf")
        if all(set(member) == {"required"} for member in node.get("anyOf", ({},))):
            node.pop("anyOf", None)
        if "$ref" in node:
            node["$ref"] = node["$ref"].replace("#/$defs/", "#/$defs/Changed")
        return node

    made: Schema = _walk(definition, change)
    if name == "Document":
        text, of_file = {"type": "string"}, "The scenario file or folder of which this one says only what differs."
        of_paths = "The paths of what is taken away, such as `rules.Public safety floor`."
        paths = {"description": of_paths, "anyOf": [text, {"type": "array", "items": text}]}
        made["properties"] = {"extends": {"description": of_file, **text}, "remove": paths, **made["properties"]}
        made["required"] = ["extends"]
    return made


def _used(definitions: Mapping[str, Schema]) -> set[str]:
    """Return the names of the definitions that the two kinds of file lead to."""
    used: set[str] = set()
    open_names = ["Document", "ChangedDocument"]

    def look(node: Schema) -> Schema:
        if "$ref" in node:
            open_names.append(node["$ref"].removeprefix("#/$defs/"))
        return node

    while open_names:
        name = open_names.pop()
        if name not in used:
            used.add(name)
            _walk(definitions[name], look)
    return used
