"""Robust plans worked out by hand: two years of which the second counts 0.8, and three draws."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.analysis.uncertain import one_dollar

import budgetopt as bo
from budgetopt.analysis.members import Members
from budgetopt.analysis.risk import robust as module
from budgetopt.analysis.risk.robust import _tail_mean
from budgetopt.analysis.risk.value_parts import ValueParts
from budgetopt.errors import CertificateError, OptionError, OutOfTimeError
from budgetopt.solvers import solve_linear_program

TOWN: dict[str, Any] = {
    "periods": ["t1", "t2"],
    "discount": "25%",
    "funds": {"general": {"revenue": 1, "carryover": False}},
    "outcomes": {"visits": {"weight": 2, "unit": "visits"}},
    "programs": {
        "bold": {"name": "The bold one", "outcomes": {"visits": {"per_dollar": 1, "low": "40%"}}},
        "safe": {"outcomes": {"visits": {"per_dollar": 0.9, "std_error": "10%"}}},
    },
}
"""The dollars of both years are worth 3.6 in the bold program, 3.24 in the safe one."""
DRAWS = pd.DataFrame({"bold": [1, 0.2, 1.6], "safe": [1, 1, 1]})
LOW = 1 - 0.1 * 1.959963984540054


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(TOWN))


@pytest.fixture
def worst_half(plan: bo.Allocation) -> bo.RobustPlan:
    return bo.robust(plan, "cvar", level=0.5, given=DRAWS)


def test_the_measures_of_the_plan_and_of_the_robust_one(worst_half: bo.RobustPlan) -> None:
    columns = ["plan", "robust", "difference"]
    bold_low, safe_low = 3.6 * 0.4, 3.24 * LOW
    assert worst_half.measures[columns].to_dict("index") == {
        # one draw and a half of another: (0.2 + 0.5) / 1.5 of 3.6
        "mean of the worst 50% of the draws": pytest.approx({"plan": 1.68, "robust": 3.24, "difference": 1.56}),
        "value as estimated": pytest.approx({"plan": 3.6, "robust": 3.24, "difference": -0.36}),
        "expected value": pytest.approx({"plan": 3.36, "robust": 3.24, "difference": -0.12}),
        "value with every effect at its worst": pytest.approx(
            {"plan": bold_low, "robust": safe_low, "difference": safe_low - bold_low}
        ),
        # the second of three
        "value at risk at 50%": pytest.approx({"plan": 3.6, "robust": 3.24, "difference": -0.36}),
    }
    assert worst_half.value == pytest.approx(3.24)
    assert set(worst_half.measures["unit"]) == {"weighted outcomes"}
    assert (worst_half.against, worst_half.setting, worst_half.proved) == ("cvar", 1.0, True)


def test_what_each_program_gets(worst_half: bo.RobustPlan) -> None:
    assert worst_half.programs[["name", "plan", "robust", "change"]].to_numpy().tolist() == [
        ["The bold one", 2, 0, -2],
        ["safe", 0, 2, 2],
    ]
    assert worst_half.programs.index.tolist() == ["bold", "safe"]
    assert set(worst_half.programs["unit"]) == {worst_half.plan.scenario.currency}
    assert worst_half.at_limits == (0, 1)


def test_the_curve_of_the_weight(worst_half: bo.RobustPlan) -> None:
    curve = worst_half.curve
    assert curve["setting"].tolist() == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
    # without any weight of the worst draws the bold program has the better mean
    assert curve["robust"].tolist() == pytest.approx([1.68] + [3.24] * 10)
    assert curve["expected"].tolist() == pytest.approx([3.36] + [3.24] * 10)
    assert curve["price"].tolist() == pytest.approx([0] + [0.12] * 10)
    assert set(curve["unit"]) == {"weighted outcomes"}


def test_the_worst_draws_weigh_as_much_as_is_said(plan: bo.Allocation) -> None:
    # a dollar for the bold program gains 0.1 / 3 on average, and loses 1.3 / 3 in the worst draws: up to 1 / 14
    found = bo.robust(plan, "cvar", level=0.5, weight=0.05, given=DRAWS)
    name = "mean of the worst 50% of the draws, weighed 0.05 against the mean of all"
    assert found.measures.index[0] == name
    assert found.value == pytest.approx(0.95 * 3.36 + 0.05 * 1.68)
    assert found.setting == 0.05
    more = bo.robust(plan, "cvar", level=0.5, weight=0.4, given=DRAWS)
    assert more.measures.loc[more.measures.index[0], ["plan", "robust"]].tolist() == pytest.approx(
        [0.6 * 3.36 + 0.4 * 1.68, 3.24]
    )


def test_the_largest_regret(plan: bo.Allocation) -> None:
    found = bo.robust(plan, "regret", given=DRAWS)
    # bold money loses 0.7 in the second draw, safe money 0.7 in the third: a half each
    assert found.measures.loc["largest regret", ["plan", "robust"]].tolist() == pytest.approx([2.52, 1.26])
    assert np.isnan(found.setting)
    assert not len(found.curve)


def test_a_minimum_is_robust_from_above() -> None:
    programs = {
        name: {"outcomes": {"injuries": {"per_dollar": -rate, **known}}}
        for name, rate, known in (("bold", 3, {"std_error": "50%"}), ("safe", 2, {"std_error": "1%"}))
    }
    document = {
        **TOWN,
        "outcomes": {"injuries": {"unit": "injuries"}},
        "programs": programs,
        "objective": [{"minimize": "injuries"}],
    }
    found = bo.robust(bo.Scenario.from_document(document), "cvar", level=0.5, given=DRAWS)
    # -3 and -2 injuries a dollar; the worst half of the draws has 0.7 / 1.5 of the bold ones
    assert found.measures.loc["mean of the worst 50% of the draws", ["plan", "robust"]].tolist() == pytest.approx(
        [-5.4 * 0.7 / 1.5, -3.6]
    )
    assert found.measures.loc["value at risk at 50%", ["plan", "robust"]].tolist() == pytest.approx([-5.4, -3.6])
    # a bold dollar gains 0.8 on average and loses 0.6 in the worst draws: up to a weight of 4 / 7
    assert found.curve["price"].tolist() == pytest.approx([0] * 6 + [5.4 * 2.8 / 3 - 3.6] * 5)
    low = found.measures.loc["value with every effect at its worst", ["plan", "robust"]].tolist()
    assert low == pytest.approx([-5.4 * (1 - 0.5 * 1.959963984540054), -3.6 * (1 - 0.01 * 1.959963984540054)])
    regret = bo.robust(found.plan, "regret", given=DRAWS)
    # 1 more of 3 in two draws, or 2 - 0.6; 2.8 in the third: 1.4 of bold money, and 2.8 of safe money
    assert regret.measures.loc["largest regret", "plan"] == pytest.approx(1.8 * 1.4)
    assert regret.value == pytest.approx(1.8 * 1.4 * 2.8 / 4.2)


def many(count: int) -> bo.Allocation:
    """Return the plan of so many programs that each get a dollar, and bring from 1 on; any may bring nothing."""
    programs = {
        f"p{at}": {"spending": {"at_most": 1}, "outcomes": {"visits": {"per_dollar": 1 + at, "low": "0%"}}}
        for at in range(count)
    }
    document = {
        "funds": {"general": {"revenue": count, "carryover": False}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": programs,
    }
    return bo.solve(bo.Scenario.from_document(document))


@pytest.mark.parametrize(
    ("count", "effects", "setting", "settings"),
    [
        (2, None, 2, [0, 1, 2]),
        (7, None, 3, [0, 1, 2, 3, 4, 5, 6, 7]),
        (7, 2.5, 2.5, [0, 1, 2, 2.5, 3, 4, 5, 6, 7]),
        (7, 99, 7, [0, 1, 2, 3, 4, 5, 6, 7]),
        (26, None, 6, [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 18, 21, 23, 26]),
    ],
)
def test_the_budget_of_uncertainty(count: int, effects: float | None, setting: float, settings: list[float]) -> None:
    found = bo.robust(many(count), "budget", effects=effects)
    assert found.setting == setting
    assert found.curve["setting"].tolist() == settings
    # all dollars stay where they are, and the largest effects bring nothing
    values = np.arange(count, 0, -1)

    def left(at: float) -> float:
        return float(values.sum() - values @ np.clip(at - np.arange(count), 0, 1))

    assert found.measures.index[0] == f"value with {setting:g} effects at their worst"
    assert found.value == pytest.approx(left(setting), abs=1e-9)
    assert found.curve["robust"].tolist() == pytest.approx([left(at) for at in settings], abs=1e-9)
    assert found.at_limits == (count, count)


def test_the_worst_of_a_plan() -> None:
    parts = ValueParts(10.0, np.array([4.0, -2, 3]))
    low, high = np.array([0.5, 0.5, 0.9]), np.array([1.2, 1.5, 2])
    # 2 less, 1 more of what harms, 0.3 less
    assert parts.worst(low, high, 1.0) == pytest.approx(6.7)
    assert parts.worst(low, high, 1.0, 1.5) == pytest.approx(7.5)
    assert parts.worst(low, high, 1.0, 0) == 10
    # where less is better: 0.8 more, 1 more and 3 more
    assert parts.worst(low, high, -1.0) == pytest.approx(14.8)
    assert parts.worst(low, high, -1.0, 2) == pytest.approx(14)
    # ends that do not harm do not help either
    assert parts.worst(np.full(3, 1.5), np.full(3, 2.0), 1.0) == pytest.approx(8)
    assert parts.value(np.array([[1, 1, 1], [2, 1, 0]])).tolist() == [10, 11]


@pytest.mark.parametrize(("level", "mean"), [(0.0, 5 / 3), (0.5, 2 / 3), (2 / 3, 0.0), (0.9, 0.0)])
def test_the_mean_of_the_worst(level: float, mean: float) -> None:
    assert _tail_mean(np.array([3.0, 0, 2]), level) == pytest.approx(mean)


def test_an_unproved_or_interrupted_plan_is_not_told(plan: bo.Allocation, monkeypatch: pytest.MonkeyPatch) -> None:
    answer: Any = solve_linear_program(plan.formulation.linear_program)
    failed: Any = SimpleNamespace(passed=False)
    monkeypatch.setattr(module, "solve_linear_program", lambda *_: replace(answer, certificate=failed))
    with pytest.raises(CertificateError, match="the proof of the robust plan does not hold"):
        bo.robust(plan, "expected")
    monkeypatch.setattr(module, "solve_linear_program", lambda *_: replace(answer, certificate=None))
    with pytest.raises(OutOfTimeError, match="no robust plan was found in time"):
        bo.robust(plan, "expected")
    monkeypatch.setattr(module, "run_members", lambda *_, **__: Members({}, (), 3, interrupted=True))
    with pytest.raises(KeyboardInterrupt):
        bo.robust(plan, "regret", given=DRAWS)


@pytest.mark.parametrize(
    ("against", "options", "words"),
    [
        ("cvar", {"level": -0.1}, "a level of -0.1 leaves no worst draws"),
        ("cvar", {"weight": -0.1}, "a weight of -0.1 cannot be"),
        ("budget", {"effects": np.inf}, "inf effects cannot be at their worst"),
        ("discount", {"discounts": {"expert": -0.1}}, "a discount of -0.1 cannot be"),
    ],
)
def test_what_cannot_be_is_refused(against: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        bo.robust(one_dollar(), against, **options)


def test_the_ends_of_what_can_be_are_taken(plan: bo.Allocation) -> None:
    all_draws = bo.robust(plan, "cvar", level=0.0, weight=0.0, draws=1)
    assert all_draws.measures.index[0] == "mean of the worst 100% of the draws, weighed 0 against the mean of all"
    assert bo.robust(plan, "budget", effects=0).value == pytest.approx(3.6)
    for share, value in ((0.0, 3.6), (1.0, 0.0)):
        everything = dict.fromkeys(("assumption",), share)
        assert bo.robust(plan, "discount", discounts=everything).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("kept", ["safe", "twin"])
def test_of_plans_that_are_equally_robust_the_nearest_to_the_baseline_is_taken(kept: str) -> None:
    programs = {**TOWN["programs"], "twin": TOWN["programs"]["safe"]}
    programs[kept] = {**programs[kept], "baseline": 1}
    found = bo.robust(bo.Scenario.from_document({**TOWN, "programs": programs}), "low")
    assert found.programs["robust"].to_dict() == {"bold": 0, "safe": 0, "twin": 0, kept: 2}


@pytest.mark.parametrize(("is_large", "seconds"), [(False, None), (True, 5.0)])
def test_a_search_among_many_integer_decisions_has_an_end(
    plan: bo.Allocation, monkeypatch: pytest.MonkeyPatch, is_large: bool, seconds: float | None
) -> None:
    given: list[float | None] = []

    def solved(problem: bo.LinearProgram, options: bo.Options) -> Any:
        given.append(options.time_limit)
        return solve_linear_program(problem, options)

    monkeypatch.setattr(module, "solve_linear_program", solved)
    monkeypatch.setattr("budgetopt.analysis.risk.drawn_problems.is_large", lambda _: is_large)
    bo.robust(plan, "expected")
    assert given == [seconds]


def test_the_curve_of_many_effects_goes_by_ones_and_then_by_tenths_of_all() -> None:
    effect = {"per_dollar": 1, "std_error": "10%"}
    programs = {f"p{at}": {"outcomes": {"visits": effect}, "spending": {"at_most": 1}} for at in range(12)}
    document = {**TOWN, "periods": ["t1"], "funds": {"general": {"revenue": 12}}, "programs": programs}
    found = bo.robust(bo.solve(bo.Scenario.from_document(document)), "budget")
    # tenths of 12 are rounded; four is the square root of 12, rounded up
    assert found.curve["setting"].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12]
    # each effect at its worst loses as much
    assert found.curve["robust"].tolist() == pytest.approx([24 - 2 * (1 - LOW) * at for at in found.curve["setting"]])
