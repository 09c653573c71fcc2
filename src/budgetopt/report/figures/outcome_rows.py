"""What a plan buys: the level of each outcome beside the baseline, and what each program brings to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.formulation.stages import wanted_outcomes
from budgetopt.report.figures.numbers import Numbers, quantity_decimals, rounded
from budgetopt.report.figures.text import label
from budgetopt.scenario.model import Outcome
from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["Bought", "Contributions", "OutcomeRow", "round_signed"]


@dataclass(frozen=True, slots=True)
class OutcomeSpread:
    """Between what an outcome lies, in its units; :class:`budgetopt.allocation.uncertainty.OutcomeRanges` says how."""

    low: float
    high: float
    low_if_independent: float
    high_if_independent: float
    effects: int
    with_range: int


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome.

    The baseline, the level and the change are whole numbers of ``10 ** -decimals`` units, so that they add up.
    """

    key: str
    name: str
    unit: str
    decimals: int
    baseline: int | None  # None where no program has a baseline
    level: int
    better: bool | None  # whether the change is for the better; None where nothing changes
    weight: float
    decrease: bool  # whether less of it is better, by the objectives or, where they do not say, by its direction
    targets: tuple[str, ...]  # the levels that it must reach, in words
    assumed: str  # how much of what brings it rests on assumptions: none, part or all
    spread: OutcomeSpread | None = None  # None where no effect that brings it says how far it may be off
    may_turn: bool = False  # whether the change may go the other way within the ranges of the effects
    may_miss: bool = False  # whether its target is met, and may be missed within the ranges of the effects

    @property
    def change(self) -> int:
        """The level less the baseline, as they are shown."""
        return self.level - (self.baseline or 0)

    @property
    def change_share(self) -> float:
        """The change as a share of the baseline; NaN without one."""
        return self.change / abs(self.baseline) if self.baseline else float("nan")

    def between(self, numbers: Numbers, low: float, high: float) -> str:
        """Return two levels as they are shown, without the unit."""
        return " to ".join(numbers.number(float(rounded(end, self.decimals)), self.decimals) for end in (low, high))

    def value(self, whole: int) -> float:
        """Return a whole number of this row as units."""
        return float(rounded(whole / 10**self.decimals, self.decimals))

    def text(self, numbers: Numbers, whole: int, *, signed: bool = False) -> str:
        """Return a whole number of this row as it is shown, without the unit."""
        return numbers.number(self.value(whole), self.decimals, signed=signed)

    def with_unit(self, numbers: Numbers, whole: int, *, signed: bool = False) -> str:
        """Return a whole number of this row as it is shown, with the unit."""
        return numbers.with_unit(self.value(whole), self.unit, signed=signed, decimals=self.decimals)

    def many_with_unit(self, numbers: Numbers, wholes: Ints) -> list[str]:
        """Return many whole numbers of this row, shape (n,), as they are shown, with the unit."""
        if self.decimals:
            return [self.with_unit(numbers, whole) for whole in wholes.tolist()]
        return numbers.many_with_unit(wholes.astype(np.float64), self.unit)


class Contributions(NamedTuple):
    """What programs bring to outcomes: program by program, whole numbers of the outcomes' rows.

    ``program``, ``outcome`` and ``whole``: the positions and the numbers; shape (contributions,).
    """

    program: Ints
    outcome: Ints
    whole: Ints


