"""The section of a page in which figures are moved: its sliders with what they need, and breakpoints as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.analysis.exploring.explorer import ExploredPlan, Explorer
from budgetopt.analysis.exploring.sliders import Slider
from budgetopt.report.blocks.content import (
    Block,
    ExplorerPanel,
    Media,
    Paragraph,
    ReportColumn,
    ReportTable,
    SliderControl,
)
from budgetopt.report.explored.explorer_json import carried_pieces, in_json
from budgetopt.report.explored.slider_words import SliderWords, slider_words
from budgetopt.report.figures.limit_lines import Gain, limit_name
from budgetopt.report.figures.numbers import plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.model import CHANGE, LARGEST_CUT, SPENDING
from budgetopt.scenario.programs import Floats

__all__ = ["explorer_blocks"]

LINES = 16
"""So many parts of the range of a figure a table shows at most: those nearest to the plan."""
MOVES = 3
"""So many programs are named for each part."""


def explorer_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the explorer, on a page."""
    asked = view.asked
    if view.media is not Media.PAGE or (asked.explorer is None and not asked.no_explorer):
        return
    if asked.explorer is None:
        yield Paragraph(f"No figures can be moved on this page: {asked.no_explorer}.")
        return
    found = asked.explorer
    words = [slider_words(found, slider) for slider in found.sliders]
    yield Paragraph(
        "What would the best plan be with more or less revenue, with other weights, or with other limits? This page "
        "carries the exact answers: nothing is estimated, and nothing is sent anywhere."
    )
    carried = carried_pieces(found)
    yield ExplorerPanel(
        data=in_json(_data(view, found, words) | carried),
        controls=[
            SliderControl(
                word.name, word.note, word.text(slider.low, view.numbers), word.text(slider.high, view.numbers)
            )
            for slider, word in zip(found.sliders, words, strict=True)
        ],
        together=_together(found),
    )
    yield Paragraph(_reach(found, len(carried["pieces"])), note=True)
    for slider, word in zip(found.sliders, words, strict=True):
        yield _line_table(view, found, slider, word)


def _together(found: Explorer) -> bool:
    """Return whether one slider moves all revenue."""
    return sum(slider.kind == "revenue" for slider in found.sliders) > 1


def _reach(found: Explorer, carried: int) -> str:
    """Say what is carried, and what is not."""
    words = f"The page carries {plural(carried, 'piece')} of the plan, each exact over its part of the ranges. "
    if found.lines_whole and carried >= found.on_lines:
        words += "They hold every value of each figure by itself"
        words += ", and of all revenue together. " if _together(found) else ". "
    words += (
        "Where figures that are moved together leave them, the page says so and gives the command that solves there."
    )
    return words


def _data(view: PlanView, found: Explorer, words: list[SliderWords]) -> dict[str, Any]:
    """Return what the page needs beside the pieces."""
    plan, numbers, unit = found.plan, view.numbers, view.figures.unit
    before, after = numbers.patterns.money
    gain = Gain.of(plan, numbers)
    form = "money" if gain.what in (SPENDING, CHANGE) else "points" if gain.what == LARGEST_CUT else "number"
    name = plan.solver_result.stages[0].stage.label.partition(" ")[2]
    levels = plan.outcomes["level"].tolist()
    binding = {at for piece in found.pieces for at in piece.limits}
    return {
        "locale": numbers.locale.replace("_", "-"),
        "money": {"before": before, "after": after, "decimals": unit.decimals, "unit": unit.dollars},
        "goal": {"name": one_line(name), "unit": gain.unit, "form": form, "value": plan.plan_value},
        "sliders": [
            {
                "name": word.name, "path": slider.path, "kind": slider.kind, "form": word.form, "unit": word.unit,
                "value": slider.value, "low": slider.low, "high": slider.high, "step": word.step, "times": word.times,
                "differs": slider.differs,
            }
            for slider, word in zip(found.sliders, words, strict=True)
        ],
        "programs": [one_line(one) for one in view.figures.names.tolist()],
        "printed": view.figures.spending.tolist(),
        "outcomes": [
            {"name": label(key, outcome.name), "unit": one_line(outcome.unit), "value": level}
            for (key, outcome), level in zip(plan.scenario.outcomes.items(), levels, strict=True)
        ],
        "limits": {str(at): _limit_words(found, at) for at in sorted(binding)},
    }  # fmt: skip


def _limit_words(found: Explorer, position: int) -> str:
    limit = found.plan.scenario.limits[position]
    name, family = limit_name(limit), limit.family
    return name if family.casefold() in name.casefold() else f"{name} ({family})"


def _line_table(view: PlanView, found: Explorer, slider: Slider, word: SliderWords) -> ReportTable:
    """Return what the best plan is over the range of one figure, all others as in the plan."""
    parts = found.line(slider.path)
    near = sorted(parts, key=lambda part: max(part.begin - slider.value, slider.value - part.end, 0.0))[:LINES]
    shown = [part for part in parts if part in near]
    gain = Gain.of(found.plan, view.numbers)
    far = [part.last if part.end > slider.value else part.first for part in shown]
    start = found.at({})
    assert start is not None
    counted = f", in {gain.counted_in}" if gain.counted_in else ""
    columns = [
        ReportColumn("From", [word.text(part.begin, view.numbers) for part in shown]),
        ReportColumn("To", [word.text(part.end, view.numbers) for part in shown], figure=True),
        ReportColumn(f"At the end away from the plan{counted}", [_value(one, gain) for one in far], figure=True),
    ]
    if slider.kind != "weight":
        by, more = (
            (0.01, "percentage point") if slider.is_share else (1 / word.times, "dollar" if slider.is_money else "unit")
        )
        prices = ["" if part.first is None else _signed(part.first.prices[slider.path] * by, gain) for part in shown]
        columns.append(ReportColumn(f"Each {more} more changes it by", prices, figure=True))
    columns.append(ReportColumn("Against the plan, at that end", [_moves(view, one, start.spending) for one in far]))
    left = len(parts) - len(shown)
    more = f" {plural(left, 'part')} farther from the plan are left out." if left else ""
    return ReportTable(
        caption=f"{word.name}, all else as in the plan ({word.text(slider.value, view.numbers)} there).{more}",
        columns=columns,
        records=range(len(shown)),
        folded=f"{word.name}: the plan over its range, as a table",
        look="words",
    )


def _value(plan: ExploredPlan | None, gain: Gain) -> str:
    return "no plan is possible" if plan is None else gain.figure(plan.value)


def _signed(price: float, gain: Gain) -> str:
    if not np.isfinite(price):
        return ""
    numbers = gain.numbers
    return ("+" if price > 0 else numbers.minus if price < 0 else "") + gain.figure(abs(price))


def _moves(view: PlanView, plan: ExploredPlan | None, start: Floats) -> str:
    if plan is None:
        return ""
    change = plan.spending - start
    order = [
        at for at in np.argsort(-np.abs(change), kind="stable").tolist() if abs(change[at]) >= view.plan.half_a_cent
    ]
    names = view.figures.names
    said = [f"{one_line(names[at])} {view.numbers.short_money(float(change[at]), signed=True)}" for at in order[:MOVES]]
    more = len(order) - len(said)
    return "; ".join([*said, *([f"and {plural(more, 'more program')}"] if more else [])]) or "no change"
