"""The limits of a plan, and what relaxing each would gain, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.report.limit_words import COVERAGE, bound_words, value_words
from budgetopt.report.numbers import Numbers, join_words, singular
from budgetopt.report.text import label, one_line
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.model import CHANGE, SPENDING, WEIGHTED_OUTCOMES, Smallest

__all__ = ["Gain", "LimitLine", "limit_name", "limits_of"]

_HALF_A_CENT = 0.005
_STEPS = (1, 1_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Gain:
    """Says what a plan gains, in the terms of its first objective."""

    what: str  # the objective as the scenario names it, or "smallest" for the group that has least of an outcome
    maximize: bool
    unit: str  # the unit of an outcome that is the objective by itself
    numbers: Numbers

    @classmethod
    def of(cls, plan: Allocation, numbers: Numbers) -> Gain:
        """Return how a plan's gains are said."""
        first = plan.scenario.objective[0]
        what = first.maximize if first.maximize is not None else first.minimize
        if isinstance(what, Smallest):
            outcome = plan.scenario.outcomes[what.smallest]
            return cls("smallest", True, outcome.unit, numbers)
        what = what or ""
        known = plan.scenario.outcomes.get(what.removeprefix("outcome "))
        return cls(what, first.maximize is not None, known.unit if known else "", numbers)

    def words(self, gain: float) -> str:
        """Return a gain in words that follow *would*: ``save $1.20``, ``add 8.3 households``."""
        if self.what == WEIGHTED_OUTCOMES:
            return f"add {self.numbers.quantity(gain)} to the weighted outcomes"
        if self.what == SPENDING:
            return f"save {self.numbers.spoken_money(gain)}"
        if self.what == CHANGE:
            return f"move {self.numbers.spoken_money(gain)} less"
        if self.what == "smallest":
            return f"add {self.numbers.with_unit(gain, self.unit)} to the group that has least"
        if self.unit:
            return f"{'add' if self.maximize else 'spare'} {self.numbers.with_unit(gain, self.unit)}"
        return f"bring {self.numbers.quantity(gain)} less {self.what}"

    def amount(self, gain: float) -> str:
        """Return a gain as an amount: ``8.3 households``, ``$1.20``, ``1.74 of the weighted outcomes``."""
        if self.what == WEIGHTED_OUTCOMES:
            return f"{self.numbers.quantity(gain)} of the weighted outcomes"
        return self.numbers.with_unit(gain, self.unit) if self.unit else self.numbers.spoken_money(gain)

    def relaxed(self, price: float, unit: str, more: str) -> str:
        """Return what relaxing a limit would gain, from the gain for one unit.

        The unit is in the plural, and empty for money. What relaxing is comes after the amount: ``less asked for``.
        """
        least = 0.1 if self.what in (SPENDING, CHANGE) else 1.0
        step = next((step for step in _STEPS if price * step >= least), _STEPS[-1])
        if not unit:
            return f"Each {self.numbers.spoken_money(step)} {more} would {self.words(price * step)}."
        amount = singular(unit) if step == 1 else f"{self.numbers.number(step)} {unit}"
        return f"Each {amount} {more} would {self.words(price * step)}."


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One limit of a plan, as it is printed."""

    kind: str  # in words: rule, target, reserve
    name: str
    period: str  # empty where the scenario has one period
    value: str  # what the plan has there
    sense: str
    bound: str
    because: str  # the law or promise behind it
    binding: bool
    price: float  # what relaxing it by one unit gains; NaN where that is not known
    price_words: str  # the same in a sentence
    stake: float = math.nan  # what relaxing it by a hundredth of itself gains: by this limits are put in order


def limits_of(plan: Allocation, numbers: Numbers) -> list[LimitLine]:
    """Return every limit of a plan beyond the programs' own: money first, then those that bind, by what they cost.

    The first is the one of which relaxing a hundredth would gain most. A limit that is the same in several periods
    is said once.
    """
    gain = Gain.of(plan, numbers)
    money = _money(plan, gain)
    others = _rules(plan, gain)
    most: dict[tuple[bool, str, str], float] = {}
    for limit in others:
        group = (limit.binding, limit.kind, limit.name)
        most[group] = max(most.get(group, 0.0), 0.0 if math.isnan(limit.stake) else limit.stake)
    # the periods of one limit stay together; sorting is stable, so that they stay in order
    groups = {group: at for at, group in enumerate(most)}
    others.sort(
        key=lambda limit: (
            not limit.binding,
            -most[limit.binding, limit.kind, limit.name],
            groups[limit.binding, limit.kind, limit.name],
        )
    )
    return [*_merged(money), *_merged(others)]


def _merged(limits: list[LimitLine]) -> list[LimitLine]:
    """Return limits with those in one that differ by nothing but their period."""
    merged: dict[tuple[object, ...], list[LimitLine]] = {}
    for limit in limits:
        same = (limit.kind, limit.name, limit.value, limit.sense, limit.bound, limit.binding, limit.price_words)
        merged.setdefault(same, []).append(limit)
    return [replace(group[0], period=join_words([one.period for one in group])) for group in merged.values()]


def _money(plan: Allocation, gain: Gain) -> list[LimitLine]:
    """Return the funds whose last dollar is spent or must be kept, where another dollar would be worth something."""
    funds = plan.funds
    free = (funds["closing"] - funds["reserve"]).to_numpy()
    price = funds["price"].to_numpy()
    spent = funds["spending"].to_numpy()
    names = {key: label(key, fund.name) for key, fund in plan.scenario.funds.items()}
    keys, periods = funds["fund"].tolist(), funds["period"].tolist()
    used_up = (free <= _HALF_A_CENT) & ((price > 0) | np.isnan(price)) & (spent > 0)
    keeps = (funds["reserve"] > 0).tolist()
    return [
        LimitLine(
            kind="money",
            name=f"Money in {names[keys[at]]}",
            period=_period(plan, periods[at]),
            value=gain.numbers.spoken_money(float(spent[at])),
            sense="all spent above the reserve" if keeps[at] else "all spent",
            bound="",
            because="",
            binding=True,
            price=float(price[at]),
            price_words=_words(gain, float(price[at]), "", "more"),
        )
        for at in np.flatnonzero(used_up).tolist()
    ]


def _rules(plan: Allocation, gain: Gain) -> list[LimitLine]:
    lines = []
    for row in plan.rules.to_dict("records"):
        limit, sense = plan.scenario.limits[int(row["limit"])], str(row["sense"])
        lines.append(
            LimitLine(
                kind=limit.family,
                name=limit_name(limit, "" if limit.parts_are_programs else str(row["part"])),
                period=_period(plan, str(row["period"])),
                value=value_words(plan, limit, row, gain.numbers),
                sense=sense,
                bound=bound_words(plan, limit, row, gain.numbers),
                because=one_line(limit.because),
                binding=bool(row["binding"]),
                price=float(row["price"]),
                price_words=_price_words(gain, limit, sense, float(row["price"]), str(row["unit"]))
                if row["binding"]
                else "",
                stake=float(row["one_percent"]),
            )
        )
    return lines


def limit_name(limit: Limit, part: str = "") -> str:
    """Return what a limit, or a part of it, is called in print."""
    name = limit.title.format(*(one_line(owner) for owner in limit.owners))
    return f"{name}: {label(part)}" if part else name


def _period(plan: Allocation, period: str) -> str:
    if len(plan.scenario.periods) == 1:
        return ""
    return "all periods together" if period == "all" else one_line(period)


def _price_words(gain: Gain, limit: Limit, sense: str, price: float, unit: str) -> str:
    usual = {"at least": "less asked for", "at most": "more allowed"}.get(sense, "of relaxation")
    more = limit.relaxed.get("") or limit.relaxed.get(sense, usual)
    if unit == COVERAGE and math.isfinite(price) and price > 0:
        return f"Each percentage point {more} would {gain.words(price / 100)}."
    return _words(gain, price, "" if sense == "holds" else one_line(unit), more, one_of_many=sense == "holds")


def _words(gain: Gain, price: float, unit: str, more: str, *, one_of_many: bool = False) -> str:
    if math.isnan(price):
        return "No price is worked out for it."
    if price <= 0 or not math.isfinite(price):
        return "Relaxing this limit alone a little would gain nothing."
    words = gain.relaxed(price, unit, more)
    return words.replace(" would ", " would, where it matters most, ") if one_of_many else words
