"""Break-evens of programs that move by degrees beside packages of large worth, which more than one fund pays for."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis import break_even_factors
from budgetopt.analysis.live_problem.scaling import scaled

NEAR = 2e-3
"""How far from a break-even the plan is worked out again, as a share of it."""


def curved(*points: list[float], **more: Any) -> dict[str, Any]:
    return {"tags": "open", "outcomes": {"visits": {"curve": [[0, 0], *points]}}, **more}


def beside(packages: list[dict[str, Any]], weight: float, money: float, **programs: dict[str, Any]) -> bo.Scenario:
    """Return programs beside packages; each may be paid for by both funds, so that no payment is in the objective."""
    return bo.Scenario.from_document(
        {
            "funds": {
                "general": {"revenue": money},
                "aid": {"kind": "grant", "revenue": 2e6, "only": {"tags": "open"}},
            },
            "outcomes": {"visits": {"unit": "visits", "weight": 4}, "homes": {"unit": "homes", "weight": weight}},
            "programs": {**programs, "shelter": {"tags": "open", "packages": packages}},
        }
    )


@pytest.mark.parametrize("weight", [10, 10_000, 1e6, 1e9])
def test_the_worth_of_a_package_moves_no_break_even_of_others(weight: float) -> None:
    library = curved([2e6, 200e3], [9e6, 550e3], spending={"at_least": 1e6})
    pools = curved([4e6, 500e3], [10e6, 1.25e6])
    scenario = beside(
        [{"name": "wing", "cost": 8e5, "outcomes": {"homes": 30}}], weight, 8e6, library=library, pools=pools
    )
    plan = bo.solve(scenario)
    assert plan.programs["spending"].to_dict()["library"] == 1e6
    # a dollar of the library buys 0.1 visits, and one of the pools 0.125
    for program, more, factor in (("library", True, 1.25), ("pools", False, 0.8)):
        found = {one.more: one.factor for one in break_even_factors(plan, program, kinds=("effect",))}
        assert found[more] == pytest.approx(factor, rel=1e-4)


def drawn(draw: Random) -> bo.Scenario:
    programs = {}
    for name in ("p", "q"):
        first, good, then = draw.choice([1e6, 2e6]), draw.choice([1e5, 3e5]), draw.choice([2e6, 5e6])
        bent = [first + then, good * (1 + draw.uniform(0.2, 0.8) * then / first)]
        programs[name] = curved([first, good], bent, spending={"at_least": draw.choice([0, 1e6])})
    packages = [
        {"name": name, "cost": draw.choice([5e4, 8e5, 3e6]), "outcomes": {"homes": draw.randint(1, 40)}}
        for name in "ab"
    ]
    return beside(packages, draw.choice([1e5, 5e5, 5e6]), draw.choice([5e6, 8e6]), **programs)


def moves(scenario: bo.Scenario, factor: float, level: float, *, more: bool) -> bool:
    """Return whether every best plan gives the program p more, or less, with a factor on its effect."""
    changed = scaled(scenario, "p", "effect", "", factor)
    held = changed.with_((f"programs.p.spending.{'at_most' if more else 'at_least'}", f"={level}"))
    best, still = (bo.solve(one).objective_value for one in (changed, held))
    return best - still > 1e-8 * abs(best)


@pytest.mark.parametrize("seed", range(6))
def test_a_program_moves_beyond_its_factor_and_not_before(seed: int) -> None:
    scenario = drawn(Random(seed))
    plan = bo.solve(scenario)
    level = float(plan.programs["spending"].to_dict()["p"])
    for one in break_even_factors(plan, "p", kinds=("effect",)):
        side = 1 if one.more else -1
        assert not one.unknown
        if math.isnan(one.factor):
            assert not any(moves(scenario, factor**side, level, more=one.more) for factor in (1.5, 60)), one
            continue
        assert moves(scenario, one.factor * (1 + side * NEAR), level, more=one.more), one
        if abs(one.factor - 1) > 2 * NEAR:
            assert not moves(scenario, one.factor * (1 - side * NEAR), level, more=one.more), one
