"""Two goals against each other, in words for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.analysis.frontiers.trade_off import TradeOff
from budgetopt.report.figures.numbers import Numbers, counted, join_words, plural, significant
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.figures.text_table import TextTable
from budgetopt.report.words.plan_words import named_changes, together

__all__ = ["goal_name", "trade_off_document", "trade_off_lines", "trade_off_sentences"]

SHOWN, MOVED = 40, 8
"""So many rows are printed at most; for so many it is said which programs move."""
SAME = 1e-6
"""The share of a goal below which a difference is none."""

_KINDS = {
    "curve": "Each row is a corner of the efficient frontier: neither goal can be raised without lowering the other. "
    "Between two rows lies a straight line of such plans.",
    "all": "These are all plans at which neither goal can be raised without lowering the other.",
    "grid": "At each of these plans neither goal can be raised without lowering the other. There may be more of them.",
}


def trade_off_lines(found: TradeOff) -> Iterator[str]:
    """Yield the points, what one goal costs in terms of the other, and what moves between them."""
    numbers = Numbers(found.scenario.currency)
    first, second = goal_name(found, 0), goal_name(found, 1)
    yield f"{one_line(found.scenario.name)}: {first} against {second}."
    yield from _method(found)
    if found.is_equity and not _has_population(found):
        yield "No rule says how many people these groups have, so each counts as one."
    yield ""
    yield from _table(found, numbers)
    yield ""
    yield from _equity(found, numbers) if found.is_equity else _present(found, numbers)
    yield from _moves(found, numbers)


def _method(found: TradeOff) -> Iterator[str]:
    yield _KINDS[found.kind] if found.is_complete else "Interrupted: what was found until then is shown."
    if found.failed:
        yield f"Searches failed in {plural(len(found.failed), 'part')} of the range: {one_line(found.failed[0])}."
    if not found.points["proved"].all():
        yield "Not every search came to its end: some plans may not be the best of their row."


def trade_off_sentences(found: TradeOff, numbers: Numbers) -> list[str]:
    """Return what the points of two outcomes are, and where the scenario's own best plan stands among them."""
    return [*_method(found), *_present(found, numbers)]


def goal_name(found: TradeOff, which: int) -> str:
    """Return what the first goal (0) or the second (1) is called."""
    key = (found.first, found.second)[which]
    outcome = found.scenario.outcomes.get(key)
    if outcome is not None:
        return label(key, outcome.name)
    return f"{_per_head(found)} in the group with least" if which else one_line(key)


def _per_head(found: TradeOff) -> str:
    return f"{found.units[1]} per head" if _has_population(found) else found.units[1]


def _has_population(found: TradeOff) -> bool:
    return not (found.groups["population"] == 1).all()


def _table(found: TradeOff, numbers: Numbers) -> Iterator[str]:
    headers = ["", goal_name(found, 0), goal_name(found, 1), "of the first for one more of the second"]
    rows = []
    points = found.points.head(SHOWN)
    for at, row in enumerate(points[[found.first, found.second, "rate"]].to_numpy().tolist(), 1):
        rows.append([str(at), *("" if np.isnan(value) else _amount(numbers, value) for value in row)])
    yield TextTable(headers, rows, [True] * 4)
    if len(found.points) > SHOWN:
        yield f"and {plural(len(found.points) - SHOWN, 'more row')}; --format csv prints all of them"


def _amount(numbers: Numbers, value: float) -> str:
    """Return a level with the digits that tell it from the next one."""
    return numbers.number(value, min(significant(value, 5), 9))


def _present(found: TradeOff, numbers: Numbers) -> Iterator[str]:
    first, second = found.present
    said = [
        counted(numbers, value, unit, goal_name(found, at))
        for at, (value, unit) in enumerate(zip(found.present, found.units, strict=True))
    ]
    yield f"The scenario's own best plan has {join_words(said)}."
    if len(found.points) == 1 and found.is_complete:
        yield "Both have their most in one plan, so one costs nothing of the other."
    rows = found.points.sort_values(found.first)
    at, values = rows[found.first].to_numpy(), rows[found.second].to_numpy()
    if found.kind != "curve" or not len(at) or not at[0] <= first <= at[-1] * (1 + SAME):
        return
    best = float(np.interp(first, at, values))
    if abs(best - second) > SAME * max(abs(best), abs(second)):
        more = counted(numbers, best, found.units[1], goal_name(found, 1))
        yield f"With as much of the first, {more} are possible, if no other outcome counts."


def _equity(found: TradeOff, numbers: Numbers) -> Iterator[str]:
    points = found.points
    best, fair = points.iloc[0], points.iloc[-1]
    lost = abs(best[found.first] - fair[found.first])
    start, end = (_amount(numbers, float(row[found.second])) for row in (best, fair))
    unit = _per_head(found)
    if len(points) == 1:
        yield f"Equity costs nothing: the best plan gives the group with least {start} {unit}, the most possible."
        return
    share = f" ({numbers.share(lost / abs(best[found.first]))})" if best[found.first] else ""
    yield (
        f"Raising what the group with least has from {start} to {end} {unit} costs "
        f"{_amount(numbers, lost)} of the {goal_name(found, 0)}{share}."
    )
    last = found.groups["point"].max()
    for at, when in ((0, "With the best value"), (last, "With the most for the group with least")):
        rows = found.groups[found.groups["point"] == at]
        each = [
            f"{one_line(name)} {_amount(numbers, value)}"
            for name, value in zip(rows["group"].tolist(), rows["per_head"].tolist(), strict=True)
        ]
        yield f"{when}, {unit}: {join_words(each)}."


def _moves(found: TradeOff, numbers: Numbers) -> Iterator[str]:
    rows_of = {int(rows["point"].iloc[0]): rows for _, rows in found.moves.groupby("point")}
    if not rows_of:
        return
    yield ""
    yield f"What moves from row to row{together(found.scenario)}:"
    for at in sorted(rows_of)[:MOVED]:
        yield f"- from {at} to {at + 1}: {named_changes(rows_of[at], numbers)}"
    if len(rows_of) > MOVED:
        yield "- and so on; --format json has all"


def trade_off_document(found: TradeOff) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    points = found.points.astype(object).where(found.points.notna(), None)
    return {
        "first": found.first,
        "second": found.second,
        "units": list(found.units),
        "kind": found.kind,
        "complete": found.is_complete,
        "failed": list(found.failed),
        "points": points.to_dict(orient="records"),
        "present": {found.first: found.present[0], found.second: found.present[1]},
        "groups": found.groups.to_dict(orient="records"),
        "moves": found.moves.to_dict(orient="records"),
        "problems_solved": found.solves,
    }
