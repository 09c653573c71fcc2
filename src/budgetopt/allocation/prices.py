"""Shadow prices in the user's sense: what one more dollar, or one unit less of a rule, adds to what is sought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["Prices", "prices_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What relaxing each limit by one unit adds to the first objective, per dollar or per unit of the limit.

    Prices are at least zero where the limit has one direction: they say what a little relief brings. NaN stands where
    there is no price, as in integer problems.

    Parameters
    ----------
    money
        One more dollar in a fund; shape (funds, periods).
    reserve, structural
        One dollar less of a fund's reserve, and one dollar more of recurring spending; shape (funds, periods).
    floor, ceiling
        One dollar less of a program's floor, and one more of its ceiling; shape (programs, periods).
    fund_spending
        One dollar more or less of what a fund may or must pay, towards relief; shape (funds, periods).
    transfers
        The same for a transfer between funds; shape (from funds, to funds, periods).
    match
        One dollar less of match, by the program for which a local fund pays it; shape (programs, periods) for each
        position of a fund that pays some.
    rules, targets, resources
        One unit of relief for a rule, target or resource; by its position and period (-1 for all periods together).
    parts
        The same for one part of a rule: a group, a pair of groups, a program that is needed. By the positions of rule
        and part, and the period.
    moves
        One dollar more of room for a rule on change from period to period, by the program; shape (programs, periods)
        for each position of such a rule.
    """

    money: Floats
    reserve: Floats
    structural: Floats
    floor: Floats
    ceiling: Floats
    fund_spending: Floats
    transfers: Floats
    match: Mapping[int, Floats]
    rules: Mapping[tuple[int, ...], float]
    targets: Mapping[tuple[int, ...], float]
    resources: Mapping[tuple[int, ...], float]
    parts: Mapping[tuple[int, ...], float]
    moves: Mapping[int, Floats]


def prices_of(formulation: Formulation, row_dual: Floats | None, reduced_cost: Floats | None) -> Prices:
    """Return the prices that the duals of a linear program's first stage say.

    Parameters
    ----------
    formulation
        The linear program and its labels.
    row_dual, reduced_cost
        The change of the stage's value for one more unit of a limit; None where there are no duals.
    """
    problem = formulation.linear_program
    names = problem.column_labels.names
    funds, periods = len(names["fund"]), len(names["period"])
    if row_dual is None or reduced_cost is None:
        row_dual, reduced_cost = np.full(problem.rows, np.nan), np.full(problem.columns, np.nan)
    gain = 1.0 if problem.stages[0].maximize else -1.0
    row_gain, column_gain = gain * row_dual, gain * reduced_cost

    def by_fund(kind: str, values: Floats) -> Floats:
        out = np.zeros((funds, periods))
        for block in problem.row_labels.of_kind(kind):
            out[block.keys["fund"], block.keys["period"]] = values[block.start : block.stop]
        return out

    reserve = -by_fund("reserve", row_gain)
    for block in problem.column_labels.of_kind("closing balance"):
        kept = np.where(problem.lower[block.positions] > 0, -column_gain[block.positions], 0.0)
        np.add.at(reserve, (block.keys["fund"], block.keys["period"]), kept)
    limits = formulation.limits
    floor, ceiling = _limit_prices(formulation, row_gain, column_gain)
    return Prices(
        money=by_fund("fund balance", row_gain),
        reserve=np.maximum(reserve, 0.0),
        structural=np.maximum(by_fund("structural balance", row_gain), 0.0),
        floor=floor,
        ceiling=ceiling,
        fund_spending=np.abs(by_fund("fund spending", row_gain)),
        transfers=_transfers(problem, column_gain, (funds, funds, periods)),
        match=_by_program(problem, "match", "fund", row_gain, limits.lower.shape),
        rules=_relief(problem, "rule", row_gain),
        targets=_relief(problem, "target", row_gain),
        resources=_relief(problem, "resource", row_gain),
        parts=_relief(problem, "rule", row_gain, "group"),
        moves=_by_program(problem, "rule", "rule", row_gain, limits.lower.shape),
    )


