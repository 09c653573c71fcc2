"""A scenario whose limits may give way, each at a price: what the cheapest repair of a contradiction is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from budgetopt.analysis.whole import whole
from budgetopt.formulation import (
    Block,
    Formulation,
    Labels,
    LinearProgram,
    Matrix,
    Provision,
    Stage,
    provisions_of,
)
from budgetopt.formulation.limits import OWN, ProgramLimits
from budgetopt.formulation.linear_program import Floats, Ints
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario

__all__ = ["ELASTIC", "Elastic", "elastic", "ends_of"]

ELASTIC = (
    "rule",
    "target",
    "resource",
    "reserve",
    "structural balance",
    "fund spending",
    "floor",
    "ceiling",
    "money",
    "maintenance of effort",
    "transfer",
)
"""The kinds of provisions that can give way little by little; ``money`` is money to be found for a fund."""


@dataclass(frozen=True, slots=True, eq=False)
class Elastic:
    """A problem with a column for every limit that gives way: what it gives way by is its value.

    Parameters
    ----------
    problem
        The problem; its objective is the cost of all that gives way.
    formulation
        What it was made from: the scenario without what gives way, whose columns come first in the problem.
    column
        The columns of what gives way; shape (slacks,).
    provision
        For each its provision; shape (slacks,).
    """

    problem: LinearProgram
    formulation: Formulation
    column: Ints
    provision: tuple[Provision, ...]


@dataclass(frozen=True, slots=True)
class _Limits:
    """Limits to be made elastic: a row of the problem, the limit of each side, and whose it is."""

    row: Ints
    lower: Floats
    upper: Floats
    provision: tuple[Provision, ...]
    in_dollars: bool
    share_of: Floats | None = None
    """Where one number, a share, limits many rows at once: what it is a share of in each; shape (rows,)."""


def elastic(scenario: Scenario, cost_of: Callable[[Provision, float, bool], float | None]) -> Elastic:
    """Return a scenario's problem with elastic limits.

    Parameters
    ----------
    scenario
        The scenario.
    cost_of
        What one unit costs by which a provision gives way, from the provision, the size of its limit and whether that
        is in dollars; None if it may not give way.
    """
    gives = {provision for provision, _, _ in provisions_of(scenario) if provision.kind in ELASTIC}
    # beyond their ceilings some programs need whole decisions that the scenario itself does not: rows and columns are
    # those of the free problem, and the limits those of the scenario
    complete, free = whole(scenario), whole(scenario, gives)
    own = complete.linear_program
    extra = _Extra(free)
    limits = [*_row_limits(own, free.linear_program, scenario)]
    limits += extra.program_limits(complete.limits, scenario)
    limits += extra.reserves(own)
    limits += extra.transfers(own)
    return extra.build(limits, scenario, cost_of)


def _alike(own: Labels, free: Labels, kinds: Collection[str]) -> Iterator[tuple[Block, Block]]:
    """Yield the blocks of some kinds of a problem, each with that of the free problem: they come in the same order."""
    blocks = ([block for block in labels.blocks if block.kind in kinds] for labels in (own, free))
    return zip(*blocks, strict=True)


def _row_limits(problem: LinearProgram, free: LinearProgram, scenario: Scenario) -> list[_Limits]:
    found = []
    names = problem.row_labels.names
    dollars = [getattr(rule, "sum", "") == "spending" for rule in scenario.rules]
    for block, there in _alike(problem.row_labels, free.row_labels, (*ELASTIC, "fund balance")):
        key = "fund" if "fund" in block.keys else block.kind
        kind = "money" if block.kind == "fund balance" else block.kind
        owners = tuple(Provision(kind, names[key][at]) for at in block.keys[key].tolist())
        in_dollars = key == "fund" or (key == "rule" and all(dollars[at] for at in block.keys[key].tolist()))
        lower, upper = problem.row_lower[block.positions], problem.row_upper[block.positions]
        if kind == "maintenance of effort":
            # one share of what is asked gives way in every period in which the grant is taken
            asked = [_effort(scenario, owner.name)[block.keys["period"][at]] for at, owner in enumerate(owners)]
            found.append(_Limits(there.positions, lower, upper, owners, True, np.array(asked)))
            continue
        if kind == "money":
            # a fund may be given money, and never gives any up
            lower = np.full(len(lower), -np.inf)
        found.append(_Limits(there.positions, lower, upper, owners, in_dollars))
    return found


def _effort(scenario: Scenario, grant: str) -> Floats:
    """Return the local spending that a grant asks to be kept up; dollars, shape (periods,)."""
    effort = scenario.funds[grant].maintenance_of_effort
    assert effort is not None
    if not isinstance(effort.at_least, Share):
        return np.full(len(scenario.periods), float(effort.at_least))
    may = scenario.eligible[:, list(scenario.funds).index(grant)]
    kept: Floats = effort.at_least * np.nan_to_num(scenario.baselines[may]).sum(axis=0)
    return kept


class _Extra:
    """The rows and columns that are added to the problem of a formulation."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation, self._problem = formulation, formulation.linear_program
        self._rows = 0
        self._entries: list[tuple[Ints, Ints, Floats]] = []

    def _new_rows(self, count: int) -> Ints:
        first = self._problem.rows + self._rows
        self._rows += count
        return np.arange(first, first + count)

    def program_limits(self, limits: ProgramLimits, scenario: Scenario) -> list[_Limits]:
        """Return floors and ceilings as rows: those of the programs themselves, and those that rules on change set."""
        terms = self._formulation.terms.spending
        ids = scenario.programs.ids
        found = []
        for sign, values, by, kind in (
            (1, limits.lower, limits.lower_by, "floor"),
            (-1, limits.upper, limits.upper_by, "ceiling"),
        ):
            held = (by >= OWN) & np.isfinite(values)
            program, period = np.nonzero(held)
            row_of = np.full(values.shape, -1, dtype=np.int64)
            row_of[program, period] = self._new_rows(len(program))
            inside = row_of[terms.program, terms.period] >= 0
            self._entries.append(
                (row_of[terms.program, terms.period][inside], terms.column[inside], terms.weight[inside])
            )
            owners = tuple(
                Provision(kind, str(ids[at])) if setter == OWN else Provision("rule", scenario.rules[setter].name)
                for at, setter in zip(program.tolist(), by[program, period].tolist(), strict=True)
            )
            none = np.full(len(program), np.inf)
            bound = values[program, period]
            lower, upper = (bound, none) if sign > 0 else (-none, bound)
            rows, base = row_of[program, period], scenario.baselines[program, period]
            own = by[program, period] == OWN
            for at, share_of in ((np.flatnonzero(own), None), (np.flatnonzero(~own), base[~own])):
                names = tuple(owners[one] for one in at.tolist())
                found.append(_Limits(rows[at], lower[at], upper[at], names, in_dollars=True, share_of=share_of))
        return found

    def reserves(self, complete: LinearProgram) -> list[_Limits]:
        """Return reserves of a fixed amount as rows on the closing balances."""
        found = []
        for block, there in _alike(complete.column_labels, self._problem.column_labels, ("closing balance",)):
            kept = complete.lower[block.positions]
            at = np.flatnonzero(kept > 0)
            row = self._new_rows(len(at))
            self._entries.append((row, there.positions[at], np.ones(len(at))))
            names = complete.column_labels.names["fund"]
            owners = tuple(Provision("reserve", names[fund]) for fund in block.keys["fund"][at].tolist())
            found.append(_Limits(row, kept[at], np.full(len(at), np.inf), owners, in_dollars=True))
        return found

    def transfers(self, complete: LinearProgram) -> list[_Limits]:
        """Return the limits of transfers as rows on their columns."""
        found = []
        funds = complete.column_labels.names.get("fund", ())
        for block, there in _alike(complete.column_labels, self._problem.column_labels, ("transfer",)):
            lower, upper = complete.lower[block.positions], complete.upper[block.positions]
            row = self._new_rows(len(block))
            self._entries.append((row, there.positions, np.ones(len(block))))
            pairs = zip(block.keys["fund"].tolist(), block.keys["to"].tolist(), strict=True)
            owners = tuple(Provision("transfer", f"{funds[giver]} to {funds[taker]}") for giver, taker in pairs)
            # that nothing flows back is no limit that could give way
            found.append(_Limits(row, np.where(lower > 0, lower, -np.inf), upper, owners, in_dollars=True))
        return found

    def build(
        self, limits: list[_Limits], scenario: Scenario, cost_of: Callable[[Provision, float, bool], float | None]
    ) -> Elastic:
        """Return the problem with a column for each limit that gives way."""
        problem = self._problem
        rows = problem.rows + self._rows
        row_lower = np.concatenate((problem.row_lower, np.full(self._rows, -np.inf)))
        row_upper = np.concatenate((problem.row_upper, np.full(self._rows, np.inf)))
        slacks = _Slacks(scenario)
        for part in limits:
            keep_upper = part.provision[:1] and part.provision[0].kind == "money"
            if not keep_upper:
                row_lower[part.row], row_upper[part.row] = part.lower, part.upper
            for sign, bound in ((1.0, part.lower), (-1.0, part.upper)):
                slacks.add(part, sign, bound, cost_of)
        count = len(slacks.cost)
        column = problem.columns + np.arange(count)
        own = problem.matrix
        matrix = Matrix.from_triplets(
            rows,
            problem.columns + count,
            np.concatenate((own.index, *(entry[0] for entry in self._entries), *slacks.row)),
            np.concatenate(
                (
                    own.column_of_entry(),
                    *(entry[1] for entry in self._entries),
                    *(one + problem.columns for one in slacks.at),
                )
            ),
            np.concatenate((own.value, *(entry[2] for entry in self._entries), *slacks.value)),
        )
        stage = Stage(
            "minimize what gives way", np.concatenate((np.zeros(problem.columns), slacks.cost)), maximize=False
        )
        columns = Block("gives way", problem.columns, problem.columns + count, {"slack": np.arange(count)})
        added = Block("elastic", problem.rows, rows, {"limit": np.arange(self._rows)})
        bigger = replace(
            problem,
            matrix=matrix,
            row_lower=row_lower,
            row_upper=row_upper,
            lower=np.concatenate((problem.lower, np.zeros(count))),
            upper=np.concatenate((problem.upper, np.full(count, np.inf))),
            integer=np.concatenate((problem.integer, np.zeros(count, dtype=bool))),
            stages=(stage,),
            column_labels=Labels((*problem.column_labels.blocks, columns), problem.column_labels.names),
            row_labels=Labels((*problem.row_labels.blocks, added), problem.row_labels.names),
            tie_break=None,
        )
        return Elastic(bigger, self._formulation, column, tuple(slacks.provision))


