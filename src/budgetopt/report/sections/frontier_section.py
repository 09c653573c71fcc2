"""The section on frontiers: the best value against the revenue of the largest fund, and two outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from budgetopt.report.blocks.content import (
    Block,
    Cell,
    Media,
    Paragraph,
    ReportColumn,
    ReportTable,
    ResponseCurve,
    ResponseCurves,
    percent,
)
from budgetopt.report.figures.numbers import plural
from budgetopt.report.figures.text import capital, label
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.words.frontier_words import frontier_sentences, nearest_pieces, number_said, unit_word
from budgetopt.report.words.trade_off_words import goal_name, trade_off_sentences

if TYPE_CHECKING:
    from budgetopt.analysis.frontiers.frontier import Frontier
    from budgetopt.analysis.frontiers.trade_off import TradeOff

__all__ = ["drawn_curve", "frontier_blocks"]

MOST_POINTS = 24
"""So many points of two outcomes are listed."""


def frontier_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the best value against a revenue, then two outcomes against each other, on a page."""
    if view.media is not Media.PAGE:
        return
    if (found := view.asked.frontier) is not None:
        yield from _against_revenue(view, found)
    if (two := view.asked.trade_off) is not None:
        yield from _two_outcomes(view, two)


def _against_revenue(view: PlanView, found: Frontier) -> Iterator[Block]:
    numbers, key = view.numbers, found.figure.split(".")[1]
    name = label(key, view.plan.scenario.funds[key].name) if key in view.plan.scenario.funds else found.figure
    periods = " Its periods move in proportion; the largest is shown." if found.in_proportion else ""
    value = view.plan.audit.objectives[0].label.split(" ", 1)[1]
    said = " ".join(frontier_sentences(found, numbers))
    yield Paragraph(f"The best plan at other revenue of {name}.{periods} {said}", "Other revenue")
    points = list(zip(found.points["figure"].tolist(), found.points["value"].tolist(), strict=True))
    ends = [(points[0], "least"), ((found.now, found.value_at(found.now)), "now"), (points[-1], "most")]
    texts = [f"{word}: {numbers.quantity(best)} at {number_said(found, at, numbers)}" for (at, best), word in ends]
    yield ResponseCurves([drawn_curve(f"Revenue of {name}", capital(value), points, found.now, texts)])
    yield _pieces(view, found, capital(value))


def _pieces(view: PlanView, found: Frontier, value: str) -> ReportTable:
    numbers, shown = view.numbers, nearest_pieces(found, MOST_POINTS)
    start, end, first, last, price = (
        shown[name].tolist() for name in ("from", "to", "value_from", "value_to", "price")
    )
    step = next((size for size in (1.0, 1e3, 1e6) if max(map(abs, price)) * size >= 1), 1e6) if found.is_money else 1.0
    unit = numbers.spoken_money(step) if found.is_money else unit_word(found)
    marks = ["now" if low <= found.now < high else "" for low, high in zip(start, end, strict=True)]
    said = [Cell(number_said(found, low, numbers), mark) for low, mark in zip(start, marks, strict=True)]
    left = len(found.pieces) - len(shown)
    more = f" {plural(left, 'more piece')} further away." if left else ""
    kind = "straight piece by straight piece" if found.is_exact else "on a grid where it is not straight"
    return ReportTable(
        caption=f"The best value at other revenue, {kind}.{more}",
        columns=[
            ReportColumn("From", said),
            ReportColumn("To", [number_said(found, high, numbers) for high in end], figure=True),
            ReportColumn(f"{value} from", [numbers.quantity(one) for one in first], figure=True),
            ReportColumn("To there", [numbers.quantity(one) for one in last], figure=True),
            ReportColumn(f"Each {unit} more adds", [numbers.quantity(one * step) for one in price], figure=True),
        ],
        records=range(len(shown)),
        beside_chart=True,
    )


def _two_outcomes(view: PlanView, found: TradeOff) -> Iterator[Block]:
    numbers, names = view.numbers, [goal_name(found, at) for at in (0, 1)]
    said = " ".join(trade_off_sentences(found, numbers))
    yield Paragraph(f"{capital(names[0])} against {names[1]}, every limit kept. {said}", "Two outcomes")
    table = found.points
    pairs = sorted(zip(table[found.second].tolist(), table[found.first].tolist(), strict=True))
    if len(pairs) > 1:
        both = [(pairs[0], f"most of {names[0]}"), (pairs[-1], f"most of {names[1]}")]
        texts = [
            f"{word}: {numbers.quantity(first)}, with {numbers.quantity(second)} of {names[1]}"
            for (second, first), word in both
        ]
        yield ResponseCurves([drawn_curve(capital(names[0]), f"against {names[1]}", pairs, found.present[1], texts)])
    shown = table.head(MOST_POINTS)
    left = len(table) - len(shown)
    more = f" {plural(left, 'more plan')} are not listed." if left > 1 else ""
    yield ReportTable(
        caption=f"Plans at which neither of the two can be raised without lowering the other.{more}",
        columns=[
            ReportColumn("Plan", [numbers.number(at + 1) for at in range(len(shown))]),
            *(
                ReportColumn(capital(name), [numbers.quantity(one) for one in shown[key].tolist()], figure=True)
                for name, key in zip(names, (found.first, found.second), strict=True)
            ),
            ReportColumn(
                "Of the first for one more of the second",
                ["" if math.isnan(one) else numbers.quantity(one) for one in shown["rate"].tolist()],
                figure=True,
            ),
        ],
        records=range(len(shown)),
        beside_chart=len(pairs) > 1,
    )


def drawn_curve(
    name: str, what: str, points: Sequence[tuple[float, float]], now: float, texts: Sequence[str]
) -> ResponseCurve:
    """Return a curve drawn from its first point to its last; its height begins at zero.

    Parameters
    ----------
    name, what
        What it is about, and what its height counts.
    points
        From left to right; two or more, not all at one place.
    now
        Where the plan stands, in units of the points; drawn at the nearer end if it is outside.
    texts
        The same in words.
    """
    places, heights = zip(*points, strict=True)
    left, right = places[0], places[-1]
    low, high = min(*heights, 0.0), max(*heights, 0.0)
    return ResponseCurve(
        name=name,
        outcome=what,
        points=[(percent(x - left, right - left), 100 - percent(y - low, high - low)) for x, y in points],
        plan=percent(min(max(now, left), right) - left, right - left),
        baseline=None,
        floor=0.0,
        ceiling=100.0,
        zero=100 - percent(-low, high - low),
        texts=texts,
    )
