"""The tables of a plan, every cell of them worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.allocation.allocation import Allocation
from budgetopt.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def plan() -> Allocation:
    """One dollar of help is worth most, and the grant pays for nothing else; the rest of the money goes to the pool."""
    document = {
        "periods": ["FY1", "FY2"],
        "funds": {
            "general": {"revenue": {"FY1": 10, "FY2": 12}, "one_time": {"FY2": 1}, "carryover": False},
            "grant": {"revenue": {"FY1": 4}, "only": {"program": "help"}, "carryover": False},
        },
        "outcomes": {
            "helped": {"name": "People helped", "unit": "people", "weight": 5},
            "waiting": {"unit": "days", "weight": 2, "direction": "decrease"},
        },
        "programs": {
            "help": {
                "name": "Help",
                "department": "Health",
                "priority": "First",
                "baseline": 4,
                "spending": {"at_most": 6},
                "outcomes": {
                    "helped": {"per_dollar": 1, "evidence": "rct"},
                    "waiting": {"curve": [[0, 9], [6, 3]], "evidence": "expert"},
                },
            },
            "pool": {"department": "Parks", "outcomes": {"helped": {"per_dollar": 0.5, "evidence": "rct"}}},
            "park": {"department": "Parks", "baseline": 0, "outcomes": {"helped": {"per_dollar": 0.25}}},
        },
    }
    return bo.solve(Scenario.from_document(document))


def test_programs(plan: Allocation) -> None:
    table = plan.programs
    assert table.index.tolist() == ["help", "pool", "park"]
    assert table["name"].tolist() == ["Help", "pool", "park"]
    assert table["department"].tolist() == ["Health", "Parks", "Parks"]
    assert table["priority"].tolist() == ["First", "", ""]
    assert np.array_equal(table["baseline"], [8, np.nan, 0], equal_nan=True)
    # 24 and 3 of 27 dollars
    assert table["spending"].tolist() == [12, 15, 0]
    assert table["change"].tolist() == [4, 15, 0]
    assert np.array_equal(table["change_share"], [0.5, np.nan, np.nan], equal_nan=True)
    # the weakest grade of an effect; none is given for the park, so its effect is an assumption
    assert table["evidence"].tolist() == ["expert", "rct", "assumption"]


def test_a_change_is_in_whole_cents() -> None:
    program = {"baseline": 33.333333, "outcomes": {"good": {"per_dollar": 1}}}
    outcomes = {"good": {"weight": 1}}
    document = {"funds": {"general": {"revenue": 100}}, "outcomes": outcomes, "programs": {"a": program}}
    assert bo.solve(Scenario.from_document(document)).programs["change"].tolist() == [66.67]


def test_payments(plan: Allocation) -> None:
    assert plan.by_period.to_dict("index") == {
        "help": {"FY1": 6, "FY2": 6}, "pool": {"FY1": 8, "FY2": 7}, "park": {"FY1": 0, "FY2": 0},
    }  # fmt: skip
    assert plan.by_period.index.name == "program"
    rows = plan.by_fund.to_dict("split")["data"]
    assert rows == [
        ["help", "general", "FY1", 2],
        ["help", "general", "FY2", 6],
        ["help", "grant", "FY1", 4],
        ["pool", "general", "FY1", 8],
        ["pool", "general", "FY2", 7],
    ]


def test_outcomes(plan: Allocation) -> None:
    table = plan.outcomes
    assert table.index.tolist() == ["helped", "waiting"]
    assert table["name"].tolist() == ["People helped", "waiting"]
    assert table["unit"].tolist() == ["people", "days"]
    assert table["direction"].tolist() == ["increase", "decrease"]
    # by the baseline 4 people and 5 days in each year
    assert table["baseline"].tolist() == [8, 10]
    assert table["level"].tolist() == [12 + 7.5, 6]
    assert table["change"].tolist() == [11.5, -4]
    assert table["weight"].tolist() == [5, 2]
    assert table["value"].tolist() == [5 * 19.5, -12]


def test_effects(plan: Allocation) -> None:
    # no effect says how far it may be off
    assert plan.effects[["low", "high"]].isna().all(axis=None)
    assert plan.effects.drop(columns=["low", "high"]).to_dict("split")["data"] == [
        ["help", "helped", "FY1", 6],
        ["help", "helped", "FY2", 6],
        ["pool", "helped", "FY1", 4],
        ["pool", "helped", "FY2", 3.5],
        ["park", "helped", "FY1", 0],
        ["park", "helped", "FY2", 0],
        ["help", "waiting", "FY1", 3],
        ["help", "waiting", "FY2", 3],
    ]


def test_funds(plan: Allocation) -> None:
    table = plan.funds.set_index(["fund", "period"])
    columns = ["opening", "revenue", "one_time", "transfers_in", "transfers_out", "spending", "closing", "reserve"]
    assert table[columns].to_dict("split")["data"] == [
        [0, 10, 0, 0, 0, 10, 0, 0],
        [0, 12, 1, 0, 0, 13, 0, 0],
        [0, 4, 0, 0, 0, 4, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ]
    # a dollar more buys half a person, each worth 5
    assert table.loc["general", "price"].tolist() == pytest.approx([2.5, 2.5])


def test_a_plan_is_told_in_markdown(plan: Allocation) -> None:
    text = plan.to_markdown()
    assert text.startswith("# ")
    assert "People helped" in text
