"""What a program brings at every level of its money, as a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.report.explained.explanation import Explanation
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.response_curve import MARKS
from budgetopt.report.figures.text import one_line
from budgetopt.report.plots.chart_parts import chart_library, finished, number_axis, series_scale, tips

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["explanation_chart", "response_chart"]


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
    if "response" not in found.tables:
        raise OptionError(f"{found.subject!r} is no program, so that there is no curve to draw", hint="name a program")
    return response_chart(found.subject, found.tables, outcome)


def response_chart(subject: str, tables: Mapping[str, pd.DataFrame], outcome: str | None = None) -> LayerChart:
    """Return what a program brings at every level of its money as a chart.

    Parameters
    ----------
    subject
        What the program is called.
    tables
        Its curves and its marks, as ``response`` and ``marks``.
    outcome
        The key of the outcome that is drawn; left out, the first that the program brings.

    Raises
    ------
    OptionError
        If the program's results follow no curve.
    UnknownNameError
        If the program does not bring the outcome.
    """
    alt = chart_library()
    response, marks = tables["response"], tables["marks"]
    if response.empty:
        raise OptionError(
            f"{subject!r} brings no measured result that grows with its money, so that there is no curve to draw",
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
    return finished(alt.layer(line, rules, points, data=curve), f"{subject}: {name} by its money", words)
