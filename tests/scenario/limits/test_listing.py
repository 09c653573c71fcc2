"""The limits of a changed scenario: the records of rules that stay the same are those of the scenario before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.scenario.scenario import Scenario
from moved_figures import paths_of
from strategies import scenarios

CHARLOTTE = Path(__file__).parents[3] / "scenarios" / "charlotte"


@given(scenario=scenarios(), data=st.data())
def test_limits_after_a_figure_has_moved_are_those_that_are_listed_anew(
    scenario: Scenario, data: st.DataObject
) -> None:
    assert len(scenario.limits) > 0
    figure = figure_at(scenario, data.draw(st.sampled_from(paths_of(scenario))))
    moved = figure.moved(data.draw(st.sampled_from([0.25, 1.0])))
    assert repr(list(moved.limits)) == repr(list(replace(moved).limits))


def test_only_the_rule_whose_figure_moves_is_listed_anew() -> None:
    scenario = bo.load(CHARLOTTE)
    before, rules = scenario.limits, range(len(scenario.rules))
    moving = next(at for at in rules if before[at].numbers)
    moved = figure_at(scenario, before[moving].address_of(before[moving].numbers[0])).moved(0.01)
    assert [at for at in rules if moved.limits[at] is not before[at]] == [moving]


def test_units_of_outcomes_and_resources_are_read_anew() -> None:
    scenario = bo.load(CHARLOTTE)
    before = scenario.limits
    moved = figure_at(scenario, f"outcomes.{next(iter(scenario.outcomes))}.weight").moved(1.0)
    assert all(moved.limits[at] is not before[at] for at in range(len(scenario.rules)))
    assert repr(list(moved.limits)) == repr(list(before))
