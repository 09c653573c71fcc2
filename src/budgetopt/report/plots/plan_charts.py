"""Charts of whole plans: plans side by side, and grants taken or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetopt.analysis.comparing.comparison import PlanComparison
from budgetopt.analysis.outlooks.grant_choices import GrantChoices
from budgetopt.report.figures.limit_lines import Gain
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import capital, one_line
from budgetopt.report.plots.chart_parts import (
    chart_library,
    finished,
    money_label,
    named_axis,
    number_axis,
    series_scale,
    tips,
    told_apart,
    value_label,
)

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["comparison_chart", "grants_chart"]


def comparison_chart(found: PlanComparison) -> LayerChart:
    """Return the plans of a comparison as a chart: a point for each, by its spending and its value.

    Only plans with the objective of the first one are drawn. A plan that misses limits says so beside its name.

    Parameters
    ----------
    found
        What :func:`budgetopt.compare` returned.
    """
    alt = chart_library()
    numbers, label = Numbers(found.scenario.currency), value_label(found.scenario)
    table = found.plans[found.plans["objective"] == found.compared[0].objective.label].reset_index()
    names = [
        one_line(name) + (f", misses {plural(int(count), 'limit')}" if count else "")
        for name, count in table[["plan", "limits_missed"]].itertuples(index=False)
    ]
    frame = table[["plan", "spending", "value", "limits_missed"]].assign(plan_name=names)
    money = money_label("spending", found.scenario)
    chart = (
        alt.Chart(frame)
        .mark_point(filled=True, size=90, opacity=1)
        .encode(
            x=alt.X(**number_axis("spending", money, "money")),
            y=alt.Y(**number_axis("value", label)),
            color=alt.Color(field="plan_name", type="nominal", **series_scale(names)),
            shape=alt.Shape(field="plan_name", type="nominal", **series_scale(names, "shape")),
            tooltip=tips({"plan_name": ("plan", None), "spending": (money, "money"), "value": (label, "number")}),
        )
    )
    what = label[:1].lower() + label[1:]
    words = " ".join(
        f"{capital(name)}: {numbers.spoken_money(spending)} spent; {what} {numbers.quantity(value)}."
        for name, spending, value in frame[["plan_name", "spending", "value"]].itertuples(index=False)
    )
    return finished(chart, f"Plans of {one_line(found.scenario.name)}", words)


def grants_chart(found: GrantChoices) -> LayerChart:
    """Return the grants of a plan as a chart: what of each is spent and what stays unspent, and the match beside it.

    Parameters
    ----------
    found
        What :func:`budgetopt.grants` returned.
    """
    alt, scenario = chart_library(), found.scenario
    numbers = Numbers(scenario.currency)
    gain = Gain.of(found.best, numbers)
    parts = {"spent": "spent of the grant", "unspent": "unspent of the grant", "match": "local match"}
    table = found.table.assign(grant=told_apart(found.table["name"].tolist(), found.table["fund"].tolist()))
    names = table["grant"].tolist()
    frame = table.melt(["fund", "grant", "worth", "take"], list(parts), "figure", "amount")
    frame["figure"] = frame["figure"].map(parts).astype(object)
    money = money_label("money in all periods", scenario)
    base = alt.Chart().encode(
        x=alt.X(**number_axis("amount", money, "money", zero=True)),
        y=alt.Y(**named_axis("grant", names)),
        color=alt.Color(field="figure", type="nominal", **series_scale(list(parts.values()))),
        tooltip=tips(
            {
                "grant": ("grant", None),
                "figure": ("figure", None),
                "amount": (money, "money"),
                "worth": (f"worth, {value_label(scenario)}", "number"),
            }
        ),
    )
    own = list(parts.values())[:2]
    bars = base.mark_bar(height=10).transform_filter(alt.FieldOneOfPredicate(field="figure", oneOf=own))
    match = base.mark_tick(thickness=3).transform_filter(alt.FieldEqualPredicate(field="figure", equal=parts["match"]))
    words = " ".join(
        f"{row['grant']}: {numbers.spoken_money(row['spent'])} of {numbers.spoken_money(row['received'])} spent, with"
        f" {numbers.spoken_money(row['match'])} of local match"
        + (f"; it is worth {gain.amount(row['worth'])}." if row["worth"] == row["worth"] else ".")
        for row in table.to_dict("records")
    )
    title = f"Grants: {one_line(scenario.name)}"
    chart = alt.layer(bars, match, data=frame)
    return finished(chart, title, words or "The scenario has no grants.", rows=max(len(names), 1))
