"""What would have to change for a program to get more, less, or anything at all: its effect, its cost, a weight."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.analysis.what_if import WhatIf
from budgetopt.formulation import formulate
from budgetopt.scenario.programs import Column
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import PointStatus

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation

__all__ = ["FARTHEST", "BreakEven", "break_evens", "scaled"]

FARTHEST = 100.0
"""Factors beyond this one, or below one over it, are not looked at."""
CLOSE = 1e-7
"""A break-even factor is bracketed to within this share of itself."""
MOVES = 1e-6
"""A level that moves by less than this share of itself, or of the largest program's, does not move."""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The factor at which a program's funding changes.

    Parameters
    ----------
    what
        ``effect`` (all that its money buys), ``cost`` (all that it costs), or ``weight`` (of one outcome).
    outcome
        For a weight, the outcome.
    more
        Whether the program then gets more, or less; for a cost, more dollars and more service, or less of both.
    factor
        The factor on today's figure: just beyond it the program gets more (or less), just inside it does not, both seen
        by solving again. NaN if no factor up to :data:`FARTHEST` changes it.
    """

    what: str
    outcome: str
    more: bool
    factor: float


def break_evens(plan: Allocation, program: str, *, question: WhatIf | None = None) -> Iterator[BreakEven]:
    """Yield the factors at which a program would get more, and less, by its effect, its cost and each outcome's weight.

    Parameters
    ----------
    plan
        The plan.
    program
        The program's id.
    question
        A live problem of the same scenario, if there is one already.

    Raises
    ------
    UnknownNameError
        If there is no such program.
    """
    scenario = plan.scenario
    question = question or WhatIf(scenario)
    row = scenario.programs.position(program)
    outcomes = _affected(scenario, row)
    kinds = [("effect", "", True), ("cost", "", False), *(("weight", name, True) for name in outcomes)]
    now = _Level(plan, question, row)
    for what, outcome, rises in kinds if outcomes else ():
        for more in (True, False):
            if not more and not now.level:
                continue
            factor = now.break_even(what, outcome, more=more, rises=rises)
            yield BreakEven(what, outcome, more, factor)


def _affected(scenario: Scenario, row: int) -> list[str]:
    """Return the outcomes with a weight that a program affects."""
    effects, packages = scenario.effects, scenario.packages
    mine = np.isin(packages.effect_package, np.flatnonzero(packages.program == row))
    touched = {*effects.outcome[effects.program == row].tolist(), *packages.effect_outcome[mine].tolist()}
    return [name for at, (name, outcome) in enumerate(scenario.outcomes.items()) if at in touched and outcome.weight]


class _Level:
    """How far one program is funded, as its figures change."""

    def __init__(self, plan: Allocation, question: WhatIf, row: int) -> None:
        self._question, self._row = question, row
        self._program = str(plan.scenario.programs.ids[row])
        spent = plan.spending.sum(axis=(1, 2))
        self.level = float(spent[row])
        self._tolerance = max(MOVES * float(spent.max(initial=0.0)), 0.005)

    def break_even(self, what: str, outcome: str, *, more: bool, rises: bool) -> float:
        """Return the factor nearest to one at which the level moves up or down; NaN if there is none."""
        inside, outside = 0.0, math.log(FARTHEST if more == rises else 1 / FARTHEST)
        if not self._moved(what, outcome, math.exp(outside), more):
            return math.nan
        while abs(outside - inside) > CLOSE:
            middle = (inside + outside) / 2
            if self._moved(what, outcome, math.exp(middle), more):
                outside = middle
            else:
                inside = middle
        return math.exp((inside + outside) / 2)

    def _moved(self, what: str, outcome: str, factor: float, more: bool) -> bool:
        changed = scaled(self._question.scenario, self._program, what, outcome, factor)
        formulation = formulate(changed, keep_all=True)
        answer = self._question.solve(formulation.linear_program)
        if answer.primal is not PointStatus.FEASIBLE or answer.x is None:
            return False
        spent = float(formulation.spending_of(answer.x)[self._row].sum())
        # of a dearer program the same service takes more dollars: it is funded more only if it serves more, too
        levels = (spent, spent / factor) if what == "cost" else (spent,)
        if more:
            return min(levels) > self.level + self._tolerance
        return max(levels) < self.level - self._tolerance


_TIMES = ("per_dollar", "per_unit", "up_to", "value")
"""Keys of an effect that grow with it; a unit cost falls as it grows."""


def scaled(scenario: Scenario, program: str, what: str, outcome: str, factor: float) -> Scenario:
    """Return a scenario in which a program's effect or cost, or the weight of an outcome, is multiplied.

    Parameters
    ----------
    program
        The program's id; not looked at for a weight.
    what, outcome, factor
        As in :class:`BreakEven`.
    """
    if what == "weight":
        outcomes = dict(scenario.outcomes)
        outcomes[outcome] = outcomes[outcome].model_copy(update={"weight": outcomes[outcome].weight * factor})
        return replace(scenario, document=scenario.document.model_copy(update={"outcomes": outcomes}))
    row = scenario.programs.position(program)
    columns = dict(scenario.programs.columns)
    for key, column in columns.items():
        cell = int(np.searchsorted(column.rows, row))
        if cell == len(column) or column.rows[cell] != row:
            continue
        times = _factors(key, what, factor)
        if times is not None:
            columns[key] = _times(column, cell, *times)
    return replace(scenario, programs=replace(scenario.programs, columns=columns))


def _factors(key: str, what: str, factor: float) -> tuple[float, float] | None:
    """Return by what a cell is multiplied: plain numbers (or the spending of a curve), and the outcomes of a curve."""
    head, _, _ = key.partition(".")
    last = key.rpartition(".")[2]
    is_effect = head == "outcomes" or (head == "packages" and ".outcomes." in key)
    if what == "effect":
        if not is_effect:
            return None
        if last == "curve":
            return 1.0, factor
        return (factor, 1.0) if last in _TIMES else (1 / factor, 1.0) if last == "unit_cost" else None
    if head == "outcomes" and last in ("unit_cost", "per_dollar", "curve"):
        return (1 / factor, 1.0) if last == "per_dollar" else (factor, 1.0)
    is_cost = key in ("service.unit_cost", "if_funded.fixed_cost", "if_funded.at_least")
    is_package = head == "packages" and key.count(".") == 2 and last in ("cost", "then_costs")
    return (factor, 1.0) if is_cost or is_package else None


def _times(column: Column, cell: int, plain: float, outcomes: float) -> Column:
    values = column.values.copy()
    if column.offsets is None:
        values[cell] *= plain
    else:
        items = slice(int(column.offsets[cell]), int(column.offsets[cell + 1]))
        values[items] = values[items] * (np.array([plain, outcomes]) if values.ndim == 2 else plain)
    return replace(column, values=values)