def ends_of(scenario: Scenario, transfer: str) -> tuple[str, str]:
    """Return the fund that gives and the one that takes, from the name of a transfer."""
    return next(
        (giver, taker)
        for giver, fund in scenario.funds.items()
        for taker in fund.transfers_to
        if f"{giver} to {taker}" == transfer
    )


class _Slacks:
    """The columns of what gives way: one a limit, or one for all limits that one number sets."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.row: list[Ints] = []
        self.at: list[Ints] = []
        self.value: list[Floats] = []
        self.cost: list[float] = []
        self.provision: list[Provision] = []

    def add(
        self,
        part: _Limits,
        sign: float,
        bound: Floats,
        cost_of: Callable[[Provision, float, bool], float | None],
    ) -> None:
        """Add what the limits of one side give way by."""
        finite = np.flatnonzero(np.isfinite(bound))
        owners = np.array([part.provision[at] for at in finite.tolist()], dtype=object)
        for provision in dict.fromkeys(owners.tolist()):
            mine = finite[[owner == provision for owner in owners]]
            number, moved = 1.0, None
            if part.share_of is not None:
                moved = part.share_of[mine]
            elif len(mine) > 1:
                number, moved = _one_number(self._scenario, provision, sign, bound[mine])
            if moved is None:
                for at in mine.tolist():
                    cost = cost_of(provision, float(bound[at]), part.in_dollars)
                    self._add(provision, cost, part.row[[at]], np.array([sign]))
                continue
            # one unit of the number lets as many dollars (or units) move as it counts for in all limits together
            total = float(moved.sum())
            cost = cost_of(provision, number * total, part.in_dollars)
            self._add(provision, None if cost is None else cost * total, part.row[mine], sign * moved)

    def _add(self, provision: Provision, cost: float | None, row: Ints, value: Floats) -> None:
        if cost is None:
            return
        self.row.append(row)
        self.at.append(np.full(len(row), len(self.cost)))
        self.value.append(value)
        self.cost.append(cost)
        self.provision.append(provision)


def _one_number(scenario: Scenario, provision: Provision, sign: float, bound: Floats) -> tuple[float, Floats | None]:
    """Return the one number behind several limits, and what each limit moves by for one unit of it.

    None in the place of the second if each limit has a number of its own, or if what the number is a share of is itself
    decided by the plan.
    """
    name, key = provision.name, "at_least" if sign > 0 else "at_most"
    said: Any = None
    relative = False
    match provision.kind:
        case "rule":
            rule = next(rule for rule in scenario.rules if rule.name == name)
            found = [getattr(rule, each, None) for each in (key, f"each_{key}", "equals")]
            said = next((value for value in found if value is not None), None)
            relative = getattr(rule, "of", None) is not None
        case "target":
            said = getattr(scenario.outcomes[name].target, key)
        case "resource":
            said = scenario.resources[name].capacity
        case "reserve":
            said = getattr(scenario.funds[name].reserve, key)
        case "fund spending":
            said = getattr(scenario.funds[name].spending, key)
        case "floor" | "ceiling":
            said = getattr(scenario.programs[name].spending, key, None)
        case "transfer":
            giver, taker = ends_of(scenario, name)
            said = getattr(scenario.funds[giver].transfers_to[taker], key)
    if not isinstance(said, int | float) or said <= 0:
        return 1.0, None
    if not (relative or isinstance(said, Share)):
        return float(said), np.ones(len(bound))
    return float(said), bound / float(said) if (bound > 0).all() else None
