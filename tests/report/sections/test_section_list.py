"""A section that is declared once is in every format."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.console import Console
from tests.report.pages import cells, read, table

from budgetopt.allocation import Allocation
from budgetopt.report import html_page, markdown_summary, notebook_html, print_allocation, write_excel
from budgetopt.report.blocks.content import MONEY, Block, Cell, Paragraph, ReportColumn, ReportTable
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections import section_list
from budgetopt.report.sections.section_list import SECTIONS, Section


def smallest_programs(view: PlanView) -> Iterator[Block]:
    """Yield a section as a contributor would write it: a table whose last row adds it up, and a sentence."""
    figures = view.figures
    rows = [figures.program(at) for at in figures.spending.argsort(kind="stable")[:3].tolist()]
    yield ReportTable(
        title="The smallest [programs]",
        columns=[
            ReportColumn("Program", "name", width=30),
            ReportColumn("Amount", "spending", figure=True, format=MONEY, total=True),
            ReportColumn("Remark", lambda row: Cell("small", below=(f"{row.programs} in all",))),
        ],
        records=rows,
        total=figures.together("Together", [row.position for row in rows]),
    )
    yield Paragraph("Small programs cost <little>.")


@pytest.fixture(autouse=True)
def with_section(monkeypatch: pytest.MonkeyPatch) -> None:
    added = Section("smallest", "Smallest", "The smallest of all", smallest_programs)
    monkeypatch.setattr(section_list, "SECTIONS", [*SECTIONS[:3], added, *SECTIONS[3:]])


NAMES = ["Bookmobile", "Youth summer jobs", "Rent relief"]


def test_a_terminal_shows_it(city: Allocation) -> None:
    out = io.StringIO()
    print_allocation(city, Console(file=out, width=80))
    text = out.getvalue()
    shown = text[text.index("The smallest [programs]") : text.index("What it buys")].splitlines()
    assert [" ".join(line.split()) for line in shown if line.startswith(("Program", *NAMES, "Together"))] == [
        "Program Amount Remark",
        "Bookmobile 0 small",
        "Youth summer jobs 0 small",
        "Rent relief 5,250,000 small",
        "Together 5,250,000 small",
    ]
    assert "Small programs cost <little>." in shown


def test_words_beside_figures_stay_in_their_row_where_a_terminal_is_narrow(city: Allocation) -> None:
    out = io.StringIO()
    print_allocation(city, Console(file=out, width=40))
    shown = [line.split() for line in out.getvalue().splitlines()]
    assert ["Bookmobile", "0", "small"] in shown


@pytest.mark.parametrize("width", [30, 44, 60, 80, 120])
def test_a_table_of_many_words_fits_a_terminal(city: Allocation, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    why, where = "because the law has said so for years", "ordinance 12, page 4"
    columns = [ReportColumn("Name", ["A name that goes on and on"]), ReportColumn("Amount", [1_234_567.5], figure=True)]
    columns += [ReportColumn("Why", [why]), ReportColumn("Where", [where])]
    wordy = ReportTable(title="Words", columns=columns, records=range(1))
    monkeypatch.setattr(section_list, "SECTIONS", [Section("wordy", "Words", "Words", lambda _: [wordy])])
    out = io.StringIO()
    print_allocation(city, Console(file=out, width=width))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "1,234,568" in out.getvalue()
    assert all(word in out.getvalue() for word in (*why.split(), *where.split()))
    assert ("Why" in lines[4]) == (width >= 44)
    assert ("Where" in lines[4]) == (width >= 60)


def test_a_notebook_shows_it(city: Allocation) -> None:
    root = read(notebook_html(city))
    headers, rows, total = list(map(table, root.all("table")))[1]
    assert headers == ["Program", "Amount", "Remark"]
    assert rows[2] == [NAMES[2], "5,250,000", "small"]
    assert total == ["Together", "5,250,000", "small"]
    assert "Small programs cost <little>." in root.text()


def test_markdown_shows_it(city: Allocation) -> None:
    text = markdown_summary(city)
    head = "## The smallest \\[programs\\]\n\n| Program | Amount | Remark |\n| :-- | --: | :-- |\n"
    assert f"{head}| Bookmobile | 0 | small |\n" in text
    assert "| **Together** | **5,250,000** | **small** |\n\nSmall programs cost &lt;little&gt;.\n" in text


def test_a_page_shows_it_and_its_contents_name_it(city: Allocation) -> None:
    root = read(html_page(city))
    section = next(node for node in root.all("section") if node.attributes["id"] == "smallest")
    assert section.one("h2").text() == "The smallest of all"
    found = section.one("table")
    assert found.one("caption").text() == "The smallest [programs]"
    headers, rows, total = table(found)
    assert headers == ["Program", "Amount", "Remark"]
    assert rows == [[NAMES[0], "0", "small"], [NAMES[1], "0", "small"], [NAMES[2], "5,250,000", "small"]]
    assert total == ["Together", "5,250,000", "small"]
    assert "3 in all" in found.one("tfoot").text()
    assert cells(next(found.one("tbody").all("tr")))[0] == NAMES[0]
    assert section.one("p").text() == "Small programs cost <little>."
    links = [link.attributes["href"] for link in root.one("nav").all("a")]
    assert links[:4] == ["#plan", "#brief", "#money", "#smallest"]


def test_a_workbook_has_a_sheet_of_it(city: Allocation, tmp_path: Path) -> None:
    book = load_workbook(write_excel(city, tmp_path / "plan.xlsx"))
    assert book.sheetnames[3] == "The smallest programs"
    sheet = book["The smallest programs"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Program", "Amount", "Remark"],
        [NAMES[0], 0, "small"],
        [NAMES[1], 0, "small"],
        [NAMES[2], 5_250_000, "small"],
        ["Total", "=SUM(B2:B4)", None],
    ]
    assert sheet["B2"].number_format == MONEY


def test_a_number_is_written_as_its_medium_does(city: Allocation, monkeypatch: pytest.MonkeyPatch) -> None:
    small = ReportTable(
        title="Small", columns=[ReportColumn("Of", ["a"]), ReportColumn("Figure", [-12.5])], records=range(1)
    )
    monkeypatch.setattr(section_list, "SECTIONS", [Section("small", "Small", "Small", lambda _: [small])])
    assert "| a | -12.5 |" in markdown_summary(city).replace("\\", "")
    assert ">\N{MINUS SIGN}12.5</td>" in html_page(city)
    assert ">\N{MINUS SIGN}12.5</td>" in notebook_html(city)


def test_a_section_with_nothing_to_show_is_left_out(city: Allocation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(section_list, "SECTIONS", [Section("none", "None", "Nothing", lambda _: [])])
    assert 'id="none"' not in html_page(city)
    assert markdown_summary(city) == "# Riverton FY2027\n"
