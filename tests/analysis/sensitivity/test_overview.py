"""The table of all programs: what holds each, and what its dollars bring."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis import explain_all
from budgetopt.analysis.live_problem.what_if import question_about
from budgetopt.analysis.sensitivity.more_or_not import NOT_SOLVED
from budgetopt.analysis.sensitivity.overview import _factors, held_by
from budgetopt.report.figures.price_table import price_lines
from budgetopt.solvers import Termination

STANDS = "stands at the margin: its next dollar buys no more than elsewhere"
UNFUNDED = "unfunded: the money buys more elsewhere"
UP, DOWN = {("rule", "Floor"): -0.5}, {("rule", "Cap"): 0.5}


@pytest.mark.parametrize(
    ("reason", "charges", "last", "following", "price", "said"),
    [
        (STANDS, {}, 2.0, 1.0, 1.5, STANDS),
        (STANDS, UP, 1.0, 1.0, 1.5, "held up by the rule “Floor”"),
        (STANDS, UP, 2.0, 1.0, 1.5, STANDS),
        (STANDS, DOWN, 2.0, 2.0, 1.5, "held down by the rule “Cap”"),
        (STANDS, {**UP, **DOWN}, 1.0, 1.0, 1.5, "held up by the rule “Floor”"),
        (STANDS, {("target", "visits"): -0.5}, math.nan, math.nan, 0.0, "held up by the target “visits”"),
        (STANDS, {("reserve", "general"): 0.5}, 2.0, 2.0, 1.5, STANDS),
        # of several rules the one that charges most, or gives most
        (STANDS, {("rule", "Most"): 0.5, ("rule", "Some"): 0.2}, 2.0, 2.0, 1.5, "held down by the rule “Most”"),
        (STANDS, {("rule", "Some"): 0.2, ("rule", "Cap"): 0.5}, 2.0, 2.0, 1.5, "held down by the rule “Cap”"),
        (STANDS, {("rule", "Floor"): -0.5, ("rule", "Base"): -0.2}, 1.0, 1.0, 1.5, "held up by the rule “Floor”"),
        (STANDS, {("rule", "Base"): -0.2, ("rule", "Zone"): -0.5}, 1.0, 1.0, 1.5, "held up by the rule “Zone”"),
        (UNFUNDED, {}, math.nan, 1.0, 1.5, UNFUNDED),
        (UNFUNDED, {}, math.nan, -1.0, 1.5, "unfunded: a dollar here would add nothing"),
        # what brings half of what a dollar brings elsewhere brings something
        (UNFUNDED, {}, math.nan, 0.5, 1.5, UNFUNDED),
        (UNFUNDED, {("rule", "Cap"): 0.5}, math.nan, -1.0, 1.5, "unfunded: a dollar here would add nothing"),
        (UNFUNDED, DOWN, math.nan, 2.0, 1.5, "held down by the rule “Cap”"),
        (UNFUNDED, UP, math.nan, 1.0, 1.5, UNFUNDED),
        (UNFUNDED, UP, math.nan, 0.0, 1.5, UNFUNDED),
        ("at its ceiling", DOWN, 2.0, math.nan, 1.5, "at its ceiling"),
        # what charges nothing, or stands just at the price, holds nothing
        (STANDS, {("rule", "Idle"): 0.0}, 1.0, 2.0, 1.5, STANDS),
        (STANDS, DOWN, 1.5, 1.5, 1.5, STANDS),
        (STANDS, UP, 1.5, 1.5, 1.5, STANDS),
        (STANDS, {("target", "visits"): -0.5}, 0.5, 0.5, 1.5, "held up by the target “visits”"),
        (STANDS, {("target", "visits"): -1.5}, 0.0, 0.0, 1.5, "funded: the target of “visits” asks for it"),
        (STANDS, {("rule", "Floor"): -1.5}, 0.0, 0.0, 1.5, "held up by the rule “Floor”"),
        (UNFUNDED, {("money", "general"): -0.5}, math.nan, -1.0, 1.5, UNFUNDED),
    ],
)
def test_a_rule_holds_a_program_only_where_it_would_move_without_it(reason, charges, last, following, price, said):
    assert held_by(reason, charges, last, following, price) == said


def test_nothing_is_added_to_the_first_of_several_objectives() -> None:
    said = held_by("unfunded: the money buys more elsewhere", {}, math.nan, 0.0, 1.0, first="the first objective")
    assert said == "unfunded: a dollar here would add nothing to the first objective"


def scenario_of(**parts):
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 2}},
            "programs": {
                "a": {"baseline": 30, "outcomes": {"saved": {"curve": [[0, 0], [40, 80], [80, 120]]}}},
                "b": {"outcomes": {"saved": {"per_dollar": 0.8}}},
                "c": {"outcomes": {"saved": {"per_dollar": 0.5}}},
            },
            **parts,
        }
    )


def test_the_table_has_a_row_for_each_program_with_its_break_evens():
    table = explain_all(bo.solve(scenario_of())).set_index("program")
    assert table.index.tolist() == ["a", "b", "c"]
    assert table.loc["c", "effect_for_more"] == pytest.approx(1.6)
    assert math.isnan(table.loc["c", "effect_for_less"])
    assert table.loc["a", "effect_for_less"] == pytest.approx(0.8)
    assert table.loc["b", "effect_for_less"] == pytest.approx(0.625)
    assert table["price"].tolist() == pytest.approx([1.6] * 3)


def test_with_whole_decisions_break_evens_are_looked_for_as_far_as_time_allows(monkeypatch):
    scenario = scenario_of(
        programs={
            "a": {"packages": [{"name": "all", "cost": 50, "outcomes": {"saved": 100}}]},
            "b": {"outcomes": {"saved": {"per_dollar": 3}}},
        }
    )
    plan = bo.solve(scenario)
    followed = explain_all(plan).set_index("program")
    assert followed.loc["a", "effect_for_more"] == pytest.approx(1.5, rel=1e-5)
    assert set(followed["unknown"]) == {""}
    assert "not worked out" not in "\n".join(price_lines(plan, explain_all(plan)))
    assert set(explain_all(plan, follow=False)["unknown"]) == {"it was not asked for"}
    monkeypatch.setattr("budgetopt.analysis.sensitivity.overview.LONGEST", -1.0)
    late = explain_all(plan)
    assert late["effect_for_more"].isna().all()
    assert "Factors on the effect are not worked out for 2 programs: the searches have 60" in "\n".join(
        price_lines(plan, late)
    )
    assert explain_all(plan, follow=True)["unknown"].tolist() == ["", ""]
    assert math.isnan(followed.loc["a", "last_dollar"])


def test_a_search_that_is_limited_and_ends_is_followed(monkeypatch):
    monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 1)
    scenario = scenario_of(
        programs={
            "a": {"packages": [{"name": "all", "cost": 50, "outcomes": {"saved": 100}}]},
            "b": {"outcomes": {"saved": {"per_dollar": 3}}},
        }
    )
    plan = bo.solve(scenario)
    question = question_about(plan, exact=True)
    assert question.is_limited
    followed = explain_all(plan, follow=True, question=question).set_index("program")
    assert followed["unknown"].tolist() == ["", ""]
    assert followed.loc["a", "effect_for_more"] == pytest.approx(1.5, rel=1e-5)


def test_factors_of_a_plan_that_is_not_found_again_are_not_known():
    plan = bo.solve(scenario_of())
    late = SimpleNamespace(termination=Termination.TIME_LIMIT)
    question = SimpleNamespace(holds_decisions=False, is_limited=True, as_is=lambda: late)
    less, more, unknown = _factors(plan, question, follow=True)
    assert unknown == [NOT_SOLVED] * 3
    assert np.isnan([less, more]).all()
