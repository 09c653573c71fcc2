"""Any number of a scenario by its path, and what the scenario says where it has moved."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.errors import ScenarioError
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario
from language.small import document_of

TWO = ("FY1", "FY2")
TOWN = Scenario.from_document(
    document_of(
        {
            "a": {
                "baseline": 100,
                "spending": {"at_least": "50%", "at_most": {"FY2": 300}},
                "outcomes": {"good": {"curve": [[0, 0], [50, 40]]}},
            },
            "b": {"baseline": {"FY1": 20, "FY2": 30}, "outcomes": {"good": {"per_dollar": 2}}},
            "c": {
                "packages": [{"name": "all", "cost": [60, 7], "outcomes": {"good": 9}, "uses": {"staff": [2, 3]}}],
                "inflation": "3%",
            },
        },
        periods=TWO,
        inflation="10%",
        discount="5%",
        funds={
            "general": {"revenue": 100, "growth": "10%", "reserve": {"at_least": "20%", "of": "revenue"}},
            "grant": {"revenue": {"FY1": 5}, "one_time": 3},
        },
        rules=[
            {"name": "cap", "sum": "spending", "at_most": {"FY1": "70%", "FY2": "80%"}, "of": "baseline"},
            {"name": "two", "sum": "spending", "at_least": 1, "at_most": 99},
        ],
        resources={"staff": {"capacity": 7}},
    )
)


def rule(scenario: Scenario, name: str) -> Any:
    return next(one for one in scenario.rules if one.name == name)


def test_numbers_outside_of_the_programs() -> None:
    def moved(path: str) -> Scenario:
        return figure_at(TOWN, path).moved(0.5)

    assert moved("outcomes.good.weight").outcomes["good"].weight == 1.5
    assert moved("resources.staff.capacity").resources["staff"].capacity == 7.5
    assert moved("inflation").document.inflation == pytest.approx(0.6)
    assert moved("discount").document.discount == pytest.approx(0.55)
    # one amount is that of every period, and one period may have a number of its own
    assert moved("funds.grant.one_time").funds["grant"].one_time == 3.5
    assert moved("funds.grant.one_time.FY2").funds["grant"].one_time == {"FY1": 3, "FY2": 3.5}
    assert moved("funds.grant.revenue").funds["grant"].revenue == {"FY1": 5.5}
    assert moved("funds.grant.revenue.FY2").funds["grant"].revenue == {"FY1": 5, "FY2": 0.5}
    # revenue that grows stands in each period, of all funds, as soon as one period moves
    assert moved("funds.general.revenue").funds["general"].revenue == 100.5
    general = moved("funds.general.revenue.FY2").funds["general"]
    assert (general.revenue, general.growth) == ({"FY1": 100, "FY2": pytest.approx(110.5)}, 0)
    assert moved("funds.general.reserve.at_least").funds["general"].reserve.at_least == Share(0.7)
    # the other funds, rules and keys stay as they are
    assert moved("funds.grant.one_time").funds["general"] == TOWN.funds["general"]
    two = rule(moved("rules[two].at_most"), "two")
    assert (two.at_least, two.at_most) == (1, 99.5)
    cap = rule(moved("rules[cap].at_most.FY1"), "cap")
    assert cap.at_most == {"FY1": Share(1.2), "FY2": Share(0.8)}
    assert rule(moved("rules[cap].at_most"), "cap").at_most == {"FY1": Share(1.2), "FY2": Share(1.3)}
    assert rule(moved("rules[two].at_most"), "cap") == rule(TOWN, "cap")


@pytest.mark.parametrize(
    ("path", "value", "unit", "lowest", "highest"),
    [
        ("funds.general.revenue", 100, 1, 0, math.inf),
        ("funds.general.revenue.FY2", 110, 1, 0, math.inf),
        ("funds.grant.revenue.FY2", 0, 1, 0, math.inf),
        ("funds.general.reserve.at_least", 0.2, 0.01, 0, math.inf),
        ("rules[cap].at_most.FY2", 0.8, 0.01, 0, math.inf),
        ("inflation", 0.1, 0.01, 0, math.inf),
        ("programs.a.spending.at_least", 0.5, 0.01, 0, math.inf),
        ("programs.a.spending.at_most.FY2", 300, 1, 0, math.inf),
        ("programs.b.outcomes.good.per_dollar", 2, 1, -math.inf, math.inf),
    ],
)
def test_what_a_number_is_and_may_be(path: str, value: float, unit: float, lowest: float, highest: float) -> None:
    figure = figure_at(TOWN, path)
    assert (figure.path, figure.value, figure.unit) == (path, pytest.approx(value), unit)
    assert (figure.lowest, figure.highest) == (pytest.approx(lowest, abs=1e-3), highest)


def test_numbers_of_programs() -> None:
    def cells(path: str, key: str, by: float = 0.5) -> list[float]:
        found: list[float] = figure_at(TOWN, path).moved(by).programs.number(key).tolist()
        return found

    none = math.nan
    assert cells("programs.a.baseline", "baseline") == pytest.approx([100.5, none, none], nan_ok=True)
    assert cells("programs.b.baseline.FY2", "baseline.FY2") == pytest.approx([none, 30.5, none], nan_ok=True)
    assert cells("programs.b.baseline.FY2", "baseline.FY1") == pytest.approx([none, 20, none], nan_ok=True)
    assert cells("programs.a.spending.at_least", "spending.at_least") == pytest.approx([1, none, none], nan_ok=True)
    assert cells("programs.c.inflation", "inflation") == pytest.approx([none, none, 0.53], nan_ok=True)
    assert cells("programs.*.baseline", "baseline") == pytest.approx([100.5, none, none], nan_ok=True)
    # nothing else moves, and the scenario itself stays as it is
    moved = figure_at(TOWN, "programs.a.baseline").moved(0.5)
    assert moved.document == TOWN.document
    assert moved.programs.columns.keys() == TOWN.programs.columns.keys()
    assert TOWN.programs.number("baseline")[0] == 100


@pytest.mark.parametrize(
    ("path", "key", "cell"),
    [
        ("programs.c.packages.0.cost", "packages.0.cost", (60.5, 7.5)),
        ("programs.c.packages.all.cost.1", "packages.0.cost", (60.0, 7.5)),
        ("programs.c.packages.0.outcomes.good", "packages.0.outcomes.good.value", 9.5),
        ("programs.c.packages.0.uses.staff.1", "packages.0.uses.staff", (2.0, 3.5)),
        ("programs.c.packages.all.uses.staff", "packages.0.uses.staff", (2.5, 3.5)),
        ("programs.a.outcomes.good.curve.1.0", "outcomes.good.curve", ((0.0, 0.0), (50.5, 40.0))),
        ("programs.a.outcomes.good.curve.1.1", "outcomes.good.curve", ((0.0, 0.0), (50.0, 40.5))),
        ("programs.*.outcomes.good.curve.0.1", "outcomes.good.curve", ((0.0, 0.5), (50.0, 40.0))),
    ],
)
def test_numbers_in_lists(path: str, key: str, cell: Any) -> None:
    row = {"a": 0, "c": 2}["c" if "packages" in path else "a"]
    before = TOWN.programs.value(row, key)
    assert figure_at(TOWN, path).moved(0.5).programs.value(row, key) == cell
    assert TOWN.programs.value(row, key) == before


def test_a_point_of_a_curve_stays_between_its_neighbours() -> None:
    curves = {name: {"outcomes": {"good": {"curve": curve}}} for name, curve in (
        ("a", [[0, 0], [50, 40], [90, 50]]), ("b", [[0, 0], [30, 1], [80, 2]]), ("c", [[0, 0], [9, 1]]),
    )}  # fmt: skip
    scenario = Scenario.from_document(document_of(curves))
    point = figure_at(scenario, "programs.a.outcomes.good.curve.1.0")
    assert (point.lowest, point.highest) == (pytest.approx(0, abs=1e-3), pytest.approx(90, abs=1e-3))
    last = figure_at(scenario, "programs.a.outcomes.good.curve.2.0")
    assert (last.lowest, last.highest) == (pytest.approx(50, abs=1e-3), math.inf)
    # those of several move by as much: b has 30 below, a and b 40 and 50 above
    with pytest.raises(ScenarioError, match="no number stands at"):
        figure_at(scenario, "programs.*.outcomes.good.curve.2.0")
    every = figure_at(scenario, "programs.*.outcomes.good.curve.1.0")
    assert (every.value, every.lowest, every.highest) == (50, pytest.approx(41, abs=1e-3), pytest.approx(90, abs=1e-3))
    assert figure_at(scenario, "programs.a.outcomes.good.curve.1.1").lowest == -math.inf


def test_what_programs_do_is_calculated_anew_where_prices_or_baselines_move() -> None:
    # the baseline of the second year counts in dollars of the first: 22 of them are 20, and bring 40
    document = document_of(
        {"d": {"baseline": {"FY2": 22}, "outcomes": {"good": {"at_baseline": 40}}}}, periods=TWO, inflation="10%"
    )
    scenario = Scenario.from_document(document)

    def slope(found: Scenario) -> float:
        (rate,) = found.effects.tail.tolist()
        return float(rate)

    assert slope(scenario) == pytest.approx(2)
    assert slope(figure_at(scenario, "inflation").moved(0.1)) == pytest.approx(40 / (22 / 1.2))
    assert slope(figure_at(scenario, "programs.d.baseline.FY2").moved(22)) == pytest.approx(1)
    assert slope(figure_at(scenario, "outcomes.good.weight").moved(3)) == pytest.approx(2)
    assert slope(scenario) == pytest.approx(2)


def test_what_was_calculated_before_is_calculated_anew_where_it_depends_on_the_number() -> None:
    def known(scenario: Scenario) -> tuple[Any, ...]:
        effects, packages = scenario.effects, scenario.packages
        return (
            effects.program.tolist(),
            packages.cost.tolist(),
            scenario.eligible.tolist(),
            scenario.price_level.tolist(),
            np.nan_to_num(scenario.baselines, nan=-1).tolist(),
            np.nan_to_num(scenario.fund_shares, nan=-1).tolist(),
            scenario.uses.spending.tolist(),
        )

    before = known(TOWN)
    assert before[3][0] == pytest.approx([1, 1.1])
    for path in (
        "inflation", "discount", "outcomes.good.weight", "resources.staff.capacity", "rules[two].at_most",
        "funds.general.revenue", "funds.general.revenue.FY2", "programs.c.inflation", "programs.b.baseline.FY2",
        "programs.b.outcomes.good.per_dollar", "programs.a.spending.at_most.FY2", "programs.a.spending.at_least",
    ):  # fmt: skip
        figure = figure_at(TOWN, path)
        moved = figure.moved(0.25)
        fresh = Scenario(moved.document, moved.programs)
        assert known(moved) == known(fresh), path
    assert known(figure_at(TOWN, "inflation").moved(0.25))[3][0] == pytest.approx([1, 1.35])
    assert known(figure_at(TOWN, "programs.c.inflation").moved(0.25))[3][2] == pytest.approx([1, 1.28])


@pytest.mark.parametrize(
    "path",
    [
        "name",
        "funds.general",
        "funds.general.kind",
        "rules[two].sum",
        "programs.a.outcomes.good.curve",
        "programs.a.outcomes.good.curve.0.0",
        "programs.a.outcomes.good.curve.1",
        "programs.a.outcomes.good.curve.1.2",
        "programs.c.packages.0.cost.2",
        "programs.c.packages.0.name",
        "programs.b.baseline.FY2.0",
    ],
)
def test_what_is_no_number(path: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        figure_at(TOWN, path)
    assert f"<number> {path}" in str(caught.value)


def test_numbers_that_differ_move_in_proportion() -> None:
    figure = figure_at(TOWN, "rules[cap].at_most")
    assert figure.differs
    largest = figure.in_proportion()
    assert (figure.value, largest.value) == (0.7, 0.8)
    # a tenth more of both
    cap = rule(largest.moved(0.08), "cap")
    assert [float(one) for one in cap.at_most.values()] == pytest.approx([0.77, 0.88])
    assert [isinstance(one, Share) for one in cap.at_most.values()] == [True, True]
    assert largest.value_in(figure_at(largest.moved(0.08), figure.path)) == pytest.approx(0.88)
    # as much for both is another proportion
    assert math.isnan(largest.value_in(figure_at(figure.moved(0.08), figure.path)))
    assert math.isnan(largest.value_in(figure_at(TOWN, "rules[cap].at_most.FY1")))
    one = figure_at(TOWN, "funds.grant.one_time")
    assert not one.differs
    assert one.in_proportion().moved(3.0).funds["grant"].one_time == 6
    baselines = figure_at(TOWN, "programs.b.baseline.FY2")
    assert baselines.in_proportion().moved(-15.0).programs.number("baseline.FY2")[1] == 15


@pytest.mark.parametrize(
    ("path", "is_money"),
    [
        ("funds.general.revenue", True),
        ("funds.general.reserve.at_least", False),
        ("outcomes.good.weight", False),
        ("programs.a.spending.at_most.FY2", True),
        ("programs.a.spending.at_least", False),
    ],
)
def test_which_numbers_are_money(path: str, is_money: bool) -> None:
    assert figure_at(TOWN, path).is_money is is_money


def test_revenue_that_does_not_grow_stays_one_amount() -> None:
    funds = {"general": {"revenue": 100, "growth": "10%"}, "gift": {"revenue": 5}}
    scenario = Scenario.from_document(document_of({"a": {}}, periods=TWO, funds=funds))
    moved = figure_at(scenario, "funds.general.revenue.FY2").moved(1).funds
    assert moved["general"].revenue == {"FY1": 100, "FY2": pytest.approx(111)}
    assert moved["gift"].revenue == 5
    assert figure_at(scenario, "funds.gift.growth").highest == 1
