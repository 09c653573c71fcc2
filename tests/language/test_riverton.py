"""The example that shows the whole language, beside a table of further programs, checked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import budgetopt as bo
from budgetopt.allocation.allocation import Allocation
from language.small import levels, spent, taken

FILE = Path(__file__).parent / "riverton.yaml"
M = 1_000_000


@pytest.fixture(scope="module")
def plan() -> Allocation:
    return bo.solve(bo.load(FILE))


def test_it_solves_as_it_is_written(plan: Allocation) -> None:
    assert plan.proved
    assert plan.audit.accepted
    assert plan.scenario.rules[0].name == "Public safety floor"
    assert len(plan.solver_result.stages) == 2


def test_each_program_is_where_its_words_hold_it(plan: Allocation) -> None:
    # at most 15% more than 2.4M, 5M, 1.5M and 1M
    assert spent(plan, "rapid_rehousing") == [2.76 * M] * 3
    assert spent(plan, "vision_zero") == [5.75 * M] * 3
    assert spent(plan, "crossing_guards") == [1.725 * M] * 3
    assert spent(plan, "shelter_repairs") == [1.15 * M] * 3
    # the north has more of the parks than the south, which must have 90% of its 52/93 of what is placed:
    # 0.7 * 2.76 + 0.55 * 1.725 + 0.6 * 1.15 + 0.38 x = 0.9 * 52 / 93 * (2.76 + 1.725 + 1.15 + x) for x = 5.96524869
    assert spent(plan, "parks") == pytest.approx([5_965_248.69] * 3, abs=0.02)
    # both packages of the fire station, all units of screening, the bridge in the one year that leaves it time to open
    assert spent(plan, "fire_station") == [11.2 * M] * 3
    assert spent(plan, "screening") == [24_000 * 31] * 3
    assert taken(plan, "bridge") == [[0]]
    assert spent(plan, "bridge") == [2 * M, 9 * M, 1 * M]


def test_what_it_brings_and_takes(plan: Allocation) -> None:
    # 40 + 6 of the fire station, 60 + 0.75 * 50 / 7 of vision zero, 9 a million of the guards, 1 of the repairs, and
    # the bridge in its last year
    each = 46 + 60 + 37.5 / 7 + 1.725 * 9 + 1.15
    assert levels(plan, "injuries_prevented") == pytest.approx([each, each, each + 11], abs=1e-3)
    # 21% of 8M less the fixed cost of 150,000, 1.1 for each screening, one for each 20 dollars of parks
    visits = 0.21 * 7.85 * M + 26_400 + 5_965_248.69 / 20
    assert levels(plan, "visits") == pytest.approx([visits] * 3, abs=1e-2)
    # a case worker for each 160,000 of rehousing and for 2,500 screenings; twelve on the ladder
    assert plan.audit.resources.round(6).tolist() == [[26.85] * 3, [12] * 3]


def test_the_grant_keeps_its_conditions(plan: Allocation) -> None:
    for program in ("rapid_rehousing", "shelter_repairs"):
        local, grant = spent(plan, program, "general"), spent(plan, program, "housing_grant")
        assert all(own >= share / 4 - 0.01 for own, share in zip(local, grant, strict=True))
    assert [check.name for check in plan.audit.of_kind("maintenance of effort")] == ["housing_grant"]


def test_the_decisions_stand_in_tables_by_name(plan: Allocation) -> None:
    tables = plan.decisions
    assert list(tables) == ["spending", "transfers", "packages", "units", "stand_ins"]
    starts = tables["packages"].set_index("program")
    assert starts.loc["bridge"].tolist() == ["replace", "FY2027"]
    assert set(starts.loc["fire_station", "package"]) == {"base", "ladder company"}
    assert tables["spending"] is plan.by_fund
    again = bo.SpendingPlan.from_frame(plan.scenario, **tables)
    assert (again.spending == plan.spending).all()
    assert (again.packages == plan.packages).all()
