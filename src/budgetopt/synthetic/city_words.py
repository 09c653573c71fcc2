"""The words of a generated city: departments, outcomes, districts and how often each occurs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AREAS", "DEPARTMENTS", "DISTRICTS", "GRADES", "OUTCOMES", "RESOURCES", "SERVICES"]


@dataclass(frozen=True, slots=True)
class Department:
    """A department: its share of the programs, its priority, its outcomes, the resource that its programs use."""

    name: str
    share: float
    priority: str
    main: str
    second: str
    resource: str


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """An outcome: its unit, what a unit is worth, and whether less of it is better."""

    unit: str
    weight: float
    decrease: bool = False


DEPARTMENTS = (
    Department("Transportation", 0.15, "Moving safely", "injuries_prevented", "overdue_repairs", "engineers"),
    Department("Water", 0.08, "Reliable utilities", "breaks_prevented", "overdue_repairs", "engineers"),
    Department("Housing", 0.12, "Great neighborhoods", "households_housed", "clients_served", "case_workers"),
    Department("Parks", 0.13, "Great neighborhoods", "visits", "young_people_reached", "field_crews"),
    Department("Health", 0.12, "Healthy residents", "clients_served", "households_housed", "case_workers"),
    Department("Police", 0.1, "Safe city", "injuries_prevented", "young_people_reached", "officers"),
    Department("Fire", 0.1, "Safe city", "injuries_prevented", "visits", "officers"),
    Department("Library", 0.07, "Learning", "visits", "young_people_reached", "field_crews"),
    Department("Planning", 0.05, "Well-run government", "permits_on_time", "households_housed", "engineers"),
    Department("General Services", 0.08, "Well-run government", "permits_on_time", "overdue_repairs", "field_crews"),
)
"""The first five are those that funds are restricted to; a city of five programs has one of each."""

OUTCOMES = {
    "injuries_prevented": OutcomeWords("injuries", 132_000),
    "households_housed": OutcomeWords("households", 18_000),
    "breaks_prevented": OutcomeWords("breaks", 9_000),
    "overdue_repairs": OutcomeWords("repairs", 900, decrease=True),
    "young_people_reached": OutcomeWords("young people", 600),
    "clients_served": OutcomeWords("clients", 250),
    "permits_on_time": OutcomeWords("permits", 60),
    "visits": OutcomeWords("visits", 4),
}

RESOURCES = {"case_workers": "FTE", "engineers": "FTE", "officers": "FTE", "field_crews": "crews"}

DISTRICTS = {"north": 0.3, "south": 0.27, "east": 0.2, "west": 0.14, "harbor": 0.09}
"""The districts and the share of the people who live in each."""

GRADES = {
    "assumption": (0.28, 0.6),
    "administrative": (0.25, 0.3),
    "expert": (0.15, 0.45),
    "observational": (0.16, 0.35),
    "quasi_experimental": (0.11, 0.22),
    "rct": (0.05, 0.14),
}
"""The grades of evidence: the share of the effects that have each, and the standard error that goes with it."""

SERVICES = ("Outreach", "Inspection", "Maintenance", "Response", "Training", "Support", "Renewal", "Prevention", "Care")
AREAS = ("Street", "School", "Family", "Riverside", "Night", "Senior", "Corridor", "Garden", "Market", "Signal", "Home")
