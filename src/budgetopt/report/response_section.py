"""The section on responses: what the largest programs bring at less and at more money."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from budgetopt.audit.activity import levels_of
from budgetopt.report.content import Block, Media, Paragraph, ResponseCurve, ResponseCurves
from budgetopt.report.numbers import Numbers
from budgetopt.report.text import one_line
from budgetopt.report.view import PlanView
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["response_blocks", "response_curve"]

MOST_CURVES = 12
PARTS = 60
"""Into so many parts the money of a curve is divided; the plan, the baseline and the limits are points of it too."""
BEYOND, FAR = 1.15, 1.5
"""How far a curve goes: beyond its limit, and without one beyond the plan and the baseline; as a multiple."""

FLAT = 0.02
"""So many percent of the height are nothing to see."""


def response_blocks(view: PlanView) -> Iterator[Block]:
    """Yield a small chart for each of the largest programs whose effects are given, on a page."""
    if view.media is not Media.PAGE:
        return
    programs = _largest(view)
    if not len(programs):
        return
    curves = _curves(view, programs)
    when = f" in {view.periods[0]}" if len(view.periods) > 1 else ""
    words = (
        f"What a program brings at each amount of money{when}, of the outcome that counts most in it. The line across "
    )
    words += "is the plan, the dashed one the baseline; amounts that are shaded lie outside its limits."
    yield Paragraph(words, note=True)
    yield ResponseCurves(curves)


def _largest(view: PlanView) -> Ints:
    """Return the programs with most money in the first period that have an effect and take no packages."""
    scenario = view.plan.scenario
    some = scenario.programs.measured() & ~(scenario.programs.number("service.unit_cost") == 0)
    some[scenario.packages.program] = False
    some &= np.isin(np.arange(len(some)), view.plan.audit.levels.program)
    money = np.maximum(view.plan.spending[:, :, 0].sum(axis=1), np.nan_to_num(scenario.baselines[:, 0]))
    order = np.lexsort((np.arange(len(some)), -money))
    return np.asarray(order[(some & (money > 0))[order]][:MOST_CURVES])


def _curves(view: PlanView, programs: Ints) -> list[ResponseCurve]:
    plan, scenario = view.plan, view.plan.scenario
    spending = plan.spending[programs, :, 0].sum(axis=1)
    baseline, limits = scenario.baselines[programs, 0], plan.formulation.limits
    low, high = limits.lower[programs, 0], limits.upper[programs, 0]
    most = np.maximum(spending, np.nan_to_num(baseline))
    top = np.where(np.isfinite(high), BEYOND * np.maximum(high, most), FAR * most)
    marks = [spending, np.nan_to_num(baseline), np.minimum(low, top), np.where(np.isfinite(high), high, top)]
    money = np.concatenate([np.linspace(0.0, 1.0, PARTS + 1)[:, None] * top, marks])
    outcomes = _outcomes(view, programs)
    levels = _levels(view, programs, outcomes, money)
    names = view.figures.names
    return [
        response_curve(
            one_line(names[program]),
            view.bought.rows[outcome].name,
            view.bought.rows[outcome].unit,
            money[:, at],
            levels[:, at],
            view.numbers,
            plan=float(spending[at]),
            baseline=float(baseline[at]),
            limits=(float(low[at]), float(high[at])),
        )
        for at, (program, outcome) in enumerate(zip(programs.tolist(), outcomes.tolist(), strict=True))
    ]


def _outcomes(view: PlanView, programs: Ints) -> Ints:
    """Return for each program the outcome that counts most in it, by weight times level; shape (programs,)."""
    levels = view.plan.audit.levels
    weight = np.array([row.weight for row in view.bought.rows])
    counts = np.abs(weight[levels.outcome] * levels.level.sum(axis=1))
    order = np.argsort(-counts, kind="stable")
    first = {int(levels.program[row]): int(levels.outcome[row]) for row in order[::-1].tolist()}
    return np.array([first[program] for program in programs.tolist()], dtype=np.int64)


def _levels(view: PlanView, programs: Ints, outcomes: Ints, money: Floats) -> Floats:
    """Return what each program brings to its outcome in the first period at each amount; shape (amounts, programs)."""
    scenario = view.plan.scenario
    spent, found = np.zeros((len(scenario.programs), len(scenario.periods))), np.zeros(money.shape)
    for at, amounts in enumerate(money):
        spent[programs, 0] = amounts
        brought = levels_of(scenario, spent)
        for column, (program, outcome) in enumerate(zip(programs.tolist(), outcomes.tolist(), strict=True)):
            mine = (brought.program == program) & (brought.outcome == outcome)
            found[at, column] = brought.level[mine, 0].sum()
    return found


def _corners(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return the points of a line without those that lie on the straight line between the ones beside them."""
    kept = list(points[:1])
    for at in range(1, len(points) - 1):
        (x0, y0), (x1, y1), (x2, y2) = kept[-1], points[at], points[at + 1]
        if abs(y0 + (y2 - y0) * (x1 - x0) / ((x2 - x0) or 1.0) - y1) > FLAT:
            kept.append(points[at])
    return (*kept, *points[1:][-1:])


def response_curve(
    name: str,
    outcome: str,
    unit: str,
    money: Sequence[float] | Floats,
    levels: Sequence[float] | Floats,
    numbers: Numbers,
    *,
    plan: float,
    baseline: float = math.nan,
    limits: tuple[float, float] = (0.0, math.inf),
) -> ResponseCurve:
    """Return the curve of one program as a drawing.

    Parameters
    ----------
    name, outcome, unit
        What the program, the outcome and its unit are called.
    money, levels
        Amounts in dollars, in any order, and the units that each brings; as many.
    numbers
        How amounts are written.
    plan, baseline
        Dollars that are marked; each is one of ``money``, a baseline of NaN is none.
    limits
        The least and the most that the program may have, in dollars.
    """
    order = np.argsort(money, kind="stable")
    x, y = np.asarray(money, dtype=np.float64)[order], np.asarray(levels, dtype=np.float64)[order]
    low, high = min(float(y.min()), 0.0), max(float(y.max()), 0.0)
    across, up = x[-1] or 1.0, (high - low) or 1.0
    points = [(round(100 * one / across, 2), round(100 * (high - two) / up, 2)) for one, two in zip(x, y, strict=True)]

    def said(amount: float) -> str:
        level = float(y[np.searchsorted(x, amount)])
        return f"{numbers.with_unit(level, unit)} at {numbers.spoken_money(amount)}"

    floor, ceiling = limits
    texts = [f"plan: {said(plan)}", *([f"baseline: {said(baseline)}"] if math.isfinite(baseline) else [])]
    allowed = f"at most {numbers.spoken_money(ceiling)}" if math.isfinite(ceiling) else "no upper limit"
    texts.append(f"limits: at least {numbers.spoken_money(floor)}, {allowed}" if floor > 0 else f"limits: {allowed}")
    return ResponseCurve(
        name=name,
        outcome=outcome,
        points=_corners(list(dict.fromkeys(points))),
        plan=round(100 * plan / across, 2),
        baseline=round(100 * baseline / across, 2) if math.isfinite(baseline) else None,
        floor=round(100 * max(floor, 0.0) / across, 2),
        ceiling=round(100 * ceiling / across, 2) if math.isfinite(ceiling) else 100.0,
        zero=round(100 * high / up, 2),
        texts=tuple(texts),
    )
