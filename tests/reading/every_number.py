"""A scenario that has every number of the language, and where they stand."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

__all__ = ["TOWN", "Keys", "numbers", "with_number"]

TOWN: dict[str, Any] = {
    "periods": ["A", "B"],
    "round_to": 1,
    "inflation": "2%",
    "discount": "1%",
    "keep_unmeasured": "10%",
    "stale_after": 5,
    "funds": {
        "g": {
            "revenue": {"A": 1000, "B": 1100},
            "growth": "0%",
            "one_time": {"A": 50},
            "opening_balance": 100,
            "reserve": {"at_least": 20},
            "transfers_to": {"c": {"at_most": 50, "at_least": 1}},
            "spending": {"at_most": 5000, "at_least": 1},
        },
        "grant": {
            "kind": "grant",
            "revenue": 50,
            "match": {"from": "g", "rate": "25%"},
            "maintenance_of_effort": {"fund": "g", "at_least": 10},
        },
        "other": {"kind": "grant", "revenue": 50, "match": {"from": "g", "share": "25%"}},
        "c": {"kind": "capital", "revenue": 5},
    },
    "resources": {
        "w": {"capacity": 60, "unit": "FTE"},
        "v": {"capacity": 6, "stand_in": {"w": {"per_unit": 2, "at_most": 3}}},
    },
    "outcomes": {"o": {"weight": 10, "target": {"at_least": 1, "at_most": 1e6}}, "q": {"weight": 3}},
    "programs": {
        "a": {
            "baseline": 200,
            "requested": 300,
            "spending": {"at_least": 5, "at_most": 500},
            "districts": {"n": "40%", "s": "60%"},
            "inflation": "1%",
            "uses": {"w": {"per": 100}},
            "outcomes": {"o": {"unit_cost": 20, "up_to": 40, "std_error": "15%", "low": "70%", "high": "125%"}},
        },
        "b": {
            "baseline_by_fund": {"g": 100},
            "outcomes": {"o": {"curve": [[0, 0], [100, 20], [300, 30]]}},
            "uses": {"w": {"per_dollar": 0.001}},
        },
        "d": {
            "baseline": 100,
            "fund_shares": {"g": "50%", "c": "50%"},
            "spending": {"at_most": 5},
            "outcomes": {"q": {"per_dollar": 0.2}},
        },
        "e": {"if_funded": {"at_least": 10, "fixed_cost": 5}, "outcomes": {"q": {"per_dollar": 0.3}}},
        "f": {
            "service": {"unit_cost": 3, "up_to": 50, "at_least": 2},
            "uses": {"w": {"per_unit": 0.01}},
            "outcomes": {"q": {"per_unit": 1.1}},
        },
        "s1": {"service": {"unit_cost": 3, "up_to": 50}, "outcomes": {"q": {"per_unit": 1.1}}},
        "s2": {"service": {"unit_cost": 3, "up_to": 50}, "outcomes": {"q": {"per_unit": 1.1}}},
        "h": {
            "packages": [
                {
                    "name": "x",
                    "cost": [20, 5],
                    "outcomes": {"o": {"value": 3, "std_error": "10%"}},
                    "uses": {"w": [1, 1]},
                    "opens_after": 1,
                    "then_costs": 3,
                },
                {"name": "y", "cost": 5, "outcomes": {"q": {"value": 2, "low": "50%", "high": "150%"}}},
            ]
        },
        "i": {
            "baseline": 50,
            "outcomes": {"q": {"at_baseline": 20, "elasticity": 0.5}},
            "uses": {"w": {"at_baseline": 0.5}},
        },
        "j": {
            "baseline": 50,
            "outcomes": {"q": {"at_baseline": 20, "saturation": 60}},
            "uses": {"w": {"per_outcome": {"q": 0.01}}},
        },
        "k": {"baseline": 50},
    },
    "rules": [
        {
            "name": "share",
            "sum": "spending",
            "where": {"program": ["a", "b"]},
            "at_least": "1%",
            "of": "total spending",
        },
        {"name": "most", "sum": "spending", "at_most": 5000},
        {"name": "staff", "sum": "resource w", "at_most": 1000},
        {"name": "each", "sum": "spending", "by": "districts", "each_at_least": 1, "each_at_most": 4000},
        {"name": "even", "sum": "spending", "by": "districts", "parity": "95%", "population": {"n": 100, "s": 120}},
        {"name": "kept", "change": {"at_most": "100%"}, "where": {"program": "k"}},
        {"name": "up", "change": {"increase_at_most": "90%", "decrease_at_most": "90%"}, "where": {"program": "k"}},
        {"name": "some", "count": "funded", "at_least": 1, "at_most": 20},
        {"name": "two", "count": "funded", "where": {"program": ["s1", "s2"]}, "equals": 2},
        {"name": "same people", "substitutes": ["s1", "s2"], "units_at_most": 70},
        {"name": "same streets", "substitutes": ["a", "d"], "at_most": "100%"},
        {"name": "after", "follows": {"program": "s1", "of": "s2", "at_most": "100%"}},
        {"name": "as it is", "sum": "spending", "where": {"program": "k"}, "equals": 50},
    ],
    "objective": [
        {"maximize": "weighted outcomes", "unspent_worth": 0.5, "within": "1%"},
        {"minimize": "change from baseline"},
    ],
}
Keys = tuple[str | int, ...]


def numbers(node: Any, path: Keys = ()) -> Iterator[Keys]:
    """Yield the path of every number of a scenario."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        yield from numbers(item, (*path, key))
    is_number = isinstance(node, int | float) and not isinstance(node, bool)
    if is_number or (isinstance(node, str) and node.endswith("%")):
        yield path


def with_number(path: Keys, value: Any, town: dict[str, Any] = TOWN) -> dict[str, Any]:
    changed = copy.deepcopy(town)
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed
