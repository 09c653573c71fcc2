"""Fitted responses as rows of a table of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.fitting.fitted_response import FittedResponse
from budgetopt.fitting.history import FitHistory
from budgetopt.fitting.response_forms import concave_pieces
from budgetopt.scenario.programs import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BEYOND", "COLUMNS", "evidence_frame", "spending_now"]

BEYOND = 1.5
"""A line or a logarithm is led on to this multiple of the largest spending seen; beyond it money brings no more."""
ACCURACY = 1e-3
"""How far the lines between the points of a logarithm may be below it, as a share of its height."""
COLUMNS = (
    "program", "outcome", "per_dollar", "curve", "at_baseline", "growth", "elasticity", "saturation", "std_error",
    "evidence", "design", "sample", "price_year", "price_index", "as_of", "source", "public_note",
)  # fmt: skip


def evidence_frame(history: FitHistory, fitted: Sequence[FittedResponse]) -> pd.DataFrame:
    """Return one row for each fitted response, with the keys of an effect; columns that no row needs are left out."""
    import pandas as pd

    rows = [_row(history, one) for one in fitted]
    frame = pd.DataFrame({name: [row.get(name, "") for row in rows] for name in COLUMNS}, dtype=object)
    return frame.loc[:, [name for name in COLUMNS if name in ("program", "outcome") or (frame[name] != "").any()]]


def spending_now(response: FittedResponse) -> float:
    """Return what a program spent in its last year, all districts together; without years, the sum of its points."""
    series = response.series
    last = series.year == series.year.max()
    return float(series.spending[last].sum())


def _row(history: FitHistory, one: FittedResponse) -> dict[str, str]:
    series, points = one.series, len(one.series.spending)
    years = series.year[series.year >= 0]
    span = f" {years.min()} to {years.max()}" if len(years) else ""
    counted = f"{one.districts} districts" if history.has_districts else f"{points} years"
    sample = f"{points} points of {counted}{span}" if history.has_districts and len(years) else f"{counted}{span}"
    assert one.estimate is not None
    return {
        "program": series.program,
        "outcome": series.outcome,
        **_size(one),
        "std_error": f"{round(100 * one.range_error, 2):g}%",
        "evidence": "observational",
        "design": f"fit from history: {one.estimate.form.words}",
        "sample": sample,
        "price_year": history.price_year,
        "price_index": history.price_index,
        "as_of": str(years.max()) if len(years) else "",
        "source": history.source,
        "public_note": "; ".join(one.notes),
    }


def _size(one: FittedResponse) -> dict[str, str]:
    """Return the size of an effect, all districts together."""
    assert one.estimate is not None
    many, parameters = one.districts, one.estimate.parameters
    if one.form == "proportional":
        return {"per_dollar": plain(one.margin)}
    if one.form in ("elasticity", "saturation"):
        now = spending_now(one) / many
        found = {"at_baseline": plain(many * float(one.result_at(np.array([now]))[0])), "growth": "diminishing"}
        if one.form == "elasticity":
            return {**found, "elasticity": plain(float(parameters[1]), 6)}
        return {**found, "saturation": plain(many * one.result_mean * float(parameters[0]))}
    x = _corners(one)
    y = one.result_at(x)
    if one.form == "logarithm":
        # below the least spending seen, the logarithm is led on straight
        slope = one.result_mean / one.spending_mean * float(parameters[1]) / (x[0] / one.spending_mean)
        first = y[0] + slope * x[0] if one.offset else y[0] - slope * x[0]
        x, y = np.append(0.0, x), np.append(first, y)
    return {"curve": "; ".join(f"{plain(many * a)}:{plain(many * b)}" for a, b in zip(x, y, strict=True))}


def _corners(one: FittedResponse) -> Floats:
    """Return the spendings at which the curve of a response has its points."""
    assert one.estimate is not None
    spending, parameters = one.series.spending, one.estimate.parameters
    least, most = float(spending.min()), float(spending.max())
    if one.form == "line":
        return np.array([0.0, BEYOND * most])
    if one.form == "logarithm":
        # below a logarithm a + b ln u a line over a step of ratio r is off by b (ln r)^2 / 8
        height = abs(float(one.result_at(np.array([least]))[0])) / one.result_mean
        step = np.sqrt(8.0 * ACCURACY * max(height, 0.1) / float(parameters[1]))
        return np.geomspace(least, BEYOND * most, 2 + int(np.log(BEYOND * most / least) / step))
    knots = concave_pieces(spending / one.spending_mean)
    bends = knots[parameters[1:] > 0] * one.spending_mean
    return np.append(0.0, bends)


def plain(value: float, digits: int = 9) -> str:
    """Return a number without an exponent, which a table would take for a code."""
    if not value:
        return "0"
    decimals = max(0, digits - 1 - int(np.floor(np.log10(abs(value)))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
