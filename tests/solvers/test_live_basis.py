"""The basis of a live model solves linear systems in the units of the problem."""

from __future__ import annotations

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.errors import SolverError
from budgetopt.solvers.highs import LiveModel
from linear_programs import INFINITY, linear_program


def test_the_prices_of_a_basis_are_the_duals() -> None:
    document = {
        "name": "Two",
        "funds": {"general": {"revenue": 1_000_000}, "aid": {"revenue": 50_000, "only": {"program": "roads"}}},
        "outcomes": {"visits": {"weight": 3}, "miles": {"weight": 70_000, "target": {"at_least": 4}}},
        "programs": {
            "library": {"outcomes": {"visits": {"curve": [[0, 0], [400_000, 90_000], [900_000, 120_000]]}}},
            "roads": {"outcomes": {"miles": {"unit_cost": 100_000, "up_to": 9}}},
        },
    }
    problem = bo.formulate(bo.Scenario.from_document(document)).linear_program
    model = LiveModel(problem)
    answer = model.solve()
    assert answer.row_dual is not None
    prices = model.basis().prices(problem.stages[0].cost)
    assert prices == pytest.approx(answer.row_dual, rel=1e-9, abs=1e-12)
    # at these prices no basic column has a reduced cost
    basic = model.basis().columns(problem.columns)
    reduced = problem.stages[0].reduced_costs(problem.matrix, prices)
    assert np.abs(reduced[basic]).max() < 1e-9


def test_what_is_solved_without_a_basis_has_none() -> None:
    model = LiveModel(linear_program([[0, 0]], [-1], [INFINITY], 0, 2, minimize=[1, 2]))
    assert model.solve().x is not None
    with pytest.raises(SolverError, match="without rows or without entries"):
        model.basis()
    unsolved = LiveModel(linear_program([[1, 1]], [1], [INFINITY], 0, 2, minimize=[1, 2]))
    with pytest.raises(SolverError, match="refused to tell its basis"):
        unsolved.basis()
