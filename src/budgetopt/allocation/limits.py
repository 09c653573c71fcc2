"""The table of limits: all that the audit checks and that somebody wrote, beside what relief of it would gain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model import ChangeRule, RequiresRule, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["COLUMNS", "UNLISTED", "rules_table"]

COLUMNS = (
    "kind", "name", "part", "period", "sense", "value", "bound", "slack", "binding", "price", "one_percent", "unit",
    "because", "place",
)  # fmt: skip
UNLISTED = frozenset({
    "amount", "eligibility", "spending limit", "if funded", "service", "packages", "fund balance"
})  # fmt: skip
"""The kinds of checks that are no limits of the plan as a whole: those of single programs, which say in the table of
programs what holds them, and balances that have no reserve to keep, which stand in the table of funds."""
NOT_ASKED = "not asked"
"""The sense of a limit that asks for nothing there: a share that no period has, the effort for a grant not taken."""


Cells = Mapping[tuple[int, ...], float]


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What the table tells of a check.

    Parameters
    ----------
    check
        The check, or what of it is told.
    name, because
        What the limit is called, and the law or promise behind it.
    path
        Where it stands in the scenario.
    price
        The price of each cell; of a limit on programs one by one the highest of each period. Shape (cells,) or
        (periods,).
    part
        Which part of the limit each cell is about: a group, or a program that is needed; shape (cells,).
    stake
        Of a limit on programs one by one: what each period would gain if every limit gave way by a hundredth of itself;
        shape (periods,). None where that follows from price and bound.
    one_by_one
        Whether it limits programs one by one, and is told by how many it holds.
    every_period
        Whether it is told in every period, be there a cell or not.
    """

    check: Check
    name: str
    because: str
    path: Path
    price: Floats
    part: Texts | None = None
    stake: Floats | None = None
    one_by_one: bool = False
    every_period: bool = False


def rules_table(plan: Allocation) -> pd.DataFrame:
    """Return every limit that the scenario sets beyond the programs' own, one row a limit, part and period.

    Every kind of check that the audit knows is listed, but for :data:`UNLISTED`. A limit on many programs one by one (a
    ``change`` rule, a match, no supplanting) has one row a period: how many of the programs it holds, and the price of
    relief for the one where it costs most. A limit that asks for nothing says so in its ``sense``. Prices are for
    one unit, and units differ; ``one_percent`` is what relief by a hundredth of the limit would gain, as far as the
    price holds.
    """
    rules = len(plan.audit.rules)
    told: list[_Told] = []
    for check in plan.audit.checks[: len(plan.audit.checks) - rules]:
        if check.kind not in UNLISTED:
            told += TELLERS.get(check.kind, _plain)(plan, check)
    for position, check in enumerate(plan.audit.rules):
        told.append(_rule(plan, check, position))
    if not told:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat([_frame(plan, one) for one in told], ignore_index=True)[list(COLUMNS)]


def _frame(plan: Allocation, told: _Told) -> pd.DataFrame:
    place = plan.scenario.places.of(*told.path)
    words = {"kind": told.check.kind, "name": told.name, "because": told.because, "place": str(place or "")}
    names = np.array([*plan.scenario.periods, "all"], dtype=object)
    rows = _held(plan, told) if told.one_by_one else _limited(told)
    asked = rows["period"].tolist()
    rest = [at for at in range(len(names) - 1) if told.every_period and at not in asked] or [ALL_PERIODS] * (not asked)
    frames = [pd.DataFrame({**words, **part}) for part in (rows, _nothing(plan, told, rest)) if len(part["period"])]
    frame = pd.concat(frames, ignore_index=True)
    if told.every_period:
        frame = frame.sort_values("period", kind="stable")
    frame["period"] = names[frame["period"].to_numpy(dtype=np.int64)]
    return frame


def _limited(told: _Told) -> dict[str, Any]:
    """Return the rows of a limit on sums: one a cell that has a limit."""
    check = told.check
    lower, upper = np.isfinite(check.lower), np.isfinite(check.upper)
    # a limit on both sides shows the side that is nearer
    below = lower & (~upper | (check.value - check.lower <= check.upper - check.value))
    bound = np.where(below, check.lower, check.upper)
    sense = np.where(lower & upper & (check.lower == check.upper), "equals", np.where(below, "at least", "at most"))
    rows = {
        "part": np.full(len(check), "", dtype=object) if told.part is None else told.part,
        "period": check.period,
        "sense": sense.astype(object),
        "value": check.value,
        "bound": bound,
        "slack": np.where(below, check.value - bound, bound - check.value),
        "binding": check.binding,
        "price": told.price,
        "one_percent": told.price * np.where(np.isfinite(bound), np.abs(bound), 0.0) / 100,
    }
    kept = lower | upper
    return {**{name: values[kept] for name, values in rows.items()}, "unit": check.unit}


