"""A plan beside its scenario, figure by figure, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetopt.audit import SpendingPlan
from budgetopt.audit.evaluation import Evaluation, Quantity
from budgetopt.errors import UnknownNameError
from riverton import rounded
from strategies import unchecked

SCENARIO = unchecked({
    "periods": ["FY1", "FY2"],
    "funds": {"general": {"revenue": 1_000_000}, "grant": {"revenue": 500}},
    "outcomes": {"visits": {"unit": "visits", "weight": 2}, "idle": {}},
    "resources": {
        "staff": {"capacity": 9, "unit": "FTE", "stand_in": {"nurses": 1.5}}, "nurses": {"capacity": 9, "unit": "FTE"},
    },
    "programs": {
        "pool": {"outcomes": {"visits": {"per_dollar": 0.5}}},
        "tours": {
            "service": {"unit": "tours", "unit_cost": 4},
            "outcomes": {"visits": {"per_unit": 3}},
            "uses": {"staff": {"per_unit": 0.5}},
        },
        "free": {
            "service": {"unit": "talks", "unit_cost": 0, "up_to": 0.5},
            "outcomes": {"visits": {"per_unit": 1}},
            "uses": {"staff": {"per_unit": 2}},
        },
        "depot": {"packages": [{"cost": 50, "outcomes": {"visits": 5}}]},
    },
})  # fmt: skip
NONE = np.nan
SPENDING = np.array([[[100.0, 0], [-20, 0]], [[40, 40], [0, 0]], [[0, 0], [0, 0]], [[50, 50], [0, 0]]])
PLAN = SpendingPlan(
    SPENDING,
    np.zeros((2, 2, 2)),
    np.array([[True, False]]),
    np.array([[0, 0], [NONE, 8], [0.5, 0], [0, 0]]),
    np.array([[2.0, 1.0]]),
)


def evaluation(plan: SpendingPlan = PLAN) -> Evaluation:
    return Evaluation(SCENARIO, plan, 1e-5)


def test_who_is_funded_and_who_serves() -> None:
    found = evaluation()
    assert found.cent == 0.01
    assert found.spent.tolist() == [[80, 0], [40, 40], [0, 0], [50, 50]]
    assert found.payments.tolist() == [[2, 0], [1, 1], [0, 0], [1, 1]]
    # units that the plan says, and those that cost nothing
    assert found.serves.tolist() == [[False, False], [False, True], [True, False], [False, False]]
    # a package that is not taken is not funded, whatever is spent
    assert found.funded.tolist() == [[True, False], [True, True], [True, False], [True, False]]
    assert found.rough_where_active.tolist() == [[True, False], [True, True], [True, False], [True, True]]
    little = evaluation(replace(PLAN, spending=SPENDING * [[[0.004 / 80]], [[1]], [[1]], [[1]]]))
    assert not little.funded[0].any()
    more = evaluation(replace(PLAN, spending=SPENDING * [[[0.005 / 80]], [[1]], [[1]], [[1]]]))
    assert more.funded[0].tolist() == [True, False]


def test_what_rounding_leaves_open() -> None:
    found = evaluation()
    assert found.a_unit.tolist() == [1e-6, 1e-6, 5e-7, 1e-6]
    # a cent for each payment; of tours what a cent buys, or a hundred-thousandth of those that are said
    assert rounded((found.rough * 1e7).tolist()) == [[200_000, 100_000], [25_000, 800], [50, 5], [100_000, 100_000]]
    assert rounded((found.least_rough * 1e7).tolist()) == [100_000, 10, 5, 100_000]
    unsaid = evaluation(replace(PLAN, units=None))
    assert rounded((unsaid.least_rough * 1e7).tolist()) == [100_000, 25_000, 5, 100_000]
    assert found.allowed_dollars(np.array([500.0, 5000]), 3).tolist() == [0.03, 0.05]
    assert found.allowed_dollars(np.array([500.0, 5000]), np.array([0, 9])).tolist() == [0.01, 0.09]


def test_of_a_service_that_may_serve_nothing_a_millionth_of_a_unit_matters() -> None:
    service = {"unit": "talks", "unit_cost": 0}
    programs = {name: {"service": {**service, "up_to": most}} for name, most in (("shut", 0), ("one", 1), ("two", 2))}
    scenario = unchecked({"funds": {"general": {}}, "outcomes": {"visits": {}}, "programs": programs})
    assert Evaluation(scenario, SpendingPlan.nothing(scenario), 0.0).a_unit.tolist() == [1e-6, 1e-6, 1e-6]


def told(quantity: Quantity) -> list[list[float]]:
    return [[round(float(one), 9) for one in figures] for figures in (quantity.value, quantity.gross, quantity.cent)]


def test_sums_of_dollars() -> None:
    found, weight = evaluation(), np.array([1.0, -2, 0, 0])
    assert told(found.dollars(weight)) == [[0, -80], [200, 80], [0.04, 0.02]]
    assert told(found.quantity_of("spending", weight, ("grant",))) == [[-20, 0], [20, 0], [0.01, 0.01]]
    assert told(found.dollars(np.zeros(4))) == [[0, 0], [0, 0], [0.01, 0.01]]
    assert told(found.dollars(weight).times(-0.5)) == [[0, 40], [100, 40], [0.02, 0.01]]
    assert told(found.dollars(weight).total()) == [[-80], [280], [0.06]]
    assert told(found.dollars(weight).at(np.array([False, True]))) == [[-80], [80], [0.02]]
    assert found.fund_mask(None).tolist() == [True, True]
    assert found.fund_mask(("grant",)).tolist() == [False, True]
    with pytest.raises(UnknownNameError, match="gift"):
        found.fund_mask(("grant", "gift"))


def test_sums_of_outcomes_and_resources() -> None:
    found = evaluation()
    assert rounded(found.outcomes) == [[75.5, 24], [0, 0]]
    assert rounded(found.weighted) == [151, 48]
    # a cent where it buys most is the least that anything may be off: half a hundredth of a visit
    visits = found.quantity_of("outcome visits", np.ones(4), None)
    assert told(visits) == [[75.5, 24], [75.5, 24], [0.017505, 0.005]]
    assert visits.unit == "visits"
    assert told(found.outcome("visits", np.array([-1.0, 0, 0, 2]))) == [[-30, 0], [50, 0], [0.01, 0.005]]
    assert told(found.outcome("idle", np.ones(4))) == [[0, 0], [0, 0], [0, 0]]
    staff = found.quantity_of("resource staff", np.ones(4), None)
    assert (told(staff)[0], staff.unit) == ([6, 4], "FTE")
    # nurses stand in for two of the staff, and for one: one and a half of them each
    assert rounded(found.stood_in) == [[-2, -1], [3, 1.5]]
    assert rounded(found.resources) == [[4, 3], [3, 1.5]]
    for kind, name in (("outcome", "visit"), ("resource", "nurse")):
        with pytest.raises(UnknownNameError, match=name):
            found.quantity_of(f"{kind} {name}", np.ones(4), None)


def test_what_is_no_number_counts_as_nothing() -> None:
    spending = SPENDING.copy()
    spending[0, 0, 0], spending[1, 0, 1] = NONE, np.inf
    wrong = SpendingPlan(
        spending,
        np.full((2, 2, 2), NONE),
        PLAN.packages,
        np.array([[0, 0], [NONE, np.inf], [0.5, 0], [0, 0]]),
        np.array([[NONE, np.inf]]),
    )
    found = evaluation(wrong)
    assert found.spent.tolist() == [[-20, 0], [40, 0], [0, 0], [50, 50]]
    assert not found.plan.transfers.any()
    assert found.activity.units.tolist() == [[0, 0], [10, 0], [0.5, 0], [0, 0]]
    assert not found.stood_in.any()
