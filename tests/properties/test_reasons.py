"""Each reason of a plan is checked, most of them by solving again; `tools/story_claims.py` counts them."""

from __future__ import annotations

from hypothesis import given

import budgetopt as bo
from language.strategies import Told, told
from measures import few
from reason_checks import checked_reasons


@few(1 / 2)
@given(told())
def test_the_reason_of_every_program_is_true(case: Told) -> None:
    plan = bo.solve(case.scenario)
    assert [found.problem for found in checked_reasons(case.document, plan) if found.problem] == []


@few(1 / 2)
@given(told(concave=True, max_programs=6))
def test_reasons_of_linear_programs_are_true(case: Told) -> None:
    plan = bo.solve(case.scenario)
    assert [found.problem for found in checked_reasons(case.document, plan) if found.problem] == []
