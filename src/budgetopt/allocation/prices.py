"""Shadow prices in the user's sense: what relaxing a limit by one unit adds to the first objective."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial

import numpy as np

from budgetopt.allocation.money_sides import money_on_both_sides
from budgetopt.allocation.revenue_prices import revenue_prices
from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Solution

__all__ = ["EVERY", "Prices", "prices_of"]

EVERY = -1
"""Stands for all periods together, for no part and for no program."""


@dataclass(frozen=True, slots=True, eq=False)
class _PricedRows:
    """Prices of what each row of the linear program, and each floor and ceiling, limits; every array: shape (rows,)."""

    limit: Ints
    part: Ints
    program: Ints
    period: Ints
    price: Floats


@dataclass(frozen=True, eq=False)
class Prices:
    """What relaxing each limit by one unit adds to the first objective, per dollar or per unit of the limit.

    A price is at least zero: it says what relaxing the limit a little brings. NaN stands where there is no price, as in
    integer problems.

    Parameters
    ----------
    floor, ceiling
        One dollar less of a program's floor, and one more of its ceiling; shape (programs, periods).
    fewest, most
        One unit less of the fewest units of a service, and one more of the most; shape (programs, periods).
    """

    floor: Floats
    ceiling: Floats
    fewest: Floats
    most: Floats
    _rows: _PricedRows = field(repr=False)
    _shape: tuple[int, int] = field(repr=False)
    _unknown: float = field(repr=False)
    _money: Callable[[], tuple[Floats, Floats]] = field(repr=False)

    @property
    def money(self) -> Floats:
        """One more dollar of recurring revenue, along everything that it moves; shape (funds, periods)."""
        return self._both_sides[0]

    @property
    def money_less(self) -> Floats:
        """What one dollar less of it takes away; NaN where there is no plan, or no dollar. Shape (funds, periods)."""
        return self._both_sides[1]

    @cached_property
    def _both_sides(self) -> tuple[Floats, Floats]:
        return self._money()

    def of(
        self, limit: int, part: Ints | int = EVERY, program: Ints | int = EVERY, period: Ints | int = EVERY
    ) -> Floats:
        """Return the price of parts of a limit; the shape is that of the keys, broadcast against one another.

        What limits in no period at all costs nothing.

        Parameters
        ----------
        limit
            Position of the limit in the scenario's list of limits.
        part, program, period
            Positions of the part of the limit, of the program and of the period; :data:`EVERY` adds up all of them.
        """
        asked = np.broadcast_arrays(*(np.atleast_1d(key) for key in (part, program, period)))
        all_parts, all_programs = (isinstance(key, int) and key == EVERY for key in (part, program))
        together = self._look_up(limit, asked, (all_parts, all_programs, True))
        return np.where(asked[2] == EVERY, together, self._look_up(limit, asked, (all_parts, all_programs, False)))

    def has_parts(self, limit: int) -> bool:
        """Return whether the rows of a limit are about parts of it."""
        return bool((self._rows.part[self._of_limit(limit)] >= 0).any())

    def is_by_program(self, limit: int) -> bool:
        """Return whether the rows of a limit are about single programs."""
        return bool((self._rows.program[self._of_limit(limit)] >= 0).any())

    def highest(self, limit: int) -> Floats:
        """Return the highest price that a limit on programs has in each period; shape (periods,)."""
        rows, (_, periods) = self._of_limit(limit), self._shape
        highest = np.full(periods, self._unknown)
        price, period = self._rows.price[rows], self._rows.period[rows]
        with np.errstate(invalid="ignore"):  # what has no price gives a period none
            np.maximum.at(highest, period[period >= 0], price[period >= 0])
        return highest

    def _of_limit(self, limit: int) -> Ints:
        order, ordered = self._order
        first, last = np.searchsorted(ordered, [limit, limit + 1])
        return order[first:last]

    @cached_property
    def _order(self) -> tuple[Ints, Ints]:
        order = np.argsort(self._rows.limit, kind="stable")
        return order, self._rows.limit[order]

    def _look_up(self, limit: int, asked: Sequence[Ints], every: tuple[bool, bool, bool]) -> Floats:
        """Return the sum of the prices of the rows with the asked keys; those of ``every`` count all alike."""
        rows = self._of_limit(limit)
        own = (self._rows.part[rows], self._rows.program[rows], self._rows.period[rows])
        known, at = np.unique(self._key(own, every), return_inverse=True)
        wanted = self._key(asked, every)
        if not len(known):
            return np.full(wanted.shape, self._unknown)
        total = np.bincount(at, weights=self._rows.price[rows])
        place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        return np.where(known[place] == wanted, total[place], self._unknown).astype(np.float64)

    def _key(self, keys: Sequence[Ints], every: Sequence[bool]) -> Ints:
        """Return one number for the part, program and period of each row; those of ``every`` count all alike."""
        part, program, period = (np.full_like(key, EVERY) if one else key for key, one in zip(keys, every, strict=True))
        programs, periods = self._shape
        # EVERY is -1: one more than there are keeps the keys apart
        return (part * (programs + 1) + program) * (periods + 1) + period  # no mutant: keys stay apart


def prices_of(scenario: Scenario, formulation: Formulation, solution: Solution) -> Prices:
    """Return the prices that the duals of a linear program's first stage say; none where there are no duals."""
    problem, row_dual = formulation.linear_program, solution.row_dual
    unknown = np.nan if row_dual is None else 0.0
    row_dual = np.full(problem.rows, np.nan) if row_dual is None else row_dual
    reduced = problem.stages[0].cost_for(problem.columns) - problem.matrix.transpose_times(row_dual)
    gain = -problem.stages[0].sign
    row_gain, column_gain = gain * row_dual, gain * reduced
    floor, ceiling, fewest, most = own = _program_prices(formulation, row_gain, column_gain)
    rows, of_programs = _labelled(formulation, row_gain), scenario.limits.of_programs
    by = formulation.limits.lower_by, formulation.limits.upper_by, of_programs("floor"), of_programs("most units")
    for limit, price in zip(by, own, strict=True):
        of = np.broadcast_to(limit if limit.ndim > 1 else limit[:, None], price.shape)
        program, period = np.nonzero(of >= 0)
        none = np.full(len(program), EVERY)
        rows.append(_PricedRows(of[program, period], none, program, period, price[program, period]))
    joined = _PricedRows(*(np.concatenate([getattr(part, item.name) for part in rows]) for item in fields(_PricedRows)))
    shape = (floor.shape[0], floor.shape[1])
    money = partial(_money_of, scenario, problem, row_dual, reduced)
    return Prices(floor, ceiling, fewest, most, joined, shape, unknown, money)


