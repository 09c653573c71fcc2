"""What a dollar more of a fund brings and a dollar less costs: worked out by hand, and by solving again."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation import money_sides
from budgetopt.allocation.money_sides import funds_that_bring
from budgetopt.formulation import formulate
from budgetopt.report.figures.limit_lines import limits_of
from budgetopt.report.figures.numbers import Numbers
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of
from measures import best_value, few
from strategies import CONVEX, cases


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def sides(document: dict[str, Any]) -> list[tuple[float, float]]:
    table = bo.solve(Scenario.from_document(document)).funds
    return list(zip(table["price"].tolist(), table["price_less"].tolist(), strict=True))


def test_the_first_dollar_of_all_keeps_a_share_of_itself_as_a_reserve() -> None:
    """A twenty-first of it is the reserve; a solver's tolerance is as large as a first small step would be."""
    programs = {"a": rated(0.0001), "b": {"outcomes": {"good": {"curve": [[0, 0], [100_000, 0]]}}}}
    fund = {"carryover": False, "reserve": {"at_least": "5%", "of": "spending"}, "revenue": 0}
    document = document_of(programs, funds={"general": fund})
    assert sides(document)[0][0] == pytest.approx(0.0001 / 1.05)
    table = bo.prices(Scenario.from_document(document))
    assert table["relief"].iloc[0] == pytest.approx(0.0001 / 1.05)


def test_the_money_runs_out_just_where_a_ceiling_does() -> None:
    programs = {"a": rated(3, spending={"at_most": 60}), "b": rated(1, spending={"at_most": 40})}
    assert sides(document_of(programs, revenue=100)) == [(pytest.approx(0), pytest.approx(1))]
    # one dollar brings 1, one less costs 3
    programs["b"] = rated(1)
    assert sides(document_of(programs, revenue=60)) == [(pytest.approx(1), pytest.approx(3))]
    assert sides(document_of(programs, revenue=70)) == [(pytest.approx(1), pytest.approx(1))]
    # a floor that takes all money: with less there is no plan
    programs["a"] = rated(3, spending={"at_least": 60})
    (price,) = sides(document_of(programs, revenue=60))
    assert price[0] == pytest.approx(3)
    assert math.isnan(price[1])


def test_the_first_dollar_of_revenue_moves_all_that_depends_on_it() -> None:
    # of each dollar of recurring revenue a quarter is kept, and structural balance lets nothing else be spent
    reserve = {"at_least": "25%", "of": "revenue"}
    general = {"revenue": {"FY1": 100}, "reserve": reserve, "structural_balance": True, "one_time": {"FY2": 40}}
    document = document_of({"a": rated(2)}, periods=LATER[:2], revenue=0)
    document["funds"] = {"general": general}
    found = sides(document)
    # three quarters of the first year's revenue are spent
    assert found[0] == (pytest.approx(1.5), pytest.approx(1.5))
    step = bo.solve(
        Scenario.from_document({**document, "funds": {"general": {**general, "revenue": {"FY1": 100, "FY2": 1}}}})
    )
    base = bo.solve(Scenario.from_document(document))
    assert found[1][0] == pytest.approx(step.objective_value - base.objective_value)
    assert math.isnan(found[1][1])


def test_a_first_dollar_that_nobody_can_use_is_worth_nothing() -> None:
    general = {"revenue": {"FY1": 100}, "reserve": {"at_least": "25%", "of": "revenue"}, "structural_balance": True}
    programs = {"a": rated(2, spending={"at_most": {"FY2": 0}})}
    document = document_of(programs, periods=LATER[:2], revenue=0)
    document["funds"] = {"general": general}
    assert sides(document) == [pytest.approx((1.5, 1.5)), pytest.approx((0, math.nan), nan_ok=True)]


def test_each_fund_is_moved_from_where_all_of_them_are() -> None:
    # both have 30 for a, which may have no more than 60
    both = {"funds": ["general", "other"]}
    programs = {"a": rated(3, spending={"at_most": 60}, **both), "b": rated(1, **both)}
    document = document_of(programs, 30, funds={"other": {"revenue": 30, "carryover": False}})
    assert sides(document) == [pytest.approx((1, 3))] * 2
    ceiling = {"name": "k", "sum": "spending", "where": {"program": "a"}, "at_most": 60}
    programs = {"a": rated(3, **both), "b": rated(1, **both)}
    document = document_of(programs, 30, funds={"other": {"revenue": 30, "carryover": False}}, rules=[ceiling])
    assert sides(document) == [pytest.approx((1, 3))] * 2


