"""The points of a history and the line fitted to them, as a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.fitting.fits import Fits
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.plots.chart_parts import chart_library, finished, number_axis, series_scale, tips

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["fits_chart"]

STEPS = 40
"""So many straight pieces make the fitted line."""


def fits_chart(found: Fits, program: str | None = None, outcome: str | None = None) -> LayerChart:
    """Return the points of one response and the line fitted to them as a chart.

    Parameters
    ----------
    found
        What :func:`budgetopt.fit` returned.
    program, outcome
        The response, by its program and its outcome; left out, the first that fits.

    Raises
    ------
    OptionError
        If no such response is fitted.
    """
    import pandas as pd

    mine = [
        one for one in found.fitted if program in (None, one.series.program) and outcome in (None, one.series.outcome)
    ]
    if not mine:
        told = ", ".join(f"{one_line(one.series.program)} ({one_line(one.series.outcome)})" for one in found.fitted)
        hint = f"these are: {told}" if told else "fits.table says of each why it is not"
        raise OptionError("no such response is fitted, so that there is no line to draw", hint=hint)
    one, alt = mine[0], chart_library()
    name, what = one_line(one.series.program), label(one.series.outcome)
    x = one.series.spending
    at = np.linspace(float(x[x > 0].min()), float(x.max()), STEPS + 1)
    points, line = "points of the table", f"fitted line: {one.form}"
    years = [str(year) if year >= 0 else "" for year in one.series.year.tolist()]
    parts = [
        pd.DataFrame({"spending": x, "result": one.series.result, "year": years, "series": points}),
        pd.DataFrame({"spending": at, "result": one.result_at(at), "year": "", "series": line}),
    ]
    prices = f"spending in prices of {one_line(found.history.price_year)}" if found.history.price_year else "spending"
    base = alt.Chart().encode(
        x=alt.X(**number_axis("spending", prices, "money")),
        y=alt.Y(**number_axis("result", what)),
        color=alt.Color(field="series", type="nominal", **series_scale([points, line])),
        tooltip=tips({"year": ("year", None), "spending": (prices, "money"), "result": (what, "number")}),
    )
    layers = [
        base.mark_line().transform_filter(alt.FieldEqualPredicate(field="series", equal=line)),
        base.mark_point(filled=True, size=60, opacity=1).transform_filter(
            alt.FieldEqualPredicate(field="series", equal=points)
        ),
    ]
    numbers = Numbers("")
    words = f"{plural(len(x), 'point')} of spending and result, and the line fitted to them ({one.form}). "
    ends = zip(at[[0, -1]].tolist(), one.result_at(at[[0, -1]]).tolist(), strict=True)
    words += "; ".join(f"{numbers.quantity(level)} at {numbers.quantity(money)}" for money, level in ends) + "."
    return finished(alt.layer(*layers, data=pd.concat(parts, ignore_index=True)), f"{name}: {what}", words)
