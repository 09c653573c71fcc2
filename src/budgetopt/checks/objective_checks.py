"""The objective: words that name nothing, and nothing to gain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetopt.checks.findings import Findings, named, suggestion
from budgetopt.checks.floors import check_bounds
from budgetopt.checks.name_checks import known_names
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import (
    CHANGE,
    LARGEST_CUT,
    SHORTFALL,
    SPENDING,
    WEIGHTED_OUTCOMES,
    Objective,
    Smallest,
)
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import split_key
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, shown

__all__ = ["affected_names", "check_objective"]

_MINIMIZED = (SPENDING, CHANGE, LARGEST_CUT, SHORTFALL)


def affected_names(scenario: Scenario, section: str) -> set[str]:
    """Return the names below ``outcomes`` or ``uses`` of at least one program, or of one package of it."""
    parts = [split_key(key) for key in scenario.programs.columns if f"{section}." in key]
    return {way[way.index(section) + 1] for way in parts if section in way[:-1]}


def check_objective(scenario: Scenario, findings: Findings) -> None:
    """Look for objectives that name nothing or gain nothing, and for targets that contradict themselves."""
    if not findings.is_invalid("objective"):
        _entries(scenario, findings)
    for name, outcome in scenario.outcomes.items():
        target, path = outcome.target, ("outcomes", name, "target")
        if target is not None and not findings.is_invalid(*path):
            low, high = (scenario.per_period(bound, np.nan) for bound in (target.at_least, target.at_most))
            check_bounds(low, high, f"{named(path)} is", (*path, "at_least"), scenario, findings)


def _entries(scenario: Scenario, findings: Findings) -> None:
    written = (findings.tree or {}).get("objective")
    settled: list[tuple[object, object]] = []
    for position, entry in enumerate(scenario.objective):
        path: Path = ("objective",) if written is None or isinstance(written, Mapping) else ("objective", position)
        _entry(scenario, findings, entry, path)
        if entry.maximize is not None and entry.within is not None and entry.within > 1:
            message = f"later entries may give up {Share(entry.within)} of this one's best value: more than all of it"
            findings.add("within", (*path, "within"), message, "a share below 100%, such as 1%")
        if (entry.maximize, entry.minimize) in settled:
            findings.add("twice", path, f"{named(path)} repeats an earlier one", "each objective once")
        if not entry.within:
            settled.append((entry.maximize, entry.minimize))
    if not scenario.objective:
        hint = "leave `objective` out to maximize the weighted outcomes"
        message = "the objective has no entry"
        findings.add("no-objective", ("objective",), message, "maximize or minimize", hint)


def _entry(scenario: Scenario, findings: Findings, entry: Objective, path: Path) -> None:
    known = known_names("outcomes", scenario.outcomes, findings)
    key = "maximize" if entry.maximize is not None else "minimize"
    objective, below = getattr(entry, key), (*path, key)
    possible = [WEIGHTED_OUTCOMES, *known] if key == "maximize" else [*_MINIMIZED, *known]
    if isinstance(objective, Smallest):
        objective, below, possible = objective.smallest, (*below, "smallest"), known
    if objective not in possible:
        message = f"{shown(objective)} is nothing that can be {key}d"
        hint = suggestion(str(objective), possible)
        if objective in (WEIGHTED_OUTCOMES, *_MINIMIZED) and below[-1] == key:
            hint = f"did you mean `{'minimize' if key == 'maximize' else 'maximize'}: {objective}`?"
        findings.add("unknown-objective", below, message, f"one of: {listed(possible)}", hint)
    elif not (findings.partial or findings.lost_a_section or findings.is_invalid("outcomes") or entry.unspent_worth):
        _gain(scenario, findings, below, str(objective), key)


def _gain(scenario: Scenario, findings: Findings, path: Path, objective: str, key: str) -> None:
    if objective == SHORTFALL and all(outcome.target is None for outcome in scenario.outcomes.values()):
        message = "there is nothing to minimize: no outcome has a target that it could fall short of"
        findings.add("nothing-to-minimize", path, message, "an outcome with a `target`")
    if objective == LARGEST_CUT and not (np.nan_to_num(scenario.programs.baseline()) > 0).any():
        message = "there is nothing to minimize: no program has a baseline that could be cut"
        findings.add("nothing-to-minimize", path, message, "a program with a `baseline`")
    if objective == WEIGHTED_OUTCOMES:
        if any(outcome.weight != 0 for outcome in scenario.outcomes.values()):
            return
        if path[:-1] == ("objective",) and "objective" not in (findings.tree or {}):
            path = ("outcomes",)
        why = "no outcome has a weight" if scenario.outcomes else "the scenario has no outcomes"
        hint = "write `objective: {minimize: spending}` to look for the cheapest plan"
        message = f"there is nothing to maximize: {why}"
        findings.add("nothing-to-maximize", path, message, "an outcome with a weight", hint, key=True)
        return
    affected = affected_names(scenario, "outcomes")
    if objective in scenario.outcomes and objective not in affected and not findings.is_invalid("programs"):
        message = f"there is nothing to {key}: no program has an effect on '{objective}'"
        findings.add(f"nothing-to-{key}", path, message, "an outcome that a program has an effect on")
