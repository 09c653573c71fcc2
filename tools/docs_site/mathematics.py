"""Formulas as MathML, which browsers draw by themselves: the site then needs no script and no network for them."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

__all__ = ["to_mathml"]

# how pymdownx.arithmatex marks the formulas that it finds, between \( \) in a line and between \[ \] on their own
_MARKED = re.compile(r'<(span|div) class="arithmatex">\s*\\([(\[])(.*?)\\[)\]]\s*</\1>', re.DOTALL)


def to_mathml(page: str) -> str:
    """Return a page's HTML with its formulas as MathML."""
    return _MARKED.sub(_formula, page)


def _formula(match: re.Match[str]) -> str:
    tag, bracket, tex = match.groups()
    mathml = convert(html.unescape(tex.strip()), display="inline" if bracket == "(" else "block")
    return f'<{tag} class="formula">{mathml}</{tag}>'
