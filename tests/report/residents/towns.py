"""A made-up town that uses all that the page for residents can show; no figure of it is real."""

from __future__ import annotations

from typing import Any

from tests.report.plans import plan_of

from budgetopt.allocation import Allocation

INTERNAL = "The office doubts this figure."


def town() -> dict[str, Any]:
    study = {"evidence": "rct", "source": "County study", "as_of": "2024", "std_error": "10%"}
    counted = {"evidence": "administrative", "source": "Door counts", "as_of": "2025"}
    return {
        "name": "Milltown FY2027",
        "description": "The manager's proposal. Milltown is made up.",
        "source": "Adopted budget FY2026",
        "periods": ["FY2027", "FY2028"],
        "funds": {
            "general": {"name": "General fund", "revenue": "10M", "reserve": "500k", "opening_balance": "1M"},
            "state_aid": {"name": "State aid", "revenue": "1.5M", "only": {"tags": "streets"}},
        },
        "outcomes": {
            "homes": {"name": "Families with a home", "unit": "families", "weight": 20_000, "source": "Survey of 2025"},
            "repairs": {"name": "Repairs that wait", "unit": "repairs", "weight": 900, "direction": "decrease"},
            "visits": {"name": "Library visits", "unit": "visits", "weight": 4},
        },
        "programs": {
            "shelter": {
                "name": "Homes for families", "department": "Housing", "priority": "Homes", "baseline": "2M",
                "districts": {"north": "30%", "south": "70%"}, "spending": {"at_most": "3M"}, "requested": "3.5M",
                "note": INTERNAL, "public_note": "Two buildings open in spring",
                "outcomes": {"homes": {"unit_cost": 12_000, "note": INTERNAL, **study}},
            },
            "streets": {
                "name": "Street repair", "department": "Works", "priority": "Streets", "tags": ["streets"],
                "districts": {"north": "50%", "south": "50%"}, "baseline": "3M", "requested": {"FY2027": "3M"},
                "spending": {"at_least": "2M"},
                "outcomes": {"repairs": {"curve": [[0, 900], ["2M", 400], ["6M", 150]], "evidence": "assumption"}},
            },
            "library": {
                "name": "Library hours", "department": "Library", "baseline": "1M", "districts": {"north": "100%"},
                "spending": {"at_least": "900k"}, "outcomes": {"visits": {"per_dollar": 0.21, **counted}},
            },
            "parks": {"name": "Parks", "department": "Parks", "baseline": "1.2M", "districts": {"south": "100%"},
                      "outcomes": {"visits": {"per_dollar": 0.001}}},
            "station": {
                "name": "Fire station", "department": "Fire", "districts": {"south": "100%"},
                "packages": [
                    {"name": "crew", "cost": "1M", "outcomes": {"homes": 90}},
                    {"name": "second truck", "cost": "4M", "outcomes": {"homes": 1}},
                ],
            },
        },
        "rules": [
            {"name": "Streets first", "because": "Council resolution 7", "sum": "spending",
             "where": {"department": "Works"}, "at_least": "20%", "of": "total spending"},
            {"name": "South side share", "sum": "spending", "by": "districts", "each_at_least": "50%",
             "of": "population share", "population": {"north": 12_000, "south": 18_000}},
        ],
        "residents": {
            "language": "en",
            "email": "budget@milltown.example", "phone": "311", "address": "City Hall, 1 Main Street",
            "link": "https://milltown.example/budget", "until": "2027-05-28",
            "hearings": [
                {"date": "2027-05-19", "time": "18:30", "place": "Library", "public_note": "With interpreters"},
                {"date": "2027-05-12", "place": "City Hall"},
            ],
            "public_note": "Comments are public.",
            "translations": {
                "es": {"Homes for families": "Hogares para familias", "north": "norte", "Housing": "Vivienda",
                       "Families with a home": "Familias con hogar", "families": "familias"},
            },
        },
    }  # fmt: skip


def solved() -> Allocation:
    return plan_of(town())