def test_of_problems_that_are_too_large_one_price_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_of({"a": rated(3, spending={"at_most": 60}), "b": rated(1)}, revenue=60, periods=LATER[:2])
    # two periods of the fund times two columns or more
    monkeypatch.setattr(money_sides, "MOST", 3)
    for more, less in sides(document):
        assert 1 <= more <= 3
        assert math.isnan(less)
    monkeypatch.setattr(money_sides, "MOST", 1000)
    assert sides(document) == [(pytest.approx(1), pytest.approx(3))] * 2


def test_the_sides_of_two_funds_in_two_years() -> None:
    # a has all that it may have in FY1, c stands at its bend in FY2, and the other fund has nothing in FY1
    bend = {"outcomes": {"good": {"curve": [[0, 0], [30, 60], [50, 70]]}}, "funds": ["other"]}
    programs = {"a": rated(3, spending={"at_most": 60}, funds=["general"]), "b": rated(1, funds=["general"]), "c": bend}
    document = document_of(
        programs, {"FY1": 60, "FY2": 50}, LATER[:2], funds={"other": {"revenue": {"FY2": 30}, "carryover": False}}
    )
    expected = [(1, 3), (3, 3), (2, math.nan), (0.5, 2)]
    assert sides(document) == [pytest.approx(pair, rel=1e-6, nan_ok=True) for pair in expected]


def test_where_less_is_better_a_dollar_more_is_worth_what_it_saves() -> None:
    # 20 dollars of b bring 60 of the 100 that are asked for, and 40 of a the rest; nothing is left of 60
    programs = {"a": rated(1), "b": rated(3, spending={"at_most": 20})}
    outcomes = {"good": {"weight": 1, "target": {"at_least": 100}}}
    least = document_of(programs, 60, outcomes=outcomes, objective={"minimize": "spending"})
    (found,) = sides(least)
    assert found == pytest.approx((0, math.nan), nan_ok=True)
    # of what is asked for 10 are missing, and each dollar brings one of them; b is full
    goals = document_of(programs, 50, outcomes=outcomes, objective={"minimize": "shortfall from targets"})
    assert sides(goals) == [pytest.approx((1, 1), rel=1e-6)]


def test_no_side_of_a_problem_of_integer_decisions_is_solved_for() -> None:
    programs = {"a": {"packages": [{"cost": 60, "outcomes": {"good": 300}}]}, "b": rated(2)}
    assert sides(document_of(programs)) == [pytest.approx((math.nan, math.nan), nan_ok=True)]


def test_how_many_numbers_a_problem_may_have_for_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = {"a": rated(3, spending={"at_most": 60}), "b": rated(1)}
    scenario = Scenario.from_document(document_of(programs, 60, LATER[:2]))
    problem, given_ = formulate(scenario).linear_program, np.array([[2.0, 2.5]])
    monkeypatch.setattr(money_sides, "MOST", 2 * problem.columns - 1)
    more, less = money_sides.money_on_both_sides(scenario, problem, given_)
    assert more.tolist() == given_.tolist()
    assert np.isnan(less).all()
    monkeypatch.setattr(money_sides, "MOST", 2 * problem.columns)
    more, less = money_sides.money_on_both_sides(scenario, problem, given_)
    assert (more.tolist(), less.tolist()) == ([pytest.approx([1, 1])], [pytest.approx([3, 3])])


def test_both_sides_are_said() -> None:
    programs = {"a": rated(3, spending={"at_most": 60}), "b": rated(1)}
    plan = bo.solve(Scenario.from_document(document_of(programs, revenue=60)))
    more, less = limits_of(plan, Numbers("USD"))[0].price_words.split("; ")
    assert more == "Each $1 more would add 1 to the weighted outcomes"
    assert less == "each dollar less would cost 3 of the weighted outcomes."


