"""The table of limits: every limit that the audit checks, beside what relaxing it would gain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.allocation.prices import EVERY
from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts, objects

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["COLUMNS", "rules_columns"]

COLUMNS = (
    "kind", "name", "part", "period", "sense", "value", "bound", "slack", "binding", "price", "one_percent", "unit",
    "because", "place", "limit",
)  # fmt: skip
NOT_ASKED = "not asked"
"""The sense of a limit that asks for nothing there: a share that no period has, the effort for a grant not taken."""

_NO_PRICE = 1e-9
"""The share of the plan's value up to which what a whole limit is worth is an error of arithmetic."""
_ROUNDED_AWAY = 1e-4
"""The share of the plan's value up to which what is left of a limit is worth may be due to the rounding of amounts."""

Rows = dict[str, Any]


def rules_columns(plan: Allocation) -> dict[str, NDArray[Any]]:
    """Return every limit that the scenario sets, one row a limit, part and period.

    Of the programs' own limits those are listed that bind and have a price, or that bind in a problem without prices:
    floors, ceilings, the fewest and the most units of a service, after all other limits. Last comes what holds for
    single programs without a number: whole units, one fund that pays, fixed parts of funds. A limit on many programs
    one by one (a ``change`` rule, a match, no supplanting) has one row a period: how many of the programs it holds, and
    the price of relaxing it for the one where that brings most. A limit that asks for nothing says so in its ``sense``.
    Prices are for one unit, and units differ; ``one_percent`` is what relaxing the limit by a hundredth of itself would
    gain, as far as the price holds. ``limit`` is its position in ``scenario.limits``.
    """
    checks = ((check, check.limit) for check in plan.audit.checks)
    parts = [_of_limit(plan, check, at) for check, at in checks if isinstance(at, int) and at >= 0]
    parts += [rows for check in plan.audit.checks for rows in _of_own(plan, check)]
    parts += [rows for check in plan.audit.checks for rows in _facts(plan, check)]
    return _joined(parts, COLUMNS)


