"""What a dollar of recurring revenue is worth, by the duals and everything in the linear program that it moves.

Revenue is more than the money in a fund's balance: structural balance, reserves, limits of a fund's spending and rules
that are shares of revenue move with it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from budgetopt.formulation import LinearProgram, formulate
from budgetopt.formulation.directions import Direction, between
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.worked_out import with_parts

__all__ = ["revenue_prices", "with_revenue"]

_ROWS = ("fund balance", "reserve", "structural balance", "fund spending")
"""Rows that move with the revenue of their own fund and period alone."""


def revenue_prices(scenario: Scenario, problem: LinearProgram, row_dual: Floats, reduced: Floats) -> Floats:
    """Return what one dollar more of each fund's revenue in each period adds to the best value.

    Where the optimum is degenerate, that lies between what a dollar more adds and what a dollar less takes away.

    Parameters
    ----------
    scenario, problem
        The scenario and its linear program.
    row_dual, reduced
        The duals of its rows and the reduced costs of its columns; shape (rows,) and (columns,).

    Returns
    -------
    Floats
        Shape (funds, periods); NaN where there are no duals.
    """
    shape = (len(scenario.funds), len(scenario.periods))
    if np.isnan(row_dual).any():
        return np.full(shape, np.nan)
    price, own, ones = np.zeros(shape), np.zeros(problem.rows, dtype=bool), np.ones(shape)
    every = _moved(scenario, problem, ones)
    if every is None:
        # a fund without revenue in a period may get rows with its first dollar: there it counts as money alone
        ones = np.array([scenario.revenue(name) > 0 for name in scenario.funds], dtype=np.float64)
        every = _moved(scenario, problem, ones)
    moved = None if every is None else every.binding_sides(problem, row_dual, reduced)[0]
    for kind in _ROWS:
        for block in problem.row_labels.of_kind(kind):
            own[block.positions] = True
            cell, at = (block.keys["fund"], block.keys["period"]), block.positions
            moves = np.ones(len(block)) if kind == _ROWS[0] else np.zeros(len(block))
            if moved is not None:
                moves = np.where(ones[cell] > 0, moved[at], moves)
            np.add.at(price, cell, row_dual[at] * moves)
    rest = np.where(own, 0.0, row_dual)
    if every is None or not _worth(problem, rest, reduced, np.abs, every):
        return price
    for cell in zip(*np.nonzero(ones), strict=True):
        shift = np.zeros(shape)
        shift[cell] = 1.0
        if (one := _moved(scenario, problem, shift)) is not None:
            price[cell] += _worth(problem, rest, reduced, np.positive, one)
    return price


def _worth(
    problem: LinearProgram, row_dual: Floats, reduced: Floats, of: Callable[[Floats], Floats], direction: Direction
) -> float:
    """Return what a direction is worth by some prices of rows and columns, each term taken as it is or by its size."""
    rows, columns = direction.binding_sides(problem, row_dual, reduced)
    return float(of(row_dual * rows).sum() + of(reduced * columns).sum())


def _moved(scenario: Scenario, problem: LinearProgram, shift: Floats) -> Direction | None:
    """Return how the problem moves with more revenue, in dollars of shape (funds, periods); None if rows come or go."""
    return between(problem, formulate(with_revenue(scenario, shift)).linear_program, 1.0)


def with_revenue(scenario: Scenario, shift: Floats) -> Scenario:
    """Return the scenario with more revenue, in dollars of shape (funds, periods)."""
    funds = {}
    for position, (name, fund) in enumerate(scenario.funds.items()):
        each = (scenario.revenue(name) + shift[position]).tolist()
        funds[name] = fund.model_copy(update={"revenue": dict(zip(scenario.periods, each, strict=True)), "growth": 0.0})
    return with_parts(scenario, funds=funds)
