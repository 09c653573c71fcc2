"""Small scenarios: a town of three periods and a village of two, changed key by key, and packages that are drawn."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["drawn_packages", "town", "village"]


def town(**changes: Any) -> dict[str, Any]:
    """Return a small town; ``funds__general__revenue=5`` changes a value, None takes a key away."""
    document: dict[str, Any] = {
        "periods": ["t1", "t2", "t3"],
        "funds": {"general": {"revenue": 10}, "grant": {"revenue": 4, "only": {"tags": "housing"}}},
        "outcomes": {"helped": {"weight": 2}},
        "programs": {
            "police": {
                "department": "Police",
                "baseline": 6,
                "outcomes": {"helped": {"per_dollar": 1, "evidence": "administrative"}},
            },
            "shelter": {
                "department": "Housing",
                "tags": ["housing"],
                "baseline": 3,
                "outcomes": {"helped": {"unit_cost": 2, "evidence": "expert"}},
            },
        },
        "rules": [],
    }
    document = deepcopy(document)
    for path, value in changes.items():
        *above, last = path.split("__")
        place = document
        for key in above:
            place = place.setdefault(key, {})
        if value is None:
            del place[last]
        else:
            place[last] = value
    return document


def village(**more: Any) -> dict[str, Any]:
    """Return a small scenario; what is given is laid over it, section by section."""
    document: dict[str, Any] = {
        "periods": ["t1", "t2"],
        "funds": {"general": {"revenue": 10}, "grant": {"kind": "grant", "revenue": 4}},
        "resources": {"nurses": {"capacity": 8}},
        "outcomes": {"helped": {"weight": 2}},
        "programs": {
            "clinic": {
                "baseline": 6,
                "uses": {"nurses": {"per_dollar": 1}},
                "outcomes": {"helped": {"unit_cost": 2, "up_to": 3, "evidence": "administrative"}},
            },
            "pool": {"baseline": 3, "outcomes": {"helped": {"per_dollar": 0.25, "evidence": "administrative"}}},
        },
    }
    for section, said in more.items():
        if isinstance(said, dict):
            for name, words in said.items():
                document[section].setdefault(name, {}).update(words)
        else:
            document[section] = said
    return document


def drawn_packages(seed: int, revenue: float) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, Any]]:
    """Return the costs and the worths of six packages, and the document of a fund that pays for some of them."""
    random = np.random.default_rng(seed)
    cost, good = random.integers(10, 40, 6), random.integers(10, 60, 6)
    programs = {
        f"p{at}": {"packages": [{"name": "all", "cost": int(cost[at]), "outcomes": {"good": int(good[at])}}]}
        for at in range(6)
    }
    funds = {"general": {"revenue": revenue}}
    return cost, good, {"funds": funds, "outcomes": {"good": {"weight": 1}}, "programs": programs}
