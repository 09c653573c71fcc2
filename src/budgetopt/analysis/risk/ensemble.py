"""Which decisions stay as evidence and forecasts vary: the best plan in each of many draws, on one live model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.members import FailedMember, Machines, run_members
from budgetopt.analysis.risk.draw_measures import (
    at_limits,
    mean_and_error,
    mean_of_draws,
    objective_unit,
    quantile_of_draws,
    quantile_of_known,
    share_of_draws,
)
from budgetopt.analysis.risk.drawn_problems import DrawnProblems, amounts_of, ended, solver_of_draws
from budgetopt.analysis.risk.effect_draws import EffectErrors, SharedBy, latin_scores
from budgetopt.analysis.risk.effect_errors import ErrorShape
from budgetopt.analysis.risk.few_effects import value_of_knowing_all
from budgetopt.analysis.risk.given_draws import read_draws
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.scenario.column_units import SHARE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.solvers.highs import LiveModel

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation, Subject

__all__ = ["DRAWS", "ERROR_HINT", "FEW_DRAWS", "NOTHING_VARIES", "Ensemble", "ensemble"]

DRAWS, FEW_DRAWS = 1000, 100
"""How many draws there are where nothing is said; the second number where there are integer decisions."""
CHUNK = 100
"""Draws that are solved one after another on one model."""
SAME = 1e-4
"""Two amounts for a program are the same if they differ by less than this share of the plan's."""
NOTHING_VARIES = "nothing varies: no effect of the scenario has a standard error, or a low or high estimate"
ERROR_HINT = "write `std_error: 20%` by an effect, assume one (--assumed-error 30%)"
QUANTILES = {"low": 0.05, "median": 0.5, "high": 0.95}


@dataclass(frozen=True, eq=False)
class Ensemble(Drawable):
    """The best plans in many draws of the effects and of the revenue, beside the plan.

    Parameters
    ----------
    plan
        The plan that is asked about.
    draws
        One row a draw that was solved: ``draw``, ``best``, the value of its best plan; ``plan``, the value of the plan;
        ``regret``, by how much the plan is worse; ``feasible``, whether any plan keeps the limits with the money of the
        draw; ``affordable``, whether the plan's amounts can be paid with it; ``proved``. Values are NaN where there is
        none. ``unit`` is that of the objective.
    stability
        One row a program: ``name``; ``spending`` in the plan, of a service that costs no money its units; ``funded``,
        in what share of the draws it has any; ``at_least``, ``same`` and ``at_most``, in what share it gets at least as
        much, the same, or at most as much;
        ``low``, ``median`` and ``high``, the 5%, 50% and 95% quantiles of its amount, ``mean``; ``unit``.
    outcomes
        One row an outcome: what the plan brings in the draws. ``level`` as estimated, ``low``, ``median``, ``high`` and
        ``mean``; ``target_missed``, in what share of the draws its target is missed (NaN without one); ``unit``.
    summary
        One row a measure: ``value``, ``unit``, and ``standard_error`` where it is estimated from the draws.
    effects, uncertain, assumed
        How many effects there are, how many of them vary, and how many of these by an error that was assumed.
    failed
        The draws without an answer, and why.
    requested
        How many draws were asked for.
    interrupted
        Whether it was ended before all of them were solved.
    at_limits
        How many programs with money stand at a floor or a ceiling of their own in every period, and how many there are.
        A floor of nothing is none.
    """

    plan: Allocation
    draws: pd.DataFrame
    stability: pd.DataFrame
    outcomes: pd.DataFrame
    summary: pd.DataFrame
    effects: int
    uncertain: int
    assumed: int
    failed: tuple[FailedMember, ...]
    requested: int
    interrupted: bool
    at_limits: tuple[int, int]

    def value(self, measure: str) -> float:
        """Return a measure of the summary; NaN if it was not worked out.

        Parameters
        ----------
        measure
            Such as ``expected regret`` or ``expected value of perfect information``.
        """
        return float(self.summary["value"].get(measure, np.nan))

    @property
    def evpi(self) -> float:
        """The expected value of perfect information on all effects, in the unit of the objective."""
        return self.value("expected value of perfect information")

    def _repr_html_(self) -> str:
        tables = {
            "What the plan is worth in the draws": self.summary,
            "How often each decision stays": self.stability,
            "What the plan brings in the draws": self.outcomes,
        }
        return "".join(html_table(table, title, index=True) for title, table in tables.items())


