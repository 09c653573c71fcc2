"""The greedy plan: money to programs one after another, in the order of what a dollar brings.

That is how a ranked list is funded. It is the best plan where money is the only limit and outcomes diminish (Dantzig,
Operations Research 5, 1957), and falls behind where rules, several funds or all-or-nothing decisions bind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import scenario_of
from budgetopt.analysis.comparing.benchmark_plans import BenchmarkPlan, limits_in_dollars, whole_cents
from budgetopt.analysis.comparing.fund_choice import FundCapacity, paid_by_funds
from budgetopt.audit.current import current_units
from budgetopt.audit.package_list import PackageList, list_packages
from budgetopt.errors import InfeasibleError, OptionError
from budgetopt.formulation.fund_rows import inflow
from budgetopt.formulation.segments import Segments, segments_of
from budgetopt.formulation.stages import outcome_worths
from budgetopt.scenario.effects import unit_prices
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    from budgetopt.allocation import Subject

__all__ = ["greedy_by_return"]

PARTS = 40
"""How often the part of the last item that can be paid for is halved."""


@dataclass(frozen=True, eq=False)
class Increments:
    """What money can be given to, in the order in which a greedy plan does; every array has one entry an increment.

    Parameters
    ----------
    program
        The program.
    dollars
        What it costs in each period; shape (increments, periods).
    rate
        What a dollar of it brings.
    package
        The decision package, -1 for an amount.
    is_whole
        Whether it is paid whole or not at all.
    """

    program: Ints
    dollars: Floats
    rate: Floats
    package: Ints
    is_whole: Bools

    def take(self, chosen: Ints | Bools) -> Increments:
        """Return some of them."""
        return Increments(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def added(self, amounts: Floats) -> Floats:
        """Return amounts with all of them, shape (programs, periods)."""
        more = amounts.copy()
        np.add.at(more, self.program, self.dollars)
        return more


def greedy_by_return(subject: Subject) -> BenchmarkPlan:
    """Return the plan that gives money to programs in the order of the weighted outcomes that a dollar brings.

    Every program has its floor. Then the increments of all programs (the straight pieces of their curves, a least
    amount with its fixed cost, all-or-nothing packages) are taken in the order of what a dollar of each brings, up to
    the programs' ceilings, each as far as the funds have the money. Rules on change set floors and ceilings; all other
    rules are not looked at. What brings nothing is not taken, and a project starts in the first period in which it may.

    Parameters
    ----------
    subject
        A scenario, a plan of it, or its path.

    Raises
    ------
    OptionError
        If nothing tells what outcomes are worth, or no program brings anything for a dollar.
    InfeasibleError
        If the funds cannot even pay for the floors.
    """
    scenario = scenario_of(subject, "greedy_by_return")
    worth = _worths(scenario)
    capacity, (floor, ceiling) = FundCapacity(scenario), limits_in_dollars(scenario)
    found = _in_order(_joined([_amounts(scenario, worth, floor, ceiling), _packages(scenario, worth)]))
    if not len(found.program):
        raise OptionError("no program brings anything for a dollar, so there is no order of what a dollar brings")
    taken = np.zeros((len(scenario.packages), len(scenario.periods)), dtype=bool)
    floor[scenario.packages.program] = 0.0
    if not capacity.can_pay(floor):
        raise InfeasibleError("the funds cannot pay even the floors of all programs")
    amounts = whole_cents(scenario, _filled(scenario, capacity, floor, found, taken))
    words = "Money goes to programs in the order of the weighted outcomes that a dollar brings."
    audit = paid_by_funds(scenario, amounts, packages=taken, units=current_units(scenario))
    return BenchmarkPlan("greedy by outcome per dollar", words, audit)


def _worths(scenario: Scenario) -> Floats:
    """Return what a unit of each outcome is worth in each period; shape (outcomes, periods)."""
    objective = scenario.objective[0]
    each = outcome_worths(scenario, objective)
    each = each if each is None or objective.maximize is not None else -each
    if each is None:
        each = np.array([outcome.worth for outcome in scenario.outcomes.values()])
    if not each.any():
        raise OptionError(
            "no outcome has a weight, so there is no order of what a dollar brings", hint="give outcomes weights"
        )
    discount = (1.0 + float(scenario.document.discount)) ** -np.arange(len(scenario.periods), dtype=float)
    return np.asarray(each[:, None] * discount, dtype=np.float64)


def _filled(scenario: Scenario, capacity: FundCapacity, amounts: Floats, left: Increments, taken: Bools) -> Floats:
    """Return the amounts after as many increments as can be paid for, in order, and mark the packages taken."""
    choose, offered = scenario.programs.text("choose"), _offered(list_packages(scenario))
    while len(left.program):
        low = _how_many(capacity, left, amounts)
        paid = left.take(np.arange(low))
        amounts = paid.added(amounts)
        mine = paid.package[paid.package >= 0]
        taken[mine] = offered[mine]
        if low == len(left.program):
            break
        item, left = left.take(np.array([low])), left.take(np.arange(low + 1, len(left.program)))
        group, owner = capacity.group, item.program[0]
        if item.is_whole[0]:
            # what comes on top of it is not taken either
            if item.package[0] < 0 or choose[owner] != "any":
                left = left.take(left.program != owner)
            continue
        amounts = _in_part(capacity, item, amounts)
        # funds have nothing more for programs that are paid for alike
        period = int(np.flatnonzero(item.dollars[0])[0])
        stops = (group[left.program] == group[owner]) & (left.dollars[:, period] > 0)
        left = left.take(~stops)
    return amounts


def _how_many(capacity: FundCapacity, left: Increments, amounts: Floats) -> int:
    """Return how many of the first increments can be paid for on top of amounts."""

    def fits(count: int) -> bool:
        return capacity.can_pay(left.take(np.arange(count)).added(amounts))

    low, step = 0, 1
    # few are looked at first: after the first time, few are paid for each time
    while low + step <= len(left.program) and fits(low + step):
        low, step = low + step, 2 * step
    high = min(low + step - 1, len(left.program))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _offered(packages: PackageList) -> Bools:
    """Return when each package is taken: in each period in which it may, a project in the first; a plan's shape."""
    offered = packages.may_start.copy()
    offered[packages.is_project] &= np.cumsum(packages.may_start[packages.is_project], axis=1) == 1
    return offered


