"""Why each program has what it has, over years, funds, staff and objectives, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.allocation.reasons import funded_of
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

MARGIN = "stands at the margin: its next dollar buys no more than elsewhere"
ELSEWHERE = "unfunded: the money buys more elsewhere"
FLOOR, CEILING, FIXED = "held up by its floor", "at its ceiling", "fixed: its floor is its ceiling"
KEEPS = "keeps its baseline"
IDLE = "keeps its baseline: no effect of it is measured, and its money is not needed elsewhere"
CUT = "cut: a smaller cut here would not make the change of all programs smaller"
EITHER = "cut: other cuts of the same size would do as well"
BEST = "funded: no plan that gives it more or less is better"
NO_BETTER = "unfunded: no plan with it is better"
SMALLEST, EVEN = "no plan has a smaller largest cut", "cuts are as even as the limits allow"
GOALS = "funded: as the goals in their order decide"
TWO = LATER[:2]


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def packaged(cost: Any, worth: float = 9, **more: Any) -> dict[str, Any]:
    return {"packages": [{"cost": cost, "outcomes": {"good": worth}}], **more}


def served(unit_cost: float, rate: float, uses: dict[str, float] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "service": {"unit": "cases", "unit_cost": unit_cost, **more},
        "uses": {name: {"per_unit": use} for name, use in (uses or {}).items()},
        "outcomes": {"good": {"per_unit": rate}},
    }


def years(first: float, second: float) -> dict[str, Any]:
    """Return the revenue of each of two years."""
    return {"revenue": {"FY1": first, "FY2": second}, "periods": TWO}


def lost(share: str, others: int, why: str) -> str:
    alike = f", as {others} other program{'s are' if others > 1 else ' is'}" if others else ""
    return f"cut by {share}{alike}: {why}"


CHANGE = {"objective": {"minimize": "change from baseline"}}
LARGEST = {"objective": {"minimize": "largest cut"}}
OUTCOMES, LEAST_CHANGE = {"maximize": "weighted outcomes"}, {"minimize": "change from baseline"}
HALVES = {"a": rated(2, baseline=50), "b": rated(1, baseline=50), "c": rated(0.5)}
ASKED = [{"name": "k", "sum": "spending", "where": {"program": "a"}, "at_least": 40}]
BENT = {
    count: {
        "a": {"outcomes": {"good": {"curve": [[0, 0], [60, 60], [90, 70]]}}, "funds": ["general", "x"][:count]},
        "b": rated(2, funds=["general", "x"][:count]),
    }
    for count in (1, 2)
}
SIX, FOUR = {"baseline": 60}, {"baseline": 40}


def staff(programs: dict[str, Any], **capacity: Any) -> dict[str, Any]:
    """Return a scenario with money enough for everything but staff."""
    resources = {name: {"capacity": value, "unit": "hours"} for name, value in capacity.items()}
    return document_of(programs, 1000, resources=resources)


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a first objective that gives something up": (
        document_of(HALVES, objective=[{**OUTCOMES, "within": "10%"}, LEAST_CHANGE]), [GOALS, GOALS, f"un{GOALS}"],
    ),
    "a first objective that gives nothing up": (
        document_of(HALVES, objective=[OUTCOMES, LEAST_CHANGE]), [MARGIN, ELSEWHERE, ELSEWHERE],
    ),
    # what one objective alone gives up brings the plan nearer to the baseline
    "one objective that gives something up": (
        document_of(HALVES, objective=[{**OUTCOMES, "within": "10%"}]), [GOALS, GOALS, f"un{GOALS}"],
    ),
    "a package that costs nothing": (
        document_of({"a": packaged(0), "b": packaged([0, 0], 0, start=["FY1"]), "c": rated()}, periods=TWO),
        ["has its only package", "unfunded: it would add nothing", MARGIN],
    ),
    "limits of less than a dollar": (
        document_of(
            {
                "a": rated(0.1, spending={"at_least": 0.5}),
                "b": rated(3, spending={"at_most": 0.8}),
                "c": rated(),
                "d": rated(0.2, spending={"at_least": 0.4, "at_most": 0.4}),
            },
            5,
        ),
        [FLOOR, CEILING, MARGIN, FIXED],
    ),
    "limits of the second year": (
        document_of(
            {
                "a": rated(0.1, spending={"at_least": {"FY2": 5}}),
                "b": rated(3, spending={"at_most": {"FY2": 8}}),
                "c": rated(),
                "d": rated(0.2, spending={"at_most": {"FY2": 0}}),
            },
            periods=TWO,
        ),
        [FLOOR, CEILING, MARGIN, CEILING],
    ),
    "rules of the second year": (
        document_of(
            {"a": rated(0.1, baseline=5), "b": rated(3, baseline=4), "c": rated()},
            periods=TWO,
            rules=[
                {"name": "F", "where": {"program": "a"}, "change": {"decrease_at_most": "0%"}, "periods": ["FY2"]},
                {"name": "G", "where": {"program": "b"}, "change": {"increase_at_most": "50%"}, "periods": ["FY2"]},
            ],
        ),
        ["held up by the rule “F”", "held down by the rule “G”", MARGIN],
    ),
    # a dollar for a brings less than elsewhere, however many funds may pay it
    "a rule and one fund": (document_of(BENT[1], 130, rules=ASKED), [BEST, MARGIN]),
    "a rule and two funds": (document_of(BENT[2], rules=ASKED, funds={"x": {"revenue": 30}}), [BEST, MARGIN]),
    "effects that are alike": (
        document_of({"a": rated(), "b": rated(), "c": rated(0.5)}),
        [MARGIN, "unfunded: its dollar would buy no more than elsewhere", ELSEWHERE],
    ),
    "effects that are alike in one of two funds": (
        document_of(
            {"a": rated(funds=["general"]), "b": rated(funds=["general"]), "c": rated(funds=["x"])},
            **years(50, 0), funds={"x": {"revenue": 7}},
        ),
        [MARGIN, "unfunded: its dollar would buy no more than elsewhere", MARGIN],
    ),
    # what uses staff and harms is not kept away by the staff
    "staff and harm": (
        staff({"a": served(1, 4, {"crew": 1}), "b": served(1, -3, {"crew": 1})}, crew=10),
        ["stands at the margin: it uses all of crew", "unfunded: a dollar here would add nothing"],
    ),
    "funds with money in one year": (
        document_of(
            {
                "a": rated(2, funds=["general"]),
                "b": rated(funds=["general"]),
                "c": rated(funds=["x"]),
                "d": rated(funds=["y"], spending={"at_most": 50}),
            },
            **years(5, 0),
            funds={"x": {"revenue": 0}, "y": {"revenue": {"FY1": 0, "FY2": 0.5}, "carryover": False}},
        ),
        [MARGIN, ELSEWHERE, "unfunded: no fund that may pay for it has money", MARGIN],
    ),
    "baselines that nothing is known of": (
        document_of(
            {
                "a": rated(2, spending={"at_most": 10}),
                "b": {"baseline": 5},
                "c": {"baseline": {"FY1": 5, "FY2": 8}},
                "d": {},
            },
            40,
            TWO,
        ),
        [CEILING, IDLE, IDLE, "unfunded: no effect of it is measured"],
    ),
    # the money of the first year does not do for both
    "a baseline that is not kept in one year": (
        document_of({"a": rated(2, spending={"at_most": 90}), "b": {"baseline": 5}, "c": {"baseline": 8}},
                    **years(100, 200)),
        [CEILING, IDLE, BEST],
    ),
    "thresholds": (
        document_of(
            {
                "big": packaged(6, 60),
                "long": packaged(30),
                "clinic": rated(2, if_funded={"at_least": 8}),
                "spa": rated(if_funded={"at_least": 2}),
                "shut": rated(spending={"at_most": 0}),
            },
            10,
        ),
        ["has its only package", "unfunded: costs more than the fund has", NO_BETTER, MARGIN, CEILING],
    ),
    # in the first year there is money for five cases of the best
    "services that serve all": (
        document_of(
            {
                "a": served(1, 0, up_to=0),
                "b": served(1, 3, up_to=5),
                "c": served(0.5, 3, up_to=0.5),
                "d": served(1, 1),
                "e": served(1, 9, up_to=6),
            },
            **years(5, 20),
        ),
        [NO_BETTER, "at its ceiling of 5 cases", "at its ceiling of 0.50 cases", MARGIN, "at its ceiling of 6 cases"],
    ),
    "services that do not serve all": (
        document_of({"a": served(1, 2, up_to=24), "b": served(1, 1, up_to=4), "c": served(1, 0.5)}, **years(5, 20)),
        [MARGIN, ELSEWHERE, ELSEWHERE],
    ),
    "staff of whom there is none": (
        {**staff({"a": served(1, 2, {"nurses": 1}), "b": served(1, 1, {"doctors": 1}), "c": rated(0.5)},
                 nurses=0, doctors=3), "funds": {"general": {"revenue": 10}}},
        ["unfunded: needs nurses, of which there is none", BEST, MARGIN],
    ),
    "staff of whom there is none in one year": (
        document_of(
            {"a": served(1, 2, {"nurses": 1}), "b": served(1, 1, {"nurses": 1}), "c": rated(0.5)}, 10, TWO,
            resources={"nurses": {"capacity": {"FY1": 0, "FY2": 3}}},
        ),
        [BEST, "unfunded: the money and nurses are used up elsewhere", MARGIN],
    ),
    # a case of a brings 4, and those of b and c that it takes the staff of 5
    "staff of two kinds": (
        staff(
            {
                "a": served(1, 4, {"nurses": 1, "doctors": 1}),
                "b": served(1, 3, {"nurses": 1}),
                "c": served(1, 2, {"doctors": 1}),
                "d": rated(0),
            },
            nurses=10,
            doctors=7,
        ),
        [
            "unfunded: nurses are used up elsewhere",
            "stands at the margin: it uses all of nurses",
            "stands at the margin: it uses all of doctors",
            "unfunded: a dollar here would add nothing",
        ],
    ),
    # recurring money pays 1,000 hours, and there are just as many: more of either alone brings nothing
    "staff that ends where money ends": (
        {
            **staff({"a": rated(4, uses={"crew": {"per": 1}})}, crew=1000),
            "funds": {"general": {"revenue": 1000, "one_time": 500, "structural_balance": True, "carryover": False}},
        },
        ["stands at the margin: it uses all of crew"],
    ),
    # the same in each of two years, with half a position for two thousand dollars
    "staff that ends where money ends in two years": (
        document_of(
            {"a": rated(4, uses={"crew": {"per": 2000}})}, 0, TWO, resources={"crew": {"capacity": 0.5}},
            funds={"general": {"revenue": 1000, "one_time": 500, "structural_balance": True, "carryover": False}},
        ),
        ["stands at the margin: it uses all of crew"],
    ),
    # a hundredth of a position pays for 699.993 dollars, and 699.99 are spent
    "a hundredth of a position": (
        document_of(
            {"a": rated(4, uses={"crew": {"per": 69_999.3}}), "b": rated(1, spending={"at_most": 500_000})},
            1_000_000, resources={"crew": {"capacity": 0.01}},
        ),
        ["stands at the margin: it uses all of crew", CEILING],
    ),
    "staff that others use better": (
        staff(
            {"a": served(1, 4, {"crew": 1}), "b": served(1, 3, {"crew": 1}), "c": served(1, 3, {"crew": 2})}, crew=10
        ),
        [
            "stands at the margin: it uses all of crew",
            "unfunded: crew is used up elsewhere: one of the hours buys 4 there, 3 here",
            "unfunded: crew is used up elsewhere: one of the hours buys 4 there, 1.5 here",
        ],
    ),
    "staff that others use as well": (
        staff({"a": served(1, 4, {"crew": 1}, up_to=4), "b": served(1, 3, {"crew": 1}), "c": served(1, 3, {"crew": 1})},
              crew=10),
        [
            "at its ceiling of 4 cases",
            "stands at the margin: crew buys no more here than elsewhere",
            "unfunded: crew is used up elsewhere",
        ],
    ),
    "half a position": (
        staff({name: rated(rate, uses={"crew": {"per": 1000}}) for name, rate in (("a", 4), ("b", 3))}, crew=0.5),
        [
            "stands at the margin: it uses all of crew",
            "unfunded: crew is used up elsewhere: one of the hours buys 4000 there, 3000 here",
        ],
    ),
    "the least change": (document_of({"a": SIX, "b": FOUR}, **years(90, 100), **CHANGE), [KEEPS, EITHER]),
    "the least change of three": (
        document_of({"a": SIX, "b": FOUR, "c": {**FOUR, "spending": {"at_least": 30}}}, **years(140, 90), **CHANGE),
        [KEEPS, EITHER, FLOOR],
    ),
    "the least change beside a floor": (
        document_of({"a": SIX, "b": {**FOUR, "spending": {"at_least": 40}}}, **years(90, 100), **CHANGE), [CUT, FLOOR],
    ),
    "the least change of two funds": (
        document_of(
            {"a": {**SIX, "funds": ["general"]}, "b": {**FOUR, "funds": ["x"]}, "c": {"baseline": 20, "funds": ["x"]}},
            50, funds={"x": {"revenue": 50}}, **CHANGE,
        ),
        [CUT, KEEPS, EITHER],
    ),
    "the least change with a rule": (
        document_of({"a": SIX, "b": FOUR}, 90, rules=[{"name": "r", "sum": "spending", "at_most": 95}], **CHANGE),
        [KEEPS, CUT],
    ),
    "the least change with a resource": (
        document_of({"a": SIX, "b": FOUR}, 90, resources={"x": {"capacity": 5}}, **CHANGE), [KEEPS, CUT],
    ),
    # 100 - 38 dollars of 80 in the first year
    "an even cut": (
        document_of(
            {"a": SIX, "b": {**FOUR, "spending": {"at_least": 38}}, "c": {"baseline": 20}, "d": {}},
            **years(100, 116), **LARGEST,
        ),
        [lost("22.5%", 1, SMALLEST), FLOOR, lost("22.5%", 1, SMALLEST), KEEPS],
    ),
    "an even cut of each fund": (
        document_of(
            {
                "a": {**SIX, "funds": ["general"]},
                "b": {**FOUR, "funds": ["general"]},
                "c": {"baseline": 20, "funds": ["x"]},
                "d": {"baseline": 0.5, "funds": ["y"]},
            },
            **years(90, 80),
            funds={
                "x": {"revenue": {"FY1": 15, "FY2": 18}, "carryover": False},
                "y": {"revenue": 0.3, "carryover": False},
            },
            **LARGEST,
        ),
        [lost("20%", 1, EVEN), lost("20%", 1, EVEN), lost("25%", 0, EVEN), lost("40%", 0, SMALLEST)],
    ),
    "an even cut of three": (
        document_of({"a": SIX, "b": FOUR, "c": {"baseline": 20}}, **years(108, 60), **LARGEST),
        [lost("50%", 2, SMALLEST)] * 3,
    ),
    "an even cut of one": (document_of({"a": SIX}, 50, **LARGEST), [lost("16.67%", 0, SMALLEST)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_reasons(name: str) -> None:
    document, expected = CASES[name]
    found = bo.solve(Scenario.from_document(document)).programs["reason"]
    assert found.tolist() == expected


def test_what_is_funded_without_money() -> None:
    programs = {
        "once": packaged([0, 0], start=["FY1"]),
        "never": packaged(0, -1),
        "half": served(0, 2, up_to=0.5),
        "second": {"packages": [{"cost": 500, "outcomes": {"good": 1}}, {"cost": 0, "outcomes": {"good": 1}}],
                   "choose": "any"},
        "harm": rated(-1),
        "paid": rated(spending={"at_most": 0.01}),
    }  # fmt: skip
    plan = bo.solve(Scenario.from_document(document_of(programs, periods=TWO)))
    assert funded_of(plan).tolist() == [True, False, True, True, False, True]
