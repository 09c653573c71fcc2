"""Ranges, other plans, targets and programs left out over two years and two funds, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.members import FailedMember, Members
from budgetopt.analysis.near_optimal import alternatives as alternatives_module
from budgetopt.analysis.near_optimal import replacement
from budgetopt.analysis.near_optimal.reach import _in_cents

YEARS = ["y1", "y2"]


def cheapest(**more: Any) -> bo.Scenario:
    """Return a town that spends as little as brings 100 a year: 50 dollars of a, which bring 2 each; those of b 1."""
    document: dict[str, Any] = {
        "periods": YEARS,
        "funds": {"general": {"revenue": 90}},
        "outcomes": {"good": {"target": {"at_least": 100}}},
        "programs": {"a": {"outcomes": {"good": {"per_dollar": 2}}}, "b": {"outcomes": {"good": {"per_dollar": 1}}}},
        "objective": {"minimize": "spending"},
    }
    return bo.Scenario.from_document({**document, **more})


def test_ranges_and_plans_where_less_is_better() -> None:
    found = bo.alternatives(cheapest(), within=0.1, count=1)
    # of 110 dollars: 90 of a with 20 of b, or all for a
    assert found.least.tolist() == pytest.approx([90, 0])
    assert found.most.tolist() == pytest.approx([110, 20])
    assert found.ranges["freedom"].tolist() == pytest.approx([20, 20])
    assert found.ranges["plan"].tolist() == [100, 0]
    (plan,) = found.plans
    # 10 less of a and 20 more of b
    assert found.summary["difference"].tolist() == pytest.approx([30])
    assert found.summary["most"].tolist() == pytest.approx([30], rel=0.02)
    assert found.summary["value"].tolist() == pytest.approx([110])
    assert found.summary["lost"].tolist() == pytest.approx([0.1])
    assert found.summary["plan"].tolist() == ["plan 1"]
    assert found.programs[["best", "plan 1"]].to_numpy().tolist() == [[100, 90], [0, 20]]
    assert plan.proved
    html = found._repr_html_()
    assert ">110</td>" in html
    assert "<th>0</th>" not in html
    # more is better: what is lost counts downwards
    better = bo.alternatives(cheapest(objective={"maximize": "good"}), within=0.1, count=1)
    assert better.summary["lost"].tolist() == pytest.approx([0.1])


class Recorder:
    """A live model that is asked nothing, and says how it was made."""

    options: Any = None
    termination: Any = "time limit"

    def __init__(self, _: object, options: object) -> None:
        Recorder.options = options

    def __getattr__(self, name: str) -> Any:
        return lambda *_: SimpleNamespace(x=None, termination=self.termination, objective=0.0)


PACKAGE = {"packages": [{"name": "c", "cost": 5, "outcomes": {"good": 1}}]}


def test_searches_that_end_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = bo.solve(cheapest())
    with_package = bo.solve(cheapest(programs={"a": {"outcomes": {"good": {"per_dollar": 2}}}, "c": PACKAGE}))
    monkeypatch.setattr(alternatives_module, "LiveModel", Recorder)
    monkeypatch.setattr(replacement, "LiveModel", Recorder)
    found = bo.alternatives(plan, count=0, time_limit=8)
    assert [one.number for one in found.failed] == [0, 1, 2, 3]
    assert found.failed[0].reason == "the search ended without a plan: time limit"
    assert np.isnan(found.least).all()
    assert np.isnan(found.most).all()
    assert not found.proved.any()
    assert found.ranges.empty
    # where there are integer decisions, a quarter of the time is for each side of a range
    assert Recorder.options.time_limit is None
    bo.alternatives(with_package, count=0, time_limit=8)
    assert Recorder.options.time_limit == 2
    table = bo.replacement_values(with_package)
    assert table["note"].tolist() == ["the search ended without a plan: time limit"] * 2
    assert Recorder.options.time_limit == replacement.SECONDS
    bo.replacement_values(with_package, time_limit=3)
    assert Recorder.options.time_limit == 3
    bo.replacement_values(plan)
    assert Recorder.options.time_limit is None


def test_what_is_told_of_programs_left_out() -> None:
    plan = bo.solve(cheapest())
    answers = {0: (150.0, ""), 1: (100.0 + 0.9e-7, "not proved")}
    table = replacement._table(plan, np.array([0, 1]), Members(answers, (), 2))
    assert table["value"].tolist() == [150, 100 + 0.9e-7]
    # the spending of both years, of which less is better; below a billionth of the value is rounding
    assert table["lost"].tolist() == [50, 0]
    assert table["lost_share"].tolist() == [0.5, 0]
    assert table["spending"].tolist() == [100, 0]
    assert table["lost_per_dollar"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert table["note"].tolist() == ["", "not proved"]
    beyond = replacement._table(plan, np.array([1]), Members({0: (100 + 1.1e-7, "")}, (), 1))
    assert beyond["lost"].tolist() == pytest.approx([1.1e-7])
    rest = replacement._table(plan, np.array([1, 0]), Members({}, (FailedMember(1, "no time"),), 2, True))
    assert rest["note"].tolist() == ["interrupted", "no time"]
    assert rest["program"].tolist() == ["b", "a"]
    assert rest["value"].isna().all()


def test_a_program_left_out_over_two_years_and_funds() -> None:
    funds = {
        "general": {"revenue": {"y1": 50, "y2": 90}, "carryover": False},
        "fees": {"revenue": 5, "carryover": False},
    }
    programs = {
        "a": {"outcomes": {"good": {"curve": [[0, 0], [40, 80]]}}},
        "b": {"outcomes": {"good": {"per_dollar": 1}}},
        "c": {"packages": [{"name": "c", "cost": 10, "outcomes": {"good": 25}}]},
    }
    scenario = cheapest(
        funds=funds, programs=programs, outcomes={"good": {"weight": 2}}, objective={"maximize": "weighted outcomes"}
    )
    table = bo.replacement_values(scenario)
    # 55 dollars bring 80 + 25 + 5, and 95 bring 80 + 25 + 45: 260, each worth 2
    assert table["spending"].tolist() == [80, 50, 20]
    # without a, b gets its 40 a year; without b nothing does; without c, b gets its 10
    assert table["value"].tolist() == [2 * 180, 2 * 210, 2 * 230]
    assert table["lost"].tolist() == [160, 100, 60]
    assert table["lost_per_dollar"].tolist() == [2, 2, 3]
    assert table["lost_share"].tolist() == pytest.approx([160 / 520, 100 / 520, 60 / 520])


def reached(target: float, *funds: str, **options: Any) -> bo.Reach:
    scenario = bo.Scenario.from_document({
        "periods": YEARS,
        "funds": {
            "general": {"kind": "general", "revenue": {"y1": 100, "y2": 60}, "carryover": False},
            "fees": {"kind": "special_revenue", "revenue": 10, "carryover": False, "only": {"program": "books"}},
        },
        "outcomes": {"visits": {"unit": "visits", "weight": 1}, "fun": {"unit": "laughs", "weight": 0.1}},
        "programs": {
            "park": {"outcomes": {"visits": {"per_dollar": 0.5}, "fun": {"per_dollar": 1}}, "funds": ["general"]},
            "books": {"outcomes": {"visits": {"per_dollar": 1}}, "spending": {"at_most": 20}, "funds": ["fees"]},
        },
    })  # fmt: skip
    return bo.reach(scenario, {"visits": target}, funds=funds, **options)


def test_which_fund_gets_money_in_which_year() -> None:
    # 100 and 60 for the park and 10 for books bring 60 and 40: 20 and 60 more of the park bring both to 70
    found = reached(70)
    assert found.money.tolist() == [[20, 60], [0, 0]]
    assert found.plan.spending.sum(axis=1).tolist() == [[120, 120], [10, 10]]
    assert (found.added, found.new_money) == (80, 80)
    assert found.start.plan.spending.sum(axis=1).tolist() == [[100, 60], [10, 10]]
    assert found.scenario.revenue("general").tolist() == [120, 120]
    assert found.scenario.revenue("fees").tolist() == [10, 10]
    assert found.moves["period"].tolist() == YEARS
    assert found.moves["change"].tolist() == [20, 60]
    assert found.outcomes.loc["visits"].tolist() == [100, 140, 40, "visits"]
    assert found.outcomes.loc["fun"].tolist() == [160, 240, 80, "laughs"]
    html = found._repr_html_()
    assert ">60</td>" in html
    assert "<th>0</th>" not in html
    # of books a dollar brings twice as much
    for funds in (["fees"], ["fees", "general"], ["general", "fees"]):
        found = reached(50, *funds)
        assert found.money.tolist() == [[0, 0], [0, 10]]
        assert found.funds.to_dict("records") == [{"fund": "fees", "period": "y2", "money": 10.0, "unit": "USD"}]
    # half a dollar is money too
    assert reached(40.5, "fees").funds["money"].tolist() == [0.5]
    with pytest.raises(bo.InfeasibleError):
        reached(51, "fees")


def test_money_is_rounded_up_to_cents() -> None:
    money = np.array([[0.004, 0.006], [12.001, 12.0]])
    assert _in_cents(money, 0.01).tolist() == [[0, 0.01], [12.01, 12]]


def test_packages_that_are_taken_are_kept() -> None:
    programs = {
        "hall": {
            "packages": [
                {"name": "one", "cost": 6, "outcomes": {"fun": 9}},
                {"name": "two", "cost": 5, "outcomes": {"fun": 1, "visits": 4}},
            ]
        },
        "desk": {"packages": [{"name": "desk", "cost": 4, "outcomes": {"visits": 3}}], "choose": "one"},
    }
    scenario = bo.Scenario.from_document({
        "funds": {"general": {"revenue": 8}}, "programs": programs,
        "outcomes": {"fun": {"weight": 1}, "visits": {"weight": 0.1}},
    })  # fmt: skip
    # the hall's first package is taken and stays; its second one costs 5 and brings 4 visits, and the desk 3 for 4
    found = bo.reach(scenario, {"visits": 3})
    assert found.plan.packages is not None
    assert found.plan.packages[:, 0].tolist() == [True, False, True]
    assert (found.added, found.new_money) == (4, 2)
    assert bo.reach(scenario, {"visits": 4}).plan.packages[:, 0].tolist() == [True, True, False]
    free = bo.reach(scenario, {"visits": 3}, keep=False)
    assert (free.plan.packages[:, 0].tolist(), free.new_money) == ([False, False, True], 0)
