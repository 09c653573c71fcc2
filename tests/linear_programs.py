"""Linear programs for tests: written as dense lists, or drawn at random with the shapes that go wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from budgetopt.formulation.linear_program import Block, Labels, LinearProgram, Matrix, Stage, TieBreak

__all__ = ["INFINITY", "linear_program", "linear_programs", "ties"]

INFINITY = np.inf


def linear_program(
    rows: Sequence[Sequence[float]],
    row_lower: Sequence[float] | float,
    row_upper: Sequence[float] | float,
    lower: Sequence[float] | float = 0.0,
    upper: Sequence[float] | float = INFINITY,
    *,
    maximize: Sequence[float] | None = None,
    minimize: Sequence[float] | None = None,
    integer: Sequence[bool] | bool = False,
    stages: Sequence[Stage] = (),
    tie_break: TieBreak | None = None,
) -> LinearProgram:
    cost = np.array(maximize if maximize is not None else minimize, float) if not stages else stages[0].cost
    columns = len(cost)
    dense = np.array(rows, float).reshape(-1, columns)
    row, column = np.nonzero(dense)

    def spread(values, count, kind=float):
        return np.broadcast_to(np.array(values, kind), (count,)).copy()

    return LinearProgram(
        Matrix.from_triplets(len(dense), columns, row.astype(np.int64), column.astype(np.int64), dense[row, column]),
        spread(row_lower, len(dense)),
        spread(row_upper, len(dense)),
        spread(lower, columns),
        spread(upper, columns),
        spread(integer, columns, bool),
        tuple(stages) or (Stage("the objective", cost, maximize=maximize is not None),),
        Labels((Block("column", 0, columns, {"number": np.arange(columns)}),)),
        Labels((Block("row", 0, len(dense), {"number": np.arange(len(dense))}),)),
        tie_break,
    )


def ties(reference: Sequence[float], group: Sequence[int] | None = None) -> TieBreak:
    """Return the tie break of columns that are each a group, or belong to the groups given."""
    group = list(range(len(reference))) if group is None else list(group)
    column = np.arange(len(group))
    return TieBreak(np.array(group), column, np.ones(len(group)), np.array(reference, float))


COEFFICIENTS = st.sampled_from([0, 0, 0, 1, 1, -1, 2, 3, -2, 0.5, 5])
COSTS = st.sampled_from([0, 1, 1, 2, -1, 3, 0.5, -2, 7])
LIMITS = st.integers(-4, 12)


@st.composite
def linear_programs(
    draw,
    *,
    most_columns: int = 3,
    most_rows: int = 3,
    bounded: bool = False,
    feasible: bool = False,
    integers: bool = False,
    money: float = 1.0,
    stages: int = 1,
    tie_break: bool = False,
) -> LinearProgram:
    """Draw a small problem: feasible or not, bounded or not, degenerate, with free columns and equality rows.

    With ``feasible`` its rows are moved to where some point between the limits of the columns meets them. ``money`` is
    the size of a unit of the columns, such as a million dollars.
    """
    columns = draw(st.integers(1, most_columns))
    count = draw(st.integers(0, most_rows))
    rows = [draw(st.lists(COEFFICIENTS, min_size=columns, max_size=columns)) for _ in range(count)]
    row_lower, row_upper = [], []
    for _ in range(count):
        limit = draw(LIMITS)
        kind = draw(st.sampled_from(["<=", "<=", ">=", "=", "range", "none"]))
        width = draw(st.integers(1, 6)) if kind == "range" else 0
        row_lower.append(limit if kind in {">=", "=", "range"} else -INFINITY)
        row_upper.append(limit + width if kind in {"<=", "=", "range"} else INFINITY)
    lower, upper, integer = [], [], []
    for _ in range(columns):
        whole = integers and draw(st.booleans())
        kinds = ["box", "box"] if bounded or whole else ["box", "from zero", "free", "below"]
        kind = draw(st.sampled_from(kinds))
        low = draw(st.integers(-3, 3)) if kind == "box" else 0
        high = low + draw(st.integers(0, 5)) if kind == "box" else draw(st.integers(-2, 6))
        lower.append(low if kind in {"box", "from zero"} else -INFINITY)
        upper.append(high if kind in {"box", "below"} else INFINITY)
        integer.append(whole)
    if feasible and count:
        point = np.clip(draw(st.lists(st.integers(-3, 6), min_size=columns, max_size=columns)), lower, upper)
        there = np.array(rows, float) @ point
        beyond = there - np.clip(there, row_lower, row_upper)
        row_lower, row_upper = row_lower + beyond, row_upper + beyond
    drawn = []
    for number in range(stages):
        cost = np.array(draw(st.lists(COSTS, min_size=columns, max_size=columns)), float)
        within = draw(st.sampled_from([0.0, 0.0, 0.125])) if number < stages - 1 else 0.0
        offset = draw(st.sampled_from([0.0, 0.0, 10.0]))
        drawn.append(Stage(f"objective {number + 1}", cost, draw(st.booleans()), offset * money, within))
    reference = draw(st.lists(st.sampled_from([0, 1, 2, 4, np.nan]), min_size=columns, max_size=columns))
    unit = np.where(integer, 1.0, money)
    in_money = np.array(rows, float).reshape(-1, columns) / unit
    return linear_program(
        in_money * money,
        np.array(row_lower, float) * money,
        np.array(row_upper, float) * money,
        np.array(lower, float) * unit,
        np.array(upper, float) * unit,
        integer=integer,
        stages=drawn,
        tie_break=ties(np.array(reference) * unit) if tie_break else None,
    )


def large_budget(
    programs: int,
    *,
    segments: int = 4,
    funds: int = 10,
    rules: int = 50,
    linked: bool = False,
    floors: bool = True,
    seed: int = 0,
) -> LinearProgram:
    """Return a budget of many programs with concave returns, a few funds, and rules that many programs share.

    With ``linked``, half of the programs may be paid by two or three funds, by way of a link row.
    """
    random = np.random.default_rng(seed)
    count = programs * segments
    program = np.repeat(np.arange(programs), segments)
    width = random.lognormal(12, 1, count)
    slope = np.sort(random.lognormal(0, 0.6, (programs, segments)), axis=1)[:, ::-1].ravel()
    fund = random.integers(0, funds, programs)
    lower = np.where(np.arange(count) % segments == 0, width * 0.3, 0.0) if floors else np.zeros(count)
    row, column, value = [fund[program]], [np.arange(count)], [np.ones(count)]
    member = random.random((rules, programs)) < 0.08
    for rule in range(rules):
        chosen = np.flatnonzero(member[rule][program])
        row.append(np.full(len(chosen), funds + rule))
        column.append(chosen)
        value.append(np.ones(len(chosen)))
    rows, columns = funds + rules, count
    by_fund = np.bincount(fund[program], weights=width, minlength=funds)
    by_rule = np.array([width[member[rule][program]].sum() for rule in range(rules)])
    half = np.arange(rules) % 2 == 0
    row_lower = np.concatenate((np.full(funds, -np.inf), np.where(half, 0.5 * by_rule, -np.inf)))
    row_upper = np.concatenate((0.55 * by_fund, np.where(half, np.inf, 0.5 * by_rule)))
    upper, cost = width, slope
    blocks = [Block("segment", 0, count, {"program": program, "segment": np.arange(count) % segments})]
    member_column, group = np.arange(count), program
    if linked:
        several = np.flatnonzero(np.arange(programs) % 2 == 0)
        place = np.full(programs, -1)
        place[several] = np.arange(len(several))
        in_several = place[program] >= 0
        row[0], column[0], value[0] = row[0][~in_several], column[0][~in_several], value[0][~in_several]
        payers = [np.stack((fund[several], (fund[several] + 1 + k) % funds), 1)[:, 1] for k in range(2)]
        payers = np.stack([fund[several], *payers], 1)
        used = np.ones(payers.shape, bool)
        used[::3, 2] = False
        payer_program, payer_place = np.nonzero(used)
        payer_column = count + np.arange(len(payer_program))
        link = rows + np.arange(len(several))
        row += [payers[payer_program, payer_place], link[payer_program], link[place[program[in_several]]]]
        column += [payer_column, payer_column, np.flatnonzero(in_several)]
        value += [np.ones(len(payer_column)), np.ones(len(payer_column)), -np.ones(int(in_several.sum()))]
        rows, columns = rows + len(several), count + len(payer_column)
        row_lower = np.concatenate((row_lower, np.zeros(len(several))))
        row_upper = np.concatenate((row_upper, np.zeros(len(several))))
        lower = np.concatenate((lower, np.zeros(len(payer_column))))
        upper = np.concatenate((upper, np.full(len(payer_column), np.inf)))
        cost = np.concatenate((cost, np.zeros(len(payer_column))))
        blocks.append(Block("payment", count, columns, {"program": several[payer_program]}))
        single = np.flatnonzero(~in_several)
        member_column = np.concatenate((single, payer_column))
        group = np.concatenate((program[single], several[payer_program]))
    matrix = Matrix.from_triplets(rows, columns, *(np.concatenate(part) for part in (row, column, value)))
    reference = random.lognormal(12, 1, programs)
    return LinearProgram(
        matrix,
        row_lower,
        row_upper,
        lower,
        upper,
        np.zeros(columns, bool),
        (Stage("outcomes", cost, maximize=True),),
        Labels(tuple(blocks)),
        Labels((Block("row", 0, rows, {"number": np.arange(rows)}),)),
        TieBreak(group, member_column, np.ones(len(group)), reference),
    )
