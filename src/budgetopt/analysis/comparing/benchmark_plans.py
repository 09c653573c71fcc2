"""Benchmark plans: what a city does without an optimizer, each judged by the audit on the same footing as any plan.

The current budget; every program cut or raised by one percentage; the lowest quartile of priorities cut first, as
priority-based budgeting does; and money given to programs one after another, in the order of what a dollar brings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import scenario_of
from budgetopt.analysis.comparing.fund_choice import FundCapacity, misses, paid_by_funds
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.audit.current import current_units, packages_bought, stated_payments
from budgetopt.audit.package_list import list_packages
from budgetopt.errors import InfeasibleError, OptionError, UnknownNameError
from budgetopt.formulation.fund_rows import inflow
from budgetopt.formulation.program_bounds import program_limits
from budgetopt.scenario.accuracy import amounts_of, counts_of
from budgetopt.scenario.ceilings import fixed_costs
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import ATTRIBUTES, attribute_names

if TYPE_CHECKING:
    from budgetopt.allocation import Subject

__all__ = [
    "BenchmarkPlan",
    "across_the_board",
    "as_bought",
    "audited_baselines",
    "current_budget",
    "limits_in_dollars",
    "lowest_quartile_first",
]

CLOSE = 1e-9
"""By which share less is spent than the funds can pay, so that what a solver lets through is no money."""
HALVINGS = 34
"""How often the range in which the most that funds can pay lies is halved: to less than a ten-billionth."""


@dataclass(frozen=True, eq=False)
class BenchmarkPlan:
    """A plan made by a plain rule, and its audit.

    Parameters
    ----------
    name
        What it is called.
    words
        How it is made, in a sentence.
    audit
        The audit of the plan, with the plan and the scenario.
    """

    name: str
    words: str
    audit: Audit

    @property
    def scenario(self) -> Scenario:
        """The scenario whose programs it pays for."""
        return self.audit.scenario

    @property
    def plan(self) -> SpendingPlan:
        """The plan."""
        return self.audit.plan


def current_budget(subject: Subject) -> BenchmarkPlan:
    """Return the current budget: every program has its baseline in every period, and new programs have nothing.

    Where `baseline_by_fund` says which funds pay now, or `fund_shares` which pay in any case, they do. Where neither
    does, those pay with which the plan misses the fewest limits: so a limit that is missed is missed by the budget
    itself, and not by a guess at who pays.

    Parameters
    ----------
    subject
        A scenario, a plan of it, or its path.

    Raises
    ------
    OptionError
        If no program has a baseline.
    """
    scenario = scenario_of(subject, "current_budget")
    _baselines(scenario)
    words = "Every program has its baseline, and new programs have nothing."
    return BenchmarkPlan("current budget", words, audited_baselines(scenario))


def audited_baselines(scenario: Scenario) -> Audit:
    """Return the audit of the current budget, which spends nothing where no program has a baseline.

    :func:`current_budget` says who pays.
    """
    charged = audit_plan(scenario, SpendingPlan.current(scenario))
    if charged.accepted:
        return charged
    baseline = np.nan_to_num(scenario.baselines)
    taken, units, stated = charged.plan.packages, charged.plan.units, stated_payments(scenario, baseline)
    free = paid_by_funds(scenario, baseline, packages=taken, units=units, stated=stated)
    return min(charged, free, key=misses)


def across_the_board(subject: Subject, share: float | None = None) -> BenchmarkPlan:
    """Return the plan in which every program has its baseline, more or less by one percentage; new ones have nothing.

    A program of decision packages takes those that its money buys, and a service of whole units as many as that.

    Parameters
    ----------
    subject
        A scenario, a plan of it, or its path.
    share
        The change, such as -0.05 for a cut of 5%. Left out, the greatest for which the funds have the money: first one
        for all periods, and then, period after period, what more there is. Rules are not looked at; the audit says
        which of them are missed.

    Raises
    ------
    OptionError
        If no program has a baseline, or the share is below -1 or no number.
    InfeasibleError
        If the funds cannot even pay for nothing.
    """
    scenario = scenario_of(subject, "across_the_board")
    baseline = _baselines(scenario)
    if share is not None and not -1.0 <= share < np.inf:
        raise OptionError(f"an even change by {share} is none", hint="a cut by 5% is -0.05, and the greatest cut is -1")
    if share is None:
        most = 2.0 + float(inflow(scenario).sum()) / max(float(baseline.sum(axis=0).min()), scenario.cent)
        factor = spend_all(scenario, lambda level: baseline * level, most)
        shares = factor - 1.0
        amounts = baseline * factor
    else:
        shares, amounts = np.array([float(share)]), baseline * (1.0 + share)
    low, high = (f"{round(one, 3) + 0.0:+.1%}" for one in (shares.min(), shares.max()))
    name = f"across the board ({low})" if low == high else f"across the board ({low} to {high})"
    words = "Every program changes by the same percentage of its baseline, and new programs have nothing."
    return BenchmarkPlan(name, words, as_bought(scenario, amounts))


def lowest_quartile_first(subject: Subject, by: str | None = None) -> BenchmarkPlan:
    """Return the plan that cuts the lowest quartile of programs first, as priority-based budgeting does.

    Where the funds cannot pay for all baselines, the programs of the lowest quartile are cut by one percentage, each
    down to its floor at most; where that is not enough, those of the next one too. Where the funds can pay for more,
    the programs of the highest quartile are raised by one percentage, each up to its ceiling or to the point from which
    on more brings nothing, and then those of the next one. Rules on change set floors and ceilings; all other rules are
    not looked at. New programs have their floors.

    Parameters
    ----------
    subject
        A scenario, a plan of it, or its path.
    by
        The attribute of programs that says it: quartiles 1 (highest) to 4, or scores, of which more is better. Left
        out, an attribute ``quartile``, or priorities that are quartiles; where there are none, what each program brings
        now for a dollar of its baseline, in weighted outcomes.

    Raises
    ------
    OptionError
        If no program has a baseline, or nothing tells the quartiles.
    UnknownNameError
        If programs have no such attribute.
    """
    scenario = scenario_of(subject, "lowest_quartile_first")
    baseline = _baselines(scenario)
    quartile, said = quartiles_of(scenario, by)
    floor, at_most = limits_in_dollars(scenario)
    base = np.clip(baseline, floor, at_most)
    ceiling = np.maximum(np.minimum(scenario.ceilings, at_most), base)
    # by this share of its baselines a quartile is raised to more than there is
    sums = np.zeros((4, base.shape[1]))
    np.add.at(sums, quartile - 1, base)
    much = 2.0 * float(inflow(scenario).sum()) / np.maximum(sums, scenario.cent)

    def path(level: Floats) -> Floats:
        """Return the amounts of a level in each period: from 0 (cut to the floors) by 4 (the baselines) to 8."""
        keep = np.clip(level[None, :] - (quartile[:, None] - 1), 0.0, 1.0)
        more = np.clip(level[None, :] - 4 - (quartile[:, None] - 1), 0.0, 1.0) * much[quartile - 1]
        amounts: Floats = np.clip(base * (keep + more), floor, ceiling)
        return amounts

    amounts = path(spend_all(scenario, path, 8.0))
    words = f"The lowest quartile of programs ({said}) is cut first, and the highest is raised first."
    return BenchmarkPlan("lowest quartile first", words, as_bought(scenario, amounts))


def limits_in_dollars(scenario: Scenario) -> tuple[Floats, Floats]:
    """Return the floors and ceilings of programs in dollars, those of rules on change too; shape (programs, periods).

    A ceiling is never below the floor.
    """
    limits = program_limits(scenario)
    price = np.nan_to_num(scenario.programs.number("service.unit_cost"))[:, None] * scenario.price_level
    fixed = fixed_costs(scenario)
    floor = np.maximum(limits.lower, np.where(limits.fewest > 0, fixed + limits.fewest * price, 0.0))
    units = np.where(price > 0, limits.most, np.inf)
    unbounded = np.full(units.shape, np.inf)
    most = fixed + np.multiply(units, price, out=unbounded, where=np.isfinite(units))
    # what must be funded at all needs its least amount
    least = np.nan_to_num(scenario.programs.number("if_funded.at_least"))[:, None]
    floor = np.where(floor > 0, np.maximum(floor, least), floor)
    return floor, np.maximum(np.minimum(limits.upper, most), floor)


def _baselines(scenario: Scenario) -> Floats:
    """Return the baselines, 0 for new programs; shape (programs, periods)."""
    baseline: Floats = np.nan_to_num(scenario.baselines)
    if not baseline.any():
        raise OptionError("no program has a baseline", hint="write what each program has now: baseline: 2.4M")
    return baseline


def as_bought(scenario: Scenario, amounts: Floats) -> Audit:
    """Return the audit of the plan of some amounts, with the whole packages and units that they buy.

    ``amounts`` are dollars, shape (programs, periods).
    """
    amounts = whole_cents(scenario, amounts)
    packages, units = list_packages(scenario), current_units(scenario)
    taken = np.zeros((len(packages), amounts.shape[1]), dtype=bool)
    if len(packages):
        for period in range(amounts.shape[1]):
            taken[:, period] = packages_bought(scenario, amounts[:, period] / scenario.price_level[:, period])
        due = packages.due(scenario, taken)
        amounts = np.where(np.isin(np.arange(len(amounts)), packages.program)[:, None], due, amounts)
    whole = scenario.programs.flag("service.whole", default=False)
    if whole.any():
        price = scenario.programs.number("service.unit_cost")[:, None] * scenario.price_level
        fixed = fixed_costs(scenario)
        pays = whole[:, None] & (price > 0)
        bought = np.floor(np.maximum(amounts - fixed, 0.0) / np.where(pays, price, 1.0) * (1 + 1e-12))
        units = np.where(pays, bought, units)
        amounts = np.where(pays, np.where(bought > 0, fixed + bought * price, 0.0), amounts)
    return paid_by_funds(scenario, amounts, packages=taken, units=units)


def whole_cents(scenario: Scenario, amounts: Floats) -> Floats:
    """Return amounts rounded down to cents, but for what a computer's rounding leaves below one; same shape."""
    counts = counts_of(amounts, scenario.cent)
    return amounts_of(np.floor(counts + 1e-4), scenario.cent)


