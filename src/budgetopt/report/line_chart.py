"""Lines, steps, bands and points over two axes, as an SVG drawing that needs nothing else.

Nothing is told by color alone: each series has a dash pattern or a mark of its own and is named in the legend. What
the chart shows is also said in words, for those who do not see it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Literal

from budgetopt.report.charts import round_step
from budgetopt.report.text import one_line

__all__ = ["ChartAxis", "ChartSeries", "line_chart", "ticks_between"]

WIDTH, HEIGHT = 720.0, 400.0
LEFT, RIGHT, BOTTOM, TOP, LEGEND = 84.0, 24.0, 56.0, 60.0, 18.0
"""Margins, and the height of one line of the legend."""
COLORS = ("#1c6a7a", "#9a4a1c", "#5b3f8c", "#4d6b1f", "#8c3f5b", "#555555")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "4 4")
_LEGEND_ENTRY = 230.0
_LEGEND_LETTERS = 32


@dataclass(frozen=True, slots=True)
class ChartAxis:
    """An axis: what it counts, with the unit, how its numbers are written, and how far it goes at least.

    Parameters
    ----------
    label
        What is counted, with its unit: ``revenue of the general fund ($)``.
    text
        How a number beside the axis is written.
    includes
        Numbers that the axis reaches in any case, such as zero.
    """

    label: str
    text: Callable[[float], str] = "{:,.6g}".format
    includes: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One series of a chart.

    Parameters
    ----------
    name
        What the legend calls it.
    x, y
        Where its points are; where a number is not finite the line is broken.
    kind
        ``line`` joins the points, ``step`` keeps each value up to the next point, ``points`` are marks alone, and
        ``band`` fills what lies between ``low`` and ``y``.
    low
        The lower side of a band; as many as ``y``.
    labels
        What each point is called: shown when it is pointed at; as many as ``y``, or none.
    marked
        Whether the points of a line or step are marked too.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    kind: Literal["line", "step", "points", "band"] = "line"
    low: Sequence[float] = field(default=())
    labels: Sequence[str] = ()
    marked: bool = False


def line_chart(
    title: str,
    across: ChartAxis,
    up: ChartAxis,
    series: Sequence[ChartSeries],
    words: str,
    *,
    now: tuple[float, str] | None = None,
) -> str:
    """Return a chart as SVG text.

    Parameters
    ----------
    title
        What the chart is called.
    across, up
        The axis from left to right and the one from bottom to top.
    series
        What is drawn; of bands first, so that lines lie above them.
    words
        What the chart shows, in sentences, for those who do not see it.
    now
        A place on the axis across that is marked by a line, and what it is called.

    Raises
    ------
    ValueError
        If a series has not as many numbers on one axis as on the other.
    """
    for one in series:
        lengths = {len(one.x), len(one.y), *([len(one.low)] if one.kind == "band" else [])}
        if len(lengths) > 1 or len(one.labels) not in (0, len(one.y)):
            raise ValueError(f"series {one.name!r} has not as many numbers on each axis")
    per_line = int((WIDTH - LEFT - RIGHT) // _LEGEND_ENTRY)
    top = TOP + LEGEND * (math.ceil(len(series) / per_line) if len(series) > 1 else 0)
    frame = _ChartArea.around(series, across, up, now, top)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img"'
            ' font-family="system-ui, sans-serif" font-size="12">'
        ),
        f"<title>{escape(one_line(title))}</title>",
        f"<desc>{escape(one_line(words))}</desc>",
        f'<text x="{LEFT:.0f}" y="22" font-size="15">{escape(one_line(title))}</text>',
        f'<text x="{LEFT:.0f}" y="42" fill="#555555">{escape(one_line(up.label))}</text>',
        *_axes(frame, across, up),
    ]
    if now is not None and math.isfinite(now[0]):
        parts += _now(frame, *now)
    for at, one in enumerate(series):
        if len(series) > 1:
            left, below = LEFT + at % per_line * _LEGEND_ENTRY, 60.0 + LEGEND * (at // per_line)
            parts += _legend(one, at, left, below)
        parts += _drawn(frame, one, at)
    return "\n".join([*parts, "</svg>"]) + "\n"


def ticks_between(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers that enclose a range, about as many as asked for."""
    if not high > low:
        width = abs(low) or 1.0
        low, high = low - width / 2, high + width / 2
    step = round_step((high - low) / count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(at * step, 12) if step >= 1e-9 else at * step for at in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _ChartArea:
    """Where numbers are drawn: the round numbers of both axes, and the top of the area."""

    across: list[float]
    up: list[float]
    top: float

    @classmethod
    def around(
        cls,
        series: Sequence[ChartSeries],
        across: ChartAxis,
        up: ChartAxis,
        now: tuple[float, str] | None,
        top: float,
    ) -> _ChartArea:
        x = [*across.includes, *([] if now is None else now[:1]), *(value for one in series for value in one.x)]
        y = [*up.includes, *(value for one in series for value in (*one.y, *one.low))]
        return cls(_ticks_around(x), _ticks_around(y), top)

    def x(self, value: float) -> float:
        first, last = self.across[0], self.across[-1]
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - first) / (last - first)

    def y(self, value: float) -> float:
        first, last = self.up[0], self.up[-1]
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - self.top) * (value - first) / (last - first)


def _ticks_around(values: Sequence[float]) -> list[float]:
    finite = [float(value) for value in values if math.isfinite(value)] or [0.0]
    return ticks_between(min(finite), max(finite))


