"""A plan in a terminal, or in a file that a terminal's output was sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from budgetopt.allocation import Allocation
from budgetopt.report.blocks.content import (
    Block,
    Bullets,
    Media,
    Paragraph,
    ReportTable,
    Story,
    plain_text,
)
from budgetopt.report.figures.numbers import MILLION, THOUSAND, Numbers, Unit
from budgetopt.report.figures.rounded_money import Figures
from budgetopt.report.figures.text import capital, in_encoding
from budgetopt.report.figures.text_table import TextTable
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.section_list import sections_in

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_allocation"]

MOST_PROGRAMS, MOST_LIMITS = 25, 12
NARROWEST_NAME, BETWEEN = 12, 3


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
    programs, limits = MOST_PROGRAMS, MOST_LIMITS
    if every_program:
        programs, limits = len(plan.spending), len(plan.columns.rules["limit"]) + len(plan.columns.funds["fund"])
    view = PlanView(plan, numbers, Media.TERMINAL, _unit(plan, numbers, console.width), programs, limits)
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
        from rich.text import Text

        columns = table.shown_in(Media.TERMINAL)
        records = [*table.records, *([table.total] if table.total is not None else [])]
        cells = [[plain_text(column.of(record)) for record in records] for column in columns]
        shown = [at for at, column in enumerate(columns) if at == 0 or column.header or any(cells[at])]
        laid_out = TextTable(
            [columns[at].header for at in shown],
            zip(*(cells[at] for at in shown), strict=True),
            [columns[at].figure for at in shown],
            spare=[[columns[at].header] for at in reversed(shown) if columns[at].optional],
            beneath=next((columns[at].header for at in shown if columns[at].beneath), ""),
            total=table.total is not None,
            elsewhere="The page (--report plan.html)",
        )
        self.line()
        self.line(capital(table.title), style="bold")
        rules = 0
        for line in laid_out.fitted(self._console.width):
            rules = 0 if not line else rules + (line.strip("─ ") == "")
            style = "bold" if table.total is not None and rules == 2 else ""
            # on a terminal too narrow for its numbers a line runs on: that is better than a number cut short
            words = Text(self._held(line), style=style)
            self._console.print(words, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)

    def _held(self, words: str) -> str:
        """Return words as far as the encoding of the terminal holds them; a rule is made of what it has."""
        held = in_encoding(words, self._console.encoding)
        return words.replace("─", "-") if words.strip("─ ") == "" and held != words else held
