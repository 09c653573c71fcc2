"""The section on several periods: revenue, spending and balances by year, and what one-time money leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from budgetopt.report.blocks.charts import ticks_to
from budgetopt.report.blocks.content import Bar, Block, Bullets, Chart, Media, ReportColumn, ReportTable, Tick
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.fund_section import AMOUNTS

__all__ = ["recurring_chart", "year_blocks"]

TOLD = ("last_one_time", "ends", "below_reserve", "exhausted", "below_policy")
"""The columns of an outlook's summary that say something of a fund; one with a reserve is told of in any case."""


@dataclass(frozen=True, slots=True)
class _Year:
    """One period of all funds together, in units: ``opening + revenue + one_time - spending = closing``."""

    name: str
    opening: int
    revenue: int
    one_time: int
    recurring: int
    spending: int
    closing: int
    reserve: int

    @property
    def structural(self) -> int:
        """Recurring revenue less recurring spending."""
        return self.revenue - self.recurring


def year_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the years of all funds together as a chart and a table, and a sentence on each fund, on a page."""
    if view.media is not Media.PAGE or len(view.periods) < 2:
        return
    years = _years(view)
    dollars = view.figures.unit.dollars
    spending, revenue = ([getattr(year, key) * dollars for year in years] for key in ("recurring", "revenue"))
    if chart := recurring_chart(view.periods, spending, revenue, view.numbers):
        yield chart
    yield _table(view, years, charted=chart is not None)
    if told := list(_told(view)):
        yield Bullets("One-time money, grants and reserves", told, Media.PAGE)


def _years(view: PlanView) -> list[_Year]:
    account, figures = view.figures.accounts, view.figures
    goes_on = figures.plan.scenario.programs.flag("recurring", default=True)
    sums = [account[name].sum(axis=0) for name in ("opening", "revenue", "one_time")]
    sums += [figures.by_period[goes_on].sum(axis=0), figures.by_period.sum(axis=0)]
    sums += [account[name].sum(axis=0) for name in ("closing", "reserve")]
    return [_Year(name, *row) for name, *row in zip(view.periods, *(column.tolist() for column in sums), strict=True)]


def _table(view: PlanView, years: Sequence[_Year], *, charted: bool) -> ReportTable:
    def column(name: str, header: str = "") -> ReportColumn:
        return ReportColumn(header or AMOUNTS[name], lambda year: view.sparse(getattr(year, name)), figure=True)

    signed = view.numbers.units
    balance = ReportColumn(
        "Structural balance",
        lambda year: signed(year.structural, view.figures.unit, signed=True, symbol=False),
        figure=True,
    )
    return ReportTable(
        heading="All funds by year",
        caption="Opening balances and revenue less spending give the balances at the close. The structural balance is "
        f"recurring revenue less recurring spending. Amounts in {view.currency}.",
        columns=[
            ReportColumn("Year", "name"),
            *(column(name) for name in ("opening", "revenue", "one_time")),
            column("spending"),
            column("recurring", "Of it recurring"),
            balance,
            column("closing"),
            column("reserve"),
        ],
        records=years,
        look="accounts",
        beside_chart=charted,
        media=Media.PAGE,
    )


def _told(view: PlanView) -> Iterator[str]:
    """Yield what happens to each fund after one-time money or a grant ends, and to its reserve."""
    from budgetopt.analysis.outlooks.outlook import outlook_of
    from budgetopt.report.words.outlook_words import outlook_sentences

    found = outlook_of(view.plan.audit)
    funds = view.plan.scenario.funds
    for name, row in zip(view.figures.fund_names, found.summary.to_dict("records"), strict=True):
        if funds[str(row["fund"])].reserve is not None or any(row[key] for key in TOLD):
            yield f"{name}: {' '.join(outlook_sentences(found, row))}"


def recurring_chart(
    years: Sequence[str], spending: Sequence[float], revenue: Sequence[float], numbers: Numbers
) -> Chart | None:
    """Return recurring spending beside recurring revenue, one row a year; None where there is neither.

    Parameters
    ----------
    years
        The names of the years.
    spending, revenue
        Dollars; as many as years.
    numbers
        How amounts are written.
    """
    if not max(*spending, *revenue, 0.0):
        return None
    marks = ticks_to(max(*spending, *revenue))
    bars = []
    for year, spent, has in zip(years, spending, revenue, strict=True):
        gap = has - spent
        than = f"{numbers.spoken_money(abs(gap))} {'above' if gap < 0 else 'below'} recurring revenue" if gap else ""
        words = f"{year}: recurring spending of {numbers.spoken_money(spent)}, "
        words += f"{than or 'as much as recurring revenue'}."
        figure = f"{numbers.short_money(spent)} of {numbers.short_money(has)}"
        bars.append(Bar(year, spent, figure, words, reference=has))
    return Chart(
        heading="Recurring revenue and spending",
        title="Recurring spending beside recurring revenue",
        measure="recurring money of all funds",
        bars=bars,
        ticks=[Tick(mark, numbers.short_money(mark)) for mark in marks],
        high=marks[-1],
        based=True,
        legend=("recurring spending", "recurring revenue"),
    )
