"""A plan in a terminal, or in a file that a terminal's output was sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from budgetopt.allocation import Allocation
from budgetopt.report.blocks.content import (
    Block,
    Bullets,
    Media,
    Paragraph,
    ReportColumn,
    ReportTable,
    Story,
    plain_text,
)
from budgetopt.report.figures.numbers import MILLION, THOUSAND, Numbers, Unit
from budgetopt.report.figures.rounded_money import Figures
from budgetopt.report.figures.text import capital, in_encoding
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.section_list import sections_in

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_allocation"]

MOST_PROGRAMS, MOST_LIMITS = 25, 12
NARROWEST_NAME, WIDEST_NAME, NAME_BESIDE_OPTIONAL, NARROWEST_WORDS = 12, 48, 16, 18
BETWEEN = 3
WIDTH_FOR_REASONS = 118


def print_allocation(plan: Allocation, console: Console | None = None, *, every_program: bool = False) -> None:
    """Print a plan: a few sentences, the money, what it buys, the funds, the limits that bind, and the proof.

    Numbers are never cut: where the width does not hold them, amounts are shown in thousands or millions, and the
    heading says so. Colour is left out where the output is no terminal, or ``NO_COLOR`` is set. Every program and
    every limit is printed only if asked; otherwise those that matter most.
    """
    from rich.console import Console

    if console is None:
        console = Console(highlight=False)
        # the command line says how a pipe that nobody reads ends, and rich would end the process
        console.on_broken_pipe = _passed_on  # type: ignore[method-assign]
    numbers = Numbers(plan.scenario.currency)
    unit, wide = _unit(plan, numbers, console.width), console.width >= WIDTH_FOR_REASONS
    programs, limits = MOST_PROGRAMS, MOST_LIMITS
    if every_program:
        programs, limits = len(plan.spending), len(plan.columns.rules["limit"]) + len(plan.columns.funds["fund"])
    view = PlanView(plan, numbers, Media.TERMINAL, unit, programs, limits, wide)
    printer = _Printer(console)
    period = view.over.removeprefix("in ").removeprefix("over ")
    printer.line(f"{view.title}, {period}" if period else view.title, style="bold")
    printer.line()
    for _, blocks in sections_in(view):
        for block in blocks:
            printer.block(block)


def _passed_on() -> NoReturn:
    """Raise the error that is being handled."""
    raise


def _unit(plan: Allocation, numbers: Numbers, width: int) -> Unit:
    """Return the smallest unit whose amounts fit beside names."""
    exact = Figures.of(plan)
    for unit in (exact.unit, THOUSAND, MILLION):
        spending = Figures.of(plan, unit).total.spending
        amount = max(len(numbers.units(spending, unit, signed=True, symbol=False)), 8)
        if NARROWEST_NAME + (amount + BETWEEN) * (3 if exact.has_baseline else 1) <= width:
            return unit
    return MILLION


class _Printer:
    """Prints blocks on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def block(self, block: Block) -> None:
        """Print a block."""
        match block:
            case Story():
                for words in block.sentences:
                    self.line(words)
            case Paragraph():
                if block.strong:
                    self.line()
                self.line(block.words, style="bold" if block.strong else "")
            case Bullets():
                self.line()
                self.line(block.title, style="bold")
                for item in block.items:
                    self.line(f"- {item}", hanging=2)
            case ReportTable():
                self._table(block)

    def line(self, words: str = "", *, style: str = "", hanging: int = 0) -> None:
        """Print words, and lines after the first so far to the right."""
        from rich.text import Text

        shown = Text(in_encoding(words, self._console.encoding), style=style)
        for at, line in enumerate(shown.wrap(self._console, max(self._console.width - hanging, 8))):
            line.rstrip()
            self._console.print(Text(" " * hanging if at else "") + line if hanging else line)

    def _table(self, table: ReportTable) -> None:
        """Print a table: figures have the width that they need, words what is left; they are folded, never cut."""
        from rich import box
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        columns, rows, total = self._fitted(table)
        widths = self._widths(columns, [*rows, *([total] if total else [])])
        last = len(columns) - 1

        def cells(words: Sequence[str], style: str = "") -> list[Padding]:
            # as Text, so that nothing in a name is taken for markup; padded here, as versions of rich differ in what
            # they count as the width of the first and the last column
            return [Padding(Text(cell, style=style), (0, at < last, 0, at > 0)) for at, cell in enumerate(words)]

        drawn = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False, header_style="")
        headers = cells([column.header for column in columns])
        for at, (column, width) in enumerate(zip(columns, widths, strict=True)):
            justify = "right" if column.figure else "left"
            width += (at < last) + (at > 0)
            drawn.add_column(headers[at], width=width, justify=justify, overflow="fold")  # type: ignore[arg-type]
        for row in rows:
            drawn.add_row(*cells(row))
        if total:
            drawn.add_section()
            drawn.add_row(*cells(total, "bold"))
        self.line()
        self.line(capital(table.title), style="bold")
        width = self._console.width
        # on a terminal too narrow for its numbers a line runs on: that is better than a number cut short
        self._console.width = max(width, sum(widths) + BETWEEN * (len(widths) - 1))
        try:
            self._console.print(drawn)
        finally:
            self._console.width = width

    def _fitted(self, table: ReportTable) -> tuple[list[ReportColumn], list[list[str]], list[str]]:
        """Return the columns that fit, the rows and the total: optional columns go first, then words join the name."""
        columns = table.shown_in(Media.TERMINAL)
        records = [*table.records, *([table.total] if table.total is not None else [])]
        encoding = self._console.encoding
        cells = [[in_encoding(plain_text(column.of(record)), encoding) for record in records] for column in columns]
        for at in range(len(columns) - 1, 0, -1):
            if not any(cells[at]) and not columns[at].header:
                del columns[at], cells[at]
        for at in [at for at, column in enumerate(columns) if column.optional][::-1]:
            if not self._fits(columns, cells, names=NAME_BESIDE_OPTIONAL):
                del columns[at], cells[at]
        words = [at for at, column in enumerate(columns) if at and not column.figure]
        while words and not self._fits(columns, cells, *[NARROWEST_WORDS] * len(words)):
            notes = cells.pop(words[-1])
            del columns[words.pop()]
            cells[0] = [f"{name} ({note})" if note else name for name, note in zip(cells[0], notes, strict=True)]
        rows = [list(row) for row in zip(*cells, strict=True)]
        return (columns, rows, []) if table.total is None else (columns, rows[:-1], rows[-1])

    def _fits(
        self, columns: Sequence[ReportColumn], cells: Sequence[Sequence[str]], *words: int, names: int = NARROWEST_NAME
    ) -> bool:
        """Return whether the figures, and words of a width, fit beside a column of names."""
        pairs = zip(columns, cells, strict=True)
        figures = [max(map(len, [column.header, *shown])) for column, shown in pairs if column.figure]
        return names + sum(width + BETWEEN for width in (*figures, *words)) <= self._console.width

    def _widths(self, columns: Sequence[ReportColumn], rows: Sequence[Sequence[str]]) -> list[int]:
        """Return the widths of columns: names come first, then other words share what figures leave."""
        from rich.cells import cell_len

        every = [[column.header for column in columns], *rows]
        widths = [max(cell_len(row[at]) for row in every) for at in range(len(columns))]
        words = [at for at, column in enumerate(columns) if at and not column.figure]
        left = self._console.width - BETWEEN * (len(widths) - 1)
        left -= sum(width for at, width in enumerate(widths) if at and at not in words)
        widths[0] = max(min(widths[0], WIDEST_NAME, left - NARROWEST_WORDS * len(words)), NARROWEST_NAME)
        left -= widths[0]
        for count, at in enumerate(words):
            widths[at] = max(min(widths[at], left // (len(words) - count)), NARROWEST_WORDS)
            left -= widths[at]
        return widths
