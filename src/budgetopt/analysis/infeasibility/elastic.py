"""A scenario whose limits may be relaxed, each at a cost: what the cheapest repair of a contradiction is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.formulation import Formulation, LinearProgram, Stage
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.program_bounds import ProgramLimits, program_limits
from budgetopt.scenario.ceilings import fixed_costs
from budgetopt.scenario.limits import Limit, Limits, Number
from budgetopt.scenario.scenario import Scenario

__all__ = ["Elastic", "MayRelax", "elastic", "limited_rows", "money_of", "with_slacks"]

MayRelax = Callable[[Limit], bool]
"""Whether a limit may be relaxed."""


@dataclass(frozen=True, slots=True, eq=False)
class Elastic:
    """A problem with a column for every limit that may be relaxed, whose value is by how much; their sum is minimized.

    Parameters
    ----------
    formulation
        What it was made from: the scenario without these limits, whose columns come first in the problem.
    column, limit, period
        The added columns, the position of the limit that each relaxes, and the period, -1 for several at once;
        shape (slacks,).
    is_floor
        Whether each lets a limit be fallen below, and not exceeded.
    units, size
        How many dollars or units one of each lets move, in all rows that it relaxes together, and how many the limit
        has in these rows; both above zero.
    unmoved
        The positions of the limits that may be relaxed and of which no number moves some row: a share of nothing.
    """

    problem: LinearProgram
    formulation: Formulation
    column: Ints
    limit: Ints
    period: Ints
    is_floor: Bools
    units: Floats
    size: Floats
    unmoved: frozenset[int]

    def counts(self, in_dollars: Bools, money: float) -> Floats:
        """Return what one unit of each relaxation counts, in dollars; shape (slacks,).

        What is not in dollars counts as a share of the limit: all of it as much as all of the money.
        """
        return np.where(in_dollars, self.units, money * self.units / self.size)


@dataclass(frozen=True, slots=True)
class _Relaxable:
    """Rows that may be relaxed, the limit and period of each, and its bounds; every array has shape (rows,).

    ``per_unit``: where one number, a share, limits many rows, what one unit of it is in each.
    """

    row: Ints
    limit: Ints
    period: Ints
    lower: Floats
    upper: Floats
    per_unit: Floats | None = None


def elastic(scenario: Scenario, may_relax: MayRelax, *, every_row: bool = False) -> Elastic:
    """Return a scenario's problem with elastic limits.

    Parameters
    ----------
    every_row
        Whether rows that no number moves may be missed too, each on its own: no repair does that, but the limits that
        contradict each other are found by it.
    """
    limits = scenario.limits
    free_of = {limit.provision for limit in limits.demands() if limit.is_linear and may_relax(limit)}
    # beyond their ceilings some programs need integer decisions that the scenario itself does not: rows and columns are
    # those of the free problem, and the limits those of the scenario
    complete = whole(scenario)
    free = whole(scenario, free_of, complete)
    problem, of_programs = _with_program_rows(free, scenario)
    row_lower, row_upper = problem.row_lower.copy(), problem.row_upper.copy()
    slacks = _Slacks(limits, may_relax, every_row)
    for part in (*_labelled_rows(complete.linear_program, free.linear_program, limits), *of_programs):
        kept = np.array([limits[at].is_demand for at in part.limit.tolist()], dtype=bool)
        row_lower[part.row[kept]], row_upper[part.row[kept]] = part.lower[kept], part.upper[kept]
        slacks.add(part, 1.0, part.lower)
        slacks.add(part, -1.0, part.upper)
    count = len(slacks.limit)
    at = np.repeat(np.arange(count), np.array([len(row) for row in slacks.rows], dtype=np.int64))
    row, value = np.concatenate((*slacks.rows, [])).astype(np.int64), np.concatenate((*slacks.values, []))
    problem = replace(problem, row_lower=row_lower, row_upper=row_upper)
    wider = with_slacks(problem, row, at, value, np.ones(count))
    column = problem.columns + np.arange(count)
    limit, period = (np.array(positions, dtype=np.int64) for positions in (slacks.limit, slacks.period))
    units, size = np.array(slacks.units, dtype=float), np.abs(np.array(slacks.size, dtype=float))
    # a share of what the plan decides, and a limit of nothing, are measured by all of the money
    size = np.where(size > 0, size, money_of(scenario))
    is_floor = np.array(slacks.is_floor, dtype=bool)
    return Elastic(wider, free, column, limit, period, is_floor, units, size, frozenset(slacks.unmoved))


def money_of(scenario: Scenario) -> float:
    """Return the revenue of all funds and periods, at least 1."""
    return max(float(sum(scenario.revenue(fund).sum() for fund in scenario.funds)), 1.0)


def with_slacks(problem: LinearProgram, row: Ints, slack: Ints, value: Floats, cost: Floats) -> LinearProgram:
    """Return a problem with more columns, at least zero, whose cost alone is minimized.

    Parameters
    ----------
    row, slack, value
        The entries of the added columns, which count from 0; shape (entries,).
    cost
        The cost of each added column; shape (slacks,).
    """
    columns, count = problem.columns, len(cost)
    wider = problem.with_more_columns(
        "relaxed",
        np.zeros(count),
        np.full(count, np.inf),
        (row, columns + slack, value),
        keys={"slack": np.arange(count)},
    )
    cost = np.concatenate((np.zeros(columns), cost))
    stage = Stage("minimize the cost of what is relaxed", cost, maximize=False)
    return replace(wider, stages=(stage,), tie_break=None)


def _labelled_rows(own: LinearProgram, free: LinearProgram, limits: Limits) -> Iterator[_Relaxable]:
    """Yield the rows that keep each limit, those of all its parts; both problems have them in the same order."""
    (row, limit, period), (there, _, _) = limited_rows(own), limited_rows(free)
    for at in np.unique(limit).tolist():
        if not limits[at].is_linear:
            continue
        mine = np.flatnonzero(limit == at)
        number = next(iter(limits[at].numbers), None)
        lower, upper = own.row_lower[row[mine]], own.row_upper[row[mine]]
        if number is not None and number.measure == "added":
            # a fund may be given money, and never gives any up
            lower = np.full(len(mine), -np.inf)
        per_unit = None if number is None or number.per_unit is None else number.per_unit[period[mine]]
        yield _Relaxable(there[mine], limit[mine], period[mine], lower, upper, per_unit)


def limited_rows(problem: LinearProgram) -> tuple[Ints, Ints, Ints]:
    """Return the rows that keep limits, and the limit and period of each; shape (rows,) each."""
    found = [np.empty((3, 0), dtype=np.int64)]
    for block in problem.row_labels.blocks:
        if block.limit is not None and (block.limit >= 0).any():
            rows = np.stack((block.positions, block.limit, block.keys["period"]))
            found.append(rows[:, block.limit >= 0])
    row, limit, period = np.concatenate(found, axis=1)
    return row, limit, period


def _with_program_rows(formulation: Formulation, scenario: Scenario) -> tuple[LinearProgram, list[_Relaxable]]:
    """Return the problem with floors and ceilings as rows: the programs' own, and those that rules on change set."""
    problem, terms = formulation.linear_program, formulation.terms.spending
    rows, of_program = problem.rows, len(scenario.limits.shared)
    parts: list[_Relaxable] = []
    entries: list[tuple[Ints, Ints, Floats]] = []
    sides = [
        side
        for limits in _limits_one_by_one(scenario)
        for side in ((_floors(formulation, limits, scenario), True), (_ceilings(formulation, limits, scenario), False))
    ]
    for (values, by), is_floor in sides:
        program, period = np.nonzero((by >= 0) & np.isfinite(values))
        row = rows + np.arange(len(program))
        rows += len(program)
        row_of = np.full(values.shape, -1, dtype=np.int64)
        row_of[program, period] = row
        at = row_of[terms.program, terms.period]
        inside = at >= 0
        entries.append((at[inside], terms.column[inside], terms.weight[inside]))
        bound, limit, base = values[program, period], by[program, period], scenario.baselines[program, period]
        none = np.full(len(program), np.inf)
        lower, upper = (bound, none) if is_floor else (-none, bound)
        of_rule = limit < of_program
        for mine, per_unit in ((~of_rule, None), (of_rule, base[of_rule])):
            parts.append(_Relaxable(row[mine], limit[mine], period[mine], lower[mine], upper[mine], per_unit))
    free = np.full(rows - problem.rows, np.inf)
    taller = problem.with_more_rows("elastic", -free, free, *entries, keys={"limit": np.arange(len(free))})
    return taller, parts


