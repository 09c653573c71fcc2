"""Plans from tables, and what an audit shows of them as tables and words."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.errors import OptionError, UnknownNameError
from riverton import M, audited, payments, rounded, town, usual
from strategies import unchecked

COLUMNS = ["program", "fund", "period", "amount"]


def test_a_plan_from_a_table() -> None:
    scenario = town()
    frame = pd.DataFrame(
        [
            ("library", "general", "FY2028", 400_000),
            ("shelter", "grant", "FY2027", 1.5),
            ("library", "general", "FY2028", 100_000),
        ],
        columns=COLUMNS,
    )
    plan = SpendingPlan.from_frame(scenario, frame)
    expected = payments(scenario, ("library", "general", "FY2028", 500_000), ("shelter", "grant", "FY2027", 1.5))
    assert np.array_equal(plan.spending, expected.spending)
    assert not plan.transfers.any()


def test_transfers_from_a_table() -> None:
    scenario = town()
    none = pd.DataFrame(columns=COLUMNS)
    moved = pd.DataFrame([("general", "grant", "FY2028", 7.25)], columns=["from", "to", "period", "amount"])
    plan = SpendingPlan.from_frame(scenario, none, transfers=moved)
    assert plan.transfers[0, 1, 1] == 7.25
    assert plan.transfers.sum() == 7.25
    assert not plan.spending.any()


def test_one_fund_and_one_period_need_no_column() -> None:
    scenario = unchecked(
        {"funds": {"general": {"revenue": 9}}, "outcomes": {"visits": {}}, "programs": {"a": {}, "b": {}}}
    )
    plan = SpendingPlan.from_frame(scenario, pd.DataFrame({"program": ["b"], "amount": ["3"]}))
    assert plan.spending.tolist() == [[[0.0]], [[3.0]]]


def test_years_written_as_numbers() -> None:
    scenario = town({"periods": [2027, 2028], "funds.grant.revenue": 0})
    frame = pd.DataFrame([("library", "general", 2028, 5)], columns=COLUMNS)
    assert SpendingPlan.from_frame(scenario, frame).spending[1, 0, 1] == 5


@pytest.mark.parametrize(
    ("cells", "error", "message"),
    [
        (
            ("libary", "general", "FY2027", 1),
            UnknownNameError,
            "no program named 'libary'\n    hint: did you mean 'library'",
        ),
        (("library", "generall", "FY2027", 1), UnknownNameError, "no fund named 'generall'"),
        (("library", "general", "FY2029", 1), UnknownNameError, "no period named 'FY2029'"),
        (("library", "general", "FY2027", float("nan")), OptionError, "row 1 of the table of spending has the amount"),
        (("library", "general", "FY2027", "much"), OptionError, "has the amount 'much'"),
        (("library", "general", "FY2027", float("inf")), OptionError, "has the amount"),
    ],
)
def test_cells_that_mean_nothing(cells: tuple[object, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        SpendingPlan.from_frame(town(), pd.DataFrame([cells], columns=COLUMNS))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["program", "fund", "period", "amonut"], "'amonut', an unknown column"),
        (["program", "fund", "period", "period"], "'period', twice"),
        (["program", "fund", "amount"], "no column 'period'"),
        (["fund", "period", "amount"], "no column 'program'"),
        (["program", "fund", "period"], "no column 'amount'"),
    ],
)
def test_columns_that_are_not_there(columns: list[str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        SpendingPlan.from_frame(town(), pd.DataFrame([["library"] * len(columns)], columns=columns))


def test_the_outcome_table() -> None:
    table = audited(None).outcome_table()
    assert table["outcome"].tolist() == ["housed", "housed", "visits", "visits", "overdue", "overdue"]
    assert table["period"].tolist() == ["FY2027", "FY2028"] * 3
    assert rounded(table["level"]) == [100, 100, 200_150, 200_150, 400, 400]
    assert rounded(table["worth"]) == [1000, 1000, 400_300, 400_300, -1200, -1200]
    assert table["unit"].tolist()[-1] == "repairs"


def test_the_balance_table_adds_up() -> None:
    table = audited({"funds.general.opening_balance": 4 * M}, ("shelter", "grant", "FY2027", 1 * M)).balance_table()
    assert table[["fund", "period"]].to_numpy().tolist() == [
        ["general", "FY2027"],
        ["general", "FY2028"],
        ["grant", "FY2027"],
        ["grant", "FY2028"],
    ]
    added = table["opening"] + table["revenue"] + table["one_time"] + table["transfers_in"]
    added -= table["transfers_out"] + table["spending"]
    assert added.tolist() == table["closing"].tolist() == [11 * M, 18 * M, 1 * M, 1 * M]


def test_the_check_table_has_every_limit() -> None:
    rules = [{"name": "Total", "sum": "spending", "at_most": 5 * M, "each": "total"}]
    audit = audited({"rules": rules, "programs.library.spending": {"at_most": 1 * M}})
    table = audit.check_table().set_index(["kind", "name", "period"])
    assert len(table) == sum(len(check) for check in audit.checks) == 2 + 4 + 1
    assert audit.check_table().index.tolist() == list(range(7))
    total = table.loc[("sum", "Total", "total")]
    assert (total["value"], total["at_most"], total["kept"]) == (6 * M, 5 * M, False)
    own = table.loc[("spending limit", "spending", "FY2027")]
    assert (own["program"], own["fund"], own["kept"], own["binding"]) == ("library", "", True, True)


def test_the_audit_in_words() -> None:
    audit = audited(None)
    assert str(audit) == "The plan keeps all 4 limits of Riverton."  # the money of two funds in two periods
    assert repr(audit) == "Audit('Riverton': accepted, 4 limits)"
    audit = audited({"rules": [{"name": "Cap", "sum": "spending", "at_most": {"FY2028": 2 * M}, "because": "Promise"}]})
    assert str(audit) == (
        "The plan misses 1 of the limits of Riverton:\n"
        "- Cap: spending is 3,000,000 in FY2028, and the most is 2,000,000 (Promise)"
    )
    assert repr(audit).startswith("Audit('Riverton': 1 missed")


def test_one_period_is_not_named_in_words() -> None:
    scenario = unchecked(
        {
            "funds": {"general": {"revenue": 9, "reserve": 3}},
            "outcomes": {"visits": {"target": {"at_least": 1}}},
            "programs": {"a": {"outcomes": {"visits": {"per_dollar": 0.1}}}},
        }
    )
    audit = audit_plan(scenario, SpendingPlan(np.array([[[8.0]]]), np.zeros((1, 1, 1))))
    assert [violation.text for violation in audit.violations] == [
        "general closes with 1, and its reserve is 3",
        "visits: 0.80 units, and the target is at least 1",
    ]


def test_a_plan_that_does_nothing() -> None:
    scenario = town()
    audit = audit_plan(scenario, SpendingPlan.nothing(scenario))
    assert audit.accepted
    assert rounded(audit.balances.closing) == [[10 * M, 20 * M], [2 * M, 2 * M]]
    assert audit_plan(scenario, usual(scenario)).weighted_value > audit.weighted_value


def test_checks_of_a_kind() -> None:
    audit = audited({"funds.general.reserve": 1 * M})
    assert [check.name for check in audit.of_kind("reserve")] == ["general"]
    assert [check.name for check in audit.of_kind("fund balance")] == ["grant"]
    assert audit.of_kind("structural balance") == ()


CARE = unchecked(
    {
        "periods": ["t1", "t2"],
        "funds": {"general": {"revenue": 9}},
        "resources": {
            "doctors": {"capacity": 3, "stand_in": {"nurses": {"per_unit": 2}, "aides": {"per_unit": 4}}},
            "nurses": {"capacity": 9, "stand_in": {"aides": {"per_unit": 3}}},
            "aides": {"capacity": 20},
        },
        "outcomes": {"visits": {}},
        "programs": {"a": {}},
    }
)
STOOD_IN = ["resource", "by", "period", "units"]


def stood_in(*rows: tuple[str, str, str, float]) -> SpendingPlan:
    """Return the plan of a table of what stands in for what, without spending."""
    none, table = pd.DataFrame(columns=["program", "period", "amount"]), pd.DataFrame(rows, columns=STOOD_IN)
    return SpendingPlan.from_frame(CARE, none, stand_ins=table)


def test_what_stands_in_from_a_table_and_back() -> None:
    rows = [("doctors", "aides", "t2", 1.5), ("nurses", "aides", "t1", 2), ("doctors", "aides", "t2", 0.5)]
    plan = stood_in(*rows)
    # doctors by nurses, doctors by aides, nurses by aides; rows of the same are added
    assert plan.stand_ins_in(CARE).tolist() == [[0, 0], [0, 2], [2, 0]]
    table = plan.to_frames(CARE)["stand_ins"]
    assert [tuple(row) for row in table[STOOD_IN].itertuples(index=False)] == [
        ("doctors", "aides", "t2", 2),
        ("nurses", "aides", "t1", 2),
    ]


def test_who_may_stand_in_is_said_where_somebody_else_does() -> None:
    with pytest.raises(UnknownNameError, match="no stand-in for nurses named 'doctors'") as caught:
        stood_in(("doctors", "nurses", "t1", 1), ("nurses", "doctors", "t1", 1))
    assert caught.value.hint == "there are: aides"


OFFERS = {"packages": [{"name": "small", "cost": 1}, {"cost": 2}, {"name": "1", "cost": 3}]}
OFFERED = unchecked(
    {
        "periods": ["t1", "t2"],
        "funds": {"general": {"revenue": 9}},
        "outcomes": {"visits": {}},
        "programs": {"a": OFFERS, "b": {"packages": [{"name": "whole", "cost": 5}]}},
    }
)


def test_packages_from_a_table_by_their_names_and_numbers() -> None:
    none = pd.DataFrame(columns=["program", "period", "amount"])

    def taken(*rows: tuple[str, object, str]) -> list[list[bool]]:
        table = pd.DataFrame(rows, columns=["program", "package", "period"])
        found: list[list[bool]] = SpendingPlan.from_frame(OFFERED, none, packages=table).packages_in(OFFERED).tolist()
        return found

    assert taken(("a", "small", "t2"), ("b", 1, "t1")) == [[False, True], [False] * 2, [False] * 2, [True, False]]
    # a name is meant before a number
    assert taken(("a", "1", "t1"), ("a", 2, "t2"))[:3] == [[False] * 2, [False, True], [True, False]]
    with pytest.raises(UnknownNameError, match="no package of b named 'bus'") as caught:
        taken(("a", "small", "t1"), ("b", "bus", "t1"))
    assert caught.value.hint == "there are: 1, whole"


def test_nothing_is_nothing_of_all() -> None:
    for scenario in (CARE, OFFERED):
        plan = SpendingPlan.nothing(scenario)
        for array in (plan.spending, plan.transfers, plan.packages, plan.units, plan.stand_ins):
            assert array is not None
            assert not array.any()


def test_the_row_whose_amount_is_no_number_is_named() -> None:
    rows = [("library", "general", "FY2027", amount) for amount in (1.0, 2.0, float("nan"), 3.0)]
    with pytest.raises(OptionError, match="row 3 of the table of spending has the amount nan"):
        SpendingPlan.from_frame(town(), pd.DataFrame(rows, columns=COLUMNS))


def test_units_that_a_table_does_not_say_are_none_of_a_service_that_it_names() -> None:
    service = {"service": {"unit": "tours", "unit_cost": 2}, "outcomes": {"visits": {"per_unit": 1}}}
    scenario = unchecked(
        {
            "periods": ["t1", "t2"],
            "funds": {"general": {"revenue": 9}},
            "outcomes": {"visits": {}},
            "programs": {"a": service, "b": service},
        }
    )
    none = pd.DataFrame(columns=["program", "period", "amount"])
    units = pd.DataFrame([("b", "t2", 3.0), ("b", "t2", 0.5)], columns=["program", "period", "units"])
    found = SpendingPlan.from_frame(scenario, none, units=units).units_in(scenario)
    assert np.isnan(found[0]).all()
    assert found[1].tolist() == [0, 3.5]


def test_what_a_plan_does_not_say_is_none() -> None:
    plan = SpendingPlan(np.zeros((2, 1, 2)), np.zeros((1, 1, 2)))
    assert plan.packages_in(OFFERED).tolist() == [[False, False]] * 4
    assert SpendingPlan(np.zeros((1, 1, 2)), np.zeros((1, 1, 2))).stand_ins_in(CARE).tolist() == [[0, 0]] * 3
