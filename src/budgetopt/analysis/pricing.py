"""What each limit costs: a little of it, to each side and as far as that holds, and all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.figure_paths import figure_at
from budgetopt.analysis.figure_prices import FigurePrice, price_of_figure
from budgetopt.analysis.moved_limits import Moved, MovedLimit
from budgetopt.analysis.parametric import Piece, Point, follow
from budgetopt.analysis.total_costs import solved, total_cost
from budgetopt.analysis.what_if import WhatIf, question_about
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.scenario.limits import Limit, Provision
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import Solution, Termination

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["LimitRow", "limit_rows", "prices"]

COLUMNS = (
    "kind", "name", "part", "period", "sense", "bound", "relief", "relief_until", "tightening", "tightening_until",
    "total_cost", "method", "unit",
)  # fmt: skip
THEN = ("relief_then", "tightening_then")
"""Columns of integer problems alone."""
LONGEST = 120.0
"""In large integer problems: the seconds after which no further limit is priced."""
SOLVED_AGAIN = "solved again with the limit moved by 1%"
TOO_LATE = Moved(np.nan, np.nan, why=f"not worked out: all prices together have {LONGEST:.0f} seconds")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One side of a row of the linear program that a price can be asked of.

    Parameters
    ----------
    period, part
        Its period, empty for all periods together; which group or program of the limit it is about, or empty.
    sense, bound
        ``at least``, ``at most`` or ``equals``, and the limit in the unit of the row.
    """

    limit: Limit
    period: str
    sense: str
    bound: float
    row: int
    part: str

    @property
    def relaxes(self) -> int:
        """The direction in which the limit is relaxed: 1 where a greater bound asks for less."""
        return -1 if self.sense == "at least" else 1


def limit_rows(question: WhatIf) -> Iterator[LimitRow]:
    """Yield every limit whose price can be asked, in the order of the linear program."""
    problem, limits, periods = question.problem, question.scenario.limits, question.scenario.periods
    programs = question.scenario.programs.ids
    for block in problem.row_labels.blocks:
        if block.limit is None or block.part is None:
            continue
        for at in np.flatnonzero(block.limit >= 0).tolist():
            limit, row, number = limits[int(block.limit[at])], block.start + at, int(block.part[at])
            if not limit.has_row_prices:
                continue
            period = int(block.keys["period"][at])
            when = "" if period < 0 else periods[period]
            part = "" if number < 0 else limit.parts[number] if number < len(limit.parts) else str(number + 1)
            if "program" in block.keys:
                part = str(programs[int(block.keys["program"][at])])
            lower, upper = float(problem.row_lower[row]), float(problem.row_upper[row])
            sides = (("equals", lower),) if lower == upper else (("at least", lower), ("at most", upper))
            yield from (LimitRow(limit, when, sense, bound, row, part) for sense, bound in sides if np.isfinite(bound))


