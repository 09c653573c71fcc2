"""The covariance of fitted parameters, where a form must go through a point."""

from __future__ import annotations

import numpy as np
import pytest

from budgetopt.fitting.estimation import covariance

pytest.importorskip("statsmodels")


def test_a_point_that_alone_carries_a_parameter_leaves_the_ordinary_errors() -> None:
    """Its residual is 0 and its leverage 1: errors of any size (HC3) would be 0 divided by 0."""
    derivatives = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    residuals = np.array([1.0, -2.0, 1.0, 0.0])
    variance = float(residuals @ residuals) / (len(residuals) - 2)
    found = covariance(derivatives, residuals, None, None)
    assert found == pytest.approx(variance * np.diag([1 / 3, 1.0]))
