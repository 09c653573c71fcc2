"""The sections on analyses beside the plan: benchmark plans, dollars more or less, draws, and what is worth knowing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from budgetopt.report.blocks.charts import ticks_to
from budgetopt.report.blocks.content import (
    Bar,
    Block,
    Bullets,
    Cell,
    Chart,
    Media,
    Paragraph,
    ReportColumn,
    ReportTable,
    Tick,
)
from budgetopt.report.figures.limit_lines import Gain
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import capital, label, one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.words.comparison_words import plan_sentences
from budgetopt.report.words.ensemble_words import (
    MOST_ROWS,
    amount_text,
    effect_cells,
    ensemble_sentences,
    information_basis,
    information_said,
    least_stable,
)

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.analysis.comparing.comparison import PlanComparison
    from budgetopt.analysis.risk.ensemble import Ensemble

__all__ = ["compared_blocks", "dollar_blocks", "dollar_chart", "ensemble_blocks", "information_blocks"]

MOVES = 3
"""So many programs are named for each step of money."""


def compared_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the plan beside benchmark plans, on a page."""
    found = view.asked.comparison
    if found is None or view.media is not Media.PAGE:
        return
    yield _plan_table(view, found)
    items = [words for at in range(len(found.compared)) for words in plan_sentences(found, at, view.numbers)]
    yield Bullets("How each plan is made, and what it misses", items)
    if len(found.outcomes):
        yield _outcome_table(view, found)
    yield from (Paragraph(f"Note: {one_line(remark)}", note=True) for remark in found.remarks)


def _plan_table(view: PlanView, found: PlanComparison) -> ReportTable:
    numbers, table = view.numbers, found.plans

    def share(value: float) -> str:
        return numbers.share(value, 2, signed=True) if math.isfinite(value) else ""

    same = len(set(table["objective"].tolist())) == 1
    value = one_line(str(table["objective"].iloc[0]).split(" ", 1)[1]) if same else "objective"
    names = [f"{letter}, {one_line(name)}" for letter, name in zip(found.letters, found.names, strict=True)]
    columns = [
        ReportColumn("Plan", [capital(name) for name in names]),
        ReportColumn("Money spent", [numbers.money(amount) for amount in table["spending"].tolist()], figure=True),
        ReportColumn("Left at the close", [numbers.money(left) for left in table["unspent"].tolist()], figure=True),
        ReportColumn(capital(value), [numbers.quantity(one) for one in table["value"].tolist()], figure=True),
        ReportColumn("Against A", ["", *map(share, table["share"].tolist()[1:])], figure=True),
        ReportColumn("Limits missed", [numbers.number(one) for one in table["limits_missed"].tolist()], figure=True),
    ]
    caption = f"The plan beside benchmark plans, each judged by the same audit. Amounts in {view.currency}."
    return ReportTable(caption=caption, columns=columns, records=range(len(table)))


def _outcome_table(view: PlanView, found: PlanComparison) -> ReportTable:
    table = found.outcomes

    def column(letter: str, name: str) -> ReportColumn:
        shown = ["" if math.isnan(one) else view.numbers.quantity(one) for one in table[name].tolist()]
        return ReportColumn(letter, shown, figure=True)

    names = [one_line(name).replace("_", " ") for name in table["name"].tolist()]
    rows = [Cell(name, below=[one_line(unit)]) for name, unit in zip(names, table["unit"].tolist(), strict=True)]
    plans = [column(letter, name) for letter, name in zip(found.letters, found.names, strict=True)]
    caption = f"What each plan brings{view.together}; the letters are those of the table above."
    return ReportTable(caption=caption, columns=[ReportColumn("Outcome", rows), *plans], records=range(len(table)))


def dollar_blocks(view: PlanView) -> Iterator[Block]:
    """Yield what is cut first and what is added first, step by step, on a page."""
    table = view.asked.dollars
    if table is None or view.media is not Media.PAGE:
        return
    gain = Gain.of(view.plan, view.numbers)
    steps = [(money, table[table["money"] == money]) for money in sorted(set(table["money"].tolist()))]
    solved = [(money, rows) for money, rows in steps if math.isfinite(rows["value_per_dollar"].iloc[0])]
    each = [float(rows["value_per_dollar"].iloc[0]) for _, rows in solved]
    if chart := dollar_chart([money for money, _ in solved], each, gain, view.numbers):
        yield chart
    moves = [_moves(rows, view.numbers) for _, rows in steps]
    values = [float(rows["value"].iloc[0]) for _, rows in steps]
    columns = [
        ReportColumn("Money", [view.numbers.spoken_money(money, signed=True) for money, _ in steps]),
        ReportColumn("What the plan loses or gains", [_value(value, gain) for value in values]),
        ReportColumn("What moves most", moves),
    ]
    caption = f"The best plan with less and with more money{view.together}, all funds in proportion, solved again."
    yield ReportTable(
        caption=caption, columns=columns, records=range(len(steps)), look="words", beside_chart=chart is not None
    )


