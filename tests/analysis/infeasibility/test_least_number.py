"""The least change of a share that is enough by itself, from one that is too large, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis import Amendment, Repair
from budgetopt.analysis.infeasibility.least_number import (
    _is_certain,
    _moves_less,
    _to_the_last_digit,
    with_least_number,
)
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

TWO = LATER[:2]


def rated(**more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": 1}}, **more}


def least(amount: Any) -> dict[str, Any]:
    return {"spending": {"at_least": amount}}


def town(a: dict[str, Any], b: dict[str, Any], rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a scenario of two programs, 100 dollars a year, and a rule on the first or on both."""
    return document_of({"a": rated(**a), "b": rated(**b)}, rules=[{"name": "k", **rule}], **more)


def of_total(**number: Any) -> dict[str, Any]:
    return {"sum": "spending", "where": {"program": "a"}, "of": "total spending", **number}


def share(number: Any) -> Any:
    return {key: Share(one) for key, one in number.items()} if isinstance(number, dict) else Share(number)


def repair_of(scenario: Scenario, key: str, after: Any) -> Repair:
    """Return the repair that writes a number of the rule."""
    limit = next(limit for limit in scenario.limits.shared if limit.name == "k")
    number = next(number for number in limit.numbers if number.key == key)
    before = {period: number.value[period] for period in after} if isinstance(after, dict) else number.value
    return Repair(1.0, (Amendment(limit, limit.address_of(number), before, after),))


