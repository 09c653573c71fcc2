"""What each limit costs: a little of it, to each side and as far as that holds, and all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.live_problem.parametric import TOLERANCE, Piece, Point, follow, short_piece
from budgetopt.analysis.live_problem.what_if import HELD, STANDS, UNTOLD, WhatIf, question_about
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.analysis.sensitivity.figure_prices import FigurePrice, price_of_figure
from budgetopt.analysis.sensitivity.integer_prices import SOLVED_AGAIN, moved_row, searched_cost
from budgetopt.analysis.sensitivity.limit_rows import LimitRow, limit_rows, size_of, terms_of
from budgetopt.analysis.sensitivity.total_costs import solved, total_cost
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.formulation.directions import still
from budgetopt.scenario.column_units import VALUE, with_units
from budgetopt.scenario.limits import Limit, Provision
from budgetopt.solvers import Solution, Termination

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["prices"]

COLUMNS = (
    "kind", "name", "part", "period", "sense", "bound", "relief", "relief_until", "tightening", "tightening_until",
    "total_cost", "method", "unit",
)  # fmt: skip
MOST_OF_PROGRAMS = 60
"""Of the limits of single programs so many are priced, those that cost most; others have the cost of the whole."""
INTEGER_COLUMNS = (
    *COLUMNS[:8], "relief_first", "relief_then", *COLUMNS[8:10], "tightening_first", "tightening_then",
    "total_cost", "decisions", "method", "unit",
)  # fmt: skip


def prices(
    plan: Subject,
    *,
    only: Collection[Provision] | None = None,
    hold: bool | None = None,
    question: WhatIf | None = None,
) -> pd.DataFrame:
    """Return what each limit costs; one row a limit and period.

    A rule on change has its total cost alone. The floor, ceiling and most units of a program have one row if they cost
    something, with the price of their number (the 60 that cost most, in linear programs). A limit of several rows has
    one more before them, without a period, with the price of its number along all of them at once and the cost of the
    whole. The price of money is that of a dollar of recurring revenue, along everything that it moves: structural
    balance, reserves and shares of revenue too.

    Columns: ``kind``, ``name``, ``part``, ``period``, ``sense``, ``bound``; ``relief``, what relaxing the limit by one
    unit adds to the first objective, and ``relief_until``, the bound up to which it does; ``tightening``, what one unit
    the other way takes away, and ``tightening_until``; ``total_cost``, what the first objective would gain if the whole
    limit were dropped; ``method``; and ``unit``, what the prices are for: 1, or 0.01 (a percentage point) of a share.
    Where the optimum is degenerate the two prices differ; each is exact for its side. A row of a limit that is a share
    of what the plan decides has the bound 0, and its unit is a dollar (or unit) beyond the share.

    In integer problems there are no duals: the prices are what moving the limit by 1% brings, for each unit, found by
    solving again. Where 1% brings nothing, the price is 0 up to the smallest move that changes something.
    ``relief_first`` and ``tightening_first`` are the nearest bounds at which the value changes at once, and
    ``relief_then`` and ``tightening_then`` say by how much. ``decisions`` is then ``free``. Where the searches do not
    tell this in time, or within their gap, it is ``held``, and ``method`` says why: the row is worked out with the
    decisions as they are in the plan, exactly as in a linear program. Relaxing a limit, or dropping it, then brings at
    least what is said, and tightening takes at most that.

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
    listed = (limit for limit in plan.scenario.limits if only is None or limit.provision in only)
    asked = [limit for limit in listed if limit.is_demand or limit.kind == "most units"]
    rows = _of_limits(question, asked, only)
    if question.is_integer:
        rows = _completed(question, asked, rows)
    return _table([row for group in rows.values() for row in group], question)


def _table(rows: Sequence[dict[str, Any]], question: WhatIf) -> pd.DataFrame:
    import pandas as pd

    if question.is_integer:
        rows = [{**row, "decisions": "held" if STANDS in row["method"] else "free"} for row in rows]
    table = pd.DataFrame(rows, columns=INTEGER_COLUMNS if question.is_integer else COLUMNS)
    in_bound = "unit of the row, money where it names none"
    own = dict.fromkeys(("bound", "relief_until", "tightening_until"), in_bound)
    own |= dict.fromkeys(("relief", "tightening"), f"{VALUE} per {in_bound}")
    return with_units(table, question.scenario, {**own, "total_cost": VALUE})


