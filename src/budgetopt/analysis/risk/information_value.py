"""Which evaluation next: what it would be worth to know one effect, exactly, or better by a study of some size.

An effect enters the objective in proportion, so that the best value is convex and piecewise linear in its factor, and
each straight piece belongs to one plan. The pieces are found by going to where two known lines meet, until no plan is
better there (Eisner and Severance, Journal of the ACM 23, 1976). Over each piece the expectation has a closed form, so
that the expected value of perfect information on the effect is exact: no draws, no regression. A study of n subjects
gives a mean after the study whose distribution before it is normal (Raiffa and Schlaifer, Applied Statistical Decision
Theory, 1961); its expected value is that over the same pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.members import FailedMember, Machines, run_members
from budgetopt.analysis.risk.draw_measures import objective_unit
from budgetopt.analysis.risk.drawn_problems import DrawnProblems, ended
from budgetopt.analysis.risk.effect_draws import EffectErrors, SharedBy
from budgetopt.analysis.risk.effect_errors import ErrorShape, FactorDistribution
from budgetopt.analysis.risk.ensemble import ERROR_HINT, NOTHING_VARIES
from budgetopt.analysis.risk.value_pieces import FAR, PlanLine, ValuePieces, greatest_of
from budgetopt.errors import OptionError
from budgetopt.scenario.column_units import COUNT, CURRENCY, FACTOR, SHARE, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.model import WEIGHTED_OUTCOMES
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.solution import EXACT

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation, Subject

__all__ = ["InformationValue", "StudyDesign", "information_value"]

MATTERS = 0.01
"""Plans are not told apart whose difference adds less to an expectation than this share of the accuracy of a value."""
DEPTH = 60
"""Pieces between pieces are looked for so often: more are a sign of noise."""
EXACTLY, PREDICTED = "exact", "by linear prediction of the effects that go with it"


@dataclass(frozen=True, slots=True)
class StudyDesign:
    """What a study of an effect costs, and how much it tells.

    Parameters
    ----------
    subject_error
        The standard deviation of the result of one subject, as a share of the effect: that of the mean of n subjects is
        this over the root of n.
    per_subject, fixed_cost
        What one subject costs, and what the study costs besides; dollars.
    subjects
        How many subjects it has; left out, the number with the greatest net value.

    Raises
    ------
    OptionError
        If a number cannot be.
    """

    subject_error: float
    per_subject: float = 0.0
    fixed_cost: float = 0.0
    subjects: int | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.subject_error < np.inf:
            message = f"a standard deviation of {self.subject_error:g} for the result of one subject cannot be"
            raise OptionError(message, hint="say a share of the effect above 0, such as 3")
        if not (0.0 <= self.per_subject < np.inf and 0.0 <= self.fixed_cost < np.inf):
            raise OptionError("a study costs nothing or more", hint="say dollars, such as 400 for each subject")
        if self.subjects is not None and self.subjects < 1:
            raise OptionError(f"a study of {self.subjects} subjects tells nothing", hint="say 1 or more subjects")
        if self.subjects is None and not self.per_subject:
            message = "without a cost for each subject, the largest study is always the best"
            raise OptionError(message, hint="say what one subject costs, or how many subjects there are")


@dataclass(frozen=True, eq=False)
class InformationValue(Drawable):
    """What it would be worth to know each effect.

    Parameters
    ----------
    plan
        The plan whose scenario it is.
    table
        One row an effect that may be off, the most valuable first: ``effect``, ``program``, ``outcome``; ``error``, the
        standard deviation as a share of the effect, and ``assumed``, whether that is an assumption; ``changes_below``
        and ``changes_above``, the factors nearest to the mean at which the best plan changes; ``evppi``, the expected
        value of perfect information on it; ``unit``; ``method``; ``proved``. With a study: ``subjects``, ``evsi``, its
        expected value; ``cost`` and ``net``, in the currency.
    study
        The study that was asked about.
    failed, interrupted
        Effects without an answer, and whether it was ended before all had one.
    """

    plan: Allocation
    table: pd.DataFrame
    study: StudyDesign | None = None
    failed: tuple[FailedMember, ...] = ()
    interrupted: bool = False

    def _repr_html_(self) -> str:
        return html_table(self.table, "What it is worth to know each effect")


def information_value(
    plan: Subject,
    *,
    study: StudyDesign | None = None,
    shape: ErrorShape = "normal",
    assumed_error: float | None = None,
    correlation: float = 0.0,
    shared_by: SharedBy = "source",
    machines: Machines | None = None,
) -> InformationValue:
    """Return what it would be worth to know each effect before the plan is made, and what a study of it would be.

    The value is that of the plan's periods, in the unit of the first objective: what the best plan with the information
    is worth more, on average, than the best one without. It is exact where an effect is off by itself, or where errors
    that go together are normal. With other errors that go together, the others are predicted in a straight line.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    study
        A study of one effect; left out, only perfect information is valued. The error before it is taken for normal.
    shape, assumed_error, correlation, shared_by
        As in :func:`budgetopt.ensemble`.
    machines
        Where the problems are solved; this process if left out.

    Raises
    ------
    OptionError
        If a number is out of range, no effect may be off, or a study is to be paid for by what is no money.
    InfeasibleError
        If a scenario is given and has no plan.
    """
    import pandas as pd

    plan = plan_of(plan, "information_value")
    errors = EffectErrors.of(
        plan, shape=shape, assumed_error=assumed_error, correlation=correlation, shared_by=shared_by
    )
    if study is not None and WEIGHTED_OUTCOMES not in (plan.scenario.objective[0].maximize,):
        message = "the cost of a study is dollars, and the first objective is not the weighted outcomes"
        raise OptionError(message, hint="maximize the weighted outcomes, or ask for perfect information alone")
    # those that could matter most come first, so that an interruption leaves out the others
    spread = np.abs(errors.value) * errors.deviation
    effects = np.flatnonzero(errors.uncertain)
    effects = effects[np.argsort(-spread[effects], kind="stable")]
    if not len(effects):
        raise OptionError(NOTHING_VARIES, hint=ERROR_HINT)
    drawn = DrawnProblems.of(plan, errors, errors.mean[None, :])
    asked = _Asked(drawn, errors, tuple(effects.tolist()))
    solved = run_members(_pieces_of, asked, len(effects), text="Valuing each effect", machines=machines)
    rows = [_row(plan, errors, int(effects[at]), pieces, study) for at, pieces in solved.answers.items()]
    table = _in_order(rows, study, plan.scenario) if rows else pd.DataFrame(columns=["effect", "evppi"])
    return InformationValue(plan, table, study, solved.failed, solved.interrupted)


@dataclass(frozen=True, eq=False)
class _Asked:
    drawn: DrawnProblems
    errors: EffectErrors
    effects: tuple[int, ...]


def _pieces_of(asked: _Asked) -> Callable[[int], ValuePieces]:
    model = _LineModel(asked.drawn, asked.errors)
    return lambda at: model.pieces(asked.effects[at])


_Found = tuple[float, PlanLine]
"""A place, and the line of the plan that is best there."""


@dataclass(frozen=True, slots=True, eq=False)
class _Along:
    """The way along the factor on an effect: what it adds to the objective, and the lines of plans that are found."""

    way: Floats
    distribution: FactorDistribution
    mean: float
    lines: list[PlanLine]

    @property
    def far(self) -> float:
        """How far away from the mean the factor may be."""
        return FAR * self.distribution.deviation

    def share(self, low: float, high: float) -> float:
        """Return how likely a factor between two places is."""
        return float(self.distribution.moments(np.array([low, high]) + self.mean)[0, 0])


@dataclass(eq=False)
class _LineModel:
    """One live model, whose objective goes along the factor on one effect after another."""

    drawn: DrawnProblems
    errors: EffectErrors
    proved: bool = field(init=False, default=True)

    def __post_init__(self) -> None:
        drawn, self._mean = self.drawn, self.errors.mean
        self._stage = drawn.problem.stages[0]
        self._live = LiveModel(drawn.problem, drawn.options)
        if drawn.problem.is_integer:
            self._live.set_start(drawn.point)
        self._cost = drawn.cost_of(self._mean)
        self._x, size = self._best(self._cost)
        gap = drawn.options.gap_for(drawn.problem) if drawn.problem.is_integer else EXACT
        self._noise = max(gap, EXACT) * abs(size)

    def pieces(self, effect: int) -> ValuePieces:
        """Return the pieces along the factor on an effect, from one far end of its distribution to the other."""
        errors, mean, self.proved = self.errors, float(self._mean[effect]), True
        factors = np.ones(len(errors.names))
        factors[effect] = 2.0
        others = errors.together(effect)
        deviation = errors.deviation
        factors[others] = 1.0 + errors.correlation * deviation[others] / deviation[effect]
        way = self.drawn.costs.moved_by(factors)
        low, high = errors.distributions[effect].at(np.array([-FAR, FAR])) - mean
        ends = [(away, self._line(way, away)) for away in (float(low), float(high))]
        lines = [PlanLine(0.0, 0.0), *(line for _, line in ends)]
        if max(line.value(away) for away, line in ends) > self._noise:
            self._between(_Along(way, errors.distributions[effect], mean, lines), ends[0], ends[1], 0)
        else:
            lines = lines[:1]
        return greatest_of(lines, mean, proved=self.proved)

    def _between(self, along: _Along, left: _Found, right: _Found, depth: int) -> None:
        """Add the lines of the plans that are best between two places, as far as they matter."""
        if right[1].slope <= left[1].slope or depth > DEPTH:
            return
        meets = left[1].meets(right[1])
        if not left[0] < meets < right[0]:
            return
        least = left[1].value(meets)
        # the value is convex: it is below the chord, so that no plan between exceeds what is known by more
        share = (meets - left[0]) / (right[0] - left[0])
        most = (1.0 - share) * left[1].value(left[0]) + share * right[1].value(right[0]) - least
        ends_at_mean = any(abs(line.slope) * abs(along.far) <= self._noise for _, line in (left, right))
        if not ends_at_mean and most * along.share(left[0], right[0]) <= MATTERS * self._noise:
            return
        found = self._line(along.way, meets)
        if found.value(meets) - least <= self._noise:
            return
        along.lines.append(found)
        self._between(along, left, (meets, found), depth + 1)
        self._between(along, (meets, found), right, depth + 1)

    def _line(self, way: Floats, away: float) -> PlanLine:
        x, _ = self._best(self._cost + away * way)
        gain, apart = -self._stage.sign, x - self._x
        return PlanLine(min(gain * float((self._cost * apart).sum()), 0.0), gain * float((way * apart).sum()))

    def _best(self, cost: Floats) -> tuple[Floats, float]:
        self._live.set_costs(cost, self._stage.maximize, self._stage.offset)
        found = ended(self._live.solve())
        self.proved &= found.termination is Termination.OPTIMAL
        assert found.x is not None, "the plan itself keeps every limit"
        return found.x, self._stage.offset + float((cost * found.x).sum())


def _row(
    plan: Allocation, errors: EffectErrors, effect: int, pieces: ValuePieces, study: StudyDesign | None
) -> dict[str, Any]:
    distribution = errors.distributions[effect]
    together = errors.together(effect)
    normal = all(
        one.shape == "normal" and one.below == one.above
        for one in (distribution, *(errors.distributions[other] for other in together.tolist()))
    )
    below, above = pieces.nearest
    if distribution.shape != "normal" and below <= 0.0:
        below = -np.inf  # its factor is never there
    row: dict[str, Any] = {
        "effect": errors.names[effect],
        "program": str(plan.scenario.programs.ids[errors.program[effect]]),
        "outcome": list(plan.scenario.outcomes)[errors.outcome[effect]],
        "error": distribution.deviation,
        "assumed": not errors.said[effect],
        "changes_below": below,
        "changes_above": above,
        "evppi": pieces.expected(distribution.moments(pieces.edges)),
        "unit": objective_unit(plan),
        "method": EXACTLY if normal or not len(together) else PREDICTED,
        "proved": pieces.proved,
    }
    if study is not None:
        subjects = study.subjects or _best_size(pieces, distribution.deviation, study, row["evppi"])
        cost = study.fixed_cost + study.per_subject * subjects
        worth = pieces.after_study(_told(distribution.deviation, study, subjects))
        row |= {
            "subjects": subjects,
            "evsi": worth,
            "cost": cost,
            "net": worth - cost,
            "currency": plan.scenario.currency,
        }
    return row


def _told(deviation: float, study: StudyDesign, subjects: float) -> float:
    """Return the standard deviation, before a study, of the mean after it."""
    noise = study.subject_error**2 / subjects
    return deviation**2 / float(np.sqrt(deviation**2 + noise))


def _best_size(pieces: ValuePieces, deviation: float, study: StudyDesign, evppi: float) -> int:
    """Return the number of subjects with the greatest net value, by looking ever closer around the best of a grid.

    More subjects than perfect information is worth are never paid for.
    """

    def net(subjects: int) -> float:
        return pieces.after_study(_told(deviation, study, subjects)) - study.per_subject * subjects

    low, high = 1, max(int(evppi / study.per_subject), 1)
    while True:
        sizes = np.unique(np.geomspace(low, high, 65).round().astype(np.int64))
        best = int(np.argmax([net(int(size)) for size in sizes]))
        low, high = int(sizes[max(best - 1, 0)]), int(sizes[min(best + 1, len(sizes) - 1)])
        if high - low <= 64:
            return max(range(low, high + 1), key=net)


def _in_order(rows: Sequence[dict[str, Any]], study: StudyDesign | None, scenario: Scenario) -> pd.DataFrame:
    import pandas as pd

    own = {"error": SHARE, "subjects": COUNT, **dict.fromkeys(("cost", "net"), CURRENCY)}
    own |= dict.fromkeys(("changes_below", "changes_above"), FACTOR)
    table = with_units(pd.DataFrame(rows), scenario, own)
    keys = [*([] if study is None else ["net"]), "evppi"]
    return table.sort_values([*keys, "effect"], ascending=[*[False] * len(keys), True], ignore_index=True)
