"""Every analysis of many problems: the same on any workers, and what failed or was interrupted is said."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.analysis.members import INTERRUPTED, Machines
from budgetopt.analysis.near_optimal.replacement import replacement_values


def sent(pickled: bytes) -> Any:
    call, arguments = pickle.loads(pickled)
    return pickle.loads(pickle.dumps(call(*arguments)))


class Pickling(ThreadPoolExecutor):
    """An executor that sends calls and their answers as other processes get them."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any) -> Future[Any]:  # type: ignore[override]
        return super().submit(sent, pickle.dumps((call, arguments)))


PROGRAMS: dict[str, Any] = {
    "housing": {
        "baseline": 300,
        "districts": {"north": 1},
        "outcomes": {"homes": {"curve": [[0, 0], [400, 80], [1000, 140]]}},
    },
    "library": {
        "baseline": 500,
        "districts": {"south": 1},
        "outcomes": {"visits": {"curve": [[0, 0], [500, 250], [1000, 400]]}},
    },
}
BRIDGE = {"packages": [{"name": "build", "cost": 300, "outcomes": {"visits": 170, "homes": 3}}]}


def town(**more: Any) -> bo.Scenario:
    """Return a town of two districts whose effects bend."""
    document: dict[str, Any] = {
        "name": "Town",
        "funds": {"general": {"revenue": 1000}},
        "outcomes": {"homes": {"weight": 3, "unit": "homes"}, "visits": {"weight": 1, "unit": "visits"}},
        "programs": PROGRAMS,
    }
    return bo.Scenario.from_document({**document, **more})


def with_bridge() -> bo.Scenario:
    """Return the town with a bridge that is built or not."""
    return town(programs={**PROGRAMS, "bridge": BRIDGE})


ANSWERS = pd.DataFrame({"group": ["a", "a", "b"], "homes": [3, 1, 0], "visits": [1, 3, 4]})
Asked = Callable[[Machines | None], Any]


def compared(machines: Machines | None) -> list[Any]:
    subjects = town(), town(name="Poorer", funds={"general": {"revenue": 900}})
    found = bo.compare(*subjects, benchmarks=["current", "quartile", "greedy"], machines=machines)
    assert found.plans["equal_money"].notna().sum() == 3
    return [found.plans, found.programs, found.remarks, found.worth]


def weighed(machines: Machines | None) -> list[Any]:
    found = bo.weights(town(), ANSWERS, machines=machines)
    assert found.compromise is not None
    return [found.ranges, found.moves, found.spending, found.regrets, found.compromise.largest_regret]


def on_a_grid(machines: Machines | None) -> list[Any]:
    found = bo.frontier(with_bridge(), "funds.general.revenue", "500", "1500", steps=10, machines=machines)
    assert len(found.points) == 11
    return [found.pieces, found.points, found.solves]


def traded(machines: Machines | None) -> list[Any]:
    found = bo.trade_off(with_bridge(), "homes", "visits", steps=12, machines=machines)
    assert found.kind == "grid"
    return [found.points, found.moves, found.solves]


def fair(machines: Machines | None) -> list[Any]:
    found = bo.price_of_equity(with_bridge(), steps=6, machines=machines)
    return [found.points, found.groups]


def reached(machines: Machines | None) -> list[Any]:
    found = bo.reach(town(), {"homes": 110, "visits": 300}, machines=machines)
    return [found.targets, found.moves, found.money.tolist()]


def replaced(machines: Machines | None) -> list[Any]:
    return [replacement_values(with_bridge(), machines=machines)]


EVERY: list[Asked] = [compared, weighed, on_a_grid, traded, fair, reached, replaced]


