"""The Method of Equal Shares against published and hand-worked elections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.equal_shares import _greedily, _price, shared_equally
from budgetopt.cli import main
from strategies import unchecked

BALLOTS = [["p0"], ["p1", "p2", "p3"], ["p1", "p2", "p3"], ["p2"]]
COSTS = {"p0": 1.0, "p1": 0.9, "p2": 2.0, "p3": 1.09}
"""The example in the tests of pabutools 1.1 (test_mes_approval), of 4 voters who share 4."""


def chosen(budget: float, costs: dict[str, float], ballots: list[list[str]], *, by_cost: bool = False) -> list[str]:
    names = list(costs)
    cost = np.array(list(costs.values()))
    voter = np.array([at for at, ballot in enumerate(ballots) for _ in ballot], dtype=np.int64)
    program = np.array([names.index(name) for ballot in ballots for name in ballot], dtype=np.int64)
    utility = cost[program] if by_cost else np.ones(len(program))
    return [names[at] for at in shared_equally(cost, voter, program, utility, len(ballots), budget)]


def test_the_example_of_pabutools() -> None:
    assert chosen(4, COSTS, BALLOTS) == ["p1", "p3", "p0"]
    assert chosen(4, COSTS, BALLOTS, by_cost=True) == ["p2", "p0"]


def test_a_group_decides_on_its_share_of_the_money() -> None:
    # 60 voters want ten projects, 40 voters ten others; each costs a tenth of the money
    red, blue = [f"r{at}" for at in range(10)], [f"b{at}" for at in range(10)]
    found = chosen(10, dict.fromkeys([*red, *blue], 1.0), [red] * 60 + [blue] * 40)
    assert sorted(found) == sorted([*red[:6], *blue[:4]])


def test_supporters_who_have_less_pay_all_they_have() -> None:
    # each has 3: "a" takes 2 from all; then "b" costs 3 of one who has 1 left and one who has 3 left of his own
    found = chosen(9, {"a": 4.0, "b": 3.0, "c": 3.0}, [["a", "b"], ["a", "c"], ["b"]])
    assert found == ["b", "a"] or found == ["a", "b"]
    assert chosen(9, {"a": 4.0, "b": 4.0}, [["a"], ["a"], ["b"]]) == ["a"]


def test_no_voter_pays_more_than_his_share_and_projects_are_paid_whole() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        names = [f"p{at}" for at in range(8)]
        costs = dict(zip(names, random.uniform(1, 9, 8).tolist(), strict=True))
        ballots = [random.choice(names, random.integers(1, 5), replace=False).tolist() for _ in range(12)]
        found = chosen(20, costs, ballots)
        assert sum(costs[name] for name in found) <= 20 + 1e-6
        assert len(set(found)) == len(found)
        # what is not chosen has supporters who cannot pay for it any more
        assert all(any(name in ballot for ballot in ballots) for name in found)


def projects(costs: dict[str, float], money: float = 4) -> bo.Scenario:
    programs = {name: {"packages": [{"cost": cost, "outcomes": {"votes": 1}}]} for name, cost in costs.items()}
    return unchecked({"funds": {"b": {"revenue": money}}, "outcomes": {"votes": {"weight": 1}}, "programs": programs})


def table(ballots: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(at, name) for at, ballot in enumerate(ballots) for name in ballot], columns=["voter", "program"]
    )


def funded(found: bo.BenchmarkPlan) -> list[str]:
    ids = found.scenario.programs.ids
    return ids[found.plan.spending.sum(axis=(1, 2)) > 0].tolist()


def test_a_plan_is_made_of_it_and_what_is_left_is_spent_by_votes() -> None:
    scenario = projects({**COSTS, "late": 0.8})
    ballots = table([*BALLOTS[:3], ["p2", "late"]])
    found = bo.equal_shares(scenario, ballots=ballots, complete=False)
    assert funded(found) == ["p0", "p1", "p3", "late"] or "late" in funded(found)
    assert found.audit.accepted
    by_cost = bo.equal_shares(scenario, ballots=table(BALLOTS), satisfaction="cost", complete=False)
    assert funded(by_cost) == ["p0", "p2"]
    complete = bo.equal_shares(scenario, ballots=table(BALLOTS), satisfaction="cost")
    assert funded(complete) == ["p0", "p1", "p2"]
    assert "4 voters" in complete.words


@pytest.mark.parametrize("complete", ["votes", "cost"])
def test_a_project_without_any_vote_is_not_chosen_wherever_it_stands(complete: str) -> None:
    scenario = projects({"p0": 1.0, "p1": 1.0, "p2": 1.0}, money=3)
    ballots = table([["p0"], ["p1"], ["p1"]])
    assert funded(bo.equal_shares(scenario, ballots=ballots, complete=complete)) == ["p0", "p1"]


def test_points_count_as_much_as_they_are() -> None:
    ballots = pd.DataFrame({"voter": [1, 1, 2], "program": ["p0", "p1", "p0"], "points": [1, 9, 0]})
    found = bo.equal_shares(projects({"p0": 2.0, "p1": 2.0}), ballots=ballots, complete=False)
    assert funded(found) == ["p1"]


@pytest.mark.parametrize(
    ("ballots", "error"),
    [
        (pd.DataFrame({"voter": [1], "program": ["px"]}), "px"),
        (pd.DataFrame({"voter": [1], "project": ["p0"]}), "no column 'program'"),
        (pd.DataFrame({"voter": [1], "program": ["p0"], "points": [-1]}), "points"),
        (None, "no ballots"),
    ],
)
def test_ballots_that_cannot_be_are_refused(ballots: Any, error: str) -> None:
    with pytest.raises(bo.BudgetoptError, match=error):
        bo.equal_shares(projects(COSTS), ballots=ballots)


def test_other_scenarios_are_refused() -> None:
    other = unchecked({"funds": {"b": {"revenue": 4}}, "programs": {"a": {"baseline": 1}}})
    with pytest.raises(bo.OptionError, match="whole projects of one period"):
        bo.equal_shares(other)
    with pytest.raises(bo.OptionError, match="satisfaction"):
        bo.equal_shares(projects(COSTS), satisfaction="joy")


ELECTION = """\
META
key;value
description;Small election
budget;150000
vote_type;approval
PROJECTS
project_id;cost;name
1;100000;Trees
2;60000;Slide
3;50000;Evenings
4;40000;Night bus
VOTES
voter_id;vote
1;1,2
2;1
3;1,3,4
4;4
"""


def test_the_ballots_of_an_election_are_read(tmp_path: Path) -> None:
    (tmp_path / "town.pb").write_text(ELECTION, encoding="utf-8")
    assert main(["new", str(tmp_path / "city"), "--from", str(tmp_path / "town.pb")]) == 0
    scenario = bo.load(tmp_path / "city")
    # each has 37,500: the bus costs its two supporters 20,000 each; the trees then find 92,500 of 100,000
    assert funded(bo.equal_shares(scenario, complete=False)) == ["4"]
    assert funded(bo.equal_shares(scenario)) == ["1", "4"]


def test_what_is_left_is_spent_by_points_on_projects_that_somebody_wants() -> None:
    # of 4 dollars each voter has 1; no project is paid by its supporters, and one of the two dear ones fits
    ballots = pd.DataFrame(
        {"voter": [1, 2, 3, 4], "program": ["many", "many", "few", "small"], "points": [1, 1, 5, 0.5]}
    )
    costs = {"nobody": 0.5, "many": 3.0, "few": 3.0, "small": 1.1}
    found = bo.equal_shares(projects(costs), ballots=ballots)
    assert funded(found) == ["few"]
    assert found.words == (
        "Each of 4 voters decides on an equal share of the money: supporters pay for 0 projects, "
        "and what is left pays for 1 more, by votes."
    )
    cheaper = bo.equal_shares(projects({**costs, "small": 1.0}), ballots=ballots)
    assert funded(cheaper) == ["few", "small"]
    assert "pay for 1 project, and what is left pays for 1 more" in cheaper.words


def test_without_any_ballot_nothing_is_chosen() -> None:
    found = bo.equal_shares(projects(COSTS), ballots=table([]))
    assert funded(found) == []
    assert found.words.startswith("Each of 0 voters")
    one = bo.equal_shares(projects(COSTS), ballots=table([["p0"]]), complete=False)
    assert one.words.startswith("Each of 1 voters")
    assert funded(one) == ["p0"]


@pytest.mark.parametrize(
    ("cost", "money", "utility", "price"),
    [
        # supporters who have 1, 4 and 9 and gain 1, 2 and 3
        (6, [1, 4, 9], [1, 2, 3], 1), (9, [1, 4, 9], [1, 2, 3], 1.6), (12, [1, 4, 9], [1, 2, 3], 7 / 3),
        (14, [1, 4, 9], [1, 2, 3], 3), (14.1, [1, 4, 9], [1, 2, 3], np.inf), (12, [9, 1, 4], [3, 1, 2], 7 / 3),
        # who has least for what he gains pays all of it: 4, and the other one 2
        (6, [4, 3], [4, 1], 2), (0, [4, 3], [4, 1], 0),
        # a billionth is rounding
        (11 * (1 + 9e-10), [10, 1], [10, 0.5], 2), (11 * (1 + 2e-9), [10, 1], [10, 0.5], np.inf),
    ],
)  # fmt: skip
def test_the_price_of_a_unit(cost: float, money: list[float], utility: list[float], price: float) -> None:
    assert _price(cost, np.array(money, dtype=float), np.array(utility, dtype=float)) == pytest.approx(price)


def test_of_equal_prices_more_satisfaction_comes_first_and_then_the_first_project() -> None:
    # each project costs 1 for each voter: that of three voters comes first, then those of two in their order
    costs = {"two": 2.0, "three": 3.0, "pair": 2.0}
    ballots = [["two"], ["two"], ["three"], ["three"], ["three"], ["pair"], ["pair"]]
    assert chosen(7, costs, ballots) == ["three", "two", "pair"]


def test_voters_pay_in_proportion_and_keep_the_rest() -> None:
    # both have 6: the first gains twice as much from a, and pays 4 of its 6; then b needs 2 and 4 of them
    cost, voter, program = np.array([6.0, 6.0]), np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])
    utility = np.array([2.0, 1, 1, 1])
    assert list(shared_equally(cost, voter, program, utility, 2, 12.0)) == [0, 1]
    # 6.1 are more than the 2 and 4 that are left
    assert list(shared_equally(np.array([6.0, 6.1]), voter, program, utility, 2, 12.0)) == [0]
    # where the first gains half of what the second does from b, he has less to pay than he still has
    assert list(shared_equally(np.array([6.0, 3.0]), voter, program, np.array([2.0, 1, 1, 2]), 2, 12.0)) == [1, 0]


def test_what_is_left_goes_to_the_most_votes_that_still_fit() -> None:
    cost, support = np.array([4.0, 3, 2, 1, 1]), np.array([9.0, 5, 5, 0.5, 0])
    assert _greedily(cost, support, [], 6.0, by_cost=False) == [0, 2]
    assert _greedily(cost, support, [0], 7.0, by_cost=False) == [1]
    assert _greedily(cost, support, [0, 2], 7.0, by_cost=False) == [3]
    assert _greedily(cost, support, [0, 2], 6.9, by_cost=False) == []


def test_or_to_the_most_votes_for_each_dollar() -> None:
    # 2.25, 1.67, 2.5, 0.5 and no votes for a dollar
    cost, support = np.array([4.0, 3, 2, 1, 1]), np.array([9.0, 5, 5, 0.5, 0])
    assert _greedily(cost, support, [], 6.0, by_cost=True) == [2, 0]
    assert _greedily(cost, support, [], 5.0, by_cost=True) == [2, 1]
    assert _greedily(np.array([2.0, 0, 1]), np.array([4.0, 1, 3]), [], 2.0, by_cost=True) == [1, 2]


def test_the_example_of_lackner_and_skowron() -> None:
    # Multi-Winner Voting with Approval Preferences (2023), example 2.12: 8 voters, 3 of 4 projects of cost 1. Each has
    # 3/8; c takes 1/5 of five, then a takes all that is left, 0.175, of the two who gave to c and 0.325 of two others;
    # the supporters of b have 0.475 and those of d 0.9, so that what is left goes to d, by its four votes
    ballots = ["cd"] * 3 + ["ab"] * 2 + ["ac"] * 2 + ["bd"]
    assert chosen(3, dict.fromkeys("abcd", 1.0), [list(ballot) for ballot in ballots]) == ["c", "a"]
    given, scenario = table([list(ballot) for ballot in ballots]), projects(dict.fromkeys("abcd", 1.0), 3)
    for complete in ("votes", "cost"):
        found = bo.equal_shares(scenario, ballots=given, complete=complete)
        assert funded(found) == ["a", "c", "d"]
    assert funded(bo.equal_shares(scenario, ballots=given, complete=False)) == ["a", "c"]
    with pytest.raises(bo.OptionError, match="not spent by 'lot'"):
        bo.equal_shares(scenario, ballots=given, complete="lot")


def test_voters_and_choices_that_do_not_count(tmp_path: Path) -> None:
    # a voter with no points is one of those who share, and the last project has no ballot at all
    ballots = pd.DataFrame({"voter": ["x", "y", "z"], "program": ["p0", "p1", "p0"], "points": [2, 1, 0]})
    found = bo.equal_shares(projects({"p0": 1.0, "p1": 1.2, "p2": 1.0}), ballots=ballots)
    assert found.words.startswith("Each of 3 voters decides on an equal share of the money: supporters pay for 2")
    assert funded(found) == ["p0", "p1"]
    with pytest.raises(bo.UnknownNameError, match="px"):
        bo.equal_shares(projects(COSTS), ballots=pd.DataFrame({"voter": [1, 1, 2], "program": ["p0", "px", "p1"]}))
    for points in (float("nan"), float("inf")):
        with pytest.raises(bo.OptionError, match="points"):
            bo.equal_shares(projects(COSTS), ballots=ballots.assign(points=points))
    # projects that the scenario leaves out are no choices of its election
    (tmp_path / "town.pb").write_text(ELECTION, encoding="utf-8")
    assert main(["new", str(tmp_path / "city"), "--from", str(tmp_path / "town.pb")]) == 0
    without = bo.load(tmp_path / "city").without("programs.1")
    found = bo.equal_shares(without, complete=False)
    # each has 37,500: the slide finds 37,500 of 60,000, the evenings too little as well, and the bus 40,000
    assert funded(found) == ["4"]
    assert found.words.startswith("Each of 4 voters")


POINTS = """\
META
key;value
description;Points
budget;100
vote_type;cumulative
max_sum_points;10
PROJECTS
project_id;cost;name
1;50;Trees
2;50;Slide
VOTES
voter_id;vote;points
1;1,2;10,0
2;1,2;10,0
3;2;10
"""


def test_a_project_that_gets_no_points_in_a_ballot_is_no_choice_of_it(tmp_path: Path) -> None:
    (tmp_path / "town.pb").write_text(POINTS, encoding="utf-8")
    assert main(["new", str(tmp_path / "city"), "--from", str(tmp_path / "town.pb")]) == 0
    # each has a third of 100: two pay for the trees, and the third alone cannot pay for the slide
    found = bo.equal_shares(bo.load(tmp_path / "city"), complete=False)
    assert funded(found) == ["1"]
