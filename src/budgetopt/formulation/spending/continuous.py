"""Programs that are scaled: a column for each segment, fund and period, with link rows only where both are many."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.limits import ProgramLimits
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.segments import Segments
from budgetopt.formulation.spending.levels import A_CENT, Levels
from budgetopt.formulation.spending.terms import Carriers, SpendingTerms

__all__ = ["add_continuous"]


def add_continuous(
    builder: Builder,
    scaled: Bools,
    eligible: Bools,
    pays: Bools,
    segments: Segments,
    limits: ProgramLimits,
    levels: Levels,
    opens: Bools,
    counted: Bools,
    out_of_order: Bools,
    *,
    keep_all: bool,
) -> tuple[SpendingTerms, Carriers, Ints]:
    """Add the columns of programs that are scaled, and the rows that hold a program's columns together.

    A program that one fund pays needs no rows: each of its segments is a column of that fund, and its floor and ceiling
    are limits of those columns. A program of one segment and several funds has a column for each fund. Only a program
    with several of both has columns for each, linked by a row that makes them agree.

    Parameters
    ----------
    scaled
        Programs that are scaled, not of packages; the others get no columns and no rows here; shape (programs,).
    eligible
        Which fund may pay for which program, none for programs of packages; shape (programs, funds).
    pays
        Which fund may pay in which period; shape (funds, periods).
    opens
        Programs that are closed or open: those with a fixed cost or a least spending, and those that rules count; shape
        (programs,).
    counted
        Programs that rules count as funded, so that being open must mean some spending; shape (programs,).
    out_of_order
        Segments that must not be used before all earlier ones are full, because it would pay to; shape (segments,).
    keep_all
        Whether columns that can only be zero and rows without limits are kept: they then do not depend on the limits.

    Returns
    -------
    spending, carriers
        What the columns spend, and which segments they carry.
    opened
        The column that says whether a program is open, -1 where there is none; shape (programs, periods).
    """
    shape = limits.lower.shape
    periods = shape[1]
    counts, funds = segments.counts, eligible.sum(axis=1)
    first_fund = eligible.argmax(axis=1) if eligible.shape[1] else np.zeros(len(eligible), dtype=np.int64)
    free = (levels.price == 0).all(axis=1) & (levels.fixed == 0).all(axis=1)
    # programs whose one segment needs no column beside those of the funds
    by_fund_alone = (funds > 1) & (counts == 1) & ~opens & ~free
    own = scaled & (free | (funds > 0)) & ~by_fund_alone
    linked = own & ~free & (funds > 1)
    terms: list[tuple[Ints, Ints, Ints, Ints, Floats]] = []

    # segments' own columns
    segment = np.flatnonzero(own[segments.program])
    at_segment, at_period = np.repeat(segment, periods), np.tile(np.arange(periods), len(segment))
    owner = segments.program[at_segment]
    fund = np.where((funds[owner] == 1) & ~free[owner], first_fund[owner], -1)
    closed = fund >= 0
    closed[closed] = ~pays[fund[closed], at_period[closed]]
    start, width = segments.start[at_segment], segments.width[at_segment]
    lower = np.clip(levels.lower[owner, at_period] - start, 0, width)
    upper = np.where(closed, 0.0, np.clip(levels.upper[owner, at_period] - start, 0, width))
    used = (upper > 0) | (lower > 0) | keep_all
    at_segment, at_period, owner, fund = at_segment[used], at_period[used], owner[used], fund[used]
    keys = {"program": owner, "fund": fund, "period": at_period, "segment": segments.number[at_segment]}
    column = builder.columns("segment", keys, lower[used], upper[used])
    carriers = [(at_segment, at_period, column, np.ones(len(column)))]
    price = levels.price[owner, at_period]
    paid = (fund >= 0) & (price > 0)
    terms.append((column[paid], owner[paid], fund[paid], at_period[paid], price[paid]))
    room = np.minimum(upper[used], levels.open_upper[owner, at_period])
    _keep_order(builder, segments, at_segment, at_period, column, room, out_of_order, periods)

    # whether a program is open at all
    opened = np.full(shape, -1, dtype=np.int64)
    gate = np.flatnonzero(opens & own)
    keys = {"program": np.repeat(gate, periods), "period": np.tile(np.arange(periods), len(gate))}
    cell = (keys["program"], keys["period"])
    # doors that cost money open only where some fund may pay in the period
    may = levels.may_open[gate] & ((levels.fixed[gate] == 0) | (eligible[gate] @ pays))
    opened[cell] = builder.columns(
        "open", keys, levels.must_open[cell].astype(float), may.ravel().astype(float), integer=True
    )
    below = builder.rows("closed", keys, -np.inf, 0.0)
    above = builder.rows("doors", keys, 0.0, np.inf)
    row_at = np.full(shape, -1, dtype=np.int64)
    row_at[cell] = np.arange(len(below))
    inside = opens[owner]
    _open_by_segment(builder, segments, at_segment, at_period, (column, opened[owner, at_period]), room, out_of_order)
    mine = row_at[owner[inside], at_period[inside]]
    builder.entries(below[mine], column[inside], 1.0)
    builder.entries(above[mine], column[inside], 1.0)
    builder.entries(below, opened[cell], -levels.open_upper[cell])
    # a program that is counted spends at least a cent, or serves a hundredth of a unit where they cost nothing; one
    # that cannot stays closed
    a_cent = np.divide(A_CENT, levels.price[cell], out=np.full(len(below), A_CENT), where=levels.price[cell] > 0)
    least = np.where(counted[cell[0]], a_cent, 0.0)
    # a fixed cost is spending enough to be counted
    least = np.where(levels.fixed[cell] > 0, 0.0, least)
    builder.entries(above, opened[cell], -np.maximum(levels.open_lower[cell], least))
    alone = (funds[cell[0]] == 1) & (levels.fixed[cell] > 0)
    at = (cell[0][alone], cell[1][alone])
    terms.append((opened[at], at[0], first_fund[at[0]], at[1], levels.fixed[at]))

    # columns by fund, for programs that several funds may pay
    program, fund_of = np.nonzero(eligible & (linked | by_fund_alone)[:, None])
    by_program, by_fund = np.repeat(program, periods), np.repeat(fund_of, periods)
    by_period = np.tile(np.arange(periods), len(program))
    keys = {"program": by_program, "fund": by_fund, "period": by_period}
    spent = builder.columns("spending", keys, 0.0, np.where(pays[by_fund, by_period], np.inf, 0.0))
    terms.append((spent, by_program, by_fund, by_period, np.ones(len(spent))))
    alone = by_fund_alone[by_program]
    each = 1.0 / levels.price[by_program[alone], by_period[alone]]
    carriers.append((segments.first[by_program[alone]], by_period[alone], spent[alone], each))

    # link rows where several funds meet several segments, or an open door
    row_of = np.full(shape, -1, dtype=np.int64)
    both = np.flatnonzero(linked)
    keys = {"program": np.repeat(both, periods), "period": np.tile(np.arange(periods), len(both))}
    row_of[keys["program"], keys["period"]] = builder.rows("link", keys, 0.0, 0.0)
    builder.entries(row_of[by_program, by_period][~alone], spent[~alone], 1.0)
    inside = linked[owner]
    builder.entries(row_of[owner, at_period][inside], column[inside], -price[inside])
    inside = linked[cell[0]]
    at = (cell[0][inside], cell[1][inside])
    builder.entries(row_of[at], opened[at], -levels.fixed[at])

    paid_alone = (spent[alone], by_program[alone], by_period[alone])
    _limit_rows(builder, scaled, funds, by_fund_alone, limits, levels, paid_alone, keep_all=keep_all)
    spending = SpendingTerms(*(np.concatenate(parts) for parts in zip(*terms, strict=True)))
    return spending, Carriers(*(np.concatenate(parts) for parts in zip(*carriers, strict=True))), opened


def _limit_rows(
    builder: Builder,
    scaled: Bools,
    funds: Ints,
    by_fund_alone: Bools,
    limits: ProgramLimits,
    levels: Levels,
    spent: tuple[Ints, Ints, Ints],
    *,
    keep_all: bool,
) -> None:
    """Add limits as rows where no single column has them: several funds and one segment, or no fund and a floor."""
    lower = np.maximum(limits.lower, levels.lower * levels.price)
    upper = np.minimum(limits.upper, np.where(np.isfinite(levels.upper), levels.upper, np.inf) * levels.price)
    limited = by_fund_alone[:, None] & ((lower > 0) | np.isfinite(upper) | keep_all)
    # what no fund pays for, or what costs no money, cannot reach a floor
    no_money = (funds == 0) | (levels.price == 0).all(axis=1) & (levels.fixed == 0).all(axis=1)
    limited |= (scaled & no_money)[:, None] & ((limits.lower > 0) | keep_all)
    held, when = np.nonzero(limited)
    row_of = np.full(lower.shape, -1, dtype=np.int64)
    keys = {"program": held, "period": when}
    row_of[held, when] = builder.rows("program limits", keys, lower[held, when], upper[held, when])
    column, program, period = spent
    inside = row_of[program, period] >= 0
    builder.entries(row_of[program, period][inside], column[inside], 1.0)


def _keep_order(
    builder: Builder,
    segments: Segments,
    segment: Ints,
    period: Ints,
    column: Ints,
    room: Floats,
    out_of_order: Bools,
    periods: int,
) -> None:
    """Add a binary column at each breakpoint beyond which it would pay to skip ahead.

    The segments of a program fall into runs between such breakpoints. Within a run the best comes first, so it fills in
    order by itself; the binary of a breakpoint lets the run after it begin only when the run before it is full.
    """
    if not out_of_order.any():
        return
    gates = np.flatnonzero(out_of_order)
    keys = {
        "program": np.repeat(segments.program[gates], periods),
        "period": np.tile(np.arange(periods), len(gates)),
        "segment": np.repeat(segments.number[gates], periods),
    }
    binary = builder.columns("beyond", keys, 0.0, 1.0, integer=True).reshape(len(gates), periods)
    gate, opened_by = _gate_before(segments, segment, out_of_order)
    following = np.minimum(gate + 1, len(gates) - 1)
    opens = (gate + 1 < len(gates)) & (segments.program[segment] == segments.program[gates[following]])

    at = np.flatnonzero(opened_by)
    keys = {"program": segments.program[segment[at]], "period": period[at], "segment": segments.number[segment[at]]}
    row = builder.rows("opens", keys, -np.inf, 0.0)
    builder.entries(row, column[at], 1.0)
    builder.entries(row, binary[gate[at], period[at]], -room[at])

    at = np.flatnonzero(opens)
    keys = {"program": segments.program[segment[at]], "period": period[at], "segment": segments.number[segment[at]]}
    row = builder.rows("full", keys, 0.0, np.inf)
    builder.entries(row, column[at], 1.0)
    builder.entries(row, binary[following[at], period[at]], -segments.width[segment[at]])


def _gate_before(segments: Segments, segment: Ints, out_of_order: Bools) -> tuple[Ints, Bools]:
    """Return the last breakpoint with a binary before each segment, and whether it is one of the segment's program."""
    gates = np.flatnonzero(out_of_order)
    gate = np.cumsum(out_of_order)[segment] - 1
    has_one = gate >= 0
    has_one[has_one] = segments.program[segment[has_one]] == segments.program[gates[gate[has_one]]]
    return gate, has_one


def _open_by_segment(
    builder: Builder,
    segments: Segments,
    segment: Ints,
    period: Ints,
    columns: tuple[Ints, Ints],
    room: Floats,
    out_of_order: Bools,
) -> None:
    """Let each segment of a program that is closed or open fill only as far as it is open.

    The row that limits the sum of all segments says the same to whole numbers. Segment by segment the limits are far
    tighter where a fraction of a program is open, as in the relaxations that a search bounds its branches with.
    Segments beyond a breakpoint with a binary need none: there the binary and a full segment before it say so.
    """
    column, opened = columns
    _, is_beyond = _gate_before(segments, segment, out_of_order)
    at = np.flatnonzero((opened >= 0) & np.isfinite(segments.width[segment]) & ~is_beyond)
    keys = {"program": segments.program[segment[at]], "period": period[at], "segment": segments.number[segment[at]]}
    row = builder.rows("open segment", keys, -np.inf, 0.0)
    builder.entries(row, column[at], 1.0)
    builder.entries(row, opened[at], -room[at])
