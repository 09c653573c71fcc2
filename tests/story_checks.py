"""Works out again what each sentence of a story states, from the cents of the plan or by solving again.

Nothing here uses the tables of reports: the figures come from the arrays of the plan and from the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.audit.activity import levels_of
from budgetopt.report import Figures, Numbers
from budgetopt.report.figures.limit_lines import limits_of
from budgetopt.report.figures.outcome_rows import Bought
from budgetopt.report.plan_view.story import Claim, story_claims
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from measures import best_value

__all__ = ["Checked", "checked"]

ROUNDING = 0.015
SHOWN = 0.51
"""Figures are rounded so that they add up: each may be off by so many of the unit that is shown."""


@dataclass(frozen=True)
class Checked:
    """A sentence that was worked out again, and what is wrong with it; empty if nothing is."""

    kind: str
    problem: str


def checked(plan: Allocation) -> list[Checked]:
    """Return every sentence of a plan's story that was worked out again."""
    numbers, figures = Numbers(plan.scenario.currency), Figures.of(plan)
    claims = story_claims(plan, figures, Bought(plan).rows, limits_of(plan, numbers), numbers)
    found = []
    # what rounding leaves in the account of a fund is borne by its spending, in every period anew
    allowed = (1 + len(plan.scenario.periods)) * figures.unit.dollars
    for claim in claims:
        if claim.kind in CHECKS:
            faults = list(CHECKS[claim.kind](plan, claim, allowed))
            found.append(Checked(claim.kind, f"{claim.text} But {'; '.join(faults)}" if faults else ""))
    return found


def _spent(plan: Allocation) -> Floats:
    return np.asarray(np.rint(plan.spending * 100).sum(axis=(1, 2)) / 100)


def _change(plan: Allocation) -> Floats:
    """Return what each program gains, new ones all that they have; shape (programs,)."""
    return np.asarray(_spent(plan) - np.nan_to_num(plan.scenario.baselines).sum(axis=1))


