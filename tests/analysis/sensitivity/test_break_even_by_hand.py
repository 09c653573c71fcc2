"""At which factors a program gets more or less, and what its dollars bring, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis import break_even_factors, explain_all, marginal_returns
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.margin_table import charges_by_rule, duals_of
from budgetopt.analysis.sensitivity.overview import seeks_outcomes
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

NONE = math.nan
Factors = dict[tuple[str, str, bool], float]


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def curved(*points: list[float], **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"curve": [[0, 0], *points]}}, **more}


# 60 dollars for a, which may have no more, and 40 for b; c gets none
TOWN = document_of({"a": rated(3, spending={"at_most": 60}), "b": rated(1), "c": rated(0.5)})
KINDS = document_of(
    {"p": rated(1), "q": {"outcomes": {"kind": {"per_dollar": 1}}}, "r": {"outcomes": {"idle": {"per_dollar": 1}}}},
    outcomes={"good": {"weight": 1}, "kind": {"weight": 2}, "idle": {"weight": 0}},
)
MINIMAL = document_of(
    {"a": rated(2), "b": rated(4, spending={"at_most": 5})},
    outcomes={"good": {"weight": 1, "target": {"at_least": 50}}},
    objective={"minimize": "spending"},
)
CASES: list[tuple[dict[str, Any], str, Factors]] = [
    # b falls below c at half its effect, and comes before a at three times
    (TOWN, "b", {
        ("effect", "", True): 3, ("effect", "", False): 0.5,
        ("cost", "", True): 1 / 3, ("cost", "", False): 2,
        ("weight", "good", True): NONE, ("weight", "good", False): NONE,
    }),
    # a has all that it may have
    (TOWN, "a", {
        ("effect", "", True): NONE, ("effect", "", False): 1 / 3,
        ("cost", "", True): NONE, ("cost", "", False): 3,
        ("weight", "good", True): NONE, ("weight", "good", False): NONE,
    }),
    # what has nothing can get no less
    (TOWN, "c", {("effect", "", True): 2, ("cost", "", True): 0.5, ("weight", "good", True): NONE}),
    (KINDS, "p", {("effect", "", True): 2, ("cost", "", True): 0.5, ("weight", "good", True): 2}),
    (KINDS, "q", {
        ("effect", "", True): NONE, ("effect", "", False): 0.5,
        ("cost", "", True): NONE, ("cost", "", False): 2,
        ("weight", "kind", True): NONE, ("weight", "kind", False): 0.5,
    }),
    # without an outcome that counts there is nothing to ask
    (KINDS, "r", {}),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(CASES)))
def test_at_which_factors_a_program_gets_more_or_less(case: int) -> None:
    document, program, expected = CASES[case]
    plan = bo.solve(Scenario.from_document(document))
    found = {(one.what, one.outcome, one.more): one.factor for one in break_even_factors(plan, program)}
    assert list(found) == list(expected)
    for key, factor in expected.items():
        assert found[key] == pytest.approx(factor, rel=1e-6, nan_ok=True), key


@pytest.mark.parametrize("kinds", [("effect",), ("cost", "weight"), ()])
def test_only_what_is_asked_for(kinds: tuple[str, ...]) -> None:
    found = break_even_factors(Scenario.from_document(TOWN), "b", kinds=kinds)
    assert [one.what for one in found] == [kind for kind in ("effect", "cost", "weight") if kind in kinds for _ in "+-"]


def test_a_share_of_the_service_counts_where_the_cost_changes() -> None:
    # a brings 3 a dollar for 20 dollars and 1 from there on; at twice the cost 40 dollars bring the 60 for 1.5 each
    programs = {"a": curved([20, 60], [90, 130]), "b": rated(1.25)}
    plan = bo.solve(Scenario.from_document(document_of(programs)))
    found = {(one.what, one.more): one.factor for one in break_even_factors(plan, "a", kinds=("effect", "cost"))}
    assert found == {
        ("effect", True): pytest.approx(1.25),
        ("effect", False): pytest.approx(1.25 / 3),
        ("cost", True): pytest.approx(0.8),
        ("cost", False): pytest.approx(3 / 1.25),
    }


def of_fund() -> dict[str, Any]:
    """Return programs that two funds may pay for; one has no more than 40 dollars."""
    programs = {"a": rated(3, spending={"at_most": 40}), "b": rated(1), "c": rated(0.5)}
    return document_of(programs, funds={"gift": {"revenue": 30, "carryover": False}})


FAVOURED = [{"name": "k", "where": {"program": "b"}, "sum": "spending", "at_least": 30}]
CAPPED = [{"name": "k", "where": {"program": "a"}, "sum": "spending", "at_most": 30}]
GIFT = {"funds": {"gift": {"revenue": 30, "carryover": False}}}
Margins = dict[tuple[str, str], tuple[float, float, float, float, float, float, float]]
"""By program and period: spending, last and next dollar, price, charges, and the range of the effect."""

MARGINS: dict[str, tuple[dict[str, Any], Margins]] = {
    "plain": (TOWN, {
        ("a", "FY1"): (60, 3, NONE, 1, 0, 1 / 3, NONE),
        ("b", "FY1"): (40, 1, 1, 1, 0, 1, 1),
        ("c", "FY1"): (0, NONE, 0.5, 1, 0, NONE, 2),
    }),
    "two funds": (of_fund(), {
        ("a", "FY1"): (40, 3, NONE, 1, 0, 1 / 3, NONE),
        ("b", "FY1"): (90, 1, 1, 1, 0, 1, 1),
        ("c", "FY1"): (0, NONE, 0.5, 1, 0, NONE, 2),
    }),
    # all of FY1's 20 dollars are on the first piece, and of FY2's 50 the last 20 on the second
    "two periods": (
        document_of(
            {"a": curved([30, 90], [60, 120]), "b": rated(0.5)}, revenue={"FY1": 20, "FY2": 50}, periods=LATER[:2]
        ), {
            ("a", "FY1"): (20, 3, 3, 3, 0, 1, 1),
            ("a", "FY2"): (50, 1, 1, 1, 0, 1, 1),
            ("b", "FY1"): (0, NONE, 0.5, 3, 0, NONE, 6),
            ("b", "FY2"): (0, NONE, 0.5, 1, 0, NONE, 2),
        },
    ),
    "at a bend": (document_of({"a": curved([60, 180], [90, 210]), "b": curved([40, 80], [90, 90])}), {
        ("a", "FY1"): (60, 3, 1, NONE, 0, NONE, NONE),
        ("b", "FY1"): (40, 2, 0.2, NONE, 0, NONE, NONE),
    }),
    "favoured": (document_of({"a": rated(3), "b": rated(1)}, rules=FAVOURED), {
        ("a", "FY1"): (70, 3, 3, 3, 0, 1, 1),
        ("b", "FY1"): (30, 1, 1, 3, -2, 1, 1),
    }),
    "held down": (document_of({"a": rated(3), "b": rated(1)}, rules=CAPPED), {
        ("a", "FY1"): (30, 3, 3, 1, 2, 1, 1),
        ("b", "FY1"): (70, 1, 1, 1, 0, 1, 1),
    }),
    # a dollar less is a gain of one, and the target takes it back: a unit of it is worth half a dollar
    "less spending is better": (MINIMAL, {
        ("a", "FY1"): (15, -1, -1, 0, -1, NONE, NONE),
        ("b", "FY1"): (5, -1, NONE, 0, -2, NONE, NONE),
    }),
    # 10 units of 2 dollars bring 6 each, and from there on 2
    "a service over a curve": (
        document_of(
            {
                "a": {
                    "service": {"unit": "rides", "unit_cost": 2},
                    "outcomes": {"good": {"curve": [[0, 0], [10, 60], [30, 100]]}},
                },
                "b": rated(0.5),
            },
            revenue=14,
        ),
        {("a", "FY1"): (14, 3, 3, 3, 0, 1, 1), ("b", "FY1"): (0, NONE, 0.5, 3, 0, NONE, 6)},
    ),
    # half a dollar is on the first piece, and half of it is all that the other may have
    "less than a dollar": (
        document_of({"a": curved([0.4, 2], [2, 5.2]), "b": rated(9, spending={"at_most": 0.5}), "c": rated(1)}, 1), {
            ("a", "FY1"): (0.5, 2, 2, 2, 0, 1, 1),
            ("b", "FY1"): (0.5, 9, NONE, 2, 0, 2 / 9, NONE),
            ("c", "FY1"): (0, NONE, 1, 2, 0, NONE, 2),
        },
    ),
    # of packages there is no next dollar
    "packages": (
        document_of({"a": {"packages": [{"name": "all", "cost": 60, "outcomes": {"good": 300}}]}, "b": rated(1)}),
        {("b", "FY1"): (40, 1, 1, 1, 0, 1, 1)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MARGINS)
def test_what_the_last_and_the_next_dollar_bring(name: str) -> None:
    document, expected = MARGINS[name]
    table = marginal_returns(Scenario.from_document(document)).set_index(["program", "period"])
    assert list(table.index) == list(expected)
    columns = ["spending", "last_dollar", "next_dollar", "price", "charges", "effect_until_less", "effect_until_more"]
    for key, row in expected.items():
        found = table.loc[key, columns].tolist()
        # where the optimum is degenerate any price between the two dollars is one
        found = [NONE if math.isnan(row[3]) and at in (3, 5, 6) else value for at, value in enumerate(found)]
        assert found == pytest.approx(list(row), rel=1e-6, abs=1e-9, nan_ok=True), key


@pytest.mark.parametrize(
    ("document", "program", "charges"),
    [
        (document_of({"a": rated(3), "b": rated(1)}, rules=FAVOURED), 0, {}),
        (document_of({"a": rated(3), "b": rated(1)}, rules=FAVOURED), 1, {("rule", "k"): -2}),
        (document_of({"a": rated(3), "b": rated(1)}, rules=CAPPED), 0, {("rule", "k"): 2}),
        (document_of({"a": rated(3), "b": rated(1)}, rules=CAPPED), 1, {}),
        (MINIMAL, 0, {("target", "good"): -1}),
        (MINIMAL, 1, {("target", "good"): -2}),
        # a dollar of either of two funds
        (document_of({"a": rated(3), "b": rated(1)}, rules=CAPPED, **GIFT), 0, {("rule", "k"): 2}),
        # in FY1 a dollar more is worth 2, and in FY2 nothing: the larger charge counts
        (
            document_of(
                {"a": rated(3), "b": rated(1)},
                periods=LATER[:2],
                rules=[{**CAPPED[0], "at_most": {"FY1": 30, "FY2": 100}}],
            ),
            0,
            {("rule", "k"): 2},
        ),
    ],
)
def test_which_rules_charge_a_program(document: dict[str, Any], program: int, charges: dict[Any, float]) -> None:
    question = WhatIf(Scenario.from_document(document))
    duals = duals_of(question)
    assert duals is not None
    assert charges_by_rule(question, duals)[program] == pytest.approx(charges)


def test_duals_around_integer_decisions_are_those_of_what_is_left() -> None:
    question = WhatIf(Scenario.from_document(MARGINS["packages"][0]))
    duals = duals_of(question)
    assert duals is not None
    rows = np.concatenate([block.positions for block in question.problem.row_labels.of_kind("fund balance")])
    assert duals[rows].tolist() == pytest.approx([1])


def test_every_program_in_one_table() -> None:
    document = document_of(
        {
            "a": rated(3, name="Arts", baseline=50, spending={"at_most": 60}),
            "b": rated(1, baseline=10),
            "c": rated(0.5),
            "d": rated(0.25),
        },
        rules=[{"name": "k", "where": {"program": "d"}, "sum": "spending", "at_least": 30}],
    )
    table = explain_all(Scenario.from_document(document))
    assert table["program"].tolist() == ["a", "b", "c", "d"]
    assert table["name"].tolist()[0] == "Arts"
    assert table["spending"].tolist() == [60, 10, 0, 30]
    assert table["baseline"].tolist() == pytest.approx([50, 10, NONE, NONE], nan_ok=True)
    assert table["change"].tolist() == [10, 0, 0, 30]
    assert table["held_by"].tolist() == [
        "at its ceiling",
        "stands at the margin: its next dollar buys no more than elsewhere",
        "unfunded: the money buys more elsewhere",
        "held up by the rule “k”",
    ]
    columns = ["last_dollar", "next_dollar", "price", "charges", "effect_for_more", "effect_for_less"]
    expected = [
        [3, NONE, 1, 0, NONE, 1 / 3],
        [1, 1, 1, 0, 3, 0.5],
        [NONE, 0.5, 1, 0, 2, NONE],
        [0.25, 0.25, 1, -0.75, 4, NONE],
    ]
    for found, row in zip(table[columns].to_numpy().tolist(), expected, strict=True):
        assert found == pytest.approx(row, rel=1e-6, abs=1e-9, nan_ok=True)
    unfollowed = explain_all(Scenario.from_document(document), follow=False)
    assert unfollowed[["effect_for_more", "effect_for_less"]].isna().all(axis=None)


def test_where_no_sum_of_outcomes_is_wanted_dollars_bring_nothing_by_themselves() -> None:
    table = explain_all(Scenario.from_document(MINIMAL), follow=False)
    assert table["held_by"].tolist() == ["held up by the target “good”", "at its ceiling"]
    idle = {"outcomes": {"idle": {"per_dollar": 1}}}
    outcomes = {**MINIMAL["outcomes"], "idle": {"weight": 0}}
    document = {**MINIMAL, "outcomes": outcomes, "programs": {**MINIMAL["programs"], "c": idle}}
    table = explain_all(Scenario.from_document(document), follow=False)
    # that a dollar is one more spent says nothing of what it buys
    assert table["held_by"].tolist()[2] == "unfunded: no plan with it is better"
    assert seeks_outcomes(Scenario.from_document(TOWN)) is True
    assert seeks_outcomes(Scenario.from_document(MINIMAL)) is False


def test_a_program_below_its_ceiling_in_each_year_may_get_more() -> None:
    # b has its 60 in both years, and a the 40 that are left; together its 80 are no more than its ceilings
    document = document_of(
        {"a": rated(1, spending={"at_most": 60}), "b": rated(2, spending={"at_most": 60})}, periods=LATER[:2]
    )
    (found, _) = break_even_factors(bo.solve(Scenario.from_document(document)), "a", kinds=["effect"])
    assert (found.more, found.factor) == (True, pytest.approx(2))


def test_a_program_that_its_ceiling_holds_in_one_year_alone_may_get_more_in_another() -> None:
    fixed = {"at_least": {"FY1": 20}, "at_most": {"FY1": 20}}
    document = document_of({"a": rated(1, spending=fixed), "b": rated(2)}, periods=LATER[:2])
    found = {
        (item.what, item.more): item.factor
        for item in break_even_factors(bo.solve(Scenario.from_document(document)), "a")
    }
    # in FY2 it gets all of the money as soon as its dollar brings more than 2
    assert found["effect", True] == pytest.approx(2)
    assert math.isnan(found["effect", False])
