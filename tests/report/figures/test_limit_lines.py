from __future__ import annotations

import math
from typing import Any

import pytest
from tests.report.plans import plan_of, riverton

from budgetopt.allocation import Allocation
from budgetopt.report.figures.limit_lines import Gain, limits_of
from budgetopt.report.figures.numbers import Numbers

USD = Numbers()


def simple(**changes: Any) -> dict[str, Any]:
    """One fund of a thousand dollars, two programs, one of which buys twice as much."""
    return {
        "funds": {"f": {"name": "The fund", "revenue": 1000}},
        "outcomes": {"o": {"unit": "visits", "weight": 3}},
        "programs": {
            "good": {"outcomes": {"o": {"per_dollar": 2}}},
            "poor": {"outcomes": {"o": {"per_dollar": 1}}},
        },
        **changes,
    }


def words(plan: Allocation) -> dict[str, str]:
    return {limit.name: limit.price_words for limit in limits_of(plan, USD) if limit.binding}


def test_money_that_runs_out_has_its_price() -> None:
    (limit,) = limits_of(plan_of(simple()), USD)
    assert (limit.kind, limit.name, limit.sense, limit.price) == ("money", "Money in The fund", "all spent", 6.0)
    assert limit.price_words == "Each $1 more would add 6 to the weighted outcomes."


def test_a_dollar_that_is_only_kept_is_no_limit() -> None:
    """With a dollar more the outcomes stay as they are; a rule that holds moves outcomes and unspent money."""
    sought = {"maximize": "weighted outcomes", "unspent_worth": 4}
    effects = {"good": {"curve": [[0, 0], [300, 600]]}, "poor": {"per_dollar": 1}}
    programs = {name: {"outcomes": {"o": effect}} for name, effect in effects.items()}
    document = simple(objective=sought, programs=programs)
    assert words(plan_of(document)) == {}
    more = {**document, "funds": {"f": {"revenue": 1100}}}
    assert plan_of(more).outcomes["level"].tolist() == plan_of(document).outcomes["level"].tolist() == [600]
    rule = {"name": "Cap", "sum": "spending", "where": {"program": "good"}, "at_most": 200}
    capped = plan_of({**document, "rules": [rule]})
    assert words(capped) == {"Cap": "Each $1 more allowed would add 2 to the objective with its unspent money."}
    rule["at_most"] = 201
    looser = plan_of({**document, "rules": [rule]})
    assert looser.objective_value - capped.objective_value == pytest.approx(2)
    assert looser.outcomes["level"].sum() * 3 - capped.outcomes["level"].sum() * 3 == pytest.approx(6)
    # a dollar that buys more than it is worth by itself still has its price
    scarce = plan_of({**document, "funds": {"f": {"name": "The fund", "revenue": 200}}})
    assert words(scarce) == {"Money in The fund": "Each $1 more would add 6 to the objective with its unspent money."}


def test_money_left_by_rounding_is_all_spent() -> None:
    (limit,) = limits_of(plan_of(simple(round_to=100, funds={"f": {"revenue": 1050}})), USD)
    assert (limit.name, limit.sense) == ("Money in f", "all spent, but for the rounding of amounts")


def test_other_limits_are_said_to_follow_revenue_only_where_the_fund_has_some() -> None:
    """What is left of the first year is spent in the second one."""
    document = {**simple(), "periods": ["Y1", "Y2"], "funds": {"f": {"revenue": {"Y1": 1000, "Y2": 100}}}}
    document["programs"] = {"good": {"outcomes": {"o": {"per_dollar": 2}}, "spending": {"at_most": 700}}}
    found = {(limit.name, limit.period): limit.sense for limit in limits_of(plan_of(document), USD) if limit.binding}
    assert found["Recurring revenue of f", "Y1"] == "not all spent"
    assert found["Money in f", "Y2"] == "all spent"


def test_a_rule_says_what_relief_gains_with_its_reason() -> None:
    rule = {
        "name": "Poor first",
        "because": "A promise",
        "sum": "spending",
        "where": {"program": "poor"},
        "at_least": 400,
    }
    limits = {limit.name: limit for limit in limits_of(plan_of(simple(rules=[rule])), USD)}
    limit = limits["Poor first"]
    assert (limit.value, limit.bound, limit.because) == ("$400", "at least $400", "A promise")
    assert limit.price_words == "Each $1 less asked for would add 3 to the weighted outcomes."


def test_a_share_is_shown_beside_the_amount() -> None:
    rule = {
        "name": "A third",
        "sum": "spending",
        "where": {"program": "poor"},
        "at_least": "33.4%",
        "of": "total spending",
    }
    limits = {limit.name: limit for limit in limits_of(plan_of(simple(rules=[rule])), USD)}
    assert limits["A third"].bound == "at least $334 (33.4% of total spending)"


def test_a_limit_from_above_is_relieved_by_more() -> None:
    rule = {"name": "No more", "sum": "outcome o", "at_most": 500}
    limits = {limit.name: limit for limit in limits_of(plan_of(simple(rules=[rule])), USD)}
    assert limits["No more"].bound == "at most 500 visits"
    assert limits["No more"].price_words == "Each visit more allowed would add 3 to the weighted outcomes."
    assert "Money in The fund" not in limits