@dataclass(frozen=True, eq=False)
class Bought:
    """What a plan buys."""

    plan: Allocation

    @cached_property
    def levels(self) -> Floats:
        """What each effect of the audit's levels brings, all periods together; shape (effects,)."""
        return np.asarray(self.plan.audit.levels.level.sum(axis=1))

    @cached_property
    def rows(self) -> tuple[OutcomeRow, ...]:
        """One row an outcome, in the order of the scenario."""
        has_baseline = not np.isnan(self.plan.columns.programs["baseline"]).all()
        levels, baselines = (self.plan.columns.outcomes[key].tolist() for key in ("level", "baseline"))
        return tuple(
            self._row(position, baseline if has_baseline else None, level)
            for position, (baseline, level) in enumerate(zip(baselines, levels, strict=True))
        )

    def _row(self, position: int, baseline: float | None, level: float) -> OutcomeRow:
        key, outcome = list(self.plan.scenario.outcomes.items())[position]
        most = min(max(quantity_decimals(level), quantity_decimals(baseline or 0.0)), 6)
        decimals = most if abs(level) < 1000 else 0
        whole_level = int(rounded(level * 10**decimals))
        whole_baseline = None if baseline is None else int(rounded(baseline * 10**decimals))
        decrease = bool(self._less_is_better[position])
        better: bool | None = None
        if whole_baseline is not None and whole_level != whole_baseline:
            better = (whole_level < whole_baseline) == decrease
        return OutcomeRow(
            key=key,
            name=label(key, outcome.name),
            unit=outcome.unit,
            decimals=decimals,
            baseline=whole_baseline,
            level=whole_level,
            better=better,
            weight=outcome.weight,
            decrease=decrease,
            targets=tuple(_targets(outcome)),
            assumed=self._assumed(position),
            spread=self._spread(position),
            may_turn=better is not None and self._may_turn(position, level - (baseline or 0.0)),
            may_miss=self._may_miss(position, outcome),
        )

    @cached_property
    def _less_is_better(self) -> Bools:
        """Of which outcomes less is better: what all objectives about one want; without any, its direction."""
        more, less = wanted_outcomes(self.plan.scenario)
        said = [outcome.direction == "decrease" for outcome in self.plan.scenario.outcomes.values()]
        return np.where(more == less, np.array(said, dtype=bool), less)

    def _assumed(self, position: int) -> str:
        """Return how much of what brings an outcome rests on assumptions."""
        brought = self.plan.effect_ranges
        some = brought.assumed[brought.brings & (brought.outcome == position)]
        return "none" if not some.any() else "all" if some.all() else "part"

    def _spread(self, position: int) -> OutcomeSpread | None:
        """Return between what an outcome lies."""
        ranges = self.plan.outcome_ranges
        found = {field.name: getattr(ranges, field.name)[position].item() for field in fields(OutcomeSpread)}
        return OutcomeSpread(**found) if found["with_range"] else None

    def _may_miss(self, position: int, outcome: Outcome) -> bool:
        """Return whether a target that is met would be missed at an end of the ranges of the effects."""
        if outcome.target is None:
            return False
        found, level = self.plan.effect_ranges, self.plan.audit.outcomes[position]
        mine = found.outcome == position
        low, high = (level + sign * ends[mine].sum(axis=0) for sign, ends in zip((-1, 1), found.ends(), strict=True))
        floor, cap = (
            self.plan.scenario.per_period(limit, np.nan) for limit in (outcome.target.at_least, outcome.target.at_most)
        )
        if outcome.target.each == "total":
            level, low, high = (amount.sum(keepdims=True) for amount in (level, low, high))
            floor, cap = floor[:1], cap[:1]
        slack = 1e-6 * np.maximum(np.abs(level), 1.0)
        missed = ((level >= floor - slack) & (low < floor - slack)) | ((level <= cap + slack) & (high > cap + slack))
        return bool(missed.any())

    def _may_turn(self, position: int, change: float) -> bool:
        """Return whether a change from the baseline may go the other way within the ranges of the effects."""
        ranges = self.plan.outcome_ranges
        return bool(ranges.least_change[position] < 0 < change or change < 0 < ranges.most_change[position])

    @cached_property
    def contributions(self) -> Contributions:
        """What each program brings; the contributions to an outcome add up to the level that its row shows."""
        levels, count = self.plan.audit.levels, max(len(self.rows), 1)
        shown = np.zeros(len(self.levels), dtype=np.int64)
        for position, row in enumerate(self.rows):
            mine = np.flatnonzero(levels.outcome == position)
            shown[mine] = round_signed(self.levels[mine] * 10**row.decimals, row.level)
        brings = np.flatnonzero(self.levels != 0)
        # a program may bring the same by several effects, such as those of its packages
        pair = levels.program[brings] * count + levels.outcome[brings]
        different, first, of = np.unique(pair, return_index=True, return_inverse=True)
        whole = np.zeros(len(different), dtype=np.int64)
        np.add.at(whole, of, shown[brings])
        order = np.lexsort((first, different // count))
        return Contributions(different[order] // count, different[order] % count, whole[order])


def round_signed(exact: Floats, total: int) -> Ints:
    """Round numbers of either sign by the largest remainder so that they add up; what is zero stays zero.

    Where every number is zero they cannot add up to anything else, and stay so.
    """
    floor = np.floor(exact + 1e-9).astype(np.int64)
    some = np.flatnonzero(exact != 0)
    missing = total - int(floor.sum())
    if missing == 0 or not len(some):
        return floor
    remainder = (exact - floor)[some]
    order = some[np.argsort(-remainder if missing > 0 else remainder, kind="stable")]
    each, extra = divmod(abs(missing), len(order))
    step = 1 if missing > 0 else -1
    floor[order] += step * each
    floor[order[:extra]] += step
    return floor


def _targets(outcome: Outcome) -> list[str]:
    if outcome.target is None:
        return []
    numbers = Numbers()
    words = []
    for sense, level in (("at least", outcome.target.at_least), ("at most", outcome.target.at_most)):
        if isinstance(level, Mapping):
            words += [f"{sense} {numbers.quantity(value)} in {period}" for period, value in level.items()]
        elif level is not None:
            words.append(f"{sense} {numbers.quantity(float(level))}")
    return [f"{word} in all" for word in words] if outcome.target.each == "total" else words
