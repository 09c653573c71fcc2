"""Charts of curves: the best value against a number, one goal against another, the price of robustness."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from budgetopt.analysis.frontiers.frontier import Frontier
from budgetopt.analysis.frontiers.trade_off import TradeOff
from budgetopt.analysis.risk.robust import RobustPlan
from budgetopt.errors import OptionError
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import one_line
from budgetopt.report.plots.chart_parts import (
    chart_library,
    finished,
    money_label,
    now_mark,
    number_axis,
    series_scale,
    tips,
    value_label,
)
from budgetopt.report.words.frontier_words import frontier_sentences, number_said
from budgetopt.report.words.robust_words import SETTINGS
from budgetopt.report.words.trade_off_words import goal_name, trade_off_sentences

if TYPE_CHECKING:
    from altair import LayerChart

    from budgetopt.report.plots.chart_parts import Kind

__all__ = ["frontier_chart", "robust_chart", "trade_off_chart"]

MOST_MARKED = 60
"""Of so many points of a curve at most each is marked."""


def frontier_chart(found: Frontier) -> LayerChart:
    """Return the best value against a number of a scenario as a chart.

    The line joins the ends of the pieces; on a grid there are points alone, since the value between them is not known.

    Parameters
    ----------
    found
        What :func:`budgetopt.frontier` returned.
    """
    alt = chart_library()
    scenario, figure = found.scenario, one_line(found.figure)
    numbers = Numbers(scenario.currency)
    kind: Kind = "money" if found.is_money else "share" if found.is_share else "number"
    title = money_label(figure, scenario) if found.is_money else figure
    across = number_axis("figure", title, kind)
    up = number_axis("value", value_label(scenario))
    base = alt.Chart().encode(
        x=alt.X(**across), y=alt.Y(**up), tooltip=tips({"figure": (title, kind), "value": (up["title"], "number")})
    )
    layers = [base.mark_line()] if found.is_exact else []
    if not found.is_exact or len(found.points) <= MOST_MARKED:
        layers.append(base.mark_point(filled=True, size=50))
    if found.low <= found.now <= found.high:
        layers.append(now_mark(across, found.now, f"now: {number_said(found, found.now, numbers)}"))
    words = [f"From {number_said(found, found.low, numbers)} to {number_said(found, found.high, numbers)}."]
    words += frontier_sentences(found, numbers)
    return finished(alt.layer(*layers, data=found.points), f"Best value against {figure}", " ".join(words))


def trade_off_chart(found: TradeOff) -> LayerChart:
    """Return two goals against each other as a chart: the second across, the first upwards, and the plan now.

    Parameters
    ----------
    found
        What :func:`budgetopt.trade_off` or :func:`budgetopt.price_of_equity` returned.
    """
    import pandas as pd

    alt = chart_library()
    efficient, now = "efficient plans", "best plan of the scenario"
    points = found.points[[found.first, found.second, "rate", "proved"]].set_axis(
        ["first", "second", "rate", "proved"], axis=1
    )
    present = pd.DataFrame({"first": [found.present[0]], "second": [found.present[1]], "plans": now})
    frame = pd.concat([points.assign(plans=efficient), present], ignore_index=True)
    names = [goal_name(found, at) for at in (0, 1)]
    titles = [
        name if unit.casefold() in name.casefold() else f"{name} ({one_line(unit)})"
        for name, unit in zip(names, found.units, strict=True)
    ]
    base = alt.Chart().encode(
        x=alt.X(**number_axis("second", titles[1])),
        y=alt.Y(**number_axis("first", titles[0])),
        color=alt.Color(field="plans", type="nominal", **series_scale([efficient, now])),
        tooltip=tips({"plans": ("plan", None), "second": (titles[1], "number"), "first": (titles[0], "number")}),
    )
    shape = alt.Shape(field="plans", type="nominal", **series_scale([efficient, now], "shape"))
    marks = base.mark_point(filled=True, size=60, opacity=1).encode(shape=shape)
    line = base.mark_line().transform_filter(alt.FieldEqualPredicate(field="plans", equal=efficient))
    layers = [line, marks] if found.kind == "curve" else [marks]
    words = trade_off_sentences(found, Numbers(found.scenario.currency))
    return finished(alt.layer(*layers, data=frame), f"{names[0]} against {names[1]}", " ".join(words))


def robust_chart(found: RobustPlan) -> LayerChart:
    """Return the price of robustness as a chart: what is expected and what is had at worst, by the setting.

    Parameters
    ----------
    found
        What :func:`budgetopt.robust` returned, against ``budget`` or ``cvar``: others have no curve.

    Raises
    ------
    OptionError
        If there is no curve.
    """
    import pandas as pd

    if not len(found.curve):
        raise OptionError("a robust plan without a setting has no curve", hint="ask against budget or cvar")
    alt = chart_library()
    numbers, curve, setting = Numbers(found.plan.scenario.currency), found.curve, SETTINGS[found.against]
    names = {"expected": "expected value", "robust": "at worst"}
    frame = pd.concat(
        [
            pd.DataFrame({"setting": curve["setting"], "measure": said, "value": curve[key]})
            for key, said in names.items()
        ],
        ignore_index=True,
    ).astype({"setting": float, "value": float})
    across, up = number_axis("setting", setting), number_axis("value", str(curve["unit"].iloc[0]))
    base = alt.Chart().encode(
        x=alt.X(**across),
        y=alt.Y(**up),
        color=alt.Color(field="measure", type="nominal", **series_scale(list(names.values()))),
        tooltip=tips({"measure": ("measure", None), "setting": (setting, "number"), "value": (up["title"], "number")}),
    )
    dash = alt.StrokeDash(field="measure", type="nominal", **series_scale(list(names.values()), "dash"))
    layers = [base.mark_line().encode(strokeDash=dash), base.mark_point(filled=True, size=50)]
    if not math.isnan(found.setting):
        layers.append(now_mark(across, found.setting, "this plan"))
    words = " ".join(
        f"With {numbers.quantity(at)} {setting}: {numbers.quantity(worst)} at worst, expected value"
        f" {numbers.quantity(expected)}."
        for at, worst, expected in curve[["setting", "robust", "expected"]].itertuples(index=False)
    )
    title = f"The price of robustness: {found.plan.scenario.name}"
    return finished(alt.layer(*layers, data=frame), title, words)
