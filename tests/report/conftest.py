"""The plans that the tests of the report look at, solved once."""

from __future__ import annotations

import pytest
from tests.report.plans import classic, hostile, many, plan_of, riverton

from budgetopt.allocation import Allocation


@pytest.fixture(scope="session")
def city() -> Allocation:
    return plan_of(riverton())


@pytest.fixture(scope="session")
def large() -> Allocation:
    return plan_of(many(2000))


@pytest.fixture(scope="session")
def middle() -> Allocation:
    return plan_of(many(150))


@pytest.fixture(scope="session")
def odd() -> Allocation:
    return plan_of(hostile())


@pytest.fixture(scope="session")
def small() -> Allocation:
    return plan_of(classic())


@pytest.fixture(scope="session", params=["city", "middle", "odd", "small"])
def plan(request: pytest.FixtureRequest) -> Allocation:
    found: Allocation = request.getfixturevalue(request.param)
    return found
