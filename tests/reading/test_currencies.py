"""Currencies that cells name: of another than the scenario's, or of several in one file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.frame import scenario_from_frame
from budgetopt.reading.load import load
from budgetopt.reading.office.choices import Choices
from budgetopt.reading.starting import read_budget
from budgetopt.scenario.scenario import Scenario

CUT = {"minimize": "largest cut"}
SCENARIO = "format: budgetopt/1\nfunds: {general: {revenue: 1M}}\nobjective: {minimize: largest cut}\n"


def loaded(folder: Path, cells: list[str], currency: str) -> Scenario:
    lines = [f'p{at},"{cell}"' for at, cell in enumerate(cells)]
    (folder / "t.csv").write_text("\n".join(["program,baseline", *lines]), encoding="utf-8")
    said = f"currency: {currency}\n" if currency else ""
    (folder / "scenario.yaml").write_text(f"{SCENARIO}{said}tables: {{programs: t.csv}}\n", encoding="utf-8")
    return load(folder / "scenario.yaml")


@pytest.mark.parametrize(
    ("cells", "currency", "row", "code"),
    [
        (["10", "€100,000"], "", 3, "EUR"),
        (["100 kr", "GBP 5"], "SEK", 3, "GBP"),
        (["R$ 5", "7"], "USD", 2, "BRL"),
        (["Fr. 12.-", "7"], "Euro", 2, "CHF"),
        (["€5", "$7"], "EUR", 3, "$"),
        (["US$ 5", "$7"], "CAD", 2, "USD"),
    ],
)
def test_an_amount_in_another_currency_is_refused(
    cells: list[str], currency: str, row: int, code: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, cells, currency)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert (problem.code, problem.place.line, problem.place.column) == ("currency", row, 2)
    assert f"is in {code}, and the currency of the scenario is {currency or 'USD'}" in problem.message
    assert (f"write `currency: {code}`" in problem.hint) is (code != "$")


@pytest.mark.parametrize(
    ("cells", "currency"),
    [
        (["€100", "5"], "EUR"),
        (["100 kr", "5"], "DKK"),
        (["$100", "USD 5"], ""),
        (["$100", "5"], "EUR"),
        (["€100", "5"], "thalers"),
        (["€100", "EUR 5"], "€"),
    ],
)
def test_an_amount_that_may_be_in_the_currency_of_the_scenario_counts(
    cells: list[str], currency: str, tmp_path: Path
) -> None:
    assert loaded(tmp_path, cells, currency).programs.baseline().tolist() == [100, 5]


def test_the_file_on_top_says_the_currency_of_tables_below(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="is in EUR"):
        loaded(tmp_path, ["€5"], "")
    (tmp_path / "top.yaml").write_text("extends: scenario.yaml\ncurrency: EUR\n")
    assert load(tmp_path / "top.yaml").programs.baseline().tolist() == [5]


def test_a_pandas_table_is_in_the_currency_that_is_said() -> None:
    frame = pd.DataFrame({"program": ["a"], "baseline": ["€5"]})
    with pytest.raises(ScenarioError, match="is in EUR"):
        scenario_from_frame(frame, 10, objective=CUT)
    assert scenario_from_frame(frame, 10, objective=CUT, currency="EUR").programs.baseline().tolist() == [5]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["$100", "€200", "$300"], r"2 amounts in \$, 1 amount in EUR.*EUR in .*t.csv:3:2"),
        (["100 kr", "$200", "300"], r"1 amount in kr, 1 amount in \$"),
        (["100 €", "200", "£5"], "1 amount in EUR, 1 amount in GBP"),
        (["$100", "200", "Rs. 5"], "1 amount in \\$, 1 amount in Rs"),
        (["US$100", "C$200", "$5"], "1 amount in USD, 1 amount in CAD"),
    ],
)
def test_a_budget_file_in_several_currencies_is_refused(cells: list[str], said: str, tmp_path: Path) -> None:
    lines = [f'{name},"{cell}"' for name, cell in zip("ABC", cells, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["Program,FY26 Adopted", *lines]), encoding="utf-8")
    with pytest.raises(OptionError, match=said):
        read_budget(tmp_path / "t.csv")


def test_rows_that_do_not_count_may_be_in_another_currency(tmp_path: Path) -> None:
    text = "Program,FY26 Adopted\nA,€100\nB,200\nC,£300\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    found = read_budget(tmp_path / "t.csv", Choices(skip={"Program": ("C",)}))
    assert (found.currency, found.programs.baseline().tolist()) == ("EUR", [100, 200])


def test_a_currency_is_found_however_far_below_it_stands(tmp_path: Path) -> None:
    lines = [f"P{at},{at}" for at in range(1, 700)]
    (tmp_path / "t.csv").write_text("\n".join(["Program,FY26 Adopted", *lines, "Last,€1"]), encoding="utf-8")
    assert read_budget(tmp_path / "t.csv").currency == "EUR"
