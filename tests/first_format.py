"""Results in the first format, which has a mapping for each program and each limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import budgetopt as bo
from budgetopt.allocation.first_result_format import by_program
from budgetopt.allocation.result_seal import document_sha256

__all__ = ["in_first_format", "written_first"]


def in_first_format(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result document in the first format, sealed as it was."""
    first = by_program(document)
    return {**first, "document_sha256": document_sha256(first)}


def written_first(plan: bo.Allocation) -> dict[str, Any]:
    """Return what a plan's file said in the first format."""
    return in_first_format(json.loads(plan.to_json()))
