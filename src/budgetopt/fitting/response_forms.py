"""The forms of a response that are fitted, each with its value and its derivatives.

All are of spending and results in units of their means, so that figures of any size are calculated with alike. The
shape-constrained form is the least-squares concave, rising line through knots (C. Hildreth, "Point estimates of
ordinates of concave functions", 1954), as a sum of pieces min(u, knot) with weights that are not negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from budgetopt.scenario.programs import Floats

__all__ = ["FORMS", "FORM_NAMES", "KNOTS", "ResponseForm", "concave_pieces", "form_of_pieces"]

KNOTS = 6
"""The most places at which the shape-constrained form may bend."""


@dataclass(frozen=True, slots=True)
class ResponseForm:
    """One form of a response.

    Parameters
    ----------
    name
        What it is called.
    words
        The same in words of a report.
    value
        The result at spendings, from the parameters; shape (points,).
    slopes
        The derivative by each parameter; shape (points, parameters).
    marginal
        What one unit more of spending brings at a spending of 1, and its derivative by each parameter.
    start, lower, upper
        Where the search for the parameters begins, and between what they lie; shape (parameters,). A form that is
        linear in its parameters has no start.
    """

    name: str
    words: str
    value: Callable[[Floats, Floats], Floats]
    slopes: Callable[[Floats, Floats], Floats]
    marginal: Callable[[Floats], tuple[float, Floats]]
    start: tuple[float, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()


def _line(u: Floats, t: Floats) -> Floats:
    return np.asarray(t[0] + t[1] * u)


def _log(u: Floats, t: Floats) -> Floats:
    return np.asarray(t[0] + t[1] * np.log(u))


def _power(u: Floats, t: Floats) -> Floats:
    return np.asarray(t[0] * u ** t[1])


def _power_slopes(u: Floats, t: Floats) -> Floats:
    logs = np.log(u, out=np.zeros_like(u), where=u > 0)
    return np.column_stack([u ** t[1], t[0] * u ** t[1] * logs])


def _saturating(u: Floats, t: Floats) -> Floats:
    return np.asarray(-t[0] * np.expm1(-t[1] * u))


def _saturating_slopes(u: Floats, t: Floats) -> Floats:
    return np.column_stack([-np.expm1(-t[1] * u), t[0] * u * np.exp(-t[1] * u)])


FORMS = {
    "proportional": ResponseForm(
        "proportional",
        "in proportion to the money",
        lambda u, t: t[0] * u,
        lambda u, _: u[:, None],
        lambda t: (float(t[0]), np.ones(1)),
    ),
    "line": ResponseForm(
        "line",
        "a straight line",
        _line,
        lambda u, _: np.column_stack([np.ones_like(u), u]),
        lambda t: (float(t[1]), np.array([0.0, 1.0])),
    ),
    "logarithm": ResponseForm(
        "logarithm",
        "a logarithm",
        _log,
        lambda u, _: np.column_stack([np.ones_like(u), np.log(u)]),
        lambda t: (float(t[1]), np.array([0.0, 1.0])),
    ),
    "elasticity": ResponseForm(
        "elasticity",
        "a constant elasticity",
        _power,
        _power_slopes,
        lambda t: (float(t[0] * t[1]), np.array([t[1], t[0]])),
        start=(1.0, 0.6),
        lower=(1e-9, 0.01),
        upper=(1e3, 1.0),
    ),
    "saturation": ResponseForm(
        "saturation",
        "a saturation",
        _saturating,
        _saturating_slopes,
        lambda t: (
            float(t[0] * t[1] * np.exp(-t[1])),
            np.array([t[1] * np.exp(-t[1]), t[0] * (1.0 - t[1]) * np.exp(-t[1])]),
        ),
        start=(1.6, 1.0),
        lower=(1e-9, 0.05),
        upper=(1e3, 30.0),
    ),
}
"""The forms with a formula. Those of a constant elasticity and of a saturation have no slope at a bound of their
parameters: there they are one of the others."""
FORM_NAMES = (*FORMS, "concave")
"""The names of all forms."""


def concave_pieces(u: Floats) -> Floats:
    """Return the knots of the shape-constrained form; shape (knots,).

    The last one is the largest spending, beyond which it is flat.
    """
    levels = np.unique(u)
    inner = levels[1:-1]
    if len(inner) > KNOTS:
        inner = np.unique(np.quantile(inner, np.linspace(0.0, 1.0, KNOTS)))
    return np.append(inner, levels[-1])


def form_of_pieces(knots: Floats, low: float, high: float) -> ResponseForm:
    """Return the shape-constrained form with some knots; its margin is what it gains between two spendings, on average.

    Its first parameter is the result without spending, the others the slopes that each end at a knot.
    """

    def slopes(u: Floats, _: Floats) -> Floats:
        return np.column_stack([np.ones_like(u), np.minimum(u[:, None], knots[None, :])])

    gains = np.append(0.0, (np.minimum(high, knots) - np.minimum(low, knots)) / (high - low))
    return ResponseForm(
        "concave",
        "a concave line through knots",
        lambda u, t: slopes(u, t) @ t,
        slopes,
        lambda t: (float(gains @ t), gains),
    )