def prices(
    plan: Subject,
    *,
    only: Collection[Provision] | None = None,
    hold: bool | None = None,
    question: WhatIf | None = None,
) -> pd.DataFrame:
    """Return what each limit costs; one row a limit and period.

    A limit that is no row of its own (a rule on change, the floor or ceiling of a program that costs something) has one
    row with its total cost alone. A limit of several rows has one more before them, without a period, with the price of
    its number along all of them at once and the cost of the whole. The price of money is that of a dollar of recurring
    revenue, along everything that it moves: structural balance, reserves and shares of revenue too.

    Columns: ``kind``, ``name``, ``part``, ``period``, ``sense``, ``bound``; ``relief``, what relaxing the limit by one
    unit adds to the first objective, and ``relief_until``, the bound up to which it does; ``tightening``, what one unit
    the other way takes away, and ``tightening_until``; ``total_cost``, what the first objective would gain if the whole
    limit were dropped; ``method``; and ``unit``, what the prices are for: 1, or 0.01 (a percentage point) of a share.
    Where the optimum is degenerate the two prices differ; each is exact for its side. A row of a limit that is a share
    of what the plan decides has the bound 0, and its unit is a dollar (or unit) beyond the share.

    In integer problems there are no duals: the prices are what moving the limit by 1% brings, for each unit, found by
    solving again. Where 1% brings nothing, the price is 0 up to the smallest move that changes something, and
    ``relief_then`` and ``tightening_then`` say what that changes at once. What the searches do not tell in time, or
    within their gap, is NaN; ``method`` says why. With the decisions held as they are in the plan, all is exact as in a
    linear program, and true as long as the decisions stand: a total cost is then the least that it is.

    Parameters
    ----------
    plan
        The plan whose limits are priced; or a scenario or its path, which is solved.
    only
        The limits that are priced; left out, all. Money is ``Provision("money", FUND)``.
    hold
        Whether the plan's integer decisions are held; left out, they are free.
    question
        A live problem of the same scenario, if there is one already; then ``hold`` is not looked at.

    Raises
    ------
    OptionError
        If it is asked of something else.
    InfeasibleError
        If a scenario is given and has no plan.
    """
    plan = plan_of(plan, "prices")
    question = question or question_about(plan, hold=bool(hold), exact=True)
    method = SOLVED_AGAIN if question.is_integer else "exact"
    if question.holds_decisions:
        method = "exact as long as the integer decisions stand"
    base = question.as_is() if question.is_integer else solved(question.as_is())
    asked = [limit for limit in plan.scenario.limits.demands() if only is None or limit.provision in only]
    costs = {limit.provision: _cost(question, limit.provision, base) for limit in asked}
    groups = _by_limit(row for row in limit_rows(question) if only is None or row.limit.provision in only)
    rows = [
        row for provision, group in groups.items() for row in _of_limit(question, group, base, costs.get(provision))
    ]
    for row in rows:
        row.setdefault("method", method)
    return _table(rows, asked, costs, method if question.holds_decisions else "exact")


def _table(
    rows: list[dict[str, Any]], asked: Sequence[Limit], costs: Mapping[Provision, float], dropped: str
) -> pd.DataFrame:
    """Return the rows, and a row for each limit without any that costs something."""
    import pandas as pd

    priced = {Provision(row["kind"], row["name"]) for row in rows}
    nothing = {"part": "", "period": "", "sense": "", "method": dropped, "unit": 1.0}
    rows += [
        {"kind": limit.kind, "name": limit.name, "total_cost": costs[limit.provision], **nothing}
        for limit in asked
        if limit.provision not in priced and (costs[limit.provision] > 0 or not limit.of_program)
    ]
    more = THEN if any(THEN[0] in row for row in rows) else ()
    return pd.DataFrame(rows, columns=[*COLUMNS[:-2], *more, *COLUMNS[-2:]])


def _by_limit(rows: Iterator[LimitRow]) -> dict[Provision, list[LimitRow]]:
    """Return rows by the limit that they keep, in their order."""
    found: dict[Provision, list[LimitRow]] = {}
    for row in rows:
        found.setdefault(row.limit.provision, []).append(row)
    return found


def _of_limit(question: WhatIf, group: Sequence[LimitRow], base: Solution, cost: float | None) -> list[dict[str, Any]]:
    """Return the rows of one limit; its whole comes first where it has several, and its cost stands there alone."""
    rows = [_priced(question, row, base) for row in group]
    if len({(row.part, row.period) for row in group}) > 1:
        rows = [*_wholes(question, group[0].limit), *rows]
    rows[0]["total_cost"] = np.nan if cost is None else cost
    return [{"unit": 1.0, **row} for row in rows]


