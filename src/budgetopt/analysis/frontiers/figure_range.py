"""The range of a number of a scenario, from what is said as for ``--set``: 90M, -10%, *0.8, or a multiple of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from budgetopt.analysis.sensitivity.figure_paths import Figure, figure_at
from budgetopt.errors import OptionError
from budgetopt.scenario.scenario import Scenario

__all__ = ["FigureRange", "figure_range"]

USUAL = 0.2
"""How far the usual range goes to each side of a number, as a share of it."""
MOST_TIMES = 1000.0
"""A larger multiple of a number was meant as the number itself."""


@dataclass(frozen=True, slots=True)
class FigureRange:
    """A number of a scenario and its range.

    Parameters
    ----------
    figure
        The number; of several that differ the largest, and the others move in proportion.
    low, high
        The ends of its range.
    """

    figure: Figure
    low: float
    high: float

    def scenario_at(self, value: float) -> Scenario:
        """Return the scenario in which the number has a value."""
        return self.figure.moved(value - self.figure.value)


def figure_range(
    scenario: Scenario, path: str | Sequence[str], start: str | float | None, end: str | float | None
) -> FigureRange:
    """Return the number that a path leads to, and its range; by default a fifth of it to each side.

    Raises
    ------
    OptionError
        If the path is none, or the range has no width.
    ScenarioError
        If the path leads nowhere or to no number, or an end cannot stand there.
    """
    figure = figure_at(scenario, path)
    if figure.differs:
        figure = figure.in_proportion()
    ends: list[float] = []
    for said, usual, at in ((start, 1 - USUAL, "begins"), (end, 1 + USUAL, "ends")):
        if said is None and not figure.value:
            hint = "say where: --from and --to"
            raise OptionError(
                f"{figure.path} is 0, so it has no usual range: where the range {at} is missing", hint=hint
            )
        if said is None:
            default = min(max(usual * figure.value, figure.lowest), figure.highest)
            ends.append(default if figure.takes(default) else figure.value)
        else:
            ends.append(_end(scenario, figure, said))
    low, high = ends if figure.value >= 0 or start is not None or end is not None else reversed(ends)
    if not low < high:
        raise OptionError(
            f"the range of {figure.path} is from {_said(figure, low)} to {_said(figure, high)}",
            hint="it begins below its end",
        )
    return FigureRange(figure, low, high)


def _end(scenario: Scenario, figure: Figure, said: str | float) -> float:
    """Return the value of the number at an end of the range."""
    if not isinstance(said, str):
        if not math.isfinite(said) or said < 0 or said > MOST_TIMES:
            hint = f"write the number itself as text: {said:g}".rstrip("0") if math.isfinite(said) else "such as 0.8"
            raise OptionError(f"{said:g} is no multiple of what stands at {figure.path}", hint=hint)
        return figure.value * said
    moved = figure_at(scenario.with_((figure.path, said)), figure.path)
    if not figure.differs:
        return moved.value
    value = figure.value_in(moved)
    if math.isnan(value):
        hint = "say the range in shares of them, such as -10% and +10%"
        raise OptionError(f"{figure.path} leads to numbers that differ, and {said} makes them the same", hint=hint)
    return value


def _said(figure: Figure, value: float) -> str:
    return f"{value:.6%}".rstrip("0%").rstrip(".") + "%" if figure.is_share else f"{value:,.10g}"
