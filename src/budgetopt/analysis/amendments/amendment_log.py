"""A log of motions from the proposed to the adopted plan: lines of JSON that replay to the same cent.

The first line has the scenario's name and SHA-256 and the plan before any motion. Each further line is a motion,
offsets, an undo, a snapshot or a return to one. A motion has every amount that it changes, by fund, so that no solver
is asked again when the log is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from budgetopt.analysis.amendments.amend import Amended, AmendmentStep
from budgetopt.analysis.amendments.moved_plan import MovedPlan
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.errors import OptionError, ResultFileError
from budgetopt.reading.input_file import UnreadableFileError, read_document
from budgetopt.scenario.inert_json import inert_json
from budgetopt.scenario.scenario import Scenario

__all__ = ["AmendmentLog", "read_log"]

FORMAT = "budgetopt-amendments/1"
_ARRAYS = ("spending", "transfers", "packages", "units", "stand_ins")


@dataclass(frozen=True, eq=False)
class AmendmentLog:
    """What was moved on a plan, in order, with what was undone.

    Parameters
    ----------
    scenario
        The scenario.
    first
        The plan before any motion, and the programs from which offsets may come.
    entries
        Every line after the first, as plain values.
    states
        The steps that count after each entry; shape (entries,).
    """

    scenario: Scenario
    first: Amended
    entries: tuple[Mapping[str, Any], ...] = ()
    states: tuple[tuple[AmendmentStep, ...], ...] = ()

    @classmethod
    def begin(cls, plan: Amended) -> AmendmentLog:
        """Return the log of a plan with the motions that were made on it."""
        return cls(plan.scenario, replace(plan, steps=())).record(plan)

    @property
    def now(self) -> Amended:
        """The plan as it stands, with the motions that count."""
        return replace(self.first, steps=self.states[-1] if self.states else ())

    @property
    def snapshots(self) -> tuple[str, ...]:
        """The names of the snapshots, the oldest first."""
        return tuple(dict.fromkeys(str(entry["snapshot"]) for entry in self.entries if "snapshot" in entry))

    def record(self, plan: Amended) -> AmendmentLog:
        """Return the log with the steps that a plan has beyond it."""
        log, done = self, len(self.now.steps)
        before = log.now.now
        for step in plan.steps[done:]:
            key = "offsets" if step.text == "offsets" else "motion"
            entry = {key: step.text, "because": step.because, **_changes(before, step.after)}
            log = log._with(
                {name: value for name, value in entry.items() if value not in ("", {})}, (*log.now.steps, step)
            )
            before = step.after
        return log

    def undo(self) -> AmendmentLog:
        """Return the log with its last motion, or last offsets, undone; the line stays in the log.

        Raises
        ------
        OptionError
            If there is nothing to undo.
        """
        steps = self.now.steps
        if not steps:
            raise OptionError("there is no motion to undo", hint="the log begins with the plan before any motion")
        return self._with({"undo": steps[-1].text}, steps[:-1])

    def snapshot(self, name: str) -> AmendmentLog:
        """Return the log with a name for the plan as it stands."""
        return self._with({"snapshot": name}, self.now.steps)

    def back_to(self, name: str) -> AmendmentLog:
        """Return the log with the plan as it stood at a snapshot, the latest of that name.

        Raises
        ------
        OptionError
            If there is no such snapshot.
        """
        found = [at for at, entry in enumerate(self.entries) if entry.get("snapshot") == name]
        if not found:
            known = ", ".join(self.snapshots)
            raise OptionError(
                f"there is no snapshot {name!r}", hint=f"there are: {known}" if known else "none was made"
            )
        return self._with({"back_to": name}, self.states[found[-1]])

    def _with(self, entry: Mapping[str, Any], steps: tuple[AmendmentStep, ...]) -> AmendmentLog:
        return replace(self, entries=(*self.entries, entry), states=(*self.states, steps))

    def to_text(self) -> str:
        """Return the log as lines of JSON."""
        head = {
            "format": FORMAT,
            "scenario": self.scenario.name,
            "sha256": self.scenario.sha256,
            "plan": _plan_values(self.scenario, self.first.plan),
        }
        return "".join(inert_json(line) + "\n" for line in (head, *self.entries))

    def plan_at(self, snapshot: str) -> Amended:
        """Return the plan as it stood at a snapshot."""
        return self.back_to(snapshot).now


def _plan_values(scenario: Scenario, plan: SpendingPlan) -> dict[str, Any]:
    """Return the decisions of a plan as plain values; units that are what the money pays for are left out."""
    tables = plan.to_frames(scenario)
    return {name: table.to_numpy().tolist() for name, table in tables.items() if len(table)}


def _changes(before: MovedPlan, after: MovedPlan) -> dict[str, Any]:
    """Return the cells of a plan that differ from those of another, as positions and values."""
    found: dict[str, Any] = {}
    pairs = [(name, getattr(before.plan, name), getattr(after.plan, name)) for name in _ARRAYS]
    pairs += [(name, getattr(before, name), getattr(after, name)) for name in ("moved", "frozen")]
    for name, was, now in pairs:
        if now is None:
            continue
        old = np.zeros_like(now) if was is None else was
        differs = ~((old == now) | ((old != old) & (now != now)))
        if differs.any():
            values = [None if value != value else value for value in now[differs].tolist()]
            found[name] = [[*cell, value] for cell, value in zip(np.argwhere(differs).tolist(), values, strict=True)]
    return found


def _changed(before: MovedPlan, entry: Mapping[str, Any]) -> MovedPlan:
    """Return a plan with the cells of an entry changed."""
    arrays: dict[str, Any] = {}
    for name in (*_ARRAYS, "moved", "frozen"):
        cells = entry.get(name)
        if not cells:
            continue
        array = np.array(getattr(before if name in ("moved", "frozen") else before.plan, name), copy=True)
        for *cell, value in cells:
            array[tuple(cell)] = np.nan if value is None else value
        arrays[name] = array
    settled = {name: arrays.pop(name) for name in ("moved", "frozen") if name in arrays}
    return replace(before, plan=replace(before.plan, **arrays), **settled)


def read_log(scenario: Scenario, name: str | Path) -> AmendmentLog:
    """Return the log in a file, replayed on a scenario.

    Raises
    ------
    ResultFileError
        If the file cannot be read, is no log, is damaged, or belongs to another scenario; with the line.
    """
    lines = list(_lines(name))
    head = lines[0][1] if lines else {}
    if head.get("format") != FORMAT:
        raise ResultFileError(f"{name}:1: this is no log of amendments", hint=f"its first line has format {FORMAT}")
    if head.get("sha256") != scenario.sha256:
        raise ResultFileError(
            f"{name}:1: the log belongs to another scenario than {scenario.name!r}, or the scenario has changed since",
            hint="take the scenario as it was, or begin a new log",
        )
    try:
        first = Amended(audit_plan(scenario, _plan_of(scenario, head["plan"])), ())
    except (KeyError, TypeError, ValueError, IndexError, LookupError) as error:
        raise ResultFileError(f"{name}:1: the plan cannot be read: {error}") from None
    log = AmendmentLog(scenario, first)
    for number, entry in lines[1:]:
        try:
            log = _replayed(log, entry)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            message = error.message if isinstance(error, OptionError) else "the line is damaged"
            raise ResultFileError(f"{name}:{number}: {message}", hint="lines are added, never edited") from None
    return log


def _replayed(log: AmendmentLog, entry: Mapping[str, Any]) -> AmendmentLog:
    steps = log.now.steps
    if "undo" in entry:
        return log.undo()
    if "snapshot" in entry:
        return log.snapshot(str(entry["snapshot"]))
    if "back_to" in entry:
        return log.back_to(str(entry["back_to"]))
    after = _changed(log.now.now, entry)
    after.plan.check_shape(log.scenario)
    text = str(entry["offsets"] if "offsets" in entry else entry["motion"])
    step = AmendmentStep(text, after, audit_plan(log.scenario, after.plan), str(entry.get("because", "")))
    return log._with(entry, (*steps, step))


def _lines(name: str | Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = read_document(name, "text")
    except UnreadableFileError as error:
        raise ResultFileError(f"{str(name)!r} cannot be read: {error.reason}", hint=error.hint) from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise ResultFileError(
                f"{name}:{number}: the line is no JSON of a log", hint="lines are added, never edited"
            )
        yield number, entry


def _plan_of(scenario: Scenario, values: Mapping[str, Any]) -> SpendingPlan:
    import pandas as pd

    empty = SpendingPlan.nothing(scenario).to_frames(scenario)
    tables = {key: pd.DataFrame(values.get(key, []), columns=table.columns) for key, table in empty.items()}
    return SpendingPlan.from_frame(scenario, **tables)
