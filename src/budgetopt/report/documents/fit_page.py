"""Fitted responses on a page: each drawn with its points, beside what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from budgetopt.fitting import Fits, FittedResponse
from budgetopt.report.blocks.charts import ticks_to
from budgetopt.report.documents.html import page_style
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.whole_files import write_text

__all__ = ["fit_lines", "fit_page", "fit_sentence", "write_fit_page"]

WIDTH, HEIGHT, LEFT, RIGHT, BELOW, ABOVE = 640, 300, 90, 20, 40, 12
"""The size of a chart and of its margins, in pixels."""
STEPS = 120


def fit_sentence(fits: Fits, one: FittedResponse, numbers: Numbers) -> str:
    """Return what was found of one program and outcome, in a sentence."""
    name = f"{one_line(one.series.program)}, {label(one.series.outcome)}"
    if one.estimate is None:
        return f"{name}: not fitted, {one.refused}."
    dollars = next((step for step in (1, 1_000, 1_000_000) if abs(one.margin) * step >= 1), 1_000_000)
    gain = numbers.quantity(one.margin * dollars, signed=True)
    many = f" of a district, {one.districts} districts" if fits.history.has_districts else ""
    points = plural(len(one.series.spending), "point")
    error = numbers.share(one.std_error)
    bought = f"{gain} for each {numbers.spoken_money(dollars)} more at mean spending{many}"
    return f"{name}: {one.estimate.form.words}; {bought}; standard error {error} of that; {points}."


def fit_lines(fits: Fits, numbers: Numbers) -> Iterator[str]:
    """Yield what a terminal shows: each response in a sentence, its doubts, and those that are not fitted."""
    for one in (*fits.fitted, *fits.refused):
        yield fit_sentence(fits, one, numbers)
        yield from (f"    note: {note}" for note in one.notes)


def write_fit_page(fits: Fits, path: str | Path) -> Path:
    """Write fitted responses as one page that needs nothing else, and return its path.

    Parameters
    ----------
    fits
        What :func:`budgetopt.fit` returns.
    path
        Where the page is written.

    Raises
    ------
    OptionError
        If the file cannot be written.
    """
    return write_text(path, fit_page(fits))


def fit_page(fits: Fits) -> str:
    """Return fitted responses as one HTML page."""
    numbers = Numbers("", "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}")
    style, style_hash = page_style()
    title = f"Responses fitted from {escape(one_line(fits.history.source))}"
    policy = f"default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"
    prices = "Spending as it stands, in the prices of each year."
    if fits.history.price_year:
        prices = f"Spending in prices of {fits.history.price_year}, by {fits.history.price_index}."
    count = f"{plural(len(fits.fitted), 'response')} fitted, {len(fits.refused)} not."
    caution = "What is seen in the past beside more money need not be what the money brings."
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>",
        f"<header><h1>{title}</h1>\n<p>{count} {escape(prices)} {caution}</p></header>\n<main>",
    ]
    for one in fits.fitted:
        heading = f"{one_line(one.series.program)}: {label(one.series.outcome)}"
        parts += [f"<section><h2>{escape(heading)}</h2>", f"<p>{escape(fit_sentence(fits, one, numbers))}</p>"]
        parts.append(_chart(one, numbers))
        parts += [f'<p class="note">{escape(note)}</p>' for note in one.notes]
        parts.append("</section>")
    parts += _listed("Not fitted", [fit_sentence(fits, one, numbers) for one in fits.refused])
    parts += _listed("How the table was read", fits.notes)
    return "\n".join([*parts, "</main>\n</body>\n</html>\n"])


def _listed(heading: str, items: Sequence[str]) -> list[str]:
    """Return a section with a list, if there is anything to list."""
    shown = "".join(f"<li>{escape(item)}</li>" for item in items)
    return [f"<section><h2>{heading}</h2><ul>{shown}</ul></section>"] if items else []


def _chart(one: FittedResponse, numbers: Numbers) -> str:
    """Return the points of a response and its fitted line, as a drawing."""
    x, y = one.series.spending, one.series.result
    at = np.linspace(float(x[x > 0].min()), float(x.max()), STEPS)
    fitted = one.result_at(at)
    low = min(0.0, float(y.min()), float(fitted.min()))
    marks = ticks_to(float(x.max())), ticks_to(max(float(y.max()), float(fitted.max())))
    frame = _Frame(marks[0][-1], low, max(marks[1][-1], low + 1e-12))
    drawn = [
        frame.line(low, "zero"),
        *(frame.text(frame.across(mark), HEIGHT - 20, "middle", numbers.short_money(mark)) for mark in marks[0]),
    ]
    for mark in marks[1]:
        drawn.append(frame.line(mark, "grid"))
        drawn.append(frame.text(LEFT - 8, frame.up(mark) + 4, "end", numbers.quantity(mark)))
    line = " ".join(f"{frame.across(a):.1f},{frame.up(b):.1f}" for a, b in zip(at, fitted, strict=True))
    drawn.append(f'<polyline class="mark" fill="none" points="{line}"/>')
    for a, b, year in zip(x.tolist(), y.tolist(), one.series.year.tolist(), strict=True):
        words = f"<title>{year}</title>" if year >= 0 else ""
        drawn.append(f'<circle class="plan" cx="{frame.across(a):.1f}" cy="{frame.up(b):.1f}" r="4">{words}</circle>')
    what = escape(f"{plural(len(x), 'point')} of spending and result, and the line fitted to them: {one.form}")
    return (
        f'<figure class="chart"><svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%"><title>{what}</title>'
        f"{''.join(drawn)}</svg>\n<figcaption>{what}; spending below, the result to the left</figcaption></figure>"
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a chart draws what: spending from nothing to an end, results between a low and a high one."""

    end: float
    low: float
    high: float

    def across(self, spending: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * spending / self.end

    def up(self, result: float) -> float:
        return HEIGHT - BELOW - (HEIGHT - BELOW - ABOVE) * (result - self.low) / (self.high - self.low)

    def line(self, result: float, look: str) -> str:
        height = f"{self.up(result):.1f}"
        return f'<line class="{look}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height}" y2="{height}"/>'

    @staticmethod
    def text(x: float, y: float, anchor: str, words: str) -> str:
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
