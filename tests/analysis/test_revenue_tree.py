"""Plans for several futures: small towns worked out by hand, and every grid of amounts tried."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.errors import InfeasibleError, OptionError, ScenarioError

LOW, HIGH = ("funds.general.revenue.t2", "2"), ("funds.general.revenue.t2", "10")


def town(**pool: Any) -> bo.Scenario:
    """Return two periods of 6 dollars that carry over; a service that may not shrink is worth more than another."""
    return bo.Scenario.from_document(
        {
            "periods": ["t1", "t2"],
            "funds": {"general": {"revenue": {"t1": 6, "t2": 6}, "carryover": True}},
            "outcomes": {"visits": {"unit": "visits", "weight": 1}},
            "programs": {
                "library": {"baseline": 0, "outcomes": {"visits": {"per_dollar": 3}}},
                "pool": {"baseline": 0, "spending": {"at_most": 4}, "outcomes": {"visits": {"per_dollar": 1}}, **pool},
            },
            "rules": [
                {
                    "name": "No cut",
                    "change": {"decrease_at_most": "0%", "from": "previous"},
                    "where": {"program": "library"},
                },
            ],
        }
    )


def test_what_is_decided_now_guards_against_the_low_future() -> None:
    futures = [bo.Future("low", 0.5, (LOW,)), bo.Future("high", 0.5, (HIGH,))]
    found = bo.plan_for_futures(town(), futures)
    # the library may not shrink, so with 8 dollars in all it gets 4 at most now; more money later goes to it then
    amounts = found.amounts.set_index(["program", "period", "future"])["amount"]

    def value(now: float, pool: float, revenue: float) -> float:
        left = 6 + revenue - now - pool
        return 3 * now + pool + (3 * left if left >= now else -np.inf)

    best = max(
        0.5 * value(now, pool, 2) + 0.5 * value(now, pool, 10)
        for now in np.linspace(0, 6, 25)
        for pool in np.linspace(0, 4, 17)
        if now + pool <= 6
    )
    assert found.summary["value"]["expected value"] == pytest.approx(best)
    assert amounts["library", "t1", ""] <= 4 + 1e-9
    assert amounts["library", "t2", "low"] >= amounts["library", "t1", ""] - 1e-9
    assert amounts["library", "t2", "high"] > amounts["library", "t2", "low"]
    assert found.proved
    values = found.summary["value"]
    alone = [bo.solve(town().with_(change)).plan_value for change in (LOW, HIGH)]
    assert values["expected value with perfect information"] == pytest.approx(np.mean(alone))
    assert values["expected value of perfect information"] >= 0
    assert found._repr_html_().count("<table") == 3


def test_the_value_of_the_stochastic_solution_is_what_the_average_loses() -> None:
    # the pool brings more where it is built now: 1 now, or 0.5 later; a dollar of the library brings 3 up to 5 dollars
    document: dict[str, Any] = {
        "periods": ["t1", "t2"],
        "funds": {"general": {"revenue": {"t1": 8, "t2": 4}}},
        "outcomes": {"visits": {"unit": "visits", "weight": 1}},
        "programs": {
            "library": {"outcomes": {"visits": {"curve": [[0, 0], [4, 12], [8, 14]]}}},
            "pool": {"outcomes": {"visits": {"per_dollar": 1}}},
        },
    }
    scenario = bo.Scenario.from_document(document)
    futures = [
        bo.Future("low", 0.5, (("funds.general.revenue.t2", "0"),)),
        bo.Future("high", 0.5, (("funds.general.revenue.t2", "8"),)),
    ]
    found = bo.plan_for_futures(scenario, futures)
    # the average future asks for 4 + 4 now and 4 later, which leaves nothing for the library later in the low one;
    # to keep 4 now loses 4 of the pool, and brings 12 in the low future and 4 of the pool in the high one
    values = found.summary["value"]
    assert values["expected value"] == pytest.approx(12 + 0.5 * 12 + 0.5 * (12 + 8))
    assert values["expected value of planning for the average"] == pytest.approx(16 + 0.5 * 0 + 0.5 * (12 + 4))
    assert values["value of the stochastic solution"] == pytest.approx(28 - 24)
    assert found.futures["value"].tolist() == pytest.approx([24, 32])
    # known beforehand, the high one would be planned for just so, since the pool brings as much later
    assert values["expected value of perfect information"] == pytest.approx(0, abs=1e-9)


def test_names_of_two_stages_part_a_period_later() -> None:
    scenario = bo.Scenario.from_document(
        {
            "periods": ["t1", "t2", "t3"],
            "funds": {"general": {"revenue": {"t1": 4, "t2": 4, "t3": 4}}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {"library": {"outcomes": {"visits": {"curve": [[0, 0], [4, 12], [9, 20]]}}}},
        }
    )
    futures = [
        bo.Future(name, 0.25, (("funds.general.revenue.t3", money), ("funds.general.revenue.t2", second)))
        for name, second, money in (("a/x", "2", "0"), ("a/y", "2", "9"), ("b/x", "6", "0"), ("b/y", "6", "9"))
    ]
    amounts = bo.plan_for_futures(scenario, futures).amounts.set_index(["period", "future"])["amount"]
    assert amounts["t2", "a/x"] == pytest.approx(amounts["t2", "a/y"])
    assert amounts["t2", "b/x"] == pytest.approx(amounts["t2", "b/y"])
    assert amounts["t2", "a/x"] != pytest.approx(amounts["t2", "b/x"])
    assert amounts["t3", "a/x"] != pytest.approx(amounts["t3", "a/y"])


@pytest.mark.parametrize(
    ("futures", "options", "words"),
    [
        ([("low", 0.5)], {}, "one future is no tree"),
        ([("low", 0.5), ("high", 0.4)], {}, "the probabilities of the futures add to 90%, and not to 100%"),
        ([("low", 0.5), ("low", 0.5)], {}, "the future 'low' stands twice"),
        ([("low", 1.5), ("high", -0.5)], {}, "the future 'low' has a probability of 1.5"),
        ([("low", 0.5), ("high", 0.5)], {"commit": 2}, "2 periods are decided now, and the scenario has 2: t1, t2"),
    ],
)
def test_a_tree_that_cannot_be_is_refused(futures: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        bo.plan_for_futures(town(), [bo.Future(*one) for one in futures], **options)


def test_a_change_that_leads_nowhere_and_a_future_without_a_plan_are_told() -> None:
    nowhere = [bo.Future("low", 0.5, ("funds.genral.revenue=2",)), bo.Future("high", 0.5)]
    with pytest.raises(ScenarioError, match="genral"):
        bo.plan_for_futures(town(), nowhere)
    floor = town(spending={"at_least": 3, "at_most": 4})
    with pytest.raises(InfeasibleError, match="no decisions of now leave a plan in every future"):
        bo.plan_for_futures(floor, [bo.Future("none", 0.5, ("funds.general.revenue=0.5",)), bo.Future("as it is", 0.5)])
