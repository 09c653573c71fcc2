"""Why each program has what it has, in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation.margins import margins_of
from budgetopt.allocation.money_sides import funds_that_bring
from budgetopt.allocation.package_reasons import cheapest_unfunded, have_all_packages, least_to_open, package_reasons
from budgetopt.formulation.fund_rows import inflow
from budgetopt.formulation.stages import decides_first, gives_up, outcome_worths
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import CHANGE, LARGEST_CUT
from budgetopt.scenario.programs import Bools, Texts
from budgetopt.scenario.words import money, plural, printed

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["PLAIN", "funded_of", "reasons_of", "what_limits"]

_MOST_FUNDS = 3
_STANDS = "stands at the margin: its next dollar buys no more than elsewhere"
_KEPT = "kept at its baseline: no effect of it is measured"
_ELSEWHERE = "unfunded: the money buys more elsewhere"
# what is true of every plan that is the best, where no price says more
_NO_BETTER = "unfunded: no plan with it is better"
_NOT_FOUND = "unfunded: no better plan with it was found"
_SET = "funded: no plan that gives it more or less is better"
_SEARCHED = "funded: no better plan was found"
_DECIDED = "funded: as the goals in their order decide"
_IDLE = "unfunded: a dollar here would add nothing"
_BLIND = ("money", "kept baseline", "reserve", "fund spending", "transfer")
"""Kinds of limit that do not tell programs of the same funds apart, but for floors and ceilings."""
PLAIN = (_STANDS, _ELSEWHERE, _NO_BETTER, _NOT_FOUND, _SET, _SEARCHED)
"""Reasons in place of which the price of a rule may say more."""


def reasons_of(plan: Allocation) -> Texts:
    """Return what holds each program's spending, in the first period that something holds it; shape (programs,)."""
    limits, spent = plan.formulation.limits, plan.spending.sum(axis=1)
    listed = plan.scenario.limits
    at_ceiling = _at_ceiling(plan)
    at_floor = (limits.lower > 0) & (spent <= limits.lower + 1e-9 * spent + plan.half_a_cent)
    fixed = at_floor & at_ceiling
    plain = _plain(plan)
    reasons = np.full(len(spent), plain[0], dtype=object)
    unfunded = ~funded_of(plan)
    reasons[unfunded] = plain[1]
    _say_margins(plan, reasons, unfunded)
    _say_cuts(plan, reasons)
    _say_service_ceilings(plan, reasons)
    for row, words in package_reasons(plan, is_best=plain[0] == _SET):
        reasons[row] = words
    for row in np.flatnonzero(reasons == plain[1]).tolist():
        if words := least_to_open(plan, row):
            reasons[row] = f"unfunded: {words}"
    reasons[unfunded & ~_have_money(plan)] = "unfunded: no fund that may pay for it has money"
    reasons[unfunded & ~plan.scenario.eligible.any(axis=1)] = "unfunded: no fund may pay for it"
    for held, by, own, word in (
        (at_floor & ~fixed, limits.lower_by, "held up by its floor", "held up by the rule"),
        (at_ceiling & ~fixed, limits.upper_by, "at its ceiling", "held down by the rule"),
        (fixed, limits.lower_by, "fixed: its floor is its ceiling", "fixed by the rule"),
    ):
        someone = held.any(axis=1)
        first = held.argmax(axis=1)
        setter = by[np.arange(len(spent)), first]
        reasons[someone] = own
        for position in np.unique(setter[someone & (setter >= 0) & (setter < len(listed.shared))]).tolist():
            limit = listed[position]
            words = _KEPT if limit.kind == "kept baseline" else f"{word} “{limit.name}”"
            reasons[someone & (setter == position)] = words
    return reasons


def _plain(plan: Allocation) -> tuple[str, str]:
    """Return what is true of each program that is funded, and of each that is not, where no price says more."""
    if gives_up(plan.scenario):
        return _DECIDED, f"un{_DECIDED}"
    return (_SET, _NO_BETTER) if plan.proved else (_SEARCHED, _NOT_FOUND)


def funded_of(plan: Allocation) -> Bools:
    """Return which programs get money, serve at no cost, or have a package, in any period; shape (programs,)."""
    funded: Bools = (plan.spending.sum(axis=(1, 2)) > plan.half_a_cent) | (plan.units.sum(axis=1) > 0)
    funded[plan.scenario.packages.program[plan.packages.any(axis=1)]] = True
    return funded


