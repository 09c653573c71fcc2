"""Amounts that were edited by hand in a copy of the office's own table: who pays them, and what they buy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.hand_edits import HandEdits, other_changes
from budgetopt.reading.edited_table import read_edited_tables

Row = Sequence[Any]
Edited = Callable[..., HandEdits]

# fees may pay for pool alone, so they pay its baseline as far as they reach
TWO_FUNDS = """
funds:
  general: {revenue: 200, carryover: false}
  fees: {revenue: 50, only: {program: pool}, carryover: false}
"""
PLAN, GENERAL, FEES = "plan, USD", "plan from general, USD", "plan from fees, USD"
OFFICE: list[Row] = [["program", "baseline"], ["pool", 60], ["park", 40]]


def lines(rows: Sequence[Row]) -> str:
    return "".join(",".join(f'"{cell}"' if isinstance(cell, str) else str(cell) for cell in row) + "\n" for row in rows)


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    def make(
        columns: Sequence[str],
        rows: Sequence[Row],
        text: str = TWO_FUNDS,
        office: Sequence[Row] = OFFICE,
        *,
        best: bool = False,
    ) -> HandEdits:
        """Return the edits of a copy, each row a program and the cells of the plan, beside the best or current plan."""
        goal = "" if "outcomes" in text else "objective: {minimize: largest cut}\n"
        head = f"name: Town\n{goal}tables: {{programs: office.csv}}\n"
        (tmp_path / "scenario.yaml").write_text(head + text.lstrip(), encoding="utf-8")
        (tmp_path / "office.csv").write_text(lines(office), encoding="utf-8")
        own = {row[0]: row for row in office}
        copy = [[*office[0], *columns], *([*own.get(name, [name, 1]), *cells] for name, *cells in rows)]
        (tmp_path / "copy.csv").write_text(lines(copy), encoding="utf-8")
        scenario = bo.load(tmp_path)
        edits = HandEdits(scenario, bo.solve(scenario) if best else None)
        for table in read_edited_tables(scenario, tmp_path / "copy.csv"):
            edits.add(table)
        return edits

    return make


def paid(edits: HandEdits, period: int = 0) -> dict[str, list[float]]:
    """Return what each fund pays for each program."""
    spending = edits.plan().spending[:, :, period].round(6)
    return dict(zip(edits.scenario.programs.ids.tolist(), spending.tolist(), strict=True))


def told(edits: HandEdits) -> list[tuple[str, float, float, str]]:
    return [
        (edits.scenario.programs.ids[one.program], one.before, one.after, str(one.place).rpartition("copy.csv:")[2])
        for one in edits.edits
    ]


def without_place(edits: HandEdits) -> list[str]:
    return [remark.rpartition("copy.csv:")[2] for remark in edits.remarks]


def test_nothing_is_edited(edited: Edited) -> None:
    edits = edited([PLAN, GENERAL, FEES], [["pool", 60, 10, 50], ["park", 40, 40, 0]])
    assert paid(edits) == {"pool": [10, 50], "park": [40, 0]}
    assert edits.edits == []
    assert edits.remarks == []


PROPORTION = "2:3: the plan of 'pool' is not the sum of what its funds pay; it is taken, and they pay in proportion"
MORE = (
    "1 program gets more, and the copy does not say which fund pays: funds that have money left do, those first that "
    "may pay for the fewest programs"
)


@pytest.mark.parametrize(
    ("total", "funds", "remarks"),
    [
        # less is paid in the same parts: of 60 dollars 10 are of the general fund
        (30, [5, 25], []),
        (0, [0, 0], []),
        # fees are all spent
        (90, [40, 50], [MORE]),
        # 50 dollars more than there are
        (260, [210, 50], [MORE]),
    ],
)
def test_a_total_that_is_edited(edited: Edited, total: float, funds: list[float], remarks: list[str]) -> None:
    edits = edited([PLAN], [["pool", total], ["park", 40]])
    assert paid(edits) == {"pool": funds, "park": [40, 0]}
    assert told(edits) == [("pool", 60, total, "2:3")]
    assert edits.remarks == remarks


@pytest.mark.parametrize(
    ("cells", "funds", "total", "place", "remarks"),
    [
        # other funds pay the same
        ([60, 20, 40], [20, 40], 60, "2:4", []),
        ([60, 10, 55], [10, 55], 65, "2:5", ["2:3: 'pool' gets what its funds pay, 65.00"]),
        ([60, 20, 50], [20, 50], 70, "2:4", ["2:3: 'pool' gets what its funds pay, 70.00"]),
        ([70, 20, 50], [20, 50], 70, "2:3", []),
        ([70, 20, 30], [28, 42], 70, "2:3", [PROPORTION]),
        ([70, 0, 0], [35, 35], 70, "2:3", [PROPORTION]),
        # the funds are as they were
        ([72, 10, 50], [22, 50], 72, "2:3", [MORE]),
        ([30, 10, 50], [5, 25], 30, "2:3", []),
        # a cell that is empty says nothing: the fund pays what it did
        ([60, 5, ""], [5, 50], 55, "2:4", ["2:3: 'pool' gets what its funds pay, 55.00"]),
        ([55, 5, ""], [5, 50], 55, "2:3", []),
    ],
)
def test_cells_of_funds_that_are_edited(
    edited: Edited, cells: list[Any], funds: list[float], total: float, place: str, remarks: list[str]
) -> None:
    edits = edited([PLAN, GENERAL, FEES], [["park", 40, 40, 0], ["pool", *cells]], office=[OFFICE[0], *OFFICE[:0:-1]])
    # the pool stands in the third line of this file
    assert told(edits) == [("pool", 60, total, place.replace("2:", "3:"))]
    assert paid(edits) == {"park": [40, 0], "pool": funds}
    assert without_place(edits) == [remark.replace("2:3", "3:3") for remark in remarks]


def test_what_is_smaller_than_the_least_amount_is_no_edit(edited: Edited) -> None:
    columns = [PLAN, GENERAL, FEES, "Note"]
    least = edited(columns, [["pool", 60, 10, 50, ""], ["park", 40, 40, 0, ""]]).least
    near = edited(columns, [["pool", 60 + 0.9 * least, 10 - 0.9 * least, 50, "x"], ["park", 40, 40, 0, ""]])
    assert near.edits == []
    assert near.remarks == ["the column 'Note' is new, and is not read"]
    # each fund may be off by as much
    for off, remarks in ((1.9, 1), (2.1, 2)):
        edits = edited(columns, [["pool", 70, 20 - off * least, 50, "x"], ["park", 40, 40, 0, ""]])
        assert len(edits.remarks) == remarks


def test_programs_that_are_edited_in_every_way_at_once(edited: Edited) -> None:
    office: list[Row] = [["program", "baseline"], *([name, 10] for name in "abcdef")]
    rows: list[Row] = [
        ["f", 10, 10, 0], ["e", 10, 7, 3], ["d", 20, 5, 15], ["c", 20, 4, 6], ["b", 14, 10, 0], ["a", 5, 10, 0],
    ]  # fmt: skip
    edits = edited([PLAN, "plan from one, USD", "plan from two, USD"], rows, TWO_EQUALS, office)
    assert paid(edits) == {"a": [5, 0], "b": [14, 0], "c": [8, 12], "d": [5, 15], "e": [7, 3], "f": [10, 0]}
    assert told(edits) == [
        ("e", 10, 10, "3:4"), ("d", 10, 20, "4:3"), ("c", 10, 20, "5:3"), ("b", 10, 14, "6:3"), ("a", 10, 5, "7:3"),
    ]  # fmt: skip


TWO_EQUALS = """
funds:
  one: {revenue: 100, carryover: false}
  two: {revenue: 100, carryover: false}