def test_a_target_is_priced_in_what_is_sought() -> None:
    document = simple(objective={"minimize": "spending"})
    document["outcomes"]["o"]["target"] = {"at_least": 600, "because": "The plan of 2024"}
    assert words(plan_of(document)) == {"Target for o": "Each visit less asked for would save $0.50."}


def test_a_single_outcome_is_gained_in_its_own_unit() -> None:
    assert words(plan_of(simple(objective={"maximize": "o"}))) == {
        "Money in The fund": "Each $1 more would add 2 visits."
    }


def test_small_prices_are_said_for_larger_amounts() -> None:
    gain = Gain("weighted outcomes", True, "", USD)
    assert gain.relaxed(0.0042, "", "more") == "Each $1,000 more would add 4.2 to the weighted outcomes."
    assert gain.relaxed(0.000042, "", "more") == "Each $100,000 more would add 4.2 to the weighted outcomes."
    assert gain.relaxed(4.2e-8, "", "more") == "Each $1 million more would add 0.042 to the weighted outcomes."
    assert (
        gain.relaxed(0.5, "people", "more allowed")
        == "Each 1,000 people more allowed would add 500 to the weighted outcomes."
    )


@pytest.mark.parametrize(
    ("what", "unit", "counted", "shown"),
    [
        ("weighted outcomes", "", "weighted outcomes", "1,250"),
        ("o", "visits", "visits", "1,250"),
        ("spending", "", "", "$1,250"),
        ("largest cut", "", "percentage points", "125,000"),
        ("shortfall from targets", "", "shortfall from targets", "1,250"),
    ],
)
def test_a_figure_stands_under_what_it_counts(what: str, unit: str, counted: str, shown: str) -> None:
    gain = Gain(what, True, unit, USD)
    assert (gain.counted_in, gain.figure(1250)) == (counted, shown)


def test_a_change_rule_says_how_many_programs_it_holds(city: Allocation) -> None:
    limits = [limit for limit in limits_of(city, USD) if limit.kind == "rule on change"]
    assert {limit.bound for limit in limits} == {"at most 40% up or down, from the baseline"}
    assert {limit.value for limit in limits} == {"holds 4 of 8 programs"}
    assert all("where it matters most" in limit.price_words for limit in limits)


def test_what_differs_by_its_period_alone_is_said_once(city: Allocation) -> None:
    limits = [limit for limit in limits_of(city, USD) if limit.name == "Money in Water fund"]
    assert [limit.period for limit in limits] == ["FY2027", "FY2028 and FY2029"]


def test_money_comes_first_then_the_dearest_then_what_has_room(city: Allocation) -> None:
    limits = limits_of(city, USD)
    kinds = [limit.kind == "money" for limit in limits]
    assert kinds == sorted(kinds, reverse=True)
    binding = [limit.binding for limit in limits]
    assert binding == sorted(binding, reverse=True)
    dearest: dict[str, float] = {}
    for limit in limits:
        if limit.binding and limit.kind not in ("money", "revenue") and not limit.of_program:
            dearest[limit.name] = max(dearest.get(limit.name, 0.0), limit.stake)
    assert list(dearest.values()) == sorted(dearest.values(), reverse=True)
    of_program = [limit.of_program for limit in limits if limit.binding]
    assert of_program == sorted(of_program)
    assert all(not limit.price_words for limit in limits if not limit.binding)


def test_funds_are_called_by_their_names(city: Allocation) -> None:
    names = {limit.name for limit in limits_of(city, USD)}
    assert {
        "Reserve of General fund",
        "Structural balance of General fund",
        "Transfer from General fund to Capital fund",
    } <= names
    assert {"Target for Library visits", "Public safety floor"} <= names


def test_a_transfer_of_nothing_is_no_limit(city: Allocation) -> None:
    transfers = [limit for limit in limits_of(city, USD) if limit.kind == "transfer"]
    assert {limit.bound for limit in transfers} == {"at most $4 million"}
    # with something to transfer or not, every period stands there
    assert sum(limit.period.count("FY") for limit in transfers) == len(city.scenario.periods)


def test_prices_are_what_a_dollar_more_brings() -> None:
    """The price of money, checked by solving again with a little more of it."""
    document = riverton()
    before = plan_of(document)
    price = before.funds.set_index(["fund", "period"]).loc[("housing_grant", "FY2027"), "price"]
    document["funds"]["housing_grant"]["revenue"]["FY2027"] = 3_001_000
    assert plan_of(document).objective_value - before.objective_value == pytest.approx(1000 * price)
    limits = {(limit.name, limit.period): limit for limit in limits_of(before, USD)}
    limit = limits["Money in Housing grant", "FY2027"]
    assert limit.price_words == f"Each $1,000 more would add {USD.quantity(1000 * price)} to the weighted outcomes."


def test_no_price_is_told_apart_from_a_price_of_nothing(city: Allocation) -> None:
    for limit in limits_of(city, USD):
        if limit.binding and math.isnan(limit.price):
            assert limit.price_words == "No price is worked out for it."
    free = {"name": "Free", "sum": "spending", "where": {"program": "poor"}, "at_most": 0}
    assert words(plan_of(simple(rules=[free])))["Free"] == "Relaxing this limit alone a little would gain nothing."
