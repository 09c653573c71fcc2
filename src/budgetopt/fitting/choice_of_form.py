"""Fit every form to the points of one program, and choose among those that are concave."""

from __future__ import annotations

import numpy as np

from budgetopt.fitting.estimation import FitEstimate, estimated
from budgetopt.fitting.fitted_response import FittedResponse
from budgetopt.fitting.history import FitHistory, FitPoints
from budgetopt.fitting.identification import SURE, is_convex, trend_note, why_not, why_not_told
from budgetopt.fitting.response_forms import FORMS, concave_pieces, form_of_pieces
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["districts_of", "fitted_response"]

LEAST_CLUSTERS = 5
"""Errors are clustered by district where there are so many of them, with several points each."""


def districts_of(series: FitPoints, history: FitHistory) -> int:
    """Return of how many districts the points are; 1 where the table has none."""
    return len(np.unique(series.district)) if history.has_districts else 1


def _robust(series: FitPoints, history: FitHistory) -> tuple[int | None, Ints | None]:
    """Return the lags over which errors go on from year to year, or the clusters that share them."""
    points = len(series.spending)
    if history.has_districts:
        several = len(np.unique(series.district)) < points
        return None, series.district if several and districts_of(series, history) >= LEAST_CLUSTERS else None
    # the usual number of lags (Newey and West, 1994)
    return int(4 * (points / 100) ** (2 / 9)), None


def fitted_response(
    series: FitPoints, history: FitHistory, *, decrease: bool, form: str | None = None
) -> FittedResponse:
    """Return the response of one program and outcome, or why the points do not tell it.

    ``decrease``: whether spending is expected to lower the outcome; ``form``: the one form that is fitted.
    """
    if reason := why_not(series):
        return FittedResponse(series, reason)
    means = float(series.spending.mean()), float(np.abs(series.result).mean())
    u, v = series.spending / means[0], series.result / means[1]
    # an outcome that spending lowers is turned upside down, and stays above zero
    offset = 3.0 * float(np.abs(v).max()) if decrease else 0.0
    v = offset - v if decrease else v
    lags, clusters = _robust(series, history)
    line = estimated(FORMS["line"], u, v, lags=lags, clusters=clusters)
    if line is None:
        return FittedResponse(series, "the points do not tell a line")
    if reason := why_not_told(series, line.margin, line.error, decrease=decrease):
        return FittedResponse(series, reason)
    convex = is_convex(u, v, lags, clusters)
    found = _candidates(u, v, line, lags, clusters, decrease=decrease, straight=convex)
    found = [estimate for estimate in found if form in (None, estimate.form.name)]
    if not found:
        what = "no concave form" if form is None else f"no {form}"
        return FittedResponse(series, f"{what} that begins at no less than nothing fits the points")
    best = min(found, key=lambda estimate: estimate.criterion)
    notes = []
    if convex:
        notes.append(
            "each further dollar brings more than the one before: no concave form fits, and a straight one is taken"
        )
    if trend := trend_note(series) if history.has_years and not history.has_districts else "":
        notes.append(trend)
    if best.error * SURE > best.margin:
        notes.append(f"not surely more than nothing: the standard error is {Share(round(best.error / best.margin, 3))}")
    criteria = {estimate.form.name: estimate.criterion for estimate in found}
    return FittedResponse(series, "", best, *means, offset, criteria, tuple(notes), districts_of(series, history))


def _candidates(
    u: Floats, v: Floats, line: FitEstimate, lags: int | None, clusters: Ints | None, *, decrease: bool, straight: bool
) -> list[FitEstimate]:
    """Return the forms that fit, are concave and begin at no less than nothing."""
    found = []
    if line.parameters[0] >= 0 or decrease:
        found.append(line)
    names = ["proportional"] if straight else ["proportional", "logarithm", "elasticity", "saturation"]
    for name in names:
        if decrease and name != "logarithm":
            continue
        if name == "logarithm" and (u <= 0).any():
            continue
        estimate = estimated(FORMS[name], u, v, lags=lags, clusters=clusters)
        if estimate is not None and estimate.margin > 0 and _begins_above(estimate, u, decrease=decrease):
            found.append(estimate)
    if not straight:
        form = form_of_pieces(concave_pieces(u), float(u.min()), float(u.max()))
        pieces = estimated(form, u, v, lags=lags, clusters=clusters, bounded_below=True)
        if pieces is not None and pieces.margin > 0 and (pieces.parameters[1:] > 0).sum() > 1:
            found.append(pieces)
    return found


def _begins_above(estimate: FitEstimate, u: Floats, *, decrease: bool) -> bool:
    """Return whether a logarithm, led on straight below the least spending, begins at no less than nothing."""
    if estimate.form.name != "logarithm" or decrease:
        return True
    return float(estimate.form.value(u.min(keepdims=True), estimate.parameters)[0]) >= float(estimate.parameters[1])
