"""Plans in whole thousands, in cents and in less, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.allocation import Allocation
from budgetopt.allocation.whole_amounts import _units, _units_of_money, _with_multiples
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.errors import AuditError
from budgetopt.formulation import LinearProgram, formulate
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def served(unit_cost: float, rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"service": {"unit": "cases", "unit_cost": unit_cost, **more}, "outcomes": {"good": {"per_unit": rate}}}


def plan_of(programs: dict[str, Any], revenue: float = 10_000, **more: Any) -> Allocation:
    plan = bo.solve(Scenario.from_document({**document_of(programs, revenue), **more}))
    assert plan.audit.accepted
    return plan


def spent(plan: Allocation) -> list[float]:
    amounts: list[float] = plan.programs["spending"].tolist()
    return amounts


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[float]]] = {
    "what is left goes to the next best": (
        {"a": rated(3, spending={"at_most": 3_400}), "b": rated(1)}, {}, [3_000, 7_000],
    ),
    "more than a whole number of the fund stays": ({"a": rated(3)}, {"revenue": 10_999}, [10_000]),
    "a floor is kept": ({"a": rated(1, spending={"at_least": 2_500}), "b": rated(2)}, {}, [3_000, 7_000]),
    # packages cost what they cost
    "a package": (
        {"a": {"packages": [{"cost": 2_345, "outcomes": {"good": 9_000}}]}, "b": rated(1)}, {}, [2_345, 7_000],
    ),
    "limits between which there is no whole thousand": (
        {"a": rated(3, spending={"at_least": 1_200, "at_most": 1_700}), "b": rated(1)}, {}, [1_700, 8_000],
    ),
    # 3,500 is rounded to 3,000 or to 4,000, and the second needs more staff than there is
    "staff": (
        {"a": rated(3, uses={"staff": {"per": 1_000}}), "b": rated(1)},
        {"resources": {"staff": {"capacity": 3.5}}}, [3_000, 7_000],
    ),
    # with 3 and 5 thousands the limit on both is kept, and a thousand more for either breaks it
    "a rule on what both bring": (
        {"a": rated(3), "b": rated(2), "c": rated(0)},
        {"rules": [{"name": "k", "sum": "outcome good", "at_most": 19_500},
                   {"name": "l", "sum": "spending", "where": {"program": "a"}, "at_most": 3_900}]},
        [3_000, 5_000, 0],
    ),
    "what no whole thousands add up to": (
        {"a": rated(3), "b": rated(1)},
        {"rules": [{"name": "k", "sum": "spending", "where": {"program": "a"}, "equals": 2_500}]}, [2_500, 7_500],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_whole_thousands(name: str) -> None:
    programs, more, expected = CASES[name]
    plan = plan_of(programs, **{**more, "round_to": 1_000})
    assert spent(plan) == expected


def test_units_of_a_service_follow_the_money_that_is_rounded() -> None:
    plan = plan_of({"a": served(300), "b": rated(0)}, round_to=1_000)
    assert spent(plan) == [10_000, 0]
    assert plan.units[0].tolist() == pytest.approx([10_000 / 300])
    # the most are served, and the money is what they cost
    full = plan_of({"a": served(300, up_to=20), "b": rated(0)}, round_to=1_000)
    assert spent(full)[0] == 6_000
    assert full.units[0].tolist() == [20]


def test_transfers_are_whole_too() -> None:
    funds = {
        "general": {"revenue": 10_900, "carryover": False, "transfers_to": {"other": {"at_most": 2_400}}},
        "other": {"revenue": 1_100, "carryover": False},
    }
    programs = {"a": rated(3, funds=["other"]), "b": rated(1, funds=["general"])}
    plan = bo.solve(Scenario.from_document({**document_of(programs, funds=funds), "round_to": 1_000}))
    # 2,000 go to the other fund, which then has 3,100; 8,900 are left
    assert plan.audit.accepted
    assert plan.transfers.sum() == 2_000
    assert spent(plan) == [3_000, 8_000]


def test_a_transfer_that_is_rounded_beyond_its_limit_is_searched_for() -> None:
    funds = {
        "general": {"revenue": 10_900, "carryover": False, "transfers_to": {"other": {"at_most": 2_600}}},
        "other": {"revenue": 1_100, "carryover": False},
    }
    programs = {"a": rated(3, funds=["other"]), "b": rated(1, funds=["general"])}
    plan = bo.solve(Scenario.from_document({**document_of(programs, funds=funds), "round_to": 1_000}))
    # 2,600 would be rounded to 3,000
    assert plan.transfers.sum() == 2_000
    assert spent(plan) == [3_000, 8_000]


def test_what_cannot_be_a_whole_amount_is_in_cents() -> None:
    narrow = {"at_least": 1_200, "at_most": 1_700.006}
    assert spent(plan_of({"a": rated(3, spending=narrow), "b": rated(1)}, round_to=1_000)) == [1_700, 8_000]
    dear = [{"cost": 2_345.67, "outcomes": {"good": 9e6}}]
    assert spent(plan_of({"a": {"packages": dear}, "b": rated(1)}, round_to=1_000)) == [2_345.67, 7_000]


def dense(problem: LinearProgram) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = np.zeros((problem.rows, problem.columns))
    found[problem.matrix.index, problem.matrix.column_of_entry()] = problem.matrix.value
    return found


def test_sums_of_columns_that_are_multiples_of_a_unit() -> None:
    problem = formulate(Scenario.from_document(document_of({"a": rated(3), "b": rated(1)}, 10))).linear_program
    before, rows, columns = dense(problem), problem.rows, problem.columns
    wider = _with_multiples(
        problem, np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1.0, 0.5, 2.0]), 10.0,
        np.array([3.0, 4.0]), np.array([5.0, 6.0]),
    )  # fmt: skip
    after = dense(wider)
    assert after.shape == (rows + 2, columns + 2)
    assert after[:rows, :columns].tolist() == before.tolist()
    assert not after[:rows, columns:].any()
    expected = np.zeros((2, columns + 2))
    expected[0, [0, 1, columns]] = 1, 0.5, -10
    expected[1, [1, columns + 1]] = 2, -10
    assert after[rows:].tolist() == expected.tolist()
    assert wider.row_lower[rows:].tolist() == wider.row_upper[rows:].tolist() == [0, 0]
    assert (wider.lower[columns:].tolist(), wider.upper[columns:].tolist()) == ([3, 4], [5, 6])
    assert wider.integer.tolist() == [False] * columns + [True] * 2
    for labels, first in ((wider.row_labels, rows), (wider.column_labels, columns)):
        (block,) = labels.of_kind("whole amount")
        assert block.positions.tolist() == [first, first + 1]


def test_without_a_unit_amounts_are_cents_or_as_fine_as_the_plan_needs() -> None:
    thirds = {"a": rated(3, spending={"at_most": 1_234.567}), "b": rated(1)}
    assert spent(plan_of(thirds, revenue=50e6)) == [1_234.56, 49_998_765.44]
    assert spent(plan_of(thirds, revenue=10_000)) == [1_234.567, 8_765.433]
    # 90,000 people at a hundred-millionth of a dollar
    plan = plan_of({"a": served(1e-8, 2, up_to=90_000), "b": rated(1, spending={"at_most": 5})})
    assert plan.units[0].tolist() == pytest.approx([90_000])
    assert plan.objective_value == pytest.approx(180_005, rel=1e-6)
    # a budget in millions of dollars
    millions = plan_of({"a": served(0.1237, up_to=58), "b": rated(0)}, revenue=9.0)
    assert millions.units[0].tolist() == pytest.approx([58], rel=1e-6)


@pytest.mark.parametrize(
    ("round_to", "largest", "units"),
    [
        (1_000, 200_000, [1_000, 100, 10, 1, 0.1, 0.01]),
        (0.5, 200_000, [0.5, 0.05, 0.01]),
        (0.05, 200_000, [0.05, 0.01]),
        (None, 2e6, [0.01, 0.001, 0.0001]),
        (None, 0.5, [0.01 / 10**place for place in range(10)]),
        # what is finer than a hundred-billionth of the largest amount is not tried; cents of 5 million millions are
        (None, 5e12, [0.01]),
        (None, 2e13, [0.1]),
        (None, 2e15, [10]),
    ],
)
def test_the_units_that_are_tried(round_to: float | None, largest: float, units: list[float]) -> None:
    document = document_of({"a": rated(1)}, 200_000)
    scenario = Scenario.from_document(document if round_to is None else {**document, "round_to": round_to})
    assert list(_units(scenario, np.array([0.1, largest]))) == pytest.approx(units, rel=1e-9)


def curved(rate: float, bend: float) -> dict[str, Any]:
    """Return a program of which each dollar up to a bend brings so much, and each beyond it next to nothing."""
    return {"outcomes": {"good": {"curve": [[0, 0], [bend, rate * bend], [10_000, rate * bend + 10]]}}}


def test_the_better_of_remainders_and_the_search_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    # the exact plan is 3,400 and 6,600; the larger remainder is that of the second
    programs = {"a": curved(10, 3_400), "b": curved(3, 6_600)}
    assert spent(plan_of(programs, round_to=1_000)) == [4_000, 6_000]
    assert spent(plan_of({"b": curved(3, 6_600), "a": curved(10, 3_400)}, round_to=1_000)) == [6_000, 4_000]
    monkeypatch.setattr("budgetopt.allocation.whole_amounts.MOST_PAYMENTS", 1)
    assert spent(plan_of(programs, round_to=1_000)) == [3_000, 7_000]
    monkeypatch.setattr("budgetopt.allocation.whole_amounts.MOST_PAYMENTS", 2)
    assert spent(plan_of(programs, round_to=1_000)) == [4_000, 6_000]


def test_what_is_not_paid_is_not_paid_in_whole_amounts_either() -> None:
    # a thousand for c would bring more than the thousand that neither a nor b can use
    floors = {"name": "k", "sum": "spending", "where": {"program": "c"}, "at_most": 500}
    plan = plan_of({"a": curved(10, 3_400), "b": curved(3, 6_600), "c": rated(1)}, rules=[floors], round_to=1_000)
    assert spent(plan) == [4_000, 6_000, 0]


def test_a_fixed_cost_buys_no_units() -> None:
    programs = {"a": served(300, up_to=20) | {"if_funded": {"fixed_cost": 700}}, "b": rated(0)}
    plan = plan_of(programs, 4_500, round_to=1_000)
    assert spent(plan)[0] == 4_000
    assert plan.units[0].tolist() == pytest.approx([3_300 / 300])


@pytest.mark.parametrize(
    ("money", "held", "units"),
    [(4_000, False, 11), (500, False, 0), (700, False, 0), (9_000, False, 20), (4_000, True, 0)],
)
def test_the_units_that_rounded_money_pays_for(money: float, held: bool, units: float) -> None:
    programs = {"a": served(300, up_to=20) | {"if_funded": {"fixed_cost": 700}}, "b": rated(0)}
    scenario = Scenario.from_document(document_of(programs, 10_000))
    formulation = formulate(scenario)
    point, spending = np.zeros(formulation.linear_program.columns), np.array([[[float(money)]], [[100.0]]])
    found = _units_of_money(scenario, formulation, point, spending, np.array([[held], [False]]))
    assert found.tolist() == [[pytest.approx(units)], [0]]


def test_units_of_each_year_follow_the_money_of_that_year() -> None:
    programs = {"a": served(300), "b": served(500, 0.1, up_to=1)}
    document = document_of(programs, {"FY1": 2_900, "FY2": 5_200}, LATER[:2])
    plan = bo.solve(Scenario.from_document({**document, "round_to": 1_000}))
    assert plan.by_period.loc["a"].tolist() == [2_000, 5_000]
    assert plan.units[0].tolist() == pytest.approx([2_000 / 300, 5_000 / 300])


def test_a_plan_that_no_rounding_saves_says_what_the_first_one_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = {name: rated(1, spending={"at_least": 10}) for name in "abcdefg"}

    def nothing(scenario: Scenario, _: SpendingPlan) -> Audit:
        return audit_plan(scenario, SpendingPlan.nothing(scenario))

    monkeypatch.setattr("budgetopt.allocation.whole_amounts.audit_plan", nothing)
    with pytest.raises(AuditError, match="the plan does not pass the audit: a gets 0") as caught:
        plan_of(programs, 100)
    assert caught.value.args[0].count(" gets 0") == 5


def test_how_far_the_search_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[list[float], list[float]]] = []

    def seen(problem: LinearProgram, *rest: Any) -> LinearProgram:
        lower, upper = rest[-2:]
        found.append((lower.tolist(), upper.tolist()))
        return _with_multiples(problem, *rest)

    monkeypatch.setattr("budgetopt.allocation.whole_amounts._with_multiples", seen)
    # 3,400 and 6,200 of 10,000, 400, and nothing: two thousands to each side, and never less than none
    programs = {"a": curved(10, 3_400), "b": curved(5, 6_200), "c": rated(1), "d": rated(0.5)}
    plan_of(programs, round_to=1_000)
    assert found == [([1, 4, 0, 0], [6, 9, 3, 0])]
