"""Plans nearly as good as the best: ranges worked out by hand and by brute force, and the difference maximized."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from small_scenarios import drawn_packages


def town(*per_dollar: float, **more: Any) -> bo.Scenario:
    """Return a town with 100 dollars whose programs bring so much for each dollar, up to 60 dollars each."""
    programs = {
        name: {"outcomes": {"good": {"per_dollar": value}}, "spending": {"at_most": 60}}
        for name, value in zip("abcd", per_dollar, strict=False)
    }
    return bo.Scenario.from_document(
        {"funds": {"general": {"revenue": 100}}, "outcomes": {"good": {"weight": 1}}, "programs": programs, **more}
    )


def test_the_range_of_each_program_by_hand() -> None:
    # the best plan has a 60, b 40 and is worth 260; 5% of that is 13
    found = bo.alternatives(town(3, 2, 1), within=0.05, count=0)
    ranges = found.ranges.set_index("program")
    # a dollar from a to b loses 1, from b to c 1, from a to c 2
    assert ranges.loc["a", ["least", "most"]].tolist() == pytest.approx([47, 60])
    # b may be unspent: a dollar of it loses 2; to c it loses 1
    assert ranges.loc["b", ["least", "most"]].tolist() == pytest.approx([27, 53])
    assert ranges.loc["c", ["least", "most"]].tolist() == pytest.approx([0, 13])
    assert ranges["plan"].tolist() == pytest.approx([60, 40, 0])
    assert ranges["freedom"].tolist() == pytest.approx([13, 26, 13])
    assert ranges["proved"].all()
    assert set(ranges["unit"]) == {"USD"}
    assert found.plans == ()


def test_other_plans_are_as_different_as_can_be() -> None:
    found = bo.alternatives(town(3, 3, 3), within=0.0, count=2)
    # all three are as good: no plan differs by more than 120 from one that spends 60 and 40
    best = found.best.spending[:, 0, 0]
    first, second = (one.plan.spending[:, 0, 0] for one in found.plans)
    assert np.abs(first - best).sum() == pytest.approx(found.plans[0].difference)
    assert found.plans[0].difference >= 0.99 * _farthest([best])
    assert found.plans[1].difference >= 0.99 * _farthest([best, first])
    assert found.plans[1].difference == pytest.approx(min(np.abs(second - one).sum() for one in (best, first)))
    assert found.summary["lost"].tolist() == pytest.approx([0, 0])
    assert list(found.programs) == ["program", "name", "best", "plan 1", "plan 2", "unit"]
    assert all(one.audit.accepted and one.proved for one in found.plans)


def _farthest(plans: list[Any]) -> float:
    """Return the greatest difference from the nearest of some plans, of all that spend 100 in steps of 5."""
    grid = [one for one in itertools.product(range(0, 65, 5), repeat=3) if sum(one) == 100]
    return max(min(float(np.abs(np.array(one) - plan).sum()) for plan in plans) for one in grid)


@pytest.mark.parametrize("seed", range(6))
def test_ranges_of_packages_against_every_combination(seed: int) -> None:
    cost, good, document = drawn_packages(seed, 80)
    scenario = bo.Scenario.from_document(document)
    found = bo.alternatives(scenario, within=0.2, count=1)
    combinations = np.array(list(itertools.product((0, 1), repeat=6)))
    near = combinations[(combinations @ cost <= 80)]
    near = near[near @ good >= 0.8 * (near @ good).max() - 1e-9]
    spent = near * cost
    assert found.least.tolist() == pytest.approx(spent.min(axis=0).tolist())
    assert found.most.tolist() == pytest.approx(spent.max(axis=0).tolist())
    differences = np.abs(spent - found.best.spending[:, 0, 0]).sum(axis=1)
    reached = found.plans[0].difference if found.plans else 0.0
    assert reached >= 0.99 * differences.max() - 1.0
    assert reached <= differences.max() + 1e-6


def test_ranges_are_the_same_in_several_processes() -> None:
    plan = bo.solve(town(3, 2, 1, 0.5))
    here = bo.alternatives(plan, within=0.1, count=0)
    there = bo.alternatives(plan, within=0.1, count=0, machines=bo.Machines(workers=2))
    assert here.ranges.equals(there.ranges)


def test_the_programs_whose_ranges_are_asked_for() -> None:
    scenario = town(3, 2, 1).with_("programs.a.department=Parks", "programs.c.department=Parks")
    assert bo.alternatives(scenario, programs=["Parks"], count=0).ranges["program"].tolist() == ["a", "c"]
    assert not len(bo.alternatives(scenario, programs=[], count=0).ranges)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": 1.5}, "within is 1.5"),
        ({"within": -0.1}, "within is -0.1"),
        ({"count": -1}, "-1 plans cannot be looked for"),
        ({"programs": ["e"]}, "there is no program or department named 'e'"),
    ],
)
def test_what_cannot_be_asked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(bo.InputError, match=message):
        bo.alternatives(town(3, 2), **options)


def test_plans_in_rounded_amounts_differ_and_are_good_enough() -> None:
    # the best plan has a 60, b 40 and is worth 260: 3% of that is 7.8, and moves of 5 lose 5 each
    found = bo.alternatives(town(3, 2, 1, round_to=5), within=0.03, count=3)
    assert found.best.spending.sum(axis=(1, 2)).tolist() == [60, 40, 0]
    amounts = [one.plan.spending.sum(axis=(1, 2)).tolist() for one in found.plans]
    assert sorted(amounts) == [[55, 45, 0], [60, 35, 5]]
    assert (found.summary["lost"] <= 0.03).all()
    assert [one.difference for one in found.plans] == [10, 10]
