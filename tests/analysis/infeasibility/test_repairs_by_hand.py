"""What the cheapest repairs cost and which numbers they change, worked out by hand; a dollar brings 1."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from budgetopt.analysis import Amendment, Repair, repairs
from budgetopt.analysis.infeasibility.amending import outward
from budgetopt.analysis.infeasibility.repairs import _has_more_than_another
from budgetopt.errors import OptionError
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

Change = tuple[str, Any, Any]
Expected = list[tuple[float, list[Change]]]

A_MOST, A_LEAST, B_LEAST = (
    f"programs[{of}" for of in ("a].spending.at_most", "a].spending.at_least", "b].spending.at_least")
)
MONEY, TARGET, SERVED = "funds[general].one_time", "outcomes[good].target.at_least", "programs[a].service.at_least"
NEVER = "never"


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def rule(name: str, program: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "where": {"program": program}, "sum": "spending", **more}


def town(a: dict[str, Any] | None = None, b: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a scenario of two programs and 100 dollars a year."""
    return document_of({"a": rated(**(a or {})), "b": rated(**(b or {}))}, **more)


def least(amount: float) -> dict[str, Any]:
    return {"spending": {"at_least": amount}}


def most(amount: float) -> dict[str, Any]:
    return {"spending": {"at_most": amount}}


def served(**more: Any) -> dict[str, Any]:
    """Return a service at 2 dollars a bed, and a program that needs half of the money."""
    return document_of(
        {
            "a": {"service": {"unit": "beds", "unit_cost": 2, "at_least": 35}, "outcomes": {"good": {"per_unit": 1}}}
            | more,
            "b": rated(**least(50)),
        }
    )


def found(document: dict[str, Any], **options: Any) -> Expected:
    return [
        (repair.cost, sorted((item.path, item.before, item.after) for item in repair.amendments))
        for repair in repairs(Scenario.from_document(document), **options)
    ]


RISING = {"revenue": {"FY1": 20, "FY2": 30, "FY3": 40}, "periods": LATER}
TWICE = {"outcomes": {"good": {"per_dollar": 2}}}
TARGETED = {"outcomes": {"good": {"weight": 1, "target": {"at_least": 250}}}}
BOTH = {"a": NEVER, "b": NEVER}
STEADY = [{"name": "steady", "change": {"at_most": "10%"}}, rule("k", "a", at_least=50), rule("l", "b", at_most=8)]
OF_BOTH = {"a": {"department": "X"}, "b": {"department": "Y"}}