"""


def test_several_totals_that_are_not_the_sum_of_their_parts(edited: Edited) -> None:
    office: list[Row] = [["program", "baseline"], ["a", 10], ["b", 10], ["c", 10], ["d", 0.5]]
    rows: list[Row] = [["a", 20, 3, 1], ["b", 30, 0, 0], ["c", 40, 0.3, 0.2], ["d", 0.25, "", ""]]
    edits = edited([PLAN, "plan from one, USD", "plan from two, USD"], rows, TWO_EQUALS, office)
    assert paid(edits) == {"a": [15, 5], "b": [15, 15], "c": [24, 16], "d": [0.25, 0]}
    assert len(edits.remarks) == 3


def test_fixed_parts_of_some_of_the_funds(edited: Edited) -> None:
    text = FIXED.replace("periods: [FY1, FY2]\n", "").replace("\nprograms", "\n  third: {revenue: 9}\nprograms")
    edits = edited([PLAN], [["pool", 100], ["park", 40]], text)
    assert paid(edits) == {"pool": [60, 40, 0], "park": [40, 0, 0]}


def test_a_reserve_is_not_left_for_what_is_added(edited: Edited) -> None:
    # of the first fund 70 dollars may be spent, and are
    text = TWO_EQUALS.replace("one: {revenue: 100", "one: {revenue: 200, reserve: 130")
    edits = edited([PLAN], [["pool", 70], ["park", 45]], text)
    assert paid(edits) == {"pool": [60, 10], "park": [10, 35]}
    assert edits.remarks == [MORE.replace("1 program gets", "2 programs get")]


def test_funds_that_may_pay_for_the_fewest_programs_are_used_first_and_one_fund_needs_no_word(edited: Edited) -> None:
    text = "funds: {wide: {revenue: 200}, narrow: {revenue: 100, only: {program: pool}}}\n"
    edits = edited([PLAN], [["pool", 120], ["park", 70]], text)
    assert paid(edits) == {"pool": [20, 100], "park": [70, 0]}
    alone = edited([PLAN], [["pool", 120], ["park", 70]], "funds: {wide: {revenue: 200}}\n")
    assert paid(alone) == {"pool": [120], "park": [70]}
    assert alone.remarks == []


NAMED = """
funds:
  general: {revenue: 50, carryover: false}
  fees: {revenue: 50, carryover: false}
