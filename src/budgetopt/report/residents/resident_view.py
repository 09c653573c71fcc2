"""What the page for residents shows of a plan, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.rounded_money import Figures
from budgetopt.report.figures.text import capital
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.residents.language import Language
from budgetopt.scenario.model import Residents

__all__ = ["VOTES", "ResidentView", "is_vote"]

VOTES = "votes"
"""The outcome that counts what residents say in a vote."""
_COUNTED_AS = ("votes", "points")


def is_vote(key: str, unit: str) -> bool:
    """Return whether an outcome is a vote of residents, or of some of them: ``votes``, ``votes from Ochota``.

    Another outcome may be counted in points, too, such as what pupils reach in a test.
    """
    return (key == VOTES or key.startswith(f"{VOTES} ")) and unit in _COUNTED_AS


@dataclass(frozen=True, eq=False)
class ResidentView:
    """A plan as residents see it, in their language."""

    plan: Allocation
    language: Language

    @cached_property
    def view(self) -> PlanView:
        """The plan as the page for the council has it, its numbers written in the language."""
        numbers = Numbers(self.plan.scenario.currency, "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}", self.language.locale)
        return PlanView(self.plan, numbers)

    @property
    def numbers(self) -> Numbers:
        """How numbers are written."""
        return self.view.numbers

    @property
    def figures(self) -> Figures:
        """The money."""
        return self.view.figures

    @property
    def said(self) -> Residents:
        """What the scenario says for residents."""
        return self.plan.scenario.document.residents

    @cached_property
    def names(self) -> list[str]:
        """The programs' names."""
        return [self.language.of_office(name) for name in self.figures.names.tolist()]

    @cached_property
    def departments(self) -> list[str]:
        """The programs' departments."""
        return [self.language.of_office(name) for name in self.plan.scenario.programs.text("department").tolist()]

    @cached_property
    def periods(self) -> list[str]:
        """The periods' names."""
        return [self.language.of_office(period) for period in self.plan.scenario.periods]

    @cached_property
    def when(self) -> str:
        """The time of the plan, as a phrase; empty for one period that names no date."""
        first, last = self.periods[0], self.periods[-1]
        if len(self.periods) > 1:
            return self.language.say("from {first} to {last}", first=first, last=last)
        return self.language.say("in {period}", period=first) if any(map(str.isdigit, first)) else ""

    @cached_property
    def together(self) -> str:
        """What to know of amounts that add years up; empty for one period."""
        if len(self.periods) == 1:
            return ""
        return self.language.say("Amounts are for all years together, {when}.", when=self.when)

    @cached_property
    def results(self) -> list[tuple[OutcomeRow, str, str]]:
        """The outcomes of which the plan or today's level has any, each with its name and unit; votes are none."""
        own = self.language.of_office
        rows = [row for row in self.view.bought.rows if not is_vote(row.key, row.unit)]
        return [(row, capital(own(row.name)), own(row.unit)) for row in rows if row.level or row.baseline]

    def money(self, amount: int, *, signed: bool = False) -> str:
        """Return an amount of the plan in full."""
        unit = self.figures.unit
        return self.numbers.money(amount * unit.dollars, unit.decimals, signed=signed)

    def level(self, row: OutcomeRow, whole: int) -> str:
        """Return a whole number of a row of outcomes."""
        return row.text(self.numbers, whole)
