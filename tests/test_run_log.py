"""The log of a run, as whoever uses the library sees it."""

from __future__ import annotations

import logging

import pytest

import budgetopt as bo
from budgetopt.cli.installation import ANSWER, PROBLEM
from budgetopt.run_log import recorded, stage


def test_a_run_in_python_is_logged_where_that_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="budgetopt"):
        assert bo.solve(bo.Scenario.from_document(PROBLEM)).objective_value == pytest.approx(ANSWER)
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "formulate",
        "solve",
        "round and audit",
        "prices",
    ]


def test_stages_are_kept_in_the_order_of_their_beginnings_with_their_depths() -> None:
    with recorded() as run:
        with stage("a"), stage("b"):
            pass
        with pytest.raises(ValueError, match="no"), stage("c"):
            raise ValueError("no")
    with stage("after"):
        pass
    assert [(name, depth) for name, depth, _ in run.stages] == [("a", 0), ("b", 1), ("c", 0)]
    assert run.stages[0][2] >= run.stages[1][2] >= 0
