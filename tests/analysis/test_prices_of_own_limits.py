"""What the floors, ceilings and most units of programs cost, and how far a capacity would have to fall to bind."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


def served(unit_cost: float, rate: float, **more: float) -> dict[str, object]:
    service = {"unit": "cases", "unit_cost": unit_cost, **more}
    return {"service": service, "uses": {"nurses": {"per_unit": 0.5}}, "outcomes": {"good": {"per_unit": rate}}}


def scenario() -> Scenario:
    programs = {
        "a": served(2, 10, up_to=30),
        "b": {"spending": {"at_most": 20}, "outcomes": {"good": {"per_dollar": 4}}},
        "c": {"spending": {"at_least": 5}, "outcomes": {"good": {"per_dollar": 0.5}}},
        "d": {"outcomes": {"good": {"per_dollar": 1}}},
    }
    document = document_of(programs, revenue=100)
    return Scenario.from_document({**document, "resources": {"nurses": {"capacity": 40, "unit": "nurses"}}})


def test_own_limits_are_priced_in_their_unit() -> None:
    table = bo.prices(scenario()).set_index(["kind", "name"])
    # a case costs two dollars, which bring 1 each elsewhere
    assert table.loc[("most units", "a"), ["relief", "tightening"]].tolist() == pytest.approx([8, 8])
    assert table.loc[("ceiling", "b"), ["relief", "tightening"]].tolist() == pytest.approx([3, 3])
    assert table.loc[("floor", "c"), ["relief", "tightening"]].tolist() == pytest.approx([0.5, 0.5])
    # the 15 dollars of d at 8 a case of two dollars, then the 20 of b at 2 a case
    assert table.loc[("most units", "a"), "total_cost"] == pytest.approx(8 * 15 / 2 + 2 * 20 / 2)


def test_a_program_at_its_own_limit_says_what_one_more_is_worth() -> None:
    plan = bo.solve(scenario())
    assert "Each case more allowed would add 8 to the weighted outcomes." in bo.explain(plan, "a").sentences
    assert "Each $1 more allowed would add 3 to the weighted outcomes." in bo.explain(plan, "b").sentences
    assert "Each $1,000 less asked for would add 500 to the weighted outcomes." in bo.explain(plan, "c").sentences


def test_a_capacity_that_does_not_bind_says_to_what_it_would_have_to_fall() -> None:
    plan = bo.solve(scenario())
    sentences = bo.explain(plan, "nurses").sentences
    assert "It would have to fall to 15 before the best plan is worth less." in sentences
    full = bo.solve(plan.scenario.with_("resources.nurses.capacity=10"))
    assert not [words for words in bo.explain(full, "nurses").sentences if "would have to" in words]
