"""A shadow price is what a little more would bring, checked by solving with a little more and with a little less."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.errors import NoAllocationError
from language.strategies import Told, told
from measures import best_value, few
from oracle import is_share
from strategies import CONVEX, cases, unchecked

STEP = 1_000.0

Document = Mapping[str, Any]


def price_holds(price: float, shifted: Callable[[float], Document], step: float, gain_of: float = 1.0) -> None:
    """Assert that a price lies between what a step of relief brings and what a step the other way costs.

    The best value is concave in every limit, so that a price is never less than the gain of a step of relief, for each
    unit of it, and never more than the loss of a step the other way; where the two are equal, it is just that.
    ``gain_of`` is -1 where less is better.
    """
    now, relieved, tightened = (best_value(shifted(by)) for by in (0.0, step, -step))
    assert now is not None
    assert relieved is not None
    slack = 1e-6 + 1e-8 * abs(now)
    gain = gain_of * (relieved - now)
    assert gain <= price * step + slack
    if tightened is None:
        return
    loss = gain_of * (now - tightened)
    assert loss >= price * step - slack
    if loss - gain <= slack:
        assert price * step == pytest.approx(gain, abs=3 * slack)


@few(1 / 2)
@given(data=st.data())
def test_the_price_of_money_in_a_fund(data: st.DataObject) -> None:
    case = data.draw(cases(features=CONVEX))
    funds, periods = list(case.document["funds"]), case.document["periods"]
    fund, period = data.draw(st.integers(0, len(funds) - 1)), data.draw(st.integers(0, len(periods) - 1))

    def shifted(by: float) -> Document:
        # with enough revenue to begin with that some of it can be taken away
        document = copy.deepcopy(dict(case.document))
        said = document["funds"][funds[fund]]
        now = said.get("revenue", 0)
        each = now if isinstance(now, dict) else dict.fromkeys(periods, now)
        said["revenue"] = {**each, periods[period]: each.get(periods[period], 0) + 2 * STEP + by}
        return document

    plan = bo.solve(unchecked(shifted(0.0)))
    price_holds(float(plan.prices.money[fund, period]), shifted, data.draw(st.sampled_from([1.0, STEP])))


def moved(written: Document, path: tuple[Any, ...], by: float, period: str | None) -> Document:
    """Return the scenario with a number moved, in one period if it differs by period."""
    document = copy.deepcopy(dict(written))
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    limit = place[path[-1]]
    place[path[-1]] = {**limit, period: limit[period] + by} if isinstance(limit, dict) else limit + by
    return document


@few(1 / 2)
@given(data=st.data())
def test_the_price_of_a_rule_or_target(data: st.DataObject) -> None:
    case = data.draw(cases(features=CONVEX))
    document, periods = case.document, case.document["periods"]
    found: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = []
    for number, rule in enumerate(document["rules"]):
        if "sum" in rule and "of" not in rule:
            found.append(("rule", rule["name"], ("rules", number), rule))
    for name, outcome in document["outcomes"].items():
        if "target" in outcome:
            found.append(("target", name, ("outcomes", name, "target"), outcome["target"]))
    found = [entry for entry in found if "at_least" in entry[3] or "at_most" in entry[3]]
    assume(found)
    kind, name, path, words = data.draw(st.sampled_from(found))
    key = "at_least" if "at_least" in words else "at_most"
    plan = bo.solve(case.scenario)
    limit = plan.scenario.limits.find(kind, name)
    held = [period for period in periods if period in words.get("periods", periods)]
    if words.get("each") == "total":
        period, price = None, float(plan.prices.of(limit)[0])
    elif isinstance(words[key], dict):
        period = data.draw(st.sampled_from([period for period in held if period in words[key]] or [None]))
        assume(period is not None)
        price = float(plan.prices.of(limit, period=periods.index(period))[0])
    else:
        # one number for all periods: all of them are relieved together
        period = None
        price = float(plan.prices.of(limit, period=np.array([periods.index(period) for period in held])).sum())
    relief = -1.0 if key == "at_least" else 1.0
    step = STEP if words.get("sum") == "spending" else 0.5

    def shifted(by: float) -> Document:
        return moved(case.document, (*path, key), relief * by, period)

    price_holds(price, shifted, step)


@few(1 / 2)
@given(data=st.data())
def test_the_price_of_a_floor_or_ceiling(data: st.DataObject) -> None:
    case = data.draw(cases(features=CONVEX - {"changes"}))
    programs = case.document["programs"]
    found = [
        (row, name, key)
        for row, (name, words) in enumerate(programs.items())
        for key, limit in words.get("spending", {}).items()
        if not isinstance(limit, dict) and not is_share(limit) and limit >= STEP
    ]
    assume(found)
    row, name, key = data.draw(st.sampled_from(found))
    plan = bo.solve(case.scenario)
    by_period = plan.prices.floor if key == "at_least" else plan.prices.ceiling
    relief = -1.0 if key == "at_least" else 1.0

    def shifted(by: float) -> Document:
        return moved(case.document, ("programs", name, "spending", key), relief * by, None)

    price_holds(float(by_period[row].sum()), shifted, STEP)


@few(1 / 2)
@given(case=told(concave=True, max_programs=3), data=st.data())
def test_the_price_of_a_capacity_a_transfer_or_a_cap_on_a_fund(case: Told, data: st.DataObject) -> None:
    document = case.document
    funds = document["funds"].items()
    paths: list[tuple[str, str, tuple[str, ...]]] = [
        *(
            ("resource", name, ("resources", name, "capacity"))
            for name, one in document.get("resources", {}).items()
            if "capacity" in one
        ),
        *(
            ("transfer", f"{name} to {other}", ("funds", name, "transfers_to", other, "at_most"))
            for name, fund in funds
            for other in fund.get("transfers_to", {})
        ),
        *(
            ("fund spending", name, ("funds", name, "spending", "at_most"))
            for name, fund in funds
            if set(fund.get("spending", {})) == {"at_most"}
        ),
    ]

    def limit_at(path: tuple[str, ...]) -> object:
        place: Any = document
        for key in path:
            place = place[key]
        return place

    found = [entry for entry in paths if isinstance(limit := limit_at(entry[2]), int) and limit >= 1]
    assume(found)
    kind, name, path = data.draw(st.sampled_from(found))
    try:
        plan = bo.solve(case.scenario)
    except NoAllocationError:
        return
    rows = plan.rules[(plan.rules["kind"] == kind) & (plan.rules["name"] == name)]
    assert len(rows) == len(case.scenario.periods)
    better = 1.0 if plan.formulation.linear_program.stages[0].maximize else -1.0
    step = 0.01 if kind == "resource" else 1.0
    price_holds(float(rows["price"].sum()), lambda by: moved(document, path, by, None), step, better)
