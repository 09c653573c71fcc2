"""Motions as they are written: what is understood, and what is said of the rest."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.analysis.amendments.motions import Motion, parse_motions

PERIODS = ("FY2027", "FY2028")


def parsed(text: str) -> Motion:
    (found,) = parse_motions([text], PERIODS)
    return found


@pytest.mark.parametrize(
    ("text", "verb", "name", "amount"),
    [
        ("add 2M to library_hours", "add", "library_hours", 2_000_000),
        ("Add $2,000,000 to library_hours.", "add", "library_hours", 2_000_000),
        ("give 1.5 million to Library hours", "add", "Library hours", 1_500_000),
        ("cut parks by 10%", "cut", "parks", 0.1),
        ("reduce parks by 350k", "cut", "parks", 350_000),
        ("cut 350 thousand from parks", "cut", "parks", 350_000),
        ("raise 'Parks to the north' by 5%", "raise", "Parks to the north", 0.05),
        ("set parks to 90%", "set", "parks", 0.9),
        ("set parks to 0", "set", "parks", 0),
        ("restore pools", "restore", "pools", None),
        ("restore pools to its baseline", "restore", "pools", None),
        ("freeze  fire_rescue ", "freeze", "fire_rescue", None),
        ("defund bridge", "defund", "bridge", None),
    ],
)
def test_a_motion_says_what_who_and_how_much(text: str, verb: str, name: str, amount: float | None) -> None:
    found = parsed(text)
    assert (found.verb, found.name) == (verb, name)
    assert found.amount == (None if amount is None else pytest.approx(amount))


def test_what_may_follow_a_motion() -> None:
    found = parsed("move 1M from parks to pools in FY2028")
    assert (found.other, found.name, found.period) == ("parks", "pools", "FY2028")
    found = parsed("add 1M to pools paid by general in FY2027")
    assert (found.name, found.fund, found.period) == ("pools", "general", "FY2027")
    # a name may have these words in it
    assert parsed("cut Help in need by 5%").name == "Help in need"
    assert parsed("restore Care in schools").name == "Care in schools"
    # what is like a period is meant as one, so that a wrong one is told
    assert parsed("restore pools in FY2031").period == "FY2031"
    found = parsed("fund ladder company of fire_station")
    assert (found.package, found.name) == ("ladder company", "fire_station")


def test_every_motion_that_is_none_is_told_at_once() -> None:
    texts = [
        "ad 2M to parks",
        "add 2M",
        "cut parks by 110%",
        "raise parks by -5%",
        "set parks to plenty",
        "restore",
        "move 2M from parks",
        "",
    ]
    with pytest.raises(bo.ScenarioError) as caught:
        parse_motions(texts, PERIODS)
    problems = caught.value.problems
    assert len(problems) == len(texts)
    said = {str(problem.place): problem for problem in problems}
    assert said["<motion> ad 2M to parks"].hint == "did you mean 'add'?"
    assert said["<motion> add 2M"].expected == "add AMOUNT to PROGRAM"
    assert said["<motion> cut parks by 110%"].message == "'110%' takes away more than there is"
    assert said["<motion> raise parks by -5%"].hint == "cut PROGRAM by AMOUNT"
    assert said["<motion> set parks to plenty"].expected == "an amount such as 4_200_000, 4.2M or 350k"


def test_a_file_has_a_motion_a_line() -> None:
    lines = ["# the first reading", "", "restore pools  # Member Ruiz", "  cut parks by 5%"]
    found = parse_motions(lines, PERIODS, "motions.txt")
    assert [(one.text, str(one.place)) for one in found] == [
        ("restore pools", "motions.txt:3:1"),
        ("cut parks by 5%", "motions.txt:4:3"),
    ]
    with pytest.raises(bo.ScenarioError, match=r"motions\.txt:1:1: 'restor pools' is no motion"):
        parse_motions(["restor pools"], PERIODS, "motions.txt")


def test_shares_and_periods_at_their_limits() -> None:
    assert parsed("move 150% from parks to pools").amount == 1
    assert parsed("cut parks by 100%").amount == 1
    assert parsed("raise parks by 150%").amount == 1.5
    # like one of two periods
    (found,) = parse_motions(["cut 5 from parks in FY9"], ("FY1", "later"))
    assert (found.name, found.period) == ("parks", "FY9")
    (found,) = parse_motions(["restore parks in spring"], ("FY1", "later"))
    assert (found.name, found.period) == ("parks in spring", "")
    assert parsed("fund 'ladder' of \"fire station\"").package == "ladder"
    # a fund is named once
    assert parsed("add 1 to pools paid by fees paid by general").name == "pools paid by fees"