def _wholes(question: WhatIf, limit: Limit) -> list[dict[str, Any]]:
    """Return the price of each number of a limit along all of its rows; its name alone if it has no numbers."""
    told = {"kind": limit.kind, "name": limit.name, "part": "", "period": "", "sense": ""}
    numbers = [(number.sense, limit.address_of(number)) for number in limit.numbers]
    if limit.kind == "money":
        numbers = [("equals", f"funds[{limit.name}].revenue")]
    found = []
    for sense, path in numbers:
        price = price_of_figure(question, figure_at(question.scenario, path), ranged=False)
        sides = _by_side(price, sense)
        found.append({**told, "sense": sense, "bound": price.value, "unit": price.unit, **sides})
    return found or [told]


def _by_side(price: FigurePrice, sense: str) -> dict[str, float]:
    """Return the price of a figure as that of a limit: what relaxing brings, and what tightening takes away."""
    relief, until, tightening, other = price.more, price.more_until, -price.less, price.less_until
    if sense == "at least":
        relief, until, tightening, other = price.less, price.less_until, -price.more, price.more_until
    return {
        "relief": relief + 0.0,
        "relief_until": until,
        "tightening": tightening + 0.0,
        "tightening_until": other,
    }


def _priced(question: WhatIf, row: LimitRow, base: Solution) -> dict[str, Any]:
    """Return a row's limit and what moving it brings on both sides."""
    own = {
        "kind": row.limit.kind,
        "name": row.limit.name,
        **{key: getattr(row, key) for key in ("part", "period", "sense", "bound")},
    }
    if question.is_integer:
        return {**own, **_moved(question, row, base)}
    if row.limit.kind == "money":
        figure = figure_at(question.scenario, ("funds", row.limit.name, "revenue", row.period))
        price = price_of_figure(question, figure)
        beside = row.bound - price.value
        price = replace(price, more_until=price.more_until + beside, less_until=price.less_until + beside)
        return {**own, **_by_side(price, row.sense)}
    relaxing, tightening = _two_sides(question, row, base)
    return {
        **own,
        "relief": row.relaxes * relaxing.slope + 0.0,
        "relief_until": relaxing.end,
        "tightening": row.relaxes * tightening.slope + 0.0,
        "tightening_until": tightening.end,
    }


def _two_sides(question: WhatIf, limit: LimitRow, base: Solution) -> tuple[Piece, Piece]:
    """Return the pieces of the best value, as a gain, on the side of relaxing and on the side of tightening."""
    evaluate, gain = _evaluator(question, limit), -question.problem.stages[0].sign
    start = Point(limit.bound, gain * base.objective, _slope(limit, base, gain))
    money = float(np.abs(question.problem.row_lower[np.isfinite(question.problem.row_lower)]).sum())
    least = 1.0 if limit.limit.path[0] == "funds" else 1e-3
    terms = _terms(question, limit, base)
    size = max(abs(limit.bound), float(np.abs(terms).sum()), least)
    slack = 0.0 if limit.sense == "equals" else -limit.relaxes * (float(terms.sum()) - limit.bound)
    found = []
    for side in (1, -1):
        direction = side * limit.relaxes
        if side > 0 and limit.sense != "equals" and start.slope == 0:
            # what has no price may be relaxed without end: the proof that the plan is the best does not need it
            found.append(Piece(0.0, direction * np.inf))
            continue
        far = max(100.0 * size, 10.0 * money)
        last = np.inf if side > 0 and limit.sense != "equals" else _farthest(question, limit, direction)
        # a limit that the plan does not reach takes nothing away until it does
        known = 0.0 if side < 0 and slack > 1e-5 * size else None
        piece = follow(evaluate, start, direction, unit=1e-6 * size, far=far, last=last, slope=known)
        # what is feasible by the solver's tolerance only is not beyond zero
        found.append(replace(piece, end=0.0) if abs(piece.end) <= 1e-6 * size else piece)
    return found[0], found[1]


