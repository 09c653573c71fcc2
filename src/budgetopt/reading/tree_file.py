"""Read a tree of forecasts: what may come, how probable it is, and from which period on it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import Field, ValidationError

from budgetopt.checks.findings import suggestion
from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.changes import Change, alter
from budgetopt.reading.problems import say
from budgetopt.reading.scenario_files import from_values
from budgetopt.reading.yaml_file import read_yaml
from budgetopt.scenario.amounts import ShareOf
from budgetopt.scenario.model.base import Model, Name
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.scenario import Scenario

__all__ = ["Branch", "ForecastPath", "Forecasts", "read_forecasts"]

SUM_TOLERANCE = 1e-6


class Forecasts(Model):
    """What may come from a period on."""

    known: Name
    """The first period in which it is known which branch has come: what is decided before is the same in all."""
    branches: tuple[Branch, ...] = Field(min_length=2)
    """What may come; their probabilities add up to 100%."""


class Branch(Model):
    """One thing that may come."""

    name: Name
    """Its name, such as ``recession``."""
    probability: ShareOf
    """How probable it is, once the branch before it has come; ``25%`` or ``0.25``."""
    set: Mapping[str, Any] = Field(default_factory=dict)
    """What is different then: paths and values as ``--set`` takes them, ``{funds.general.revenue.FY2028: -6%}``."""
    known: Name | None = None
    """The first period in which it is known which of its own branches has come."""
    branches: tuple[Branch, ...] = ()
    """What may come afterwards; their probabilities add up to 100%."""


Forecasts.model_rebuild()


@dataclass(frozen=True, slots=True)
class ForecastPath:
    """One way through the tree.

    Parameters
    ----------
    names
        The branches on the way.
    probability
        The product of their probabilities.
    known
        For each of them, the position of the first period in which it is known; rising.
    scenario
        The scenario with what is set on the way.
    """

    names: tuple[str, ...]
    probability: float
    known: tuple[int, ...]
    scenario: Scenario

    @property
    def name(self) -> str:
        """The names of its branches, as one."""
        return " / ".join(self.names)


def read_forecasts(scenario: Scenario, source: str | FilePath | Mapping[str, Any]) -> list[ForecastPath]:
    """Return every way through a tree of forecasts.

    Parameters
    ----------
    scenario
        The scenario, as it is but for what a branch sets.
    source
        A YAML file, or what it would say as a mapping: ``known`` and ``branches``.

    Raises
    ------
    ScenarioError
        With everything that is wrong with it, and where.
    """
    if isinstance(source, Mapping):
        read = from_values(source)
        tree, places, problems = read.tree, read.places, list(read.problems)
    else:
        file = read_yaml(FilePath(source))
        tree, places, problems = file.tree, file.places, list(file.problems)
    try:
        forecasts = Forecasts.model_validate(tree)
    except ValidationError as error:
        problems += [_problem(details, places) for details in error.errors(include_url=False)]
        raise ScenarioError(problems) from None
    reader = _Reader(scenario, places, problems)
    leaves = list(reader.leaves(forecasts, (), (), 1.0, (), scenario))
    if problems:
        raise ScenarioError(problems)
    return leaves


@dataclass(frozen=True, slots=True)
class _Reader:
    """Follows the branches, and collects what is wrong."""

    scenario: Scenario
    places: Places
    problems: list[Problem]

    def leaves(
        self,
        node: Forecasts | Branch,
        path: Path,
        names: tuple[str, ...],
        probability: float,
        known: tuple[int, ...],
        scenario: Scenario,
    ) -> Iterator[ForecastPath]:
        """Yield every way through the branches of a node."""
        if not node.branches:
            yield ForecastPath(names, probability, known, scenario)
            return
        since = self._period(node, path, known)
        total = sum(branch.probability for branch in node.branches)
        if abs(total - 1) > SUM_TOLERANCE:
            said = " + ".join(f"{branch.probability:.6g}" for branch in node.branches)
            self._add((*path, "branches"), "probabilities", f"the probabilities add up to {total:.6g}: {said}", "100%")
        seen = set()
        for at, branch in enumerate(node.branches):
            below = (*path, "branches", at)
            if branch.name in seen:
                self._add((*below, "name"), "twice", f"two branches are named '{branch.name}'", "names that differ")
            seen.add(branch.name)
            if not 0 < branch.probability <= 1:
                message, expected = f"{branch.probability} is no probability", "more than 0%, and 100% at most"
                self._add((*below, "probability"), "out-of-range", message, expected)
            ways = (*names, branch.name)
            changed = self._changed(scenario, branch, below)
            yield from self.leaves(branch, below, ways, probability * branch.probability, (*known, since), changed)

    def _period(self, node: Forecasts | Branch, path: Path, before: Sequence[int]) -> int:
        periods, last = self.scenario.periods, before[-1] if before else 0
        if node.known is None:
            message = "it is not said when it is known which of its branches has come"
            self._add(path, "missing", message, f"known: one of {', '.join(periods[last + 1 :]) or 'the periods'}")
            return last
        if node.known not in periods:
            hint = suggestion(node.known, periods)
            self._add(
                (*path, "known"), "unknown-period", f"there is no period '{node.known}'", ", ".join(periods), hint
            )
            return last
        since = periods.index(node.known)
        if since <= last:
            first = periods[last] if before else f"{periods[0]}, in which the first decisions are made"
            hint = "" if len(periods) > 1 else "a scenario of one period decides nothing before: give it two or more"
            self._add((*path, "known"), "too-early", f"'{node.known}' does not come after {first}", "", hint)
        return since

    def _changed(self, scenario: Scenario, branch: Branch, path: Path) -> Scenario:
        changes: list[Change] = [(key, value) for key, value in branch.set.items()]
        try:
            return alter(scenario, changes) if changes else scenario
        except ScenarioError as error:
            for problem in error.problems:
                self._add(
                    (*path, "set"), problem.code, f"{branch.name}: {problem.message}", problem.expected, problem.hint
                )
            return scenario

    def _add(self, path: Path, code: str, message: str, expected: str = "", hint: str = "") -> None:
        self.problems.append(Problem(code, message, self.places.of(*path), expected, hint))


def _problem(details: Any, places: Places) -> Problem:
    """Return what pydantic found as a problem with its place."""
    path, key = tuple(details["loc"]), str(details["loc"][-1]) if details["loc"] else ""
    known = (Forecasts if len(path) == 1 else Branch).model_fields
    place: Place | None = places.of(*path)
    if details["type"] == "extra_forbidden":
        message, expected = f"there is no key '{key}' here", ", ".join(known)
        return Problem("unknown-key", message, places.of_key(*path), expected, suggestion(key, known))
    if details["type"] == "missing":
        return Problem("missing", f"the key '{key}' is missing", places.of(*path[:-1]), f"{key}: ...")
    return say(details).problem(place, key)
