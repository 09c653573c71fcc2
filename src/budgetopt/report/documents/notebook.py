"""A plan as a notebook shows it: small, without a style sheet of its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from budgetopt.allocation import Allocation
from budgetopt.report.blocks.content import Block, Media, Paragraph, ReportColumn, ReportTable, Story, plain_text
from budgetopt.report.documents.html import MINUS
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.section_list import sections_in
from budgetopt.scenario.html_table import FIGURES, HEADS, WORDS

__all__ = ["notebook_html"]


def notebook_html(plan: Allocation, *, programs: int = 12) -> str:
    """Return a plan as a piece of HTML for a notebook; programs beyond the largest changes stand in one row."""
    view = PlanView(plan, Numbers(plan.scenario.currency, MINUS), Media.NOTEBOOK, most_programs=programs)
    blocks = "\n".join(_shown(block) for _, blocks in sections_in(view) for block in blocks)
    return f"<div>\n<p><strong><bdi>{escape(view.title)}</bdi></strong></p>\n{blocks}\n</div>"


def _shown(block: Block) -> str:
    match block:
        case Story():
            return "\n".join(f'<p dir="auto">{escape(words)}</p>' for words in block.sentences[:2])
        case Paragraph():
            return f"<p>{escape(block.words)}</p>"
        case ReportTable():
            columns = block.shown_in(Media.NOTEBOOK)
            headers = "".join(
                f'<th scope="col"{HEADS if column.figure else WORDS}>{escape(column.header)}</th>' for column in columns
            )
            words = (
                f'<caption style="caption-side:top;text-align:left">{escape(block.caption or block.title)}</caption>'
            )
            body = "\n".join(_row(columns, record) for record in block.records)
            foot = "" if block.total is None else f"\n<tfoot>{_row(columns, block.total)}</tfoot>"
            return f"<table>{words}\n<thead><tr>{headers}</tr></thead>\n<tbody>\n{body}\n</tbody>{foot}\n</table>"
    return ""


def _row(columns: Sequence[ReportColumn], record: object) -> str:
    name, *texts = [escape(plain_text(column.of(record), MINUS)) for column in columns]
    cells = "".join(
        f"<td{FIGURES if column.figure else WORDS}>{text}</td>" for column, text in zip(columns[1:], texts, strict=True)
    )
    return f'<tr><th scope="row"{WORDS}><bdi>{name}</bdi></th>{cells}</tr>'
