"""What a report is made of: blocks that a terminal, Markdown, a page and a workbook each show in their own way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any, ClassVar

from budgetopt.report.numbers import Numbers

__all__ = [
    "MONEY",
    "NUMBER",
    "SHARE",
    "TEXT",
    "WHOLE_MONEY",
    "Bar",
    "Block",
    "Bullets",
    "Cell",
    "Chart",
    "Formula",
    "Media",
    "Paragraph",
    "References",
    "ReportColumn",
    "ReportTable",
    "Story",
    "Tick",
    "Value",
    "plain_text",
]

MONEY, SHARE, NUMBER, TEXT = "#,##0.00;[Red]-#,##0.00", "0.0%;[Red]-0.0%", "#,##0", "@"
WHOLE_MONEY = "#,##0;[Red]-#,##0"


class Media(Flag):
    """Where a block or a column is shown."""

    TERMINAL = auto()
    MARKDOWN = auto()
    PAGE = auto()
    WORKBOOK = auto()
    NOTEBOOK = auto()
    SUMMARY = TERMINAL | MARKDOWN | NOTEBOOK
    ALL = SUMMARY | PAGE | WORKBOOK


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart; every position is in percent of the width.

    Parameters
    ----------
    name, figure, words
        What it is about, what stands beside it, and what it shows in a sentence.
    start, width
        Where the bar begins and how long it is.
    kind
        ``plan``, ``up`` or ``down``: how it is coloured.
    reference, mark
        How long a second, thinner bar is, and where a line crosses the bar, such as a reserve.
    """

    name: str
    start: float
    width: float
    figure: str
    words: str
    kind: str = "plan"
    reference: float = 0.0
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis: where it stands, in percent, what it says, and whether a narrow page leaves that out."""

    at: float
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars over one axis, on a page.

    Parameters
    ----------
    heading, title
        Its heading and what it shows.
    bars, ticks, zero
        Its rows, the marks of its axis, and where zero is, in percent.
    more, note
        How many rows are left out, and what is not drawn, in a sentence.
    based, reserve
        Whether its second bars are baselines, and its marks reserves.
    """

    media: ClassVar[Media] = Media.PAGE
    heading: str
    title: str
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    zero: float = 0.0
    more: int = 0
    note: str = ""
    based: bool = False
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of which a page shows more than its text.

    Parameters
    ----------
    text, mark
        What every medium shows, and on a page a short mark after it: ``assumed``.
    sources
        The numbers of the sources that it rests on; 0 is none.
    below, tone
        Small print, each text on a line of its own if there is any, and its colour: ``up``, ``down`` or none.
    bar, lines
        A drawing, or cells below one another, in place of the text.
    """

    text: str = ""
    mark: str = ""
    sources: Sequence[int] = ()
    below: Sequence[str] = ()
    tone: str = ""
    bar: Bar | None = None
    lines: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours in a workbook, ``{row}`` for its row; text is never taken for one."""

    text: str


Value = str | float | None | Cell | Formula


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a table.

    Parameters
    ----------
    header
        Its header.
    value
        What it shows of a record: a function of it, the name of an attribute, or the values of all where records are
        positions.
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
    value: Callable[[Any], Value] | str | Sequence[Value]
    figure: bool = False
    media: Media = Media.ALL
    optional: bool = False
    format: str = TEXT
    width: float = 14
    total: bool = False

    def of(self, record: Any) -> Value:
        """Return what it shows of a record."""
        if callable(self.value):
            return self.value(record)
        found: Value = getattr(record, self.value) if isinstance(self.value, str) else self.value[record]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table.

    Parameters
    ----------
    columns
        Its columns; the first one names the rows.
    records, total
        What its rows are made of, and its last row, if it adds the others up.
    title
        What it and its sheet of a workbook are called.
    heading, caption, folded, look
        On a page: a heading above it, a caption in place of the title, the words behind which it is folded, and its
        style, which is ``words``, ``accounts`` or ``programs``.
    repeats
        Whether rows that follow one another may be about the same, and name it once.
    frozen
        How many columns of a sheet stay in sight.
    """

    columns: Sequence[ReportColumn]
    records: Sequence[Any]
    total: Any = None
    title: str = ""
    heading: str = ""
    caption: str = ""
    folded: str = ""
    look: str = ""
    repeats: bool = False
    frozen: int = 1
    media: Media = Media.ALL

    def shown_in(self, media: Media) -> list[ReportColumn]:
        """Return the columns that a medium shows."""
        return [column for column in self.columns if column.media & media]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words, on a page under a heading; ``strong`` is bold in a terminal, a ``note`` is small, a link ends them."""

    words: str
    heading: str = ""
    strong: bool = False
    note: bool = False
    link: tuple[str, str] | None = None
    media: Media = Media.ALL


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list under a heading."""

    title: str
    items: Sequence[str]
    media: Media = Media.ALL


@dataclass(frozen=True, slots=True)
class Story:
    """Sentences, and beside them on a page the figures that stand out: a name, a value, and what to know about it."""

    sentences: Sequence[str]
    facts: Sequence[tuple[str, str, str]]
    media: Media = Media.ALL


@dataclass(frozen=True, slots=True)
class References:
    """Sources, on a page: the number of each, its text, and what rests on it."""

    media: ClassVar[Media] = Media.PAGE
    sources: Sequence[tuple[int, str, str]]


Block = ReportTable | Paragraph | Bullets | Story | Chart | References


def plain_text(value: Value, minus: str = "-") -> str:
    """Return a value of a table as plain text."""
    if isinstance(value, Cell | Formula):
        return value.text
    if isinstance(value, str) or value is None:
        return value or ""
    return Numbers(minus=minus).quantity(value)
