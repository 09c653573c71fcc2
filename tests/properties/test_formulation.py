"""The linear program admits exactly the plans that the audit accepts, and values each as the audit does."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.formulation import Formulation, LinearProgram, formulate
from budgetopt.formulation.linear_program import Block, Labels, Matrix
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.solution import Termination
from measures import few, worth_of_a_cent
from strategies import ALL, CONVEX, Case, cases


def imposed(formulation: Formulation, plan: SpendingPlan) -> LinearProgram | None:
    """Return the linear program in which every payment and transfer is that of a plan; None if one cannot be made."""
    problem = formulation.linear_program
    units = np.eye(problem.columns)
    paid = np.array([formulation.spending_of(unit).ravel() for unit in units]).T
    moved = np.array([formulation.transfers_of(unit).ravel() for unit in units]).T
    rows = np.concatenate((paid, moved))
    amounts = np.concatenate((plan.spending.ravel(), plan.transfers.ravel()))
    possible = rows.any(axis=1)
    if amounts[~possible].any():
        return None
    rows, amounts = rows[possible], amounts[possible]
    row, column = np.nonzero(rows)
    old = problem.matrix
    return replace(
        problem,
        matrix=Matrix.from_triplets(
            problem.rows + len(rows),
            problem.columns,
            np.concatenate((old.index, problem.rows + row)),
            np.concatenate((old.column_of_entry(), column)),
            np.concatenate((old.value, rows[row, column])),
        ),
        row_lower=np.concatenate((problem.row_lower, amounts)),
        row_upper=np.concatenate((problem.row_upper, amounts)),
        row_labels=Labels((*problem.row_labels.blocks, Block("imposed", problem.rows, problem.rows + len(rows)))),
    )


@st.composite
def nearby(draw: st.DrawFn, case: Case) -> SpendingPlan:
    """Draw a plan that differs from the known one in a few payments and transfers."""
    plan = copy.deepcopy(case.plan)
    eligible = np.argwhere(case.scenario.eligible).tolist()
    periods = len(case.document["periods"])
    for _ in range(draw(st.integers(1, 3))):
        program, fund = draw(st.sampled_from(eligible))
        period = draw(st.integers(0, periods - 1))
        step = draw(st.sampled_from([100_000, -100_000, 30_000, -1_000_000, 1_000_000]))
        amount = max(0.0, plan.spending[program, fund, period] + step)
        change = amount - plan.spending[program, fund, period]
        plan.spending[program, fund, period] = amount
        # what changes may be made up by another fund, program or period
        other_program, other_fund = draw(st.sampled_from(eligible))
        other_period = draw(st.integers(0, periods - 1))
        if draw(st.booleans()) and plan.spending[other_program, other_fund, other_period] >= change:
            plan.spending[other_program, other_fund, other_period] -= change
    named = np.argwhere(plan.transfers.any(axis=2)).tolist()
    if named and draw(st.booleans()):
        giver, taker = draw(st.sampled_from(named))
        plan.transfers[giver, taker, draw(st.integers(0, periods - 1))] += draw(st.sampled_from([100_000, -100_000]))
        plan.transfers[plan.transfers < 0] = 0.0
    return plan


@pytest.mark.parametrize("features", [CONVEX, ALL], ids=["convex", "all"])
@few(1)
@given(data=st.data())
def test_the_linear_program_admits_what_the_audit_accepts(features: frozenset[str], data: st.DataObject) -> None:
    case = data.draw(cases(features=features, max_programs=5, max_funds=3))
    plan = data.draw(nearby(case))
    audit = audit_plan(case.scenario, plan)
    # what is missed by less than a dollar, or than a dollar buys, may be judged either way
    assume(all(miss.excess > (0.01 if miss.kind in ("target", "sum") else 1) for miss in case.read(plan).misses()))
    problem = imposed(formulate(case.scenario), plan)
    solution = None if problem is None else solve_stage(problem, problem.stages[0])
    admitted = solution is not None and solution.termination is Termination.OPTIMAL
    assert admitted is audit.accepted, str(audit)
    if solution is not None and admitted:
        assert solution.objective == pytest.approx(
            audit.objectives[0].value, rel=1e-8, abs=1e-3 * worth_of_a_cent(case.scenario)
        )
