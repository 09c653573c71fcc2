"""The parts of pages that are made from the code, by the name under which a page asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docs_site.command_reference import command_reference
from docs_site.error_reference import error_reference
from docs_site.result_reference import result_reference
from docs_site.scenario_reference import scenario_reference

__all__ = ["PARTS"]

PARTS: Mapping[str, Callable[[], str]] = {
    "command line": command_reference,
    "errors": error_reference,
    "result": result_reference,
    "scenario": scenario_reference,
}
