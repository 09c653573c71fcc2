"""Draws of what effects really bring: a factor on each effect, 1 where it is as estimated.

They are a Latin hypercube: of N draws of one effect, each of the N equally likely parts of its distribution holds one
(McKay, Beckman and Conover, Technometrics 21, 1979). Errors of one group share a part of their normal score, so that
any two of them have the correlation that is said. Each effect has a random stream of its own, made of the seed and its
name, so that its draws stay the same whatever else a scenario has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from budgetopt.allocation import Allocation, EffectRanges
from budgetopt.analysis.risk.effect_errors import ErrorShape, FactorDistribution, normal_quantiles
from budgetopt.errors import OptionError, near
from budgetopt.formulation.stages import discounts, outcome_worths
from budgetopt.scenario.estimates import NORMAL_95
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario

__all__ = ["EffectErrors", "SharedBy", "effect_texts", "effect_values", "latin_scores"]

SharedBy = Literal["source", "program", "outcome", "all"]
"""What effects have in common whose errors go together."""


@dataclass(frozen=True, eq=False)
class EffectErrors:
    """The effects of a scenario, how far each may be off, and what each brings in a plan; one row an effect.

    Parameters
    ----------
    program, outcome, package
        Positions, and which of its program's packages brings it, -1 for an effect of the program itself; shape
        (effects,).
    names
        What each is called: ``program.outcome``, with its number where a package brings it.
    distributions
        The distribution of each factor.
    straight
        Whether it is a straight line through nothing, or all-or-nothing, so that it may change its sign; shape
        (effects,).
    said
        Whether the scenario says how far it may be off; shape (effects,).
    group
        Effects whose errors go together have the same number, -1 for those that go with none; shape (effects,).
    correlation
        The correlation of the normal scores of two effects of a group.
    moved
        Units that spending moves in the plan, in each period; shape (effects, periods).
    value
        What that adds to the first objective; shape (effects,).
    """

    program: Ints
    outcome: Ints
    package: Ints
    names: tuple[str, ...]
    distributions: tuple[FactorDistribution, ...]
    straight: Bools
    said: Bools
    group: Ints
    correlation: float
    moved: Floats
    value: Floats

    @classmethod
    def of(
        cls,
        plan: Allocation,
        *,
        shape: ErrorShape = "normal",
        assumed_error: float | None = None,
        correlation: float = 0.0,
        shared_by: SharedBy = "source",
    ) -> EffectErrors:
        """Return the effects of a plan's scenario.

        Parameters
        ----------
        plan
            The plan.
        shape
            The shape of the distributions. A normal error of an effect that is no straight line is truncated at zero.
        assumed_error
            The standard error, as a share, that is assumed where the scenario says nothing; left out, such an effect is
            taken for exact.
        correlation, shared_by
            The correlation of the errors of effects that have this in common.

        Raises
        ------
        OptionError
            If a number is out of range, a word is unknown, or the first objective is no sum of outcomes.
        """
        _check_choices(shape, assumed_error, correlation, shared_by)
        scenario, ranges = plan.scenario, plan.effect_ranges
        if outcome_worths(scenario, scenario.objective[0]) is None:
            raise OptionError(
                "the first objective is no sum of outcomes, so that a factor on an effect does not change it",
                hint="maximize the weighted outcomes, or one outcome, first",
            )
        half = 0.0 if assumed_error is None else assumed_error
        straight = _straight(plan)
        distributions = [
            FactorDistribution.of_range(low, high, "truncated" if shape == "normal" and not line else shape)
            if known
            else FactorDistribution(half, half, "truncated" if shape == "normal" and not line else shape)
            for known, low, high, line in zip(
                ranges.said.tolist(), ranges.low.tolist(), ranges.high.tolist(), straight.tolist(), strict=True
            )
        ]
        return cls(
            ranges.program,
            ranges.outcome,
            ranges.package,
            _names(plan),
            tuple(distributions),
            straight,
            ranges.said,
            _groups(plan, shared_by) if correlation else np.full(len(ranges.program), -1),
            correlation,
            ranges.moved,
            effect_values(scenario, ranges),
        )

    @property
    def uncertain(self) -> Bools:
        """Which effects may be off; shape (effects,)."""
        return np.array([not one.is_certain for one in self.distributions], dtype=bool)

    @property
    def mean(self) -> Floats:
        """The mean factor of each effect; shape (effects,)."""
        return np.array([one.mean for one in self.distributions], dtype=np.float64)

    @property
    def deviation(self) -> Floats:
        """The standard deviation of each factor; shape (effects,)."""
        return np.array([one.deviation for one in self.distributions], dtype=np.float64)

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """The factors that hold 95% of each effect's error between them; shape (effects,) both."""
        scores = np.array([-NORMAL_95, NORMAL_95])
        ends = np.array([one.at(scores) for one in self.distributions]).reshape(-1, 2)
        return ends[:, 0], ends[:, 1]

    def together(self, effect: int) -> Ints:
        """Return the other effects whose errors go with that of one."""
        group = self.group[effect]
        mine: Ints = np.flatnonzero((self.group == group) & self.uncertain & (group >= 0))
        return np.setdiff1d(mine, [effect])

    def draws(self, count: int, seed: int) -> Floats:
        """Return factors of so many draws; shape (draws, effects)."""
        factors = np.ones((count, len(self.names)))
        shared, own = np.sqrt(self.correlation), np.sqrt(1.0 - self.correlation)
        common = {group: latin_scores(count, (seed, 1, group)) for group in np.unique(self.group[self.group >= 0])}
        for effect in np.flatnonzero(self.uncertain).tolist():
            scores = latin_scores(count, (seed, 0, _number_of(self.names[effect])))
            if (group := self.group[effect]) >= 0:
                scores = shared * common[group] + own * scores
            factors[:, effect] = self.distributions[effect].at(scores)
        return factors


