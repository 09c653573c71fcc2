"""The figures that an explorer moves: revenue of funds, weights of outcomes, and limits, each with its range.

A figure is taken where the linear program moves in a straight line with it and with all that were taken before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.analysis.exploring.moved_problem import together
from budgetopt.analysis.frontiers.figure_range import figure_range
from budgetopt.analysis.frontiers.straight_parts import straight_parts
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.sensitivity.figure_paths import Figure
from budgetopt.errors import OptionError
from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.formulation.directions import Direction, goes_through
from budgetopt.reading.paths import parse_path
from budgetopt.scenario.model import WEIGHTED_OUTCOMES
from budgetopt.scenario.scenario import Scenario

__all__ = ["MovingFigure", "Slider", "sliders_of"]

MOST_OF_A_KIND = 4
"""So many funds, so many outcomes and so many limits at most have a slider of their own unless others are named."""
REACH = {"revenue": (0.9, 1.1), "weight": (0.5, 1.5), "limit": (0.9, 1.1)}
"""The range of each kind of figure, in terms of itself."""
NEAR = 1e-9
"""A figure that has less space to one side, as a share of its range, stands at the end of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Slider:
    """A figure that an explorer moves.

    Parameters
    ----------
    kind
        ``revenue``, ``weight``, ``limit``, or ``other`` for any other figure that was named.
    path
        Its path, as for ``--set``.
    of
        What it belongs to: the key of the fund or the outcome, the position of the limit as text, or nothing.
    value, low, high
        What it is in the plan, and its range.
    is_share, is_money
        Whether it is a share, or an amount of money.
    differs
        Whether its path leads to several numbers that differ: the value is the largest, and the others move in
        proportion.
    """

    kind: str
    path: str
    of: str
    value: float
    low: float
    high: float
    is_share: bool
    is_money: bool
    differs: bool

    @property
    def width(self) -> float:
        """How wide its range is."""
        return self.high - self.low

    def point(self, value: float) -> float:
        """Return how far a value is from the plan's, as a share of the range."""
        return (value - self.value) / self.width


@dataclass(frozen=True, slots=True, eq=False)
class MovingFigure:
    """A slider, the number itself, and what its whole range adds to the linear program."""

    slider: Slider
    figure: Figure
    direction: Direction


NOT_STRAIGHT = "with it the plan does not move piece by piece in straight lines"


def sliders_of(plan: Allocation, paths: Sequence[str]) -> tuple[list[MovingFigure], list[tuple[str, str]]]:
    """Return the sliders of a plan: those that are named, then the usual ones; and which are left out, and why.

    Raises
    ------
    OptionError
        If a path that is named leads to a figure with which the plan does not move piece by piece in straight lines.
    ScenarioError
        If it leads nowhere or to no number.
    """
    base = whole(plan.scenario)
    found: list[MovingFigure] = []
    left_out: list[tuple[str, str]] = []
    seen: set[tuple[str, ...]] = set()
    named = [_named(plan.scenario, path) for path in paths]
    for number, (kind, path, of) in enumerate((*named, *_usual(plan))):
        place = parse_path(path)
        if place in seen:
            continue
        seen.add(place)
        try:
            moving = _moving(plan.scenario, base, kind, path, of)
            if not _fits(plan.scenario, base.linear_program, [*found, moving]):
                raise OptionError("what it moves depends on the figure of another slider")
        except OptionError as error:
            if number < len(named):
                hint = error.hint or "follow it by itself: `budgetopt frontier SCENARIO PATH`"
                raise OptionError(f"no slider can be made for {path}: {error.message}", hint=hint) from None
            left_out.append((path, error.message))
        else:
            found.append(moving)
    return found, left_out


def _named(scenario: Scenario, path: str) -> tuple[str, str, str]:
    """Return the kind of a figure that is named, its path, and what it belongs to."""
    parts = parse_path(path)
    if len(parts) == 3 and parts[0] == "funds" and parts[1] in scenario.funds and parts[2] in ("revenue", "one_time"):
        return "revenue", path, parts[1]
    if len(parts) == 3 and parts[0] == "outcomes" and parts[1] in scenario.outcomes and parts[2] == "weight":
        return "weight", path, parts[1]
    for position, limit in enumerate(scenario.limits):
        if any(parse_path(limit.address_of(number)) == parts for number in limit.numbers):
            return "limit", path, str(position)
    return "other", path, ""


def _path(*parts: str) -> str:
    """Return a path; a part that is no plain word stands in brackets."""
    text = parts[0]
    for part in parts[1:]:
        text += f".{part}" if part.replace("-", "_").isidentifier() else f"[{part}]"
    return text


