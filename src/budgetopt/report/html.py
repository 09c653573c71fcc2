"""One self-contained page: readable offline, in print and on a phone, with nothing loaded and no script needed."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.report.content import Cell, text
from budgetopt.report.numbers import Numbers
from budgetopt.report.sections import sections_in
from budgetopt.report.text import clean
from budgetopt.report.view import PlanView
from budgetopt.report.whole_files import write_text

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from budgetopt.allocation.allocation import Allocation

__all__ = ["environment", "html_page", "write_html"]

MINUS = "\N{MINUS SIGN}"
_ADDRESS = re.compile(r"https?://[^\s<>\"'\\^`{|}]+[^\s<>\"'\\^`{|}.,;:!?)\]]")


def html_page(plan: Allocation, *, made: str = "") -> str:
    """Return the report of a plan as one HTML page.

    The page is the same for the same plan, to the byte: it holds no time of its own.

    Parameters
    ----------
    plan
        The plan.
    made
        When it was made, in words; left out, the page does not say.
    """
    style, script = _part("report.css"), _part("report.js")
    view = PlanView(plan, Numbers(plan.scenario.currency, MINUS, "\N{NO-BREAK SPACE}"))
    template = environment().get_template("report.html.j2")
    return template.render(
        view=view,
        sections=sections_in(view),
        description=clean(plan.scenario.document.description),
        made=made,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def write_html(plan: Allocation, path: str | Path, *, made: str = "") -> Path:
    """Write the report of a plan as one HTML page, and return its path.

    Raises
    ------
    OptionError
        If the file cannot be written.
    """
    return write_text(path, html_page(plan, made=made))


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of the templates: everything is escaped, and a name that does not exist is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("budgetopt.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["linked"] = _linked
    made.filters["cell"] = lambda value: value if isinstance(value, Cell) else Cell(text(value))
    return made


def _linked(words: str) -> Markup:
    """Return a text, escaped, with web addresses in it as links."""
    from markupsafe import Markup, escape

    parts, end = [], 0
    for found in _ADDRESS.finditer(words):
        parts += [
            escape(words[end : found.start()]),
            Markup('<a href="{0}" rel="noopener">{0}</a>').format(found.group()),
        ]
        end = found.end()
    return Markup("").join([*parts, escape(words[end:])])


@lru_cache(maxsize=4)
def _part(name: str) -> Markup:
    """Return a file of ours that goes into the page as it is."""
    from markupsafe import Markup

    return Markup((resources.files("budgetopt.report") / "templates" / name).read_text(encoding="utf-8"))


def _hash(part: str) -> str:
    return base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
