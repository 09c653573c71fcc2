"""Packages of a table that leaves out numbers: those after them move up, in every answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import budgetopt as bo

SCENARIO = """
funds: {general: {revenue: REVENUE}}
outcomes: {good: {weight: 1}}
tables: {programs: programs.csv}
"""
WITH_GAPS = """program,packages.0.cost,packages.0.outcomes.good.value,packages.1.cost,packages.1.outcomes.good.value,\
packages.2.cost,packages.2.outcomes.good.value
alpha,3,2,2,9,,
library,,,3,5,4,9
pools,,,1,1,2,6
tram,4,1,,,5,2
"""
MOVED_UP = """program,packages.0.cost,packages.0.outcomes.good.value,packages.1.cost,packages.1.outcomes.good.value
alpha,3,2,2,9
library,3,5,4,9
pools,1,1,2,6
tram,4,1,5,2
"""


def city(folder: Path, table: str, revenue: float) -> bo.Scenario:
    (folder / "scenario.yaml").write_text(SCENARIO.replace("REVENUE", str(revenue)))
    (folder / "programs.csv").write_text(table.replace("\\\n", ""))
    return bo.load(folder)


@pytest.mark.parametrize("revenue", [6, 8, 12, 20])
def test_packages_after_a_number_that_is_left_out_move_up(tmp_path: Path, revenue: float) -> None:
    plans = []
    for name, table in (("gaps", WITH_GAPS), ("moved", MOVED_UP)):
        (tmp_path / name).mkdir()
        plans.append(bo.solve(city(tmp_path / name, table, revenue)))
    one, other = plans
    assert one.objective_value == other.objective_value
    assert np.array_equal(one.spending, other.spending)
    assert one.proved
    assert bo.compare(one).plans["value"].tolist() == bo.compare(other).plans["value"].tolist()
    target = {"good": one.objective_value + 1}
    assert bo.reach(one, target).targets.equals(bo.reach(other, target).targets)


def test_a_package_is_found_by_its_program_and_its_number(tmp_path: Path) -> None:
    packages = city(tmp_path, WITH_GAPS, 20).packages
    assert packages.number.tolist() == [0, 1, 1, 2, 1, 2, 0, 2]
    assert packages.rank.tolist() == [0, 1] * 4
    assert packages.at(packages.program, packages.number).tolist() == list(range(8))