def grouped(**words: Any) -> list[dict[str, Any]]:
    return [{"name": "g", "sum": "spending", "by": "department", **words}]


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Expected]] = {
    "a ceiling below a rule's floor": (
        town(most(30), rules=[rule("k", "a", at_least=50)]),
        {},
        [(20, [(A_MOST, 30, 50)]), (20, [("rules[k].at_least", 50, 30)])],
    ),
    "a floor above a rule's ceiling": (
        town(least(70), rules=[rule("k", "a", at_most=50)]),
        {},
        [(20, [(A_LEAST, 70, 50)]), (20, [("rules[k].at_most", 50, 70)])],
    ),
    "equals, and too little money": (
        town(rules=[rule("e", "a", equals=70), rule("k", "b", at_least=50)]),
        {},
        [
            (20, [(MONEY, 0, {"FY1": 20})]),
            (20, [("rules[e].equals", 70, 50)]),
            (20, [("rules[k].at_least", 50, 30)]),
        ],
    ),
    "equals, and less is possible": (
        town(most(40), rules=[rule("e", "a", equals=70)]),
        {},
        [(30, [(A_MOST, 40, 70)]), (30, [("rules[e].equals", 70, 40)])],
    ),
    "equals, and more is needed": (
        town(least(40), rules=[rule("e", "a", equals=25)]),
        {},
        [(15, [(A_LEAST, 40, 25)]), (15, [("rules[e].equals", 25, 40)])],
    ),
    "all periods together": (
        town(revenue=20, periods=LATER, rules=[rule("t", "a", at_least=66, each="total")]),
        {"weights": {"general": NEVER}},
        [(6, [("rules[t].at_least", 66, 60)])],
    ),
    # 5 and 1 dollars are missing; FY2 keeps its number
    "a number for each period": (
        town(**RISING, rules=[rule("t", "a", at_least={"FY1": 25, "FY2": 10, "FY3": 41})]),
        {"weights": {"general": NEVER}},
        [(6, [("rules[t].at_least", {"FY1": 25, "FY3": 41}, {"FY1": 20, "FY3": 40})])],
    ),
    # 15 and 5 dollars are missing; a dollar less of the one number asks for three less
    "one number for all periods": (
        town(**RISING, rules=[rule("t", "a", at_least=35)]),
        {},
        [(20, [(MONEY, 0, {"FY1": 15, "FY2": 5, "FY3": 0})]), (45, [("rules[t].at_least", 35, 20)])],
    ),
    "one cap for all periods": (
        town({"spending": {"at_least": {"FY1": 25, "FY2": 45}}}, periods=LATER, rules=[rule("t", "a", at_most=20)]),
        {"weights": {"a": NEVER}},
        [(75, [("rules[t].at_most", 20, 45)])],
    ),
    "a share of the baseline from below": (
        town({"baseline": 40}, rules=[rule("t", "a", at_least="100%", of="baseline"), rule("k", "b", at_least=80)]),
        {"weights": {"general": NEVER, "k": NEVER}},
        [(20, [("rules[t].at_least", Share(1), Share(0.5))])],
    ),
    "a share of the baseline from above": (
        town({"baseline": 40}, rules=[rule("t", "a", at_most="50%", of="baseline"), rule("k", "a", at_least=30)]),
        {"weights": {"k": NEVER}},
        [(10, [("rules[t].at_most", Share(0.5), Share(0.75))])],
    ),
    "a share of what the plan spends": (
        town(rules=[rule("t", "a", at_least="50%", of="total spending"), rule("k", "b", at_least=80)]),
        {"weights": {"general": NEVER, "k": NEVER}},
        [(30, [("rules[t].at_least", Share(0.5), Share(0.2))])],
    ),
    # in FY2 there is no revenue, and a share of it is nothing
    "a share of nothing in one year": (
        document_of(
            {"a": rated(spending={"at_most": {"FY1": 5}})},
            funds={"general": {"revenue": {"FY1": 100, "FY2": 0}, "one_time": {"FY2": 50}, "carryover": False}},
            periods=LATER[:2],
            rules=[{"name": "k", "sum": "spending", "of": "revenue", "at_least": "59%"}],
        ),
        {"weights": {"a": NEVER}},
        [(54, [("rules[k].at_least", Share(0.59), Share(0.05))])],
    ),
    "a share of nothing that is to be met exactly": (
        document_of(
            {"a": rated(spending={"at_most": {"FY1": 5}})},
            funds={"general": {"revenue": {"FY1": 100, "FY2": 0}, "carryover": False}},
            periods=LATER[:2],
            rules=[{"name": "k", "sum": "spending", "of": "revenue", "equals": "59%"}],
        ),
        {"weights": {"a": NEVER}},
        [(54, [("rules[k].equals", Share(0.59), Share(0.05))])],
    ),
    # no share of it is 10 dollars: only without the rule may it be spent
    "a change of a baseline of nothing": (
        town({"baseline": 0, **least(10)}, {"baseline": 0}, rules=[{"name": "k", "change": {"at_most": "5%"}}]),
        {},
        [(10, [(A_LEAST, 10, 0)]), (1, [("rules[k]", None, None)])],
    ),
    "a change of a baseline of nothing, of one program alone": (
        town({"baseline": 0, **least(10)}, {"baseline": 20}, rules=[{"name": "k", "change": {"at_most": "5%"}}]),
        {"weights": {"k": 30}},
        [(10, [(A_LEAST, 10, 0)]), (30, [("rules[k]", None, None)])],
    ),
    "a reserve of no revenue": (
        document_of(
            {"a": rated(spending={"at_least": {"FY1": 90}})},
            funds={"general": {"revenue": {"FY1": 100, "FY2": 0}, "reserve": {"at_least": "20%", "of": "revenue"},
                               "carryover": False}},
            periods=LATER[:2],
        ),
        {"weights": {"a": NEVER}, "at_most": 9},
        [
            (10, [(MONEY, 0, {"FY1": 10, "FY2": 0})]),
            (10, [("funds[general].reserve.at_least", Share(0.2), Share(0.1))]),
        ],
    ),
    # a percent more lets both programs, of 60 dollars, rise by 0.6
    "how much more": (
        town(
            {"baseline": 40},
            {"baseline": 20},
            rules=[{"name": "s", "change": {"increase_at_most": "10%"}}, rule("k", "a", at_least=50)],
        ),
        {"weights": {"k": NEVER}},
        [(9, [("rules[s].change.increase_at_most", Share(0.1), Share(0.25))])],
    ),
    # 72 and 36 dollars are asked for; 120 less a sixth are there, and shares are written to six digits
    "how much less": (
        town({"baseline": 80}, {"baseline": 40}, rules=[{"name": "s", "change": {"decrease_at_most": "10%"}}]),
        {"weights": {"general": NEVER}},
        [(8, [("rules[s].change.decrease_at_most", Share(0.1), Share(0.166667))])],
    ),
    # a rises by 25% and b falls by 60%: for the rise 15% of 60 dollars count, for the fall 50%
    "how far either way": (
        town({"baseline": 40}, {"baseline": 20}, rules=STEADY),
        {"weights": {"k": NEVER, "l": NEVER}},
        [(39, [("rules[steady].change.at_most", Share(0.1), Share(0.6))])],
    ),
    "a reserve of the revenue": (
        town(least(90), funds={"general": {"revenue": 100, "reserve": {"at_least": "20%", "of": "revenue"}}}),
        {"weights": {"a": NEVER}},
        [
            (10, [(MONEY, 0, {"FY1": 10})]),
            (10, [("funds[general].reserve.at_least", Share(0.2), Share(0.1))]),
        ],
    ),
    # of 90 dollars 18 are to be kept, and 10 are left: a ninth, which is written a little lower
    "a reserve of the spending": (
        town(least(90), funds={"general": {"revenue": 100, "reserve": {"at_least": "20%", "of": "spending"}}}),
        {"weights": {"a": NEVER}},
        [
            (8, [(MONEY, 0, {"FY1": 8})]),
            (8, [("funds[general].reserve.at_least", Share(0.2), Share(0.111111))]),
        ],
    ),
    "two rules, on one side each": (
        town(least(70), most(10), rules=[
            rule("k", "a", at_least=5, at_most=60), rule("l", "b", at_least=15, at_most=20),
        ]),
        {"weights": BOTH},
        [(15, [("rules[k].at_most", 60, 70), ("rules[l].at_least", 15, 10)])],
    ),
    "a cap is raised to the next cent": (
        town(least(2.3333333), rules=[rule("k", "a", at_most=1)]),
        {"weights": {"a": NEVER}},
        [(1.3333333, [("rules[k].at_most", 1, 2.34)])],
    ),
    # 20 dollars are missing
    "weights": (
        town(rules=[rule("k", "a", at_least=70), rule("l", "b", at_least=50)]),
        {"weights": {"k": 3, "l": 2, "general": 1.5}},
        [
            (30, [(MONEY, 0, {"FY1": 20})]),
            (40, [("rules[l].at_least", 50, 30)]),
            (60, [("rules[k].at_least", 70, 50)]),
        ],
    ),
    "no more than asked for": (
        town(rules=[rule("k", "a", at_least=70), rule("l", "b", at_least=50)]),
        {"weights": {"k": 3, "l": 2, "general": 1.5}, "at_most": 1},
        [(30, [(MONEY, 0, {"FY1": 20})])],
    ),
    "shares of themselves": (
        town(least(70), least(50)),
        {"measure": "change"},
        [
            (0.2, [(MONEY, 0, {"FY1": 20})]),
            (20 / 70, [(A_LEAST, 70, 50)]),
            (0.4, [(B_LEAST, 50, 30)]),
        ],
    ),
    "shares of themselves, with weights": (
        town(least(70), least(50)),
        {"measure": "change", "weights": {"a": 2, "general": NEVER}},
        [(0.4, [(B_LEAST, 50, 30)]), (40 / 70, [(A_LEAST, 70, 50)])],
    ),
    # 100 dollars bring 200 at most: 25 dollars are missing, or 50 units
    "a target is no dollars": (
        town(TWICE, **TARGETED),
        {},
        [(25, [(MONEY, 0, {"FY1": 25})]), (0.2, [(TARGET, 250, 200)])],
    ),
    "a target with a weight": (
        town(TWICE, **TARGETED),
        {"weights": {"good": 0.25}},
        [(12.5, [(TARGET, 250, 200)]), (25, [(MONEY, 0, {"FY1": 25})])],
    ),
    "a target where nothing else helps": (
        town(TWICE, **TARGETED),
        {"weights": {"general": NEVER}},
        [(0.2, [(TARGET, 250, 200)])],
    ),
    "a target as a share of itself": (
        town(TWICE, **TARGETED),
        {"measure": "change"},
        [(0.2, [(TARGET, 250, 200)]), (0.25, [(MONEY, 0, {"FY1": 25})])],
    ),
    "a resource where nothing else helps": (
        town({"uses": {"staff": {"per_dollar": 0.1}}, **least(50)}, resources={"staff": {"capacity": 3}}),
        {"weights": {"a": NEVER}},
        [(2 / 3, [("resources[staff].capacity", 3, 5)])],
    ),
    # one number for two groups: with 50 for each the money is enough
    "a floor of each group": (
        town(**OF_BOTH, rules=grouped(each_at_least=60)),
        {"weights": {"general": NEVER}},
        [(20, [("rules[g].each_at_least", 60, 50)])],
    ),
    "a floor of each group in each period": (
        town(**OF_BOTH, revenue={"FY1": 100, "FY2": 80}, periods=LATER[:2], rules=grouped(each_at_least=60)),
        {"weights": {"general": NEVER}},
        [(80, [("rules[g].each_at_least", 60, 40)])],
    ),
    "a cap of each group": (
        town({"department": "X", **least(40)}, {"department": "Y", **least(30)}, rules=grouped(each_at_most=25)),
        {"weights": BOTH},
        [(30, [("rules[g].each_at_most", 25, 40)])],
    ),
    # 80 and 40 dollars are asked for, and 90 are there: three quarters
    "a share of each group's baseline": (
        town(
            {"department": "X", "baseline": 80},
            {"department": "Y", "baseline": 40},
            revenue=90,
            rules=grouped(each_at_least="100%", of="baseline"),
        ),
        {"weights": {"general": NEVER}},
        [(30, [("rules[g].each_at_least", Share(1), Share(0.75))])],
    ),
    # 35 beds cost 70 dollars, and 50 are left
    "a floor in units": (served(), {"weights": {"b": NEVER, "general": NEVER}}, [(20, [(SERVED, 35, 25)])]),
    "a floor in units, and money": (served(), {"weights": BOTH}, [(20, [(MONEY, 0, {"FY1": 20})])]),
    "a floor in units and in dollars": (
        served(**least(60)),
        {"weights": {"b": NEVER, "general": NEVER}},
        [(20, [(SERVED, 35, 25), (A_LEAST, 60, 50)])],
    ),
    "floors of less than a dollar": (
        document_of({"a": rated(**least(0.6)), "b": rated(**least(0.7))}, revenue=1),
        {"weights": {"b": NEVER, "general": NEVER}},
        [(0.3, [(A_LEAST, 0.6, 0.3)])],
    ),
    # half a bed for 100 dollars
    "a floor of less than a unit": (
        document_of(
            {
                "a": {
                    "service": {"unit": "beds", "unit_cost": 200, "at_least": 0.5},
                    "outcomes": {"good": {"per_unit": 1}},
                },
                "b": rated(**least(50)),
            }
        ),
        {"weights": {"b": NEVER, "general": NEVER}},
        [(50, [(SERVED, 0.5, 0.25)])],
    ),
    # with both open 10 dollars are missing besides
    "a rule is dropped, and a number changed": (
        document_of(
            {name: rated(if_funded={"at_least": 30}) for name in "ab"},
            rules=[
                {"name": "one of two", "excludes": ["a", "b"]},
                rule("a runs", "a", at_least=30),
                rule("b runs", "b", at_least=80),
            ],
        ),
        {"weights": {"one of two": 5, "a runs": NEVER, "general": NEVER}},
        [
            (15, [("rules[b runs].at_least", 80, 70), ("rules[one of two]", None, None)]),
            (80, [("rules[b runs].at_least", 80, 0)]),
        ],
    ),
    # the beds cost 80 dollars with the 10 for opening: of 50 dollars 40 buy 20 beds
    "a floor in units beyond a fixed cost": (
        served(if_funded={"fixed_cost": 10}),
        {"weights": {"b": NEVER, "general": NEVER}},
        [(30, [(SERVED, 35, 20)])],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_cheapest_repairs(name: str) -> None:
    document, options, expected = CASES[name]
    answer = found(document, **options)
    # those of one cost may stand in any order
    assert sorted((round(cost, 6), changes) for cost, changes in answer) == [
        (round(cost, 6), changes) for cost, changes in sorted(expected)
    ]
    # those in dollars come first
    assert [round(cost, 6) for cost, _ in answer] == [round(cost, 6) for cost, _ in expected]


@pytest.mark.parametrize("at_most", [0, -1])
def test_at_least_one_repair_is_asked_for(at_most: int) -> None:
    with pytest.raises(OptionError, match=f"at_most is {at_most}; at least one repair"):
        found(town(), at_most=at_most)


@pytest.mark.parametrize("weight", [0, -1, float("inf"), float("nan"), "always", None])
def test_what_is_no_weight(weight: Any) -> None:
    with pytest.raises(OptionError, match="the weight of 'general'"):
        found(town(), weights={"general": weight})


@pytest.mark.parametrize(
    ("value", "up", "digits", "written"),
    [
        # below ten six digits are written, from ten on cents
        (1 / 3, True, None, 0.333334),
        (1 / 3, False, None, 0.333333),
        (2 / 3, True, None, 0.666667),
        (2 / 3, False, None, 0.666666),
        (9.9999994, True, None, 10.0),
        (10.001, True, None, 10.01),
        (10.009, False, None, 10.0),
        (-10.001, True, None, -10.0),
        (-10.001, False, None, -10.01),
        (1 / 3, True, 2, 0.34),
        (1 / 3, False, 2, 0.33),
        (0.0, False, None, 0.0),
        # what noise leaves is nothing
        (50.000000000001, True, 2, 50.0),
        (49.999999999999, False, 2, 50.0),
        (0.25, True, None, 0.25),
        (0.25, False, None, 0.25),
    ],
)
def test_what_people_can_write(value: float, up: bool, digits: int | None, written: float) -> None:
    assert outward(value, up=up, digits=digits) == written


def test_a_repair_that_makes_all_changes_of_one_other_and_more_is_told_from_the_rest() -> None:
    limit: Any = None

    def changes(*paths: str) -> Repair:
        return Repair(1.0, tuple(Amendment(limit, path, 1, 2) for path in paths))

    others = [changes("x"), changes("z"), changes()]
    assert _has_more_than_another(changes("x", "y"), others)
    assert not _has_more_than_another(changes("x"), others)
    assert not _has_more_than_another(changes("y"), others)


def test_a_number_that_changes_stands_where_its_limit_does() -> None:
    limit: Any = SimpleNamespace(place="rules.yaml:3", provision=Provision("rule", "k"))
    item = Amendment(limit, "rules[k].at_most", 1, 2)
    assert (item.place, item.provision) == ("rules.yaml:3", Provision("rule", "k"))
