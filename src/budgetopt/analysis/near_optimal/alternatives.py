"""Plans nearly as good as the best that are really different, and how far each program could move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation, Subject
from budgetopt.allocation.solve import plan_of
from budgetopt.analysis.amendments.moved_plan import rows_of
from budgetopt.analysis.members import FailedMember, Machines, run_members
from budgetopt.analysis.near_optimal.different_plans import Alternative, different_plans
from budgetopt.analysis.near_optimal.lost_share import lost_shares
from budgetopt.errors import OptionError, OutOfTimeError
from budgetopt.formulation import LinearProgram
from budgetopt.formulation.linear_program import Bools, Floats, Ints, total_by
from budgetopt.scenario.column_units import SHARE, VALUE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, Termination
from budgetopt.solvers.faces import with_value_row
from budgetopt.solvers.highs import LiveModel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Alternatives", "alternatives"]

SECONDS = 20.0
"""How long one plan is looked for; and a range, where there are integer decisions, a quarter of it."""


@dataclass(frozen=True, eq=False)
class Alternatives(Drawable):
    """Other plans whose value is within a share of the best one's, and how far each program could move.

    Parameters
    ----------
    best
        The best plan.
    within
        The share of its value that is given up at most.
    plans
        The other plans, in the order in which they were found.
    least, most
        The least and the most that each program gets in any such plan; dollars of all periods, NaN where it was not
        asked for or is not known; shape (programs,).
    proved
        Whether least and most are shown to be so; shape (programs,).
    failed
        Searches that ended without an answer: two for each program, the least and the most.
    interrupted
        Whether the user ended it before all was done.
    """

    best: Allocation
    within: float
    plans: tuple[Alternative, ...]
    least: Floats
    most: Floats
    proved: Bools
    failed: tuple[FailedMember, ...] = ()
    interrupted: bool = False

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.best.scenario

    @cached_property
    def ranges(self) -> pd.DataFrame:
        """How far each program could move: where the council has freedom.

        ``program``, ``name``, ``plan`` (what it gets in the best plan), ``least``, ``most``, ``freedom`` (their
        difference), ``unit`` (the currency; all periods together), ``proved``; those asked for, in the order of the
        file.
        """
        import pandas as pd

        programs = self.scenario.programs
        frame = pd.DataFrame(
            {
                "program": programs.ids,
                "name": programs.names(),
                "plan": self.best.spending.sum(axis=(1, 2)),
                "least": self.least,
                "most": self.most,
                "freedom": self.most - self.least,
                "unit": self.scenario.currency,
                "proved": self.proved,
            }
        )
        kept = frame[~(np.isnan(self.least) & np.isnan(self.most))].reset_index(drop=True)
        return with_units(kept, self.scenario)

    @cached_property
    def programs(self) -> pd.DataFrame:
        """What each program gets in each plan: ``program``, ``name``, ``best``, ``plan 1`` ..., ``unit``."""
        import pandas as pd

        programs = self.scenario.programs
        columns = {"program": programs.ids, "name": programs.names(), "best": self.best.spending.sum(axis=(1, 2))}
        for number, one in enumerate(self.plans, 1):
            columns[f"plan {number}"] = one.plan.spending.sum(axis=(1, 2))
        return with_units(pd.DataFrame({**columns, "unit": self.scenario.currency}), self.scenario)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a plan: its ``value``, what it gives up of the best (``lost``, a share), and its ``difference``.

        ``lost`` is NaN where the best value is zero. ``difference`` is in ``unit``, the currency: dollars that differ
        from the nearest plan before it. ``most`` is what no plan can exceed in it.
        """
        import pandas as pd

        best = self.best.plan_value
        sign = self.best.solver_result.stages[0].stage.sign
        table = pd.DataFrame(
            {
                "plan": [f"plan {number}" for number in range(1, len(self.plans) + 1)],
                "value": [one.value for one in self.plans],
                "lost": lost_shares(np.array([sign * (one.value - best) for one in self.plans]), best),
                "difference": [one.difference for one in self.plans],
                "most": [one.most for one in self.plans],
                "unit": self.scenario.currency,
            }
        )
        return with_units(table, self.scenario, {"value": VALUE, "lost": SHARE})

    def _repr_html_(self) -> str:
        return html_table(self.ranges, "How far each program can move in plans that are nearly best")


