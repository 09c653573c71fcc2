"""What a plan does by the words of a scenario, in exact fractions and plain loops, from the mapping that was written.

The slowest and simplest reading there is: it shares nothing with the package, so that audit can be tested against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

__all__ = ["Miss", "Reading", "admitted", "exact", "is_share", "matches", "per_period"]

Spending = Mapping[tuple[str, str, str], Fraction]
Transfers = Mapping[tuple[str, str, str], Fraction]


def is_share(value: Any) -> bool:
    return isinstance(value, str) and value.endswith("%")


def exact(value: Any) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth, 12% is 3/25."""
    if is_share(value):
        return Fraction(value[:-1]) / 100
    return Fraction(str(value))


def per_period(value: Any, period: str, missing: Any = 0) -> Any:
    return value.get(period, missing) if isinstance(value, Mapping) else value


def matches(program: str, words: Mapping[str, Any], where: Mapping[str, Any] | None) -> bool:
    """Return whether a ``where`` selects a program, for the forms that the strategies write."""
    if where is None:
        return True
    for key, term in where.items():
        if key == "not":
            if matches(program, words, term):
                return False
        elif key == "all":
            if not all(matches(program, words, part) for part in term):
                return False
        elif key == "any":
            if not any(matches(program, words, part) for part in term):
                return False
        else:
            has = [program] if key == "program" else words.get(key, [])
            has = has if isinstance(has, list) else list(has) if isinstance(has, dict) else [has]
            reverse = isinstance(term, dict)
            wanted = term["not"] if reverse else term
            wanted = wanted if isinstance(wanted, list) else [wanted]
            if any(word in wanted for word in has) is reverse:
                return False
    return True


def admitted(document: Mapping[str, Any], program: str) -> list[str]:
    """Return the funds that may pay for a program."""
    words = document["programs"][program]
    named = words.get("funds", list(document["funds"]))
    return [
        fund
        for fund in document["funds"]
        if fund in named and matches(program, words, document["funds"][fund].get("only"))
    ]


@dataclass(frozen=True)
class Miss:
    """A limit that is not kept."""

    kind: str
    name: str
    period: str | None
    program: str | None
    fund: str | None
    excess: Fraction

    @property
    def key(self) -> tuple[str, str, str | None, str | None, str | None]:
        return (self.kind, self.name, self.period, self.program, self.fund)


