"""Programs that are scaled: a column for each segment, fund and period, with link rows only where both are many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.program_bounds import ProgramLimits, met
from budgetopt.formulation.segments import Segments
from budgetopt.formulation.spending.levels import Levels
from budgetopt.formulation.spending.positions import each_period, payers, placed
from budgetopt.formulation.spending.terms import Carriers, SpendingTerms, enter, joined

__all__ = ["Scaled", "add_continuous"]


@dataclass(eq=False)
class Scaled:
    """Programs that are scaled, and all that their columns depend on; shape (programs,) where no other is given."""

    scaled: Bools  # programs that are scaled, not of packages; the others get no columns and no rows here
    eligible: Bools  # which fund may pay for which program, none for programs of packages; shape (programs, funds)
    pays: Bools  # which fund may pay in which period; shape (funds, periods)
    segments: Segments
    limits: ProgramLimits
    levels: Levels
    opens: Bools  # programs that are closed or open: with a fixed cost or a least spending, or counted by rules
    counted: Bools  # programs that rules count as funded, so that being open must mean some spending
    out_of_order: Bools  # segments that it would pay to use before all earlier ones are full; shape (segments,)
    least: float  # the least spending with which a program counts as funded
    keep_all: bool  # whether columns that can only be zero and rows without limits are kept, whatever the limits

    def __post_init__(self) -> None:
        self.shape = self.limits.lower.shape
        self.funds, self.first_fund = payers(self.eligible)
        # programs that cost no money
        self.free: Bools = ((self.levels.price == 0) & (self.levels.fixed == 0)).all(axis=1)
        # programs whose one segment needs no column beside those of the funds
        self.by_fund_alone: Bools = (self.funds > 1) & (self.segments.counts == 1) & ~self.opens & ~self.free
        # programs whose segments have columns of their own
        self.own: Bools = self.scaled & (self.free | (self.funds > 0)) & ~self.by_fund_alone
        # programs that have columns by segment and columns by fund
        self.linked: Bools = self.own & ~self.free & (self.funds > 1)


@dataclass(frozen=True, slots=True)
class _SegmentColumns:
    """The columns of segments: what each is about, what a unit costs, how far it may be filled; shape (columns,)."""

    segment: Ints
    number: Ints
    program: Ints
    period: Ints
    column: Ints
    price: Floats
    most: Floats

    def rows(self, builder: Builder, kind: str, at: Ints, lower: float, upper: float | Floats) -> Ints:
        """Add a row for some of the columns, with an entry for the column in it."""
        keys = {"program": self.program[at], "period": self.period[at], "segment": self.number[at]}
        row = builder.rows(kind, keys, lower, upper)
        builder.entries(row, self.column[at], 1.0)
        return row


def add_continuous(builder: Builder, programs: Scaled) -> tuple[SpendingTerms, Carriers, Ints]:
    """Add the columns of programs that are scaled, and the rows that hold a program's columns together.

    A program that one fund pays needs no rows: each of its segments is a column of that fund, and its floor and ceiling
    are limits of those columns. A program of one segment and several funds has a column for each fund. Only a program
    with several of both has columns for each, linked by a row that makes them agree.

    Returned are what the columns spend, which segments they carry, and the column that says whether a program is open
    in a period, -1 where there is none; shape (programs, periods).
    """
    parts, paid = _add_segments(builder, programs)
    _keep_order(builder, programs, parts)
    opened, fixed = _add_open(builder, programs, parts)
    spent = _add_payments(builder, programs)
    _add_links(builder, programs, parts, opened, spent)
    _add_limits(builder, programs, spent)
    alone = programs.by_fund_alone[spent.program]
    program, period = spent.program[alone], spent.period[alone]
    carriers = Carriers(
        np.concatenate((parts.segment, programs.segments.first[program])),
        np.concatenate((parts.period, period)),
        np.concatenate((parts.column, spent.column[alone])),
        np.concatenate((np.ones(len(parts.column)), 1.0 / programs.levels.price[program, period])),
    )
    return joined([paid, fixed, spent]), carriers, opened


def _add_segments(builder: Builder, programs: Scaled) -> tuple[_SegmentColumns, SpendingTerms]:
    """Add the columns of segments, and return what those that one fund pays spend."""
    segments, levels = programs.segments, programs.levels
    segment, period = each_period(np.flatnonzero(programs.own[segments.program]), programs.shape[1])
    program = segments.program[segment]
    one_fund = (programs.funds[program] == 1) & ~programs.free[program]
    fund = np.where(one_fund, programs.first_fund[program], -1)
    closed = fund >= 0
    closed[closed] = ~programs.pays[fund[closed], period[closed]]
    start, width = segments.start[segment], segments.width[segment]
    lower = np.clip(levels.lower[program, period] - start, 0, width)
    upper = np.where(closed, 0.0, np.clip(levels.upper[program, period] - start, 0, width))
    # beyond a ceiling at a breakpoint: what that column would bring is the price of a higher ceiling
    at_ceiling = ~closed & (start > 0) & (start == levels.upper[program, period])
    used = (upper > 0) | (lower > 0) | at_ceiling | programs.keep_all
    segment, period, program, fund = segment[used], period[used], program[used], fund[used]
    keys = {"program": program, "fund": fund, "period": period, "segment": segments.number[segment]}
    column = builder.columns("segment", keys, lower[used], upper[used])
    price = levels.price[program, period]
    most = np.minimum(upper[used], levels.open_upper[program, period])
    paid = (fund >= 0) & (price > 0)
    terms = SpendingTerms(column[paid], program[paid], fund[paid], period[paid], price[paid])
    return _SegmentColumns(segment, segments.number[segment], program, period, column, price, most), terms


def _add_open(builder: Builder, programs: Scaled, parts: _SegmentColumns) -> tuple[Ints, SpendingTerms]:
    """Add columns that say whether programs are open, and return them with the fixed costs that one fund pays."""
    levels = programs.levels
    able = np.flatnonzero(programs.opens & programs.own)
    cell = each_period(able, programs.shape[1])
    keys = {"program": cell[0], "period": cell[1]}
    # a program with a fixed cost opens only where some fund may pay in the period
    may = levels.may_open[able] & ((levels.fixed[able] == 0) | (programs.eligible[able] @ programs.pays))
    must = levels.must_open[cell].astype(float)
    column = builder.columns("open", keys, must, may.ravel().astype(float), integer=True)
    opened = placed(programs.shape, cell, column)
    # where the ceiling of what is free is dropped, no row can keep it closed: nothing limits it then
    has_end = np.isfinite(levels.open_upper[cell])
    below = builder.rows("closed", keys, -np.inf, np.where(has_end, 0.0, np.inf))
    above = builder.rows("minimum operating level", keys, 0.0, np.inf)
    _open_by_segment(builder, programs, parts, opened)
    for rows in (below, above):
        builder.entries(placed(programs.shape, cell, rows)[parts.program, parts.period], parts.column, 1.0)
    builder.entries(below, column, -np.where(has_end, levels.open_upper[cell], 0.0))
    # a program that is counted spends at least a cent, or serves a hundredth of a unit where they cost nothing; one
    # that cannot stays closed
    a_cent = np.divide(
        programs.least, levels.price[cell], out=np.full(len(below), programs.least), where=levels.price[cell] > 0
    )
    least = np.where(programs.counted[cell[0]], a_cent, 0.0)
    # a fixed cost is spending enough to be counted
    least = np.where(levels.fixed[cell] > 0, 0.0, least)
    builder.entries(above, column, -np.maximum(levels.open_lower[cell], least))
    alone = (programs.funds[cell[0]] == 1) & (levels.fixed[cell] > 0)
    program, period = cell[0][alone], cell[1][alone]
    fixed = levels.fixed[program, period]
    return opened, SpendingTerms(column[alone], program, programs.first_fund[program], period, fixed)


def _add_payments(builder: Builder, programs: Scaled) -> SpendingTerms:
    """Add columns by fund, for programs that several funds may pay."""
    periods = programs.shape[1]
    program, fund = np.nonzero(programs.eligible & (programs.linked | programs.by_fund_alone)[:, None])
    (program, period), fund = each_period(program, periods), np.repeat(fund, periods)
    keys = {"program": program, "fund": fund, "period": period}
    column = builder.columns("spending", keys, 0.0, np.where(programs.pays[fund, period], np.inf, 0.0))
    return SpendingTerms(column, program, fund, period, np.ones(len(column)))


def _add_links(builder: Builder, programs: Scaled, parts: _SegmentColumns, opened: Ints, spent: SpendingTerms) -> None:
    """Add link rows where several funds meet several segments, or a fixed cost."""
    cell = each_period(np.flatnonzero(programs.linked), programs.shape[1])
    row_of = placed(programs.shape, cell, builder.rows("link", {"program": cell[0], "period": cell[1]}, 0.0, 0.0))
    enter(builder, row_of[spent.program, spent.period], spent)
    builder.entries(row_of[parts.program, parts.period], parts.column, -parts.price)
    at = np.nonzero(opened >= 0)
    builder.entries(row_of[at], opened[at], -programs.levels.fixed[at])


def _add_limits(builder: Builder, programs: Scaled, spent: SpendingTerms) -> None:
    """Add limits as rows where no single column has them: several funds and one segment, or no fund and a floor."""
    limits, levels = programs.limits, programs.levels
    lower = np.maximum(limits.lower, levels.lower * levels.price)
    bounded = np.isfinite(levels.upper)
    most = np.where(bounded, levels.upper, 0.0) * levels.price
    upper = np.where(bounded, np.minimum(limits.upper, most), limits.upper)
    lower = met(lower, upper)
    limited = programs.by_fund_alone[:, None] & ((lower > 0) | np.isfinite(upper) | programs.keep_all)
    # what no fund pays for, or what costs no money, cannot reach a floor
    no_money = programs.scaled & ((programs.funds == 0) | programs.free)
    limited |= no_money[:, None] & ((limits.lower > 0) | programs.keep_all)
    cell = np.nonzero(limited)
    keys = {"program": cell[0], "period": cell[1]}
    row_of = placed(programs.shape, cell, builder.rows("program limits", keys, lower[cell], upper[cell]))
    enter(builder, row_of[spent.program, spent.period], spent)


def _keep_order(builder: Builder, programs: Scaled, parts: _SegmentColumns) -> None:
    """Add a binary column at each breakpoint beyond which it would pay to skip ahead.

    The segments of a program fall into runs between such breakpoints. Within a run the best comes first, so it fills in
    order by itself; the binary of a breakpoint lets the run after it begin only when the run before it is full.
    """
    segments, periods = programs.segments, programs.shape[1]
    breaks = np.flatnonzero(programs.out_of_order)
    if not len(breaks):
        return
    program, period = each_period(segments.program[breaks], periods)
    keys = {"program": program, "period": period, "segment": np.repeat(segments.number[breaks], periods)}
    binary = builder.columns("beyond", keys, 0.0, 1.0, integer=True).reshape(len(breaks), periods)
    last, is_beyond = _breakpoint_before(programs, parts)
    following = np.minimum(last + 1, len(breaks) - 1)
    opens = (last + 1 < len(breaks)) & (parts.program == segments.program[breaks[following]])

    at = np.flatnonzero(is_beyond)
    # what is free and has no ceiling has no order that anything could keep
    has_end = np.isfinite(parts.most[at])
    row = parts.rows(builder, "opens", at, -np.inf, np.where(has_end, 0.0, np.inf))
    builder.entries(row, binary[last[at], parts.period[at]], -np.where(has_end, parts.most[at], 0.0))

    at = np.flatnonzero(opens)
    row = parts.rows(builder, "full", at, 0.0, np.inf)
    builder.entries(row, binary[following[at], parts.period[at]], -segments.width[parts.segment[at]])


def _breakpoint_before(programs: Scaled, parts: _SegmentColumns) -> tuple[Ints, Bools]:
    """Return the last breakpoint with a binary before each segment, and whether it is one of the segment's program."""
    breaks = np.flatnonzero(programs.out_of_order)
    last = np.cumsum(programs.out_of_order)[parts.segment] - 1
    has_one = last >= 0
    has_one[has_one] = parts.program[has_one] == programs.segments.program[breaks[last[has_one]]]
    return last, has_one


def _open_by_segment(builder: Builder, programs: Scaled, parts: _SegmentColumns, opened: Ints) -> None:
    """Let each segment of a program that is closed or open fill only as far as it is open.

    The row that limits the sum of all segments says the same for integer values. Segment by segment the limits are far
    tighter where a fraction of a program is open, as in the relaxations that a search bounds its branches with.
    Segments beyond a breakpoint with a binary need none: there the binary and a full segment before it say so.
    """
    column = opened[parts.program, parts.period]
    _, is_beyond = _breakpoint_before(programs, parts)
    at = np.flatnonzero((column >= 0) & np.isfinite(programs.segments.width[parts.segment]) & ~is_beyond)
    row = parts.rows(builder, "open segment", at, -np.inf, 0.0)
    builder.entries(row, column[at], -parts.most[at])