def _limits_one_by_one(scenario: Scenario) -> list[ProgramLimits]:
    """Return the programs' own limits, and those of each rule on change: the tighter one hides none of the others."""
    limits = scenario.limits
    rules = [at for at, limit in enumerate(limits.shared) if limit.sets_program_limits]
    everything = frozenset(range(len(limits)))
    return [program_limits(scenario, rules), *(program_limits(scenario, everything - {rule}) for rule in rules)]


def _floors(formulation: Formulation, limits: ProgramLimits, scenario: Scenario) -> tuple[Floats, Ints]:
    """Return the floors of spending, those in units of a service in dollars too, and what sets each."""
    served = np.where(limits.fewest > 0, fixed_costs(scenario) + limits.fewest * formulation.prices, 0.0)
    of_floor = scenario.limits.of_programs("floor")[:, None]
    return np.maximum(limits.lower, served), np.where(served > limits.lower, of_floor, limits.lower_by)


def _ceilings(formulation: Formulation, limits: ProgramLimits, scenario: Scenario) -> tuple[Floats, Ints]:
    """Return the ceilings of spending, those in units that are negotiable in dollars too, and what sets each."""
    of_units = scenario.limits.of_programs("most units")[:, None]
    asked = np.array([at >= 0 and scenario.limits[at].is_demand for at in of_units[:, 0].tolist()], dtype=bool)
    counts = asked[:, None] & np.isfinite(limits.most) & (formulation.prices > 0)
    unbounded = np.full(counts.shape, np.inf)
    served = fixed_costs(scenario) + np.multiply(limits.most, formulation.prices, out=unbounded, where=counts)
    return np.minimum(limits.upper, served), np.where(served < limits.upper, of_units, limits.upper_by)


