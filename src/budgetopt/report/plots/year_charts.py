"""Charts of years: the accounts of funds with their reserve and their cliff, and the money of each forecast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from budgetopt.analysis.outlooks.outlook import Outlook
from budgetopt.analysis.risk.forecast_tree import ForecastPlan
from budgetopt.errors import UnknownNameError
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.plots.chart_parts import chart_library, finished, money_label, number_axis, series_scale, tips

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["forecast_chart", "outlook_chart"]

REVENUE = {"recurring revenue": "revenue", "one-time revenue": "one_time"}
LEVELS = ("spending", "balance at the close", "reserve")


def outlook_chart(found: Outlook, fund: str | None = None) -> LayerChart:
    """Return revenue, spending, balance and reserve by year as a chart, of one fund or of all together.

    Revenue stands in bars, the rest in lines. A mark says in which year a cliff follows the end of one-time money:
    recurring spending above recurring revenue.

    Parameters
    ----------
    found
        What :func:`budgetopt.outlook` returned.
    fund
        The key of a fund; left out, all funds together.

    Raises
    ------
    UnknownNameError
        If there is no such fund.
    """
    import pandas as pd

    alt, scenario = chart_library(), found.scenario
    if fund is not None and fund not in scenario.funds:
        raise UnknownNameError("fund", fund, scenario.funds)
    rows = list(range(len(scenario.funds))) if fund is None else [list(scenario.funds).index(fund)]
    years = [one_line(year) for year in found.years]
    said = (found.revenue, found.one_time, found.recurring + found.once, found.closing, found.reserve)
    parts = [
        pd.DataFrame({"year": years, "figure": name, "amount": part[rows].sum(axis=0)})
        for name, part in zip((*REVENUE, *LEVELS), said, strict=True)
    ]
    frame = pd.concat(parts, ignore_index=True)
    axis = alt.Axis(labelAngle=0 if len(years) <= 6 else -40, title="year")
    color = alt.Color(field="figure", type="nominal", **series_scale([*REVENUE, *LEVELS]))
    title = money_label("amount", scenario)
    base = alt.Chart().encode(
        x=alt.X(field="year", type="nominal", sort=years, axis=axis, title="year"),
        y=alt.Y(**number_axis("amount", title, "money", zero=True)),
        color=color,
        tooltip=tips({"figure": ("figure", None), "year": ("year", None), "amount": (title, "money")}),
    )
    # recurring revenue stands below
    bars = base.mark_bar(opacity=0.6).encode(order=alt.Order(field="figure", type="nominal", sort="descending"))
    bars = bars.transform_filter(alt.FieldOneOfPredicate(field="figure", oneOf=list(REVENUE)))
    levels = base.transform_filter(alt.FieldOneOfPredicate(field="figure", oneOf=list(LEVELS)))
    dash = alt.StrokeDash(field="figure", type="nominal", scale=_dashes(), legend=None)
    layers = [bars, levels.mark_line(point=True).encode(strokeDash=dash)]
    cliffs = list(_cliffs(found, fund))
    if cliffs:
        marks = pd.DataFrame(cliffs, columns=["year", "cliff", "words"])
        at = alt.Chart(marks).encode(x=alt.X(field="year", type="nominal", sort=years, axis=axis, title="year"))
        layers.append(at.mark_rule(strokeDash=[3, 3], color="#555555"))
        text = alt.Text(field="cliff", type="nominal")
        layers.append(at.mark_text(align="left", dx=4, color="#555555").encode(y=alt.value(8), text=text))
    words = " ".join([*_levels_said(found, rows), *(cliff[2] for cliff in cliffs)])
    name = "all funds" if fund is None else label(fund, scenario.funds[fund].name)
    return finished(alt.layer(*layers, data=frame), f"Revenue, spending and reserve of {name}", words)


def _dashes() -> object:
    """Return the dash patterns of the lines; the reserve is a limit, and dashed."""
    return chart_library().Scale(domain=list(LEVELS), range=[[1, 0], [9, 3, 2, 3], [4, 4]])


def _levels_said(found: Outlook, rows: list[int]) -> Iterator[str]:
    numbers = Numbers(found.scenario.currency)
    spending, closing, reserve = (
        part[rows].sum(axis=0).tolist() for part in (found.recurring + found.once, found.closing, found.reserve)
    )
    for year, spent, left, kept in zip(found.years, spending, closing, reserve, strict=True):
        yield (
            f"{one_line(year)}: {numbers.spoken_money(spent)} spent, {numbers.spoken_money(left)} at the close, and a"
            f" reserve of {numbers.spoken_money(kept)}."
        )


def _cliffs(found: Outlook, fund: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield the year after the last one with one-time money where recurring money no longer pays for what goes on."""
    numbers, years = Numbers(found.scenario.currency), list(found.years)
    table = found.summary[found.summary["cliff"] > found.scenario.cent]
    for row in table[(table["fund"] == fund) | (fund is None)].to_dict("records"):
        year = one_line(years[years.index(row["last_one_time"]) + 1])
        amount, name = numbers.short_money(row["cliff"]), label(row["fund"], row["name"])
        what = f"{name}: recurring spending is {amount} above recurring revenue in {year}, after one-time money ends."
        yield year, f"cliff of {amount}" + ("" if fund is not None else f", {name}"), what


def forecast_chart(found: ForecastPlan) -> LayerChart:
    """Return the money of each forecast by period as a chart: one line as long as they are one plan.

    Parameters
    ----------
    found
        What :func:`budgetopt.forecast_tree` returned.
    """
    alt = chart_library()
    numbers, periods = Numbers(found.scenario.currency), list(found.scenario.periods)
    branches = found.branches.reset_index()
    names = [
        f"{one_line(name)} ({numbers.share(share)})"
        for name, share in zip(branches["branch"], branches["probability"], strict=True)
    ]
    frame = branches.assign(forecast=names).melt(["forecast", "branch", "probability"], periods, "period", "money")
    said = [one_line(period) for period in periods]
    frame["period"] = frame["period"].map(dict(zip(periods, said, strict=True)))
    title = money_label("money", found.scenario)
    base = alt.Chart(frame).encode(
        x=alt.X(field="period", type="nominal", sort=said, title="period", axis=alt.Axis(labelAngle=0)),
        y=alt.Y(**number_axis("money", title, "money")),
        color=alt.Color(field="forecast", type="nominal", **series_scale(names)),
        strokeDash=alt.StrokeDash(field="forecast", type="nominal", **series_scale(names, "dash")),
        tooltip=tips({"forecast": ("forecast", None), "period": ("period", None), "money": (title, "money")}),
    )
    words = [
        f"{one_line(row['branch'])}: {', '.join(f'{one_line(at)}: {numbers.short_money(row[at])}' for at in periods)}."
        for row in branches.to_dict("records")
    ]
    return finished(base.mark_line(point=True), "Money in each forecast", " ".join(words))
