"""What is said of draws and of information: which plan the figures are about."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.report.words.ensemble_words import ensemble_sentences, information_basis


@pytest.mark.parametrize(("within", "told"), [("4%", True), (0, False)])
def test_which_plan_is_the_best_of_a_draw_where_later_objectives_give_some_up(within: Any, told: bool) -> None:
    programs = {
        "pool": {"baseline": 50, "outcomes": {"good": {"per_dollar": 3, "std_error": "5%"}}},
        "park": {"baseline": 50, "outcomes": {"good": {"per_dollar": 2}}},
    }
    document = {"funds": {"general": {"revenue": 100}}, "outcomes": {"good": {"weight": 1}}, "programs": programs}
    goals = [{"maximize": "weighted outcomes", "within": within}, {"minimize": "change from baseline"}]
    plan = bo.solve(bo.Scenario.from_document({**document, "objective": goals}))
    found = bo.ensemble(plan, 3)
    # the pool is best in every draw, and the plan gives the park some
    assert (found.stability["same"] == (0 if told else 1)).all()
    said = "Later objectives may give up 4% of the first one: "
    assert (f"{said}the best plan of a draw is that of its best value." in ensemble_sentences(found)) == told
    basis = list(information_basis(bo.information_value(plan)))
    assert (f"{said}the plan that changes is that of its best value." in basis) == told
