"""The section on funds: what each has, spends and closes with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from budgetopt.report.blocks.charts import balance_chart
from budgetopt.report.blocks.content import (
    NUMBER,
    Block,
    Cell,
    Formula,
    Media,
    Paragraph,
    ReportColumn,
    ReportTable,
    Value,
)
from budgetopt.report.blocks.live_limits import BROKEN, kept_formula
from budgetopt.report.blocks.live_rows import FIRST_ROW, literal
from budgetopt.report.blocks.live_sums import FUND_SHEET
from budgetopt.report.figures.rounded_money import Account
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.amounts import Share

__all__ = ["fund_blocks", "fund_sheets"]

AMOUNTS = {
    "opening": "Opening",
    "revenue": "Revenue",
    "one_time": "One-time revenue",
    "transfers_in": "Transfers in",
    "transfers_out": "Transfers out",
    "spending": "Spending",
    "closing": "Closing",
    "reserve": "Reserve to keep",
}
BALANCES = ("opening", "closing", "reserve")
"""Amounts that several periods do not add up."""


def fund_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the accounts, and on a page a chart of their balances."""
    accounts = view.figures.fund_rows()
    balances = balance_chart(view.figures, view.numbers) if view.media is Media.PAGE else None
    if balances:
        yield balances
        if balances.note:
            yield Paragraph(balances.note, note=True, media=Media.PAGE)
    amounts, many = view.figures.accounts, len(view.periods) > 1
    # of several years, the table of all funds by year has the sums
    sums = {name: int(values.sum()) for name, values in amounts.items()}
    total = Account(-1, 0, **sums) if len(accounts) > 1 and not many and view.media is Media.PAGE else None
    hidden = {name for name in ("transfers_in", "transfers_out", "reserve") if not amounts[name].any()}
    yield ReportTable(
        title=f"The funds, in {view.currency}",
        heading="The accounts of the funds",
        caption=f"Opening balance and income less spending give the closing balance. Amounts in {view.currency}.",
        columns=[
            ReportColumn("Fund", lambda account: _fund(view, account)),
            *([ReportColumn("Period", lambda account: view.periods[account.period], media=Media.PAGE)] if many else []),
            *(_amount(view, name) for name in AMOUNTS if name not in hidden),
        ],
        records=accounts,
        total=total,
        look="accounts",
        repeats=True,
        beside_chart=balances is not None,
        media=Media.PAGE | Media.TERMINAL,
    )


def _fund(view: PlanView, account: Account) -> Cell:
    if account.fund < 0:
        return Cell("Total")
    name = view.figures.fund_names[account.fund]
    if view.media is not Media.PAGE:
        return Cell(f"{name}, {view.periods[account.period]}" if len(view.periods) > 1 else name)
    fund = list(view.plan.scenario.funds.values())[account.fund]
    return Cell(name, sources=[0 if account.period else view.sources.number(fund.source)])


def _amount(view: PlanView, name: str) -> ReportColumn:
    shown = view.sparse if view.media is Media.PAGE else view.money
    media = Media.ALL if name in ("spending", "closing", "reserve") else Media.PAGE
    header = AMOUNTS[name] if view.media is Media.PAGE else AMOUNTS[name].removesuffix(" to keep")
    return ReportColumn(header, lambda account: shown(getattr(account, name)), figure=True, media=media)


def fund_sheets(view: PlanView) -> list[ReportTable]:
    """Return the sheet of funds."""
    table, money = view.plan.funds, view.money_format
    names = dict(zip(view.plan.scenario.funds, view.figures.fund_names, strict=True))
    accounts = {name: table[name].tolist() for name in AMOUNTS}
    kept: list[Value] = []
    if view.live.is_live:
        for name, formula in _account_formulas(view).items():
            accounts[name] = list(map(formula, range(len(table)), table[name].tolist()))
        kept = list(_kept(view))
    columns = [
        ReportColumn("Fund", [names[fund] for fund in table["fund"].tolist()], width=26),
        ReportColumn("Period", table["period"].tolist(), width=12),
        *(
            ReportColumn(AMOUNTS[name], accounts[name], format=money, width=17, total=name not in BALANCES)
            for name in AMOUNTS
        ),
        *([ReportColumn("Keeps its reserve", kept, width=10, alarm=BROKEN)] if kept else []),
        ReportColumn("Worth of a dollar more", table["price"].tolist(), format=NUMBER),
        ReportColumn("Cost of a dollar less", table["price_less"].tolist(), format=NUMBER),
    ]
    title, ordered = FUND_SHEET, view.live.is_live
    return [ReportTable(title=title, columns=columns, records=range(len(table)), frozen=2, ordered=ordered)]


def _account_formulas(view: PlanView) -> dict[str, Callable[[int, float], Value]]:
    """Return how the figures of accounts follow from the amounts: a function of the row, counted from 0, and figure."""
    funds, periods = list(view.plan.scenario.funds.values()), len(view.periods)

    def opening(row: int, figure: float) -> Value:
        fund, period = divmod(row, periods)
        return Formula(f"=I{FIRST_ROW + row - 1}", figure) if period and funds[fund].carryover else figure

    def reserve(row: int, figure: float) -> Value:
        fund, period = divmod(row, periods)
        asked, name = funds[fund].reserve, view.plan.scenario.periods[period]
        if asked is None or asked.of != "spending":
            return figure
        if asked.by is not None and period < view.plan.scenario.periods.index(asked.by):
            return figure
        share = asked.at_least.get(name) if isinstance(asked.at_least, Mapping) else asked.at_least
        exact = float(view.plan.audit.balances.reserve[fund, period])
        return Formula(f"={literal(float(share))}*H{{row}}", exact) if isinstance(share, Share) else figure

    return {
        "opening": opening,
        "spending": lambda row, figure: Formula(f"={view.live.spending.paid(*divmod(row, periods))}", figure),
        "closing": lambda _, figure: Formula("=ROUND(C{row}+D{row}+E{row}+F{row}-G{row}-H{row},6)", figure),
        "reserve": reserve,
    }


def _kept(view: PlanView) -> Iterator[Value]:
    """Yield whether each account closes with its reserve."""
    for check in (*view.plan.audit.of_kind("reserve"), *view.plan.audit.of_kind("fund balance")):
        for allowed, missed in zip(check.allowed.tolist(), check.missed.tolist(), strict=True):
            yield kept_formula("I{row}", "J{row}", "", allowed, not missed)