def _in_part(capacity: FundCapacity, item: Increments, amounts: Floats) -> Floats:
    good, bad = 0.0, 1.0
    for _ in range(PARTS):
        middle = (good + bad) / 2
        part = Increments(item.program, item.dollars * middle, item.rate, item.package, item.is_whole)
        good, bad = (middle, bad) if capacity.can_pay(part.added(amounts)) else (good, middle)
    more = amounts.copy()
    more[item.program[0]] += item.dollars[0] * good * (1.0 - 1e-9)
    return more


def _in_order(every: Increments) -> Increments:
    """Return increments by falling rate, those that bring nothing left out; ties by the order of the file."""
    every = every.take(every.rate > 0)
    return every.take(np.lexsort((np.arange(len(every.program)), -every.rate)))


def _joined(parts: Sequence[Increments]) -> Increments:
    return Increments(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Increments.__dataclass_fields__)
    )


def _amounts(scenario: Scenario, worth: Floats, floor: Floats, ceiling: Floats) -> Increments:
    """Return the increments of programs that are scaled: period by period, each with falling rates."""
    segments, slopes = segments_of(scenario.effects, len(scenario.programs))
    outcome, prices = scenario.effects.outcome[slopes.effect], unit_prices(scenario.programs)
    fixed, minimum = (np.nan_to_num(scenario.programs.number(f"if_funded.{key}")) for key in ("fixed_cost", "at_least"))
    least, money = np.maximum(fixed, minimum), float(inflow(scenario).sum())
    scaled: Bools = np.asarray(prices > 0, dtype=bool)
    owner = segments.program
    price = np.where(scaled, prices, 1.0)[owner]
    begins = fixed[owner] + segments.start * price
    ends = begins + segments.width * price
    parts = []
    for period in range(len(scenario.periods)):
        gain = np.bincount(slopes.segment, weights=slopes.slope * worth[outcome, period], minlength=len(segments))
        program, begin, end, rate, whole = _falling(segments, begins, ends, gain / price, least)
        level = scenario.price_level[program, period]
        low, high = floor[program, period] / level, ceiling[program, period] / level
        start = np.maximum(begin, low)
        stop = np.minimum(np.minimum(end, high), start + money)
        kept = np.flatnonzero((stop > start) & scaled[program])
        dollars = np.zeros((len(kept), len(scenario.periods)))
        dollars[:, period] = ((stop - start) * level)[kept]
        is_whole = (whole & (low < least[program]))[kept]
        parts.append(Increments(program[kept], dollars, (rate / level)[kept], np.full(len(kept), -1), is_whole))
    return _joined(parts)


