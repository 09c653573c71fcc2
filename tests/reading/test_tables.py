"""Tables in CSV: what is read, and the exact cell and words of every mistake."""
# ruff: noqa: E501 (messages are compared as they are printed)

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from budgetopt.errors import Place, Problem
from budgetopt.reading.tables import TablesRead, merge, overlay, read_tables
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import Tables
from budgetopt.scenario.places import Places
from budgetopt.scenario.programs import ProgramTable


def read(folder: Path, text: str | bytes, kind: str = "programs", **table: object) -> TablesRead:
    data = text.encode() if isinstance(text, str) else text
    (folder / "t.csv").write_bytes(data)
    return read_tables(Tables.model_validate({kind: {"file": "t.csv", **table}}), folder)


def found(read: TablesRead, folder: Path) -> list[str]:
    """Return the problems in one line each, with the folder taken out."""
    lines = []
    for problem in read.problems:
        parts = [f"{problem.place}: {problem.message} [{problem.code}]", problem.expected, problem.hint]
        lines.append(" | ".join(parts).rstrip(" |").replace(f"{folder}/", ""))
    return lines


def only(read: TablesRead) -> ProgramTable:
    assert not read.problems, [str(problem) for problem in read.problems]
    (table,) = (*read.programs, *read.references)
    return table


PLAIN = "program,baseline,tags\nlibrary,2.4M,books; youth\nparks,900000,\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.rstrip("\n").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("books; youth", '"books; youth"').replace(",", ";").encode(),
        PLAIN.replace("library", '"library"').encode(),
        PLAIN.replace("2.4M", " 2.4M ").encode(),
        PLAIN.replace("\n", ",\n").encode(),
        PLAIN.replace("parks", "\n,,\nparks").encode(),
    ],
    ids=[
        "plain",
        "bom",
        "crlf",
        "no last line end",
        "tabs",
        "semicolons",
        "quotes",
        "blanks",
        "empty column",
        "empty rows",
    ],
)
def test_a_table_reads_the_same_however_it_was_saved(tmp_path: Path, data: bytes) -> None:
    table = only(read(tmp_path, data))
    assert table.ids.tolist() == ["library", "parks"]
    assert table["library"].baseline == 2_400_000
    assert table["library"].tags == ("books", "youth")
    assert table["parks"].baseline == 900_000
    assert table["parks"].tags == ()


def test_every_kind_of_key_has_its_column(tmp_path: Path) -> None:
    table = only(
        read(
            tmp_path,
            "program,name,funds,recurring,districts.north,districts.St. Mary's,spending.at_most,spending.at_least.FY27,"
            "outcomes.visits.curve,outcomes.safe. streets.per_dollar,outcomes.visits.evidence,attributes.size,as_of\n"
            'a,"Parks, ""big""",general; grant,false,30%,0.7,120%,1M,0:0; 5M:60;12M:110,-0.25,rct,3,2024\n'
            "b,,,true,,,5M,,0:0;10:1,,,02134,\n",
        )
    )
    a, b = table["a"], table["b"]
    assert a.name == 'Parks, "big"'
    assert a.funds == ("general", "grant")
    assert (a.recurring, b.recurring) == (False, True)
    assert a.districts == {"north": Share(0.3), "St. Mary's": Share(0.7)}
    assert a.spending is not None
    assert a.spending.at_most == Share(1.2)
    assert isinstance(a.spending.at_most, Share)
    assert a.spending.at_least == {"FY27": 1e6}
    assert a.outcomes["visits"].curve == ((0, 0), (5e6, 60), (12e6, 110))
    assert a.outcomes["visits"].evidence == "rct"
    assert a.outcomes["safe. streets"].per_dollar == -0.25
    assert (a.attributes["size"], b.attributes["size"]) == (3, "02134")
    assert a.as_of == "2024"
    assert b.funds is None
    assert b.spending is not None
    assert not isinstance(b.spending.at_most, Share)


def test_every_cell_knows_its_row_and_column(tmp_path: Path) -> None:
    table = only(read(tmp_path, "name,program,baseline\n\nA,a,\n,b,5\nC,c,6\n"))
    file = str(tmp_path / "t.csv")
    assert table.place("c", "baseline") == Place(file, 5, 3)
    assert table.place("a", "name") == Place(file, 3, 1)
    assert table.place("b") == Place(file, 4, 2)
    assert table.place("a", "baseline") == Place(file, 3, 2)


