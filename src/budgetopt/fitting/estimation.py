"""Parameters of a form by least squares, with standard errors, and the criterion by which forms are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.fitting.response_forms import ResponseForm
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["FitEstimate", "covariance", "estimated", "libraries", "students_t"]

EXACT = 1e-12
"""Residuals below this share of the results' variation are rounding."""


@dataclass(frozen=True, slots=True)
class FitEstimate:
    """One form fitted to some points.

    ``parameters`` have the shape (parameters,), ``covariance`` (parameters, parameters). ``margin`` is what a unit more
    of spending brings at mean spending and ``error`` its standard error, in units of the means. ``criterion`` is
    Akaike's, corrected for few points (Hurvich and Tsai, 1989): the least is the best.
    """

    form: ResponseForm
    parameters: Floats
    covariance: Floats
    margin: float
    error: float
    criterion: float


def libraries() -> tuple[Any, Any]:
    """Return statsmodels' linear regression and scipy's optimize.

    Raises
    ------
    OptionError
        If they are not installed.
    """
    try:
        import scipy.optimize as optimize
        from statsmodels.regression import linear_model
    except ImportError:
        message = "fitting needs the packages statsmodels and scipy, which are not installed"
        raise OptionError(message, hint="pip install 'budgetopt[fit]'") from None
    return linear_model, optimize


def students_t(free: int) -> float:
    """Return so many standard errors as hold 95% on both sides, with so many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(free, 0.975))


def covariance(derivatives: Floats, residuals: Floats, lags: int | None, clusters: Ints | None) -> Floats:
    """Return the covariance of parameters by least squares, from the derivatives of the form at them.

    The larger of the ordinary and the robust covariance counts (J. Angrist and J.-S. Pischke, "Mostly Harmless
    Econometrics", 2009, chapter 8): with few points robust ones are too small. With ``lags`` the robust one holds for
    errors that go on from year to year (W. Newey and K. West, 1987), over at least so many, and the ordinary one is
    that of as many fewer years as these are worth (M. Bartlett, 1935). With ``clusters`` it holds for errors that
    points of one cluster share, otherwise for errors of any size (HC3).
    """
    linear_model, _ = libraries()
    model = linear_model.OLS(residuals, derivatives)
    plain = np.asarray(model.fit().cov_params())
    if clusters is not None:
        robust = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
    elif lags is not None:
        over = {"maxlags": max(lags, _bandwidth(residuals)), "use_correction": True}
        robust = model.fit(cov_type="HAC", cov_kwds=over)
        plain = plain * _inflation(derivatives, residuals)
    else:
        # a point that the form must go through has no residual of its own: what is not finite is not used below
        with np.errstate(divide="ignore", invalid="ignore"):
            robust = model.fit(cov_type="HC3")
    found = np.asarray(robust.cov_params())
    return found if np.trace(found) > np.trace(plain) and np.isfinite(found).all() else plain


def _next(values: Floats) -> float:
    """Return the correlation of values with the ones after them, 0 where they do not vary."""
    squares = float(values @ values)
    return float(values[1:] @ values[:-1]) / squares if squares > 0 else 0.0


def _inflation(derivatives: Floats, residuals: Floats) -> float:
    """Return how many times larger a variance is by errors that go on while the spending does."""
    found = _next(residuals)
    # with few points the correlation comes out too small (M. Kendall, 1954)
    errors = float(np.clip(found + (1 + 3 * found) / len(residuals), 0.0, 0.95))
    centered = derivatives - derivatives.mean(axis=0)
    spending = max(0.0, *(_next(column) for column in centered.T))
    return (1 + errors * spending) / (1 - errors * spending)


def _bandwidth(residuals: Floats) -> int:
    """Return over how many years errors go on, by the correlation of each with the next (D. Andrews, 1991).

    No more than a third of the points: from a few years, no longer memory is told.
    """
    related = min(abs(_next(residuals)), 0.97)
    strength = 4 * related**2 / (1 - related**2) ** 2
    return int(min(1.1447 * (strength * len(residuals)) ** (1 / 3), len(residuals) / 3))


def estimated(
    form: ResponseForm, u: Floats, v: Floats, *, lags: int | None, clusters: Ints | None, bounded_below: bool = False
) -> FitEstimate | None:
    """Return a form fitted to results ``v`` at spendings ``u``; None where it does not fit or lies at a bound.

    ``bounded_below``: whether the parameters of a form that is linear in them may not be negative.
    """
    parameters = _parameters(form, u, v, bounded_below=bounded_below)
    if parameters is None:
        return None
    residuals = v - form.value(u, parameters)
    derivatives = form.slopes(u, parameters)
    used = (np.abs(derivatives) > 0).any(axis=0) & ((parameters != 0) | (not bounded_below))
    count, points = int(used.sum()), len(v)
    if points - count < 2:
        return None
    matrix = np.zeros((len(parameters), len(parameters)))
    matrix[np.ix_(used, used)] = covariance(derivatives[:, used], residuals, lags, clusters)
    margin, by = form.marginal(parameters)
    error = max(float(by @ matrix @ by), 0.0) ** 0.5
    variation = float(((v - v.mean()) ** 2).sum())
    left = max(float(residuals @ residuals), EXACT * max(variation, 1e-30))
    known = count + 1
    criterion = points * np.log(left / points) + 2 * known
    if points - known - 1 <= 0:
        return None
    criterion += 2 * known * (known + 1) / (points - known - 1)
    return FitEstimate(form, parameters, matrix, margin, error, float(criterion))


def _parameters(form: ResponseForm, u: Floats, v: Floats, *, bounded_below: bool) -> Floats | None:
    """Return the parameters of least squares; None where there are none within their bounds."""
    _, optimize = libraries()
    if form.start:
        # the derivatives of u^e at no spending are those of nothing
        try:
            found, _ = optimize.curve_fit(
                lambda at, *t: form.value(at, np.array(t)),
                u,
                v,
                p0=form.start,
                bounds=(form.lower, form.upper),
                jac=lambda at, *t: form.slopes(at, np.array(t)),
                max_nfev=2000,
            )
        except (RuntimeError, ValueError):
            return None
        width = np.array(form.upper) - np.array(form.lower)
        at_bound = (found - form.lower <= 1e-4 * width) | (np.array(form.upper) - found <= 1e-4 * width)
        return None if at_bound[1] else np.asarray(found)
    matrix = form.slopes(u, np.empty(0))
    if bounded_below:
        solved, _ = optimize.nnls(matrix, v)
        return np.where(solved > 1e-9, solved, 0.0)
    found, _, rank, _ = np.linalg.lstsq(matrix, v, rcond=None)
    return np.asarray(found) if rank == matrix.shape[1] else None
