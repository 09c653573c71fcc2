"""Two budgets as tables of an office: which programs are one, and what differs in them, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from budgetopt.analysis.comparing.budget_files import BudgetDifference, diff_budgets
from budgetopt.reading.office.choices import Choices

Compare = Callable[..., BudgetDifference]
HEAD = "Program ID,Program Name,Department,Fund,Budget"


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    def make(
        before: Sequence[str], after: Sequence[str], choices: Choices | None = None, head: str = HEAD, later: str = ""
    ) -> BudgetDifference:
        for name, header, rows in (("a", head, before), ("b", later or head, after)):
            (tmp_path / f"{name}.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return diff_budgets(tmp_path / "a.csv", tmp_path / "b.csv", choices)

    return make


def row(program: Any, name: str, money: Any, department: str = "Parks", fund: str = "General") -> str:
    return f"{program},{name},{department},{fund},{money}"


def rows_of(found: BudgetDifference, *columns: str) -> dict[str, tuple[Any, ...]]:
    table = found.programs[list(columns)]
    return dict(zip(table.index, table.itertuples(index=False, name=None), strict=True))


def sums(table: Any) -> dict[str, tuple[float, ...]]:
    assert table.columns.tolist() == ["before", "after", "change"]
    return dict(zip(table.index, table.itertuples(index=False, name=None), strict=True))


BEFORE = [
    row("p4", "Ice rink", 7),
    row("p1", "Pools", 60),
    row("p2", "Trails", 50, "Streets"),
    row("p3", "Zoo", 20, fund="Fees"),
    row("p5", "Maps", 4),
    row("p6", "Old", 3),
]
AFTER = [
    row("p4", "Rink", 7, "Clerk"),
    row("p1", "  POOLS", 60),
    row("p2", "Trails", 45, "Roads"),
    row("q3", "zoo", 29, fund="Fees"),
    row("p5", "Maps", 4, "Clerk"),
    row("p7", "New", 9),
]


def test_programs_are_those_of_one_id_and_then_of_one_name(compare: Compare) -> None:
    found = compare(BEFORE, AFTER)
    assert bool(found) is True
    # the greatest change comes first, and programs that are gone stand last among equals
    assert rows_of(found, "before", "after", "change", "status") == {
        "q3": (20, 29, 9, "changed"),
        "p7": (0, 9, 9, "new"),
        "p2": (50, 45, -5, "changed"),
        "p6": (3, 0, -3, "gone"),
        "p1": (60, 60, 0, "same"),
        "p4": (7, 7, 0, "renamed"),
        "p5": (4, 4, 0, "changed"),
    }
    assert found.programs.index.tolist() == ["q3", "p7", "p2", "p6", "p4", "p1", "p5"]
    assert found.programs.index.name == "program"
    assert rows_of(found, "name", "department", "was_called", "was_in", "was_id") == {
        "q3": ("zoo", "Parks", "", "", "p3"),
        "p7": ("New", "Parks", "", "", ""),
        "p2": ("Trails", "Roads", "", "Streets", ""),
        "p6": ("Old", "Parks", "", "", ""),
        "p1": ("POOLS", "Parks", "", "", ""),
        "p4": ("Rink", "Clerk", "Ice rink", "Parks", ""),
        "p5": ("Maps", "Clerk", "", "Parks", ""),
    }
    assert sums(found.departments) == {
        "Streets": (50, 0, -50), "Roads": (0, 45, 45), "Clerk": (0, 11, 11), "Parks": (94, 98, 4),
    }  # fmt: skip
    assert found.departments.index.tolist() == ["Streets", "Roads", "Clerk", "Parks"]
    assert found.departments.index.name == "department"
    assert sums(found.funds) == {"Fees": (20, 29, 9), "General": (124, 125, 1)}
    assert found.totals == (144, 154)
    assert found.files == ("a.csv", "b.csv")
    assert [remark for remark in found.remarks if "the money" in remark] == [
        "a.csv: the money is that of the column 'Budget'",
        "b.csv: the money is that of the column 'Budget'",
    ]
    assert not any("another name" in remark for remark in found.remarks)


def test_what_is_the_same_differs_in_nothing(compare: Compare) -> None:
    assert bool(compare(BEFORE, BEFORE[::-1])) is False


def test_departments_may_be_missing(compare: Compare) -> None:
    found = compare(["1,Pools,60"], ["1,Pools,70"], head="ID,Program,Budget")
    assert rows_of(found, "department", "change") == {"1": ("", 10)}
    assert sums(found.departments) == {}


@pytest.mark.parametrize(
    ("before", "after", "matched"),
    [
        ([(1, "Pools")], [(2, "Pools")], ["2"]),
        ([(1, "Pools"), (2, "Pools")], [(3, "Pools")], []),
        ([(1, "Pools")], [(2, "Pools"), (3, "Pools")], []),
        # one of two has its id in both files; the other is free for a name
        ([(1, "Pools"), (2, "Pools")], [(1, "Pools"), (3, "Pools")], ["1", "3"]),
        ([(1, "Pools"), (2, "Zoo")], [(1, "Zoo"), (3, "Zoo")], ["1", "3"]),
    ],
)
def test_names_that_stand_once_on_both_sides_are_matched(
    compare: Compare, before: list[tuple[int, str]], after: list[tuple[int, str]], matched: list[str]
) -> None:
    found = compare(*([row(number, name, 5) for number, name in side] for side in (before, after)))
    status = rows_of(found, "status")
    assert [name for name, (word,) in status.items() if word not in ("new", "gone")] == matched
    assert len(status) == len(before) + len(after) - len(matched)


@pytest.mark.parametrize(("others", "is_doubted"), [(2, False), (3, True), (4, True)])
def test_ids_of_which_more_than_half_have_another_name_are_doubted(
    compare: Compare, others: int, is_doubted: bool
) -> None:
    names = ["Pools", "Trails", "Zoo", "Ice"]
    later = ["Maps", "Roads", "Taxes", "Courts"][:others] + names[others:]
    sides = ([*(row(number, name, 5) for number, name in enumerate(side)), *more] for side, more in
             ((names, []), (later, [row(9, "Water", 5), row(8, "Fire", 5)])))  # fmt: skip
    doubt = f"of 4 programs with one id in both files {others} have another name: are the ids numbers of rows?"
    assert (doubt in compare(*sides).remarks) is is_doubted


def test_names_that_are_alike_are_told_and_not_matched(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = [row(1, "Youth jobs", 5), row(2, "Zoo", 5)], [row(3, "Youth job", 5)]
    assert compare(before, after).alike == (("Youth jobs", "Youth job"),)
    assert set(rows_of(compare(before, after), "status").values()) == {("new",), ("gone",)}
    monkeypatch.setattr("budgetopt.analysis.comparing.budget_files.MOST_ALIKE", 2)
    assert len(compare(before, after).alike) == 1
    monkeypatch.setattr("budgetopt.analysis.comparing.budget_files.MOST_ALIKE", 1)
    assert compare(before, after).alike == ()
    # those that have their id in both files count for nothing
    both = [row(7, "Fire", 5), row(8, "Water", 5)]
    assert len(compare([before[0], *both], [*after, *both]).alike) == 1


PLAN = 'ID,Program,Budget,"plan, USD"'


@pytest.mark.parametrize(
    ("later", "choices", "money"),
    [
        (PLAN, None, (50, 70)),
        (PLAN, Choices(scale=10), (500, 700)),
        # a column that is named counts, and so does the office's own where only one of both has a plan
        (PLAN, Choices(columns={"baseline": "Budget"}), (90, 80)),
        ('ID,Program,Budget,"note, USD"', Choices(columns={"baseline": "Budget"}), (90, 80)),
    ],
)
def test_two_copies_with_a_plan_are_compared_by_it(
    compare: Compare, later: str, choices: Choices | None, money: tuple[float, float]
) -> None:
    assert compare(["1,Road,90,50"], ["1,Road,80,70"], choices, PLAN, later).totals == money


def test_one_plan_alone_is_not_compared(compare: Compare) -> None:
    found = compare(["1,Road,90"], ["1,Road,80,70"], None, "ID,Program,Budget", PLAN)
    assert "b.csv: the money is that of the column 'plan, USD'" not in found.remarks
    assert found.totals == (90, 80)


def test_projects_have_what_they_ask_for(tmp_path: Path) -> None:
    for name, cost in (("a", 300), ("b", 450)):
        text = (
            "META\nkey;value\nunit;Town\nnum_projects;2\nnum_votes;1\nbudget;900\nrule;greedy\nvote_type;approval\n"
            f"PROJECTS\nproject_id;cost;name\n1;{cost};Park\n2;100;Path\nVOTES\nvoter_id;vote\n1;1,2\n"
        )
        (tmp_path / f"{name}.pb").write_text(text, encoding="utf-8")
    found = diff_budgets(tmp_path / "a.pb", tmp_path / "b.pb")
    assert found.totals == (400, 550)
    assert found.programs["change"].tolist() == [150, 0]


def test_differences_below_a_millionth_are_rounding(compare: Compare) -> None:
    found = compare(
        [row("p1", "Pools", "60"), row("p2", "Zoo", "5")], [row("p1", "Pools", "60.0000004"), row("p2", "Zoo", "6")]
    )
    assert rows_of(found, "change", "status") == {"p2": (1, "changed"), "p1": (0, "same")}
    assert found.departments["change"].tolist() == [1]
    assert compare([row("p1", "Pools", "60")], [row("p1", "Pools", "60.0000004")]).funds["change"].tolist() == [0]
