"""Ranges of weights, groups and the compromise: worked out by hand, and checked by solving again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis.weighting.compromise import compromise
from budgetopt.analysis.weighting.group_weights import agreement_of
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.formulation import LinearProgram
from budgetopt.report.words.weights_words import weights_lines
from budgetopt.solvers import SolverResult, solve_linear_program

TOWN: dict[str, Any] = {
    "name": "Homes and visits",
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"homes": {"weight": 3, "unit": "homes"}, "visits": {"weight": 1, "unit": "visits"}},
    "programs": {
        "housing": {"outcomes": {"homes": {"curve": [[0, 0], [400, 80], [1000, 140]]}}},
        "library": {"outcomes": {"visits": {"curve": [[0, 0], [500, 250], [1000, 400]]}}},
    },
}
# a dollar: housing 0.2 homes up to 400, then 0.1; library 0.5 visits up to 500, then 0.3
# at weights 3 and 1: housing 0.6 and 0.3, library 0.5 and 0.3: the plan is 400 and 600, or any split of the last 100


def town(**more: Any) -> bo.Scenario:
    return bo.Scenario.from_document({**TOWN, **more})


def ranges(found: bo.Weights) -> dict[str, tuple[float, float]]:
    rows = found.ranges[["outcome", "from", "to"]].to_numpy().tolist()
    return {name: (round(low, 6), round(high, 6)) for name, low, high in rows}


def test_a_range_ends_where_another_dollar_is_worth_more() -> None:
    found = bo.weights(town().with_(("outcomes.homes.weight", 2)))
    # at 2: housing 0.4 and 0.2, library 0.5 and 0.3; 400 and 600. Below 1.5 housing's first dollars are worth under 0.3
    assert ranges(found) == {"homes": (1.5, 3), "visits": (round(2 / 3, 6), round(2 / 1.5, 6))}
    moves = found.moves.query("outcome == 'homes'")[["side", "program", "change"]].to_numpy().tolist()
    assert moves == [
        ["below", "housing", -400],
        ["below", "library", 400],
        ["above", "housing", 100],
        ["above", "library", -100],
    ]


def test_at_a_tie_the_range_of_the_plan_ends_at_the_weight_itself() -> None:
    found = bo.weights(town())
    low, high = ranges(found)["homes"]
    spent = found.plan.programs["spending"].to_dict()
    assert 3 in (low, high)
    assert (low, high) == ((3, 5) if spent["housing"] == 500 else (1.5, 3))


def test_an_outcome_without_a_weight_has_the_range_up_to_where_it_counts() -> None:
    found = bo.weights(town(outcomes={**TOWN["outcomes"], "visits": {"unit": "visits"}}))
    # all money is housing's, whose last dollar is worth 0.3: the library's first is worth more from a weight of 0.6
    assert ranges(found) == {"homes": (0, np.inf), "visits": (0, 0.6)}


def test_all_or_nothing_decisions_have_exact_ranges_too() -> None:
    build = {"cost": 600, "name": "build"}
    programs = {
        "housing": {"packages": [{**build, "outcomes": {"homes": 90}}]},
        "library": {"packages": [{**build, "outcomes": {"visits": 200}}]},
    }
    found = bo.weights(town(programs=programs))
    assert ranges(found) == {"homes": (round(200 / 90, 6), np.inf), "visits": (0, 1.35)}


def test_an_outcome_of_which_less_is_better() -> None:
    outcomes = {**TOWN["outcomes"], "repairs": {"weight": 1, "direction": "decrease"}}
    roads = {"outcomes": {"repairs": {"curve": [[0, 900], [400, 500], [1000, 440]]}}}
    found = bo.weights(town(outcomes=outcomes, programs={**TOWN["programs"], "roads": roads}))
    # roads: 1 repair spared a dollar up to 400, then 0.1: 400, and the other 600 as before: 0.6 and 0.5
    # 400 to roads, and of the other 600 all go where a dollar is worth 0.5 or 0.6; below 0.5 the library is worth more
    assert ranges(found)["repairs"] == (0.5, 5)


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_inside_its_range_a_plan_is_best_and_outside_it_is_not(data: st.DataObject) -> None:
    numbers = st.integers(1, 9)
    programs = {
        name: {
            "spending": {"at_most": data.draw(st.integers(2, 12))},
            "outcomes": {"homes": {"per_dollar": data.draw(numbers)}, "visits": {"per_dollar": data.draw(numbers)}},
        }
        for name in "abc"
    }
    weights = {"homes": data.draw(numbers), "visits": data.draw(numbers)}
    outcomes = {name: {"weight": weight} for name, weight in weights.items()}
    scenario = town(programs=programs, outcomes=outcomes, funds={"general": {"revenue": 20}})
    found = bo.weights(scenario)
    levels = found.plan.outcomes["level"].to_dict()
    other = levels["visits"] * weights["visits"]
    low, high = ranges(found)["homes"]
    places = [(low + min(high, 4 * low + 9)) / 2, low, min(high, 50), low * 0.99 - 0.01, high * 1.01 + 0.01]
    for at, place in enumerate(places):
        if not 0 <= place < 1e3:
            continue
        best = bo.solve(scenario.with_(("outcomes.homes.weight", place))).objective_value
        lost = best - (levels["homes"] * place + other)
        assert lost == pytest.approx(0, abs=1e-4) if at < 3 else lost > 1e-6


def answers(**more: Any) -> pd.DataFrame:
    return pd.DataFrame({"group": ["a", "a", "b"], "homes": [3, 1, 0], "visits": [1, 3, 4], **more})


def test_groups_have_the_mean_of_their_points_and_plans_of_their_own() -> None:
    found = bo.weights(town(), answers(population=[10, 10, 30]))
    # a: (1.5, 0.5) and (0.5, 1.5) average to 1 and 1; b: 0 and 2
    assert found.group_weights[["a", "b", "by population"]].to_numpy().tolist() == [[3, 0, 0.75], [1, 2, 1.75]]
    assert found.groups[["group", "respondents", "complete", "population"]].to_numpy().tolist() == [
        ["a", 2, 2, 10],
        ["b", 1, 1, 30],
    ]
    assert found.groups["agreement"].iloc[0] == 0
    assert found.spending.loc["housing", "b"] == 0
    # by their weights all money in the library is worth 800 to b; the scenario's plan brings it 280 or 250 visits
    visits = found.plans["the scenario"].outcomes["level"]["visits"]
    assert found.regrets.loc["the scenario", "b"] == pytest.approx(1 - visits / 400)
    assert found.regrets.loc["b", "b"] == pytest.approx(0, abs=1e-9)


def test_the_compromise_loses_least_where_it_loses_most() -> None:
    found = bo.weights(town(), answers())
    between = found.compromise
    assert between is not None
    best = [found.plans[name].objective_value for name in ("a", "b")]

    def lost(housing: float) -> float:
        homes = min(housing, 400) * 0.2 + max(housing - 400, 0) * 0.1
        rest = 1000 - housing
        visits = min(rest, 500) * 0.5 + max(rest - 500, 0) * 0.3
        return max(1 - (3 * homes + visits) / best[0], 1 - 2 * visits / best[1])

    assert between.largest_regret == pytest.approx(min(lost(share) for share in np.linspace(0, 1000, 2001)), abs=2e-4)
    assert between.proved
    assert found.regrets.loc["compromise", "largest"] == pytest.approx(between.largest_regret)
    assert found.regrets["largest"].min() == pytest.approx(between.largest_regret)
    # a plan as every other: in cents, which cost no more than two of them, and audited
    assert between.rounded_to == 0.01
    assert between.audit.accepted
    assert np.array_equal(between.spending, between.spending.round(2))
    assert between.spending.sum() == 1000
    assert 0 <= between.gap < 0.02 * 2 / min(best)
    assert between.certificate.passed
    # by its weights the compromise is as good as the best plan
    mixed = town().with_(*((f"outcomes.{name}.weight", weight) for name, weight in between.weights.items()))
    worth = sum(weight * level for weight, level in zip(between.weights.values(), between.levels, strict=True))
    assert worth == pytest.approx(bo.solve(mixed).objective_value, rel=1e-6)


def test_a_compromise_that_nothing_proves_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def unproved(problem: LinearProgram) -> SolverResult:
        return replace(solve_linear_program(problem), certificate=None)

    monkeypatch.setattr("budgetopt.analysis.weighting.compromise.solve_linear_program", unproved)
    groups = [{"homes": 3.0, "visits": 1.0}, {"homes": 0.0, "visits": 2.0}]
    with pytest.raises(bo.InfeasibleError, match="no compromise was found"):
        compromise(town(), groups, best=[540.0, 800.0], population=[1.0, 1.0])


def test_the_compromise_is_rounded_as_the_scenario_says_and_its_gap_is_told() -> None:
    found = bo.weights(town(round_to=50), answers())
    between = found.compromise
    assert between is not None
    assert (between.spending % 50 == 0).all()
    # the best split between the two is no multiple of 50 dollars
    assert between.gap > 1e-3
    assert between.largest_regret == pytest.approx(found.regrets.loc["compromise", "largest"])
    assert "no plan can have less than 13.04%" in " ".join(weights_lines(found))


def test_worths_take_the_place_of_weights() -> None:
    found = bo.weights(town(), answers(), answers_are="worth")
    assert found.group_weights[["a", "b"]].to_numpy().tolist() == [[2, 0], [2, 4]]


def test_blank_cells_and_columns_left_out_leave_weights_as_they_are() -> None:
    outcomes = {**TOWN["outcomes"], "books": {"weight": 7, "name": "Books lent"}}
    table = pd.DataFrame({"respondent": [1, 2], "Books lent": [2, None], "visits": [None, 4], "homes": [1, 4]})
    found = bo.weights(town(outcomes=outcomes), table)
    # the first: 4/3 and 2/3 of books and homes; the second: 1 and 1 of visits and homes
    assert found.group_weights["everyone"].to_numpy() == pytest.approx([3 * (2 / 3 + 1) / 2, 1, 7 * 4 / 3])
    assert found.groups["complete"].iloc[0] == 0
    assert found.compromise is None


def test_how_far_rankings_agree() -> None:
    # Siegel, Nonparametric Statistics (1956): three interviewers rank six applicants, W = .16
    ranks = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]
    assert agreement_of(np.array(ranks, dtype=float)) == pytest.approx(306 / 1890)
    assert agreement_of(np.array([[1.0, 2, 3], [10, 20, 30]])) == 1
    assert agreement_of(np.array([[1.0, 2, 3], [3, 2, 1]])) == 0
    # ties: ranks 1.5 1.5 3 and 1 2 3; sums 2.5 3.5 6; 12 * 6.5 / (4 * 24 - 2 * 6)
    assert agreement_of(np.array([[1.0, 1, 2], [1, 2, 3]])) == pytest.approx(78 / 84)
    assert np.isnan(agreement_of(np.array([[1.0, 2]])))
    assert np.isnan(agreement_of(np.array([[1.0, 1], [2, 2]])))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"homs": [1], "visits": [1]}, "did you mean 'homes'"),
        ({"homes": ["many"], "visits": [1]}, "many"),
        ({"homes": [-1], "visits": [1]}, "-1"),
        ({"homes": [1]}, "two at least"),
        ({"homes": [None], "visits": [None]}, "nobody answered"),
        ({"homes": [1, 1], "visits": [1, 1], "group": ["a", "a"], "population": [5, 6]}, "is 6 here and 5 above"),
        ({"homes": [1, 1], "visits": [1, 1], "group": ["a", "b"], "population": [5, None]}, "population of 'b'"),
    ],
)
def test_a_table_that_cannot_be_is_refused(table: dict[str, list[Any]], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        bo.weights(town(), pd.DataFrame(table))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(OptionError, match="does not depend on weights"):
        bo.weights(town(objective={"minimize": "spending"}))
    with pytest.raises(OptionError, match="no weight that points could multiply"):
        bo.weights(town(outcomes={**TOWN["outcomes"], "visits": {}}), answers())
    with pytest.raises(OptionError, match="gives no points at all"):
        bo.weights(town(), pd.DataFrame({"homes": [0, 1], "visits": [0, 1]}))
    with pytest.raises(OptionError, match="points or worth"):
        bo.weights(town(), answers(), answers_are="votes")


def test_a_notebook_shows_ranges_and_groups() -> None:
    shown = bo.weights(town(), answers())._repr_html_()
    assert "Weights over which the plan stays" in shown
    assert "Regret" in shown
