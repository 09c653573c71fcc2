"""Effects and uses given as this year's result: what the baseline buys, and how it grows with the money.

A result of R0 at a baseline level of x0 grows in proportion, R0 x / x0; with an elasticity e, R0 (x / x0)^e (a constant
elasticity); or towards a saturation S, S (1 - exp(-k x)) with k such that the baseline buys R0: each dollar brings the
same share of what is still to be brought (Mitscherlich's law of diminishing returns, 1909). Such curves are calculated
with as straight lines between points on them, so nowhere above them. Between :data:`FIRST` and the last point the lines
are below the curve by no more than :data:`ACCURACY` of its own height; before that one line leads from nothing to the
first point, and after the last point the line is flat. The baseline is one of the points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from budgetopt.scenario.curves import smoothed
from budgetopt.scenario.joining import concatenate, sort
from budgetopt.scenario.programs import Bools, Column, Floats, Ints, ProgramTable, split_key

__all__ = ["ACCURACY", "FIRST", "LAST", "baseline_dollars", "calculated", "is_diminishing", "response_points"]

ACCURACY = 1e-3
"""How far a line between two points may be below the curve, as a share of the curve's height."""
FIRST = 0.01
"""The first point after nothing, as a share of the baseline level."""
LAST = 10.0
"""With an elasticity: the last point, in baseline levels. No result is extrapolated beyond it. A curve with a
saturation ends where it is nearer to it than :data:`ACCURACY`."""


def baseline_dollars(programs: ProgramTable, periods: Sequence[str], price_level: Floats) -> Floats:
    """Return the baselines in dollars of the first period, those of the first period that has one.

    ``price_level`` is :attr:`Scenario.price_level`. NaN for programs without one; shape (programs,).
    """
    found = programs.number("baseline")
    for position, period in enumerate(periods):
        own = programs.number(f"baseline.{period}") / price_level[:, position]
        found = np.where(np.isnan(found), own, found)
    return found


def is_diminishing(programs: ProgramTable, prefix: str) -> Bools:
    """Return which programs' results under a prefix of keys do not grow in proportion to the money; (programs,)."""
    elasticity, saturation = (programs.number(f"{prefix}.{key}") for key in ("elasticity", "saturation"))
    return np.asarray(~np.isnan(saturation) | (elasticity < 1.0), dtype=bool)


def calculated(programs: ProgramTable, baseline: Floats) -> ProgramTable:
    """Return the programs with every effect and use as it is calculated with.

    Results at the baseline become slopes and curves, and curves of rounded figures are smoothed. ``baseline`` is that
    of :func:`baseline_dollars`. A result that cannot be calculated with, such as that of a program without a baseline,
    is left out; `checks` says why.
    """
    columns = {key: smoothed(column) if _is_curve(column) else column for key, column in programs.columns.items()}
    unit_cost = programs.number("service.unit_cost")
    buying = baseline - np.nan_to_num(programs.number("if_funded.fixed_cost"))
    level = np.divide(buying, unit_cost, out=buying.copy(), where=unit_cost > 0)
    level[unit_cost == 0] = np.nan
    for key in [key for key in columns if key.endswith(".at_baseline")]:
        path = split_key(key)
        if len(path) != 3:
            continue
        result, prefix = columns.pop(key), ".".join(path[:2])
        if path[0] == "uses":
            _add(columns, f"{prefix}.per_dollar", _slopes(result, baseline, np.ones(len(programs), dtype=bool)))
            continue
        curved = is_diminishing(programs, prefix)
        is_service = ~np.isnan(unit_cost)
        _add(columns, f"{prefix}.per_dollar", _slopes(result, level, ~curved & ~is_service))
        _add(columns, f"{prefix}.per_unit", _slopes(result, level, ~curved & is_service))
        rows = np.isin(result.rows, np.flatnonzero(curved & (level > 0)))
        _add(columns, f"{prefix}.curve", _curves(programs, prefix, result.take(*_kept(result, rows)), level))
    return replace(programs, columns=columns)


def _is_curve(column: Column) -> bool:
    return column.offsets is not None and column.values.ndim == 2


