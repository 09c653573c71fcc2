"""Resources that are written to stand in for others wrongly: for nothing, for themselves, or round in a circle."""

from __future__ import annotations

from budgetopt.checks.findings import Findings
from budgetopt.checks.fund_mistakes import circle_of
from budgetopt.checks.name_checks import known_quantities
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_standing_in"]


def check_standing_in(scenario: Scenario, findings: Findings) -> None:
    """Look at the resources that stand in for others."""
    known = known_quantities(scenario, findings)["resource"]
    helped: dict[str, list[str]] = {name: [] for name in scenario.resources}
    for name, resource in scenario.resources.items():
        section = ("resources", name, "stand_in")
        if resource.stand_in and resource.capacity is None and not findings.is_invalid("resources", name, "capacity"):
            message = f"resource '{name}' is counted and not limited, so that nothing has to stand in for it"
            hint = f"give '{name}' a capacity, or leave its stand_in out"
            findings.add("stand-in", section, message, "a capacity beside stand_in", hint, key=True)
        for other in resource.stand_in:
            if other == name:
                message = f"resource '{name}' stands in for itself"
                findings.add("stand-in", (*section, other), message, "another resource", key=True)
            elif other in helped:
                helped[other].append(name)
            elif other not in known:
                where = f"stand_in of resource '{name}'"
                findings.add_unknown("resource", other, known, (*section, other), where, key=True)
    while circle := circle_of(helped):
        shown = " for ".join(f"'{name}'" for name in circle)
        message = f"resources stand in for one another in a circle: {shown}"
        expected = "resources each of which stands in only for those that do not stand in for it"
        findings.add("stand-in", ("resources", circle[1], "stand_in", circle[0]), message, expected, key=True)
        for name in circle:
            helped[name] = []
