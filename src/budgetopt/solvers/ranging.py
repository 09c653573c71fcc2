"""How far an optimal basis goes as limits move in a straight line, and whether the best value turns there.

While a basis stays optimal, the plan moves in a straight line and the prices stay. It ends where a basic column or row
meets its limit (Gass and Saaty, Naval Research Logistics Quarterly 2, 1955). One dual pivot there gives other prices
that are feasible too, so that by weak duality the best value stays below a second line beyond: that it turns is proved
without solving again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.directions import Direction
from budgetopt.formulation.linear_program import Bools, Floats, Ints, LinearProgram, total_by
from budgetopt.solvers.live_basis import LiveBasis
from budgetopt.solvers.powers_of_two import Scaling, cost_scale
from budgetopt.solvers.solution import Solution

__all__ = ["CostEnd", "RangeEnd", "Ranging"]

NO_MOVE = 1e-10
"""Of the largest move of a scaled column or row: what moves less does not move."""
FEASIBLE = 1e-8
"""What a plan may break a limit by, scaled, and a price its sign."""
AT_ONCE = 1e-8
"""A basis that ends before anything has moved by this much, scaled, ends where it stands."""
RESIDUE = 1e-7
"""What systems solved with a basis may leave, scaled; beyond, its answer is not used."""
LEVEL = 1e-7
"""Of the slope: a smaller change of it is none that can be told."""
ROUNDED = 1e-10
"""A price of the wrong sign, scaled, that is nothing but rounding."""
MOST_ENTERING = 8
"""So many columns that may enter at one end are tried."""
TOLD = 1e-8
"""A price that changes by less, scaled, does not change."""


@dataclass(frozen=True, slots=True)
class RangeEnd:
    """Where a basis ends in one direction.

    Parameters
    ----------
    at
        How many units it goes: infinite if it never ends, 0 if it ends where it stands.
    turns
        Whether it is proved that the best value has another slope beyond, or no plan is feasible there.
    """

    at: float
    turns: bool


@dataclass(frozen=True, slots=True, eq=False)
class CostEnd:
    """Where a basis ends as costs move, and what can enter it there.

    Parameters
    ----------
    at
        How many units it goes; infinite if it never ends.
    entering
        What may enter there: columns, and rows after them; shape (entering,).
    gains
        How fast each gains in the costs that move; of the same shape.
    rise
        The least by which a sum rises for each unit of that gain; 0 where it may fall.
    """

    at: float
    entering: Ints
    gains: Floats
    rise: float


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Columns, or rows: where they are, their limits and their prices, and how they move; all of one shape.

    Everything is in scaled units; ``price`` has the sign of a minimization, and is that of the limit that binds.
    """

    at: Floats
    lower: Floats
    upper: Floats
    basic: Bools
    price: Floats
    unit: Floats
    lower_move: Floats
    upper_move: Floats
    move: Floats

    @classmethod
    def of(cls, at: Floats, lower: Floats, upper: Floats, basic: Bools, price: Floats, unit: Floats) -> _Side:
        """Return columns or rows that do not move; all but the price are to be scaled with the unit."""
        still = np.zeros(0)
        return cls(at * unit, lower * unit, upper * unit, basic, price / unit, unit, still, still, still)

    def held_moves(self, lower_move: Floats, upper_move: Floats) -> Floats | None:
        """Return how what is held at a limit moves with it, 0 for all else; None if two limits that meet move apart."""
        held = ~self.basic
        if (held & (self.lower == self.upper) & (lower_move != upper_move)).any():
            return None
        free = ~np.isfinite(self.lower) & ~np.isfinite(self.upper)
        return np.where(~held | free, 0.0, np.where(self._at_lower, lower_move, upper_move))

    @property
    def _at_lower(self) -> Bools:
        lower: Bools = np.abs(self.at - self.lower) <= np.abs(self.upper - self.at)
        return lower

    def moving(self, lower_move: Floats, upper_move: Floats, move: Floats) -> _Side:
        """Return the side with moves, of the limits and of the columns or rows, all in units of the problem."""
        moves = lower_move * self.unit, upper_move * self.unit, move * self.unit
        return replace(self, lower_move=moves[0], upper_move=moves[1], move=moves[2])

    @property
    def largest(self) -> float:
        """The largest move."""
        return max(float(np.abs(part).max(initial=0.0)) for part in (self.move, self.lower_move, self.upper_move))

    def rate(self, direction: float, *, is_upper: bool) -> Floats:
        """Return how fast each moves towards its lower or its upper limit."""
        rate: Floats = direction * (self.move - self.upper_move if is_upper else self.lower_move - self.move)
        return rate

    def ends(self, direction: float, least: float, *, is_upper: bool) -> Floats:
        """Return how far each basic one moves before it meets a limit; infinite if it does not."""
        rate, limit = self.rate(direction, is_upper=is_upper), self.upper if is_upper else self.lower
        left = np.maximum(limit - self.at if is_upper else self.at - limit, 0.0)
        nears = self.basic & (rate > least) & np.isfinite(limit)
        found: Floats = np.divide(left, rate, out=np.full(len(rate), np.inf), where=nears)
        return found

    def crossing(self, direction: float) -> float:
        """Return how far limits move before one lower limit lies above its upper one; infinite if none does."""
        rate = direction * (self.lower_move - self.upper_move)
        apart = np.divide(self.upper - self.lower, rate, out=np.full(len(rate), np.inf), where=rate > 0)
        return float(apart.min(initial=np.inf))

    def blocked(self, change: Floats) -> float:
        """Return how many times a change of the prices can be made before one has the wrong sign."""
        free = ~self.basic & (self.lower < self.upper)
        # held at its lower limit, a price may fall to nothing; at its upper limit, rise to nothing
        at_upper = free & ~self._at_lower
        wrong = np.where(at_upper, change, -change)
        wrong = np.where(~np.isfinite(self.lower) & ~np.isfinite(self.upper), np.abs(change), wrong)
        eligible = free & (wrong > NO_MOVE * np.abs(change).max(initial=0.0))
        left = np.maximum(np.where(at_upper, -self.price, self.price), 0.0)
        return float(np.divide(left, wrong, out=np.full(len(wrong), np.inf), where=eligible).min(initial=np.inf))

    def is_optimal(self, price_unit: float) -> bool:
        """Return whether all are within their limits and have no price of the wrong sign, but for rounding.

        A price of what stands at neither limit is wrong.
        """
        size = 1.0 + np.abs(self.at)
        within = (self.at >= self.lower - FEASIBLE * size) & (self.at <= self.upper + FEASIBLE * size)
        at_lower, at_upper = (np.abs(self.at - limit) <= FEASIBLE * size for limit in (self.lower, self.upper))
        price = self.price * price_unit
        return bool((within & ((price <= FEASIBLE) | at_lower) & ((price >= -FEASIBLE) | at_upper)).all())


