"""The rows of very long tables: all that the other form says, in fewer characters."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.report.blocks import content
from budgetopt.report.blocks.content import Cell, CellColumn, ReportColumn
from budgetopt.report.documents import html
from budgetopt.report.documents.html import html_page
from budgetopt.report.documents.long_rows import long_rows, long_style

HOSTILE = "<b>&\"x'</b>"


def words_of(page: str) -> list[str]:
    """Return the words of each row of the tables of a page."""
    rows = re.split(r"<tr[^>]*>", page.partition("<main")[2])[1:]
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def test_a_cell_keeps_all_that_it_shows() -> None:
    cell = Cell("5 visits", "assumed", sources=[0, 2], below=["range: 3 to 7", "", "−20%"], tone="down", link='#a"b')
    several = Cell(lines=[Cell("1 visit"), Cell("2 meals", below=["meals"])])
    values = {"a": cell, "b": several, "c": HOSTILE, "d": "\N{HEBREW LETTER ALEF}", "e": 1_234.5, "f": None}
    columns = [ReportColumn("Name", lambda key: key), ReportColumn("What", lambda key: values[key], figure=True)]
    text = long_rows(columns, list(values), lambda words: words.replace("&", "&amp;").replace("<", "&lt;"), "−")
    assert text.split("\n") == [
        "<tbody>",
        (
            '<tr><th>a<td><a href="#a&quot;b">5 visits</a> <em>assumed</em>'
            '<a class=ref href="#s2" aria-label="source 2">2</a><i class=d>range: 3 to 7</i><i class=d>−20%</i>'
        ),
        "<tr><th>b<td>1 visit<br>2 meals<i>meals</i>",
        "<tr><th>c<td>&lt;b>&amp;\"x'&lt;/b>",
        "<tr><th>d<td><bdi>\N{HEBREW LETTER ALEF}</bdi>",
        "<tr><th>e<td>1,235",
        "<tr><th>f<td>",
        "</tbody>",
    ]
    style = long_style("programs-1", columns, 2_000)
    assert '[aria-labelledby="programs-1"] td:nth-child(2) { text-align: right' in style
    assert "contain-intrinsic-block-size: auto 88000px" in style


texts = st.sampled_from(
    ["", "Parks", "5 visits", HOSTILE, "−20%", "naïve", "\N{HEBREW LETTER ALEF}", "http://x.org", "a"]
)


@given(st.data(), st.integers(0, 4))
def test_a_column_of_parts_shows_what_its_cells_show(data: st.DataObject, count: int) -> None:
    def drawn(values: st.SearchStrategy[Any], many: int) -> list[Any]:
        return data.draw(st.lists(values, min_size=many, max_size=many))

    numbers = st.lists(st.integers(0, 3), max_size=2)
    lines = CellColumn(texts=drawn(texts, 3), marks=drawn(st.sampled_from(["", "assumed"]), 3), below=[drawn(texts, 3)])
    starts = [0, *sorted(drawn(st.integers(0, 3), count))]
    has_lines = data.draw(st.booleans())
    column = CellColumn(
        texts=drawn(texts, count),
        sources=drawn(numbers, count),
        below=[drawn(texts, count), [""] * count],
        tones=drawn(st.sampled_from(["up", "down", ""]), count),
    )
    if has_lines:
        column = CellColumn(texts=[""] * count, lines=lines, starts=starts)
    names = drawn(texts, count)
    by_parts = [ReportColumn("Name", names), ReportColumn("What", column)]
    by_cells = [ReportColumn("Name", lambda at: names[at]), ReportColumn("What", lambda at: column[at])]
    assert column[:] == [column[at] for at in range(count)]
    assert len(column) == count
    shown, expected = (long_rows(columns, range(count), html._linked, "−") for columns in (by_parts, by_cells))
    assert shown == expected


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    programs = {
        f"p{at}": {
            "name": f"Program {at} {HOSTILE}",
            "department": ["Parks", "Fire"][at % 2],
            "baseline": 100 + at,
            "spending": {"at_least": 50, "at_most": 200 + at},
            "outcomes": {"visits": {"per_dollar": 0.1 + at / 100, "evidence": "rct" if at else "assumption"}},
        }
        for at in range(6)
    }
    return bo.solve(
        bo.Scenario.from_document(
            {
                "funds": {"general": {"revenue": 700}, "gift": {"revenue": 50}},
                "outcomes": {"visits": {"weight": 1}, "calm": {"weight": 1}},
                "programs": programs,
            }
        )
    )


def test_a_page_with_very_many_rows_says_what_one_with_few_says(
    plan: bo.Allocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = html_page(plan)
    monkeypatch.setattr(html, "MANY", 3)
    monkeypatch.setattr(html, "LONG", 3)
    assert content.MANY > 3
    long = html_page(plan)
    assert "<tr><th>Program 0 &lt;b&gt;" in long
    assert "<tr><th>Program" not in short
    assert len(long.partition('id="programs"')[2]) < len(short.partition('id="programs"')[2])
    assert words_of(long) == words_of(short)
    assert HOSTILE not in long
