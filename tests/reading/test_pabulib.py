"""Elections of participatory budgets: votes are counted, projects are taken whole, mistakes have their lines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.cli import main
from budgetopt.reading.tables.pabulib import open_pabulib, read_election

META = (
    "META\nkey;value\ndescription;Town vote\nunit;Town\nnum_projects;4\nnum_votes;4\nbudget;{budget}\n"
    "vote_type;{type}\n"
)
PROJECTS = "PROJECTS\nproject_id;cost;name;category;target\n{rows}\n"
ROWS = 'a;100;"Trees; and paths";culture, sport;adults\nb;60;Pools;sport;\nc;50;Library;;children\nd;40;Bus;transit;all'
APPROVAL = "VOTES\nvoter_id;age;district;vote\n1;17;North;a,b\n2;30;South;a\n3;70;South;a,c,d\n4;;;d\n"


def election(votes: str, type: str = "approval", budget: object = 150, rows: str = ROWS, more: str = "") -> bytes:
    return (META.format(budget=budget, type=type) + more + PROJECTS.format(rows=rows) + votes).encode()


def counted(votes: str, type: str, more: str = "") -> list[float]:
    return read_election(election(votes, type, more=more), "town.pb").counted().tolist()


def test_approvals_are_votes() -> None:
    assert counted(APPROVAL, "approval") == [3, 1, 1, 2]


def test_points_are_added_up() -> None:
    votes = "VOTES\nvoter_id;vote;points\n1;a,b;3,2\n2;b;5\n3;;\n4;d,a;1,4\n"
    assert counted(votes, "cumulative") == [7, 7, 0, 1]
    assert counted(votes, "scoring") == [7, 7, 0, 1]


def test_projects_that_a_ballot_does_not_score_have_the_default_score() -> None:
    votes = "VOTES\nvoter_id;vote;points\n1;a,b;3,-2\n2;b;5\n"
    assert counted(votes, "scoring", "default_score;-1\n") == [2, 3, -2, -2]


def test_ordinal_votes_get_the_points_of_borda() -> None:
    votes = "VOTES\nvoter_id;vote\n1;a,b\n2;b,c,d\n3;b\n"
    assert counted(votes, "ordinal", "max_length;3\n") == [3, 8, 2, 1]
    # without a greatest length all projects may be ranked
    assert counted(votes, "ordinal") == [4, 11, 3, 2]


def test_votes_are_counted_by_district_and_age() -> None:
    counts = read_election(election(APPROVAL), "town.pb").counts()
    assert {name: values.tolist() for name, values in counts.items()} == {
        "votes": [3, 1, 1, 2],
        "votes from North": [1, 1, 0, 0],
        "votes from South": [2, 0, 1, 1],
        "votes of age 0 to 17": [1, 1, 0, 0],
        "votes of age 30 to 44": [1, 0, 0, 0],
        "votes of age 65 and over": [1, 0, 1, 1],
    }


def test_sections_are_sheets_whose_rows_stand_in_their_lines() -> None:
    book = open_pabulib(election(APPROVAL), "town.pb")
    assert book.names == ("META", "PROJECTS", "VOTES")
    projects = book.read("PROJECTS")
    assert projects.row(0)[:4] == ["project_id", "cost", "name", "category"]
    assert projects.row(10)[:5] == ["a", "100", "Trees; and paths", "culture; sport", "adults"]
    assert book.read("VOTES").row(16) == ["1", "17", "North", "a,b"]
    assert book.read("META").row(1) == ["description", "Town vote"]


def best(costs: dict[str, float], votes: dict[str, float], budget: float) -> float:
    """Return the most votes that a budget pays for, by trying every set of projects."""
    sets = chain.from_iterable(combinations(costs, size) for size in range(len(costs) + 1))
    return max(sum(votes[one] for one in found) for found in sets if sum(costs[one] for one in found) <= budget)


@pytest.mark.parametrize("budget", [45, 100, 150, 199.5, 250])
def test_a_scenario_is_made_that_solves_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], budget: float
) -> None:
    (tmp_path / "town.pb").write_bytes(election(APPROVAL, budget=budget))
    assert main(["new", str(tmp_path / "town"), "--from", str(tmp_path / "town.pb")]) == 0
    out = capsys.readouterr().out
    assert "4 projects ask for 250.00, and the budget is" in out
    assert "the file does not name its currency: USD is assumed" in out
    plan = bo.solve(tmp_path / "town")
    costs = {"a": 100, "b": 60, "c": 50, "d": 40}
    assert plan.outcomes["level"]["votes"] == best(costs, {"a": 3, "b": 1, "c": 1, "d": 2}, budget)
    assert all(spent in (0, costs[name]) for name, spent in plan.programs["spending"].items())
    assert plan.proved
    assert not plan.outcomes["assumed"].any()
    programs = plan.scenario.programs
    assert programs.value("a", "tags") == ("culture", "sport")
    assert programs.value("a", "name") == "Trees; and paths"
    assert programs.value("c", "attributes.target") == "children"
    assert main(["check", str(tmp_path / "town")]) == 0


def test_next_years_file_is_read_by_changing_its_name(tmp_path: Path) -> None:
    (tmp_path / "town.pb").write_bytes(election(APPROVAL))
    assert main(["new", str(tmp_path / "town"), "--from", str(tmp_path / "town.pb")]) == 0
    later = election(APPROVAL + "5;40;North;c\n6;40;North;c\n", more="currency;PLN\nlanguage;pl\n")
    (tmp_path / "town" / "next.pb").write_bytes(later)
    file = tmp_path / "town" / "scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("town.pb!", "next.pb!"), encoding="utf-8")
    assert bo.load(file).packages.effect_value[:].max() == 3


def test_what_the_file_states_otherwise_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        election(APPROVAL)
        .decode()
        .replace("target\n", "votes\n")
        .replace(";adults", ";9")
        .replace("num_votes;4", "num_votes;9")
    )
    (tmp_path / "town.pb").write_text(text.replace(";children", ";1").replace(";all", ";2"), encoding="utf-8")
    assert main(["new", str(tmp_path / "town"), "--from", str(tmp_path / "town.pb")]) == 0
    out = capsys.readouterr().out
    assert "META says num_votes 9, and the file has 4" in out
    assert "than its ballots have for 1 project, and they are counted: line 11 says 9, and 3 are counted" in out
    no_ballots = text[: text.index("VOTES")] + "VOTES\nvoter_id;vote\n"
    (tmp_path / "town.pb").write_text(no_ballots, encoding="utf-8")
    assert main(["new", str(tmp_path / "stated"), "--from", str(tmp_path / "town.pb")]) == 0
    assert "the file has no ballots: the votes that it states are taken" in capsys.readouterr().out
    assert bo.solve(tmp_path / "stated").outcomes["level"]["votes"] == 9


@pytest.mark.parametrize(
    "write", [str.encode, lambda text: text.encode("utf-8-sig"), lambda text: text.replace("\n", "\r\n").encode()]
)
def test_marks_and_line_ends_do_not_matter(write: Callable[[str], bytes]) -> None:
    text = election(APPROVAL).decode().replace("PROJECTS", "\n projects ").replace(";100;", "; 100,00 ;")
    assert read_election(write(text), "town.pb").counted().tolist() == [3, 1, 1, 2]


WRONG: dict[str, tuple[Callable[[str], str], str, str]] = {
    "no sections": (lambda _: "a,b\n1,2\n", "town.pb:1: 'a,b' stands before the first section", "a line META"),
    "no votes": (lambda text: text[: text.index("VOTES")], "the file has no section VOTES", "one VOTES"),
    "two sections": (lambda text: text + "META\nkey;value\n", "town.pb:21: the section META stands twice", "once"),
    "no headers": (
        lambda text: text.replace("voter_id;age;district;vote\n", ""),
        "town.pb:16: the section VOTES does not",
        "voter_id",
    ),
    "no budget": (lambda text: text.replace("budget;150\n", ""), "META says no budget", "budget;2500000"),
    "a budget in words": (lambda text: text.replace(";150", ";much"), "town.pb:7: the budget is 'much'", "budget;"),
    "a type": (
        lambda text: text.replace(";approval", ";aproval"),
        "town.pb:8: the vote_type 'aproval' is not",
        "did you mean 'approval'",
    ),
    "no cost": (lambda text: text.replace("b;60;", "b;;"), "town.pb:12:2: the project has no cost", "an amount"),
    "a negative cost": (
        lambda text: text.replace("b;60;", "b;-60;"),
        "town.pb:12:2: the cost of the project 'b' is '-60'",
        "an amount",
    ),
    "no costs": (lambda text: text.replace("cost;", "price;"), "town.pb:10: PROJECTS has no column 'cost'", "cost"),
    "no project": (lambda text: text.replace(ROWS, ""), "town.pb:10: PROJECTS has no project", "a row"),
    "a project twice": (
        lambda text: text.replace("b;60", "a;60"),
        "town.pb:12: the project 'a' stands twice, first in line 11",
        "once",
    ),
    "an unknown project": (
        lambda text: text.replace(";a,b", ";a,x").replace(";a,c", ";x,c"),
        "town.pb:17:4: there is no project 'x' (in 2 ballots, lines 17, 19)",
        "PROJECTS",
    ),
    "a choice twice": (
        lambda text: text.replace(";a,b", ";a,a"),
        "town.pb:17:4: the ballot names a project twice",
        "once",
    ),
    "no ballots column": (
        lambda text: text.replace(";vote\n", ";choice\n"),
        "town.pb:16: VOTES has no column 'vote'",
        "vote",
    ),
    "points that are missing": (
        lambda text: text.replace(";approval", ";cumulative"),
        "VOTES has no column 'points', and the votes are cumulative",
        "points",
    ),
    "too many cells": (
        lambda text: text.replace("Pools;sport;", "Pools;sport;;x"),
        "town.pb:12: the row has 6 cells, and PROJECTS has 5",
        "quotes",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_said_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    change, message, expected = WRONG[name]
    monkeypatch.chdir(tmp_path)
    Path("town.pb").write_text(change(election(APPROVAL).decode()), encoding="utf-8")
    assert main(["new", "town", "--from", "town.pb"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert expected in error
    assert error.rstrip().endswith("1 problem")
    assert not Path("town").exists()


def test_points_that_do_not_fit_their_ballot_are_refused() -> None:
    votes = "VOTES\nvoter_id;vote;points\n1;a,b;3\n2;b;x\n3;a;2\n4;c;\n5;c;1,1\n"
    with pytest.raises(bo.ScenarioError) as caught:
        read_election(election(votes, "cumulative"), "town.pb")
    assert "in 4 ballots, lines 17, 18, 20 ..." in str(caught.value)


def test_nothing_has_to_be_said_of_an_election(tmp_path: Path, capsys: pytest.CaptureFixture[Any]) -> None:
    (tmp_path / "town.pb").write_bytes(election(APPROVAL))
    assert main(["new", str(tmp_path / "town"), "--from", str(tmp_path / "town.pb"), "--sheet", "VOTES"]) == 2
    assert "is an election, of which nothing else has to be said" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[Any]) -> None:
    assert main(["new", str(tmp_path / "town"), "--from", str(tmp_path / "none.pb")]) == 2
    assert "cannot be read: no such file" in capsys.readouterr().err
