"""The audit against the plainest reading of the same words, on random scenarios that use the whole language."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.audit import Audit, SpendingPlan, audit_plan
from language.plain import Plain
from language.strategies import Told, some_plans, told
from measures import few


def keys(audit: Audit) -> set[tuple[Any, ...]]:
    return {(v.kind, v.name, v.period, v.program, v.fund) for v in audit.violations}


def agree(case: Told, plan: SpendingPlan) -> Audit:
    """Assert that audit and plain reading see the same, and return the audit."""
    audit, plain = audit_plan(case.scenario, plan), Plain(case.document, plan)
    for name, found, read in (
        ("outcomes", audit.outcomes, plain.level),
        ("resources", audit.resources, plain.used),
    ):
        for position, one in enumerate(case.document.get(name, {})):
            exact = [float(read(one, period)) for period in plain.periods]
            assert np.allclose(found[position], exact, rtol=1e-9, atol=1e-6), (name, one)
    for position, fund in enumerate(plain.funds):
        closing = [float(balance) for balance in plain.closing(fund).values()]
        assert np.allclose(audit.balances.closing[position], closing, rtol=1e-9, atol=1e-6)
        reserves = [float(plain.reserve(fund, period)) for period in plain.periods]
        assert np.allclose(audit.balances.reserve[position], reserves)
    for objective, found in zip(case.document["objective"], audit.objectives, strict=True):
        assert np.isclose(found.value, float(plain.objective(objective)), rtol=1e-9, atol=1e-6), objective
    misses = plain.misses()
    # what is missed by about a cent may be judged either way; a coverage is a share
    least = {"substitutes": Fraction("0.0001"), "follows": Fraction("0.0001")}
    clear = {miss.key for miss in misses if miss.excess > least.get(miss.kind, Fraction("0.25"))}
    any_miss = {miss.key for miss in misses if miss.excess > Fraction("0.0000001")}
    assert clear <= keys(audit) <= any_miss
    assert audit.accepted is (audit.violations == ())
    return audit


@given(told())
def test_a_plan_is_read_back_from_its_tables(case: Told) -> None:
    again = SpendingPlan.from_frame(case.scenario, **case.plan.to_frames(case.scenario))
    assert np.array_equal(again.spending, case.plan.spending)
    assert np.array_equal(again.transfers, case.plan.transfers)
    assert np.array_equal(again.packages_in(case.scenario), case.plan.packages_in(case.scenario))
    assert np.array_equal(again.units_in(case.scenario), case.plan.units_in(case.scenario), equal_nan=True)
    assert np.array_equal(again.stand_ins_in(case.scenario), case.plan.stand_ins_in(case.scenario))


@given(told())
def test_a_plan_that_keeps_every_limit_is_accepted(case: Told) -> None:
    audit = agree(case, case.plan)
    assert audit.accepted, str(audit)
    assert audit.check_table()["kept"].all()


@few(2)
@given(st.data())
def test_any_plan_is_judged_as_the_words_say(data: st.DataObject) -> None:
    case = data.draw(told(feasible=data.draw(st.booleans())))
    agree(case, data.draw(some_plans(case, case.plan)))
