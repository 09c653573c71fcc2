"""Words and tables laid out for the width of a terminal: a text is broken between words, a number is never cut."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

__all__ = ["TextTable", "fitted", "text_width", "wrapped"]

GAP = 2
"""So many spaces stand between columns."""
LEAST = ((20, 10), (40, 16), (math.inf, 24))
"""A column of words that is up to so wide is made no narrower than this."""
NARROWEST_NAMES = 16
"""Columns that name the rows may become as narrow as this."""
TIGHT = 10
"""So narrow may a column of words become before a table is laid out in parts; its longest words are broken."""
WIDEST_WORD = 24
"""A word that is wider is broken, unless it is a figure."""
HANGING = 2
"""The lines of a folded name after the first stand so far to the right."""
BENEATH = 4
"""So far to the right stands a text below its row."""
_ISOLATE, _END = "\u2068", "\u2069"


class _Column:
    """One column: its header, its texts, and the widths that these take."""

    def __init__(self, header: str, cells: Sequence[str], *, right: bool) -> None:
        self.header, self.cells, self.right = header, cells, right
        self.widest_cell = max(map(text_width, cells), default=0)
        self.widest = max(self.widest_cell, text_width(header))

    @cached_property
    def word(self) -> int:
        """The width of its longest word."""
        words = {word for cell in {self.header, *self.cells} for word in cell.split()}
        return max(map(text_width, words), default=0)

    def narrowest(self, hanging: int | None, *, tight: bool) -> int:
        """Return its least width: that of its figures, or of its longest word; tight, words are broken.

        ``hanging`` is how far to the right lines after the first stand in a column of names, None in another one.
        """
        if self.right:
            figures = self.widest_cell if self.widest_cell <= WIDEST_WORD else self.word
            return max([figures, 1, *map(text_width, self.header.split())])
        least = TIGHT
        if not tight:
            least = next(narrowest for most, narrowest in LEAST if self.widest_cell <= most)
            least = least if hanging is None else min(least, NARROWEST_NAMES)
            least = max(least, self.word + (hanging or 0))
        return min(least, WIDEST_WORD, max(self.widest, 1))


class TextTable(str):
    """A table as text, as wide as it needs; :meth:`fitted` lays it out for a width.

    Parameters
    ----------
    headers, rows
        The texts; a column of ``right`` holds figures and stands to the right. Left out, those are all that do not name
        the rows.
    names
        So many columns name the rows: they stand again in each part where a table is laid out in parts.
    spare
        Headers of columns that are left out, together or not at all, where the width does not hold them: the first
        ones first.
    beneath
        The header of a column whose texts stand below their rows where the width does not hold it.
    total
        Whether the last row adds the others up.
    elsewhere
        Where the columns that are left out can be read, such as ``--format csv``.
    """

    _columns: list[_Column]
    _names: int
    _spare: Sequence[Sequence[str]]
    _beneath: str
    _total: bool
    _elsewhere: str

    def __new__(
        cls,
        headers: Sequence[str],
        rows: Iterable[Sequence[str]],
        right: Sequence[bool] | None = None,
        *,
        names: int = 1,
        spare: Sequence[Sequence[str]] = (),
        beneath: str = "",
        total: bool = False,
        elsewhere: str = "--format csv",
    ) -> TextTable:
        """Return the table."""
        right = [at >= names for at in range(len(headers))] if right is None else right
        texts = zip(zip(headers, *rows, strict=True), right, strict=True)
        columns = [_Column(header, cells, right=figures) for (header, *cells), figures in texts]
        layout = _Layout(columns, [column.widest for column in columns], [0] * len(columns), total=total)
        table = super().__new__(cls, "\n".join(layout.lines()))
        table._columns, table._names, table._total = columns, names, total
        table._spare, table._beneath, table._elsewhere = spare, beneath, elsewhere
        return table

    def fitted(self, width: int) -> Iterator[str]:
        """Yield its lines for a width: folded; with texts below rows; without spare columns; in parts."""
        shown, below = _Shown(self._columns, self._names, total=self._total), list[str]()
        if self._beneath and shown.least() > width:
            below = [text for column in self._columns if column.header == self._beneath for text in column.cells]
            shown = shown.without([self._beneath])
        left_out: list[str] = []
        for headers in self._spare:
            if shown.least() <= width:
                break
            left_out += headers
            shown = shown.without(headers)
        if shown.least() > width:
            shown = shown.with_one_name()
        for number, part in enumerate(shown.parts(width)):
            yield from ([""] if number else [])
            yield from part.lines(width, [] if number else below)
        names = [f"“{column.header}”" for column in self._columns if column.header and column.header in left_out]
        if names:
            words = f"Left out at this width: {', '.join(names)}. {self._elsewhere} has every column."
            yield from ["", *wrapped(words, width)]


class _Shown:
    """The columns of a table that are shown together; so many of them name the rows."""

    def __init__(self, columns: Sequence[_Column], names: int, *, total: bool) -> None:
        self._columns, self._names, self._total = columns, names, total
        longest = max(range(names), key=lambda at: columns[at].widest_cell, default=-1)
        self._hanging = [(HANGING if at == longest else 0) if at < names else None for at in range(len(columns))]

    def without(self, headers: Sequence[str]) -> _Shown:
        """Return all but some columns."""
        kept = [column for column in self._columns if column.header not in headers]
        names = sum(column in kept for column in self._columns[: self._names])
        return _Shown(kept, names, total=self._total)

    def with_one_name(self) -> _Shown:
        """Return the columns of names joined to one; as they are if figures are among them."""
        naming = self._columns[: self._names]
        if len(naming) < 2 or any(column.right for column in naming):
            return self
        texts = zip(*([column.header, *column.cells] for column in naming), strict=True)
        header, *cells = (", ".join(filter(None, row)) for row in texts)
        return _Shown([_Column(header, cells, right=False), *self._columns[self._names :]], 1, total=self._total)

    def parts(self, width: int) -> Iterator[_Shown]:
        """Yield columns that a width holds together; the names stand in all parts."""
        names, part = self._columns[: self._names], list[_Column]()
        for column in self._columns[self._names :]:
            wider = _Shown([*names, *part, column], self._names, total=self._total)
            if part and wider.least(tight=True) > width:
                yield _Shown([*names, *part], self._names, total=self._total)
                part = []
            part.append(column)
        yield _Shown([*names, *part], self._names, total=self._total)

    def least(self, *, tight: bool = False) -> int:
        """Return the least width of the columns together."""
        return sum(self._least(tight=tight)) + GAP * (len(self._columns) - 1)

    def _least(self, *, tight: bool) -> list[int]:
        pairs = zip(self._columns, self._hanging, strict=True)
        widths = [column.narrowest(hanging, tight=tight) for column, hanging in pairs]
        if self._names == 1 and not tight:
            # where all names are short, leaving out a column is better than folding them
            widths[0] = max(widths[0], min(self._columns[0].widest, WIDEST_WORD))
        return widths

    def lines(self, width: int, below: Sequence[str]) -> Iterator[str]:
        """Yield the lines, folded so that the width holds them if it can; texts stand below their rows.

        What the width leaves goes to names first, then to other words, then to the headers of figures.
        """
        widths = self._least(tight=self.least() > width)
        left = width - sum(widths) - GAP * (len(widths) - 1)
        every = list(enumerate(self._columns))
        for places, most in (
            ([at for at, column in every[: self._names] if not column.right], WIDEST_WORD),
            ([at for at, column in every if not column.right], width),
            ([at for at, column in every if column.right], width),
        ):
            wanted = {at: min(self._columns[at].widest, most) for at in places}
            while left > 0 and any(widths[at] < wanted[at] for at in places):
                widths[max(places, key=lambda at: wanted[at] - widths[at])] += 1
                left -= 1
        hanging = [space or 0 for space in self._hanging]
        yield from _Layout(self._columns, widths, hanging, total=self._total).lines(below, width)


class _Layout:
    """Columns with their widths, and how their lines are made."""

    def __init__(
        self, columns: Sequence[_Column], widths: Sequence[int], hanging: Sequence[int], *, total: bool
    ) -> None:
        self._columns, self._widths, self._hanging, self._total = columns, widths, hanging, total

    def lines(self, below: Sequence[str] = (), width: int = 0) -> Iterator[str]:
        """Yield the lines of a table; each text stands below its row."""
        rows = list(zip(*(column.cells for column in self._columns), strict=True))
        rule = (" " * GAP).join("─" * width for width in self._widths)
        yield from self._row([column.header for column in self._columns], header=True)
        yield rule
        for number, row in enumerate(rows):
            if self._total and number == len(rows) - 1:
                yield rule
            yield from self._row(row)
            if below and below[number]:
                yield from wrapped(f"{' ' * BENEATH}{below[number]}", width)

    def _row(self, cells: Sequence[str], *, header: bool = False) -> Iterator[str]:
        """Yield the lines of a row: headers stand at their foot, cells at their head."""
        folded = [
            list(wrapped(cell, width, hanging=0 if header else space))
            for cell, width, space in zip(cells, self._widths, self._hanging, strict=True)
        ]
        height = max(map(len, folded))
        for at, lines in enumerate(folded):
            space = [""] * (height - len(lines))
            folded[at] = space + lines if header else lines + space
        for line in zip(*folded, strict=True):
            padded = (
                " " * (width - text_width(part)) + part if column.right else part + " " * (width - text_width(part))
                for part, width, column in zip(line, self._widths, self._columns, strict=True)
            )
            yield (" " * GAP).join(padded).rstrip()


def text_width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int, *, hanging: int = 0) -> Iterator[str]:
    """Yield the lines of a text that is broken between words; a word that is wider than a line is broken itself.

    Spaces at the beginning and between the words of a line stay, and lines after the first stand ``hanging`` further to
    the right. A text that is isolated from its surroundings, as one that runs from right to left is, stays so on each
    line.
    """
    if text_width(text) <= width:
        yield text
        return
    start, end = (_ISOLATE, _END) if text.startswith(_ISOLATE) and text.endswith(_END) else ("", "")
    text = text.removeprefix(start).removesuffix(end)
    indent = len(text) - len(text.lstrip(" "))
    line = " " * indent
    space = " " * min(indent + hanging, max(width - 1, 0))
    empty = True
    for gap, rest in re.findall(r"(\s*)(\S+)", text):
        if not empty and text_width(line) + text_width(gap) + text_width(rest) <= width:
            line += f"{gap}{rest}"
            continue
        if not empty:
            yield f"{start}{line}{end}"
            line = space
        while text_width(line) + text_width(rest) > width:
            size = _fitting(rest, width - text_width(line))
            yield f"{start}{line}{rest[:size]}{end}"
            line, rest = space, rest[size:]
        line, empty = line + rest, False
    yield f"{start}{line}{end}"


def _fitting(word: str, width: int) -> int:
    """Return how many characters of a word stand on a line: up to a mark between its parts if it has any there."""
    size = 0
    while size < len(word) and text_width(word[: size + 1]) <= width:
        size += 1
    marks = [at + 1 for at in range(1, size) if word[at] in "-/_."]
    return max(marks[-1] if marks and size < len(word) else size, 1)


def fitted(lines: Iterable[str], width: int | None) -> Iterator[str]:
    """Yield lines for a width, tables among them; as they are where no width is known."""
    for line in lines:
        if width is None:
            yield str(line)
        elif isinstance(line, TextTable):
            yield from line.fitted(width)
        else:
            for one in line.split("\n"):
                yield from wrapped(one, width, hanging=_after_mark(one))


def _after_mark(line: str) -> int:
    """Return how wide the mark of an item of a list is: ``- ``, or ``1. ``."""
    mark, space, _ = line.lstrip(" ").partition(" ")
    return len(mark) + 1 if space and (mark == "-" or (mark[:-1].isdigit() and mark.endswith("."))) else 0
