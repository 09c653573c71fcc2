"""The ladder of dollars as a drawing: a bar for each rung, as wide as its dollars, as high as each of them buys."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from budgetopt.allocation import Allocation
from budgetopt.report.limit_lines import Gain
from budgetopt.report.numbers import Numbers
from budgetopt.report.text import one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ladder_chart"]

WIDTH, HEIGHT, MARGIN = 720.0, 300.0, 48.0
CUT, MORE = "#9a4a1c", "#1c6a7a"
"""Colors that are told apart by those who see few of them; a cut also stands left of the middle."""


def ladder_chart(plan: Allocation, table: pd.DataFrame) -> str:
    """Return what :func:`budgetopt.budget_steps` returned for a plan as an SVG drawing that needs nothing else."""
    numbers = Numbers(plan.scenario.currency)
    gain = Gain.of(plan, numbers)
    rungs = _rungs(table)
    low, high = min([0.0, *(rung[0] for rung in rungs)]), max([0.0, *(rung[1] for rung in rungs)])
    top = max([rung[2] for rung in rungs], default=0.0) or 1.0
    across = (WIDTH - 2 * MARGIN) / ((high - low) or 1.0)
    up = (HEIGHT - 2 * MARGIN) / top
    name = f"What the last and the next dollars buy: {one_line(plan.scenario.name)}"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img"'
            ' aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="12">'
        ),
        f'<title id="title">{escape(name)}</title>',
        f'<desc id="desc">{escape(" ".join(_words(rung, numbers, gain) for rung in rungs))}</desc>',
        f'<text x="{MARGIN:.0f}" y="24" font-size="15">{escape(name)}</text>',
    ]
    base = HEIGHT - MARGIN
    for rung in rungs:
        left, right, value, _ = rung
        color, end = (CUT, left) if right <= 0 else (MORE, right)
        x, width, height = MARGIN + (left - low) * across, (right - left) * across, value * up
        parts.append(
            f'<rect x="{x:.2f}" y="{base - height:.2f}" width="{max(width - 1, 0.5):.2f}" height="{height:.2f}"'
            f' fill="{color}"><title>{escape(_words(rung, numbers, gain))}</title></rect>'
        )
        parts.append(
            f'<text x="{MARGIN + (end - low) * across:.2f}" y="{base + 16:.2f}" text-anchor="middle" font-size="10">'
            f"{escape(numbers.short_money(end, signed=True))}</text>"
        )
    parts.append(f'<line x1="{MARGIN}" y1="{base}" x2="{WIDTH - MARGIN}" y2="{base}" stroke="currentColor"/>')
    parts.append(
        f'<text x="{MARGIN:.0f}" y="{MARGIN - 6:.0f}" font-size="10">'
        f"{escape(f'each dollar would {gain.words(top)}')}</text></svg>"
    )
    return "\n".join(parts) + "\n"


def _rungs(table: pd.DataFrame) -> list[tuple[float, float, float, str]]:
    """Return each rung: the money where it begins and ends, what a dollar buys on it, and what moves most on it."""
    steps = table[table["program"] != ""].drop_duplicates("money")
    moving = dict(zip(steps["money"].tolist(), steps["name"].tolist(), strict=True))
    values = dict(zip(steps["money"].tolist(), steps["value_per_dollar"].tolist(), strict=True))
    rungs = []
    for side in (-1, 1):
        before = 0.0
        for money in sorted((money for money in values if money * side > 0), key=abs):
            rungs.append((min(before, money), max(before, money), float(values[money]), str(moving[money])))
            before = money
    return sorted(rungs)


def _words(rung: tuple[float, float, float, str], numbers: Numbers, gain: Gain) -> str:
    left, right, value, name = rung
    worth = f"its dollars {gain.words(value)} each"
    if right <= 0:
        return f"A cut of {numbers.spoken_money(-left)} falls most on {one_line(name)}: {worth}."
    return f"With {numbers.spoken_money(right)} more most goes to {one_line(name)}: {worth}."