def _relief(problem: LinearProgram, kind: str, row_gain: Floats, *parts: str) -> dict[tuple[int, ...], float]:
    """Return the price of each rule: a dual has the sign of the limit that binds, and relief is against it."""
    prices: dict[tuple[int, ...], float] = {}
    for block in problem.row_labels.of_kind(kind):
        # a rule that holds many programs one by one has no price as a whole
        if "program" in block.keys or any(part not in block.keys for part in parts):
            continue
        keys = (block.keys[name].tolist() for name in (kind, *parts, "period"))
        for *key, row in zip(*keys, block.positions.tolist(), strict=True):
            prices[tuple(key)] = prices.get(tuple(key), 0.0) + abs(float(row_gain[row]))
    return prices


def _by_program(
    problem: LinearProgram, kind: str, key: str, row_gain: Floats, shape: tuple[int, ...]
) -> dict[int, Floats]:
    """Return the prices of rows that limit programs one by one, for each position of what ``key`` names."""
    prices: dict[int, Floats] = {}
    for block in problem.row_labels.of_kind(kind):
        if "program" not in block.keys:
            continue
        for position in np.unique(block.keys[key]).tolist():
            mine = block.keys[key] == position
            cell = (block.keys["program"][mine], block.keys["period"][mine])
            np.add.at(prices.setdefault(position, np.zeros(shape)), cell, np.abs(row_gain[block.positions[mine]]))
    return prices


def _transfers(problem: LinearProgram, column_gain: Floats, shape: tuple[int, ...]) -> Floats:
    prices = np.zeros(shape)
    for block in problem.column_labels.of_kind("transfer"):
        gain, limited = column_gain[block.positions], problem.lower[block.positions] > 0
        # a transfer cannot be less than nothing: that is no limit that anybody set
        relief = np.where(limited, np.abs(gain), np.maximum(gain, 0.0))
        prices[block.keys["fund"], block.keys["to"], block.keys["period"]] = relief
    return prices


def _limit_prices(formulation: Formulation, row_gain: Floats, column_gain: Floats) -> tuple[Floats, Floats]:
    """Return the prices of the programs' floors and ceilings: the reduced cost of the column that a limit cuts."""
    problem, limits = formulation.linear_program, formulation.limits
    floor, ceiling = np.zeros(limits.lower.shape), np.zeros(limits.lower.shape)
    for block in problem.column_labels.of_kind("segment"):
        at = block.positions
        cell = (block.keys["program"], block.keys["period"])
        # the last column of a program that a floor reaches into is the one that it cuts; likewise for the ceiling
        cut = _last_of(problem.lower[at] > 0, cell, floor.shape)
        np.add.at(floor, (cell[0][cut], cell[1][cut]), np.maximum(-column_gain[at[cut]], 0.0))
        last = _last_of(np.isfinite(limits.upper[cell]), cell, floor.shape)
        np.add.at(ceiling, (cell[0][last], cell[1][last]), np.maximum(column_gain[at[last]], 0.0))
    for block in problem.row_labels.of_kind("program limits"):
        cell = (block.keys["program"], block.keys["period"])
        floor[cell] += np.maximum(-row_gain[block.positions], 0.0)
        ceiling[cell] += np.maximum(row_gain[block.positions], 0.0)
    return floor, ceiling


def _last_of(marked: Bools, cell: tuple[Ints, Ints], shape: tuple[int, ...]) -> Bools:
    """Return which marked columns are the last of their program and period; columns stand in the order of segments."""
    last = np.full(shape, -1)
    last[cell[0][marked], cell[1][marked]] = np.flatnonzero(marked)
    is_last: Bools = marked & (last[cell] == np.arange(len(marked)))
    return is_last
