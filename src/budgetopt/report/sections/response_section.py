"""The section on responses: what the largest programs bring at less and at more money."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from budgetopt.report.blocks.content import Block, Media, Paragraph, ResponseCurve, ResponseCurves
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.response_curve import response_tables
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.programs import Ints

__all__ = ["drawn_programs", "response_blocks", "response_curve"]

MOST_CURVES = 12
BEYOND, FAR = 1.15, 1.5
"""How far a curve goes: beyond its limit, and without one beyond the plan and the baseline; as a multiple."""


def response_blocks(view: PlanView) -> Iterator[Block]:
    """Yield a small chart for each of the largest programs whose effects are given, on a page."""
    if view.media is not Media.PAGE:
        return
    drawn = drawn_programs(view)
    if not drawn:
        return
    curves = [_curve(view, program, outcome) for program, outcome in drawn]
    when = f" in {view.periods[0]}" if len(view.periods) > 1 else ""
    words = (
        f"What a program brings at each amount of money{when}, of the outcome that counts most in it. The line across "
    )
    words += "is the plan, the dashed one the baseline; amounts that are shaded lie outside its limits."
    yield Paragraph(words, note=True)
    yield ResponseCurves(curves)


def drawn_programs(view: PlanView) -> list[tuple[int, int]]:
    """Return the positions of the programs whose curves a page draws, and the outcome that is drawn of each."""
    programs = _largest(view)
    return list(zip(programs.tolist(), _outcomes(view, programs).tolist(), strict=True))


def _largest(view: PlanView) -> Ints:
    """Return the programs with most money in the first period that have an effect and take no packages."""
    scenario = view.plan.scenario
    some = scenario.programs.measured() & ~(scenario.programs.number("service.unit_cost") == 0)
    some[scenario.packages.program] = False
    some &= np.isin(np.arange(len(some)), view.plan.audit.levels.program)
    money = np.maximum(view.plan.spending[:, :, 0].sum(axis=1), np.nan_to_num(scenario.baselines[:, 0]))
    order = np.lexsort((np.arange(len(some)), -money))
    return np.asarray(order[(some & (money > 0))[order]][:MOST_CURVES])


def _curve(view: PlanView, program: int, outcome: int) -> ResponseCurve:
    tables = response_tables(view.plan, program)
    points = tables["response"][tables["response"]["outcome"] == list(view.plan.scenario.outcomes)[outcome]]
    marks = dict(zip(tables["marks"]["mark"].tolist(), tables["marks"]["amount"].tolist(), strict=True))
    row = view.bought.rows[outcome]
    baseline, ceiling = marks.get("baseline", math.nan), marks.get("ceiling", math.inf)
    most = max(marks["plan"], np.nan_to_num(baseline))
    x, y = points["amount"].to_numpy(), points["level"].to_numpy()
    end = min(BEYOND * max(ceiling, most) if math.isfinite(ceiling) else FAR * most, float(x[-1]))
    inside = x < end
    return response_curve(
        one_line(view.figures.names[program]),
        row.name,
        row.unit,
        [*x[inside].tolist(), end],
        [*y[inside].tolist(), float(np.interp(end, x, y))],
        view.numbers,
        plan=marks["plan"],
        baseline=baseline,
        limits=(marks.get("floor", 0.0), ceiling),
    )


def _outcomes(view: PlanView, programs: Ints) -> Ints:
    """Return for each program the outcome that counts most in it, by weight times level; shape (programs,)."""
    levels = view.plan.audit.levels
    weight = np.array([row.weight for row in view.bought.rows])
    counts = np.abs(weight[levels.outcome] * levels.level.sum(axis=1))
    order = np.argsort(-counts, kind="stable")
    first = {int(levels.program[row]): int(levels.outcome[row]) for row in order[::-1].tolist()}
    return np.array([first[program] for program in programs.tolist()], dtype=np.int64)


def response_curve(
    name: str,
    outcome: str,
    unit: str,
    money: Sequence[float],
    levels: Sequence[float],
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
        Amounts in dollars, rising, and the units that each brings, between which it goes in straight lines; as many.
    numbers
        How amounts are written.
    plan, baseline
        Dollars that are marked; a baseline of NaN is none.
    limits
        The least and the most that the program may have, in dollars.
    """
    x, y = np.asarray(money, dtype=np.float64), np.asarray(levels, dtype=np.float64)
    low, high = min(float(y.min()), 0.0), max(float(y.max()), 0.0)
    across, up = x[-1] or 1.0, (high - low) or 1.0
    points = [(round(100 * one / across, 2), round(100 * (high - two) / up, 2)) for one, two in zip(x, y, strict=True)]

    def said(amount: float) -> str:
        level = float(np.interp(amount, x, y))
        return f"{numbers.with_unit(level, unit)} at {numbers.spoken_money(amount)}"

    floor, ceiling = limits
    texts = [f"plan: {said(plan)}", *([f"baseline: {said(baseline)}"] if math.isfinite(baseline) else [])]
    allowed = f"at most {numbers.spoken_money(ceiling)}" if math.isfinite(ceiling) else "no upper limit"
    texts.append(f"limits: at least {numbers.spoken_money(floor)}, {allowed}" if floor > 0 else f"limits: {allowed}")
    return ResponseCurve(
        name=name,
        outcome=outcome,
        points=tuple(dict.fromkeys(points)),
        plan=round(100 * plan / across, 2),
        baseline=round(100 * baseline / across, 2) if math.isfinite(baseline) else None,
        floor=round(100 * max(floor, 0.0) / across, 2),
        ceiling=round(100 * ceiling / across, 2) if math.isfinite(ceiling) else 100.0,
        zero=round(100 * high / up, 2),
        texts=tuple(texts),
    )
