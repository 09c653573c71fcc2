"""A scenario as a problem for any solver, written by the meaning of its words: nothing is shared with the package.

It is the plain reading of a plan in which the plan is not known: amounts are columns, what a plan does is a sum of
them, and what a plan may not miss is a row. What a plan decides by whole choices is written with a column of 0 or 1
wherever it might matter, without asking whether it does: each point of each curve has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from language.plain import ZERO, Plain, effect_at
from linear_words import FoundPoint, Linear, WrittenProblem
from oracle import exact, matches, per_period

__all__ = ["WordProblem"]

CENT = Fraction(1, 100)
SERVED = Fraction(1, 100_000)
"""A program that is counted as funded spends at least a cent, or serves a little of what is free."""


class WordProblem(Plain):
    """The rows and columns of a scenario, and its objectives.

    Parameters
    ----------
    document
        The words, in the forms that the strategies draw.
    straight
        Whether curves are known to fill in order by themselves, so that they need no whole choices.
    """

    def __init__(self, document: Mapping[str, Any], *, straight: bool = False) -> None:
        self.document = document
        self.straight = straight
        self.periods: list[str] = document["periods"]
        self.programs = document["programs"]
        self.funds = document["funds"]
        self.outcomes = document["outcomes"]
        self.resources = document.get("resources", {})
        self.problem = WrittenProblem()
        self.levels: dict[tuple[str, str], Linear] = {}
        self.parts: dict[tuple[str, str], list[tuple[Fraction, Linear]]] = {}
        self.opened: dict[tuple[str, str], Linear] = {}
        self._add_money()
        for program in self.programs:
            self._add_program(program)
        self._require_all()

    # --- columns

    def _add_money(self) -> None:
        cells = [(p, f, t) for p in self.programs for f in self.funds for t in self.periods]
        self.paid: Any = {(p, f, t): self.problem.column() if self.may_pay(f, p, t) else Linear() for p, f, t in cells}
        self.moved: Any = {
            (f, g, t): self.problem.column() if g in words.get("transfers_to", {}) else Linear()
            for f, words in self.funds.items()
            for g in self.funds
            for t in self.periods
        }
        self.made: Any = {
            (name, other, t): self.problem.column()
            for name, words in self.resources.items()
            for other in words.get("stand_in", {})
            for t in self.periods
        }
        self.taken: Any = {}

    def most_money(self, period: str) -> Fraction:
        """Return what all funds have had by a period, which nothing that is paid in it exceeds."""
        until = self.periods[: self.periods.index(period) + 1]
        opening = sum((exact(words.get("opening_balance", 0)) for words in self.funds.values()), ZERO)
        one_time = (exact(per_period(words.get("one_time", 0), t)) for words in self.funds.values() for t in until)
        return opening + sum(one_time, ZERO) + sum((self.revenue(f, t) for f in self.funds for t in until), ZERO)

    def _add_program(self, program: str) -> None:
        words = self.programs[program]
        if "packages" in words:
            self._add_packages(program)
        else:
            for period in self.periods:
                self._add_level(program, period)
        if words.get("one_fund"):
            payers = [self.problem.column(1, whole=True) for _ in self.funds]
            self.problem.at_most(sum(payers, Linear()), 1)
            for fund, payer in zip(self.funds, payers, strict=True):
                for period in self.periods:
                    self.problem.at_most(self.paid[program, fund, period], payer * self.most_money(period))

    def _add_level(self, program: str, period: str) -> None:
        """Add what a program does in a period, in dollars that buy or in units; what it is paid follows."""
        words, price = self.programs[program], self.price(program, period)
        service, condition = words.get("service", {}), words.get("if_funded")
        cost = exact(service["unit_cost"]) if service else Fraction(1)
        most = self.most_money(period) / (price * cost) if cost else exact(service["up_to"])
        whole = bool(service.get("whole"))
        level = self.problem.column(int(most) if whole else most, whole=whole)
        self.levels[program, period] = level
        due = level * (cost * price)
        if condition is not None:
            opened = self.opened[program, period] = self.problem.column(1, whole=True)
            self.problem.at_most(level, opened * most)
            due = due + opened * (self.fixed(program) * price)
            if cost:
                self.problem.at_most(opened * exact(condition.get("at_least", 0)), due)
        self.problem.equals(self.spent(program, period), due)
        self._add_parts(program, period, most)

    def _add_parts(self, program: str, period: str, most: Fraction) -> None:
        """Cut a level at every point of its curves; a part is used only when all before it are full."""
        ends = sorted(point for point in self._points(program) if point > 0)
        if not ends:
            self.parts[program, period] = [(ZERO, self.levels[program, period])]
            return
        starts = [ZERO, *ends]
        widths = [end - start for start, end in pairwise(starts)]
        columns = [self.problem.column(width) for width in widths]
        columns.append(self.problem.column())
        for number, width in enumerate(widths if not self.straight else []):
            beyond = self.problem.column(1, whole=True)
            limit = widths[number + 1] if number + 1 < len(widths) else max(most, ZERO)
            self.problem.at_most(beyond * width, columns[number])
            self.problem.at_most(columns[number + 1], beyond * limit)
        self.problem.equals(sum(columns, Linear()), self.levels[program, period])
        self.parts[program, period] = list(zip(starts, columns, strict=True))

    def _points(self, program: str) -> set[Fraction]:
        """Return the levels at which an effect of a program changes its slope."""
        words, found = self.programs[program], set()
        cost = exact(words["service"]["unit_cost"]) if "service" in words else Fraction(1)
        for effect in words.get("outcomes", {}).values():
            if "curve" in effect:
                found |= {exact(x) for x, _ in effect["curve"]}
            elif "up_to" in effect and cost:
                found.add(exact(effect["up_to"]) * exact(effect["unit_cost"]) / cost)
        return found

    def _add_packages(self, program: str) -> None:
        words = self.programs[program]
        numbers, choose = range(len(words["packages"])), words.get("choose", "in_order")
        may = words.get("start", self.periods)
        for number in numbers:
            for period in self.periods:
                self.taken[program, number, period] = self.problem.column(int(period in may), whole=True)
        for period in self.periods:
            self.problem.equals(self.spent(program, period), self.due(program, period))
            now = [self.runs(program, number, period) for number in numbers]
            for before, after in pairwise(now) if choose == "in_order" else ():
                self.problem.at_most(after, before)
            if choose == "one":
                self.problem.at_most(sum(now, Linear()), 1)
        for number in numbers if self.is_project(program) else ():
            starts = [self.taken[program, number, period] for period in self.periods]
            self.problem.at_most(sum(starts, Linear()), 1)

    # --- what a plan does, as sums of columns

    def times(self, program: str, number: int, period: str) -> list[tuple[int, Linear]]:
        """Return for how long a package has run in a period, with the column of each time it may have been taken."""
        now, project = self.periods.index(period), self.is_project(program)
        return [
            (now - i, self.taken[program, number, t])
            for i, t in enumerate(self.periods)
            if i == now or (project and i < now)
        ]

    def runs(self, program: str, number: int, period: str) -> Linear:
        return sum((taken for _, taken in self.times(program, number, period)), Linear())

    def due(self, program: str, period: str) -> Any:
        costs = Linear()
        for number in range(len(self.programs[program]["packages"])):
            for year, taken in self.times(program, number, period):
                costs = costs + taken * self.cost_after(program, number, year)
        return costs * self.price(program, period)

    def units(self, program: str, period: str) -> Any:
        return self.levels[program, period] if "service" in self.programs[program] else ZERO

    def real(self, program: str, period: str) -> Any:
        return self.spent(program, period) / self.price(program, period)

    def use_of(self, program: str, number: int, resource: str, period: str) -> Any:
        times = self.times(program, number, period)
        return sum((taken * self.use_after(program, number, resource, year) for year, taken in times), Linear())

    def effect(self, program: str, outcome: str, period: str) -> Any:
        words = self.programs[program]
        if "packages" in words:
            total = Linear()
            for number, one in enumerate(words["packages"]):
                for year, taken in self.times(program, number, period):
                    if self.serves_after(program, number, year):
                        total = total + taken * exact(one.get("outcomes", {}).get(outcome, 0))
            return total
        effect = words.get("outcomes", {}).get(outcome)
        if effect is None:
            return ZERO
        total = Linear(constant=self._at(program, effect, ZERO))
        parts = self.parts[program, period]
        for number, (start, column) in enumerate(parts):
            end = parts[number + 1][0] if number + 1 < len(parts) else start + 1
            slope = (self._at(program, effect, end) - self._at(program, effect, start)) / (end - start)
            total = total + column * slope
        return total

    def _at(self, program: str, effect: Mapping[str, Any], level: Fraction) -> Fraction:
        """Return an effect at a level, by its words."""
        words = self.programs[program]
        buying = level * exact(words["service"]["unit_cost"]) if "service" in words else level
        return effect_at(effect, buying, level)

    def is_funded(self, program: str, period: str) -> Linear:
        """Return a column that is 1 exactly if a program is funded in a period."""
        if (program, period) not in self.opened:
            self.opened[program, period] = self.problem.column(1, whole=True)
            if "packages" in self.programs[program]:
                runs = [self.runs(program, n, period) for n in range(len(self.programs[program]["packages"]))]
                self._any_of(self.opened[program, period], runs)
            else:
                level = self.levels[program, period]
                most = self.problem.upper[next(iter(level.terms))]
                assert most is not None
                self.problem.at_most(level, self.opened[program, period] * most)
        found = self.opened[program, period]
        if "packages" not in self.programs[program]:
            free = self.programs[program].get("service", {}).get("unit_cost") == 0 and not self.fixed(program)
            reached = self.units(program, period) if free else self.spent(program, period)
            self.problem.at_most(found * (SERVED if free else CENT), reached)
        return found

    def _any_of(self, found: Linear, parts: list[Linear]) -> None:
        """Let a column be 1 exactly if any of several is."""
        self.problem.at_most(found, sum(parts, Linear()))
        for part in parts:
            self.problem.at_most(part, found)

    # --- what a plan may not miss

    def _require_all(self) -> None:
        kept = [miss for program in self.programs for miss in self._program_limits(program)]
        kept += [*self._funds(), *self._matches(), *self._resources()]
        for miss in kept:
            self.problem.at_most(miss.excess, ZERO)
        if not self.targets_are_goals:
            for outcome in self.outcomes:
                for _, gap in self.aims(outcome):
                    self.problem.at_most(gap, ZERO)
        self._require_grants()
        for rule in self.document.get("rules", []):
            for miss in self._rule(rule):
                self.problem.at_most(miss.excess, ZERO)

    def _require_grants(self) -> None:
        for period in self.periods:
            most = self.most_money(period)
            for fund, words in self.funds.items():
                if "maintenance_of_effort" in words:
                    taken = self.problem.column(1, whole=True)
                    needed, paid = self.effort(fund, period)
                    self.problem.at_most(self.pays(fund, period), taken * most)
                    self.problem.at_most(taken * needed, paid)
                for program in self.programs if words.get("no_supplanting") else ():
                    taken = self.problem.column(1, whole=True)
                    local = self.baseline(program, period) - self.supplanted(program, period)
                    self.problem.at_most(self.paid[program, fund, period], taken * most)
                    self.problem.at_most(taken * self.baseline(program, period), local)

    def _logic(self, rule: Mapping[str, Any], held: list[str]) -> list[Any]:
        """Require a rule on which programs are funded."""
        if "count" in rule:
            chosen = [p for p, words in self.programs.items() if matches(p, words, rule.get("where"))]
            for span in [held] if rule.get("each") == "total" else [[period] for period in held]:
                count = sum((self._in_any(program, span) for program in chosen), Linear())
                for key, signs in (("at_least", (-1,)), ("at_most", (1,)), ("equals", (1, -1))):
                    bound = per_period(rule.get(key), span[0], None)
                    for sign in signs if bound is not None else ():
                        self.problem.at_most((count - exact(bound)) * sign, ZERO)
            return []
        for period in held:
            if "requires" in rule:
                mine = self.is_funded(rule["requires"]["program"], period)
                for need in rule["requires"].get("needs", []):
                    self.problem.at_most(mine, self.is_funded(need, period))
                if any_of := rule["requires"].get("needs_any"):
                    self.problem.at_most(mine, sum((self.is_funded(need, period) for need in any_of), Linear()))
                continue
            key = next(key for key in ("excludes", "exactly_one", "together") if key in rule)
            funded = [self.is_funded(program, period) for program in rule[key]]
            if key == "excludes":
                self.problem.at_most(sum(funded, Linear()), 1)
            elif key == "exactly_one":
                self.problem.equals(sum(funded, Linear()), 1)
            for one, other in pairwise(funded) if key == "together" else ():
                self.problem.equals(one, other)
        return []

    def _in_any(self, program: str, span: list[str]) -> Linear:
        each = [self.is_funded(program, period) for period in span]
        if len(each) == 1:
            return each[0]
        found = self.problem.column(1, whole=True)
        self._any_of(found, each)
        return found

    # --- what is sought

    def sought(self, what: Any) -> Any:
        if isinstance(what, Mapping):
            # one number below every group's; it may be below zero
            least = self.problem.column() - self.problem.column()
            for share in self.shares(what.get("by", "districts")).values():
                cells = [(program, period) for program in self.programs for period in self.periods]
                level = sum((share[p] * self.effect(p, what["smallest"], t) for p, t in cells), Linear())
                self.problem.at_most(least, level)
            return least
        if what == "change from baseline":
            return sum((self._distance(p, t) for p in self.programs for t in self.periods), Linear())
        if what == "largest cut":
            worst = self.problem.column()
            for program in self.programs:
                for period in self.periods:
                    base = self.baseline(program, period)
                    if base > 0:
                        self.problem.at_most(base - self.spent(program, period), worst * base)
            return worst
        if what == "shortfall from targets":
            missing = Linear()
            for outcome in self.outcomes:
                for _, gap in self.aims(outcome):
                    short = self.problem.column()
                    self.problem.at_most(gap, short)
                    missing = missing + short * self.weight(outcome)
            return missing
        return Linear() + super().sought(what)

    def _distance(self, program: str, period: str) -> Linear:
        away = self.problem.column()
        change = self.spent(program, period) - self.baseline(program, period)
        self.problem.at_most(change, away)
        self.problem.at_most(-change, away)
        return away

    @property
    def objectives(self) -> list[Mapping[str, Any]]:
        return self.document.get("objective") or [{"maximize": "weighted outcomes"}]

    def then(self, sum_: Linear, best: FoundPoint, entry: Mapping[str, Any], slack: Fraction) -> None:
        """Require of what comes after that an objective stays what it can be, or worse by a share that is allowed."""
        give_up = exact(entry.get("within", 0)) * abs(Fraction(best.value)) + slack
        if "maximize" in entry:
            self.problem.at_most(Fraction(best.value) - give_up, sum_)
        else:
            self.problem.at_most(sum_, Fraction(best.value) + give_up)
