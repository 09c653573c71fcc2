"""The section on outcomes: what the plan buys, beside what the baseline would bring."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.report.blocks.charts import outcome_bar
from budgetopt.report.blocks.content import (
    NUMBER,
    Block,
    Bullets,
    Cell,
    Formula,
    Media,
    Paragraph,
    ReportColumn,
    ReportTable,
    Value,
)
from budgetopt.report.blocks.live_rows import literal
from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.words.plan_words import baseline_growth
from budgetopt.report.words.range_words import if_independent, low_to_high, range_notes
from budgetopt.scenario.model import WEIGHTED_OUTCOMES

__all__ = ["ASSUMED", "outcome_blocks", "outcome_sheets"]

ASSUMED = {"all": "assumed", "part": "partly assumed", "none": ""}

RANGES = {
    "Low": "low",
    "High": "high",
    "Low, independent errors": "low_if_independent",
    "High, independent errors": "high_if_independent",
    "Effects with a range": "with_range",
}
"""The columns of the sheet that say between what an outcome lies, by their headers."""


def outcome_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the table of outcomes; nothing for a scenario without any."""
    if not view.bought.rows:
        return
    growth = baseline_growth(view.plan.scenario)
    grown = f", grown with {growth}," if growth else ""
    today = f" The baseline is what today's spending{grown} would bring." if view.figures.has_baseline else ""
    weighing = _weighing(view)
    yield ReportTable(
        title=f"What it buys{view.together}",
        caption=f"Outcomes{f' {view.over}' if view.over else ''}{view.together}.{today}",
        columns=_columns(view, bool(weighing)),
        records=view.bought.rows,
        media=~Media.WORKBOOK,
    )
    ranged = [row for row in view.bought.rows if row.spread is not None and row.spread.low < row.spread.high]
    if ranged and view.media is Media.TERMINAL:
        yield Bullets("Ranges of the outcomes, low to high", [_range(row, view.numbers) for row in ranged])
    if told := " ".join(range_notes(view.plan, view.bought.rows, view.numbers)):
        yield Paragraph(told, note=True, media=~Media.WORKBOOK)
    yield from _targets(view)
    if weighing:
        yield Paragraph(weighing, note=True, media=Media.PAGE)


def _weighing(view: PlanView) -> str:
    """Return how the weights of outcomes choose the plan; empty where no objective is their sum."""
    scenario, numbers = view.plan.scenario, view.numbers
    goals = scenario.objective
    at = next((at for at, goal in enumerate(goals) if goal.maximize == WEIGHTED_OUTCOMES), None)
    if at is None:
        return ""
    before = join_words([f"“{one_line(stage.label)}”" for stage in view.plan.formulation.linear_program.stages[:at]])
    name = f" ({one_line(goals[at].name)})" if goals[at].name else ""
    words = (
        f"{f'After {before}, the' if before else 'The'} plan is chosen for the largest sum of the outcomes{name}, each "
    )
    words += "times its weight: what one unit of it is worth to the council."
    if any(outcome.weight and outcome.direction == "decrease" for outcome in scenario.outcomes.values()):
        words += " Outcomes of which less is better are subtracted."
    if scenario.document.discount and len(view.periods) > 1:
        words += f" Outcomes are discounted by {numbers.share(scenario.document.discount, 2)} for each further period."
    if worth := goals[at].unspent_worth:
        words += f" Each {numbers.spoken_money(1)} that is left unspent adds {numbers.quantity(worth)}."
    return words


def _targets(view: PlanView) -> Iterator[ReportTable]:
    """Yield the targets of single periods, each beside what the plan has in that period."""
    rules = view.plan.columns.rules
    of_targets = (
        (rules["kind"] == "target") & (rules["period"] != "all") & np.isfinite(rules["bound"].astype(np.float64))
    )
    rows = {name: column[of_targets] for name, column in rules.items()}
    if len(view.periods) == 1 or not of_targets.any():
        return
    outcomes = {row.key: row.name for row in view.bought.rows}
    values, bounds, senses = (rows[name].tolist() for name in ("value", "bound", "sense"))
    brings, asked = (list(map(view.numbers.quantity, figures)) for figures in (values, bounds))
    words = [f"{sense} {bound}" for sense, bound in zip(senses, asked, strict=True)]
    yield ReportTable(
        title="Targets of each period",
        caption="The targets of each period, beside what the plan brings in it.",
        columns=[
            ReportColumn("Outcome", [outcomes[name] for name in rows["name"]]),
            ReportColumn("Period", [one_line(period) for period in rows["period"]]),
            ReportColumn("Plan", brings, figure=True),
            ReportColumn("Target", words),
        ],
        records=range(int(of_targets.sum())),
        repeats=True,
        media=~Media.WORKBOOK,
    )


def _columns(view: PlanView, weighted: bool) -> list[ReportColumn]:
    numbers, based = view.numbers, view.figures.has_baseline
    with_unit = view.media is Media.MARKDOWN
    columns = [
        ReportColumn("Outcome", lambda row: _name(view, row)),
        ReportColumn("Baseline", lambda row: row.text(numbers, row.baseline or 0), figure=True, optional=True),
        ReportColumn("Plan", lambda row: _plan(view, row, with_unit=with_unit), figure=True),
        ReportColumn("Change", lambda row: _change(view, row), figure=True),
        ReportColumn("Plan and baseline", lambda row: Cell("", bar=outcome_bar(row, numbers)), media=Media.PAGE),
        ReportColumn("Evidence", lambda row: ASSUMED[row.assumed], media=Media.MARKDOWN),
        ReportColumn("", _notes, media=Media.TERMINAL | Media.NOTEBOOK),
        *_ranges(view),
    ]
    if not based:
        columns = [column for column in columns if column.header not in ("Baseline", "Change", "Plan and baseline")]
    if weighted:
        columns.append(ReportColumn("Weight of one", lambda row: _weight(view, row), figure=True, media=Media.PAGE))
    return columns


