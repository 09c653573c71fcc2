"""Each sentence of the story is worked out again from the plan, or by solving again."""

from __future__ import annotations

from hypothesis import given

import budgetopt as bo
from measures import few
from story_checks import checked
from strategies import ALL, CONVEX, Case, cases


@few(1)
@given(case=cases(features=CONVEX))
def test_the_story_of_a_plan_is_true(case: Case) -> None:
    assert [claim.problem for claim in checked(bo.solve(case.scenario)) if claim.problem] == []


@few(1)
@given(case=cases(max_programs=5, features=ALL))
def test_the_story_of_all_or_nothing_plans_is_true(case: Case) -> None:
    assert [claim.problem for claim in checked(bo.solve(case.scenario)) if claim.problem] == []
