"""What a report is made of: blocks that a terminal, Markdown, a page and a workbook each show in their own way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any, ClassVar, overload

from budgetopt.report.figures.numbers import Numbers

__all__ = [
    "MANY",
    "MONEY",
    "NUMBER",
    "SHARE",
    "TEXT",
    "WHOLE_MONEY",
    "Bar",
    "Block",
    "Bullets",
    "Cell",
    "CellColumn",
    "Chart",
    "ExplorerPanel",
    "FoldedPart",
    "Formula",
    "Media",
    "Paragraph",
    "References",
    "ReportColumn",
    "ReportTable",
    "ResponseCurve",
    "ResponseCurves",
    "SheetChart",
    "SideBySide",
    "SliderControl",
    "Story",
    "Tick",
    "Value",
    "percent",
    "plain_text",
]

MONEY, SHARE, NUMBER, TEXT = "#,##0.00;[Red]-#,##0.00", "0.0%;[Red]-0.0%", "#,##0", "@"
WHOLE_MONEY = "#,##0;[Red]-#,##0"
MANY = 2_000
"""A table of more rows says once, and on a page in as few characters as it can, what its rows have in common."""


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
    """One row of a chart: a bar from zero to its value."""

    name: str
    value: float
    figure: str  # what stands beside it
    words: str  # what it shows, in a sentence
    kind: str = "plan"  # how it is coloured: plan, up or down
    reference: float = 0.0  # the value of a second, wider bar behind it
    mark: float | None = None  # where a line crosses it, such as a reserve


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis: its value, what it says, and whether a narrow page leaves that out."""

    value: float
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars over one axis, whose positions a page asks for in percent of the width."""

    media: ClassVar[Media] = Media.PAGE
    heading: str
    title: str
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    low: float = 0.0  # where the axis begins
    high: float  # where it ends
    measure: str = ""  # what its axis counts, for a drawing of it; a page has that in the title
    unit: str = ""  # of that; left out, the currency
    more: int = 0  # how many rows are left out
    note: str = ""  # what is not drawn, in a sentence
    based: bool = False  # whether it has second bars
    legend: tuple[str, str] = ("plan", "baseline")  # what its bars, and its second bars, are
    reserve: bool = False  # whether its marks are reserves

    def place(self, value: float) -> float:
        """Return where a value stands on the axis."""
        return percent(value - self.low, self.high - self.low)

    def start(self, bar: Bar) -> float:
        """Return where a bar begins."""
        return self.place(min(bar.value, 0.0))

    def width(self, bar: Bar) -> float:
        """Return how wide a bar is."""
        return percent(abs(bar.value), self.high - self.low)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of which a page shows more than its text; ``bar`` or ``lines`` stand in the place of the text."""

    text: str = ""
    mark: str = ""  # a short mark after the text, such as "assumed"
    sources: Sequence[int] = ()  # the numbers of the sources that it rests on; 0 is none
    below: Sequence[str] = ()  # small print, each text on a line of its own if there is any
    tone: str = ""  # the colour of the small print: up, down or none
    bar: Bar | None = None
    lines: Sequence[Cell] = ()
    link: str = ""  # an address on the page that the text leads to