def _value(value: float, gain: Gain) -> str:
    if not math.isfinite(value):
        return "no plan keeps every limit"
    return f"{'loses' if value < 0 else 'gains'} {gain.amount(abs(value))}" if value else "nothing"


def _moves(rows: pd.DataFrame, numbers: Numbers) -> str:
    moved = rows[rows["program"] != ""]
    order = moved["change"].abs().sort_values(ascending=False, kind="stable").index
    pairs = zip(moved["name"].loc[order].tolist(), moved["change"].loc[order].tolist(), strict=True)
    said = [f"{one_line(name)} {numbers.short_money(change, signed=True)}" for name, change in islice(pairs, MOVES)]
    more = len(moved) - len(said)
    return "; ".join([*said, *([f"and {plural(more, 'more program')}"] if more else [])])


def dollar_chart(money: list[float], each: list[float], gain: Gain, numbers: Numbers) -> Chart | None:
    """Return what each dollar buys, one row a step of money from the largest cut on; None where none buys anything.

    Parameters
    ----------
    money
        Dollars less (below zero) or more than now.
    each
        What a dollar between the step before, counted from now, and this one is worth; as many as ``money``.
    gain, numbers
        How gains and amounts are said.
    """
    if not money or not max(each) > 0:
        return None
    marks = ticks_to(max(each))
    bars = []
    for dollars, worth in zip(money, each, strict=True):
        name = f"{numbers.short_money(dollars, signed=True)}"
        words = f"{name}: each dollar up to here would {gain.words(worth)}."
        bars.append(Bar(name, max(worth, 0.0), numbers.quantity(worth), words, "down" if dollars < 0 else "up"))
    return Chart(
        heading="What each dollar buys",
        title=f"{capital(gain.unit or gain.what)} for each dollar, from the deepest cut to the largest addition",
        measure="what each dollar buys",
        unit=gain.unit or gain.what,
        bars=bars,
        ticks=[Tick(mark, numbers.quantity(mark)) for mark in marks],
        high=marks[-1],
    )


def ensemble_blocks(view: PlanView) -> Iterator[Block]:
    """Yield how often each decision stays in draws of the effects, on a page."""
    found = view.asked.ensemble
    if found is None or view.media is not Media.PAGE:
        return
    yield Paragraph(" ".join(ensemble_sentences(found)))
    yield Paragraph(f"The draws are those of seed {view.asked.seed}: the same seed gives the same draws.", note=True)
    table, shown = found.stability[~found.stability["same"].isna()], least_stable(found)
    if len(shown):
        yield _stability(view, found, shown, len(table))


def _stability(view: PlanView, found: Ensemble, shown: pd.DataFrame, every: int) -> ReportTable:
    units, numbers = shown["unit"].tolist(), view.numbers

    def amounts(key: str) -> list[str]:
        return [amount_text(numbers, one, unit) for one, unit in zip(shown[key].tolist(), map(str, units), strict=True)]

    def shares(key: str) -> list[str]:
        return [numbers.share(one) for one in shown[key].tolist()]

    heads = {"Plan": "spending", "5%": "low", "Median": "median", "95%": "high"}
    parts = {"Funded": "funded", "At least as much": "at_least", "The same": "same"}
    names = [label(str(key), str(name)) for key, name in zip(shown.index, shown["name"], strict=True)]
    left = every - len(shown)
    more = f" {plural(left, 'program')} stay more often." if left > 1 else ""
    return ReportTable(
        caption="The programs whose amounts stay least: the amounts of the best plans of the draws, and in what "
        f"share of {plural(len(found.draws), 'draw')} each is funded, gets at least as much as in the plan, or "
        f"the same.{more}",
        columns=[
            ReportColumn("Program", names),
            *(ReportColumn(head, amounts(key), figure=True) for head, key in heads.items()),
            *(ReportColumn(head, shares(key), figure=True) for head, key in parts.items()),
        ],
        records=range(len(shown)),
        look="accounts",
    )


def information_blocks(view: PlanView) -> Iterator[Block]:
    """Yield what it would be worth to know each effect exactly, on a page."""
    found = view.asked.information
    if found is None or view.media is not Media.PAGE:
        return
    yield Paragraph(" ".join(information_said(found, view.numbers)))
    rows = [effect_cells(row, view.numbers, study=False) for _, row in found.table.head(MOST_ROWS).iterrows()]
    unit = one_line(str(found.table["unit"].iloc[0])) if len(rows) else ""
    heads = ["Effect", "Standard error", "The plan changes below", "And above", f"Knowing it is worth, {unit}"]
    left = len(found.table) - len(rows)
    more = f" {plural(left, 'more effect')} follow." if left > 1 else ""
    if rows:
        cells = list(zip(*rows, strict=True))
        yield ReportTable(
            caption=f"The effects that it would be worth most to know exactly, the most valuable first.{more}",
            columns=[
                ReportColumn(head, list(column), figure=at > 0)
                for at, (head, column) in enumerate(zip(heads, cells, strict=True))
            ],
            records=range(len(rows)),
        )
    yield Paragraph(" ".join(information_basis(found)), note=True)