def _falling(
    segments: Segments, begins: Floats, ends: Floats, rate: Floats, least: Floats
) -> tuple[Ints, Floats, Floats, Floats, Bools]:
    """Return pieces of each program by falling rates: program, begin, end, rate, and whether it is whole.

    They are the segments, but for programs with a least amount or a rate that rises: their concave hulls.
    """
    owner = segments.program
    rises = np.zeros(len(least), dtype=bool)
    higher = rate[1:] > rate[:-1]  # no mutant: two segments of one rate are one piece as well
    rises[owner[1:][(owner[1:] == owner[:-1]) & higher]] = True
    other = rises | (least > 0)  # no mutant: the pieces of rates that fall are the segments
    plain = np.flatnonzero(~other[owner])
    rows: list[tuple[float, ...]] = []
    for program in np.flatnonzero(other).tolist():
        own = slice(int(segments.first[program]), int(segments.first[program + 1]))
        rows += [(program, *piece) for piece in _pieces(begins[own], ends[own], rate[own], float(least[program]))]
    hulls = np.array(rows, dtype=np.float64).reshape(len(rows), 5).T
    return (
        np.concatenate((owner[plain], hulls[0].astype(np.int64))),
        np.concatenate((begins[plain], hulls[1])),
        np.concatenate((ends[plain], hulls[2])),
        np.concatenate((rate[plain], hulls[3])),
        np.concatenate((np.zeros(len(plain), dtype=bool), hulls[4] > 0)),
    )


def _pieces(begins: Floats, ends: Floats, rate: Floats, least: float) -> list[tuple[float, float, float, bool]]:
    """Return the pieces of one program's concave hull: where each begins and ends, its rate, whether it is whole.

    ``begins``, ``ends`` and ``rate`` are those of its segments, dollars with the fixed cost in them. Where a program
    has a least amount, its first piece is whole: up to the point at which a dollar from nothing on brings most.
    """
    if least > 0:
        cuts = np.unique(np.concatenate((ends[np.isfinite(ends)], [least])))
        cuts = cuts[cuts >= max(least, 1e-12)]
        value = np.array([float((rate * np.clip(np.minimum(ends, cut) - begins, 0.0, None)).sum()) for cut in cuts])
        best = int(np.argmax(value / cuts))
        first = [(0.0, float(cuts[best]), float(value[best] / cuts[best]), True)]
        rest = np.flatnonzero(ends > cuts[best])
        begins, ends, rate = np.maximum(begins[rest], cuts[best]), ends[rest], rate[rest]
    else:
        first = []
    hull: list[tuple[float, float, float]] = []
    for begin, end, one in zip(begins.tolist(), ends.tolist(), rate.tolist(), strict=True):
        hull.append((begin, end, one))
        # a piece that brings more than the one before it is reached only through it
        while len(hull) > 1 and hull[-1][2] > hull[-2][2] and np.isfinite(hull[-1][1]):
            (left, middle, slower), (_, right, faster) = hull[-2:]
            hull[-2:] = [(left, right, (slower * (middle - left) + faster * (right - middle)) / (right - left))]
    return [*first, *((begin, end, one, False) for begin, end, one in hull)]


def _packages(scenario: Scenario, worth: Floats) -> Increments:
    """Return the decision packages as increments; one that comes after others has no greater rate than they have."""
    packages, periods = list_packages(scenario), len(scenario.periods)
    count = len(packages)
    taken = _offered(packages)
    serves = packages.in_service(taken)
    gain, dollars = np.zeros(count), np.zeros((count, periods))
    for position, name in enumerate(scenario.outcomes):
        if name in packages.effects:
            at, units = packages.effects[name]
            gain[at] += units * (serves[at] @ worth[position])
    for since in range(periods):
        dollars[:, since:] += taken[:, : periods - since] * packages.cost[:, since, None]
    dollars *= scenario.price_level[packages.program]
    cost = dollars.sum(axis=1)
    rate = np.divide(gain, cost, out=np.where(gain > 0, np.inf, 0.0), where=cost > 0)
    rank = packages.rank
    for place in range(1, int(rank.max(initial=0)) + 1):
        later = np.flatnonzero((rank == place) & (packages.choose == "in_order"))
        rate[later] = np.minimum(rate[later], rate[later - 1])
    # of packages of which one at most is taken, the one with the greatest rate
    kept = packages.choose != "one"
    order = np.lexsort((packages.number, -rate, packages.program))
    first = order[np.unique(packages.program[order], return_index=True)[1]]
    kept[first] = True
    found = Increments(packages.program, dollars, rate, np.arange(count), np.ones(count, dtype=bool))
    return found.take(kept)