def test_rows_are_counted_as_a_spreadsheet_does_when_a_cell_has_line_breaks(tmp_path: Path) -> None:
    table = only(read(tmp_path, 'program,name,baseline\na,"two\nlines",1\nb,,2\n'))
    assert table.place("b", "baseline") == Place(str(tmp_path / "t.csv"), 3, 3)


def test_the_inputs_are_hashed(tmp_path: Path) -> None:
    assert read(tmp_path, PLAIN).inputs == {str(tmp_path / "t.csv"): hashlib.sha256(PLAIN.encode()).hexdigest()}


def test_an_office_may_keep_its_own_heads(tmp_path: Path) -> None:
    columns = {"Program code": "program", "FY26\n adopted": "baseline", "Notes": "ignore"}
    text = "City of Riverton\n\nProgram code,FY26  adopted,Notes,department\np1,5M,?,Fire\nTotal,5M,,\n"
    table = only(read(tmp_path, text, columns=columns, header=3, last_row=4))
    assert table.ids.tolist() == ["p1"]
    assert (table["p1"].baseline, table["p1"].department) == (5e6, "Fire")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["t.csv: the table is empty [empty-table] | a row of column headers, such as program,name,baseline"]),
        (
            "\n , \n",
            ["t.csv: the table is empty [empty-table] | a row of column headers, such as program,name,baseline"],
        ),
        (
            "\nprogram,name\n",
            [
                (
                    "t.csv: row 1 has no column headers [empty-table] | a row of column headers, such as program,name,baseline"
                    " | if the headers stand further down, say so with `header: 4`"
                )
            ],
        ),
        (
            "progam,baseline\na,1\n",
            [
                (
                    "t.csv:1:1: 'progam' is no column that a table of programs has [unknown-column] | a key of a program"
                    " | did you mean 'program'?"
                ),
                (
                    "t.csv:1: the table has no column 'program' [missing-column] | a column 'program'"
                    " | is it the column 'progam'? map it with `columns: {progam: program}`"
                ),
            ],
        ),
        (
            "program,spending.atmost,unit_cost,FY26,baseline,baseline\na,1,2,3,4,5\n",
            [
                (
                    "t.csv:1:2: 'spending.atmost' is no column that a table of programs has [unknown-column]"
                    " | a key of a program | did you mean 'spending.at_most'?"
                ),
                (
                    "t.csv:1:3: 'unit_cost' is no column that a table of programs has [unknown-column]"
                    " | a key of a program | did you mean 'service.unit_cost'?"
                ),
                (
                    "t.csv:1:4: 'FY26' is no column that a table of programs has [unknown-column]"
                    " | a key of a program | map it with `columns: {FY26: ignore}` to leave it alone"
                ),
                "t.csv:1:6: the column 'baseline' stands twice, first at t.csv:1:5 [duplicate-column] | each column once",
            ],
        ),
        (
            "program,,name\na,5,x\n",
            ["t.csv:2:2: '5' stands in a column without a header [missing-head] | a column header"],
        ),
        (
            "program,baseline\na,1\n,2\na,3\n",
            [
                "t.csv:3:1: the row has no program [missing-name] | an id",
                (
                    "t.csv:4:1: the program 'a' stands twice, first at t.csv:2:1 [duplicate-id]"
                    " | an id of its own for each program"
                    " | if its rows are lines of one budget, write `add_up: true` under the table"
                ),
            ],
        ),
        (
            "program,name,baseline\na,x\nb,x,1,2\nc,x,1\n",
            [
                (
                    "t.csv:2: the row has 2 cells, and there are 3 column headers [short-row] | 3 cells"
                    " | an empty cell keeps its separator"
                ),
                (
                    "t.csv:3:4: '2' stands in column 4, and only 3 columns have headers [long-row]"
                    " | no more cells than headers, 3 | a cell that holds the separator itself goes in quotes"
                ),
            ],
        ),
        (
            "program;name;baseline\na;x;1,5\nb;;-3\n",
            [
                (
                    "t.csv:2:3: `baseline` of program 'a': '1,5' is not an amount [number]"
                    " | an amount such as 4_200_000, 4.2M or 350k | a comma separates thousands and a point the decimals"
                ),
                (
                    "t.csv:3:3: `baseline` of program 'b': -3 is negative [negative] | an amount of zero or more | write"
                    " `add_up: true` under the table if the program has more rows, and `merge: {b: OTHER}` if it is part"
                    " of another program"
                ),
            ],
        ),
        (
            (
                "program,baseline,districts.north,recurring,outcomes.v.evidence,outcomes.v.unit_cost\n"
                "a,nan,40,perhaps,rtc,0\n"
            ),
            [
                (
                    "t.csv:2:2: `baseline` of program 'a': 'nan' is not an amount [number]"
                    " | an amount such as 4_200_000, 4.2M or 350k"
                ),
                (
                    "t.csv:2:3: `districts.north` of program 'a': 40 as a share could mean 40% or 40 times [ambiguous-share]"
                    " | a share such as 16% or 0.16 | write 40%, or 4000%"
                ),
                "t.csv:2:4: `recurring` of program 'a': 'perhaps' is neither true nor false [flag] | true or false",
                (
                    "t.csv:2:5: `evidence` of the effect of program 'a' on 'v': 'rtc' is not possible here [not-possible]"
                    " | one of: rct, quasi_experimental, observational, administrative, expert, assumption"
                    " | did you mean 'rct'?"
                ),
                (
                    "t.csv:2:6: `unit_cost` of the effect of program 'a' on 'v': 0 is not above zero [not-positive]"
                    " | an amount above zero"
                ),
            ],
        ),
        (
            "program,outcomes.v.curve\na,0:0; 5:1; 4:2\nb,1:0; 2:3\nc,0:0\nd,0:0; 5\n",
            [
                (
                    "t.csv:2:2: `curve` of the effect of program 'a' on 'v': the spending of the curve goes backwards:"
                    " 4 comes after 5 [curve-backwards] | points in the order of rising spending"
                ),
                (
                    "t.csv:3:2: `curve` of the effect of program 'b' on 'v': the curve begins at 1 of spending [curve-start]"
                    " | a first point at spending 0, such as [0, 0]"
                ),
                (
                    "t.csv:4:2: `curve` of the effect of program 'c' on 'v': the curve has fewer than two points"
                    " [short-curve] | two or more points [spending, outcome]"
                ),
                (
                    "t.csv:5:2: `curve` of the effect of program 'd' on 'v': '5' is no point of a curve [curve-point]"
                    " | a pair [spending, outcome], such as [5M, 60]"
                ),
            ],
        ),
        (
            'program,name\na,"open\nb,c\n',
            ["t.csv:2: a quote is opened and never closed [quote] | | close it, or double it if it is meant"],
        ),
        (
            'program,name\na,"x" y\n',
            ['t.csv:2: text follows a closing quote [quote] | | a quote inside a quoted cell is written twice: ""'],
        ),
    ],
)
def test_each_mistake_is_told_with_its_cell(tmp_path: Path, text: str, expected: list[str]) -> None:
    lines = [line.replace(" |  | ", " | | ") for line in found(read(tmp_path, text), tmp_path)]
    assert lines == expected


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    result = read(tmp_path, "program,name\na,Caf\xe9\n".encode(encoding))
    assert not result.problems
    assert result.programs[0]["a"].name == "Caf\xe9"