def ensemble(
    plan: Subject,
    draws: int | None = None,
    *,
    seed: int = 0,
    shape: ErrorShape = "normal",
    assumed_error: float | None = None,
    correlation: float = 0.0,
    shared_by: SharedBy = "source",
    revenue_error: float | Mapping[str, float] = 0.0,
    given: str | Path | pd.DataFrame | None = None,
    machines: Machines | None = None,
) -> Ensemble:
    """Return which decisions of a plan stay as its evidence and its revenue vary, and what the plan loses by that.

    Each effect is multiplied by a factor, and so is all that its money buys. Limits and targets are kept with the
    effects as estimated; ``outcomes`` says how often the plan would miss a target. Draws are a Latin hypercube (McKay,
    Beckman and Conover, 1979), and the best plan of each is found by moving the objective of one live model.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    draws
        How many; left out, 1,000, or 100 where there are integer decisions.
    seed
        Another seed, other draws; the same seed, the same draws on any number of workers.
    shape
        The distributions of the factors: ``normal`` (truncated where an effect is no straight line), ``truncated`` at
        zero, or ``lognormal``.
    assumed_error
        A standard error, as a share, for effects of which the scenario says none. Left out, they are exact.
    correlation, shared_by
        The correlation between the errors of effects of one ``source``, ``program`` or ``outcome``, or of ``all``.
    revenue_error
        The standard error of the revenue of each fund in every period, as a share; one number moves all funds together,
        a mapping by fund moves each by itself.
    given
        A table of draws in place of them, or its path: a row a draw, and a column ``program`` or ``program.outcome``
        with factors (0.8 or 80%). Effects without a column are exact.
    machines
        Where the draws are solved; this process if left out.

    Raises
    ------
    OptionError
        If a number is out of range, or nothing varies.
    UnknownNameError, ScenarioError
        If a fund is named that is none; if the table of draws cannot be read, or names what is none.
    InfeasibleError
        If a scenario is given and has no plan.
    """
    plan = plan_of(plan, "ensemble")
    errors = EffectErrors.of(
        plan, shape=shape, assumed_error=assumed_error, correlation=correlation, shared_by=shared_by
    )
    return _solved(plan, errors, draws, seed, revenue_error, given, machines)


def _solved(
    plan: Allocation,
    errors: EffectErrors,
    draws: int | None,
    seed: int,
    revenue_error: float | Mapping[str, float],
    given: str | Path | pd.DataFrame | None,
    machines: Machines | None,
) -> Ensemble:
    if draws is not None and draws < 1:
        raise OptionError(f"{draws} draws say nothing", hint="ask for 1 or more, such as 1000")
    if given is None:
        count = draws or (FEW_DRAWS if plan.formulation.linear_program.is_integer else DRAWS)
        factors, varies = errors.draws(count, seed), errors.uncertain
    else:
        factors, varies = read_draws(given, errors, plan.scenario)
        factors = factors[:draws]
    money = _money(plan, revenue_error, len(factors), seed)
    if not varies.any() and not money:
        raise OptionError(NOTHING_VARIES, hint=f"{ERROR_HINT}, or let revenue vary (--revenue-error 3%)")
    drawn = DrawnProblems.of(plan, errors, factors, money)
    return _Told(plan, errors, drawn, varies, given is not None).ensemble(machines)


