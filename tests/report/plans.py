"""Plans to look at: a city that uses most of what a report can show, small ones, large ones, and hostile names."""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetopt.allocation import Allocation, solve
from budgetopt.scenario.scenario import Scenario

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    'O\'Brien & Söhne "GmbH" {{ 7 * 7 }} {% raw %}',
    '=HYPERLINK("http://example.org", "click")',
    "+1 | -2 @SUM(A1) `code` *bold* [link](javascript:alert(3)) \\",
    "مكتبة المدينة",
    "עברית 12 & مكتبة",
    "長い名前" * 30,
    "[bold red]markup[/bold red] [/] :smile:",
]


def riverton() -> dict[str, Any]:
    """A made-up city of three years, four funds and twelve programs; no figure of it is real."""
    evaluated = {"evidence": "rct", "source": "County evaluation, 2023, table 4", "as_of": "2023"}
    assumed = {"evidence": "assumption", "note": "No study of this effect is known."}
    return {
        "format": "budgetopt/1",
        "name": "Riverton FY2027",
        "description": "Manager's proposal, before council adjustments. Riverton is made up.",
        "source": "Adopted budget FY2026, pages 40-88",
        "periods": ["FY2027", "FY2028", "FY2029"],
        "funds": {
            "general": {
                "name": "General fund",
                "revenue": {"FY2027": "46.9M", "FY2028": "47.6M", "FY2029": "48.25M"},
                "one_time": {"FY2027": "1.5M"},
                "opening_balance": "9.5M",
                "reserve": {"at_least": "16.67%", "of": "revenue", "because": "Financial policy 3.2"},
                "structural_balance": True,
                "transfers_to": {"capital": {"at_most": "4M"}},
                "source": "Revenue estimate of March",
            },
            "housing_grant": {
                "name": "Housing grant",
                "kind": "grant",
                "revenue": {"FY2027": "3M", "FY2028": "3M"},
                "only": {"tags": "housing"},
                "carryover": False,
            },
            "water": {
                "name": "Water fund",
                "kind": "enterprise",
                "revenue": "16.45M",
                "opening_balance": "2M",
                "only": {"department": "Water"},
            },
            "capital": {"name": "Capital fund", "kind": "capital", "revenue": "1M", "only": {"tags": "building"}},
        },
        "outcomes": {
            "households_housed": {
                "name": "Households housed",
                "unit": "households",
                "weight": 18_000,
                "source": "Council survey of weights, 2025",
            },
            "injuries_prevented": {"name": "Injuries prevented", "unit": "injuries", "weight": 132_000},
            "overdue_repairs": {"name": "Overdue repairs", "unit": "repairs", "weight": 900, "direction": "decrease"},
            "visits": {
                "name": "Library visits",
                "unit": "visits",
                "weight": 4,
                "target": {"at_least": "700k", "because": "Library plan 2024"},
            },
        },
        "programs": {
            "rapid_rehousing": {
                "name": "Rapid rehousing",
                "department": "Housing",
                "priority": "Great neighborhoods",
                "tags": ["housing"],
                "baseline": "2.4M",
                "spending": {"at_least": "1M", "at_most": "6M"},
                "outcomes": {"households_housed": {"unit_cost": 12_000, "up_to": 400, **evaluated, "std_error": "15%"}},
                "source": "https://example.org/budget/housing.pdf",
            },
            "rent_relief": {
                "name": "Rent relief",
                "department": "Housing",
                "priority": "Great neighborhoods",
                "tags": ["housing"],
                "baseline": "1.25M",
                "spending": {"at_most": "3M"},
                "outcomes": {"households_housed": {"unit_cost": 14_500, **assumed}},
            },
            "shelter_beds": {
                "name": "Shelter beds",
                "department": "Housing",
                "priority": "Great neighborhoods",
                "tags": ["housing"],
                "baseline": 3_700_000,
                "outcomes": {
                    "households_housed": {
                        "curve": [[0, 0], ["2M", 150], ["6M", 260]],
                        "evidence": "administrative",
                        "source": "Shelter count, 2024",
                    }
                },
            },
            "vision_zero": {
                "name": "Vision Zero",
                "department": "Transportation",
                "priority": "Safe streets",
                "baseline": "5M",
                "outcomes": {
                    "injuries_prevented": {
                        "curve": [[0, 0], ["5M", 60], ["12M", 110], ["20M", 130]],
                        "evidence": "quasi_experimental",
                        "low": "70%",
                        "high": "125%",
                    },
                    "overdue_repairs": {"curve": [[0, 900], ["5M", 400], ["20M", 150]], **assumed},
                },
            },
            "street_lights": {
                "name": "Street lights",
                "department": "Transportation",
                "priority": "Safe streets",
                "baseline": "2.1M",
                "spending": {"at_least": "80%", "at_most": "150%"},
                "outcomes": {"injuries_prevented": {"unit_cost": 210_000, "up_to": 20, "evidence": "observational"}},
            },
            "fire_station": {
                "name": "Fire stations",
                "department": "Fire",
                "priority": "Safe streets",
                "baseline": "21.5M",
                "spending": {"at_least": "95%", "because": "Labor agreement"},
                "outcomes": {"injuries_prevented": {"curve": [[0, 0], ["20M", 240], ["24M", 262]], **assumed}},
            },
            "library_hours": {
                "name": "Library hours",
                "department": "Library",
                "priority": "Thriving people",
                "baseline": "3.6M",
                "outcomes": {
                    "visits": {
                        "curve": [[0, 0], ["3M", 700_000], ["5M", 900_000]],
                        "evidence": "administrative",
                        "source": "Door counts, 2024",
                    }
                },
            },
            "bookmobile": {
                "name": "Bookmobile",
                "department": "Library",
                "priority": "Thriving people",
                "spending": {"at_most": "600k"},
                "outcomes": {"visits": {"per_dollar": 0.11, **assumed}},
            },
            "parks": {
                "name": "Parks and trails",
                "department": "Parks",
                "priority": "Thriving people",
                "baseline": "8.2M",
                "spending": {"at_least": "85%"},
                "outcomes": {"visits": {"per_dollar": 0.002, "evidence": "expert"}},
            },
            "youth_jobs": {
                "name": "Youth summer jobs",
                "department": "Parks",
                "priority": "Thriving people",
                "spending": {"at_most": "2M"},
                "outcomes": {"injuries_prevented": {"unit_cost": 260_000, **evaluated}},
            },
            "mains": {
                "name": "Water mains",
                "department": "Water",
                "baseline": "16M",
                "outcomes": {
                    "overdue_repairs": {"curve": [[0, 1200], ["16M", 500], ["20M", 420]], "evidence": "administrative"}
                },
            },
            "depot": {
                "name": "Depot",
                "department": "Transportation",
                "tags": ["building"],
                "funds": ["capital"],
                "recurring": False,
                "spending": {"at_most": "4M"},
                "outcomes": {"overdue_repairs": {"per_dollar": -0.00012, **assumed}},
            },
        },
        "rules": [
            {
                "name": "Public safety floor",
                "because": "Council resolution 2026-14",
                "sum": "spending",
                "where": {"department": ["Fire", "Transportation"]},
                "at_least": "35%",
                "of": "total spending",
            },
            {
                "name": "No program moves more than 40%",
                "change": {"at_most": "40%"},
                "where": {"department": {"not": "Water"}},
            },
        ],
    }


