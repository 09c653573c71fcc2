"""Why packages are not taken, and what holds a plan back that stops at no limit."""

from __future__ import annotations

from typing import Any

import budgetopt as bo
from budgetopt.allocation.package_reasons import cheapest_unfunded
from budgetopt.allocation.reasons import what_limits
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


def packaged(cost: Any, worth: float = 9, **more: Any) -> dict[str, Any]:
    return {"packages": [{"cost": cost, "outcomes": {"good": worth}}], **more}


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def served(resource: str, rate: float) -> dict[str, Any]:
    uses = {resource: {"per_unit": 1}}
    return {"service": {"unit": "cases", "unit_cost": 1}, "uses": uses, "outcomes": {"good": {"per_unit": rate}}}


def plan_of(document: dict[str, Any]) -> Any:
    return bo.solve(Scenario.from_document(document))


def reasons(document: dict[str, Any]) -> dict[str, str]:
    return dict(plan_of(document).programs["reason"])


def test_a_package_that_one_of_several_funds_may_pay_for() -> None:
    funds = {"other": {"revenue": 50, "carryover": False}}
    found = reasons(document_of({"a": packaged(12, funds=["general"]), "b": rated()}, 10, funds=funds))
    assert found["a"] == "unfunded: costs more than the fund has"
    both = {"a": packaged(72, funds=["general", "other"]), "b": rated()}
    assert reasons(document_of(both, 10, funds=funds))["a"] == "unfunded: costs more than its funds have"


def test_a_reserve_is_not_left_for_a_package() -> None:
    general = {"revenue": 10, "reserve": 4, "carryover": False}
    plan = plan_of(document_of({"a": packaged(3), "b": packaged(6, 5)}, funds={"general": general}))
    assert plan.programs["reason"]["b"] == "unfunded: costs 6, and 3 is left"
    assert cheapest_unfunded(plan) == (6, 3, 0)
    assert what_limits(plan) == "3 is left: the cheapest unfunded package costs 6."


def test_a_plan_that_has_all_that_there_is_to_gain_says_so() -> None:
    full, useless = rated(3, spending={"at_most": 20}), rated(-1)
    assert what_limits(plan_of(document_of({"a": full, "b": full}))) == "Every program is at its ceiling."
    nothing_more = "Nothing more is to be gained: each program is at its ceiling, or would add nothing with more money."
    assert what_limits(plan_of(document_of({"a": full, "b": useless}))) == nothing_more
    assert what_limits(plan_of(document_of({"a": full, "b": packaged(5)}))) == nothing_more
    assert what_limits(plan_of(document_of({"a": full, "b": rated()}))) == "No limit holds the plan back."


def test_each_program_is_held_by_the_resource_that_it_uses() -> None:
    programs = {"births": served("nurses", 2), "visits": served("nurses", 0.5), "surgery": served("doctors", 4)}
    programs |= {"checks": served("doctors", 1), "park": rated(0)}
    resources = {"nurses": {"capacity": 20, "unit": "minutes"}, "doctors": {"capacity": 10, "unit": "minutes"}}
    found = reasons({**document_of(programs, revenue=100), "resources": resources})
    assert found["visits"] == "unfunded: nurses are used up elsewhere: one of the minutes buys 2 there, 0.5 here"
    assert found["checks"] == "unfunded: doctors are used up elsewhere: one of the minutes buys 4 there, 1 here"
    assert found["births"] == "stands at the margin: it uses all of nurses"
    assert found["surgery"] == "stands at the margin: it uses all of doctors"
    assert found["park"] == "unfunded: a dollar here would add nothing"


def test_money_and_staff_are_both_named_at_the_margin() -> None:
    def cases(unit_cost: float, rate: float) -> dict[str, Any]:
        return {**served("nurses", rate), "service": {"unit": "cases", "unit_cost": unit_cost}}

    # of 20 cases 6 2/3 cost 4 dollars each, and 13 1/3 one
    programs = {"long": cases(1, 3), "dear": cases(4, 4), "poor": cases(4, 0.5)}
    found = reasons({**document_of(programs, revenue=40), "resources": {"nurses": {"capacity": 20}}})
    margin = "stands at the margin: the money and nurses buy no more here than elsewhere"
    assert found == {"long": margin, "dear": margin, "poor": "unfunded: the money and nurses are used up elsewhere"}


def test_where_the_least_change_is_the_objective_a_cut_says_whether_another_would_do() -> None:
    def found(**programs: dict[str, Any]) -> dict[str, str]:
        return reasons(document_of(programs, objective={"minimize": "change from baseline"}))

    # b has no choice; what is missing is cut from a
    forced = {"baseline": 60, "spending": {"at_least": 50, "at_most": 50}}
    cut = "cut: a smaller cut here would not make the change of all programs smaller"
    assert found(a={"baseline": 60}, b=forced)["a"] == cut
    # what rises to its floor is not cut
    risen = found(a={"baseline": 60}, b={"baseline": 40, "spending": {"at_least": 70}})
    assert risen == {"a": cut, "b": "held up by its floor"}
    # of two that could both be cut, one is
    either = found(a={"baseline": 60}, b={"baseline": 60})
    assert sorted(either.values()) == ["cut: other cuts of the same size would do as well", "keeps its baseline"]
