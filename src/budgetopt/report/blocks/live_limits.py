"""The limits of a plan as formulas of a workbook: what the plan has, what is asked, and whether that is kept."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.inputs import groups
from budgetopt.report.blocks.content import Formula, Value
from budgetopt.report.blocks.live_rows import literal, times
from budgetopt.report.blocks.live_sums import LiveSums
from budgetopt.scenario.model import ChangeRule, OfSelection, SumRule
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.selection import select

__all__ = ["BROKEN", "KEPT", "NOT_AGAIN", "LiveLimit", "LiveLimits", "kept_formula"]

KEPT, BROKEN = "yes", "no"
ON_PROGRAMS, NOT_AGAIN, GOAL = "see Programs", "not worked out again", "no, a goal"
"""What is said of a limit that holds for programs one by one, of one that stays as solved, and of a goal."""


@dataclass(frozen=True, slots=True)
class LiveLimit:
    """One row of the sheet of limits."""

    value: Value
    lower: Value
    upper: Value
    kept: Value


def kept_formula(value: str, lower: str, upper: str, allowed: float, result: bool, broken: str = BROKEN) -> Formula:
    """Return the formula that says whether a value keeps its limits; an empty text is no limit."""
    sides = [f"{value}>={lower}-{literal(allowed)}"] if lower else []
    sides += [f"{value}<={upper}+{literal(allowed)}"] if upper else []
    both = f"AND({','.join(sides)})" if len(sides) > 1 else "".join(sides)
    return Formula(f'=IF({both},"{KEPT}","{broken}")', KEPT if result else broken)


class LiveLimits:
    """The rows of ``plan.rules`` as the workbook works them out."""

    def __init__(self, sums: LiveSums) -> None:
        self.sums, self.plan, self.scenario = sums, sums.plan, sums.plan.scenario

    @cached_property
    def rows(self) -> list[LiveLimit]:
        """One for each row of ``plan.rules``, in its order."""
        cells = self._cells()
        found = []
        columns = ("limit", "part", "period", "sense", "value", "bound", "unit")
        table = self.plan.rules[list(columns)]
        for limit, part, period, sense, value, bound, unit in table.itertuples(index=False, name=None):
            waiting = cells.get((int(limit), str(part), str(period)))
            live = self._live(*waiting.popleft()) if waiting else None
            found.append(live or self._static(int(limit), sense, float(value), float(bound), str(unit)))
        return found

    def _cells(self) -> Mapping[tuple[int, str, str], deque[tuple[Check, int]]]:
        """Return what the audit checked, by limit, part and period; those of one key stand in order."""
        names = (*self.scenario.periods, "all")
        found: dict[tuple[int, str, str], deque[tuple[Check, int]]] = defaultdict(deque)
        for check in self.plan.audit.checks:
            if not isinstance(check.limit, int) or check.limit < 0 or not self._is_sum(check):
                continue
            parts = (*self.scenario.limits[check.limit].parts, "")
            for cell in range(len(check)):
                if np.isfinite(check.lower[cell]) or np.isfinite(check.upper[cell]):
                    part = "" if check.part is None else parts[int(check.part[cell])]
                    found[check.limit, part, names[int(check.period[cell])]].append((check, cell))
        return found

    def _is_sum(self, check: Check) -> bool:
        """Return whether the workbook works out what is limited."""
        return check.kind in _VALUES and self.sums.is_live

    def _live(self, check: Check, cell: int) -> LiveLimit:
        value, lower, upper = _VALUES[check.kind](self, check, cell)
        low, high = float(check.lower[cell]), float(check.upper[cell])
        kept = not check.select(np.arange(len(check)) == cell).missed[0]
        broken = GOAL if check.is_goal else BROKEN
        if check.is_goal:
            allowed, has = float(check.allowed[cell]), float(check.value[cell])
            kept = low - allowed <= has <= high + allowed
        has_low, has_high = math.isfinite(low), math.isfinite(high)
        sides = ("F{row}" if has_low else "", "G{row}" if has_high else "")
        return LiveLimit(
            Formula(f"={value}", float(check.value[cell])),
            _bound(lower, low) if has_low else None,
            _bound(upper, high) if has_high else None,
            kept_formula("E{row}", *sides, float(check.allowed[cell]), kept, broken),
        )

    def _static(self, limit: int, sense: str, value: float, bound: float, unit: str) -> LiveLimit:
        """Return a limit as the plan has it."""
        shared = self.scenario.limits.shared
        shown = value if math.isfinite(value) else None
        # of single programs, what has a number in dollars is a floor or a ceiling
        on_programs = shared[limit].kind == "kept baseline" if limit < len(shared) else not unit and sense != "holds"
        rule = self.scenario.rules[limit] if limit < len(self.scenario.rules) else None
        on_programs |= isinstance(rule, ChangeRule) and rule.change.from_ != "previous"
        words = ON_PROGRAMS if on_programs and self.sums.is_live else NOT_AGAIN
        lower = bound if sense in ("at least", "equals") and math.isfinite(bound) else None
        upper = bound if sense in ("at most", "equals") and math.isfinite(bound) else None
        return LiveLimit(shown, lower, upper, "" if sense == "not asked" else words)

    # what is limited, and what is asked, by the kind of check

    def _sum(self, check: Check, cell: int) -> tuple[str, str, str]:
        rule = next(rule for rule in self.scenario.rules if rule.name == check.name)
        assert isinstance(rule, SumRule)
        at = int(check.period[cell])
        periods = np.flatnonzero(self.scenario.period_mask(rule.periods)).tolist() if at == ALL_PERIODS else [at]
        selected = select(self.scenario.programs, rule.where).astype(np.float64)
        if rule.by is None:
            value = self.sums.quantity(rule.sum, selected, rule.funds, periods, rule.name)
            of = self._of(rule, selected, periods)
            bounds = (rule.at_least, rule.at_most) if rule.equals is None else (rule.equals, rule.equals)
            return value, *self._sides(bounds, of, at)
        named = groups(self.scenario, rule.by, rule.population)
        members = {name: share * selected for name, share in named.items()}
        assert check.part is not None
        number = int(check.part[cell])
        name = list(members)[number % len(members)]
        people = {group: rule.population.get(group, 1.0) for group in members}

        def of_group(group: str) -> str:
            return self.sums.quantity(rule.sum, members[group], rule.funds, periods, f"{rule.name}: {group}")

        if number >= len(members):
            others = [times(1 / people[group], of_group(group)) for group in members if group != name]
            least = times(1.0 - float(rule.parity or 0.0), f"MAX({','.join(others)})")
            return times(1 / people[name], of_group(name)), least, ""
        if rule.of in ("population share", "equal share"):
            share = people[name] / sum(people.values()) if rule.of == "population share" else 1 / len(members)
            everyone = np.sum(list(members.values()), axis=0)
            of = times(share, self.sums.quantity(rule.sum, everyone, rule.funds, periods, f"{rule.name}: all groups"))
        else:
            of = self._of(rule, members[name], periods)
        return of_group(name), *self._sides((rule.each_at_least, rule.each_at_most), of, at)

    def _of(self, rule: SumRule, selected: Floats, periods: list[int]) -> str:
        """Return what a share is a share of, empty for amounts."""
        if rule.of is None:
            return ""
        if isinstance(rule.of, OfSelection):
            others = select(self.scenario.programs, rule.of.where).astype(np.float64)
            return self.sums.quantity(rule.of.sum, others, rule.of.funds, periods, f"{rule.name}, of")
        if rule.of == "total spending":
            return self.sums.quantity("spending", np.ones(len(selected)), rule.funds, periods, f"{rule.name}, of")
        evaluation = self.sums.spending.evaluation
        if rule.of == "baseline":
            amounts = selected @ np.nan_to_num(evaluation.baselines)
        else:
            amounts = evaluation.balances.revenue[evaluation.fund_mask(rule.funds)].sum(axis=0)
        return literal(float(amounts[periods].sum()))

    def _sides(self, bounds: tuple[Any, Any], of: str, period: int) -> tuple[str, str]:
        """Return the limits of a period, or of all together, as shares of an expression; empty for plain amounts."""
        sides = []
        for bound in bounds:
            at_period = bound
            if isinstance(bound, Mapping):
                at_period = None if period == ALL_PERIODS else bound.get(self.scenario.periods[period])
            sides.append("" if at_period is None or not of else times(float(at_period), of))
        return sides[0], sides[1]

    def _target(self, check: Check, cell: int) -> tuple[str, str, str]:
        at, periods = int(check.period[cell]), len(self.scenario.periods)
        everyone = np.ones(len(self.scenario.programs))
        shown = range(periods) if at == ALL_PERIODS else (at,)
        return self.sums.quantity(f"outcome {check.name}", everyone, None, shown, check.name), "", ""

    def _resource(self, check: Check, cell: int) -> tuple[str, str, str]:
        at, position = int(check.period[cell]), list(self.scenario.resources).index(check.name)
        used = self.sums.quantity(
            f"resource {check.name}", np.ones(len(self.scenario.programs)), None, (at,), check.name
        )
        stood_in = float(self.sums.spending.evaluation.stood_in[position, at])
        return (f"{used}+{literal(stood_in)}" if stood_in else used), "", ""

    def _balance(self, check: Check, cell: int) -> tuple[str, str, str]:
        at = (list(self.scenario.funds).index(check.name), int(check.period[cell]))
        return self.sums.account("closing", *at), self.sums.account("reserve", *at), ""

    def _structure(self, check: Check, cell: int) -> tuple[str, str, str]:
        recurring = self.sums.spending.evaluation.recurring.astype(np.float64)
        name = f"recurring spending of {check.name}"
        at = (int(check.period[cell]),)
        return self.sums.quantity("spending", recurring, (check.name,), at, name), "", ""

    def _fund_spending(self, check: Check, cell: int) -> tuple[str, str, str]:
        fund = list(self.scenario.funds).index(check.name)
        return self.sums.account("spending", fund, int(check.period[cell])), "", ""


_VALUES: dict[str, Any] = {
    "sum": LiveLimits._sum,
    "target": LiveLimits._target,
    "resource": LiveLimits._resource,
    "reserve": LiveLimits._balance,
    "fund balance": LiveLimits._balance,
    "structural balance": LiveLimits._structure,
    "fund spending": LiveLimits._fund_spending,
}
"""The checks that the workbook works out again."""


def _bound(words: str, figure: float) -> Value:
    """Return a limit: a formula where it depends on the plan, else its figure."""
    return Formula(f"={words}", figure) if words else figure
