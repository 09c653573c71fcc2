"""The section on funds: what each has, spends and closes with."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.report.charts import balance_chart
from budgetopt.report.content import NUMBER, Block, Cell, Formula, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.rounded_money import Account
from budgetopt.report.view import PlanView

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
    amounts = view.figures.accounts
    hidden = {name for name in ("transfers_in", "transfers_out", "reserve") if not amounts[name].any()}
    many = len(view.periods) > 1
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
        look="accounts",
        repeats=True,
        media=Media.PAGE | Media.TERMINAL,
    )


def _fund(view: PlanView, account: Account) -> Cell:
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
    check = Formula("=ROUND(C{row}+D{row}+E{row}+F{row}-G{row}-H{row}-I{row},2)")
    columns = [
        ReportColumn("Fund", [names[fund] for fund in table["fund"].tolist()], width=26),
        ReportColumn("Period", table["period"].tolist()),
        *(
            ReportColumn(AMOUNTS[name], table[name].tolist(), format=money, width=17, total=name not in BALANCES)
            for name in AMOUNTS
        ),
        ReportColumn("Check: adds up to 0", lambda _: check, format="0.00", width=12),
        ReportColumn("Worth of a dollar more", table["price"].tolist(), format=NUMBER),
        ReportColumn("Cost of a dollar less", table["price_less"].tolist(), format=NUMBER),
    ]
    return [ReportTable(title="Funds", columns=columns, records=range(len(table)), frozen=2)]
