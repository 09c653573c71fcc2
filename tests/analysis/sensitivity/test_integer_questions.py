"""Questions about all-or-nothing decisions, with answers worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis import WhatIf, break_even_factors, figure_prices, prices
from budgetopt.analysis.live_problem.what_if import HELD, UNTOLD, question_about
from budgetopt.analysis.sensitivity.integer_prices import why_in_vain
from budgetopt.analysis.sensitivity.more_or_not import NOT_SOLVED
from budgetopt.analysis.sensitivity.moved_limits import NOT_TOLD
from budgetopt.report.explained.explanation import explain
from budgetopt.report.figures.price_table import price_lines
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario


def stations(money: int = 10, rules: Sequence[dict[str, Any]] = (), **others: tuple[int, float]) -> Scenario:
    """Return stations of which each is one package: its cost and the lives that it saves."""
    offers = {"north": (6, 10), "south": (6, 9), **others}
    programs = {
        name: {"department": "Fire", "packages": [{"name": "all", "cost": f"{cost}M", "outcomes": {"lives": lives}}]}
        for name, (cost, lives) in offers.items()
    }
    funds = {"capital": {"kind": "capital", "one_time": f"{money}M"}}
    document = {"funds": funds, "outcomes": {"lives": {"weight": 1}}, "programs": programs, "rules": list(rules)}
    return Scenario.from_document(document)


@pytest.fixture(params=[False, True], ids=["few", "many"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the integer decisions count as many; they then do, however few there are."""
    if request.param:
        monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 1)
    return bool(request.param)


def factors(scenario: Scenario, program: str) -> dict[tuple[str, bool], float]:
    return {(item.what, item.more): item.factor for item in break_even_factors(scenario, program)}


@pytest.mark.usefixtures("many")
def test_an_unfunded_station_is_funded_from_the_factor_at_which_it_is_as_good() -> None:
    found = factors(stations(), "south")
    assert found["effect", True] == pytest.approx(10 / 9, rel=1e-6)
    # at four millions both are built
    assert found["cost", True] == pytest.approx(4 / 6, rel=1e-6)
    sentences = explain(bo.solve(stations()), "south").sentences
    assert "It would be funded if its effect were 11.1% greater or its cost were 33.3% lower." in sentences


@pytest.mark.usefixtures("many")
def test_a_funded_station_is_dropped_from_the_factor_at_which_it_is_as_good() -> None:
    found = factors(stations(), "north")
    assert found["effect", False] == pytest.approx(9 / 10, rel=1e-6)
    assert found["cost", False] == pytest.approx(10 / 6, rel=1e-6)
    assert ("effect", True) in found
    assert found["effect", True] != found["effect", True]


def test_of_three_plans_the_factor_is_where_the_last_lines_meet() -> None:
    # of 12 millions: north and south bring 19; west costs 11 and brings 5, so that it takes 3.8 times its effect
    assert factors(stations(12, west=(11, 5)), "west")["effect", True] == pytest.approx(19 / 5, rel=1e-6)
    # with 17 millions west and one of the others fit: 10 with it against 19, of which 9 are north's
    assert factors(stations(17, west=(11, 5)), "west")["effect", True] == pytest.approx(9 / 5, rel=1e-6)


def test_a_factor_that_the_searches_do_not_find_is_not_said_not_to_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetopt.analysis.sensitivity.more_or_not.SECONDS", -1.0)
    found = break_even_factors(stations(), "south", kinds=("effect",))
    assert [item.unknown for item in found] == [NOT_SOLVED]
    text = str(explain(bo.solve(stations()), "south"))
    assert "up to a hundredfold" not in text
    assert f"How much its effect, cost or weight would have to change is not worked out: {NOT_SOLVED}." in text


@pytest.mark.usefixtures("many")
def test_money_of_packages_has_no_price_up_to_the_next_package_and_what_that_brings() -> None:
    (row,) = prices(stations()).to_dict("records")
    # two more millions build south; with less than six north falls, too
    assert (row["relief"], row["relief_until"], row["relief_then"]) == pytest.approx((0, 12e6, 9))
    assert (row["tightening"], row["tightening_until"], row["tightening_then"]) == pytest.approx((0, 6e6, 10))


