"""Budget files in the shapes that cities publish: what `new --from` takes for programs, money and funds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import BudgetFile, from_table, read_budget

LEDGER = """\
Fiscal_Year,Department,Fund,Amount,ExpenseRevenue,ObjectId
2023,Police,General Fund,900,E,1
2024,Police,General Fund,1000,E,2
2024,Police,General Fund,700,R,3
2023,Fire,Fire Fund,800,E,4
2024,Fire,Fire Fund,850,E,5
2024,Fire,Fire Fund,-50,E,6
2024,Fire,Fire Fund,900,R,7
"""
SPENDING = """\
Fiscal Year,Revenue or Spending,Department Code,Department,Program Code,Program,Object Code,Fund Code,Fund,Budget
FY2023-24,Spending,10,Police,101,Patrol,500,1,General,900
FY2024-25,Spending,10,Police,101,Patrol,500,1,General,1000
FY2024-25,Spending,10,Police,101,Patrol,510,2,Grants,250
FY2024-25,Revenue,10,Police,101,Patrol,400,1,General,700
FY2023-24,Spending,20,Fire,201,Engines,500,1,General,800
FY2024-25,Spending,20,Fire,201,Engines,500,1,General,850
"""
APPROPRIATIONS = """\
FUND CODE,FUND DESCRIPTION,DEPARTMENT NUMBER,DEPARTMENT DESCRIPTION,APPROPRIATION ACCOUNT,2023 RECOMMENDATION
0100,General,31,POLICE,5010,1000.00
0100,General,31,POLICE,5020,200.00
0300,Vehicle Tax,59,FIRE,5010,850.00
"""
UNITS = """\
YEAR,AGENCY NUMBER,AGENCY NAME,UNIT APPROPRIATION NUMBER,UNIT APPROPRIATION NAME,OBJECT,ADOPTED AMOUNT,CURRENT MODIFIED
2025,56,POLICE,001,PATROL,10,1000,1100
2025,56,POLICE,001,PATROL,20,200,200
2025,56,POLICE,002,DETECTIVES,10,300,300
2025,57,FIRE,001,ENGINES,10,850,900
2025,57,FIRE,002,PREVENTION,10,50,50
"""
DIVISIONS = """\
Fiscal Year,Service,Department Name,Division Name,Category,Fund,Amount
2023,Safety,Police,Administration,Salaries,General,90
2024,Safety,Police,Administration,Salaries,General,100
2024,Safety,Police,Patrol,Salaries,General,1000
2023,Safety,Fire,Administration,Salaries,General,80
2024,Safety,Fire,Administration,Salaries,General,85
2024,Leisure,Parks,Pools,Salaries,General,60
2023,Leisure,Parks,Pools,Salaries,General,50
"""
MADRID = """\
AÑO,SECCION,DESCRIPCION SECCION,PROGRAMA,DESCRIPCION PROGRAMA,CAPITULO,DESCRIPCION CAPITULO,ECONOMICO,IMPORTE
2014,010,ALCALDIA,91201,ALCALDÍA,1,GASTOS DE PERSONAL,10000,900
2015,010,ALCALDIA,91201,ALCALDÍA,1,GASTOS DE PERSONAL,10000,1000
2015,010,ALCALDIA,91201,ALCALDÍA,2,GASTOS CORRIENTES,22601,200
2014,020,SALUD,31101,SALUBRIDAD,1,GASTOS DE PERSONAL,10000,800
2015,020,SALUD,31101,SALUBRIDAD,1,GASTOS DE PERSONAL,10000,850
"""
BUND = """\
einzelplan;einzelplan-text;kapitel;kapitel-text;einnahmen-ausgaben;titel;titel-text;soll;ist
01;Präsident;0111;Amt;A;42201;Bezüge;1.000,50;990,00
01;Präsident;0111;Amt;E;11901;Gebühren;20,00;20,00
02;Bundestag;0211;Mitglieder;A;42201;Bezüge;850,00;830,00
02;Bundestag;0212;Verwaltung;A;42201;Bezüge;50,00;40,00
"""
PARIS = """\
Exercice;Sens;Chapitre;Libellé fonction;Libellé nature;Montant
2023;Dépenses;10;Écoles;Personnel;1 000,50 €
2023;Dépenses;10;Écoles;Achats;200,00 €
2023;Recettes;10;Écoles;Taxes;700,00 €
2023;Dépenses;20;Parcs;Personnel;850,00 €
"""
BRAZIL = """\
Órgão;Programa;Dotação Inicial;Dotação Atualizada;Valor Empenhado
Saúde;Hospitais;R$ 1.000,50;R$ 1.100,00;R$ 990,00
Educação;Escolas;R$ 850,00;R$ 850,00;R$ 700,00
"""
POLAND = """\
Dział;Rozdział;Nazwa;Plan wydatków 2025
600;;Transport;1 200,00 zł
;60004;Tramwaje;1 000,00 zł
;60016;Drogi;200,00 zł
801;;Oświata;850,00 zł
;80101;Szkoły;850,00 zł
;;Razem;2 050,00 zł
"""
VIENNA = """\
Finanzposition;Bezeichnung;EIN/AUS;Teilabschnitt;Voranschlag 2012 EUR;Rechnung 2010 EUR
'1.00000.040';FAHRZEUGE;AUSGABE;'00000';      1000.00;   2881.50
'1.00000.042';AUSSTATTUNG;AUSGABE;'00000';      200.00;    784.92
'1.01000.810';GEBÜHREN;EINNAHME;'01000';       70.00;     70.00
'1.01000.500';BEZÜGE;AUSGABE;'01000';       850.00;     70.00
"""
PAGES = """\
Program,Department,FY26 Adopted (1)
Grand Total,,"$ 1,850"
Patrol,Police,"$ 1,000"
Program,Department,FY26 Adopted (1)
Engines*,Fire,$ 850
Program,Department,FY26 Adopted (1)
* includes one-time money,,
"""
BOROUGH = """\
London Borough of Elmfield,,
Revenue budget 2024/25 (£000),,
,,
Directorate,Service,2024/25 Original Budget*
Adults,Home care,"£1,001"
Adults,Care homes,£250
Adults Total,,"£1,251"
Places,Parks,£850
Places Total,,£850
"""
NEGATIVE = "Department,Program,FY26 Budget\nPolice,Patrol,-1000\nFire,Engines,-850\nFire,Fees,-10\n"
NORWAY = "Avdeling;Programme;Budget 2025;;\nPolice;Patrol;kr 1 000;;\nFire;Engines;kr 850;;\n"
SWISS = "Departement;Bezeichnung;Betrag\nSchule;Lehrer;1’000.50\nSchule;Bauten;CHF 200.–\nUmwelt;Parks;Fr. 850.00\n"
MARKED = "Code,Name,Budget\n'001,Patrol,'1000\n'002,Engines,'850\n"
UNKNOWN = "Раздел;Буџет\nПолиција;1000\nПолиција;200\nПожарна;850\n"


def read(text: str, folder: Path, choices: Choices | None = None) -> BudgetFile:
    file = folder / "office.csv"
    file.write_text(text, encoding="utf-8")
    return read_budget(str(file), choices)


@pytest.mark.parametrize(
    ("text", "programs", "remark"),
    [
        (LEDGER, {"Police": 1000, "Fire": 800}, "rows count where 'ExpenseRevenue' is 'E', and not 'R'"),
        (SPENDING, {"101": 1250, "201": 850}, "rows count where 'Fiscal Year' is 'FY2024-25', and not 'FY2023-24'"),
        (APPROPRIATIONS, {"POLICE": 1200, "FIRE": 850}, "each 'DEPARTMENT DESCRIPTION' is a program"),
        (
            UNITS,
            {"POLICE / 001": 1200, "POLICE / 002": 300, "FIRE / 001": 850, "FIRE / 002": 50},
            "so 2 codes are 4 programs",
        ),
        (
            DIVISIONS,
            {"Police / Administration": 100, "Police / Patrol": 1000, "Fire / Administration": 85, "Parks / Pools": 60},
            "`--group \"Department Name\"` takes 'Department Name'",
        ),
        (MADRID, {"91201": 1200, "31101": 850}, "rows count where 'AÑO' is '2015'"),
        (BUND, {"0111": 1000.5, "0211": 850, "0212": 50}, "rows count where 'einnahmen-ausgaben' is 'A'"),
        (PARIS, {"Écoles": 1200.5, "Parcs": 850}, "rows count where 'Sens' is 'Dépenses', and not 'Recettes'"),
        (BRAZIL, {"Hospitais": 1000.5, "Escolas": 850}, "'Dotação Inicial' was taken for baseline"),
        (POLAND, {"60004": 1000, "60016": 200, "80101": 850}, "3 rows of totals are left out, 4,100 in all"),
        (VIENNA, {"'00000'": 1200, "'01000'": 850}, "rows count where 'EIN/AUS' is 'AUSGABE'"),
        (PAGES, {"Patrol": 1000, "Engines*": 850}, "2 rows that repeat the headers are left out"),
        (BOROUGH, {"Home care": 1_001_000, "Care homes": 250_000, "Parks": 850_000}, "(£000)'"),
        (NEGATIVE, {"Patrol": 1000, "Engines": 850, "Fees": 10}, "`--scale 1` if not"),
        (NORWAY, {"Patrol": 1000, "Engines": 850}, "taken: 1,850 in 2 programs"),
        (SWISS, {"Lehrer": 1000.5, "Bauten": 200, "Parks": 850}, "taken: 2,050.50 in 3 programs"),
        (MARKED, {"'001": 1000, "'002": 850}, "taken: 1,850 in 2 programs"),
        (UNKNOWN, {"Полиција": 1200, "Пожарна": 850}, "'Буџет' was taken for baseline, the only column of amounts"),
    ],
)
def test_a_budget_as_a_city_publishes_it(text: str, programs: dict[str, float], remark: str, tmp_path: Path) -> None:
    choices = Choices(group=("Department",)) if text is LEDGER else None
    found = read(text, tmp_path, choices)
    assert dict(zip(found.programs.ids.tolist(), found.programs.baseline().tolist(), strict=True)) == programs
    assert remark in "\n".join(found.remarks)


def test_what_each_fund_pays_has_the_name_of_the_fund(tmp_path: Path) -> None:
    found = read(SPENDING, tmp_path).programs.under("baseline_by_fund")
    assert {name: column.values.tolist() for name, column in found.items()} == {"General": [1000, 850], "Grants": [250]}


def test_amounts_that_are_whole_thousands_already_are_not_multiplied(tmp_path: Path) -> None:
    lines = "Police,Patrol,1000000\nFire,Engines,850000\nFire,Hydrants,5000\n"
    text = f"(amounts expressed in thousands),,\nDepartment,Program,FY26 Adopted\n{lines}"
    found = read(text, tmp_path)
    assert found.programs.baseline().sum() == 1_855_000
    assert "they are taken as they stand, `--scale 1000` if not" in "\n".join(found.remarks)
    assert read(text, tmp_path, Choices(scale=1000)).programs.baseline().sum() == 1_855_000_000


def test_signs_stay_where_that_is_said_and_the_sum_below_zero_is_told(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="add up to -1,000"):
        read(NEGATIVE, tmp_path, Choices(scale=1))


def test_a_column_that_may_be_programs_is_asked_and_accounts_are_not_among_the_answers(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError) as error:
        read(LEDGER.replace("ObjectId", "Category").replace(",E,", ",E,x").replace("-50", "50"), tmp_path)
    assert [option.flag for option in error.value.options] == [
        "--group Department",
        "--group Category",
        "--group Department,Category",
    ]
    for option in error.value.options:
        assert read_budget(str(tmp_path / "office.csv"), option.choices).programs.baseline().sum() == 1900


def test_the_recipe_of_a_table_with_signs_turned_reads_as_it_was_written(tmp_path: Path) -> None:
    from budgetopt.reading.load import load
    from budgetopt.reading.write import write_files

    (tmp_path / "office.csv").write_text(NEGATIVE)
    files, _ = from_table(str(tmp_path / "office.csv"), "town")
    assert b"    scale: -1\n" in files["scenario.yaml"]
    assert load(write_files(tmp_path / "town", files)).programs.baseline().tolist() == [1000, 850, 10]


TOWN = """\
,FY24 Actual,FY25 Budget
POLICE,,
Patrol,900,1000
Desk,90,100
Total Police,990,1100
FIRE,,
Engines,800,850
Desk,40,50
Total Fire,840,900
TOTAL GENERAL FUND,1830,2000
"""
PIVOT = (
    "Row Labels,Sum of FY26\nPolice,1100\nPatrol,1000\nDesk,100\nFire,900\nEngines,850\nHydrants,50\nGrand Total,2000\n"
)
BESIDE = """\
Departments and programs,,FY26 Adopted
Police,,1100
,Patrol,1000
,Desk,100
Fire,,900
,Engines,850
,Desk,50
Total all funds,,2000
"""
CODES = """\
Codigo,Concepto,Presupuesto inicial
1,Seguridad,1100
1.1,Policía,1100
1.1.01,Patrullas,1000
1.1.02,Oficina,100
2,Bomberos,900
2.01,Motores,850
2.02,Agua,50
"""
AREAS = "code;label;Aufwendungen\n0101;Rat;1000\n0102;Presse;100\n01;Verwaltung;1100\n0201;Wahlen;900\n02;Ordnung;900\n"
LAST = "Service,2025/26\nPatrol,1000\nDesk,100\nEngines,850\nHydrants,50\nNet revenue expenditure,2000\n"
STAGES = """\
Program,Scenario,Amount
Patrol,Adopted,1000
Patrol,Actual,900
Patrol,Variance,100
Engines,Adopted,850
Engines,Actual,840
Engines,Variance,10
"""
HEADCOUNT = STAGES.replace("Adopted", "Budget").replace("Variance,10", "FTE,1")
PROJECTS = "Project,Status,Total Cost\nBridge,Approved,1000\nPool,Proposed,850\nRoof,Planned,50\n"
KINDS = """\
Program,Account Type,FY26 Budget
Patrol,Revenue,70
Patrol,Expenditure,900
Patrol,Transfers Out,100
Engines,Expenditure,850
Engines,Revenue,5
"""
CATEGORIES = KINDS.replace("Account Type", "Category").replace("Expenditure", "Personnel")
BIENNIUM = (
    "Biennium,Agency,Program,Dollars\n2021-23,Police,Patrol,900\n2023-25,Police,Patrol,1000\n2023-25,Fire,Engines,850\n"
)
NET = "Department,Program,Account,FY26 Budget\nPolice,Patrol,Pay,1000\nPolice,Patrol,Fees,-100\nFire,Engines,Pay,850\n"


SECTIONS = """\
Account,FY25 Budget,FY26 Adopted
REVENUES,,
Property tax,1400,1550
Fees,300,300
EXPENDITURES,,
Police,900,1000
Fire,800,850
"""
SUMS = """\
Amt;Bezeichnung;Ansatz 2025
Polizei;Streife;1000
Polizei;Büro;100
Polizei;Summe Polizei;1100
Feuerwehr;Wagen;850
Feuerwehr;Summe Feuerwehr;850
;Gesamtsumme;1950
"""
ROUND = "Program,Department,Budget\nPatrol,Police,30\nLabs,Police,20\nEngines,Fire,6\nDesk,Fire,4\n"


@pytest.mark.parametrize(
    ("text", "programs", "remark"),
    [
        (
            TOWN,
            {
                "POLICE / Patrol": 1000,
                "POLICE / Desk": 100,
                "FIRE / Engines": 850,
                "FIRE / Desk": 50,
            },
            "2 headings give the rows below their department",
        ),
        (PIVOT, {"Patrol": 1000, "Desk": 100, "Engines": 850, "Hydrants": 50}, "2 rows that are sums of others"),
        (
            BESIDE,
            {
                "Police / Patrol": 1000,
                "Police / Desk": 100,
                "Fire / Engines": 850,
                "Fire / Desk": 50,
            },
            "the names beside those of 'Departments and programs' are the programs",
        ),
        (CODES, {"1.1.01": 1000, "1.1.02": 100, "2.01": 850, "2.02": 50}, "left out, 3,100 in all: '1', '1.1', '2'"),
        (AREAS, {"0101": 1000, "0102": 100, "0201": 900}, "2 rows that are sums of others are left out"),
        (LAST, {"Patrol": 1000, "Desk": 100, "Engines": 850, "Hydrants": 50}, "1 row that is the sum of others"),
        (
            STAGES,
            {"Patrol": 1000, "Engines": 850},
            "'Scenario' is 'Adopted', and not 'Actual', 'Variance'",
        ),
        (
            HEADCOUNT,
            {"Patrol": 1000, "Engines": 850},
            "'Scenario' is 'Budget', and not 'Actual', 'FTE'",
        ),
        (PROJECTS, {"Bridge": 1000, "Pool": 850, "Roof": 50}, "taken: 1,900 in 3 programs; difference: 0"),
        (KINDS, {"Patrol": 1000, "Engines": 850}, "'Expenditure', 'Transfers Out', and not 'Revenue'"),
        (CATEGORIES, {"Patrol": 1000, "Engines": 850}, "'Personnel', 'Transfers Out', and not 'Revenue'"),
        (BIENNIUM, {"Patrol": 1000, "Engines": 850}, "rows count where 'Biennium' is '2023-25'"),
        (SECTIONS, {"Police": 1000, "Fire": 850}, "2 rows of revenue are left out, 1,850 in all, below 'REVENUES'"),
        (SUMS, {"Streife": 1000, "Büro": 100, "Wagen": 850}, "3 rows of totals are left out, 3,900 in all"),
        (ROUND, {"Patrol": 30, "Labs": 20, "Engines": 6, "Desk": 4}, "taken: 60 in 4 programs; difference: 0"),
        (NET, {"Patrol": 900, "Engines": 850}, "1 amount below zero is netted within its program: -100"),
    ],
)
def test_no_row_is_counted_twice(text: str, programs: dict[str, float], remark: str, tmp_path: Path) -> None:
    found = read(text, tmp_path)
    assert dict(zip(found.programs.ids.tolist(), found.programs.baseline().tolist(), strict=True)) == programs
    assert remark in "\n".join(found.remarks)
    assert "is not the sum of the rows" not in "\n".join(found.remarks)


def test_years_above_stages_are_one_header_and_a_cover_and_hidden_sheets_are_none(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "City of Elmfield"
    sheet = book.create_sheet("Budget")
    sheet.append(["Department", "Program", "FY2024", None, "FY2025", None])
    sheet.append([None, None, "Actual", "Adopted", "Actual", "Adopted"])
    for place in ("A1:A2", "B1:B2", "C1:D1", "E1:F1"):
        sheet.merge_cells(place)
    sheet.append(["Police", "Patrol", 800, 900, 950, 1000])
    sheet.append(["Fire", "Engines", 600, 700, 750, 850])
    hidden = book.create_sheet("Old")
    hidden.append(["Program", "Budget"])
    hidden.append(["Patrol", 5])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "office.xlsx")
    found = read_budget(str(tmp_path / "office.xlsx"))
    assert found.programs.baseline().tolist() == [1000, 850]
    assert "'FY2025 Adopted' was taken for baseline" in "\n".join(found.remarks)


def test_what_a_credit_belongs_to_is_asked_and_each_answer_reads(tmp_path: Path) -> None:
    text = "Department,Program,Budget\nPolice,Patrol,1000\nPolice,Vacancy credit,-50\nFire,Engines,2000\n"
    with pytest.raises(ChoiceError, match="add up to -50") as error:
        read(text, tmp_path)
    answers = {option.flag: option.choices for option in error.value.options}
    assert list(answers) == ['--merge "Vacancy credit=Patrol"', '--skip "Program=Vacancy credit"']
    sums = [read(text, tmp_path, choices).programs.baseline().tolist() for choices in answers.values()]
    assert sums == [[950, 2000], [1000, 2000]]


@pytest.mark.parametrize(
    ("text", "currency"),
    [(PARIS, "EUR"), (BOROUGH, "GBP"), (BRAZIL, "BRL"), (POLAND, "PLN"), (VIENNA, "EUR"), (SWISS, "CHF"), (NORWAY, "")],
)
def test_the_currency_of_the_file_is_that_of_the_scenario(text: str, currency: str, tmp_path: Path) -> None:
    assert read(text, tmp_path).currency == currency
    scenario = from_table(str(tmp_path / "office.csv"), "town")[0]["scenario.yaml"].decode()
    assert ("currency:" in scenario) == bool(currency)
    assert f"currency: {currency}" in scenario or not currency


def test_columns_of_years_are_added_up_by_program_too(tmp_path: Path) -> None:
    text = "Program,Account,FY25,FY26\nPatrol,Pay,900,1000\nPatrol,Cars,90,100\nEngines,Pay,800,850\n"
    found = read(text, tmp_path, Choices(columns={"baseline.FY25": "FY25", "baseline.FY26": "FY26"}))
    columns = found.programs.under("baseline")
    sums = {name: column.values.tolist() for name, column in columns.items()}
    assert sums == {
        "FY25": [990, 800],
        "FY26": [1100, 850],
    }


def test_where_matches_patterns_as_in_a_scenario_file(tmp_path: Path) -> None:
    text = "Program,Type,Budget\nPatrol,Expense: pay,1000\nPatrol,Expense: goods,100\nFees,Income,7\nFire,EXPENSE,850\n"
    found = read(text, tmp_path, Choices(where={"Type": ("Expense*",)}))
    assert dict(zip(found.programs.ids.tolist(), found.programs.baseline().tolist(), strict=True)) == {
        "Patrol": 1100,
        "Fire": 850,
    }
    assert found.table.where == {"Type": ("Expense*",)}


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (["10.000", "10.000,01", "7.500"], [10_000, 10_000.01, 7_500]),
        (["€ 10.000", "€ 10.000,01", "€ -"], [10_000, 10_000.01, 0]),
        (["10'000", "10'000,01", "-"], [10_000, 10_000.01, 0]),
        (["12", "7,5", "3"], [12, 7.5, 3]),
    ],
)
def test_points_beside_a_comma_separate_thousands(cells: list[str], amounts: list[float], tmp_path: Path) -> None:
    found = read("Program;Budget\n" + "".join(f"P{at};{cell}\n" for at, cell in enumerate(cells)), tmp_path)
    assert (found.programs.baseline().tolist(), found.table.decimal) == (amounts, ",")


GOALS = """\
department,generalFund,otherFundsIncluded,waterFund,elimination,total
Cultural Services,11233,0,0,0,11233
Parks,25756,168,4577,1286,29215
Community Development,36989,168,4577,1286,40448
Fire,73721,3931,0,170,77482
Police,149875,7810,0,721,156964
Public Safety,223596,11741,0,891,234446
allDepartmentTotal,260585,11909,4577,2177,274894
"""
SHORT = """\
DEPTID,DEPT_DESCR,FUND_CD,FUND_DESCR,OBJ_CD,OBJ_DESCR,BUD_AMT,ACT_AMT
100,Police,01,General,5010,Salaries,1000,900
100,Police,02,Grants,5010,Salaries,100,90
200,Fire,01,General,5010,Salaries,850,840
"""
REQUESTS = """\
Dept ID,Dept Name,Prog,Prog Desc,Acct,FY24 Act,FY25 Orig Bud,FY25 Rev Bud,FY26 Req,FY26 Rec
100,Police,1001,Patrol,5010,900,1000,1050,1200,1100
100,Police,1001,Patrol,5020,90,100,100,120,110
200,Fire,2001,Suppression,5010,800,850,850,900,880
"""
HEADS = """\
BudgetBookVersion,Ministry,HeadNumber,HeadName,BudgetYear,DataVersion,DataValue
2025,Cabinet,01,Office,2024,ORIGINAL,900
2025,Cabinet,01,Office,2024,REVISED,950
2025,Cabinet,01,Office,2025,ESTIMATE,1000
2025,Cabinet,02,Post,2024,ORIGINAL,800
2025,Cabinet,02,Post,2025,ESTIMATE,850
2024,Cabinet,01,Office,2024,ESTIMATE,900
2024,Cabinet,02,Post,2024,ESTIMATE,800
"""


@pytest.mark.parametrize(
    ("text", "programs", "remark"),
    [
        (
            GOALS,
            {"Cultural Services": 11233, "Parks": 29215, "Fire": 77482, "Police": 156964},
            "2 rows that are sums of others are left out, 274,894 in all: 'Community Development', 'Public Safety'",
        ),
        (SHORT, {"Police": 1100, "Fire": 850}, "'BUD_AMT' was taken for baseline, and not 'ACT_AMT'"),
        (REQUESTS, {"1001": 1150, "2001": 850}, "'FY25 Rev Bud' was taken for baseline"),
        (HEADS, {"01": 1000, "02": 850}, "rows count where 'BudgetYear' is '2025', and not '2024'"),
    ],
)
def test_shortened_and_unusual_headers(text: str, programs: dict[str, float], remark: str, tmp_path: Path) -> None:
    found = read(text, tmp_path)
    assert dict(zip(found.programs.ids.tolist(), found.programs.baseline().tolist(), strict=True)) == programs
    assert remark in "\n".join(found.remarks)


def test_every_column_beside_those_of_funds_is_what_a_fund_pays(tmp_path: Path) -> None:
    text = "Department,FTE,General Fund,Water Fund,CDBG\nPolice,100.5,1000,,50\nFire,80.5,850,10,25.5\n"
    found = read(text, tmp_path)
    assert found.programs.baseline().tolist() == [1050, 885.5]
    assert sorted(found.programs.under("baseline_by_fund")) == ["CDBG", "General Fund", "Water Fund"]


def test_marks_of_footnotes_are_no_part_of_amounts(tmp_path: Path) -> None:
    text = 'Program,Budget\nPatrol,"1,000*"\nEngines,850 (a)\nParks,60[1]\nPool,"5\u2020"\n'
    assert read(text, tmp_path).programs.baseline().tolist() == [1000, 850, 60, 5]


def test_which_of_many_years_is_this_year_is_asked(tmp_path: Path) -> None:
    text = "Project,FY25,FY26,FY27\nBridge,200,300,1\nPool,10,50,60\n"
    with pytest.raises(ChoiceError, match=r"3 columns of .* are years") as error:
        read(text, tmp_path)
    answers = {option.flag: option.choices for option in error.value.options}
    assert list(answers) == ["--column baseline=FY25", "--column baseline=FY26", "--column baseline=FY27"]
    sums = [read(text, tmp_path, choices).programs.baseline().sum() for choices in answers.values()]
    assert sums == [210, 350, 61]
    two = read(text.replace(",FY27", ",FTE"), tmp_path)
    assert two.programs.baseline().sum() == 350


def test_headings_that_are_funds_give_the_rows_below_their_fund(tmp_path: Path) -> None:
    text = "Program,Department,FY26 Adopted\nGENERAL FUND,,\nPatrol,Police,100\nPools,Parks,20\n"
    text += "GRANTS FUND,,\nPatrol,Police,7\n"
    (tmp_path / "funds.csv").write_text(text, encoding="utf-8")
    scenario = bo.first_scenario(tmp_path / "funds.csv")
    assert {name: fund.revenue for name, fund in scenario.funds.items()} == {"GENERAL FUND": 120, "GRANTS FUND": 7}
    assert scenario.programs["Patrol"].baseline_by_fund == {"GENERAL FUND": 100, "GRANTS FUND": 7}
    assert bo.solve(scenario).programs["spending"].to_dict() == {"Patrol": 107, "Pools": 20}


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("Program,FY25 Adopted,FY26 Adopted\nPatrol,60000,1e+05\nPools,40000,2e+05\n", {"Patrol": 1e5, "Pools": 2e5}),
        (",Program,Adopted\n1,Patrol,1e+05\n2,Pools,25000\n3,Zoo,2e+06\n", {"Patrol": 1e5, "Pools": 2.5e4, "Zoo": 2e6}),
        ("Program,Adopted\nPatrol,60000\nPools,40000\nTotal,1e+05\n", {"Patrol": 6e4, "Pools": 4e4}),
        ("Program;Adopted\nPatrol;1,5E+05\nPools;250000,25\n", {"Patrol": 1.5e5, "Pools": 250000.25}),
        ("Program,Adopted\nPatrol,1_000_000\nPools,4_000\nTotal,1_004_000\n", {"Patrol": 1e6, "Pools": 4e3}),
    ],
)  # fmt: skip
def test_amounts_with_an_exponent_or_low_lines_count(text: str, programs: dict[str, float], tmp_path: Path) -> None:
    found = read(text, tmp_path)
    assert dict(zip(found.programs.ids.tolist(), found.programs.baseline().tolist(), strict=True)) == programs
    assert not [remark for remark in found.remarks if "no amount" in remark]
    assert f"taken: {sum(programs.values()):,.12g} in" in found.remarks[-1].replace(".50", ".5")
