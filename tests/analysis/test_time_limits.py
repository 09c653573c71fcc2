"""A limit of time, and machines, that are given to a question reach every solve that answers it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

import budgetopt as bo


def town(**more: Any) -> bo.Scenario:
    """Return a town with a grant and a package, so that its decisions are integer."""
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 20}, "grant": {"kind": "grant", "revenue": 5, "only": {"program": "pool"}}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "pool": {"baseline": 9, "outcomes": {"good": {"per_dollar": 2}}},
            "hall": {"packages": [{"name": "hall", "cost": 6, "outcomes": {"good": 30}}]},
        },
    }
    return bo.Scenario.from_document({**document, **more})


PLAN = bo.solve(town())
# with the motion the plan spends 5 more than there is
SHORT = bo.amend(PLAN, "add 5 to pool")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: bo.compare(town(), time_limit=0),
        lambda: bo.compare(PLAN, town(), time_limit=0),
        lambda: bo.diff(town(), town(), solve=True, time_limit=0),
        lambda: bo.amend(town(), time_limit=0),
        lambda: bo.amend(PLAN, "add 5 to pool", time_limit=0).offsets,
        lambda: bo.amend(PLAN, time_limit=0).then("add 5 to pool").offsets,
        lambda: bo.reach(town(), {"good": 60}, time_limit=0),
        lambda: bo.reach(PLAN, {"good": 60}, time_limit=0),
        lambda: bo.alternatives(PLAN, count=1, programs=[], time_limit=0),
        lambda: bo.outlook(town(), time_limit=0),
    ],
)
def test_no_time_is_refused_by_every_solve(ask: Callable[[], Any]) -> None:
    with pytest.raises(bo.OptionError, match="the time limit is 0 seconds"):
        ask()
    # one grant of several that cannot be solved is told, and the others are
    found = bo.grants(PLAN, time_limit=0)
    (failed,) = found.failed
    assert "the time limit is 0 seconds" in failed.reason
    assert found.proved == (False,)


def test_offsets_keep_the_limit_of_time() -> None:
    assert SHORT.time_limit is None
    limited = bo.amend(PLAN, "add 5 to pool", time_limit=9)
    assert limited.with_offsets().time_limit == 9
    assert limited.then("freeze hall").time_limit == 9
    assert limited.with_offsets().balanced
    assert limited.may_be_cut == ()
    assert bo.amend(PLAN, "add 5 to pool", may_be_cut=["hall"]).then("freeze pool").may_be_cut == ("hall",)


def test_the_second_of_two_scenarios_is_solved_within_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from budgetopt.analysis.comparing import differences

    seen: list[float | None] = []

    def solve(scenario: bo.Scenario, *, time_limit: float | None = None) -> bo.Allocation:
        seen.append(time_limit)
        return bo.solve(scenario, time_limit=time_limit)

    monkeypatch.setattr(differences, "solve_one", solve)
    bo.diff(town(), town(name="Other"), solve=True, time_limit=7)
    assert seen == [7, 7]


@pytest.mark.parametrize(
    ("module", "ask"),
    [
        ("outlooks.grant_choices", bo.grants),
        ("near_optimal.alternatives", bo.alternatives),
        ("near_optimal.replacement", bo.replacement_values),
    ],
)
def test_machines_are_used(module: str, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    class AskedError(Exception):
        pass

    def run(*_: object, machines: object, **__: object) -> None:
        raise AskedError(machines)

    monkeypatch.setattr(importlib.import_module(f"budgetopt.analysis.{module}"), "run_members", run)
    machines = bo.Machines(workers=3)
    with pytest.raises(AskedError) as asked:
        ask(PLAN, machines=machines)
    assert asked.value.args == (machines,)
