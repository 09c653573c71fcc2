"""The limits of a plan, what it has beside each, and what relaxing each would gain, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from budgetopt.allocation import Allocation
from budgetopt.allocation.tables import rows_of
from budgetopt.report.figures.numbers import Numbers, join_words, plural, singular
from budgetopt.report.figures.text import label, one_line
from budgetopt.scenario.limits import Limit, Mention, Words
from budgetopt.scenario.model import CHANGE, LARGEST_CUT, SPENDING, WEIGHTED_OUTCOMES, Smallest
from budgetopt.scenario.scenario import Scenario

__all__ = ["Gain", "LimitLine", "limit_name", "limits_of"]

COVERAGE = "of full coverage"
"""The unit in which rules on coverages count."""
_STEPS = (1, 1_000, 100_000, 1_000_000)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gain:
    """Says what a plan gains, in the terms of its first objective."""

    what: str  # the objective as the scenario names it, or "smallest" for the group that has least of an outcome
    maximize: bool
    unit: str  # what the objective counts: its own name, or the unit of an outcome that is the objective by itself
    numbers: Numbers

    @classmethod
    def of(cls, plan: Allocation, numbers: Numbers) -> Gain:
        """Return how a plan's gains are said."""
        return cls.within(plan.scenario, numbers)

    @classmethod
    def within(cls, scenario: Scenario, numbers: Numbers) -> Gain:
        """Return how the gains of a scenario's plans are said."""
        first = scenario.objective[0]
        what = first.maximize if first.maximize is not None else first.minimize
        if isinstance(what, Smallest):
            return cls("smallest", True, first.name or scenario.outcomes[what.smallest].unit, numbers)
        what = what or ""
        known = scenario.outcomes.get(what.removeprefix("outcome "))
        return cls(what, first.maximize is not None, one_line(first.name or (known.unit if known else "")), numbers)

    def words(self, gain: float) -> str:
        """Return a gain in words that follow *would*: ``save $1.20``, ``add 8.3 households``."""
        if self.what == WEIGHTED_OUTCOMES and not self.unit:
            return f"add {self.numbers.quantity(gain)} to the weighted outcomes"
        if self.what == SPENDING:
            return f"save {self.numbers.spoken_money(gain)}"
        if self.what == CHANGE:
            return f"move {self.numbers.spoken_money(gain)} less"
        if self.what == LARGEST_CUT:
            return f"make the largest cut smaller by {self.amount(gain)}"
        if self.what == "smallest":
            return f"add {self.numbers.with_unit(gain, self.unit)} to the group that has least"
        if self.unit:
            return f"{'add' if self.maximize else 'spare'} {self.numbers.with_unit(gain, self.unit)}"
        return f"bring {self.numbers.quantity(gain)} less {self.what}"

    def amount(self, gain: float) -> str:
        """Return a gain as an amount: ``8.3 households``, ``$1.20``, ``1.74 of the weighted outcomes``."""
        if self.what == WEIGHTED_OUTCOMES and not self.unit:
            return f"{self.numbers.quantity(gain)} of the weighted outcomes"
        if self.what == LARGEST_CUT:
            return self.numbers.with_unit(100 * gain, "percentage points")
        return self.numbers.with_unit(gain, self.unit) if self.unit else self.numbers.spoken_money(gain)

    def relaxed(self, price: float, unit: str, more: str) -> str:
        """Return what relaxing a limit would gain, from the gain for one unit.

        The unit is in the plural, and empty for money. What relaxing is comes after the amount: ``less asked for``.
        """
        least = {SPENDING: 0.1, CHANGE: 0.1, LARGEST_CUT: 0.001}.get(self.what, 1.0)
        step = next((step for step in _STEPS if price * step >= least), _STEPS[-1])
        amount = singular(unit) if step == 1 else f"{self.numbers.number(step)} {unit}"
        amount = amount if unit else self.numbers.spoken_money(step)
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
    of_program: bool = False  # whether it is a limit of one program alone
    position: int = -1  # its position among the scenario's limits; -1 for money


def limits_of(plan: Allocation, numbers: Numbers) -> list[LimitLine]:
    """Return every limit of a plan that its table of limits has: money first, then those that bind, by what they cost.

    The first is the one of which relaxing a hundredth would gain most; limits of single programs come after all others.
    A limit that is the same in several periods is said once.
    """
    gain = Gain.of(plan, numbers)
    # the periods of one limit stay together; sorting is stable, so that they stay in order
    groups: dict[tuple[bool, str, str], list[LimitLine]] = {}
    for limit in _rules(plan, gain):
        groups.setdefault((limit.binding, limit.kind, limit.name), []).append(limit)

    def order(group: list[LimitLine]) -> tuple[bool, bool, float]:
        stakes = [limit.stake for limit in group if not math.isnan(limit.stake)]
        return not group[0].binding, group[0].of_program, -max([0.0, *stakes])

    others = [limit for group in sorted(groups.values(), key=order) for limit in group]
    return [*_merged(_money(plan, gain)), *_merged(others)]


def _merged(limits: list[LimitLine]) -> list[LimitLine]:
    """Return limits with those in one that differ by nothing but their period."""
    merged: dict[tuple[object, ...], list[LimitLine]] = {}
    for limit in limits:
        same = (limit.kind, limit.name, limit.value, limit.sense, limit.bound, limit.binding, limit.price_words)
        merged.setdefault(same, []).append(limit)
    return [replace(group[0], period=join_words([one.period for one in group])) for group in merged.values()]


