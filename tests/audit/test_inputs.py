"""Figures of a scenario as the audit reads them, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.audit.current import packages_bought
from budgetopt.audit.inputs import (
    baselines,
    dollars,
    first_baseline,
    groups,
    number,
    payers_now,
    pays_in,
    price_level,
    revenues,
    share_or_amount,
)
from budgetopt.scenario.amounts import Share
from strategies import unchecked

NONE = np.nan
SCENARIO = unchecked({
    "periods": ["t1", "t2", "t3"],
    "inflation": "10%",
    "funds": {
        "general": {"revenue": 100, "growth": "20%"},
        "grant": {"revenue": {"t2": 7}, "starts": "t2", "ends": "t2"},
        "gift": {"revenue": 5, "starts": "t2"},
    },
    "programs": {
        "a": {"baseline": 20, "spending": {"at_least": "50%", "at_most": {"t2": 30, "t3": "150%"}}, "inflation": "50%",
              "baseline_by_fund": {"general": 15, "gift": 5}, "districts": {"north": 0.25, "south": 0.5}},
        "b": {"baseline": {"t2": 22, "t3": 9}, "department": "Parks", "spending": {"at_least": 3}},
        "c": {"department": "Streets", "spending": {"at_least": "50%"}},
    },
})  # fmt: skip


def rows(found: Any) -> list[list[float]]:
    return [[pytest.approx(one, nan_ok=True) for one in row] for row in np.asarray(found).tolist()]


def test_what_costs_and_baselines_become() -> None:
    level = price_level(SCENARIO)
    assert level.tolist() == rows([[1, 1.5, 2.25], [1, 1.1, 1.21], [1, 1.1, 1.21]])
    # one amount grows as costs do, and amounts by period are meant as they stand
    assert baselines(SCENARIO).tolist() == rows([[20, 30, 45], [NONE, 22, 9], [NONE] * 3])
    # the first that there is, in dollars of the first period
    assert first_baseline(SCENARIO).tolist() == pytest.approx([20, 20, NONE], nan_ok=True)
    assert number(SCENARIO, "inflation", 0.1).tolist() == [0.5, 0.1, 0.1]


def test_limits_in_dollars() -> None:
    assert dollars(SCENARIO, "spending.at_least").tolist() == rows([[10, 15, 22.5], [3, 3, 3], [NONE] * 3])
    assert dollars(SCENARIO, "spending.at_most").tolist() == rows([[NONE, 30, 67.5], [NONE] * 3, [NONE] * 3])
    of = np.array([10.0, 20, 30])
    assert share_or_amount(SCENARIO, Share(0.5), of).tolist() == [5, 10, 15]
    assert share_or_amount(SCENARIO, 4.0, of).tolist() == [4, 4, 4]
    assert share_or_amount(SCENARIO, {"t1": 4.0, "t3": Share(0.1)}, of).tolist() == pytest.approx(
        [4, NONE, 3], nan_ok=True
    )


def test_funds_by_period() -> None:
    assert revenues(SCENARIO).tolist() == rows([[100, 120, 144], [0, 7, 0], [5, 5, 5]])
    assert pays_in(SCENARIO).tolist() == [[True] * 3, [False, True, False], [False, True, True]]
    assert payers_now(SCENARIO).tolist() == rows([[0.75, 0, 0.25], [NONE] * 3, [NONE] * 3])


def test_groups_of_programs() -> None:
    def found(by: str, *named: str) -> dict[str, list[float]]:
        return {name: share.tolist() for name, share in groups(SCENARIO, by, dict.fromkeys(named, 1.0)).items()}

    assert found("districts") == {"north": [0.25, 0, 0], "south": [0.5, 0, 0]}
    assert found("districts", "south", "west") == {"south": [0.5, 0, 0], "west": [0, 0, 0]}
    assert found("department") == {"Parks": [0, 1, 0], "Streets": [0, 0, 1]}
    assert found("department", "Streets") == {"Streets": [0, 0, 1]}


@pytest.mark.parametrize(
    ("costs", "choose", "money", "taken"),
    [
        ((0, 3), "one", 2, [True, False]),
        ((2, 3), "one", 3, [False, True]),
        ((2, 3), "one", 1, [False, False]),
        ((0, 3), "in_order", 2, [True, False]),
        ((2, 3), "any", 5, [True, True]),
        ((2, 3), "any", 0, [False, False]),
    ],
)
def test_the_packages_that_money_buys(costs: tuple[float, ...], choose: str, money: float, taken: list[bool]) -> None:
    packages = [{"cost": cost, "outcomes": {"good": 1}} for cost in costs]
    scenario = unchecked(
        {"funds": {"f": {}}, "outcomes": {"good": {}}, "programs": {"p": {"packages": packages, "choose": choose}}}
    )
    assert packages_bought(scenario, np.array([float(money)])).tolist() == taken
