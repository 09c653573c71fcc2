"""What is said of plans side by side is what re-solving shows."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.report.words.comparison_words import comparison_lines


@pytest.mark.parametrize(
    ("first", "amount", "lost"),
    [
        ({"maximize": "weighted outcomes"}, "50 of the weighted outcomes", 50),
        ({"minimize": "spending"}, "$8", 8),
    ],
)
def test_what_later_objectives_give_up_is_no_more_than_within_says(
    first: dict[str, str], amount: str, lost: float
) -> None:
    document = {
        "funds": {"general": {"revenue": 1000}},
        "outcomes": {"good": {"weight": 1, "target": {"at_least": 200}}},
        "programs": {
            "a": {"baseline": 500, "outcomes": {"good": {"per_dollar": 2.5}}},
            "b": {"baseline": 500, "outcomes": {"good": {"per_dollar": 1}}},
        },
    }
    # one part in fifty of the best 2,500, and one in ten of the least 80
    within = {"maximize": "2%", "minimize": "10%"}[next(iter(first))]
    later = {"minimize": "change from baseline"}
    alone, both = (
        bo.solve(bo.Scenario.from_document({**document, "objective": objective}))
        for objective in ([first], [{**first, "within": within}, later])
    )
    assert abs(both.objective_value - alone.objective_value) == pytest.approx(lost)
    said = next(line for line in comparison_lines(bo.compare(both)) if line.startswith("A, best plan: "))
    assert f"Later objectives give up {amount}, as `within` lets them." in said