def assert_same(found: list[Any], expected: list[Any]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert one.equals(other) if isinstance(one, pd.DataFrame) else one == other


@pytest.mark.parametrize("ask", EVERY)
def test_the_answers_are_the_same_on_any_executor(ask: Asked) -> None:
    with Pickling(2) as executor:
        assert_same(ask(Machines(executor=executor)), ask(None))


@pytest.mark.deep
def test_the_answers_are_the_same_in_other_processes() -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as executor:
        for ask in EVERY:
            assert_same(ask(Machines(executor=executor)), ask(None))


def after(calls: int, error: BaseException, kept: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that raises an error from some call on."""
    made: list[None] = []

    def call(*arguments: Any, **options: Any) -> Any:
        made.append(None)
        if len(made) > calls:
            raise error
        return kept(*arguments, **options)

    return call


ENDED = bo.SolverError("the process that solved it ended")


def test_groups_and_ranges_that_fail_or_are_interrupted_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from budgetopt.analysis.weighting import weight_ranges, weights

    with monkeypatch.context() as patch:
        patch.setattr(weights, "solve", after(1, ENDED, weights.solve))
        found = bo.weights(bo.solve(town()), ANSWERS)
        assert found.failed == (("b", ENDED.message), ("by population", ENDED.message))
        assert list(found.plans) == ["the scenario", "a"]
        assert list(found.regrets.columns) == ["a", "largest"]
        assert found.compromise is None
        assert not found.interrupted
    with monkeypatch.context() as patch:
        patch.setattr(weights, "solve", after(1, KeyboardInterrupt(), weights.solve))
        found = bo.weights(bo.solve(town()), ANSWERS)
        assert found.interrupted
        assert list(found.plans) == ["the scenario", "a"]
    monkeypatch.setattr(weight_ranges, "_range", after(1, KeyboardInterrupt(), weight_ranges._range))
    found = bo.weights(bo.solve(town()), ANSWERS)
    assert found.interrupted
    assert found.ranges["from"].notna().tolist() == [True, False]
    assert list(found.plans) == ["the scenario"]


def test_points_of_a_grid_that_fail_or_are_interrupted_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    path, asked = "funds.general.revenue", {"start": "500", "end": "1500", "steps": 10}
    with monkeypatch.context() as patch:
        patch.setattr(bo.WhatIf, "solve", after(9, ENDED, bo.WhatIf.solve))
        found = bo.frontier(with_bridge(), path, **asked)
        assert found.failed == ((1400, ENDED.message), (1500, ENDED.message))
        assert (found.is_complete, len(found.points)) == (True, 9)
    with monkeypatch.context() as patch:
        patch.setattr(bo.WhatIf, "solve", after(9, KeyboardInterrupt(), bo.WhatIf.solve))
        found = bo.frontier(with_bridge(), path, **asked)
        assert (found.is_complete, len(found.points)) == (False, 9)
    monkeypatch.setattr(bo.WhatIf, "solve", after(0, ENDED, bo.WhatIf.solve))
    with pytest.raises(bo.OutOfTimeError, match="no value was found: the process"):
        bo.frontier(with_bridge(), path, **asked)


def test_stretches_of_a_trade_off_that_fail_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from budgetopt.analysis.frontiers.efficient_points import _TwoGoals

    whole = bo.trade_off(with_bridge(), "homes", "visits", steps=12)
    for error, complete in ((ENDED, True), (KeyboardInterrupt(), False)):
        with monkeypatch.context() as patch:
            patch.setattr(_TwoGoals, "settled", after(9, error, _TwoGoals.settled))
            found = bo.trade_off(with_bridge(), "homes", "visits", steps=12)
        assert found.is_complete is complete
        assert bool(found.failed) is complete
        assert 1 < len(found.points) < len(whole.points)
        assert found.points["homes"].isin(whole.points["homes"]).all()


def test_what_each_target_adds() -> None:
    # the plan: 400 for housing bring 80 homes, 600 for the library 280 visits; 110 homes take 300 dollars more, and
    # 300 visits 67 more: each is what is spared without it
    found = bo.reach(town().with_(("outcomes.homes.weight", 2)), {"homes": 110, "visits": 300})
    assert found.targets.drop(columns="note").to_numpy().tolist() == [
        ["homes", 300, 300, "USD"],
        ["visits", 66.67, 66.67, "USD"],
    ]
    assert not found.interrupted
    assert bo.reach(town(), {"homes": 110}).targets.empty


def test_targets_that_fail_or_are_interrupted_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from budgetopt.analysis.near_optimal import reach

    plan = bo.solve(town())
    for error, note in ((ENDED, ENDED.message), (KeyboardInterrupt(), INTERRUPTED)):
        with monkeypatch.context() as patch:
            patch.setattr(reach, "_cheapest", after(2, error, reach._cheapest))
            found = bo.reach(plan, {"homes": 110, "visits": 300})
        assert found.targets["note"].tolist() == ["", note]
        assert found.interrupted is (note == INTERRUPTED)
