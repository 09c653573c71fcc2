"""What a plan does by the words of the whole language, in exact fractions and plain loops.

The slowest and simplest reading there is: it shares nothing with the package, so that audit and formulation can be
tested against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from typing import Any

from budgetopt.audit import SpendingPlan
from oracle import Miss, admitted, exact, is_share, matches, per_period

__all__ = ["ZERO", "Plain", "effect_at"]

ZERO = Fraction(0)


def effect_at(effect: Mapping[str, Any], buying: Fraction, level: Fraction) -> Fraction:
    """Return what an effect brings, by its words, where so many dollars buy it; a service is at a level of units."""
    if "per_dollar" in effect:
        return exact(effect["per_dollar"]) * buying
    if "per_unit" in effect:
        return exact(effect["per_unit"]) * level
    if "unit_cost" in effect:
        bought = buying / exact(effect["unit_cost"])
        return min(bought, exact(effect["up_to"])) if "up_to" in effect else bought
    points = [(exact(x), exact(y)) for x, y in effect["curve"]]
    for (x0, y0), (x1, y1) in pairwise(points):
        if level <= x1:
            return y0 + (y1 - y0) * (level - x0) / (x1 - x0)
    return points[-1][1]


class Plain:
    """A plan beside the mapping of its scenario."""

    def __init__(self, document: Mapping[str, Any], plan: SpendingPlan) -> None:
        self.document = document
        self.periods: list[str] = document["periods"]
        self.programs: Mapping[str, Any] = document["programs"]
        self.funds: Mapping[str, Any] = document["funds"]
        self.outcomes: Mapping[str, Any] = document["outcomes"]
        self.resources: Mapping[str, Any] = document.get("resources", {})
        self.paid = {
            (p, f, t): Fraction(float(plan.spending[i, j, k]))
            for i, p in enumerate(self.programs)
            for j, f in enumerate(self.funds)
            for k, t in enumerate(self.periods)
        }
        self.moved = {
            (f, g, t): Fraction(float(plan.transfers[i, j, k]))
            for i, f in enumerate(self.funds)
            for j, g in enumerate(self.funds)
            for k, t in enumerate(self.periods)
        }
        packages = [(p, k) for p, words in self.programs.items() for k in range(len(words.get("packages", [])))]
        self.taken = {
            (p, k, t): bool(plan.packages[i, j]) if plan.packages is not None else False
            for i, (p, k) in enumerate(packages)
            for j, t in enumerate(self.periods)
        }
        self.said_units = {
            (p, t): Fraction(float(plan.units[i, k]))
            for i, p in enumerate(self.programs)
            for k, t in enumerate(self.periods)
            if plan.units is not None and isfinite(plan.units[i, k])
        }

        pairs = [(name, other) for name, words in self.resources.items() for other in words.get("stand_in", {})]
        self.made = {
            (*pair, t): Fraction(float(plan.stand_ins[i, k])) if plan.stand_ins is not None else ZERO
            for i, pair in enumerate(pairs)
            for k, t in enumerate(self.periods)
        }

    # --- programs

    def spent(self, program: str, period: str, funds: Iterable[str] | None = None) -> Fraction:
        return sum((self.paid[program, fund, period] for fund in (funds or self.funds)), ZERO)

    def price(self, program: str, period: str) -> Fraction:
        rate = exact(self.programs[program].get("inflation", self.document.get("inflation", 0)))
        return (1 + rate) ** self.periods.index(period)

    def baseline(self, program: str, period: str) -> Fraction:
        said = self.programs[program].get("baseline", 0)
        # baselines by period are dollars of their own period
        return exact(said[period]) if isinstance(said, Mapping) else exact(said) * self.price(program, period)

    def fixed(self, program: str) -> Fraction:
        return exact(self.programs[program].get("if_funded", {}).get("fixed_cost", 0))

    def buying(self, program: str, period: str) -> Fraction:
        """Return the dollars of the first period that buy outcomes."""
        if "service" in self.programs[program] and (program, period) in self.said_units:
            return self.said_units[program, period] * exact(self.programs[program]["service"]["unit_cost"])
        return max(self.spent(program, period) / self.price(program, period) - self.fixed(program), ZERO)

    def units(self, program: str, period: str) -> Fraction:
        service = self.programs[program].get("service")
        if service is None:
            return ZERO
        cost = exact(service["unit_cost"])
        said = self.said_units.get((program, period))
        if said is None:
            return self.buying(program, period) / cost if cost else ZERO
        return said

    def real(self, program: str, period: str) -> Fraction:
        """Return dollars of the first period: those of the units where a plan says them, those spent otherwise."""
        if "service" in self.programs[program] and (program, period) in self.said_units:
            active = self.spent(program, period) > 0 or self.units(program, period) > 0
            return self.buying(program, period) + (self.fixed(program) if active else ZERO)
        return self.spent(program, period) / self.price(program, period)

    def is_project(self, program: str) -> bool:
        words = self.programs[program]
        return "start" in words or any(
            "opens_after" in one
            or one.get("then_costs", 0)
            or any(isinstance(said, list) and len(said) > 1 for said in (one["cost"], *one.get("uses", {}).values()))
            for one in words.get("packages", [])
        )

    def since(self, program: str, number: int, period: str) -> list[int]:
        """Return how long ago a package was taken, each time that still counts in a period."""
        now = self.periods.index(period)
        times = [i for i, t in enumerate(self.periods) if i <= now and self.taken[program, number, t]]
        return [now - i for i in times if self.is_project(program) or i == now]

    def due(self, program: str, period: str) -> Fraction:
        numbers = range(len(self.programs[program]["packages"]))
        costs = (self.cost_after(program, n, year) for n in numbers for year in self.since(program, n, period))
        return sum(costs, ZERO) * self.price(program, period)

    def cost_after(self, program: str, number: int, year: int) -> Fraction:
        """Return what a package costs so many years after it was taken, at the prices of the first period."""
        one = self.programs[program]["packages"][number]
        costs = one["cost"] if isinstance(one["cost"], list) else [one["cost"]]
        if year < len(costs):
            return exact(costs[year])
        return exact(one.get("then_costs", 0)) if year >= one.get("opens_after", len(costs) - 1) else ZERO

    def in_service(self, program: str, number: int, period: str) -> bool:
        return any(self.serves_after(program, number, year) for year in self.since(program, number, period))

    def serves_after(self, program: str, number: int, year: int) -> bool:
        """Return whether a package is in service so many years after it was taken."""
        one = self.programs[program]["packages"][number]
        years = len(one["cost"]) if isinstance(one["cost"], list) else 1
        return year >= one.get("opens_after", years - 1)

    def effect(self, program: str, outcome: str, period: str) -> Fraction:
        words = self.programs[program]
        if "packages" in words:
            return sum(
                (
                    exact(one.get("outcomes", {}).get(outcome, 0))
                    for number, one in enumerate(words["packages"])
                    if self.in_service(program, number, period)
                ),
                ZERO,
            )
        effect = words.get("outcomes", {}).get(outcome)
        if effect is None:
            return ZERO
        buying, units = self.buying(program, period), self.units(program, period)
        return effect_at(effect, buying, units if "service" in words else buying)

    def use(self, program: str, resource: str, period: str) -> Fraction:
        words = self.programs[program]
        if "packages" in words:
            return sum((self.use_of(program, n, resource, period) for n in range(len(words["packages"]))), ZERO)
        use = words.get("uses", {}).get(resource, {})
        real = self.real(program, period)
        total = real / exact(use["per"]) if "per" in use else ZERO
        total += real * exact(use.get("per_dollar", 0)) + self.units(program, period) * exact(use.get("per_unit", 0))
        for outcome, rate in use.get("per_outcome", {}).items():
            total += exact(rate) * self.effect(program, outcome, period)
        return total

    def use_of(self, program: str, number: int, resource: str, period: str) -> Fraction:
        years = self.since(program, number, period)
        each = [self.use_after(program, number, resource, year) for year in years]
        by_year = isinstance(self.programs[program]["packages"][number].get("uses", {}).get(resource), list)
        return sum(each, ZERO) if by_year else max(each, default=ZERO)

    def use_after(self, program: str, number: int, resource: str, year: int) -> Fraction:
        """Return what a package uses of a resource so many years after it was taken."""
        said = self.programs[program]["packages"][number].get("uses", {}).get(resource, 0)
        if isinstance(said, list):
            return exact(said[min(year, len(said) - 1)])
        return exact(said) if self.serves_after(program, number, year) else ZERO

    def funded(self, program: str, period: str) -> bool:
        words = self.programs[program]
        if "packages" in words:
            return any(self.since(program, number, period) for number in range(len(words["packages"])))
        return self.spent(program, period) >= Fraction("0.005") or self.units(program, period) > Fraction("0.000001")

    def ceiling(self, program: str, period: str) -> Fraction | None:
        """Return the spending at which a program covers everything; None for no end."""
        words, price = self.programs[program], self.price(program, period)
        said = per_period(words.get("spending", {}).get("at_most"), period, None)
        if said is not None:
            return exact(said) * (self.baseline(program, period) if is_share(said) else 1)
        if "up_to" in words.get("service", {}):
            cost = exact(words["service"]["up_to"]) * exact(words["service"]["unit_cost"])
            return (cost + self.fixed(program)) * price
        if "packages" in words:
            each = [one["cost"] if isinstance(one["cost"], list) else [one["cost"]] for one in words["packages"]]
            dearest = [max(exact(cost) for cost in costs) for costs in each]
            return (max(dearest) if words.get("choose") == "one" else sum(dearest, ZERO)) * price
        unit_cost = exact(words.get("service", {}).get("unit_cost", 1))
        ends = []
        for effect in words.get("outcomes", {}).values():
            if "curve" in effect:
                ends.append(exact(effect["curve"][-1][0]) * unit_cost)
            elif "up_to" in effect:
                ends.append(exact(effect["up_to"]) * exact(effect["unit_cost"]))
            else:
                return None
        return (max(ends) + self.fixed(program)) * price if ends else None

    def coverage(self, program: str, period: str) -> Fraction:
        service = self.programs[program].get("service", {})
        if service.get("unit_cost") == 0:
            return self.units(program, period) / exact(service["up_to"])
        ceiling = self.ceiling(program, period)
        cost = self.real(program, period) * self.price(program, period)
        return cost / ceiling if ceiling else ZERO

    # --- sums

    def level(self, outcome: str, period: str) -> Fraction:
        return sum((self.effect(program, outcome, period) for program in self.programs), ZERO)

    def used(self, resource: str, period: str) -> Fraction:
        total = sum((self.use(program, resource, period) for program in self.programs), ZERO)
        for (name, other, when), units in self.made.items():
            if when == period and resource == name:
                total -= units
            elif when == period and resource == other:
                total += units * self.stand_in(name, other)[0]
        return total

    def stand_in(self, resource: str, other: str) -> tuple[Fraction, Any]:
        """Return how many units of another resource take the place of one, and how many it may at most, if said."""
        said = self.resources[resource]["stand_in"][other]
        return (exact(said["per_unit"]), said.get("at_most")) if isinstance(said, Mapping) else (exact(said), None)

    def value(self, what: str, program: str, period: str, funds: Iterable[str] | None) -> Fraction:
        if what == "spending":
            return self.spent(program, period, funds)
        kind, name = what.split(" ")
        return self.effect(program, name, period) if kind == "outcome" else self.use(program, name, period)

    def shares(self, by: str, named: Iterable[str] = ()) -> dict[str, dict[str, Fraction]]:
        """Return for each group how much of each program belongs to it."""
        names = list(named)
        if by == "districts":
            found = [d for words in self.programs.values() for d in words.get("districts", {})]
            return {
                d: {p: exact(w.get("districts", {}).get(d, 0)) for p, w in self.programs.items()}
                for d in names or dict.fromkeys(found)
            }
        found = [words[by] for words in self.programs.values() if by in words]
        return {
            g: {p: Fraction(w.get(by) == g) for p, w in self.programs.items()} for g in names or dict.fromkeys(found)
        }

    # --- funds

    def revenue(self, fund: str, period: str) -> Fraction:
        said = self.funds[fund].get("revenue", 0)
        if isinstance(said, Mapping):
            return exact(said.get(period, 0))
        growth = self.funds[fund].get("growth", 0)
        sign = -1 if str(growth).startswith("-") else 1
        return exact(said) * (1 + sign * exact(str(growth).lstrip("-"))) ** self.periods.index(period)

    def pays(self, fund: str, period: str) -> Fraction:
        return sum((self.paid[program, fund, period] for program in self.programs), ZERO)

    def closing(self, fund: str) -> dict[str, Fraction]:
        words = self.funds[fund]
        balance, closing = exact(words.get("opening_balance", 0)), {}
        for period in self.periods:
            balance += self.revenue(fund, period) + exact(per_period(words.get("one_time", 0), period))
            balance += sum((self.moved[g, fund, period] - self.moved[fund, g, period] for g in self.funds), ZERO)
            balance -= self.pays(fund, period)
            closing[period] = balance
            if not words.get("carryover", True):
                balance = ZERO
        return closing

    def reserve(self, fund: str, period: str) -> Fraction:
        reserve = self.funds[fund].get("reserve")
        if reserve is None:
            return ZERO
        reserve = reserve if isinstance(reserve, Mapping) else {"at_least": reserve}
        if "by" in reserve and self.periods.index(period) < self.periods.index(reserve["by"]):
            return ZERO
        base = self.pays(fund, period) if reserve.get("of") == "spending" else self.revenue(fund, period)
        return self.amount(per_period(reserve["at_least"], period, 0), base)

    @staticmethod
    def amount(said: Any, base: Fraction) -> Fraction:
        return exact(said) * base if is_share(said) else exact(said)

    # --- what is sought

    def objective(self, objective: Mapping[str, Any]) -> Fraction:
        way = "maximize" if "maximize" in objective else "minimize"
        value = self.sought(objective[way])
        if objective.get("unspent_worth"):
            money = sum((exact(words.get("opening_balance", 0)) for words in self.funds.values()), ZERO)
            for period in self.periods:
                for fund, words in self.funds.items():
                    money += self.revenue(fund, period) + exact(per_period(words.get("one_time", 0), period))
                    money -= self.pays(fund, period)
            value += exact(objective["unspent_worth"]) * money
        return value

    def sought(self, what: Any) -> Fraction:
        discount = 1 + exact(self.document.get("discount", 0))
        counts = {period: 1 / discount**i for i, period in enumerate(self.periods)}
        cells = [(program, period) for program in self.programs for period in self.periods]
        if isinstance(what, Mapping):
            groups = self.shares(what.get("by", "districts")).values()
            of = what["smallest"]
            return min(sum((share[p] * self.effect(p, of, t) for p, t in cells), ZERO) for share in groups)
        if what == "weighted outcomes":
            return sum((self.worth(o) * self.level(o, t) * counts[t] for o in self.outcomes for t in counts), ZERO)
        if what == "spending":
            return sum((self.spent(p, t) for p, t in cells), ZERO)
        if what == "change from baseline":
            return sum((abs(self.spent(p, t) - self.baseline(p, t)) for p, t in cells), ZERO)
        if what == "largest cut":
            bases = [(self.spent(p, t), self.baseline(p, t)) for p, t in cells]
            return max((1 - spent / base for spent, base in bases if base > 0 and spent < base), default=ZERO)
        if what == "shortfall from targets":
            return sum((self.weight(o) * miss for o in self.outcomes for _, miss in self.gaps(o)), ZERO)
        return sum((self.level(what, t) * counts[t] for t in self.periods), ZERO)

    def worth(self, outcome: str) -> Fraction:
        words = self.outcomes[outcome]
        weight = exact(words.get("weight", 0))
        return weight if words.get("direction", "increase") == "increase" else -weight

    def weight(self, outcome: str) -> Fraction:
        said = self.outcomes[outcome].get("target", {}).get("weight")
        return exact(said) if said is not None else exact(self.outcomes[outcome].get("weight", 0)) or Fraction(1)

    def gaps(self, outcome: str) -> Iterable[tuple[str | None, Fraction]]:
        """Yield by how much a target is missed in each period, or in all together."""
        return ((period, gap) for period, gap in self.aims(outcome) if gap > 0)

    def aims(self, outcome: str) -> Iterable[tuple[str | None, Fraction]]:
        """Yield for each level of a target what is missing, negative where it is exceeded."""
        target = self.outcomes[outcome].get("target")
        if target is None:
            return
        levels: dict[str | None, Fraction] = {t: self.level(outcome, t) for t in self.periods}
        if target.get("each") == "total":
            levels = {None: sum(levels.values(), ZERO)}
        for period, level in levels.items():
            for key, sign in (("at_least", 1), ("at_most", -1)):
                bound = target.get(key) if period is None else per_period(target.get(key), period, None)
                if bound is not None:
                    yield period, sign * (exact(bound) - level)

    # --- limits

    @property
    def targets_are_goals(self) -> bool:
        return any(entry.get("minimize") == "shortfall from targets" for entry in self.document.get("objective", []))

    def misses(self) -> list[Miss]:
        """Return every limit that is not kept, however little is missing."""
        found = [*self._programs(), *self._packages(), *self._funds(), *self._grants(), *self._resources()]
        if not self.targets_are_goals:
            found += [Miss("target", o, t, None, None, gap) for o in self.outcomes for t, gap in self.gaps(o)]
        for rule in self.document.get("rules", []):
            found += self._rule(rule)
        return [miss for miss in found if miss.excess > 0]

    def _programs(self) -> Iterable[Miss]:
        for program, words in self.programs.items():
            yield from self._program_limits(program)
            service, open_ = words.get("service", {}), words.get("if_funded", {})
            if words.get("one_fund"):
                count = sum(any(self.paid[program, fund, t] > 0 for t in self.periods) for fund in self.funds)
                yield Miss("one fund", "one_fund", None, program, None, Fraction(count - 1))
            for period in self.periods:
                spent, units = self.spent(program, period), self.units(program, period)
                for fund in self.funds:
                    if not self.may_pay(fund, program, period):
                        yield Miss("eligibility", program, period, program, fund, self.paid[program, fund, period])
                if service.get("whole"):
                    yield Miss("whole units", "service", period, program, None, abs(units - round(units)))
                fixed = exact(open_.get("fixed_cost", 0)) * self.price(program, period)
                if spent > 0:
                    least = max(fixed, exact(open_.get("at_least", 0)))
                    yield Miss("if funded", program, period, program, None, least - spent)
                elif self.funded(program, period) and "packages" not in words:
                    least = exact(open_.get("at_least", 0)) if service.get("unit_cost") else ZERO
                    yield Miss("if funded", program, period, program, None, max(fixed, least))
                if service and (program, period) in self.said_units:
                    cost = self.real(program, period) * self.price(program, period)
                    # what a free service needs for its fixed cost is a condition of its being funded
                    free = not exact(service["unit_cost"])
                    yield Miss("service", program, period, program, None, spent - cost if free else abs(spent - cost))

    def may_pay(self, fund: str, program: str, period: str) -> bool:
        said, now = self.funds[fund], self.periods.index(period)
        early = "starts" in said and now < self.periods.index(said["starts"])
        late = "ends" in said and now > self.periods.index(said["ends"])
        return fund in admitted(self.document, program) and not early and not late

    def _program_limits(self, program: str) -> Iterable[Miss]:
        words = self.programs[program]
        for period in self.periods:
            spent, units = self.spent(program, period), self.units(program, period)
            for key, sign in (("at_least", 1), ("at_most", -1)):
                bound = per_period(words.get("spending", {}).get(key), period, None)
                if bound is not None and not (is_share(bound) and "baseline" not in words):
                    limit = self.amount(bound, self.baseline(program, period))
                    yield Miss("spending limit", program, period, program, None, sign * (limit - spent))
                if (most := words.get("service", {}).get("up_to" if key == "at_most" else key)) is not None:
                    yield Miss("service", program, period, program, None, sign * (exact(most) - units))

    def _packages(self) -> Iterable[Miss]:
        for program, words in self.programs.items():
            if "packages" not in words:
                continue
            numbers, choose = range(len(words["packages"])), words.get("choose", "in_order")
            for period in self.periods:
                gap = abs(self.spent(program, period) - self.due(program, period))
                yield Miss("packages", program, period, program, None, gap)
                for number in numbers:
                    runs = self.since(program, number, period)
                    if choose == "in_order" and number and runs and not self.since(program, number - 1, period):
                        yield Miss("packages", program, period, program, None, Fraction(1))
                    if self.taken[program, number, period] and period not in words.get("start", self.periods):
                        yield Miss("packages", program, period, program, None, Fraction(1))
                count = sum(self.taken[program, number, period] for number in numbers)
                if choose == "one" and not self.is_project(program):
                    yield Miss("packages", program, period, program, None, Fraction(count - 1))
            times = [sum(self.taken[program, number, t] for t in self.periods) for number in numbers]
            if self.is_project(program):
                for count in times if choose != "one" else [*times, sum(times)]:
                    yield Miss("packages", program, None, program, None, Fraction(count - 1))

    def _funds(self) -> Iterable[Miss]:
        for fund, words in self.funds.items():
            closing = self.closing(fund)
            for period in self.periods:
                kind = "reserve" if "reserve" in words else "fund balance"
                yield Miss(kind, fund, period, None, fund, self.reserve(fund, period) - closing[period])
                if words.get("structural_balance"):
                    recurring = [p for p, w in self.programs.items() if w.get("recurring", True)]
                    paid = sum((self.paid[p, fund, period] for p in recurring), ZERO)
                    yield Miss("structural balance", fund, period, None, fund, paid - self.revenue(fund, period))
                for key, sign in (("at_least", 1), ("at_most", -1)):
                    bound = per_period(words.get("spending", {}).get(key), period, None)
                    if bound is not None:
                        gap = self.amount(bound, self.revenue(fund, period)) - self.pays(fund, period)
                        yield Miss("fund spending", fund, period, None, fund, sign * gap)
                for taker in self.funds:
                    limits = words.get("transfers_to", {}).get(taker, {"at_most": 0})
                    moved = self.moved[fund, taker, period]
                    least = exact(per_period(limits.get("at_least", 0), period))
                    most = exact(per_period(limits["at_most"], period))
                    for gap in (least - moved, moved - most):
                        yield Miss("transfer", f"{fund} to {taker}", period, None, fund, gap)

    def _grants(self) -> Iterable[Miss]:
        yield from self._matches()
        strict = [fund for fund, words in self.funds.items() if words.get("no_supplanting")]
        for period in self.periods:
            for program in self.programs:
                for fund in strict:
                    if self.paid[program, fund, period] > 0:
                        gap = self.supplanted(program, period)
                        yield Miss("no supplanting", fund, period, program, fund, gap)
            for fund, words in self.funds.items():
                if "maintenance_of_effort" in words and self.pays(fund, period) > 0:
                    needed, paid = self.effort(fund, period)
                    yield Miss("maintenance of effort", fund, period, None, fund, needed - paid)

    def supplanted(self, program: str, period: str) -> Fraction:
        """Return what is missing of a program's baseline in the money of funds that may not supplant it."""
        local = [fund for fund, words in self.funds.items() if not words.get("no_supplanting")]
        return self.baseline(program, period) - self.spent(program, period, local)

    def effort(self, fund: str, period: str) -> tuple[Fraction, Fraction]:
        """Return the effort that a grant asks for, and what its programs get of the fund that is to make it."""
        effort = self.funds[fund]["maintenance_of_effort"]
        mine = [program for program in self.programs if fund in admitted(self.document, program)]
        base = sum((self.baseline(program, period) for program in mine), ZERO)
        paid = sum((self.paid[program, effort["fund"], period] for program in mine), ZERO)
        return self.amount(effort["at_least"], base), paid

    def _matches(self) -> Iterable[Miss]:
        for period in self.periods:
            for program in self.programs:
                asked: dict[str, Fraction] = {}
                for fund, words in self.funds.items():
                    if "match" in words:
                        match, payer = words["match"], words["match"]["from"]
                        share = exact(match.get("share", 0))
                        rate = exact(match["rate"]) if "rate" in match else share / (1 - share)
                        asked[payer] = asked.get(payer, ZERO) + rate * self.paid[program, fund, period]
                for payer, dollars in asked.items():
                    yield Miss("match", payer, period, program, payer, dollars - self.paid[program, payer, period])

    def _resources(self) -> Iterable[Miss]:
        for name, words in self.resources.items():
            for period in self.periods if "capacity" in words else ():
                gap = self.used(name, period) - exact(per_period(words["capacity"], period, 0))
                yield Miss("resource", name, period, None, None, gap)
        for (name, other, period), units in self.made.items():
            most = self.stand_in(name, other)[1]
            for gap in (-units,) if most is None else (-units, units - exact(most)):
                yield Miss("stand-in", f"{other} for {name}", period, None, None, gap)

    def _rule(self, rule: Mapping[str, Any]) -> list[Miss]:
        held = [period for period in self.periods if period in rule.get("periods", self.periods)]
        if "sum" in rule:
            return list(self._sum(rule, held))
        if "substitutes" in rule or "follows" in rule:
            return list(self._reach(rule, held))
        return list(self._change(rule, held) if "change" in rule else self._logic(rule, held))

    def _sum(self, rule: Mapping[str, Any], held: list[str]) -> Iterable[Miss]:
        chosen = [p for p, words in self.programs.items() if matches(p, words, rule.get("where"))]
        spans = [held] if rule.get("each") == "total" else [[period] for period in held]
        groups = self.shares(rule["by"], rule.get("population", ())) if "by" in rule else {}
        heads = {group: exact(rule["population"][group]) if "population" in rule else Fraction(1) for group in groups}

        def total(what: str, span: list[str], share: Mapping[str, Fraction], funds: Any) -> Fraction:
            return sum((share[p] * self.value(what, p, t, funds) for p in share for t in span), ZERO)

        everyone = {program: Fraction(1) for program in self.programs}
        own = {program: Fraction(1) for program in chosen}
        parts = {group: {p: share[p] for p in chosen} for group, share in groups.items()} or {None: own}
        funds = rule.get("funds")
        prefix = "each_" if "by" in rule else ""
        for span in spans:
            period = None if rule.get("each") == "total" else span[0]
            sums = {group: total(rule["sum"], span, share, funds) for group, share in parts.items()}
            for group, share in parts.items():
                for key, sign in (("at_least", (1,)), ("at_most", (-1,)), ("equals", (1, -1))):
                    bound = per_period(rule.get(prefix + key), span[0], None)
                    if bound is None:
                        continue
                    base = Fraction(1)
                    of = rule.get("of")
                    if isinstance(of, Mapping):
                        other = [p for p, words in self.programs.items() if matches(p, words, of.get("where"))]
                        base = total(of.get("sum", "spending"), span, {p: Fraction(1) for p in other}, of.get("funds"))
                    elif of == "total spending":
                        base = total("spending", span, everyone, funds)
                    elif of == "baseline":
                        base = sum((share[p] * self.baseline(p, t) for p in share for t in span), ZERO)
                    elif of == "revenue":
                        base = sum((self.revenue(f, t) for f in funds or self.funds for t in span), ZERO)
                    elif of == "population share":
                        base = sum(sums.values(), ZERO) * heads[str(group)] / sum(heads.values(), ZERO)
                    elif of == "equal share":
                        base = sum(sums.values(), ZERO) / len(sums)
                    for one in sign:
                        gap = one * (exact(bound) * base - sums[group])
                        yield Miss("sum", rule["name"], period, None, None, gap)
            if "parity" in rule:
                each = {group: value / heads[str(group)] for group, value in sums.items()}
                for one_group in each:
                    for other_group in each:
                        if one_group != other_group:
                            gap = (1 - exact(rule["parity"])) * each[other_group] - each[one_group]
                            yield Miss("sum", rule["name"], period, None, None, gap)

    def _change(self, rule: Mapping[str, Any], held: list[str]) -> Iterable[Miss]:
        change = rule["change"]
        for program, words in self.programs.items():
            if not matches(program, words, rule.get("where")):
                continue
            for period in held:
                if change.get("from") == "previous":
                    if period == self.periods[0]:
                        continue
                    base = self.spent(program, self.periods[self.periods.index(period) - 1])
                elif "baseline" in words:
                    base = self.baseline(program, period)
                else:
                    continue
                move = self.spent(program, period) - base
                both = {"at_most": (move, -move), "increase_at_most": (move,), "decrease_at_most": (-move,)}
                for key, sizes in both.items():
                    for size in sizes if key in change else ():
                        gap = size - exact(change[key]) * base
                        yield Miss("change", rule["name"], period, program, None, gap)

    def _reach(self, rule: Mapping[str, Any], held: list[str]) -> Iterable[Miss]:
        for period in held:
            if "units_at_most" in rule:
                served = sum((self.units(p, period) for p in rule["substitutes"]), ZERO)
                yield Miss("substitutes", rule["name"], period, None, None, served - exact(rule["units_at_most"]))
            elif "substitutes" in rule:
                total = sum((self.coverage(p, period) for p in rule["substitutes"]), ZERO)
                yield Miss("substitutes", rule["name"], period, None, None, total - exact(rule.get("at_most", 1)))
            else:
                follow = rule["follows"]
                reach = self.units if follow.get("by") == "units" else self.coverage
                gap = reach(follow["program"], period) - exact(follow.get("at_most", 1)) * reach(follow["of"], period)
                yield Miss("follows", rule["name"], period, follow["program"], None, gap)

    def _logic(self, rule: Mapping[str, Any], held: list[str]) -> Iterable[Miss]:
        def miss(kind: str, period: str | None, wrong: bool, program: str | None = None) -> Miss:
            return Miss(kind, rule["name"], period, program, None, Fraction(wrong))

        if "count" in rule:
            chosen = [p for p, words in self.programs.items() if matches(p, words, rule.get("where"))]
            spans = [held] if rule.get("each") == "total" else [[period] for period in held]
            for span in spans:
                period = None if rule.get("each") == "total" else span[0]
                count = sum(any(self.funded(p, t) for t in span) for p in chosen)
                for key, wrong in (("at_least", -1), ("at_most", 1), ("equals", 0)):
                    bound = per_period(rule.get(key), span[0], None)
                    if bound is not None:
                        gap = wrong * (count - exact(bound)) if wrong else abs(count - exact(bound))
                        yield miss("count", period, gap > 0)
            return
        for period in held:
            if "requires" in rule:
                program, needs = rule["requires"]["program"], rule["requires"].get("needs", [])
                if any_of := rule["requires"].get("needs_any"):
                    wrong = self.funded(program, period) and not any(self.funded(need, period) for need in any_of)
                    yield miss("requires", period, wrong, program)
                for need in needs:
                    wrong = self.funded(program, period) and not self.funded(need, period)
                    yield miss("requires", period, wrong, program)
            else:
                key = next(key for key in ("excludes", "exactly_one", "together") if key in rule)
                count = sum(self.funded(p, period) for p in rule[key])
                wrong = {"excludes": count > 1, "exactly_one": count != 1, "together": 0 < count < len(rule[key])}[key]
                yield miss(key.replace("_", " "), period, wrong)
