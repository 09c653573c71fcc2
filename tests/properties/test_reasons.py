"""Each reason of a plan is checked, most of them by solving again; `tools/story_claims.py` counts them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from language.small import document_of
from language.strategies import Told, told
from measures import few
from reason_checks import checked_reasons
from strategies import unchecked


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


CUTS = [{"minimize": "change from baseline"}, {"minimize": "largest cut"}]
LATER: list[list[dict[str, Any]]] = [[], [{"maximize": "weighted outcomes"}], [{"minimize": "spending"}]]


@few(1 / 2)
@given(told(concave=True, max_programs=6), st.sampled_from(CUTS), st.sampled_from(LATER), st.sampled_from(["", "20%"]))
def test_the_reasons_for_cuts_are_true(
    case: Told, first: dict[str, Any], later: list[dict[str, Any]], within: str
) -> None:
    given_up = {"within": within} if within and later else {}
    document = {**case.document, "objective": [{**first, **given_up}, *later]}
    plan = bo.solve(unchecked(document))
    assert [found.problem for found in checked_reasons(document, plan) if found.problem] == []


def test_a_plan_that_a_tie_chooses_may_have_another_that_does_as_well() -> None:
    """What the target asks for costs as much of the objective in either program; ties go to the one that has money."""
    effects = {
        name: {key: {"per_dollar": rate} for key in ("good", "bad")} for name, rate in (("a", 0.002), ("b", 0.01))
    }
    document = document_of({"a": {"baseline": 1000, "outcomes": effects["a"]}, "b": {"outcomes": effects["b"]}}, 1000)
    document["outcomes"] = {"good": {"weight": 1, "target": {"at_least": 1}}, "bad": {"weight": -2}}
    plan = bo.solve(bo.Scenario.from_document(document))
    assert plan.unique
    assert plan.programs.loc["a", "reason"].endswith("asks for it, if not for another that does as well")
    assert [found.problem for found in checked_reasons(document, plan)] == ["", ""]