def _money(plan: Allocation, revenue_error: float | Mapping[str, float], count: int, seed: int) -> dict[str, Floats]:
    """Return what the revenue of each fund and period has beyond its forecast, by its path; shape (draws,)."""
    scenario = plan.scenario
    if isinstance(revenue_error, Mapping):
        for name in revenue_error:
            if name not in scenario.funds:
                raise UnknownNameError("fund", name, scenario.funds)
        said, shared = dict(revenue_error), None
    else:
        said, shared = dict.fromkeys(scenario.funds, revenue_error), latin_scores(count, (seed, 2))
    found: dict[str, Floats] = {}
    for position, name in enumerate(scenario.funds):
        share = said.get(name, 0.0)
        if not 0.0 <= share < 1.0:
            message = f"a standard error of {share:g} times the revenue of {name!r} cannot be"
            raise OptionError(message, hint="say a share from 0 to below 1, such as 0.03")
        if not share:
            continue
        scores = latin_scores(count, (seed, 3, position)) if shared is None else shared
        for period, revenue in zip(scenario.periods, scenario.revenue(name).tolist(), strict=True):
            if revenue:
                # no fund takes in less than nothing
                found[f"funds[{name}].revenue[{period}]"] = revenue * np.maximum(share * scores, -1.0)
    return found


