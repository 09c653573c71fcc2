"""Offsets lose no more than any other cuts: every combination of packages, and of cuts of ten, is tried."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import budgetopt as bo


@pytest.mark.parametrize("seed", range(8))
def test_no_other_cuts_balance_a_plan_at_less_loss(seed: int) -> None:
    random = np.random.default_rng(seed)
    programs = {}
    for name in "abc":
        whole = random.random() < 0.5
        good = [float(random.integers(1, 9)), float(random.integers(1, 9))]
        if whole:
            packages = [{"name": f"p{k}", "cost": 20.0, "outcomes": {"good": 20 * good[k]}} for k in range(2)]
            programs[name] = {"choose": "any", "packages": packages}
        else:
            slopes = sorted(good, reverse=True)
            curve = [[0, 0], [20, 20 * slopes[0]], [50, 20 * slopes[0] + 30 * slopes[1]]]
            floor = {"at_least": int(random.integers(0, 2)) * 10}
            programs[name] = {"outcomes": {"good": {"curve": curve}}, "spending": floor}
    programs["new"] = {"outcomes": {"good": {"per_dollar": 0.01}}, "spending": {"at_most": 100}}
    rule = {"name": "Both", "sum": "spending", "where": {"program": ["a", "b"]}, "at_least": 20}
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 80}},
            "outcomes": {"good": {"weight": 1}},
            "programs": programs,
            "rules": [rule],
        }
    )
    plan = bo.solve(scenario)
    found = bo.amend(plan, f"set new to {10 * int(random.integers(1, 6))}")
    if found.balanced:
        return
    least = _least_loss(found)
    if found.offsets is None:
        assert least is None
        return
    assert found.offsets.audit.accepted
    assert least is not None
    # cuts need not be multiples of ten, so that these may lose less
    assert found.loss_of(found.offsets.audit) <= least + 1e-6


def _least_loss(found: bo.Amended) -> float | None:
    """Return the least loss of cuts of whole packages or of multiples of ten that keep every limit."""
    scenario, plan = found.scenario, found.plan
    spent, table = plan.spending[:, 0, 0], scenario.packages
    choices: list[list[tuple[float, tuple[bool, ...]]]] = []
    for row in range(3):
        mine = np.flatnonzero(table.program == row)
        if len(mine):
            subsets = itertools.product((False, True), repeat=len(mine))
            choices.append([(20.0 * sum(one), one) for one in subsets if 20 * sum(one) <= spent[row] + 1e-9])
        else:
            choices.append([(max(float(spent[row]) - cut, 0.0), ()) for cut in range(0, 60, 10)])
    losses = []
    for combination in itertools.product(*choices):
        spending = plan.spending.copy()
        spending[:3, 0, 0] = [amount for amount, _ in combination]
        taken = np.array([flag for _, flags in combination for flag in flags], dtype=bool).reshape(-1, 1)
        audit = bo.audit_plan(scenario, bo.SpendingPlan(spending, plan.transfers, taken))
        if audit.accepted:
            losses.append(found.loss_of(audit))
    return min(losses, default=None)