@dataclass(frozen=True, slots=True, kw_only=True)
class CellColumn(Sequence[Cell]):
    """The cells of a column, kept as columns of their parts; a part that is left out is empty in each cell.

    ``below`` holds one column for each line of small print. ``lines`` holds the lines of all cells, one cell after
    another; those of the cell at ``i`` are ``lines[starts[i]:starts[i + 1]]``.
    """

    texts: Sequence[str]
    marks: Sequence[str] = ()
    sources: Sequence[Sequence[int]] = ()
    below: Sequence[Sequence[str]] = ()
    tones: Sequence[str] = ()
    lines: CellColumn | None = None
    starts: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def parts(self) -> list[Sequence[Any]]:
        """The parts that it has, but for lines."""
        return [part for part in (self.texts, self.marks, self.sources, *self.below, self.tones) if part]

    @overload
    def __getitem__(self, at: int) -> Cell: ...

    @overload
    def __getitem__(self, at: slice) -> list[Cell]: ...

    def __getitem__(self, at: int | slice) -> Cell | list[Cell]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        first = range(len(self))[at]
        return Cell(
            self.texts[at],
            mark=self.marks[at] if self.marks else "",
            sources=self.sources[at] if self.sources else (),
            below=[column[at] for column in self.below],
            tone=self.tones[at] if self.tones else "",
            lines=self.lines[self.starts[first] : self.starts[first + 1]] if self.lines else (),
        )


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours in a workbook, and what it comes to in the plan; text is never taken for one.

    ``{row}`` stands for its row.
    """

    text: str
    result: float | str


Value = str | float | None | Cell | Formula


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a table.

    Its value of a record is a function of it, the name of an attribute, or one of the values of all where records are
    positions. All from its number format on is for a workbook: also its width in characters, whether it has a total,
    whether it is printed, and folded away; the name of the range of its cells where these are meant to be edited, and
    the value that stands out in red. What is not printed comes last.
    """

    header: str
    value: Callable[[Any], Value] | str | Sequence[Value]
    figure: bool = False  # figures stand to the right and are never cut
    media: Media = Media.ALL
    optional: bool = False  # a terminal leaves it out where it does not fit
    beneath: bool = False  # a terminal shows it below the row where it does not fit
    format: str = TEXT
    width: float = 14
    total: bool = False
    printed: bool = True
    folded: bool = False
    input_range: str = ""
    alarm: str = ""

    def of(self, record: Any) -> Value:
        """Return what it shows of a record."""
        if callable(self.value):
            return self.value(record)
        found: Value = getattr(record, self.value) if isinstance(self.value, str) else self.value[record]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChart:
    """A chart of a workbook, drawn from cells of its table: the columns that name its rows, and those of its bars."""

    title: str
    names: Sequence[str]  # headers of columns that stand side by side
    figures: Sequence[str]  # headers
    lying: bool = True  # whether its bars lie, so that long names can be read


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table; its first column names the rows. Heading, caption, folded and look are those of a page.

    Of a workbook are the sheet on which it stands with others, which is one of its own if left out; the chart beside
    it; and whether formulas elsewhere need its rows in their order.
    """

    columns: Sequence[ReportColumn]
    records: Sequence[Any]
    total: Any = None  # the record of a last row that adds the others up
    title: str = ""  # what it and its sheet of a workbook are called
    heading: str = ""
    caption: str = ""  # in place of the title
    folded: str = ""  # the words behind which it is folded
    beside_chart: bool = False  # whether a chart above it shows the same, so that a narrow page folds it
    look: str = ""  # words, accounts, programs or lines: the last is narrow enough for a phone as it is
    repeats: bool = False  # whether rows that follow one another may be about the same, and name it once
    frozen: int = 1  # how many columns of a sheet stay in sight
    sheet: str = ""
    chart: SheetChart | None = None
    ordered: bool = False
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


@dataclass(frozen=True, slots=True)
class FoldedPart:
    """Blocks about one thing, on a page: folded under its name, and what is said of it in short."""

    media: ClassVar[Media] = Media.PAGE
    anchor: str  # its address on the page
    name: str
    short: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCurve:
    """What one program brings at each amount of money; positions are in percent, from the left and from the top."""

    name: str
    outcome: str
    points: Sequence[tuple[float, float]]
    plan: float
    baseline: float | None  # None where there is none
    floor: float  # up to here it may not go down
    ceiling: float  # beyond here it may not go; 100 without a limit
    zero: float  # where a level of nothing is, from the top
    texts: Sequence[str]  # the same in words

    @property
    def drawn(self) -> str:
        """The points as a drawing has them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class ResponseCurves:
    """Small charts side by side, on a page."""

    media: ClassVar[Media] = Media.PAGE
    curves: Sequence[ResponseCurve]


@dataclass(frozen=True, slots=True)
class SliderControl:
    """A figure that a page can move: its name, what to know about it, and the ends of its range in words."""

    name: str
    note: str
    low: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerPanel:
    """The exact plans over the ranges of some figures, on a page: a script shows them, and without it nothing does."""

    media: ClassVar[Media] = Media.PAGE
    data: str  # JSON that can stand in a page
    controls: Sequence[SliderControl]
    together: bool  # whether one more slider moves all revenue


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Short blocks that stand beside one another where there is space, on a page; printed, they are not broken."""

    media: ClassVar[Media] = Media.PAGE
    blocks: Sequence[Block]


Block = (
    ReportTable
    | Paragraph
    | Bullets
    | Story
    | Chart
    | References
    | FoldedPart
    | ResponseCurves
    | SideBySide
    | ExplorerPanel
)


def percent(value: float, whole: float) -> float:
    """Return a part of a length in percent of it, 0 where there is none."""
    return round(100 * value / whole, 2) if whole else 0.0


def plain_text(value: Value, minus: str = "-") -> str:
    """Return a value of a table as plain text."""
    if isinstance(value, Cell | Formula):
        return value.text
    if isinstance(value, str) or value is None:
        return value or ""
    return Numbers(minus=minus).quantity(value)