@dataclass(frozen=True, eq=False)
class _Told:
    """Solves the draws, and says their answers as tables."""

    plan: Allocation
    errors: EffectErrors
    drawn: DrawnProblems
    varies: Bools
    given: bool

    def ensemble(self, machines: Machines | None) -> Ensemble:
        import pandas as pd

        plan, count = self.plan, len(self.drawn.factors)
        text = "Solving the draws"
        solved = run_members(solver_of_draws, self.drawn, count, text=text, machines=machines, chunk=CHUNK)
        numbers = np.array(list(solved.answers), dtype=np.int64)
        answers, factors = list(solved.answers.values()), self.drawn.factors[numbers]
        best = np.array([one.value for one in answers], dtype=np.float64)
        affordable = np.array([one.affordable for one in answers], dtype=bool)
        mine = np.where(affordable, plan.plan_value + (factors - 1.0) @ self.errors.value, np.nan)
        gain = -self.drawn.problem.stages[0].sign
        regret, unit = gain * (best - mine), objective_unit(plan)
        draws = pd.DataFrame(
            {
                "draw": numbers,
                "best": best,
                "plan": mine,
                "regret": np.where(np.abs(regret) <= 1e-9 * np.abs(best), 0.0, regret),
                "feasible": ~np.isnan(best),
                "affordable": affordable,
                "proved": np.array([one.proved for one in answers], dtype=bool),
                "unit": unit,
            }
        )
        with_units(draws, plan.scenario, {"draw": ""})
        spending = np.array([one.spending for one in answers]).reshape(len(answers), self.drawn.programs)
        return Ensemble(
            plan,
            draws,
            self._stability(spending[~np.isnan(best)]),
            self._outcomes(factors),
            self._summary(draws, factors),
            len(self.errors.names),
            int(self.varies.sum()),
            0 if self.given else int((self.varies & ~self.errors.said).sum()),
            solved.failed,
            count,
            solved.interrupted,
            at_limits(plan, plan.spending),
        )

    def _stability(self, spending: Floats) -> pd.DataFrame:
        """Return how often each program's amount stays; ``spending`` has the shape (draws, programs)."""
        import pandas as pd

        plan, (now, units) = self.plan, amounts_of(self.plan)
        cents = max(plan.half_a_cent, plan.rounded_to) * len(plan.scenario.periods)
        tolerance = np.maximum(SAME * now, cents)
        table = pd.DataFrame(
            {
                "name": plan.scenario.programs.names(),
                "spending": now,
                "funded": share_of_draws(spending > tolerance),
                "at_least": share_of_draws(spending >= now - tolerance),
                "same": share_of_draws(np.abs(spending - now) <= tolerance),
                "at_most": share_of_draws(spending <= now + tolerance),
                **{name: quantile_of_draws(spending, share) for name, share in QUANTILES.items()},
                "mean": mean_of_draws(spending),
                "unit": units,
            },
            index=pd.Index(plan.scenario.programs.ids, name="program"),
        )
        own = dict.fromkeys(("funded", "at_least", "same", "at_most"), SHARE)
        return with_units(table, plan.scenario, own)

    def _outcomes(self, factors: Floats) -> pd.DataFrame:
        """Return what the plan brings in the draws; factors have the shape (draws, effects)."""
        import pandas as pd

        plan, errors = self.plan, self.errors
        rows = []
        for position, (name, outcome) in enumerate(plan.scenario.outcomes.items()):
            mine = errors.outcome == position
            # shape (draws, periods)
            levels = plan.audit.outcomes[position] + (factors[:, mine] - 1.0) @ errors.moved[mine]
            total = levels.sum(axis=1)
            missed, target = np.nan, outcome.target
            if target is not None:
                seen = total[:, None] if target.each == "total" else levels
                bounds = [
                    (side, np.resize(plan.scenario.per_period(bound, empty), seen.shape[1]))
                    for side, bound, empty in ((1.0, target.at_least, -np.inf), (-1.0, target.at_most, np.inf))
                    if bound is not None
                ]
                is_missed = np.zeros(len(seen), dtype=bool)
                for side, bound in bounds:
                    is_missed |= (side * (bound - seen) > 1e-6 * np.abs(bound) + 1e-9).any(axis=1)
                missed = float(is_missed.mean()) if len(is_missed) else np.nan
            row: dict[str, Any] = {"name": outcome.name or name, "level": float(plan.audit.outcomes[position].sum())}
            row |= {key: float(quantile_of_draws(total[:, None], share)[0]) for key, share in QUANTILES.items()}
            rows.append(
                {**row, "mean": float(mean_of_draws(total[:, None])[0]), "target_missed": missed, "unit": outcome.unit}
            )
        table = pd.DataFrame(rows, index=pd.Index(list(plan.scenario.outcomes), name="outcome"))
        return with_units(table, plan.scenario, {"target_missed": SHARE})

    def _summary(self, draws: pd.DataFrame, factors: Floats) -> pd.DataFrame:
        import pandas as pd

        unit = objective_unit(self.plan)
        best, regret = draws["best"].to_numpy(), draws["regret"].to_numpy()
        rows: list[tuple[str, float, str, float]] = [
            ("value of the plan as estimated", self.plan.plan_value, unit, np.nan),
            ("expected value of the plan", *mean_and_error(draws["plan"].to_numpy(), unit)),
            ("expected value of the best plan of each draw", *mean_and_error(best, unit)),
            ("expected regret", *mean_and_error(regret, unit)),
            ("regret that one draw in twenty exceeds", quantile_of_known(regret, 0.95), unit, np.nan),
            ("largest regret", quantile_of_known(regret, 1.0), unit, np.nan),
        ]
        if not self.drawn.money and len(draws):
            mean = factors.mean(axis=0) if self.given else self.errors.mean
            base, parts = self._best_on_average(mean)
            gain = -self.drawn.problem.stages[0].sign
            lost = gain * (best - base - (factors - 1.0) @ parts)
            lost[lost <= 1e-9 * np.abs(best)] = 0.0
            best_mean = base + float((mean - 1.0) @ parts)
            rows.append(("best expected value without more information", best_mean, unit, np.nan))
            known = None if self.given else value_of_knowing_all(self.drawn, self.errors)
            said = mean_and_error(lost, unit) if known is None else (known[0], unit, known[1])
            rows.append(("expected value of perfect information", *said))
        else:
            rows.append(
                ("draws in which no plan keeps every limit", float((~draws["feasible"]).mean()), "share", np.nan)
            )
            rows.append(("draws in which the plan can be paid", float(draws["affordable"].mean()), "share", np.nan))
        table = pd.DataFrame(rows, columns=["measure", "value", "unit", "standard_error"])
        return with_units(table.set_index("measure"), self.plan.scenario)

    def _best_on_average(self, mean: Floats) -> tuple[float, Floats]:
        """Return the plan that is best on average: its value as estimated, and what each effect adds to it."""
        drawn = self.drawn
        model, stage = LiveModel(drawn.problem, drawn.options), drawn.problem.stages[0]
        if drawn.problem.is_integer:  # no mutant: it only saves time
            model.set_start(drawn.point)  # no mutant: it only saves time
        model.set_costs(drawn.cost_of(mean) + drawn.tilt, stage.maximize, stage.offset)
        found = ended(model.solve())
        assert found.x is not None, "the plan itself keeps every limit"
        return stage.value(found.x), drawn.costs.by_effect(found.x, len(self.errors.names))
