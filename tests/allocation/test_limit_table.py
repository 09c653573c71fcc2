"""The table of limits: nothing that somebody wrote is left out, and each price is what a little relief brings."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import budgetopt as bo
from budgetopt.allocation.allocation import Allocation
from budgetopt.errors import NoAllocationError
from budgetopt.report.figures.limit_lines import limits_of
from budgetopt.report.figures.numbers import Numbers
from budgetopt.scenario.model import RULE_KINDS
from budgetopt.scenario.scenario import Scenario
from first_format import written_first
from language.small import LATER, document_of
from language.strategies import Told, told
from measures import few

UNLISTED = {"amount", "eligibility", "spending limit", "if funded", "service", "packages", "fund balance", "one fund"}
"""What the audit checks and is no limit of the plan as a whole."""
OTHERS = {
    *("reserve", "structural balance", "fund spending", "transfer", "target", "resource"),
    *("match", "maintenance of effort", "no supplanting"),
}
"""The kinds of limits that are no rules."""
RIVERTON = Path(__file__).parents[1] / "language" / "riverton.yaml"


def dollars(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def everything() -> dict[str, Any]:
    """Return a scenario with every kind of rule and every limit of a fund, a resource and an outcome."""
    programs = {
        "a": dollars(3, baseline=20, department="X", spending={"at_most": 60}, uses={"staff": {"per": 10}}),
        "b": dollars(2, baseline=20, department="Y", spending={"at_most": 60}),
        "c": dollars(1, baseline=20, department="Y", spending={"at_most": 60}),
        "d": dollars(1, spending={"at_most": 30}),
    }
    return document_of(
        programs,
        periods=LATER,
        funds={
            "general": {
                "revenue": 100,
                "reserve": {"at_least": 5, "because": "Ordinance 12"},
                "structural_balance": True,
                "spending": {"at_most": "95%"},
                "transfers_to": {"other": {"at_most": 10}},
            },
            "other": {"revenue": 20},
            "matched": {"revenue": 6, "match": {"from": "general", "rate": "50%"}},
            "kept_up": {"revenue": 6, "maintenance_of_effort": {"fund": "general", "at_least": 30}},
            "on_top": {"revenue": 6, "no_supplanting": True},
        },
        resources={"staff": {"capacity": 5}},
        outcomes={"good": {"weight": 1, "target": {"at_least": 50}}},
        rules=[
            {"name": "total", "sum": "spending", "at_most": 130},
            {"name": "groups", "sum": "spending", "by": "department", "each_at_least": "20%", "of": "equal share"},
            {"name": "parity", "sum": "spending", "by": "department", "parity": "80%"},
            {"name": "move", "change": {"decrease_at_most": "90%"}},
            {"name": "yearly", "change": {"at_most": "50%", "from": "previous"}, "where": {"program": ["a", "b"]}},
            {"name": "few", "count": "funded", "at_most": 4},
            {"name": "needs", "requires": {"program": "d", "needs": ["a", "b"]}},
            {"name": "not both", "excludes": ["c", "d"]},
            {"name": "one", "exactly_one": ["c", "d"], "periods": ["FY1"]},
            {"name": "both", "together": ["a", "b"]},
            {"name": "share", "substitutes": ["a", "b"], "at_most": "150%"},
            {"name": "follow", "follows": {"program": "d", "of": "a", "at_most": "100%"}},
        ],
    )


OWN = ("floor", "ceiling", "most units", "whole units", "one fund", "fund shares")


def listed(plan: Allocation) -> Counter[tuple[str, str]]:
    shared = plan.rules[~plan.rules["kind"].isin(OWN)]
    return Counter(zip(shared["kind"], shared["name"], strict=True))


def expected(plan: Allocation) -> set[tuple[str, str]]:
    """Return what the audit checked and somebody wrote: a match by the grant that asks for it."""
    found = set()
    for check in plan.audit.checks:
        if check.kind == "match":
            funds = plan.scenario.funds.items()
            found |= {("match", key) for key, fund in funds if fund.match and fund.match.from_ == check.name}
        elif check.kind == "stand-in" and np.isinf(check.upper).all():
            continue  # nobody wrote how much may stand in
        elif check.kind not in UNLISTED and check.kind not in OWN:
            found.add((check.kind, check.name))
    return found


def test_every_kind_of_limit_is_listed() -> None:
    plan = bo.solve(Scenario.from_document(everything()))
    assert set(listed(plan)) == expected(plan)
    kinds = {kind for kind, _ in listed(plan)}
    assert kinds >= {key.replace("_", " ") for key in RULE_KINDS}
    assert kinds - {key.replace("_", " ") for key in RULE_KINDS} == OTHERS
    assert not plan.rules["binding"].isna().any()


def test_the_whole_language_is_listed() -> None:
    plan = bo.solve(bo.load(RIVERTON))
    assert set(listed(plan)) == expected(plan)
    # where each stands in the file is said
    shared = plan.rules[~plan.rules["kind"].isin(OWN)]
    assert shared["place"].str.startswith(str(RIVERTON)).all()
    assert plan.rules["place"].str.contains(r":\d+:").all()
    rows = plan.rules.set_index("name")
    assert rows.loc["case_workers", "bound"].tolist() == [64.0] * 3
    assert rows.loc["South side share", "part"].tolist() == ["north"] * 3 + ["south"] * 3
    assert rows.loc["Screening needs the library", "part"].tolist() == ["library_hours"] * 3


@few(1 / 4)
@given(case=told(max_programs=3))
def test_nothing_that_was_written_is_left_out(case: Told) -> None:
    try:
        plan = bo.solve(case.scenario)
    except NoAllocationError:
        return
    assert set(listed(plan)) == expected(plan)
    held = plan.rules[plan.rules["sense"].isin(["at least", "at most", "equals"])]
    # a plan that the audit accepts stands on the right side of each limit
    assert (held["slack"].to_numpy() >= -0.1 * np.maximum(np.abs(held["bound"].to_numpy(dtype=float)), 1)).all()


def at(document: dict[str, Any], path: tuple[Any, ...], by: float) -> dict[str, Any]:
    """Return a document with one number moved."""
    moved = copy.deepcopy(document)
    place: Any = moved
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += by
    return moved


PAIR = {"a": dollars(3, department="X", baseline=40), "b": dollars(2, department="Y", baseline=40)}
TWO = {"general": {"revenue": 100, "carryover": False}, "other": {"revenue": 50, "carryover": False}}
TIED = {"a": dollars(3, funds=["other"]), "b": dollars(2, funds=["general"])}
BETWEEN = {"at_least": 10, "at_most": 20}
PRICED: dict[str, tuple[dict[str, Any], str, str, tuple[Any, ...], float, float]] = {
    # what is solved; the row by its name and part; the number that gives way, one unit of relief of it, and its price
    "resource": (
        document_of({"a": dollars(3, uses={"staff": {"per": 10}}), "b": dollars(2)},
                    resources={"staff": {"capacity": 4}}),
        "staff", "", ("resources", "staff", "capacity"), 1, 10,
    ),
    "fund spending": (
        document_of({"a": dollars(3)}, funds={"general": {"revenue": 100, "spending": {"at_most": 60}}}),
        "general", "", ("funds", "general", "spending", "at_most"), 1, 3,
    ),
    "transfer at most": (
        document_of(TIED, funds={**TWO, "general": {**TWO["general"], "transfers_to": {"other": {"at_most": 10}}}}),
        "general to other", "", ("funds", "general", "transfers_to", "other", "at_most"), 1, 1,
    ),
    "transfer at least": (
        document_of(TIED, funds={**TWO, "other": {**TWO["other"], "transfers_to": {"general": BETWEEN}}}),
        "other to general", "", ("funds", "other", "transfers_to", "general", "at_least"), -1, 1,
    ),
    "group at least": (
        document_of(PAIR, rules=[{"name": "r", "sum": "spending", "by": "department", "each_at_least": 30}]),
        "r", "Y", ("rules", 0, "each_at_least"), -1, 1,
    ),
    "group at most": (
        document_of(PAIR, rules=[{"name": "r", "sum": "spending", "by": "department", "each_at_most": 70}]),
        "r", "X", ("rules", 0, "each_at_most"), 1, 1,
    ),
    "for all periods together": (
        document_of(PAIR, rules=[
            {"name": "r", "sum": "spending", "where": {"program": "b"}, "at_least": 9, "each": "total"}
        ]),
        "r", "", ("rules", 0, "at_least"), -1, 1,
    ),
    "target": (
        document_of({**PAIR, "c": {"outcomes": {"bad": {"per_dollar": 0.5}}}},
                    outcomes={"good": {"weight": 1}, "bad": {"weight": 0, "target": {"at_least": 5}}}),
        "bad", "", ("outcomes", "bad", "target", "at_least"), -1, 6,
    ),
    "substitutes": (
        document_of({"a": dollars(3, spending={"at_most": 50}), "b": dollars(2, spending={"at_most": 100})},
                    rules=[{"name": "r", "substitutes": ["a", "b"], "at_most": 0.9}]),
        "r", "", ("rules", 0, "at_most"), 0.01, 200,
    ),
    "follows": (
        document_of({"a": dollars(1, spending={"at_most": 80}), "b": dollars(3, spending={"at_most": 80})},
                    rules=[{"name": "r", "follows": {"program": "b", "of": "a", "at_most": 1}}]),
        "r", "", (), 0, 80,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PRICED)
def test_a_price_is_what_a_unit_of_relief_brings(name: str) -> None:
    document, row, part, path, unit, price = PRICED[name]
    plan = bo.solve(Scenario.from_document(document))
    (line,) = plan.rules[(plan.rules["name"] == row) & (plan.rules["part"] == part)].to_dict("records")
    assert line["binding"]
    assert line["price"] == pytest.approx(price)
    if path:
        relieved = bo.solve(Scenario.from_document(at(document, path, unit)))
        assert relieved.objective_value - plan.objective_value == pytest.approx(price * abs(unit))


def test_the_price_of_a_match_is_that_of_the_program_where_it_costs_most() -> None:
    funds = {**TWO, "grant": {"revenue": 40, "carryover": False, "match": {"from": "general", "rate": 0.5}}}
    programs = {"a": dollars(3, funds=["general", "grant"]), "b": dollars(5, funds=["general"])}
    document = document_of(programs, funds=funds)
    plan = bo.solve(Scenario.from_document(document))
    (row,) = plan.rules[plan.rules["kind"] == "match"].to_dict("records")
    assert (row["name"], row["sense"], row["value"], row["bound"], row["binding"]) == ("grant", "holds", 1, 1, True)
    # a dollar that the program needs not be matched with goes where it brings two more
    assert row["price"] == pytest.approx(2)
    # and 40 dollars of the grant ask for one dollar less at a rate of 19 for 40
    cheaper = bo.solve(Scenario.from_document(at(document, ("funds", "grant", "match", "rate"), -1 / 40)))
    assert cheaper.objective_value - plan.objective_value == pytest.approx(2)


def test_a_grant_that_its_match_keeps_away_is_listed_with_a_price() -> None:
    funds = {**TWO, "grant": {"revenue": 40, "carryover": False, "match": {"from": "general", "rate": "900%"}}}
    programs = {"a": dollars(1, funds=["general", "grant"]), "b": dollars(5, funds=["general"])}
    plan = bo.solve(Scenario.from_document(document_of(programs, funds=funds)))
    (row,) = plan.rules[plan.rules["kind"] == "match"].to_dict("records")
    assert (row["value"], row["bound"], row["binding"]) == (0, 0, False)
    assert row["price"] > 0


def test_parity_has_the_price_of_all_that_a_group_is_held_beside() -> None:
    programs = {"a": dollars(3, department="X"), "b": dollars(2, department="Y"), "c": dollars(1, department="Z")}
    rule = {"name": "r", "sum": "spending", "by": "department", "parity": 0.5}
    plan = bo.solve(Scenario.from_document(document_of(programs, rules=[rule])))
    # 50, 25 and 25: Y and Z have half of what X has
    rows = plan.rules.set_index("part")
    assert rows["value"].tolist() == pytest.approx([50, 25, 25])
    assert rows["binding"].tolist() == [False, True, True]
    # a dollar that Y may have less goes by halves to X, and by quarters to Y and Z
    assert rows.loc["Y", "price"] == pytest.approx((3 * 0.5 + 2 * 0.25 + 1 * 0.25) - 2)
    assert rows.loc["Z", "price"] == pytest.approx((3 * 0.5 + 2 * 0.25 + 1 * 0.25) - 1)
    assert rows.loc["X", "price"] == 0


def test_a_change_from_year_to_year_has_the_price_of_the_program_where_it_costs_most() -> None:
    programs = {"a": dollars(3), "b": dollars(1)}
    revenue = {"FY1": 10, "FY2": 100}
    rule = {"name": "r", "change": {"increase_at_most": 0.5, "from": "previous"}, "where": {"program": "a"}}
    document = document_of(programs, revenue=revenue, periods=("FY1", "FY2"), rules=[rule])
    plan = bo.solve(Scenario.from_document(document))
    (row,) = plan.rules.to_dict("records")
    assert (row["period"], row["value"], row["bound"], row["price"]) == ("FY2", 1, 1, pytest.approx(2))


def test_a_limit_that_asks_for_nothing_says_so() -> None:
    rules = [
        {"name": "nobody", "change": {"at_most": "5%"}},
        {"name": "alone", "sum": "spending", "by": "department", "parity": "5%"},
    ]
    document = document_of({"a": dollars(1, department="X")}, periods=LATER, rules=rules)
    rows = bo.solve(Scenario.from_document(document)).rules.set_index("name")
    assert (rows.loc["nobody", "sense"], rows.loc["nobody", "bound"]) == ("holds", 0)
    assert (rows.loc["alone", "sense"], rows.loc["alone", "period"]) == ("not asked", "all")
    assert rows["price"].tolist() == [0, 0]
    assert not rows["binding"].any()


def test_a_limit_that_asks_for_nothing_has_no_price_where_decisions_are_all_or_nothing() -> None:
    rules = [
        {"name": "nobody", "change": {"at_most": "5%"}},
        {"name": "alone", "sum": "spending", "by": "department", "parity": "5%"},
        {"name": "one year", "sum": "spending", "at_most": {"FY2": 90}},
    ]
    document = document_of({"a": dollars(1, department="X", if_funded={"at_least": 30})}, periods=LATER, rules=rules)
    rows = bo.solve(Scenario.from_document(document)).rules.set_index("name")
    assert rows.loc[["nobody", "alone"], ["price", "one_percent"]].isna().all(axis=None)
    assert rows["price"].isna().all()


def test_whole_decisions_have_no_prices() -> None:
    plan = bo.solve(Scenario.from_document(everything()))
    assert plan.rules["price"].isna().all()
    document = written_first(plan)
    assert len(document["rules"]) == len(plan.rules)
    assert {rule["part"] for rule in document["rules"] if rule["name"] == "needs"} == {"a", "b"}


def test_limits_in_different_units_are_compared_by_a_hundredth_of_each() -> None:
    programs = {
        "a": dollars(3, spending={"at_most": 50}),
        "b": dollars(2, spending={"at_most": 100}),
        "c": dollars(4, baseline=10),
    }
    rules = [
        {"name": "share", "substitutes": ["a", "b"], "at_most": 0.5},
        {"name": "move", "change": {"at_most": "50%"}},
        {"name": "cap", "sum": "spending", "at_most": 90},
    ]
    plan = bo.solve(Scenario.from_document(document_of(programs, rules=rules)))
    rows = plan.rules.set_index("name")
    # b covers half at 2 a dollar: a hundredth of 0.5 is half a dollar
    assert rows.loc["share", "price"] == pytest.approx(200)
    assert rows.loc["share", "one_percent"] == pytest.approx(200 * 0.5 / 100)
    # c may have 15: a hundredth of it, 0.15, brings 4 a dollar
    assert rows.loc["move", "price"] == pytest.approx(4)
    assert rows.loc["move", "one_percent"] == pytest.approx(0.6)
    assert rows.loc["cap", "one_percent"] == 0


def test_what_holds_without_a_number_is_listed_and_explained() -> None:
    teams = {"service": {"unit": "teams", "unit_cost": 7, "whole": True}, "outcomes": {"good": {"per_unit": 9}}}
    programs = {
        "teams": {**teams, "one_fund": True},
        "shared": dollars(1, fund_shares={"general": "60%", "gift": "40%"}, spending={"at_most": 10}),
    }
    plan = bo.solve(Scenario.from_document(document_of(programs, revenue=30, funds={"gift": {"revenue": 10}})))
    rows = plan.rules[plan.rules["sense"] == "holds"]
    assert list(zip(rows["kind"], rows["name"], strict=True)) == [
        ("one fund", "teams"), ("fund shares", "shared"), ("whole units", "teams"),
    ]  # fmt: skip
    assert rows["binding"].all()
    assert [plan.scenario.limits[at].kind for at in rows["limit"]] == rows["kind"].tolist()
    sentences = bo.explain(plan, "teams").sentences
    assert "Only whole teams of it can be served." in sentences
    assert "One fund pays all of it: general." in sentences
    assert "Fixed parts of it are paid: 60% by general and 40% by gift." in bo.explain(plan, "shared").sentences
    said = [limit for limit in limits_of(plan, Numbers("USD")) if limit.kind == "fund shares"]
    assert [(limit.name, limit.bound) for limit in said] == [
        ("The parts that funds pay of “shared”", "each fund pays its fixed part")
    ]
    assert written_first(plan)["rules"][-1]["kind"] == "whole units"


def test_the_columns_of_the_limits_of_programs_say_what_their_records_say() -> None:
    """They are made without a record of each, since there may be very many."""
    document = document_of(
        {
            "a": dollars(3, spending={"at_least": 5, "because": "law"}),
            "b": dollars(2, spending={"at_least": {LATER[1]: 5}, "at_most": 20}, one_fund=True),
            "c": {
                "service": {"unit_cost": 1, "at_least": 2, "up_to": 9, "whole": True},
                "outcomes": {"good": {"per_unit": 1}},
            },
        },
        periods=LATER,
    )
    for limits in (Scenario.from_document(document).limits, bo.load(RIVERTON).limits):
        positions = np.arange(len(limits.shared), len(limits))
        records = [limits[at] for at in positions.tolist()]
        assert {"floor", "ceiling"} <= {record.kind for record in records}
        table = limits.table(positions)
        assert table["kind"].tolist() == [record.form for record in records]
        assert table["because"].tolist() == [record.because for record in records]
        assert table["place"].tolist() == [str(record.place or "") for record in records]
