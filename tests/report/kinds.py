"""A plan of every kind, each a few lines: what is told and explained of them must read well."""

from __future__ import annotations

from typing import Any

__all__ = ["KINDS", "kind_of"]

VISITS = {"name": "Visits", "unit": "visits", "weight": 4}
FIRES = {"name": "Fires prevented", "unit": "fires", "weight": 0}


def kind_of(**parts: Any) -> dict[str, Any]:
    """Return a small town of three programs, with some parts in the place of its own."""
    return {
        "name": "Small town",
        "funds": {"general": {"name": "General fund", "revenue": "3M"}},
        "outcomes": {"visits": VISITS, "fires": FIRES},
        "programs": {
            "library": {
                "name": "Library",
                "baseline": "1M",
                "spending": {"at_most": "2M"},
                "outcomes": {"visits": {"per_dollar": 0.25}},
            },
            "fire": {
                "name": "Fire",
                "baseline": "2M",
                "outcomes": {"fires": {"per_dollar": 0.001}, "visits": {"per_dollar": 0.01}},
            },
            "pool": {"name": "Pool", "outcomes": {"visits": {"per_dollar": 0.02}}},
        },
        **parts,
    }


KINDS: dict[str, dict[str, Any]] = {
    "plain": kind_of(),
    "empty": kind_of(funds={"general": {"name": "General fund", "revenue": 0}}),
    "target": kind_of(outcomes={"visits": VISITS, "fires": {**FIRES, "target": {"at_least": 1500}}}),
    "staff": kind_of(
        resources={"staff": {"name": "Staff", "unit": "people", "capacity": 10}},
        programs={
            "library": {
                "name": "Library",
                "baseline": "1M",
                "uses": {"staff": {"per": 100_000}},
                "outcomes": {"visits": {"per_dollar": 0.25}},
            },
            "pool": {"name": "Pool", "outcomes": {"visits": {"per_dollar": 0.02}}},
        },
    ),
    "rule": kind_of(
        rules=[
            {
                "name": "Safety floor",
                "because": "Council resolution 14",
                "sum": "spending",
                "where": {"program": "fire"},
                "at_least": "1.5M",
            }
        ]
    ),
    "cheapest": kind_of(
        outcomes={"visits": {**VISITS, "target": {"at_least": 400_000}}, "fires": FIRES},
        objective={"minimize": "spending"},
    ),
    "least": kind_of(
        objective={"maximize": {"smallest": "visits", "by": "districts"}},
        programs={
            "a": {
                "baseline": "1M",
                "districts": {"north": "70%", "south": "30%"},
                "outcomes": {"visits": {"per_dollar": 0.1}},
            },
            "b": {
                "baseline": "1M",
                "districts": {"north": "20%", "south": "80%"},
                "outcomes": {"visits": {"per_dollar": 0.2}},
            },
        },
    ),
    "goals": kind_of(
        outcomes={
            "visits": {**VISITS, "target": {"at_least": 900_000}},
            "fires": {**FIRES, "target": {"at_least": 2000}},
        },
        objective={"minimize": "shortfall from targets"},
    ),
    "change": kind_of(
        funds={"general": {"name": "General fund", "revenue": "2.5M"}}, objective={"minimize": "change from baseline"}
    ),
    "one": kind_of(programs={"library": {"baseline": "1M", "outcomes": {"visits": {"per_dollar": 0.25}}}}),
    "new": kind_of(
        programs={
            "library": {"outcomes": {"visits": {"per_dollar": 0.25}}, "spending": {"at_most": "2M"}},
            "pool": {"outcomes": {"visits": {"per_dollar": 0.02}}},
        }
    ),
    "years": kind_of(
        periods=["FY2027", "FY2028"],
        funds={"general": {"name": "General fund", "revenue": "3M", "reserve": {"at_least": "10%"}}},
    ),
    "whole": kind_of(
        programs={
            "library": {
                "name": "Library",
                "baseline": "1M",
                "packages": [
                    {"name": "doors", "cost": "1M", "outcomes": {"visits": 300_000}},
                    {"name": "evenings", "cost": "1.5M", "outcomes": {"visits": 200_000}},
                ],
            },
            "pool": {"name": "Pool", "if_funded": {"at_least": "900k"}, "outcomes": {"visits": {"per_dollar": 0.1}}},
            "fire": {"name": "Fire", "baseline": "2M", "outcomes": {"visits": {"per_dollar": 0.12}}},
        }
    ),
}
