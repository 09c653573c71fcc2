"""The columns that spend money: one for each segment, fund and period, with link rows only where both are many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.limits import ProgramLimits
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.segments import Segments, Slopes
from budgetopt.scenario.effects import Effects

__all__ = ["OutcomeTerms", "SpendingTerms", "add_spending"]


@dataclass(frozen=True, slots=True)
class SpendingTerms:
    """Which columns make up what is spent: each term is ``weight * x[column]`` dollars. Every array: shape (terms,)."""

    column: Ints
    program: Ints
    fund: Ints
    period: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class OutcomeTerms:
    """Which columns make up the outcomes: each term is ``weight * x[column]`` units. Every array: shape (terms,).

    What an outcome is at zero spending is in ``constant``; shape (programs, outcomes).
    """

    column: Ints
    program: Ints
    outcome: Ints
    period: Ints
    weight: Floats
    constant: Floats


@dataclass(frozen=True, slots=True)
class _Carriers:
    """Columns on which the outcomes of segments depend: a segment, a period and a column each."""

    segment: Ints
    period: Ints
    column: Ints


def add_spending(
    builder: Builder,
    eligible: Bools,
    segments: Segments,
    limits: ProgramLimits,
    out_of_order: Bools,
    most: Floats,
) -> tuple[SpendingTerms, _Carriers]:
    """Add the columns of all spending, and the rows that hold a program's columns together.

    A program that one fund pays needs no rows: each of its segments is a column of that fund, and its floor and ceiling
    are limits of those columns. A program of one segment and several funds has a column for each fund. Only a program
    with several of both has columns for each, linked by a row that makes them agree.

    Parameters
    ----------
    eligible
        Which fund may pay for which program; shape (programs, funds).
    out_of_order
        Segments that must not be used before all earlier ones are full, because it would pay to; shape (segments,).
    most
        The most that can be spent in each period; shape (periods,).
    """
    periods = limits.lower.shape[1]
    counts, funds = segments.counts, eligible.sum(axis=1)
    terms: list[tuple[Ints, Ints, Ints, Ints]] = []
    carriers: list[tuple[Ints, Ints, Ints]] = []

    # segments' own columns: for programs of one fund, and of several funds and several segments
    segment = np.flatnonzero(
        (funds[segments.program] == 1) | ((funds[segments.program] > 1) & (counts[segments.program] > 1))
    )
    at_segment, at_period = np.repeat(segment, periods), np.tile(np.arange(periods), len(segment))
    owner = segments.program[at_segment]
    start, width = segments.start[at_segment], segments.width[at_segment]
    lower = np.clip(limits.lower[owner, at_period] - start, 0, width)
    upper = np.clip(limits.upper[owner, at_period] - start, 0, width)
    used = (upper > 0) | (lower > 0)
    at_segment, at_period, owner = at_segment[used], at_period[used], owner[used]
    single = funds[owner] == 1
    fund = np.where(single, eligible[owner].argmax(axis=1), -1)
    keys = {"program": owner, "fund": fund, "period": at_period, "segment": segments.number[at_segment]}
    column = builder.columns("segment", keys, lower[used], upper[used])
    carriers.append((at_segment, at_period, column))
    terms.append((column[single], owner[single], fund[single], at_period[single]))
    _keep_order(builder, segments, at_segment, at_period, column, upper[used], out_of_order, most)

    # columns by fund, for programs that several funds may pay
    program, payer = np.nonzero(eligible & (funds > 1)[:, None])
    by_program, by_fund = np.repeat(program, periods), np.repeat(payer, periods)
    by_period = np.tile(np.arange(periods), len(program))
    spent = builder.columns("spending", {"program": by_program, "fund": by_fund, "period": by_period}, 0.0, np.inf)
    terms.append((spent, by_program, by_fund, by_period))
    one_segment = counts[by_program] == 1
    carriers.append((segments.first[by_program[one_segment]], by_period[one_segment], spent[one_segment]))

    # link rows where several funds meet several segments
    linked = np.flatnonzero((funds > 1) & (counts > 1))
    row_of = np.full(limits.lower.shape, -1, dtype=np.int64)
    keys = {"program": np.repeat(linked, periods), "period": np.tile(np.arange(periods), len(linked))}
    row_of[keys["program"], keys["period"]] = builder.rows("link", keys, 0.0, 0.0)
    builder.entries(row_of[by_program, by_period][~one_segment], spent[~one_segment], 1.0)
    builder.entries(row_of[owner, at_period][~single], column[~single], -1.0)

    # limits as rows where no single column has them: several funds, one segment; or no fund at all
    limited = ((funds != 1) & (counts == 1) | (funds == 0))[:, None] & ((limits.lower > 0) | np.isfinite(limits.upper))
    limited &= ~((funds == 0)[:, None] & (limits.lower <= 0))
    held, when = np.nonzero(limited)
    row_of = np.full(limits.lower.shape, -1, dtype=np.int64)
    keys = {"program": held, "period": when}
    row_of[held, when] = builder.rows("program limits", keys, limits.lower[held, when], limits.upper[held, when])
    inside = row_of[by_program, by_period] >= 0
    builder.entries(row_of[by_program, by_period][inside], spent[inside], 1.0)

    joined = [np.concatenate(parts) for parts in zip(*terms, strict=True)]
    spending = SpendingTerms(joined[0], joined[1], joined[2], joined[3], np.ones(len(joined[0])))
    return spending, _Carriers(*(np.concatenate(parts) for parts in zip(*carriers, strict=True)))


def _keep_order(
    builder: Builder,
    segments: Segments,
    segment: Ints,
    period: Ints,
    column: Ints,
    upper: Floats,
    out_of_order: Bools,
    most: Floats,
) -> None:
    """Add a binary column at each breakpoint beyond which it would pay to skip ahead.

    The segments of a program fall into runs between such breakpoints. Within a run the best comes first, so it fills in
    order by itself; the binary of a breakpoint lets the run after it begin only when the run before it is full.
    """
    if not out_of_order.any():
        return
    run = np.cumsum(out_of_order)
    periods = len(most)
    gates = np.flatnonzero(out_of_order)
    binary = builder.columns(
        "beyond",
        {
            "program": np.repeat(segments.program[gates], periods),
            "period": np.tile(np.arange(periods), len(gates)),
            "segment": np.repeat(segments.number[gates], periods),
        },
        0.0,
        1.0,
        integer=True,
    ).reshape(len(gates), periods)
    gate = run[segment] - 1
    opened_by = (gate >= 0) & (segments.program[segment] == segments.program[gates[np.maximum(gate, 0)]])
    following = np.minimum(gate + 1, len(gates) - 1)
    opens = (gate + 1 < len(gates)) & (segments.program[segment] == segments.program[gates[following]])

    at = np.flatnonzero(opened_by)
    keys = {
        "program": segments.program[segment[at]],
        "period": period[at],
        "segment": segments.number[segment[at]],
    }
    row = builder.rows("opens", keys, -np.inf, 0.0)
    room = np.minimum(upper[at], most[period[at]])
    builder.entries(row, column[at], 1.0)
    builder.entries(row, binary[gate[at], period[at]], -room)

    at = np.flatnonzero(opens)
    keys = {
        "program": segments.program[segment[at]],
        "period": period[at],
        "segment": segments.number[segment[at]],
    }
    row = builder.rows("full", keys, 0.0, np.inf)
    builder.entries(row, column[at], 1.0)
    builder.entries(row, binary[following[at], period[at]], -segments.width[segment[at]])


def outcome_terms(effects: Effects, slopes: Slopes, carriers: _Carriers, outcomes: int, programs: int) -> OutcomeTerms:
    """Return what the columns do to the outcomes."""
    # pairs of effect and segment, met with the columns that carry the segment: both sorted by segment
    by_segment = np.argsort(carriers.segment, kind="stable")
    carried = carriers.segment[by_segment]
    left = np.searchsorted(carried, slopes.segment, side="left")
    lengths = np.searchsorted(carried, slopes.segment, side="right") - left
    ends = np.cumsum(lengths)
    item = by_segment[np.repeat(left - (ends - lengths), lengths) + np.arange(ends[-1] if len(ends) else 0)]
    effect = np.repeat(slopes.effect, lengths)
    weight = np.repeat(slopes.slope, lengths)
    kept = weight != 0
    item, effect, weight = item[kept], effect[kept], weight[kept]
    constant = np.zeros((programs, outcomes))
    constant[effects.program, effects.outcome] = effects.value[effects.offsets[:-1]]
    return OutcomeTerms(
        carriers.column[item],
        effects.program[effect],
        effects.outcome[effect],
        carriers.period[item],
        weight,
        constant,
    )
