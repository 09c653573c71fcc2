"""Names of a package that are imported when they are first used, so that a run pays for what it uses alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["imported_when_used"]


def imported_when_used(
    package: str, exports: Mapping[str, str], old_names: Mapping[str, str] | None = None
) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package.

    Parameters
    ----------
    package
        The package's name.
    exports
        By the module that they are imported from, its names with blanks between them.
    old_names
        Names that still work, and what each is called now.
    """
    homes = {name: home for home, names in exports.items() for name in names.split()}

    def found(name: str) -> Any:
        current = (old_names or {}).get(name, name)
        if current not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes[current]), current)
        setattr(sys.modules[package], name, value)
        return value

    return found