class Ranging:
    """An optimal basis of a linear program, and how far it goes as limits move.

    Parameters
    ----------
    lp
        The problem.
    answer
        Its optimal plan and prices.
    basis
        The basis that they are of; it has to stand while ends are asked for.
    scaling
        How rows and columns are scaled where sizes are compared.
    """

    def __init__(self, lp: LinearProgram, answer: Solution, basis: LiveBasis, scaling: Scaling) -> None:
        assert answer.x is not None
        assert answer.row_dual is not None
        self._lp, self._basis, self._scaling = lp, basis, scaling
        stage, self._x = lp.stages[0], answer.x
        basic, basic_row = basis.columns(lp.columns), basis.rows(lp.rows)
        self._y = np.where(basic_row, 0.0, answer.row_dual)
        self._reduced = np.where(basic, 0.0, stage.reduced_costs(lp.matrix, answer.row_dual))
        self._level, sign = lp.matrix.times(self._x), stage.sign
        self._columns = _Side.of(self._x, lp.lower, lp.upper, basic, sign * self._reduced, 1.0 / scaling.column)
        self._rows = _Side.of(self._level, lp.row_lower, lp.row_upper, basic_row, sign * self._y, scaling.row)
        self._price_unit = cost_scale(stage.cost * scaling.column)

    @property
    def x(self) -> Floats:
        """The plan; shape (columns,)."""
        return self._x

    @property
    def is_optimal(self) -> bool:
        """Whether plan and prices prove each other the best: no limit broken, no price of what does not bind."""
        return self._columns.is_optimal(self._price_unit) and self._rows.is_optimal(self._price_unit)

    def slope(self, line: Direction) -> float:
        """Return what the best value gains for each unit along a direction while the basis stays optimal."""
        return line.slope(self._lp, self._x, self._y, self._reduced)

    def end(self, line: Direction, side: int) -> RangeEnd | None:
        """Return where the basis ends as limits move along a direction, 1, or against it, -1.

        None where more than limits moves, where two limits that meet move apart, or where the systems solved with the
        basis leave more than rounding.
        """
        if line.cost.any() or line.offset or line.moves_matrix:
            return None
        moving = self._moving(line)
        if moving is None:
            return None
        columns, rows = moving
        largest = max(columns.largest, rows.largest)
        places = [(part, is_upper) for part in (columns, rows) for is_upper in (False, True)]
        ends = [part.ends(side, NO_MOVE * largest, is_upper=is_upper) for part, is_upper in places]
        nearest = int(np.argmin([part.min(initial=np.inf) for part in ends]))
        at = float(ends[nearest].min(initial=np.inf))
        crossing = min(columns.crossing(side), rows.crossing(side))
        if crossing <= at:
            # no plan is feasible beyond, if there is a beyond
            return RangeEnd(0.0 if crossing * largest <= AT_ONCE else crossing, turns=bool(np.isfinite(crossing)))
        owner, is_upper = places[nearest]
        # of those that end at the same place, the one that moves fastest towards its limit
        rate = owner.rate(side, is_upper=is_upper)
        leaves = int(np.argmax(np.where(ends[nearest] <= at * (1.0 + 1e-9), rate, -np.inf)))
        steps = self._steps(leaves, is_row=owner is rows, is_upper=is_upper)
        turns = steps * self._price_unit > TOLD and steps * float(rate[leaves]) > LEVEL * abs(self.slope(line))
        return RangeEnd(0.0 if at * largest <= AT_ONCE else at, turns)

    def price_moves(self, cost: Floats) -> Floats | None:
        """Return how the prices of columns, and of rows after them, move with costs that are minimized; scaled.

        None where the system solved with the basis leaves more than rounding.
        """
        columns, rows = self._columns, self._rows
        row_price = np.where(rows.basic, 0.0, self._basis.prices(cost))
        price = (cost - self._lp.matrix.transpose_times(row_price)) / columns.unit
        largest = float(np.abs(cost / columns.unit).max(initial=0.0))
        if not np.abs(price[columns.basic]).max(initial=0.0) <= RESIDUE * largest:
            return None
        price[columns.basic] = 0.0
        return np.concatenate((price, row_price / rows.unit))

    def cost_end(self, moves: Floats, counted: Floats, lean: float) -> CostEnd | None:
        """Return where the basis ends as costs move, of equally good plans the one preferred that has least of a sum.

        At the end every plan that is the best just beyond gains at least what the plan behind one entering column does,
        for it has most of what the moving costs count; so the sum rises by a part of that gain (the rule of monotone
        objectives in parametric programming, Saaty and Gass, Operations Research 2, 1954).

        Parameters
        ----------
        moves, counted
            How prices move with the costs, and with the weights of the sum, as :meth:`price_moves` gives them.
        lean
            What a unit of the sum costs.

        Returns
        -------
        CostEnd or None
            None where a column without limits could enter, or where the basis is not the best with that cost.
        """
        sides = (self._columns, self._rows)
        basic, lower, upper, price, up = (
            np.concatenate([getattr(side, name) for side in sides])
            for name in ("basic", "lower", "upper", "price", "_at_lower")
        )
        ways = np.where(up, 1.0, -1.0)
        may_enter = ~basic & (lower < upper)
        if (may_enter & ~np.isfinite(lower) & ~np.isfinite(upper)).any():
            return None
        sums = ways * counted
        left = ways * price + lean * sums
        if (may_enter & (left < -ROUNDED / self._price_unit)).any():
            return None
        gains = -ways * moves
        nears = may_enter & (gains > NO_MOVE * np.abs(moves).max(initial=0.0))
        ends = np.divide(np.maximum(left, 0.0), gains, out=np.full(len(gains), np.inf), where=nears)
        at = float(ends.min(initial=np.inf))
        if not np.isfinite(at):
            return CostEnd(at, np.empty(0, dtype=np.int64), np.empty(0), 0.0)
        entering = np.flatnonzero(ends <= at + AT_ONCE * (1.0 + at))[:MOST_ENTERING]
        priceless = may_enter & (left - at * gains <= FEASIBLE / self._price_unit)
        rises = not (priceless & (sums < -NO_MOVE * np.abs(sums).max(initial=0.0))).any()
        rise = float((sums[priceless & nears] / gains[priceless & nears]).min(initial=np.inf)) if rises else 0.0
        return CostEnd(at, entering, gains[entering], max(rise, 0.0))

    def has_these_prices(self, lp: LinearProgram) -> bool:
        """Return whether a problem with other entries and limits of rows differs in rows alone that have no price."""
        own, changed = self._lp, np.zeros(self._lp.rows, dtype=bool)
        if lp.matrix is not own.matrix:
            changed[own.matrix.index[lp.matrix.value != own.matrix.value]] = True
        changed |= (lp.row_lower != own.row_lower) | (lp.row_upper != own.row_upper)
        return not (changed & ~self._rows.basic).any()

    def keeps(self, lp: LinearProgram) -> bool:
        """Return whether a problem with the prices of this one allows its plan."""
        level, size = self._levels(lp) * self._rows.unit, 1.0 + np.abs(self._rows.at)
        lower, upper = lp.row_lower * self._rows.unit, lp.row_upper * self._rows.unit
        return bool(((level >= lower - FEASIBLE * size) & (level <= upper + FEASIBLE * size)).all())

    def risen(self, end: CostEnd, lp: LinearProgram) -> float:
        """Return the least by which the sum of an end rises just beyond it; 0 where that is not told.

        ``lp``: the problem at the end, which the basis keeps.
        """
        if end.rise <= 0:
            return 0.0
        unit = self._rows.unit
        rows = replace(self._rows, at=self._levels(lp) * unit, lower=lp.row_lower * unit, upper=lp.row_upper * unit)
        steps = (self._step(at, rows, lp) for at in end.entering.tolist())
        return end.rise * max((step * gain for step, gain in zip(steps, end.gains.tolist(), strict=True)), default=0.0)

    def _levels(self, lp: LinearProgram) -> Floats:
        """Return the levels of the rows of a problem with other entries, in the plan; shape (rows,)."""
        own = self._lp.matrix
        if lp.matrix is own:
            return self._level
        other = np.flatnonzero(lp.matrix.value != own.value)
        column = np.searchsorted(own.starts, other, side="right") - 1
        moved = (lp.matrix.value[other] - own.value[other]) * self._x[column]
        return self._level + total_by(own.index[other], moved, own.rows)

    def _step(self, entering: int, rows: _Side, lp: LinearProgram) -> float:
        """Return how far a column, or a row after them, enters before something meets its limit; scaled."""
        x, level = np.zeros(lp.columns), np.zeros(lp.rows)
        is_row = entering >= lp.columns
        side, place = (rows, entering - lp.columns) if is_row else (self._columns, entering)
        way = 1.0 if side._at_lower[place] else -1.0
        (level if is_row else x)[place] = way / side.unit[place]
        x = self._basis.moves(lp, level, x)
        still = np.zeros(lp.columns), np.zeros(lp.rows)
        moved = self._columns.moving(still[0], still[0], x), rows.moving(still[1], still[1], lp.matrix.times(x))
        least = NO_MOVE * max(part.largest for part in moved)
        ends = [part.ends(1, least, is_upper=is_upper) for part in moved for is_upper in (False, True)]
        own = float(side.upper[place] - side.lower[place])
        return min(own, *(float(part.min(initial=np.inf)) for part in ends))

    def _moving(self, line: Direction) -> tuple[_Side, _Side] | None:
        """Return the columns and the rows with their moves."""
        lp, scaling = self._lp, self._scaling
        held = self._columns.held_moves(line.lower, line.upper)
        held_row = self._rows.held_moves(line.row_lower, line.row_upper)
        if held is None or held_row is None:
            return None
        move = self._basis.moves(lp, held_row, held)
        level_move = lp.matrix.times(move)
        columns = self._columns.moving(line.lower, line.upper, move)
        rows = self._rows.moving(line.row_lower, line.row_upper, level_move)
        left = np.where(rows.basic, 0.0, (level_move - held_row) * scaling.row)
        fits = np.abs(left).max(initial=0.0) <= RESIDUE * max(columns.largest, rows.largest)
        return (columns, rows) if fits else None

    def _steps(self, leaves: int, *, is_row: bool, is_upper: bool) -> float:
        """Return by how much the price of what leaves the basis can move from nothing; 0 where that is not certain."""
        change = self._basis.row_of_inverse(leaves, is_row=is_row)
        by_row, by_column = change / self._scaling.row, -self._lp.matrix.transpose_times(change) * self._scaling.column
        own = by_row[leaves] if is_row else by_column[leaves]
        if own == 0:
            return 0.0
        # held at its upper limit, what leaves has a price of at most nothing
        factor = (-1.0 if is_upper else 1.0) / own
        steps = np.inf
        for part, side, is_own in ((by_row, self._rows, is_row), (by_column, self._columns, not is_row)):
            part *= factor
            rest = part[side.basic].copy()
            part[side.basic] = 0.0
            # of all that is basic, it alone has a price
            if is_own:
                rest = np.sort(np.abs(rest))[:-1]
            if not np.abs(rest).max(initial=0.0) <= RESIDUE * max(float(np.abs(part).max(initial=0.0)), 1.0):
                return 0.0
            steps = min(steps, side.blocked(part))
        return steps