def test_money_that_buys_nothing_more_has_no_price_without_end() -> None:
    (row,) = prices(stations(13)).to_dict("records")
    assert (row["relief"], row["relief_until"]) == (0, float("inf"))
    assert row["tightening_until"] == pytest.approx(12e6)
    assert row["tightening_then"] == pytest.approx(9)


def test_a_price_that_one_percent_shows_is_that_of_one_percent() -> None:
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {
            "pool": {"packages": [{"name": "all", "cost": 60, "outcomes": {"visits": 300}}]},
            "library": {"outcomes": {"visits": {"per_dollar": 2}}},
        },
    }
    (row,) = prices(Scenario.from_document(document)).to_dict("records")
    assert (row["relief"], row["relief_until"]) == pytest.approx((2, 101))
    assert (row["tightening"], row["tightening_until"]) == pytest.approx((2, 99))
    # it changes by degrees
    assert [key for key, value in row.items() if value != value] == [
        "relief_first", "relief_then", "tightening_first", "tightening_then", "total_cost"
    ]  # fmt: skip


def test_a_step_within_one_percent_is_said_beside_what_one_percent_brings() -> None:
    # of 1,000: with 1,004 the second project is built, too; with less than 1,000 the first falls
    first, second = ({"packages": [{"name": "all", "cost": cost, "outcomes": {"lives": 4}}]} for cost in (1000, 4))
    document = {
        "funds": {"general": {"revenue": 1000}},
        "outcomes": {"lives": {"weight": 1}},
        "programs": {"first": first, "second": second},
        "rules": [{"name": "Begun", "requires": {"program": "second", "needs": "first"}}],
    }
    (row,) = prices(Scenario.from_document(document), only=[Provision("money", "general")]).to_dict("records")
    assert (row["relief"], row["relief_until"]) == pytest.approx((0.4, 1010))
    assert (row["relief_first"], row["relief_then"]) == pytest.approx((1004, 4), rel=1e-5)
    assert (row["tightening"], row["tightening_until"]) == pytest.approx((0.4, 990))
    assert (row["tightening_first"], row["tightening_then"]) == pytest.approx((1000, 4), rel=1e-5)


def mixed() -> Scenario:
    """Return a pool that is all or nothing beside a library that is not, and money enough for more than the pool."""
    pool = {"packages": [{"name": "all", "cost": 60, "outcomes": {"visits": 300}}]}
    library = {"outcomes": {"visits": {"per_dollar": 2}}}
    rule = {"name": "Pool", "count": "funded", "where": {"program": "pool"}, "at_least": 1}
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {"pool": pool, "library": library},
        "rules": [rule],
    }
    return Scenario.from_document(document)


def test_a_price_that_the_gap_hides_is_that_of_the_decisions_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = bo.solve(mixed())
    free = prices(plan, only=[Provision("money", "general")])
    assert free["decisions"].tolist() == ["free"]
    monkeypatch.setattr("budgetopt.analysis.sensitivity.moved_limits.blur", lambda _: 1e3)
    held = prices(plan, only=[Provision("money", "general")])
    assert held["decisions"].tolist() == ["held"]
    assert (held["relief"][0], held["relief_until"][0]) == pytest.approx((2, float("inf")))
    # the pool itself cannot be paid with less
    assert (held["tightening"][0], held["tightening_until"][0]) == pytest.approx((2, 60))
    assert held["method"][0].startswith(f"{HELD}{UNTOLD}the searches do not end in time")
    text = "\n".join(price_lines(plan, held))
    assert "held: worked out with these decisions as they are in the plan" in text
    assert "free: solved again" not in text


