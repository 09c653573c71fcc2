from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from budgetopt.report.figures.text_table import TextTable, fitted, wrapped

HEADERS = ["program", "spending", "change", "held by", "last dollar"]
ROWS = [
    ["Fire and rescue", "26,000,000", "2,000,000", "stands at the margin: its next dollar buys no more", "1.04"],
    ["Parks", "6,400,000", "-1,600,000", "held up by the rule “No program moves more than 20%”", "0.55"],
]
RIGHT = [False, True, True, False, True]


def lines(width: int, **options: object) -> list[str]:
    return list(TextTable(HEADERS, ROWS, RIGHT, **options).fitted(width))  # type: ignore[arg-type]


def test_a_table_by_itself_is_as_wide_as_it_needs() -> None:
    text = str(TextTable(["a", "n"], [["one", "1"], ["three", "1,000"]], [False, True]))
    assert text == "a          n\n─────  ─────\none        1\nthree  1,000"


def test_where_all_fits_the_layout_is_the_same() -> None:
    assert lines(200) == str(TextTable(HEADERS, ROWS, RIGHT)).split("\n")


def test_headers_and_words_are_folded_before_anything_is_left_out() -> None:
    assert lines(80, spare=[["last dollar"]]) == [
        "                                                                            last",
        "program            spending      change  held by                          dollar",
        "───────────────  ──────────  ──────────  ───────────────────────────────  ──────",
        "Fire and rescue  26,000,000   2,000,000  stands at the margin: its next     1.04",
        "                                         dollar buys no more",
        "Parks             6,400,000  -1,600,000  held up by the rule “No program    0.55",
        "                                         moves more than 20%”",
    ]


def test_the_least_important_columns_are_left_out_first_and_named() -> None:
    found = lines(66, spare=[["last dollar"], ["change"]])
    assert found[0].split() == ["program", "spending", "change", "held", "by"]
    assert " ".join(found[-2:]).endswith("Left out at this width: “last dollar”. --format csv has every column.")
    assert "1.04" not in "\n".join(found)


def test_columns_that_belong_together_are_left_out_together() -> None:
    table = TextTable(
        ["name", "low", "high"], [["x" * 8, "1" * 12, "2" * 12]], [False, True, True], spare=[["low", "high"]]
    )
    assert list(table.fitted(30))[2:] == [
        "xxxxxxxx",
        "",
        "Left out at this width: “low”,",
        "“high”. --format csv has every",
        "column.",
    ]


def test_a_reason_stands_below_its_row_where_it_does_not_fit() -> None:
    assert lines(60, beneath="held by") == [
        "program            spending      change  last dollar",
        "───────────────  ──────────  ──────────  ───────────",
        "Fire and rescue  26,000,000   2,000,000         1.04",
        "    stands at the margin: its next dollar buys no more",
        "Parks             6,400,000  -1,600,000         0.55",
        "    held up by the rule “No program moves more than 20%”",
    ]


def test_columns_of_names_become_one_before_a_table_is_laid_out_in_parts() -> None:
    headers, right = ["kind", "name", "bound", "cost"], [False, False, True, True]
    table = TextTable(headers, [["structural balance", "General Fund", "36,500,000", "1,820,000"]], right, names=2)
    assert next(table.fitted(44)).split() == ["kind,", "name", "bound", "cost"]
    assert list(table.fitted(44))[2].startswith("structural balance,")


def test_what_still_does_not_fit_stands_in_parts_that_name_the_rows_again() -> None:
    years = [f"FY{year}" for year in range(2027, 2035)]
    table = TextTable(["fund", *years], [["General", *["36,500,000"] * 8]], [False, *[True] * 8])
    found = list(table.fitted(50))
    assert [line for line in found if line.startswith("General")] == [
        "General  36,500,000  36,500,000  36,500,000"
    ] * 2 + ["General  36,500,000  36,500,000"]
    assert re.findall(r"FY\d+", "\n".join(found)) == years


def test_a_total_stands_below_a_rule() -> None:
    table = TextTable(["a", "n"], [["one", "1"], ["Total", "1"]], [False, True], total=True)
    assert str(table).split("\n")[-2:] == ["─────  ─", "Total  1"]


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60)
FIGURES = st.decimals(-(10**13), 10**13, places=2).map(lambda value: f"{value:,}")


@given(st.data(), st.integers(40, 130), st.integers(1, 7))
def test_at_every_width_no_line_runs_over_and_every_figure_is_whole(
    data: st.DataObject, width: int, figures: int
) -> None:
    rows = data.draw(st.lists(st.tuples(NAMES, *[FIGURES] * figures, NAMES), min_size=1, max_size=4))
    headers = ["program", *(f"figure {at}" for at in range(figures)), "held by"]
    table = TextTable(headers, rows, [False, *[True] * figures, False], beneath="held by")
    found = list(table.fitted(width))
    assert max(map(cell_len, found)) <= width
    words = " ".join(found).split()
    for row in rows:
        assert all(figure in words for figure in row[1:-1])


def test_words_are_broken_between_words_and_items_hang() -> None:
    found = list(fitted(["- Money in Street aid from the state: all spent.", "short"], 24))
    assert found == ["- Money in Street aid", "  from the state: all", "  spent.", "short"]
    assert list(fitted(["1. one two three four"], 12)) == ["1. one two", "   three", "   four"]
    assert list(fitted(["a line  as it is"], None)) == ["a line  as it is"]


def test_a_word_wider_than_a_line_is_broken_at_its_marks() -> None:
    assert list(wrapped("Rapid-rehousing-and-prevention", 16)) == ["Rapid-rehousing-", "and-prevention"]
    assert list(wrapped("x" * 10, 4)) == ["xxxx", "xxxx", "xx"]
    assert list(wrapped("警察のパトロール", 6)) == ["警察の", "パトロ", "ール"]


def test_a_text_from_right_to_left_stays_isolated_on_each_line() -> None:
    found = list(wrapped("\u2068ساعات عمل المكتبة\u2069", 10))
    assert len(found) == 2
    assert all(line.startswith("\u2068") and line.endswith("\u2069") for line in found)


@pytest.mark.parametrize("width", [1, 2, 5])
def test_a_width_of_almost_nothing_is_no_obstacle(width: int) -> None:
    assert "".join("".join(lines(width)).split()).count("26,000,000") == 1
