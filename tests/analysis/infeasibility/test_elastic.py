"""A problem whose limits may be relaxed, column by column, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.infeasibility.elastic import elastic, money_of, with_slacks
from budgetopt.formulation import formulate
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import solve_linear_program
from language.small import LATER, document_of


def rated(**more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": 1}}, **more}


def every(limit: Limit) -> bool:
    return limit.is_demand


def test_added_columns_relax_rows_and_alone_have_a_cost() -> None:
    document = document_of({"a": rated(), "b": rated()}, rules=[{"name": "k", "sum": "spending", "at_most": 50}])
    problem = formulate(Scenario.from_document(document)).linear_program
    entries = (np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1.0, -1.0, 2.0]))
    wider = with_slacks(problem, *entries, np.array([3.0, 5.0]))
    count = problem.columns
    dense = np.zeros((wider.rows, wider.columns))
    dense[wider.matrix.index, wider.matrix.column_of_entry()] = wider.matrix.value
    assert wider.rows == problem.rows
    assert dense[:2, count:].tolist() == [[1, -1], [0, 2]]
    assert not dense[2:, count:].any()
    assert wider.lower.tolist() == [*problem.lower, 0, 0]
    assert wider.upper.tolist() == [*problem.upper, np.inf, np.inf]
    assert not wider.integer.any()
    (stage,) = wider.stages
    assert (stage.cost.tolist(), stage.maximize) == ([0] * count + [3, 5], False)
    (block,) = wider.column_labels.of_kind("relaxed")
    assert block.positions.tolist() == [count, count + 1]
    assert block.keys["slack"].tolist() == [0, 1]
    assert wider.tie_break is None


def relaxed(document: dict[str, Any]) -> list[tuple[str, int, bool, float, float]]:
    """Return what each added column relaxes: limit, period, side, units and size."""
    scenario = Scenario.from_document(document)
    found = elastic(scenario, every)
    names = [f"{scenario.limits[at].kind} {scenario.limits[at].name}" for at in found.limit.tolist()]
    columns = (found.period.tolist(), found.is_floor.tolist(), found.units.tolist(), found.size.tolist())
    assert found.column.tolist() == list(range(found.problem.columns - len(names), found.problem.columns))
    # every row has a label, those of the programs' own limits too
    assert sum(len(block) for block in found.problem.row_labels.blocks) == found.problem.rows
    return sorted(zip(names, *columns, strict=True))


def of_a(**words: Any) -> list[dict[str, Any]]:
    return [{"name": "k", "sum": "spending", "where": {"program": "a"}, **words}]


CAPPED = document_of(
    {"a": rated(spending={"at_least": 70}), "b": rated(spending={"at_most": 9})}, rules=of_a(at_most=50)
)
YEARS = LATER[:2]
CASES: dict[str, tuple[dict[str, Any], list[tuple[str, int, bool, float, float]]]] = {
    "a floor, a ceiling and a cap": (
        CAPPED, [("ceiling b", 0, False, 1, 9), ("floor a", 0, True, 1, 70), ("rule k", 0, False, 1, 50)],
    ),
    # one number for two years, 5 dollars in each
    "one number": (
        document_of({"a": rated(), "b": rated()}, 90, YEARS, rules=of_a(at_most=5)), [("rule k", -1, False, 2, 10)],
    ),
    # a percentage point is 1 dollar in the first year, and 1.50 in the second
    "one share of two baselines": (
        document_of({"a": rated(baseline={"FY1": 100, "FY2": 150}), "b": rated()}, 90, YEARS,
                    rules=of_a(at_least="20%", of="baseline")),
        [("rule k", -1, True, 250, 50)],
    ),
    "one share of little": (
        document_of({"a": rated(baseline={"FY1": 2, "FY2": 3}), "b": rated()}, 90, YEARS,
                    rules=of_a(at_least="20%", of="baseline")),
        [("rule k", -1, True, 5, 1)],
    ),
    # what a program needs to be funded is no limit that is relaxed
    "a floor beside a fixed cost": (
        document_of({"a": rated(spending={"at_least": 15}, if_funded={"fixed_cost": 20}), "b": rated()}),
        [("floor a", 0, True, 1, 15)],
    ),
    # the most units are what there is, unless they may be changed
    "a ceiling above what can be served": (
        document_of({"a": {"service": {"unit": "beds", "unit_cost": 2, "up_to": 5}, "spending": {"at_most": 50},
                           "outcomes": {"good": {"per_unit": 1}}}, "b": rated()}),
        [("ceiling a", 0, False, 1, 50)],
    ),
    "the most that can be served": (
        document_of({"a": {"service": {"unit": "beds", "unit_cost": 2, "up_to": 5, "negotiable": True},
                           "spending": {"at_most": 50}, "outcomes": {"good": {"per_unit": 1}}}, "b": rated()}),
        [("most units a", 0, False, 1, 10)],
    ),
    "what is no number": (
        document_of({"a": rated(if_funded={"at_least": 5}), "b": rated(if_funded={"at_least": 5})},
                    rules=[{"name": "not both", "excludes": ["a", "b"]}, *of_a(at_most=9)]),
        [("rule k", 0, False, 1, 9)],
    ),
    # of nothing it says nothing: each year by itself
    "one share of a baseline that one year has": (
        document_of({"a": rated(baseline={"FY1": 100, "FY2": 0}), "b": rated()}, 90, YEARS,
                    rules=of_a(at_most="20%", of="baseline")),
        [("rule k", 0, False, 1, 20), ("rule k", 1, False, 1, 180)],
    ),
    # 20% of all spending: each side of the row is relaxed by dollars
    "a share of what is decided": (
        document_of({"a": rated(), "b": rated()}, 90, rules=of_a(at_least="20%", of="total spending")),
        [("rule k", 0, True, 1, 90)],
    ),
    "what is to be spent on one": (
        document_of({"a": rated(), "b": rated()}, 90, rules=of_a(equals=30)),
        [("rule k", 0, False, 1, 30), ("rule k", 0, True, 1, 30)],
    ),
    "how much more and less a year": (
        document_of({"a": rated(baseline=40), "b": rated(baseline=0)}, 90,
                    rules=[{"name": "s", "change": {"increase_at_most": "50%", "decrease_at_most": "25%"}}]),
        [("rule s", -1, False, 40, 40), ("rule s", -1, True, 40, 40)],
    ),
    "staff and a target": (
        document_of({"a": rated(), "b": rated()}, 90, resources={"staff": {"capacity": 3}},
                    outcomes={"good": {"weight": 1, "target": {"at_least": 7}}}),
        [("resource staff", 0, False, 1, 3), ("target good", 0, True, 1, 7)],
    ),
    "a number of each year": (
        document_of({"a": rated(), "b": rated()}, 90, YEARS, rules=of_a(at_least={"FY1": 5, "FY2": 7})),
        [("rule k", 0, True, 1, 5), ("rule k", 1, True, 1, 7)],
    ),
    # baselines of 60 dollars in both years
    "how far programs may move": (
        document_of({"a": rated(baseline=40), "b": rated(baseline=20)}, 90, YEARS,
                    rules=[{"name": "s", "change": {"at_most": "10%"}}]),
        [("rule s", -1, False, 120, 120), ("rule s", -1, True, 120, 120)],
    ),
    # 35 beds at 2 dollars, and 10 for opening
    "a floor in units": (
        document_of({"a": {"service": {"unit": "beds", "unit_cost": 2, "at_least": 35},
                           "if_funded": {"fixed_cost": 10}, "outcomes": {"good": {"per_unit": 1}}}, "b": rated()}),
        [("floor a", 0, True, 1, 80)],
    ),
    # a limit of nothing is measured by all of the money
    "a cap of nothing": (
        document_of({"a": rated(), "b": rated()}, rules=of_a(at_most=0)), [("rule k", 0, False, 1, 100)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_each_column_relaxes(name: str) -> None:
    document, expected = CASES[name]
    assert relaxed(document) == expected


def test_the_sum_of_what_is_relaxed_is_the_least_there_is() -> None:
    # the floor of 70 dollars and the cap of 50 are 20 apart
    found = elastic(Scenario.from_document(CAPPED), every)
    assert solve_linear_program(found.problem).solution.objective == pytest.approx(20)


def test_what_a_unit_counts() -> None:
    found = elastic(Scenario.from_document(CAPPED), every)
    found = replace(found, units=np.array([2.0, 3.0]), size=np.array([4.0, 6.0]))
    # what is in dollars counts as it is; of the other, half is half of the money
    assert found.counts(np.array([True, False]), 100.0).tolist() == [2, 50]


def test_the_money_of_all_funds_and_periods() -> None:
    funds = {"other": {"revenue": 5, "carryover": False}}
    scenario = Scenario.from_document(document_of({"a": rated()}, {"FY1": 10, "FY2": 20}, YEARS, funds=funds))
    assert money_of(scenario) == 40
    assert money_of(Scenario.from_document(document_of({"a": rated()}, 0.5))) == 1
