"""Rules on coverages where a program can cover nothing: its ceiling is nothing, in one period or in all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.scenario import ceilings as ceilings_module
from budgetopt.scenario.scenario import Scenario
from language.small import document_of, solved, spent

YEARS = ("FY1", "FY2")
NOTHING: dict[str, Any] = {
    "an amount": {"spending": {"at_most": 0}},
    "a share": {"spending": {"at_most": "0%"}, "baseline": 20},
    "a share of nothing": {"spending": {"at_most": "90%"}, "baseline": 0},
    "by period": {"spending": {"at_most": {"FY1": 0, "FY2": 0}}},
}


def dollars(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


@pytest.mark.parametrize("words", NOTHING)
def test_what_can_cover_nothing_takes_no_coverage_from_others(words: str) -> None:
    programs = {"p": dollars(9, **NOTHING[words]), "q": dollars(3, spending={"at_most": 40}), "rest": dollars(1)}
    rule = {"name": "Same people", "substitutes": ["p", "q"], "at_most": "50%"}
    # q may cover half of its 40, 20 dollars at 3, and the other 80 bring 1 each, in each of two years
    plan = solved(programs, 2 * (60 + 80), periods=YEARS, rules=[rule])
    assert (spent(plan, "p"), spent(plan, "q")) == ([0, 0], [20, 20])
    assert plan.rules["value"].tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("words", NOTHING)
def test_what_follows_a_program_that_can_cover_nothing_covers_nothing(words: str) -> None:
    programs = {"p": dollars(9, **NOTHING[words]), "q": dollars(3, spending={"at_most": 40}), "rest": dollars(1)}
    rule = {"name": "After", "follows": {"program": "q", "of": "p"}}
    plan = solved(programs, 2 * 100, periods=YEARS, rules=[rule])
    assert spent(plan, "q") == [0, 0]


def test_what_can_cover_nothing_may_follow_anything() -> None:
    programs = {"p": dollars(3, spending={"at_most": 40}), "q": dollars(9, spending={"at_most": 0})}
    rule = {"name": "After", "follows": {"program": "q", "of": "p"}}
    plan = solved(programs, 2 * 120, periods=YEARS, rules=[rule])
    assert (spent(plan, "p"), spent(plan, "q")) == ([40, 40], [0, 0])


def test_a_ceiling_of_nothing_in_one_year() -> None:
    programs = {
        "p": dollars(9, spending={"at_most": {"FY1": 0, "FY2": 10}}),
        "q": dollars(3, spending={"at_most": 40}),
        "rest": dollars(1),
    }
    rule = {"name": "After", "follows": {"program": "q", "of": "p", "at_most": "50%"}}
    # FY1: 100 at 1. FY2: 10 at 9, half of 40 at 3, 70 at 1
    plan = solved(programs, 100 + 90 + 60 + 70, periods=YEARS, rules=[rule])
    assert spent(plan, "q") == [0, 20]


@pytest.mark.parametrize(("spent_in_first", "accepted"), [(0.0, True), (5.0, False)])
def test_the_audit_reads_it_alike(spent_in_first: float, accepted: bool) -> None:
    programs = {"p": dollars(9, spending={"at_most": 0}), "q": dollars(3, spending={"at_most": 40})}
    rule = {"name": "After", "follows": {"program": "q", "of": "p"}}
    scenario = Scenario.from_document(document_of(programs, rules=[rule]))
    spending = np.array([[[0.0]], [[spent_in_first]]])
    audit = audit_plan(scenario, SpendingPlan(spending, np.zeros((1, 1, 1))))
    assert audit.accepted is accepted
    if not accepted:
        assert "covers 12.5% of what it could" in audit.violations[0].text


def test_a_service_without_a_price_covers_what_it_serves() -> None:
    free = {"service": {"unit_cost": 0, "up_to": 10}, "outcomes": {"good": {"per_unit": 100}}}
    programs = {"p": free, "q": dollars(3, spending={"at_most": 40})}
    # all of p brings 1,000, all of q 120; half of p leaves half of q
    plan = solved(programs, 1000, rules=[{"name": "Same", "substitutes": ["p", "q"]}])
    assert spent(plan, "q") == [0]


def test_ceilings_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    plain = ceilings_module.unit_prices
    # nothing else in that module asks for these prices
    monkeypatch.setattr(ceilings_module, "unit_prices", lambda *given: calls.append(given) or plain(*given))
    programs = {key: dollars(3, spending={"at_most": 40}) for key in "abcd"}
    rules = [{"name": f"{one}{two}", "substitutes": [one, two]} for one, two in ("ab", "bc", "cd")]
    bo.formulate(Scenario.from_document(document_of(programs, rules=rules)))
    assert len(calls) == 1
