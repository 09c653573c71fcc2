"""What is said of the outcomes of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.report.plans import plan_of

SUM, CHANGE = {"maximize": "weighted outcomes"}, {"minimize": "change from baseline"}


@pytest.mark.parametrize(
    ("objective", "is_largest"),
    [
        ([SUM], True),
        ([SUM, CHANGE], True),
        ([CHANGE, SUM], False),
        ([{**SUM, "within": "10%"}, CHANGE], False),
        ([{**SUM, "unspent_worth": 2.5}], False),
    ],
)
def test_only_a_plan_that_has_it_is_said_to_have_the_largest_sum(
    objective: list[dict[str, Any]], is_largest: bool, tmp_path: Path
) -> None:
    document: dict[str, Any] = {
        "funds": {"f": {"revenue": 8}},
        "outcomes": {"o": {"weight": 1}},
        "programs": {
            name: {"baseline": base, "outcomes": {"o": {"per_dollar": rate}}, "spending": {"at_most": 5}}
            for name, base, rate in (("a", 4, 1), ("b", 3, 2), ("c", 3, 3))
        },
        "objective": objective,
    }
    plan, best = plan_of(document), plan_of({**document, "objective": [SUM]})
    page = plan.to_html(tmp_path / "plan.html").read_text(encoding="utf-8")
    assert ("The plan has the largest sum of the outcomes" in page) is is_largest
    assert ("The weight of an outcome is what one unit of it is worth to the council." in page) is not is_largest
    level, most = (float(one.outcomes["level"].sum()) for one in (plan, best))
    assert (level == pytest.approx(most)) is is_largest