def spend_all(scenario: Scenario, path: Callable[[Floats], Floats], most: float) -> Floats:
    """Return the greatest level of a path that the funds can pay for: one for all periods, then more in each in order.

    Parameters
    ----------
    path
        The amounts of a level in each period, shape (programs, periods); no amount falls as a level rises.
    most
        The greatest level; the least is 0.

    Raises
    ------
    InfeasibleError
        If the funds cannot pay for the least level.
    """
    capacity, periods = FundCapacity(scenario), len(scenario.periods)
    if not capacity.can_pay(path(np.zeros(periods))):
        raise InfeasibleError(
            "the funds cannot pay even the floors of all programs",
            hint="`budgetopt conflicts` says which limits contradict each other",
        )

    def fits_in(period: int, one: float) -> bool:
        """Return whether the funds can pay for another level in one period."""
        return capacity.can_pay(path(np.where(np.arange(periods) == period, one, level)))

    level = np.full(periods, _greatest(lambda one: capacity.can_pay(path(np.full(periods, one))), 0.0, most))
    for period in range(periods if periods > 1 else 0):  # no mutant: one period alone is not raised further
        level[period] = _greatest(partial(fits_in, period), level[period], most)
    return level


def _greatest(fits: Callable[[float], bool], low: float, high: float) -> float:
    """Return the greatest number between two that fits, a little less than it; the lower one does."""
    if fits(high):
        return high
    first, good, bad = low, low, high
    for _ in range(HALVINGS):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if fits(middle) else (good, middle)
    # a round number, such as no change at all, is not missed by a hair
    even = round(good, 6)
    if abs(even - good) <= 10 * CLOSE * (high - first) and fits(even):
        return max(first, even)
    return max(first, good - CLOSE * (good - first))


