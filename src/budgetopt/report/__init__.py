"""What people see: the terminal, one HTML page, Markdown, a workbook, and a table in a notebook.

All of them show the same figures: :class:`Figures` rounds the money of a plan once, so that no table shows a sum that
its rows do not make, and :func:`short_story` says the plan in a few sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetopt.report.excel import write_excel
    from budgetopt.report.html import html_page, write_html
    from budgetopt.report.markdown import markdown_summary
    from budgetopt.report.notebook import notebook_html
    from budgetopt.report.numbers import Numbers
    from budgetopt.report.rounded_money import Figures
    from budgetopt.report.story import short_story
    from budgetopt.report.terminal import print_allocation
    from budgetopt.report.whole_files import write_text, write_whole

__all__ = [
    "Figures",
    "Numbers",
    "html_page",
    "markdown_summary",
    "notebook_html",
    "print_allocation",
    "short_story",
    "write_excel",
    "write_html",
    "write_text",
    "write_whole",
]

_HOME = {
    "Figures": "rounded_money",
    "Numbers": "numbers",
    "html_page": "html",
    "markdown_summary": "markdown",
    "notebook_html": "notebook",
    "print_allocation": "terminal",
    "short_story": "story",
    "write_excel": "excel",
    "write_html": "html",
    "write_text": "whole_files",
    "write_whole": "whole_files",
}


def __getattr__(name: str) -> Any:
    """Import a part of the report when it is first asked for: a terminal needs no page, and a page no workbook."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
