"""The first sheet of a workbook: the plan in short, its key figures, where the money goes, and what is worked out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.errors import column_letters
from budgetopt.report.blocks.content import NUMBER, SHARE, Formula, ReportColumn, ReportTable, SheetChart, Value
from budgetopt.report.blocks.live_limits import BROKEN, NOT_AGAIN
from budgetopt.report.blocks.live_rows import FIRST_ROW
from budgetopt.report.blocks.live_spending import MOST_LIVE
from budgetopt.report.blocks.live_sums import FUND_SHEET
from budgetopt.report.figures.numbers import plural
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.limit_section import LIMIT_SHEET
from budgetopt.report.sections.spending_sheets import BASELINE_COLUMN, PLAN_COLUMN, PROGRAM_SHEET, kept_column
from budgetopt.scenario.programs import Bools

__all__ = ["summary_sheet"]

SUMMARY_SHEET = "Summary"
MOST_CHANGES = 12
FUND_KEPT_COLUMN, LIMIT_KEPT_COLUMN = "K", "I"
GROUP_COLUMNS = {"department": "B", "priority": "C"}
"""Columns of the sheet of programs."""


def summary_sheet(view: PlanView) -> Iterator[ReportTable]:
    """Yield the tables of the summary."""
    yield _words("The plan as solved", view.story)
    yield _key_figures(view)
    for attribute in GROUP_COLUMNS:
        yield from _by_group(view, attribute)
    yield from _changes(view)
    yield from _balances(view)
    yield _words("How this workbook works", list(_notes(view)))


def _words(title: str, sentences: list[str]) -> ReportTable:
    return ReportTable(
        title=title, columns=[ReportColumn("", sentences, width=34)], records=range(len(sentences)), sheet=SUMMARY_SHEET
    )


def _notes(view: PlanView) -> Iterator[str]:
    """Yield how the workbook is used, and what it does not work out again."""
    if not view.live.is_live:
        yield (
            f"The plan has more than {view.numbers.number(MOST_LIVE)} programs: the figures of this workbook stay as "
            "solved, and an edited amount changes totals of columns alone."
        )
        return
    yield (
        "The amounts on the sheet Spending may be edited (yellow cells), and with packages the sheet Packages: 1 takes "
        "one, 0 leaves it out. Totals, balances, outcomes and limits follow. What is broken turns red."
    )
    yield (
        "Sheets on which formulas need the rows in their order are protected without a password. Columns that only "
        "formulas need are folded away to the right."
    )
    again = [limit.kept for limit in view.live_limits.rows]
    yield (
        "Not worked out again: the best plan itself, prices, ranges of outcomes, reasons, transfers between funds, "
        "units of services that cost no money, and what the sheet Limits marks so "
        f"({plural(again.count(NOT_AGAIN), 'row')}). Sheets other than those named here, Programs, Funds, Outcomes, "
        "Effects and Resources show the plan as solved."
    )


def _key_figures(view: PlanView) -> ReportTable:
    plan, live, count = view.plan, view.live.is_live, len(view.plan.programs)
    table = plan.programs

    def programs(letter: str) -> str:
        return f"{PROGRAM_SHEET}!${letter}${FIRST_ROW}:${letter}${FIRST_ROW + count - 1}"

    total, baseline = float(table["spending"].sum()), float(table["baseline"].sum())
    funded = float((table["spending"] > 0).sum())
    rows: list[tuple[str, str, float]] = [
        ("Spending", f"=SUM({programs(PLAN_COLUMN)})", total),
        *([("Baseline", f"=SUM({programs(BASELINE_COLUMN)})", baseline)] if view.figures.has_baseline else []),
        ("Programs with money", f'=COUNTIF({programs(PLAN_COLUMN)},">0")', funded),
    ]
    if len(view.bought.rows):
        last = FIRST_ROW + len(view.bought.rows) - 1
        name, words = f"Weighted outcomes{view.undiscounted}", f"=SUM(Outcomes!$H${FIRST_ROW}:$H${last})"
        rows.append((name, words, plan.audit.weighted_value))
    letter = kept_column(view)
    rows.append(("Programs outside their own limits", f'=COUNTIF({programs(letter)},"{BROKEN}")', 0.0))
    accounts = FIRST_ROW + len(plan.funds) - 1
    kept = f"{FUND_SHEET}!${FUND_KEPT_COLUMN}${FIRST_ROW}:${FUND_KEPT_COLUMN}${accounts}"
    rows.append(("Accounts of funds below their reserve", f'=COUNTIF({kept},"{BROKEN}")', 0.0))
    if len(plan.rules):
        last = FIRST_ROW + len(plan.rules) - 1
        kept = f"{LIMIT_SHEET}!${LIMIT_KEPT_COLUMN}${FIRST_ROW}:${LIMIT_KEPT_COLUMN}${last}"
        broken = float(sum(_shown(limit.kept) == BROKEN for limit in view.live_limits.rows))
        rows.append(("Limits that are broken", f'=COUNTIF({kept},"{BROKEN}")', broken))
    if not live:
        rows = [row for row in rows if row[0] in ("Spending", "Baseline", "Programs with money")]
    now: list[Value] = [Formula(words, result) if live else result for _, words, result in rows]
    columns = [
        ReportColumn("Figure", [name for name, _, _ in rows], width=34),
        ReportColumn("Now", now, format=NUMBER, width=17),
        ReportColumn("As solved", [result for _, _, result in rows], format=NUMBER, width=17),
    ]
    title = f"Key figures, in {view.plan.scenario.currency}{view.together}"
    return ReportTable(title=title, columns=columns, records=range(len(rows)), sheet=SUMMARY_SHEET)


def _shown(value: Value) -> Value:
    return value.result if isinstance(value, Formula) else value


def _by_group(view: PlanView, attribute: str) -> Iterator[ReportTable]:
    """Yield the money by an attribute, the largest first."""
    group = view.figures.by(attribute)
    if group is None:
        return
    values, table = view.plan.scenario.programs.text(attribute), view.plan.programs
    by_name = {one_line(value) or f"No {attribute} given": value for value in dict.fromkeys(values.tolist())}
    names = [row.name for row in group.rows]
    members = [values == by_name[name] for name in names]
    letter, last = GROUP_COLUMNS[attribute], FIRST_ROW + len(table) - 1
    groups = f"{PROGRAM_SHEET}!${letter}${FIRST_ROW}:${letter}${last}"

    def money(column: str, letter: str) -> list[Value]:
        sums = [float(np.nan_to_num(table[column].to_numpy(dtype=np.float64))[held].sum()) for held in members]
        if not view.live.is_live:
            return list(sums)
        cells = f"{PROGRAM_SHEET}!${letter}${FIRST_ROW}:${letter}${last}"
        # the first program of a group names it, exactly as it is written
        keys = [_named(held, f"{PROGRAM_SHEET}!${GROUP_COLUMNS[attribute]}$") for held in members]
        return [
            Formula(f"=SUMPRODUCT(EXACT({groups},{key})*{cells})", round(one, 6))
            for key, one in zip(keys, sums, strict=True)
        ]

    yield _money_table(
        view, f"Spending by {attribute}", group.title, names, money("baseline", BASELINE_COLUMN),
        money("spending", PLAN_COLUMN), chart=attribute == "priority" or view.figures.by("priority") is None,
    )  # fmt: skip


def _named(held: Bools, column: str) -> str:
    return f"{column}{FIRST_ROW + int(np.argmax(held))}"


def _money_table(
    view: PlanView, title: str, header: str, names: list[str], baseline: list[Value], plan: list[Value], *, chart: bool
) -> ReportTable:
    """Return a table of money beside its baseline, with a chart."""
    money, based = view.money_format, view.figures.has_baseline
    columns = [ReportColumn(header, names, width=34)]
    if based:
        before = [_number(value) for value in baseline]
        after = [_number(value) for value in plan]
        change = [Formula("=C{row}-B{row}", round(new - old, 6)) for old, new in zip(before, after, strict=True)]
        share = [
            Formula('=IF(B{row}>0,D{row}/B{row},"")', (new - old) / old if old > 0 else "")
            for old, new in zip(before, after, strict=True)
        ]
        columns += [
            ReportColumn("Baseline", baseline, format=money, width=17, total=True),
            ReportColumn("Plan", plan, format=money, width=17, total=True),
            ReportColumn("Change", change, format=money, width=17, total=True),
            ReportColumn("Change, share", share, format=SHARE, width=10),
        ]
    else:
        columns.append(ReportColumn("Plan", plan, format=money, width=17, total=True))
    figures = ["Baseline", "Plan"] if based else ["Plan"]
    drawn = SheetChart(title=f"{title}, in {view.plan.scenario.currency}", names=[header], figures=figures)
    return ReportTable(
        title=f"{title}, in {view.plan.scenario.currency}{view.together}", columns=columns, records=range(len(names)),
        sheet=SUMMARY_SHEET, chart=drawn if chart else None,
    )  # fmt: skip


def _number(value: Value) -> float:
    shown = _shown(value)
    return shown if isinstance(shown, int | float) else 0.0


def _changes(view: PlanView) -> Iterator[ReportTable]:
    """Yield the programs that change most in the plan as solved, with what they have now."""
    figures, table = view.figures, view.plan.programs
    chosen = [at for at in figures.by_size_of_change.tolist() if figures.change[at]][:MOST_CHANGES]
    if not chosen or not figures.has_baseline:
        return
    spending, change = table["spending"].tolist(), table["change"].tolist()
    live, baselines = view.live, np.nan_to_num(table["baseline"].to_numpy(dtype=np.float64)).tolist()
    plan: list[Value] = [spending[at] for at in chosen]
    moved: list[Value] = [change[at] for at in chosen]
    if live.is_live:
        plan = [Formula(f"={live.spending.spent_in_all(at)}", spending[at]) for at in chosen]
        moved = [Formula("=C{row}-B{row}", change[at]) for at in chosen]
    columns = [
        ReportColumn("Program", [one_line(figures.names[at]) for at in chosen], width=34),
        ReportColumn("Baseline", [baselines[at] for at in chosen], format=view.money_format, width=17),
        ReportColumn("Plan", plan, format=view.money_format, width=17),
        ReportColumn("Change", moved, format=view.money_format, width=17),
    ]
    title = f"The largest changes as solved, in {view.plan.scenario.currency}{view.together}"
    chart = SheetChart(title="The largest changes as solved", names=["Program"], figures=["Change"])
    yield ReportTable(title=title, columns=columns, records=range(len(chosen)), sheet=SUMMARY_SHEET, chart=chart)


def _balances(view: PlanView) -> Iterator[ReportTable]:
    """Yield what each fund closes with beside its reserve, period by period."""
    table = view.plan.funds
    names = dict(zip(view.plan.scenario.funds, view.figures.fund_names, strict=True))
    several = len(view.periods) > 1
    called = [
        f"{names[fund]}, {one_line(period)}" if several else names[fund]
        for fund, period in zip(table["fund"], table["period"], strict=True)
    ]

    def figures(name: str, at: int) -> list[Value]:
        amounts = getattr(view.plan.audit.balances, name).ravel().tolist()
        if not view.live.is_live:
            return list(amounts)
        letter = column_letters(at)
        return [Formula(f"={FUND_SHEET}!${letter}${FIRST_ROW + row}", amount) for row, amount in enumerate(amounts)]

    columns = [
        ReportColumn("Fund", called, width=34),
        ReportColumn("Closing", figures("closing", 9), format=view.money_format, width=17),
        ReportColumn("Reserve to keep", figures("reserve", 10), format=view.money_format, width=17),
    ]
    title = f"Closing balances, in {view.plan.scenario.currency}"
    chart = SheetChart(title=title, names=["Fund"], figures=["Reserve to keep", "Closing"], lying=False)
    yield ReportTable(title=title, columns=columns, records=range(len(table)), sheet=SUMMARY_SHEET, chart=chart)
