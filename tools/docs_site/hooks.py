"""What mkdocs calls while it builds the site: generated parts are put in, formulas become MathML.

A page says ``<!-- generated: NAME -->`` where a part belongs that is made from the code, so that the two cannot differ.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs_site.mathematics import to_mathml
from docs_site.parts import PARTS

_PLACE = re.compile(r"^<!-- generated: (?P<name>[a-z ]+) -->$", re.MULTILINE)
_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):(?=<code>)")


def fill(markdown: str, parts: Mapping[str, Callable[[], str]] = PARTS) -> str:
    """Return a page with its generated parts in place.

    Raises
    ------
    KeyError
        If the page asks for a part that nothing makes.
    """
    return _PLACE.sub(lambda match: parts[match["name"]](), markdown)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the generated parts into a page before it is rendered."""
    return fill(markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Draw the formulas of a rendered page, and take the marks of cross-references off the docstrings' names."""
    return to_mathml(_ROLE.sub("", html))