def what_limits(plan: Allocation, spoken: Callable[[float], str] = money, own: int = 0) -> str:
    """Return, for a plan without a limit that binds, why it still goes no further; one sentence.

    ``own`` is how many limits of single programs bind, where only such limits do.
    """
    if (found := cheapest_unfunded(plan)) is not None:
        cost, left, period = found
        when = f" in {plan.scenario.periods[period]}" if len(plan.scenario.periods) > 1 else ""
        if left > plan.half_a_cent:
            return f"{spoken(left)} is left{when}: the cheapest package that may be added costs {spoken(cost)}."
    reasons = [str(reason) for reason in plan.programs["reason"]]
    full = (_at_ceiling(plan) | _serves_all(plan)).all(axis=1)
    at_ceiling = full & np.array([reason.startswith("at its ceiling") for reason in reasons], dtype=bool)
    if len(reasons) and at_ceiling.all():
        return "Every program is at its ceiling."
    idle = np.array([reason.startswith((_IDLE, "unfunded: no effect")) for reason in reasons], dtype=bool)
    bind = plural(own, "limit of a single program binds", "limits of single programs bind")
    if gives_up(plan.scenario):
        return f"{f'{bind}; for the rest the' if own else 'The'} plan is as the goals in their order decide."
    first = decides_first(plan.scenario)
    by = f" by {first}" if first else ""
    if len(reasons) and (at_ceiling | have_all_packages(plan) | (idle & ~_needs_more_at_once(plan))).all():
        nothing = f"Nothing more is to be gained{by}"
        return f"{nothing}: each program is at its ceiling, or would add nothing with more money."
    if together := _spent_together(plan):
        return f"{together}{by}."
    if own:
        return f"{bind}, and no other{by}."
    held = "With the all-or-nothing decisions as they are, no" if plan.formulation.linear_program.is_integer else "No"
    return f"{held} limit holds the plan back{by}."


def _at_ceiling(plan: Allocation) -> Bools:
    """Return which programs get all the money that they may get; shape (programs, periods)."""
    spent = plan.spending.sum(axis=1)
    return np.asarray(spent >= plan.formulation.limits.upper - (1e-9 * spent + plan.half_a_cent))


def _serves_all(plan: Allocation) -> Bools:
    """Return which services serve as many units as they may; shape (programs, periods)."""
    most = plan.formulation.limits.most
    return np.asarray((most > 0) & (plan.units >= most * (1 - 1e-9)))


def _needs_more_at_once(plan: Allocation) -> Bools:
    """Return the programs to which much may bring more than its first dollar does; shape (programs,)."""
    found = np.zeros(len(plan.scenario.programs), dtype=bool)
    for kind in ("open", "beyond"):
        for block in plan.formulation.linear_program.column_labels.of_kind(kind):
            found[block.keys["program"]] = True
    return found


def _spent_together(plan: Allocation) -> str:
    """Return in which funds a dollar less makes the plan worse, where a dollar more in one alone makes it no better.

    One sentence, without its full stop.
    """
    more, less = plan.prices.money, plan.prices.money_less
    revenue = np.array([plan.scenario.revenue(name) for name in plan.scenario.funds]).reshape(less.shape)
    # of all of the revenue, what rounding leaves of a price of nothing
    worth = less * revenue > 1e-9 * max(1.0, abs(plan.objective_value or 0.0))
    small = 1e-6 * float(np.nanmax(less, initial=0.0))
    funds = np.flatnonzero((worth & (np.nan_to_num(more, nan=np.inf) <= small) & (less > small)).any(axis=1)).tolist()
    if not funds:
        return ""
    names = [printed(name, fund.name) for name, fund in plan.scenario.funds.items()]
    if len(funds) == 1:
        name = names[funds[0]]
        return f"Money in {name} is all spent: a dollar less makes the plan worse, one more makes it no better"
    named = [names[fund] for fund in funds]
    if len(funds) > _MOST_FUNDS:
        named = [*named[: _MOST_FUNDS - 1], f"{len(funds) - _MOST_FUNDS + 1:,} other funds"]
    return (
        f"Money is all spent in {', '.join(named[:-1])} and {named[-1]}: a dollar less in any of them makes the plan"
        " worse, one more in one of them alone makes it no better"
    )


