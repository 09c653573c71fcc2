"""Rows of totals in files of many languages are left out by `new --from`, and no other row with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetopt.reading.load import load
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import from_table
from budgetopt.reading.tables.total_words import has_total_word, names_total
from budgetopt.reading.write import write_files

PLAIN = "Program,FY26 Adopted\nLibrary,1200\nPools,800\nParks,533\n{},2533\n"
BY_DEPARTMENT = """\
Department,Program,FY26 Adopted
Culture,Library,1200
{blank},Museum,300
{sub},,1500
Sport,Pools,817
{last},,2317
"""
ACCOUNTS = """\
Department,Program,Account,FY26 Adopted
Culture,Library,Pay,1200
,,Supplies,300
,Museum,Pay,100
,,Supplies,20
Kulttuuri koko,,,1620
Parks,Pools,Pay,800
,,Supplies,80
Parks koko,,,880
Koko,,,2500
"""
CODES = "Program,Kind,Budget\n1000,Pay,1000\n1000,Fees,-50\n2000,Pay,700\nErgebnis,,1650\n"


def baselines(text: str, folder: Path, choices: Choices | None = None) -> tuple[dict[str, float], str]:
    """Return the baselines of the scenario that is written, and the remarks."""
    (folder / "office.csv").write_text(text, encoding="utf-8")
    files, remarks = from_table(str(folder / "office.csv"), "town", choices)
    found = load(write_files(folder / "town", files, overwrite=True)).programs
    return dict(zip(found.ids.tolist(), found.baseline().tolist(), strict=True)), "\n".join(remarks)


@pytest.mark.parametrize(
    "total",
    [
        "Gesamt", "Gesamtausgaben", "Gesamtergebnis", "Teilergebnis", "Summa", "Totalsumma", "Totalt", "I alt",
        "Yhteensä", "Eindtotaal", "Ensemble", "Totaux", "Totale complessivo", "Celkem", "ÖSSZESEN", "Итого",
        "合計", "合　計", "歳出合計", "合计", "總計", "計", "합계",
    ],
)  # fmt: skip
def test_a_total_by_its_word_in_many_languages(total: str, tmp_path: Path) -> None:
    found, remarks = baselines(PLAIN.format(total), tmp_path)
    assert found == {"Library": 1200, "Pools": 800, "Parks": 533}
    assert f"1 row of totals is left out, 2,533 in all: {total!r}" in remarks


@pytest.mark.parametrize("name", ["Gesamtschule", "会計", "総合計画", "统计", "Music Ensemble", "Summer camp"])
def test_names_that_hold_the_letters_of_a_total_are_none(name: str) -> None:
    assert not has_total_word(name)


@pytest.mark.parametrize("name", ["Être Ensemble", "Być Razem", "Baie de Somme", "Schulen gesamt", "Total Quality"])
def test_words_for_a_total_within_a_name_ask_for_a_sum(name: str, tmp_path: Path) -> None:
    assert not names_total(name)
    found, _ = baselines(PLAIN.format(name).replace("2533", "40"), tmp_path)
    assert found == {"Library": 1200, "Pools": 800, "Parks": 533, name: 40}


@pytest.mark.parametrize("blank", ["", "Culture"])
@pytest.mark.parametrize(
    ("sub", "last"),
    [
        ("Culture Ergebnis", "Gesamtergebnis"),
        ("小計", "合計"),
        ("Culture yhteensä", "Yhteensä"),
        # no word of theirs is known
        ("Culture részösszeg", "Végösszeg"),
    ],
)
def test_no_program_is_filled_down_into_the_total_of_its_department(
    blank: str, sub: str, last: str, tmp_path: Path
) -> None:
    found, remarks = baselines(BY_DEPARTMENT.format(blank=blank, sub=sub, last=last), tmp_path)
    assert found == {"Library": 1200, "Museum": 300, "Pools": 817}
    assert "2 rows of totals are left out, 3,817 in all" in remarks


@pytest.mark.parametrize("total", ["Police Total", "Summe Police", "Total Police", "Police 小計", "Police gesamt"])
def test_no_program_is_lost_below_the_total_of_a_department(total: str, tmp_path: Path) -> None:
    text = "Department,Program,FY26 Adopted\nPolice,Patrol,100\n,Records,51\n{},,151\n,Citywide insurance,20\n"
    text += "Parks,Pools,30\n,Trees,42\nParks Total,,72\nGrand Total,,243\n"
    found, remarks = baselines(text.format(total), tmp_path)
    assert found == {"Patrol": 100, "Records": 51, "Citywide insurance": 20, "Pools": 30, "Trees": 42}
    assert "3 rows of totals are left out, 466 in all" in remarks
    assert "is not the sum" not in remarks
    departments = load(tmp_path / "town").programs.text("department").tolist()
    assert departments == ["Police", "Police", "", "Parks", "Parks"]


def test_the_funds_of_a_total_below_it_are_no_programs(tmp_path: Path) -> None:
    text = "Department,Program,FY26 Adopted\nPolice,Patrol,100\n,Records,51\nGrand Total,,151\n"
    text += ",General Fund,110\n,Grants,41\n,All funds,151\n"
    found, remarks = baselines(text, tmp_path)
    assert found == {"Patrol": 100, "Records": 51}
    assert "151 in 2 rows below the table" in remarks
    # of another sum, they are
    assert sum(baselines(text.replace(",41\n,All funds,151", ",40"), tmp_path)[0].values()) == 301


def test_programs_that_are_filled_down_end_with_their_department(tmp_path: Path) -> None:
    found, remarks = baselines(ACCOUNTS, tmp_path)
    assert found == {"Library": 1500, "Museum": 120, "Pools": 880}
    assert "3 empty cells of 'Program' have the value of the cell above them" in remarks
    # a program left of its departments holds for each of them
    text = "Program,Department,Budget\nYouth,Culture,100\n,Works,50\n,Parks,7\nElders,Culture,12\n,Parks,33\n"
    assert baselines(text, tmp_path)[0] == {"Youth": 157, "Elders": 45}


def test_the_word_for_a_total_stands_in_a_column_of_codes_too(tmp_path: Path) -> None:
    assert baselines(CODES, tmp_path)[0] == {"1000": 950, "2000": 700}


def test_a_last_row_that_is_the_sum_of_the_others_is_asked_about(tmp_path: Path) -> None:
    text = PLAIN.format("Végösszeg")
    with pytest.raises(ChoiceError, match="the last row, 'Végösszeg', has 2,533, the sum of the others") as error:
        baselines(text, tmp_path)
    total, program = error.value.options
    assert total.flag == '--skip "Program=Végösszeg"'
    assert program.flag == "--column program=Program"
    assert baselines(text, tmp_path, total.choices)[0] == {"Library": 1200, "Pools": 800, "Parks": 533}
    found, remarks = baselines(text, tmp_path, program.choices)
    assert found["Végösszeg"] == 2533
    assert "the last row, 'Végösszeg', has 2,533, the sum of the others: `--skip" in remarks


def test_a_last_row_that_has_the_name_of_another_is_a_line_of_its_program(tmp_path: Path) -> None:
    assert baselines(PLAIN.format("Library"), tmp_path)[0] == {"Library": 3733, "Pools": 800, "Parks": 533}


def test_a_last_row_near_the_sum_of_a_few_small_amounts_is_a_program(tmp_path: Path) -> None:
    text = "Program,Budget\nMayor,5\nPatrol,2\nLibrary,1\nPools,9\n"
    assert baselines(text, tmp_path)[0] == {"Mayor": 5, "Patrol": 2, "Library": 1, "Pools": 9}
    # rounding of a longer list leaves a little
    long = "".join(f"Program {at},{at}\n" for at in range(40, 52))
    assert "Town" not in baselines(f"Program,Budget\n{long}Town,549\n", tmp_path)[0]


@pytest.mark.parametrize(
    "lines",
    [
        "Police,Patrol,100.4\nPolice,Jail,200.4\nPolice,Labs,300.4\nPolice Total,,601.3\nParks,Pools,5\nTotal,,606.3\n",
        "Police,,601.3\nPolice,Patrol,100.4\nPolice,Jail,200.4\nPolice,Labs,300.4\nParks,,5\nParks,Pools,5\nTotal,,606.3\n",
    ],
)
def test_a_sum_of_amounts_with_one_decimal_may_be_rounded_too(lines: str, tmp_path: Path) -> None:
    found, remarks = baselines(f"Department,Program,Budget\n{lines}", tmp_path, Choices(group=("Program",)))
    assert found == {"Patrol": 100.4, "Jail": 200.4, "Labs": 300.4, "Pools": 5}
    assert "look at the file" not in remarks


def test_amounts_with_one_decimal_that_rounding_does_not_explain_are_told(tmp_path: Path) -> None:
    text = "Program,Budget\nPatrol,100.4\nJail,200.4\nTotal,301.0\n"
    assert "the total in Total is not the sum of the rows" in baselines(text, tmp_path)[1]


@pytest.mark.parametrize(
    "lines",
    [
        # a balanced budget: both totals are the same
        "Taxes,400\nFees,100\nTotal Revenues,500\nPatrol,300\nPools,200\nTotal Expenditures,500\n",
        "Sources of Funds,\nTaxes,400\nFees,100\nTotal Sources,500\nUses of Funds,\nPatrol,300\nPools,200\nTotal,500",
        "Property,300\nSales,100\nTotal taxes,400\nFees,70\nTotal Revenue,470\nPatrol,300\nPools,200\nTotal Uses,500\n",
        "Patrol,300\nPools,200\nTotal Expenses,500\nTaxes,400\nFees,100\nTotal Sources of Funds,500\n",
    ],
)
def test_what_a_total_of_revenue_adds_up_is_left_out(lines: str, tmp_path: Path) -> None:
    found, remarks = baselines(f"Item,FY26 Budget\n{lines}", tmp_path)
    assert found == {"Patrol": 300, "Pools": 200}
    assert "rows of revenue are left out" in remarks


def test_programs_of_a_department_of_revenue_count(tmp_path: Path) -> None:
    lines = "Patrol,300\nJail,50\nTotal Police,350\nAudits,30\nBills,20\nTotal Revenue,50\nTotal Expenditures,400\n"
    assert sum(baselines(f"Item,Budget\n{lines}", tmp_path)[0].values()) == 400


@pytest.mark.parametrize("last", ["Grand Total,800\n", ""])
def test_two_sections_that_happen_to_have_the_same_sum_both_count_or_are_asked_about(last: str, tmp_path: Path) -> None:
    text = "Item,Budget\nPatrol,300\nJail,100\nTotal Safety,400\nPools,250\nTrees,150\nTotal Culture,400\n" + last
    choices = None
    if not last:
        with pytest.raises(ChoiceError, match="below 'Total Safety' have its sum again, 'Pools', 'Trees'") as error:
            baselines(text, tmp_path)
        again, programs = error.value.options
        assert baselines(text, tmp_path, again.choices)[0] == {"Patrol": 300, "Jail": 100}
        choices = programs.choices
    assert baselines(text, tmp_path, choices)[0] == {"Patrol": 300, "Jail": 100, "Pools": 250, "Trees": 150}


@pytest.mark.parametrize(
    "text",
    [
        "Program,Dept,Budget\nLibrary,X,100\nPools,X,200\n,X,300\nTrees,Y,50\n,Y,50\n,,350\n",
        "Dept,Program,FTE,Budget\nX,Library,1,100\nX,Pools,2,200\nX,,3,300\nY,Trees,1,50\nY,,1,50\n,,4,350\n",
        "Dept,Program,Account,Budget\nX,Library,Pay,90\n,,Goods,10\nY,Pools,Pay,200\n,Trees,Pay,40\n,,Goods,10\n,,,350\n",
    ],
)
def test_no_program_is_filled_down_into_a_sum_without_a_word_for_it(text: str, tmp_path: Path) -> None:
    assert baselines(text, tmp_path)[0] == {"Library": 100, "Pools": 200, "Trees": 50}


def test_the_second_of_two_equal_lines_of_a_program_is_no_sum(tmp_path: Path) -> None:
    text = "Dept,Program,Account,Budget\nX,Library,Pay,100\nX,,Goods,100\nX,Pools,Pay,50\nX,,Goods,50\n"
    assert baselines(text, tmp_path)[0] == {"Library": 200, "Pools": 100}


def test_headings_of_both_sides_of_a_budget_are_found_below_a_balance(tmp_path: Path) -> None:
    text = "General Fund,FY26 Budget\nBeginning fund balance,950\nRevenues,\nTaxes,410\nFees,210\nTotal revenues,620\n"
    text += "Expenditures,\nPolice,360\nFire,210\nTotal expenditures,570\nEnding fund balance,1000\n"
    found, remarks = baselines(text, tmp_path)
    assert found == {"Beginning fund balance": 950, "Police": 360, "Fire": 210, "Ending fund balance": 1000}
    assert "3 rows of revenue are left out, 1,240 in all, below 'Revenues'" in remarks
    assert "2 rows that count seem to be revenue or a balance, 1,950 in all" in remarks
    # the total is that of the rows below its heading
    assert "look at the file" not in remarks
