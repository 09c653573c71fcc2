"""Each sentence of the story is worked out again from the plan, or by solving again."""

from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from measures import few
from story_checks import checked
from strategies import ALL, CONVEX, Case, cases, unchecked


@few(1 / 4)
@given(case=cases(features=CONVEX))
def test_the_story_of_a_plan_is_true(case: Case) -> None:
    assert [claim.problem for claim in checked(bo.solve(case.scenario)) if claim.problem] == []


@few(1 / 4)
@given(case=cases(max_programs=5, features=ALL))
def test_the_story_of_all_or_nothing_plans_is_true(case: Case) -> None:
    assert [claim.problem for claim in checked(bo.solve(case.scenario)) if claim.problem] == []


@few(1 / 3)
@given(case=cases(features=CONVEX, max_periods=2), data=st.data())
def test_the_ranges_of_a_plan_are_those_of_its_effects(case: Case, data: st.DataObject) -> None:
    document = copy.deepcopy(case.document)
    share = st.integers(0, 100)
    for program in document["programs"].values():
        for effect in program.get("outcomes", {}).values():
            if data.draw(st.booleans()):
                effect |= {"low": f"{data.draw(share)}%", "high": f"{100 + 3 * data.draw(share)}%"}
    problems = [claim.problem for claim in checked(bo.solve(unchecked(document))) if claim.kind == "ranges"]
    assert [problem for problem in problems if problem] == []
