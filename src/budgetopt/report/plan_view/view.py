"""Everything that the sections of a report show of a plan, worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.report.blocks.content import MONEY, WHOLE_MONEY, Media
from budgetopt.report.blocks.live_limits import LiveLimits
from budgetopt.report.blocks.live_sums import LiveSums
from budgetopt.report.figures.limit_lines import LimitLine, LimitLines, limits_of
from budgetopt.report.figures.numbers import Numbers, Unit, join_words, plural
from budgetopt.report.figures.outcome_rows import Bought, OutcomeRow
from budgetopt.report.figures.rounded_money import Figures, MoneyRow
from budgetopt.report.figures.sources import EffectLine, Sources, effect_lines
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.plan_view.asked_analyses import AskedAnalyses
from budgetopt.report.plan_view.story import short_story
from budgetopt.report.words.plan_words import baseline_growth, over_periods, package_words, together
from budgetopt.report.words.proof_words import ProofWords, proof_of
from budgetopt.scenario.estimates import is_assumed
from budgetopt.scenario.programs import Ints

__all__ = ["PlanView"]


@dataclass(frozen=True, eq=False)
class PlanView:
    """A plan as one medium shows it; programs and limits beyond the most that it shows are counted."""

    plan: Allocation
    numbers: Numbers
    media: Media = Media.PAGE
    unit: Unit | None = None  # left out, dollars or cents
    most_programs: int = 15
    most_limits: int = 200
    asked: AskedAnalyses = field(default_factory=AskedAnalyses)  # what was worked out beside the plan

    @cached_property
    def figures(self) -> Figures:
        """The money, in the unit of the medium."""
        return Figures.of(self.plan, self.unit)

    @cached_property
    def bought(self) -> Bought:
        """What it buys."""
        return Bought(self.plan)

    @cached_property
    def live(self) -> LiveSums:
        """The figures as a workbook works them out."""
        return LiveSums(self.plan)

    @cached_property
    def live_limits(self) -> LiveLimits:
        """The limits as a workbook works them out."""
        return LiveLimits(self.live)

    @cached_property
    def limits(self) -> LimitLines:
        """Every limit."""
        return limits_of(self.plan, self.numbers)

    @cached_property
    def binding(self) -> LimitLines:
        """The limits that bind."""
        return self.limits.binding

    @cached_property
    def slack(self) -> Sequence[LimitLine]:
        """The limits that do not bind."""
        return self.limits.last

    @cached_property
    def story(self) -> list[str]:
        """The plan in a few sentences."""
        return short_story(self.plan, Figures.of(self.plan), self.bought.rows, self.limits, self.numbers)

    @cached_property
    def packages(self) -> dict[int, str]:
        """By the position of a program, which packages it takes and when, in words that follow its name."""
        return package_words(self.plan)

    @cached_property
    def effects(self) -> list[EffectLine]:
        """Every effect, in words."""
        return effect_lines(self.plan, self.bought.rows, self.numbers)

    @cached_property
    def assumptions(self) -> list[EffectLine]:
        """The effects that are assumptions: those that are called so, and those of which no evidence is given."""
        return [line for line in self.effects if line.assumed]

    @cached_property
    def resting(self) -> Ints:
        """Positions of the programs whose money brings something by an effect that is an assumption."""
        brought = self.plan.effect_ranges
        return np.unique(brought.program[brought.assumed & brought.brings])

    @cached_property
    def assumption_words(self) -> str:
        """How many effects are assumptions, and how much money rests on them, in a sentence; empty for none."""
        if not self.assumptions:
            return ""
        of, silent = plural(len(self.effects), "effect"), sum(line.silent for line in self.assumptions)
        words = f"{self.numbers.number(len(self.assumptions))} of {of} "
        words += "is an assumption" if len(self.assumptions) == 1 else "are assumptions"
        if len(self.assumptions) == len(self.effects):
            words = "The one effect is an assumption" if len(self.effects) == 1 else f"All {of} are assumptions"
        if silent:
            which = "because" if silent == len(self.assumptions) else f"{self.numbers.number(silent)} of them because"
            words += f", {which} nothing is said of the evidence"
        spending, resting = self.figures.spending, self.resting
        money, total = (int(spending[at].sum()) * self.figures.unit.dollars for at in (resting, slice(None)))
        them = "it" if len(self.assumptions) == 1 else "them"
        if not money:
            return f"{words}. No money of the plan rests on {them}."
        largest = resting[np.argsort(-spending[resting], kind="stable")][:3]
        named = [one_line(self.figures.names[at]) for at in largest]
        named = named if len(resting) <= 3 else [*named[:2], plural(len(resting) - 2, "other program")]
        spent = self.numbers.spoken_money(money)
        spent += (
            f" of the {self.numbers.spoken_money(total)} of the plan" if money < total else ", all money of the plan,"
        )
        return f"{words}. {spent} rests on {them}: {join_words(named)}."

    @cached_property
    def other_assumptions(self) -> list[tuple[str, str, str]]:
        """The other figures whose source says that they are assumptions: a name, the figure and the source."""
        scenario = self.plan.scenario
        found = [
            (f"Weight of “{row.name}”", self.numbers.quantity(row.weight), scenario.outcomes[row.key].source)
            for row in self.bought.rows
            if self.weight_is_assumed(row)
        ]
        funds = scenario.funds.items()
        found += [(label(key, fund.name), "the figures of the fund", fund.source) for key, fund in funds]
        programs = zip(self.figures.names.tolist(), scenario.programs.text("source").tolist(), strict=True)
        found += [(one_line(name), "the figures of the program", source) for name, source in programs if source]
        return [(name, figure, one_line(source)) for name, figure, source in found if is_assumed(source)]

    def weight_is_assumed(self, row: OutcomeRow) -> bool:
        """Return whether the weight of an outcome is an assumption."""
        return bool(row.weight) and is_assumed(self.plan.scenario.outcomes[row.key].source)

    @cached_property
    def sources(self) -> Sources:
        """Every source."""
        return Sources(self.plan, self.effects)

    @cached_property
    def proof(self) -> ProofWords:
        """What is proved and what is believed; a summary has no use for the number of assumptions."""
        assumptions = None if self.media in Media.SUMMARY else len(self.assumptions)
        return proof_of(self.plan, self.numbers, assumptions)

    @property
    def title(self) -> str:
        """The scenario's name."""
        return one_line(self.plan.scenario.name)

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods' names."""
        return tuple(one_line(period) for period in self.plan.scenario.periods)

    @property
    def over(self) -> str:
        """The periods as a phrase; empty where its one period names no date."""
        return over_periods(self.plan)

    @property
    def together(self) -> str:
        """What to say of figures that add periods up; empty for one period."""
        return together(self.plan.scenario)

    @property
    def undiscounted(self) -> str:
        """What to say of weighted outcomes that are added up as they are; empty where none is discounted."""
        return ", not discounted" if self.plan.scenario.document.discount and len(self.periods) > 1 else ""

    @property
    def currency(self) -> str:
        """What amounts are in: ``USD``, ``millions of USD``."""
        currency = one_line(self.plan.scenario.currency)
        return f"{self.figures.unit.words}s of {currency}" if self.figures.unit.words else currency

    @property
    def amounts(self) -> str:
        """What the amounts are, for the captions of tables."""
        growth = baseline_growth(self.plan.scenario)
        grows = f"; the baseline grows with {growth}" if growth else ""
        return f"Amounts in {self.currency}{self.together}{grows}"

    @property
    def _symbol(self) -> bool:
        """Whether the currency stands before each amount of a table, and not in its title."""
        return self.media in Media.PAGE | Media.NOTEBOOK

    def money(self, amount: int | None) -> str:
        """Return an amount of a table; a baseline that is not there makes a program new."""
        return "new" if amount is None else self.numbers.units(amount, self.figures.unit, symbol=self._symbol)

    def many_money(self, amounts: Ints, *, signed: bool = False) -> list[str]:
        """Return many amounts of a table, or changes with their signs; shape (n,)."""
        return self.numbers.many_units(amounts, self.figures.unit, signed=signed, symbol=self._symbol)

    def change(self, row: MoneyRow) -> str:
        """Return a change with its sign."""
        return self.numbers.units(row.change, self.figures.unit, signed=True, symbol=self._symbol)

    def share(self, row: MoneyRow) -> str:
        """Return a change as a share of the baseline; empty without one."""
        return self.numbers.said_share(row.change_share, signed=True) if row.change and row.baseline else ""

    def sparse(self, amount: int) -> str:
        """Return an amount without its currency, and a dash for none."""
        return self.numbers.units(amount, self.figures.unit, symbol=False) if amount else "\N{EN DASH}"

    @cached_property
    def money_format(self) -> str:
        """The format of money in a workbook: whole, or with cents where the unit is less than a dollar."""
        return MONEY if self.figures.unit.decimals else WHOLE_MONEY

    def cut(self, limits: Sequence[LimitLine]) -> tuple[Sequence[LimitLine], int]:
        """Return the limits that are shown, few of them of single programs where not all are, and how many are not."""
        shown = limits[: self.most_limits]
        if len(shown) < len(limits):
            own = [limit for limit in shown if limit.of_program][: self.most_limits // 4]
            shown = [*(limit for limit in shown if not limit.of_program), *own]
        return shown, len(limits) - len(shown)
