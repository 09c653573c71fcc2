"""Scenarios from pandas tables, and programs as one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.errors import InputError, ScenarioError
from budgetopt.reading.yaml_text import share_text
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario
from reading.documents import amounts, names, shares


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "program": ["library", "parks"],
            "department": ["Culture", None],
            "baseline": [1e6, np.nan],
            "tags": [["books", "youth"], np.nan],
            "recurring": [True, False],
            "spending.at_most": ["90%", 5_000_000],
            "outcomes.visits.per_dollar": [0.21, np.nan],
            "outcomes.visits.curve": [None, [(0, 0), (5e6, 60.5)]],
            "attributes.size": [3, 4],
            "FY25": ["?", "?"],
        }
    )


def test_a_table_and_a_budget_are_a_scenario() -> None:
    scenario = Scenario.from_frame(frame(), 118e6, name="Riverton", columns={"FY25": "ignore"})
    assert (scenario.name, scenario.periods) == ("Riverton", ("budget",))
    assert {name: fund.revenue for name, fund in scenario.funds.items()} == {"general": 118e6}
    library, parks = scenario.programs["library"], scenario.programs["parks"]
    assert (library.baseline, library.department, library.tags) == (1e6, "Culture", ("books", "youth"))
    assert library.spending is not None
    assert library.spending.at_most == Share(0.9)
    assert isinstance(library.spending.at_most, Share)
    assert (parks.baseline, parks.department, parks.tags, parks.recurring) == (None, "", (), False)
    assert parks.outcomes["visits"].curve == ((0, 0), (5e6, 60.5))
    assert parks.attributes == {"size": 4}


def test_outcomes_that_nobody_weighed_weigh_one_and_it_is_said() -> None:
    scenario = Scenario.from_frame(frame(), 118e6, columns={"FY25": "ignore"})
    assert {name: outcome.weight for name, outcome in scenario.outcomes.items()} == {"visits": 1}
    assert "Assumed" in scenario.outcomes["visits"].source


def test_everything_else_can_be_said_too() -> None:
    scenario = Scenario.from_frame(
        frame().drop(columns="FY25"),
        {"FY27": "118M", "FY28": np.float64(120e6)},
        periods=["FY27", "FY28"],
        outcomes={"visits": 4, "fires": {"unit": "fires", "direction": "decrease"}},
        rules=[{"name": "Half", "sum": "spending", "at_most": "50%", "of": "revenue"}],
        objective={"maximize": "visits"},
        resources={"staff": {"capacity": 64}},
        source="adopted budget",
    )
    assert scenario.funds["general"].revenue == {"FY27": 118e6, "FY28": 120e6}
    assert [outcome.weight for outcome in scenario.outcomes.values()] == [4, 0]
    assert scenario.outcomes["visits"].source == ""
    assert [rule.name for rule in scenario.rules] == ["Half"]
    assert scenario.objective[0].maximize == "visits"
    assert (list(scenario.resources), scenario.document.source) == (["staff"], "adopted budget")


def test_the_ids_may_be_the_index() -> None:
    table = frame().drop(columns="FY25").set_index("program")
    assert Scenario.from_frame(table, 118e6).programs.ids.tolist() == ["library", "parks"]


def test_mistakes_are_told_by_row_and_column() -> None:
    table = frame().drop(columns="FY25").assign(baseline=["x", -3], program=["a", "a"])
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_frame(table, 118e6)
    assert [str(problem.place) for problem in caught.value.problems] == ["<frame>:1:3", "<frame>:2:1", "<frame>:2:3"]
    for wrong, message in [
        (lambda: Scenario.from_frame(frame(), 1), "'FY25' is no column that a table of programs has"),
        (lambda: Scenario.from_frame(frame().drop(columns=["program", "FY25"]), 1), "no column 'program'"),
        (lambda: Scenario.from_frame([1], 1), "are a list, not a pandas table"),  # type: ignore[arg-type]
        (lambda: Scenario.from_frame(frame().drop(columns="FY25"), -1), "-1 is negative"),
        (lambda: Scenario.from_frame(frame().drop(columns="FY25"), 1, funds={}), "funds is given twice"),
        (lambda: Scenario.from_frame(frame().drop(columns="FY25"), 1, nme="x"), "unknown key 'nme'"),
    ]:
        with pytest.raises(InputError, match=message):
            wrong()


def test_the_programs_as_a_table() -> None:
    table = Scenario.from_frame(frame(), 118e6, columns={"FY25": "ignore"}).to_frame()
    assert list(table.columns[:4]) == ["program", "department", "tags", "attributes.size"]
    assert table["baseline"].dtype == float
    assert table["spending.at_most"].tolist() == ["90%", "5000000"]
    assert table["tags"].tolist()[0] == "books; youth"
    assert table["outcomes.visits.curve"].tolist()[1] == "0:0;5000000:60.5"
    assert table["outcomes.visits.curve"].isna().tolist() == [True, False]


rows = st.fixed_dictionaries(
    {
        "name": st.one_of(st.none(), names),
        "baseline": amounts,
        "spending.at_most": st.one_of(st.none(), amounts, shares.map(share_text)),
        "outcomes.v.per_dollar": st.one_of(st.none(), st.floats(-1e9, 1e9).map(lambda rate: round(rate, 12))),
        "outcomes.v.std_error": st.one_of(st.none(), shares.map(float)),
        "attributes.size": st.one_of(st.integers(0, 10**15), st.floats(0, 1e6, allow_subnormal=False)),
        "recurring": st.booleans(),
    }
)


@given(st.lists(rows, min_size=1, max_size=5))
def test_a_table_of_a_table_is_the_same_scenario(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["outcomes.v.per_dollar"] is None:
            row["outcomes.v.std_error"] = None
    table = pd.DataFrame(rows, index=pd.Index([f"p{number}" for number in range(len(rows))], name="id"))
    outcomes = {"v": 1}
    once = Scenario.from_frame(table, 1, outcomes=outcomes)
    again = Scenario.from_frame(once.to_frame(), 1, outcomes=outcomes)
    assert again.sha256 == once.sha256
    assert once.programs.baseline().tolist() == [row["baseline"] for row in rows]
    assert once.programs.ids.tolist() == table.index.tolist()


def test_three_decimals_in_a_text_of_a_table_are_no_thousands() -> None:
    scenario = Scenario.from_frame(
        pd.DataFrame(
            {
                "program": ["a", "b", "c"],
                "baseline": [128.833, 2, 3],
                "spending.at_most": [128.833, "80%", None],
                "outcomes.v.curve": [[(0, 0), (128.833, 5.125)], None, None],
                "packages.0.cost": [None, None, [4.125, 6]],
                "packages.0.outcomes.v.value": [None, None, 2],
                "start": [None, None, ["budget"]],
            }
        ),
        budget=500,
    )
    assert scenario.programs["a"].outcomes["v"].curve == ((0, 0), (128.833, 5.125))
    again = Scenario.from_frame(scenario.to_frame(), budget=500)
    assert again.sha256 == scenario.sha256
    assert again.programs["c"].packages is not None
    assert again.programs["c"].packages[0].cost == (4.125, 6)
