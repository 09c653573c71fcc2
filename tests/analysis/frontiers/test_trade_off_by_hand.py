"""Two goals over two years, groups of unequal size, and what a curve brings without money, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.frontiers import trade_off as module
from budgetopt.analysis.frontiers.efficient_points import EfficientPoints
from budgetopt.errors import OptionError

TOWN: dict[str, Any] = {
    "periods": ["t1", "t2"],
    "discount": "25%",
    "funds": {"general": {"revenue": {"t1": 10, "t2": 20}, "carryover": False}},
    "outcomes": {
        "visits": {"name": "Visits made", "unit": "visits", "weight": 2},
        "repairs": {"unit": "repairs", "weight": 3, "direction": "decrease"},
    },
    "programs": {
        "library": {"name": "The library", "outcomes": {"visits": {"curve": [[0, 1], [4, 9], [12, 13]]}}},
        "roads": {"outcomes": {"repairs": {"curve": [[0, 9], [6, 3]]}}},
    },
}


def test_levels_of_all_years_are_counted_as_they_are() -> None:
    found = bo.trade_off(bo.Scenario.from_document(TOWN), "Visits made", "repairs")
    # 10 and 12 dollars for the library, and 8 of the second year for roads, of which 6 help; then from the library's
    # later dollars of the first year, and at last from its first 2
    assert found.points[["visits", "repairs"]].to_numpy() == pytest.approx(np.array([[25, 12], [22, 6]]))
    assert found.points["rate"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert found.points["proved"].tolist() == [True, True]
    assert found.points.columns.tolist() == ["visits", "repairs", "rate", "proved"]
    assert (found.first, found.second, found.units) == ("visits", "repairs", ("visits", "repairs"))
    assert sorted(found.moves.round(6).to_numpy().tolist()) == [
        [1, "library", "The library", -6],
        [1, "roads", "roads", 6],
    ]
    # by the scenario's weights roads get 6 dollars in both years
    assert found.present == pytest.approx((22, 6))
    assert not found.is_equity
    turned = bo.trade_off(bo.Scenario.from_document(TOWN), "repairs", "visits")
    assert turned.points[["repairs", "visits"]].to_numpy() == pytest.approx(np.array([[6, 22], [12, 25]]))
    assert turned.points["rate"].tolist() == pytest.approx([2, np.nan], nan_ok=True)


PEOPLE = {"name": "people", "sum": "spending", "by": "districts", "each_at_least": 0, "population": {"n": 4, "s": 10}}
DISTRICTS: dict[str, Any] = {
    **TOWN,
    "discount": "0%",
    "outcomes": {"visits": {"unit": "visits", "weight": 2}, "books": {"weight": 1}},
    "programs": {
        "north": {"districts": {"n": "100%"}, "outcomes": {"visits": {"curve": [[0, 2], [90, 92]]}}},
        "south": {
            "districts": {"s": "60%", "n": "40%"},
            "outcomes": {"visits": {"per_dollar": 0.5}, "books": {"per_dollar": 0.1}},
        },
    },
    "rules": [PEOPLE],
}
"""A dollar brings a visit in the north, beside 2 a year that come without money; 0.5 visits in the south, of which 0.2
are the north's, and 0.1 books. There are 30 dollars in two years."""


def test_what_each_group_has_per_head() -> None:
    found = bo.price_of_equity(bo.Scenario.from_document(DISTRICTS), "visits")
    # s dollars for the south: (4 + 30 - s + 0.2 s) / 4 and 0.3 s / 10; at 30 the north still has 10 / 4
    assert found.points.iloc[:, :2].to_numpy() == pytest.approx(np.array([[68, 0], [2 * (4 + 15) + 3, 0.9]]))
    assert found.points.columns.tolist() == ["weighted outcomes", "least per head", "rate", "proved"]
    assert found.points["rate"].iloc[0] == pytest.approx((68 - 41) / 0.9)
    assert found.units == ("", "visits")
    assert found.groups.to_numpy().tolist() == [
        [0, "n", 4, pytest.approx(34 / 4)],
        [0, "s", 10, 0],
        [1, "n", 4, pytest.approx(10 / 4)],
        [1, "s", 10, pytest.approx(0.9)],
    ]
    assert found.present == pytest.approx((68, 0))
    assert found.is_equity


def test_equity_of_all_outcomes_counts_them_by_their_weights() -> None:
    found = bo.price_of_equity(bo.Scenario.from_document(DISTRICTS))
    # a dollar for the south is worth 1.1, of which 0.66 are its own
    assert found.points.iloc[:, :2].to_numpy() == pytest.approx(np.array([[68, 0], [41, 30 * 0.66 / 10]]))
    assert found.units == ("", "weighted outcomes")


def test_equity_of_an_outcome_of_which_less_is_better() -> None:
    outcomes = {"repairs": {"unit": "repairs", "weight": 1, "direction": "decrease"}}
    programs = {
        name: {"districts": {name: "100%"}, "outcomes": {"repairs": {"per_dollar": -rate}}}
        for name, rate in (("n", 3), ("s", 1))
    }
    document = {**DISTRICTS, "outcomes": outcomes, "programs": programs}
    found = bo.price_of_equity(bo.Scenario.from_document(document), "repairs")
    # all 30 dollars spare 90 repairs; with s for the south (90 - 3 s) / 4 and s / 10, equal at s = 900 / 34
    south = 900 / 34
    assert found.points.iloc[:, :2].to_numpy() == pytest.approx(np.array([[90, 0], [90 - 2 * south, south / 10]]))


def test_a_population_that_is_not_said_of_all_counts_for_none() -> None:
    document = {**DISTRICTS, "rules": []}
    found = bo.price_of_equity(bo.Scenario.from_document(document), "visits")
    assert found.groups["population"].tolist() == [1, 1, 1, 1]


def test_an_attribute_of_programs_makes_groups_too() -> None:
    programs = {
        name: {**program, "department": department, "districts": None}
        for (name, program), department in zip(DISTRICTS["programs"].items(), ("East", "West"), strict=True)
    }
    for program in programs.values():
        del program["districts"]
    document = {**DISTRICTS, "programs": programs, "rules": []}
    found = bo.price_of_equity(bo.Scenario.from_document(document), "visits", by="department")
    assert found.groups["group"].tolist()[:2] == ["East", "West"]
    with pytest.raises(OptionError, match="fewer than two groups by districts"):
        bo.price_of_equity(bo.Scenario.from_document(document), "visits")


@pytest.mark.parametrize(("is_large", "seconds"), [(False, None), (True, 5.0)])
def test_a_search_among_many_integer_decisions_has_an_end(
    is_large: bool, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    building = {"packages": [{"name": "build", "cost": 5, "outcomes": {"visits": 9}}]}
    scenario = bo.Scenario.from_document({**TOWN, "programs": {**TOWN["programs"], "branch": building}})
    given: list[tuple[int, float | None]] = []

    def efficient(*asked: Any) -> EfficientPoints:
        given.append((asked[3], asked[4].time_limit))
        return EfficientPoints((), "grid", complete=True, solves=1)

    monkeypatch.setattr(module, "efficient_points", efficient)
    monkeypatch.setattr(bo.Options, "gap_for", lambda *_: 1e-4 if is_large else 0.0)
    with pytest.raises(bo.InfeasibleError, match="no allocation can meet every rule"):
        bo.trade_off(scenario, "visits", "repairs", steps=1)
    assert given == [(1, seconds)]