def _joined(parts: Sequence[Rows], names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return rows below one another; a value that all rows of a part share is written once there."""
    lengths = [next((len(values) for values in part.values() if isinstance(values, np.ndarray)), 0) for part in parts]
    full = [
        {name: _filled(part[name], length) for name in names}
        for part, length in zip(parts, lengths, strict=True)
        if length
    ]
    return {name: np.concatenate([part[name] for part in full]) if full else objects([]) for name in names}


def _filled(value: Any, length: int) -> NDArray[Any]:
    if isinstance(value, np.ndarray):
        return value
    return np.full(length, value, dtype=object if isinstance(value, str) else None)


def _of_own(plan: Allocation, check: Check) -> Iterator[Rows]:
    """Yield the rows of the programs' own floors, and of their ceilings: those that bind and have a price, if any."""
    if not isinstance(check.limit, np.ndarray) or check.upper_limit is None or check.program is None:
        return
    prices, cell, in_units = plan.prices, (check.program, check.period), check.kind == "service"
    floor, ceiling = (prices.fewest, prices.most) if in_units else (prices.floor, prices.ceiling)
    sides = (
        ("at least", check.lower, check.limit, floor, check.value - check.lower),
        ("at most", check.upper, check.upper_limit, ceiling, check.upper - check.value),
    )
    listed, periods, ids = plan.scenario.limits, objects(list(plan.scenario.periods)), plan.scenario.programs.ids
    for sense, bounds, positions, priced, slacks in sides:
        price = priced[cell]
        binds = _binding(plan, replace(check, lower=bounds, upper=bounds), price)
        is_stated = positions >= 0  # no mutant: the first limit is the money of a fund
        kept = np.flatnonzero(binds & is_stated & np.isfinite(bounds) & ~(price <= 0))
        limits = listed.table(positions[kept])
        bound, worth = bounds[kept], price[kept]
        yield {
            "kind": limits["kind"],
            "name": ids[check.program[kept]],
            "part": "",
            "period": periods[check.period[kept]],
            "sense": sense,
            "value": check.value[kept],
            "bound": bound,
            "slack": slacks[kept],
            "binding": True,
            "price": worth,
            "one_percent": worth * np.abs(bound) / 100,
            "unit": check.unit if isinstance(check.unit, str) else check.unit[kept],
            "because": limits["because"],
            "place": limits["place"],
            "limit": positions[kept],
        }


def _facts(plan: Allocation, check: Check) -> Iterator[Rows]:
    """Yield the rows of what holds for single programs without a number: whole units, and who pays."""
    if not isinstance(check.limit, np.ndarray) or check.upper_limit is not None:
        return
    held = np.unique(check.limit[check.limit >= 0])
    own = {**plan.scenario.limits.table(held), "name": objects([plan.scenario.limits[at].name for at in held.tolist()])}
    figures = dict.fromkeys(("value", "bound", "slack", "price", "one_percent"), np.nan)
    words = {"part": "", "period": "all", "sense": "holds", "unit": ""}
    yield {**own, **figures, **words, "binding": True, "limit": held}


def _of_limit(plan: Allocation, check: Check, at: int) -> Rows:
    """Return the rows of a limit that is no program's own."""
    limit = plan.scenario.limits[at]
    if limit.is_never_negative:
        # what cannot be below zero has no floor of zero
        check = replace(check, lower=np.where(check.lower > 0, check.lower, -np.inf))
    words = {"kind": limit.form, "name": limit.name, "because": limit.because, "place": str(limit.place or "")}
    names = objects([*plan.scenario.periods, "all"])
    rows = _of_programs(plan, check, at) if limit.of_each_program else _of_sums(plan, check, at)
    asked = set(rows["period"].tolist())
    rest = [period for period in range(len(names) - 1) if limit.in_every_period and period not in asked]
    rest = rest or ([] if asked else [ALL_PERIODS])
    parts = (rows, _nothing(plan, check, rest, one_by_one=limit.of_each_program))
    joined = _joined(parts, [*rows])
    order = np.argsort(joined["period"], kind="stable") if limit.in_every_period else slice(None)
    found: Rows = {**words, "limit": at, **{name: values[order] for name, values in joined.items()}}
    return {**found, "period": names[found["period"]]}


def _of_sums(plan: Allocation, check: Check, at: int) -> Rows:
    """Return the rows of a limit on sums: one a cell that has a limit."""
    part, names = _parts(plan, check, at)
    by_program = check.program if check.program is not None and plan.prices.is_by_program(at) else None
    part_or_every, program_or_every = (EVERY if key is None else key for key in (part, by_program))
    price = plan.prices.of(at, part_or_every, program_or_every, check.period)
    about = np.full(len(check), "", dtype=object) if part is None else names[part]
    if by_program is not None:
        about = plan.scenario.programs.ids[by_program]
    bound, is_lower = _nearer(check)
    equal = check.lower == check.upper
    sense = np.where(np.isfinite(bound) & equal, "equals", np.where(is_lower, "at least", "at most"))
    rows = {
        "part": about,
        "period": check.period,
        "sense": sense.astype(object),
        "value": check.value,
        "bound": bound,
        "slack": np.where(is_lower, check.value - bound, bound - check.value),
        "binding": _binding(plan, check, price),
        "price": price,
        "one_percent": price * np.abs(bound) / 100,
    }
    kept = np.isfinite(bound)
    return {**{name: values[kept] for name, values in rows.items()}, "unit": check.unit}


def _parts(plan: Allocation, check: Check, at: int) -> tuple[Ints | None, Texts]:
    """Return the part of the limit that each cell is about, None for the whole, and the names of the parts."""
    names = plan.scenario.limits[at].parts
    if check.part is not None:
        return check.part, objects([*names, ""])
    if names or check.item is None or not plan.prices.has_parts(at):
        return None, objects([])
    # parts that the limit does not name are numbered in the order in which the audit comes to them
    number: dict[str, int] = {}
    part = np.array([number.setdefault(str(item), len(number)) for item in check.item.tolist()], dtype=np.int64)
    return part, objects(list(number))


def _binding(plan: Allocation, check: Check, price: Floats) -> Bools:
    """Return which cells bind: those at a limit, and with a price those short of it in whole cents and missed goals."""
    bound, _ = _nearer(check)
    worth = abs(plan.objective_value) + 1.0
    is_priced = price * np.maximum(np.abs(bound), 1.0) > _NO_PRICE * worth
    is_near = price * np.abs(check.value - bound) <= _ROUNDED_AWAY * worth
    is_missed = check.is_goal & ((check.value < check.lower) | (check.value > check.upper))
    return check.binding | (is_priced & (is_near | is_missed))


def _nearer(check: Check) -> tuple[Floats, Bools]:
    """Return the limit of each cell, of two the nearer, NaN where there is none; and whether it is the lower one."""
    is_lower: Bools = np.isfinite(check.lower) & (
        ~np.isfinite(check.upper) | (check.value - check.lower <= check.upper - check.value)
    )
    bound = np.where(is_lower, check.lower, check.upper)
    return np.where(np.isfinite(bound), bound, np.nan), is_lower


def _of_programs(plan: Allocation, check: Check, at: int) -> Rows:
    """Return the rows of a limit on programs one by one: how many it holds in each period."""
    count, limit = len(plan.scenario.periods), plan.scenario.limits[at]
    assert check.program is not None
    price = plan.prices.of(at, program=check.program, period=check.period)
    held = check.period[_binding(plan, check, price)]
    cells, holds = np.bincount(check.period, minlength=count), np.bincount(held, minlength=count)
    period: Ints = np.arange(count) if limit.in_every_period else np.flatnonzero(cells)
    bound, _ = _nearer(check)
    worth = np.where(np.isnan(bound), 0.0, price * np.abs(bound) / 100)
    return {
        "part": "",
        "period": period,
        "sense": "holds",
        "value": holds[period].astype(np.float64),
        "bound": cells[period].astype(np.float64),
        "slack": np.nan,
        "binding": holds[period] > 0,
        "price": plan.prices.highest(at)[period],
        "one_percent": np.bincount(check.period, worth, minlength=count).astype(np.float64)[period],
        "unit": "programs",
    }


def _nothing(plan: Allocation, check: Check, periods: list[int], *, one_by_one: bool) -> Rows:
    """Return the rows of periods in which a limit asks for nothing."""
    # a grant may be left alone because of what it asks
    price = np.nan if plan.formulation.linear_program.is_integer else 0.0
    return {
        "part": "",
        "period": np.array(periods, dtype=np.int64),
        "sense": "holds" if one_by_one else NOT_ASKED,
        "value": 0.0 if one_by_one else np.nan,
        "bound": 0.0 if one_by_one else np.nan,
        "slack": np.nan,
        "binding": False,
        "price": price,
        "one_percent": price,
        "unit": "programs" if one_by_one else check.unit if isinstance(check.unit, str) else "",
    }
