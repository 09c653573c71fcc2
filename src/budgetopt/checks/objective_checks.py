"""The objective: words that name nothing, and nothing to gain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetopt.checks.findings import Findings, named, suggestion
from budgetopt.checks.floors import check_bounds
from budgetopt.checks.name_checks import known_names
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import CHANGE, SHORTFALL, SPENDING, WEIGHTED_OUTCOMES, Objective, Smallest
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import split_key
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, shown

__all__ = ["MINIMIZED", "affected_outcomes", "check_objective"]

MINIMIZED = (SPENDING, CHANGE, SHORTFALL)
"""What can be minimized beside outcomes."""


def affected_outcomes(scenario: Scenario) -> set[str]:
    """Return the outcomes that at least one program, or one package of it, has an effect on."""
    parts = [split_key(key) for key in scenario.programs.columns if "outcomes." in key]
    return {way[way.index("outcomes") + 1] for way in parts if "outcomes" in way[:-1]}


def check_objective(scenario: Scenario, findings: Findings) -> None:
    """Look for objectives that name nothing or gain nothing, and for targets that contradict themselves."""
    if not findings.is_invalid("objective"):
        written = (findings.tree or {}).get("objective")
        for position, entry in enumerate(scenario.objective):
            path: Path = ("objective",) if written is None or isinstance(written, Mapping) else ("objective", position)
            _entry(scenario, findings, entry, path)
            if entry.maximize is not None and entry.within is not None and entry.within > 1:
                message = (
                    f"later entries may give up {Share(entry.within)} of this one's best value: more than all of it"
                )
                findings.add("within", (*path, "within"), message, "a share below 100%, such as 1%")
            settled = [one for one in scenario.objective[:position] if not one.within]
            if any((entry.maximize, entry.minimize) == (one.maximize, one.minimize) for one in settled):
                message = f"{named(path)} repeats an earlier one"
                findings.add("twice", path, message, "each objective once")
        if not scenario.objective:
            findings.add(
                "no-objective",
                ("objective",),
                "the objective has no entry",
                "maximize or minimize",
                "leave `objective` out to maximize the weighted outcomes",
            )
    _targets(scenario, findings)


def _entry(scenario: Scenario, findings: Findings, entry: Objective, path: Path) -> None:
    known = known_names("outcomes", scenario.outcomes, findings)
    key = "maximize" if entry.maximize is not None else "minimize"
    objective = entry.maximize if entry.maximize is not None else entry.minimize
    below: Path = (*path, key)
    if isinstance(objective, Smallest):
        below, objective, possible = (*below, "smallest"), objective.smallest, known
    else:
        possible = [WEIGHTED_OUTCOMES, *known] if key == "maximize" else [*MINIMIZED, *known]
    if objective not in possible:
        message = f"{shown(objective)} is nothing that can be {key}d"
        hint = suggestion(str(objective), possible)
        if objective in (WEIGHTED_OUTCOMES, *MINIMIZED) and below[-1] == key:
            hint = f"did you mean `{'minimize' if key == 'maximize' else 'maximize'}: {objective}`?"
        findings.add("unknown-objective", below, message, f"one of: {listed(possible)}", hint)
    elif not (findings.partial or findings.lost_a_section or findings.is_invalid("outcomes") or entry.unspent_worth):
        _gain(scenario, findings, below, str(objective), key)


def _gain(scenario: Scenario, findings: Findings, path: Path, objective: str, key: str) -> None:
    affected = affected_outcomes(scenario)
    if objective == SHORTFALL and all(outcome.target is None for outcome in scenario.outcomes.values()):
        message = "there is nothing to minimize: no outcome has a target that it could fall short of"
        findings.add("nothing-to-minimize", path, message, "an outcome with a `target`")
    if objective == WEIGHTED_OUTCOMES:
        if path[:-1] == ("objective",) and "objective" not in (findings.tree or {}):
            path = ("outcomes",)
        weighted = [name for name, outcome in scenario.outcomes.items() if outcome.weight != 0]
        expected = "an outcome with a weight"
        hint = "write `objective: {minimize: spending}` to look for the cheapest plan"
        if not weighted:
            why = "no outcome has a weight" if scenario.outcomes else "the scenario has no outcomes"
            findings.add("nothing-to-maximize", path, f"there is nothing to maximize: {why}", expected, hint, key=True)
    elif objective in scenario.outcomes and objective not in affected and not findings.is_invalid("programs"):
        message = f"there is nothing to {key}: no program has an effect on '{objective}'"
        findings.add(f"nothing-to-{key}", path, message, "an outcome that a program has an effect on")


def _targets(scenario: Scenario, findings: Findings) -> None:
    for name, outcome in scenario.outcomes.items():
        target = outcome.target
        path: Path = ("outcomes", name, "target")
        if target is None or findings.is_invalid(*path):
            continue
        low, high = (scenario.per_period(bound, np.nan) for bound in (target.at_least, target.at_most))
        check_bounds(low, high, f"{named(path)} is", (*path, "at_least"), scenario, findings)
