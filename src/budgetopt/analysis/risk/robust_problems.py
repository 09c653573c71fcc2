"""Robust counterparts of a scenario's problem: their optimum is good where effects are not as estimated.

Everything is said as a gain, to be maximized. A column holds what each uncertain effect adds to the objective, so that
a draw, or an effect at the end of its range, is one row over few columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.risk.drawn_problems import DrawnProblems
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["RobustProblem", "budget_of_uncertainty", "of_factors", "over_draws"]

INF = np.inf


@dataclass(frozen=True, eq=False)
class RobustProblem:
    """A robust counterpart.

    Parameters
    ----------
    problem
        The problem; its first columns are those of the scenario's problem. Its first stage is the robust objective, its
        second one the expected value, which chooses between plans that are equally robust.
    setting
        Columns whose coefficients in the objective are the setting's number times ``rate``, and what is left of the
        objective, so that another setting moves the objective alone.
    rate, rest
        Shape (columns,).
    """

    problem: LinearProgram
    rate: Floats
    rest: Floats

    def cost_at(self, setting: float) -> Floats:
        """Return the objective at a setting, NaN where there is none; shape (columns,)."""
        return self.rest + (0.0 if np.isnan(setting) else setting) * self.rate

    def at(self, setting: float) -> LinearProgram:
        """Return the problem at a setting."""
        first, *others = self.problem.stages
        return replace(self.problem, stages=(replace(first, cost=self.cost_at(setting)), *others))


@dataclass(eq=False)
class _Extension:
    """A problem with more columns and rows after its own; no column has an upper limit."""

    base: LinearProgram
    columns: int
    lower: list[Floats]
    rows: int
    row_lower: list[Floats]
    row_upper: list[Floats]
    entries: list[tuple[Ints, Ints, Floats]]

    @classmethod
    def of(cls, base: LinearProgram) -> _Extension:
        return cls(base, base.columns, [], base.rows, [], [], [])

    def more_columns(self, count: int, lower: float) -> Ints:
        self.lower.append(np.full(count, lower))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def more_rows(self, lower: Floats, upper: Floats) -> Ints:
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.rows += len(lower)
        return np.arange(self.rows - len(lower), self.rows)

    def enter(self, row: Ints, column: Ints, value: Floats | float) -> None:
        self.entries.append((row, column, np.broadcast_to(np.asarray(value, dtype=np.float64), row.shape)))

    def problem(self, stages: Sequence[Stage]) -> LinearProgram:
        lower, row_lower, row_upper = map(np.concatenate, (self.lower, self.row_lower, self.row_upper))
        wider = self.base.with_more_columns("robust", lower, np.full(len(lower), INF))
        return replace(wider.with_more_rows("robust", row_lower, row_upper, *self.entries), stages=tuple(stages))


def _gain(drawn: DrawnProblems) -> tuple[float, Floats, float]:
    """Return the sign of a gain, and the objective and its constant as a gain."""
    stage = drawn.problem.stages[0]
    sign = -stage.sign
    return sign, sign * stage.cost, sign * stage.offset


def of_factors(drawn: DrawnProblems, factors: Floats, label: str) -> RobustProblem:
    """Return the problem in which each term of the effects is multiplied by a factor; shape (terms,)."""
    sign, cost, offset = _gain(drawn)
    costs, columns = drawn.costs, drawn.problem.columns
    more = np.bincount(costs.column, weights=sign * costs.worth * (factors - 1.0), minlength=columns)
    stage = Stage(label, cost + more, maximize=True, offset=offset)
    problem = replace(drawn.problem, stages=(stage,))
    return RobustProblem(problem, np.zeros(columns), stage.cost)


def _with_parts(extension: _Extension, drawn: DrawnProblems, effects: Ints) -> Ints:
    """Add a column for what each of some effects adds to the objective, as a gain, and return these columns."""
    costs, sign = drawn.costs, _gain(drawn)[0]
    part = extension.more_columns(len(effects), -INF)
    row = extension.more_rows(np.zeros(len(effects)), np.zeros(len(effects)))
    place = np.full(drawn.factors.shape[1], -1)
    place[effects] = np.arange(len(effects))
    mine = np.flatnonzero(place[costs.effect] >= 0)
    extension.enter(row[place[costs.effect[mine]]], costs.column[mine], sign * costs.worth[mine])
    extension.enter(row, part, -1.0)
    return part


def _expected(extension: _Extension, drawn: DrawnProblems, part: Ints, mean: Floats) -> Stage:
    """Return the expected value as an objective; ``mean`` are the factors of the effects of the parts."""
    _, cost, offset = _gain(drawn)
    whole = np.zeros(extension.columns)
    whole[: len(cost)] = cost
    whole[part] += mean - 1.0
    return Stage("maximize the expected value", whole, maximize=True, offset=offset)


def budget_of_uncertainty(
    drawn: DrawnProblems, effects: Ints, low: Floats, high: Floats, mean: Floats
) -> RobustProblem:
    """Return the problem that maximizes the value when so many effects are at the end of their range that brings least.

    Bertsimas and Sim, "The price of robustness", Operations Research 52 (2004). The setting is the number of effects, a
    whole number or a share of one more. All arrays have the shape (effects,), those of the effects that may be off.
    """
    extension = _Extension.of(drawn.problem)
    part = _with_parts(extension, drawn, effects)
    each, own = extension.more_columns(1, 0.0), extension.more_columns(len(effects), 0.0)
    for loss in (1.0 - low, 1.0 - high):
        row = extension.more_rows(np.zeros(len(effects)), np.full(len(effects), INF))
        extension.enter(row, own, 1.0)
        extension.enter(row, np.repeat(each, len(effects)), 1.0)
        extension.enter(row, part, -loss)
    _, cost, offset = _gain(drawn)
    rest, rate = np.zeros(extension.columns), np.zeros(extension.columns)
    rest[: len(cost)], rest[own], rate[each] = cost, -1.0, -1.0
    stage = Stage("maximize the value with some effects at their worst", rest, maximize=True, offset=offset)
    return RobustProblem(extension.problem((stage, _expected(extension, drawn, part, mean))), rate, rest)


def over_draws(
    drawn: DrawnProblems, effects: Ints, factors: Floats, *, level: float | None, best: Floats | None = None
) -> RobustProblem:
    """Return the problem over draws: of the conditional value at risk, or of the largest regret.

    Parameters
    ----------
    drawn
        The scenario's problem.
    effects
        The effects that vary; shape (effects,).
    factors
        On these effects; shape (draws, effects).
    level
        The mean of the worst draws beyond this share of them is maximized (Rockafellar and Uryasev, "Optimization of
        conditional value-at-risk", Journal of Risk 2, 2000). The setting is its weight; the rest weighs the mean of all
        draws. None: the largest regret is minimized.
    best
        The best value of each draw, as a gain; shape (draws,).
    """
    extension, count = _Extension.of(drawn.problem), len(factors)
    _, cost, offset = _gain(drawn)
    part = _with_parts(extension, drawn, effects)
    total = extension.more_columns(1, -INF)
    row = extension.more_rows(np.array([-offset]), np.array([-offset]))
    used = np.flatnonzero(cost)
    extension.enter(np.repeat(row, len(used)), used, cost[used])
    extension.enter(row, total, -1.0)
    draws = extension.more_rows(np.zeros(count) if best is None else best, np.full(count, INF))
    extension.enter(draws, np.repeat(total, count), 1.0)
    at, which = np.nonzero(factors != 1.0)
    extension.enter(draws[at], part[which], factors[at, which] - 1.0)
    if level is None:
        largest = extension.more_columns(1, 0.0)
        extension.enter(draws, np.repeat(largest, count), 1.0)
        rest = np.zeros(extension.columns)
        rest[largest] = -1.0
        stage = Stage("minimize the largest regret", rest, maximize=True)
        stages = (stage, _expected(extension, drawn, part, factors.mean(axis=0)))
        return RobustProblem(extension.problem(stages), np.zeros(extension.columns), rest)
    threshold, below = extension.more_columns(1, -INF), extension.more_columns(count, 0.0)
    extension.enter(draws, np.repeat(threshold, count), -1.0)
    extension.enter(draws, below, 1.0)
    expected = _expected(extension, drawn, part, factors.mean(axis=0))
    tail = np.zeros(extension.columns)
    tail[threshold], tail[below] = 1.0, -1.0 / ((1.0 - level) * count)
    # the constant of the expected value is part of the column of the total
    rest = expected.cost.copy()
    rest[: len(cost)] = 0.0
    rest[total] = 1.0
    stage = Stage("maximize the mean of the worst draws", rest, maximize=True)
    return RobustProblem(extension.problem((stage, expected)), tail - rest, rest)
