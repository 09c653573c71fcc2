"""Effects given as this year's result: the curves they become, and plans whose answers are worked out by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.checks import notes
from budgetopt.scenario.responses import ACCURACY, FIRST, LAST, response_points

NAN = math.nan


def points_of(result: float, level: float, *, elasticity: float = NAN, saturation: float = NAN) -> Any:
    one = {"elasticity": np.array([elasticity]), "saturation": np.array([saturation])}
    points, offsets = response_points(np.array([result]), np.array([level]), **one)
    assert offsets.tolist() == [0, len(points)]
    return points


def exact(x: Any, result: float, level: float, elasticity: float, saturation: float) -> Any:
    if math.isnan(saturation):
        return result * (x / level) ** elasticity
    return saturation * -np.expm1(x / level * np.log1p(-result / saturation))


SHAPES = st.one_of(
    st.tuples(st.floats(0.001, 0.999), st.just(NAN)),
    st.tuples(st.just(NAN), st.floats(1.0001, 1e4)),
)


@given(SHAPES, st.floats(1e-3, 1e9), st.floats(1.0, 1e10), st.sampled_from([1, -1]))
def test_lines_are_below_the_curve_by_less_than_is_said(shape: Any, result: float, level: float, sign: int) -> None:
    elasticity, times = shape
    result *= sign
    saturation = times * result
    points = points_of(result, level, elasticity=elasticity, saturation=saturation)
    x, y = points.T
    assert x[0] == y[0] == 0
    assert len(x) < 80
    assert y[x == level].tolist() == [result]
    steps = np.diff(x)
    assert (steps > 0).all()
    assert (np.abs(np.diff(y)) > 0).all()
    slopes = np.abs(np.diff(y)) / steps
    assert (np.diff(slopes) <= 1e-9 * slopes[:-1]).all(), "concave"
    at = np.concatenate([np.linspace(a, b, 9) for a, b in pairwise(x[1:])])
    curve = exact(at, result, level, elasticity, saturation)
    short = (curve - np.interp(at, x, y)) / curve
    assert short.min() >= -1e-9
    assert short.max() <= ACCURACY
    assert x[1] == pytest.approx(FIRST * level)


def test_the_last_point_is_ten_baselines_or_near_the_saturation() -> None:
    assert points_of(5.0, 2.0, elasticity=0.3)[-1, 0] == LAST * 2.0
    assert points_of(5.0, 2.0, saturation=20.0)[-1, 1] == pytest.approx(20.0, rel=ACCURACY * 1.0001)
    assert points_of(19.9999, 2.0, saturation=20.0)[-1, 1] == 19.9999


def plan(programs: dict[str, Any], revenue: Any = "10M", **more: Any) -> bo.Allocation:
    outcomes = {"visits": {"unit": "visits", "weight": 1}, "rides": {"unit": "rides", "weight": 1}}
    document = {"funds": {"general": {"revenue": revenue}}, "outcomes": outcomes, "programs": programs, **more}
    return bo.solve(bo.Scenario.from_document(document))


def level(found: bo.Allocation, outcome: str = "visits") -> float:
    return float(found.outcomes.level[outcome])


def test_a_result_in_proportion_is_a_slope() -> None:
    found = plan({"library": {"baseline": "4M", "outcomes": {"visits": {"at_baseline": "800k"}}}})
    assert level(found) == pytest.approx(2_000_000)


def test_an_elasticity_and_a_saturation_are_followed() -> None:
    pool = {"baseline": "4M", "spending": {"at_most": "6M"}}
    for growth, value in (
        ({"elasticity": 0.6}, 800_000 * 1.5**0.6),
        ({"elasticity": 1}, 1_200_000),
        ({"saturation": "1.2M"}, 1_200_000 * (1 - (1 / 3) ** 1.5)),
    ):
        found = plan({"pool": {**pool, "outcomes": {"visits": {"at_baseline": "800k", **growth}}}})
        assert value * (1 - ACCURACY) <= level(found) <= value * (1 + 1e-9)


def test_money_goes_where_the_elasticity_is_higher() -> None:
    def program(e: float) -> dict[str, Any]:
        return {"baseline": "5M", "outcomes": {"visits": {"at_baseline": 1000, "elasticity": e}}}

    found = plan({"low": program(0.3), "high": program(0.7)})
    low, high = found.programs.spending["low"], found.programs.spending["high"]
    # 0.3 (x / 5)^-0.7 = 0.7 (y / 5)^-0.3 where both sum to 10
    x = min(np.linspace(0.01, 9.99, 9999), key=lambda x: abs(0.3 * (x / 5) ** -0.7 - 0.7 * ((10 - x) / 5) ** -0.3))
    assert low == pytest.approx(x * 1e6, rel=0.2)
    assert low + high == pytest.approx(10e6)


def test_a_fixed_cost_buys_nothing_and_is_left_out_of_the_level() -> None:
    museum = {"baseline": "3M", "if_funded": {"fixed_cost": "1M"}, "outcomes": {"visits": {"at_baseline": 100}}}
    assert level(plan({"museum": museum}, "5M")) == pytest.approx(200)


def test_a_service_is_scaled_by_its_units() -> None:
    bus = {"baseline": "3M", "service": {"unit": "hours", "unit_cost": 60, "up_to": 75_000}}
    for growth, factor in (({}, 1.5), ({"elasticity": 0.5}, 1.5**0.5)):
        found = plan({"bus": {**bus, "outcomes": {"rides": {"at_baseline": 500_000, **growth}}}})
        assert level(found, "rides") == pytest.approx(500_000 * factor, rel=ACCURACY)


def test_costs_that_grow_buy_less() -> None:
    library = {"baseline": "10M", "outcomes": {"visits": {"at_baseline": 1000, "elasticity": 0.5}}}
    found = plan({"library": library}, periods=["a", "b"], inflation="10%")
    assert level(found) == pytest.approx(1000 + 1000 * (1 / 1.1) ** 0.5, rel=ACCURACY)


def test_with_baselines_by_period_the_result_is_that_of_the_first_period_that_has_one() -> None:
    library = {"baseline": {"b": "5.5M"}, "outcomes": {"visits": {"at_baseline": 1000}}}
    found = plan({"library": library}, periods=["a", "b"], inflation="10%")
    # 5.5M of the second period are 5M of the first
    assert level(found) == pytest.approx(2000 + 2000 / 1.1)


def test_headcount_at_the_baseline_limits_in_proportion_fixed_costs_included() -> None:
    clinic = {
        "baseline": "4M",
        "if_funded": {"fixed_cost": "1M"},
        "uses": {"nurses": {"at_baseline": 40}},
        "outcomes": {"visits": {"at_baseline": 300, "growth": "proportional"}},
    }
    found = plan({"clinic": clinic}, resources={"nurses": {"capacity": 50, "unit": "FTE"}})
    assert found.programs.spending["clinic"] == pytest.approx(5e6)
    assert level(found) == pytest.approx(400)


def test_less_of_what_is_unwanted_diminishes_without_integer_decisions() -> None:
    outcomes = {"injuries": {"unit": "injuries", "weight": 1, "direction": "decrease"}}
    roads = {"baseline": "5M", "outcomes": {"injuries": {"at_baseline": -60, "elasticity": 0.5}}}
    scenario = bo.Scenario.from_document(
        {"funds": {"general": {"revenue": "10M"}}, "outcomes": outcomes, "programs": {"roads": roads}}
    )
    assert not bo.formulate(scenario).linear_program.is_integer
    assert bo.solve(scenario).outcomes.level["injuries"] == pytest.approx(-60 * 2**0.5, rel=ACCURACY)


def test_the_range_is_of_the_result() -> None:
    effect = {"at_baseline": 1000, "elasticity": 0.5, "low": "80%", "high": "130%"}
    row = plan({"library": {"baseline": "10M", "outcomes": {"visits": effect}}}).outcomes.loc["visits"]
    assert (row.low, row.high) == (pytest.approx(800), pytest.approx(1300))


def test_growth_that_is_not_said_is_an_assumption_and_shown_as_one(tmp_path: Any) -> None:
    known = {"at_baseline": 1000, "evidence": "administrative", "source": "Annual report"}
    for growth, assumed in (({}, 1), ({"growth": "proportional"}, 0), ({"elasticity": 0.5}, 0)):
        found = plan({"library": {"baseline": "5M", "outcomes": {"visits": {**known, **growth}}}})
        assert found.outcomes.assumed["visits"] == assumed
        assert any("assumed to grow in proportion" in note for note in notes(found.scenario)) == bool(assumed)
        assert ("(assumed)" in found.to_html(tmp_path / "page.html").read_text()) == bool(assumed)
        assert ("assumed to grow" in str(bo.explain(found, "library"))) == bool(assumed)


def test_what_is_said_is_kept_in_files_and_traces(tmp_path: Any) -> None:
    effect = {"at_baseline": 812_000, "elasticity": 0.6, "growth": "diminishing"}
    library = {"baseline": "4M", "uses": {"staff": {"at_baseline": 20}}, "outcomes": {"visits": effect}}
    scenario = plan({"library": library}, resources={"staff": {}}).scenario
    for table in (True, False):
        again = bo.load(scenario.to_folder(tmp_path / str(table), table=table))
        assert again.sha256 == scenario.sha256
        assert again.programs["library"].outcomes["visits"].at_baseline == 812_000
    more = again.with_("programs.library.outcomes.visits.at_baseline=+10%")
    assert more.trace("programs.library.outcomes.visits.at_baseline")[-1][1] == pytest.approx(893_200)


def test_tables_hold_results_too(tmp_path: Any) -> None:
    (tmp_path / "scenario.yaml").write_text(
        "format: budgetopt/1\nfunds: {general: {revenue: 9M}}\nresources: {staff: {}}\n"
        "outcomes: {visits: {weight: 1}, rides: {weight: 1}}\n"
        "tables: {programs: programs.csv, evidence: evidence.csv}\n"
    )
    (tmp_path / "programs.csv").write_text(
        "program,baseline,uses.staff.at_baseline,outcomes.visits.at_baseline,outcomes.visits.elasticity\n"
        "library,4M,30,800000,0.5\nbus,5M,12,,\n"
    )
    (tmp_path / "evidence.csv").write_text("program,outcome,at_baseline,saturation,std_error\nbus,rides,9000,20k,10%\n")
    found = bo.solve(bo.load(tmp_path))
    assert found.programs.spending.sum() == pytest.approx(9e6)
    assert found.scenario.programs["bus"].outcomes["rides"].saturation == 20_000
    at_baseline = bo.Scenario.with_(found.scenario, "objective={minimize: change from baseline}")
    assert bo.solve(at_baseline).outcomes.level["rides"] == pytest.approx(9000)


def test_the_price_of_a_result_is_what_a_unit_more_of_it_is_worth() -> None:
    found = plan({"library": {"baseline": "5M", "outcomes": {"visits": {"at_baseline": 1000}}}})
    row = bo.figure_prices(found, "programs.library.outcomes.visits.at_baseline").iloc[0]
    assert row.more == pytest.approx(2.0)


def test_break_evens_scale_the_curve() -> None:
    curved = {"baseline": "5M", "outcomes": {"visits": {"at_baseline": 1000, "elasticity": 0.5}}}
    steady = {"baseline": "5M", "outcomes": {"visits": {"per_dollar": 0.00012}}}
    found = plan({"curved": curved, "steady": steady})
    factors = {(one.what, one.more): one.factor for one in bo.break_even_factors(found, "curved")}
    assert factors["effect", True] == pytest.approx(1, rel=0.1)
    assert factors["cost", False] == pytest.approx(1, rel=0.1)
