"""Ensembles: each draw against solving its scenario anew, known answers, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.analysis.uncertain import library_or_pool, one_dollar

import budgetopt as bo
from budgetopt.analysis.risk.drawn_problems import DrawAnswer, DrawnProblems, ended, solver_of_draws
from budgetopt.errors import OptionError, OutOfTimeError, ScenarioError, SolverError, UnknownNameError
from budgetopt.solvers import Solution, Termination
from budgetopt.synthetic import city


def solved_anew(scenario: bo.Scenario, visits: dict[str, float]) -> bo.Allocation:
    """Solve a town whose pool, and the rise of whose library, are multiplied."""
    pool = scenario.programs["pool"].outcomes["visits"].per_dollar
    curve = scenario.programs["library"].outcomes["visits"].curve
    assert pool is not None
    assert curve is not None
    points = [[x, curve[0][1] + (y - curve[0][1]) * visits["library"]] for x, y in curve]
    return bo.solve(
        scenario.with_(
            ("programs.pool.outcomes.visits.per_dollar", pool * visits["pool"]),
            ("programs.library.outcomes.visits.curve", points),
        )
    )


def test_each_draw_is_the_best_plan_of_its_scenario() -> None:
    scenario = library_or_pool()
    plan = bo.solve(scenario)
    rows = [{"library": 1.4, "pool": 0.7}, {"library": 0.5, "pool": 1.0}, {"library": 1.0, "pool": 1.6}]
    found = bo.ensemble(plan, given=pd.DataFrame(rows))
    for draw, factors in enumerate(rows):
        again = solved_anew(scenario, factors)
        assert found.draws["best"][draw] == pytest.approx(again.plan_value, rel=1e-9)
    # the plan brings 3 + what its money moves: 11 for 7 dollars of the library, or whatever it chose
    moved = plan.effect_ranges.moved.sum(axis=1)
    names = [str(scenario.programs.ids[row]) for row in plan.effect_ranges.program]
    by_hand = [2 * (3 + sum(f[name] * units for name, units in zip(names, moved, strict=True))) for f in rows]
    np.testing.assert_allclose(found.draws["plan"], by_hand)
    np.testing.assert_allclose(found.draws["regret"], np.subtract(found.draws["best"], by_hand), atol=1e-8)


def test_the_value_of_perfect_information_of_two_normal_effects_is_known() -> None:
    found = bo.ensemble(one_dollar(), 2000)
    assert found.evpi == pytest.approx(0.479811, abs=5e-7)
    # the mean regret over the draws is the same, as the plan is the best one on average
    error = found.summary["standard_error"]["expected regret"]
    assert found.value("expected regret") == pytest.approx(0.479811, abs=3 * error)
    assert error < 0.03
    assert found.value("best expected value without more information") == pytest.approx(1.0)
    # N(1, 1) is above N(0, 2) in this share of the draws
    assert found.stability["funded"]["a"] == pytest.approx(0.6726, abs=0.02)


def test_what_stays_and_the_quantiles_are_counted_over_the_draws() -> None:
    rows = pd.DataFrame({"draw": [1, 2, 3, 4], "a": ["100%", "0.9", "50%", "20%"], "b.good": [1, 1, 1, 1.4]})
    found = bo.ensemble(one_dollar(), given=rows)
    # a brings 1, 0.9, 0.5 and 0.2; b brings 0, 0, 0 and 0.8
    assert found.draws["best"].tolist() == pytest.approx([1, 0.9, 0.5, 0.8])
    assert found.draws["regret"].tolist() == pytest.approx([0, 0, 0, 0.6])
    assert found.stability["funded"].tolist() == [0.75, 0.25]
    assert found.stability["at_least"].tolist() == [0.75, 1.0]
    assert found.stability["same"].tolist() == [0.75, 0.75]
    assert found.stability["at_most"].tolist() == [1.0, 0.75]
    assert found.stability["mean"].tolist() == pytest.approx([0.75, 0.25])
    assert found.value("largest regret") == pytest.approx(0.6)
    assert found.value("expected regret") == pytest.approx(0.15)
    # a is best on average, too: 0.65 against 0.2
    assert found.evpi == pytest.approx(0.15)
    assert (found.effects, found.uncertain, found.assumed) == (3, 2, 0)


def test_a_target_is_missed_as_often_as_its_outcome_is_below_it() -> None:
    scenario = library_or_pool().with_(("outcomes.visits.target", {"at_least": 15}))
    plan = bo.solve(scenario)
    found = bo.ensemble(plan, given=pd.DataFrame({"pool": [0.2, 1.0, 1.1, 0.1], "library": [0.2, 1.0, 1.0, 1.0]}))
    level = plan.outcomes["level"]["visits"]
    assert found.outcomes["level"]["visits"] == pytest.approx(level)
    by_hand = (found.draws["plan"] / 2 < 15).mean()
    assert 0 < by_hand < 1
    assert found.outcomes["target_missed"]["visits"] == by_hand


def test_with_packages_each_draw_is_the_best_choice() -> None:
    packages = {
        name: {"packages": [{"cost": cost, "outcomes": {"visits": {"value": value, "std_error": "50%"}}}]}
        for name, cost, value in (("p", 4, 10), ("q", 5, 12), ("r", 6, 13))
    }
    scenario = bo.Scenario.from_document(
        {"funds": {"general": {"revenue": 10}}, "outcomes": {"visits": {"weight": 1}}, "programs": packages}
    )
    found = bo.ensemble(scenario, 40, seed=3)
    from budgetopt.analysis.risk.effect_draws import EffectErrors

    values = EffectErrors.of(found.plan).draws(40, 3) * [10, 12, 13]
    choices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1]])
    best = (values @ choices.T).max(axis=1)
    np.testing.assert_allclose(found.draws["best"], best, rtol=1e-9)
    assert found.draws["proved"].all()
    assert len(found.draws) == 40


def test_where_less_is_better_regret_is_what_the_plan_has_too_much() -> None:
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 1}},
        "outcomes": {"injuries": {"unit": "injuries"}},
        "programs": {
            name: {"outcomes": {"injuries": {"per_dollar": -rate, "std_error": "50%"}}}
            for name, rate in (("a", 3), ("b", 2))
        },
        "objective": [{"minimize": "injuries"}],
    }
    found = bo.ensemble(bo.Scenario.from_document(document), given=pd.DataFrame({"a": [1, 0.5], "b": [1, 1]}))
    assert found.draws["best"].tolist() == pytest.approx([-3, -2])
    assert found.draws["regret"].tolist() == pytest.approx([0, 0.5])
    assert set(found.draws["unit"]) == {"injuries"}


def test_revenue_moves_the_money_of_every_draw() -> None:
    scenario = library_or_pool(
        library={"outcomes": {"visits": {"per_dollar": 2}}}, pool={"outcomes": {"visits": {"per_dollar": 1.5}}}
    )
    found = bo.ensemble(scenario, 30, revenue_error=0.1)
    assert found.uncertain == 0
    # every dollar goes to the library: two visits, worth two each
    np.testing.assert_allclose(found.draws["best"], 4 * found.draws["best"].to_numpy() / 4)
    money = found.draws["best"] / 4
    assert money.mean() == pytest.approx(10, abs=0.1)
    assert money.std() == pytest.approx(1, abs=0.15)
    np.testing.assert_array_equal(found.draws["affordable"], money >= 10 - 1e-6)
    assert found.draws["plan"].isna().sum() == (~found.draws["affordable"]).sum()
    assert found.value("draws in which the plan can be paid") == found.draws["affordable"].mean()
    assert np.isnan(found.evpi)


def test_a_fund_with_an_error_of_its_own_moves_alone_and_a_floor_may_not_be_met() -> None:
    scenario = library_or_pool(
        library={"spending": {"at_least": 9}, "outcomes": {"visits": {"per_dollar": 2}}},
        pool={"outcomes": {"visits": {"per_dollar": 1}}},
    )
    found = bo.ensemble(scenario, 40, revenue_error={"general": 0.2})
    short = ~found.draws["feasible"]
    assert short.mean() == pytest.approx(0.31, abs=0.05)  # a normal variable is below -1/2
    assert found.draws["best"][short].isna().all()
    assert found.value("draws in which no plan keeps every limit") == short.mean()


def test_the_draws_are_the_same_on_any_workers() -> None:
    plan = bo.solve(city(20, features="linear"))
    alone = bo.ensemble(plan, 70)
    with ThreadPoolExecutor(2) as pool:
        together = bo.ensemble(plan, 70, machines=bo.Machines(executor=pool))
    pd.testing.assert_frame_equal(alone.draws, together.draws, check_exact=True)
    pd.testing.assert_frame_equal(alone.stability, together.stability, check_exact=True)
    assert (alone.draws["regret"] >= 0).all()
    assert alone._repr_html_().count("<table") == 3


def test_programs_at_their_own_limits_are_counted() -> None:
    held = {"spending": {"at_most": 4}, "outcomes": {"visits": {"per_dollar": 2, "std_error": "10%"}}}
    found = bo.ensemble(library_or_pool(library=held, pool=held), 5)
    assert found.at_limits == (2, 2)
    assert bo.ensemble(library_or_pool(), 5).at_limits[0] < 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"draws": 0}, "0 draws say nothing"),
        ({"seed": -1}, "a seed of -1 cannot be"),
        ({"revenue_error": 1.5}, "a standard error of 1.5 times the revenue of 'general' cannot be"),
        ({"revenue_error": {"general": -0.1}}, "a standard error of -0.1 times the revenue"),
        ({"given": "nowhere.csv"}, "'nowhere.csv' cannot be read: no such file or directory"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError) as raised:
        bo.ensemble(one_dollar(), **options)
    assert words in str(raised.value)


def test_a_fund_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="genral"):
        bo.ensemble(one_dollar(), revenue_error={"genral": 0.1})


def test_where_nothing_varies_there_is_no_ensemble() -> None:
    certain = {"outcomes": {"visits": {"per_dollar": 1}}}
    with pytest.raises(OptionError, match="nothing varies"):
        bo.ensemble(library_or_pool(library=certain, pool=certain))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pol\n1\n", "given.csv:1:1: the column 'pol' names no effect"),
        ("pool.visit\n1\n", "did you mean 'pool.visits'?"),
        ("pool\nmuch\n", "given.csv:2:1: 'much' is not a factor"),
        ("pool,library\n1,1\n1,\n", "given.csv:3:2: the factor of 'library' is missing"),
        ("pool,pool.visits\n1,1\n", "speaks of an effect that another column speaks of, too"),
        ("pool\n", "the table has no draw"),
        ("library\n1\n-0.5\n", "given.csv:3:1: the factor of 'library' is below zero"),
        ("library\n1\n0\n-0.5\n-2\n", "given.csv:4:1: the factor of 'library' is below zero"),
    ],
)
def test_a_table_of_draws_that_cannot_be_read_is_refused(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "given.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        bo.ensemble(library_or_pool(), given=file)
    assert words in str(raised.value)


def test_a_service_that_costs_no_money_is_counted_in_its_units() -> None:
    clinic = {
        "service": {"unit": "visits of nurses", "unit_cost": 0, "up_to": 3},
        "uses": {"nurses": {"per_unit": 1}},
    }
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 1}},
            "resources": {"nurses": {"capacity": 4}},
            "outcomes": {"helped": {"weight": 1}},
            "programs": {
                "north": {**clinic, "outcomes": {"helped": {"per_unit": 2, "std_error": "40%"}}},
                "south": {**clinic, "outcomes": {"helped": {"per_unit": 1, "std_error": "10%"}}},
            },
        }
    )
    found = bo.ensemble(scenario, given=pd.DataFrame({"north": [1.0, 0.3], "south": [1.0, 1.0]}))
    assert found.stability["spending"].tolist() == [3, 1]
    assert found.stability["same"].tolist() == [0.5, 0.5]
    assert set(found.stability["unit"]) == {"visits of nurses"}
    assert found.at_limits == (0, 0)
    assert bo.robust(scenario, "low", assumed_error=0.5).programs["robust"].tolist() == [1, 3]


def test_what_is_below_the_accuracy_of_a_solver_is_no_information() -> None:
    far = {"outcomes": {"visits": {"per_dollar": 9.123, "std_error": "1%"}}}
    found = bo.ensemble(library_or_pool(library=far), 50)
    assert found.evpi == 0.0
    assert (found.draws["regret"] == 0).all()


def test_what_is_solved_before_an_interruption_is_kept_and_a_failed_draw_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stops(at: int, error: type[BaseException]) -> Callable[[DrawnProblems], Callable[[int], DrawAnswer]]:
        def begun(drawn: DrawnProblems) -> Callable[[int], DrawAnswer]:
            solve = solver_of_draws(drawn)

            def answer(draw: int) -> DrawAnswer:
                if draw == at:
                    raise error("it broke")
                return solve(draw)

            return answer

        return begun

    plan = bo.solve(library_or_pool())
    whole = bo.ensemble(plan, 8)
    for at, error in ((3, KeyboardInterrupt), (0, KeyboardInterrupt), (3, SolverError)):
        monkeypatch.setattr("budgetopt.analysis.risk.ensemble.solver_of_draws", stops(at, error))
        found = bo.ensemble(plan, 8)
        kept = list(range(at)) if error is KeyboardInterrupt else [0, 1, 2, 4, 5, 6, 7]
        assert found.interrupted == (error is KeyboardInterrupt)
        assert found.draws["draw"].tolist() == kept
        assert found.draws["best"].tolist() == whole.draws["best"][kept].tolist()
        assert [(one.number, one.reason) for one in found.failed] == ([] if found.interrupted else [(3, "it broke")])
        assert found.requested == 8


@pytest.mark.parametrize(
    ("termination", "error"),
    [
        (Termination.INTERRUPTED, KeyboardInterrupt),
        (Termination.TIME_LIMIT, OutOfTimeError),
        (Termination.ERROR, SolverError),
    ],
)
def test_a_search_that_ends_without_a_plan_is_not_taken_for_one_without_any(
    termination: Termination, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        ended(Solution(termination))
    for settled in (Solution(Termination.INFEASIBLE), Solution(Termination.TIME_LIMIT, x=np.zeros(1))):
        assert ended(settled) is settled


def test_a_draw_whose_prices_do_not_prove_it_is_solved_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from budgetopt.analysis.risk import drawn_problems

    plan = bo.solve(library_or_pool())
    rows = pd.DataFrame([{"library": 1.4, "pool": 0.7}, {"library": 0.5, "pool": 1.0}])
    known = bo.ensemble(plan, given=rows)
    assert known.draws["proved"].all()
    anew: list[bool] = []
    solve = drawn_problems.solve_stage

    def counted(*given: Any) -> Solution:
        anew.append(True)
        return solve(*given)

    class Open:
        proved = False

    monkeypatch.setattr(drawn_problems, "certify_point", lambda *_: Open)
    monkeypatch.setattr(drawn_problems, "solve_stage", counted)
    again = bo.ensemble(plan, given=rows)
    assert len(anew) == 2
    assert again.draws["proved"].all()
    np.testing.assert_allclose(again.draws["best"], known.draws["best"], rtol=1e-9)
    monkeypatch.setattr(drawn_problems, "certify", lambda *_: Open)
    assert not bo.ensemble(plan, given=rows).draws["proved"].any()


def test_a_table_of_draws_is_told_of_each_mistake_once(tmp_path: Path) -> None:
    file = tmp_path / "given.csv"
    file.write_text("draw,pol,library\n1,much,1\n2,,1\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        bo.ensemble(library_or_pool(), given=file)
    # what a column says whose name is unknown is not read
    assert [problem.code for problem in raised.value.problems] == ["unknown-name"]
    file.write_text("pool,pool.visits\n1,much\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        bo.ensemble(library_or_pool(), given=file)
    assert [problem.code for problem in raised.value.problems] == ["duplicate-key"]


def test_factors_are_written_as_shares_or_in_percent_and_a_straight_effect_may_turn_over(tmp_path: Path) -> None:
    file = tmp_path / "given.csv"
    file.write_text("Sample,pool,library.visits\n7,80 %,0\n8,-0.5,0.5\n", encoding="utf-8")
    found = bo.ensemble(library_or_pool(), given=file)
    # 6 without money; with 10 dollars the pool brings 24; then the library 8 and 5
    assert found.draws["best"].tolist() == pytest.approx([6 + 24, 6 + 8 + 5])
    # 4 dollars are the library's and 6 the pool's
    assert found.draws["plan"].tolist() == pytest.approx([6 + 14.4, 6 + 8 - 9])
    assert found.uncertain == 2