def _plan(view: PlanView, row: OutcomeRow, *, with_unit: bool) -> Cell:
    """Return a level; on a page its range is below it."""
    below = []
    if row.spread is not None:
        wide = low_to_high(row, view.numbers)
        below = [f"range: {wide}"]
        if (independent := if_independent(row, view.numbers)) != wide:
            below.append(f"{independent} if errors are independent")
    return Cell((row.with_unit if with_unit else row.text)(view.numbers, row.level), below=below)


def _range(row: OutcomeRow, numbers: Numbers) -> str:
    """Return the range of an outcome as an item of a list."""
    wide, narrow = low_to_high(row, numbers), if_independent(row, numbers)
    return f"{row.name}: {wide} {row.unit}" + (f"; {narrow} if errors are independent" if narrow != wide else "")


def _ranges(view: PlanView) -> Iterator[ReportColumn]:
    """Yield the columns of ranges; a terminal has a list of them, and a page shows them below the levels."""
    low_high, independent = (
        {row.key: words(row, view.numbers) for row in view.bought.rows} for words in (low_to_high, if_independent)
    )
    if all(row.spread is None for row in view.bought.rows):
        return
    media = Media.MARKDOWN | Media.NOTEBOOK
    yield ReportColumn("Low to high", lambda row: low_high[row.key], figure=True, media=media)
    if low_high != independent:
        header = "If errors are independent"
        yield ReportColumn(header, lambda row: independent[row.key], figure=True, media=media)


def _name(view: PlanView, row: OutcomeRow) -> Cell:
    if view.media is Media.PAGE:
        said = [row.unit, *(["less is better"] if row.decrease else [])]
        said += [f"target: {', '.join(row.targets)}"] if row.targets else []
        source = view.sources.number(view.plan.scenario.outcomes[row.key].source)
        return Cell(row.name, ASSUMED[row.assumed], [source], ["; ".join(said)])
    needs_unit = view.media is not Media.MARKDOWN and one_line(row.unit) not in row.name.lower()
    return Cell(f"{row.name}, {one_line(row.unit)}" if needs_unit else row.name)


def _change(view: PlanView, row: OutcomeRow) -> Cell:
    below = ""
    if row.better is not None:
        share = f"{view.numbers.share(row.change_share, signed=True)}, " if row.baseline else ""
        below = share + ("better" if row.better else "worse")
    change = row.text(view.numbers, row.change, signed=True)
    return Cell(change, below=[below], tone="up" if row.better else "down")


def _notes(row: OutcomeRow) -> str:
    better = "" if row.better is None else "better" if row.better else "worse"
    return ", ".join(filter(None, (better, ASSUMED[row.assumed])))


def _weight(view: PlanView, row: OutcomeRow) -> Cell:
    return Cell(view.numbers.quantity(row.weight), "assumed" if view.weight_is_assumed(row) else "")


def outcome_sheets(view: PlanView) -> list[ReportTable]:
    """Return the sheet of outcomes."""
    table, outcomes = view.plan.outcomes, view.plan.scenario.outcomes
    level, change, value = _live_levels(view)
    better = ["less" if row.decrease else "more" for row in view.bought.rows]
    rests = [ASSUMED[row.assumed] for row in view.bought.rows]
    columns = [
        ReportColumn("Outcome", [label(key, outcome.name) for key, outcome in outcomes.items()], width=30),
        ReportColumn("Unit", table["unit"].tolist(), width=18),
        ReportColumn("Better", better, width=8),
        ReportColumn("Weight of one", table["weight"].tolist(), format=NUMBER),
        ReportColumn("Baseline", table["baseline"].tolist(), format=NUMBER, width=15),
        ReportColumn("Plan", level, format=NUMBER, width=15),
        ReportColumn("Change", change, format=NUMBER, width=15),
        ReportColumn(f"Weighted value{view.undiscounted}", value, format=NUMBER, width=17, total=True),
        ReportColumn("Rests on", rests, width=15),
        *(
            ReportColumn(header, table[name].tolist(), format=NUMBER, width=15, printed=False)
            for header, name in RANGES.items()
            if table["with_range"].any()
        ),
        ReportColumn("Effects", table["effects"].tolist(), format=NUMBER, width=10, printed=False),
        ReportColumn("Assumed", table["assumed"].tolist(), format=NUMBER, width=10, printed=False),
        ReportColumn("Source", [outcome.source for outcome in outcomes.values()], width=40, printed=False),
    ]
    return [ReportTable(title="Outcomes", columns=columns, records=range(len(table)))]


def _live_levels(view: PlanView) -> tuple[list[Value], list[Value], list[Value]]:
    """Return what the plan has of each outcome, the change and the weighted value, as formulas of the effects."""
    table, live = view.plan.outcomes, view.live
    level, change, value = (table[name].tolist() for name in ("level", "change", "value"))
    if not live.is_live:
        return level, change, value
    periods = range(len(view.periods))
    levels: list[Value] = []
    for at, figure in enumerate(level):
        first, last = live.outcome_rows(at)
        words = f"SUM({live.effects.cells(0, first, last, until=periods[-1])})" if first <= last else "0"
        levels.append(Formula(f"={words}", figure))
    worth = [outcome.worth for outcome in view.plan.scenario.outcomes.values()]
    values = [Formula(f"={literal(one)}*F{{row}}", figure) for one, figure in zip(worth, value, strict=True)]
    return levels, [Formula("=F{row}-E{row}", figure) for figure in change], list(values)
