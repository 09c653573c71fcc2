"""The limits of a plan, what it has beside each, and what relaxing each would gain, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.allocation.tables import Columns, rows_of
from budgetopt.report.figures.gain import Gain
from budgetopt.report.figures.numbers import Numbers, join_words, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.scenario.limits import Limit, Mention, Words
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["Gain", "LimitLine", "LimitLines", "limit_name", "limits_of", "titled"]

COVERAGE = "of full coverage"
"""The unit in which rules on coverages count."""

Row = Mapping[str, Any]


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


class LimitLines(Sequence[LimitLine]):
    """The limits of a plan in order; those of single programs, of which there may be very many, are made when read.

    Parameters
    ----------
    first, last
        The limits before those of single programs, and after them.
    own
        Those of single programs, all of which bind, each by its rows in ``plan.rules``: those of its periods.
    make
        Makes a limit of such rows.

    Attributes
    ----------
    own_stakes
        What relaxing each of the limits of single programs by a hundredth would gain.
    own_programs
        The positions of their programs.
    """

    def __init__(
        self,
        first: Sequence[LimitLine],
        last: Sequence[LimitLine],
        own: Sequence[Sequence[int]] = (),
        make: Callable[[Sequence[int]], LimitLine] | None = None,
        stakes: Floats | None = None,
        programs: Ints | None = None,
    ) -> None:
        self.first, self.last = first, last
        self._own, self._make = own, make
        self.own_stakes = np.empty(0) if stakes is None else stakes
        self.own_programs = np.empty(0, dtype=np.int64) if programs is None else programs

    @property
    def binding(self) -> LimitLines:
        """Those that bind."""
        first = [limit for limit in self.first if limit.binding]
        return LimitLines(first, (), self._own, self._make, self.own_stakes, self.own_programs)

    def own(self, at: int) -> LimitLine:
        """Return one of the limits of single programs."""
        assert self._make is not None
        return self._make(self._own[at])

    def __len__(self) -> int:
        return len(self.first) + len(self._own) + len(self.last)

    @overload
    def __getitem__(self, at: int) -> LimitLine: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[LimitLine]: ...
    def __getitem__(self, at: int | slice) -> LimitLine | Sequence[LimitLine]:
        """Return a limit, or some of them."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        if at < len(self.first):
            return self.first[at]
        at -= len(self.first)
        return self.own(at) if at < len(self._own) else self.last[at - len(self._own)]


def limits_of(plan: Allocation, numbers: Numbers) -> LimitLines:
    """Return every limit of a plan that its table of limits has: money first, then those that bind, by what they cost.

    The first is the one with the highest price for a hundredth of it; limits of single programs come after all others.
    A limit that is the same in several periods is said once.
    """
    gain, table = Gain.of(plan, numbers), plan.columns.rules
    is_own = table["limit"] >= len(plan.scenario.limits.shared)
    own = {name: column[is_own] for name, column in table.items()}
    # the periods of one limit stay together; sorting is stable, so that they stay in order
    groups: dict[tuple[bool, str, str], list[LimitLine]] = {}
    for row in rows_of({name: column[~is_own] for name, column in table.items()}):
        limit = _line(plan, gain, row)
        groups.setdefault((limit.binding, limit.kind, limit.name), []).append(limit)

    def order(group: list[LimitLine]) -> tuple[bool, float]:
        stakes = [limit.stake for limit in group if not math.isnan(limit.stake)]
        return not group[0].binding, -max([0.0, *stakes])

    others = _merged([limit for group in sorted(groups.values(), key=order) for limit in group])
    bind = [limit for limit in others if limit.binding]
    first = [*_merged(_money(plan, gain)), *bind]
    if not is_own.any():
        return LimitLines(first, others[len(bind) :])
    rows = _own_rows(own)

    def make(at: Sequence[int]) -> LimitLine:
        lines = [_line(plan, gain, row) for row in rows_of({name: column[at] for name, column in own.items()})]
        return replace(lines[0], period=join_words([line.period for line in lines]))

    lead = np.array([at[0] for at in rows], dtype=np.int64)
    programs = plan.scenario.programs.positions(own["name"][lead])
    return LimitLines(first, others[len(bind) :], rows, make, own["one_percent"][lead], programs)


def _own_rows(own: Columns) -> list[list[int]]:
    """Return the rows of each limit of a single program, in order; periods in which nothing differs are one limit."""
    names = list(zip(own["kind"].tolist(), own["name"].tolist(), strict=True))
    place: dict[tuple[str, str], int] = {}
    limit = np.array([place.setdefault(name, len(place)) for name in names], dtype=np.int64)
    stake = np.zeros(len(place))
    np.maximum.at(stake, limit, np.nan_to_num(own["one_percent"].astype(np.float64)))
    # figures that differ by less than a billionth read the same
    figures = [[f"{value:.9g}" for value in own[key].tolist()] for key in ("value", "bound", "price")]
    same = list(zip(limit.tolist(), own["sense"].tolist(), *figures, strict=True))
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in np.lexsort((limit, -stake[limit])).tolist():
        groups.setdefault(same[row], []).append(row)
    return list(groups.values())


