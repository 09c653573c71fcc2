"""Programs of a group that share an elasticity, each with a level of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.fitting.estimation import FitEstimate, covariance, libraries
from budgetopt.fitting.history import FitPoints
from budgetopt.fitting.identification import LEAST_POINTS, LEAST_VARIATION, SURE
from budgetopt.fitting.response_forms import FORMS
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["PooledResponses", "pooled"]

LEAST, MOST = 0.01, 1.0
"""Between these an elasticity is looked for."""
LEAST_PROGRAMS = 6
"""Errors are clustered by program where there are so many of them."""


@dataclass(frozen=True, slots=True)
class PooledResponses:
    """The responses of a group: why there are none, one estimate for each program, and what is doubtful."""

    refused: str
    estimates: tuple[FitEstimate | None, ...]
    notes: tuple[str, ...] = ()


def pooled(members: Sequence[FitPoints]) -> PooledResponses:
    """Return the responses ``A u^e`` of programs with one elasticity ``e``, by least squares in units of means."""
    none = (None,) * len(members)
    points = sum(len(series.spending) for series in members)
    needed = LEAST_POINTS + len(members) - 1
    if points < needed:
        named = "programs" if len(members) > 1 else "program"
        return PooledResponses(f"{points} points of {len(members)} {named}, and {needed} are needed", none)
    if any((series.spending <= 0).any() or series.result.mean() <= 0 for series in members):
        return PooledResponses(
            "an elasticity needs spending above nothing and results above nothing in every program", none
        )
    u = np.concatenate([series.spending / series.spending.mean() for series in members])
    v = np.concatenate([series.result / series.result.mean() for series in members])
    owner = np.repeat(np.arange(len(members)), [len(series.spending) for series in members])
    if float(u.std()) < LEAST_VARIATION:
        said = f"spending within programs varies by {Share(round(float(u.std()), 4))} of its mean"
        return PooledResponses(
            f"{said}, and {Share(LEAST_VARIATION)} is needed: nothing tells what more money brings", none
        )
    elasticity, left = _searched(u, v, owner)
    levels = _levels(u**elasticity, v, owner)
    if elasticity <= LEAST * 1.01:
        return PooledResponses("the results do not rise with spending", none)
    heights = u**elasticity
    derivatives = np.zeros((points, len(members) + 1))
    derivatives[np.arange(points), owner] = heights
    derivatives[:, -1] = levels[owner] * heights * np.log(u)
    residuals = v - levels[owner] * heights
    clusters = owner if len(members) >= LEAST_PROGRAMS else None
    matrix = covariance(derivatives, residuals, None, clusters)
    spread = float(np.sqrt(max(matrix[-1, -1], 0.0)))
    if spread >= elasticity:
        share = Share(round(spread / elasticity, 2))
        return PooledResponses(f"the elasticity cannot be told from nothing: its standard error is {share} of it", none)
    criterion = points * float(np.log(max(left, 1e-30) / points)) + 2 * (len(members) + 2)
    notes = (f"not surely more than nothing: its error is {Share(round(spread / elasticity, 3))}",)
    found = tuple(_estimate(float(levels[at]), elasticity, matrix, at, criterion) for at in range(len(members)))
    return PooledResponses("", found, notes if spread * SURE > elasticity else ())


def _estimate(level: float, elasticity: float, matrix: Floats, at: int, criterion: float) -> FitEstimate:
    form, parameters = FORMS["elasticity"], np.array([level, elasticity])
    own = matrix[np.ix_([at, -1], [at, -1])]
    margin, by = form.marginal(parameters)
    return FitEstimate(form, parameters, own, margin, max(float(by @ own @ by), 0.0) ** 0.5, criterion)


def _levels(heights: Floats, v: Floats, owner: Ints) -> Floats:
    """Return the level of each program that fits best; shape (programs,)."""
    return np.asarray(np.bincount(owner, weights=heights * v) / np.bincount(owner, weights=heights**2))


def _searched(u: Floats, v: Floats, owner: Ints) -> tuple[float, float]:
    """Return the elasticity of least squares, and the sum of squares that it leaves."""
    _, optimize = libraries()

    def left(elasticity: float) -> float:
        heights = u**elasticity
        return float(((v - _levels(heights, v, owner)[owner] * heights) ** 2).sum())

    found = optimize.minimize_scalar(left, bounds=(LEAST, MOST), method="bounded", options={"xatol": 1e-8})
    return float(found.x), float(found.fun)