def _money_of(scenario: Scenario, problem: LinearProgram, row_dual: Floats, reduced: Floats) -> tuple[Floats, Floats]:
    """Return what a dollar more of each fund and period brings, and a dollar less takes away."""
    along = revenue_prices(scenario, problem, row_dual, reduced)
    return money_on_both_sides(scenario, problem, -problem.stages[0].sign * along)


def _labelled(formulation: Formulation, row_gain: Floats) -> list[_PricedRows]:
    """Return the prices of the rows that keep a limit: a dual has the sign of the side that binds."""
    found: list[_PricedRows] = []
    for block in formulation.linear_program.row_labels.blocks:
        if block.limit is None or block.part is None:
            continue
        kept = np.flatnonzero(block.limit >= 0)
        every = np.full(len(block), EVERY)
        program, period = (block.keys.get(key, every)[kept] for key in ("program", "period"))
        price = np.abs(row_gain[block.positions[kept]])
        found.append(_PricedRows(block.limit[kept], block.part[kept], program, period, price))
    return found


def _program_prices(
    formulation: Formulation, row_gain: Floats, column_gain: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the prices of the programs' floors, ceilings, fewest and most units: those of the column that is cut.

    A floor and the fewest units, and a ceiling and the most units, cut the same column; the tighter one has the price.
    """
    problem, limits, dollars = formulation.linear_program, formulation.limits, formulation.prices
    below, above = np.zeros(limits.lower.shape), np.zeros(limits.lower.shape)
    for block in problem.column_labels.of_kind("segment"):
        at = block.positions
        cell = (block.keys["program"], block.keys["period"])
        # the last column of a program that a floor reaches into is the one that it cuts; likewise for the ceiling
        cut = _last_of(problem.lower[at] > 0, cell, below.shape)
        np.add.at(below, (cell[0][cut], cell[1][cut]), np.maximum(-column_gain[at[cut]], 0.0))
        last = _last_of(np.isfinite(np.minimum(limits.upper, limits.most)[cell]), cell, below.shape)
        np.add.at(above, (cell[0][last], cell[1][last]), np.maximum(column_gain[at[last]], 0.0))
    for block in problem.row_labels.of_kind("program limits"):
        cell = (block.keys["program"], block.keys["period"])
        # rows are in dollars
        scale = np.where(dollars[cell] > 0, dollars[cell], 1.0)
        below[cell] += scale * np.maximum(-row_gain[block.positions], 0.0)
        above[cell] += scale * np.maximum(row_gain[block.positions], 0.0)
    free, unit = dollars == 0, np.where(dollars > 0, dollars, 1.0)
    by_units = free | (limits.fewest * unit >= limits.lower), free | (limits.most * unit <= limits.upper)
    in_units = [by & formulation.serves[:, None] for by in by_units]
    found = [np.where(by, 0.0, price / unit) for by, price in zip(in_units, (below, above), strict=True)]
    found += [np.where(by, price, 0.0) for by, price in zip(in_units, (below, above), strict=True)]
    floor, ceiling, fewest, most = found
    return floor, ceiling, fewest, most


def _last_of(marked: Bools, cell: tuple[Ints, Ints], shape: tuple[int, ...]) -> Bools:
    """Return which marked columns are the last of their program and period; columns stand in the order of segments."""
    last = np.empty(shape, dtype=np.int64)
    last[cell[0][marked], cell[1][marked]] = np.flatnonzero(marked)
    is_last: Bools = marked & (last[cell] == np.arange(len(marked)))
    return is_last
