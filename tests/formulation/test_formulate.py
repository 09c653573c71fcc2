"""The linear program of a scenario: its shape, its labels, its binaries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.formulation import formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import solve_linear_program
from budgetopt.synthetic import city
from language.small import document_of

CONCAVE = [[0, 0], [10, 30], [30, 50]]
CONVEX = [[0, 0], [10, 10], [30, 50]]


def formulated(**parts):
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"saved": {"weight": 2, "unit": "lives"}},
        "programs": {"a": {"outcomes": {"saved": {"curve": CONCAVE}}}},
        **parts,
    }
    return formulate(Scenario.from_document(document))


def rows(formulation):
    return formulation.linear_program.row_labels.all_names()


def columns(formulation):
    return formulation.linear_program.column_labels.all_names()


def test_a_program_of_one_fund_has_a_column_a_segment_and_no_row():
    formulation = formulated()
    assert columns(formulation) == [
        "segment[a,general,budget,0]",
        "segment[a,general,budget,1]",
        "segment[a,general,budget,2]",
        "closing balance[general,budget]",
    ]
    assert rows(formulation) == ["fund balance[general,budget]"]
    problem = formulation.linear_program
    assert problem.matrix.dense().tolist() == [[1, 1, 1, 1]]
    assert problem.upper.tolist() == [10, 20, np.inf, np.inf]
    assert problem.row_lower.tolist() == problem.row_upper.tolist() == [100]
    assert problem.stages[0].cost.tolist() == [6, 2, 0, 0]
    assert problem.stages[0].maximize


def test_a_program_of_several_funds_and_one_segment_has_a_column_a_fund_and_no_link():
    formulation = formulated(
        funds={"general": {"revenue": 100}, "grant": {"revenue": 5}},
        programs={"a": {"outcomes": {"saved": {"per_dollar": 3}}}},
    )
    assert columns(formulation)[:2] == ["spending[a,general,budget]", "spending[a,grant,budget]"]
    assert not any(name.startswith(("link", "program limits")) for name in rows(formulation))
    limited = formulated(
        funds={"general": {"revenue": 100}, "grant": {"revenue": 5}},
        programs={"a": {"spending": {"at_most": 9}, "outcomes": {"saved": {"per_dollar": 3}}}},
    )
    assert rows(limited)[0] == "program limits[a,budget]"


def test_only_several_funds_and_several_segments_are_linked():
    formulation = formulated(
        funds={"general": {"revenue": 100}, "grant": {"revenue": 5}},
        programs={
            "a": {"outcomes": {"saved": {"curve": CONCAVE}}},
            "b": {"funds": ["grant"], "outcomes": {"saved": {"curve": CONCAVE}}},
        },
    )
    assert [name for name in rows(formulation) if name.startswith("link")] == ["link[a,budget]"]


def test_floors_and_ceilings_are_limits_of_the_segments():
    problem = formulated(
        programs={"a": {"spending": {"at_least": 4, "at_most": 25}, "outcomes": {"saved": {"curve": CONCAVE}}}}
    ).linear_program
    assert problem.columns == 3
    assert problem.lower.tolist() == [4, 0, 0]
    assert problem.upper.tolist() == [10, 15, np.inf]


def test_a_concave_scenario_has_no_binaries():
    formulation = formulated(
        outcomes={"saved": {"weight": 2}, "late": {"weight": 5, "direction": "decrease"}},
        programs={"a": {"outcomes": {"saved": {"curve": CONCAVE}, "late": {"curve": [[0, 90], [10, 40], [30, 20]]}}}},
        rules=[{"name": "enough", "sum": "outcome saved", "at_least": 10}],
    )
    assert not formulation.linear_program.is_integer


@pytest.mark.parametrize(
    "parts",
    [
        {"programs": {"a": {"outcomes": {"saved": {"curve": CONVEX}}}}},
        {"outcomes": {"saved": {"weight": -2}}},
        {"outcomes": {"saved": {"weight": 2, "direction": "decrease"}}},
        {"outcomes": {"saved": {"weight": 2, "target": {"at_most": 20}}}},
        {"rules": [{"name": "cap", "sum": "outcome saved", "at_most": 20}]},
        {"rules": [{"name": "exact", "sum": "outcome saved", "equals": 20}]},
        {"objective": {"minimize": "saved"}},
    ],
    ids=["convex", "negative weight", "decrease", "target", "ceiling", "equals", "minimize"],
)
def test_a_shape_or_limit_that_rewards_skipping_brings_binaries(parts):
    assert formulated(**parts).linear_program.is_integer


def test_a_limit_from_above_on_a_straight_effect_needs_no_binary():
    formulation = formulated(
        programs={"a": {"outcomes": {"saved": {"per_dollar": 3}}}},
        rules=[{"name": "cap", "sum": "outcome saved", "at_most": 20}],
    )
    assert not formulation.linear_program.is_integer


def test_a_rule_on_other_programs_brings_no_binary():
    formulation = formulated(
        programs={
            "a": {"outcomes": {"saved": {"curve": CONCAVE}}},
            "b": {"tags": ["x"], "outcomes": {"saved": {"per_dollar": 1}}},
        },
        rules=[{"name": "cap", "where": {"tags": "x"}, "sum": "outcome saved", "at_most": 20}],
    )
    assert not formulation.linear_program.is_integer


def test_half_an_open_program_fills_half_of_each_segment():
    """The relaxation of a program that is closed or open is as tight as its segments."""
    doors = {"if_funded": {"at_least": 30}, "outcomes": {"saved": {"curve": CONCAVE}}}
    other = {"spending": {"at_least": 15}, "outcomes": {"saved": {"per_dollar": 0}}}
    formulation = formulated(funds={"general": {"revenue": 30}}, programs={"a": doors, "b": other})
    problem = formulation.linear_program
    assert "open segment[a,budget,0]" in rows(formulation)
    assert "open segment[a,budget,1]" in rows(formulation)
    assert "open segment[a,budget,2]" not in rows(formulation)
    relaxed = replace(problem, integer=np.zeros(problem.columns, bool))
    answer = solve_linear_program(relaxed)
    # half open: half of the first segment and half of the second, 2 * (15 + 10)
    assert answer.solution.objective == pytest.approx(50)
    assert solve_linear_program(problem).solution.objective == pytest.approx(0)


def test_what_an_outcome_is_without_spending_moves_to_the_limit_and_the_offset():
    problem = formulated(
        outcomes={"late": {"weight": 5, "direction": "decrease"}},
        programs={"a": {"outcomes": {"late": {"curve": [[0, 90], [10, 40]]}}}},
        rules=[{"name": "cap", "sum": "outcome late", "at_most": 60}],
    ).linear_program
    assert problem.stages[0].offset == -450
    row = problem.row_labels.all_names().index("rule[cap,budget]")
    assert problem.row_upper[row] == -30


def test_a_share_of_total_spending_moves_to_the_left():
    problem = formulated(
        programs={"a": {"tags": ["x"]}, "b": {}},
        rules=[{"name": "share", "sum": "spending", "where": {"tags": "x"}, "at_least": "25%", "of": "total spending"}],
    ).linear_program
    row = problem.row_labels.all_names().index("rule[share,budget]")
    assert problem.matrix.dense()[row].tolist() == [0.75, -0.25, 0]
    assert (problem.row_lower[row], problem.row_upper[row]) == (0, np.inf)


def test_balances_carry_over_unless_they_lapse():
    def balance(carryover):
        return formulated(
            periods=["one", "two"],
            funds={
                "general": {
                    "revenue": {"one": 5, "two": 7},
                    "one_time": {"two": 1},
                    "opening_balance": 3,
                    "carryover": carryover,
                }
            },
            programs={"a": {}},
        ).linear_program

    carried = balance(True)
    names = carried.column_labels.all_names()
    first, second = (names.index(f"closing balance[general,{period}]") for period in ("one", "two"))
    assert carried.row_lower.tolist() == [8, 8]
    assert carried.matrix.dense()[:, [first, second]].tolist() == [[1, 0], [-1, 1]]
    assert balance(False).matrix.dense()[:, [first, second]].tolist() == [[1, 0], [0, 1]]


def test_labels_name_one_row_like_all_rows():
    labels = formulated(periods=["one", "two"]).linear_program.row_labels
    assert [labels.name(position) for position in range(len(labels))] == labels.all_names()
    with pytest.raises(IndexError):
        labels.name(len(labels))


def test_to_pulp_gives_a_problem_to_extend():
    problem = formulated().to_pulp()
    assert problem.numVariables() == 4
    assert problem.numConstraints() == 1


def test_a_program_of_packages_has_one_row_of_limits_with_all_rows_too():
    scenario = Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}, "other": {"revenue": 10}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {
                "a": {
                    "spending": {"at_least": 40, "at_most": 70},
                    "packages": [
                        {"name": "some", "cost": 40, "outcomes": {"saved": 1}},
                        {"name": "more", "cost": 30, "outcomes": {"saved": 5}},
                    ],
                },
                "b": {"spending": {"at_least": 5}, "outcomes": {"saved": {"per_dollar": 1}}},
            },
        }
    )
    for keep_all in (False, True):
        problem = formulate(scenario, keep_all=keep_all).linear_program
        limits = problem.row_labels.of_kind("program limits")
        rows = np.concatenate([block.positions[block.keys["program"] == 0] for block in limits])
        assert len(rows) == 1
        assert problem.row_lower[rows] == 40
        assert problem.row_upper[rows] == 70
        assert np.isin(rows, problem.matrix.index)
        outcome = solve_linear_program(problem)
        assert outcome.proved
        assert outcome.solution.objective == pytest.approx(1 + 70)


def test_a_free_service_without_its_limit_of_units_has_no_undefined_limits():
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"saved": {"weight": 2}},
        "programs": {
            "a": {"service": {"unit": "visits", "unit_cost": 0, "up_to": 5}, "outcomes": {"saved": {"per_unit": 1}}}
        },
    }
    scenario = Scenario.from_document(document)
    limit = next(limit for limit in scenario.limits if limit.kind == "most units")
    problem = formulate(scenario, suspended=[limit.provision], keep_all=True).linear_program
    assert "program limits[a,budget]" in problem.row_labels.all_names()
    assert not np.isnan(problem.row_upper).any()
    assert np.isinf(problem.upper).any()


@pytest.mark.parametrize("funds", [{}, {"gift": {"revenue": 30}}])
@pytest.mark.parametrize(
    "words",
    [
        # 5% of it as a ceiling, and at most 95% less of it: floating point puts the floor above by 1e-10
        {"baseline": 2_000_000, "spending": {"at_most": "5%"}},
        {"baseline": 2_000_000, "spending": {"at_most": 100_000}},
        {"baseline": 2_000_000, "service": {"unit_cost": 0.7, "up_to": 100_000 / 0.7}},
    ],
)
def test_a_floor_that_is_the_ceiling_is_met_whatever_floating_point_makes_of_both(
    words: dict[str, Any], funds: dict[str, Any]
) -> None:
    rate = {"per_unit": 1} if "service" in words else {"per_dollar": 1}
    rules = [{"name": "Hold", "change": {"decrease_at_most": "95%"}}]
    programs = {"p": {**words, "outcomes": {"good": rate}}}
    plan = bo.solve(Scenario.from_document(document_of(programs, revenue=1e6, funds=funds, rules=rules)))
    assert plan.spending.sum() == pytest.approx(100_000)


@pytest.mark.parametrize(
    "scenario", [city(25, seed=3), city(25, seed=4, features="linear")], ids=["every feature", "linear"]
)
def test_a_rule_has_the_same_row_however_its_terms_are_found(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = []
    for few in (0, len(scenario.programs) + 1):
        monkeypatch.setattr("budgetopt.formulation.rules.rows._FEW", few)
        problems.append(formulate(scenario).linear_program)
    one, other = problems
    assert np.array_equal(one.matrix.dense(), other.matrix.dense())
    assert np.array_equal(one.row_lower, other.row_lower)
    assert np.array_equal(one.row_upper, other.row_upper)


def test_the_rest_of_a_limit_less_a_large_given_outcome_has_the_digits_that_are_written() -> None:
    # 900 are served without any money, and one dollar serves a hundred thousandth more
    document = {
        "funds": {"general": {"revenue": 1000}},
        "outcomes": {"served": {"weight": 1, "target": {"at_least": 900.00001, "at_most": 900.00001}}},
        "programs": {"clinic": {"outcomes": {"served": {"curve": [[0, 900], [100_000, 901]]}}}},
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    assert plan.proved
    assert plan.spending.sum() == pytest.approx(1.0)
    (block,) = plan.formulation.linear_program.row_labels.of_kind("target")
    problem = plan.formulation.linear_program
    assert problem.row_lower[block.positions].tolist() == problem.row_upper[block.positions].tolist() == [1e-5]


def test_a_share_of_all_of_itself_limits_nothing() -> None:
    # a use that follows an outcome and one for each dollar are added in two orders, and rounding leaves a little
    document = {
        "periods": ["FY1", "FY2"],
        "inflation": "25%",
        "funds": {"general": {"revenue": {"FY1": 26_000, "FY2": 6_000}}},
        "resources": {"staff": {"capacity": 6}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "clinic": {
                "outcomes": {"good": {"curve": [[0, 40], [10_000, 70], [12_000, 80]]}},
                "uses": {"staff": {"per_outcome": {"good": 0.05}, "per": 10_000}},
                "if_funded": {"at_least": 3_000},
            },
            "pool": {"outcomes": {"good": {"curve": [[0, 0], [1_000, 9], [3_000, 25], [4_000, 27]]}}},
        },
    }
    share = {"name": "All", "periods": ["FY2"], "sum": "resource staff", "at_most": "100%"}
    ruled = {**document, "rules": [{**share, "of": {"sum": "resource staff"}}]}
    plan = bo.solve(bo.Scenario.from_document(document))
    assert plan.objective_value == pytest.approx(203)
    assert bo.solve(bo.Scenario.from_document(ruled)).objective_value == pytest.approx(203)
