"""A plan in a terminal, or in a file that a terminal's output was sent to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from budgetopt.report.figures import Figures, MoneyRow
from budgetopt.report.limit_lines import LimitLine, limits_of
from budgetopt.report.numbers import MILLION, THOUSAND, Numbers, Unit
from budgetopt.report.outcomes import Bought, OutcomeRow
from budgetopt.report.proof import proof_of
from budgetopt.report.story import over_periods, short_story
from budgetopt.report.text import in_encoding, one_line

if TYPE_CHECKING:
    from rich.console import Console

    from budgetopt.allocation.allocation import Allocation

__all__ = ["print_allocation"]

MOST_PROGRAMS = 25
MOST_LIMITS = 12
NARROWEST_NAME = 12
NARROWEST_NOTE = 18
BETWEEN = 3
WIDEST_NAME = 48
ROOM_FOR_REASONS = 118


def print_allocation(plan: Allocation, console: Console | None = None, *, every_program: bool = False) -> None:
    """Print a plan: a few sentences, the money, what it buys, the funds, the limits that bind, and the proof.

    Numbers are never cut: where the width does not hold them, amounts are shown in thousands or millions, and the
    heading says so. Colour is left out where the output is no terminal, or ``NO_COLOR`` is set.

    Parameters
    ----------
    plan
        The plan.
    console
        Where it is printed; stdout if left out.
    every_program
        Whether every program and every limit is printed; otherwise those that matter most.
    """
    from rich.console import Console

    _Printer(plan, console or Console(highlight=False), every_program).print()


class _Printer:
    def __init__(self, plan: Allocation, console: Console, everything: bool) -> None:
        self.plan, self.console, self.everything = plan, console, everything
        self.numbers = Numbers(plan.scenario.currency)
        self.exact = Figures.of(plan)
        self.is_based = self.exact.has_baseline
        self.figures, self.has_shares = self._fitting()
        self.bought = Bought(plan)
        self.limits = limits_of(plan, self.numbers)

    def _fitting(self) -> tuple[Figures, bool]:
        """Return the figures in the smallest unit whose amounts fit beside names, and whether shares fit too."""
        for unit in (self.exact.unit, THOUSAND, MILLION):
            figures = Figures.of(self.plan, unit)
            amount = max(len(self.numbers.units(figures.total.spending, unit, signed=True, symbol=False)), 8)
            for has_shares in (True, False):
                widths = [amount] * (3 if self.is_based else 1) + [7] * (has_shares and self.is_based)
                if self._fits(*widths):
                    return figures, has_shares
        return figures, False

    def _fits(self, *widths: int) -> bool:
        """Return whether columns of these widths fit beside a column of names."""
        return NARROWEST_NAME + sum(width + BETWEEN for width in widths) <= self.console.width

    @property
    def unit(self) -> Unit:
        return self.figures.unit

    def print(self) -> None:
        self._title()
        self._groups()
        self._programs()
        self._outcomes()
        self._funds()
        self._limits()
        self._line(proof_of(self.plan, self.numbers).short, style="bold")

    def _title(self) -> None:
        name = one_line(self.plan.scenario.name)
        period = over_periods(self.plan).removeprefix("in ").removeprefix("over ")
        self._line(f"{name}, {period}" if period else name, style="bold")
        self._line()
        for words in short_story(self.plan, self.exact, self.bought.rows, self.limits, self.numbers):
            self._line(words)

    def _amounts(self) -> str:
        words = (
            f"in {self.unit.words}s of {self.plan.scenario.currency}"
            if self.unit.words
            else f"in {self.plan.scenario.currency}"
        )
        return words if len(self.plan.scenario.periods) == 1 else f"{words}, all periods together"

    def _groups(self) -> None:
        group = self.figures.by("priority") or self.figures.by("department")
        if group is not None:
            self._money(f"Money by {group.title.lower()}, {self._amounts()}", group.title, group.rows, group.total)

    def _programs(self) -> None:
        figures = self.figures
        count = len(figures.spending)
        order = figures.by_size_of_change.tolist()
        chosen = order if self.everything or count <= MOST_PROGRAMS else order[:MOST_PROGRAMS]
        rows = [figures.program(at) for at in chosen]
        title = f"Money by program, {self._amounts()}"
        if len(chosen) < count:
            title += "; the largest changes first" if self.is_based else "; the largest first"
            rows.append(figures.together("and {} more", order[len(chosen) :]))
        reasons: Sequence[str] = ()
        if self.console.width >= ROOM_FOR_REASONS:
            texts = self.plan.programs["reason"].tolist()
            reasons = [one_line(texts[at]) for at in chosen]
        self._money(title, "Program", rows, figures.total, reasons)
        if len(chosen) < count:
            self._line("--all shows every program.")

    def _money(
        self, title: str, head: str, rows: Sequence[MoneyRow], total: MoneyRow, reasons: Sequence[str] = ()
    ) -> None:
        heads = [head, *(["Baseline", "Plan", "Change"] if self.is_based else ["Plan"])]
        if self.is_based and self.has_shares:
            heads.append("")
        cells = [self._cells(row) for row in rows]
        if reasons:
            heads.append("Why")
            cells = [[*row, *(reasons[at : at + 1] or [""])] for at, row in enumerate(cells)]
        last = [*self._cells(total), *([""] if reasons else [])]
        self._table(title, heads, cells, last=last, notes=bool(reasons))

    def _cells(self, row: MoneyRow) -> list[str]:
        spending = self.numbers.units(row.spending, self.unit, symbol=False)
        if not self.is_based:
            return [one_line(row.name), spending]
        baseline = "new" if row.baseline is None else self.numbers.units(row.baseline, self.unit, symbol=False)
        change = self.numbers.units(row.change, self.unit, signed=True, symbol=False)
        share = (
            "" if math.isnan(row.change_share) or not row.change else self.numbers.share(row.change_share, signed=True)
        )
        return [one_line(row.name), baseline, spending, change, *([share] if self.has_shares else [])]

    def _outcomes(self) -> None:
        rows = self.bought.rows
        if not rows:
            return
        together = "" if len(self.plan.scenario.periods) == 1 else ", all periods together"
        lines = [self._outcome(row) for row in rows]
        heads = ["Baseline", "Plan", "Change"] if self.is_based else ["Plan"]
        widths = [max(len(head), *(len(line[1][at]) for line in lines)) for at, head in enumerate(heads)]
        if self.is_based and not self._fits(*widths):
            # the baseline is what the plan has less its change
            heads, lines = heads[1:], [(name, figures[1:], notes) for name, figures, notes in lines]
        beside = self._fits(*widths, NARROWEST_NOTE) and any(notes for _, _, notes in lines)
        cells = [
            [name, *figures, notes] if beside else [f"{name} ({notes})" if notes else name, *figures]
            for name, figures, notes in lines
        ]
        self._table(f"What it buys{together}", ["Outcome", *heads, *([""] if beside else [])], cells, notes=beside)

    def _outcome(self, row: OutcomeRow) -> tuple[str, list[str], str]:
        """Return the name, the figures and the notes of an outcome."""
        figures = [row.text(self.numbers, row.level)]
        if self.is_based:
            change = row.text(self.numbers, row.change, signed=True)
            figures = [row.text(self.numbers, row.baseline or 0), *figures, change]
        notes = [] if row.better is None else ["better" if row.better else "worse"]
        notes += {"all": ["assumed"], "part": ["partly assumed"]}.get(row.assumed, [])
        unit = "" if one_line(row.unit) in row.name.lower() else f", {one_line(row.unit)}"
        return row.name + unit, figures, ", ".join(notes)

    def _funds(self) -> None:
        figures, periods = self.figures, self.plan.scenario.periods
        accounts = figures.fund_rows()
        has_reserve = any(account.reserve for account in accounts)
        cells = []
        for account in accounts:
            name = figures.fund_names[account.fund]
            if len(periods) > 1:
                name = f"{name}, {one_line(periods[account.period])}"
            amounts = [account.spending, account.closing, *([account.reserve] if has_reserve else [])]
            cells.append([name, *(self.numbers.units(amount, self.unit, symbol=False) for amount in amounts)])
        heads = ["Fund", "Spending", "Closing", *(["Reserve"] if has_reserve else [])]
        self._table(f"The funds, {self._amounts().removesuffix(', all periods together')}", heads, cells)

    def _limits(self) -> None:
        binding = [limit for limit in self.limits if limit.binding]
        if not binding:
            self._line("No limit holds the plan back.")
            self._line()
            return
        shown = binding if self.everything else binding[:MOST_LIMITS]
        self._line()
        self._line("Limits that bind, and what relief of each would gain", style="bold")
        for limit in shown:
            self._line(f"- {_limit_words(limit)}", hanging=2)
        if len(shown) < len(binding):
            self._line(f"- and {self.numbers.number(len(binding) - len(shown))} more; --all shows them.", hanging=2)
        self._line()

    def _table(
        self,
        title: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        last: Sequence[str] = (),
        notes: bool = False,
    ) -> None:
        """Print a table: names, figures, and with ``notes`` a last column of words.

        Figures have the width that they need, names and notes what is left; they are folded, never cut.
        """
        from rich import box
        from rich.cells import cell_len
        from rich.table import Table
        from rich.text import Text

        every = [heads, *rows, *([last] if last else [])]
        widths = [max(cell_len(row[at]) for row in every) for at in range(len(heads))]
        figures = sum(width + BETWEEN for width in widths[1 : len(heads) - notes])
        room = self.console.width - figures
        widths[0] = max(min(widths[0], WIDEST_NAME, room - (NARROWEST_NOTE + BETWEEN) * notes), NARROWEST_NAME)
        if notes:
            widths[-1] = max(min(widths[-1], room - widths[0] - BETWEEN), NARROWEST_NOTE)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, header_style="")
        for at, head in enumerate(heads):
            is_figure = 0 < at < len(heads) - notes
            table.add_column(head, width=widths[at], justify="right" if is_figure else "left", overflow="fold")
        for row in rows:
            # as Text, so that nothing in a name is taken for markup
            table.add_row(*(Text(in_encoding(cell, self.console.encoding)) for cell in row))
        if last:
            table.add_section()
            table.add_row(*(Text(in_encoding(cell, self.console.encoding), style="bold") for cell in last))
        self._line()
        self._line(title[:1].upper() + title[1:], style="bold")
        width = self.console.width
        # on a terminal too narrow for its numbers a line runs on: that is better than a number cut short
        self.console.width = max(width, sum(widths) + BETWEEN * (len(widths) - 1))
        try:
            self.console.print(table)
        finally:
            self.console.width = width

    def _line(self, words: str = "", *, style: str = "", hanging: int = 0) -> None:
        from rich.text import Text

        text = Text(in_encoding(words, self.console.encoding), style=style)
        for at, line in enumerate(text.wrap(self.console, max(self.console.width - hanging, 8))):
            line.rstrip()
            self.console.print(Text(" " * hanging if at else "") + line if hanging else line)


def _limit_words(limit: LimitLine) -> str:
    where = f", {limit.period}" if limit.period else ""
    held = limit.bound or limit.sense
    because = f" ({limit.because})" if limit.because else ""
    return f"{limit.name}{where}: {held}{because}. {limit.price_words}"