programs:
  park: {funds: [general]}
  slide: {funds: [fees]}
"""


def test_what_no_fund_can_pay_is_charged_to_the_broadest_that_may(edited: Edited) -> None:
    named = NAMED + "  ride: {funds: [fees]}\n"
    office: list[Row] = [OFFICE[0], *([name, 10] for name in ("pool", "park", "slide", "ride"))]
    # each fund has 30 dollars left, which go to the programs that it alone may pay for
    edits = edited([PLAN], [["pool", 210], ["park", 110], ["slide", 100], ["ride", 10]], named, office)
    assert paid(edits) == {"pool": [10, 200], "park": [110, 0], "slide": [0, 100], "ride": [0, 10]}
    alone = edited([PLAN], [["park", 10], ["slide", 100]], NAMED, [OFFICE[0], ["park", 10], ["slide", 10]])
    assert paid(alone) == {"park": [10, 0], "slide": [0, 100]}


YEARS = """
periods: [FY1, FY2]
funds:
  general: {revenue: {FY1: 100, FY2: 30}, carryover: true}
  wide: {revenue: {FY1: 200, FY2: 30}, carryover: false}
programs:
  park: {funds: [wide]}
"""


def test_money_that_carries_over_is_left_for_later(edited: Edited) -> None:
    # the general fund pays 60 dollars a year for the pool and ends with 10; the other has nothing left in FY2
    office: list[Row] = [OFFICE[0], OFFICE[1], ["park", 30]]
    columns = ["plan FY1, USD", "plan FY2, USD"]
    edits = edited(columns, [["pool", 90, 65], ["park", 30, 30]], YEARS, office)
    plan = edits.plan().spending[0]
    assert plan[:, 0].tolist() == pytest.approx([70, 20])
    assert plan[:, 1].tolist() == pytest.approx([60, 5])
    assert told(edits) == [("pool", 60, 90, "2:3"), ("pool", 60, 65, "2:4")]
    assert [one.period for one in edits.edits] == [0, 1]


FIXED = """
periods: [FY1, FY2]
funds:
  general: {revenue: 200, carryover: false}
  bonds: {revenue: 200, carryover: false}
programs:
  pool: {fund_shares: {general: 60%, bonds: 40%}}
