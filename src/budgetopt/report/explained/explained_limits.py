"""Why a rule, a target, a resource or a fund is as it is, in plain sentences with figures."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.figure_prices import FigurePrice, money_prices
from budgetopt.analysis.sensitivity.moved_limits import NOT_TOLD
from budgetopt.analysis.sensitivity.pricing import prices
from budgetopt.analysis.sensitivity.total_costs import solved, total_cost
from budgetopt.formulation import formulate
from budgetopt.report.explained.unspent import unspent_words
from budgetopt.report.figures.limit_lines import Gain, limit_name
from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.text import capital, label, one_line, sentence
from budgetopt.scenario.limits import Provision
from budgetopt.solvers import solve_linear_program

if TYPE_CHECKING:
    import pandas as pd

    Told = tuple[str, tuple[str, ...], dict[str, pd.DataFrame]]

__all__ = ["fund_explained", "limit_explained"]


def limit_explained(plan: Allocation, provision: Provision, question: WhatIf, numbers: Numbers) -> Told:
    """Return what explains a rule, target or resource: its name, the sentences, and the tables behind them."""
    position = plan.scenario.limits.position(provision)
    limit = plan.scenario.limits[position]
    table = prices(plan, question=question, only=[provision])
    gain = Gain.of(plan, numbers)
    rows = plan.rules[plan.rules["limit"] == position]
    binds = bool(rows["binding"].any())
    sentences = [sentence(limit.because)] if limit.because else []
    if limit.is_goal:
        sentences += _goal(plan, provision.name, numbers)
        return limit_name(limit), tuple(sentences), {"prices": table, "values": rows}
    if len(table):
        cost = float(table["total_cost"].iloc[0])
    else:
        cost = total_cost(question, provision, question.as_is() if question.is_integer else solved(question.as_is()))
    is_told = not (math.isnan(cost) or _is_held(table))
    costs_nothing = is_told and cost == 0
    if binds:
        sentences.append("It binds.")
    elif costs_nothing and not question.is_integer:
        sentences.append("It does not bind: the plan would keep it anyway.")
    else:
        # another plan without it may be better, or as good, and far from this one: decisions are all-or-nothing
        sentences.append("It does not bind." if costs_nothing else "The plan keeps it without being at its limit.")
    if provision.kind in ("target", "resource"):
        sentences += _in_each_period(plan, rows, numbers)
        sentences += _standing_in(plan, provision.name, numbers) if provision.kind == "resource" else ()
        sentences += _before_it_binds(plan, table, rows, gain)
    if math.isinf(cost):
        sentences.append("Without it nothing would limit the gain.")
    elif not is_told:
        sentences += _untold(cost, gain)
    elif cost > 0:
        sentences.append(f"Without it the best plan would {gain.words(cost)}.")
        if moved := _moves_without(plan, provision, numbers):
            sentences.append(f"Without it {join_words(moved)}.")
    elif binds or question.is_integer:
        sentences.append(f"Dropping it would gain nothing{gain.in_first}.")
    return limit_name(limit), tuple(sentences), {"prices": table, "values": rows}


def _untold(cost: float, gain: Gain) -> Iterator[str]:
    """Say that what a limit costs is not known, and what it costs with the all-or-nothing decisions held."""
    yield f"What dropping it would gain is not worked out: {NOT_TOLD}."
    if not math.isnan(cost):
        brings = f"the best plan would {gain.words(cost)}" if cost > 0 else "it would gain nothing"
        yield f"With the all-or-nothing decisions as they are, {brings}."


def _in_each_period(plan: Allocation, rows: pd.DataFrame, numbers: Numbers) -> Iterator[str]:
    """Say what the plan has beside a target or a capacity, in each period that has one."""
    many = len(plan.scenario.periods) > 1
    for row in rows.to_dict("records"):
        if math.isnan(float(row["bound"])) or math.isnan(float(row["value"])):
            continue
        period = "all periods together" if row["period"] == "all" else one_line(str(row["period"]))
        unit = one_line(str(row["unit"]))
        has = numbers.with_unit(float(row["value"]), unit) if unit else numbers.quantity(float(row["value"]))
        when = f"In {period} the" if many else "The"
        yield f"{when} plan has {has}; the limit is {row['sense']} {numbers.quantity(float(row['bound']))}."


def _standing_in(plan: Allocation, name: str, numbers: Numbers) -> Iterator[str]:
    """Say what stands in for a resource, and for what it stands in itself, in each period."""
    resources, pairs, periods = plan.scenario.resources, plan.scenario.stand_ins, plan.scenario.periods
    names = [label(key, resource.name) for key, resource in resources.items()]
    own = list(resources).index(name)
    for pair, period in np.argwhere(plan.stand_ins > 0).tolist():
        made, by = int(pairs.resource[pair]), int(pairs.by[pair])
        when = f" in {one_line(periods[period])}" if len(periods) > 1 else ""
        units = float(plan.stand_ins[pair, period])
        amount = numbers.with_unit(units, one_line(list(resources.values())[made].unit))
        if own == made:
            yield f"{capital(names[by])} stands in for {amount} more of it{when}."
        elif own == by:
            taken = numbers.with_unit(units * float(pairs.per_unit[pair]), one_line(resources[name].unit))
            yield f"{capital(taken)} of it stand in for {amount} of {names[made]}{when}."


def _before_it_binds(plan: Allocation, table: pd.DataFrame, rows: pd.DataFrame, gain: Gain) -> Iterator[str]:
    """Say how far a limit that does not bind would have to move before it does, in each period that has one."""
    many, bound_in = len(plan.scenario.periods) > 1, dict(zip(rows["period"], rows["binding"], strict=True))
    for row in table.to_dict("records"):
        period = str(row["period"])
        if bound_in.get(period or "all", True) or row["tightening"] != 0:
            continue
        until, moves = float(row["tightening_until"]), "rise" if row["sense"] == "at least" else "fall"
        when = f" in {one_line(period)}" if many and period else ""
        if math.isfinite(until) and not math.isclose(until, float(row["bound"]), rel_tol=1e-9):
            worth_less = f"before the best plan is worth less{gain.in_first}"
            yield f"It would have to {moves} to {gain.numbers.quantity(until)}{when} {worth_less}."
        elif math.isinf(until):
            yield f"However far it {moves}s{when}, the best plan is worth no less{gain.in_first}."


def _goal(plan: Allocation, outcome: str, numbers: Numbers) -> Iterator[str]:
    """Say how far a plan gets to a target that is a goal and no limit."""
    yield "It is a goal, not a limit: the plan comes as near to all goals together as it can."
    target = plan.scenario.outcomes[outcome].target
    assert target is not None
    reached = float(plan.outcomes["level"].to_numpy()[list(plan.scenario.outcomes).index(outcome)])
    level = numbers.with_unit(reached, plan.scenario.outcomes[outcome].unit)
    for bound, words in ((target.at_least, "at least"), (target.at_most, "at most")):
        if isinstance(bound, int | float) and len(plan.scenario.periods) == 1:
            yield f"The plan reaches {level}; the goal is {words} {numbers.quantity(float(bound))}."


def _moves_without(plan: Allocation, provision: Provision, numbers: Numbers) -> list[str]:
    """Return the largest moves of the plan that would be best without a provision, ties settled as in the plan."""
    formulation = formulate(plan.scenario, suspended=[provision])
    answer = solve_linear_program(formulation.linear_program)
    if answer.x is None:
        return []
    change = (formulation.spending_of(answer.x) - plan.spending).sum(axis=(1, 2))
    names = plan.scenario.programs.names()
    moves = []
    for at in np.argsort(-np.abs(change), kind="stable")[:3].tolist():
        if abs(change[at]) >= 1.0:
            amount = numbers.spoken_money(abs(float(change[at])))
            moves.append(f"{one_line(names[at])} would get {amount} {'more' if change[at] > 0 else 'less'}")
    return moves


def fund_explained(plan: Allocation, fund: str, question: WhatIf, numbers: Numbers) -> Told:
    """Return what explains a fund: its name, the sentences, and the tables behind them."""
    import pandas as pd

    table = prices(plan, question=question, only=[Provision("money", fund), Provision("reserve", fund)])
    accounts = plan.funds[plan.funds["fund"] == fund]
    gain = Gain.of(plan, numbers)
    spending, closing = float(accounts["spending"].sum()), float(accounts["closing"].iloc[-1])
    reserve = float(accounts["reserve"].iloc[-1])
    kept = f", of which {numbers.spoken_money(reserve)} is its reserve" if reserve > 0 else ""
    if reserve > 0 and closing - reserve <= plan.half_a_cent:
        kept = ", all of it its reserve"
    sentences = [f"It spends {numbers.spoken_money(spending)} and closes with {numbers.spoken_money(closing)}{kept}."]
    many = len(plan.scenario.periods) > 1
    money = table[(table["kind"] == "money") & (table["period"] != "")]
    searched = question.is_integer and bool((money["decisions"] == "free").all())
    figures = [] if searched else money_prices(question.held or question, fund)
    for row in money.to_dict("records") if searched else ():
        when = f" in {one_line(str(row['period']))}" if many else ""
        sentences += _of_searched_money(row, when, gain, numbers)
    for what, period, price in figures:
        when = f" in {one_line(period) or 'every period'}" if many else ""
        sentences.append(_of_money(price, what, when, gain, numbers))
    if question.is_integer and not searched:
        sentences.append("What a dollar does is worked out with the all-or-nothing decisions as they are.")
    sentences += unspent_words(plan, fund, numbers)
    told = {"prices": table, "money": pd.DataFrame([asdict(price) for _, _, price in figures]), "accounts": accounts}
    return label(fund, plan.scenario.funds[fund].name), tuple(sentences), told


def _of_searched_money(row: Mapping[Hashable, Any], when: str, gain: Gain, numbers: Numbers) -> Iterator[str]:
    """Say what more and less of some money does where decisions are all-or-nothing, by solving again."""
    bound, more, until = (float(row[key]) for key in ("bound", "relief", "relief_until"))
    first, then = float(row["relief_first"]), float(row["relief_then"])
    by = numbers.spoken_money(until - bound) if math.isfinite(until) else ""
    if more:
        yield f"With {by} more{when} the best plan would {gain.words(more * (until - bound))}."
    elif not by:
        start = f"More money{when}" if gain.in_first else f"Money{when} is not the limit here: more of it"
        yield f"{start} would change nothing{gain.in_first}."
    elif math.isnan(first):
        yield f"With {by} more{when} nothing would change{gain.in_first}."
    if not math.isnan(first):
        least = numbers.spoken_money(first - bound)
        yield f"The smallest useful amount more{when} is {least}: it would {gain.words(then)}."
    if bound <= 0:
        return
    less, until = float(row["tightening"]), float(row["tightening_until"])
    first, then = float(row["tightening_first"]), float(row["tightening_then"])
    by = numbers.spoken_money(bound - until)
    if math.isnan(less):
        yield f"With less{when} there is no plan."
    elif less:
        yield f"With {by} less{when}, {gain.amount(less * (bound - until))} would be lost."
    elif math.isnan(first):
        yield f"With {by} less{when} nothing would change{gain.in_first}."
    if not math.isnan(first):
        yield f"With less than {numbers.spoken_money(first)}{when}, {gain.amount(then)} would be lost at once."


def _of_money(price: FigurePrice, what: str, when: str, gain: Gain, numbers: Numbers) -> str:
    """Say what a dollar more and a dollar less of some money does."""
    more, less, of = price.more, price.less, f" of {what}" if what else ""
    if more == 0 and not less < 0:
        until = price.less_until
        falls = f", and so would a dollar less until it falls to {numbers.spoken_money(until)}" if less == 0 else ""
        start = f"{capital(what or 'money')}{when} is not the limit here: a dollar more"
        start = f"A dollar more{of}{when}" if gain.in_first else start
        return f"{start} would change nothing{gain.in_first}{falls}."
    if math.isclose(more, -less, rel_tol=1e-6) and more > 0:
        return f"Each dollar more{of}{when} would {gain.words(more)}."
    start = f"One dollar more{of}{when} would {_does(more, gain)}"
    if math.isnan(more):
        start = f"With one dollar more{of}{when} there is no plan"
    if math.isnan(less):
        return f"{start}." if price.value <= 0 else f"{start}; one dollar less is not possible."
    return f"{start}; one dollar less would {_does(less, gain)}."


def _does(worth: float, gain: Gain) -> str:
    if not worth:
        return f"change nothing{gain.in_first}"
    return gain.words(worth) if worth > 0 else f"cost {gain.amount(-worth)}"


def _is_held(table: pd.DataFrame) -> bool:
    """Return whether a cost was worked out with the all-or-nothing decisions held."""
    return "decisions" in table and len(table) > 0 and bool(table["decisions"].iloc[0] == "held")
