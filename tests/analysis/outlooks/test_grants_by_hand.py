"""Two grants over three years, each figure worked out by hand, and a scenario that minimizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo

YEARS = ["y1", "y2", "y3"]


def town(**more: Any) -> bo.Scenario:
    """Return a town in which a dollar brings 4 at homes up to 20 and 3 at shelters up to 24, and 1 at the library."""
    document: dict[str, Any] = {
        "periods": YEARS,
        "funds": {
            "general": {"revenue": 100, "carryover": False},
            "homes_grant": {
                "name": "Homes grant", "kind": "grant", "opening_balance": 4, "revenue": {"y1": 30, "y2": 10},
                "one_time": {"y1": 2, "y2": 1}, "carryover": False, "only": {"program": ["homes", "shelters"]},
            },
            "parks_grant": {
                "revenue": {"y1": 6, "y2": 8, "y3": 8}, "ends": "y2", "only": {"program": "parks"},
                "match": {"from": "general", "rate": "50%"},
                "maintenance_of_effort": {"fund": "general", "at_least": 5},
            },
        },
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "homes": {"outcomes": {"good": {"curve": [[0, 0], [20, 80]]}}, "funds": ["homes_grant"]},
            "shelters": {"outcomes": {"good": {"curve": [[0, 0], [24, 72]]}}, "funds": ["homes_grant"]},
            "parks": {"outcomes": {"good": {"curve": [[0, 0], [60, 120]]}}, "spending": {"at_most": 14}},
            "library": {"outcomes": {"good": {"per_dollar": 1}}},
        },
    }  # fmt: skip
    return bo.Scenario.from_document({**document, **more})


@pytest.fixture(scope="module")
def found() -> bo.GrantChoices:
    """Return the grants: 36 of the first are 20 for homes and 16 for shelters, its 11 in y2 are all for homes."""
    return bo.grants(town())


def test_what_each_grant_has_and_pays_each_year(found: bo.GrantChoices) -> None:
    table = found.by_period
    assert found.names == ("homes_grant", "parks_grant")
    assert table["fund"].tolist() == ["homes_grant"] * 3 + ["parks_grant"] * 3
    assert table["period"].tolist() == YEARS * 2
    assert table["available"].tolist()[:3] == pytest.approx([36, 11, 0])
    assert table["spent"].tolist()[:3] == pytest.approx([36, 11, 0])
    assert table["unspent"].tolist()[:3] == pytest.approx([0, 0, 0])
    assert table["lapses"].tolist() == [True] * 3 + [False] * 3
    # of what parks get, 14, the grant pays 6 in the first year and 8 in the second, and half as much is local
    assert table["spent"].tolist()[3:5] == pytest.approx([6, 8])
    assert table["match"].tolist() == pytest.approx([0, 0, 0, 3, 4, 0])
    assert table["effort_asked"].tolist()[:5] == pytest.approx([0, 0, 0, 5, 5])
    assert table["effort_made"].tolist()[3:5] == pytest.approx([8, 6])


def test_each_grant_taken_or_not(found: bo.GrantChoices) -> None:
    table = found.table.set_index("fund")
    assert table["name"].tolist() == ["Homes grant", "parks_grant"]
    assert table.loc["homes_grant", ["received", "spent", "unspent"]].tolist() == pytest.approx([47, 47, 0])
    assert table["match"].tolist() == pytest.approx([0, 7])
    assert table["effort_asked"].tolist() == pytest.approx([0, 10])
    # homes and shelters bring 80 + 48 + 44; the parks grant frees 14 of local money for the library
    assert table["worth"].tolist() == pytest.approx([172, 14])
    assert (table["value_with"] - table["value_without"]).tolist() == pytest.approx([172, 14])
    assert table["take"].tolist() == [True, True]
    assert table["ends"].tolist() == ["y2", "y2"]
    assert table["falls_away"].tolist() == pytest.approx([11, 8])
    assert table["proved"].tolist() == [True, True]
    html = found._repr_html_()
    assert ">172</td>" in html
    assert "<th>0</th>" not in html


def test_programs_that_lose_most_come_first_when_a_grant_ends() -> None:
    funds: dict[str, Any] = {
        "general": {"revenue": 100},
        "grant": {"kind": "grant", "revenue": {"y1": 30, "y2": 30, "y3": 7}, "only": {"tags": "homes"}},
    }

    def fixed(y1: float, y2: float, y3: float, **more: Any) -> dict[str, Any]:
        each = dict(zip(YEARS, (y1, y2, y3), strict=True))
        return {"spending": {"at_least": each, "at_most": each}, "tags": ["homes"], **more}

    programs = {"a": fixed(5, 4, 4), "b": fixed(9, 15, 3), "c": fixed(9, 9, 0, name="Care")}
    funds["grant"]["ends"] = "y2"
    plan = bo.solve(bo.Scenario.from_document(
        {"periods": YEARS, "funds": funds, "programs": programs, "objective": {"minimize": "spending"}}
    ))  # fmt: skip
    spending = np.zeros_like(plan.spending)
    # the grant pays 1 of a until it ends, 12 and then 3 of b, and all of c
    spending[0], spending[1], spending[2, 1] = [[4, 3, 4], [1, 1, 0]], [[0, 3, 0], [9, 12, 3]], [9, 9, 0]
    audit = bo.audit_plan(plan.scenario, bo.SpendingPlan(spending, plan.transfers))
    given = bo.GrantChoices(replace(plan, spending=spending, audit=audit), ("grant",), (0.0,), (True,))
    falling = given.falling("grant")
    assert falling.to_dict("list") == {
        "program": ["b", "c", "a"], "name": ["b", "Care", "a"], "paid": [9, 9, 1], "before": [15, 9, 4],
        "after": [3, 0, 4], "unit": ["USD"] * 3,
    }  # fmt: skip
    assert falling.index.tolist() == [0, 1, 2]
    assert given.table["falls_away"].tolist() == [22 - 3]


def test_where_less_is_better_a_grant_is_worth_what_it_saves() -> None:
    outcomes = {"repairs": {"weight": 1, "direction": "decrease"}}
    programs = {"paving": {"outcomes": {"repairs": {"curve": [[0, 90], [60, 30]]}}}}
    funds = {"general": {"revenue": 20}, "grant": {"kind": "grant", "revenue": 10}}
    scenario = bo.Scenario.from_document(
        {"funds": funds, "outcomes": outcomes, "programs": programs, "objective": {"minimize": "repairs"}}
    )
    row = bo.grants(scenario).table.to_dict("records")[0]
    # 30 dollars leave 60 repairs, and 20 leave 70
    assert (row["value_with"], row["value_without"], row["worth"]) == (60, 70, 10)
    assert row["take"]
    needed = scenario.with_("programs.paving.spending.at_least=25")
    row = bo.grants(needed).table.to_dict("records")[0]
    assert row["worth"] == float("inf")
    assert row["take"]
    # that no plan exists is proved
    assert bo.grants(needed).proved == (True,)


def test_a_grant_that_brings_nothing_and_one_without_money() -> None:
    scenario = town().with_("funds.parks_grant.revenue=0", "funds.homes_grant.only={program: library}")
    found = bo.grants(scenario.with_("funds.parks_grant.ends=y3"), ["parks_grant"])
    row = found.table.to_dict("records")[0]
    assert (row["received"], row["spent"], row["worth"], row["take"]) == (0, 0, 0, False)
    assert (row["ends"], row["falls_away"]) == ("", 0)
    assert not len(found.falling("parks_grant"))
    assert found.falling("parks_grant").columns.tolist() == ["program", "name", "paid", "before", "after", "unit"]


def test_what_a_grant_has_and_whether_it_is_worth_anything() -> None:
    funds = {
        "general": {"revenue": 60, "transfers_to": {"grant": {"at_least": 4, "at_most": 4}}},
        "grant": {"kind": "grant", "revenue": 10, "one_time": 3, "opening_balance": 2, "only": {"program": "homes"}},
    }
    programs = {
        "homes": {"funds": ["grant"], "outcomes": {"good": {"per_dollar": 10_000_000}}},
        "parks": {"outcomes": {"bad": {"per_dollar": 1}}},
    }
    outcomes = {"good": {"weight": 1}, "bad": {"weight": 0}}
    plan = bo.solve(bo.Scenario.from_document({"funds": funds, "programs": programs, "outcomes": outcomes}))
    given = bo.GrantChoices(plan, ("grant",), (plan.plan_value,), (True,))
    assert given.by_period[["available", "spent", "unspent"]].to_numpy().tolist() == [[19, 19, 0]]
    assert plan.plan_value == pytest.approx(190_000_000)

    def taken(of: bo.Allocation, lost: float) -> list[bool]:
        found: list[bool] = bo.GrantChoices(of, ("grant",), (of.plan_value - lost,), (True,)).table["take"].tolist()
        return found

    # what is lost below a ten-millionth of the value, 19, is rounding
    assert taken(plan, 18) == [False]
    assert taken(plan, 20) == [True]
    # the general fund spends nothing itself, and what it transfers brings what is lost without it
    columns = ["spent", "transfers_out", "unspent", "take"]
    assert bo.GrantChoices(plan, ("general",), (0.0,), (True,)).table[columns].to_numpy().tolist() == [[0, 4, 56, True]]
    kept = bo.solve(plan.scenario.without("funds.general.transfers_to"))
    assert bo.GrantChoices(kept, ("general",), (0.0,), (True,)).table[columns].to_numpy().tolist() == [
        [0, 0, 60, False]
    ]
    scenario = plan.scenario.with_("programs.parks.spending.at_most=0")
    nothing = bo.solve(scenario.with_("objective=[{maximize: bad}, {maximize: good}]"))
    assert nothing.plan_value == 0
    assert taken(nothing, 0.9e-7) == [False]
    assert taken(nothing, 1.1e-7) == [True]
    assert taken(nothing, float("nan")) == [True]


def test_the_last_period_with_money_of_each_kind() -> None:
    funds: dict[str, Any] = {
        "general": {"revenue": 50},
        "first": {"kind": "grant", "revenue": {"y1": 5}},
        "once": {"kind": "grant", "revenue": {"y1": 5}, "one_time": {"y2": 1}},
        "saved": {"kind": "grant", "revenue": {"y1": 9, "y2": 9}},
    }
    programs = {"a": {"outcomes": {"good": {"per_dollar": 1}}}}
    plan = bo.solve(bo.Scenario.from_document(
        {"periods": YEARS, "funds": funds, "programs": programs, "outcomes": {"good": {"weight": 1}}}
    ))  # fmt: skip
    spending = np.array([[[50.0, 50, 50], [5, 0, 0], [2, 3, 1], [2, 4, 12]]])
    audit = bo.audit_plan(plan.scenario, bo.SpendingPlan(spending, plan.transfers))
    names = ("first", "once", "saved")
    given = bo.GrantChoices(replace(plan, spending=spending, audit=audit), names, (0.0, 0.0, 0.0), (True, True, False))
    table = given.table
    assert table["ends"].tolist() == ["y1", "y2", "y2"]
    # what is saved is spent after the grant ends: then more is paid, and nothing falls away
    assert table["falls_away"].tolist() == [5, 2, 0]
    assert table["match"].tolist() == [0, 0, 0]
    assert table["proved"].tolist() == [True, True, False]
    assert given.falling("saved").empty
    assert given.falling("once")["paid"].tolist() == [2]


def test_a_cent_that_a_grant_pays_is_told() -> None:
    funds = {"general": {"revenue": 50}, "grant": {"kind": "grant", "revenue": {"y1": 0.01}}}
    programs = {"a": {"outcomes": {"good": {"per_dollar": 1}}}}
    plan = bo.solve(bo.Scenario.from_document(
        {"periods": YEARS, "funds": funds, "programs": programs, "outcomes": {"good": {"weight": 1}}}
    ))  # fmt: skip
    given = bo.GrantChoices(plan, ("grant",), (0.0,), (True,))
    assert given.falling("grant")["paid"].tolist() == [0.01]
