"""JSON that can be shown anywhere: what nobody can see in it is written out as JSON writes it."""

from __future__ import annotations

import json
from typing import Any

from budgetopt.errors import HIDDEN

__all__ = ["inert", "inert_json"]


def inert_json(value: Any, *, indent: int | None = None) -> str:
    """Return plain values as JSON; those of no kind of JSON's own as text."""
    return inert(json.dumps(value, indent=indent, ensure_ascii=False, default=str))


def inert(text: str) -> str:
    """Return JSON that is the same value and has no control, no mark that turns a text and nothing without width."""
    # outside of the texts of JSON no such character stands, and those below a space JSON writes out itself
    return text if text.isascii() and "\x7f" not in text else HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], text)
