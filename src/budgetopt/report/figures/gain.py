"""What a plan gains, in words and figures: the terms of its first objective."""

from __future__ import annotations

from dataclasses import dataclass

from budgetopt.allocation import Allocation
from budgetopt.formulation.stages import decides_first, gives_up
from budgetopt.report.figures.numbers import Numbers, singular
from budgetopt.report.figures.text import one_line
from budgetopt.scenario.model import CHANGE, LARGEST_CUT, SHORTFALL, SPENDING, WEIGHTED_OUTCOMES, Smallest
from budgetopt.scenario.scenario import Scenario

__all__ = ["Gain"]

VALUE = "objective with its unspent money"
"""What an objective counts in which a dollar left unspent has a worth."""
_SUMS = (WEIGHTED_OUTCOMES, VALUE)
_STEPS = (1, 1_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Gain:
    """Says what a plan gains, in the terms of its first objective."""

    what: str  # the objective as the scenario names it, or "smallest" for the group that has least of an outcome
    maximize: bool
    unit: str  # what the objective counts: its own name, or the unit of an outcome that is the objective by itself
    numbers: Numbers
    in_first: str = ""  # where later objectives decide too, in what nothing is gained: " in the first objective"

    @classmethod
    def of(cls, plan: Allocation, numbers: Numbers) -> Gain:
        """Return how a plan's gains are said."""
        return cls.within(plan.scenario, numbers)

    @classmethod
    def within(cls, scenario: Scenario, numbers: Numbers) -> Gain:
        """Return how the gains of a scenario's plans are said."""
        first = scenario.objective[0]
        in_first = f" in {alone}" if (alone := decides_first(scenario)) else ""
        if first.unspent_worth:
            return cls(VALUE, True, one_line(first.name), numbers, in_first)
        what = first.maximize if first.maximize is not None else first.minimize
        if isinstance(what, Smallest):
            return cls("smallest", True, first.name or scenario.outcomes[what.smallest].unit, numbers, in_first)
        what = what or ""
        known = scenario.outcomes.get(what.removeprefix("outcome "))
        unit = one_line(first.name or (known.unit if known else ""))
        return cls(what, first.maximize is not None, unit, numbers, in_first)

    @staticmethod
    def told(scenario: Scenario, numbers: Numbers, what: str) -> list[str]:
        """Return of which value gains are told where later objectives may give up some of the first one."""
        if not gives_up(scenario):
            return []
        share = numbers.share(float(scenario.objective[0].within or 0.0), 3)
        return [f"Later objectives may give up {share} of the first one: {what} of its best value."]

    def words(self, gain: float) -> str:
        """Return a gain in words that follow *would*: ``save $1.20``, ``add 8.3 households``."""
        if self.what in _SUMS and not self.unit:
            return f"add {self.numbers.quantity(gain)} to the {self.what}"
        if self.what == SPENDING:
            return f"save {self.numbers.spoken_money(gain)}"
        if self.what == CHANGE:
            return f"move {self.numbers.spoken_money(gain)} less"
        if self.what == LARGEST_CUT:
            return f"make the largest cut smaller by {self.amount(gain)}"
        if self.what == "smallest":
            return f"add {self.numbers.with_unit(gain, self.unit)} to the group that has least"
        if self.unit:
            return f"{'add' if self.maximize else 'spare'} {self.numbers.with_unit(gain, self.unit)}"
        return f"bring {self.numbers.quantity(gain)} less {self.what}"

    def amount(self, gain: float) -> str:
        """Return a gain as an amount: ``8.3 households``, ``$1.20``, ``1.74 of the weighted outcomes``."""
        if self.what in (*_SUMS, SHORTFALL) and not self.unit:
            return f"{self.figure(gain)} {'in' if self.what == SHORTFALL else 'of the'} {self.what}"
        if self.what == LARGEST_CUT:
            return self.numbers.with_unit(100 * gain, self.counted_in)
        return self.numbers.with_unit(gain, self.unit) if self.unit else self.figure(gain)

    @property
    def counted_in(self) -> str:
        """What its figures count; empty for money, whose figures say so themselves."""
        if self.what in (*_SUMS, SHORTFALL):
            return self.unit or self.what
        return "percentage points" if self.what == LARGEST_CUT else self.unit

    def figure(self, gain: float) -> str:
        """Return a gain as a figure under a head that says what it counts: ``8.3``, ``$1.20``."""
        counted = 100 * gain if self.what == LARGEST_CUT else gain
        return self.numbers.quantity(counted) if self.counted_in else self.numbers.spoken_money(gain)

    def relaxed(self, price: float, unit: str, more: str) -> str:
        """Return what relaxing a limit would gain, from the gain for one unit.

        The unit is in the plural, and empty for money. What relaxing is comes after the amount: ``less asked for``.
        """
        least = {SPENDING: 0.1, CHANGE: 0.1, LARGEST_CUT: 0.001}.get(self.what, 1.0)
        step = next((step for step in _STEPS if price * step >= least * (1 - 1e-9)), _STEPS[-1])
        amount = singular(unit) if step == 1 else f"{self.numbers.number(step)} {unit}"
        amount = amount if unit else self.numbers.spoken_money(step)
        return f"Each {amount} {more} would {self.words(price * step)}."
