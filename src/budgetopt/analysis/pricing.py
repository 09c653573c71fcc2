"""What each limit costs: a little of it, to each side and as far as that holds, and all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import plan_of, scenario_of
from budgetopt.analysis.figure_paths import figure_at
from budgetopt.analysis.figure_prices import FigurePrice, price_of_figure
from budgetopt.analysis.parametric import Piece, Point, follow
from budgetopt.analysis.what_if import WhatIf, question_about
from budgetopt.errors import FaultError
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.scenario.limits import Limit, Provision
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import Solution, Termination

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["LimitRow", "limit_rows", "prices", "rules_one_by_one", "total_cost"]

COLUMNS = (
    "kind", "name", "part", "period", "sense", "bound", "relief", "relief_until", "tightening", "tightening_until",
    "total_cost", "method", "unit",
)  # fmt: skip
MOST_OF_PROGRAMS = 60
"""Of the limits of single programs so many are priced, those that cost most; others have the cost of the whole."""
STEP = 0.01
"""In integer problems: the share of a limit by which it is moved to see what that brings."""


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

    A rule on change has its total cost alone. The floor, ceiling and most units of a program have one row if they cost
    something, with the price of their number (the 60 that cost most). A limit of several rows has one more before them,
    without a period, with the price of its number along all of them and the cost of the whole. The price of money is
    that of a dollar of recurring revenue, along everything that it moves: structural balance, reserves and shares too.

    Columns: ``kind``, ``name``, ``part``, ``period``, ``sense``, ``bound``; ``relief``, what relaxing the limit by one
    unit adds to the first objective, and ``relief_until``, the bound up to which it does; ``tightening``, what one unit
    the other way takes away, and ``tightening_until``; ``total_cost``, what the first objective would gain if the whole
    limit were dropped; ``method``; and ``unit``, what the prices are for: 1, or 0.01 (a percentage point) of a share.
    Where the optimum is degenerate the two prices differ; each is exact for its side. A row of a limit that is a share
    of what the plan decides has the bound 0, and its unit is a dollar (or unit) beyond the share.

    In integer problems there are no duals: the prices are what moving the limit by 1% brings, for each unit, found by
    solving again, and ``method`` says so. With the decisions held as they are in the plan, all is exact as in a linear
    program, and true as long as the decisions stand: a total cost is then the least that it is.

    Parameters
    ----------
    plan
        The plan whose limits are priced; or a scenario or its path, which is solved.
    only
        The limits that are priced; left out, all. Money is ``Provision("money", FUND)``.
    hold
        Whether the plan's integer decisions are held. Left out, they are where there are so many (250 or more) that a
        search for each price would take too long.
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
    question = question or question_about(plan, hold=hold)
    method = "solved again with the limit moved by 1%" if question.is_integer else "exact"
    method = "exact as long as the integer decisions stand" if question.holds_decisions else method
    base = solved(question.as_is())
    listed = (limit for limit in plan.scenario.limits if only is None or limit.provision in only)
    asked = [limit for limit in listed if limit.is_demand or limit.kind == "most units"]
    costs = {limit.provision: total_cost(question, limit.provision, base) for limit in asked}
    groups = _by_limit(row for row in limit_rows(question) if only is None or row.limit.provision in only)
    rows = [
        row for provision, group in groups.items() for row in _of_limit(question, group, base, costs.get(provision))
    ]
    rows += _of_programs(question, asked, costs)
    for row in rows:
        row["method"] = method
    return _table(rows, asked, costs, method if question.holds_decisions else "exact")


def _of_programs(
    question: WhatIf, asked: Sequence[Limit], costs: Mapping[Provision, float]
) -> Iterator[dict[str, Any]]:
    """Yield the floors, ceilings and most units of programs that cost something, with the price of their number."""
    own = [limit for limit in asked if limit.of_program and costs[limit.provision] > 0 and len(limit.numbers) == 1]
    costly = sorted(own, key=lambda limit: -costs[limit.provision])[:MOST_OF_PROGRAMS]
    for limit in () if question.is_integer else sorted(costly, key=own.index):
        row = {"unit": 1.0, **_wholes(question, limit)[0], "total_cost": costs[limit.provision]}
        # what a program gets is never below zero
        yield row | {key: max(row[key], 0.0) for key in ("relief_until", "tightening_until")}


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
    return pd.DataFrame(rows, columns=COLUMNS)


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
    named = {"kind": row.limit.kind, "name": row.limit.name}
    named |= {key: getattr(row, key) for key in ("part", "period", "sense", "bound")}
    if row.limit.kind == "money":
        figure = figure_at(question.scenario, ("funds", row.limit.name, "revenue", row.period))
        price = price_of_figure(question, figure)
        beside = row.bound - price.value
        price = replace(price, more_until=price.more_until + beside, less_until=price.less_until + beside)
        return {**named, **_by_side(price, row.sense)}
    relaxing, tightening = _two_sides(question, row, base)
    return {
        **named,
        "relief": row.relaxes * relaxing.slope + 0.0,
        "relief_until": relaxing.end,
        "tightening": row.relaxes * tightening.slope + 0.0,
        "tightening_until": tightening.end,
    }


def total_cost(question: WhatIf, provision: Provision, base: Solution) -> float:
    """Return what the first objective gains if a provision is dropped; infinite if nothing limits it then."""
    changed, gain = question.problem_without([provision]), -question.problem.stages[0].sign
    if _is_idle(question.problem, changed, base, gain):
        return 0.0
    answer = question.solve(changed)
    if answer.termination is Termination.UNBOUNDED:
        return np.inf
    cost = gain * (solved(answer).objective - base.objective)
    # what is below the solver's own accuracy is nothing
    return cost if cost > question.accuracy * max(abs(base.objective), 1.0) else 0.0


def _is_idle(problem: LinearProgram, changed: LinearProgram, base: Solution, gain: float) -> bool:
    """Return whether the proof that an answer is the best does not need the dropped limits: it is then best without."""
    if base.row_dual is None or base.reduced_cost is None or changed.matrix is not problem.matrix:
        return False
    rows, columns = gain * base.row_dual, gain * base.reduced_cost
    limits = (
        (problem.row_lower, changed.row_lower, rows < 0),
        (problem.row_upper, changed.row_upper, rows > 0),
        (problem.lower, changed.lower, columns < 0),
        (problem.upper, changed.upper, columns > 0),
    )
    return not any(((own != other) & needed).any() for own, other, needed in limits)


def rules_one_by_one(plan: Subject, *, question: WhatIf | None = None) -> pd.DataFrame:
    """Return what the first objective loses as the rules are added one at a time, in the order of the file.

    Columns: ``kind``, ``name``, ``because``, ``value`` (with this rule and all above it) and ``cost`` (what this one
    takes). The first row is the scenario without any of them. A rule's cost here depends on the rules above it, unlike
    its total cost in :func:`prices`.

    Parameters
    ----------
    plan
        The scenario or its path, or a plan of it.
    question
        A live problem of the same scenario, if there is one already.

    Raises
    ------
    OptionError
        If it is asked of something else.
    """
    import pandas as pd

    scenario = scenario_of(plan, "rules_one_by_one")
    question = question or WhatIf(scenario)
    steps = [limit for limit in scenario.limits.demands() if limit.kind in ("rule", "target", "resource")]
    waiting = {limit.provision for limit in steps}
    gain = -question.problem.stages[0].sign

    def best() -> float:
        answer = question.without(waiting)
        return np.inf * gain if answer.termination is Termination.UNBOUNDED else solved(answer).objective

    value = best()
    rows = [{"kind": "", "name": "no rules", "because": "", "value": value, "cost": 0.0}]
    for limit in steps:
        waiting.discard(limit.provision)
        now = best()
        cost = 0.0 if now == value else max(gain * (value - now), 0.0)
        rows.append({"kind": limit.kind, "name": limit.name, "because": limit.because, "value": now, "cost": cost})
        value = now
    return pd.DataFrame(rows)


def solved(answer: Solution) -> Solution:
    """Return an answer that is optimal, as what is asked here always has one, or raise a FaultError."""
    if answer.termination is not Termination.OPTIMAL:
        raise FaultError(f"{answer.solver} did not solve a changed problem: {answer.termination}")
    return answer


def _two_sides(question: WhatIf, limit: LimitRow, base: Solution) -> tuple[Piece, Piece]:
    """Return the pieces of the best value, as a gain, on the side of relaxing and on the side of tightening."""
    evaluate, gain = _evaluator(question, limit), -question.problem.stages[0].sign
    start = Point(limit.bound, gain * base.objective, _slope(limit, base, gain))
    money = float(np.abs(question.problem.row_lower[np.isfinite(question.problem.row_lower)]).sum())
    least = 1.0 if limit.limit.path[0] == "funds" else 1e-3
    terms = _terms(question, limit, base)
    size = max(abs(limit.bound), float(np.abs(terms).sum()), least)
    slack = 0.0 if limit.sense == "equals" else -limit.relaxes * (float(terms.sum()) - limit.bound)
    if question.is_integer:
        relaxing, tightening = (_moved(evaluate, start, side * limit.relaxes, STEP * size) for side in (1, -1))
        return relaxing, tightening
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


def _moved(evaluate: Callable[[float], Point | None], start: Point, direction: int, step: float) -> Piece:
    there = evaluate(start.at + direction * step)
    if there is None:
        return Piece(np.nan, start.at, feasible=False)
    return Piece((there.value - start.value) / (direction * step), np.nan)


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
