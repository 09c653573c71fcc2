"""Curves of rounded figures are concave where rounding alone bends them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.checks import notes
from budgetopt.scenario.curves import bends_of, smoothed
from budgetopt.scenario.programs import Column, column_of
from budgetopt.scenario.scenario import Scenario


def curve(*points: tuple[float, float]) -> Column:
    return column_of([0], [points])


@given(st.lists(st.tuples(st.floats(1, 50), st.floats(0.05, 1)), min_size=2, max_size=7), st.sampled_from([1, -1]))
def test_a_concave_curve_stays_concave_when_its_figures_are_rounded(
    steps: list[tuple[float, float]], sign: int
) -> None:
    widths, slopes = np.array([w for w, _ in steps]), np.sort([s for _, s in steps])[::-1]
    x, y = np.cumsum([0, *widths]), sign * np.cumsum([0, *(widths * slopes)])
    written = column_of([0], [tuple(zip(np.round(x, 2).tolist(), np.round(y, 3).tolist(), strict=True))])
    bends = bends_of(smoothed(written))
    assert (bends.rising if sign > 0 else bends.falling).max() <= 1e-9
    # figures of which none needs the last digit are taken to be rounded to the digits that they show
    x_digits, y_digits = (max(len(str(value).partition(".")[2]) for value in column) for column in written.values.T)
    rough = 0.5 * 10.0**-y_digits + 0.5 * 10.0**-x_digits * 1.5
    assert np.abs(smoothed(written).values - written.values).max() <= 2 * rough + 1e-9


@pytest.mark.parametrize(
    "points",
    [
        # bends that are no rounding, and figures without decimals
        ((0, 0), (1.5, 1.0), (2.5, 2.0), (9.5, 3.0)),
        ((0, 0), (100, 50), (200, 101), (300, 120)),
        ((0, 0), (10.5, 0.5), (20.5, 9.5), (30.5, 10.5)),
    ],
)
def test_curves_that_bend_by_more_than_rounding_stay_as_they_are(points: tuple[tuple[float, float], ...]) -> None:
    assert smoothed(curve(*points)).values.tolist() == [list(point) for point in points]


def test_a_plan_of_rounded_curves_has_no_integer_decisions_and_the_check_says_so() -> None:
    points = [[0, 0], [58.18, 33.246], [66.57, 38.041], [115.81, 54.922]]
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {"a": {"outcomes": {"good": {"curve": points}}}, "b": {"outcomes": {"good": {"per_dollar": 0.1}}}},
    }
    scenario = Scenario.from_document(document)
    plan = bo.solve(scenario)
    assert not plan.formulation.linear_program.is_integer
    assert plan.proved
    assert plan.distance <= 1e-7
    said = " ".join(notes(scenario))
    assert "program 'a' has a curve of 'good' that gets steeper by the rounding of its figures alone" in said
    points[1][1] = 20
    bent = Scenario.from_document(document)
    assert bo.solve(bent).formulation.linear_program.is_integer
    assert "each such point is an all-or-nothing decision" in " ".join(notes(bent))
