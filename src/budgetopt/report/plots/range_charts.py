"""Charts of ranges: weights over which a plan stays, amounts in draws, the least and most of programs, and moves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from budgetopt.analysis.amendments.amend import Amended
from budgetopt.analysis.near_optimal.alternatives import Alternatives
from budgetopt.analysis.near_optimal.reach import Reach
from budgetopt.analysis.risk.ensemble import Ensemble
from budgetopt.analysis.weighting.weights import Weights
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import one_line
from budgetopt.report.plots.chart_parts import (
    MOST_ROWS,
    chart_library,
    finished,
    money_label,
    number_axis,
    range_chart,
    some_of,
    told_apart,
)

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["alternatives_chart", "amend_chart", "ensemble_chart", "reach_chart", "weights_chart"]


def weights_chart(found: Weights) -> LayerChart:
    """Return the range of each weight over which the plan stays as a chart: a bar for each outcome.

    Weights are shown in percent of what they are; a bar without an end goes to the edge, and says so.

    Parameters
    ----------
    found
        What :func:`budgetopt.weights` returned.
    """
    alt = chart_library()
    numbers = Numbers(found.scenario.currency)
    ranges = found.ranges[found.ranges["weight"] != 0].reset_index(drop=True)
    shares = ranges[["from", "to"]].div(ranges["weight"], axis=0)
    known = [share for share in shares.to_numpy().ravel().tolist() if math.isfinite(share) and share <= 1e9]
    edge = 1.25 * max([2.0, *known])
    frame = ranges.assign(
        outcome_name=told_apart(ranges["name"].tolist(), ranges["outcome"].tolist()),
        now=1.0,
        least=shares["from"].clip(upper=edge),
        most=shares["to"].clip(upper=edge),
        beyond=["any more" if share > edge else "" for share in shares["to"].tolist()],
    )
    across = number_axis("least", "weight, as a share of what it is (%)", "share", zero=True)
    bars = range_chart(frame, "outcome_name", across, ("the plan stays", "least", "most"), {"now": "weight now"})
    ends = alt.Chart(frame).mark_text(align="right", dx=-4, fontSize=9)
    ends = ends.encode(
        x=alt.X(**{**across, "field": "most"}),
        y=alt.Y(field="outcome_name", type="nominal", sort=frame["outcome_name"].tolist(), title=None),
        text=alt.Text(field="beyond", type="nominal"),
    )
    words = [
        f"{name}: from {_weight(numbers, low)} to {_weight(numbers, high)}."
        for name, low, high in frame[["outcome_name", "from", "to"]].itertuples(index=False)
    ]
    title = f"Weights over which the plan stays: {one_line(found.scenario.name)}"
    return finished(alt.layer(bars, ends, data=frame), title, " ".join(words), rows=len(frame))


def _weight(numbers: Numbers, value: float) -> str:
    return "any" if math.isinf(value) else numbers.quantity(value)


def ensemble_chart(found: Ensemble) -> LayerChart:
    """Return the amounts of programs in the draws of an ensemble as a chart, beside those of the plan.

    A bar lies between the 5% and the 95% quantile of the draws. The forty programs with the most money are drawn;
    services that cost no money are not.

    Parameters
    ----------
    found
        What :func:`budgetopt.ensemble` returned.
    """
    scenario = found.plan.scenario
    numbers = Numbers(scenario.currency)
    paid = found.stability[found.stability["unit"] == scenario.currency]
    frame = paid.sort_values("spending", ascending=False, kind="stable").head(MOST_ROWS).reset_index()
    frame = frame.assign(program_name=told_apart(frame["name"].tolist(), frame["program"].tolist()))
    across = number_axis("low", money_label("amount in all periods", scenario), "money", zero=True)
    band = ("5% to 95% of the draws", "low", "high")
    chart = range_chart(frame, "program_name", across, band, {"median": "median of the draws", "spending": "plan"})
    words = " ".join(
        f"{name}: {numbers.spoken_money(plan)} in the plan, from {numbers.spoken_money(low)} to"
        f" {numbers.spoken_money(high)} in nine draws of ten."
        for name, plan, low, high in frame[["program_name", "spending", "low", "high"]].itertuples(index=False)
        if low == low  # NaN where no draw has a plan
    )
    title = f"Amounts in {plural(len(found.draws), 'draw')}: {one_line(scenario.name)}{some_of(len(frame), len(paid))}"
    return finished(chart, title, words, rows=len(frame))


def alternatives_chart(found: Alternatives) -> LayerChart:
    """Return the least and the most of each program in nearly best plans as a chart, the most freedom first.

    Parameters
    ----------
    found
        What :func:`budgetopt.alternatives` returned.
    """
    numbers = Numbers(found.scenario.currency)
    ranges = found.ranges.dropna(subset=["least", "most"])
    frame = ranges.sort_values("freedom", ascending=False, kind="stable").head(MOST_ROWS).reset_index(drop=True)
    frame = frame.assign(program_name=told_apart(frame["name"].tolist(), frame["program"].tolist()))
    across = number_axis("least", money_label("money in all periods", found.scenario), "money", zero=True)
    chart = range_chart(frame, "program_name", across, ("least to most", "least", "most"), {"plan": "best plan"})
    words = " ".join(
        f"{name}: from {numbers.spoken_money(low)} to {numbers.spoken_money(high)}."
        for name, low, high in frame[["program_name", "least", "most"]].itertuples(index=False)
    )
    share = numbers.share(found.within, 3)
    title = f"What programs get in plans that give up at most {share}{some_of(len(frame), len(ranges))}"
    return finished(chart, title, words, rows=len(frame))


def amend_chart(found: Amended) -> LayerChart:
    """Return what motions move as a chart: what each program gets before and after them, the largest change first.

    Parameters
    ----------
    found
        What :func:`budgetopt.amend` returned.
    """
    return _moves_chart(found, f"Before and after {plural(len(found.steps), 'motion')}")


def reach_chart(found: Reach) -> LayerChart:
    """Return the cheapest way to targets as a chart: what each program gets before and after, the largest change first.

    Parameters
    ----------
    found
        What :func:`budgetopt.reach` returned.
    """
    return _moves_chart(found, "The cheapest way to the targets")


def _moves_chart(found: Amended | Reach, title: str) -> LayerChart:
    """Return what programs get before and after as a chart, all periods together."""
    import pandas as pd

    scenario = found.scenario
    numbers = Numbers(scenario.currency)
    programs, before, after = (
        scenario.programs,
        *(plan.spending.sum(axis=(1, 2)) for plan in (found.start.plan, found.plan)),
    )
    every = pd.DataFrame(
        {
            "program": programs.ids,
            "name": programs.names(),
            "before": before,
            "after": after,
            "change": (after - before).round(6),
        }
    )
    moves = every[every["program"].isin(found.moves["program"])]
    frame = moves.sort_values("change", key=abs, ascending=False, kind="stable").head(MOST_ROWS).reset_index(drop=True)
    frame = frame.assign(program_name=told_apart(frame["name"].tolist(), frame["program"].tolist()))
    across = number_axis("before", money_label("money in all periods", scenario), "money", zero=True)
    marks = {"before": "before", "after": "after"}
    chart = range_chart(frame, "program_name", across, ("change", "before", "after"), marks)
    words = " ".join(
        f"{name}: from {numbers.spoken_money(before)} to {numbers.spoken_money(after)}."
        for name, before, after in frame[["program_name", "before", "after"]].itertuples(index=False)
    )
    title = f"{title}: {one_line(scenario.name)}{some_of(len(frame), len(moves))}"
    return finished(chart, title, words or "No program gets more or less.", rows=max(len(frame), 1))
