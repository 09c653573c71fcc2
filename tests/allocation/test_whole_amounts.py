"""Plans in whole amounts: cents, less than cents, whole thousands; and how far they are from the bound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation.verify import verify_result
from budgetopt.report import markdown_summary
from budgetopt.scenario.scenario import Scenario
from first_format import written_first

PER_UNIT = {"per_unit": 1}


def solved(programs: dict[str, Any], revenue: float = 100, **more: Any) -> bo.Allocation:
    document = {
        "funds": {"general": {"revenue": revenue}},
        "outcomes": {"good": {"weight": 1}},
        "programs": programs,
        **more,
    }
    return bo.solve(Scenario.from_document(document))


def service(unit_cost: float, up_to: float, per_unit: float = 1, **more: Any) -> dict[str, Any]:
    return {
        "service": {"unit": "visits", "unit_cost": unit_cost, "up_to": up_to},
        "outcomes": {"good": {"per_unit": per_unit}},
        **more,
    }


def confirmed(plan: bo.Allocation) -> str:
    verification = verify_result(json.loads(plan.to_json()), plan.scenario)
    assert verification.accepted, str(verification)
    return verification.conclusion


def test_units_of_a_service_are_decisions_and_not_what_a_rounded_cent_buys() -> None:
    # all 90,000 cost nine thousandths of a cent
    plan = solved({"cheap": service(1e-9, 90_000, 2), "drugs": service(1, 5_000)}, 1_000)
    assert plan.units[0, 0] == pytest.approx(90_000, rel=1e-12)
    assert plan.units[0, 0] <= 90_000
    assert plan.plan_value == pytest.approx(180_000 + 1_000 - 90_000 * 1e-9, rel=1e-12)
    assert plan.plan_value <= plan.bound * (1 + 1e-12)
    assert plan.programs["units"].tolist() == pytest.approx([90_000, 1_000], rel=1e-6)
    assert plan.spending.sum() == 1_000
    confirmed(plan)


def test_units_that_the_money_does_not_pay_for_are_told() -> None:
    plan = solved({"drugs": service(2, 5_000), "rest": {"outcomes": {"good": {"per_dollar": 0.1}}}})
    assert plan.units.tolist() == [[50], [0]]
    for units, said in (
        (60, "drugs gets 100, and the 60 visits that it serves cost 120"),
        (40, "drugs gets 100, and the 40 visits that it serves cost 80"),
    ):
        document = written_first(plan)
        document["proof"]["decisions"]["units"]["drugs"]["budget"] = units
        (audit,) = [one for one in verify_result(document, plan.scenario, check_seal=False).findings if not one.passed]
        assert (audit.name, audit.text) == ("audit", said)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1, 1e3, 1e6])
def test_the_unit_fits_the_amounts(scale: float) -> None:
    rate = {"a": 0.019, "b": 0.023, "c": 0.024}
    programs = {key: {"outcomes": {"good": {"unit_cost": cost * scale, "up_to": 20}}} for key, cost in rate.items()}
    plan = solved(programs, 10 * scale)
    # 60 units cost 1.32
    assert plan.plan_value == pytest.approx(60, rel=1e-7)
    assert plan.spending.sum() == pytest.approx(1.32 * scale, rel=1e-7)
    assert plan.proved
    counts = plan.spending / plan.rounded_to
    assert np.allclose(counts, np.rint(counts), atol=1e-6)
    confirmed(plan)


@pytest.mark.parametrize("money", [1e9, 123_456_789_012.34, 1e12])
def test_amounts_of_billions_are_in_cents(money: float) -> None:
    programs = {"a": {"outcomes": {"good": {"per_dollar": 3}}, "spending": {"at_most": "12_345_678.91"}}}
    plan = solved({**programs, "b": {"outcomes": {"good": {"per_dollar": 1}}}}, money)
    assert plan.rounded_to == 0.01
    assert plan.spending.sum() == pytest.approx(money, abs=0.01)
    assert plan.proved


def test_amounts_stay_in_cents_where_cents_lose_nothing() -> None:
    plan = solved({"a": {"outcomes": {"good": {"per_dollar": 3}}, "spending": {"at_most": 20.5}}, "b": service(1, 50)})
    assert plan.rounded_to == 0.01
    assert plan.distance == pytest.approx(0, abs=1e-9)


THOUSANDS = {
    "a": {"outcomes": {"good": {"curve": [[0, 0], [41_300, 300], [90_000, 420]]}}, "baseline": 60_000},
    "b": {"outcomes": {"good": {"curve": [[0, 0], [22_700, 200], [70_000, 300]]}}, "baseline": 30_000},
    "c": {"outcomes": {"good": {"per_dollar": 0.004}}, "spending": {"at_least": 5_250}},
}


def test_amounts_in_whole_thousands_are_the_best_that_keep_every_limit() -> None:
    half = {"name": "Half", "sum": "spending", "where": {"program": "a"}, "at_most": "42%", "of": "total spending"}
    plan = solved(THOUSANDS, 100_000, rules=[half], round_to=1_000)
    assert plan.rounded_to == 1_000
    assert (plan.spending % 1_000 == 0).all()
    assert plan.audit.accepted
    best = max(
        value(a, b, c)
        for a in range(0, 91_000, 1_000)
        for b in range(0, 71_000, 1_000)
        for c in [100_000 - a - b]
        if c >= 5_250 and a <= 42_000
    )
    assert plan.plan_value == pytest.approx(best)
    assert plan.plan_value < plan.bound
    assert plan.distance == pytest.approx(plan.bound - best)
    assert plan.rounding_matters
    assert not plan.proved
    share = f"{plan.gap:.4%}"
    assert confirmed(plan).endswith(f"better by more than {share}; its amounts are rounded.")
    text = markdown_summary(plan)
    assert "in multiples of \\$1,000, it is within 0.24% of the best possible" in text
    assert "no plan that does so is better" not in text


def value(a: float, b: float, c: float) -> float:
    curves = ([0, 41_300, 90_000], [0, 300, 420]), ([0, 22_700, 70_000], [0, 200, 300])
    return float(np.interp(a, *curves[0]) + np.interp(b, *curves[1]) + 0.004 * c)


def test_what_cannot_be_a_multiple_stays_in_cents(tmp_path: Path) -> None:
    programs = {
        "kept": {"spending": {"at_least": 1_234.56, "at_most": 1_300}, "outcomes": {"good": {"per_dollar": 1}}},
        "built": {"packages": [{"cost": 7_777.77, "outcomes": {"good": 9_000}}]},
        "rest": {"outcomes": {"good": {"per_dollar": 0.5}}},
    }
    plan = solved(programs, 20_000, round_to=1_000)
    kept, built, rest = plan.spending[:, 0, 0].tolist()
    assert (kept, built, rest) == (1_300, 7_777.77, 10_000)
    assert plan.audit.accepted
    assert "Every amount is a multiple of $1,000, but for 2 payments that cannot be" in plan.to_html(
        tmp_path / "a.html"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", [0.01, 0.02, 0.05, 0.25, 0.5, 5])
def test_small_coins_are_units_as_others_are(unit: float) -> None:
    programs = {
        "some": {"spending": {"at_most": 333.333}, "outcomes": {"good": {"per_dollar": 3}}},
        "rest": {"outcomes": {"good": {"per_dollar": 1}}},
    }
    plan = solved(programs, 1_000.13, round_to=unit)
    counts = plan.spending.ravel() / unit
    assert counts == pytest.approx(np.rint(counts), abs=1e-6)
    assert np.rint(counts).sum() == np.floor(1_000.13 / unit + 1e-6)
    assert plan.rounded_to == unit
    confirmed(plan)


def test_where_no_multiples_keep_every_limit_the_unit_is_smaller() -> None:
    fixed = {"name": "Exact", "sum": "spending", "equals": 4_500}
    plan = solved({"a": {"outcomes": {"good": {"per_dollar": 1}}}}, 9_000, rules=[fixed], round_to=1_000)
    assert plan.spending.tolist() == [[[4_500]]]
    assert plan.rounded_to == 100


def test_services_in_whole_thousands_serve_what_their_money_pays_for() -> None:
    plan = solved({"a": service(700, 4.5), "b": service(900, 3)}, 5_000, round_to=1_000)
    spent, units = plan.spending[:, 0, 0], plan.units[:, 0]
    assert (spent % 1_000 == 0).all()
    assert (units <= [4.5, 3]).all()
    assert (units * [700, 900] <= spent + 1e-6).all()
    confirmed(plan)


amounts = st.sampled_from([1e-3, 0.37, 12.5, 1_000, 45_678.9, 3e6, 2.5e9])


@given(amounts, st.lists(st.tuples(st.floats(0.01, 5), st.floats(0.05, 1.2)), min_size=1, max_size=5), st.booleans())
def test_the_printed_value_is_the_bound_less_what_is_said(
    money: float, rates: list[tuple[float, float]], share: bool
) -> None:
    programs = {
        f"p{place}": {"outcomes": {"good": {"per_dollar": rate}}, "spending": {"at_most": part * money}}
        for place, (rate, part) in enumerate(rates)
    }
    cap = {"name": "Third", "sum": "spending", "where": {"program": "p0"}, "at_most": "33%", "of": "revenue"}
    plan = solved(programs, money, rules=[cap] if share else [])
    assert plan.distance == abs(plan.bound - plan.plan_value)
    assert plan.distance <= 1e-7 * max(abs(plan.bound), abs(plan.objective_value))
    assert plan.proved


def test_what_later_objectives_leave_of_a_smallest_level_is_no_loss_of_rounding() -> None:
    programs = {
        key: {"districts": {place: "100%"}, "outcomes": {"good": {"unit_cost": 100, "up_to": 20}}}
        for key, place in (("a", "north"), ("b", "south"))
    }
    objective = [{"maximize": {"smallest": "good", "by": "districts"}, "within": "10%"}, {"maximize": "good"}]
    plan = solved(programs, 4_000, objective=objective)
    # both districts have all that there is; the column of the smallest level may be a tenth less
    assert plan.plan_value == pytest.approx(20)
    assert not plan.rounding_matters
    assert plan.rounded_to == 0.01


def test_a_loss_is_measured_by_all_figures_of_a_value_also_those_that_money_does_not_change() -> None:
    # 40 of 42.21 come without money; a thousandth of a dollar moves the rest by more than a ten-millionth of itself
    programs = {
        "a": {"outcomes": {"good": {"curve": [[0, 0], [1000, 6.9]]}}},
        "b": {"outcomes": {"good": {"curve": [[0, 40], [1000, 40]]}}, "spending": {"at_most": 0}},
        "c": {"baseline": 1000, "outcomes": {"good": {"per_dollar": 0.0036}}},
    }
    objective = [{"maximize": "good", "within": "10%"}, {"minimize": "spending"}]
    plan = solved(programs, 1_000, objective=objective, rules=[{"name": "Half", "sum": "spending", "at_least": 500}])
    assert plan.plan_value == pytest.approx(42.21, abs=1e-5)
    assert plan.proved


@pytest.mark.parametrize(("growth", "cost"), [("1%", 500_000), ("2%", 700_000), ("1.5%", 1_000_000)])
def test_packages_and_floors_are_paid_to_the_cent_by_several_funds(growth: str, cost: float) -> None:
    curve = {"curve": [[0, 0], [3e6, 8e5], [20e6, 2e6]]}
    packages = [
        {"name": name, "cost": cost * part, "outcomes": {"good": 6e5 * part}} for name, part in (("p", 1), ("q", 0.3))
    ]
    only = {"kind": "capital", "only": {"tags": "built"}}
    document = {
        "periods": ["FY1", "FY2", "FY3"],
        "inflation": "3%",
        "funds": {
            "general": {"revenue": 9e6, "growth": growth, "reserve": {"at_least": "7%", "of": "spending"}},
            "capital": {"one_time": {"FY1": 1e6}, **only},
            "bonds": {"revenue": 3e5, **only},
        },
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "library": {"funds": "general", "outcomes": {"good": curve}},
            "joint": {
                "tags": "built",
                "fund_shares": {"general": "60%", "bonds": "40%"},
                "spending": {"at_least": 123_456.78},
                "outcomes": {"good": {"per_dollar": 0.05}},
            },
            "station": {"tags": "built", "packages": packages},
        },
    }
    plan = bo.solve(Scenario.from_document(document))
    spent = plan.spending.sum(axis=1)
    assert plan.audit.accepted
    assert spent[1] == pytest.approx([123_456.78] * 3, abs=1e-6)
    levels = 1.03 ** np.arange(3)
    assert spent[2] == pytest.approx([*(cost * 1.3 * levels)], abs=0.00501)
    funds = plan.funds
    assert (funds["closing"] >= funds["reserve"] - 0.0001).all()
    confirmed(plan)


@pytest.mark.parametrize("rate", ["150%", "3000%", "353430.4%"])
def test_a_multiple_of_a_rounded_amount_is_kept_to_some_cents(rate: str) -> None:
    # a third of a cent of the small program is 12 dollars of the large one where that may have 3,534 times as much
    of = {"sum": "spending", "where": {"program": ["small"]}}
    rules = [{"name": "R", "where": {"program": ["large"]}, "sum": "spending", "of": of, "at_most": rate}]
    programs = {name: {"outcomes": {"good": {"per_dollar": gain}}} for name, gain in (("large", 3), ("small", 1))}
    plan = solved(programs, 1_800_333.33, rules=rules)
    large, small = plan.spending.sum(axis=(1, 2))
    assert large <= float(rate.rstrip("%")) / 100 * small + 0.12
    confirmed(plan)
