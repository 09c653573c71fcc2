"""Conflicts are conflicts, every part of one fits, every repair works, and none changes a number more than it must."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from budgetopt.analysis import Repair, conflicts, repairs
from budgetopt.errors import ScenarioError
from budgetopt.formulation import formulate
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import PointStatus
from budgetopt.solvers.highs import LiveModel
from measures import few
from strategies import ALL, CONVEX, Case, cases


def fits(scenario: Scenario, suspended: set[Provision] | None = None) -> bool:
    """Return whether some plan keeps a scenario's provisions but those that are suspended."""
    return LiveModel(formulate(scenario, suspended=suspended or ()).linear_program).solve().primal is (
        PointStatus.FEASIBLE
    )


def read(case: Case) -> Scenario | None:
    """Return a scenario that contradicts itself; None if it does not, or if that is seen without solving."""
    try:
        scenario = Scenario.from_document(case.document)
    except ScenarioError:
        return None
    return None if fits(scenario) else scenario


contradictory = st.sampled_from([CONVEX, ALL]).flatmap(
    lambda features: cases(max_programs=3, max_funds=2, max_periods=2, features=features, feasible=False)
)


# A floor of a program whose baseline is nothing contradicts a rule that lets nothing rise above its baseline.
A_FLOOR_ABOVE_NOTHING = {
    "funds": {"general": {"revenue": 2000, "carryover": False, "reserve": 500}},
    "outcomes": {"good": {"weight": 1}},
    "programs": {
        "p": {"baseline": 0, "outcomes": {"good": {"per_dollar": 1}}},
        "q": {"baseline": 0, "spending": {"at_least": 100}, "outcomes": {"good": {"per_dollar": 1}}},
    },
    "rules": [{"name": "k", "change": {"at_most": "0%"}}],
}


@few(1)
@example(Case(A_FLOOR_ABOVE_NOTHING, {}))
@given(contradictory)
def test_every_conflict_is_one_and_every_part_of_it_fits(case: Case) -> None:
    scenario = read(case)
    event("contradictory" if scenario is not None else "not")
    if scenario is None:
        return
    every = {limit.provision for limit in scenario.limits.demands()}
    for conflict in conflicts(scenario, at_most=3):
        core = set(conflict.provisions)
        assert not fits(scenario, every - core)
        for provision in core:
            assert fits(scenario, every - core | {provision})


def is_told_apart(before: Any, after: Any) -> bool:
    """Return whether a hundredth of a change is more than the last digit to which its end is rounded."""
    size = abs(float(after))
    return 0.01 * abs(float(after) - float(before)) > (1.0 if size >= 1000 else 0.01 if size >= 10 else 1e-5)


def less_changed(repair: Repair, share: float) -> Repair | None:
    """Return a repair of one number that goes only a share of the way; None where it is of no single number."""
    if len(repair.amendments) != 1:
        return None
    (item,) = repair.amendments
    if isinstance(item.after, bool) or item.after is None or item.before is None or isinstance(item.before, Mapping):
        return None
    if isinstance(item.after, Mapping):
        return None
    before, after = float(item.before), float(item.after)
    value = before + share * (after - before)
    said = Share(value) if isinstance(item.after, Share) else value
    return Repair(repair.cost, (type(item)(item.limit, item.path, item.before, said),))


# One dollar in each of two years is enough, so that a ceiling of zero, the same in both, need rise by no more than one.
NOTHING_IN_EITHER_YEAR = {
    "periods": ["a", "b"],
    "funds": {"general": {"revenue": 1000, "carryover": False}},
    "outcomes": {
        "good": {"weight": 1},
        "waits": {"weight": 0, "direction": "decrease", "target": {"at_most": -2e-5, "each": "total"}},
    },
    "programs": {
        "asked": {"spending": {"at_most": 0}, "outcomes": {"waits": {"curve": [[0, 0], [100_000, -1]]}}},
        "other": {"outcomes": {"good": {"per_dollar": 0.0001}}},
    },
}