def _say_margins(plan: Allocation, reasons: Texts, unfunded: Bools) -> None:
    """Say of programs that are scaled which of money and resources their next dollar would take from elsewhere."""
    margins = margins_of(plan)
    if margins is None or gives_up(plan.scenario) or outcome_worths(plan.scenario, plan.scenario.objective[0]) is None:
        return
    effects, small = plan.scenario.effects, 1e-9 * (np.abs(margins.worth) + margins.money + margins.resource)
    measured = np.zeros(len(reasons), dtype=bool)
    measured[effects.program] = True
    adds, scarce, unfavoured = margins.worth > small, margins.money > small, margins.other >= -small
    packaged = np.isin(np.arange(len(reasons)), plan.scenario.packages.program)
    # where another limit ends just as the money does, a dollar more may bring nothing anywhere
    missed = (plan.scenario.eligible & _brings(plan)).any(axis=1)
    # with the charges of rules and resources the dollar may be worth less still
    costs_more = ~packaged & scarce & (margins.worth <= margins.money + small)
    stands = ~unfunded & costs_more & unfavoured
    reasons[unfunded & costs_more & adds & missed] = _ELSEWHERE
    reasons[stands & missed] = _STANDS
    first = decides_first(plan.scenario)
    reasons[unfunded & ~np.isnan(margins.worth) & ~adds & unfavoured] = f"{_IDLE}{f' to {first}' if first else ''}"
    reasons[unfunded & ~measured & unfavoured] = "unfunded: no effect of it is measured"
    alike = np.abs(plan.spending.sum(axis=1) - np.nan_to_num(plan.scenario.baselines)) <= plan.half_a_cent
    spare = ~unfunded & ~measured & ~packaged & unfavoured & alike.all(axis=1)
    reasons[spare] = "keeps its baseline: no effect of it is measured, and its money is not needed elsewhere"
    # what a fund could only be given by another is worth what it is worth there
    own = (plan.scenario.eligible & (inflow(plan.scenario) > 0).any(axis=1)).any(axis=1)
    tie = own & adds & (np.abs(margins.money - margins.worth) <= small) & (margins.resource <= small)
    reasons[unfunded & tie & unfavoured & missed] = "unfunded: its dollar would buy no more than elsewhere"
    for row, kind, name, alike in margins.asked:
        what = f"the target of “{name}” asks" if kind == "target" else f"the rule “{name}” asks"
        reasons[row] = f"funded: {what} for it{', if not for another that does as well' if alike else ''}"
    by_resource = unfavoured & adds & (margins.resource > small)
    for position, (key, resource) in enumerate(plan.scenario.resources.items()):
        name = printed(key, resource.name)
        mine = by_resource & (margins.scarcest == position)
        if resource.capacity is None:
            continue
        capacity, uses = plan.scenario.per_period(resource.capacity), plan.audit.uses
        if not capacity.any():
            reasons[unfunded & mine] = f"unfunded: needs {name}, of which there is none"
        full = np.asarray(plan.audit.resources)[position] >= capacity - 1e-6 * np.maximum(capacity, 1.0)
        used = np.zeros((len(reasons), len(capacity)))
        np.add.at(used, uses.program[uses.outcome == position], uses.level[uses.outcome == position])
        elsewhere = ((used.sum(axis=0) - used > 0) & full).any(axis=1)
        both = mine & scarce & elsewhere
        alone = mine & ~scarce & elsewhere
        reasons[unfunded & alone] = f"unfunded: {name} {_are(name)} used up elsewhere"
        for row in np.flatnonzero(unfunded & alone & (margins.there > margins.here * (1 + 1e-9))).tolist():
            figures = f"one of the {resource.unit} buys {margins.there[row]:.6g} there, {margins.here[row]:.6g} here"
            reasons[row] = f"unfunded: {name} {_are(name)} used up elsewhere: {figures}"
        reasons[unfunded & both] = f"unfunded: the money and {name} are used up elsewhere"
        reasons[~unfunded & alone] = f"stands at the margin: {name} {_buy(name)} no more here than elsewhere"
        reasons[~unfunded & both] = f"stands at the margin: the money and {name} buy no more here than elsewhere"
        # where money ends just as the resource does, more of either alone brings nothing
        sole = ((used > 0) & (used.sum(axis=0) - used <= 0) & full).any(axis=1)
        reasons[sole & stands & np.isin(reasons, PLAIN)] = f"stands at the margin: it uses all of {name}"
        by_itself = mine & ~scarce & ~elsewhere & full.any()
        reasons[~unfunded & by_itself] = f"stands at the margin: it uses all of {name}"


def _brings(plan: Allocation) -> Bools:
    """Return of which funds a dollar more makes the plan better, integer decisions held; shape (funds,)."""
    if plan.solver_result.held is not None:
        return funds_that_bring(plan.scenario, plan.solver_result.held)
    more, less = plan.prices.money, plan.prices.money_less
    brings = np.nan_to_num(more, nan=np.inf) > 1e-6 * float(np.nanmax(less, initial=0.0))
    return np.asarray(brings.any(axis=1))


def _are(name: str) -> str:
    return "are" if name.endswith("s") else "is"


def _buy(name: str) -> str:
    return "buy" if name.endswith("s") else "buys"


