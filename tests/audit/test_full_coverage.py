"""The spending at which a program covers everything, worked out by hand."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

from budgetopt import solve
from budgetopt.audit.full_coverage import full_coverage
from budgetopt.audit.package_list import list_packages
from budgetopt.scenario.scenario import Scenario
from strategies import unchecked

FIFTY = {"visits": {"unit_cost": 2, "up_to": 30}}
CURVE = {"curve": [[0, 0], [50, 8], [80, 9]]}
THREE = [{"cost": cost, "outcomes": {"visits": 1}} for cost in (2, [3, 5, 1], 4)]


@pytest.mark.parametrize(
    ("program", "dollars"),
    [
        ({"spending": {"at_most": 40}, "outcomes": FIFTY}, [40, 40]),
        ({"spending": {"at_most": {"FY1": 40}}, "outcomes": FIFTY, "inflation": "10%"}, [40, 66]),
        ({"outcomes": FIFTY}, [60, 60]),
        ({"outcomes": FIFTY, "if_funded": {"fixed_cost": 5}, "inflation": "10%"}, [65, 71.5]),
        ({"outcomes": {"visits": {"unit_cost": 2}}}, [inf, inf]),
        ({"outcomes": {"visits": {"per_dollar": 2}}}, [inf, inf]),
        # the outcome that grows longest says how far
        ({"outcomes": {**FIFTY, "loans": CURVE}}, [80, 80]),
        ({"outcomes": {"visits": CURVE, "loans": {"unit_cost": 3, "up_to": 40}}}, [120, 120]),
        ({"outcomes": {**FIFTY, "loans": {"per_dollar": 0}}}, [60, 60]),
        ({"outcomes": {**FIFTY, "loans": {"per_dollar": 1}}}, [inf, inf]),
        ({}, [inf, inf]),
        # a curve of a service is over its units
        ({"service": {"unit": "hours", "unit_cost": 3}, "outcomes": {"visits": CURVE}}, [240, 240]),
        ({"service": {"unit": "hours", "unit_cost": 3, "up_to": 10}, "outcomes": {"visits": CURVE}}, [30, 30]),
        ({"service": {"unit": "hours", "unit_cost": 3}, "outcomes": {"visits": {"per_unit": 1}}}, [inf, inf]),
        (
            {"service": {"unit": "hours", "unit_cost": 3, "up_to": 10}, "outcomes": {"visits": {"per_unit": 1}},
             "if_funded": {"fixed_cost": 6}, "inflation": "50%"}, [36, 54],
        ),
        # each package by its most expensive year
        ({"packages": THREE}, [11, 11]),
        ({"packages": THREE, "choose": "one", "inflation": "10%"}, [5, 5.5]),
    ],
)  # fmt: skip
def test_full_coverage(program: dict[str, Any], dollars: list[float]) -> None:
    scenario = unchecked(
        {
            "periods": ["FY1", "FY2"],
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {}, "loans": {}},
            # the others leave it alone
            "programs": {
                "other": {"outcomes": {"visits": {"unit_cost": 1, "up_to": 7}}},
                "p": program,
                "last": {"packages": THREE[:1]},
            },
        }
    )
    found = full_coverage(scenario, list_packages(scenario))
    assert np.allclose(found, [[7, 7], dollars, [2, 2]], rtol=1e-12, atol=0)


def test_one_unit_of_a_free_service_that_serves_no_more_covers_it_whole() -> None:
    scenario = Scenario.from_document(
        {
            "funds": {"general": {"revenue": 50}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {
                "desk": {"service": {"unit_cost": 0, "up_to": 1}, "outcomes": {"visits": {"per_unit": 1}}},
                "bus": {"outcomes": {"visits": {"curve": [[0, 0], [50, 10]]}}},
            },
            "rules": [{"name": "f", "follows": {"program": "bus", "of": "desk", "at_most": "100%"}}],
        }
    )
    (check,) = [one for one in solve(scenario).audit.checks if one.kind == "follows"]
    assert check.value.tolist() == check.upper.tolist() == [1]
