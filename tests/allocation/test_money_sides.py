"""What a dollar more of a fund brings and a dollar less costs: worked out by hand, and by solving again."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation import money_sides
from budgetopt.report.limit_lines import limits_of
from budgetopt.report.numbers import Numbers
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of
from measures import best_value, few
from strategies import CONVEX, cases


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def sides(document: dict[str, Any]) -> list[tuple[float, float]]:
    table = bo.solve(Scenario.from_document(document)).funds
    return list(zip(table["price"].tolist(), table["price_less"].tolist(), strict=True))


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


def test_of_problems_that_are_too_large_one_price_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_of({"a": rated(3, spending={"at_most": 60}), "b": rated(1)}, revenue=60, periods=LATER[:2])
    # two periods of the fund times two columns or more
    monkeypatch.setattr(money_sides, "MOST", 3)
    for more, less in sides(document):
        assert 1 <= more <= 3
        assert math.isnan(less)
    monkeypatch.setattr(money_sides, "MOST", 1000)
    assert sides(document) == [(pytest.approx(1), pytest.approx(3))] * 2


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
