"""Turn what pydantic says into problems in plain words: one for each mistake, at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from budgetopt.checks.findings import Findings, named, suggestion
from budgetopt.errors import Place, Problem, near
from budgetopt.scenario import model as models
from budgetopt.scenario.keys import Slot, fields_of, slot_of
from budgetopt.scenario.model.base import is_tag, tag_name
from budgetopt.scenario.model.described import field_texts
from budgetopt.scenario.places import Path
from budgetopt.scenario.words import listed, shown

__all__ = ["Said", "add_errors", "expected_key", "path_of", "problem_of_refusal", "say"]

_MODELS: dict[type, str] = {
    models.Document: "the scenario",
    models.Fund: "a fund",
    models.Reserve: "a reserve",
    models.Transfer: "a transfer",
    models.Match: "the `match` of a fund",
    models.MaintenanceOfEffort: "the `maintenance_of_effort` of a fund",
    models.FundSpending: "the `spending` of a fund",
    models.Resource: "a resource",
    models.Outcome: "an outcome",
    models.Target: "a target",
    models.Program: "a program",
    models.Spending: "the spending of a program",
    models.Effect: "the effect of a program on an outcome",
    models.IfFunded: "the `if_funded` of a program",
    models.Service: "the `service` of a program",
    models.Package: "a package",
    models.PackageEffect: "the effect of a package on an outcome",
    models.Use: "the use of a resource",
    models.SumRule: "a rule with `sum`",
    models.ChangeRule: "a rule with `change`",
    models.ChangeLimit: "the `change` of a rule",
    models.OfSelection: "what a share is `of`",
    models.CountRule: "a rule with `count`",
    models.Smallest: "what is maximized",
    models.Objective: "the objective",
    models.Tables: "`tables`",
    models.Table: "a table",
    models.Comparison: "a comparison",
}
_BY_ID = "write each {what} under its {id}, without a dash: `{example}`"
_SHAPE_HINTS: dict[Path, str] = {
    ("funds",): _BY_ID.format(what="fund", id="name", example="general: {revenue: 118M}"),
    ("outcomes",): _BY_ID.format(what="outcome", id="name", example="visits: {unit: visits, weight: 4}"),
    ("resources",): _BY_ID.format(what="resource", id="name", example="nurses: {capacity: 12}"),
    ("programs",): _BY_ID.format(what="program", id="id", example="library: {baseline: 2M}"),
    ("rules",): "begin each rule with a dash: `- name: ...`",
}
_EXAMPLES: dict[type, str] = {
    models.Fund: "{{revenue: {}}}",
    models.Transfer: "{{at_most: {}}}",
    models.Outcome: "{{unit: {}}}",
    models.Target: "{{at_least: {}}}",
    models.Program: "{{baseline: {}}}",
    models.Spending: "{{at_most: {}}}",
    models.Effect: "{{per_dollar: {}}}",
    models.ChangeLimit: "{{at_most: {}}}",
}
"""What is meant, most likely, where one value stands in place of a mapping."""
_BY_PERIOD = "write one for all periods, or one for each: {FY2027: 118M, FY2028: 120M}"


class Said(NamedTuple):
    """What is wrong with a value, without saying where."""

    code: str
    message: str
    expected: str = ""
    hint: str = ""

    def problem(self, place: Place | None, subject: str) -> Problem:
        """Return it as a problem of a subject at a place."""
        message = f"{subject}: {self.message}" if subject else self.message
        return Problem(self.code, message, place, self.expected, self.hint)


def say(details: ErrorDetails) -> Said:
    """Return in plain words what pydantic says of a value."""
    kind, given = details["type"], details.get("input")
    context: Mapping[str, Any] = details.get("ctx") or {}
    if kind == "literal_error":
        options = re.findall(r"'((?:[^'\\]|\\.)*)'", str(context.get("expected", "")))
        hint = suggestion(given, options) if isinstance(given, str) else ""
        one = options[0] if len(options) == 1 else f"one of: {listed(options, 20)}"
        return Said("not-possible", f"{shown(given)} is not possible here", one, hint)
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        limit = next((float(context[key]) for key in ("ge", "gt", "le", "lt") if key in context), 0.0)
        word = {"greater_than_equal": "or more", "less_than_equal": "or less"}.get(kind, "")
        expected = f"{limit:g} {word}" if word else f"{'more' if kind == 'greater_than' else 'less'} than {limit:g}"
        message = f"{shown(given)} is too {'small' if kind.startswith('greater') else 'great'}"
        return Said("out-of-range", message, expected)
    if kind == "too_short":
        count, least = context.get("actual_length", 0), context.get("min_length", 1)
        entries = "entry" if count == 1 else "entries"
        message = f"the list has only {count} {entries}" if count else "the list is empty"
        return Said("too-short", message, "at least one entry" if least == 1 else f"{least} or more entries")
    if kind in _TYPES:
        code, message, expected = _TYPES[kind]
        return Said(code, message.format(shown=shown(given)), expected)
    if "expected" in context or "hint" in context or "-" in kind:
        return Said(kind, details["msg"], _text(context, "expected"), _text(context, "hint"))
    return Said("not-possible", f"{shown(given)} is not possible here")


def problem_of_refusal(error: PydanticCustomError, place: Place | None, subject: str) -> Problem:
    """Return as a problem that a value of the subject was refused."""
    said = say({"type": error.type, "loc": (), "msg": error.message(), "input": None, "ctx": error.context or {}})
    return said.problem(place, subject)


def _text(context: Mapping[str, Any], key: str) -> str:
    value = context.get(key)
    return value if isinstance(value, str) else ""


_TYPES = {
    "string_type": ("text", "{shown} is not text", "text"),
    "string_too_short": ("empty", "the text is empty", "at least one character"),
    "int_type": ("whole-number", "{shown} is not a whole number", "a whole number"),
    "int_parsing": ("whole-number", "{shown} is not a whole number", "a whole number"),
    "int_from_float": ("whole-number", "{shown} is not a whole number", "a whole number"),
    "bool_type": ("flag", "{shown} is neither true nor false", "true or false"),
    "bool_parsing": ("flag", "{shown} is neither true nor false", "true or false"),
    "float_type": ("number", "{shown} is not a number", "a number"),
    "float_parsing": ("number", "{shown} is not a number", "a number"),
    "dict_type": ("mapping", "{shown} is not a mapping", "a mapping, `name: value`"),
    "model_type": ("mapping", "{shown} is not a mapping", "a mapping, `key: value`"),
    "model_attributes_type": ("mapping", "{shown} is not a mapping", "a mapping, `key: value`"),
    "tuple_type": ("list", "{shown} is not a list", "a list, such as [a, b]"),
    "list_type": ("list", "{shown} is not a list", "a list, such as [a, b]"),
}


def add_errors(error: ValidationError, findings: Findings, *, together: bool = True) -> list[Path]:
    """Add to the findings what pydantic found in a document; return the paths of what must be left out to go on.

    Without ``together`` only values and unknown keys are looked at, and not which keys must stand together.
    """
    invalid = []
    for details in error.errors(include_url=False):
        loc = details["loc"]
        if not together and _is_of_keys(details):
            continue
        below = _text(details.get("ctx") or {}, "at")
        path = path_of((*loc, below) if below else loc, findings.tree)
        if details["type"] == "extra_forbidden":
            _add_unknown_key(path, _model_at(loc[:-1]), findings)
        elif details["type"] == "missing":
            _add_missing(path_of(loc[:-1], findings.tree), str(loc[-1]), _model_at(loc[:-1]), findings)
            path = path_of(loc[:-1], findings.tree)
        else:
            said = _said_at(details, path)
            subject = named(path, findings.tree)
            place = findings.places.of_key(*path) if loc[-1:] == ("[key]",) else findings.places.of(*path)
            message = f"{subject}: {said.message}" if place is not None else said.message
            findings.add_at(said.code, place, path, message, said.expected, said.hint)
        invalid.append(path)
    return invalid


def _is_of_keys(details: ErrorDetails) -> bool:
    """Return whether an error says that the keys of a mapping do not go together, or that one is missing."""
    is_mapping = isinstance(details.get("input"), Mapping)
    return details["type"] == "missing" or (is_mapping and _model_at(details["loc"]) is not None)


def path_of(loc: Sequence[int | str], tree: Any) -> Path:
    """Return the path of an error as far as it exists in what was written, without the tags of alternatives."""
    path: list[int | str] = []
    node = tree
    for item in loc:
        if is_tag(item) or item == "[key]":
            continue
        if isinstance(node, Mapping):
            key = item if item in node else str(item)
            if key not in node:
                # an entry of a list, where one alone was written without a list
                if isinstance(item, int):
                    continue
                break
            node = node[key]
            path.append(key)
        elif isinstance(node, list | tuple) and isinstance(item, int) and item < len(node):
            node = node[item]
            path.append(item)
        else:
            break
    return tuple(path)


def _said_at(details: ErrorDetails, path: Path) -> Said:
    said, loc = say(details), details["loc"]
    given = details.get("input")
    if given is None and path and isinstance(path[-1], int) and said.code != "missing":
        return Said("no-value", "the entry is empty", "a value", "write a value, or take the dash away")
    if said.code in ("mapping", "list"):
        model = _model_at(loc)
        known = listed(list(fields_of(model)), 6) if model is not None else ""
        expected = f"{said.expected}, with the keys {known}" if known and said.code == "mapping" else said.expected
        hint = _SHAPE_HINTS.get(path, said.hint)
        if model in _EXAMPLES and path and isinstance(given, str | int | float):
            hint = f"write `{path[-1]}: {_EXAMPLES[model].format(given if not isinstance(given, bool) else '...')}`"
        return said._replace(expected=expected, hint=hint)
    if said.code == "number" and isinstance(given, list | tuple | Mapping):
        every = loc[-1:] == (tag_name("every period"),)
        return said._replace(hint=_BY_PERIOD if every else "write one: it cannot differ by period")
    if said.code == "rule-kind":
        if not isinstance(given, Mapping):
            return Said("mapping", f"{shown(given)} is not a rule", "a mapping with `name`, and `sum` or `change`")
        for key in given:
            if hint := suggestion(str(key), models.RULE_KINDS):
                return said._replace(hint=f"for '{key}', {hint}")
    if path == ("format",):
        message = f"the format {shown(given)} is not known"
        return Said("format", message, models.FORMAT, "a newer release of budgetopt may know it" if given else "")
    return said


def _add_unknown_key(path: Path, model: type[models.Model] | None, findings: Findings) -> None:
    key = str(path[-1])
    known = list(fields_of(model)) if model is not None else []
    hint = suggestion(key, known)
    inside = named(path[:-1], findings.tree)
    if not hint and path[0] == "rules" and len(path) == 3 and key in models.RULE_KINDS:
        hint = "a rule says one thing: write two rules"
    elif not hint:
        homes = [words for other, words in _MODELS.items() if key in fields_of(other) and other is not model]
        hint = f"'{key}' is a key of {listed(homes[:3])}" if homes else ""
    message = f"unknown key {shown(key)} in {inside}"
    findings.add("unknown-key", path, message, f"one of: {listed(known, 30)}" if known else "", hint, key=True)


def _add_missing(path: Path, key: str, model: type[models.Model] | None, findings: Findings) -> None:
    message, expected = f"{named(path, findings.tree)} has no '{key}'", expected_key(model, key)
    known = list(fields_of(model)) if model is not None else []
    node = findings.tree
    for item in path:
        node = node[item]
    written = map(str, node) if isinstance(node, Mapping) else ()
    if any(near(other, known) == key for other in written if other not in known):
        # it is there, misspelt, and said to be
        return
    findings.add("missing-key", path, message, expected, key=True)


def expected_key(model: type[BaseModel] | None, key: str) -> str:
    """Return in words what a key of a model says, for a message that it is missing."""
    about = " ".join(field_texts(model).get(key, "").split()) if model is not None else ""
    return f"`{key}`: {about[:1].lower()}{about[1:].rstrip('.')}" if about else f"`{key}`"


def _model_at(loc: Sequence[int | str]) -> type[models.Model] | None:
    """Return the model that is meant at the place of an error, if a model is meant there."""
    slot = slot_of(models.Document)
    for item in loc:
        if is_tag(item):
            slot = Slot(kind for kind in slot.types if item in _tags(kind))
        elif models.Where in slot.models:
            # a selection holds models of its own, known only by their keys
            is_selection = item in ("not", "all", "any") or isinstance(item, int)
            slot = slot_of(models.Where if is_selection else models.Comparison)
        else:
            slot = slot.below(item)
    found = next((model for model in slot.models if model is not models.Where), None)
    return found if found is None or issubclass(found, models.Model) else None


def _tags(kind: Any) -> list[Any]:
    return [getattr(part, "tag", None) for part in getattr(kind, "__metadata__", ())]
