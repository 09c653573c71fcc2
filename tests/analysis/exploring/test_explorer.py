"""The plans that an explorer carries are those that solving again gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures import few

import budgetopt as bo
from budgetopt.errors import InfeasibleError, OptionError, UnknownNameError


def town(**changes: Any) -> dict[str, Any]:
    """1,000 dollars: one brings 3 visits in advice, up to 300 dollars, 2 in parks, up to 500, 1 repair in streets."""
    document: dict[str, Any] = {
        "name": "Town",
        "funds": {"general": {"revenue": 1000}},
        "outcomes": {"visits": {"unit": "visits", "weight": 1}, "repairs": {"unit": "repairs", "weight": 1}},
        "programs": {
            "advice": {"baseline": 300, "spending": {"at_most": 300}, "outcomes": {"visits": {"per_dollar": 3}}},
            "parks": {"baseline": 400, "spending": {"at_most": 500}, "outcomes": {"visits": {"per_dollar": 2}}},
            "streets": {"baseline": 300, "spending": {"at_least": 100}, "outcomes": {"repairs": {"per_dollar": 1}}},
        },
    }
    return {**document, **changes}


def explored(document: dict[str, Any], *figures: str, **options: Any) -> bo.Explorer:
    return bo.explorer(bo.solve(bo.Scenario.from_document(document)), figures=figures, **options)


def test_the_plan_is_known_by_hand_at_any_revenue_and_weight() -> None:
    found = explored(town())
    assert [slider.path for slider in found.sliders][:3] == [
        "funds.general.revenue", "outcomes.visits.weight", "outcomes.repairs.weight"
    ]  # fmt: skip
    start = found.at({})
    assert start is not None
    # advice and parks are full, the rest goes to the streets
    assert start.spending.tolist() == pytest.approx([300, 500, 200])
    assert start.value == pytest.approx(3 * 300 + 2 * 500 + 200)
    assert start.outcomes.tolist() == pytest.approx([1900, 200])
    # each dollar more is one repair, and each dollar of weight one unit of what there is
    assert start.prices["funds.general.revenue"] == pytest.approx(1)
    assert start.prices["outcomes.visits.weight"] == pytest.approx(1900)
    less = found.at({"funds.general.revenue": 900})
    assert less is not None
    assert less.spending.tolist() == pytest.approx([300, 500, 100])
    # below 900, what the streets must have is taken from the parks
    assert less.prices["funds.general.revenue"] == pytest.approx(1)
    assert not less.is_one_of_several
    both = found.at({"funds.general.revenue": 1100, "outcomes.visits.weight": 0.5})
    assert both is not None
    # at half the weight a dollar of the parks is worth what one of the streets is, and least change decides
    assert both.value == pytest.approx(0.5 * 1900 + 300)


def test_the_parts_of_a_line_are_those_between_breakpoints() -> None:
    found = explored(town(funds={"general": {"revenue": 900}}))
    parts = found.line("funds.general.revenue")
    assert [(part.begin, part.end) for part in parts] == [pytest.approx((810, 900)), pytest.approx((900, 990))]
    below, above = parts
    assert below.first is not None
    assert above.last is not None
    # below 900 a dollar less is two visits of the parks less; above, one more is one repair of the streets
    assert below.first.spending.tolist() == pytest.approx([300, 410, 100])
    assert below.first.prices["funds.general.revenue"] == pytest.approx(2)
    assert above.last.spending.tolist() == pytest.approx([300, 500, 190])
    assert np.isnan(above.last.prices["funds.general.revenue"])


def test_where_no_plan_is_possible_it_says_so() -> None:
    floors = town()
    floors["programs"]["parks"]["spending"] = {"at_least": 500, "at_most": 500}
    floors["programs"]["streets"]["spending"] = {"at_least": 450}
    found = explored(floors)
    assert found.at({"funds.general.revenue": 949}) is None
    assert found.at({"funds.general.revenue": 951}) is not None
    assert found.line("funds.general.revenue")[0].first is None


def test_no_plan_is_possible_beyond_each_of_two_limits_where_an_amount_is_fixed() -> None:
    programs = {
        "advice": {"spending": {"at_least": 300, "at_most": 300}, "outcomes": {"visits": {"per_dollar": 3}}},
        "parks": {"spending": {"at_least": 490}, "outcomes": {"visits": {"per_dollar": 2}}},
        "streets": {"spending": {"at_least": 200}, "outcomes": {"repairs": {"per_dollar": 1}}},
    }
    floor = "programs.streets.spending.at_least"
    cap = {"name": "cap", "sum": "spending", "where": {"program": "streets"}, "at_most": 205}
    found = explored(town(programs=programs, rules=[cap]), floor)
    start = found.at({})
    assert start is not None
    assert start.spending.tolist() == pytest.approx([300, 500, 200])
    assert found.at({"funds.general.revenue": 989}) is None
    assert found.at({floor: 207}) is None
    low = found.at({"funds.general.revenue": 991})
    assert low is not None
    assert low.spending.tolist() == pytest.approx([300, 491, 200])


def test_a_named_figure_has_a_slider_or_the_reason_why_not() -> None:
    named = explored(town(), "programs[streets].spending.at_least")
    assert named.sliders[0].path == "programs[streets].spending.at_least"
    assert named.sliders[0].kind == "limit"
    # however a path is written, it is one figure
    again = explored(town(), "funds[general].revenue")
    assert [slider.kind for slider in again.sliders].count("revenue") == 1
    assert again.at({"funds.general.revenue": 950}) is not None
    with pytest.raises(OptionError, match=r"no slider can be made for .*per_dollar: with it the plan does not move"):
        explored(town(), "programs[parks].outcomes.visits.per_dollar")
    with pytest.raises(bo.errors.ScenarioError):
        explored(town(), "programs[park].spending.at_least")
    with pytest.raises(UnknownNameError, match=r"funds\.general\.reveneu"):
        named.at({"funds.general.reveneu": 900})
    with pytest.raises(OptionError, match="moves between 900 and 1,100, and not to 2,000"):
        named.at({"funds.general.revenue": 2000})


def test_a_share_of_revenue_and_revenue_do_not_move_together() -> None:
    document = town(funds={"general": {"revenue": 1000, "reserve": {"at_least": "10%", "of": "revenue"}}})
    found = explored(document, "funds.general.revenue", "outcomes.visits.weight")
    assert "funds.general.revenue" in [slider.path for slider in found.sliders]
    assert (
        "funds[general].reserve.at_least",
        "what it moves depends on the figure of another slider",
    ) in found.left_out
    with pytest.raises(OptionError, match="depends on the figure of another slider"):
        explored(document, "funds.general.revenue", "funds.general.reserve.at_least")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rules": [{"name": "one", "count": "funded", "at_most": 2}]}, "all or nothing"),
        (
            {"objective": [{"maximize": "weighted outcomes", "within": "1%"}, {"minimize": "change from baseline"}]},
            "give up a share",
        ),
    ],
)
def test_what_no_piece_follows_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(OptionError, match=why):
        explored(town(**changes))


def test_a_plan_that_is_not_carried_is_refused() -> None:
    found = explored(town(), most_pieces=1)
    assert len(found.pieces) == 1
    with pytest.raises(OptionError, match="not carried"):
        found.at({"funds.general.revenue": 910, "outcomes.visits.weight": 0.5, "outcomes.repairs.weight": 1.5})


@st.composite
def cities(draw: st.DrawFn) -> dict[str, Any]:
    """Small scenarios of round figures, so that plans tie and corners meet."""
    periods = draw(st.sampled_from([[], ["a", "b"]]))
    funds: dict[str, Any] = {"general": {"revenue": draw(st.sampled_from([600, 900, 1000]))}}
    if draw(st.booleans()):
        funds["grant"] = {"revenue": draw(st.sampled_from([100, 200])), "only": {"tags": "grant"}}
    if draw(st.booleans()):
        funds["general"] |= {"opening_balance": 100, "reserve": {"at_least": "10%", "of": "revenue"}}
    programs: dict[str, Any] = {}
    for number in range(draw(st.integers(2, 5))):
        worth = draw(st.sampled_from([1, 1, 2, 3]))
        width = draw(st.sampled_from([100, 150, 200]))
        curve = [[0, 0], [width, worth * width], [3 * width, worth * width + draw(st.sampled_from([0, 1])) * width]]
        outcome = draw(st.sampled_from(["visits", "repairs"]))
        programs[f"p{number}"] = {
            "baseline": draw(st.sampled_from([100, 200, 250])),
            "outcomes": {outcome: {"curve": curve}},
            **({"tags": ["grant"]} if not number or draw(st.booleans()) else {}),
            **({"spending": {"at_least": 50}} if draw(st.booleans()) else {}),
        }
    outcomes = {name: {"unit": name, "weight": draw(st.sampled_from([1, 2]))} for name in ("visits", "repairs")}
    if draw(st.booleans()):
        outcomes["visits"]["target"] = {"at_least": 50}
    objective = [{"maximize": "weighted outcomes"}]
    if draw(st.booleans()):
        objective.append({"minimize": "change from baseline"})
    found = {"name": "City", "funds": funds, "outcomes": outcomes, "programs": programs, "objective": objective}
    return {**found, "periods": periods} if periods else found


@few(1 / 2, at_most=100)
@given(cities(), st.data())
def test_what_is_carried_is_what_solving_again_gives(document: dict[str, Any], data: st.DataObject) -> None:
    scenario = bo.Scenario.from_document(document)
    try:
        plan = bo.solve(scenario)
    except InfeasibleError:
        return
    found = bo.explorer(plan, most_pieces=30)
    start = found.at({})
    assert start is not None
    assert np.abs(start.spending - plan.spending.sum(axis=(1, 2))).max() < 0.02
    for _ in range(4):
        moved = data.draw(st.lists(st.sampled_from(found.sliders), max_size=3, unique_by=lambda slider: slider.path))
        values = {one.path: one.low + one.width * data.draw(st.floats(0.013, 0.987)) for one in moved}
        try:
            here = found.at(values)
        except OptionError:
            # not carried: with one figure moved, everything is
            assert len(moved) > 1 or not found.lines_whole
            continue
        try:
            again = bo.solve(scenario.with_(*values.items()))
        except InfeasibleError:
            assert here is None
            continue
        assert here is not None, values
        assert here.value == pytest.approx(again.objective_value, rel=1e-8, abs=1e-6)
        if not here.is_one_of_several:
            assert np.abs(here.spending - again.spending.sum(axis=(1, 2))).max() < 0.02, values
