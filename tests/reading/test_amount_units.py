"""The unit of the amounts of a budget file: what says it, what does not, and cells that only show thousands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import BudgetFile, read_budget


def read(header: str, folder: Path, *rows: str, title: str = "", choices: Choices | None = None) -> BudgetFile:
    lines = [f"{title}\n"] * bool(title) + [f"{row}\n" for row in (header, *rows)]
    (folder / "office.csv").write_text("".join(lines), encoding="utf-8")
    return read_budget(str(folder / "office.csv"), choices)


def workbook(folder: Path, rows: list[list[object]], formats: dict[str, str]) -> BudgetFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, format_ in formats.items():
        book.active[cell].number_format = format_
    book.save(folder / "office.xlsx")
    return read_budget(str(folder / "office.xlsx"))


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Program,FY26 Adopted,Visits (000s)", ("Hours,6123456,410", "Pools,3200100,88")),
        ("Program,FY24 Actual ($000),FY26 Adopted ($)", ("Hours,24100,6123456", "Pools,3100,3200100")),
        ("Program,Mandated (M) or Discretionary (D),FY26 Adopted", ("Hours,M,6123456", "Pools,D,3200100")),
        ("Program,Kind (K),FY26 Adopted", ("Hours,K,6123456", "Pools,L,3200100")),
        ("Program,FY26 Adopted,Cost per visit (cents)", ("Hours,6123456,410", "Pools,3200100,88")),
        ("Program,Households in thousands,FY26 Adopted", ("Hours,6.2,6123456", "Pools,8.1,3200100")),
        ("Program,FY26 Adopted,Salary band ($000)", ("Hours,6123456,40-60", "Pools,3200100,60-80")),
    ],
)
def test_the_unit_of_another_column_is_not_that_of_the_money(
    header: str, rows: tuple[str, ...], tmp_path: Path
) -> None:
    assert read(header, tmp_path, *rows).programs.baseline().tolist() == [6_123_456, 3_200_100]


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("City of Elm ($ in thousands),", "Program,FY26 Adopted"),
        ("", "Program,FY26 Adopted (K)"),
        ("", "Program ($ in thousands),FY26 Adopted"),
        ("", "(in thousands),FY26 Adopted"),
        ("($M),", "Program,FY26 Adopted ($000)"),
    ],
)
def test_what_speaks_of_the_money_says_its_unit(title: str, header: str, tmp_path: Path) -> None:
    found = read(header, tmp_path, "Hours,6123", "Pools,3200", title=title)
    assert found.programs.baseline().tolist() == [6_123_000, 3_200_000]


def test_every_remark_shows_amounts_in_dollars(tmp_path: Path) -> None:
    rows = ("Hours,6.1", "Pools,3.2", "Fund balance,0.7", "Total,10")
    found = read("Program,FY26 Adopted ($M)", tmp_path, *rows)
    assert "1 row of totals is left out, 10,000,000 in all: 'Total'" in found.remarks
    assert any("700,000 in all: 'Fund balance'" in remark for remark in found.remarks)
    with pytest.raises(ChoiceError, match="the lines of 'Fees' add up to -200,000,"):
        read("Program,FY26 Adopted ($M)", tmp_path, "Hours,6.1", "Fees,-0.2", "Pools,3.2")


@pytest.mark.parametrize(
    "text",
    [
        "Borough budget,\n£'000,\nService,Budget 2026/27\nLibraries,1234\nRefuse,8457\n",
        "Program,FY26 Adopted\n,$ in thousands\nLibraries,1234\nRefuse,8457\n",
        "Program,FY26 Adopted\n,(K)\nLibraries,1234\nRefuse,8457\n",
        "Program,FY26 Adopted\n(in thousands),\nLibraries,1234\nRefuse,8457\n",
        "Program,FY26 Adopted\nLibraries,1234\nRefuse,8457\n($ in thousands),\n",
        "Program,FY26 Adopted thousands\nLibraries,1234\nRefuse,8457\n",
        "Programm,Ansatz 2026 (T€)\nLibraries,1234\nRefuse,8457\n",
    ],
)
def test_where_a_unit_may_stand(text: str, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(text, encoding="utf-8")
    found = read_budget(str(tmp_path / "office.csv"))
    assert found.programs.baseline().tolist() == [1_234_000, 8_457_000]
    assert "amounts are multiplied by 1,000, because the file says" in "\n".join(found.remarks)


@pytest.mark.parametrize(
    "text",
    [
        "Program,FY26 Adopted\nLibraries,1234\nRefuse,8457\nVisits in thousands,\n",
        "City of Thousand Oaks,\nProgram,FY26 Adopted\nLibraries,1234\nRefuse,8457\n",
        "Program,FY26 Adopted\nLibraries,1234\nRefuse (thousands),8457\n",
    ],
)
def test_what_is_not_said_of_the_amounts_is_no_unit(text: str, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(text, encoding="utf-8")
    assert read_budget(str(tmp_path / "office.csv")).programs.baseline().tolist()[:2] == [1234, 8457]


@pytest.mark.parametrize(
    ("headers", "unit"),
    [
        (["Program,FY25 ($000),,FY26 ($),", ",Budget,Actual,Budget,Adopted"], 1),
        (["Program,FY25 ($),,FY26 ($000),", ",Budget,Actual,Budget,Adopted"], 1000),
    ],
)
def test_a_unit_above_several_headers_is_that_of_each(headers: list[str], unit: float, tmp_path: Path) -> None:
    choices = Choices(header=(1, 2), columns={"baseline": "E", "program": "A"})
    found = read(headers[0], tmp_path, headers[1], "Hours,9,8,7,6123", "Pools,9,8,7,3200", choices=choices)
    assert found.programs.baseline().tolist() == [6123 * unit, 3200 * unit]


def test_a_title_that_may_say_a_unit_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="says 'Budget - millions', and not whether its amounts are in") as raised:
        read("Program,FY26 Adopted", tmp_path, "Hours,6123", title="Budget - millions,")
    assert [option.choices.scale for option in raised.value.options] == [1, 1_000_000]


def test_a_limit_in_another_unit_than_the_money_is_asked_about(tmp_path: Path) -> None:
    header, rows = "Program,FY26 Adopted ($000),Minimum ($)", ("Hours,6123,80000", "Pools,3200,20000")
    with pytest.raises(ChoiceError, match=r"'Minimum \(\$\)' of .* is in another unit than other amounts") as raised:
        read(header, tmp_path, *rows)
    found = read(header, tmp_path, *rows, choices=raised.value.options[0].choices)
    assert found.programs.baseline().tolist() == [6_123_000, 3_200_000]
    assert "spending.at_least" not in found.programs.columns


def test_funds_that_pay_in_different_units_are_refused(tmp_path: Path) -> None:
    columns = {"baseline_by_fund.a": "General ($)", "baseline_by_fund.b": "Grants ($000)"}
    with pytest.raises(OptionError, match=r"'Grants \(\$000\)' of .* is in another unit"):
        read("Program,General ($),Grants ($000)", tmp_path, "Hours,6123456,80", choices=Choices(columns=columns))


def test_whole_amounts_below_a_title_of_thousands_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="says 'in thousands', and the header of its amounts") as raised:
        read("Program,FY26 Adopted ($)", tmp_path, "Hours,6123", title="in thousands,")
    scales = [option.choices.scale for option in raised.value.options]
    assert scales == [1, 1000]


@pytest.mark.parametrize(
    ("title", "format_", "amounts"),
    [
        ("$ in thousands", "#,##0,", [25_000_512.33, 3_204_417.5]),
        ("$ in thousands", "_(* #,##0.0,_);_(* (#,##0.0,)", [25_000_512.33, 3_204_417.5]),
        ("$ in millions", '$#,##0.0,,"M"', [25_000_512.33, 3_204_417.5]),
        ("$ in millions", "#,##0.0,", [25_000_512_330, 3_204_417_500]),
        ("City of Elm", "#,##0,", [25_000_512.33, 3_204_417.5]),
        ("$ in thousands", '#,##0" (a, b,)"', [25_000_512_330, 3_204_417_500]),
    ],
)
def test_amounts_that_are_only_shown_in_thousands_are_not_multiplied_again(
    title: str, format_: str, amounts: list[float], tmp_path: Path
) -> None:
    rows: list[list[object]] = [[title], ["Program", "FY26 Adopted"], ["Patrol", 25000512.33], ["Pools", 3204417.5]]
    assert workbook(tmp_path, rows, dict.fromkeys(("B3", "B4"), format_)).programs.baseline().tolist() == amounts


def test_amounts_of_which_only_some_are_shown_in_thousands_are_asked_about(tmp_path: Path) -> None:
    rows: list[list[object]] = [["$ in thousands"], ["Program", "FY26 Adopted"], ["Patrol", 25000512], ["Pools", 3204]]
    with pytest.raises(ChoiceError, match="the number formats of its amounts do not all fit that"):
        workbook(tmp_path, rows, {"B3": "#,##0,"})


@pytest.mark.parametrize(
    "rows",
    [
        ("Hours,100", "Pools,300", "All amounts are in thousands of dollars"),
        ("Hours,100", "Pools,300", "Total,400", "Amounts in thousands,"),
        ("Hours,100", "Pools,300", "Total,400", ",($ in thousands)"),
        ("($ in thousands),", "Hours,100", "Pools,300"),
        ("Hours,100", "Pools,300", "Source: the office,", "Dollars in thousands,"),
    ],
)
def test_what_says_the_unit_in_a_row_of_its_own_is_no_program(rows: tuple[str, ...], tmp_path: Path) -> None:
    found = read("Program,FY26 Adopted", tmp_path, *rows)
    assert found.programs.ids.tolist() == ["Hours", "Pools"]
    assert found.programs.baseline().tolist() == [100_000, 300_000]