def _completed(
    question: WhatIf, asked: Sequence[Limit], rows: dict[Provision, list[dict[str, Any]]]
) -> dict[Provision, list[dict[str, Any]]]:
    """Return the rows of an integer problem; those that searches do not tell, with the decisions held."""
    lacking = [provision for provision, group in rows.items() if any(row["unknown"] for row in group)]
    if question.held is None:
        again = rows
    else:
        again = _of_limits(question.held, [limit for limit in asked if limit.provision in lacking], lacking)
    found = dict(rows)
    for provision in lacking:
        # a floor or ceiling of a program that costs nothing has no row
        pairs = zip(rows[provision], again.get(provision, []), strict=False)
        found[provision] = [
            {**new, "method": new["method"] + UNTOLD + own["unknown"]} if own["unknown"] else own for own, new in pairs
        ]
    return found


def _of_limits(
    question: WhatIf, asked: Sequence[Limit], only: Collection[Provision] | None
) -> dict[Provision, list[dict[str, Any]]]:
    """Return the rows of each limit; one without rows of its own has one if it costs something."""
    base = question.as_is() if question.is_integer else solved(question.as_is())
    work = searched_cost if question.is_integer else _known_cost
    costs = {limit.provision: work(question, limit.provision, base) for limit in asked}
    groups = _by_limit(row for row in limit_rows(question) if only is None or row.limit.provision in only)
    found = {provision: _of_limit(question, group, base, costs.get(provision)) for provision, group in groups.items()}
    costly = [] if question.is_integer else _costly(asked, costs)
    for limit in asked:
        cost, unknown = costs[limit.provision]
        if limit.provision not in found and (cost > 0 or unknown or not limit.of_program):
            method = HELD if question.holds_decisions else "exact"
            alone = {**_named(limit), "total_cost": cost, "method": method, "unknown": unknown, "unit": 1.0}
            found[limit.provision] = [alone | (_of_program(question, limit) if limit.provision in costly else {})]
    return found


def _costly(asked: Sequence[Limit], costs: Mapping[Provision, tuple[float, str]]) -> list[Provision]:
    """Return the limits of single programs that are priced: those of one number that cost most."""
    own = [limit.provision for limit in asked if limit.of_program and len(limit.numbers) == 1]
    return sorted(own, key=lambda one: -costs[one][0])[:MOST_OF_PROGRAMS]


def _of_program(question: WhatIf, limit: Limit) -> dict[str, Any]:
    """Return the price of the number of a program's floor, ceiling or most units, as a row."""
    return _wholes(question, limit)[0]


def _known_cost(question: WhatIf, provision: Provision, base: Solution) -> tuple[float, str]:
    return total_cost(question, provision, base), ""


def _method(question: WhatIf) -> str:
    return SOLVED_AGAIN if question.is_integer else HELD if question.holds_decisions else "exact"


def _named(limit: Limit) -> dict[str, Any]:
    return {"kind": limit.kind, "name": limit.name, "part": "", "period": "", "sense": ""}


def _by_limit(rows: Iterator[LimitRow]) -> dict[Provision, list[LimitRow]]:
    """Return rows by the limit that they keep, in their order."""
    found: dict[Provision, list[LimitRow]] = {}
    for row in rows:
        found.setdefault(row.limit.provision, []).append(row)
    return found


def _of_limit(
    question: WhatIf, group: Sequence[LimitRow], base: Solution, cost: tuple[float, str] | None
) -> list[dict[str, Any]]:
    """Return the rows of one limit; its whole comes first where it has several, and its cost stands there alone."""
    rows = [_priced(question, row, base) for row in group]
    if len({(row.part, row.period) for row in group}) > 1:
        rows = [*_wholes(question, group[0].limit), *rows]
    rows = [{"unit": 1.0, "method": _method(question), "unknown": "", **row} for row in rows]
    rows[0]["total_cost"], unknown = (np.nan, "") if cost is None else cost
    rows[0]["unknown"] = rows[0]["unknown"] or unknown
    return rows


