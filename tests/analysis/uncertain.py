"""Small scenarios with uncertain effects that several tests ask about."""

from __future__ import annotations

from typing import Any

import budgetopt as bo

__all__ = ["library_or_pool", "one_dollar"]


def one_dollar() -> bo.Scenario:
    """Return two programs of which one gets the only dollar: what it brings is N(1, 1), or N(0, 2) for the other."""
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 1}},
            "outcomes": {"good": {"weight": 1}, "bad": {"weight": 1, "direction": "decrease"}},
            "programs": {
                "a": {"outcomes": {"good": {"per_dollar": 1, "std_error": "100%"}}},
                # 2 with a standard deviation of 2, less 2 for sure
                "b": {"outcomes": {"good": {"per_dollar": 2, "std_error": "100%"}, "bad": {"per_dollar": 2}}},
            },
            "rules": [{"name": "Spend it", "sum": "spending", "equals": 1}],
        }
    )


def library_or_pool(**programs: dict[str, Any]) -> bo.Scenario:
    """Return a town of 10 dollars; what is given is laid over its programs."""
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 10}},
        "outcomes": {"visits": {"unit": "visits", "weight": 2}},
        "programs": {
            "library": {
                "baseline": 5,
                "outcomes": {"visits": {"curve": [[0, 3], [4, 11], [9, 16]], "std_error": "20%"}},
            },
            "pool": {"baseline": 5, "outcomes": {"visits": {"per_dollar": 1.5, "low": "60%", "high": "150%"}}},
        },
    }
    document["programs"] |= programs
    return bo.Scenario.from_document(document)