# In the second year a share of the revenue is nothing, whatever the share: only the first year says how low it must be.
A_SHARE_OF_NOTHING = {
    "periods": ["a", "b"],
    "funds": {"general": {"revenue": {"a": 100, "b": 0}, "one_time": {"b": 50}, "carryover": False}},
    "outcomes": {"good": {"weight": 1}},
    "programs": {"p": {"spending": {"at_most": {"a": 5}}, "outcomes": {"good": {"per_dollar": 1}}}},
    "rules": [{"name": "k", "sum": "spending", "of": "revenue", "at_least": "59%"}],
}

# No share of a baseline of nothing admits the spending that another rule asks for: the rule can only be dropped.
A_SHARE_OF_NO_BASELINE = {
    "periods": ["a", "b"],
    "funds": {"general": {"revenue": {"a": 0, "b": 600}, "one_time": {"a": 2000}, "carryover": False, "reserve": 500}},
    "outcomes": {"good": {"weight": 1}},
    "programs": {"p": {"outcomes": {"good": {"per_dollar": 1}}}},
    "rules": [
        {"name": "k", "sum": "spending", "of": "baseline", "at_most": "100%"},
        {"name": "l", "sum": "spending", "of": "revenue", "at_least": "1%"},
    ],
}

# The change of a baseline of nothing is nothing, whatever the percentage.
A_CHANGE_OF_NOTHING = {
    "funds": {"general": {"revenue": 400, "carryover": False, "reserve": 500}},
    "outcomes": {"good": {"weight": 1}},
    "programs": {"p": {"baseline": 0, "outcomes": {"good": {"per_dollar": 1}}}},
    "rules": [{"name": "k", "change": {"at_most": "0%"}}],
}

# A ceiling of nothing that no dollar more helps is dropped by its number: the program stays.
A_CEILING_OF_NOTHING = {
    "funds": {
        name: {"kind": kind, "carryover": False, "structural_balance": True, "one_time": {"budget": 2000}, "revenue": 0}
        for name, kind in (("general", "general"), ("grant", "grant"))
    },
    "outcomes": {
        "first": {"weight": 1, "target": {"at_least": -10}},
        "second": {"weight": 0, "target": {"at_most": 45, "each": "total"}},
        "third": {"weight": 0, "direction": "decrease", "target": {"at_most": -10}},
    },
    "programs": {
        "p": {
            "recurring": False,
            "spending": {"at_most": {"budget": 0}},
            "outcomes": {
                "first": {"per_dollar": -0.1}, "second": {"unit_cost": 0.25, "up_to": 50}, "third": {"per_dollar": -0.1}
            },
        }
    },
}  # fmt: skip


@few(1)
@example(Case(A_CEILING_OF_NOTHING, {}))
@example(Case(NOTHING_IN_EITHER_YEAR, {}))
@example(Case(A_SHARE_OF_NOTHING, {}))
@example(Case(A_SHARE_OF_NO_BASELINE, {}))
@example(Case(A_CHANGE_OF_NOTHING, {}))
@given(contradictory)
def test_every_repair_works_and_none_is_overlooked_or_changes_a_number_by_more_than_it_must(case: Case) -> None:
    scenario = read(case)
    event("contradictory" if scenario is not None else "not")
    if scenario is None:
        return
    weights = {limit.name: 1.0 for limit in scenario.limits.demands()}
    found = repairs(scenario, weights=weights, at_most=99)
    costs = [repair.cost for repair in found]
    # what costs the same but for rounding is ordered by place
    assert costs == pytest.approx(sorted(costs), rel=1e-8)
    for repair in found:
        assert fits(repair.apply(scenario))
    # every limit that is enough by itself is among them, so that none cheaper is overlooked
    single = {repair.amendments[0].provision for repair in found if len(repair.amendments) == 1}
    for provision in [limit.provision for limit in scenario.limits.demands()]:
        assert provision in single or not fits(scenario, {provision})
    for repair in islice(found, 6):
        shorter = less_changed(repair, 0.99)
        if shorter is not None and is_told_apart(repair.amendments[0].before, repair.amendments[0].after):
            assert not fits(shorter.apply(scenario)), repair
