"""How the sliders of an explorer are called, by which steps they move, and how their values are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from budgetopt.analysis.exploring.explorer import Explorer
from budgetopt.analysis.exploring.sliders import Slider
from budgetopt.reading.paths import parse_path
from budgetopt.report.figures.limit_lines import limit_name
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import capital, label, one_line

__all__ = ["SliderWords", "slider_words"]

STEPS = 100
"""A slider has about so many steps."""


@dataclass(frozen=True, slots=True)
class SliderWords:
    """A slider as it is shown.

    Parameters
    ----------
    name
        What it moves.
    note
        What there is to know about the number; empty for nothing.
    form
        ``money``, ``share`` or ``number``.
    unit
        What follows a number: ``a visit``; empty for nothing.
    step
        By how much an arrow key moves it.
    times
        How many dollars one more dollar of a revenue brings, all periods together; 1 for all other figures.
    """

    name: str
    note: str
    form: str
    unit: str
    step: float
    times: float

    def text(self, value: float, numbers: Numbers) -> str:
        """Return a value in words."""
        if self.form == "share":
            return numbers.share(value, 2)
        if self.form == "money":
            return numbers.unit_cost(value) if abs(value) < 1_000 else numbers.money(value)
        return f"{numbers.quantity(value)}{self.unit and ' '}{self.unit}"


def slider_words(found: Explorer, slider: Slider) -> SliderWords:
    """Return how a slider is shown."""
    scenario = found.plan.scenario
    form = "share" if slider.is_share else "money" if slider.is_money else "number"
    name, unit, times = one_line(slider.path), "", 1.0
    if slider.kind == "revenue":
        balances = found.plan.audit.balances
        received = balances.one_time if slider.path.endswith("one_time") else balances.revenue
        times = float(received[list(scenario.funds).index(slider.of)].sum()) / slider.value
        what = "One-time revenue" if slider.path.endswith("one_time") else "Revenue"
        name = f"{what} of {label(slider.of, scenario.funds[slider.of].name)}"
    elif slider.kind == "weight":
        outcome = scenario.outcomes[slider.of]
        name, unit = f"Weight of {label(slider.of, outcome.name)}", ""
    elif slider.kind == "limit":
        limit, place = scenario.limits[int(slider.of)], parse_path(slider.path)
        sense = next((one.sense for one in limit.numbers if parse_path(limit.address_of(one)) == place), "")
        name, unit = f"{capital(limit_name(limit))}: {sense}", one_line(limit.unit)
    several = slider.differs
    note = "That of the largest period; the others move in proportion." if several else ""
    if times > 1 and not several:
        note = "In each period."
    return SliderWords(name, note, form, unit, _step(slider.width), times)


def _step(width: float) -> float:
    """Return a round number of which there are about :data:`STEPS` in a width."""
    power = 10.0 ** math.floor(math.log10(width / STEPS))
    return next(float(f"{times * power:.12g}") for times in (1, 2, 5, 10) if times * power >= width / STEPS)
