"""Break-evens of effects that the optimal basis tells are those that solving again finds, and need no solve."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt import synthetic
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity import break_even
from budgetopt.analysis.sensitivity.break_even import BreakEven, factors_of
from budgetopt.scenario.scenario import Scenario
from language.small import document_of

NONE = float("nan")
# 60 dollars for a, which may have no more, and 40 for b; c gets none
TOWN = document_of(
    {
        "a": {"outcomes": {"good": {"per_dollar": 3}}, "spending": {"at_most": 60}},
        "b": {"outcomes": {"good": {"per_dollar": 1}}},
        "c": {"outcomes": {"good": {"per_dollar": 0.5}}},
        "d": {"outcomes": {"good": {"per_dollar": 0.009}}},
    }
)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(0, [NONE, 1 / 3], id="at its ceiling"),
        pytest.param(1, [3, 0.5], id="at the margin"),
        pytest.param(2, [2], id="not funded"),
        pytest.param(3, [NONE], id="not funded at a hundred times its effect"),
    ],
)
def test_the_basis_tells_without_solving_again(row: int, expected: list[float]) -> None:
    plan = bo.solve(Scenario.from_document(TOWN))
    question = WhatIf(plan.scenario)
    found = factors_of(plan, row, question, ("effect",))
    assert [one.factor for one in found] == pytest.approx(expected, rel=1e-7, nan_ok=True)
    assert question.solves == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_what_the_basis_tells_is_what_solving_again_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = bo.solve(synthetic.city(9, periods=2, seed=seed, features="linear"))
    question = WhatIf(plan.scenario)

    def factors() -> list[BreakEven]:
        return [one for row in range(9) for one in factors_of(plan, row, question, ("effect",))]

    told = factors()
    first = question.solves
    monkeypatch.setattr(break_even._Level, "_told_by_basis", _tells_nothing)
    seen = factors()
    assert first < question.solves - first
    assert [(one.what, one.more) for one in told] == [(one.what, one.more) for one in seen]
    factor = [one.factor for one in seen]
    assert [one.factor for one in told] == pytest.approx(factor, rel=3e-7, nan_ok=True)


def _tells_nothing(*_: Any, **__: Any) -> None:
    return None