def many(count: int, seed: int = 7) -> dict[str, Any]:
    """A made-up budget of many programs of one fund."""
    rng = np.random.default_rng(seed)
    baseline = np.round(rng.lognormal(12.5, 1.2, count), 2)
    cost = rng.uniform(50, 5000, count)
    departments = ["Parks", "Fire", "Police", "Streets", "Library", "Housing", "Health", "Finance"]
    programs = {
        f"program_{at}": {
            "name": f"Program number {at} of the department",
            "department": departments[at % 8],
            "priority": f"Priority {at % 5}",
            "baseline": float(baseline[at]),
            "spending": {"at_least": "60%", "at_most": "140%"},
            "outcomes": {
                "served": {
                    "unit_cost": float(cost[at]),
                    "up_to": float(round(1.3 * baseline[at] / cost[at])),
                    "evidence": "assumption" if at % 2 else "administrative",
                    "source": f"Report {at % 40}",
                }
            },
        }
        for at in range(count)
    }
    return {
        "name": "A large city",
        "funds": {"general": {"name": "General fund", "revenue": float(np.round(baseline.sum() * 0.97, 2))}},
        "outcomes": {"served": {"name": "People served", "unit": "people", "weight": 10}},
        "programs": programs,
    }


def hostile() -> dict[str, Any]:
    """Names that would break a page, a workbook or a terminal that trusted them."""
    programs = {
        f"p{at}": {
            "name": name,
            "department": name if at % 2 else "Plain",
            "priority": name,
            "description": name,
            "baseline": 1000.0 + at,
            "source": name,
            "note": name,
            "outcomes": {
                f"o{at % 2}": {"per_dollar": 0.5 + at / 10, "evidence": "assumption", "source": name, "note": name}
            },
        }
        for at, name in enumerate(HOSTILE)
    }
    return {
        "name": HOSTILE[0],
        "description": f"{HOSTILE[1]} \u202ereversed\u202c \u2069and turned",
        "source": HOSTILE[1],
        "funds": {"f": {"name": HOSTILE[1], "revenue": 12_345.67, "source": HOSTILE[4]}},
        "outcomes": {
            "o0": {"name": HOSTILE[0], "unit": HOSTILE[1], "weight": 1},
            "o1": {"name": HOSTILE[4], "unit": HOSTILE[5], "weight": 2},
        },
        "programs": programs,
        "rules": [
            {"name": HOSTILE[0], "because": HOSTILE[1], "sum": "spending", "where": {"program": "p1"}, "at_most": 500}
        ],
    }


def classic() -> dict[str, Any]:
    """A small budget in cents, of one period, whose programs have no baseline."""
    return {
        "name": "Pocket money",
        "funds": {"purse": {"revenue": 20.5}},
        "outcomes": {"fun": {"unit": "laughs", "weight": 1}},
        "programs": {
            "sweets": {"outcomes": {"fun": {"unit_cost": 3, "up_to": 4}}},
            "books": {"outcomes": {"fun": {"per_dollar": 0.2}}},
            "toys": {"outcomes": {"fun": {"per_dollar": 0.1}}},
        },
    }


def plan_of(document: dict[str, Any]) -> Allocation:
    return solve(Scenario.from_document(document))