@dataclass
class Reading:
    """A plan beside the mapping of its scenario."""

    document: Mapping[str, Any]
    spending: Spending
    transfers: Transfers = field(default_factory=dict)

    @property
    def periods(self) -> list[str]:
        return self.document.get("periods", ["budget"])

    @property
    def programs(self) -> Mapping[str, Any]:
        return self.document["programs"]

    @property
    def funds(self) -> Mapping[str, Any]:
        return self.document["funds"]

    def spent(self, program: str, period: str, funds: Iterable[str] | None = None) -> Fraction:
        return sum(
            (self.spending.get((program, fund, period), Fraction(0)) for fund in (funds or self.funds)), Fraction(0)
        )

    def effect(self, program: str, outcome: str, period: str) -> Fraction:
        effect = self.programs[program].get("outcomes", {}).get(outcome)
        spent = self.spent(program, period)
        if effect is None:
            return Fraction(0)
        if "per_dollar" in effect:
            return exact(effect["per_dollar"]) * spent
        if "unit_cost" in effect:
            units = spent / exact(effect["unit_cost"])
            return min(units, exact(effect["up_to"])) if "up_to" in effect else units
        points = [(exact(x), exact(y)) for x, y in effect["curve"]]
        for (x0, y0), (x1, y1) in pairwise(points):
            if spent <= x1:
                return y0 + (y1 - y0) * (spent - x0) / (x1 - x0)
        return points[-1][1]

    def level(self, outcome: str, period: str, where: Any = None) -> Fraction:
        chosen = [program for program, words in self.programs.items() if matches(program, words, where)]
        return sum((self.effect(program, outcome, period) for program in chosen), Fraction(0))

    def worth(self, outcome: str) -> Fraction:
        words = self.document["outcomes"][outcome]
        weight = exact(words.get("weight", 0))
        return weight if words.get("direction", "increase") == "increase" else -weight

    def objective(self, objective: Mapping[str, Any] | None = None) -> Fraction:
        what = next(iter(objective.values())) if objective else "weighted outcomes"
        outcomes = self.document["outcomes"]
        if what == "weighted outcomes":
            return sum((self.worth(o) * self.level(o, t) for o in outcomes for t in self.periods), Fraction(0))
        if what == "spending":
            return sum((self.spent(p, t) for p in self.programs for t in self.periods), Fraction(0))
        if what == "change from baseline":
            changes = (
                self.spent(p, t) - exact(w.get("baseline", 0)) for p, w in self.programs.items() for t in self.periods
            )
            return sum((abs(change) for change in changes), Fraction(0))
        if what == "largest cut":
            bases = [(p, exact(words["baseline"])) for p, words in self.programs.items() if words.get("baseline")]
            # where every program gains, the largest cut is none
            return max([Fraction(0), *(1 - self.spent(p, t) / base for p, base in bases for t in self.periods)])
        return sum((self.level(what, t) for t in self.periods), Fraction(0))

    def closing(self, fund: str) -> dict[str, Fraction]:
        words = self.funds[fund]
        balance = exact(words.get("opening_balance", 0))
        closing = {}
        for period in self.periods:
            balance += exact(per_period(words.get("revenue", 0), period)) + exact(
                per_period(words.get("one_time", 0), period)
            )
            balance += sum((v for (_, to, t), v in self.transfers.items() if to == fund and t == period), Fraction(0))
            balance -= sum((v for (by, _, t), v in self.transfers.items() if by == fund and t == period), Fraction(0))
            balance -= sum((v for (_, by, t), v in self.spending.items() if by == fund and t == period), Fraction(0))
            closing[period] = balance
            if not words.get("carryover", True):
                balance = Fraction(0)
        return closing

    def reserve(self, fund: str, period: str) -> Fraction:
        words = self.funds[fund]
        reserve = words.get("reserve")
        if reserve is None:
            return Fraction(0)
        if not isinstance(reserve, Mapping):
            reserve = {"at_least": reserve}
        level = exact(reserve["at_least"])
        if not is_share(reserve["at_least"]):
            return level
        if reserve.get("of", "revenue") == "revenue":
            return level * exact(per_period(words.get("revenue", 0), period))
        return level * sum((self.spent(program, period, [fund]) for program in self.programs), Fraction(0))

    def misses(self) -> list[Miss]:
        """Return every limit that is not kept, however little is missing."""
        found = [*self._program_misses(), *self._fund_misses(), *self._transfer_misses(), *self._target_misses()]
        for rule in self.document.get("rules", []):
            found.extend(self._change_misses(rule) if "change" in rule else self._sum_misses(rule))
        return found

    def _program_misses(self) -> Iterable[Miss]:
        for (program, fund, period), amount in self.spending.items():
            if amount < 0:
                yield Miss("amount", program, period, program, fund, -amount)
            elif amount > 0 and fund not in admitted(self.document, program):
                yield Miss("eligibility", program, period, program, fund, amount)
        for program, words in self.programs.items():
            for key, sign in (("at_least", 1), ("at_most", -1)):
                for period in self.periods:
                    bound = per_period(words.get("spending", {}).get(key), period, None)
                    if bound is None or (is_share(bound) and "baseline" not in words):
                        continue
                    limit = exact(bound) * (exact(words["baseline"]) if is_share(bound) else 1)
                    yield from _miss(
                        "spending limit", program, sign * (limit - self.spent(program, period)), period, program
                    )

    def _fund_misses(self) -> Iterable[Miss]:
        for fund, words in self.funds.items():
            kind = "reserve" if "reserve" in words else "fund balance"
            for period, closing in self.closing(fund).items():
                yield from _miss(kind, fund, self.reserve(fund, period) - closing, period, fund=fund)
                if words.get("structural_balance"):
                    recurring = [p for p, w in self.programs.items() if w.get("recurring", True)]
                    paid = sum((self.spent(p, period, [fund]) for p in recurring), Fraction(0))
                    revenue = exact(per_period(words.get("revenue", 0), period))
                    yield from _miss("structural balance", fund, paid - revenue, period, fund=fund)

    def _transfer_misses(self) -> Iterable[Miss]:
        for giver, words in self.funds.items():
            for taker in self.funds:
                limits = words.get("transfers_to", {}).get(taker, {"at_most": 0})
                for period in self.periods:
                    moved = self.transfers.get((giver, taker, period), Fraction(0))
                    least = exact(per_period(limits.get("at_least", 0), period))
                    most = exact(per_period(limits["at_most"], period))
                    yield from _miss(
                        "transfer", f"{giver} to {taker}", max(least - moved, moved - most), period, fund=giver
                    )

    def _target_misses(self) -> Iterable[Miss]:
        for outcome, words in self.document["outcomes"].items():
            target = words.get("target", {})
            levels = {period: self.level(outcome, period) for period in self.periods}
            yield from self._bounds("target", outcome, target, levels, None, self.periods)

    def _sum_misses(self, rule: Mapping[str, Any]) -> Iterable[Miss]:
        held = [period for period in self.periods if period in rule.get("periods", self.periods)]
        value, base = self.sides(rule)
        yield from self._bounds("sum", rule["name"], rule, value, base, held)

    def sides(self, rule: Mapping[str, Any]) -> tuple[dict[str, Fraction], dict[str, Fraction] | None]:
        """Return the sum of a rule by period, and what its shares are shares of."""
        value = {t: self._sum(rule["sum"], t, rule.get("where"), rule.get("funds")) for t in self.periods}
        of = rule.get("of")
        if of is None:
            return value, None
        if isinstance(of, Mapping):
            return value, {
                t: self._sum(of.get("sum", "spending"), t, of.get("where"), of.get("funds")) for t in self.periods
            }
        if of == "total spending":
            return value, {t: self._sum("spending", t, None, rule.get("funds")) for t in self.periods}
        if of == "baseline":
            chosen = [words for program, words in self.programs.items() if matches(program, words, rule.get("where"))]
            return value, {
                t: sum((exact(words.get("baseline", 0)) for words in chosen), Fraction(0)) for t in self.periods
            }
        funds = [self.funds[fund] for fund in rule.get("funds", self.funds)]
        revenue = {
            t: sum((exact(per_period(words.get("revenue", 0), t)) for words in funds), Fraction(0))
            for t in self.periods
        }
        return value, revenue

    def _sum(self, what: str, period: str, where: Any, funds: Iterable[str] | None) -> Fraction:
        if what != "spending":
            return self.level(what.removeprefix("outcome "), period, where)
        chosen = [program for program, words in self.programs.items() if matches(program, words, where)]
        return sum((self.spent(program, period, funds) for program in chosen), Fraction(0))

    def _bounds(
        self,
        kind: str,
        name: str,
        words: Mapping[str, Any],
        value: Mapping[str, Fraction],
        base: Mapping[str, Fraction] | None,
        held: list[str],
    ) -> Iterable[Miss]:
        for key, sides in (("at_least", (1,)), ("at_most", (-1,)), ("equals", (1, -1))):
            for sign in sides:
                if key not in words:
                    continue
                if words.get("each") == "total":
                    whole = Fraction(1) if base is None else sum((base[t] for t in held), Fraction(0))
                    gap = exact(words[key]) * whole - sum((value[t] for t in held), Fraction(0))
                    yield from _miss(kind, name, sign * gap, None)
                    continue
                for period in held:
                    bound = per_period(words[key], period, None)
                    if bound is not None:
                        whole = Fraction(1) if base is None else base[period]
                        yield from _miss(kind, name, sign * (exact(bound) * whole - value[period]), period)

    def _change_misses(self, rule: Mapping[str, Any]) -> Iterable[Miss]:
        change = rule["change"]
        for program, words in self.programs.items():
            if "baseline" not in words or not matches(program, words, rule.get("where")):
                continue
            baseline = exact(words["baseline"])
            for period in (period for period in self.periods if period in rule.get("periods", self.periods)):
                move = self.spent(program, period) - baseline
                for key, size in (("at_most", abs(move)), ("increase_at_most", move), ("decrease_at_most", -move)):
                    if key in change:
                        yield from _miss("change", rule["name"], size - exact(change[key]) * baseline, period, program)


def _miss(
    kind: str, name: str, excess: Fraction, period: str | None, program: str | None = None, fund: str | None = None
) -> Iterable[Miss]:
    if excess > 0:
        yield Miss(kind, name, period, program, fund, excess)
