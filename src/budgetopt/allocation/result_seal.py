"""The text of a result document, and the fingerprint that seals it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from budgetopt.errors import ResultFileError

__all__ = ["FIRST_FORMAT", "RESULT_FORMAT", "canonical_json", "document_sha256", "laid_out"]

RESULT_FORMAT = "budgetopt-result/2"
FIRST_FORMAT = "budgetopt-result/1"
_DEPTH = 2
"""How many levels of a document have a line for each of their entries."""
_DEEPER = {"decisions": 3, "proof": 6}
"""The same for entries whose columns stand deeper."""
_WHOLE = 2.0**53
"""Below this every whole number is a float of its own."""


def document_sha256(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a result document, whatever its layout; the entry that holds it does not enter into it.

    Columns may be lists or arrays.

    Raises
    ------
    ResultFileError
        If a text of it is no Unicode.
    """
    entries = {key: value for key, value in document.items() if key != "document_sha256"}
    try:
        return hashlib.sha256(canonical_json(entries)).hexdigest()
    except (TypeError, UnicodeEncodeError):
        raise ResultFileError("a text of the document is no Unicode") from None


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """Return JSON that does not depend on layout, the order of keys, or ``5`` being written ``5.0``."""
    if document.get("format") == FIRST_FORMAT:
        value = json.loads(json.dumps(document, ensure_ascii=False), parse_int=float)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()
    return orjson.dumps(_floats(document), option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)


def _floats(value: Any) -> Any:
    """Return values with every whole number as a float, and lists of numbers as arrays."""
    if isinstance(value, Mapping):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value, dtype=None if value.dtype == np.bool_ else np.float64)
    if isinstance(value, list):
        kinds = {*map(type, value)}
        if kinds <= {int, float, type(None)} and kinds != {type(None)}:
            return np.array(value, dtype=np.float64)
        return value if kinds == {str} else [_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def laid_out(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text with a line for each column, limit and fund; columns may be lists or arrays."""
    lines = [(key, _lines(value, _DEEPER.get(key, _DEPTH) - 1, " ")) for key, value in document.items()]
    return _mapping(lines, "").decode()


def _lines(value: Any, depth: int, indent: str) -> bytes:
    """Return JSON with a line for each entry, so many levels deep; lists have lines only where they hold others."""
    inner = indent + " "
    if depth and isinstance(value, Mapping) and value:
        return _mapping([(key, _lines(item, depth - 1, inner)) for key, item in value.items()], indent)
    if depth and isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return _joined("[]", [_lines(item, depth - 1, inner) for item in value], indent)
    return _encoded(value)


def _mapping(entries: list[tuple[str, bytes]], indent: str) -> bytes:
    return _joined("{}", [_encoded(key) + b": " + value for key, value in entries], indent)


def _joined(ends: str, lines: list[bytes], indent: str) -> bytes:
    inner = indent + " "
    first, between, last = (text.encode() for text in (f"{ends[0]}\n{inner}", f",\n{inner}", f"\n{indent}{ends[1]}"))
    return b"".join((first, between.join(lines), last))


def _encoded(value: Any) -> bytes:
    if isinstance(value, dict) and not _has_arrays(value):
        # what a person reads has spaces
        return _encode(value).encode()
    return orjson.dumps(_shortened(value), option=orjson.OPT_SERIALIZE_NUMPY)


def _has_arrays(value: Any) -> bool:
    return isinstance(value, np.ndarray) or (isinstance(value, dict) and any(map(_has_arrays, value.values())))


def _shortened(value: Any) -> Any:
    """Return a value in which arrays of whole numbers are integers: the same numbers in fewer characters."""
    if isinstance(value, Mapping):
        return {key: _shortened(item) for key, item in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    is_whole = value.dtype == np.float64 and bool((np.abs(value) < _WHOLE).all() and (value == np.rint(value)).all())
    return np.ascontiguousarray(value.astype(np.int64) if is_whole else value)
