"""Each grant taken or not, worked out by hand: its worth, its local money, what is unspent and what falls away."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.report.words.grant_words import grants_lines


def town(**grant: Any) -> bo.Scenario:
    """Return a town of three years: a local dollar brings 2 at the library and 1 at homes, which have a grant."""
    return bo.Scenario.from_document(
        {
            "periods": ["y1", "y2", "y3"],
            "funds": {
                "general": {"revenue": 100, "carryover": False},
                "homes_grant": {
                    "name": "Homes grant",
                    "kind": "grant",
                    "revenue": {"y1": 30, "y2": 20},
                    "carryover": False,
                    "only": {"program": "homes"},
                    **grant,
                },
            },
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                "library": {"outcomes": {"good": {"per_dollar": 2}}},
                "homes": {"name": "New homes", "outcomes": {"good": {"curve": [[0, 0], [40, 40]]}}},
            },
        }
    )


def test_a_grant_with_a_match_and_an_end() -> None:
    found = bo.grants(town(match={"from": "general", "rate": "20%"}))
    row = found.table.to_dict("records")[0]
    # 50 of the grant and 10 of local money bring 60, and the local money 20 at the library: 40 are won
    assert (row["received"], row["spent"], row["unspent"]) == (50, 50, 0)
    assert row["match"] == pytest.approx(10)
    assert (row["value_with"], row["value_without"]) == (pytest.approx(640), pytest.approx(600))
    assert row["worth"] == pytest.approx(40)
    assert (row["take"], row["ends"], row["falls_away"], row["unit"]) == (True, "y2", pytest.approx(20), "USD")
    falling = found.falling("homes_grant").to_dict("records")
    assert falling == [
        {"program": "homes", "name": "New homes", "paid": 20.0, "before": 24.0, "after": 0.0, "unit": "USD"}
    ]
    by_period = found.by_period
    assert by_period["spent"].tolist() == pytest.approx([30, 20, 0])
    assert by_period["match"].tolist() == pytest.approx([6, 4, 0])
    assert by_period["lapses"].all()


def test_a_grant_whose_effort_costs_more_than_it_brings_is_not_taken() -> None:
    # 35 of local money at homes instead of the library lose 35 a year, and the grant wins no more than 5 within 40
    found = bo.grants(town(maintenance_of_effort={"fund": "general", "at_least": 35}))
    row = found.table.to_dict("records")[0]
    assert (row["take"], row["spent"], row["unspent"]) == (False, 0, 50)
    assert row["worth"] == pytest.approx(0)
    assert row["effort_asked"] == 0
    # with an effort of 5 it is: it brings 30 and 20 for 5 a year
    found = bo.grants(town(maintenance_of_effort={"fund": "general", "at_least": 5}))
    row = found.table.to_dict("records")[0]
    assert row["take"]
    assert row["effort_asked"] == pytest.approx(10)
    assert found.by_period["effort_made"].tolist() == pytest.approx([5, 5, 0])
    assert row["worth"] == pytest.approx(40)


def test_a_grant_that_programs_cannot_use_up() -> None:
    scenario = town(revenue={"y1": 60, "y2": 20, "y3": 20})
    row = bo.grants(scenario).table.to_dict("records")[0]
    assert (row["spent"], row["unspent"], row["ends"], row["falls_away"]) == (80, 20, "", 0)
    assert not len(bo.grants(scenario).falling("homes_grant"))


def test_a_grant_without_which_there_is_no_plan() -> None:
    scenario = town().with_("programs.homes.spending.at_least={y1: 25}", "programs.homes.funds=homes_grant")
    found = bo.grants(scenario)
    row = found.table.to_dict("records")[0]
    assert row["worth"] == float("inf")
    assert row["value_without"] != row["value_without"]
    assert row["take"]


@pytest.mark.parametrize("within", ["0%", "5%"])
def test_a_grant_that_serves_a_later_objective_is_taken(within: str) -> None:
    # nothing but the grant pays for books; with 5% to give up, its match takes money from the visits
    document: dict[str, Any] = {
        "funds": {
            "general": {"revenue": 100},
            "books_grant": {"kind": "grant", "revenue": 10, "only": {"program": "books"}},
        },
        "outcomes": {"visits": {"weight": 1}, "loans": {"weight": 1}},
        "programs": {
            "library": {"funds": "general", "outcomes": {"visits": {"per_dollar": 2}}},
            "books": {"funds": "books_grant", "outcomes": {"loans": {"per_dollar": 3}}},
        },
        "objective": [{"maximize": "visits", "within": within}, {"maximize": "loans"}],
    }
    if within != "0%":
        document["funds"]["books_grant"]["match"] = {"from": "general", "rate": "50%"}
        document["programs"]["books"]["funds"] = ["general", "books_grant"]
        document["programs"]["books"]["spending"] = {"at_most": 15}
    scenario = bo.Scenario.from_document(document)
    found = bo.grants(scenario)
    row = found.table.to_dict("records")[0]
    with_it, without = bo.solve(scenario), bo.solve(scenario.with_("funds.books_grant.revenue=0"))
    values = [one.value for one in without.audit.objectives]
    assert with_it.audit.objectives[1].value > values[1]
    assert (row["value_without"], *found.later[0]) == (pytest.approx(values[0]), pytest.approx(values[1]))
    assert row["take"]
    said = list(grants_lines(found))
    assert said[0] == "“books grant”: take it."
    assert any(line.startswith("- “maximize loans”") for line in said)
    # a grant that makes no objective better is not taken
    idle = scenario.with_("programs.books.outcomes.loans.per_dollar=0", "programs.books.spending={at_least: 3}")
    if within == "0%":
        idle = idle.with_("programs.books.funds=[general, books_grant]")
        row = bo.grants(idle.with_("programs.library.spending={at_most: 90}")).table.to_dict("records")[0]
        assert not row["take"]


def test_which_grants_are_asked_for() -> None:
    scenario = town()
    assert bo.grants(scenario, ["general"]).table["fund"].tolist() == ["general"]
    with pytest.raises(bo.UnknownNameError, match="no fund named 'homes_grnt'"):
        bo.grants(scenario, ["homes_grnt"])
    with pytest.raises(bo.OptionError, match="the scenario has no grant"):
        bo.grants(scenario.without("funds.homes_grant"))
    with pytest.raises(bo.UnknownNameError, match="no grant named 'general'"):
        bo.grants(scenario).falling("general")


def test_a_grant_that_is_passed_on_to_another_fund_is_taken() -> None:
    giving = {"capital": {"at_most": 15}}
    scenario = bo.Scenario.from_document(
        {
            "funds": {
                "general": {"revenue": 50},
                "aid": {"kind": "grant", "revenue": 20, "only": {"program": "a"}, "transfers_to": giving},
                "capital": {"kind": "capital", "only": {"program": "b"}},
            },
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                "a": {"funds": "aid", "outcomes": {"good": {"curve": [[0, 0], [3, 3]]}}, "spending": {"at_most": 3}},
                "b": {"funds": "capital", "outcomes": {"good": {"per_dollar": 3}}},
            },
        }
    )
    found = bo.grants(scenario)
    row = found.table.to_dict("records")[0]
    assert (row["received"], row["spent"], row["unspent"]) == pytest.approx((20, 3, 2))
    assert (row["transfers_in"], row["transfers_out"]) == pytest.approx((0, 15))
    # 3 of its own and 3 for each dollar of 15
    assert row["worth"] == pytest.approx(48)
    assert row["take"]
    said = list(grants_lines(found))
    assert said[0] == "“aid”: take it."
    passed_on = "the best plan spends $3 of it and transfers $15 to other funds; $2 stays unspent"
    assert said[1] == f"- It brings $20, and {passed_on}."


def test_a_grant_to_which_another_fund_gives_spends_more_than_it_brings() -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {
                "general": {"revenue": 50, "transfers_to": {"aid": {"at_most": 10}}},
                "aid": {"kind": "grant", "revenue": 20},
            },
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                "a": {"funds": "aid", "outcomes": {"good": {"per_dollar": 3}}},
                "b": {"funds": "general", "outcomes": {"good": {"per_dollar": 1}}},
            },
        }
    )
    found = bo.grants(scenario)
    row = found.table.to_dict("records")[0]
    assert (row["received"], row["transfers_in"], row["spent"], row["unspent"]) == pytest.approx((20, 10, 30, 0))
    has = "It brings $20, and $10 is transferred to it; the best plan spends $30 of that"
    assert list(grants_lines(found))[1] == f"- {has}."


def test_what_a_grant_saves_and_still_pays_after_its_end_is_not_said_to_fall_away() -> None:
    # 30 in the first year alone, of which the curve takes no more than 24 in a year
    homes = {"outcomes": {"good": {"curve": [[0, 0], [24, 48]]}}, "spending": {"at_most": 24}, "funds": "aid"}
    scenario = bo.Scenario.from_document(
        {
            "periods": ["y1", "y2"],
            "funds": {"general": {"revenue": 10}, "aid": {"kind": "grant", "revenue": {"y1": 30}}},
            "outcomes": {"good": {"weight": 1}},
            "discount": 0.5,
            "programs": {"homes": homes, "library": {"funds": "general"}},
        }
    )
    found = bo.grants(scenario)
    assert found.best.spending[0, 1].tolist() == pytest.approx([24, 6])
    assert list(grants_lines(found))[-3:] == [
        "- It ends after y1: in y2 $18 falls away.",
        "  - “homes”: $18 of its $24; in y2 it gets $6 in all",
        "",
    ]
