"""What a program brings at every level of its money, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.formulation.program_bounds import program_limits
from budgetopt.report.figures.text import label
from budgetopt.scenario.column_units import with_units
from budgetopt.scenario.effects import unit_prices
from budgetopt.scenario.programs import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MARKS", "response_tables"]

MARKS = ("baseline", "plan", "floor", "ceiling")
"""The amounts that are marked on a curve."""

BEYOND = 1.15
"""How far a curve is drawn beyond its last point or mark."""


def response_tables(plan: Allocation, program: int) -> dict[str, pd.DataFrame]:
    """Return what a program brings at every level of its money, and the levels that matter, in the first period.

    Parameters
    ----------
    plan
        The plan.
    program
        The position of the program.

    Returns
    -------
    dict
        ``response``: one row a point between which results go in straight lines: ``outcome``, ``name``, ``unit``,
        ``amount`` (of the first period: dollars, or units of a service that costs nothing), ``amount_unit``, ``level``.
        Empty where packages are all that brings results. ``marks``: ``mark`` (baseline, plan, floor, ceiling),
        ``amount``, ``amount_unit``; those that there are.
    """
    import pandas as pd

    scenario = plan.scenario
    marks = dict(zip(MARKS, _marks(plan, program), strict=True))
    known = {name: amount for name, amount in marks.items() if np.isfinite(amount)}
    price = float(unit_prices(scenario.calculated)[program])
    unit = scenario.currency if price > 0 else str(scenario.programs.text("service.unit")[program] or "units")
    effects = scenario.effects
    rows: list[tuple[str, str, str, float, str, float]] = []
    for effect in np.flatnonzero(effects.program == program).tolist():
        key = list(scenario.outcomes)[int(effects.outcome[effect])]
        outcome = scenario.outcomes[key]
        rows += [
            (key, label(key, outcome.name), outcome.unit, amount, unit, level)
            for amount, level in _points(plan, program, effect, max([*known.values(), 0.0]))
        ]
    response = pd.DataFrame(rows, columns=["outcome", "name", "unit", "amount", "amount_unit", "level"])
    table = pd.DataFrame({"mark": list(known), "amount": list(known.values()), "amount_unit": unit})
    with_units(response, scenario, {"amount": unit})
    return {"response": response, "marks": with_units(table, scenario, {"amount": unit})}


def _marks(plan: Allocation, program: int) -> Iterator[float]:
    """Yield the amounts of the marks in the first period, NaN or infinite where there is none."""
    scenario, limits = plan.scenario, program_limits(plan.scenario)
    if unit_prices(scenario.calculated)[program] > 0:
        yield float(scenario.baselines[program, 0])
        yield float(plan.spending[program, :, 0].sum())
        lower, upper = limits.lower, limits.upper
    else:
        yield np.nan
        yield float(plan.units[program, 0])
        lower, upper = limits.fewest, limits.most
    yield float(lower[program, 0]) or np.nan
    yield float(upper[program, 0])


def _points(plan: Allocation, program: int, effect: int, furthest: float) -> Iterator[tuple[float, float]]:
    """Yield the amounts and the levels of an effect at its points, and at an amount beyond them and the furthest."""
    effects = plan.scenario.effects
    fixed = float(np.nan_to_num(plan.scenario.programs.number("if_funded.fixed_cost"))[program])
    price = float(unit_prices(plan.scenario.calculated)[program]) or 1.0
    own = slice(int(effects.offsets[effect]), int(effects.offsets[effect + 1]))
    at: Floats = fixed + price * effects.spending[own]
    levels = effects.value[own]
    if fixed > 0:
        yield 0.0, float(levels[0])
    yield from zip(at.tolist(), levels.tolist(), strict=True)
    end = BEYOND * max(furthest, float(at[-1])) or 1.0
    yield end, float(levels[-1] + effects.tail[effect] * (end - at[-1]) / price)