def _merged(limits: list[LimitLine]) -> list[LimitLine]:
    """Return limits with those in one that differ by nothing but their period."""
    merged: dict[tuple[object, ...], list[LimitLine]] = {}
    for limit in limits:
        same = (limit.kind, limit.name, limit.value, limit.sense, limit.bound, limit.binding, limit.price_words)
        merged.setdefault(same, []).append(limit)
    return [replace(group[0], period=join_words([one.period for one in group])) for group in merged.values()]


def _money(plan: Allocation, gain: Gain) -> list[LimitLine]:
    """Return the money of funds of which another dollar of recurring revenue would be worth something.

    Where a fund's last dollar is spent, or must be kept, its money is the limit. Where it is not, other limits may be
    that move with revenue, such as structural balance.
    """
    lines, kept_worth = [], plan.scenario.objective[0].unspent_worth or 0.0
    for row in rows_of(plan.columns.funds):
        # a balance and a reserve that is a share are each rounded: so far apart, nothing is left
        price, left = float(row["price"]), row["closing"] - row["reserve"]
        has_left = left > max(3 * plan.half_a_cent, plan.rounded_to * (1 - 1e-9))
        # a dollar that is only kept adds no more than it is worth by itself
        nothing = kept_worth * (1 + 1e-6) if has_left else 0.0
        if row["spending"] <= 0 or (price <= nothing or (math.isnan(price) and has_left)):
            continue
        fund = _fund(plan, row["fund"])
        said = plan.scenario.funds[row["fund"]]
        follows = said.structural_balance or said.reserve is not None or said.spending is not None
        more = "more of recurring revenue" if follows and not has_left else "more"
        spent = "all spent above the reserve" if row["reserve"] > 0 else "all spent"
        spent += ", but for the rounding of amounts" if left > 3 * plan.half_a_cent else ""
        lines.append(
            LimitLine(
                kind="revenue" if has_left else "money",
                name=f"{'Recurring revenue of' if has_left else 'Money in'} {fund}",
                period=_period(plan, row["period"]),
                value=gain.numbers.spoken_money(row["revenue"] if has_left else row["spending"]),
                sense=spent if not has_left else "other limits of the fund follow it" if follows else "not all spent",
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


def _line(plan: Allocation, gain: Gain, row: Row) -> LimitLine:
    """Return the limit of a row of ``plan.rules``."""
    limit, sense, price = plan.scenario.limits[int(row["limit"])], str(row["sense"]), float(row["price"])
    words = _price_words(gain, limit, sense, price, str(row["unit"])) if row["binding"] else ""
    return LimitLine(
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


def limit_name(limit: Limit, part: str = "") -> str:
    """Return what a limit, or a part of it, is called in print."""
    name = titled(limit.title, limit.owners)
    return f"{name}: {label(part)}" if part else name


def titled(title: str, owners: Iterable[str]) -> str:
    """Return the title of a limit in print, with what owns it in its gaps."""
    return title.format(*map(one_line, owners))


def _period(plan: Allocation, period: str) -> str:
    if len(plan.scenario.periods) == 1:
        return ""
    return "all periods together" if period == "all" else one_line(period)


def _price_words(gain: Gain, limit: Limit, sense: str, price: float, unit: str) -> str:
    usual = {"at least": "less asked for", "at most": "more allowed"}.get(sense, "of relaxation")
    more = f"{limit.per} {limit.relaxed.get('') or limit.relaxed.get(sense, usual)}".strip()
    if unit == COVERAGE and math.isfinite(price) and price > 0:
        return f"Each percentage point {more} would {gain.words(price / 100)}."
    return _words(gain, price, "" if sense == "holds" else one_line(unit), more, one_of_many=sense == "holds")


def _words(gain: Gain, price: float, unit: str, more: str, *, one_of_many: bool = False) -> str:
    if math.isnan(price):
        return "No price is worked out for it."
    if price <= 0 or not math.isfinite(price):
        return f"Relaxing this limit alone a little would gain nothing{gain.in_first}."
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
    return _figure(numbers, value, str(row["unit"])) + limit.per


def _bound_words(plan: Allocation, limit: Limit, row: Row, numbers: Numbers) -> str:
    """Return a limit in words: the figure that it comes to here, and what the scenario says."""
    if limit.statement:
        return _said(plan, limit.statement, str(row["part"]), numbers)
    if math.isnan(float(row["bound"])):
        return limit.unasked
    sense = str(row["sense"])
    text = f"{sense} {_figure(numbers, float(row['bound']), str(row['unit']))}{limit.per}"
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
