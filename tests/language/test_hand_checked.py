"""One tiny scenario for each thing that the language can say, with its answer worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.errors import InfeasibleError
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of, levels, solved, spent, taken
from strategies import unchecked


def dollars(rate: float, **more: Any) -> dict[str, Any]:
    """Return a program that brings so much of ``good`` for each dollar."""
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


THREE = [
    {"name": "a", "cost": 40, "outcomes": {"good": 100}},
    {"name": "b", "cost": 30, "outcomes": {"good": 30}},
    {"name": "c", "cost": 20, "outcomes": {"good": 80}},
]


class TestPackages:
    def test_in_order(self) -> None:
        # a 100 + b 30 + c 80 = 210 cost all of 90; a alone and 50 dollars elsewhere bring 100 + 50 = 150
        plan = solved({"p": {"packages": THREE}, "q": dollars(1)}, 210, revenue=90)
        assert taken(plan, "p") == [[0], [0], [0]]
        # with 80: a and b leave 10: 140; a leaves 40: 140.8 at 1.02 a dollar; c cannot come without b
        plan = solved({"p": {"packages": THREE}, "q": dollars(1.02)}, 140.8, revenue=80)
        assert taken(plan, "p") == [[0], [], []]
        assert spent(plan, "q") == [40]

    def test_any(self) -> None:
        # with 80: a and c cost 60 and bring 180, and 20 dollars elsewhere 20.4
        plan = solved({"p": {"packages": THREE, "choose": "any"}, "q": dollars(1.02)}, 200.4, revenue=80)
        assert taken(plan, "p") == [[0], [], [0]]

    def test_one(self) -> None:
        # c: 80 + 60 * 1.02 = 141.2; a: 100 + 40 * 1.02 = 140.8
        plan = solved({"p": {"packages": THREE, "choose": "one"}, "q": dollars(1.02)}, 141.2, revenue=80)
        assert taken(plan, "p") == [[], [], [0]]

    def test_anew_in_each_period(self) -> None:
        # FY1 has 40: a; FY2 has 20: nothing fits, c only after b; FY3 has 70: a and b
        programs = {"p": {"packages": THREE}}
        plan = solved(programs, 230, revenue={"FY1": 40, "FY2": 20, "FY3": 70}, periods=LATER)
        assert taken(plan, "p") == [[0, 2], [2], []]
        assert spent(plan, "p") == [40, 0, 70]

    def test_the_limits_of_a_program_hold_for_its_packages(self) -> None:
        # at most 60: a alone, or with `any` a and c
        programs: dict[str, Any] = {"p": {"packages": THREE, "choose": "any", "spending": {"at_most": 59}}}
        assert taken(solved(programs, 110, revenue=100), "p") == [[], [0], [0]]
        programs["p"]["spending"] = {"at_least": 61}
        assert taken(solved(programs, 210, revenue=100), "p") == [[0], [0], [0]]

    def test_two_funds_share_the_cost(self) -> None:
        # neither fund has 40, both together have
        programs = {"p": {"packages": [{"cost": 40, "outcomes": {"good": 1}}]}}
        funds = {"general": {"revenue": 25}, "other": {"revenue": 15}}
        plan = solved(programs, 1, funds=funds)
        assert (spent(plan, "p", "general"), spent(plan, "p", "other")) == ([25], [15])


BRIDGE = {"name": "bridge", "cost": [20, 50, 10], "outcomes": {"good": 5}}


class TestProjects:
    def test_costs_and_outcomes_shift_with_the_start(self) -> None:
        # Five years; the 50 are there from FY3 on, so it starts in FY2 and opens in FY4: two periods of 5
        revenue = {"FY1": 100, "FY2": 20, "FY3": 50, "FY4": 10, "FY5": 50}
        periods = ("FY1", "FY2", "FY3", "FY4", "FY5")
        programs = {"p": {"packages": [BRIDGE], "choose": "one"}}
        plan = solved(programs, 10, revenue=revenue, periods=periods)
        assert taken(plan, "p") == [[1]]
        assert spent(plan, "p") == [0, 20, 50, 10, 0]
        assert levels(plan) == [0, 0, 0, 5, 5]
        # and only in FY3 if it says so: it opens in FY5
        programs["p"]["start"] = ["FY3"]
        revenue["FY4"] = 50
        plan = solved(programs, 5, revenue=revenue, periods=periods)
        assert spent(plan, "p") == [0, 0, 20, 50, 10]

    def test_opens_after_and_then_costs(self) -> None:
        # open two periods after its start, though paid for in one; from then on it costs 3 a period
        library = {"cost": 20, "opens_after": 2, "then_costs": 3, "outcomes": {"good": 7}}
        plan = solved({"p": {"packages": [library]}}, 14, revenue=50, periods=("FY1", "FY2", "FY3", "FY4"))
        assert spent(plan, "p") == [20, 0, 3, 3]
        assert levels(plan) == [0, 0, 7, 7]
        # costing two years and open at once: the recurring cost comes after the years of its cost
        library = {"cost": [20, 10], "opens_after": 0, "then_costs": 3, "outcomes": {"good": 7}}
        plan = solved({"p": {"packages": [library]}}, 21, revenue=50, periods=LATER)
        assert spent(plan, "p") == [20, 10, 3]
        assert levels(plan) == [7, 7, 7]

    def test_a_project_that_does_not_end_in_time_is_not_started(self) -> None:
        # it would open in a fourth period
        plan = solved({"p": {"packages": [{**BRIDGE, "opens_after": 3}]}, "q": dollars(0.01)}, 3, periods=LATER)
        assert taken(plan, "p") == [[]]

    def test_in_order_means_not_before_the_one_before_it(self) -> None:
        # the second is worth more and costs less; it waits for the first, which fits only from FY2 on
        first = {"cost": 40, "opens_after": 0, "outcomes": {"good": 1}}
        second = {"cost": 10, "opens_after": 0, "outcomes": {"good": 5}}
        revenue = {"FY1": 30, "FY2": 45, "FY3": 45}
        # first in FY2 (2 periods of 1), then 5 left: second in FY3 (1 period of 5) = 7
        plan = solved({"p": {"packages": [first, second]}}, 7, revenue=revenue, periods=LATER)
        assert taken(plan, "p") == [[1], [2]]
        # any: the second in FY1 (15) and the first in FY2 (2)
        plan = solved({"p": {"packages": [first, second], "choose": "any"}}, 17, revenue=revenue, periods=LATER)
        assert taken(plan, "p") == [[1], [0]]
        # one of them, once and for all: the second in FY1
        plan = solved({"p": {"packages": [first, second], "choose": "one"}}, 15, revenue=revenue, periods=LATER)
        assert taken(plan, "p") == [[], [0]]

    def test_a_project_is_started_once(self) -> None:
        # twice would bring twice as much for the same money
        plan = solved({"p": {"packages": [{"cost": [5, 5], "outcomes": {"good": 5}}]}}, 10, periods=LATER)
        assert taken(plan, "p") == [[0]]


class TestOpenDoors:
    def test_nothing_or_at_least(self) -> None:
        # 60 for p bring 120, and 40 for q 40; with 50 p is closed
        programs = {"p": dollars(2, if_funded={"at_least": 60}, spending={"at_most": 60}), "q": dollars(1)}
        assert spent(solved(programs, 160), "p") == [60]
        assert spent(solved(programs, 50, revenue=50), "p") == [0]

    def test_a_fixed_cost_buys_nothing(self) -> None:
        # p: (100 - 30) * 2 = 140 beats 100; with 50 it brings 40, less than the 50 of q
        programs = {"p": dollars(2, if_funded={"fixed_cost": 30}), "q": dollars(1)}
        assert spent(solved(programs, 140), "p") == [100]
        assert spent(solved(programs, 50, revenue=50), "p") == [0]

    def test_a_fixed_cost_before_a_curve(self) -> None:
        # 20 of fixed cost, then 10 units for the first 40 and 2 for the next 40, which bring 4 elsewhere
        curve = {"good": {"curve": [[0, 0], [40, 10], [80, 12]]}}
        programs = {"p": {"if_funded": {"fixed_cost": 20}, "outcomes": curve}, "q": dollars(0.1)}
        plan = solved(programs, 14)
        assert (spent(plan, "p"), spent(plan, "q")) == ([60], [40])

    def test_by_two_funds(self) -> None:
        # general has 40 and the other 30: only together do they open doors of 50, and 20 then buy 40
        funds = {"general": {"revenue": 40}, "other": {"revenue": 30}}
        plan = solved({"p": dollars(2, if_funded={"at_least": 50, "fixed_cost": 50})}, 40, funds=funds)
        assert spent(plan, "p") == [70]


class TestCurves:
    def test_an_s_curve(self) -> None:
        # nothing for the first 50, then 100 for the next 20: with 60 it brings 50, less than 60 * 0.9 = 54
        curve = {"good": {"curve": [[0, 0], [50, 0], [70, 100]]}}
        programs = {"p": {"outcomes": curve}, "q": dollars(0.9)}
        assert spent(solved(programs, 54, revenue=60), "p") == [0]
        # with 65: 75 beats 58.5; with 80: 100 and 10 dollars elsewhere
        assert spent(solved(programs, 75, revenue=65), "p") == [65]
        assert spent(solved(programs, 109, revenue=80), "p") == [70]

    def test_two_outcomes_of_different_shape_share_one_spending(self) -> None:
        # good: 1 a dollar up to 40, then nothing; harm, worth -1 each, falls from 60 to 0 between 40 and 60.
        # Up to 40 a dollar is worth 1, from 40 to 60 it is worth 3, then nothing
        outcomes = {
            "good": {"curve": [[0, 0], [40, 40]]},
            "harm": {"curve": [[0, 60], [40, 60], [60, 0]]},
        }
        kinds = {"good": {"weight": 1}, "harm": {"weight": 1, "direction": "decrease"}}
        programs = {"p": {"outcomes": outcomes}, "q": dollars(1.2)}
        # with 50: all in p: 40 - 30 = 10; all in q: 60 - 60 = 0
        plan = solved(programs, 10, revenue=50, outcomes=kinds)
        assert (levels(plan), levels(plan, "harm")) == ([40], [30])

    def test_a_limit_from_above_on_a_concave_outcome_is_exact(self) -> None:
        # p: 2 a dollar up to 20 dollars, then 1; at most 50 units may come of it, so 30 dollars, and 20 in q at 0.1.
        # Filling the second segment alone would seem to allow 50 dollars
        curve = {"good": {"curve": [[0, 0], [20, 40], [60, 80]]}, "waste": {"curve": [[0, 0], [20, 40], [60, 80]]}}
        rule = {"name": "Cap", "sum": "outcome waste", "at_most": 50}
        programs = {"p": {"outcomes": curve}, "q": dollars(0.1)}
        plan = solved(programs, 52, revenue=50, outcomes={"waste": {"unit": "tons"}}, rules=[rule])
        assert (spent(plan, "p"), spent(plan, "q")) == ([30], [20])
        assert plan.formulation.linear_program.is_integer


class TestServices:
    def test_units_scale_a_program(self) -> None:
        # 20 dollars buy 10 units, the most, and each brings 3; the other 80 dollars bring 80
        service = {"unit": "rides", "unit_cost": 2, "up_to": 10}
        programs = {"p": {"service": service, "outcomes": {"good": {"per_unit": 3}}}, "q": dollars(1)}
        plan = solved(programs, 110)
        assert spent(plan, "p") == [20]

    def test_a_curve_is_over_units(self) -> None:
        # the first 5 units bring 4 each, the next 10 bring 1 each; a unit costs 2, and a dollar elsewhere brings 0.6
        curve = {"good": {"curve": [[0, 0], [5, 20], [15, 30]]}}
        programs = {"p": {"service": {"unit_cost": 2}, "outcomes": curve}, "q": dollars(0.6)}
        plan = solved(programs, 20 + 90 * 0.6)
        assert spent(plan, "p") == [10]

    def test_the_fewest_units(self) -> None:
        service = {"unit_cost": 2, "at_least": 15}
        programs = {"p": {"service": service, "outcomes": {"good": {"per_unit": 1}}}, "q": dollars(1)}
        # 15 units cost 30 and bring 15; the other 70 bring 70
        assert spent(solved(programs, 85), "p") == [30]

    def test_a_fixed_cost_and_a_service(self) -> None:
        # 10 of fixed cost, then 45 units for 90 dollars at 3 each = 135 against 100 elsewhere
        service = {"service": {"unit_cost": 2}, "if_funded": {"fixed_cost": 10}}
        programs = {"p": {**service, "outcomes": {"good": {"per_unit": 3}}}, "q": dollars(1)}
        assert spent(solved(programs, 135), "p") == [100]

    def test_a_service_that_costs_no_money(self) -> None:
        # 12 volunteers: 2 for a visit of p, worth 4, and 1 for a call of q, worth 1; at most 5 visits: 20, and 2 calls
        resources = {"volunteers": {"capacity": 12}}
        visits = {"service": {"unit_cost": 0, "up_to": 5}, "uses": {"volunteers": {"per_unit": 2}}}
        calls = {"service": {"unit_cost": 0, "up_to": 50}, "uses": {"volunteers": {"per_unit": 1}}}
        programs = {
            "p": {**visits, "outcomes": {"good": {"per_unit": 4}}},
            "q": {**calls, "outcomes": {"good": {"per_unit": 1}}},
        }
        plan = solved(programs, 22, resources=resources)
        assert plan.units.round(6).tolist() == [[5], [2]]
        assert plan.spending.sum() == 0


class TestYears:
    def test_inflation(self) -> None:
        # 100 dollars buy 100, 100 / 1.25 and 100 / 1.5625
        plan = solved({"p": dollars(1)}, 244, periods=LATER, inflation="25%")
        assert levels(plan) == [100, 80, 64]

    def test_a_program_has_an_inflation_of_its_own(self) -> None:
        # p keeps its price; q buys 2 in FY1 and then 1.6 and 1.28: q is better throughout, within 50 dollars a year
        programs = {"p": dollars(1.5, inflation="0%"), "q": dollars(2, spending={"at_most": 50})}
        # FY1 50 * 2 + 50 * 1.5 = 175; FY2 50 * 1.6 + 75 = 155; FY3 p throughout: 150
        plan = solved(programs, 480, periods=LATER, inflation="25%")
        assert spent(plan, "q") == [50, 50, 0]

    def test_packages_services_and_fixed_costs_grow(self) -> None:
        # the package costs 64, 80, 100; the unit 2, 2.50, 3.125; the fixed cost 32, 40, 50
        programs: dict[str, Any] = {"p": {"packages": [{"cost": 64, "outcomes": {"good": 1000}}]}, "q": dollars(1)}
        plan = solved(programs, 3000 + 36 + 20 / 1.25, periods=LATER, inflation="25%")
        assert spent(plan, "p") == [64, 80, 100]
        programs = {"p": {"service": {"unit_cost": 2, "up_to": 16}, "outcomes": {"good": {"per_unit": 10}}}}
        plan = solved(programs, 480, periods=LATER, inflation="25%")
        assert spent(plan, "p") == [32, 40, 50]
        programs = {"p": dollars(1, if_funded={"fixed_cost": 32})}
        # 100 - 32, (100 - 40) / 1.25, (100 - 50) / 1.5625
        assert levels(solved(programs, 148, periods=LATER, inflation="25%")) == [68, 48, 32]

    def test_a_project_costs_the_prices_of_its_years(self) -> None:
        # 10 in FY2 are 12.50, then 10 in FY3 are 15.625
        programs = {"p": {"packages": [{"cost": [10, 10], "outcomes": {"good": 1}}], "start": ["FY2"]}}
        plan = solved(programs, 1, periods=LATER, inflation="25%")
        # half a cent matters where there are a few dollars
        assert plan.spending[0].sum(axis=0).tolist() == [0, 12.5, 15.625]

    def test_baselines_and_shares_of_them_grow(self) -> None:
        # at most 110% of 40, 50, 62.50, and the rule on change at most 105%: 42, 52.50, 65.63
        programs = {"p": dollars(1, baseline=40, spending={"at_most": "110%"}), "q": dollars(0.1)}
        assert spent(solved(programs, None, periods=LATER, inflation="25%"), "p") == [44, 55, 68.75]
        rule = {"name": "Steady", "change": {"at_most": "5%"}}
        plan = solved(programs, None, periods=LATER, inflation="25%", rules=[rule])
        assert spent(plan, "p") == pytest.approx([42, 52.5, 65.625], abs=0.006)

    def test_revenue_grows(self) -> None:
        funds = {"general": {"revenue": 100, "growth": "10%", "one_time": 5, "carryover": False}}
        assert spent(solved({"p": dollars(1)}, 346, periods=LATER, funds=funds), "p") == [105, 115, 126]
        funds["general"]["growth"] = "-10%"
        assert spent(solved({"p": dollars(1)}, 286, periods=LATER, funds=funds), "p") == [105, 95, 86]

    def test_a_further_period_counts_for_less(self) -> None:
        # 100 + 100 / 1.25 + 100 / 1.5625 of weight, though each period has 100
        plan = solved({"p": dollars(1)}, 244, periods=LATER, discount="25%")
        assert levels(plan) == [100, 100, 100]
        solved({"p": dollars(1)}, 244, periods=LATER, discount="25%", objective={"maximize": "good"})
        # of 100 that may be saved, all is spent at once
        saved = {"general": {"revenue": {"FY1": 100}, "carryover": True}}
        assert spent(solved({"p": dollars(1)}, 100, periods=LATER, discount="25%", funds=saved), "p") == [100, 0, 0]
        # but not where the goal is to spend little, or to stay near the baseline: these count alike in all periods
        floor = dollars(1, spending={"at_least": 10})
        solved({"p": floor}, 30, periods=LATER, discount="25%", objective={"minimize": "spending"})


STAFF = {"staff": {"capacity": 10, "unit": "FTE"}}


class TestResources:
    @pytest.mark.parametrize(
        ("use", "most"),
        [
            ({"per": 5}, 50),  # one for each 5 dollars
            ({"per_dollar": 0.25}, 40),
            ({"per_outcome": {"good": 0.2}}, 25),  # 2 of good a dollar, 0.2 for each of them
            ({"per": 5, "per_outcome": {"good": 0.1}}, 25),  # 0.2 + 0.2 a dollar
        ],
    )
    def test_uses(self, use: dict[str, Any], most: float) -> None:
        plan = solved({"p": dollars(2, uses={"staff": use})}, 2 * most, resources=STAFF)
        assert spent(plan, "p") == [most]
        assert plan.audit.resources.tolist() == [[pytest.approx(10)]]

    def test_per_unit_and_packages(self) -> None:
        # a package takes 4 and brings 100; what is left serves 12 units of half a person each
        programs = {
            "p": {"packages": [{"cost": 10, "outcomes": {"good": 100}, "uses": {"staff": 4}}]},
            "q": {
                "service": {"unit_cost": 1},
                "uses": {"staff": {"per_unit": 0.5}},
                "outcomes": {"good": {"per_unit": 1}},
            },
        }
        plan = solved(programs, 112, resources=STAFF)
        assert spent(plan, "q") == [12]

    def test_a_project_uses_what_it_needs_once_it_is_in_service(self) -> None:
        # it starts in FY1 and needs 10 in FY2, where the other program may then spend nothing
        programs = {
            "p": {"packages": [{"cost": [1, 1], "outcomes": {"good": 900}, "uses": {"staff": 10}}], "start": ["FY1"]},
            "q": dollars(1, uses={"staff": {"per": 5}}),
        }
        plan = solved(programs, 950, periods=("FY1", "FY2"), resources=STAFF)
        assert spent(plan, "q") == [50, 0]

    def test_a_capacity_differs_by_period_and_is_nothing_where_it_is_not_said(self) -> None:
        resources = {"staff": {"capacity": {"FY1": 10, "FY3": 4}}}
        plan = solved({"p": dollars(1, uses={"staff": {"per": 5}})}, 70, periods=LATER, resources=resources)
        assert spent(plan, "p") == [50, 0, 20]

    def test_a_dollar_pays_for_fewer_as_costs_grow_and_a_fixed_cost_pays_for_some_too(self) -> None:
        # 10 people at 5 dollars each in FY1, and at 6.25 in FY2
        programs: dict[str, Any] = {"p": dollars(1, uses={"staff": {"per": 5}})}
        plan = solved(programs, 100, periods=("FY1", "FY2"), inflation="25%", resources=STAFF)
        assert spent(plan, "p") == [50, 62.5]
        # 10 people at 5 dollars each, those of the fixed cost among them
        programs["p"]["if_funded"] = {"fixed_cost": 20}
        plan = solved(programs, 30, resources=STAFF)
        assert spent(plan, "p") == [50]

    def test_a_use_that_falls_from_unit_to_unit_is_exact(self) -> None:
        # the outcome rises by 2 a dollar up to 20 and by 1 after; each unit of it takes a quarter of a person, 10 in
        # all: 40 units, which are all of the first 20 dollars. Beyond them alone 40 dollars would seem possible
        effect = {"good": {"curve": [[0, 0], [20, 40], [80, 100]]}}
        programs = {"p": {"outcomes": effect, "uses": {"staff": {"per_outcome": {"good": 0.25}}}}}
        assert spent(solved(programs, 40, resources=STAFF), "p") == [20]


class TestFunds:
    def test_a_reserve_differs_by_period(self) -> None:
        # carried over, so that only the last reserve costs anything: 100 + 100 + 100 - 30, at most 100 - 20 in FY1
        general = {"revenue": 100, "reserve": {"at_least": {"FY1": 20, "FY3": "30%"}}}
        plan = solved({"p": dollars(1, inflation="10%")}, None, periods=LATER, funds={"general": general})
        assert spent(plan, "p") == [80, 120, 70]

    def test_a_reserve_is_rebuilt_by_a_period(self) -> None:
        general = {"revenue": 100, "reserve": {"at_least": 50, "by": "FY2"}}
        plan = solved({"p": dollars(1, inflation="10%")}, None, periods=LATER, funds={"general": general})
        assert spent(plan, "p") == [100, 50, 100]

    def test_limits_of_what_a_fund_pays(self) -> None:
        # a dollar buys most in FY1: at most 90% of revenue there and 60% in FY2, and at least 150 in FY3
        general = {"revenue": 100, "spending": {"at_most": {"FY1": "90%", "FY2": 60}, "at_least": {"FY3": 150}}}
        plan = solved({"p": dollars(1, inflation="10%")}, None, periods=LATER, funds={"general": general})
        assert spent(plan, "p") == [90, 60, 150]

    def test_a_fund_pays_from_its_start_to_its_end(self) -> None:
        grant = {"kind": "grant", "revenue": 10, "starts": "FY2", "ends": "FY2"}
        plan = solved({"p": dollars(1)}, 320, periods=LATER, funds={"grant": grant})
        # what came in FY1 is carried to FY2; what comes in FY3 cannot be spent
        assert spent(plan, "p", "grant") == [0, 20, 0]

    def test_a_match(self) -> None:
        # a local dollar for each four of the grant, on the same program; the grant has 80: 80 * 2 + 20 * 2 + 80 * 1
        grant = {"kind": "grant", "revenue": 80, "only": {"program": "p"}, "match": {"from": "general", "rate": "25%"}}
        programs = {"p": dollars(0.5), "q": dollars(0.8)}
        # a local dollar in q brings 0.8; with four of the grant in p it brings 2.5: all of the grant is taken
        plan = solved(programs, 50 + 64, funds={"grant": grant})
        assert (spent(plan, "p", "general"), spent(plan, "p", "grant")) == ([20], [80])
        # a share of 60% of the total: 120 local dollars for 80, so 100 local ones bring 66.67 with them
        grant["match"] = {"from": "general", "share": "60%"}
        plan = solved(programs, 83.0 + 1 / 3, funds={"grant": grant})
        assert spent(plan, "p", "grant") == pytest.approx([66.67], abs=0.011)

    def test_matches_of_several_grants_add_up(self) -> None:
        # 10 and 20 dollars of grants, each matched one for one, ask for 30 local dollars on p
        one = {"kind": "grant", "revenue": 10, "only": {"program": "p"}, "match": {"from": "general", "rate": "100%"}}
        two = {**one, "revenue": 20}
        programs = {"p": dollars(1), "q": dollars(1.5)}
        # two dollars in p bring 2 for each local dollar, more than 1.5: 60 + 70 * 1.5
        plan = solved(programs, 165, funds={"one": one, "two": two})
        assert spent(plan, "p", "general") == [30]

    def test_maintenance_of_effort(self) -> None:
        # the grant of 50 is worth 50, and keeping 40 local dollars on what it may pay for costs 40 * (1.5 - 1) = 20
        grant: dict[str, Any] = {"kind": "grant", "revenue": 50, "only": {"tags": "housing"}}
        grant["maintenance_of_effort"] = {"fund": "general", "at_least": 40}
        programs = {"p": dollars(1, tags=["housing"], baseline=60), "q": dollars(1.5)}
        plan = solved(programs, 50 + 40 + 90, funds={"grant": grant})
        assert spent(plan, "p", "general") == [40]
        # a share of the baselines of 60: 75% are 45
        grant["maintenance_of_effort"] = {"fund": "general", "at_least": "75%"}
        assert spent(solved(programs, 177.5, funds={"grant": grant}), "p", "general") == [45]
        # 20 dollars of a grant are not worth it: all local dollars go to q
        grant["revenue"] = 20
        grant["maintenance_of_effort"] = {"fund": "general", "at_least": "100%"}
        plan = solved(programs, 150, funds={"grant": grant})
        assert (spent(plan, "p"), spent(plan, "q")) == ([0], [100])

    def test_the_effort_counts_for_programs_that_the_grant_may_pay_for(self) -> None:
        # r has the tag too, but names its funds, and the grant is not among them: money for it is no effort
        grant: dict[str, Any] = {"kind": "grant", "revenue": 50, "only": {"tags": "housing"}}
        grant["maintenance_of_effort"] = {"fund": "general", "at_least": 40}
        programs = {
            "p": dollars(1, tags=["housing"]),
            "r": dollars(1.5, tags=["housing"], funds=["general"], baseline=60),
        }
        plan = solved(programs, 50 + 40 + 90, funds={"grant": grant})
        assert (spent(plan, "p", "general"), spent(plan, "r")) == ([40], [60])
        grant["maintenance_of_effort"]["at_least"] = "100%"
        # the baselines of programs that the grant may pay for are nothing
        plan = solved(programs, 50 + 150, funds={"grant": grant})
        assert spent(plan, "p") == [50]

    def test_no_supplanting(self) -> None:
        # the grant may pay for p only if other funds pay its baseline of 60: 60 + 30 in p, and 40 * 1.2 in q, are 138;
        # without the grant 100 * 1.2 in q are 120
        grant = {"kind": "grant", "revenue": 30, "only": {"program": "p"}, "no_supplanting": True}
        programs: dict[str, Any] = {"p": dollars(1, baseline=60), "q": dollars(1.2)}
        plan = solved(programs, 138, funds={"grant": grant})
        assert (spent(plan, "p", "general"), spent(plan, "p", "grant")) == ([60], [30])
        # 10 dollars of a grant are not worth it
        plan = solved(programs, 120, funds={"grant": {**grant, "revenue": 10}})
        assert spent(plan, "p") == [0]
        # a second such grant does not stand in for local money: 60 local dollars all the same
        plan = solved(programs, 148, funds={"grant": grant, "second": {**grant, "revenue": 10}})
        assert spent(plan, "p", "general") == [60]
        # a new program has no baseline to keep up
        del programs["p"]["baseline"]
        assert spent(solved(programs, 150, funds={"grant": grant}), "p") == [30]


DISTRICTS = {
    "p": dollars(2, districts={"north": "80%", "south": "20%"}),
    "q": dollars(1, districts={"north": "10%", "south": "90%"}),
    "city": dollars(0.5),
}


class TestRules:
    def test_the_sum_of_a_resource(self) -> None:
        # of 10 people at most 4 in p
        rule = {"name": "Not all of them", "sum": "resource staff", "where": {"program": "p"}, "at_most": 4}
        use = {"uses": {"staff": {"per": 5}}}
        programs = {"p": dollars(2, **use), "q": dollars(1, **use)}
        plan = solved(programs, 70, resources={"staff": {"capacity": 10}}, rules=[rule])
        assert (spent(plan, "p"), spent(plan, "q")) == ([20], [30])
        rule["of"] = {"sum": "resource staff"}
        rule["at_most"] = "30%"
        assert spent(solved(programs, 65, resources={"staff": {"capacity": 10}}, rules=[rule]), "p") == [15]

    def test_by_population_share(self) -> None:
        # the south has 60% of the people, and is to have at least half of its share of what is placed: 30% of p + q.
        # 0.2 p + 0.9 q >= 0.3 (p + q) with p + q = 100 gives 0.7 q = 0.3 * 100 - 0.2 * 100, so q = 100 / 7
        rule = {"name": "South", "sum": "spending", "by": "districts", "each_at_least": "50%", "of": "population share"}
        rule["population"] = {"north": 40, "south": 60}  # type: ignore[assignment]
        plan = solved(DISTRICTS, 200 - 100 / 7, rules=[rule])
        assert spent(plan, "q") == pytest.approx([14.29], abs=0.011)

    def test_by_equal_share_and_amounts(self) -> None:
        # each at most 120% of a half: 0.8 p + 0.1 q <= 0.6 (p + q), so 0.2 p <= 0.5 q, p = 5/7 of 100
        rule: dict[str, Any] = {"name": "Even", "sum": "spending", "by": "districts", "of": "equal share"}
        plan = solved(DISTRICTS, 100 * 12 / 7, rules=[{**rule, "each_at_most": "120%"}])
        assert spent(plan, "p") == pytest.approx([71.43], abs=0.011)
        # at least 40 for each: 0.2 p + 0.9 q = 40, p + q = 100: q = 20 / 0.7
        rule = {"name": "Even", "sum": "spending", "by": "districts", "each_at_least": 40}
        assert spent(solved(DISTRICTS, 200 - 20 / 0.7, rules=[rule]), "q") == pytest.approx([28.57], abs=0.011)

    def test_by_an_attribute(self) -> None:
        programs = {
            "p": dollars(2, department="Fire", baseline=30),
            "q": dollars(1, department="Parks", baseline=50),
            "r": dollars(0.5, department="Parks"),
        }
        # each department at most 120% of its baselines: 36 and 60
        rule = {"name": "Departments", "sum": "spending", "by": "department", "each_at_most": "120%", "of": "baseline"}
        plan = solved(programs, 72 + 60, rules=[rule])
        assert [spent(plan, p) for p in programs] == [[36], [60], [0]]
        # each at least 30% of all spending
        rule = {"name": "Some", "sum": "spending", "by": "department", "each_at_least": "30%", "of": "total spending"}
        assert spent(solved(programs, 170, rules=[rule]), "q") == [30]

    def test_parity_for_each_head(self) -> None:
        # no district may have less for each head than 75% of what another has: north 0.8 p + 0.1 q for 40 heads, south
        # 0.2 p + 0.9 q for 60. (0.2 p + 0.9 q) / 60 = 0.75 (0.8 p + 0.1 q) / 40 gives 0.0117 p = 0.0131 q
        rule = {"name": "Parity", "sum": "spending", "by": "districts", "parity": "25%"}
        p = 100 * 0.013125 / (0.013125 + 0.35 / 30)
        heads = {"population": {"north": 40, "south": 60}}
        plan = solved(DISTRICTS, 100 + p, rules=[{**rule, **heads}])
        assert spent(plan, "p") == pytest.approx([p], abs=0.011)
        # for each district: 0.2 p + 0.9 q = 0.75 (0.8 p + 0.1 q) gives 0.4 p = 0.825 q
        p = 100 * 0.825 / 1.225
        assert spent(solved(DISTRICTS, 100 + p, rules=[rule]), "p") == pytest.approx([p], abs=0.011)

    def test_change_from_the_period_before(self) -> None:
        # 40 in FY1; then at most half as much more: 40, 60, 90
        rule = {"name": "Slowly", "change": {"increase_at_most": "50%", "from": "previous"}}
        programs = {"p": dollars(1)}
        revenue = {"FY1": 40, "FY2": 100, "FY3": 100}
        assert spent(solved(programs, 190, revenue=revenue, periods=LATER, rules=[rule]), "p") == [40, 60, 90]
        # and at most a quarter less: with 40 in FY3 no more than 53.33 in FY2
        rule = {"name": "Slowly", "change": {"decrease_at_most": "25%", "from": "previous"}}
        revenue = {"FY1": 100, "FY2": 100, "FY3": 40}
        plan = solved(programs, None, revenue=revenue, periods=LATER, rules=[rule])
        assert spent(plan, "p") == pytest.approx([71.11, 53.33, 40], abs=0.02)

    def test_counts(self) -> None:
        programs = {
            "p": dollars(3, spending={"at_most": 40}),
            "q": dollars(2, spending={"at_most": 40}),
            "r": dollars(1),
        }
        two = {"name": "Two", "count": "funded", "at_most": 2}
        # p and q 40 each are 200; p 40 and r 60 are 180
        assert spent(solved(programs, 200, rules=[two]), "r") == [0]
        # at least three: a tenth of a cent for r, which is enough where there are 80 dollars
        plan = solved(programs, None, rules=[{**two, "at_most": 3, "at_least": 3}], revenue=80)
        assert plan.spending[2].sum() == pytest.approx(0.001)
        # one for both periods together, however often: the one that has most in both
        once = {"name": "One", "count": "funded", "at_most": 1, "each": "total"}
        programs = {
            "p": dollars(3, spending={"at_most": {"FY1": 50, "FY2": 0}}),
            "q": dollars(2, spending={"at_most": 50}),
        }
        assert spent(solved(programs, 200, periods=("FY1", "FY2"), rules=[once]), "q") == [50, 50]
        # one in each period
        each = {"name": "One", "count": "funded", "equals": 1}
        assert spent(solved(programs, 250, periods=("FY1", "FY2"), rules=[each]), "q") == [0, 50]

    def test_requires_excludes_exactly_one_together(self) -> None:
        worth = {"p": 4, "q": 2, "r": 1}
        programs = {key: dollars(rate, spending={"at_most": 50}) for key, rate in worth.items()}
        doors = {key: {**words, "if_funded": {"at_least": 20}} for key, words in programs.items()}
        # p needs r, which opens with 20: 50 * 4 + 30 * 2 + 20 * 1 = 280
        rule: dict[str, Any] = {"name": "A", "requires": {"program": "p", "needs": ["r"]}}
        assert [spent(solved(doors, 280, rules=[rule]), key) for key in worth] == [[50], [30], [20]]
        # not p and q together: p and r, 200 + 50
        rule = {"name": "A", "excludes": ["p", "q"]}
        assert [spent(solved(programs, 250, rules=[rule]), key) for key in worth] == [[50], [0], [50]]
        # exactly one of q and r: p and q
        rule = {"name": "A", "exactly_one": ["q", "r"]}
        assert [spent(solved(programs, 300, rules=[rule]), key) for key in worth] == [[50], [50], [0]]
        # p and r together or not: 280, as p is worth it; q and r: 50 * 4 + 30 * 2 + 20
        rule = {"name": "A", "together": ["q", "r"]}
        assert [spent(solved(doors, 280, rules=[rule]), key) for key in worth] == [[50], [30], [20]]

    def test_a_project_is_funded_from_its_start_on(self) -> None:
        # q is worth something in both periods, and may be funded only where p has started
        programs = {
            "p": {"packages": [{"cost": 10, "opens_after": 0}], "start": ["FY2"]},
            "q": dollars(1),
        }
        rule = {"name": "First the road", "requires": {"program": "q", "needs": "p"}}
        plan = solved(programs, 190, periods=LATER, rules=[rule])
        assert spent(plan, "q") == [0, 90, 100]
        # taken anew in each period, it is paid in each
        programs["p"] = {"packages": [{"cost": 10}]}
        assert spent(solved(programs, 270, periods=LATER, rules=[rule]), "q") == [90, 90, 90]

    def test_substitutes_and_follows(self) -> None:
        programs = {
            "p": dollars(3, spending={"at_most": 40}),
            "q": dollars(2, spending={"at_most": 80}),
            "r": dollars(0.1),
        }
        # p / 40 + q / 80 <= 1: 40 in p are 120, 80 in q are 160; 100 dollars: all of q, 20 elsewhere
        rule: dict[str, Any] = {"name": "Same people", "substitutes": ["p", "q"]}
        plan = solved(programs, 162, rules=[rule])
        assert (spent(plan, "p"), spent(plan, "q")) == ([0], [80])
        # p may cover no more than half of what q covers: p / 40 <= 0.5 q / 80, so q = 4 p: 20 and 80
        rule = {"name": "Behind", "follows": {"program": "p", "of": "q", "at_most": "50%"}}
        plan = solved(programs, 220, rules=[rule])
        assert (spent(plan, "p"), spent(plan, "q")) == ([20], [80])

    def test_coverage_of_services_packages_and_curves(self) -> None:
        # all of p: 20 units at 2 dollars; of q: both packages, 30 + 10; of r: its curve ends at 50
        programs = {
            "p": {"service": {"unit_cost": 2, "up_to": 20}, "outcomes": {"good": {"per_unit": 10}}},
            "q": {
                "packages": [{"cost": 30, "outcomes": {"good": 50}}, {"cost": 10, "outcomes": {"good": 1}}],
            },
            "r": {"outcomes": {"good": {"curve": [[0, 0], [50, 400]]}}},
        }
        # q covers 75% with its first package: p may cover 25%: 5 units are 50, with r 400: 500
        rule = {"name": "Same people", "substitutes": ["p", "q"]}
        # q: 50 + 50; without q: 200, for 40 dollars
        assert spent(solved(programs, 600, rules=[rule]), "p") == [40]
        programs["q"]["packages"][0]["outcomes"] = {"good": 500}  # type: ignore[index]
        plan = solved(programs, 950, rules=[rule])
        assert (spent(plan, "p"), spent(plan, "q")) == ([10], [30])
        # r covers as much as q at most: 75% of 50
        rule = {"name": "Behind", "follows": {"program": "r", "of": "q"}}  # type: ignore[dict-item]
        # q's first package 500, r 37.50 of 50 dollars 300, and 32.50 dollars of p 162.50; with q whole 501 + 400 + 50
        plan = solved(programs, 962.5, rules=[rule])
        assert (spent(plan, "q"), spent(plan, "r")) == ([30], [37.5])


class TestObjectives:
    def test_the_smallest_group(self) -> None:
        # north gets 1.6 of p and 0.1 of q for each dollar, south 0.4 and 0.9: equal at 1.2 p = 0.8 q, p = 40
        plan = solved(DISTRICTS, 70, objective={"maximize": {"smallest": "good", "by": "districts"}})
        assert spent(plan, "p") == [40]
        # over all periods together, in any period
        plan = solved(
            DISTRICTS,
            140,
            periods=("FY1", "FY2"),
            objective={"maximize": {"smallest": "good", "by": "districts"}},
        )
        assert plan.spending.sum() == 200

    def test_the_smallest_group_and_a_price_on_money(self) -> None:
        # a dollar split best brings 0.7 to the least of both: worth spending at 0.6, not at 0.8
        seek: dict[str, Any] = {"maximize": {"smallest": "good", "by": "districts"}, "unspent_worth": 0.6}
        assert solved(DISTRICTS, 70, objective=seek).spending.sum() == 100
        seek["unspent_worth"] = 0.8
        assert solved(DISTRICTS, 80, objective=seek).spending.sum() == 0

    def test_a_price_on_money(self) -> None:
        # 2 a dollar up to 30, then 0.5: at 1 a dollar unspent only 30 are spent: 60 + 70, and 10 of opening balance
        curve = {"outcomes": {"good": {"curve": [[0, 0], [30, 60], [90, 90]]}}}
        funds = {"general": {"revenue": 100, "opening_balance": 10}}
        seek = {"maximize": "weighted outcomes", "unspent_worth": 1}
        assert spent(solved({"p": curve}, 140, funds=funds, objective=seek), "p") == [30]
        seek = {"maximize": "good", "unspent_worth": 0.4}
        assert spent(solved({"p": curve}, 98, funds=funds, objective=seek), "p") == [90]

    def test_shortfall_from_targets(self) -> None:
        # 100 dollars: housed costs 1 each, target 80; visits cost 1 each, target 60: 40 are short in any case.
        # A housed one counts 3 (its weight), a visit 2 (its target says so): 80 housed, 20 visits, 40 * 2 short
        outcomes = {
            "housed": {"weight": 3, "target": {"at_least": 80}},
            "visits": {"weight": 5, "target": {"at_least": 60, "weight": 2}},
            "noise": {"target": {"at_most": 10}},
        }
        programs = {
            "p": {"outcomes": {"housed": {"per_dollar": 1}, "noise": {"per_dollar": 0.25}}},
            "q": {"outcomes": {"visits": {"per_dollar": 1}}},
        }
        # beyond 40 dollars of p each makes a quarter of noise too much, which counts 1: 3 - 0.25 is still above 2.
        # 80 dollars of p make 20 of noise, 10 too much: 40 * 2 + 10 * 1 = 90
        seek = {"minimize": "shortfall from targets"}
        plan = solved(programs, 90, outcomes=outcomes, objective=seek)
        assert (levels(plan, "housed"), levels(plan, "visits"), levels(plan, "noise")) == ([80], [20], [20])
        assert not any(check.missed.any() for check in plan.audit.of_kind("target"))

    def test_targets_are_limits_where_nothing_minimizes_their_shortfall(self) -> None:
        document = document_of({"p": dollars(1)}, outcomes={"good": {"weight": 1, "target": {"at_least": 120}}})
        with pytest.raises(InfeasibleError):
            bo.solve(Scenario.from_document(document))


def test_growth_and_inflation_in_the_current_service_level() -> None:
    from budgetopt.audit import SpendingPlan, audit_plan

    programs = {
        "p": {"baseline": 50, "packages": THREE, "inflation": "20%"},
        "q": {"baseline": 50, "packages": THREE, "choose": "one"},
        "r": {"baseline": 10, "packages": [BRIDGE]},
        "s": {
            "service": {"unit_cost": 0, "up_to": 9, "at_least": 2},
            "outcomes": {"good": {"per_unit": 1}},
        },
    }
    funds = {"general": {"revenue": 110, "growth": "10%"}}
    scenario = Scenario.from_document(document_of(programs, periods=("FY1", "FY2"), funds=funds))
    plan = SpendingPlan.current(scenario)
    # a fits into 50, and b beyond it does not; the dearest that fits is a too; no project has started
    assert plan.packages is not None
    assert plan.packages.astype(int).tolist() == [[1, 1], [0, 0], [0, 0], [1, 1], [0, 0], [0, 0], [0, 0]]
    assert plan.spending[:, 0].round(6).tolist() == [[50, 60], [50, 50], [10, 10], [0, 0]]
    assert plan.units is not None
    assert plan.units.tolist() == [[0, 0], [0, 0], [0, 0], [2, 2]]
    audit = audit_plan(scenario, plan)
    assert audit.outcomes.tolist() == [[202, 202]]
    # revenue of 110 and 121 carries it; only that whole packages cost less than the baseline is found
    assert {violation.kind for violation in audit.violations} == {"packages"}


class TestCorners:
    """Where two things that can be said meet."""

    def test_a_fixed_cost_is_not_paid_by_a_fund_that_has_ended(self) -> None:
        # two programs are to be funded; p's only fund ended before FY2, and q and r are left
        funds = {"grant": {"kind": "grant", "revenue": 50, "ends": "FY1"}}
        programs = {
            "p": dollars(5, if_funded={"fixed_cost": 10}, funds=["grant"]),
            "q": dollars(1, if_funded={"fixed_cost": 10}, funds=["general"]),
            "r": dollars(0.5, if_funded={"fixed_cost": 20}, funds=["general"]),
        }
        rule = {"name": "Two", "count": "funded", "at_least": 2}
        # FY1: 40 * 5 of p and 90 of q; FY2: 10 + 20 of fixed costs leave 70 of q
        plan = solved(programs, 200 + 90 + 70, periods=("FY1", "FY2"), funds=funds, rules=[rule])
        assert spent(plan, "p") == [50, 0]

    def test_a_free_service_of_less_than_a_unit_counts_as_funded(self) -> None:
        programs = {
            "p": {"service": {"unit_cost": 0, "up_to": 0.5}, "outcomes": {"good": {"per_unit": 4}}},
            "q": {"service": {"unit_cost": 0, "up_to": 0.5}, "outcomes": {"good": {"per_unit": 2}}},
        }
        rule = {"name": "One", "count": "funded", "equals": 1}
        plan = solved(programs, 2, rules=[rule])
        assert plan.units.tolist() == [[0.5], [0]]

    def test_a_free_service_with_a_fixed_cost(self) -> None:
        # 30 dollars open the doors for 9 visits of 5 each
        words = {"service": {"unit_cost": 0, "up_to": 9}, "if_funded": {"fixed_cost": 30}}
        programs: dict[str, Any] = {"p": {**words, "outcomes": {"good": {"per_unit": 5}}}, "q": dollars(1)}
        plan = solved(programs, 115)
        assert (spent(plan, "p"), plan.units[0].tolist()) == ([30], [9])
        # no money can be spent beyond the fixed cost, so a floor above it cannot be kept
        programs["p"]["spending"] = {"at_least": 40}
        with pytest.raises(InfeasibleError):
            bo.solve(unchecked(document_of(programs)))
        # nor any floor where nothing costs money
        programs["p"] = {"service": {"unit_cost": 0, "up_to": 9}, "spending": {"at_least": 1}}
        with pytest.raises(InfeasibleError):
            bo.solve(unchecked(document_of(programs)))

    def test_a_ceiling_of_nothing_covers_nothing(self) -> None:
        programs = {"p": dollars(3, spending={"at_most": 0}), "q": dollars(2, spending={"at_most": 40})}
        rules = [{"name": "Same people", "substitutes": ["p", "q"]}]
        plan = bo.solve(unchecked(document_of(programs, rules=rules)))
        assert (spent(plan, "p"), spent(plan, "q")) == ([0], [40])

    def test_a_service_without_a_most_covers_what_its_curve_covers(self) -> None:
        # 10 units at 4 dollars are all of p; r may cover as much of its 40
        programs = {
            "p": {"service": {"unit_cost": 4}, "outcomes": {"good": {"curve": [[0, 0], [10, 50]]}}},
            "r": dollars(3, spending={"at_most": 40}),
        }
        rule = {"name": "Behind", "follows": {"program": "r", "of": "p"}}
        # of 50 dollars 25 each: 25 * 50 / 40 + 75
        plan = solved(programs, 106.25, revenue=50, rules=[rule])
        assert (spent(plan, "p"), spent(plan, "r")) == ([25], [25])

    def test_a_counted_service_of_small_coins_spends_a_cent_at_least(self) -> None:
        programs = {
            "p": {"service": {"unit_cost": 0.001}, "outcomes": {"good": {"per_unit": 0}}},
            "q": dollars(1),
        }
        rule = {"name": "Both", "count": "funded", "at_least": 2}
        assert spent(solved(programs, 99.99, rules=[rule]), "p") == [0.01]

    def test_a_match_from_a_fund_that_may_not_pay_for_the_program(self) -> None:
        # general may not pay for p, so the grant, which asks for its match, cannot either
        grant = {"kind": "grant", "revenue": 50, "match": {"from": "general", "rate": "10%"}}
        funds = {"general": {"revenue": 100, "only": {"program": "q"}}, "grant": grant}
        plan = bo.solve(unchecked(document_of({"p": dollars(5), "q": dollars(1)}, funds=funds)))
        assert (spent(plan, "p"), spent(plan, "q")) == ([0], [150])

    def test_a_resource_of_a_package_in_a_period_without_it(self) -> None:
        programs = {"p": {"packages": [{"cost": 10, "outcomes": {"good": 5}, "uses": {"staff": 1}}]}}
        plan = solved(programs, 5, periods=("FY1", "FY2"), resources={"staff": {"capacity": {"FY2": 1}}})
        assert taken(plan, "p") == [[1]]

    def test_a_district_rule_over_outcomes(self) -> None:
        # north gets 80% of p's 2 a dollar, south 20% of it and 90% of q's 1: at least 30 of good for the south:
        # 0.4 p + 0.9 q = 30 with p + q = 60: q = 12
        rule = {"name": "South", "sum": "outcome good", "by": "districts", "each_at_least": {"FY1": 30}}
        rule["population"] = {"south": 1}  # type: ignore[assignment]
        plan = solved(DISTRICTS, 96 + 12, revenue=60, rules=[rule])
        assert spent(plan, "q") == [12]