def _held(plan: Allocation, told: _Told) -> dict[str, Any]:
    """Return the rows of a limit on programs one by one: how many it holds in each period."""
    check, count = told.check, len(plan.scenario.periods)
    cells, holds = np.bincount(check.period, minlength=count), np.bincount(check.period[check.binding], minlength=count)
    period = np.arange(count) if told.every_period else np.flatnonzero(cells)
    return {
        "part": "",
        "period": period,
        "sense": "holds",
        "value": holds[period].astype(np.float64),
        "bound": cells[period].astype(np.float64),
        "slack": np.nan,
        "binding": holds[period] > 0,
        "price": told.price[period],
        "one_percent": np.nan if told.stake is None else told.stake[period],
        "unit": "programs",
    }


def _nothing(plan: Allocation, told: _Told, periods: list[int]) -> dict[str, Any]:
    """Return the rows of periods in which a limit asks for nothing."""
    return {
        "part": "",
        "period": np.array(periods, dtype=np.int64),
        "sense": "holds" if told.one_by_one else NOT_ASKED,
        "value": 0.0 if told.one_by_one else np.nan,
        "bound": 0.0 if told.one_by_one else np.nan,
        "slack": np.nan,
        "binding": False,
        # a grant may be left alone because of what it asks
        "price": np.nan if plan.formulation.linear_program.is_integer else 0.0,
        "one_percent": np.nan if plan.formulation.linear_program.is_integer else 0.0,
        "unit": "programs" if told.one_by_one else told.check.unit if isinstance(told.check.unit, str) else "",
    }


def _looked_up(prices: Cells, *keys: int | Ints) -> Floats:
    """Return the price of each cell, 0 where the linear program has no row for it; the keys are broadcast."""
    columns = np.broadcast_arrays(*keys)
    return np.array(
        [prices.get(key, 0.0) for key in zip(*(column.tolist() for column in columns), strict=True)], dtype=np.float64
    )


def _highest(check: Check, price: Floats, periods: int) -> Floats:
    """Return the highest price of each period's cells, 0 where there is none; shape (periods,)."""
    highest = np.zeros(periods)
    with np.errstate(invalid="ignore"):  # what has no price gives a period none
        np.maximum.at(highest, check.period, price)
    return highest


def _rule(plan: Allocation, check: Check, position: int) -> _Told:
    rule, prices = plan.scenario.rules[position], plan.prices
    path: Path = ("rules", position)
    if isinstance(rule, ChangeRule):
        count, each = len(plan.scenario.periods), _of_moves(plan, check, position, rule)
        nearer = np.where(
            np.abs(check.value - check.lower) <= np.abs(check.upper - check.value), check.lower, check.upper
        )
        # what has no price gives none, and a limit that is infinite has none
        worth = each * np.where(np.isfinite(nearer), np.abs(nearer), 0.0) / 100
        stake: Floats = np.bincount(check.period, worth, minlength=count).astype(np.float64)
        return _Told(check, rule.name, rule.because, path, _highest(check, each, count), None, stake, one_by_one=True)
    held = np.flatnonzero(plan.scenario.period_mask(rule.periods))
    # a rule for all periods together that holds in one has a row of that one
    period = np.where(check.period == ALL_PERIODS, held[0] if len(held) == 1 else ALL_PERIODS, check.period)
    if isinstance(rule, SumRule) and rule.by is not None:
        part, price = _of_groups(plan, check, position, rule, period, 1 if rule.each == "total" else len(held))
        return _Told(check, rule.name, rule.because, path, price, part)
    if isinstance(rule, RequiresRule):
        number = np.repeat(np.arange(len(rule.requires.needs)), len(held))
        part = np.array(rule.requires.needs, dtype=object)[number]
        return _Told(check, rule.name, rule.because, path, _looked_up(prices.parts, position, number, period), part)
    return _Told(check, rule.name, rule.because, path, _looked_up(prices.rules, position, period))


def _of_moves(plan: Allocation, check: Check, position: int, rule: ChangeRule) -> Floats:
    assert check.program is not None
    cell = (check.program, check.period)
    prices, limits = plan.prices, plan.formulation.limits
    if rule.change.from_ == "previous":
        moves = prices.moves.get(position)
        return np.zeros(len(check)) if moves is None else moves[cell]
    floor = np.where(limits.lower_by == position, prices.floor, 0.0)
    ceiling = np.where(limits.upper_by == position, prices.ceiling, 0.0)
    price: Floats = np.maximum(floor, ceiling)[cell]
    return price


def _of_groups(
    plan: Allocation, check: Check, position: int, rule: SumRule, period: Ints, each: int
) -> tuple[Texts, Floats]:
    """Return the group that each cell is about, and its price.

    A rule on groups has the cells of its limits first, group by group, and then those of parity: each group beside the
    others. In the linear program these are compared two by two, and the pairs are numbered after the groups.
    """
    names = list(groups_of(plan.scenario.programs, rule.by or "", rule.population))
    item = np.full(len(check), "", dtype=object) if check.item is None else check.item
    number = {name: at for at, name in enumerate(names)}
    group = np.array([number.get(name, 0) for name in item.tolist()], dtype=np.int64)
    limited = rule.each_at_least is not None or rule.each_at_most is not None
    beside = np.arange(len(check)) >= (len(names) * each if limited else 0)
    parts = plan.prices.parts
    price = np.where(beside, 0.0, _looked_up(parts, position, group, period))
    for other in range(len(names) - 1 if beside.any() else 0):
        pair = len(names) + group * (len(names) - 1) + other
        price += np.where(beside, _looked_up(parts, position, pair, period), 0.0)
    return item, price


