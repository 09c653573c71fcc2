"""The best value against a number of a scenario, in words for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from budgetopt.analysis.frontiers.frontier import Frontier
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.limit_lines import Gain
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import one_line
from budgetopt.report.figures.text_table import TextTable
from budgetopt.report.words.plan_words import named_changes, together

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frontier_document", "frontier_lines", "frontier_sentences", "nearest_pieces", "number_said", "unit_word"]

SHOWN = 24
"""So many pieces are printed at most: those nearest to the number as it is."""
MOVED = 8
"""Of so many pieces it is said which programs move."""
NAMED = 4


def number_said(found: Frontier, value: float, numbers: Numbers) -> str:
    """Return a value of the number, as an amount of money, a share or a plain number."""
    if found.is_share:
        return numbers.share(value, 3)
    return numbers.exact_money(round(value, 2)) if found.is_money else numbers.quantity(value)


def frontier_lines(found: Frontier) -> Iterator[str]:
    """Yield the curve: its range, each piece with its price, and what moves on the pieces near to the present."""
    numbers = Numbers(found.scenario.currency)
    gain = Gain.within(found.scenario, numbers)
    name = one_line(found.figure)
    ends = [number_said(found, value, numbers) for value in (found.low, found.high)]
    title = f"The best value ({label_of(found.scenario.objective[0])}) against {name}, from {ends[0]} to {ends[1]}."
    yield f"{title} It is {number_said(found, found.now, numbers)} now."
    if found.in_proportion:
        yield "The path leads to several numbers: the largest is shown, and the others move in proportion to it."
    yield from _method(found, numbers)
    yield ""
    shown = nearest_pieces(found, SHOWN)
    yield from _table(found, shown, numbers)
    left = len(found.pieces) - len(shown)
    if left:
        yield f"and {plural(left, 'more piece')}; --format csv prints all of them"
    yield ""
    yield from _prices(found, gain, numbers)
    if found.is_complete:
        yield from _moves(found, nearest_pieces(found, MOVED), numbers)


def frontier_sentences(found: Frontier, numbers: Numbers) -> list[str]:
    """Return how the curve was worked out, and what a little more and a little less of the number does."""
    return [*_method(found, numbers), *_prices(found, Gain.within(found.scenario, numbers), numbers)]


def _method(found: Frontier, numbers: Numbers) -> Iterator[str]:
    count, points = len(found.pieces), found.points
    if found.is_exact:
        yield f"It is exact: {plural(count, 'straight piece')}, {plural(found.solves, 'problem')} solved."
    else:
        whole = "It" if (found.pieces["method"] == "grid").all() else "Part of it"
        why = (
            ", since decisions are all-or-nothing" if found.is_integer else ", since there are no straight pieces there"
        )
        why = ", as asked" if found.steps else why
        yield f"{whole} is worked out on a grid{why}: {plural(found.solves, 'problem')} solved."
        yield "Between two points of a grid, what a unit adds is the mean of the way; the value may bend or jump there."
    if (points["gap"] > 0).any():
        worst = numbers.quantity(float(points["gap"].max()))
        yield f"Not every search came to its end: a value may be up to {worst} better than it says."
    for value, why in found.failed[:NAMED]:
        yield f"At {number_said(found, value, numbers)} no value was found: {one_line(why)}."
    if len(found.failed) > NAMED:
        yield f"So it is at {plural(len(found.failed) - NAMED, 'more point')}."
    low, high = float(points["figure"].iloc[0]), float(points["figure"].iloc[-1])
    width = 1e-6 * (found.high - found.low)
    if low > found.low + width and found.is_complete:
        yield f"No plan meets every rule below {number_said(found, low, numbers)}."
    if high < found.high - width and found.is_complete:
        yield f"No plan meets every rule above {number_said(found, high, numbers)}."
    if not found.is_complete:
        yield "Interrupted: what was found until then is shown."


def nearest_pieces(found: Frontier, most: int) -> pd.DataFrame:
    """Return the pieces nearest to the number as it is, in order."""
    pieces = found.pieces
    if len(pieces) <= most:
        return pieces
    now = int(((pieces["from"] <= found.now) & (pieces["to"] > found.now)).to_numpy().argmax())
    first = min(max(now - most // 2, 0), len(pieces) - most)
    return pieces.iloc[first : first + most]


def _table(found: Frontier, pieces: pd.DataFrame, numbers: Numbers) -> Iterator[str]:
    headers = ["from", "to", "best value there", "to", f"each {unit_word(found)} more adds", ""]
    rows = []
    for start, end, first, last, price in zip(
        *(pieces[column].tolist() for column in ("from", "to", "value_from", "value_to", "price")), strict=True
    ):
        said = [number_said(found, value, numbers) for value in (start, end)]
        values = [numbers.number(value, _places(found)) for value in (first, last)]
        here = "<- now" if start <= found.now < end else ""
        rows.append([*said, *values, numbers.number(price, _digits(price)), here])
    yield TextTable(headers, rows, [*[True] * 5, False], names=2)


def _places(found: Frontier) -> int:
    largest = float(found.points["value"].abs().max())
    return max(6 - len(str(int(largest))), 0) if math.isfinite(largest) else 0


def _digits(price: float) -> int:
    return 0 if price == 0 or abs(price) >= 1e5 else max(4 - math.floor(math.log10(abs(price))), 0)


def unit_word(found: Frontier) -> str:
    """Return what one unit of the number is called."""
    if found.is_share:
        return "percentage point"
    return "dollar" if found.is_money and found.scenario.currency == "USD" else "unit"


def _prices(found: Frontier, gain: Gain, numbers: Numbers) -> Iterator[str]:
    """Say what a little more and a little less of the number does, at the present."""
    pieces, objective = found.pieces, found.scenario.objective[0]
    sign = 1.0 if objective.maximize is not None else -1.0
    width = 1e-9 * (found.high - found.low)
    steps = (1.0, 1e3, 1e6) if found.is_money else (1.0,)
    for side in ("more", "less"):
        rows = pieces[(pieces["from"] - width <= found.now) & (pieces["to"] > found.now + width)]
        if side == "less":
            rows = pieces[(pieces["from"] < found.now - width) & (pieces["to"] + width >= found.now)]
        if rows.empty or rows["method"].iloc[0] != "exact":
            continue
        price = sign * float(rows["price"].iloc[0]) * (1 if side == "more" else -1)
        until = number_said(found, float(rows["to" if side == "more" else "from"].iloc[0]), numbers)
        step = next((step for step in steps if abs(price) * step >= 1), steps[-1])
        amount = numbers.spoken_money(step) if found.is_money else f"each {unit_word(found)}"
        if price == 0:
            yield f"From now, {side} of it changes nothing until {until}."
            continue
        worth = abs(price) * step
        does = gain.words(worth) if price > 0 else f"cost {gain.amount(worth)}"
        yield f"From now, {amount} {side} would {does}, until {until}."


def _moves(found: Frontier, near: pd.DataFrame, numbers: Numbers) -> Iterator[str]:
    """Say which programs move on the pieces near to the present."""
    moves = found.moves_within(float(near["from"].iloc[0]), float(near["to"].iloc[-1]))
    if moves.empty:
        return
    yield ""
    yield f"What moves in the plan as the number rises{together(found.scenario)}:"
    for _, rows in moves.groupby(["from", "to"], sort=True):
        start, end = float(rows["from"].iloc[0]), float(rows["to"].iloc[0])
        first, last = number_said(found, start, numbers), number_said(found, end, numbers)
        where = f"at {first}" if start == end else f"from {first} to {last}"
        yield f"- {where}: {named_changes(rows, numbers)}"


def frontier_document(found: Frontier) -> dict[str, Any]:
    """Return the curve as plain values, for JSON."""
    return {
        "figure": found.figure,
        "now": found.now,
        "unit": found.unit,
        "objective": label_of(found.scenario.objective[0]),
        "exact": found.is_exact,
        "complete": found.is_complete,
        "pieces": found.pieces.to_dict(orient="records"),
        "points": found.points.to_dict(orient="records"),
        "failed": [{"figure": value, "reason": why} for value, why in found.failed],
        "problems_solved": found.solves,
        "seconds": round(found.seconds, 3),
    }
