"""Each reason of a plan is checked, most of them by solving again; `-s` shows how many of each kind."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
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


@pytest.mark.deep
def test_every_kind_of_reason_is_met_and_none_fails() -> None:
    """Count the reasons of each kind that were checked, and that failed, over many drawn scenarios."""
    checked, failed = Counter[str](), Counter[str]()

    @few(1)
    @given(told(max_programs=5))
    def count(case: Told) -> None:
        for found in checked_reasons(case.document, bo.solve(case.scenario)):
            checked[found.kind] += 1
            failed[found.kind] += bool(found.problem)

    count()
    for kind, times in sorted(checked.items()):
        sys.stderr.write(f"{times:7,} checked, {failed[kind]:3} failed: {kind}\n")
    assert not +failed
    assert len(checked) >= 15
