"""What all charts are made of: the library that draws them, axes with units, colors, the words beside them, and files.

A chart is an Altair chart, so that whoever asked for it can change it. Nothing is told by color alone: each series has
a mark or a dash pattern of its own. Altair and vl-convert are the extra ``charts``, imported when a chart is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from budgetopt.errors import OptionError
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.limit_lines import Gain
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import capital, clean, one_line
from budgetopt.scenario.model import CHANGE, SPENDING
from budgetopt.scenario.scenario import Scenario
from budgetopt.whole_files import write_text, write_whole

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart, TopLevelMixin

__all__ = [
    "CHART_FILES",
    "MOST_ROWS",
    "Kind",
    "chart_data",
    "chart_image",
    "chart_library",
    "chart_svg",
    "check_chart_library",
    "finished",
    "money_label",
    "named_axis",
    "now_mark",
    "number_axis",
    "range_chart",
    "save_chart",
    "series_scale",
    "some_of",
    "tips",
    "told_apart",
    "value_label",
]

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9", "#F0E442")
"""Colors that those who see few of them tell apart (M. Okabe and K. Ito, "Color Universal Design", 2008)."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
DASHES = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 4], [1, 5])
CHART_FILES = (".svg", ".png")
"""The endings of the files that a chart is written to."""
WIDTH, HEIGHT, ROW = 560, 320, 18
"""Pixels: of the area of a chart, and of one row of a chart of rows."""
MOST_ROWS = 40
"""So many programs or limits are drawn at most."""
_SHORT = "abs(datum.value) >= 1000 ? replace(format(datum.value, '.5~s'), 'G', 'B') : format(datum.value, '.4~g')"
"""How a number stands beside an axis: ``4.2M``, ``1.2B``, ``0.05``."""
_EXACT = {"money": ",.2~f", "number": ",.6~r", "share": ".2~%"}
Kind = Literal["money", "number", "share"]


def check_chart_library() -> None:
    """Raise an OptionError where the packages that charts need are not installed."""
    if missing := [name for name in ("altair", "vl_convert") if find_spec(name) is None]:
        names = " and ".join(name.replace("vl_convert", "vl-convert-python") for name in missing)
        verb = "which is" if len(missing) == 1 else "which are"
        raise OptionError(f"drawing needs {names}, {verb} not installed", hint="pip install 'budgetopt[charts]'")


def chart_library() -> Any:
    """Return Altair; an OptionError says how to install it where it is missing."""
    check_chart_library()
    import altair

    return altair


def number_axis(field: str, title: str, kind: Kind = "number", *, zero: bool = False) -> dict[str, Any]:
    """Return what an axis of numbers says: its column, its title with the unit, and how its numbers are written."""
    alt = chart_library()
    look: dict[str, Any] = {"format": "~%"} if kind == "share" else {"labelExpr": _SHORT}
    axis = alt.Axis(**look, tickCount=6, labelOverlap=True, titleLimit=WIDTH)
    return {
        "field": field,
        "type": "quantitative",
        "title": one_line(title),
        "scale": alt.Scale(zero=zero),
        "axis": axis,
    }


def named_axis(field: str, names: Sequence[str]) -> dict[str, Any]:
    """Return what an axis of names says, in the order in which they are given."""
    alt = chart_library()
    axis = alt.Axis(labelLimit=240, title=None)
    return {"field": field, "type": "nominal", "title": None, "sort": list(names), "axis": axis}


def series_scale(names: Sequence[str], look: Literal["color", "shape", "dash"] = "color") -> dict[str, Any]:
    """Return how series look: each by a color, a shape or a dash pattern of its own, and named in the legend."""
    alt = chart_library()
    every: Sequence[Any] = {"color": OKABE_ITO, "shape": SHAPES, "dash": DASHES}[look]
    scale = alt.Scale(domain=list(names), range=[every[at % len(every)] for at in range(len(names))])
    columns = 1 if max(map(len, names), default=0) > 40 else 3
    legend = alt.Legend(orient="top", labelLimit=WIDTH, columns=columns, symbolOpacity=1)
    return {"scale": scale, "title": None, "legend": legend}


def tips(columns: Mapping[str, tuple[str, Kind | None]]) -> list[Any]:
    """Return what is shown of a mark that is pointed at: a title and a kind by the column; None for text."""
    alt = chart_library()
    return [
        alt.Tooltip(field=field, type="nominal", title=title)
        if kind is None
        else alt.Tooltip(field=field, type="quantitative", title=title, format=_EXACT[kind])
        for field, (title, kind) in columns.items()
    ]


def now_mark(axis: Mapping[str, Any], value: float, name: str) -> Any:
    """Return a dashed line across a chart at a value of its lower axis, with its name."""
    import pandas as pd

    alt = chart_library()
    frame = pd.DataFrame({axis["field"]: [float(value)], "mark": [one_line(name)]})
    base = alt.Chart(frame).encode(x=alt.X(**axis))
    text = base.mark_text(align="left", baseline="top", dx=4, dy=4, color="#555555")
    return base.mark_rule(strokeDash=[3, 3], color="#555555") + text.encode(
        y=alt.value(0), text=alt.Text(field="mark", type="nominal")
    )


