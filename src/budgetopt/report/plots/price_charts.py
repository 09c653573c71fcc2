"""Charts of prices: what the last and the next dollars buy, what is lost without each program, what limits cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.analysis.risk.information_value import InformationValue
from budgetopt.report.figures.limit_lines import Gain
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import one_line
from budgetopt.report.plots.chart_parts import (
    MOST_ROWS,
    chart_library,
    finished,
    money_label,
    named_axis,
    number_axis,
    series_scale,
    some_of,
    tips,
    told_apart,
    value_label,
)
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["information_chart", "prices_chart", "replacement_chart", "scenario_chart", "steps_chart"]


def steps_chart(plan: Allocation, table: pd.DataFrame) -> LayerChart:
    """Return what the last and the next dollars buy as a chart: a bar for each step, as wide as its dollars.

    Its height is what each of its dollars buys.

    Parameters
    ----------
    plan
        The plan.
    table
        What :func:`budgetopt.budget_steps` returned for it.
    """
    alt = chart_library()
    numbers = Numbers(plan.scenario.currency)
    gain, frame = Gain.of(plan, numbers), _steps(table)
    kinds = ["cut", "more money"]
    across = number_axis("start", money_label("money less or more than now", plan.scenario), "money", zero=True)
    up = number_axis("value_per_dollar", f"{value_label(plan.scenario)} for each dollar", zero=True)
    chart = (
        alt.Chart(frame)
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X(**across),
            x2=alt.X2(field="end"),
            y=alt.Y(**up),
            y2=alt.Y2Datum(0),
            color=alt.Color(field="step", type="nominal", **series_scale(kinds)),
            tooltip=tips(
                {
                    "name": ("what moves most", None),
                    "start": ("from", "money"),
                    "end": ("to", "money"),
                    "value_per_dollar": (up["title"], "number"),
                }
            ),
        )
    )
    words = " ".join(
        f"A cut of {numbers.spoken_money(-left)} falls most on {name}: its dollars {gain.words(value)} each."
        if right <= 0
        else f"With {numbers.spoken_money(right)} more most goes to {name}: its dollars {gain.words(value)} each."
        for left, right, value, name in frame[["start", "end", "value_per_dollar", "name"]].itertuples(index=False)
    )
    title = f"What the last and the next dollars buy: {one_line(plan.scenario.name)}"
    return finished(chart, title, words or "No step moves a program.")


def _steps(table: pd.DataFrame) -> pd.DataFrame:
    """Return each step: the money where it begins and ends, what a dollar buys on it, and what moves most on it."""
    steps = table[table["program"] != ""].drop_duplicates("money").sort_values("money").reset_index(drop=True)
    money, is_cut = steps["money"], steps["money"] < 0
    # a step goes from the one before it, counted from now, to its own money
    inner = money.where(is_cut).shift(-1).where(is_cut, money.where(~is_cut).shift(1)).fillna(0.0)
    return steps.assign(
        start=money.where(is_cut, inner),
        end=inner.where(is_cut, money),
        step=is_cut.map({True: "cut", False: "more money"}).astype(object),
        name=[one_line(name) for name in steps["name"]],
    )[["start", "end", "value_per_dollar", "value", "program", "name", "step"]]


def replacement_chart(plan: Allocation, table: pd.DataFrame) -> LayerChart:
    """Return what the best plan loses without each program as a chart, the most first.

    Parameters
    ----------
    plan
        The best plan.
    table
        What :func:`budgetopt.replacement_values` returned for it.
    """
    known = table.dropna(subset=["lost"])
    frame = known.sort_values("lost", ascending=False, kind="stable").head(MOST_ROWS).reset_index(drop=True)
    frame = frame.assign(program_name=told_apart(frame["name"].tolist(), frame["program"].tolist()))
    gain = Gain.of(plan, Numbers(plan.scenario.currency))
    words = " ".join(
        f"Without {name} the best plan {'gains' if lost < 0 else 'loses'} {gain.amount(abs(lost))}."
        for name, lost in frame[["program_name", "lost"]].itertuples(index=False)
    )
    title = f"What is lost without each program: {one_line(plan.scenario.name)}{some_of(len(frame), len(table))}"
    axis = number_axis("lost", f"{value_label(plan.scenario)} lost", zero=True)
    return _bars(frame, "program_name", axis, title, words)


def prices_chart(plan: Allocation, table: pd.DataFrame) -> LayerChart:
    """Return what each limit costs as a chart: what the plan would gain without the whole of it, the most first.

    Parameters
    ----------
    plan
        The plan.
    table
        What :func:`budgetopt.prices` returned for it.
    """
    costly = table[table["total_cost"] > 0].drop_duplicates(["kind", "name", "part"])
    frame = costly.sort_values("total_cost", ascending=False, kind="stable").head(MOST_ROWS).reset_index(drop=True)
    names = [
        one_line(" ".join(str(word) for word in (kind, name, part) if word))
        for kind, name, part in frame[["kind", "name", "part"]].itertuples(index=False)
    ]
    frame = frame.assign(limit=names)[["limit", "kind", "name", "part", "total_cost", "method"]]
    gain = Gain.of(plan, Numbers(plan.scenario.currency))
    words = " ".join(
        f"Without the limit {name} the plan gains {gain.amount(cost)}."
        for name, cost in frame[["limit", "total_cost"]].itertuples(index=False)
    )
    title = f"What each limit costs: {one_line(plan.scenario.name)}{some_of(len(frame), len(costly), 'limit')}"
    axis = number_axis("total_cost", f"{value_label(plan.scenario)} gained without the limit", zero=True)
    return _bars(frame, "limit", axis, title, words or "No limit costs anything.")


def information_chart(found: InformationValue) -> LayerChart:
    """Return what it would be worth to know each effect exactly as a chart, the most valuable first.

    Parameters
    ----------
    found
        What :func:`budgetopt.information_value` returned.
    """
    scenario = found.plan.scenario
    frame = found.table[["effect", "evppi"]].head(MOST_ROWS).reset_index(drop=True)
    frame = frame.assign(effect=[one_line(name) for name in frame["effect"]])
    gain = Gain.of(found.plan, Numbers(scenario.currency))
    words = " ".join(
        f"To know {name} is worth {gain.amount(worth)}." for name, worth in frame.itertuples(index=False) if worth > 0
    )
    title = f"What it is worth to know: {one_line(scenario.name)}{some_of(len(frame), len(found.table), 'effect')}"
    axis = number_axis("evppi", f"{value_label(scenario)} gained by knowing the effect", zero=True)
    return _bars(frame, "effect", axis, title, words or "To know any effect better changes nothing.")


def scenario_chart(scenario: Scenario) -> LayerChart:
    """Return the baseline of a scenario as a chart: of each department, or of each program where there is one.

    Parameters
    ----------
    scenario
        The scenario.
    """
    import pandas as pd

    programs, numbers = scenario.programs, Numbers(scenario.currency)
    departments = programs.text("department")
    what = "department" if len(set(departments.tolist())) > 1 else "program"
    names = (
        np.where(departments == "", "no department given", departments) if what == "department" else programs.names()
    )
    keys = names if what == "department" else programs.ids
    every = pd.DataFrame({"key": keys, what: names, "baseline": np.nan_to_num(scenario.total_baselines)})
    sums = every.groupby(["key", what], sort=False)[["baseline"]].sum().reset_index()
    frame = sums.sort_values("baseline", ascending=False, kind="stable").head(MOST_ROWS).reset_index(drop=True)
    frame[what] = told_apart(frame[what].tolist(), frame.pop("key").tolist())
    words = " ".join(f"{name}: {numbers.spoken_money(money)}." for name, money in frame.itertuples(index=False))
    title = f"Baseline by {what}: {one_line(scenario.name)}{some_of(len(frame), len(sums), what)}"
    axis = number_axis("baseline", money_label("baseline of all periods", scenario), "money", zero=True)
    return _bars(frame, what, axis, title, words or "The scenario has no programs.")


def _bars(frame: pd.DataFrame, names: str, axis: dict[str, object], title: str, words: str) -> LayerChart:
    """Return a bar for each row, as long as a column says."""
    alt = chart_library()
    chart = (
        alt.Chart(frame)
        .mark_bar(color="#0072B2", height=10)
        .encode(
            x=alt.X(**axis),
            y=alt.Y(**named_axis(names, frame[names].tolist())),
            tooltip=tips({names: ("", None), str(axis["field"]): (str(axis["title"]), "number")}),
        )
    )
    return finished(chart, title, words, rows=max(len(frame), 1))
