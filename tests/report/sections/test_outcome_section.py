"""The section on outcomes says how the plan was chosen, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from tests.report.plans import plan_of

from budgetopt.report.blocks.content import Media, Paragraph
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.outcome_section import outcome_blocks

CHOSEN = "lan is chosen for the largest sum of the outcomes"
WEIGHTED = {"maximize": "weighted outcomes"}


@pytest.mark.parametrize(
    ("more", "said", "is_largest"),
    [
        ({}, [f"The p{CHOSEN}, each times its weight"], True),
        ({"objective": {**WEIGHTED, "name": "net visits"}}, [f"{CHOSEN} (net visits), each"], True),
        ({"objective": [{"minimize": "waits"}, WEIGHTED]}, [f"After “minimize waits”, the p{CHOSEN}"], False),
        ({"objective": {**WEIGHTED, "unspent_worth": 5}}, ["Each $1 that is left unspent adds 5."], False),
        ({"discount": "60%"}, ["Outcomes are discounted by 60% for each further period."], False),
    ],
)
def test_the_sum_of_the_weighted_outcomes_is_called_what_it_is(
    more: dict[str, Any], said: list[str], *, is_largest: bool
) -> None:
    document: dict[str, Any] = {
        "periods": ["FY1", "FY2"],
        "funds": {"general": {"revenue": {"FY1": 100}}},
        "outcomes": {"visits": {"weight": 4}, "waits": {"weight": 1, "direction": "decrease"}},
        "programs": {
            "now": {"spending": {"at_most": {"FY1": 100, "FY2": 0}}, "outcomes": {"visits": {"per_dollar": 1}}},
            "later": {
                "spending": {"at_most": {"FY1": 0, "FY2": 100}},
                "outcomes": {"visits": {"per_dollar": 1.1}, "waits": {"per_dollar": 0.1}},
            },
            "clinic": {"outcomes": {"waits": {"curve": [[0, 9], [100, 4]]}}},
        },
    }
    plan, best = plan_of({**document, **more}), plan_of(document)
    blocks = outcome_blocks(PlanView(plan, Numbers(), Media.PAGE))
    (words,) = [block.words for block in blocks if isinstance(block, Paragraph) and "weight" in block.words]
    for one in said:
        assert one in words
    assert "The plan has the largest sum" not in words
    assert "Outcomes of which less is better are subtracted." in words
    assert (plan.audit.weighted_value >= best.audit.weighted_value - 1e-6) == is_largest
