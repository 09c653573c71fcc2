"""One self-contained page: readable offline, in print and on a phone, with nothing loaded and no script needed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.allocation import Allocation
from budgetopt.report.blocks.content import (
    MANY,
    Block,
    Cell,
    ExplorerPanel,
    Media,
    ReportColumn,
    ReportTable,
    percent,
    plain_text,
)
from budgetopt.report.documents.long_rows import long_rows, long_style
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import clean
from budgetopt.report.plan_view.asked_analyses import AskedAnalyses, run_analyses
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.section_list import Section, sections_in
from budgetopt.whole_files import write_text

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["MINUS", "environment", "html_page", "page_part", "page_style", "part_hash", "write_html"]

MINUS, NOTHING = "\N{MINUS SIGN}", "\N{EN DASH}"
LONG = 200
"""A table of more rows names its cells in the style: that is much lighter."""
_ADDRESS = re.compile(r"(https?://[^\s<>\"'\\^`{|}]+[^\s<>\"'\\^`{|}.,;:!?)\]])")


def html_page(plan: Allocation, *, asked: AskedAnalyses | None = None) -> str:
    """Return the report of a plan as one HTML page.

    ``asked`` is what :func:`run_analyses` returned; left out, the analyses that every page has are run.
    The page is the same for the same plan, to the byte: it holds no time of its own.
    """
    style, script = page_part("report.css"), page_part("report.js") + page_part("print.js")
    numbers = Numbers(plan.scenario.currency, MINUS, "\N{NO-BREAK SPACE}")
    view = PlanView(plan, numbers, asked=run_analyses(plan) if asked is None else asked)
    template = environment().get_template("report.html.j2")
    sections = sections_in(view)
    if any(isinstance(block, ExplorerPanel) for _, blocks in sections for block in blocks):
        style, script = style + page_part("explorer.css"), script + page_part("explorer.js")
    style += _labels(sections)
    return template.render(
        view=view,
        sections=sections,
        description=clean(plan.scenario.document.description),
        style=style,
        script=script,
        style_hash=part_hash(style),
        script_hash=part_hash(script),
    )


def write_html(plan: Allocation, path: str | Path, *, asked: AskedAnalyses | None = None) -> Path:
    """Write the report of a plan as one HTML page, and return its path; an OptionError where that cannot be done."""
    return write_text(path, html_page(plan, asked=asked))


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of the templates: everything is escaped, and a name that does not exist is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=PackageLoader("budgetopt.report.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["columns"] = lambda table: table.shown_in(Media.PAGE)
    made.filters["kind"] = lambda block: type(block).__name__
    made.filters["linked"] = lambda words: Markup(_linked(words))
    made.filters["rows"] = _rows
    made.tests["very_long"] = _is_very_long
    return made


def _labels(sections: Sequence[tuple[Section, Sequence[Block]]]) -> Markup:
    """Return the style that names the cells of long tables on a phone; in short ones each cell says its own name."""
    from markupsafe import Markup

    cells = '[aria-labelledby="{}"] td:nth-child({})::before {{ content: {}; }}'
    tables = [
        (f"{section.key}-{number}", block)
        for section, blocks in sections
        for number, block in enumerate(blocks, start=1)
        if isinstance(block, ReportTable) and len(block.records) > LONG
    ]
    rules = [
        cells.format(name, at, _css_text(column.header))
        for name, table in tables
        for at, column in enumerate(table.shown_in(Media.PAGE), start=1)
    ]
    looks = [
        long_style(name, table.shown_in(Media.PAGE), len(table.records))
        for name, table in tables
        if _is_very_long(table)
    ]
    labels = [f"@media screen and (max-width: 44rem) {{\n{chr(10).join(rules)}\n}}\n"] if rules else []
    return Markup("".join([*labels, *looks]))


def _is_very_long(table: ReportTable) -> bool:
    return len(table.records) > MANY and not table.repeats


def _css_text(words: str) -> str:
    """Return a text for a style sheet: every letter that could mean something there is written as its number."""
    shown = "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in words)
    return f'"{shown}"'


def _rows(table: ReportTable) -> Markup:
    """Return the rows of a table; Python writes them faster than a template."""
    from markupsafe import Markup

    columns, labelled = table.shown_in(Media.PAGE), len(table.records) <= LONG
    if _is_very_long(table):
        lines = [long_rows(columns, table.records, _linked, MINUS)]
    else:
        before, lines = "", ["<tbody>"]
        for record in table.records:
            name, row = _row(columns, record, labelled)
            again = ' class="again"' if table.repeats and name == before else ""
            lines.append(f"<tr{again}>{row}</tr>")
            before = name
        lines.append("</tbody>")
    if table.total is not None:
        lines.append(f"<tfoot>\n<tr>{_row(columns, table.total, labelled)[1]}</tr>\n</tfoot>")
    return Markup("\n".join(lines))


def _row(columns: Sequence[ReportColumn], record: object, labelled: bool) -> tuple[str, str]:
    """Return what a row is about, and its cells."""
    values = [column.of(record) for column in columns]
    name, *others = [value if isinstance(value, Cell) else Cell(plain_text(value, MINUS)) for value in values]
    parts = [f'<th scope="row">{_words(name, isolated=True)}</th>']
    for column, cell in zip(columns[1:], others, strict=True):
        look = ' class="draw"' if cell.bar else ""
        if column.figure:
            look = ' class="r z"' if cell.text == NOTHING else ' class="r"'
        lines = "".join(
            f'<span class="l">{_words(line, isolated=not line.text.isascii())}</span>' for line in cell.lines
        )
        label = f' data-label="{"" if cell.bar else escape(column.header)}"' if labelled else ""
        parts.append(f"<td{look}{label}>{lines or _words(cell)}</td>")
    return name.text, "".join(parts)


def _words(cell: Cell, *, isolated: bool = False) -> str:
    """Return the words of a cell, its marks, and the small print below them."""
    if cell.bar:
        longest = max(cell.bar.value, cell.bar.reference)
        widths = [percent(value, longest) for value in (cell.bar.reference, cell.bar.value)]
        bars = f'<rect class="base" y="3" height="14" width="{widths[0]}%"/>'
        bars += f'<rect class="plan" y="6" height="8" width="{widths[1]}%"/>'
        return f'<svg role="img" width="100%" height="20"><title>{escape(cell.bar.words)}</title>{bars}</svg>'
    shown = f"<bdi>{escape(cell.text)}</bdi>" if isolated else _linked(cell.text)
    if cell.link:
        shown = f'<a href="{escape(cell.link)}">{shown}</a>'
    known = f'<span class="chip">{escape(cell.mark)}</span>' if cell.mark else ""
    for number in filter(None, cell.sources):
        known += f'<a class="ref" href="#s{number}" aria-label="source {number}">{number}</a>'
    if cell.mark and any(cell.sources):
        known = f'<span class="keep">{known}</span>'
    shown += f" {known}" if cell.mark else known
    tone = f" {cell.tone}" if cell.tone else ""
    small = ((line, "" if line.isascii() else ' dir="auto"') for line in cell.below if line)
    return shown + "".join(f'<span class="sub{tone}"{turns}>{escape(line)}</span>' for line, turns in small)


def _linked(words: str) -> str:
    """Return a text, escaped, with web addresses in it as links."""
    if "://" not in words:
        return escape(words)
    parts = [escape(part) for part in _ADDRESS.split(words)]
    # every second part is an address
    parts[1::2] = [f'<a href="{address}" rel="noopener">{address}</a>' for address in parts[1::2]]
    return "".join(parts)


def page_style() -> tuple[str, str]:
    """Return the style of our pages, and its hash for their policy."""
    style = page_part("report.css")
    return str(style), part_hash(style)


@lru_cache(maxsize=4)
def page_part(name: str) -> Markup:
    """Return a file of ours that goes into the page as it is."""
    from markupsafe import Markup

    return Markup((resources.files("budgetopt.report.documents") / "templates" / name).read_text(encoding="utf-8"))


def part_hash(part: str) -> str:
    """Return the hash by which the policy of a page allows a style or script."""
    return base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