def effect_values(scenario: Scenario, ranges: EffectRanges) -> Floats:
    """Return what each effect adds to the first objective, which is a sum of outcomes; shape (effects,)."""
    worth = outcome_worths(scenario, scenario.objective[0])
    assert worth is not None, "a sum of outcomes counts each of them"
    counts = discounts(scenario)
    return np.asarray(ranges.moved @ counts * worth[ranges.outcome])


def latin_scores(count: int, stream: Sequence[int]) -> Floats:
    """Return standard normal scores, one in each of so many equally likely parts, in random order; shape (count,).

    The stream begins with the seed; OptionError if that is below zero.
    """
    if stream[0] < 0:
        raise OptionError(f"a seed of {stream[0]} cannot be", hint="say a whole number from 0 on")
    rng = np.random.default_rng([int(part) for part in stream])
    return normal_quantiles((rng.permutation(count) + rng.uniform(1e-9, 1.0 - 1e-9, count)) / count)


def _number_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def _check_choices(shape: str, assumed_error: float | None, correlation: float, shared_by: str) -> None:
    for what, given, known in (
        ("shape of errors", shape, get_args(ErrorShape)),
        ("way in which effects go together", shared_by, get_args(SharedBy)),
    ):
        if given not in known:
            close = near(str(given), known)
            hint = f"did you mean {close!r}?" if close else f"one of {', '.join(known)}"
            raise OptionError(f"there is no {what} {given!r}", hint=hint)
    if not 0.0 <= correlation <= 1.0:
        raise OptionError(f"a correlation of {correlation:g} cannot be", hint="say a number from 0 to 1, such as 0.5")
    if assumed_error is not None and not 0.0 < assumed_error < 10.0:
        message = f"an assumed standard error of {assumed_error:g} times the effect cannot be"
        raise OptionError(message, hint="say a share of the effect above 0, such as 0.3")


def _straight(plan: Allocation) -> Bools:
    """Return which effects are straight lines through nothing, or all-or-nothing; shape (effects,)."""
    effects, ranges = plan.scenario.effects, plan.effect_ranges
    bent = np.diff(effects.offsets) > 1
    pairs = set(zip(effects.program[bent].tolist(), effects.outcome[bent].tolist(), strict=True))
    mine = zip(ranges.program.tolist(), ranges.outcome.tolist(), strict=True)
    return np.array([pair not in pairs for pair in mine], dtype=bool)


def _names(plan: Allocation) -> tuple[str, ...]:
    ids, outcomes, ranges = plan.scenario.programs.ids, list(plan.scenario.outcomes), plan.effect_ranges
    rows = zip(ranges.program.tolist(), ranges.outcome.tolist(), ranges.package.tolist(), strict=True)
    return tuple(
        f"{ids[program]}.{outcomes[outcome]}" + (f" (package {package + 1})" if package >= 0 else "")
        for program, outcome, package in rows
    )


def _groups(plan: Allocation, shared_by: SharedBy) -> Ints:
    """Return the group of each effect; effects without a source go with none."""
    ranges = plan.effect_ranges
    if shared_by == "all":
        return np.zeros(len(ranges.program), dtype=np.int64)
    if shared_by != "source":
        return ranges.program if shared_by == "program" else ranges.outcome
    names = [" ".join(text.split()).casefold() for text in effect_texts(plan, "source")]
    numbers = {name: at for at, name in enumerate(dict.fromkeys(name for name in names if name))}
    return np.array([numbers.get(name, -1) for name in names], dtype=np.int64)


def effect_texts(plan: Allocation, key: str) -> list[str]:
    """Return what the scenario says of each effect under a key, such as its source; one text an effect."""
    ranges, programs, outcomes = plan.effect_ranges, plan.scenario.programs, list(plan.scenario.outcomes)
    texts = np.full(len(ranges.program), "", dtype=object)
    for outcome, package in {*zip(ranges.outcome.tolist(), ranges.package.tolist(), strict=True)}:
        mine = np.flatnonzero((ranges.outcome == outcome) & (ranges.package == package))
        prefix = f"outcomes.{outcomes[outcome]}" if package < 0 else f"packages.{package}.outcomes.{outcomes[outcome]}"
        texts[mine] = programs.text(f"{prefix}.{key}")[ranges.program[mine]]
    return [str(text) for text in texts.tolist()]
