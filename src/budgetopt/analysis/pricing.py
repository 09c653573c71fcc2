"""What each limit costs: a little of it, to each side and as far as that holds, and all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of, scenario_of
from budgetopt.analysis.parametric import Piece, Point, follow
from budgetopt.analysis.what_if import WhatIf, question_about
from budgetopt.errors import FaultError
from budgetopt.formulation import Block, LinearProgram, Provision, Stage, provisions_of
from budgetopt.solvers import Solution, Termination

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["LimitRow", "limit_rows", "prices", "rules_one_by_one", "total_cost"]

ROW_KINDS = ("rule", "target", "resource", "reserve", "structural balance", "fund spending", "fund balance")
"""The kinds of rows whose limits have prices."""
COLUMNS = (
    "kind",
    "name",
    "part",
    "period",
    "sense",
    "bound",
    "relief",
    "relief_until",
    "tightening",
    "tightening_until",
    "total_cost",
    "method",
)
STEP = 0.01
"""In whole-number problems: the share of a limit by which it is moved to see what that brings."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit of the linear program that a price can be asked of.

    Parameters
    ----------
    kind, name, period
        What it is: ``rule``, ``target``, ``resource``, ``reserve``, ``money`` ...; its name; its period, empty for all
        periods together.
    sense
        ``at least``, ``at most`` or ``equals``.
    bound
        The limit in the unit of the row; money for ``money``.
    row, column
        Its row, or for a reserve of a fixed amount its column; -1 otherwise.
    part
        Which group or program of the rule it is about, empty where the rule has only one row in the period.
    """

    kind: str
    name: str
    period: str
    sense: str
    bound: float
    row: int
    column: int = -1
    part: str = ""

    @property
    def relief(self) -> int:
        """The direction in which the limit gives way: 1 where more of it is relief."""
        return -1 if self.sense == "at least" else 1


def limit_rows(question: WhatIf) -> Iterator[LimitRow]:
    """Yield every limit whose price can be asked, in the order of the linear program."""
    problem, labels = question.problem, question.problem.row_labels
    for block in labels.blocks:
        if block.kind not in ROW_KINDS:
            continue
        key = "fund" if "fund" in block.keys else block.kind
        names = labels.names[key]
        for at in range(len(block)):
            row = block.start + at
            lower, upper = float(problem.row_lower[row]), float(problem.row_upper[row])
            period = int(block.keys["period"][at])
            when = "" if period < 0 else question.scenario.periods[period]
            kind = "money" if block.kind == "fund balance" else block.kind
            name, part = names[int(block.keys[key][at])], _part(block, at, labels.names)
            if lower == upper:
                yield LimitRow(kind, name, when, "equals", lower, row, part=part)
                continue
            if np.isfinite(lower):
                yield LimitRow(kind, name, when, "at least", lower, row, part=part)
            if np.isfinite(upper):
                yield LimitRow(kind, name, when, "at most", upper, row, part=part)
    for block in problem.column_labels.of_kind("closing balance"):
        for at in np.flatnonzero(problem.lower[block.positions] > 0).tolist():
            fund = problem.column_labels.names["fund"][int(block.keys["fund"][at])]
            when = question.scenario.periods[int(block.keys["period"][at])]
            column = block.start + at
            yield LimitRow("reserve", fund, when, "at least", float(problem.lower[column]), -1, column)


def _part(block: Block, at: int, names: Mapping[str, tuple[str, ...]]) -> str:
    if "program" in block.keys:
        return names["program"][int(block.keys["program"][at])]
    return str(int(block.keys["group"][at]) + 1) if "group" in block.keys else ""


def prices(
    plan: Subject,
    *,
    only: Collection[Provision] | None = None,
    hold: bool | None = None,
    question: WhatIf | None = None,
) -> pd.DataFrame:
    """Return what each limit costs; one row a limit and period.

    A provision that is no row of its own (a rule on change, the floor or ceiling of a program that costs something) has
    one row with its total cost alone.

    Columns: ``kind``, ``name``, ``part``, ``period``, ``sense``, ``bound``; ``relief``, what one unit of relief adds to
    the first objective, and ``relief_until``, the limit up to which it does; ``tightening``, what one unit the other
    way takes away, and ``tightening_until``; ``total_cost``, what the first objective would gain if the whole provision
    were dropped; and ``method``. Where the optimum is degenerate the two prices differ; each is exact for its side. A
    limit that is a share of what the plan decides has the bound 0, and its unit is a dollar (or unit) beyond the share.

    In problems with whole decisions there are no duals: the prices are what moving the limit by 1% brings, for each
    unit, found by solving again, and ``method`` says so. With the decisions held as they are in the plan, all is exact
    as in a linear program, and true as long as the decisions stand: a total cost is then the least that it is.

    Parameters
    ----------
    plan
        The plan whose limits are priced; or a scenario or its path, which is solved.
    only
        The provisions that are priced; left out, all. Money is ``Provision("money", FUND)``.
    hold
        Whether the plan's whole decisions are held. Left out, they are where there are so many (250 or more) that a
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
    import pandas as pd

    plan = plan_of(plan, "prices")
    question = question or question_about(plan, hold=hold)
    method = "exact"
    if question.holds_decisions:
        method = "exact as long as the whole decisions stand"
    elif question.is_integer:
        method = "solved again with the limit moved by 1%"
    base = solved(question.as_is())
    stage = question.problem.stages[0]
    gain = 1.0 if stage.maximize else -1.0
    asked = [item[0] for item in provisions_of(plan.scenario) if only is None or item[0] in only]
    costs = {provision: total_cost(question, provision, base) for provision in asked}
    rows = []
    for limit in limit_rows(question):
        if only is not None and Provision(limit.kind, limit.name) not in only:
            continue
        relief, tightening = _two_sides(question, limit, base, gain)
        rows.append(
            {
                "kind": limit.kind,
                "name": limit.name,
                "part": limit.part,
                "period": limit.period,
                "sense": limit.sense,
                "bound": limit.bound,
                "relief": limit.relief * relief.slope + 0.0,
                "relief_until": relief.end,
                "tightening": limit.relief * tightening.slope + 0.0,
                "tightening_until": tightening.end,
                "total_cost": costs.get(Provision(limit.kind, limit.name), np.nan),
                "method": method,
            }
        )
    priced = {(row["kind"], row["name"]) for row in rows}
    dropped = method if question.holds_decisions else "exact"
    nothing = {"part": "", "period": "", "sense": "", "method": dropped}
    rows += [
        {"kind": provision.kind, "name": provision.name, "total_cost": cost, **nothing}
        for provision, cost in costs.items()
        if (provision.kind, provision.name) not in priced and (cost > 0 or provision.kind not in ("floor", "ceiling"))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def total_cost(question: WhatIf, provision: Provision, base: Solution) -> float:
    """Return what the first objective gains if a provision is dropped; infinite if nothing limits it then."""
    gain = 1.0 if question.problem.stages[0].maximize else -1.0
    changed = question.problem_without([provision])
    if _is_idle(question.problem, changed, base, gain):
        return 0.0
    answer = question.solve(changed)
    if answer.termination is Termination.UNBOUNDED:
        return np.inf
    cost = gain * (solved(answer).objective - base.objective)
    # what is below the solver's own accuracy is nothing
    return cost if cost > question.accuracy * max(abs(base.objective), 1.0) else 0.0


def _is_idle(problem: LinearProgram, changed: LinearProgram, base: Solution, gain: float) -> bool:
    """Return whether the proof that an answer is the best does not need the limits that are dropped.

    The answer is then as good as any without them.
    """
    if base.row_dual is None or base.reduced_cost is None or changed.matrix is not problem.matrix:
        return False
    rows, columns = gain * base.row_dual, gain * base.reduced_cost
    needed = (problem.row_lower != changed.row_lower) & (rows < 0)
    needed |= (problem.row_upper != changed.row_upper) & (rows > 0)
    held = (problem.lower != changed.lower) & (columns < 0)
    held |= (problem.upper != changed.upper) & (columns > 0)
    return not (needed.any() or held.any())


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
    steps = [item for item in provisions_of(scenario) if item[0].kind in ("rule", "target", "resource")]
    waiting = {provision for provision, _, _ in steps}
    gain = 1.0 if question.problem.stages[0].maximize else -1.0
    answer = question.without(waiting)
    value = np.inf * gain if answer.termination is Termination.UNBOUNDED else solved(answer).objective
    rows = [{"kind": "", "name": "no rules", "because": "", "value": value, "cost": 0.0}]
    for provision, because, _ in steps:
        waiting.discard(provision)
        answer = question.without(waiting)
        now = np.inf * gain if answer.termination is Termination.UNBOUNDED else solved(answer).objective
        cost = 0.0 if now == value else max(gain * (value - now), 0.0)
        rows.append({"kind": provision.kind, "name": provision.name, "because": because, "value": now, "cost": cost})
        value = now
    return pd.DataFrame(rows)


def solved(answer: Solution) -> Solution:
    """Return an answer that is optimal.

    Raises
    ------
    FaultError
        If it is not: what is asked here always has an answer.
    """
    if answer.termination is not Termination.OPTIMAL:
        raise FaultError(f"{answer.solver} did not solve a changed problem: {answer.termination}")
    return answer


def _two_sides(question: WhatIf, limit: LimitRow, base: Solution, gain: float) -> tuple[Piece, Piece]:
    """Return the pieces of the best value, as a gain, on the side of relief and on the side of tightening."""
    evaluate = _evaluator(question, limit, gain)
    start = Point(limit.bound, gain * base.objective, _slope(limit, base, gain))
    money = float(np.abs(question.problem.row_lower[np.isfinite(question.problem.row_lower)]).sum())
    least = 1.0 if limit.kind in ("money", "reserve", "structural balance", "fund spending") else 1e-3
    size = max(abs(limit.bound), _turnover(question, limit, base), least)
    if question.is_integer:
        relief, tightening = (_moved(evaluate, start, side * limit.relief, STEP * size) for side in (1, -1))
        return relief, tightening
    found = []
    for side in (1, -1):
        direction = side * limit.relief
        if side > 0 and limit.sense != "equals" and start.slope == 0:
            # what has no price may be relaxed without end: the proof that the plan is the best does not need it
            found.append(Piece(0.0, direction * np.inf))
            continue
        far = max(100.0 * size, 10.0 * money)
        last = np.inf if side > 0 and limit.sense != "equals" else _room(question, limit, direction)
        # a limit that the plan does not reach takes nothing away until it does
        known = 0.0 if side < 0 and _slack(question, limit, base) > 1e-5 * size else None
        piece = follow(evaluate, start, direction, unit=1e-6 * size, far=far, last=last, slope=known)
        # what is feasible by the solver's tolerance only is not beyond zero
        found.append(replace(piece, end=0.0) if abs(piece.end) <= 1e-6 * size else piece)
    return found[0], found[1]


def _room(question: WhatIf, limit: LimitRow, direction: int) -> float:
    """Return by how much a limit can move in a direction before no plan meets it."""
    problem = question.problem
    cost = np.zeros(problem.columns)
    if limit.row < 0:
        cost[limit.column] = 1.0
        at = np.array([limit.column])
        changed = question.changed_columns(at, np.zeros(1), problem.upper[at])
    else:
        entries = np.flatnonzero(problem.matrix.index == limit.row)
        cost[problem.matrix.column_of_entry()[entries]] = problem.matrix.value[entries]
        at = np.array([limit.row])
        free = np.array([np.inf])
        lower = problem.row_lower[at] if limit.sense == "at most" else -free
        changed = question.changed_rows(at, lower, problem.row_upper[at] if limit.sense == "at least" else free)
    stage = Stage("how far a limit can move", cost, maximize=direction > 0)
    answer = question.solve(replace(changed, stages=(stage,)))
    if answer.termination is not Termination.OPTIMAL:
        return np.inf
    return max(direction * (answer.objective - limit.bound), 0.0)


def _slack(question: WhatIf, limit: LimitRow, base: Solution) -> float:
    """Return how far a plan is from a limit; never less than nothing."""
    if base.x is None or limit.sense == "equals":
        return 0.0
    if limit.row < 0:
        return max(float(base.x[limit.column]) - limit.bound, 0.0)
    matrix = question.problem.matrix
    entries = np.flatnonzero(matrix.index == limit.row)
    columns = np.searchsorted(matrix.starts, entries, side="right") - 1
    activity = float((matrix.value[entries] * base.x[columns]).sum())
    return max(-limit.relief * (activity - limit.bound), 0.0)


def _turnover(question: WhatIf, limit: LimitRow, base: Solution) -> float:
    """Return the size of what a row adds up, each item without its sign."""
    if limit.row < 0 or base.x is None:
        return 0.0
    matrix = question.problem.matrix
    entries = np.flatnonzero(matrix.index == limit.row)
    columns = np.searchsorted(matrix.starts, entries, side="right") - 1
    return float(np.abs(matrix.value[entries] * base.x[columns]).sum())


def _moved(evaluate: Callable[[float], Point | None], start: Point, direction: int, step: float) -> Piece:
    there = evaluate(start.at + direction * step)
    if there is None:
        return Piece(np.nan, start.at, feasible=False)
    return Piece((there.value - start.value) / (direction * step), np.nan)


def _evaluator(question: WhatIf, limit: LimitRow, gain: float) -> Callable[[float], Point | None]:
    def evaluate(bound: float) -> Point | None:
        at = np.array([limit.column if limit.row < 0 else limit.row])
        if limit.row < 0:
            upper = question.problem.upper[at]
            answer = question.with_columns(at, np.array([max(bound, 0.0)]), upper)
        else:
            lower, upper = question.problem.row_lower[at], question.problem.row_upper[at]
            moved = np.array([bound])
            answer = question.with_rows(
                at,
                lower if limit.sense == "at most" else moved,
                upper if limit.sense == "at least" else moved,
            )
        if answer.termination is not Termination.OPTIMAL:
            return None
        return Point(bound, gain * answer.objective, _slope(limit, answer, gain))

    return evaluate


def _slope(limit: LimitRow, answer: Solution, gain: float) -> float:
    duals = answer.reduced_cost if limit.row < 0 else answer.row_dual
    if duals is None:
        return np.nan
    value = gain * float(duals[limit.column if limit.row < 0 else limit.row])
    # a dual of the other limit of a row is none of this one
    return value if limit.sense == "equals" or value * limit.relief > 0 else 0.0