"""


def test_fixed_parts_of_funds_are_kept(edited: Edited) -> None:
    edits = edited(["plan FY1, USD", "plan FY2, USD"], [["pool", 100, 30], ["park", 40, 40]], FIXED)
    assert paid(edits) == {"pool": [60, 40], "park": [40, 0]}
    assert paid(edits, 1) == {"pool": [18, 12], "park": [40, 0]}
    # the parts say which fund pays
    assert edits.remarks == []
    edits = edited(["plan FY1, USD", "plan FY2, USD"], [["pool", 60, 100], ["park", 40, 50]], FIXED)
    assert paid(edits, 1) == {"pool": [60, 40], "park": [50, 0]}
    assert edits.remarks == [MORE]


PACKAGES = """
periods: [FY1, FY2]
inflation: 10%
funds: {general: {revenue: 500}}
outcomes: {good: {weight: 1}}
programs:
  pool: {packages: [{cost: 30, outcomes: {good: 1}}, {cost: 40, outcomes: {good: 1}}]}
  park: {packages: [{cost: 30, outcomes: {good: 1}}, {cost: 10, outcomes: {good: 1}}]}
"""


def test_packages_are_what_the_money_that_is_edited_buys(edited: Edited) -> None:
    # in FY2 the packages cost 33 and 44, 33 and 11
    office: list[Row] = [OFFICE[0], ["pool", 30], ["park", 40]]
    edits = edited(["plan FY1, USD", "plan FY2, USD"], [["pool", 70, 66], ["park", 40, 44]], PACKAGES, office)
    plan = edits.plan()
    assert plan.packages_in(edits.scenario).tolist() == [[True, True], [True, False], [True, True], [True, True]]
    before = plan.spending.tolist()
    # what is added is charged once, however often the plan is asked for
    assert plan.spending.sum(axis=1).tolist() == [[70, pytest.approx(66)], [40, pytest.approx(44)]]
    assert edits.plan().spending.tolist() == before


PROJECTS = """
periods: [FY1, FY2]
funds: {general: {revenue: 100, carryover: true}}
outcomes: {good: {weight: 1}}
programs:
  pool: {packages: [{cost: [30, 20], outcomes: {good: 900}}]}
  park: {packages: [{cost: [200, 200], outcomes: {good: 900}}]}
  path: {packages: [{cost: 5, outcomes: {good: 900}}]}
  cases: {service: {unit: cases, unit_cost: 2}, outcomes: {good: {per_unit: 1}}}
  visits: {service: {unit: visits, unit_cost: 4}, outcomes: {good: {per_unit: 8}}, spending: {at_most: 8}}
"""
PROJECT_OFFICE: list[Row] = [["program"], ["pool"], ["park"], ["path"], ["cases"], ["visits"]]


def test_projects_and_units_of_programs_that_are_edited(edited: Edited) -> None:
    columns = ["plan FY1, USD", "plan FY2, USD"]

    def of(*rows: Row) -> tuple[list[list[bool]], list[float]]:
        plans = {"pool": (30, 20), "park": (0, 0), "path": (5, 5), "cases": (57, 67), "visits": (8, 8)}
        plans.update({name: amounts for name, *amounts in rows})
        copy = [[name, *amounts] for name, amounts in plans.items()]
        edits = edited(columns, copy, PROJECTS, PROJECT_OFFICE, best=True)
        plan = edits.plan()
        assert plan.packages is not None
        assert plan.units is not None
        assert sorted(name for name, *_ in told(edits)) == sorted(name for name, *_ in rows for _ in range(2))
        return plan.packages.tolist(), plan.units[3:].ravel().tolist()

    units = [28.5, 33.5, 2, 2]
    yes, no = [True, False], [False, False]
    assert of() == ([yes, no, [True, True]], units)
    assert of(["pool", 0, 0]) == ([no, no, [True, True]], units)
    # a project that has been started stays where it is, and another starts with its first dollar
    assert of(["pool", 9, 8]) == ([yes, no, [True, True]], units)
    assert of(["pool", 7, 30], ["park", 20, 40], ["path", 3, 9]) == ([yes, yes, [False, True]], units)
    assert of(["cases", 40, 20])[1] == [pytest.approx(np.nan, nan_ok=True)] * 2 + [2, 2]


def test_a_project_starts_when_its_first_dollar_is_paid(edited: Edited) -> None:
    rows: list[Row] = [["pool", 0, 50], ["park", 0, 0], ["path", 0, 0], ["cases", 0, 0], ["visits", 0, 0]]
    plan = edited(["plan FY1, USD", "plan FY2, USD"], rows, PROJECTS, PROJECT_OFFICE).plan()
    assert plan.packages is not None
    assert plan.packages.tolist() == [[False, True], [False, False], [False, False]]


def test_a_project_that_starts_later_is_paid_before_and_starts_no_earlier(edited: Edited) -> None:
    # with 10 dollars in the first year the pool starts in the second, when it costs 30
    text = """
