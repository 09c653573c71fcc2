"""Each row of the table of limits with all that it says, worked out by hand; and what a plan's figures round to."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.allocation.proof import labels_of, vector_of
from budgetopt.allocation.tables import exact_sum
from budgetopt.allocation.verify import Finding, Verification
from budgetopt.errors import ResultFileError
from budgetopt.formulation import Labels
from budgetopt.formulation.linear_program import Block
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

NONE = math.nan


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def rule(name: str, program: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "where": {"program": program}, "sum": "spending", **more}


# in both years 60 dollars for a, which may have no more, 5 for c, which is to have as much, and 35 for b
SUMS = document_of(
    {"a": rated(3), "b": rated(1), "c": rated(0.5)},
    periods=LATER[:2],
    rules=[
        rule("between", "a", at_least=10, at_most=60, because="Charter"),
        rule("equal", "c", equals=5),
        rule("near", "b", at_least=30, at_most=90),
        rule("half way", "b", at_least=10, at_most=60),
        rule("total", "a", at_least=100, each="total"),
        rule("once", "b", at_most={"FY2": 50}),
    ],
)
Row = tuple[str, float, float, float, bool, float, float]
"""Sense, value, bound, slack, whether it binds, price, and what a hundredth of it brings."""

SUM_ROWS: dict[tuple[str, str], Row] = {
    ("between", "FY1"): ("at most", 60, 60, 0, True, 2, 1.2),
    ("between", "FY2"): ("at most", 60, 60, 0, True, 2, 1.2),
    ("equal", "FY1"): ("equals", 5, 5, 0, True, 0.5, 0.025),
    ("equal", "FY2"): ("equals", 5, 5, 0, True, 0.5, 0.025),
    # the nearer of the two sides; of equals the lower one
    ("near", "FY1"): ("at least", 35, 30, 5, False, 0, 0),
    ("near", "FY2"): ("at least", 35, 30, 5, False, 0, 0),
    ("half way", "FY1"): ("at least", 35, 10, 25, False, 0, 0),
    ("half way", "FY2"): ("at least", 35, 10, 25, False, 0, 0),
    ("total", "all"): ("at least", 120, 100, 20, False, 0, 0),
    ("once", "FY2"): ("at most", 35, 50, 15, False, 0, 0),
}


def test_each_row_of_limits_on_sums() -> None:
    scenario = Scenario.from_document(SUMS)
    table = bo.solve(scenario).rules
    assert list(zip(table["name"], table["period"], strict=True)) == list(SUM_ROWS)
    columns = ["sense", "value", "bound", "slack", "binding", "price", "one_percent"]
    for found, expected in zip(table[columns].itertuples(index=False), SUM_ROWS.values(), strict=True):
        assert found[0] == expected[0]
        assert list(found[1:]) == pytest.approx(list(expected[1:]), abs=1e-7), expected
    assert set(table["kind"]) == {"sum"}
    assert set(table["part"]) == {""}
    assert set(table["unit"]) == {""}
    assert table["because"].tolist() == ["Charter"] * 2 + [""] * 8
    assert [scenario.limits[at].name for at in table["limit"]] == table["name"].tolist()


# of a, b and c the first two may change by a half: a from 40 to 60, b from 20 to 10, and c has no baseline
CHANGES = document_of(
    {"a": rated(3, baseline=40), "b": rated(1, baseline=20), "c": rated(2)},
    periods=LATER[:2],
    rules=[
        {"name": "half", "change": {"at_most": "50%"}},
        {"name": "later", "change": {"increase_at_most": "50%"}, "where": {"program": "a"}, "periods": ["FY2"]},
    ],
)


def test_each_row_of_limits_on_programs_one_by_one() -> None:
    table = bo.solve(Scenario.from_document(CHANGES)).rules
    columns = ["name", "period", "sense", "value", "bound", "binding", "unit"]
    assert [tuple(row) for row in table[columns].itertuples(index=False)] == [
        ("half", "FY1", "holds", 2, 2, True, "programs"),
        ("half", "FY2", "holds", 2, 2, True, "programs"),
        ("later", "FY2", "holds", 1, 1, True, "programs"),
    ]
    assert table["slack"].isna().all()
    # a dollar that b need not have brings 1 more in c, and so does one more that a may have
    assert table["price"].tolist()[0] == pytest.approx(1)


def test_what_a_hundredth_of_a_limit_on_programs_one_by_one_is_worth_in_each_year() -> None:
    # FY1: 60 for a, which may have no more, 10 for b, which may have no less, and 30 for c at 2 a dollar.
    # FY2: 10 for b, and 45 for a at 3
    document = document_of(
        {"a": rated(3, baseline=40), "b": rated(1, baseline=20), "c": rated(2)},
        {"FY1": 100, "FY2": 55}, LATER[:2],
        rules=[{"name": "half", "change": {"at_most": "50%"}}],
    )  # fmt: skip
    table = bo.solve(Scenario.from_document(document)).rules
    columns = ["period", "value", "bound", "price", "one_percent"]
    assert [tuple(row) for row in table[columns].itertuples(index=False)] == [
        ("FY1", 2, 2, pytest.approx(1), pytest.approx(0.6 + 0.1)),
        ("FY2", 1, 2, pytest.approx(2), pytest.approx(2 * 0.1)),
    ]


def test_what_stops_short_of_a_limit_by_rounding_alone_binds_however_little_the_plan_is_worth() -> None:
    document = document_of({"a": rated(3), "b": rated(1)}, 10_000, rules=[rule("cap", "a", at_most=3_400)])
    document |= {"outcomes": {"good": {"weight": 1e-6}}, "round_to": 1_000}
    plan = bo.solve(Scenario.from_document(document))
    (row,) = plan.rules.to_dict("records")
    assert plan.objective_value == pytest.approx(0.0168)
    assert (row["value"], row["bound"], row["price"]) == (3_000, 3_400, pytest.approx(2e-6))
    assert row["binding"] is False
    document["outcomes"] = {"good": {"weight": 1e-10}}
    plan = bo.solve(Scenario.from_document(document))
    assert plan.rules["binding"].tolist() == [True]


def test_of_a_floor_and_a_ceiling_without_prices_the_one_that_binds_is_listed() -> None:
    # an all-or-nothing decision leaves no prices
    programs = {
        "a": rated(3, spending={"at_least": 10, "at_most": 20}),
        "b": rated(1, spending={"at_least": 10, "at_most": 90}),
        "c": {"packages": [{"cost": 70, "outcomes": {"good": 300}}]},
    }
    table = bo.solve(Scenario.from_document(document_of(programs))).rules
    found = [tuple(row) for row in table[["name", "sense", "value", "bound", "slack"]].itertuples(index=False)]
    assert found == [("b", "at least", 10, 10, 0), ("a", "at most", 20, 20, 0)]


def test_a_program_that_may_not_be_below_zero_has_no_floor_of_zero() -> None:
    funds = {"general": {"revenue": 100, "transfers_to": {"other": {"at_most": 10}}}, "other": {"revenue": 5}}
    table = bo.solve(Scenario.from_document(document_of({"a": rated(3)}, funds=funds))).rules
    (row,) = table[table["kind"] == "transfer"].to_dict("records")
    assert (row["sense"], row["value"], row["bound"], row["slack"], row["binding"]) == ("at most", 0, 10, 10, False)


def test_a_scenario_without_limits_has_an_empty_table_with_all_columns() -> None:
    table = bo.solve(Scenario.from_document(document_of({"a": rated(3)}))).rules
    assert len(table) == 0
    assert table.columns.tolist()[:4] == ["kind", "name", "part", "period"]
    assert table.columns.tolist()[-2:] == ["place", "limit"]


@pytest.mark.parametrize(
    ("dollars", "axis", "total"),
    [([0.1, 0.2], 0, 0.3), ([[0.1, 0.2], [0.3, 0.4]], 1, [0.3, 0.7]), ([[0.1, 0.2], [0.3, 0.4]], (0, 1), 1.0)],
)
def test_sums_of_cents_are_cents(dollars: Any, axis: Any, total: Any) -> None:
    assert exact_sum(np.array(dollars), axis, 0.01).tolist() == total


def labels(*blocks: Block) -> Labels:
    return Labels(blocks, {"period": ("FY1", "FY2")})


def test_labels_of_one_name_are_numbered() -> None:
    one = Block("rule", 0, 2, {"period": np.array([0, 1])})
    two = Block("rule", 2, 3, {"period": np.array([0])})
    three = Block("rule", 3, 4, {"period": np.array([0])})
    plain = Block("value", 4, 6)
    assert labels_of(labels(one, two, three, plain)) == [
        "rule[FY1]", "rule[FY2]", "rule[FY1] (2)", "rule[FY1] (3)", "value[]", "value[] (2)",
    ]  # fmt: skip


def test_values_are_found_by_their_labels() -> None:
    names = ["rule[FY1]", "rule[FY2]", "fund[FY1]"]
    assert vector_of({"fund[FY1]": 3.0, "rule[FY2]": -1.5}, names, "row").tolist() == [0, -1.5, 3]
    assert vector_of({}, names, "row").tolist() == [0, 0, 0]
    with pytest.raises(ResultFileError, match="speaks of the row 'rule\\[FY3\\]'") as caught:
        vector_of({"rule[FY3]": 1.0}, names, "row")
    assert "the scenario has 'rule[FY" in str(caught.value)
    with pytest.raises(ResultFileError, match="no such thing"):
        vector_of({"nothing like it": 1.0}, names, "row")


@pytest.mark.parametrize(
    ("passed", "accepted"), [((), True), ((True,), True), ((True, False), False), ((False, False), False)]
)
def test_what_is_accepted(passed: tuple[bool, ...], accepted: bool) -> None:
    verification = Verification(tuple(Finding("form", one, "words") for one in passed), "So.", proved=False)
    assert verification.accepted is accepted
    assert verification.to_dict()["findings"] == [{"name": "form", "passed": one, "text": "words"} for one in passed]
    assert str(verification).splitlines() == [
        *(f"{'ok  ' if one else 'FAIL'}  form:      words" for one in passed), "", "So.",
    ]  # fmt: skip


def test_the_money_of_a_plan_in_its_tables() -> None:
    plan = bo.solve(Scenario.from_document(CHANGES))
    table = plan.programs
    assert table["spending"].tolist() == [120, 20, 60]
    assert table["baseline"].tolist() == pytest.approx([80, 40, NONE], nan_ok=True)
    assert table["change"].tolist() == [40, -20, 60]
    assert table["change_share"].tolist() == pytest.approx([0.5, -0.5, NONE], nan_ok=True)
    assert plan.by_period.to_numpy().tolist() == [[60, 60], [10, 10], [30, 30]]
    # 3, 1 and 2 a dollar; the baselines bring 240 and 40
    assert plan.outcomes[["baseline", "level", "change", "value"]].to_numpy().tolist() == [[280, 500, 220, 500]]
    assert replace(plan, status=bo.Status.BEST_FOUND).proved is False


def test_a_hundredth_of_a_limit_on_programs_one_by_one_is_worth_what_each_gains() -> None:
    programs = {key: rated(rate, baseline=100) for key, rate in (("a", 3), ("b", 2), ("c", 1))}
    slow = {"name": "slow", "change": {"at_most": "10%", "from": "baseline"}, "where": {"program": ["a", "b"]}}
    scenario = Scenario.from_document(document_of(programs, funds={"general": {"revenue": 320}}, rules=[slow]))
    (row,) = bo.solve(scenario).rules.to_dict("records")
    # a dollar more for a gains 3 and takes 1 from c; one more for b gains 2; each may have 110
    assert (row["value"], row["bound"], row["binding"]) == (2, 2, True)
    assert row["price"] == pytest.approx(2)
    assert row["one_percent"] == pytest.approx((2 + 1) * 110 / 100)


def test_a_limit_that_costs_something_binds_though_amounts_in_cents_stop_short_of_it() -> None:
    # a third of the fund, which whole cents keep a fraction of a cent below 33.333
    cap = rule("cap", "a", at_most=33.333)
    scenario = Scenario.from_document(document_of({"a": rated(3), "b": rated(1)}, rules=[cap], round_to=0.01))
    (row,) = bo.solve(scenario).rules.to_dict("records")
    assert row["slack"] == pytest.approx(0.003)
    assert row["price"] == pytest.approx(2)
    assert row["binding"]


def test_a_limit_far_away_does_not_bind() -> None:
    cap = rule("cap", "a", at_most=150)
    scenario = Scenario.from_document(document_of({"a": rated(3), "b": rated(1)}, rules=[cap]))
    (row,) = bo.solve(scenario).rules.to_dict("records")
    assert (row["slack"], row["price"], row["binding"]) == (50, 0, False)


def test_each_row_says_where_its_limit_is_written(tmp_path: Path) -> None:
    whole = {"unit": "cases", "unit_cost": 30, "whole": True, "up_to": 2}
    programs = {
        "a": {"service": whole, "outcomes": {"good": {"per_unit": 90}}},
        "b": rated(1, spending={"at_most": 20}),
    }
    file = tmp_path / "scenario.yaml"
    document = document_of(programs, rules=[rule("cap", "b", at_most=30)])
    file.write_text(Scenario.from_document(document).to_yaml(), encoding="utf-8")
    table = bo.solve(bo.load(file)).rules
    lines = file.read_text(encoding="utf-8").splitlines()
    for row in table.to_dict("records"):
        path, line, _ = row["place"].rsplit(":", 2)
        assert path.endswith("scenario.yaml")
        assert any(word in lines[int(line) - 1] for word in ("cap", "at_most", "up_to", "whole")), row
    assert set(table["kind"]) == {"sum", "most units", "ceiling", "whole units"}


def test_a_ceiling_with_a_small_price_is_listed() -> None:
    table = bo.solve(
        Scenario.from_document(document_of({"a": rated(1.5, spending={"at_most": 60}), "b": rated(1)}))
    ).rules
    found = [tuple(row) for row in table[["name", "sense", "bound", "price", "one_percent"]].itertuples(index=False)]
    assert found == [("a", "at most", 60, pytest.approx(0.5), pytest.approx(0.3))]
