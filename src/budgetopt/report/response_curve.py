"""What a program brings at every level of its money, as tables and as a chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.formulation.program_bounds import program_limits
from budgetopt.report.chart_parts import chart_library, finished, number_axis, series_scale, tips
from budgetopt.report.numbers import Numbers
from budgetopt.report.text import label, one_line
from budgetopt.scenario.effects import unit_prices
from budgetopt.scenario.programs import Floats

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

    from budgetopt.report.explanation import Explanation

__all__ = ["explanation_chart", "response_tables"]

MARKS = ("baseline", "plan", "floor", "ceiling")
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
    return {"response": response, "marks": table}


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


def explanation_chart(found: Explanation, outcome: str | None = None) -> LayerChart:
    """Return what a program brings at every level of its money as a chart, with its baseline, plan and limits marked.

    Parameters
    ----------
    found
        What :func:`budgetopt.explain` returned for a program.
    outcome
        The key of the outcome that is drawn; left out, the first that the program brings.

    Raises
    ------
    OptionError
        If it explains no program, or the program's results follow no curve.
    UnknownNameError
        If the program does not bring the outcome.
    """
    alt = chart_library()
    response, marks = found.tables.get("response"), found.tables.get("marks")
    if response is None or marks is None:
        raise OptionError(f"{found.subject!r} is no program, so that there is no curve to draw", hint="name a program")
    if response.empty:
        raise OptionError(
            f"{found.subject!r} brings no measured result that grows with its money, so that there is no curve to draw",
            hint="name another program; packages are listed by plan.packages and plan.effects",
        )
    outcomes = response["outcome"].unique().tolist()
    if outcome is not None and outcome not in outcomes:
        raise UnknownNameError("outcome of the program", outcome, outcomes)
    curve = response[response["outcome"] == (outcome or outcomes[0])].reset_index(drop=True)
    name, unit, amount_unit = (one_line(curve[key].iloc[0]) for key in ("name", "unit", "amount_unit"))
    money = f"money of the first period ({amount_unit})"
    level = name if unit.casefold() in name.casefold() else f"{name} ({unit})"
    across, up = number_axis("amount", money, "money", zero=True), number_axis("level", level, zero=True)
    line = (
        alt.Chart()
        .mark_line(color="#555555", point=alt.OverlayMarkDef(color="#555555"))
        .encode(
            x=alt.X(**across), y=alt.Y(**up), tooltip=tips({"amount": (money, "money"), "level": (level, "number")})
        )
    )
    names = [mark for mark in MARKS if mark in set(marks["mark"])]
    at = marks.assign(level=np.interp(marks["amount"], curve["amount"], curve["level"]))
    base = alt.Chart(at).encode(
        x=alt.X(**across),
        color=alt.Color(field="mark", type="nominal", **series_scale(names)),
        tooltip=tips({"mark": ("mark", None), "amount": (money, "money"), "level": (level, "number")}),
    )
    dash = alt.StrokeDash(field="mark", type="nominal", scale=series_scale(names, "dash")["scale"], legend=None)
    shape = alt.Shape(field="mark", type="nominal", **series_scale(names, "shape"))
    rules = base.mark_rule(strokeWidth=1.5).encode(strokeDash=dash)
    points = base.mark_point(filled=True, size=80, opacity=1).encode(y=alt.Y(**up), shape=shape)
    numbers = Numbers(amount_unit)
    words = " ".join(
        f"{mark}: {numbers.spoken_money(amount)} for {numbers.with_unit(result, unit)}.".capitalize()
        for mark, amount, result in at[["mark", "amount", "level"]].itertuples(index=False)
    )
    return finished(alt.layer(line, rules, points, data=curve), f"{found.subject}: {name} by its money", words)
