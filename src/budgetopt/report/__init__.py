"""What people see: the terminal, one HTML page, Markdown, a workbook, and a table in a notebook.

All of them show the same figures: :class:`Figures` rounds the money of a plan once, so that no table shows a sum that
its rows do not make, and :func:`short_story` says the plan in a few sentences. The sections of all of them but the
notebook are declared once, in :mod:`budgetopt.report.sections`.
"""

from budgetopt.report.asked_analyses import AskedAnalyses, run_analyses
from budgetopt.report.excel import write_excel
from budgetopt.report.html import html_page, write_html
from budgetopt.report.markdown import markdown_summary
from budgetopt.report.notebook import notebook_html
from budgetopt.report.numbers import Numbers
from budgetopt.report.rounded_money import Figures
from budgetopt.report.story import short_story
from budgetopt.report.terminal import print_allocation
from budgetopt.whole_files import write_text, write_whole

__all__ = [
    "AskedAnalyses",
    "Figures",
    "Numbers",
    "html_page",
    "markdown_summary",
    "notebook_html",
    "print_allocation",
    "run_analyses",
    "short_story",
    "write_excel",
    "write_html",
    "write_text",
    "write_whole",
]
