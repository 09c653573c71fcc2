"""What a report is made of: blocks that a terminal, Markdown, a page and a workbook each show in their own way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any, ClassVar

from budgetopt.report.charts import Bar, Chart
from budgetopt.report.numbers import quantity_decimals

__all__ = [
    "MONEY",
    "NUMBER",
    "SHARE",
    "TEXT",
    "WHOLE_MONEY",
    "Block",
    "Bullets",
    "Cell",
    "Column",
    "Drawing",
    "Facts",
    "Formula",
    "Media",
    "Paragraph",
    "References",
    "Story",
    "Table",
    "text",
]

MONEY, SHARE, NUMBER, TEXT = "#,##0.00;[Red]-#,##0.00", "0.0%;[Red]-0.0%", "#,##0", "@"
WHOLE_MONEY = "#,##0;[Red]-#,##0"


class Media(Flag):
    """Where a block or a column is shown."""

    TERMINAL = auto()
    MARKDOWN = auto()
    PAGE = auto()
    WORKBOOK = auto()
    SUMMARY = TERMINAL | MARKDOWN
    ALL = SUMMARY | PAGE | WORKBOOK


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of which a page shows more than its text.

    Parameters
    ----------
    text
        What every medium shows.
    mark
        A short mark after the text: ``assumed``.
    sources
        The numbers of the sources that it rests on.
    below, tone
        Small print below the text, and whether it is good or bad news: ``up``, ``down`` or nothing.
    bar
        A drawing in place of the text.
    lines
        Cells that stand below one another in place of the text.
    """

    text: str = ""
    mark: str = ""
    sources: tuple[int, ...] = ()
    below: tuple[str, ...] = ()
    tone: str = ""
    bar: Bar | None = None
    lines: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours in a workbook, ``{row}`` for its row; text is never taken for one."""

    text: str


Value = str | float | None | Cell | Formula


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    header
        Its header.
    value
        Returns what it shows of a record: a text, a number or a cell.
    figure
        Whether it holds figures, which stand to the right and are never cut.
    media
        Where it is shown.
    optional
        Whether a terminal leaves it out where it does not fit.
    format, width, total
        In a workbook: the number format, the width in characters, and whether the last row adds it up.
    """

    header: str
    value: Callable[[Any], Value]
    figure: bool = False
    media: Media = Media.ALL
    optional: bool = False
    format: str = TEXT
    width: float = 14
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Parameters
    ----------
    columns
        Its columns; the first one names the rows.
    records
        What its rows are made of.
    total
        What its last row is made of; None where nothing is added up.
    title, caption
        What it and its sheet of a workbook are called; a page shows its caption, or its title where it has none.
    heading
        A heading above it on a page.
    frozen
        How many columns of its sheet of a workbook stay in sight.
    look
        The style of a page: ``words``, ``accounts`` or ``programs``.
    folded
        What a page shows of it until it is opened.
    repeats
        Whether rows that follow each other may be about the same.
    """

    kind: ClassVar[str] = "table"
    columns: Sequence[Column]
    records: Sequence[Any]
    total: Any = None
    title: str = ""
    caption: str = ""
    heading: str = ""
    frozen: int = 1
    look: str = ""
    folded: str = ""
    repeats: bool = False
    media: Media = Media.ALL

    def shown_in(self, media: Media) -> list[Column]:
        """Return the columns that a medium shows."""
        return [column for column in self.columns if column.media & media]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words, on a page under a heading; ``strong`` is bold in a terminal, a ``note`` is small, a link ends them."""

    kind: ClassVar[str] = "paragraph"
    words: str
    heading: str = ""
    strong: bool = False
    note: bool = False
    link: tuple[str, str] | None = None
    media: Media = Media.ALL


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list under a heading."""

    kind: ClassVar[str] = "bullets"
    title: str
    items: Sequence[str]
    media: Media = Media.ALL


@dataclass(frozen=True, slots=True)
class Story:
    """Sentences, and beside them on a page the figures that stand out: a name, a value, and what to know about it."""

    kind: ClassVar[str] = "story"
    sentences: Sequence[str]
    facts: Sequence[tuple[str, str, str]]
    media: Media = Media.ALL


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a name and a value, on a page."""

    kind: ClassVar[str] = "facts"
    pairs: Sequence[tuple[str, str]]
    media: Media = Media.PAGE


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, on a page; beside a baseline, or with the mark of a reserve."""

    kind: ClassVar[str] = "drawing"
    chart: Chart
    heading: str
    based: bool = False
    reserve: bool = False
    media: Media = Media.PAGE


@dataclass(frozen=True, slots=True)
class References:
    """Sources, on a page: the number of each, its text, and what rests on it."""

    kind: ClassVar[str] = "references"
    heading: str
    sources: Sequence[tuple[int, str, str]]
    media: Media = Media.PAGE


Block = Table | Paragraph | Bullets | Story | Facts | Drawing | References


def text(value: Value) -> str:
    """Return a value of a table as plain text."""
    if isinstance(value, Cell | Formula):
        return value.text
    if isinstance(value, str) or value is None:
        return value or ""
    return f"{value:,.{quantity_decimals(value)}f}"