def test_many_alike_mistakes_are_told_once(tmp_path: Path) -> None:
    problems = read(tmp_path, "program,baseline\n" + "".join(f"p{row},x{row}\n" for row in range(250))).problems
    assert [problem.message for problem in problems] == [
        "`baseline` of program 'p0': 'x0' is not an amount; and 249 more like it, such as row 3 and row 4"
    ]


def test_a_missing_file_is_told_where_the_scenario_names_it(tmp_path: Path) -> None:
    (tmp_path / "programs.csv").touch()
    at = Place("scenario.yaml", 12, 13)
    places = Places(values={("tables", "programs"): at})
    (problem,) = read_tables(Tables.model_validate({"programs": "program.csv"}), tmp_path, places).problems
    assert problem == Problem(
        "missing-file", "there is no file 'program.csv'", at, "a file with a table", "did you mean 'programs.csv'?"
    )


def test_mapped_heads_are_checked_where_they_are_mapped(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Code,FY26 adopted,Dept\na,1,Fire\n")
    columns = {"Code": "program", "FY25 adopted": "baseline", "Dept": "departmnt"}
    keys = {("tables", "programs", 0, "columns", head): Place("s.yaml", 5, at) for at, head in enumerate(columns, 1)}
    places = Places(keys, {("tables", "programs", 0): Place("s.yaml", 4, 1)})
    tables = Tables.model_validate({"programs": [{"file": "t.csv", "columns": columns}]})
    assert found(read_tables(tables, tmp_path, places), tmp_path) == [
        (
            "s.yaml:5:2: 'FY25 adopted' is no column of t.csv [unknown-column] | the header of a column"
            " | did you mean 'FY26 adopted'?"
        ),
        (
            "s.yaml:5:3: 'Dept' is mapped to 'departmnt', which is no key of a program [unknown-key] | a key of a program"
            " | did you mean 'department'?"
        ),
    ]


class TestEvidence:
    def test_one_row_is_one_effect(self, tmp_path: Path) -> None:
        text = (
            "program,outcome,unit_cost,per_dollar,curve,evidence,std_error,source\n"
            "b,visits,5,,,rct,15%,Smith 2024\na,safety,,0.5,,,,\na,visits,,,0:0;10:4,expert,,\n"
        )
        table = only(read(tmp_path, text, "evidence"))
        assert table.ids.tolist() == ["b", "a"]
        assert table["b"].outcomes["visits"].unit_cost == 5
        assert table["b"].outcomes["visits"].std_error == Share(0.15)
        assert table["a"].outcomes["safety"].per_dollar == 0.5
        assert table["a"].outcomes["visits"].curve == ((0, 0), (10, 4))
        assert table.place("a", "outcomes.safety.per_dollar") == Place(str(tmp_path / "t.csv"), 3, 4)

    def test_mistakes(self, tmp_path: Path) -> None:
        text = "program,outcome,unitcost\na,v,1\na,v,2\n,v,3\nb,,4\n"
        assert found(read(tmp_path, text, "evidence"), tmp_path) == [
            (
                "t.csv:1:3: 'unitcost' is no column that a table of effects has [unknown-column] | a key of an effect"
                " | did you mean 'unit_cost'?"
            ),
            "t.csv:4:1: the row has no program [missing-name] | an id",
            "t.csv:5:2: the row has no outcome [missing-name] | a name",
            (
                "t.csv:3:1: the effect of 'a' on 'v' stands twice, first at t.csv:2:1 [duplicate-id]"
                " | one row for each effect"
            ),
        ]

    def test_an_effect_on_a_program_that_stands_nowhere(self, tmp_path: Path) -> None:
        programs = only(read(tmp_path, PLAIN))
        evidence = only(read(tmp_path, "program,outcome,unit_cost\nlibary,v,2\nparks,v,3\n", "evidence"))
        table, problems = merge([programs], [evidence])
        assert [problem.message for problem in problems] == ["there is no program 'libary'"]
        assert problems[0].hint == "did you mean 'library'?"
        assert problems[0].place == Place(str(tmp_path / "t.csv"), 2, 1)
        assert table.number("outcomes.v.unit_cost").tolist()[1] == 3
        assert len(table) == 2


class TestCurves:
    def test_points_come_together_in_the_order_of_the_file(self, tmp_path: Path) -> None:
        text = (
            "program,outcome,spending,value,evidence\n"
            "b,v,0,900,\na,v,0,0,rct\nb,v,5M,400,expert\na,v,10,1.5,rct\na,w,0,0,\na,w,1k,-2,\nb,v,20M,150,\n"
        )
        table = only(read(tmp_path, text, "curves"))
        assert table["b"].outcomes["v"].curve == ((0, 900), (5e6, 400), (20e6, 150))
        assert table["a"].outcomes["v"].curve == ((0, 0), (10, 1.5))
        assert table["a"].outcomes["w"].curve == ((0, 0), (1000, -2))
        assert table["b"].outcomes["v"].evidence == "expert"
        assert table["a"].outcomes["v"].evidence == "rct"
        assert table["a"].outcomes["w"].evidence is None
        assert table.place("b", "outcomes.v.curve") == Place(str(tmp_path / "t.csv"), 2, 3)

    def test_mistakes_stand_at_the_row_of_the_point(self, tmp_path: Path) -> None:
        text = (
            "program,outcome,spending,value,source\n"
            "a,v,0,0,A\na,v,10,1,B\na,v,10,2,\nb,v,5,1,\nc,v,0,0,\nd,v,0,,\nd,v,x,3,\n"
        )
        assert found(read(tmp_path, text, "curves"), tmp_path) == [
            (
                "t.csv:8:3: `curve.spending` of the effect of program 'd' on 'v': 'x' is not an amount [number]"
                " | an amount such as 4_200_000, 4.2M or 350k"
            ),
            "t.csv:7:4: the point has no value [empty-cell] | a number",
            (
                "t.csv:4:3: `curve` of the effect of program 'a' on 'v': the curve has two points at 10 of spending"
                " [curve-backwards] | points in the order of rising spending"
            ),
            (
                "t.csv:5:3: `curve` of the effect of program 'b' on 'v': the curve has fewer than two points [short-curve]"
                " | two or more points [spending, outcome]"
            ),
            (
                "t.csv:6:3: `curve` of the effect of program 'c' on 'v': the curve has fewer than two points [short-curve]"
                " | two or more points [spending, outcome]"
            ),
            (
                "t.csv:3:5: one curve has two values: 'B' here and 'A' at t.csv:2:5 [two-values]"
                " | one source for all points of a curve"
            ),
        ]


class TestMerge:
    def test_ids_come_in_order_of_first_appearance(self, tmp_path: Path) -> None:
        first = only(read(tmp_path, "program,baseline,districts.n\nb,2,\na,1,10%\n"))
        second = only(read(tmp_path, "program,name,tags,districts.n\nc,C,x;y,\na,A,z,\nb,B,,30%\n"))
        table, problems = merge([first, second])
        assert not problems
        assert table.ids.tolist() == ["b", "a", "c"]
        assert table.names().tolist() == ["B", "A", "C"]
        assert table["b"].districts == {"n": Share(0.3)}
        assert table["a"].districts == {"n": Share(0.1)}
        assert [item.tolist() for item in table.items("tags")] == [[1, 2, 2], ["z", "x", "y"]]
        np.testing.assert_array_equal(table.baseline(), [2, 1, np.nan])

    def test_a_key_set_twice_names_both_places(self, tmp_path: Path) -> None:
        first = only(read(tmp_path, "program,baseline\na,1\nb,2\n"))
        (tmp_path / "u.csv").write_text("baseline,program\n,a\n3,b\n")
        second = only(read_tables(Tables.model_validate({"programs": "u.csv"}), tmp_path))
        table, (problem,) = merge([first, second])
        assert problem.message == f"`baseline` of program 'b' is set twice, first at {tmp_path}/t.csv:3:2"
        assert problem.place == Place(str(tmp_path / "u.csv"), 3, 1)
        assert table.baseline().tolist() == [1, 2]

    def test_one_value_for_every_period_and_one_for_one(self, tmp_path: Path) -> None:
        first = only(read(tmp_path, "program,spending.at_most\na,1\nb,\nc,3\n"))
        (tmp_path / "u.csv").write_text("program,spending.at_most.FY27\nb,2\nc,4\n")
        second = only(read_tables(Tables.model_validate({"programs": "u.csv"}), tmp_path))
        table, (problem,) = merge([first, second])
        assert problem.message == (
            f"`spending.at_most` of program 'c' is set for every period, at {tmp_path}/t.csv:4:2, and again for FY27"
        )
        assert problem.place == Place(str(tmp_path / "u.csv"), 3, 2)
        assert [table[name].spending.at_most for name in "abc"] == [1, {"FY27": 2}, 3]


class TestOverlay:
    PERIODS = ("FY27", "FY28")

    def table(self, folder: Path, text: str) -> ProgramTable:
        return only(read(folder, text))

    def test_what_is_not_touched_is_the_very_same(self, tmp_path: Path) -> None:
        base = self.table(tmp_path, "program,name,baseline\na,A,1\nb,B,2\nc,C,3\n")
        top = self.table(tmp_path, "program,baseline\nd,9\nb,5\n")
        table = overlay(base, top, self.PERIODS)
        assert table.columns["name"] is base.columns["name"]
        assert table.ids.tolist() == ["a", "b", "c", "d"]
        assert table.baseline().tolist() == [1, 5, 3, 9]
        assert table.place("b", "baseline") == Place(str(tmp_path / "t.csv"), 3, 2)

    def test_one_period_leaves_the_others(self, tmp_path: Path) -> None:
        base = self.table(tmp_path, "program,spending.at_most\na,10\nb,90%\n")
        top = self.table(tmp_path, "program,spending.at_most.FY28\nb,7\n")
        table = overlay(base, top, self.PERIODS)
        assert table["a"].spending.at_most == 10  # type: ignore[union-attr]
        assert table["b"].spending.at_most == {"FY27": Share(0.9), "FY28": 7}  # type: ignore[union-attr]
        again = overlay(table, self.table(tmp_path, "program,spending.at_most\nb,8\n"), self.PERIODS)
        assert again["b"].spending.at_most == 8  # type: ignore[union-attr]
        assert "spending.at_most.FY27" not in again.columns
