"""Which figures have a slider, and what moves along with one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

import budgetopt as bo
from budgetopt.analysis.exploring.sliders import _same_otherwise, _usual


def test_the_outcomes_that_are_worth_most_have_a_slider_in_the_order_of_the_scenario() -> None:
    worth = {"a": 3, "b": 1, "c": 5, "d": 4, "e": 2}
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {name: {"weight": 1} for name in worth},
            "programs": {"all": {"outcomes": {name: {"per_dollar": rate} for name, rate in worth.items()}}},
        }
    )
    assert [name for kind, _, name in _usual(bo.solve(scenario)) if kind == "weight"] == ["a", "c", "d", "e"]


def formulated(reference: list[float] | None) -> Any:
    ties = None if reference is None else SimpleNamespace(reference=np.array(reference))
    terms = SimpleNamespace(
        spending=SimpleNamespace(weight=np.ones(1)),
        outcomes=SimpleNamespace(weight=np.ones(1), constant=np.zeros((1, 1))),
    )
    return SimpleNamespace(terms=terms, linear_program=SimpleNamespace(stages=(), tie_break=ties))


def test_problems_whose_ties_lean_on_other_amounts_are_not_the_same() -> None:
    assert _same_otherwise(formulated([1, 2]), formulated([1, 2]))
    assert not _same_otherwise(formulated([1, 2]), formulated([1, 3]))
    assert _same_otherwise(formulated(None), formulated(None))