_QUARTILE = re.compile(r"(?:q(?:uartile)?\s*)?([1-4])", re.IGNORECASE)


def quartiles_of(scenario: Scenario, by: str | None) -> tuple[Ints, str]:
    """Return the quartile of each program, 1 for the highest to 4, and what says it; shape (programs,)."""
    programs = scenario.programs
    if by is not None:
        texts = _attribute(scenario, by)
        return _read_quartiles(texts, by)
    for key, name in (("attributes.quartile", "attribute quartile"), ("priority", "priority")):
        texts = programs.text(key)
        if (texts != "").any() and all(_QUARTILE.fullmatch(str(text)) for text in texts[texts != ""]):
            return _read_quartiles(texts, name)
    worth = current_value(scenario)
    baseline = np.nan_to_num(scenario.baselines).sum(axis=1)
    if not worth.any():
        raise OptionError(
            "nothing tells the quartiles of programs",
            hint="name the attribute that has them, such as quartile=score, or give outcomes weights",
        )
    score = np.divide(worth, baseline, out=np.full(len(worth), -np.inf), where=baseline > 0)
    return _ranked(score, baseline > 0), "by weighted outcomes for each dollar of the baseline"


def _attribute(scenario: Scenario, by: str) -> Texts:
    """Return an attribute of the programs as text; shape (programs,)."""
    programs, name = scenario.programs, by.removeprefix("attributes.")
    known = [one for one in attribute_names(programs) if one not in _NO_ORDER]
    if name not in known:
        raise UnknownNameError("attribute", by, known)
    return programs.text(name if name in ATTRIBUTES else f"attributes.{name}")


