"""Rows of averages, amounts a head and changes: no programs, and no part of any total."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetopt.reading.starting import read_budget

PROGRAMS = "Program,FY26 Adopted\nLibrary,100\nParks,300\nPools,200\n"


@pytest.mark.parametrize(
    "name",
    ["Average", "Per capita", "Percent change", "% of total", "Cost per resident", "Change (%)", "Median budget",
     "Increase over FY25", "Percent of Total", "Average per department", "Total per capita", "Durchschnitt"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_figure_of_the_other_rows_is_no_program(name: str, place: str, tmp_path: Path) -> None:
    rows = [f"{name},200\n", "Total,600\n"]
    text = PROGRAMS + "".join(rows if place == "above" else rows[::-1])
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    found = read_budget(tmp_path / "t.csv")
    assert found.programs.ids.tolist() == ["Library", "Parks", "Pools"]
    assert found.programs.baseline().tolist() == [100, 300, 200]
    assert any(f"no programs: '{name}'" in remark for remark in found.remarks)
    assert not any("is not the sum" in remark for remark in found.remarks)


def test_a_share_in_percent_below_the_money_is_no_amount(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"{PROGRAMS}Total,600\nPercent change,3.5%\n", encoding="utf-8")
    assert read_budget(tmp_path / "t.csv").programs.baseline().sum() == 600


def test_a_name_in_another_column_says_it_where_no_program_is_named(tmp_path: Path) -> None:
    text = "Department,Program,FY26 Adopted\nL,Library,100\nL,Parks,300\nM,Pools,200\nAverage,,250\nTotal,,600\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert read_budget(tmp_path / "t.csv").programs.ids.tolist() == ["Library", "Parks", "Pools"]


def test_programs_with_such_words_in_their_names_count(tmp_path: Path) -> None:
    names = ["Percent for Art", "Means testing", "Median maintenance", "Change management", "Growth and economic work"]
    names += ["Per pupil grants to schools", "Meals on Wheels", "Increase from reserves"]
    lines = [f"{name},{100 + 7 * at**2}" for at, name in enumerate(names)]
    (tmp_path / "t.csv").write_text("\n".join(["Program,FY26 Adopted", *lines]), encoding="utf-8")
    assert read_budget(tmp_path / "t.csv").programs.ids.tolist() == names