def _say_cuts(plan: Allocation, reasons: Texts) -> None:
    """Say of programs that are cut, where the least change or an even cut is the objective, why just by so much."""
    first = plan.scenario.objective[0].minimize
    if first not in (CHANGE, LARGEST_CUT):
        return
    spent, lower, small = plan.spending.sum(axis=1), plan.formulation.limits.lower, plan.half_a_cent
    baseline = np.nan_to_num(plan.scenario.baselines)
    below = (spent < baseline - small) & (spent >= lower)
    kept = (np.abs(spent - baseline) <= small).all(axis=1)
    reasons[kept] = "keeps its baseline"
    if first == LARGEST_CUT:
        _say_even_cuts(plan, reasons, below.any(axis=1))
    elif plan.proved and not gives_up(plan.scenario):
        reasons[below.any(axis=1)] = "cut: a smaller cut here would not make the change of all programs smaller"
        reasons[_have_other_cuts(plan)] = "cut: other cuts of the same size would do as well"


def _have_other_cuts(plan: Allocation) -> Bools:
    """Return in place of which cuts another program could be cut in the same period; shape (programs,).

    Nothing but their funds' own limits may tell the two apart: then the same money moves from one to the other.
    """
    scenario, limits, spent = plan.scenario, plan.formulation.limits, plan.spending.sum(axis=1)
    alike = len(scenario.objective) == 1 and not plan.formulation.linear_program.is_integer
    if not (alike and all(limit.kind in _BLIND for limit in scenario.limits.shared)):
        return np.zeros(len(spent), dtype=bool)
    # what moves is one unit of the plan's amounts
    baseline, nothing, unit = np.nan_to_num(scenario.baselines), plan.half_a_cent, plan.rounded_to - plan.half_a_cent
    may_move = np.isnan(scenario.fund_shares).all(axis=1, keepdims=True)
    could = may_move & (limits.fewest <= 0) & (spent > limits.lower + unit) & (spent <= baseline + nothing)
    funds, of = np.unique(scenario.eligible, axis=0, return_inverse=True)
    count = np.zeros((len(funds), spent.shape[1]))
    np.add.at(count, of.ravel(), could)
    others = count[of.ravel()] - could
    return np.asarray((may_move & (spent < baseline - unit) & (others > 0)).any(axis=1))


def _say_even_cuts(plan: Allocation, reasons: Texts, below: Bools) -> None:
    """Say of programs that are cut how many others lose the same share in the period of their largest cut.

    Cuts below the largest are made even after all objectives.
    """
    spent, baseline = plan.spending.sum(axis=1), np.nan_to_num(plan.scenario.baselines)
    cut = np.divide(baseline - spent, baseline, out=np.zeros_like(spent), where=baseline > 0)
    period, most = cut.argmax(axis=1), cut.max(axis=1)
    tolerance = np.divide(2 * plan.half_a_cent, baseline, out=np.zeros_like(spent), where=baseline > 0)
    rounding = "" if plan.scenario.document.round_to is None else ", but for the rounding of amounts"
    is_smallest = plan.proved and not gives_up(plan.scenario)
    are_even = is_smallest and len(plan.scenario.objective) == 1 and not plan.formulation.linear_program.is_integer
    for row in np.flatnonzero(below).tolist():
        at = int(period[row])
        same = np.abs(cut[:, at] - most[row]) <= tolerance[:, at] + tolerance[row, at]
        others = int((same & below).sum()) - 1
        alike = f", as {others:,} other program{'s are' if others > 1 else ' is'}" if others else ""
        why = f": cuts are as even as the limits allow{rounding}" if are_even else ""
        if is_smallest and most[row] >= most.max() - tolerance[row, at]:
            why = ": no plan has a smaller largest cut"
        reasons[row] = f"cut by {Share(round(float(most[row]), 4))}{alike}{why}"


def _say_service_ceilings(plan: Allocation, reasons: Texts) -> None:
    """Say of services that they serve as many units as they may."""
    programs, most = plan.scenario.programs, plan.formulation.limits.most
    for row in np.flatnonzero(_serves_all(plan).any(axis=1)).tolist():
        unit = programs.text("service.unit")[row] or "units"
        reasons[row] = f"at its ceiling of {money(float(np.nanmax(most[row])))} {unit}"


def _have_money(plan: Allocation) -> Bools:
    """Return which programs some fund may pay for that has money of its own, or may get some; shape (programs,)."""
    funds = plan.scenario.funds
    takes = {receiver for fund in funds.values() for receiver in fund.transfers_to}
    has = (inflow(plan.scenario) > 0).any(axis=1) | np.array([name in takes for name in funds], dtype=bool)
    return np.asarray((plan.scenario.eligible & has).any(axis=1))
