"""Which conditions of a fund leave its money unspent, each solved again without it."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.scenario.scenario import Scenario

NONE = "No condition of the fund, dropped by itself, would have more of it spent to better effect."


def curve(most: float, good: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"curve": [[0, 0], [most, good]]}}, **more}


def scenario_of(fund: dict[str, Any], periods: tuple[str, ...] = ("A",), **programs: Any) -> Scenario:
    """Return a scenario of a fund, another of a million, and a program of either beside those that are given."""
    return Scenario.from_document({
        "name": "Unspent",
        "periods": list(periods),
        "funds": {"fund": fund, "other": {"kind": "capital", "revenue": 1e6}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "tagged": curve(2e6, 100, tags=["t"], funds=["fund"]),
            "own": curve(5e6, 50, funds=["other"]),
            **programs,
        },
    })  # fmt: skip


UNTAGGED = {"u": curve(8e6, 100, funds=["fund"])}
FOUR = {f"p{number}": curve(1e6, 10, tags=["t"]) for number in range(4)}


@pytest.mark.parametrize(
    ("scenario", "change", "said"),
    [
        (
            scenario_of({"revenue": 20e6, "only": {"tags": "t"}}, **UNTAGGED, **FOUR), "funds.fund.only",
            "Without its restricted use (`only`) it would spend $8 million more.",
        ),
        (
            scenario_of({"revenue": 9e6, "transfers_to": {"other": {"at_most": 1e6}}}),
            "funds.fund.transfers_to.other.at_most=99M",
            "Without the limits of the transfer from “fund” to “other” it would transfer $3 million more.",
        ),
        (
            scenario_of({"revenue": 9e6, "spending": {"at_most": 4e6}}, **UNTAGGED), "funds.fund.spending",
            "Without the spending limits of “fund” it would spend $5 million more.",
        ),
        (
            # what a package costs is there, but for the reserve
            scenario_of(
                {"revenue": 9e6, "reserve": {"at_least": 2e6}},
                station={"funds": ["fund"], "packages": [{"name": "all", "cost": 6e6, "outcomes": {"good": 9}}]},
            ), "funds.fund.reserve", "Without the reserve of “fund” it would spend $6 million more.",
        ),
        (
            scenario_of({"revenue": {"A": 9e6}, "carryover": False}, ("A", "B")), "funds.fund.carryover",
            "Without the lapse of what is unspent (`carryover: false`) it would spend $2 million more.",
        ),
        (
            scenario_of({"revenue": {"A": 9e6}, "ends": "A"}, ("A", "B")), "funds.fund.ends",
            "Without its last period (`ends`) it would spend $2 million more.",
        ),
        (
            scenario_of({"revenue": 9e6, "starts": "B"}, ("A", "B")), "funds.fund.starts",
            "Without its first period (`starts`) it would spend $2 million more.",
        ),
    ],
)  # fmt: skip
def test_a_condition_that_leaves_money_unspent(scenario: Scenario, change: str, said: str) -> None:
    plan, changed = bo.solve(scenario), scenario.with_(change) if "=" in change else scenario.without(change)
    assert said in bo.explain(plan, "fund").sentences
    # solved again it is so
    free = bo.solve(changed)
    assert free.objective_value > plan.objective_value + 1
    used = [float(one.spending[:, 0].sum() + one.transfers[0].sum()) for one in (plan, free)]
    assert used[1] - used[0] == pytest.approx(float(said.split("$")[1].split()[0]) * 1e6)


def test_where_no_condition_leaves_money_unspent_none_is_named() -> None:
    # the rule keeps the untagged program from having any, whatever the fund may pay for
    fund = {
        "revenue": 20e6,
        "only": {"tags": "t"},
        "reserve": {"at_least": 1e6},
        "transfers_to": {"other": {"at_most": 5e6}},
    }
    scenario = scenario_of(fund, **UNTAGGED, **FOUR)
    held = scenario.with_(
        ("rules", [{"name": "k", "sum": "spending", "where": {"program": ["u", "p0"]}, "at_most": 0}])
    )
    plan = bo.solve(held)
    assert NONE in bo.explain(plan, "fund").sentences
    for path in ("only", "reserve"):
        assert bo.solve(held.without(f"funds.fund.{path}")).objective_value == pytest.approx(plan.objective_value)
    free = bo.solve(held.with_("funds.fund.transfers_to.other.at_most=99M"))
    assert free.objective_value == pytest.approx(plan.objective_value)
