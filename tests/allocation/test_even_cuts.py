"""An even cut as the objective, and the baselines that programs without a measured effect keep."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.errors import InfeasibleError
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import sequence
from language.small import document_of
from measures import few

EVEN = {"minimize": "largest cut"}


def solved(programs: dict[str, Any], **more: Any) -> bo.Allocation:
    return bo.solve(Scenario.from_document({**document_of(programs), "objective": EVEN, **more}))


def test_every_program_loses_the_same_share_where_no_limit_intervenes() -> None:
    plan = solved(
        {"patrol": {"baseline": 40}, "parks": {"baseline": 10}, "new": {}}, funds={"general": {"revenue": 45}}
    )
    assert plan.programs["spending"].tolist() == [36, 9, 0]
    assert plan.objective_value == pytest.approx(0.1)
    assert plan.proved
    assert (
        plan.programs["reason"].tolist()[:2]
        == ["cut by 10%, as 1 other program is: no plan has a smaller largest cut"] * 2
    )


def test_where_every_program_gains_the_largest_cut_is_none() -> None:
    programs = {"patrol": {"baseline": 1, "spending": {"at_least": 2}}, "parks": {"spending": {"at_least": 3}}}
    plan = solved(programs, funds={"general": {"revenue": 9}})
    assert plan.objective_value == pytest.approx(0, abs=1e-9)
    assert plan.audit.objectives[0].value == 0
    assert plan.proved


def test_each_fund_cuts_as_evenly_as_it_can() -> None:
    programs = {
        "p": {"baseline": 60, "funds": ["a"]},
        "q": {"baseline": 40, "funds": ["a"], "spending": {"at_least": 36}},
        "r": {"baseline": 30, "funds": ["b"]},
        "s": {"baseline": 30, "funds": ["b"]},
        "t": {"baseline": 20, "funds": ["c"]},
    }
    plan = solved(programs, funds={"a": {"revenue": 80}, "b": {"revenue": 57}, "c": {"revenue": 100}})
    assert plan.programs["spending"].tolist() == [44, 36, 28.5, 28.5, 20]
    assert (
        dict(plan.programs["reason"])["r"] == "cut by 5%, as 1 other program is: cuts are as even as the limits allow"
    )
    assert plan.solver_result.unique


def test_a_rule_on_one_department_leaves_the_rest_even() -> None:
    programs = {name: {"baseline": 10, "department": "A" if name < "c" else "B"} for name in "abcde"}
    rule = {"name": "A", "sum": "spending", "where": {"department": "A"}, "at_most": 12}
    plan = solved(programs, funds={"general": {"revenue": 36}}, rules=[rule])
    assert plan.programs["spending"].tolist() == [6, 6, 8, 8, 8]


def test_each_year_has_an_even_cut_of_its_own() -> None:
    programs = {"p": {"baseline": 10}, "q": {"baseline": 30}}
    funds = {"general": {"revenue": {"Y1": 36, "Y2": 20}, "carryover": False}}
    plan = solved(programs, funds=funds, periods=["Y1", "Y2"])
    assert plan.by_period["Y1"].tolist() == [9, 27]
    assert plan.by_period["Y2"].tolist() == [5, 15]


def test_an_all_or_nothing_decision_within_an_even_cut() -> None:
    programs = {"p": {"baseline": 10}, "q": {"baseline": 10, "if_funded": {"at_least": 9}}, "r": {"baseline": 20}}
    plan = solved(programs, funds={"general": {"revenue": 30}})
    assert plan.programs["spending"].tolist() == [7, 9, 14]
    assert plan.objective_value == pytest.approx(0.3)


@few(1 / 4)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 100)), min_size=1, max_size=8),
    st.integers(0, 400),
)
def test_water_finds_the_same_level(programs: list[tuple[int, int]], revenue: int) -> None:
    """Cuts are those of one rate for all, but for programs that their floors hold above it."""
    floors = [Fraction(base * floor, 100) for base, floor in programs]
    bases = [Fraction(base) for base, _ in programs]
    if sum(floors) > revenue:
        return
    low, high = Fraction(0), Fraction(1)
    for _ in range(60):
        rate = (low + high) / 2
        spent = sum(max(floor, base * (1 - rate)) for floor, base in zip(floors, bases, strict=True))
        low, high = (rate, high) if spent > revenue else (low, rate)
    expected = [float(max(floor, base * (1 - high))) for floor, base in zip(floors, bases, strict=True)]
    said = {
        f"p{at}": {"baseline": int(base), "spending": {"at_least": float(floor)}}
        for at, (base, floor) in enumerate(zip(bases, floors, strict=True))
    }
    plan = solved(said, funds={"general": {"revenue": revenue}})
    assert np.allclose(plan.programs["spending"].to_numpy(), expected, atol=0.02)


MEASURED = {"library": {"baseline": 20, "outcomes": {"good": {"per_dollar": 1}}}, "police": {"baseline": 60}}


def test_what_is_not_measured_keeps_its_baseline_where_that_is_asked() -> None:
    document = document_of(MEASURED, revenue=90)
    assert bo.solve(Scenario.from_document(document)).programs["spending"].tolist() == [90, 0]
    plan = bo.solve(Scenario.from_document({**document, "keep_unmeasured": "100%"}))
    assert plan.programs["spending"].tolist() == [30, 60]
    assert plan.programs["reason"]["police"] == "kept at its baseline: no effect of it is measured"
    assert plan.audit.accepted
    rows = plan.rules[plan.rules["name"] == "keep_unmeasured"]
    assert rows[["sense", "value", "bound", "price"]].values.tolist() == [["holds", 1, 1, 1]]
    # a percentage point less of 60
    price = bo.figure_prices(plan, "keep_unmeasured")
    assert price[["more", "less"]].values.tolist() == [[pytest.approx(-0.6), pytest.approx(0.6)]]


@pytest.mark.parametrize(
    ("said", "police"),
    [
        ({"spending": {"at_least": 0}}, 0),
        ({"spending": {"at_least": 10}}, 10),
        ({"spending": {"at_most": 40}}, 40),
        ({"service": {"unit": "calls", "unit_cost": 2, "up_to": 15}}, 30),
        ({"service": {"unit": "calls", "unit_cost": 2, "up_to": 15}, "spending": {"at_most": 40}}, 30),
        ({"service": {"unit": "calls", "unit_cost": 2, "up_to": 15}, "spending": {"at_most": 20}}, 20),
        ({"uses": {"crew": {"per_unit": -1}}, "service": {"unit": "calls", "unit_cost": 2}}, 0),
        ({"packages": [{"cost": 60}]}, 0),
    ],
)
def test_who_says_otherwise_is_heard(said: dict[str, Any], police: float) -> None:
    programs = {**MEASURED, "police": {**MEASURED["police"], **said}}
    document = {**document_of(programs, revenue=90), "keep_unmeasured": "100%", "resources": {"crew": {"capacity": 5}}}
    plan = bo.solve(Scenario.from_document(document))
    assert plan.programs["spending"]["police"] == police
    assert plan.audit.accepted


def test_the_audit_sees_a_baseline_that_is_not_kept() -> None:
    kept = Scenario.from_document({**document_of(MEASURED, revenue=90), "keep_unmeasured": "50%"})
    given = SpendingPlan.nothing(kept)
    found = audit_plan(kept, given).violations
    assert [violation.text for violation in found] == [
        "police gets 0; nothing of it is measured, and it keeps at least 30"
    ]


def test_an_even_cut_comes_before_a_baseline_that_is_kept() -> None:
    plan = solved(MEASURED, funds={"general": {"revenue": 40}}, keep_unmeasured="100%")
    assert plan.programs["spending"].tolist() == [10, 30]


def test_a_kept_baseline_that_cannot_be_paid_is_repaired() -> None:
    scenario = Scenario.from_document({**document_of(MEASURED, revenue=30), "keep_unmeasured": "100%"})
    with pytest.raises(InfeasibleError):
        bo.solve(scenario)
    ways = bo.repairs(scenario)
    own = [
        way
        for way in ways
        if [item.provision for item in way.amendments] == [Provision("kept baseline", "keep_unmeasured")]
    ]
    assert own
    assert bo.solve(own[0].apply(scenario)).programs["spending"]["police"] == 30


def test_many_programs_of_many_funds_take_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    # a round for each fund and each program of it would end at the most rounds, with cuts that are not even
    funds = {f"f{at}": {"revenue": 50 * (97 - at % 3)} for at in range(6)}
    programs = {f"p{at}": {"baseline": 100, "funds": [f"f{at % 6}"]} for at in range(300)}
    rounds: list[str] = []
    monkeypatch.setattr(sequence, "with_even_cuts", counted(sequence.with_even_cuts, rounds))
    plan = solved(programs, funds=funds)
    assert plan.programs["spending"].tolist() == pytest.approx([97 - at % 6 % 3 for at in range(300)])
    assert plan.solver_result.unique
    assert len(rounds) < 20


def counted(with_even_cuts: Any, rounds: list[str]) -> Any:
    def counting(lp: Any, x: Any, rule: Any, solve: Any) -> Any:
        def once(part: Any, stage: Any) -> Any:
            rounds.append(stage.label)
            return solve(part, stage)

        return with_even_cuts(lp, x, rule, once)

    return counting
