"""What freed money buys, and what balances motions that cost money: by hand, and by solving again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.report.words.amend_words import amend_document, amend_lines


def town(**more: Any) -> bo.Scenario:
    """Return a town whose best plan gives pool 60, park 40 and camp nothing."""
    document: dict[str, Any] = {
        "name": "Town",
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"good": {"unit": "visits", "weight": 1}},
        "programs": {
            "pool": {"baseline": 50, "spending": {"at_most": 60}, "outcomes": {"good": {"per_dollar": 3}}},
            "park": {"baseline": 40, "spending": {"at_least": 10}, "outcomes": {"good": {"per_dollar": 2}}},
            "camp": {"baseline": 10, "spending": {"at_most": 6}, "outcomes": {"good": {"per_dollar": 1}}},
        },
    }
    return bo.Scenario.from_document({**document, **more})


def test_freed_money_goes_where_it_buys_most() -> None:
    found = bo.amend(town(), "cut park by 20")
    assert found.balanced
    assert found.freed == 20
    bought = found.purchases
    assert bought is not None
    # the pool is full and the park was cut: the camp takes the 6 that it may have
    assert bought.bought.ravel().tolist() == [0, 0, 6]
    assert bought.plan.spending.sum(axis=(1, 2)).tolist() == [60, 20, 6]
    assert bought.audit.accepted
    assert bought.proved
    assert found.loss_of(bought.audit) == 34
    assert list(amend_lines(found))[-4:] == [
        "The $20 that the motions free would buy most as:",
        "- $6 more for “camp”",
        "The other $14 would buy nothing more.",
        "With that: 34 (13.1%) lost against the plan before the motions.",
    ]
    assert amend_document(found)["purchases"]["moves"][0]["program"] == "camp"


def test_freed_money_that_nothing_gains_by_is_said() -> None:
    found = bo.amend(town(), "cut camp by 0", "freeze camp", "cut park by 5")
    assert found.purchases is not None
    assert list(amend_lines(found))[-1] == "No other program gains by the $5 that the motions free."


def test_no_money_is_freed_by_a_motion_that_costs_some_or_moves_it() -> None:
    for motion in ("add 5 to park", "move 5 from park to camp", "freeze park"):
        found = bo.amend(town(), motion)
        assert found.freed == 0
        assert found.purchases is None
        assert amend_document(found)["purchases"] is None


def test_money_that_the_plan_left_before_is_not_spent() -> None:
    # the current budget of 90 leaves 10; of what is freed the park takes 5, and the rest stays
    scenario = town(programs={
        "pool": {"baseline": 50, "outcomes": {"good": {"per_dollar": 3}}},
        "park": {"baseline": 40, "outcomes": {"good": {"per_dollar": 2}}},
    })  # fmt: skip
    found = bo.amend(scenario, "cut pool by 5", start="current")
    assert found.purchases is not None
    assert found.purchases.plan.spending.sum(axis=(1, 2)).tolist() == [45, 45]


def test_money_is_freed_below_a_floor_of_its_own_too() -> None:
    found = bo.amend(town(), "cut park by 35")
    assert not found.balanced
    assert found.purchases is not None
    assert found.purchases.bought.ravel().tolist() == [0, 0, 6]
    assert any("that the motions free would buy most" in line for line in amend_lines(found))


def test_a_rule_that_a_motion_misses_is_kept_by_the_others() -> None:
    rule = {"name": "Little changes", "change": {"at_most": "20%", "from": "baseline"}}
    programs = {
        name: {"baseline": 50, "outcomes": {"good": {"per_dollar": gain}}} for name, gain in (("a", 3), ("b", 2))
    }
    plan = bo.solve(town(programs=programs, rules=[rule]))
    assert plan.spending.sum(axis=(1, 2)).tolist() == [60, 40]
    # 30 for a is below its 80%; the other may rise to 60 and not to what the rule would have to be
    found = bo.amend(plan, "cut a by 30")
    assert len(found.audit.violations) == 1
    assert found.purchases is not None
    assert found.purchases.plan.spending.sum(axis=(1, 2)).tolist() == [30, 60]
    assert found.purchases.audit.violations == found.audit.violations


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_same_is_found_by_solving_again_with_the_motion_held(data: st.DataObject) -> None:
    numbers = st.integers(1, 9)
    programs = {
        name: {
            "baseline": 10,
            "spending": {"at_most": data.draw(st.integers(8, 30))},
            "outcomes": {"good": {"curve": [[0, 0], [8, 8 * data.draw(numbers) + 80], [30, 30 * 9 + 80]]}},
        }
        for name in "abcd"
    }
    scenario = town(programs=programs, funds={"general": {"revenue": data.draw(st.integers(20, 45))}})
    plan = bo.solve(scenario)
    amounts = plan.spending.sum(axis=(1, 2)).tolist()
    by = data.draw(st.integers(1, 5))
    frees = data.draw(st.booleans())
    if frees and amounts[0] < by:
        return
    found = bo.amend(plan, f"cut a by {by}" if frees else f"add {by} to a")
    held = amounts[0] - by if frees else amounts[0] + by
    side = "at_least" if frees else "at_most"
    limits = [("programs.a.spending", {"at_least": held, "at_most": held})]
    limits += [(f"programs.{name}.spending.{side}", amount) for name, amount in zip("bcd", amounts[1:], strict=True)]
    try:
        again = bo.solve(scenario.with_(*limits))
    except bo.InfeasibleError:
        assert not frees
        assert found.offsets is None
        return
    answer = found.purchases if frees else found.offsets
    if answer is None:
        assert found.balanced
        assert not frees
        return
    assert answer.audit.objectives[0].value == pytest.approx(again.plan_value, abs=0.5)
