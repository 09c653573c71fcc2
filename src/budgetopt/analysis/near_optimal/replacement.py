"""What is lost if a program did not exist: the best plan without it, by solving again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation, Subject
from budgetopt.allocation.solve import plan_of
from budgetopt.analysis.amendments.moved_plan import rows_of
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.members import INTERRUPTED, Machines, Members, run_members
from budgetopt.analysis.near_optimal.lost_share import lost_shares
from budgetopt.errors import OutOfTimeError
from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.formulation.linear_program import Ints
from budgetopt.scenario.column_units import CURRENCY, PRICE, SHARE, VALUE, with_units
from budgetopt.solvers import Options, Termination
from budgetopt.solvers.highs import LiveModel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["replacement_values"]

SECONDS = 20.0
"""How long one search takes at most where there are integer decisions."""
NO_PLAN = "no plan keeps every limit without it"
"""What is said of a program that other limits ask for."""


def replacement_values(
    subject: Subject,
    programs: Sequence[str] | None = None,
    *,
    time_limit: float | None = None,
    machines: Machines | None = None,
) -> pd.DataFrame:
    """Return what the best plan loses if a program did not exist, one row a program.

    Without it nothing is spent on it and it serves nothing; its own floors ask for nothing, and all other limits hold.
    Its money goes where it is worth most then, so that this is what the program is worth beyond what could replace it.
    An outcome keeps the level that it has without any spending.

    Parameters
    ----------
    subject
        The best plan; or a scenario or its path, which is solved.
    programs
        The programs or groups that are asked for; left out, all.
    time_limit
        Seconds for each search; left out, 20 where there are integer decisions.
    machines
        Where the problems are solved.

    Returns
    -------
    pandas.DataFrame
        ``program``, ``name``, ``spending`` (dollars of the plan, all periods), ``value`` (of the first objective
        without it), ``lost`` (by how much that is worse than the best value with it, whatever later objectives give up
        of either), ``lost_share`` (of the best value; NaN where that is zero),
        ``lost_per_dollar`` (of its spending), ``unit`` (the currency of ``spending``), ``note`` (what is not proved, or
        why there is no value).

    Raises
    ------
    UnknownNameError
        If a name is no program and no group.
    """
    best = plan_of(subject, "replacement_values")
    scenario = best.scenario
    rows = np.arange(len(scenario.programs)) if programs is None else rows_of(scenario, programs)
    formulation = whole(scenario)
    problem = formulation.linear_program
    seconds = time_limit or (SECONDS if problem.is_integer else None)
    shared = _Removals(problem, _spending_columns(formulation), rows, seconds)
    text = "Solving without each program"
    return _table(best, rows, run_members(_without, shared, len(rows), text=text, machines=machines))


def _table(best: Allocation, rows: Ints, found: Members[tuple[float, str]]) -> pd.DataFrame:
    """Return what was found for some programs as a table."""
    import pandas as pd

    scenario, spending = best.scenario, best.spending.sum(axis=(1, 2))[rows]
    notes, values = np.full(len(rows), "", dtype=object), np.full(len(rows), np.nan)
    for number, (value, note) in found.answers.items():
        values[number], notes[number] = value, note
    for one in found.failed:
        notes[one.number] = one.reason
    notes[np.isnan(values) & (notes == "")] = INTERRUPTED
    sign = best.solver_result.stages[0].stage.sign
    # what later objectives gave up of the first one is no loss by a program
    value = best.objective_value - sign * best.certificate.conceded
    lost = sign * (values - value)
    lost[np.abs(lost) <= 1e-9 * max(abs(value), 1.0)] = 0.0
    per_dollar = np.divide(lost, spending, out=np.full(len(rows), np.nan), where=spending > scenario.cent)
    table = pd.DataFrame(
        {
            "program": scenario.programs.ids[rows],
            "name": scenario.programs.names()[rows],
            "spending": spending,
            "value": values,
            "lost": lost,
            "lost_share": lost_shares(lost, value),
            "lost_per_dollar": per_dollar,
            "unit": np.full(len(rows), scenario.currency, dtype=object),
            "note": notes,
        }
    )
    own = {"spending": CURRENCY, "value": VALUE, "lost": VALUE, "lost_share": SHARE, "lost_per_dollar": PRICE}
    return with_units(table, scenario, own)


@dataclass(frozen=True, slots=True, eq=False)
class _Removals:
    """What the searches share: the problem, each program and column of it, the programs asked for, a limit of time."""

    problem: LinearProgram
    columns: tuple[Ints, Ints]
    rows: Ints
    seconds: float | None


def _without(shared: _Removals) -> Callable[[int], tuple[float, str]]:
    """Return what solves without one program, on one live model that is put back each time."""
    problem = shared.problem
    model = LiveModel(problem, Options(time_limit=shared.seconds))
    columns, rows = shared.columns, _rows_of_limits(problem)

    def solve(number: int) -> tuple[float, str]:
        row = int(shared.rows[number])
        mine, limits = np.unique(columns[1][columns[0] == row]), rows[1][rows[0] == row]
        nothing, free = np.zeros(len(mine)), np.full(len(limits), np.inf)
        model.set_column_bounds(mine, nothing, nothing)
        model.set_row_bounds(limits, -free, free)
        answer = model.solve()
        model.set_column_bounds(mine, problem.lower[mine], problem.upper[mine])
        model.set_row_bounds(limits, problem.row_lower[limits], problem.row_upper[limits])
        if answer.termination is Termination.INFEASIBLE:
            return np.nan, NO_PLAN
        if answer.x is None:
            raise OutOfTimeError(f"the search ended without a plan: {answer.termination}")
        return answer.objective, "" if answer.termination is Termination.OPTIMAL else "not proved"

    return solve


def _spending_columns(formulation: Formulation) -> tuple[Ints, Ints]:
    """Return the programs and the columns by which they spend, serve or are funded; shape (pairs,) each."""
    terms = formulation.terms
    program, period = np.nonzero(terms.funded >= 0)
    parts = [(part.program, part.column) for part in (terms.spending, terms.outcomes, terms.units)]
    programs, columns = zip(*parts, (program, terms.funded[program, period]), strict=True)
    return np.concatenate(programs), np.concatenate(columns)


def _rows_of_limits(problem: LinearProgram) -> tuple[Ints, Ints]:
    """Return the programs whose floors and ceilings are rows, and these rows; shape (rows,) each."""
    none, blocks = np.empty(0, dtype=np.int64), problem.row_labels.of_kind("program limits")
    programs = np.concatenate([none, *(block.keys["program"] for block in blocks)])
    return programs, np.concatenate([none, *(block.positions for block in blocks)])