def alternatives(
    subject: Subject,
    *,
    within: float = 0.01,
    count: int = 3,
    programs: Sequence[str] | None = None,
    time_limit: float = SECONDS,
    machines: Machines | None = None,
) -> Alternatives:
    """Return plans within a share of the best value that differ most, and the range of each program in such plans.

    Each further plan has the greatest difference from the nearest of all plans before it: the sum over programs of the
    dollars by which they differ, all periods together. For the range of a program its dollars are minimized, and
    maximized, over all plans within the share: two linear programs each.

    Parameters
    ----------
    subject
        The best plan; or a scenario or its path, which is solved.
    within
        The share of the best value that may be given up, such as 0.01.
    count
        How many other plans are looked for; 0 for none.
    programs
        The programs or groups whose ranges are asked for; left out, all; an empty list, none.
    time_limit
        Seconds for each plan, and a quarter of it for each side of a range where there are integer decisions.
    machines
        Where the ranges are worked out.

    Raises
    ------
    OptionError
        If the share is not between 0 and 1, or a count is negative.
    UnknownNameError
        If a program is none.
    """
    if not 0.0 <= within < 1.0:
        raise OptionError(f"within is {within}", hint="the share of the best value to give up, such as 0.01")
    if count < 0:
        raise OptionError(f"{count} plans cannot be looked for", hint="how many other plans: 3, or 0 for none")
    best = plan_of(subject, "alternatives")
    scenario = best.scenario
    rows = np.arange(len(scenario.programs)) if programs is None else rows_of(scenario, programs)
    # where nothing is given up, what rounding leaves is
    given_up = max(within, 1e-9) * abs(best.objective_value)
    near = _near_best(best, given_up)
    shared = _RangeSearch(near, _dollars(best), rows, time_limit / 4)
    text = "Looking for the range of each program"
    found = run_members(_ranges_of, shared, 2 * len(rows), text=text, machines=machines)
    sides = np.full((2, len(scenario.programs)), np.nan)
    shown = np.zeros(sides.shape, dtype=bool)
    for number, answer in found.answers.items():
        side = number % 2, rows[number // 2]
        sides[side], shown[side] = answer
    amounts = best.spending.sum(axis=(1, 2))
    # the plan itself is one of them, in whole cents
    least, most = np.minimum(sides[0].round(2), amounts), np.maximum(sides[1].round(2), amounts)
    plans = different_plans(best, near, given_up, (least, most), 0 if found.interrupted else count, time_limit)
    return Alternatives(best, within, tuple(plans), least, most, shown[0] & shown[1], found.failed, found.interrupted)


@dataclass(frozen=True, slots=True, eq=False)
class _RangeSearch:
    """What the searches for ranges share: the plans near the best, each program's dollars, and which are asked for."""

    problem: LinearProgram
    dollars: tuple[Ints, Ints, Floats]
    rows: Ints
    seconds: float


def _near_best(best: Allocation, given_up: float) -> LinearProgram:
    """Return the problem of all plans that give up so much of the best value at most."""
    problem = best.formulation.linear_program
    return replace(with_value_row(problem, problem.stages[0], best.objective_value, given_up), tie_break=None)


def _dollars(best: Allocation) -> tuple[Ints, Ints, Floats]:
    """Return which columns spend on which programs, all periods together, and how much for each unit of them."""
    terms = best.formulation.terms.spending
    return terms.program, terms.column, terms.weight


def _ranges_of(shared: _RangeSearch) -> Callable[[int], tuple[float, bool]]:
    """Return what finds the least (even numbers) and the most (odd ones) of a program, on one live model."""
    problem, (program, column, weight) = shared.problem, shared.dollars
    model = LiveModel(problem, Options(time_limit=shared.seconds if problem.is_integer else None))

    def solve(number: int) -> tuple[float, bool]:
        mine = np.flatnonzero(program == shared.rows[number // 2])
        maximize = number % 2 == 1
        model.set_costs(total_by(column[mine], weight[mine], problem.columns), maximize)
        answer = model.solve()
        if answer.x is None:
            raise OutOfTimeError(f"the search ended without a plan: {answer.termination}")
        return answer.objective, answer.termination is Termination.OPTIMAL

    return solve
