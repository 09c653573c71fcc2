"""The money that a plan moves, by evidence and by rating; added up by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.report.documents.markdown import markdown_summary
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections import moved_money

M = 1_000_000


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    def program(per_dollar: float, **known: Any) -> dict[str, Any]:
        effect = {"per_dollar": per_dollar, **known}
        return {"baseline": 2 * M, "spending": {"at_most": 3 * M}, "outcomes": {"jobs": effect}}

    link = "https://example.org/study"
    programs = {
        "training": program(4, evidence="rct", tier="clear_high", link=link, design="a lottery", sample="1,240 adults"),
        "coaching": program(3, evidence="rct", tier="results_first_blue", population="Youth", price_year=2020),
        "advice": program(1, source="Assumption: none known"),
        "lawn": {"baseline": M},
    }
    document = {"funds": {"general": {"revenue": 7 * M}}, "outcomes": {"jobs": {"unit": "jobs", "weight": 1}}}
    return bo.solve(bo.Scenario.from_document({**document, "programs": programs}))


def test_every_dollar_moved_stands_once(plan: bo.Allocation) -> None:
    view = PlanView(plan, Numbers("USD"))
    rows = [(row.known, row.programs, row.baseline, row.added, row.taken) for row in moved_money.moved_by_grade(view)]
    assert rows == [
        ("randomized trial", 2, 4 * M, 2 * M, 0),
        ("assumption", 1, 2 * M, 0, -M),
        ("no effect given", 1, M, 0, -M),
    ]
    rated = [(row.known, row.added, row.taken, row.net) for row in moved_money.moved_by_tier(view)]
    assert rated == [
        ("CLEAR, high causal evidence", M, 0, M),
        ("Results First, blue (mixed effects)", M, 0, M),
        ("not rated", 0, -2 * M, -2 * M),
    ]


def test_every_format_shows_it(plan: bo.Allocation, tmp_path: Path) -> None:
    page = plan.to_html(tmp_path / "plan.html").read_text(encoding="utf-8")
    assert "Money moved, by the weakest evidence behind a program" in page
    assert "a lottery; CLEAR, high causal evidence; sample: 1,240 adults" in page
    assert 'href="https://example.org/study"' in page
    text = markdown_summary(plan).replace("\\", "")
    assert "randomized trial +$2 million; assumption -$1 million; no effect given -$1 million." in text
    assert "By the rating of a clearinghouse: CLEAR, high causal evidence +$1 million; Results" in text
    book = openpyxl.load_workbook(plan.to_excel(tmp_path / "plan.xlsx"))
    assert [cell.value for cell in book["Moved by rating"]["A"]][1:] == [
        "CLEAR, high causal evidence", "Results First, blue (mixed effects)", "not rated"
    ]  # fmt: skip
    assert [cell.value for cell in book["Moved by evidence"]["F"]][1:] == [2 * M, -M, -M]
    assert "https://example.org/study" in {cell.value for row in book["Effects"] for cell in row}


def test_explain_says_how_it_was_studied(plan: bo.Allocation) -> None:
    said = str(bo.explain(plan, "coaching"))
    assert "known from a randomized trial (Results First, blue (mixed effects); Youth; prices of 2020)" in said


def test_one_grade_alone_is_no_sentence_and_without_a_baseline_nothing_is_moved() -> None:
    document = {"funds": {"general": {"revenue": 3}}, "outcomes": {"jobs": {"weight": 1}}}
    programs = {"a": {"baseline": 2, "outcomes": {"jobs": {"per_dollar": 1}}}}
    found = bo.solve(bo.Scenario.from_document({**document, "programs": programs}))
    view = PlanView(found, Numbers("USD"))
    assert moved_money.moved_words(view) == ""
    assert len(list(moved_money.moved_tables(view))) == 1
    del programs["a"]["baseline"]
    new = bo.solve(bo.Scenario.from_document({**document, "programs": programs}))
    assert list(moved_money.moved_tables(PlanView(new, Numbers("USD")))) == []