def _because(check: Check) -> str:
    return check.because if isinstance(check.because, str) else ""


def _plain(_: Allocation, check: Check) -> Iterator[_Told]:
    """Yield a check of whose kind nothing more is known here: listed, without a price."""
    yield _Told(check, check.name, _because(check), (), np.full(len(check), np.nan))


def _of_fund(plan: Allocation, check: Check, key: str, prices: Floats) -> Iterator[_Told]:
    price = prices[list(plan.scenario.funds).index(check.name), check.period]
    yield _Told(check, check.name, _because(check), ("funds", check.name, key), price)


def _reserve(plan: Allocation, check: Check) -> Iterator[_Told]:
    return _of_fund(plan, check, "reserve", plan.prices.reserve)


def _structure(plan: Allocation, check: Check) -> Iterator[_Told]:
    return _of_fund(plan, check, "structural_balance", plan.prices.structural)


def _fund_spending(plan: Allocation, check: Check) -> Iterator[_Told]:
    return _of_fund(plan, check, "spending", plan.prices.fund_spending)


def _transfer(plan: Allocation, check: Check) -> Iterator[_Told]:
    assert check.fund is not None
    assert check.other is not None
    funds = list(plan.scenario.funds)
    path = ("funds", funds[int(check.fund[0])], "transfers_to", funds[int(check.other[0])])
    # that a transfer is not negative is no limit that anybody set
    check = replace(check, lower=np.where(check.lower > 0, check.lower, -np.inf))
    yield _Told(check, check.name, _because(check), path, plan.prices.transfers[check.fund, check.other, check.period])


def _target(plan: Allocation, check: Check) -> Iterator[_Told]:
    at = list(plan.scenario.outcomes).index(check.name)
    only = 0 if len(plan.scenario.periods) == 1 else ALL_PERIODS
    price = _looked_up(plan.prices.targets, at, np.where(check.period == ALL_PERIODS, only, check.period))
    yield _Told(check, check.name, _because(check), ("outcomes", check.name, "target"), price)


def _resource(plan: Allocation, check: Check) -> Iterator[_Told]:
    price = _looked_up(plan.prices.resources, list(plan.scenario.resources).index(check.name), check.period)
    yield _Told(check, check.name, _because(check), ("resources", check.name, "capacity"), price)


def _match(plan: Allocation, check: Check) -> Iterator[_Told]:
    """Yield the match of each grant that the check's fund pays: what several grants ask of one fund adds up."""
    assert check.program is not None
    funds, periods = list(plan.scenario.funds), len(plan.scenario.periods)
    prices = plan.prices.match.get(funds.index(check.name))
    for position, (name, fund) in enumerate(plan.scenario.funds.items()):
        if fund.match is None or fund.match.from_ != check.name:
            continue
        eligible = plan.scenario.eligible[:, position]
        # a grant that pays for nothing may be left alone because of its match, which has its price all the same
        price = np.zeros(periods) if prices is None else prices[eligible].max(axis=0, initial=0.0)
        each = np.zeros(len(check)) if prices is None else prices[check.program, check.period]
        stake: Floats = np.bincount(check.period, each * check.lower / 100, minlength=periods).astype(np.float64)
        mine = _some(check, plan.spending[check.program, position, check.period] > 0)
        path = ("funds", name, "match")
        yield _Told(mine, name, fund.match.because, path, price, None, stake, one_by_one=True, every_period=True)


def _some(check: Check, mask: Bools) -> Check:
    arrays = {name: getattr(check, name)[mask] for name in ("value", "lower", "upper", "period", "allowed")}
    return replace(check, **arrays)


def _maintenance(_: Allocation, check: Check) -> Iterator[_Told]:
    # whether a grant is taken is a whole decision: there is no price
    path, price = ("funds", check.name, "maintenance_of_effort"), np.full(len(check), np.nan)
    yield _Told(check, check.name, _because(check), path, price, every_period=True)


def _supplanting(plan: Allocation, check: Check) -> Iterator[_Told]:
    price = np.full(len(plan.scenario.periods), np.nan)
    path = ("funds", check.name, "no_supplanting")
    yield _Told(check, check.name, _because(check), path, price, None, price, one_by_one=True, every_period=True)


TELLERS: dict[str, Callable[[Allocation, Check], Iterator[_Told]]] = {
    "reserve": _reserve,
    "structural balance": _structure,
    "fund spending": _fund_spending,
    "transfer": _transfer,
    "target": _target,
    "resource": _resource,
    "match": _match,
    "maintenance of effort": _maintenance,
    "no supplanting": _supplanting,
}
"""What tells each kind of check that is no rule."""
