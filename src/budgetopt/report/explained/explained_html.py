"""An explanation as a notebook shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["explanation_html"]


def explanation_html(
    subject: str, sentences: Iterable[str], tables: Mapping[str, pd.DataFrame], *, rows: int = 12
) -> str:
    """Return an explanation as a piece of HTML for a notebook: its sentences, and its tables folded below them.

    Of a long table, the first and the last rows are shown.
    """
    told = "".join(f'<p dir="auto">{escape(words)}</p>' for words in sentences)
    folded = "".join(
        f"<details><summary>{escape(name.replace('_', ' '))}</summary>"
        + table.rename(columns=lambda column: str(column).replace("_", " ")).to_html(
            index=False, max_rows=rows, na_rep="", border=0, float_format="{:,.6g}".format
        )
        + "</details>"
        for name, table in tables.items()
        if len(table)
    )
    return f"<div><p><strong><bdi>{escape(subject)}</bdi></strong></p>{told}{folded}</div>"
