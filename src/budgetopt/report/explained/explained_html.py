"""An explanation as a notebook shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from budgetopt.scenario.html_table import html_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["explanation_html"]

ROWS = 12
"""So many rows of each table are shown."""


def explanation_html(subject: str, sentences: Iterable[str], tables: Mapping[str, pd.DataFrame]) -> str:
    """Return an explanation as a piece of HTML for a notebook: its sentences, and its tables folded below them."""
    told = "".join(f'<p dir="auto">{escape(words)}</p>' for words in sentences)
    folded = "".join(
        f"<details><summary>{escape(name.replace('_', ' '))}</summary>{html_table(table, rows=ROWS)}</details>"
        for name, table in tables.items()
        if len(table)
    )
    return f"<div><p><strong><bdi>{escape(subject)}</bdi></strong></p>{told}{folded}</div>"
