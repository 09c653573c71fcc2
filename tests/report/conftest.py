"""The plans that the tests of the report look at, solved once, and the browser in which they look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.report.browser import Browser
from tests.report.plans import classic, hostile, many, plan_of, riverton

from budgetopt.allocation import Allocation


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


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