def _farthest(question: WhatIf, limit: LimitRow, direction: int) -> float:
    """Return by how much a limit can move in a direction before no plan meets it."""
    problem, cost = question.problem, np.zeros(question.problem.columns)
    entries = np.flatnonzero(problem.matrix.index == limit.row)
    cost[problem.matrix.column_of_entry()[entries]] = problem.matrix.value[entries]
    stage = Stage("how far a limit can move", cost, maximize=direction > 0)
    free = _with_bound(question, limit, -np.inf, np.inf)
    answer = question.solve(replace(free, stages=(stage,)))
    if answer.termination is not Termination.OPTIMAL:
        return np.inf
    return max(direction * (answer.objective - limit.bound), 0.0)


def _with_bound(question: WhatIf, limit: LimitRow, lower: float, upper: float) -> LinearProgram:
    """Return the problem with another limit of a row; its other side stays as it is."""
    at = np.array([limit.row])
    low = question.problem.row_lower[at] if limit.sense == "at most" else np.array([lower])
    high = question.problem.row_upper[at] if limit.sense == "at least" else np.array([upper])
    return question.changed_rows(at, low, high)


def _terms(question: WhatIf, limit: LimitRow, base: Solution) -> Floats:
    """Return what each entry of a row adds to it at a plan; shape (entries,)."""
    matrix = question.problem.matrix
    entries = np.flatnonzero(matrix.index == limit.row)
    columns = np.searchsorted(matrix.starts, entries, side="right") - 1
    assert base.x is not None, "what is solved has a plan"
    return matrix.value[entries] * base.x[columns]


def _cost(question: WhatIf, provision: Provision, base: Solution) -> float:
    """Return the total cost of a provision; NaN where the time for all prices is over."""
    return np.nan if _is_late(question) else total_cost(question, provision, base)


def _is_late(question: WhatIf) -> bool:
    """Return whether the prices of a large integer problem have taken all the time that they have together."""
    return question.is_limited and question.seconds > LONGEST


def _moved(question: WhatIf, limit: LimitRow, base: Solution) -> dict[str, Any]:
    """Return what moving a limit brings on both sides, by solving again with every integer decision free."""
    least = 1.0 if limit.limit.path[0] == "funds" else 1e-3
    size = max(abs(limit.bound), least)
    if base.x is not None:
        size = max(size, float(np.abs(_terms(question, limit, base)).sum()))
    is_equal = limit.sense == "equals"
    movable = MovedLimit(question, base, limit.row, limit.bound, size, is_equal, limit.sense == "at most")
    sides: dict[str, Moved] = {}
    for name, side in (("relief", 1), ("tightening", -1)):
        sides[name] = TOO_LATE if _is_late(question) else movable.to(side * limit.relaxes, relaxing=side > 0)
    out: dict[str, Any] = {}
    for name, moved in sides.items():
        out |= {name: limit.relaxes * moved.price + 0.0, f"{name}_until": moved.until}
        out[f"{name}_then"] = moved.then if name == "relief" else -moved.then
    why = [f"{name}: {moved.why}" for name, moved in sides.items() if moved.why]
    return {**out, "method": f"{SOLVED_AGAIN}; {'; '.join(why)}" if why else SOLVED_AGAIN}


def _evaluator(question: WhatIf, limit: LimitRow) -> Callable[[float], Point | None]:
    gain = -question.problem.stages[0].sign

    def evaluate(bound: float) -> Point | None:
        answer = question.solve(_with_bound(question, limit, bound, bound))
        if answer.termination is not Termination.OPTIMAL:
            return None
        return Point(bound, gain * answer.objective, _slope(limit, answer, gain))

    return evaluate


def _slope(limit: LimitRow, answer: Solution, gain: float) -> float:
    if answer.row_dual is None:
        return np.nan
    value = gain * float(answer.row_dual[limit.row])
    # a dual of the other limit of a row is none of this one
    return value if limit.sense == "equals" or value * limit.relaxes > 0 else 0.0
