"""Why packages are not taken, and what holds a plan back that stops at no limit."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.allocation.package_reasons import cheapest_unfunded
from budgetopt.allocation.reasons import what_limits
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of


def packaged(cost: Any, worth: float = 9, **more: Any) -> dict[str, Any]:
    return {"packages": [{"cost": cost, "outcomes": {"good": worth}}], **more}


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def served(resource: str, rate: float) -> dict[str, Any]:
    uses = {resource: {"per_unit": 1}}
    return {"service": {"unit": "cases", "unit_cost": 1}, "uses": uses, "outcomes": {"good": {"per_unit": rate}}}


def plan_of(document: dict[str, Any]) -> Any:
    return bo.solve(Scenario.from_document(document))


def reasons(document: dict[str, Any]) -> dict[str, str]:
    return dict(plan_of(document).programs["reason"])


def test_a_package_that_one_of_several_funds_may_pay_for() -> None:
    funds = {"other": {"revenue": 50, "carryover": False}}
    found = reasons(document_of({"a": packaged(12, funds=["general"]), "b": rated()}, 10, funds=funds))
    assert found["a"] == "unfunded: costs more than the fund has"
    both = {"a": packaged(72, funds=["general", "other"]), "b": rated()}
    assert reasons(document_of(both, 10, funds=funds))["a"] == "unfunded: costs more than its funds have"


def test_a_reserve_is_not_left_for_a_package() -> None:
    general = {"revenue": 10, "reserve": 4, "carryover": False}
    plan = plan_of(document_of({"a": packaged(3), "b": packaged(6, 5)}, funds={"general": general}))
    assert plan.programs["reason"]["b"] == "unfunded: costs 6, and 3 is left"
    assert cheapest_unfunded(plan) == (6, 3, 0)
    assert what_limits(plan) == "3 is left: the cheapest package that may be added costs 6."


def test_a_plan_that_has_all_that_there_is_to_gain_says_so() -> None:
    full, useless = rated(3, spending={"at_most": 20}), rated(-1)
    assert what_limits(plan_of(document_of({"a": full, "b": full}))) == "Every program is at its ceiling."
    nothing_more = "Nothing more is to be gained: each program is at its ceiling, or would add nothing with more money."
    assert what_limits(plan_of(document_of({"a": full, "b": useless}))) == nothing_more
    assert what_limits(plan_of(document_of({"a": full, "b": packaged(5)}))) == nothing_more
    assert what_limits(plan_of(document_of({"a": full, "b": rated()}))) == "No limit holds the plan back."


def test_each_program_is_held_by_the_resource_that_it_uses() -> None:
    programs = {"births": served("nurses", 2), "visits": served("nurses", 0.5), "surgery": served("doctors", 4)}
    programs |= {"checks": served("doctors", 1), "park": rated(0)}
    resources = {"nurses": {"capacity": 20, "unit": "minutes"}, "doctors": {"capacity": 10, "unit": "minutes"}}
    found = reasons({**document_of(programs, revenue=100), "resources": resources})
    assert found["visits"] == "unfunded: nurses are used up elsewhere: one of the minutes buys 2 there, 0.5 here"
    assert found["checks"] == "unfunded: doctors are used up elsewhere: one of the minutes buys 4 there, 1 here"
    assert found["births"] == "stands at the margin: it uses all of nurses"
    assert found["surgery"] == "stands at the margin: it uses all of doctors"
    assert found["park"] == "unfunded: a dollar here would add nothing"


def test_money_and_staff_are_both_named_at_the_margin() -> None:
    def cases(unit_cost: float, rate: float) -> dict[str, Any]:
        return {**served("nurses", rate), "service": {"unit": "cases", "unit_cost": unit_cost}}

    # of 20 cases 6 2/3 cost 4 dollars each, and 13 1/3 one
    programs = {"long": cases(1, 3), "dear": cases(4, 4), "poor": cases(4, 0.5)}
    found = reasons({**document_of(programs, revenue=40), "resources": {"nurses": {"capacity": 20}}})
    margin = "stands at the margin: the money and nurses buy no more here than elsewhere"
    assert found == {"long": margin, "dear": margin, "poor": "unfunded: the money and nurses are used up elsewhere"}


def test_where_the_least_change_is_the_objective_a_cut_says_whether_another_would_do() -> None:
    def found(**programs: dict[str, Any]) -> dict[str, str]:
        return reasons(document_of(programs, objective={"minimize": "change from baseline"}))

    # b has no choice; what is missing is cut from a
    forced = {"baseline": 60, "spending": {"at_least": 50, "at_most": 50}}
    cut = "cut: a smaller cut here would not make the change of all programs smaller"
    assert found(a={"baseline": 60}, b=forced)["a"] == cut
    # what rises to its floor is not cut
    risen = found(a={"baseline": 60}, b={"baseline": 40, "spending": {"at_least": 70}})
    assert risen == {"a": cut, "b": "held up by its floor"}
    # of two that could both be cut, one is
    either = found(a={"baseline": 60}, b={"baseline": 60})
    assert sorted(either.values()) == ["cut: other cuts of the same size would do as well", "keeps its baseline"]


HAS = "has its only package"
NOTHING = "unfunded: it would add nothing"
TWO = LATER[:2]


def offered(*packages: tuple[Any, float], **more: Any) -> dict[str, Any]:
    """Return a program of packages, each a cost and what it brings."""
    return {"packages": [{"cost": cost, "outcomes": {"good": worth}} for cost, worth in packages], **more}


def staffed(*packages: tuple[float, float], **more: Any) -> dict[str, Any]:
    """Return a program of packages of one dollar, each how many nurses it takes and what it brings."""
    found = [{"cost": 1, "outcomes": {"good": worth}, "uses": {"nurses": nurses}} for nurses, worth in packages]
    return {"packages": found, **more}


def beside(program: dict[str, Any], revenue: Any = 10, **more: Any) -> dict[str, Any]:
    """Return a program beside one that takes 8 dollars first."""
    return document_of({"a": offered((8, 90)), "b": program}, revenue, **more)


def nurses(*capacity: float, periods: tuple[str, ...] = ("FY1",)) -> dict[str, Any]:
    limits = dict(zip(periods, capacity, strict=True))
    return {"revenue": 10, "periods": periods, "resources": {"nurses": {"capacity": limits}}}


ONE_YEAR = [
    {"name": "F", "sum": "spending", "where": {"program": "b"}, "at_most": {"FY1": 1}},
    {"name": "S", "sum": "spending", "where": {"program": "b"}, "at_most": {"FY2": 0}},
]
CASES: dict[str, tuple[dict[str, Any], list[str], tuple[float, float, int] | None]] = {
    "a package of each year": (
        document_of({"a": offered((6, 9)), "b": offered((7, 9))}, {"FY1": 5, "FY2": 6}, TWO),
        [f"{HAS} in FY2, not in FY1: costs more than the fund has in FY1",
         "unfunded: costs more than the fund has in FY1"], (6, 5, 0),
    ),
    "money that is carried over": (
        document_of({"a": offered((25, 9)), "b": offered((3, 9))}, periods=TWO,
                    funds={"general": {"revenue": 10, "carryover": True}}),
        ["unfunded: costs more than the fund has in FY1", HAS], (25, 7, 0),
    ),
    # the 2 dollars that FY1 leaves pay for the last in both years
    "money that a later year needs": (
        document_of({"a": offered((8, 90)), "b": offered((2, 9)), "c": offered((1, 9))}, periods=TWO,
                    funds={"general": {"revenue": {"FY1": 10, "FY2": 8}, "carryover": True}}),
        [HAS, "unfunded: no plan with it is better", HAS], (2, 0, 0),
    ),
    "the cheapest of any": (
        beside(offered((9, 5), (4, 1), choose="any")), [HAS, "unfunded: costs 4, and 2 is left"], (4, 2, 0),
    ),
    "the first of several in order": (
        beside(offered((9, 5), (4, 1)), 11), [HAS, "unfunded: costs 9, and 3 is left"], (9, 3, 0),
    ),
    "the cheapest of one": (
        beside(offered((9, 5), (4, 1), choose="one"), 11), [HAS, "unfunded: costs 4, and 3 is left"], (4, 3, 0),
    ),
    "a project that may start in the first year alone": (
        beside(offered(([12, 2], 9), start=["FY1"]), periods=TWO),
        [HAS, "unfunded: costs more than the fund has in FY1"], (12, 2, 0),
    ),
    "a project that may start in either year": (
        beside(offered(([12, 2], 9), start=["FY1", "FY2"]), periods=TWO),
        [HAS, "unfunded: costs 12 in FY1, and 2 is left"], (12, 2, 0),
    ),
    "a project that costs too much in its second year": (
        beside(offered(([2, 12], 9), start=["FY1"]), periods=TWO),
        [HAS, "unfunded: costs more than the fund has in FY2"], (12, 2, 1),
    ),
    "a project that lacks money in its second year": (
        beside(offered(([2, 5], 9), start=["FY1"]), periods=TWO),
        [HAS, "unfunded: costs 5 in FY2, and 2 is left"], (5, 2, 1),
    ),
    # 2 dollars of the one fund and 3 of the other are left
    "two funds": (
        document_of(
            {
                "a": offered((8, 90), funds=["general"]),
                "b": offered((12, 90), funds=["x"]),
                "c": offered((7, 1), funds=["general", "x"]),
                "d": offered((5, 1), funds=["general", "x"]),
            },
            10,
            funds={"x": {"revenue": 15, "carryover": False}},
            rules=[{"name": "q", "excludes": ["b", "d"]}],
        ),
        [HAS, HAS, "unfunded: costs 7, and 5 is left",
         "unfunded: beside the rest of the plan it would break the rule “q”"], None,
    ),
    "a fund that may pay for one alone": (
        document_of({"a": offered((1, 9)), "b": offered((1, 9))},
                    funds={"general": {"revenue": 10, "only": {"program": "a"}}}),
        [HAS, "unfunded: no fund may pay for it"], (1, 0, 0),
    ),
    "a reserve that is carried over": (
        document_of({"a": offered((3, 9)), "b": offered((6, 5))}, periods=TWO,
                    funds={"general": {"revenue": 10, "reserve": 4, "carryover": True}}),
        [HAS, f"{HAS} in FY2, not in FY1: costs 6 in FY1, and 3 is left"], (6, 3, 0),
    ),
    "staff": (
        document_of(
            {"a": staffed((3, 9)), "b": staffed((4, 8)), "c": staffed((2, 7), (1.5, 9), choose="any")}, **nurses(4),
        ),
        ["unfunded: needs 3 of nurses, and 0.5 is left", "unfunded: needs 4 of nurses, and 0.5 is left",
         "has all of its 2 packages"], None,
    ),
    "staff of two years": (
        document_of({"a": staffed((3, 9)), "b": staffed((2, 8))}, **nurses(4, 4.5, periods=TWO)),
        [HAS, "unfunded: needs 2 of nurses, and 1 is left"], None,
    ),
    "staff that does in one year": (
        document_of({"a": staffed((3, 9)), "b": staffed((2, 0))}, **nurses(4, 6, periods=TWO)), [HAS, NOTHING], None,
    ),
    "the least staff of several": (
        document_of({"a": staffed((3, 9)), "b": staffed((1, 0), (2, 0), choose="any")}, **nurses(4)),
        [HAS, NOTHING], None,
    ),
    # the first that is met
    "rules of each year": (
        document_of({"a": packaged(1, 3), "b": offered(([2, 1], 9), start=["FY1", "FY2"])}, 10, TWO, rules=ONE_YEAR),
        [HAS, "unfunded: beside the rest of the plan it would break the rule “F”"], None,
    ),
    "a rule of the first year": (
        document_of({"a": packaged(1, 3), "b": offered(([2, 1], 0), start=["FY1", "FY2"])}, 10, TWO,
                    rules=ONE_YEAR[:1]),
        [HAS, NOTHING], None,
    ),
    "what is worth nothing or less": (
        document_of({"b": offered(([2, 1], 0), start=["FY1"]), "c": offered((1, 0), (2, -1))}, 10, TWO),
        [NOTHING, NOTHING], None,
    ),
    # what is not carried over is not needed later
    "a project that the money of its years pays for": (
        document_of({"b": offered(([2, 3], 0), start=["FY1"])}, {"FY1": 2, "FY2": 3, "FY3": 0}, LATER), [NOTHING], None,
    ),
    "a project that the money of its years pays for as far as it is carried over": (
        document_of({"b": offered(([2, 3], 0), start=["FY1"])}, {"FY1": 4, "FY2": 1, "FY3": 0}, LATER,
                    funds={"general": {"revenue": {"FY1": 4, "FY2": 1, "FY3": 0}}}), [NOTHING], None,
    ),
    # 4 dollars of FY1 are 6 of FY2
    "a project whose costs grow": (
        document_of({"b": offered(([2, 4], 0), start=["FY1"])}, 10, TWO, inflation="50%"), [NOTHING], None,
    ),
    "the cheapest of all that are unfunded": (
        document_of({"a": packaged(8, 90), "b": packaged(5), "c": packaged(4, 2), "d": packaged(30)}, 10),
        [HAS, "unfunded: costs 5, and 2 is left", "unfunded: costs 4, and 2 is left",
         "unfunded: costs more than the fund has"], (4, 2, 0),
    ),
}  # fmt: skip

CASES |= {
    "the second of two in order": (
        document_of({"a": offered((8, 90), (3, 35)), "b": offered((5, 9))}, 10),
        ["takes 1 of its 2 packages: no other choice of them is worth more", "unfunded: costs 5, and 2 is left"],
        (3, 2, 0),
    ),
    # the second of one program may not be added, as one alone may be taken
    "another of which one may be taken": (
        document_of({"a": offered((8, 90), (3, 35), choose="one"), "b": offered((5, 9))}, 10),
        ["takes 1 of its 2 packages: no other choice of them is worth more", "unfunded: costs 5, and 2 is left"],
        (5, 2, 0),
    ),
    "one package in each of two years": (
        document_of({"a": offered((6, 9), (5, 8), choose="any")}, {"FY1": 6, "FY2": 5}, TWO),
        ["takes 1 of its 2 packages: no other choice of them is worth more"], (5, 0, 0),
    ),
    "a package of one year that lacks money in the other": (
        document_of({"a": offered((5, 10))}, {"FY1": 6, "FY2": 3}, TWO),
        [f"{HAS} in FY1, not in FY2: costs more than the fund has in FY2"], (5, 3, 1),
    ),
    "all packages in one year": (
        document_of({"a": offered((5, 10), (1, 3))}, {"FY1": 6, "FY2": 5, "FY3": 8}, LATER),
        ["has all of its 2 packages in FY1, not in FY2"], (1, 0, 1),
    ),
    "fewer packages in one year": (
        document_of({"a": offered((5, 10), (1, 3), (9, 1))}, {"FY1": 5, "FY2": 7}, TWO),
        ["takes 2 of its 3 packages in FY2: no other choice of them is worth more"], (1, 0, 0),
    ),
    "staff of one year": (
        document_of({"a": staffed((3, 9))}, **nurses(4, 2, periods=TWO)),
        [f"{HAS} in FY1, not in FY2: needs 3 of nurses, and 2 is left"], None,
    ),
    # 6 dollars of FY1 are 9 of FY2
    "a package whose cost grows": (
        document_of({"a": offered((6, 10))}, 8, TWO, inflation="50%"),
        [f"{HAS} in FY1, not in FY2: costs more than the fund has in FY2"], (9, 8, 1),
    ),
    # nothing is asked of the first year
    "a project that may start later alone": (
        beside(offered(([3, 1], 9), start=["FY2"]), {"FY1": 8, "FY2": 10}, periods=TWO),
        [HAS, "unfunded: costs 3 in FY2, and 2 is left"], (3, 2, 1),
    ),
    # 12 dollars in the second year, and in the third what the first project takes
    "a second project, not before the first": (
        document_of({"b": offered(([5], 90), ([7], 9), start=["FY2", "FY3"])}, {"FY1": 99, "FY2": 6, "FY3": 3}, LATER),
        ["takes 1 of its 2 packages: no other choice of them is worth more"], (7, 1, 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_why_packages_are_not_taken(name: str) -> None:
    document, expected, cheapest = CASES[name]
    plan = plan_of(document)
    assert plan.programs["reason"].tolist() == expected
    assert cheapest_unfunded(plan) == cheapest


def test_a_resource_that_no_package_uses_or_that_has_no_capacity_is_passed_over() -> None:
    both = {"cost": 1, "outcomes": {"good": 8}, "uses": {"cars": 9, "nurses": 2}}
    resources = {"vans": {"capacity": 5}, "cars": {}, "nurses": {"capacity": 4}}
    document = document_of({"a": staffed((3, 9)), "b": {"packages": [both]}}, 10, resources=resources)
    assert reasons(document)["b"] == "unfunded: needs 2 of nurses, and 1 is left"


def test_so_many_programs_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_of({name: packaged(1, 0) for name in "abc"}, 10)
    monkeypatch.setattr("budgetopt.allocation.package_reasons.MOST_TRIED", 2)
    assert list(reasons(document).values()) == [NOTHING, NOTHING, "unfunded: no plan with it is better"]


def test_money_that_is_short_in_every_fund_together_is_named() -> None:
    # each program has its own fund, and the largest cut is the same in each: no fund alone can make it smaller
    programs = {name: {"baseline": 100, "funds": [name]} for name in "abcd"}
    document = {
        "name": "Even",
        "funds": {name: {"revenue": 97} for name in "abcd"},
        "programs": programs,
        "objective": {"minimize": "largest cut"},
    }
    scenario = Scenario.from_document(document)
    plan = bo.solve(scenario)
    assert what_limits(plan) == (
        "Money is all spent in a, b and 2 other funds: a dollar less in any of them makes the plan worse, one more in"
        " one of them alone makes it no better by the largest cut."
    )
    assert bo.solve(scenario.with_("funds.a.revenue=98")).objective_value == pytest.approx(0.03)
    for fund in "abcd":
        assert bo.solve(scenario.with_(f"funds.{fund}.revenue=96")).objective_value == pytest.approx(0.04)
    # prices of a dollar are small where there are billions
    large = {**document, "programs": {"a": {"baseline": 3e9}}, "funds": {"a": {"revenue": 3e9}}}
    assert what_limits(bo.solve(Scenario.from_document(large))).startswith("Money in a is all spent: ")
    # where a program of two funds is short in one, only that one is named
    spare = Scenario.from_document({**document, "funds": {**document["funds"], "d": {"revenue": 200}}})
    assert what_limits(bo.solve(spare)).startswith("Money is all spent in a, b and c: ")
    alone = {
        **document,
        "funds": {"a": {"revenue": 97}, "b": {"revenue": 200}},
        "programs": {"a": programs["a"], "b": {**programs["b"], "spending": {"at_most": 97}}},
    }
    assert what_limits(bo.solve(Scenario.from_document(alone))) == (
        "Money in a is all spent: a dollar less makes the plan worse, one more makes it no better by the largest cut."
    )


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        # 5 are left in the first year, and 10 or a dollar less in the second
        (90, "unfunded: no plan with it is better"),
        (91, "unfunded: needs 10 to be funded at all, and 5 is left in FY1"),
    ],
)
def test_what_a_minimum_level_needs_may_be_left_in_one_of_the_years(second: float, reason: str) -> None:
    programs = {
        "a": rated(1, spending={"at_most": {"FY1": 95, "FY2": second}}),
        "b": rated(0.5, if_funded={"at_least": 10}),
    }
    rules = [{"name": "one", "count": "funded", "where": {"program": ["a", "b"]}, "at_most": 1}]
    assert reasons(document_of(programs, periods=TWO, rules=rules))["b"] == reason


def test_money_that_another_fund_may_give_is_money_that_a_package_could_have() -> None:
    # 5 of the general fund would do, which are worth 15 elsewhere
    funds = {
        "general": {"transfers_to": {"other": {"at_most": 5}}},
        "other": {"revenue": 2, "carryover": False},
        "third": {"revenue": 3, "carryover": False},
    }
    programs = {"a": packaged(8, funds=["other", "third"]), "b": rated(3, funds=["general"])}
    document = document_of(programs, 10)
    document["funds"] = {name: {**document["funds"].get(name, {}), **said} for name, said in funds.items()}
    assert reasons(document)["a"] == "unfunded: costs 8, and 5 is left"
    del document["funds"]["general"]["transfers_to"]
    assert reasons(document)["a"] == "unfunded: costs more than its funds have"


NOTHING_MORE = (
    "Nothing more is to be gained: each program is at its ceiling, or would add nothing with more money.",
    "Every program is at its ceiling.",
)
SHORT: dict[str, tuple[dict[str, Any], Any, tuple[str, ...], str]] = {
    "a package of one year": (offered((5, 10)), {"FY1": 6, "FY2": 3}, TWO, "FY2"),
    "packages of either year": (offered((5, 10), (6, 12), choose="any"), {"FY1": 6, "FY2": 5}, TWO, "FY2"),
    "a project that starts late": (offered(([5], 10), start=list(TWO)), {"FY1": 3, "FY2": 6}, TWO, "FY1"),
    "a ceiling of one year": (
        rated(spending={"at_most": {"FY1": 5, "FY2": 9}}, if_funded={"at_least": 5}), {"FY1": 6, "FY2": 3}, TWO, "FY2"
    ),
    "a curve that rises late": (
        {"outcomes": {"good": {"curve": [[0, 0], [5, 0], [6, 10]]}}, "spending": {"at_most": 6}}, 3, ("FY1",), "FY1"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHORT)
def test_where_more_money_in_one_year_brings_more_nothing_else_is_said(name: str) -> None:
    program, revenue, periods, short = SHORT[name]
    document = document_of({"a": program}, revenue, periods)
    plan = plan_of(document)
    each = revenue if isinstance(revenue, dict) else {short: revenue}
    more = document_of({"a": program}, {**each, short: each[short] + 12}, periods)
    assert plan_of(more).objective_value > plan.objective_value + 1
    assert what_limits(plan) not in NOTHING_MORE


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (offered((5, 10), (1, 3)), NOTHING_MORE[0]),
        (offered(([5], 10), start=list(TWO)), NOTHING_MORE[0]),
        (rated(spending={"at_most": {"FY1": 5, "FY2": 9}}, if_funded={"at_least": 2}), NOTHING_MORE[1]),
        ({"service": {"unit": "cases", "unit_cost": 1, "up_to": 7}, "outcomes": {"good": {"per_unit": 1}}},
         NOTHING_MORE[1]),
    ],
)  # fmt: skip
def test_where_all_is_had_in_every_year_more_money_brings_nothing(program: dict[str, Any], said: str) -> None:
    document = document_of({"a": program}, 20, TWO)
    plan = plan_of(document)
    assert what_limits(plan) == said
    assert plan_of(document_of({"a": program}, 99, TWO)).objective_value == pytest.approx(plan.objective_value)


@pytest.mark.parametrize("name", [name for name, (*_, cheapest) in CASES.items() if cheapest and cheapest[1]])
def test_with_the_money_that_lacks_for_the_cheapest_package_it_may_be_added(name: str) -> None:
    document, _, (cost, left, at) = CASES[name]
    plan = plan_of(document)
    periods = plan.scenario.periods
    keeps = [
        {"name": f"{program} keeps what it has", "sum": "spending", "where": {"program": program},
         "at_least": dict(zip(periods, plan.spending[row].sum(axis=0).tolist(), strict=True))}
        for row, program in enumerate(document["programs"])
    ]  # fmt: skip
    total = float(plan.spending[:, :, at].sum())
    added = {"name": "added", "sum": "spending", "at_least": {periods[at]: total + cost}}
    # beside that money there is enough in every later year
    money = {period: 99 if later > at else cost - left if later == at else 0 for later, period in enumerate(periods)}
    funds = {key: {**fund, "one_time": money} for key, fund in document["funds"].items()}
    forced = {**document, "funds": funds, "rules": [*document.get("rules", []), *keeps, added]}
    assert bo.solve(Scenario.from_document(forced)).audit.accepted
