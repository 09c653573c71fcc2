"""Everything that the page shows, worked out before any of it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.report.charts import Bar, Chart, balance_chart, change_chart, group_chart, outcome_bar
from budgetopt.report.evidence import EffectLine, Sources, effect_lines, is_assumed
from budgetopt.report.figures import Account, Figures, Group, MoneyRow
from budgetopt.report.limit_lines import Gain, LimitLine, limits_of
from budgetopt.report.numbers import Numbers
from budgetopt.report.outcomes import Bought, OutcomeRow, assumed_programs
from budgetopt.report.proof import Proof, how_much_better, proof_of
from budgetopt.report.rounding import round_column
from budgetopt.report.story import over_periods, short_story
from budgetopt.report.text import clean, label, one_line, sentence
from budgetopt.scenario.model import WEIGHTED_OUTCOMES

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["Page", "ProgramLine"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure that stands out: what it is, its value, and what to know about it."""

    name: str
    value: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """One program as the page shows it.

    Parameters
    ----------
    identity, name
        Its id and its name.
    belongs
        Its department and priority.
    about
        Its description and note.
    money
        Its baseline, spending and change.
    periods
        What it has in each period.
    paid_by
        The funds that pay, and what each pays.
    buys
        What it brings: the outcome, the whole number of its row, and whether the effect is assumed.
    reason
        Why it has what it has.
    sources
        The numbers of its sources.
    """

    identity: str
    name: str
    belongs: str
    about: str
    money: MoneyRow
    periods: tuple[int, ...]
    paid_by: tuple[tuple[str, int], ...]
    buys: tuple[tuple[OutcomeRow, int, bool], ...]
    reason: str
    sources: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Page:
    """A plan as a page: one property for each thing that it shows.

    Parameters
    ----------
    plan
        The plan.
    numbers
        How numbers are written.
    made
        When the plan was made, in words; empty to leave it out.
    """

    plan: Allocation
    numbers: Numbers
    made: str = ""

    @property
    def title(self) -> str:
        """The scenario's name."""
        return one_line(self.plan.scenario.name)

    @property
    def description(self) -> str:
        """What the scenario stands for."""
        return clean(self.plan.scenario.document.description)

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods' names."""
        return tuple(one_line(period) for period in self.plan.scenario.periods)

    @property
    def over(self) -> str:
        """The periods as a phrase; empty where its one period names no date."""
        return over_periods(self.plan)

    @property
    def amounts(self) -> str:
        """What the amounts are, for the captions of tables."""
        currency = one_line(self.plan.scenario.currency)
        words = f"{self.figures.unit.words}s of {currency}" if self.figures.unit.words else currency
        together = "" if len(self.periods) == 1 else ", all periods together"
        return f"Amounts in {words}{together}"

    @cached_property
    def figures(self) -> Figures:
        """The money."""
        return Figures.of(self.plan)

    @cached_property
    def bought(self) -> Bought:
        """What it buys."""
        return Bought(self.plan)

    @cached_property
    def limits(self) -> list[LimitLine]:
        """Every limit."""
        return limits_of(self.plan, self.numbers)

    @cached_property
    def binding(self) -> list[LimitLine]:
        """The limits that bind."""
        return [limit for limit in self.limits if limit.binding]

    @cached_property
    def slack(self) -> list[LimitLine]:
        """The limits that leave room."""
        return [limit for limit in self.limits if not limit.binding]

    most_limits = 200
    """How many limits that bind, and how many that leave room, a page shows; a rule on many groups has one for each."""

    @cached_property
    def story(self) -> list[str]:
        """The plan in a few sentences."""
        return short_story(self.plan, self.figures, self.bought.rows, self.limits, self.numbers)

    @property
    def facts(self) -> list[Fact]:
        """The figures that stand out."""
        total, numbers, dollars = self.figures.total, self.numbers, self.figures.unit.dollars
        more = ""
        if total.baseline:
            more = (
                f"{numbers.share(total.change_share, signed=True)} against the baseline"
                if total.change
                else "as the baseline"
            )
        funded = int((self.figures.spending > 0).sum())
        facts = [
            Fact("Spending", numbers.spoken_money(total.spending * dollars), more),
            Fact("Programs funded", f"{numbers.number(funded)} of {numbers.number(total.programs)}"),
        ]
        if self.effects:
            assumed = f"{numbers.number(len(self.assumptions))} of {numbers.number(len(self.effects))}"
            facts.append(Fact("Effects that are assumptions", assumed))
        known = "best possible" if self.plan.proved else "best found"
        more = "proved" if self.plan.proved and not self.plan.certificate.bound_by_solver else "by the solver's word"
        if not self.plan.proved:
            more = how_much_better(self.plan, numbers)
        facts.append(Fact("This plan is the", known, more))
        return facts

    @cached_property
    def groups(self) -> list[tuple[Group, list[int]]]:
        """Money by priority and by department, each with its rows' shares of the plan in tenths of a percent."""
        found = [group for group in (self.figures.by("priority"), self.figures.by("department")) if group is not None]
        return [(group, self._shares(group)) for group in found]

    def _shares(self, group: Group) -> list[int]:
        spending = np.array([row.spending for row in group.rows], dtype=np.float64)
        if not spending.sum():
            return [0] * len(group.rows)
        tenths: list[int] = round_column(1000 * spending / spending.sum(), 1000).tolist()
        return tenths

    def chart_of(self, group: Group) -> Chart:
        """Return the chart of a group."""
        return group_chart(group, self.figures, self.numbers)

    @cached_property
    def changes(self) -> Chart | None:
        """The largest moves."""
        return change_chart(self.figures, self.numbers)

    @cached_property
    def balances(self) -> Chart | None:
        """The balances of the funds."""
        return balance_chart(self.figures, self.numbers)

    def outcome_bar(self, row: OutcomeRow) -> Bar | None:
        """Return the bar of an outcome."""
        return outcome_bar(row, self.numbers)

    def account_lines(self) -> Iterator[tuple[str, Account, str]]:
        """Yield every account with its fund's name and what another dollar in it would do."""
        gain = Gain.of(self.plan, self.numbers)
        prices = self.plan.funds["price"].tolist()
        for account, price in zip(self.figures.fund_rows(), prices, strict=True):
            words = gain.relief(price, "", "more") if price > 0 else ""
            yield self.figures.fund_names[account.fund], account, words

    @property
    def has_transfers(self) -> bool:
        """Whether money moves between funds."""
        return bool(self.figures.accounts["transfers_in"].any())

    @property
    def has_reserve(self) -> bool:
        """Whether a fund must keep a reserve."""
        return bool(self.figures.accounts["reserve"].any())

    @property
    def weighted(self) -> bool:
        """Whether outcomes are weighed against each other."""
        return any(
            (objective.maximize or objective.minimize) == WEIGHTED_OUTCOMES
            for objective in self.plan.scenario.objective
        )

    @cached_property
    def programs(self) -> list[ProgramLine]:
        """Every program, in the order of the scenario."""
        programs, figures = self.plan.scenario.programs, self.figures
        texts = {key: programs.text(key) for key in ("department", "priority", "description", "note")}
        assumed = [assumed_programs(programs, row.key) for row in self.bought.rows]
        reasons = self.plan.programs["reason"].tolist()
        lines = []
        for at, identity in enumerate(programs.ids.tolist()):
            belongs = [one_line(texts[key][at]) for key in ("department", "priority") if texts[key][at]]
            about = [sentence(texts[key][at]) for key in ("description", "note") if texts[key][at]]
            buys = self.bought.contributions.get(at, ())
            lines.append(
                ProgramLine(
                    identity=one_line(identity),
                    name=one_line(figures.names[at]),
                    belongs=" · ".join(dict.fromkeys(belongs)),
                    about=" ".join(about),
                    money=figures.program(at),
                    periods=tuple(figures.by_period[at].tolist()),
                    paid_by=tuple(figures.payers(at)),
                    buys=tuple((self.bought.rows[o], whole, bool(assumed[o][at])) for o, whole in buys),
                    reason=sentence(reasons[at]),
                    sources=tuple(self.sources.of_program(at)),
                )
            )
        return lines

    @cached_property
    def effects(self) -> list[EffectLine]:
        """Every effect, in words."""
        return effect_lines(self.plan, self.bought.rows, self.numbers)

    @cached_property
    def assumptions(self) -> list[EffectLine]:
        """The effects that are assumptions."""
        return [line for line in self.effects if line.evidence == "assumption"]

    @cached_property
    def other_assumptions(self) -> list[Fact]:
        """The other figures whose source says that they are assumptions: weights, and figures of funds and programs."""
        scenario, numbers = self.plan.scenario, self.numbers
        found = [
            Fact(f"Weight of “{row.name}”", numbers.quantity(row.weight), one_line(scenario.outcomes[row.key].source))
            for row in self.bought.rows
            if self.weight_is_assumed(row)
        ]
        for key, fund in scenario.funds.items():
            if is_assumed(fund.source):
                found.append(Fact(label(key, fund.name), "the figures of the fund", one_line(fund.source)))
        sources = scenario.programs.text("source")
        found += [
            Fact(line.name, "the figures of the program", one_line(source))
            for line, source in zip(self.programs, sources.tolist(), strict=True)
            if is_assumed(source)
        ]
        return found

    def weight_is_assumed(self, row: OutcomeRow) -> bool:
        """Return whether the weight of an outcome is an assumption."""
        return bool(row.weight) and is_assumed(self.plan.scenario.outcomes[row.key].source)

    @cached_property
    def shared_units(self) -> frozenset[str]:
        """The units in which more than one outcome is counted."""
        units = [row.unit for row in self.bought.rows]
        return frozenset(unit for unit in units if units.count(unit) > 1)

    @property
    def ungraded(self) -> int:
        """How many effects say nothing of their evidence."""
        return sum(not line.evidence for line in self.effects)

    @cached_property
    def sources(self) -> Sources:
        """Every source."""
        return Sources(self.plan, self.effects)

    @cached_property
    def proof(self) -> Proof:
        """What is proved and what is believed."""
        return proof_of(self.plan, self.numbers, len(self.assumptions))
