"""Names that every solver and file format accepts, still readable, and no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["safe_names"]

LONGEST = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9_.]+")
# Formats read these as the start of a number, or as a word of their own.
_MISREAD = re.compile(
    r"^(?:[0-9.]|[eE][0-9]*$|[eE][0-9.]|(?:free|inf|infinity|st|s\.t\.|end|bounds?|general|binary)$)", re.I
)


def safe_names(names: Sequence[str], prefix: str) -> list[str]:
    """Return a name for each given one, in plain letters, digits and underscores, unique without regard to case.

    Parameters
    ----------
    names
        Names as people read them, such as ``segment[library_hours,general,FY2027]``.
    prefix
        A letter put before what a solver would take for a number.
    """
    taken: set[str] = set()
    out: list[str] = []
    for position, name in enumerate(names):
        plain = name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        safe = _UNSAFE.sub("_", plain).strip("_") or f"{prefix}{position}"
        if _MISREAD.match(safe):
            safe = f"{prefix}_{safe}"
        safe = safe[:LONGEST]
        if safe.casefold() in taken:
            safe = f"{safe[: LONGEST - 10]}_{position}"
            while safe.casefold() in taken:
                safe = f"{safe}_"
        taken.add(safe.casefold())
        out.append(safe)
    return out