class _Slacks:
    """The columns that relax limits: one a row, or one for all rows that one number limits."""

    def __init__(self, limits: Limits, may_relax: MayRelax, every_row: bool) -> None:
        self._limits, self._may_relax, self._every_row = limits, may_relax, every_row
        self.rows: list[Ints] = []
        self.values: list[Floats] = []
        self.limit: list[int] = []
        self.period: list[int] = []
        self.is_floor: list[bool] = []
        self.units: list[float] = []
        self.size: list[float] = []
        self.unmoved: set[int] = set()

    def add(self, part: _Relaxable, sign: float, bound: Floats) -> None:
        """Add what relaxes the limits of one side."""
        finite = np.flatnonzero(np.isfinite(bound))
        for at in np.unique(part.limit[finite]).tolist():
            limit, mine = self._limits[at], finite[part.limit[finite] == at]
            if not self._may_relax(limit):
                continue
            size, per_unit = 1.0, None
            number = _number_of(limit, sign)
            if part.per_unit is not None:
                per_unit = part.per_unit[mine]
                size = float(number.value) if number is not None and number.per_unit is not None else 1.0
            elif len(mine) > 1:
                size, per_unit = _one_number(number, bound[mine])
            alone = mine
            if per_unit is not None:
                # one unit of the number lets as many dollars (or units) move as it counts for in all rows together
                self._add(at, -1, part.row[mine], sign, per_unit, size * float(per_unit.sum()))
                alone = mine[per_unit == 0] if self._every_row else mine[:0]
            for row in alone.tolist():
                self._add(at, int(part.period[row]), part.row[[row]], sign, np.ones(1), float(bound[row]))

    def _add(self, limit: int, period: int, row: Ints, sign: float, per_unit: Floats, size: float) -> None:
        if not per_unit.all():
            self.unmoved.add(limit)
        if not per_unit.any():
            return
        self.rows.append(row)
        self.values.append(sign * per_unit)
        self.limit.append(limit)
        self.period.append(period)
        self.is_floor.append(sign == 1.0)
        self.units.append(float(np.abs(per_unit).sum()))
        self.size.append(size)


def _number_of(limit: Limit, sign: float) -> Number | None:
    """Return the number that sets the lower side of a limit, or with a negative sign the upper one."""
    sides = ("at least" if sign > 0 else "at most", "equals")
    return next((number for number in limit.numbers if number.sense in sides and number.measure == "value"), None)


def _one_number(number: Number | None, bound: Floats) -> tuple[float, Floats | None]:
    """Return the one number behind several rows, and what each row moves by for one unit of it.

    None in the place of the second if each row has a number of its own, or if what the number is a share of is itself
    decided by the plan.
    """
    value = None if number is None else number.value
    if number is None or not isinstance(value, int | float) or value < 0:
        return np.nan, None
    if not number.is_share(value):
        return float(value), np.ones(len(bound))
    # a bound of zero says nothing of what the number is a share of
    return float(value), bound / float(value) if (bound > 0).all() else None