def _spending(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    spent = _spent(plan)
    if abs(spent.sum() - claim.figures["spending"]) > unit * len(spent):
        yield f"the payments add up to {spent.sum()}"
    if not (spent > unit).sum() <= claim.figures["funded"] <= (spent > 0).sum():
        yield f"{(spent > 0).sum()} programs are paid for"


def _counts(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    change, old = _change(plan), ~np.isnan(plan.scenario.baselines).all(axis=1)
    for key, sign in (("gain", 1), ("lose", -1)):
        clearly, at_all = (int((old & (sign * change > bound)).sum()) for bound in (unit, 0.0))
        if not clearly <= claim.figures[key] <= max(at_all, clearly) + int((old & (abs(change) <= unit)).sum()):
            yield f"{clearly} to {at_all} programs {key}"
    if sum(claim.figures[key] for key in ("gain", "lose", "same", "started", "unfunded")) != len(change):
        yield "the counts do not add up to all programs"


def _largest(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    change, old = _change(plan), ~np.isnan(plan.scenario.baselines).all(axis=1)
    ids = plan.scenario.programs.ids.tolist()
    for key, sizes in (("increase", change), ("cut", np.where(old, -change, 0.0))):
        named: dict[str, float] = claim.figures.get(key, {})
        if not named and sizes.max() > unit:
            yield f"there is a largest {key} of {sizes.max()}"
        for program, amount in named.items():
            size = float(sizes[ids.index(program)])
            if abs(abs(amount) - size) > unit or size < sizes.max() - unit:
                yield f"{program} moves by {size}, and the largest {key} is {sizes.max()}"


def _next(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    change, ids = _change(plan), plan.scenario.programs.ids.tolist()
    moves: dict[str, float] = claim.figures["moves"]
    order = [abs(float(change[ids.index(program)])) for program in moves]
    if any(after > before + 2 * unit for before, after in pairwise(order)):
        yield f"the moves are {order}"
    for program, amount in moves.items():
        if abs(amount - float(change[ids.index(program)])) > unit:
            yield f"{program} moves by {change[ids.index(program)]}"


def _packages(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    taken = plan.packages.any(axis=1)
    if claim.figures["taken"] != int(taken.sum()):
        yield f"{taken.sum()} packages are taken"
    named = set(plan.scenario.packages.program[taken].tolist())
    if claim.figures["programs"] != len(named):
        yield f"{len(named)} programs take packages"


def _outcomes(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    keys = list(plan.scenario.outcomes)
    levels = plan.audit.levels
    totals = np.zeros(len(keys))
    np.add.at(totals, levels.outcome, levels.level.sum(axis=1))
    for key, level in claim.figures.get("levels", {}).items():
        exact = float(totals[keys.index(key)])
        if abs(level - exact) > max(0.006 * abs(exact), SHOWN * 1e-6):
            yield f"{key} is {exact}"


def _ranges(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    """Multiply each effect by the ends of its range, one after another, and add up how far the level moves."""
    programs, keys = plan.scenario.programs, list(plan.scenario.outcomes)
    for key, (low, high) in claim.figures.items():
        at = keys.index(key)
        level = float(plan.audit.outcomes[at].sum())
        if not low - 1e-6 * abs(level) <= level <= high + 1e-6 * abs(level):
            yield f"{key} is {level}, outside its range"
        least = most = level
        for program in programs.ids.tolist():
            ends = [programs.value(program, f"outcomes.{key}.{end}") for end in ("low", "high")]
            if None in ends:
                continue
            moved = [_level(plan, key, program, float(end)) - level for end in ends]
            least, most = least + min(0.0, *moved), most + max(0.0, *moved)
        if abs(least - low) > 1e-6 * max(1.0, abs(level)) or abs(most - high) > 1e-6 * max(1.0, abs(level)):
            yield f"{key} is from {least} to {most}"


def _level(plan: Allocation, key: str, program: str, factor: float) -> float:
    """Return the level of an outcome with one effect multiplied, at the spending of the plan."""
    effect = plan.scenario.programs[program].outcomes[key]
    if effect.per_dollar is not None:
        change: Any = (f"programs.{program}.outcomes.{key}.per_dollar", effect.per_dollar * factor)
    elif effect.unit_cost is not None:
        change = (f"programs.{program}.outcomes.{key}.unit_cost", effect.unit_cost / factor if factor else 1e15)
    else:
        assert effect.curve is not None
        start = effect.curve[0][1]
        points = [[spent, start + (reached - start) * factor] for spent, reached in effect.curve]
        change = (f"programs.{program}.outcomes.{key}.curve", points)
    outcome = list(plan.scenario.outcomes).index(key)
    levels = levels_of(plan.scenario.with_(change), plan.spending.sum(axis=1), plan.packages, plan.units)
    return float(levels.totals(len(plan.scenario.outcomes))[outcome].sum())


def _balances(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    balances = plan.audit.balances
    free = np.maximum(balances.closing - balances.reserve, 0.0)[:, -1]
    said = sum(claim.figures["left"].values())
    if abs(said - free.sum()) > unit * len(free):
        yield f"{free.sum()} is left"
    if (balances.closing < balances.reserve - 0.01).any() or (balances.closing < -0.01).any():
        yield "a fund is short of its reserve or overdrawn"


def _money(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    balances, names = plan.audit.balances, claim.figures.get("names", [])
    funds = [f"Money in {fund.name or key.replace('_', ' ')}" in names for key, fund in plan.scenario.funds.items()]
    free = balances.closing - balances.reserve
    for position, fund in enumerate(plan.scenario.funds):
        if funds[position] and free[position].min() > unit:
            yield f"{free[position].min()} is left in {fund} in every period"
    if names and np.isfinite(claim.figures["price"]):
        used_up = np.array(funds)[:, None] & (free <= ROUNDING) & (balances.spending > 0)
        yield from _revenue_prices(plan, used_up, claim.figures["price"])


def _revenue(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    balances = plan.audit.balances
    has_left = (balances.closing - balances.reserve > ROUNDING) & (balances.spending > 0)
    # what is said to be worth most has to be so among all funds and periods
    yield from _revenue_prices(plan, has_left, claim.figures["price"])


def _revenue_prices(plan: Allocation, cells: Bools, price: float) -> Iterator[str]:
    """Solve again with more and with less revenue in each fund and period that the sentence is about.

    The best value is concave in revenue: more of it gains no more than the price says anywhere, and less of it costs no
    less than the price somewhere.
    """
    base, problem = best_value(plan.scenario), plan.formulation.linear_program
    if base is None or problem.is_integer:
        return
    sign, accuracy = 1.0 if problem.stages[0].maximize else -1.0, 1e-6 * max(1.0, abs(base))
    costs_as_much = None
    for fund, period in zip(*np.nonzero(cells), strict=True):
        revenue = float(plan.scenario.revenue(list(plan.scenario.funds)[fund])[period])
        if not revenue:
            # there can be no less of it, and its first dollar may bring limits of its own: the price is of money alone
            costs_as_much = True
            continue
        step = 0.01 * revenue
        more, less = (best_value(_with_revenue(plan.scenario, int(fund), int(period), by)) for by in (step, -step))
        if more is not None and sign * (more - base) > price * step + accuracy:
            yield f"{step} more in fund {fund} and period {period} gains {sign * (more - base)}"
        costs_as_much = costs_as_much or less is None or sign * (base - less) >= price * step - accuracy
    if costs_as_much is False:
        yield "less revenue costs less than that in every fund and period"


def _with_revenue(scenario: Scenario, fund: int, period: int, by: float) -> Scenario:
    name = list(scenario.funds)[fund]
    each = scenario.revenue(name).tolist()
    each[period] = max(each[period] + by, 0.0)
    revenue = {"revenue": dict(zip(scenario.periods, each, strict=True)), "growth": 0.0}
    funds = {**scenario.funds, name: scenario.funds[name].model_copy(update=revenue)}
    return replace(scenario, document=scenario.document.model_copy(update={"funds": funds}))


def _limit(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    if not claim.figures or not claim.figures["stake"] > 0:
        return
    # those of single programs come in only where the sentence does not say otherwise
    own = plan.rules["kind"].isin(["floor", "ceiling", "most units"]) & ("single programs" in claim.text)
    most = float(plan.rules.loc[~own, "one_percent"].max())
    if most > claim.figures["stake"] * (1 + 1e-9):
        yield f"another limit has a price of {most} for one percent"
    yield from _relaxed(plan, claim.figures["stake"])


def _relaxed(plan: Allocation, stake: float) -> Iterator[str]:
    """Write another number for the limit, and solve again.

    The best value is concave in a limit: relaxing it gains no more than its prices say, tightening it costs no less.
    """
    table = plan.rules[plan.rules["binding"] & (plan.rules["one_percent"] == stake)]
    if plan.formulation.linear_program.is_integer or len(table) != 1:
        return
    row: dict[str, Any] = table.iloc[0].to_dict()
    limit = plan.scenario.limits[int(row["limit"])]
    numbers = [number for number in limit.numbers if number.sense == row["sense"] and number.value is not None]
    if limit.is_switch or limit.of_each_program or not limit.is_linear or len(numbers) != 1:
        return
    value = numbers[0].value
    rows = plan.rules[(plan.rules["limit"] == row["limit"]) & (plan.rules["sense"] == row["sense"])]
    if isinstance(value, Mapping) or numbers[0].is_share(value) or not np.allclose(rows["bound"], float(value)):
        return
    path = f"{limit.address}.{numbers[0].key}".rstrip(".")
    by = 0.01 * abs(float(value)) * (-1.0 if row["sense"] == "at least" else 1.0)
    price, base = float(rows["price"].fillna(0.0).sum()) * abs(by), best_value(plan.scenario)
    assert base is not None
    sign = 1.0 if plan.formulation.linear_program.stages[0].maximize else -1.0
    accuracy = 1e-6 * max(1.0, abs(base))
    looser, tighter = (best_value(plan.scenario.with_((path, float(value) + step))) for step in (by, -by))
    if row["sense"] == "equals":
        # it may have to be more or less
        gains = [sign * (value - base) for value in (looser, tighter) if value is not None]
        if max(gains, default=0.0) > price + accuracy:
            yield f"relaxing it gains {max(gains)} for {by}, and the prices say {price}"
        return
    if looser is not None and sign * (looser - base) > price + accuracy:
        yield f"relaxing it gains {sign * (looser - base)} for {by}, and the prices say {price}"
    if tighter is not None and sign * (base - tighter) < price - accuracy:
        yield f"tightening it costs {sign * (base - tighter)} for {by}, and the prices say {price}"


CHECKS = {
    "spending": _spending,
    "counts": _counts,
    "largest": _largest,
    "next": _next,
    "packages": _packages,
    "outcomes": _outcomes,
    "ranges": _ranges,
    "balances": _balances,
    "money": _money,
    "revenue": _revenue,
    "limit": _limit,
}
