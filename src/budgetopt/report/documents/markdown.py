"""A plan as Markdown, for an agenda item or a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from budgetopt.allocation import Allocation
from budgetopt.report.blocks.content import Block, Bullets, Media, Paragraph, ReportTable, Story, plain_text
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.section_list import sections_in

__all__ = ["markdown_summary"]

_SPECIAL = re.compile(
    r"([\\`*_{}\[\]<>#|~$!&])|^([-+=])(?=[-+=\s]|$)|^(\d+)([.)])(?=\s|$)|(://|@)|(?<=\bwww)(\.)", re.IGNORECASE
)


def markdown_summary(plan: Allocation, *, programs: int = 15) -> str:
    """Return a plan as a short Markdown document.

    So many programs and limits are listed, those that matter most first; the others are counted.
    """
    numbers = Numbers(plan.scenario.currency)
    view = PlanView(plan, numbers, Media.MARKDOWN, most_programs=programs, most_limits=programs)
    lines = [f"# {_escaped(plan.scenario.name)}"]
    for _, blocks in sections_in(view):
        for block in blocks:
            lines += _lines(block)
    return "\n".join([*lines, ""])


def _lines(block: Block) -> Iterator[str]:
    """Yield a block, an empty line before each of its parts."""
    match block:
        case Story():
            for words in block.sentences:
                yield from ("", _escaped(words))
        case Paragraph():
            yield from ("", _escaped(block.words))
        case Bullets():
            yield from ("", f"## {_escaped(block.title)}", "", *(f"- {_escaped(item)}" for item in block.items))
        case ReportTable():
            yield from ("", f"## {_escaped(block.title)}", "", *_rows(block))


def _rows(table: ReportTable) -> Iterator[str]:
    columns = table.shown_in(Media.MARKDOWN)
    yield f"| {' | '.join(_escaped(column.header) for column in columns)} |"
    yield f"| {' | '.join('--:' if column.figure else ':--' for column in columns)} |"
    for record in table.records:
        yield f"| {' | '.join(_escaped(plain_text(column.of(record))) for column in columns)} |"
    if table.total is not None:
        cells = [_escaped(plain_text(column.of(table.total))) for column in columns]
        yield f"| {' | '.join(f'**{cell}**' if cell else '' for cell in cells)} |"


def _escaped(words: str) -> str:
    """Return a text in which nothing is taken for Markdown or HTML."""
    return _SPECIAL.sub(_escape, one_line(words))


def _escape(found: re.Match[str]) -> str:
    special, sign, number, after, address, dot = found.groups()
    if special is not None:
        return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(special, f"\\{special}")
    if sign is not None:
        return f"\\{sign}"
    if number is not None:
        return f"{number}\\{after}"
    return "".join(f"&#{ord(character)};" for character in address or dot)