_NO_ORDER = ("program", "name", "tags", "districts", "baseline")
"""Attributes that say no quartile."""


def _read_quartiles(texts: Texts, name: str) -> tuple[Ints, str]:
    """Return quartiles from the texts that say them, or from scores; programs without any are in the lowest one."""
    known = texts != ""
    found = [_QUARTILE.fullmatch(str(text)) for text in texts.tolist()]
    if all(match is not None for match, has in zip(found, known.tolist(), strict=True) if has):
        return np.array([int(match[1]) if match else 4 for match in found], dtype=np.int64), f"by its {name}"
    try:
        score = np.array([float(text or "-inf") for text in texts.tolist()])
    except ValueError:
        bad = next(text for text in texts[known].tolist() if not re.fullmatch(r"[-+0-9.eE]+", str(text)))
        message = f"{name} of a program is {bad!r}, which is neither a quartile nor a score"
        raise OptionError(message, hint="write quartiles 1 to 4, or scores of which more is better") from None
    return _ranked(score, known), f"by its {name}"


def _ranked(score: Floats, known: Bools) -> Ints:
    """Return quartiles of equally many programs by falling score; programs that are not known are in the lowest."""
    order = np.argsort(-np.where(known, score, -np.inf), kind="stable")
    quartile = np.full(len(score), 4, dtype=np.int64)
    count = int(known.sum())
    quartile[order[:count]] = np.arange(count) * 4 // max(count, 1) + 1
    return quartile


def current_value(scenario: Scenario) -> Floats:
    """Return what each program brings at its baseline in weighted outcomes, all periods together; shape (programs,)."""
    worth = np.array([outcome.worth for outcome in scenario.outcomes.values()])
    levels = audit_plan(scenario, SpendingPlan.current(scenario)).levels
    value = np.zeros(len(scenario.programs))
    if len(worth):
        np.add.at(value, levels.program, worth[levels.outcome] * levels.level.sum(axis=1))
    return value