@few(1 / 2, at_most=100)
@given(data=st.data())
def test_both_sides_are_what_solving_again_gives(data: st.DataObject) -> None:
    case = data.draw(cases(features=CONVEX, max_programs=5))
    table = bo.solve(case.scenario).funds
    row = table.iloc[data.draw(st.integers(0, len(table) - 1))]
    step = 1.0

    def moved(by: float) -> float | None:
        document = copy.deepcopy(dict(case.document))
        said = document["funds"][row["fund"]]
        now = said.get("revenue", 0)
        each = now if isinstance(now, dict) else dict.fromkeys(document["periods"], now)
        said["revenue"] = {**each, row["period"]: each.get(row["period"], 0) + by}
        return best_value(document)

    now, more = moved(0.0), moved(step)
    assert now is not None
    slack = 1e-3 * step * max(abs(row["price"]), 1e-3) + 2e-8 * abs(now)
    if more is not None and not math.isnan(row["price"]):
        assert more - now == pytest.approx(row["price"] * step, abs=slack)
    if not math.isnan(row["price_less"]) and row["revenue"] >= step:
        less = moved(-step)
        assert less is not None
        assert now - less == pytest.approx(row["price_less"] * step, abs=slack + 1e-3 * abs(row["price_less"]))


def test_a_dollar_of_recurring_revenue_moves_structural_balance_too() -> None:
    # 60 recurring dollars are all for a, up to its bend, and the 40 that come once for b
    bend = {"outcomes": {"good": {"curve": [[0, 0], [60, 180], [90, 210]]}}}
    document = document_of({"a": bend, "b": rated(0.5, recurring=False)}, 60)
    document["funds"]["general"] |= {"one_time": 40, "structural_balance": True}
    assert sides(document) == [pytest.approx((1, 3))]


def gated(rate: float, fund: str, **more: Any) -> dict[str, Any]:
    """Return a program that one fund pays, which is closed or gets at least 2."""
    return {"outcomes": {"good": {"per_dollar": rate}}, "funds": [fund], "if_funded": {"at_least": 2}, **more}


def test_the_funds_are_found_whose_money_brings_more_while_decisions_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """`a` can take more money; `b` is at its ceiling; `c` is held closed, for which its fund has too little."""
    programs = {"a": gated(3, "first"), "b": gated(2, "second", spending={"at_most": 4}), "c": gated(9, "third")}
    document = document_of(programs, periods=["FY1", "FY2"])
    revenues = {"first": 10, "second": 6, "third": 1}
    document["funds"] = {name: {"revenue": revenue, "carryover": False} for name, revenue in revenues.items()}
    scenario = Scenario.from_document(document)
    held = bo.solve(scenario).solver_result.held
    assert held is not None
    assert funds_that_bring(scenario, held).tolist() == [True, False, False]
    # three funds in a problem that is too large for solving again
    monkeypatch.setattr(money_sides, "MOST", 3 * held.program.columns - 1)
    assert funds_that_bring(scenario, held).tolist() == [True, True, True]
    monkeypatch.setattr(money_sides, "MOST", 3 * held.program.columns)
    assert funds_that_bring(scenario, held).tolist() == [True, False, False]


def test_less_of_what_is_bad_is_a_gain_too() -> None:
    document = document_of({"a": {**gated(-3, "first"), "outcomes": {"bad": {"per_dollar": -3}}}})
    document["funds"] = {"first": {"revenue": 5}, "second": {"revenue": 5}}
    document["outcomes"] = {"bad": {"direction": "decrease"}}
    document["objective"] = {"minimize": "bad"}
    scenario = Scenario.from_document(document)
    held = bo.solve(scenario).solver_result.held
    assert held is not None
    assert funds_that_bring(scenario, held).tolist() == [True, False]


def test_a_piece_shorter_than_the_first_step_has_its_price() -> None:
    """Of all the money 1 is a millionth, and just what the program may have: the first step is beyond it."""
    document = document_of({"a": rated(3, spending={"at_most": 1}), "b": {"baseline": 5}}, 1_000_000)
    document["funds"]["general"] |= {"reserve": 1_000_000, "carryover": True}
    ((more, less),) = sides(document)
    assert more == pytest.approx(3)
    # of less the reserve could not be kept
    assert math.isnan(less)
