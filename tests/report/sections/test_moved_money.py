"""The money that a plan moves, by evidence and by rating; added up by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.cli import main
from budgetopt.errors import OptionError, ResultFileError
from budgetopt.report import run_analyses
from budgetopt.report.documents.markdown import markdown_summary
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.earlier_plan import earlier_plan
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
        "CLEAR, high causal evidence", "Results First, blue (mixed effects)", "not rated", "Total"
    ]  # fmt: skip
    assert [cell.value for cell in book["Moved by evidence"]["F"]][1:] == [2 * M, -M, -M, "=SUM(F2:F4)"]
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


def earlier(tmp_path: Path, **changed: Any) -> Path:
    """Write the result of last year's plan: 1 million for training, 3 for advice, 2 for a program that is gone."""
    amounts = {"training": 1 * M, "advice": 3 * M, "old": 2 * M}
    programs: dict[str, Any] = {
        key: {"name": key.title(), "spending": {"at_least": amount, "at_most": amount}}
        for key, amount in amounts.items()
    }
    document = {
        "name": "Town of last year",
        "periods": ["2026"],
        "funds": {"general": {"revenue": 6 * M}},
        "outcomes": {"jobs": {"unit": "jobs", "weight": 1}},
        "programs": programs,
    }
    file = tmp_path / "last.json"
    file.write_text(bo.solve(bo.Scenario.from_document(document | changed)).to_json(), encoding="utf-8")
    return file


def test_money_moved_since_an_earlier_plan_adds_up(plan: bo.Allocation, tmp_path: Path) -> None:
    asked = run_analyses(plan, since=earlier(tmp_path))
    assert asked.earlier is not None
    assert (asked.earlier.then, asked.earlier.gone) == (("2026",), {"Old": 2 * M})
    rows = moved_money.moved_since(PlanView(plan, Numbers("USD"), asked=asked))
    # training 1 to 3 million, coaching 0 to 3, advice 3 to 1, the lawn 0 to 0
    assert [(row.known, row.programs, row.baseline, row.added, row.taken) for row in rows] == [
        ("randomized trial", 2, 1 * M, 5 * M, 0),
        ("assumption", 1, 3 * M, 0, -2 * M),
        ("no effect given", 1, 0, 0, 0),
        ("no longer in the scenario", 1, 2 * M, 0, -2 * M),
    ]
    assert sum(row.net for row in rows) == 7 * M - 6 * M
    page = plan.to_html(tmp_path / "plan.html", since=tmp_path / "last.json").read_text(encoding="utf-8")
    assert "Money moved since Town of last year, 2026, in this plan" in page
    said = (
        "Since Town of last year (2026), programs whose effects all come from evaluations with a comparison group have"
    )
    assert f"{said} $5\N{NO-BREAK SPACE}million more and" in page
    assert "Money moved since" not in plan.to_html(tmp_path / "other.html").read_text(encoding="utf-8")


def test_years_of_the_same_name_are_compared(tmp_path: Path) -> None:
    program = {"training": {"outcomes": {"jobs": {"per_dollar": 1}}}}
    two = {"name": "Later", "periods": ["2026", "2027"], "funds": {"general": {"revenue": 7 * M}}, "programs": program}
    later = bo.solve(bo.Scenario.from_document(two | {"outcomes": {"jobs": {"unit": "jobs", "weight": 1}}}))
    found = earlier_plan(later, earlier(tmp_path))
    assert (found.then, found.now) == (("2026",), ("2026",))
    found = earlier_plan(later, earlier(tmp_path, periods=["2025"]))
    assert (found.then, found.now) == (("2025",), ("2026",))


def test_an_earlier_plan_that_cannot_be_read_is_refused(
    plan: bo.Allocation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OptionError, match="cannot be read"):
        earlier_plan(plan, tmp_path / "missing.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(ResultFileError, match=r"broken\.json: line 1"):
        earlier_plan(plan, tmp_path / "broken.json")
    with pytest.raises(OptionError, match="counts EUR, and this plan USD"):
        earlier_plan(plan, earlier(tmp_path, currency="EUR"))
    (tmp_path / "town.yaml").write_text(plan.scenario.to_yaml(), encoding="utf-8")
    scenario, page = str(tmp_path / "town.yaml"), str(tmp_path / "plan.html")
    assert main(["solve", scenario, "--since", str(earlier(tmp_path))]) == 2
    assert "--since adds to a page" in capsys.readouterr().err
    assert main(["solve", scenario, "--since", str(tmp_path / "broken.json"), "--report", page]) == 2
    assert not Path(page).exists()
    assert main(["solve", scenario, "--since", str(earlier(tmp_path)), "--report", page]) == 0
    assert "Money moved since Town of last year" in Path(page).read_text(encoding="utf-8")