def _money(plan: Allocation, gain: Gain) -> list[LimitLine]:
    """Return the money of funds of which another dollar of recurring revenue would be worth something.

    Where a fund's last dollar is spent, or must be kept, its money is the limit. Where it is not, other limits are that
    move with revenue, such as structural balance.
    """
    lines = []
    for row in rows_of(plan.columns.funds):
        # a balance and a reserve that is a share are each rounded: so far apart, nothing is left
        price, has_left = float(row["price"]), row["closing"] - row["reserve"] > 3 * plan.half_a_cent
        if row["spending"] <= 0 or (price <= 0 or (math.isnan(price) and has_left)):
            continue
        fund = _fund(plan, row["fund"])
        said = plan.scenario.funds[row["fund"]]
        follows = said.structural_balance or said.reserve is not None or said.spending is not None
        more = "more of recurring revenue" if follows and not has_left else "more"
        spent = "all spent above the reserve" if row["reserve"] > 0 else "all spent"
        lines.append(
            LimitLine(
                kind="revenue" if has_left else "money",
                name=f"{'Recurring revenue of' if has_left else 'Money in'} {fund}",
                period=_period(plan, row["period"]),
                value=gain.numbers.spoken_money(row["revenue"] if has_left else row["spending"]),
                sense="other limits of the fund follow it" if has_left else spent,
                bound="",
                because="",
                binding=True,
                price=price,
                price_words=_of_both_sides(gain, price, float(row["price_less"]), more),
            )
        )
    return sorted(lines, key=lambda line: line.kind)


def _of_both_sides(gain: Gain, price: float, less: float, more: str) -> str:
    """Say what a dollar more brings, and where that differs, what a dollar less costs."""
    words = _words(gain, price, "", more)
    if math.isnan(price) or math.isnan(less) or math.isclose(price, less, rel_tol=1e-6):
        return words
    return f"{words.removesuffix('.')}; each dollar less would cost {gain.amount(less)}."


def _rules(plan: Allocation, gain: Gain) -> list[LimitLine]:
    lines = []
    for row in rows_of(plan.columns.rules):
        limit, sense, price = plan.scenario.limits[int(row["limit"])], str(row["sense"]), float(row["price"])
        words = _price_words(gain, limit, sense, price, str(row["unit"])) if row["binding"] else ""
        lines.append(
            LimitLine(
                kind=limit.family,
                name=limit_name(limit, "" if limit.parts_are_programs else str(row["part"])),
                period=_period(plan, str(row["period"])),
                value=_value_words(plan, limit, row, gain.numbers),
                sense=sense,
                bound=_bound_words(plan, limit, row, gain.numbers),
                because=one_line(limit.because),
                binding=bool(row["binding"]),
                price=price,
                price_words=words,
                stake=float(row["one_percent"]),
                of_program=limit.of_program,
                position=int(row["limit"]),
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


def _value_words(plan: Allocation, limit: Limit, row: Row, numbers: Numbers) -> str:
    """Return what a plan has beside a limit, from its row of ``plan.rules``."""
    value = float(row["value"])
    if math.isnan(value):
        return ""
    if row["sense"] == "holds":
        return f"holds {numbers.number(value)} of {plural(int(row['bound']), 'program')}"
    if limit.parts_are_programs:
        return f"{_programs(plan, [str(row['part'])])} {'funded' if value else 'not funded'}"
    if limit.unit == "programs":
        return f"{plural(int(value), 'program')} funded"
    return _figure(numbers, value, str(row["unit"]))


def _bound_words(plan: Allocation, limit: Limit, row: Row, numbers: Numbers) -> str:
    """Return a limit in words: the figure that it comes to here, and what the scenario says."""
    if limit.statement:
        return _said(plan, limit.statement, str(row["part"]), numbers)
    if math.isnan(float(row["bound"])):
        return limit.unasked
    sense = str(row["sense"])
    text = f"{sense} {_figure(numbers, float(row['bound']), str(row['unit']))}"
    return text + _share(plan, limit, sense, str(row["period"]), numbers) + _said(plan, limit.remark, "", numbers)


def _share(plan: Allocation, limit: Limit, sense: str, period: str, numbers: Numbers) -> str:
    """Return the share that a limit asks for in a period; nothing if it asks for a number."""
    for number in limit.numbers:
        if number.sense == sense and number.of:
            share = number.in_period(period)
            return "" if share is None else f" ({numbers.share(share, 2)} of {_said(plan, number.of, '', numbers)})"
    return ""


def _said(plan: Allocation, words: Words, part: str, numbers: Numbers) -> str:
    """Return a part of a sentence; programs that are named without keys are the part that the row is about."""
    pieces = []
    for piece in words:
        if isinstance(piece, Mention):
            keys = piece.keys or (part,)
            pieces.append(_programs(plan, keys) if piece.what == "programs" else _fund(plan, keys[0]))
        else:
            pieces.append(piece if isinstance(piece, str) else numbers.share(float(piece), 2))
    return "".join(pieces)


def _programs(plan: Allocation, ids: Iterable[str]) -> str:
    programs, names = plan.scenario.programs, plan.scenario.programs.names()
    return join_words([f"“{one_line(names[programs.position(program)])}”" for program in dict.fromkeys(ids)])


def _fund(plan: Allocation, key: str) -> str:
    return label(key, plan.scenario.funds[key].name)


def _figure(numbers: Numbers, value: float, unit: str) -> str:
    if unit == COVERAGE:
        return f"{numbers.share(value)} {COVERAGE}"
    return numbers.with_unit(value, one_line(unit)) if unit else numbers.spoken_money(value)
