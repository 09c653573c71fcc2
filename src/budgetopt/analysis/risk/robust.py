"""Robust plans: plans that are good where effects are not as estimated, and what that costs on average."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.allocation.whole_amounts import RoundingGoal, whole_plan
from budgetopt.analysis.members import run_members
from budgetopt.analysis.risk.draw_measures import at_limits, objective_unit
from budgetopt.analysis.risk.drawn_problems import DrawnProblems, amounts_of, ended, solver_of_draws
from budgetopt.analysis.risk.effect_draws import EffectErrors, SharedBy, effect_texts
from budgetopt.analysis.risk.effect_errors import ErrorShape
from budgetopt.analysis.risk.ensemble import ERROR_HINT, NOTHING_VARIES
from budgetopt.analysis.risk.given_draws import read_draws
from budgetopt.analysis.risk.robust_problems import RobustProblem, budget_of_uncertainty, of_factors, over_draws
from budgetopt.analysis.risk.value_parts import ValueParts, parts_at, parts_of_plan
from budgetopt.errors import CertificateError, OptionError, OutOfTimeError, near
from budgetopt.scenario.column_units import with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.solvers import Certificate, Options, Termination, solve_linear_program
from budgetopt.solvers.highs import LiveModel

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation, Subject
    from budgetopt.audit import Audit, SpendingPlan

__all__ = ["ROBUST_DRAWS", "Against", "RobustPlan", "robust"]

Against = Literal["expected", "low", "discount", "budget", "cvar", "regret"]
"""What a plan is robust against."""
ROBUST_DRAWS = 200
ALL_LOW = "value with every effect at its worst"
GRADES = ("rct", "quasi_experimental", "observational", "administrative", "expert", "assumption")


@dataclass(frozen=True, eq=False)
class RobustPlan(Drawable):
    """A robust plan beside the plan that goes by the estimates.

    Parameters
    ----------
    plan
        The plan by the estimates.
    against, setting
        What the other one is robust against, and the setting of that: a number of effects, a weight, or NaN.
    programs
        One row a program: ``name``, ``plan`` and ``robust``, its amounts in all periods (the units of a service that
        costs no money); ``change``; ``unit``.
    measures
        One row a measure, for both plans and their difference; ``unit``. The first one is what is optimized.
    curve
        The price of robustness: one row a setting: ``setting``; ``robust``, what its plan brings with so many effects
        at their worst, or in the worst draws; ``expected``, its expected value; ``price``, what that lacks of the best
        expected value; ``unit``. These plans are not rounded. Empty where there is no setting.
    spending_plan, audit
        The robust plan's decisions in whole amounts, and their audit.
    certificate, proved
        The proof that no plan is more robust before amounts are rounded, and whether it holds.
    gap
        By how much another plan could be more robust, in the unit of what is optimized: what rounding costs, too.
    at_limits
        How many programs with money stand at a floor or a ceiling of their own in every period in the robust plan, and
        how many there are.
    """

    plan: Allocation
    against: Against
    setting: float
    programs: pd.DataFrame
    measures: pd.DataFrame
    curve: pd.DataFrame
    spending_plan: SpendingPlan
    audit: Audit
    certificate: Certificate
    proved: bool
    gap: float
    at_limits: tuple[int, int]

    @property
    def value(self) -> float:
        """What is optimized, as the robust plan has it."""
        return float(self.measures["robust"].iloc[0])

    def _repr_html_(self) -> str:
        tables = {
            "The plan and the robust plan": self.measures,
            "What programs get in both": self.programs,
            "What robustness costs": self.curve,
        }
        return "".join(html_table(table, title, index=table is not self.curve) for title, table in tables.items())


def robust(
    plan: Subject,
    against: Against = "cvar",
    *,
    level: float = 0.9,
    weight: float = 1.0,
    effects: float | None = None,
    discounts: Mapping[str, float] | None = None,
    draws: int = ROBUST_DRAWS,
    seed: int = 0,
    shape: ErrorShape = "normal",
    assumed_error: float | None = None,
    correlation: float = 0.0,
    shared_by: SharedBy = "source",
    given: str | pd.DataFrame | None = None,
) -> RobustPlan:
    """Return a plan that is good where effects are not as estimated, with proof, and the price of that as a curve.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    against
        ``expected``: the expected value counts. ``low``: every effect at the end of its range that brings least.
        ``discount``: effects count less by the grade of their evidence. ``budget``: so many effects at that end, those
        that hurt most (Bertsimas and Sim, 2004). ``cvar``: the mean of the worst draws (Rockafellar and Uryasev, 2000).
        ``regret``: the largest regret over the draws.
    level, weight
        Of ``cvar``: the worst draws are those beyond this share; their mean has this weight, that of all the rest.
    effects
        Of ``budget``: how many effects; left out, the root of their number, rounded up.
    discounts
        Of ``discount``: the share that is taken off, by grade: ``{"expert": 0.3, "assumption": 0.5}``.
    draws, seed, shape, assumed_error, correlation, shared_by, given
        As in :func:`budgetopt.ensemble`; 200 draws if left out.

    Raises
    ------
    OptionError
        If a number is out of range, a word is unknown, or nothing varies.
    InfeasibleError
        If a scenario is given and has no plan.
    """
    plan = plan_of(plan, "robust")
    errors = EffectErrors.of(
        plan, shape=shape, assumed_error=assumed_error, correlation=correlation, shared_by=shared_by
    )
    asked = _Question(plan, errors, against, level, weight, effects, discounts or {}, draws, seed, given)
    return asked.answer()


@dataclass(frozen=True, eq=False)
class _Question:
    plan: Allocation
    errors: EffectErrors
    against: Against
    level: float
    weight: float
    effects: float | None
    discounts: Mapping[str, float]
    draws: int
    seed: int
    given: str | pd.DataFrame | None

    def answer(self) -> RobustPlan:
        self._check()
        factors, varies = self._factors()
        if not varies.any() and self.against != "discount":
            raise OptionError(NOTHING_VARIES, hint=ERROR_HINT)
        drawn = DrawnProblems.of(self.plan, self.errors, factors)
        measure = self._measure(drawn, np.flatnonzero(varies))
        tie_break = self.plan.formulation.linear_program.tie_break
        asked = replace(measure.problem.at(measure.setting), tie_break=tie_break)
        found = solve_linear_program(asked, Options(time_limit=drawn.options.time_limit))
        if found.x is None or found.certificate is None:
            raise OutOfTimeError("no robust plan was found in time", hint="ask for fewer draws")
        if found.termination is Termination.OPTIMAL and not found.certificate.passed:
            raise CertificateError("the proof of the robust plan does not hold", hint="report the scenario")
        sign = -1.0 if self.against == "regret" else -drawn.problem.stages[0].sign
        goal = RoundingGoal(asked, lambda audit: sign * measure.value(parts_of_plan(audit)))
        whole = whole_plan(self.plan.scenario, self.plan.formulation, found.x, goal)
        return RobustPlan(
            self.plan,
            self.against,
            measure.setting,
            self._programs(whole.plan),
            self._measures(drawn, measure, parts_of_plan(whole.audit)),
            self._curve(drawn, measure),
            whole.plan,
            whole.audit,
            found.certificate,
            found.proved,
            max(found.certificate.bound - goal.gain(whole.audit), 0.0),
            at_limits(self.plan, whole.plan.spending),
        )

    def _check(self) -> None:
        if self.against not in get_args(Against):
            close = near(str(self.against), get_args(Against))
            hint = f"did you mean {close!r}?" if close else f"one of {', '.join(get_args(Against))}"
            raise OptionError(f"no plan can be robust against {self.against!r}", hint=hint)
        if not 0.0 <= self.level < 1.0:
            raise OptionError(f"a level of {self.level:g} leaves no worst draws", hint="say a share such as 0.9")
        if not 0.0 <= self.weight <= 1.0:
            raise OptionError(f"a weight of {self.weight:g} cannot be", hint="say a number from 0 to 1")
        if self.draws < 1:
            raise OptionError(f"{self.draws} draws say nothing", hint="ask for 1 or more, such as 200")
        if self.effects is not None and not 0.0 <= self.effects < np.inf:
            raise OptionError(f"{self.effects:g} effects cannot be at their worst", hint="say 0 or more")
        if self.against == "discount" and not self.discounts:
            raise OptionError("no discount is said", hint="say what is taken off by grade, such as 0.3 of expert")
        for grade, share in self.discounts.items():
            if grade not in GRADES:
                close = near(grade, GRADES)
                hint = f"did you mean {close!r}?" if close else f"the grades are {', '.join(GRADES)}"
                raise OptionError(f"there is no grade of evidence {grade!r}", hint=hint)
            if not 0.0 <= share <= 1.0:
                raise OptionError(f"a discount of {share:g} cannot be", hint="say a share from 0 to 1, such as 0.3")

    def _factors(self) -> tuple[Floats, Bools]:
        """Return the draws, and which effects vary; the mean factors alone where no draws are needed."""
        if self.against not in ("cvar", "regret"):
            return self.errors.mean[None, :], self.errors.uncertain
        if self.given is not None:
            return read_draws(self.given, self.errors, self.plan.scenario)
        return self.errors.draws(self.draws, self.seed), self.errors.uncertain

    def _measure(self, drawn: DrawnProblems, varying: Ints) -> _Measure:
        """Return what is optimized."""
        errors, sign = self.errors, -drawn.problem.stages[0].sign
        low, high = errors.ends
        match self.against:
            case "expected":
                problem = of_factors(drawn, errors.mean[drawn.costs.effect], "maximize the expected value")
                return _Measure("expected value", problem, lambda parts: parts.value(errors.mean))
            case "low":
                problem = of_factors(drawn, _worse(drawn, low, high), "maximize the value of the low estimates")
                return _Measure(ALL_LOW, problem, lambda parts: parts.worst(low, high, sign))
            case "discount":
                kept = 1.0 - self._discounted()
                ones = np.ones(len(kept))
                problem = of_factors(drawn, _worse(drawn, kept, ones), "maximize the value after discounts")
                return _Measure("value after the discounts", problem, lambda parts: parts.worst(kept, ones, sign))
            case "budget":
                ends = low[varying], high[varying], errors.mean[varying]
                problem = budget_of_uncertainty(drawn, varying, *ends)
                count = float(len(varying))
                setting = min(float(np.ceil(np.sqrt(count))) if self.effects is None else self.effects, count)
                grid = (np.arange(0.0, min(count, 5.0) + 1), np.linspace(0.0, count, 11).round(), [setting])
                name = f"value with {setting:.4g} effects at their worst"

                def worst(parts: ValueParts, count: float = setting) -> float:
                    return parts.worst(low, high, sign, count)

                return _Measure(name, problem, worst, setting, np.unique(np.concatenate(grid)).tolist(), worst)
        return self._over_draws(drawn, varying, sign)

    def _over_draws(self, drawn: DrawnProblems, varying: Ints, sign: float) -> _Measure:
        """Return the conditional value at risk, or the largest regret, over the draws."""
        factors = drawn.factors
        if self.against == "regret":
            found = run_members(solver_of_draws, drawn, len(factors), text="Solving the draws")
            if found.interrupted:
                raise KeyboardInterrupt
            best = sign * np.array([answer.value for answer in found.answers.values()])
            problem = over_draws(drawn, varying, factors[:, varying], level=None, best=best)
            return _Measure("largest regret", problem, lambda parts: float((best - sign * parts.value(factors)).max()))

        def measured(parts: ValueParts, weight: float = self.weight) -> float:
            gains = sign * parts.value(factors)
            return sign * ((1.0 - weight) * float(gains.mean()) + weight * _tail_mean(gains, self.level))

        name = f"mean of the worst {100 * (1 - self.level):.4g}% of the draws"
        if self.weight < 1.0:
            name += f", weighed {self.weight:g} against the mean of all"
        problem = over_draws(drawn, varying, factors[:, varying], level=self.level)
        settings = (np.arange(11) / 10).tolist()
        return _Measure(name, problem, measured, self.weight, settings, lambda parts, _: measured(parts, 1.0))

    def _discounted(self) -> Floats:
        """Return what is taken off each effect; shape (effects,)."""
        grades = effect_texts(self.plan, "evidence")
        assumed = self.plan.effect_ranges.assumed.tolist()
        said = ["assumption" if is_assumed else grade for grade, is_assumed in zip(grades, assumed, strict=True)]
        return np.array([self.discounts.get(grade, 0.0) for grade in said], dtype=np.float64)

    def _programs(self, decisions: SpendingPlan) -> pd.DataFrame:
        import pandas as pd

        plan = self.plan
        (now, units), (then, _) = amounts_of(plan), amounts_of(plan, decisions)
        table = pd.DataFrame(
            {
                "name": plan.scenario.programs.names(),
                "plan": now,
                "robust": then,
                "change": then - now,
                "unit": units,
            },
            index=pd.Index(plan.scenario.programs.ids, name="program"),
        )
        return with_units(table, plan.scenario)

    def _measures(self, drawn: DrawnProblems, measure: _Measure, after: ValueParts) -> pd.DataFrame:
        import pandas as pd

        before, sign = ValueParts(self.plan.plan_value, self.errors.value), -drawn.problem.stages[0].sign
        mean, ends = drawn.factors.mean(axis=0), self.errors.ends
        rows: dict[str, Callable[[ValueParts], Any]] = {
            measure.name: measure.value,
            "value as estimated": lambda parts: parts.base,
            "expected value": lambda parts: parts.value(mean),
            ALL_LOW: lambda parts: parts.worst(*ends, sign),
        }
        if self.against == "cvar":
            worst = int(np.ceil((1.0 - self.level) * len(drawn.factors) - 1e-9)) - 1
            name = f"value at risk at {100 * self.level:.4g}%"
            rows[name] = lambda parts: sign * float(np.sort(sign * parts.value(drawn.factors))[worst])
        values = {name: (float(value(before)), float(value(after))) for name, value in rows.items()}
        table = pd.DataFrame.from_dict(values, orient="index", columns=["plan", "robust"]).rename_axis("measure")
        table = table.assign(difference=table["robust"] - table["plan"], unit=objective_unit(self.plan))
        return with_units(table, self.plan.scenario)

    def _curve(self, drawn: DrawnProblems, measure: _Measure) -> pd.DataFrame:
        """Return the price of robustness at each setting, on one live model."""
        import pandas as pd

        rows, mean, sign = [], drawn.factors.mean(axis=0), -drawn.problem.stages[0].sign
        if measure.along is not None:
            best = _solved(LiveModel(of_factors(drawn, mean[drawn.costs.effect], "expected").problem, drawn.options))
            highest = float(parts_at(drawn, best, self.errors).value(mean))
            model = LiveModel(measure.problem.problem, drawn.options)
            for setting in measure.settings:
                model.set_costs(measure.problem.cost_at(setting), maximize=True)
                found = ended(model.solve())
                if found.x is None:
                    continue
                parts = parts_at(drawn, found.x[: drawn.problem.columns], self.errors)
                expected = float(parts.value(mean))
                price = max(0.0, sign * (highest - expected))
                rows.append((setting, measure.along(parts, setting), expected, price, objective_unit(self.plan)))
        table = pd.DataFrame(rows, columns=["setting", "robust", "expected", "price", "unit"])
        return with_units(table, self.plan.scenario, {"setting": ""})


@dataclass(frozen=True, eq=False)
class _Measure:
    """What is optimized: its name, problem and value for a plan; its setting and those of the curve, with values."""

    name: str
    problem: RobustProblem
    value: Callable[[ValueParts], Any]
    setting: float = np.nan
    settings: Sequence[float] = ()
    along: Callable[[ValueParts, float], float] | None = None


def _worse(drawn: DrawnProblems, low: Floats, high: Floats) -> Floats:
    """Return for each term the end of its effect's range that brings less; shape (terms,)."""
    costs = drawn.costs
    gains = -drawn.problem.stages[0].sign * costs.worth
    return np.where(gains > 0, low[costs.effect], high[costs.effect])


def _tail_mean(gains: Floats, level: float) -> float:
    """Return the mean of the worst gains, those beyond a share of all; the last one counts in part."""
    count = (1.0 - level) * len(gains)
    counted = np.clip(count - np.arange(len(gains)), 0.0, 1.0)
    return float(np.sort(gains) @ counted / count)


def _solved(model: LiveModel) -> Floats:
    found = ended(model.solve())
    if found.x is None:
        raise OutOfTimeError("no plan was found in time", hint="ask for fewer draws")
    return found.x
