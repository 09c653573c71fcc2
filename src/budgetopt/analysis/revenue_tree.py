"""A tree of futures: what to commit to now, what to adjust later, and what it is worth to plan for several futures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.alterations import whole
from budgetopt.analysis.draw_measures import objective_unit
from budgetopt.analysis.extensive_form import ExtensiveForm, average_problem, extensive_form, with_decisions
from budgetopt.errors import InfeasibleError, OptionError, OutOfTimeError
from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.reading.changes import Change, alter
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.solvers import SolverResult, Termination, solve_linear_program

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation, Subject

__all__ = ["Future", "FuturesPlan", "plan_for_futures"]

CLOSE = 1e-6
"""Probabilities add to one if they are off by no more."""


@dataclass(frozen=True, slots=True)
class Future:
    """One way in which things may go.

    Parameters
    ----------
    name
        Its name; with a slash it has stages: ``low/lower`` and ``low/higher`` are the same until their second names.
    probability
        How likely it is.
    changes
        What is then otherwise in the scenario, as for ``--set``: ``("funds.general.revenue.FY2028", "-5%")``.
    """

    name: str
    probability: float
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, eq=False)
class FuturesPlan:
    """The plan for several futures.

    Parameters
    ----------
    plan
        The plan for the scenario as it is.
    futures
        One row a future: ``probability``; ``value``, what the plan for all futures brings in it; ``alone``, what the
        best plan for it alone brings; ``average``, what is brought if what is decided now is that of the plan for the
        average future, NaN if that cannot be carried out; ``unit``.
    amounts
        One row a program, period and future: ``decided``, ``now`` or ``later``; ``amount``; ``unit``. What is decided
        now has no future.
    summary
        One row a measure: ``value`` and ``unit``.
    proved
        Whether it is proved that no plan has a better expected value.
    """

    plan: Allocation
    futures: pd.DataFrame
    amounts: pd.DataFrame
    summary: pd.DataFrame
    proved: bool

    def _repr_html_(self) -> str:
        tables = (self.summary, self.futures, self.amounts)
        return "\n".join(table.to_html(max_rows=20, border=0, float_format="{:,.6g}".format) for table in tables)


def plan_for_futures(plan: Subject, futures: Sequence[Future], *, commit: int = 1) -> FuturesPlan:
    """Return what to decide now and what later where the future may go several ways.

    The expected value of the first objective is maximized (or minimized) over all futures at once; what is decided
    before they part is the same in all of them. Amounts are those of the solver, not yet in whole cents. The value of
    the stochastic solution is what that is worth beside planning for the average future, and the expected value of
    perfect information what it would be worth to know the future now.

    Parameters
    ----------
    plan
        The scenario or its path; or a plan of it.
    futures
        Two or more, whose probabilities add to one.
    commit
        In how many periods the decisions are taken before the futures part. With names of several stages each further
        stage begins a period later.

    Raises
    ------
    OptionError
        If the probabilities do not add to one, a name stands twice, or no period is left to adjust in.
    ScenarioError
        If a change leads nowhere.
    InfeasibleError
        If no decisions of now leave a plan in every future.
    """
    plan = plan_of(plan, "plan_for_futures")
    return _Futures.of(plan, futures, commit).answer()


def _checked(plan: Allocation, futures: Sequence[Future], commit: int) -> None:
    periods = plan.scenario.periods
    if len(futures) < 2:
        raise OptionError("one future is no tree", hint="say two or more, whose probabilities add to 100%")
    names = [future.name for future in futures]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise OptionError(f"the future {double!r} stands twice", hint="give each a name of its own")
    wrong = next((one for one in futures if not 0.0 <= one.probability <= 1.0), None)
    if wrong is not None:
        message = f"the future {wrong.name!r} has a probability of {wrong.probability:g}"
        raise OptionError(message, hint="say a share from 0 to 1, such as 30%")
    total = math.fsum(future.probability for future in futures)
    if abs(total - 1.0) > CLOSE:
        message = f"the probabilities of the futures add to {100 * total:.6g}%, and not to 100%"
        raise OptionError(message, hint="name every future, and what is left of the probability")
    if not 1 <= commit < len(periods):
        message = f"{commit} periods are decided now, and the scenario has {len(periods)}: {', '.join(periods)}"
        raise OptionError(message, hint="leave at least one period to decide later, and one to decide now")


@dataclass(frozen=True, eq=False)
class _Futures:
    plan: Allocation
    futures: Sequence[Future]
    commit: int
    formulations: Sequence[Formulation]
    weights: Floats

    @classmethod
    def of(cls, plan: Allocation, futures: Sequence[Future], commit: int) -> _Futures:
        _checked(plan, futures, commit)
        formulations = [whole(alter(plan.scenario, list(future.changes))) for future in futures]
        first = formulations[0].linear_program
        for future, formulation in zip(futures, formulations, strict=True):
            if formulation.linear_program.columns != first.columns:
                message = f"the future {future.name!r} has other decisions than {futures[0].name!r}"
                raise OptionError(message, hint="let futures differ in numbers alone, such as revenue")
        return cls(plan, futures, commit, formulations, np.array([future.probability for future in futures]))

    def answer(self) -> FuturesPlan:
        problems = [one.linear_program for one in self.formulations]
        form = extensive_form(problems, self.weights, self._groups(problems[0]))
        found = solve_linear_program(form.problem)
        x = _point(found, "no decisions of now leave a plan in every future that keeps every limit")
        values = [
            problem.stages[0].value(form.point_of(x, at)[: len(problem.stages[0].cost)])
            for at, problem in enumerate(problems)
        ]
        alone = [_value(problem) for problem in problems]
        average = self._of_average(problems)
        return FuturesPlan(
            self.plan,
            self._table(values, alone, average),
            self._amounts(form, x),
            self._summary(problems[0], values, alone, average),
            found.proved,
        )

    def _groups(self, problem: LinearProgram) -> Ints:
        """Return which futures share each column: those whose names begin alike until its period."""
        period = self._period_of(problem)
        paths = [tuple(future.name.split("/")) for future in self.futures]
        group = np.empty((len(paths), problem.columns), dtype=np.int64)
        for at in range(-1, len(self.plan.scenario.periods)):
            known = max(at - self.commit + 1, 0) if at >= 0 else max(map(len, paths))
            heads = [path[:known] for path in paths]
            numbers = {head: number for number, head in enumerate(dict.fromkeys(heads))}
            for future, head in enumerate(heads):
                group[future, period == at] = numbers[head]
        return group

    def _period_of(self, problem: LinearProgram) -> Ints:
        """Return the period of each column that is a decision, -1 for what follows from decisions; shape (columns,)."""
        terms = self.formulations[0].terms
        period = np.full(problem.columns, -1, dtype=np.int64)
        for some in (terms.units, terms.spending):
            period[some.column] = some.period
        for block in problem.column_labels.blocks:
            if block.kind in ("package", "transfer"):
                period[block.positions] = block.keys["period"]
        return period

    def _of_average(self, problems: Sequence[LinearProgram]) -> list[float]:
        """Return the value in each future if what is decided now is what the average future asks for."""
        mean = average_problem(problems, self.weights)
        x = None if mean is None else solve_linear_program(mean).x
        if x is None:
            return [math.nan] * len(problems)
        period = self._period_of(problems[0])
        now = np.flatnonzero((period >= 0) & (period < self.commit))
        return [_value(with_decisions(problem, now, x[now])) for problem in problems]

    def _table(self, values: Sequence[float], alone: Sequence[float], average: Sequence[float]) -> pd.DataFrame:
        import pandas as pd

        table = {"probability": self.weights, "value": values, "alone": alone, "average": average}
        names = pd.Index([future.name for future in self.futures], name="future")
        return pd.DataFrame({**table, "unit": objective_unit(self.plan)}, index=names)

    def _summary(
        self, problem: LinearProgram, values: Sequence[float], alone: Sequence[float], average: Sequence[float]
    ) -> pd.DataFrame:
        import pandas as pd

        gain = -problem.stages[0].sign
        expected, best, mean = (float(self.weights @ np.array(each)) for each in (values, alone, average))
        rows = {
            "expected value": expected,
            "expected value with perfect information": best,
            "expected value of perfect information": max(0.0, gain * (best - expected)),
            "expected value of planning for the average": mean,
            "value of the stochastic solution": math.nan if math.isnan(mean) else max(0.0, gain * (expected - mean)),
        }
        index = pd.Index(list(rows), name="measure")
        return pd.DataFrame({"value": list(rows.values()), "unit": objective_unit(self.plan)}, index=index)

    def _amounts(self, form: ExtensiveForm, x: Floats) -> pd.DataFrame:
        import pandas as pd

        scenario, rows = self.plan.scenario, []
        spent = [one.spending_of(form.point_of(x, at)).sum(axis=1) for at, one in enumerate(self.formulations)]
        for row, program in enumerate(scenario.programs.ids.tolist()):
            for position, period in enumerate(scenario.periods):
                is_now = position < self.commit
                for at, future in enumerate(self.futures[:1] if is_now else self.futures):
                    told: dict[str, Any] = {"program": program, "period": period}
                    told |= {"decided": "now" if is_now else "later", "future": "" if is_now else future.name}
                    rows.append({**told, "amount": float(spent[at][row, position]), "unit": scenario.currency})
        return pd.DataFrame(rows)


def _point(found: SolverResult, message: str) -> Floats:
    if found.x is None:
        if found.termination in (Termination.INFEASIBLE, Termination.INFEASIBLE_OR_UNBOUNDED):
            raise InfeasibleError(message, hint="ask for the conflicts of each future by itself: budgetopt conflicts")
        raise OutOfTimeError("no plan for the futures was found in time", hint="ask for fewer futures")
    return found.x


def _value(problem: LinearProgram) -> float:
    """Return the best value of a problem; NaN if no plan is possible."""
    alone = replace(problem, stages=problem.stages[:1], tie_break=None)
    return solve_linear_program(alone).solution.objective
