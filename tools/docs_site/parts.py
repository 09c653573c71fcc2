"""The parts of pages that are made from the code, by the name under which a page asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docs_site.error_reference import error_reference
from docs_site.scenario_reference import scenario_reference

__all__ = ["PARTS"]

PARTS: Mapping[str, Callable[[], str]] = {
    "errors": error_reference,
    "scenario": scenario_reference,
}