def test_a_question_without_a_plan_to_hold_says_why_it_has_no_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetopt.analysis.sensitivity.moved_limits.blur", lambda _: 1e3)
    scenario = mixed()
    table = prices(bo.solve(scenario), only=[Provision("money", "general")], question=WhatIf(scenario))
    assert table["relief"].isna().tolist() == [True]
    assert "the searches do not end in time" in table["method"][0]
    text = "\n".join(price_lines(bo.solve(scenario), table))
    assert "Blank: the searches do not end in time" in text


def test_a_search_that_the_relaxation_shows_to_be_in_vain_is_left_out(
    many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = bo.solve(mixed())
    question = question_about(plan, exact=True)
    base = question.as_is()
    assert why_in_vain(question, replace(base, bound=base.objective + 1.0), 5.0) == ("" if not many else NOT_TOLD)
    assert why_in_vain(question, base, 5.0) == ""
    monkeypatch.setattr("budgetopt.analysis.sensitivity.integer_prices.LONGEST", -1.0)
    assert "together" in why_in_vain(question, base, 5.0)


def test_the_price_of_a_figure_that_the_gap_hides_is_that_of_the_decisions_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = bo.solve(mixed())
    (free,) = figure_prices(plan, "funds.general.revenue").to_dict("records")
    assert free["method"] == "solved again with the figure moved by 1%"
    assert (free["more"], free["less"]) == pytest.approx((2, -2))
    monkeypatch.setattr("budgetopt.analysis.sensitivity.moved_limits.blur", lambda _: 1e3)
    (held,) = figure_prices(plan, "funds.general.revenue").to_dict("records")
    assert held["method"].startswith(f"{HELD}{UNTOLD}the searches")
    assert (held["more"], held["less"], held["less_until"]) == pytest.approx((2, -2, 60))


def test_an_unknown_cost_of_a_rule_is_said_not_to_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = stations(12, rules=[{"name": "One", "count": "funded", "where": {"department": "Fire"}, "at_most": 1}])
    assert "Without it the best plan would add 9 to the weighted outcomes." in str(explain(bo.solve(scenario), "One"))
    monkeypatch.setattr("budgetopt.analysis.sensitivity.total_costs.blur", lambda _: 1.0)
    text = str(explain(bo.solve(scenario), "One"))
    assert "What dropping it would gain is not worked out: the searches" in text
    assert "With the all-or-nothing decisions as they are, it would gain nothing." in text


def test_the_price_of_one_year_of_a_growing_revenue_leaves_the_other_years_as_they_grow() -> None:
    document = {
        "periods": ["Y1", "Y2"],
        "funds": {"general": {"revenue": 100, "growth": "10%"}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {"library": {"outcomes": {"visits": {"per_dollar": 2}}}},
    }
    table = figure_prices(Scenario.from_document(document), "funds.general.revenue.Y1", "funds.general.revenue.Y2")
    assert table["value"].tolist() == pytest.approx([100, 110])
    assert table["more"].tolist() == pytest.approx([2, 2])
    assert table["less"].tolist() == pytest.approx([-2, -2])


def test_a_fund_of_packages_is_explained_by_the_smallest_useful_amount() -> None:
    text = str(explain(bo.solve(stations()), "capital"))
    assert "The smallest useful amount more is $2 million: it would add 9 to the weighted outcomes." in text
    assert "With less than $6 million, 10 of the weighted outcomes would be lost at once." in text
    assert "a dollar more would change nothing" not in text
    text = str(explain(bo.solve(stations(13)), "capital"))
    assert "Money is not the limit here: more of it would change nothing." in text


def test_a_fund_whose_prices_the_gap_hides_is_explained_with_the_decisions_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = bo.solve(mixed())
    text = str(explain(plan, "general"))
    assert "With $1 more the best plan would add 2 to the weighted outcomes." in text
    assert "With $1 less, 2 of the weighted outcomes would be lost." in text
    monkeypatch.setattr("budgetopt.analysis.sensitivity.moved_limits.blur", lambda _: 1e3)
    text = str(explain(plan, "general"))
    assert "Each dollar more would add 2 to the weighted outcomes." in text
    assert "worked out with the all-or-nothing decisions as they are" in text
