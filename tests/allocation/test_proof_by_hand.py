"""What a forged proof is told of, and how much better a plan could be: small results worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.allocation.test_verify import changed

import budgetopt as bo
from budgetopt.allocation.proof import package_names
from budgetopt.allocation.verify import Verification, verify_result
from budgetopt.scenario.scenario import Scenario
from first_format import written_first
from language.small import document_of

Path_ = tuple[str | int, ...]
TWO_OBJECTIVES = [{"maximize": "weighted outcomes", "within": "5%"}, {"minimize": "spending"}]


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


# the best is 40 times 3 and 60; of that 5% may be given up, which 9 dollars less of b do
LINEAR = document_of({"a": rated(3, spending={"at_most": 40}), "b": rated(1)}, objective=TWO_OBJECTIVES)
# the best is 300 and twice 40; of that 5% may be given up, which 9.5 dollars less of b do
INTEGER = document_of(
    {"a": {"packages": [{"name": "all", "cost": 60, "outcomes": {"good": 300}}]}, "b": rated(2)},
    objective=TWO_OBJECTIVES,
)
ALONE = {**INTEGER, "objective": {"maximize": "weighted outcomes"}}
START = "Confirmed: the plan keeps every limit of this scenario"
MORE = "no plan can maximize weighted outcomes better"


GAVE_UP = "the 5.2632% that later objectives gave up"


@pytest.mark.parametrize(
    ("document", "proved", "conclusion"),
    [
        (LINEAR, True, f"{START}, and {MORE} by more than {GAVE_UP}."),
        ({**LINEAR, "objective": TWO_OBJECTIVES[1]}, True, f"{START}, and no plan can minimize spending better."),
        ({**LINEAR, "objective": {"maximize": "weighted outcomes"}}, True, f"{START}, and {MORE}."),
        (INTEGER, True, f"{START}, and {MORE} by more than {GAVE_UP}: the prices prove it."),
        (ALONE, True, f"{START}, and {MORE}: the prices prove it."),
    ],
)
def test_how_much_better_a_plan_could_be(document: dict[str, Any], proved: bool, conclusion: str) -> None:
    verification = forged(document)
    assert verification.accepted, str(verification)
    assert (verification.proved, verification.conclusion) == (proved, conclusion)


def forged(document: dict[str, Any], *changes: tuple[Path_, Any]) -> Verification:
    """Return what is said of the result of a scenario after some changes."""
    scenario = Scenario.from_document(document)
    written = written_first(bo.solve(scenario))
    for path, value in changes:
        written = changed(written, path, value)
    return verify_result(written, scenario)


FIRST, SECOND = ("objective", "stages", 0), ("objective", "stages", 1)
ENTRY = {"label": "", "direction": "maximize", "within": 0.0, "termination": "optimal", "value": 1.0, "bound": 1.0,
         "proved": True, "tolerance": None, "plan_value": 1.0}  # fmt: skip
HELD = ("proof", "held", "fund balance[general,FY1]")


@pytest.mark.parametrize(
    ("document", "path", "value", "words"),
    [
        (LINEAR, ("proof", "stages"), [{}], "the document proves 1 of its 2 objectives, and the scenario has 2"),
        (LINEAR, ("proof", "stages"), [{}] * 3, "the document proves 3 of its 2 objectives, and the scenario has 2"),
        (
            LINEAR,
            ("proof", "stages", 0, "fund balance[general,FY1]"),
            1.5,
            "the proof does not hold: complementarity, gap",
        ),
        (LINEAR, ("proof", "stages", 1), {}, "the prices of objective 2 do not prove it: complementarity, gap"),
        (LINEAR, ("proof", "point", "segment[b,general,FY1,0]"), 52.0, "the proof does not hold: rows\n"),
        (LINEAR, ("proof", "point", "segment[a,general,FY1,0]"), 41.0, "the proof does not hold: rows, bounds\n"),
        (LINEAR, (*FIRST, "value"), 180.001, "objective 1 says that it reached 180.001, and its bound is 180"),
        (LINEAR, (*SECOND, "value"), 91.001, "objective 2 says that it reached 91.001, and its bound is 91"),
        (INTEGER, (*FIRST, "value"), 390, "says that it reached 390, and the point has 360.99"),
        (INTEGER, (*SECOND, "value"), 89, "says that it reached 89, and the point has 90.49"),
        (ALONE, HELD, 3.0, "the prices around the integer decisions do not hold: "),
        (INTEGER, ("proof", "held", "fund balance[other,FY1]"), 1.0, "speaks of the row 'fund balance[other,FY1]'"),
        (ALONE, (*FIRST, "value"), 380.00001, "says that it reached 380.00001, and the point has 380"),
        (ALONE, ("proof", "point", "package[a,0,FY1]"), 0.5, "says that it reached 380, and the point has 230"),
    ],
)
def test_a_forged_proof_is_told_of(document: dict[str, Any], path: Path_, value: Any, words: str) -> None:
    verification = forged(document, (path, value))
    wrong = [finding for finding in verification.findings if not finding.passed]
    assert wrong[0].name == "proof", str(verification)
    assert words in wrong[0].text
    assert not verification.proved


# of the best of 180, 9 may be given up, and the second objective asks for none of it
UNUSED = {**LINEAR, "objective": [TWO_OBJECTIVES[0], {"maximize": "good"}]}
STOPPED = ((*FIRST, "termination"), "time limit")
WITHOUT_PRICES = (("proof", "stages"), [None])


@pytest.mark.parametrize(
    ("document", "changes", "words"),
    [
        (UNUSED, [((*FIRST, "value"), 185)], "objective 1 says that it reached 185, and its bound is 180"),
        (UNUSED, [((*FIRST, "value"), 175)], "objective 1 says that it reached 175, and its bound is 180"),
        (
            ALONE,
            [STOPPED, ((*FIRST, "bound"), 300)],
            "objective 1 says that no plan is better than 300, and has one with 380",
        ),
        (
            {**LINEAR, "objective": {"maximize": "weighted outcomes"}},
            [STOPPED, WITHOUT_PRICES, ((*FIRST, "value"), 1800)],
            "objective 1 says that no plan is better than 180, and has one with 1,800",
        ),
        (
            {**LINEAR, "objective": {"maximize": "weighted outcomes"}},
            [STOPPED, WITHOUT_PRICES, ((*FIRST, "value"), 1800), ((*FIRST, "bound"), 1800)],
            "objective 1 says that it reached 1,800, and the point has 180",
        ),
        (
            {**LINEAR, "objective": {"minimize": "spending"}},
            [STOPPED, WITHOUT_PRICES, ((*FIRST, "bound"), 7)],
            "objective 1 says that no plan is better than 7, and has one with 0",
        ),
        (INTEGER, [(HELD, 3.0)], "the prices around the integer decisions do not hold: "),
    ],
)
def test_what_contradicts_the_point_or_the_bound_is_told_of(
    document: dict[str, Any], changes: list[tuple[Path_, Any]], words: str
) -> None:
    wrong = [one.text for one in forged(document, *changes).findings if one.name == "proof" and not one.passed]
    assert [text[: len(words)] for text in wrong] == [words]


@pytest.mark.parametrize("bound", [180, 200, None])
def test_a_bound_that_no_plan_contradicts_is_the_word_of_the_document(bound: float | None) -> None:
    document = {**LINEAR, "objective": {"maximize": "weighted outcomes"}}
    found = forged(document, STOPPED, WITHOUT_PRICES, ((*FIRST, "bound"), bound)).findings
    assert all(one.passed for one in found if one.name == "proof")


def test_more_objectives_than_the_scenario_has_are_refused() -> None:
    one = {**LINEAR, "objective": {"maximize": "weighted outcomes"}}
    verification = forged(one, (("proof", "stages"), [{}, {}]), (("objective", "stages"), [ENTRY, ENTRY]))
    assert "the document proves 2 of its 2 objectives, and the scenario has 1" in str(verification)


def test_prices_that_a_search_found_on_its_way_are_not_needed() -> None:
    """Written or left out, of later objectives over integer decisions nothing is claimed of them."""
    assert forged(INTEGER, (("proof", "stages", 1), {"value of maximize weighted outcomes[]": 0.5})).accepted
    scenario = Scenario.from_document(INTEGER)
    assert json.loads(bo.solve(scenario).to_json())["proof"]["stages"] == [None, None]


@pytest.mark.parametrize(("share", "accepted"), [(1e-10, True), (2e-9, True), (5e-9, False), (1e-6, False)])
def test_how_exactly_the_point_of_integer_decisions_reaches_the_value(share: float, accepted: bool) -> None:
    path = (*FIRST, "value")
    found = [one.name for one in forged(ALONE, (path, 380 * (1 + share))).findings if not one.passed]
    assert ("proof" not in found) is accepted


WHOLE = {**ALONE, "round_to": 20}
UNIT = ("proof", "decisions", "rounded_to"), ("objective", "rounded_to")


@pytest.mark.parametrize(
    ("document", "unit", "accepted"),
    [
        (LINEAR, 0.01, True),
        (LINEAR, 1, False),
        (LINEAR, 0.005, False),
        (LINEAR, 1e-11, False),
        (LINEAR, 5e-324, False),
        (WHOLE, 20, True),
        (WHOLE, 40, False),
        (WHOLE, 10, False),
        (WHOLE, 2, True),
    ],
)
def test_what_amounts_are_rounded_to_is_checked(document: dict[str, Any], unit: float, accepted: bool) -> None:
    """Of 100 dollars, 51 go to b where cents are asked for, and 40 where multiples of 20 are: those of 2, too."""
    verification = forged(document, *((path, unit) for path in UNIT))
    assert verification.accepted is accepted, str(verification)
    if not accepted:
        words = f"no amounts are multiples of {unit:g}" if unit < 1e-100 else f"are not rounded to {unit:g}"
        assert any(words in finding.text for finding in verification.findings)
    told = [note.text for note in verification.notes if note.name == "rounding"]
    words = "that no multiples of 20 keep every limit is the file's word: it has 2"
    assert told == ([words] if unit == 2 else [])


def test_packages_without_a_name_are_called_by_their_place_and_never_like_another() -> None:
    packages = [{"name": "package 2", "cost": 1}, {"cost": 1}, {"name": "last", "cost": 1}]
    scenario = Scenario.from_document(document_of({"a": {"packages": packages}, "b": {"packages": [{"cost": 1}]}}))
    assert package_names(scenario) == ["package 2", "package 2'", "last", "package 1"]


# 8 cases take 8 doctors, of whom there are 5 and 6: nurses stand in for 3 and 2
CARE = document_of(
    {
        "clinic": {
            "service": {"unit": "cases", "unit_cost": 1, "up_to": 8},
            "uses": {"doctors": {"per_unit": 1}},
            "outcomes": {"good": {"per_unit": 1}},
        }
    },
    periods=("FY1", "FY2"),
    resources={
        "doctors": {"capacity": {"FY1": 5, "FY2": 6}, "stand_in": {"nurses": {"per_unit": 2}}},
        "nurses": {"capacity": 9},
    },
)  # fmt: skip
STOOD_IN = ("proof", "decisions", "stand_ins")


def test_what_stands_in_is_a_decision_of_the_proof() -> None:
    plan = bo.solve(Scenario.from_document(CARE))
    assert plan.stand_ins.tolist() == [pytest.approx([3, 2])]
    said = written_first(plan)["proof"]["decisions"]["stand_ins"]
    assert said == {"doctors": {"nurses": {"FY1": pytest.approx(3), "FY2": pytest.approx(2)}}}
    assert forged(CARE).accepted
    missing = {"doctors": {"nurses": {"FY1": 3.0}}}
    assert not forged(CARE, (STOOD_IN, missing)).accepted


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"nurses": {"doctors": {"FY1": 1.0}}}, "name the stand-in 'doctors for nurses'"),
        ({"doctors": {"nurses": {"FY3": 1.0}}}, "name the period 'FY3'"),
    ],
)
def test_what_cannot_stand_in_is_told_of(said: dict[str, Any], words: str) -> None:
    verification = forged(CARE, (STOOD_IN, said))
    assert not verification.accepted
    assert words in str(verification)


def test_what_a_plan_in_whole_thousands_pays_for_packages_is_in_cents() -> None:
    package = {"packages": [{"name": "all", "cost": 2_345.67, "outcomes": {"good": 9e6}}]}
    assert forged({**document_of({"a": package, "b": rated(1)}, 10_000), "round_to": 1_000}).accepted
