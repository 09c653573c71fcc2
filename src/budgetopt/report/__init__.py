"""What people see: the terminal, one HTML page, Markdown, a workbook, and a table in a notebook.

All of them show the same figures: :class:`Figures` rounds the money of a plan once, so that no table shows a sum that
its rows do not make, and :func:`short_story` says the plan in a few sentences. The sections of all of them but the
notebook are declared once, in :mod:`budgetopt.report.sections.section_list`.
"""

from budgetopt.report.documents.excel import write_excel
from budgetopt.report.documents.html import html_page, write_html
from budgetopt.report.documents.markdown import markdown_summary
from budgetopt.report.documents.notebook import notebook_html
from budgetopt.report.documents.terminal import print_allocation
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.rounded_money import Figures
from budgetopt.report.plan_view.asked_analyses import AskedAnalyses, run_analyses
from budgetopt.report.plan_view.story import short_story
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
