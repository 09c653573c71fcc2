"""By how much a limit has to be missed to count as missed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.least_missed import is_missed


@pytest.mark.parametrize(
    ("size", "units", "by", "missed"),
    [
        # a millionth of a unit, or of a limit that is smaller than a unit
        (100.0, 1.0, 5e-7, False),
        (100.0, 1.0, 2e-6, True),
        (0.01, 1.0, 5e-9, False),
        (0.01, 1.0, 2e-8, True),
        # in large limits the digits that a computer keeps
        (1e9, 1.0, 5e-3, False),
        (1e9, 1.0, 2e-2, True),
        # in hundreds of a unit each
        (1.0, 100.0, 5e-9, False),
        (1.0, 100.0, 2e-8, True),
    ],
)
def test_what_counts_as_missed(size: float, units: float, by: float, missed: bool) -> None:
    slack: Any = SimpleNamespace(size=np.array([size]), units=np.array([units]))
    assert is_missed(slack, np.array([by])).tolist() == [missed]