def _axes(frame: _ChartArea, across: ChartAxis, up: ChartAxis) -> Iterator[str]:
    base, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in frame.up:
        y = frame.y(value)
        yield f'<line x1="{LEFT:.2f}" y1="{y:.2f}" x2="{right:.2f}" y2="{y:.2f}" stroke="#cccccc" stroke-width="0.5"/>'
        words = escape(up.text(value))
        yield f'<text x="{LEFT - 6:.2f}" y="{y + 4:.2f}" text-anchor="end" font-size="10">{words}</text>'
    for value in frame.across:
        x = frame.x(value)
        yield f'<line x1="{x:.2f}" y1="{base:.2f}" x2="{x:.2f}" y2="{base + 4:.2f}" stroke="currentColor"/>'
        yield (
            f'<text x="{x:.2f}" y="{base + 17:.2f}" text-anchor="middle" font-size="10">'
            f"{escape(across.text(value))}</text>"
        )
    yield f'<line x1="{LEFT:.2f}" y1="{base:.2f}" x2="{right:.2f}" y2="{base:.2f}" stroke="currentColor"/>'
    yield (
        f'<text x="{(LEFT + right) / 2:.2f}" y="{base + 38:.2f}" text-anchor="middle" fill="#555555">'
        f"{escape(one_line(across.label))}</text>"
    )


def _now(frame: _ChartArea, at: float, name: str) -> Iterator[str]:
    x = frame.x(at)
    yield (
        f'<line x1="{x:.2f}" y1="{frame.top:.2f}" x2="{x:.2f}" y2="{HEIGHT - BOTTOM:.2f}" stroke="#555555"'
        ' stroke-dasharray="3 3"/>'
    )
    anchor, shift = ("end", -4) if x > (LEFT + WIDTH - RIGHT) / 2 else ("start", 4)
    yield (
        f'<text x="{x + shift:.2f}" y="{HEIGHT - BOTTOM - 6:.2f}" text-anchor="{anchor}" font-size="10">'
        f"{escape(one_line(name))}</text>"
    )


def _legend(one: ChartSeries, at: int, left: float, below: float) -> Iterator[str]:
    color, y = COLORS[at % len(COLORS)], below - 4
    if one.kind == "band":
        yield f'<rect x="{left:.2f}" y="{y - 5:.2f}" width="24" height="10" fill="{color}" fill-opacity="0.25"/>'
    elif one.kind != "points":
        yield f'<line x1="{left:.2f}" y1="{y:.2f}" x2="{left + 24:.2f}" y2="{y:.2f}" {_stroke(at)}/>'
    if one.kind == "points" or one.marked:
        yield _mark(left + 12, y, at, "")
    name = one_line(one.name)
    shown = name if len(name) <= _LEGEND_LETTERS else name[: _LEGEND_LETTERS - 1] + "…"
    words = f"<title>{escape(name)}</title>{escape(shown)}"
    yield f'<text x="{left + 30:.2f}" y="{below:.2f}" font-size="11">{words}</text>'


def _drawn(frame: _ChartArea, one: ChartSeries, at: int) -> Iterator[str]:
    name = f"<title>{escape(one_line(one.name))}</title>"
    for run in _runs(one):
        places = [(frame.x(one.x[point]), frame.y(one.y[point])) for point in run]
        if one.kind == "band":
            under = [(frame.x(one.x[point]), frame.y(one.low[point])) for point in reversed(run)]
            yield (
                f'<polygon points="{_points([*places, *under])}" fill="{COLORS[at % len(COLORS)]}"'
                f' fill-opacity="0.25">{name}</polygon>'
            )
        elif one.kind != "points":
            if one.kind == "step":
                places = _stepped(places)
            yield f'<polyline points="{_points(places)}" fill="none" {_stroke(at)}>{name}</polyline>'
        if one.kind == "points" or one.marked:
            for point in run:
                words = one_line(one.labels[point]) if one.labels else one.name
                yield _mark(frame.x(one.x[point]), frame.y(one.y[point]), at, words)


def _runs(one: ChartSeries) -> Iterator[list[int]]:
    """Yield the points that are joined: those between two places where a number is not finite."""
    run: list[int] = []
    for point, numbers in enumerate(zip(one.x, one.y, one.low or one.y, strict=True)):
        if all(map(math.isfinite, numbers)):
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _stepped(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the places of a line that keeps its height up to the next place."""
    corners = [(after[0], before[1]) for before, after in pairwise(places)]
    return [*places[:1], *(place for pair in zip(corners, places[1:], strict=True) for place in pair)]


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in places)


def _stroke(at: int) -> str:
    dash = DASHES[at % len(DASHES)]
    return f'stroke="{COLORS[at % len(COLORS)]}" stroke-width="2"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _mark(x: float, y: float, at: int, words: str) -> str:
    """Return a mark whose form differs between series: a disc, a square, a triangle."""
    name = f"<title>{escape(words)}</title>" if words else ""
    color = COLORS[at % len(COLORS)]
    match at % 3:
        case 0:
            return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="3.5" fill="{color}">{name}</circle>'
        case 1:
            return f'<rect x="{x - 3.5:.2f}" y="{y - 3.5:.2f}" width="7" height="7" fill="{color}">{name}</rect>'
    corners = _points([(x, y - 4.5), (x + 4.5, y + 3.5), (x - 4.5, y + 3.5)])
    return f'<polygon points="{corners}" fill="{color}">{name}</polygon>'
