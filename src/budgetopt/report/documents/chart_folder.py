"""Every chart of a page as files: a drawing, an image and the table behind it, from the declarations of the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.allocation import Allocation
from budgetopt.report.blocks.charts import change_chart
from budgetopt.report.blocks.content import Block, Chart, FoldedPart, SideBySide
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.response_curve import response_tables
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.asked_analyses import AskedAnalyses
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.plots.bar_charts import allocation_chart, bars_chart
from budgetopt.report.plots.chart_parts import chart_data, chart_image, chart_svg, check_chart_library
from budgetopt.report.plots.plots import chart_of
from budgetopt.report.plots.response_chart import response_chart
from budgetopt.report.sections.response_section import drawn_programs
from budgetopt.report.sections.section_list import sections_in
from budgetopt.scenario.inert_csv import inert_csv
from budgetopt.whole_files import write_folder

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["LISTED", "plan_charts", "write_charts"]

LISTED = "charts"
"""The table that lists the charts of a folder."""
LONGEST = 60
"""So many letters has the name of a file at most."""


def write_charts(plan: Allocation, folder: str | Path, asked: AskedAnalyses) -> list[Path]:
    """Write every chart of the page of a plan into a folder, and return the files; all are written, or none.

    Each chart is a drawing (.svg), an image (.png) and the table behind it (.csv); ``charts.csv`` lists them, each with
    its title and what it shows in words.

    Raises
    ------
    OptionError
        If the folder cannot be written, or the packages that draw are not installed.
    """
    check_chart_library()
    charts = plan_charts(plan, asked)
    files: dict[str, Callable[[Path], object]] = {f"{LISTED}.csv": partial(_write_table, _listed(charts))}
    for name, chart in charts.items():
        drawing = cache(partial(chart_svg, chart))
        files[f"{name}.svg"] = partial(_write_drawing, drawing)
        files[f"{name}.png"] = partial(_write_image, drawing)
        files[f"{name}.csv"] = partial(_write_table, chart_data(chart))
    return write_folder(folder, files)


def plan_charts(plan: Allocation, asked: AskedAnalyses) -> dict[str, LayerChart]:
    """Return every chart of the page of a plan, by the name of its file, in the order of the page."""
    charts: dict[str, LayerChart] = {}
    for name, chart in _charts(PlanView(plan, Numbers(plan.scenario.currency), asked=asked)):
        key = unique = _file_name(name)
        number = 1
        while unique in charts or unique == LISTED:
            number += 1
            unique = f"{key}-{number}"
        charts[unique] = chart
    return charts


def _charts(view: PlanView) -> Iterator[tuple[str, LayerChart]]:
    """Yield the charts of each section, then those of the analyses that were asked for.

    A page of which nothing changes has its programs in a table alone: here they are drawn.
    """
    if change_chart(view.figures, view.numbers) is None:
        yield "money largest programs", allocation_chart(view.plan)
    for section, blocks in sections_in(view):
        for chart in _bars(blocks):
            yield f"{section.key} {chart.heading}", bars_chart(view.plan.scenario, chart)
        if section.key == "responses":
            yield from _responses(view)
    asked = view.asked
    every = {
        "plans-compared": asked.comparison,
        "frontier": asked.frontier,
        "two-outcomes": asked.trade_off,
        "ensemble": asked.ensemble,
        "what-to-find-out": asked.information,
    }
    for name, found in every.items():
        if found is not None:
            yield name, chart_of(found)


def _bars(blocks: Iterable[Block]) -> Iterator[Chart]:
    for block in blocks:
        if isinstance(block, Chart):
            yield block
        elif isinstance(block, FoldedPart | SideBySide):
            yield from _bars(block.blocks)


def _responses(view: PlanView) -> Iterator[tuple[str, LayerChart]]:
    outcomes, ids = list(view.plan.scenario.outcomes), view.plan.scenario.programs.ids
    for program, outcome in drawn_programs(view):
        subject, tables = one_line(view.figures.names[program]), response_tables(view.plan, program)
        yield f"response-{ids[program]}", response_chart(subject, tables, outcomes[outcome])


def _file_name(words: str) -> str:
    """Return a name for a file that every system can have: small letters without accents, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-") or "chart"


def _listed(charts: dict[str, LayerChart]) -> pd.DataFrame:
    import pandas as pd

    rows = [(name, chart.title.text, chart.description) for name, chart in charts.items()]
    return pd.DataFrame(rows, columns=["chart", "title", "shows"])


def _write_drawing(drawing: Callable[[], str], file: Path) -> None:
    file.write_text(drawing(), encoding="utf-8", newline="")


def _write_image(drawing: Callable[[], str], file: Path) -> None:
    file.write_bytes(chart_image(drawing()))


def _write_table(table: pd.DataFrame, file: Path) -> None:
    inert_csv(table, file=file)
