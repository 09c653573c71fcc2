"""Conflicts are infeasible, each smaller part fits, and every one is found."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures import few

import budgetopt as bo
from budgetopt.analysis.infeasibility.contradictions import _smallest, conflicts
from budgetopt.errors import OptionError
from budgetopt.formulation import formulate
from budgetopt.scenario.limits import Provision
from budgetopt.solvers import Termination, solve_linear_program


def scenario_of(**parts):
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {name: {"outcomes": {"saved": {"per_dollar": 1}}} for name in "abc"},
            **parts,
        }
    )


def fits(scenario, kept):
    suspended = {limit.provision for limit in scenario.limits.demands()} - set(kept)
    answer = solve_linear_program(formulate(scenario, suspended=suspended).linear_program)
    return answer.termination is not Termination.INFEASIBLE


def test_a_feasible_scenario_has_none():
    assert conflicts(scenario_of()) == ()


def test_floors_above_the_money_are_named():
    scenario = scenario_of(
        rules=[
            {"name": "a keeps 70", "where": {"program": "a"}, "sum": "spending", "at_least": 70, "because": "Law"},
            {"name": "b keeps 40", "where": {"program": "b"}, "sum": "spending", "at_least": 40},
            {"name": "c keeps 5", "where": {"program": "c"}, "sum": "spending", "at_least": 5},
        ]
    )
    (conflict,) = conflicts(scenario, at_most=5)
    assert [provision.name for provision in conflict.provisions] == ["a keeps 70", "b keeps 40"]
    assert conflict.demands[0].because == "Law"


def test_a_conflict_of_whole_decisions_is_found():
    scenario = scenario_of(
        programs={name: {"packages": [{"cost": 60, "outcomes": {"saved": 1}}]} for name in "ab"},
        rules=[{"name": "both", "count": "funded", "at_least": 2}, {"name": "one", "excludes": ["a", "b"]}],
    )
    found = {frozenset(p.name for p in conflict.provisions) for conflict in conflicts(scenario, at_most=9)}
    assert found == {frozenset({"both"})}


def test_fewer_than_one_is_refused():
    with pytest.raises(OptionError, match="at least one"):
        conflicts(scenario_of(), at_most=0)


sides = st.sampled_from(["at_least", "at_most"])
rules = st.lists(
    st.tuples(st.sets(st.sampled_from("abc"), min_size=1), sides, st.integers(0, 13)), min_size=2, max_size=6
)


@few(1, at_most=100)
@given(rules)
def test_every_smallest_conflict_is_found(drawn):
    scenario = scenario_of(
        rules=[
            {"name": f"r{n}", "where": {"program": sorted(who)}, "sum": "spending", side: 10 * level}
            for n, (who, side, level) in enumerate(drawn)
        ]
    )
    names = [Provision("rule", f"r{n}") for n in range(len(drawn))]
    expected = set()
    for size in range(1, len(names) + 1):
        for group in combinations(names, size):
            if not any(smaller <= set(group) for smaller in expected) and not fits(scenario, group):
                expected.add(frozenset(group))
    found = [frozenset(conflict.provisions) for conflict in conflicts(scenario, at_most=100)]
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert [len(conflict) for conflict in found] == sorted(len(conflict) for conflict in found)


@given(st.lists(st.frozensets(st.integers(0, 6), min_size=1, max_size=4), min_size=1, max_size=4), st.data())
def test_a_smallest_part_that_does_not_fit(contradictions, data):
    items = data.draw(st.permutations(sorted(frozenset().union(*contradictions, {0}))))

    def fits(kept):
        return not any(one <= kept for one in contradictions)

    found = frozenset(_smallest(fits, items))
    assert not fits(found)
    assert all(fits(found - {item}) for item in found)
