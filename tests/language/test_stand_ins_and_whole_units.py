"""Staff that stand in for others at a rate, and services of which only whole units can be served."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.allocation.result_seal import document_sha256
from budgetopt.allocation.verify import verify_result
from budgetopt.audit import SpendingPlan, audit_plan
from first_format import written_first


def scenario(programs: dict[str, Any], revenue: Any = 100, **more: Any) -> bo.Scenario:
    outcomes = {"good": {"unit": "DALYs", "weight": 1}}
    return bo.Scenario.from_document(
        {"funds": {"f": {"revenue": revenue}}, "outcomes": outcomes, "programs": programs, **more}
    )


def care(nurses: float, pharmacists: float, most: float, rate: float) -> bo.Scenario:
    cases = {"unit": "cases", "unit_cost": 1, "up_to": 90}
    uses = {"nursing": {"per_unit": 2}, "pharmacy": {"per_unit": 5}}
    programs = {
        "care": {"service": cases, "uses": uses, "outcomes": {"good": {"per_unit": 1}}},
        "dispense": {
            "service": {"unit": "minutes", "unit_cost": 0, "up_to": most},
            "uses": {"nursing": {"per_unit": 1}, "pharmacy": {"per_unit": -rate}},
        },
    }
    return scenario(programs, resources={"nursing": {"capacity": nurses}, "pharmacy": {"capacity": pharmacists}})


@pytest.mark.parametrize(
    ("nurses", "pharmacists", "most", "rate", "cases"),
    [
        (1000, 100, 1000, 1, 90),  # 350 minutes are dispensed, and all 90 are served
        (1000, 100, 0, 1, 20),  # nobody may stand in
        (1000, 100, 200, 1, 60),  # 300 minutes of pharmacy
        (1000, 100, 200, 0.5, 40),  # a nurse's minute is worth half a pharmacist's
        (300, 100, 1000, 1, 400 / 7),  # 2 c + d = 300 and 5 c = 100 + d
        (300, 0, 1000, 2, 300 / 4.5),  # 2 c + d = 300 and 5 c = 2 d
    ],
)
def test_nurses_dispense(nurses: float, pharmacists: float, most: float, rate: float, cases: float) -> None:
    plan = bo.solve(care(nurses, pharmacists, most, rate))
    assert plan.proved
    assert plan.audit.accepted
    assert plan.audit.outcomes.sum() == pytest.approx(cases, abs=0.02)


def test_the_audit_counts_what_is_made() -> None:
    made = care(1000, 100, 1000, 1)
    spending = np.array([[[30.0]], [[0.0]]])

    def audit_of(minutes: float) -> Any:
        return audit_plan(made, SpendingPlan(spending, np.zeros((1, 1, 1)), None, np.array([[np.nan], [minutes]])))

    assert audit_of(50).accepted
    assert audit_of(50).resources.ravel().tolist() == [110, 100]
    (violation,) = audit_of(49).violations
    assert "pharmacy: the plan takes 101" in str(violation)


def test_other_uses_below_zero_are_refused() -> None:
    with pytest.raises(bo.ScenarioError, match="per_dollar"):
        scenario({"a": {"uses": {"hours": {"per_dollar": -1}}}}, resources={"hours": {"capacity": 1}})


def test_a_service_that_only_makes_a_resource_is_no_idle_program() -> None:
    from budgetopt.checks.notes import notes

    assert not [note for note in notes(care(1000, 100, 1000, 1)) if "dispense" in note]


def relieved(nurses: float, pharmacists: float, most: Any, rate: float, **more: Any) -> bo.Scenario:
    """Return the same care, where nurses stand in for pharmacists by the key for it; ``most`` None for no limit."""
    cases = {"unit": "cases", "unit_cost": 1, "up_to": 90}
    uses = {"nursing": {"per_unit": 2}, "pharmacy": {"per_unit": 5}}
    programs = {"care": {"service": cases, "uses": uses, "outcomes": {"good": {"per_unit": 1}}}}
    said = {"per_unit": 1 / rate} | ({} if most is None else {"at_most": most})
    pharmacy = {"capacity": pharmacists, "stand_in": {"nursing": said}}
    return scenario(programs, resources={"nursing": {"capacity": nurses}, "pharmacy": pharmacy}, **more)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize(
    ("nurses", "pharmacists", "most", "rate", "cases"),
    [
        (1000, 100, None, 1, 90),
        (1000, 100, 0, 1, 20),
        (1000, 100, 200, 1, 60),
        # 200 pharmacist minutes are made of 400 of nurses
        (1000, 100, 200, 0.5, 60),
        (300, 100, 1000, 1, 400 / 7),
        (300, 0, None, 2, 300 / 4.5),
        (460, 100, 300, 1, 80),
    ],
)
def test_nurses_stand_in(nurses: float, pharmacists: float, most: Any, rate: float, cases: float, solver: str) -> None:
    made = relieved(nurses, pharmacists, most, rate)
    plan = bo.solve(made, solver=solver)
    assert plan.proved
    assert plan.audit.accepted
    assert plan.audit.outcomes.sum() == pytest.approx(cases, abs=0.02)
    # no more is made than it takes
    assert plan.stand_ins.sum() == pytest.approx(max(5 * cases - pharmacists, 0), abs=0.2)
    assert verify_result(plan.to_dict(), made).accepted


def test_stand_ins_of_stand_ins_by_period() -> None:
    # an aide's two hours make one of a nurse, a nurse's hour one of a doctor; in the second year there is no aide
    resources = {
        "doctor": {"capacity": 10, "stand_in": {"nurse": 1}},
        "nurse": {"capacity": 20, "stand_in": {"aide": {"per_unit": 2, "at_most": {"Y2": 5}}}},
        "aide": {"capacity": {"Y1": 40, "Y2": 100}},
    }
    visits = {"service": {"unit_cost": 0, "up_to": 1000}, "uses": {"doctor": {"per_unit": 1}}}
    programs = {"visits": {**visits, "outcomes": {"good": {"per_unit": 1}}}}
    made = scenario(programs, resources=resources, periods=["Y1", "Y2"])
    plan = bo.solve(made)
    # 10 + 20 + 40 / 2, and 10 + 20 + 5
    assert plan.units.tolist() == [pytest.approx([50, 35])]
    assert plan.stand_ins.tolist() == [pytest.approx([40, 25]), pytest.approx([20, 5])]
    assert plan.audit.resources.tolist() == [pytest.approx([10, 10]), pytest.approx([20, 20]), pytest.approx([40, 10])]
    again = SpendingPlan.from_frame(made, **plan.decisions)
    assert again.stand_ins is not None
    assert again.stand_ins.tolist() == plan.stand_ins.tolist()


def test_the_audit_finds_what_stands_in_for_too_much_or_less_than_nothing() -> None:
    made = relieved(1000, 100, 30, 1)

    def found(minutes: float, cases: float) -> list[str]:
        spending = np.array([[[cases]]])
        plan = SpendingPlan(spending, np.zeros((1, 1, 1)), stand_ins=np.array([[minutes]]))
        return [str(one) for one in audit_plan(made, plan).violations]

    assert found(30, 26) == []
    assert found(29, 26) == ["pharmacy: the plan takes 101 units, and there are 100"]
    (text,) = found(31, 26)
    assert text == "nursing stands in for 31 units of pharmacy, and the most is 30"
    (text,) = found(-1, 19)
    assert "the least is 0" in text


def test_a_limit_of_a_stand_in_is_priced_explained_and_relaxed() -> None:
    plan = bo.solve(relieved(1000, 100, 200, 1))
    row = bo.prices(plan).set_index("kind").loc["stand-in"]
    # five minutes are a case
    assert (row["name"], row["relief"], row["relief_until"]) == ("nursing for pharmacy", pytest.approx(0.2), 350)
    (rule,) = plan.rules[plan.rules["kind"] == "stand-in"].to_dict("records")
    assert (rule["value"], rule["bound"], rule["binding"], rule["price"]) == (200, 200, True, pytest.approx(0.2))
    sentences = bo.explain(plan, "pharmacy").sentences
    assert "Nursing stands in for 200 units more of it." in sentences
    floor = relieved(1000, 100, 200, 1).with_("programs.care.service.at_least=70")
    paths = {repair.amendments[0].path: repair.amendments[0].after for repair in bo.repairs(floor)}
    assert paths["resources[pharmacy].stand_in[nursing].at_most"] == pytest.approx(250)
    assert paths["resources[pharmacy].capacity"] == pytest.approx(150)


def test_a_result_that_says_less_of_a_stand_in_is_not_accepted() -> None:
    made = relieved(1000, 100, 200, 1)
    document = written_first(bo.solve(made))
    document["proof"]["decisions"]["stand_ins"]["pharmacy"]["nursing"]["budget"] = 150.0
    document["document_sha256"] = document_sha256(document)
    assert not verify_result(document, made).accepted


COSTS, GOODS = (7, 11, 5), (9, 15, 6)


def teams(money: float, most: int, whole: tuple[bool, ...], **more: Any) -> bo.Scenario:
    services = zip(COSTS, GOODS, whole, strict=True)
    programs = {
        f"p{at}": {
            "service": {"unit": "teams", "unit_cost": cost, "up_to": most, "whole": yes},
            "outcomes": {"good": {"per_unit": good}},
            **more,
        }
        for at, (cost, good, yes) in enumerate(services)
    }
    return scenario(programs, money)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("money", [0, 4, 13, 17, 23, 31, 49, 500])
def test_whole_units_against_every_choice(money: float, solver: str) -> None:
    plan = bo.solve(teams(money, 3, (True, True, True)), solver=solver)
    best = max(
        sum(n * good for n, good in zip(units, GOODS, strict=True))
        for units in product(range(4), repeat=3)
        if sum(n * cost for n, cost in zip(units, COSTS, strict=True)) <= money
    )
    assert plan.proved
    assert plan.audit.outcomes.sum() == pytest.approx(best)
    served = plan.audit.plan.spending.sum(axis=(1, 2)) / COSTS
    assert served.tolist() == pytest.approx(np.round(served).tolist())


def test_only_what_is_whole_is_whole() -> None:
    # two whole units of the best, 30 of 33 dollars' worth, and what is left for parts of others
    plan = bo.solve(teams(20, 3, (False, True, False)))
    # 1 of p1 (15) and 9 / 7 of p0
    assert plan.audit.outcomes.sum() == pytest.approx(15 + 81 / 7, abs=0.02)


def test_whole_units_of_a_service_that_costs_nothing() -> None:
    programs = {
        "free": {
            "service": {"unit_cost": 0, "up_to": 9.5, "whole": True},
            "uses": {"hours": {"per_unit": 3}},
            "outcomes": {"good": {"per_unit": 1}},
        }
    }
    assert bo.solve(scenario(programs, resources={"hours": {"capacity": 100}})).units.tolist() == [[9]]
    assert bo.solve(scenario(programs, resources={"hours": {"capacity": 20}})).units.tolist() == [[6]]


def test_whole_units_where_several_funds_pay_and_over_years() -> None:
    programs = {"p": {"service": {"unit_cost": 7, "whole": True}, "outcomes": {"good": {"per_unit": 1}}}}
    funds = {"a": {"revenue": 10}, "b": {"revenue": 12}}
    made = bo.Scenario.from_document(
        {"periods": ["Y1", "Y2"], "funds": funds, "outcomes": {"good": {"weight": 1}}, "programs": programs}
    )
    # 22 dollars make 3, and 1 is carried over: 23 make 3 again
    assert bo.solve(made).audit.outcomes.tolist() == [pytest.approx([3, 3])]


def test_parts_of_units_are_found_by_the_audit() -> None:
    made = teams(100, 3, (True, True, True))
    plan = SpendingPlan(np.array([[[7.0]], [[16.5]], [[0.0]]]), np.zeros((1, 1, 1)))
    (violation,) = audit_plan(made, plan).violations
    assert "p1 serves 1.50 teams, and only whole ones can be served" in str(violation)


def test_a_result_of_whole_units_is_verified() -> None:
    made = teams(31, 3, (True, True, True))
    assert verify_result(bo.solve(made).to_dict(), made).accepted