TO_SIXTY = {"spending": {"at_most": {"FY1": 40}, "at_least": {"FY2": 60}}}
TO_FORTY = {"spending": {"at_least": {"FY1": 60}, "at_most": {"FY2": 40}}}
CASES: dict[str, tuple[dict[str, Any], str, Any, Any]] = {
    # of 100 dollars b takes 80
    "a floor": (town({}, least(80), of_total(at_least="50%")), "at_least", 0.1, 0.2),
    "a cap": (town(least(40), {}, of_total(at_most="20%")), "at_most", 0.9, 0.4),
    "beside a number on the other side": (
        town(least(40), {}, of_total(at_least="5%", at_most="20%")), "at_most", 0.9, 0.4,
    ),
    "a floor of each year": (
        town({}, least({"FY1": 80, "FY2": 70}), of_total(at_least={"FY1": "50%", "FY2": "60%"}), periods=TWO),
        "at_least", {"FY1": 0.1, "FY2": 0.05}, {"FY1": 0.2, "FY2": 0.3},
    ),
    "a cap of each year beside a floor": (
        town(
            least({"FY1": 40, "FY2": 50}), {},
            of_total(at_least="5%", at_most={"FY1": "20%", "FY2": "30%"}), periods=TWO,
        ),
        "at_most", {"FY1": 0.9, "FY2": 0.95}, {"FY1": 0.4, "FY2": 0.5},
    ),
    # the first year is as the rule asks for
    "a floor of one year": (
        town({}, least({"FY1": 40, "FY2": 70}), of_total(at_least={"FY1": "50%", "FY2": "60%"}), periods=TWO),
        "at_least", {"FY2": 0.05}, {"FY2": 0.3},
    ),
    "one floor of two years": (
        town({}, least({"FY1": 80, "FY2": 70}), of_total(at_least="50%"), periods=TWO), "at_least", 0.1, 0.2,
    ),
    "one cap of two years": (
        town(least({"FY1": 40, "FY2": 70}), {}, of_total(at_most="20%"), periods=TWO), "at_most", 0.9, 0.7,
    ),
    # what a rule without any number asks for is enough as well
    "a floor of nothing": (town({}, least(80), of_total(at_least="50%")), "at_least", 0.0, 0.2),
    # 18 dollars are 62 less than 80
    "how far a group may stay below another": (
        town(
            {"department": "X", "spending": {"at_most": 18}},
            {"department": "Y", **least(80)},
            {"sum": "spending", "by": "department", "parity": "10%"},
        ),
        "parity", 0.9, 0.775,
    ),
    "how far each group may stay below another in two years": (
        town(
            {"department": "X", "spending": {"at_most": {"FY1": 18, "FY2": 16}}},
            {"department": "Y", **least(80)},
            {"sum": "spending", "by": "department", "parity": "10%"},
            periods=TWO,
        ),
        "parity", 0.9, 0.8,
    ),
    # from 40 dollars to 60, and back
    "a rise from the year before": (
        town(TO_SIXTY, {}, {"change": {"increase_at_most": "10%", "from": "previous"}}, periods=TWO),
        "change.increase_at_most", 0.9, 0.5,
    ),
    "a fall from the year before": (
        town(TO_FORTY, {}, {"change": {"decrease_at_most": "10%", "from": "previous"}}, periods=TWO),
        "change.decrease_at_most", 0.9, 1 / 3,
    ),
    "a move from the year before": (
        town(TO_SIXTY, {}, {"change": {"at_most": "10%", "from": "previous"}}, periods=TWO),
        "change.at_most", 0.9, 0.5,
    ),
    "a move back from the year before": (
        town(TO_FORTY, {}, {"change": {"at_most": "10%", "from": "previous"}}, periods=TWO),
        "change.at_most", 0.9, 1 / 3,
    ),
    # b takes 60 of 100 dollars
    "a floor of each group": (
        town(
            {"department": "X"}, {"department": "Y", **least(60)},
            {"sum": "spending", "by": "department", "each_at_least": "50%", "of": "total spending"},
        ),
        "each_at_least", 0.1, 0.4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_least_number(name: str) -> None:
    document, key, coarse, expected = CASES[name]
    scenario = Scenario.from_document(document)
    repair = with_least_number(scenario, repair_of(scenario, key, share(coarse)))
    (item,) = repair.amendments
    assert item.after == pytest.approx(expected, abs=1e-6)
    assert (item.limit.name, item.path) == ("k", f"rules[k].{key}")
    assert bo.solve(repair.apply(scenario)).proved


@pytest.mark.parametrize(
    ("document", "key", "coarse"),
    [
        # what is the least is left as it is, and so is what is no share or says exactly how much
        (town({}, least(80), of_total(at_least="50%")), "at_least", Share(0.2)),
        (town({}, least(80), of_total(equals="50%")), "equals", Share(0.1)),
        (town({}, least(80), {"sum": "spending", "where": {"program": "a"}, "at_least": 50}), "at_least", 10.0),
    ],
)
def test_what_is_left_as_it_is(document: dict[str, Any], key: str, coarse: Any) -> None:
    scenario = Scenario.from_document(document)
    repair = repair_of(scenario, key, coarse)
    assert with_least_number(scenario, repair) is repair


def test_a_repair_of_two_numbers_is_left_as_it_is() -> None:
    scenario = Scenario.from_document(town({}, least(80), of_total(at_least="50%")))
    one = repair_of(scenario, "at_least", Share(0.1))
    two = replace(one, amendments=one.amendments * 2)
    assert with_least_number(scenario, two) is two


@pytest.mark.parametrize(
    ("name", "coarse", "expected"),
    [
        ("a floor", 0.1, 0.2),
        ("a cap", 0.9, 0.4),
        ("a cap", 0.400001, 0.4),
        ("a cap", 0.400002, 0.4),
        ("a cap", 0.4, 0.4),
    ],
)
def test_halvings_find_the_last_digit(name: str, coarse: float, expected: float) -> None:
    document, key, _, _ = CASES[name]
    scenario = Scenario.from_document(document)
    repair = repair_of(scenario, key, Share(coarse))
    (item,) = _to_the_last_digit(scenario, repair, repair.amendments[0]).amendments
    assert item.after == expected


def test_the_least_number_of_which_no_plan_is_certain_is_a_step_looser(monkeypatch: pytest.MonkeyPatch) -> None:
    document, key, _, _ = CASES["a cap"]
    scenario = Scenario.from_document(document)
    repair = repair_of(scenario, key, Share(0.9))
    monkeypatch.setattr("budgetopt.analysis.infeasibility.least_number._is_certain", lambda *_: False)
    (item,) = _to_the_last_digit(scenario, repair, repair.amendments[0]).amendments
    assert item.after == 0.400001


def test_a_repair_with_a_plan_is_certain() -> None:
    document, key, _, _ = CASES["a cap"]
    scenario = Scenario.from_document(document)
    assert _is_certain(scenario, repair_of(scenario, key, Share(0.4)))


@pytest.mark.parametrize(
    ("before", "first", "second", "less"),
    [(10, 4, 7, True), (10, 7, 4, False), (10, 7, 7, False), ({"a": 3, "b": 4}, {"a": 1}, {"b": 5}, True)],
)
def test_the_change_that_moves_a_number_less_far(before: Any, first: Any, second: Any, less: bool) -> None:
    limit: Any = None
    one, other = (Amendment(limit, "x", before, after) for after in (first, second))
    assert _moves_less(one, other) is less