def _usual(plan: Allocation) -> Iterator[tuple[str, str, str]]:
    """Yield the figures that have sliders without being named: kind, path and what each belongs to."""
    scenario = plan.scenario
    revenue = {
        fund: {key: float(getattr(plan.audit.balances, key)[at].sum()) for key in ("revenue", "one_time")}
        for at, fund in enumerate(scenario.funds)
    }
    largest = sorted(revenue, key=lambda fund: -max(revenue[fund].values()))[:MOST_OF_A_KIND]
    for fund in (fund for fund in scenario.funds if fund in largest):
        key = max(revenue[fund], key=lambda key: revenue[fund][key])
        if revenue[fund][key] > 0:
            yield "revenue", _path("funds", fund, key), fund
    if scenario.objective[0].maximize == WEIGHTED_OUTCOMES and len(scenario.outcomes) > 1:
        worth = plan.outcomes["value"].abs().to_dict()
        largest = sorted(scenario.outcomes, key=lambda name: -worth[name])[:MOST_OF_A_KIND]
        weighed = [name for name, outcome in scenario.outcomes.items() if name in largest and outcome.weight]
        yield from (("weight", _path("outcomes", name, "weight"), name) for name in weighed)
    yield from _limits(plan)


def _limits(plan: Allocation) -> Iterator[tuple[str, str, str]]:
    """Yield the numbers of the limits that bind and cost most."""
    rules = plan.rules
    binding = rules[rules["binding"] & (rules["price"] > 0)].sort_values("one_percent", ascending=False, kind="stable")
    sides = dict.fromkeys(zip(binding["limit"].tolist(), binding["sense"].tolist(), strict=True))
    listed = 0
    for position, sense in sides:
        limit = plan.scenario.limits[int(position)]
        for number in limit.numbers:
            if listed < MOST_OF_A_KIND and sense in (number.sense, "equals", "holds"):
                listed += 1
                yield "limit", limit.address_of(number), str(position)


def _moving(scenario: Scenario, base: Formulation, kind: str, path: str, of: str) -> MovingFigure:
    low, high = REACH.get(kind, REACH["limit"])
    reach = figure_range(scenario, path, low, high)
    figure = reach.figure
    if figure.value < 0:
        raise OptionError("it is below zero")
    low, high = max(reach.low, figure.lowest), min(reach.high, figure.highest)

    def at(value: float) -> LinearProgram:
        return whole(reach.scenario_at(value), (), base).linear_program

    parts = straight_parts(at, low, high)
    around = [part for part in parts if part.low <= figure.value <= part.high]
    part = max(around, key=lambda part: part.high - part.low)
    if part.moves == "nothing":
        raise OptionError("the plan does not depend on it")
    if part.line is None or part.moves == "matrix":
        raise OptionError(NOT_STRAIGHT)
    width = part.high - part.low
    line = together([part.line], [width])
    for value in (part.low, part.high):
        there, by = whole(reach.scenario_at(value), (), base), (value - figure.value) / width
        if not _same_otherwise(base, there) or not goes_through(line, base.linear_program, by, there.linear_program):
            raise OptionError(NOT_STRAIGHT)
    # at a bend the plan's own value is an end of the range
    low, high = (
        figure.value if abs(end - figure.value) <= NEAR * width else _plain(end) for end in (part.low, part.high)
    )
    is_money = figure.is_money or kind == "revenue"
    slider = Slider(kind, path, of, figure.value, low, high, figure.is_share, is_money, figure.differs)
    return MovingFigure(slider, figure, line)


def _plain(value: float) -> float:
    """Return a number without the digits that binary fractions leave."""
    return float(f"{value:.12g}")


def _same_otherwise(base: Formulation, other: Formulation) -> bool:
    """Return whether two formulations say money and outcomes alike, and have the same later objectives and ties."""
    pairs = [(getattr(base.terms, name), getattr(other.terms, name)) for name in ("spending", "outcomes")]
    arrays = [(one.weight, two.weight) for one, two in pairs]
    arrays.append((base.terms.outcomes.constant, other.terms.outcomes.constant))
    one, two = base.linear_program, other.linear_program
    arrays += [(first.cost, second.cost) for first, second in zip(one.stages[1:], two.stages[1:], strict=True)]
    if one.tie_break is not None and two.tie_break is not None:
        arrays.append((one.tie_break.reference, two.tie_break.reference))
    return all(np.array_equal(first, second, equal_nan=True) for first, second in arrays)


def _fits(scenario: Scenario, problem: LinearProgram, figures: Sequence[MovingFigure]) -> bool:
    """Return whether the problem moves with several figures at once as with each by itself, at both their ends."""
    if len(figures) < 2:
        return True
    for end in ("low", "high"):
        changed, by = scenario, []
        for one in figures:
            value = getattr(one.slider, end)
            by.append(one.slider.point(value))
            changed = replace(one.figure, scenario=changed).moved(value - one.slider.value)
        all_at_once = together([one.direction for one in figures], by)
        if not goes_through(all_at_once, problem, 1.0, whole(changed).linear_program):
            return False
    return True
