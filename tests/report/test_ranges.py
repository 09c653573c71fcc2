"""Ranges, evidence and notes in every report: shown where they are said, and nowhere else."""

from __future__ import annotations

import re
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from rich.console import Console
from tests.report.plans import plan_of

import budgetopt as bo
from budgetopt.allocation import Allocation
from budgetopt.report import markdown_summary, write_excel
from budgetopt.report.documents.html import html_page
from budgetopt.report.documents.notebook import notebook_html
from budgetopt.report.documents.terminal import print_allocation
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView

USD = Numbers()


def office(**more: Any) -> dict[str, Any]:
    return {
        "funds": {"f": {"revenue": "3M"}},
        "outcomes": {"visits": {"name": "Visits", "unit": "visits", "weight": 1}},
        "programs": {
            "known": {
                "name": "Known",
                "spending": {"at_most": "1M"},
                "note": "the director is against it",
                "public_note": "Open on Sundays",
                "outcomes": {
                    "visits": {
                        "per_dollar": 0.02, "low": "50%", "high": "411%", "evidence": "rct", "source": "Table 6",
                        "as_of": "2024", "note": "two weeks of one route", "public_note": "One route was counted",
                    }
                },
            },
            "called": {
                "spending": {"at_most": "1M"},
                "outcomes": {"visits": {"per_dollar": 0.03, "evidence": "assumption"}},
            },
            "silent": {"spending": {"at_most": "1M"}, "outcomes": {"visits": {"per_dollar": 0.04}}},
        },
        **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Allocation:
    return plan_of(office())


def texts(plan: Allocation, folder: Path) -> dict[str, str]:
    """Return every report as plain text."""
    book = load_workbook(write_excel(plan, folder / "plan.xlsx"))
    cells = [str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    plan.to_csv(folder)
    return {
        "terminal": terminal(plan),
        "markdown": markdown_summary(plan),
        "page": unescape(re.sub(r"<[^>]+>", " ", html_page(plan))),
        "notebook": unescape(re.sub(r"<[^>]+>", " ", notebook_html(plan))),
        "workbook": "\n".join(cells),
        "result": plan.to_json(),
        "tables": "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.csv"))),
    }


