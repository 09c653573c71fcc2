"""Why each program has what it has, one program for each reason."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.scenario.scenario import Scenario
from language.small import document_of
from reason_checks import checked_reasons

BEST, GOOD, POOR = 9, 5, 1


def one(rate: float = POOR, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def packages(*worth: float) -> dict[str, Any]:
    return {"packages": [{"cost": 1, "outcomes": {"good": value}} for value in worth]}


def reasons(document: dict[str, Any]) -> dict[str, str]:
    return dict(bo.solve(Scenario.from_document(document)).programs["reason"])


def test_each_reason() -> None:
    rules = [
        {"name": "Keep", "where": {"program": ["kept", "tied"]}, "change": {"decrease_at_most": "0%"}},
        {"name": "Hold", "where": {"program": ["held", "tied"]}, "change": {"increase_at_most": "0%"}},
        {"name": "Never", "where": {"program": "never"}, "change": {"increase_at_most": "0%"}},
    ]
    funds = {"empty": {"revenue": 0}, "fed": {"revenue": 0}, "shut": {"revenue": 10, "only": {"program": "never"}},
             "general": {"revenue": 100, "transfers_to": {"fed": {"at_most": 5}}}}  # fmt: skip
    programs = {
        "ceiling": one(BEST, spending={"at_most": 20}, funds=["general"]),
        "floor": one(spending={"at_least": 5}, funds=["general"]),
        "fixed": one(spending={"at_least": 4, "at_most": 4}, funds=["general"]),
        "held": one(BEST, baseline=3, funds=["general"]),
        "kept": one(baseline=2, funds=["general"]),
        "tied": one(BEST, baseline=6, funds=["general"]),
        "never": one(BEST, baseline=7, funds=["shut"]),
        "margin": one(GOOD, funds=["general"]),
        "unfunded": one(funds=["general"]),
        "moneyless": one(BEST, funds=["empty"]),
        # the fund has nothing, and may get something
        "transferred": one(funds=["fed"]),
    }
    assert reasons(document_of(programs, funds=funds, rules=rules)) == {
        "ceiling": "at its ceiling",
        "floor": "held up by its floor",
        "fixed": "fixed: its floor is its ceiling",
        "held": "held down by the rule “Hold”",
        "kept": "held up by the rule “Keep”",
        "tied": "fixed by the rule “Keep”",
        "never": "held down by the rule “Never”",
        "margin": "stands at the margin: its next dollar buys no more than elsewhere",
        "unfunded": "unfunded: the money buys more elsewhere",
        "moneyless": "unfunded: no fund that may pay for it has money",
        "transferred": "unfunded: the money buys more elsewhere",
    }


def test_a_program_that_no_fund_may_pay_for() -> None:
    programs = {"a": one(), "b": one(BEST)}
    document = document_of(programs, funds={"general": {"revenue": 10, "only": {"program": "a"}}})
    assert reasons(document) == {
        "a": "stands at the margin: its next dollar buys no more than elsewhere",
        "b": "unfunded: no fund may pay for it",
    }


def test_packages_are_counted_in_each_period() -> None:
    programs = {
        "only": packages(50),
        "all": packages(50, 40, 30),
        "some": packages(50, 40, 0.1),
        "none": packages(0.1, 0.1),
        "plain": one(POOR),
    }
    # six packages and 3 dollars of the plain program in the first year, and five packages in the second
    document = document_of(programs, revenue={"FY1": 9, "FY2": 5}, periods=("FY1", "FY2"))
    assert reasons(document) == {
        "only": "has its only package",
        "all": "has all of its 3 packages in FY1, not in FY2",
        "some": "takes 2 of its 3 packages: no other choice of them is worth more",
        "none": "unfunded: the money buys more elsewhere",
        # three dollars in the first year, and nothing in the second
        "plain": "stands at the margin: its next dollar buys no more than elsewhere",
    }


def test_what_holds_in_the_first_period_is_told() -> None:
    spending = {"at_least": {"FY2": 5}, "at_most": {"FY1": 8}}
    programs = {
        "a": one(spending={"at_least": {"FY2": 5}}),
        "b": one(BEST),
        "c": one(GOOD, spending={"at_most": {"FY2": 3}}),
    }
    found = reasons(document_of({**programs, "d": one(20, spending=spending)}, revenue=50, periods=("FY1", "FY2")))
    assert found["a"] == "held up by its floor"
    assert found["d"] == "at its ceiling"
    # nothing in both years
    assert found["c"] == "unfunded: the money buys more elsewhere"


def packaged(cost: Any, worth: float = 9, **more: Any) -> dict[str, Any]:
    return {"packages": [{"cost": cost, "outcomes": {"good": worth}}], **more}


def served(unit_cost: float, rate: float, **more: Any) -> dict[str, Any]:
    service = {"unit": "cases", "unit_cost": unit_cost, **more}
    return {"service": service, "uses": {"nurses": {"per_unit": 1}}, "outcomes": {"good": {"per_unit": rate}}}


def test_a_service_that_costs_nothing_is_funded() -> None:
    programs = {"free": served(0, 2, up_to=30), "paid": served(1, 1, up_to=500)}
    document = {**document_of(programs, revenue=10), "resources": {"nurses": {"capacity": 100}}}
    plan = bo.solve(Scenario.from_document(document))
    assert plan.programs["reason"]["free"] == "at its ceiling of 30 cases"
    assert str(plan.explain()).splitlines()[2] == "The plan spends $10 and funds 2 programs in FY1."


def test_staff_that_are_used_up_hold_a_program_and_money_that_is_left_does_not() -> None:
    programs = {"births": served(1, 2), "visits": served(1, 0.5)}
    resources = {"nurses": {"capacity": 20, "unit": "minutes"}}
    found = reasons({**document_of(programs, revenue=100), "resources": resources})
    assert found["births"] == "stands at the margin: it uses all of nurses"
    assert found["visits"] == "unfunded: nurses are used up elsewhere: one of the minutes buys 2 there, 0.5 here"


def test_money_and_staff_that_are_both_used_up_are_both_named() -> None:
    programs = {"best": served(1, 9, up_to=5), "long": served(1, 3), "dear": served(4, 4), "poor": served(4, 0.5)}
    found = reasons({**document_of(programs, revenue=50), "resources": {"nurses": {"capacity": 20}}})
    assert found["poor"] == "unfunded: the money and nurses are used up elsewhere"


def test_packages_that_cost_too_much_say_so_and_one_that_costs_nothing_at_first_is_funded() -> None:
    programs = {
        "bridge": packaged([0, 5], start=["FY1"]),
        "road": packaged([12, 0], 50, start=["FY1"]),
        "park": packaged([6, 0], 8, start=["FY1"]),
        "pool": packaged([6, 0], 3, start=["FY1"]),
    }
    assert reasons(document_of(programs, revenue=10, periods=("FY1", "FY2"))) == {
        "bridge": "has its only package",
        "road": "unfunded: costs more than the fund has in FY1",
        "park": "has its only package",
        "pool": "unfunded: costs 6 in FY1, and 4 is left",
    }


def test_where_no_limit_binds_the_cheapest_unfunded_package_is_named() -> None:
    document = document_of({"north": packaged(6, 10), "south": packaged(6)}, revenue=10)
    told = str(bo.solve(Scenario.from_document(document)).explain())
    assert told.endswith("$4 is left: the cheapest package that may be added costs $6.")


def test_a_package_that_lacks_staff_says_how_many_are_left() -> None:
    station = {"cost": 1, "outcomes": {"good": 5}, "uses": {"nurses": 12}}
    programs = {"a": {"packages": [{**station, "outcomes": {"good": 9}}]}, "b": {"packages": [station]}}
    document = {**document_of(programs, revenue=10), "resources": {"nurses": {"capacity": 15}}}
    assert reasons(document)["b"] == "unfunded: needs 12 of nurses, and 3 is left"


def test_what_is_not_measured_or_adds_nothing_is_said_to() -> None:
    programs = {"good": one(spending={"at_most": 5}), "plain": {"baseline": 3}, "bad": one(-2)}
    kept = "keeps its baseline: no effect of it is measured, and its money is not needed elsewhere"
    assert reasons(document_of(programs, revenue=9))["plain"] == kept
    found = reasons(document_of({**programs, "good": one()}, revenue=5))
    assert found["plain"] == "unfunded: no effect of it is measured"
    assert found["bad"] == "unfunded: a dollar here would add nothing"


def test_a_program_that_only_a_target_asks_for() -> None:
    programs = {"p": one(), "q": {"outcomes": {"good": {"curve": [[0, 0], [50, 0]]}, "other": {"per_dollar": 1}}}}
    document = document_of(programs, revenue=20)
    document["outcomes"] = {"good": {"weight": 1}, "other": {"target": {"at_least": 4}}}
    assert reasons(document)["q"] == "funded: the target of “other” asks for it"
    # two that do the same
    document["programs"]["r"] = document["programs"]["q"]
    found = reasons(document)
    assert sum(found[program].startswith("funded: the target") for program in ("q", "r")) == 1
    assert "funded: the target of “other” asks for it, if not for another that does as well" in found.values()


@pytest.mark.parametrize("gate", [{}, {"if_funded": {"at_least": 2}}])
def test_where_a_target_ends_just_as_the_money_does_no_dollar_is_said_to_buy_more(gate: dict[str, Any]) -> None:
    """A dollar less of money takes something away, and a dollar more brings nothing: the target is reached."""
    programs = {"p": one(), "q": {**one(0.5), **gate}, "r": {**one(2), **gate, "spending": {"at_most": 3}}}
    document = document_of(programs, revenue=20)
    document["outcomes"] = {"good": {"weight": 1, "target": {"at_most": 23}}}
    said = {
        "p": "funded: no plan that gives it more or less is better",
        "q": "unfunded: no plan with it is better",
        "r": "at its ceiling",
    }
    assert reasons(document) == said
    # with a little less money, it does
    document["funds"]["general"]["revenue"] = 19
    elsewhere = "stands at the margin: its next dollar buys no more than elsewhere"
    assert reasons(document) == {**said, "p": elsewhere, "q": "unfunded: the money buys more elsewhere"}


def test_equal_cuts_are_said_to_be_equal() -> None:
    programs = {"patrol": {"baseline": 6}, "parks": {"baseline": 4}, "museum": {"baseline": 3}}
    document = {**document_of(programs, revenue=8), "objective": {"minimize": "change from baseline"}}
    assert reasons(document) == {
        "patrol": "keeps its baseline",
        "parks": "cut: other cuts of the same size would do as well",
        "museum": "cut: other cuts of the same size would do as well",
    }


CHANGE, EVEN = {"minimize": "change from baseline"}, {"minimize": "largest cut"}
SUM = {"maximize": "weighted outcomes"}
NO_SMALLER = "cut: a smaller cut here would not make the change of all programs smaller"
GOALS = "funded: as the goals in their order decide"
RATES = {name: {"baseline": base, **one(rate)} for name, base, rate in (("a", 4, 1), ("b", 3, 2), ("c", 3, 3))}
RATES["c"]["spending"] = {"at_most": 3}
TWO_FUNDS = {
    "funds": {"general": {"revenue": 5}, "grant": {"revenue": 2}},
    "programs": {name: {**words, "funds": ["grant" if name == "a" else "general"]} for name, words in RATES.items()},
}
AS_EVEN = "cut by 16.67%, as 1 other program is: cuts are as even as the limits allow"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # a smaller cut of a would be as small a change, and bring less
        ({"objective": [CHANGE, SUM]}, NO_SMALLER),
        # the change could be smaller
        ({"objective": [{**CHANGE, "within": "30%"}, SUM]}, GOALS),
        # the target needs the money of b and c
        ({"objective": CHANGE, "outcomes": {"good": {"target": {"at_least": 15}}}}, NO_SMALLER),
        # of two years, each with money of its own, the others are at their floors in the one in which a is cut
        (
            {
                "objective": CHANGE,
                "periods": ["Y1", "Y2"],
                "funds": {"general": {"revenue": {"Y1": 8, "Y2": 10}, "carryover": False}},
                "programs": {
                    name: {**words, **({} if name == "a" else {"spending": {"at_least": {"Y1": 3}}})}
                    for name, words in RATES.items()
                },
            },
            NO_SMALLER,
        ),
        # the match may tell programs apart
        (
            {
                "objective": CHANGE,
                "funds": {
                    "general": {"revenue": 7},
                    "grant": {"revenue": 1, "match": {"from": "general", "share": "50%"}},
                },
            },
            NO_SMALLER,
        ),
        ({"objective": CHANGE}, "cut: other cuts of the same size would do as well"),
    ],
)
def test_other_cuts_are_said_to_do_as_well_only_where_nothing_tells_them_apart(
    changes: dict[str, Any], expected: str
) -> None:
    document = {**document_of(RATES, revenue=8), **changes}
    plan = bo.solve(Scenario.from_document(document))
    cut = plan.programs[plan.programs["change"] < -0.01]
    assert set(cut["reason"]) == {expected}
    assert [found.problem for found in checked_reasons(document, plan) if found.problem] == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"objective": EVEN}, ["cut by 20%, as 2 other programs are: no plan has a smaller largest cut"] * 3),
        # what later objectives do with the share of the first is theirs
        (
            {"objective": [{**EVEN, "within": "20%"}, SUM]},
            ["cut by 24%, as 1 other program is", "cut by 24%, as 1 other program is", "cut by 10.67%"],
        ),
        # below the largest cut, the later objective decides how even the others are
        (
            {"objective": [EVEN, SUM], **TWO_FUNDS},
            ["cut by 50%: no plan has a smaller largest cut", "cut by 33.33%", "at its ceiling"],
        ),
        (
            {"objective": EVEN, **TWO_FUNDS},
            ["cut by 50%: no plan has a smaller largest cut", AS_EVEN, AS_EVEN],
        ),
        (
            {"objective": EVEN, "round_to": 0.5, **TWO_FUNDS},
            [
                "cut by 50%: no plan has a smaller largest cut",
                *[f"{AS_EVEN}, but for the rounding of amounts"] * 2,
            ],
        ),
    ],
)
def test_cuts_are_said_to_be_even_only_where_they_are(changes: dict[str, Any], expected: list[str]) -> None:
    document = {**document_of(RATES, revenue=8), **changes}
    plan = bo.solve(Scenario.from_document(document))
    assert plan.programs["reason"].tolist() == expected
    assert [found.problem for found in checked_reasons(document, plan) if found.problem] == []


def test_a_resource_that_is_only_counted_keeps_no_package_away() -> None:
    programs = {name: packages(worth) for name, worth in (("good", 2), ("useless", 0))}
    for program in programs.values():
        program["packages"][0]["uses"] = {"crew": 2}
    document = document_of(programs, revenue=5)
    assert "needs 2 of crew, and 1 is left" in reasons({**document, "resources": {"crew": {"capacity": 3}}})["useless"]
    assert "crew" not in reasons({**document, "resources": {"crew": {}}})["useless"]


def test_a_package_that_a_rule_keeps_out_is_said_to_be() -> None:
    programs = {"pool": packaged(3), "rink": packaged(3, 8)}
    rules = [{"name": "One of the two", "excludes": ["pool", "rink"]}]
    found = reasons(document_of(programs, revenue=10, rules=rules))
    assert found["rink"] == "unfunded: beside the rest of the plan it would break the rule “One of the two”"
    rules = [{"name": "Few", "count": "funded", "at_most": 1}]
    found = reasons(document_of(programs, revenue=10, rules=rules))
    assert found["rink"] == "unfunded: beside the rest of the plan it would break the rule “Few”"


def test_a_package_that_fits_and_is_worth_nothing() -> None:
    programs = {"pool": packaged(3), "rink": packaged(3, 0)}
    assert reasons(document_of(programs, revenue=10))["rink"] == "unfunded: it would add nothing"


def test_a_project_may_be_kept_out_by_a_rule_in_every_year_in_which_it_may_start() -> None:
    project = {"packages": [{"cost": [2, 1], "outcomes": {"good": 5}}], "choose": "one", "start": ["FY1", "FY2"]}
    rules = [{"name": "No building", "sum": "spending", "where": {"program": "bridge"}, "at_most": 1}]
    found = reasons(document_of({"bridge": project}, 10, ("FY1", "FY2"), rules=rules))
    assert found["bridge"] == "unfunded: beside the rest of the plan it would break the rule “No building”"


def test_a_threshold_above_what_is_left_is_named() -> None:
    opening = {"outcomes": {"good": {"per_dollar": 2}}, "if_funded": {"at_least": 8}}
    found = reasons(document_of({"big": packaged(6, 60), "clinic": opening}, revenue=10))
    assert found["clinic"] == "unfunded: needs 8 to be funded at all, and 4 is left"


def test_where_the_least_is_spent_no_money_is_said_to_buy_more_elsewhere() -> None:
    document = document_of({"cheap": one(2), "dear": one(1)}, revenue=10)
    document |= {"objective": {"minimize": "spending"}, "outcomes": {"good": {"target": {"at_least": 6}}}}
    assert reasons(document) == {
        "cheap": "funded: no plan that gives it more or less is better",
        "dear": "unfunded: no plan with it is better",
    }


def test_a_program_at_the_end_of_its_effect_beside_money_that_is_left() -> None:
    programs = {"p": {"outcomes": {"good": {"curve": [[0, 0], [5, 9]]}}}}
    assert reasons(document_of(programs, revenue=20))["p"] == "funded: no plan that gives it more or less is better"
