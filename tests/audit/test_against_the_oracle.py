"""The audit against the plainest reading of the same words, in fractions, on random scenarios and plans."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetopt.audit import Audit, SpendingPlan, audit_plan
from measures import few
from strategies import ALL, Case, cases, random_plans

# A cent, and what a cent buys where an outcome is steepest (3 for each 1000 dollars, or one unit for 250).
CENT, CENT_BUYS = Fraction("0.01"), Fraction("0.00004")


def keys(audit: Audit) -> set[tuple[Any, ...]]:
    return {(v.kind, v.name, v.period, v.program, v.fund) for v in audit.violations}


def agree(case: Case, plan: SpendingPlan) -> None:
    """Assert that audit and oracle see the same."""
    audit, reading = audit_plan(case.scenario, plan), case.read(plan)
    for position, outcome in enumerate(case.document["outcomes"]):
        exact = [float(reading.level(outcome, period)) for period in reading.periods]
        assert np.allclose(audit.outcomes[position], exact, rtol=1e-9, atol=1e-6)
    for position, fund in enumerate(case.document["funds"]):
        assert np.allclose(audit.balances.closing[position], [float(x) for x in reading.closing(fund).values()])
        reserves = [float(reading.reserve(fund, period)) for period in reading.periods]
        assert np.allclose(audit.balances.reserve[position], reserves)
    for objective, found in zip([None, *case.document.get("objective", [])][-1:], audit.objectives, strict=True):
        assert np.isclose(found.value, float(reading.objective(objective)), rtol=1e-9, atol=1e-3)
    misses = reading.misses()
    # what is missed by about as much as is allowed may be judged either way
    clear = {miss.key for miss in misses if miss.excess > 10 * CENT}
    outcomes = {"target"} | {f"sum {rule['name']}" for rule in case.document["rules"] if rule.get("sum") != "spending"}
    clear |= {m.key for m in misses if m.excess > 1 and (m.kind in outcomes or f"{m.kind} {m.name}" in outcomes)}
    any_miss = {miss.key for miss in misses if miss.excess > CENT_BUYS / 1000}
    assert clear <= keys(audit) <= any_miss
    assert audit.accepted is (audit.violations == ())


@few(1 / 2)
@given(cases(features=ALL))
def test_a_plan_that_keeps_every_rule_is_accepted(case: Case) -> None:
    audit = audit_plan(case.scenario, case.plan)
    assert audit.accepted, str(audit)
    assert audit.violations == ()
    assert audit.check_table()["kept"].all()
    agree(case, case.plan)


@few(1 / 2)
@given(st.data())
def test_any_plan_is_judged_as_the_words_say(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL, feasible=data.draw(st.booleans())))
    agree(case, data.draw(random_plans(case.scenario)))


def brought(document: dict[str, Any]) -> list[str]:
    """Return the outcomes that some program has an effect on: no other can be an objective."""
    parts = [part for program in document["programs"].values() for part in (program, *program.get("packages", ()))]
    return [outcome for outcome in document["outcomes"] if any(outcome in part.get("outcomes", ()) for part in parts)]


@few(1 / 2)
@given(st.data())
def test_objectives_of_every_kind(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL))
    seek = st.sampled_from(
        [
            {"maximize": "weighted outcomes"},
            {"minimize": "spending"},
            {"minimize": "change from baseline"},
            *({way: outcome} for way in ("maximize", "minimize") for outcome in brought(case.document)),
        ]
    )
    case.document["objective"] = [data.draw(seek)]
    agree(case, data.draw(random_plans(case.scenario)))


def broken(case: Case, change: Callable[[dict[str, Any]], None]) -> Audit:
    """Return the audit of the witness in a scenario whose words were changed."""
    document = copy.deepcopy(case.document)
    change(document)
    return audit_plan(Case(document, {}, feasible=False).scenario, case.plan)


@few(1 / 2)
@given(cases(features=ALL), st.data())
def test_one_limit_drawn_too_tight_is_the_one_that_is_named(case: Case, data: st.DataObject) -> None:
    reading, gap = case.reading, 100_000
    program = data.draw(st.sampled_from(list(case.document["programs"])))
    period = data.draw(st.sampled_from(reading.periods))
    spent = int(reading.spent(program, period))

    def floor(document: dict[str, Any]) -> None:
        document["programs"][program]["spending"] = {"at_least": {period: spent + gap}}

    assert keys(broken(case, floor)) == {("spending limit", program, period, program, None)}

    def rule(document: dict[str, Any]) -> None:
        where = {"program": program}
        document["rules"].append(
            {"name": "Too much", "sum": "spending", "where": where, "at_least": spent + gap, "periods": [period]}
        )

    assert keys(broken(case, rule)) == {("sum", "Too much", period, None, None)}

    fund = data.draw(st.sampled_from(list(case.document["funds"])))
    closing = reading.closing(fund)[period]

    def reserve(document: dict[str, Any]) -> None:
        document["funds"][fund]["reserve"] = float(closing) + gap

    low = {
        ("reserve", fund, other, None, fund)
        for other in reading.periods
        if reading.closing(fund)[other] < closing + gap
    }
    assert keys(broken(case, reserve)) == low

    outcome = data.draw(st.sampled_from(list(case.document["outcomes"])))
    level = float(reading.level(outcome, period))

    def target(document: dict[str, Any]) -> None:
        document["outcomes"][outcome]["target"] = {"at_least": {period: level + 10}}

    assert keys(broken(case, target)) == {("target", outcome, period, None, None)}

    def change(document: dict[str, Any]) -> None:
        document["programs"][program]["baseline"] = max(spent - gap, 0) + spent
        document["rules"] = [
            {"name": "Steady", "change": {"at_most": "0%"}, "where": {"program": program}, "periods": [period]}
        ]

    assume(spent > gap)
    shares = {key for key in keys(broken(case, change)) if key[0] == "change"}
    assert shares == {("change", "Steady", period, program, None)}


@few(1 / 2)
@given(cases(features=ALL), st.data())
def test_money_from_a_fund_that_may_not_pay_names_eligibility_and_its_balance_alone(
    case: Case, data: st.DataObject
) -> None:
    scenario = case.scenario
    barred = np.argwhere(~scenario.eligible)
    assume(len(barred))
    program, fund = data.draw(st.sampled_from(barred.tolist()))
    own = np.flatnonzero(scenario.eligible[program] & (case.plan.spending[program].sum(axis=1) > 0))
    assume(len(own))
    period = int(np.argmax(case.plan.spending[program, own[0]]))
    amount = float(case.plan.spending[program, own[0], period])
    plan = SpendingPlan(case.plan.spending.copy(), case.plan.transfers)
    # the same money for the same program: nothing changes but who pays
    plan.spending[program, own[0], period] -= amount
    plan.spending[program, fund, period] += amount
    names = list(scenario.funds)
    found = audit_plan(scenario, plan).violations
    assert [v.program for v in found if v.kind == "eligibility"] == [str(scenario.programs.ids[program])]
    assert {v.fund for v in found if v.fund is not None} <= {names[fund], names[own[0]]}
    assert {v.kind for v in found if v.fund is None} <= {"sum"}
