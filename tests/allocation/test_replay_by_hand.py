"""What is put together again from a result document is what was solved, and what is missing in it is believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.allocation.test_proof_by_hand import ALONE, INTEGER, LINEAR, rated
from tests.allocation.test_verify import changed

import budgetopt as bo
from budgetopt.allocation.replay import replay
from budgetopt.formulation import formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import SolverResult, Termination
from first_format import written_first
from language.small import document_of

MINIMAL = document_of(
    {"a": rated(2), "b": rated(4, spending={"at_most": 5})},
    outcomes={"good": {"weight": 1, "target": {"at_least": 50}}},
    objective={"minimize": "spending"},
)
EXACT = {**LINEAR, "objective": [{"maximize": "weighted outcomes"}, {"minimize": "spending"}]}


def replayed(document: dict[str, Any], *changes: tuple[tuple[str | int, ...], Any]) -> tuple[SolverResult, Any]:
    """Return what is put together of a changed result, and the result itself."""
    scenario = Scenario.from_document(document)
    plan = bo.solve(scenario)
    written = written_first(plan)
    for path, value in changes:
        written = changed(written, path, value)
    return replay(written, formulate(scenario)), plan.solver_result


def same(one: Any, other: Any) -> None:
    assert (one is None) == (other is None)
    if one is not None:
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("document", [LINEAR, EXACT, MINIMAL, INTEGER, ALONE])
def test_what_was_solved_is_put_together_again(document: dict[str, Any]) -> None:
    found, solved = replayed(document)
    assert (found.termination, found.unique) == (solved.termination, solved.unique)
    assert found.seconds == pytest.approx(solved.seconds)
    same(found.x, solved.x)
    assert found.solution.objective == pytest.approx(solved.solution.objective)
    same(found.solution.row_dual, solved.solution.row_dual)
    same(found.solution.reduced_cost, solved.solution.reduced_cost)
    assert found.solution.solver == solved.solution.solver
    assert found.certificate is not None
    assert found.certificate.bound == pytest.approx(solved.certificate.bound)
    assert found.certificate.gap.tolerance == pytest.approx(solved.certificate.gap.tolerance)
    assert found.certificate.gap.worst == pytest.approx(solved.certificate.gap.worst, abs=1e-9)
    assert len(found.stages) == len(solved.stages)
    for mine, yours in zip(found.stages, solved.stages, strict=True):
        assert mine.stage.label == yours.stage.label
        assert mine.solution.objective == pytest.approx(yours.solution.objective)
        assert mine.solution.bound == pytest.approx(yours.solution.bound)
        assert mine.certificate is not None
        assert mine.certificate.bound == pytest.approx(yours.certificate.bound)
        assert mine.certificate.proved
        assert mine.certificate.bound_by_solver is yours.certificate.bound_by_solver
    assert (found.held is None) == (solved.held is None)
    if found.held is not None:
        same(found.held.solution.row_dual, solved.held.solution.row_dual)
        same(found.held.solution.reduced_cost, solved.held.solution.reduced_cost)
        assert found.held.solution.objective == pytest.approx(found.solution.objective)
        assert found.held.certificate is not None
        assert found.held.certificate.passed
        assert not found.held.program.is_integer
        assert found.held.solution.bound == found.held.certificate.bound


def test_the_bound_with_held_decisions_is_that_of_their_own_prices_and_not_of_the_search() -> None:
    found, solved = replayed(INTEGER, (("objective", "stages", 0, "bound"), 1e6))
    assert found.stages[0].solution.bound == 1e6
    assert found.held is not None
    assert found.held.solution.bound == pytest.approx(solved.held.certificate.bound)


def test_without_prices_the_bound_is_the_one_that_is_told() -> None:
    one = {**LINEAR, "objective": {"maximize": "weighted outcomes"}}
    found, _ = replayed(one, (("proof", "stages", 0), None), (("objective", "stages", 0, "bound"), 200.0))
    assert found.stages[0].certificate is not None
    assert found.stages[0].certificate.bound == 200
    assert found.stages[0].solution.bound == 200
    assert found.solution.row_dual is None
    assert found.solution.reduced_cost is None


def test_an_objective_that_was_not_reached_has_no_plan() -> None:
    stage = ("objective", "stages", 1)
    found, _ = replayed(
        LINEAR, (("proof", "stages", 1), None), ((*stage, "value"), None), ((*stage, "termination"), "time limit")
    )
    assert found.termination is Termination.TIME_LIMIT
    assert found.stages[1].solution.x is None
    assert found.stages[1].certificate is None
    assert found.stages[0].certificate is not None


@pytest.mark.parametrize(
    ("proved", "bound", "tolerance", "worst"),
    [(True, 380.0, None, 0.0), (True, 399.0, 0.1, 0.05), (False, 399.0, 0.1, 0.05), (False, 380.0, None, np.inf)],
)
def test_how_far_a_search_stopped_short(proved: bool, bound: float, tolerance: float | None, worst: float) -> None:
    stage = ("objective", "stages", 0)
    found, _ = replayed(
        ALONE, ((*stage, "proved"), proved), ((*stage, "bound"), bound), ((*stage, "tolerance"), tolerance)
    )
    certificate = found.stages[0].certificate
    assert certificate is not None
    assert certificate.gap.tolerance == (1e-9 if tolerance is None else tolerance)
    assert certificate.gap.worst == (np.inf if np.isinf(worst) else pytest.approx(worst, rel=0.06))
    assert certificate.gap.worst * certificate.gap.scale == pytest.approx(certificate.gap.breach)


def test_the_place_of_a_limit_in_its_file(tmp_path: Path) -> None:
    text = """
funds: {general: {revenue: 100}}
outcomes: {good: {weight: 1}}
programs: {a: {outcomes: {good: {per_dollar: 1}}}}
rules:
- {name: cap, sum: spending, at_most: 60}
- {name: floor, sum: spending, at_least: 10}
"""
    file = tmp_path / "scenario.yaml"
    file.write_text(text)
    table = bo.solve(bo.load(file)).rules
    assert [place.removeprefix(str(file)).split(":")[1] for place in table["place"]] == ["6", "7"]
    assert table.index.tolist() == [0, 1]


def test_a_fund_with_half_a_dollar_has_money() -> None:
    programs = {"a": rated(2), "b": rated(1)}
    reasons = bo.solve(Scenario.from_document(document_of(programs, revenue=0.5))).programs["reason"]
    assert reasons["b"] == "unfunded: the money buys more elsewhere"
