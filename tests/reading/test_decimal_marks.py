"""The decimal mark of a budget file: which columns tell it, and where it is asked for."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from budgetopt.reading.office.choices import ChoiceError
from budgetopt.reading.starting import BudgetFile, read_budget


def read(folder: Path, text: str) -> BudgetFile:
    (folder / "office.csv").write_text(text, encoding="utf-8")
    return read_budget(str(folder / "office.csv"))


@pytest.mark.parametrize(
    ("header", "other"),
    [
        ("Districts", ['"1,2"', '"2,4"']),
        ("Rating", ['"4,5"', '"3,9"']),
        ("Districts", ['"1,2"', "7"]),
        ("Grundfläche", ['"1.250,5"', '"980,0"']),
        ("Version", ["1.100.200", "1.100.300"]),
    ],
)
@pytest.mark.parametrize("amounts", [('"412,000"', '"320,100"'), ('"412,000.50"', '"320,100.00"'), ("412.50", "32.10")])
def test_a_comma_of_another_column_is_not_that_of_the_money(
    header: str, other: list[str], amounts: tuple[str, str], tmp_path: Path
) -> None:
    rows = "".join(f"P{at},{cell},{amount}\n" for at, (cell, amount) in enumerate(zip(other, amounts, strict=True)))
    found = read(tmp_path, f"Program,{header},FY26 Adopted\n{rows}")
    assert found.programs.baseline().tolist() == [float(text.strip('"').replace(",", "")) for text in amounts]


def test_limits_that_are_texts_have_their_own_marks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Program", "Districts", "FY26 Adopted", "Floor"], ["A", "1,2", 250000, "80,000"]):
        book.active.append(row)
    book.active.append(["B", "3,4", 80000, "20,000"])
    book.save(tmp_path / "office.xlsx")
    found = read_budget(str(tmp_path / "office.xlsx"))
    assert found.programs.columns["spending.at_least"].values.tolist() == [80_000, 20_000]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("Produkt;Ansatz 2026\nA;1,234\nB;41,251\n", [[1.234, 41.251], [1234, 41_251]]),
        ("Produkt;Ansatz 2026\nA;1,500\nB;950\n", [[1.5, 950], [1500, 950]]),
        ("Produkt;Ansatz 2026\nA;1,234 €\nB;41,251 €\n", [[1.234, 41.251], [1234, 41_251]]),
        (
            'Program,FY25 Actual,FY26 Adopted\nA,"1,5","1,234"\nB,"9,25","8,457"\n',
            [[1.234, 8.457], [1234, 8457]],
        ),
        ('Program,Codes,Something\nA,"1,5","1,234"\nB,"9,2","8,457"\n', [[1.234, 8.457], [1234, 8457]]),
        ("Produkt;Ansatz 2026\nA;1.234\nB;41.251\n", [[1234, 41_251], [1.234, 41.251]]),
    ],
)
def test_three_digits_behind_each_mark_are_asked_about(text: str, readings: list[list[float]], tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="may be") as raised:
        read(tmp_path, text)
    found = [read_budget(str(tmp_path / "office.csv"), option.choices) for option in raised.value.options]
    assert [one.programs.baseline().tolist() for one in found] == readings


def test_limits_with_three_digits_behind_each_comma_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match=r"'1,200' may be 1\.2 or 1,200"):
        read(tmp_path, "Program;FY26 Adopted;Minimum\nA;5000;1,200\nB;900;1,100\n")


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (("1,234,567", "8,457"), [1_234_567, 8457]),
        (("12.50", "8,457"), [12.5, 8457]),
        (("2,5", "1,234"), [2.5, 1.234]),
        (("0,125", "1,234"), [0.125, 1.234]),
        (("1.234,5", "1,234"), [1234.5, 1.234]),
    ],
)
def test_other_numbers_of_the_money_settle_what_three_digits_are(
    cells: tuple[str, str], amounts: list[float], tmp_path: Path
) -> None:
    found = read(tmp_path, f"Program;Budget\nA;{cells[0]}\nB;{cells[1]}\n")
    assert found.programs.baseline().tolist() == amounts
