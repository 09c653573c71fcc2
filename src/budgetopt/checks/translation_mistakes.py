"""Translations of words that the scenario does not have: nothing would ever be printed in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from budgetopt.checks.findings import Findings, suggestion
from budgetopt.scenario.model import Model
from budgetopt.scenario.programs import split_key
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_translations"]


def check_translations(scenario: Scenario, findings: Findings) -> None:
    """Look for translated words that stand nowhere in the scenario."""
    translations = scenario.document.residents.translations
    if not translations or findings.partial or findings.invalid:
        return
    known = set(_words(scenario))
    for language, texts in translations.items():
        for text in texts:
            if " ".join(text.split()) not in known:
                message = f"`residents.translations.{language}` translates '{text}', which the scenario never says"
                expected, path = "a name or another text of the scenario", ("residents", "translations", language, text)
                findings.add("unknown-text", path, message, expected, suggestion(text, sorted(known)), key=True)


def _words(scenario: Scenario) -> Iterator[str]:
    """Yield every text of a scenario, as it is printed on one line."""
    yield from _texts(scenario.document.model_copy(update={"residents": None}))
    yield from _texts(scenario.document.residents.model_copy(update={"translations": {}}))
    for program in scenario.programs.ids:
        yield from _names(program)
    for key, column in scenario.programs.columns.items():
        for part in split_key(key):
            yield from _names(part)
        if column.values.dtype.kind == "O":
            yield from _texts(column.values.tolist())


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value, and the names that are keys of mappings."""
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, Model):
        for field in type(value).model_fields:
            yield from _texts(getattr(value, field))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _names(str(key))
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _names(key: str) -> Iterator[str]:
    """Yield a name as it is written, and as it is printed."""
    yield key
    yield key.replace("_", " ")
