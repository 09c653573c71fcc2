"""What is written reads back as the same scenario, with the same answer."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.scenario.scenario import Scenario
from measures import best_value, few
from strategies import ALL, Case, cases


def same(first: Scenario, second: Scenario) -> None:
    """Assert that two scenarios say the same."""
    assert first.document == second.document
    assert first.programs.ids.tolist() == second.programs.ids.tolist()
    assert [first.programs[name] for name in first.programs] == [second.programs[name] for name in second.programs]


@few(1 / 2)
@given(cases(features=ALL))
def test_the_text_of_a_scenario_reads_back(case: Case) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scenario.yaml")
        path.write_text(case.scenario.to_yaml(), encoding="utf-8")
        again = bo.load(path)
    same(case.scenario, again)
    assert best_value(again) == best_value(case.scenario)


@few(1 / 4)
@given(cases(features=ALL), st.sampled_from([None, True, False]))
def test_the_folder_of_a_scenario_reads_back(case: Case, table: bool | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = case.scenario.to_folder(Path(folder, "drawn"), table=table)
        again = bo.load(place)
    assert again.programs.ids.tolist() == case.scenario.programs.ids.tolist()
    assert [again.programs[name] for name in again.programs] == [
        case.scenario.programs[name] for name in case.scenario.programs
    ]
    assert again.document.model_copy(update={"tables": case.scenario.document.tables}) == case.scenario.document
    assert np.isclose(best_value(again) or 0.0, best_value(case.scenario) or 0.0, rtol=1e-12)
