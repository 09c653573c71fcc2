"""Trees of forecasts as files: what they say, and where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.reading.tree_file import read_forecasts
from small_scenarios import town

TREE = """\
known: t2
branches:
  - name: bad
    probability: 25%
    set: {funds.general.revenue.t2: -10%}
    known: t3
    branches:
      - {name: worse, probability: 0.4, set: {funds.general.revenue.t3: 1}}
      - {name: back, probability: 60%}
  - name: good
    probability: 75%
"""


def read(text: str, tmp_path: Path) -> Any:
    file = tmp_path / "tree.yaml"
    file.write_text(text, encoding="utf-8")
    return read_forecasts(bo.Scenario.from_document(town()), file)


def test_every_way_through_the_tree_is_a_scenario(tmp_path: Path) -> None:
    leaves = read(TREE, tmp_path)
    assert [(leaf.name, leaf.known) for leaf in leaves] == [
        ("bad / worse", (1, 2)),
        ("bad / back", (1, 2)),
        ("good", (1,)),
    ]
    assert [leaf.probability for leaf in leaves] == pytest.approx([0.1, 0.15, 0.75])
    assert [leaf.scenario.revenue("general").tolist() for leaf in leaves] == [[10, 9, 1], [10, 9, 10], [10, 10, 10]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("75%", "70%", "3:3: the probabilities add up to 0.95: 0.25 + 0.7"),
        ("known: t2", "known: t9", "1:8: there is no period 't9'"),
        ("known: t2", "known: t1", "'t1' does not come after t1, in which the first decisions are made"),
        ("known: t3", "known: t2", "6:12: 't2' does not come after t2"),
        ("    known: t3\n", "", "it is not said when it is known which of its branches has come"),
        ("known: t2\n", "", "1:1: the key 'known' is missing"),
        ("name: good", "name: bad", "10:11: two branches are named 'bad'"),
        ("probability: 75%", "probability: 175%", "175% is no probability"),
        ("probability: 75%", "probabilty: 75%", "11:5: there is no key 'probabilty' here"),
        ("general.revenue.t2", "genral.revenue.t2", "5:10: bad: there is no fund 'genral'"),
        ("set: {funds.general.revenue.t2: -10%}", "set: 5", "5:10: set: 5 is not a mapping"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in TREE
    with pytest.raises(bo.ScenarioError) as raised:
        read(TREE.replace(old, new, 1), tmp_path)
    assert message in str(raised.value)
    assert "tree.yaml:" in str(raised.value)


def test_one_branch_alone_is_no_tree(tmp_path: Path) -> None:
    with pytest.raises(bo.ScenarioError, match="only 1 entry"):
        read("known: t2\nbranches: [{name: a, probability: 1}]\n", tmp_path)


def test_a_scenario_of_one_period_has_nothing_to_commit() -> None:
    scenario = bo.Scenario.from_document({**town(), "periods": ["t1"]})
    halves = [{"name": name, "probability": 0.5} for name in "ab"]
    with pytest.raises(bo.ScenarioError, match="a scenario of one period decides nothing before"):
        read_forecasts(scenario, {"known": "t1", "branches": halves})