def _kept(column: Column, chosen: Bools) -> tuple[Ints, Ints]:
    """Return the chosen cells of a column, and their rows."""
    cells = np.flatnonzero(chosen)
    return cells, column.rows[cells]


def _add(columns: dict[str, Column], key: str, more: Column) -> None:
    """Add cells to the column of a key; no program has both."""
    if len(more):
        columns[key] = sort(concatenate([columns[key], more])) if key in columns else more


def _slopes(result: Column, level: Floats, which: Bools) -> Column:
    """Return the units for each unit of the level, of the programs that are asked for and have a level above zero."""
    kept = result.take(*_kept(result, which[result.rows] & (level[result.rows] > 0)))
    return replace(kept, values=kept.values / level[kept.rows])


def _curves(programs: ProgramTable, prefix: str, result: Column, level: Floats) -> Column:
    """Return the curves of results that diminish."""
    elasticity, saturation = (programs.number(f"{prefix}.{key}")[result.rows] for key in ("elasticity", "saturation"))
    kept = np.flatnonzero((elasticity > 0) | (saturation / result.values > 1.0))
    result = result.take(kept, result.rows[kept])
    points, offsets = response_points(
        result.values, level[result.rows], elasticity=elasticity[kept], saturation=saturation[kept]
    )
    return Column(result.rows, points, offsets, origin=result.origin)


def response_points(result: Floats, level: Floats, *, elasticity: Floats, saturation: Floats) -> tuple[Floats, Ints]:
    """Return the points of curves of diminishing results, and where those of each begin.

    Of a curve f the lines between points are below it by at most ``h^2 max|f''| / 8`` over a step of h. Both kinds of
    curves flatten as they rise, so the step ``h = sqrt(8 ACCURACY f / |f''|)``, taken where it begins, keeps it within
    :data:`ACCURACY` of its own height.

    Parameters
    ----------
    result, level
        What the baseline buys, and its level: dollars, or units of a service; shape (curves,).
    elasticity, saturation
        One of them for each curve, NaN in the other; shape (curves,).

    Returns
    -------
    points, offsets
        Shapes (points, 2) and (curves + 1,).
    """
    is_power = ~np.isnan(elasticity)
    power = np.where(is_power, elasticity, 0.5)
    # in units in which a power is u^e with the baseline at 1, and a saturation 1 - exp(-u)
    share = np.where(is_power, 0.5, result / np.where(is_power, 1.0, saturation))
    baseline = np.where(is_power, 1.0, -np.log1p(-share))
    end = np.where(is_power, LAST, np.maximum(-np.log(ACCURACY), baseline))

    def height(u: Floats) -> Floats:
        return np.where(is_power, u**power, -np.expm1(-u))

    def step(u: Floats) -> Floats:
        of_power = u * np.sqrt(8.0 * ACCURACY / (power * (1.0 - power)))
        return np.where(is_power, of_power, np.sqrt(8.0 * ACCURACY * np.expm1(u)))

    u = FIRST * baseline
    steps = [np.zeros_like(u), u]
    while (u < end).any():
        rest = np.where(u < baseline, baseline, end) - u
        most = step(u)
        # no last step is much shorter than the others
        by = np.where(rest <= most, rest, np.where(rest <= 2 * most, rest / 2, most))
        reached = rest <= most
        u = np.where(reached, np.where(u < baseline, baseline, end), u + by)
        steps.append(u)
    grid = np.stack(steps, axis=1)
    keep = np.concatenate((np.ones((len(u), 1), dtype=bool), np.diff(grid, axis=1) > 0), axis=1)
    heights = np.stack([height(at) for at in steps], axis=1)
    values = result[:, None] * (heights / height(baseline)[:, None])
    values[grid == baseline[:, None]] = np.repeat(result, (grid == baseline[:, None]).sum(axis=1))
    spending = level[:, None] * (grid / baseline[:, None])
    points = np.stack((spending, values), axis=2)[keep]
    return points, np.concatenate(([0], np.cumsum(keep.sum(axis=1))))