def range_chart(
    frame: pd.DataFrame, names: str, across: Mapping[str, Any], band: tuple[str, str, str], marks: Mapping[str, str]
) -> Any:
    """Return rows with a bar from one column to another and marks at other columns, in the order of the table.

    Parameters
    ----------
    frame
        One row a name.
    names
        The column of names.
    across
        The axis of numbers; its column stands in the title of the axis alone.
    band
        What the bar is called, and the columns of its two ends.
    marks
        What each mark is called, by its column.
    """
    alt = chart_library()
    called, low, high = band
    labels = [called, *marks.values()]
    y = alt.Y(**named_axis(names, frame[names].tolist()))
    tip = tips({names: ("", None), **{key: (key, "money") for key in (low, high, *marks) if key in frame}})
    bars = (
        alt.Chart()
        .transform_calculate(mark=repr(called))
        .mark_bar(height=8, opacity=0.35)
        .encode(
            x=alt.X(**{**across, "field": low}),
            x2=alt.X2(field=high),
            y=y,
            color=alt.Color(field="mark", type="nominal", **series_scale(labels)),
            tooltip=tip,
        )
    )
    points = [
        alt.Chart()
        .transform_calculate(mark=repr(label))
        .mark_point(filled=True, size=60, opacity=1)
        .encode(
            x=alt.X(**{**across, "field": key}),
            y=y,
            color=alt.Color(field="mark", type="nominal", **series_scale(labels)),
            shape=alt.Shape(field="mark", type="nominal", **series_scale(labels, "shape")),
            tooltip=tip,
        )
        for key, label in marks.items()
    ]
    return alt.layer(bars, *points, data=frame)


def told_apart(names: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return printed names on one line each, with the key behind those that are not the only one of their name."""
    lines = [one_line(name) for name in names]
    return [
        f"{line} ({one_line(key)})" if lines.count(line) > 1 else line for line, key in zip(lines, keys, strict=True)
    ]


def some_of(drawn: int, every: int, what: str = "program") -> str:
    """Return the end of a title that says how many rows are drawn, where not all of them are."""
    return f" ({drawn} of {plural(every, what)})" if drawn < every else ""


def money_label(what: str, scenario: Scenario) -> str:
    """Return the title of an axis of money, with the currency."""
    return f"{what} ({one_line(scenario.currency)})"


def value_label(scenario: Scenario) -> str:
    """Return the title of an axis of the first objective, with its unit where it has one."""
    gain = Gain.within(scenario, Numbers(scenario.currency))
    label = one_line(label_of(scenario.objective[0]).partition(" ")[2])
    unit = one_line(scenario.currency) if gain.what in (SPENDING, CHANGE) else gain.unit
    return capital(f"{label} ({unit})" if unit and unit != label else label)


def finished(chart: Any, title: str, words: str, *, rows: int = 0) -> LayerChart:
    """Return a chart with its title, its size and what it shows in words, for those who do not see it.

    Parameters
    ----------
    rows
        How many rows a chart of rows has; 0 for any other.
    """
    alt = chart_library()
    height = max(rows, 2) * ROW if rows else HEIGHT
    heading = alt.Title(one_line(title), anchor="start", limit=WIDTH + 200)
    layers: LayerChart = chart if isinstance(chart, alt.LayerChart) else alt.layer(chart)
    return layers.properties(width=WIDTH, height=height, title=heading, description=one_line(words))


def save_chart(chart: TopLevelMixin, path: str | Path) -> Path:
    """Write a chart to a file, whole or not at all, and return its path.

    An SVG file has the title of the chart and what it shows in words, which ``chart.save`` leaves out.

    Parameters
    ----------
    chart
        What ``plot`` returned, changed or not.
    path
        The file: ``.svg``, or ``.png`` with two pixels for each point.

    Raises
    ------
    OptionError
        If its name ends otherwise, it cannot be written, or the packages that draw are not installed.
    """
    check_chart_library()
    suffix = Path(path).suffix.lower()
    if suffix not in CHART_FILES:
        message = f"a chart is written to {' or '.join(CHART_FILES)}, and {str(path)!r} ends otherwise"
        raise OptionError(message, hint=f"name it {Path(path).stem}{CHART_FILES[0]}")
    drawing = chart_svg(chart)
    if suffix == ".svg":
        return write_text(path, drawing)
    image = chart_image(drawing)
    return write_whole(path, lambda beside: beside.write_bytes(image))


def chart_image(drawing: str) -> bytes:
    """Return a drawing as the bytes of a PNG image, two pixels for each point."""
    from vl_convert import svg_to_png

    image: bytes = svg_to_png(drawing, scale=2)
    return image


def chart_data(chart: LayerChart) -> pd.DataFrame:
    """Return the table behind a chart: that of its marks, then the rows that a layer has of its own."""
    import pandas as pd

    tables: list[pd.DataFrame] = []
    for table in (chart.data, *(layer.data for layer in chart.layer)):
        # several layers may draw one table
        if isinstance(table, pd.DataFrame) and not any(table.equals(other) for other in tables):
            tables.append(table)
    return pd.concat([table.dropna(axis="columns", how="all") for table in tables], ignore_index=True)


def chart_svg(chart: TopLevelMixin) -> str:
    """Return a chart as SVG text that says its title and its words."""
    drawn = StringIO()
    chart.save(drawn, format="svg")
    start, _, rest = drawn.getvalue().partition(">")
    title, words = getattr(chart.title, "text", chart.title), chart.description
    said = [
        f"<{tag}>{escape(clean(text))}</{tag}>" for tag, text in (("title", title), ("desc", words)) if _is_text(text)
    ]
    return f'{start} role="img">{"".join(said)}{rest}\n'


def _is_text(text: object) -> bool:
    return isinstance(text, str) and bool(text)