def terminal(plan: Allocation) -> str:
    console = Console(width=100, file=StringIO())
    print_allocation(plan, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def test_every_report_has_the_range(plan: Allocation, tmp_path: Path) -> None:
    found = texts(plan, tmp_path)
    for name in ("terminal", "markdown", "page", "notebook"):
        # 20,000 visits may be 10,000 or 82,200; 70,000 are taken to be exact
        assert "80,000 to 152,200" in found[name], name
    assert "80000\n152200" in found["workbook"]
    assert '"low": 80000.0' in found["result"]
    assert "80000.0,152200.0" in found["tables"]
    for name in ("terminal", "markdown", "page", "notebook"):
        assert "Of the 3 effects behind these figures, 2 say nothing of a range" in " ".join(found[name].split()), name


def test_internal_notes_are_published_nowhere(plan: Allocation, tmp_path: Path) -> None:
    for name, text in texts(plan, tmp_path).items():
        assert "director" not in text, name
        assert "two weeks" not in text, name


def test_public_notes_are_in_the_page_and_the_workbook(plan: Allocation, tmp_path: Path) -> None:
    found = texts(plan, tmp_path)
    for name in ("page", "workbook"):
        assert "One route was counted" in found[name]
        assert "Open on Sundays" in found[name]


def test_the_office_sees_both_kinds_of_notes(plan: Allocation) -> None:
    words = bo.explain(plan, "known").sentences
    assert words[-4:] == (
        "Note: Open on Sundays.",
        "Note: One route was counted.",
        "Internal note, not published: The director is against it.",
        "Internal note, not published: Two weeks of one route.",
    )


def test_a_program_is_explained_with_its_range_and_its_evidence(plan: Allocation) -> None:
    words = bo.explain(plan, "known").sentences
    assert "By the range of its effect, that may be from 10,000 to 82,200 visits." in words
    assert "Its effect on “Visits” is known from a randomized trial (Table 6, as of 2024)." in words
    assert "Its effect on “Visits” is assumed: nothing is said of the evidence." in bo.explain(plan, "silent").sentences
    assert "Its effect on “Visits” is assumed." in bo.explain(plan, "called").sentences


def test_what_the_range_would_change_is_said() -> None:
    tight = plan_of(office(funds={"f": {"revenue": "1M"}}))
    words = bo.explain(tight, "known").sentences
    assert "It would be funded if its effect were 100% greater or its cost were 50% lower." in words
    assert "By its range, 50% to 411% of the estimate, its effect may be that much greater." in words


def test_assumptions_are_counted_with_the_money_that_rests_on_them(plan: Allocation, tmp_path: Path) -> None:
    words = PlanView(plan, USD).assumption_words
    assert words == (
        "2 of 3 effects are assumptions, 1 of them because nothing is said of the evidence. $2 million of the "
        "$3 million of the plan rests on them: called and silent."
    )
    for name, text in texts(plan, tmp_path).items():
        if name in ("terminal", "markdown", "page", "notebook"):
            assert words.replace("$", "") in " ".join(text.replace("\\$", "$").replace("$", "").split()), name


def test_one_assumption_without_money_is_said_in_the_singular() -> None:
    document = office(funds={"f": {"revenue": "1M"}})
    del document["programs"]["silent"]
    document["programs"]["called"]["spending"]["at_most"] = 0
    assert PlanView(plan_of(document), USD).assumption_words == (
        "1 of 2 effects is an assumption. No money of the plan rests on it."
    )


def test_sources_are_shown_with_their_dates(plan: Allocation) -> None:
    assert [source.dated for source in PlanView(plan, USD).sources.all] == ["Table 6 (as of 2024)"]
    document = office()
    document["programs"]["silent"]["outcomes"]["visits"] |= {"source": "Table 6", "as_of": "2021"}
    assert [one.dated for one in PlanView(plan_of(document), USD).sources.all] == ["Table 6 (as of 2021 and 2024)"]


def test_a_plan_without_ranges_says_nothing_of_them(tmp_path: Path) -> None:
    document = office()
    for key in ("low", "high"):
        del document["programs"]["known"]["outcomes"]["visits"][key]
    for name, text in texts(plan_of(document), tmp_path).items():
        if name not in ("result", "tables"):
            assert "range of an outcome" not in text, name
            assert "Low to high" not in text, name


def test_independent_errors_are_told_apart(tmp_path: Path) -> None:
    document = office()
    document["programs"]["silent"]["outcomes"]["visits"] |= {"std_error": "10%"}
    plan = plan_of(document)
    # 40,000 may be off by 7,840 on each side, and 20,000 by 10,000 or 62,200
    words = bo.explain(plan).sentences
    assert (
        "By the ranges of the effects, “Visits” is from 72,160 to 160,040 visits (77,293 to 152,692 if their errors "
        "are independent); 1 effect that says nothing of a range is taken to be exact."
    ) in words
    for name, text in texts(plan, tmp_path).items():
        if name in ("terminal", "markdown", "page", "notebook"):
            assert "77,293 to 152,692" in text, name


def test_a_change_that_its_range_could_turn_is_said_to_be_uncertain() -> None:
    document = office()
    programs = document["programs"]
    programs["known"] |= {"baseline": "1M"}
    programs["silent"]["baseline"] = 0
    programs["called"]["baseline"] = 0
    programs["known"]["outcomes"]["visits"] |= {"low": "0%"}
    document["funds"] = {"f": {"revenue": "1M"}}
    words = " ".join(bo.explain(plan_of(document)).sentences)
    # 40,000 in place of 20,000, which may have been 82,200
    assert "Within the ranges of the effects, the change of “Visits” may also go the other way." in words


@pytest.mark.parametrize("each", ["period", "total"])
def test_a_target_that_is_met_by_the_estimates_alone_is_said_to_be(each: str) -> None:
    document = office()
    document["outcomes"]["visits"]["target"] = {"at_least": 85_000, "each": each}
    # 90,000 visits by the estimates, and 80,000 to 152,200 by the ranges
    words = "the target for “Visits” may be missed: it is met by the effects as they are estimated"
    assert words in " ".join(bo.explain(plan_of(document)).sentences)
    assert words in " ".join(bo.explain(plan_of(document), "visits").sentences)
    document["outcomes"]["visits"]["target"] = {"at_least": 80_000, "each": each}
    assert "may be missed" not in " ".join(bo.explain(plan_of(document)).sentences)


def test_a_range_of_nothing_is_not_told() -> None:
    document = office()
    document["programs"]["known"]["outcomes"]["visits"] |= {"low": "100%", "high": "100%"}
    assert "range" not in " ".join(bo.explain(plan_of(document)).sentences)
