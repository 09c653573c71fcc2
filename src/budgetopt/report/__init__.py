"""What people see: the terminal, one HTML page, Markdown, a workbook, and a table in a notebook.

All of them show the same figures: :class:`Figures` rounds the money of a plan once, so that no table shows a sum that
its rows do not make, and :func:`short_story` says the plan in a few sentences. The sections of all of them but the
notebook are declared once, in :mod:`budgetopt.report.sections.section_list`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetopt.lazy_names import imported_when_used

if TYPE_CHECKING:
    from budgetopt.report.documents.chart_folder import write_charts as write_charts
    from budgetopt.report.documents.excel import write_excel as write_excel
    from budgetopt.report.documents.html import html_page as html_page
    from budgetopt.report.documents.html import write_html as write_html
    from budgetopt.report.documents.markdown import markdown_summary as markdown_summary
    from budgetopt.report.documents.notebook import notebook_html as notebook_html
    from budgetopt.report.documents.terminal import print_allocation as print_allocation
    from budgetopt.report.figures.numbers import Numbers as Numbers
    from budgetopt.report.figures.rounded_money import Figures as Figures
    from budgetopt.report.plan_view.asked_analyses import AskedAnalyses as AskedAnalyses
    from budgetopt.report.plan_view.asked_analyses import run_analyses as run_analyses
    from budgetopt.report.plan_view.story import short_story as short_story
    from budgetopt.report.residents.resident_page import AUDIENCES as AUDIENCES
    from budgetopt.report.residents.resident_page import check_audience as check_audience
    from budgetopt.report.residents.resident_page import residents_language as residents_language
    from budgetopt.report.residents.resident_page import residents_page as residents_page
    from budgetopt.report.residents.resident_page import write_page as write_page
    from budgetopt.report.residents.resident_page import write_residents_page as write_residents_page
    from budgetopt.whole_files import write_text as write_text
    from budgetopt.whole_files import write_whole as write_whole

_EXPORTS = {
    "budgetopt.report.documents.chart_folder": "write_charts",
    "budgetopt.report.documents.excel": "write_excel",
    "budgetopt.report.documents.html": "html_page write_html",
    "budgetopt.report.documents.markdown": "markdown_summary",
    "budgetopt.report.documents.notebook": "notebook_html",
    "budgetopt.report.documents.terminal": "print_allocation",
    "budgetopt.report.figures.numbers": "Numbers",
    "budgetopt.report.figures.rounded_money": "Figures",
    "budgetopt.report.plan_view.asked_analyses": "AskedAnalyses run_analyses",
    "budgetopt.report.plan_view.story": "short_story",
    "budgetopt.report.residents.resident_page": (
        "AUDIENCES check_audience residents_language residents_page write_page write_residents_page"
    ),
    "budgetopt.whole_files": "write_text write_whole",
}
"""What is exported, by the module that it is imported from."""

__all__ = sorted(" ".join(_EXPORTS.values()).split())

__getattr__ = imported_when_used(__name__, _EXPORTS)
