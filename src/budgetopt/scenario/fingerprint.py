"""One number for what a scenario says, the same however it is divided into files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetopt.scenario.estimates import is_internal
from budgetopt.scenario.model import Document, Program
from budgetopt.scenario.programs import Column, ProgramTable

__all__ = ["fingerprint"]

_SELECTIONS = ("where", "only")
_NOT_SAID = {"programs", "tables", "stale_after", "residents"}
"""What is told apart elsewhere, what only `check` asks for, and what only the page for residents says."""
_ORDERED = ("funds",)
"""Mappings whose order has a meaning: ties between funds are settled by it."""


def fingerprint(document: Document, programs: ProgramTable) -> str:
    """Return the SHA-256 of what a document and its programs say, as 64 hexadecimal digits.

    Internal notes do not enter, so that whoever publishes a scenario can leave them out.
    """
    content = _same_selections(document.model_dump(mode="json", by_alias=True, exclude=_NOT_SAID))
    ordered = {key: list(content[key].items()) for key in _ORDERED}
    digest = hashlib.sha256(_json({**content, **ordered}))
    _add_texts(digest, programs.ids)
    for key in sorted(programs.columns):
        column = _said(key, programs.columns[key])
        if column is not None and not is_internal(key):
            _add_column(digest, key, column)
    return digest.hexdigest()


def _same_selections(value: Any, inside: bool = False) -> Any:
    """Return a document in which one word of a selection is a list of one word, which says the same."""
    if isinstance(value, dict):
        return {key: _same_selections(item, inside or key in _SELECTIONS) for key, item in value.items()}
    if isinstance(value, list):
        return [_same_selections(item, inside) if isinstance(item, dict) else item for item in value]
    return [value] if inside and value is not None else value


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _said(key: str, column: Column) -> Column | None:
    """Return a column without the cells that say what holds anyway; None if none is left."""
    if column.offsets is not None:
        # no funds at all is another thing than all funds; no tags is the same as none said
        kept = np.diff(column.offsets) > 0 if key != "funds" else np.ones(len(column), dtype=bool)
    elif column.values.dtype.kind == "O":
        kept = np.array([value != "" for value in column.values.tolist()], dtype=bool)
    elif key in Program.model_fields and isinstance(Program.model_fields[key].default, bool):
        kept = column.values.astype(bool) != Program.model_fields[key].default
    else:
        kept = np.ones(len(column), dtype=bool)
    cells = np.flatnonzero(kept)
    if not len(cells):
        return None
    return column if len(cells) == len(column) else column.take(cells, column.rows[cells])


def _add_column(digest: hashlib._Hash, key: str, column: Column) -> None:
    digest.update(_json([key, len(column), column.offsets is not None]))
    digest.update(column.rows.astype("<i8").tobytes())
    if column.offsets is not None:
        digest.update(column.offsets.astype("<i8").tobytes())
    shares = np.zeros(len(column), dtype=bool) if column.shares is None else column.shares
    digest.update(shares.tobytes())
    if column.values.dtype.kind in "fb":
        # 0.0 and -0.0 are one number
        digest.update((column.values.astype("<f8") + 0.0).tobytes())
    else:
        _add_texts(digest, column.values)


def _add_texts(digest: hashlib._Hash, texts: np.ndarray[Any, Any]) -> None:
    values = texts.tolist()
    digest.update(_json(values if {*map(type, values)} <= {str} else [_plain(value) for value in values]))


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if not isinstance(value, Mapping) else dict(value)
    return float(value) + 0.0