periods: [FY1, FY2]
funds: {general: {revenue: {FY1: 10, FY2: 100}, carryover: true}}
outcomes: {good: {weight: 1}}
programs: {pool: {packages: [{cost: [30, 20], opens_after: 0, outcomes: {good: 900}}]}}
"""
    columns = ["plan FY1, USD", "plan FY2, USD"]
    for amounts in ((0, 30), (5, 25), (5, 0)):
        plan = edited(columns, [["pool", *amounts]], text, [["program"], ["pool"]], best=True).plan()
        assert plan.packages is not None
        assert plan.packages.tolist() == [[False, True]]


def test_what_else_differs_is_told_and_not_taken(tmp_path: Path) -> None:
    files = {
        "scenario.yaml": "tables: {programs: office.csv}\noutcomes: {good: {weight: 1}}\n"
        "funds: {general: {revenue: 99}}\n",
        "office.csv": "program,baseline,spending.at_least,name\npool,60,7,\npark,40,8,Trees\nzoo,9,,\nmall,5,80%,\n",
        "copy.csv": 'program,baseline,Note,spending.at_least,name,"plan, USD"\npool,61,x,7,Pools,60\nnew,2,y,,,5\n'
        "park,40,,,Trees,40\nmall,5,,90%,,5\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (table,) = read_edited_tables(bo.load(tmp_path), tmp_path / "copy.csv")
    found = [remark.removeprefix(f"{tmp_path}/") for remark in other_changes(table)]
    assert found == [
        "the column 'Note' is new, and is not read",
        "copy.csv:3:1: the program 'new' is new, and is not taken",
        "office.csv:4:1: the program 'zoo' stands in this row, and not in the copy: its plan is unchanged",
        "copy.csv:2:2: the baseline of 'pool' is 61 instead of 60, and is not taken",
        "office.csv:3:3: the spending.at_least of 'park' was 8, and is gone, and is not taken",
        "copy.csv:5:4: the spending.at_least of 'mall' is 90% instead of 80%, and is not taken",
        "copy.csv:2:5: the name of 'pool' is 'Pools' instead of nothing, and is not taken",
    ]
    # a formula whose result the copy does not store is no value that is gone
    row = table.edited.place("park")
    assert row is not None
    unread = [replace(row, column=column) for column in (2, 3)]
    assert len(list(other_changes(replace(table, unread=frozenset(unread))))) == len(found) - 1
    assert len(list(other_changes(replace(table, unread=frozenset(unread[:1]))))) == len(found)


def test_what_differs_of_many_programs_is_told_of_the_first_and_counted(tmp_path: Path) -> None:
    ids = [f"p{number}" for number in range(12)]
    office = "program,baseline,name,source\n" + "".join(f"{name},10,N,a book\n" for name in ids)
    copy = 'program,baseline,name,"plan, USD"\n' + "".join(f"{name},10,Other,10\n" for name in ids)
    scenario = "tables: {programs: office.csv}\noutcomes: {good: {weight: 1}}\nfunds: {general: {revenue: 120}}\n"
    for name, text in {"scenario.yaml": scenario, "office.csv": office, "copy.csv": copy}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (table,) = read_edited_tables(bo.load(tmp_path), tmp_path / "copy.csv")
    found = list(other_changes(table))
    assert found[0].endswith("copy.csv:2:3: the name of 'p0' is 'Other' instead of 'N', and is not taken")
    assert found[9].endswith("copy.csv:11:3: the name of 'p9' is 'Other' instead of 'N', and is not taken")
    assert found[10:] == [
        "the name of 2 more programs is another, and is not taken",
        "the copy lacks the source of 12 programs: it is unchanged",
    ]
