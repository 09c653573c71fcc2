"""Remarks on programs without an effect, and on effects of both signs."""

from __future__ import annotations

from typing import Any

from budgetopt.checks.notes import notes
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


def said(programs: dict[str, Any], **more: Any) -> list[str]:
    return notes(Scenario.from_document({**document_of(programs), **more}))


def test_programs_without_an_effect_are_counted_with_their_money() -> None:
    programs = {"a": {"baseline": 7, "outcomes": {"good": {"per_dollar": 1}}}, "police": {"baseline": 3}}
    remark = "1 program without an effect on any outcome has 3 of the baseline of 10"
    assert f"{remark}; to keep their baselines, write `keep_unmeasured: 100%`" in said(programs)
    kept = f"{remark}; 1.50 of it is kept: `spending: {{at_least: 0}}` releases a program"
    assert kept in said(programs, keep_unmeasured="50%")
    even = said(programs, objective={"minimize": "largest cut"})
    assert f"{remark}, which this objective keeps near as it is" in even
    assert not [line for line in even if "gets only what" in line]


def test_an_effect_of_the_wrong_sign_beside_right_ones_is_noted() -> None:
    right, wrong = {"outcomes": {"good": {"per_dollar": 1}}}, {"outcomes": {"good": {"per_dollar": -2}}}
    remark = "program 'b' makes outcome 'good' worse, where other programs make it better: "
    assert f"{remark}is the sign of its effect right?" in said({"a": right, "b": wrong})
    assert not [line for line in said({"a": wrong, "b": wrong}) if "worse" in line]
