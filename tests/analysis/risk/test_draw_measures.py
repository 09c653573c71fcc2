"""Measures over draws, each by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.risk.draw_measures import (
    at_limits,
    mean_and_error,
    mean_of_draws,
    objective_unit,
    quantile_of_draws,
    quantile_of_known,
    share_of_draws,
)

DRAWS = np.array([[1.0, 4.0], [3.0, 8.0], [2.0, 0.0]])
NONE = np.empty((0, 2))


def test_shares_means_and_quantiles_are_those_of_each_thing() -> None:
    assert share_of_draws(DRAWS >= 2).tolist() == pytest.approx([2 / 3, 2 / 3])
    assert share_of_draws(DRAWS > 3).tolist() == pytest.approx([0, 2 / 3])
    assert mean_of_draws(DRAWS).tolist() == [2, 4]
    assert quantile_of_draws(DRAWS, 0.25).tolist() == [1.5, 2]
    for empty in (share_of_draws(NONE > 0), mean_of_draws(NONE), quantile_of_draws(NONE, 0.5)):
        assert empty.shape == (2,)
        assert np.isnan(empty).all()


def test_what_is_not_known_does_not_count() -> None:
    values = np.array([np.nan, 1.0, 3.0, np.nan])
    assert quantile_of_known(values, 0.25) == 1.5
    # the deviation of 1 and 3 is the root of 2
    assert mean_and_error(values, "visits") == (2.0, "visits", pytest.approx(1.0))
    assert np.isnan(quantile_of_known(values[:1], 0.5))


def test_one_value_has_a_mean_and_no_error_and_none_has_neither() -> None:
    mean, unit, error = mean_and_error(np.array([5.0, np.nan]), "homes")
    assert (mean, unit) == (5.0, "homes")
    assert np.isnan(error)
    mean, unit, error = mean_and_error(np.array([np.nan]), "homes")
    assert np.isnan([mean, error]).all()
    assert unit == "homes"


@pytest.mark.parametrize(
    ("objective", "unit"),
    [
        (None, "weighted outcomes"),
        ({"maximize": "visits"}, "people"),
        ({"minimize": "repairs"}, "holes"),
        ({"minimize": "spending"}, "weighted outcomes"),
        ({"name": "What counts", "maximize": "visits"}, "What counts"),
    ],
)
def test_the_objective_counts_in_the_unit_of_its_outcome(objective: dict[str, str] | None, unit: str) -> None:
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 10}},
        "outcomes": {
            "visits": {"weight": 2, "unit": "people"},
            "repairs": {"weight": 1, "unit": "holes", "direction": "decrease"},
        },
        "programs": {"pool": {"outcomes": {"visits": {"per_dollar": 1}, "repairs": {"per_dollar": -1}}}},
    }
    if objective is not None:
        document["objective"] = [objective]
    plan: Any = SimpleNamespace(scenario=bo.Scenario.from_document(document))
    assert objective_unit(plan) == unit


def test_programs_at_a_limit_of_their_own_in_every_year_are_counted() -> None:
    # two funds, two years; by program what both funds give it
    spent = np.array([[5, 5], [5, 4], [0, 0], [3, 7], [0, 2], [9, 8], [0.01, 0.01]], dtype=float)
    spending = np.stack((spent * 0.25, spent * 0.75), axis=1)
    limits = SimpleNamespace(
        lower=np.array([[5, 5], [5, 3], [0, 0], [1, 7], [0, 2], [2, 2], [0.01, 0.01]], dtype=float),
        upper=np.array([[9, 9], [9, 9], [9, 9], [3, 9], [np.inf, 9], [9, np.inf], [9, 9]], dtype=float),
    )
    plan: Any = SimpleNamespace(formulation=SimpleNamespace(limits=limits), rounded_to=0.01)
    # at its floor; between in the second year; nothing at all; at its ceiling and then at its floor; a floor of nothing
    # in the first year; at its ceiling and then between; no more than amounts are rounded to, which is nothing
    assert at_limits(plan, spending) == (2, 5)
    # large amounts are at a limit that is a millionth of them away
    limits.lower[0], spending[0] = 5e6 - 4, np.array([[2e6, 2e6], [3e6, 3e6]])
    assert at_limits(plan, spending) == (2, 5)
    limits.lower[0] = 5e6 - 6
    assert at_limits(plan, spending) == (1, 5)