def _wholes(question: WhatIf, limit: Limit) -> list[dict[str, Any]]:
    """Return the price of each number of a limit along all of its rows; its name alone if it has no numbers."""
    numbers = [(number.sense, limit.address_of(number)) for number in limit.numbers]
    if limit.kind == "money":
        numbers = [("equals", f"funds[{limit.name}].revenue")]
    found = []
    for sense, path in numbers:
        price = price_of_figure(question, figure_at(question.scenario, path), ranged=False)
        told: dict[str, Any] = {"sense": sense, "bound": price.value, "unit": price.unit, **_by_side(price, sense)}
        if question.is_integer:
            told["method"] = price.method
        found.append({**_named(limit), **told})
    return found or [_named(limit)]


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
        return {**own, **moved_row(question, row, base)}
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
    terms = terms_of(question, limit, base)
    size = size_of(limit, terms)
    slack = -limit.relaxes * (float(terms.sum()) - limit.bound)
    noise = TOLERANCE * (max(size, 1.0) if limit.limit.in_dollars else size)
    found = []
    for side in (1, -1):
        direction = side * limit.relaxes
        if side > 0 and limit.sense != "equals" and start.slope == 0:
            # what has no price may be relaxed without end: the proof that the plan is the best does not need it
            found.append(Piece(0.0, direction * np.inf))
            continue
        # a limit that the plan does not reach takes nothing away until it does
        known = 0.0 if side < 0 and slack > 1e-5 * size else None
        idle = 0.0 if known is None else slack
        far = max(100.0 * size, 10.0 * money)
        piece = _ranged(question, limit, direction, unit=1e-6 * size, far=far)
        if piece is None:
            piece = short_piece(evaluate, start, direction, size=size, idle=idle, slope=known, noise=noise)
        if piece is None:
            last = np.inf if side > 0 and limit.sense != "equals" else _farthest(question, limit, direction)
            piece = follow(evaluate, start, direction, unit=1e-6 * size, far=far, last=last, slope=known, noise=noise)
        # what is feasible by the solver's tolerance only is not beyond zero
        found.append(replace(piece, end=0.0) if abs(piece.end) <= 1e-6 * size else piece)
    return found[0], found[1]


def _ranged(question: WhatIf, limit: LimitRow, direction: int, *, unit: float, far: float) -> Piece | None:
    """Return the piece of the best value as a limit moves by what optimal bases tell of it, if they do."""
    line = still(question.problem)
    for limits, other in ((line.row_lower, "at most"), (line.row_upper, "at least")):
        if limit.sense != other:
            limits[limit.row] = 1.0
    piece = question._pieces.piece(line, direction, unit=unit, far=far)
    return None if piece is None else replace(piece, end=limit.bound + piece.end)


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
    far = max(direction * (answer.objective - limit.bound), 0.0)
    # there is no less of a resource than none, whatever stands in for it
    return min(far, max(limit.bound, 0.0)) if limit.limit.kind == "resource" and direction < 0 else far


def _with_bound(question: WhatIf, limit: LimitRow, lower: float, upper: float) -> LinearProgram:
    """Return the problem with another limit of a row; its other side stays as it is."""
    at = np.array([limit.row])
    low = question.problem.row_lower[at] if limit.sense == "at most" else np.array([lower])
    high = question.problem.row_upper[at] if limit.sense == "at least" else np.array([upper])
    return question.changed_rows(at, low, high)


def _evaluator(question: WhatIf, limit: LimitRow) -> Callable[[float], Point | None]:
    gain = -question.problem.stages[0].sign

    @cache
    def evaluate(bound: float) -> Point | None:
        answer = question.solve(_with_bound(question, limit, bound, bound))
        if answer.termination is not Termination.OPTIMAL:
            return None
        return Point(bound, gain * answer.objective, _slope(limit, answer, gain))

    return evaluate


def _slope(limit: LimitRow, answer: Solution, gain: float) -> float:
    assert answer.row_dual is not None, "a linear program that is solved has duals"
    value = gain * float(answer.row_dual[limit.row])
    # a dual of the other limit of a row is none of this one
    return value if limit.sense == "equals" or value * limit.relaxes > 0 else 0.0
