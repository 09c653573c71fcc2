"""What each side of each limit is worth, how far that holds, and what the whole limit costs, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis import prices
from budgetopt.analysis.live_problem.parametric import Piece
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.limit_rows import limit_rows
from budgetopt.analysis.sensitivity.pricing import _farthest
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

INF, NONE = math.inf, math.nan
Row = tuple[str, str, str, str, float, float, float, float, float, float]
"""Name, part, period, sense, bound; relief and until where; tightening and until where; total cost."""


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def rule(name: str, program: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "where": {"program": program}, "sum": "spending", **more}


def project(cost: float, worth: float) -> dict[str, Any]:
    return {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": worth}}]}


def town(**more: Any) -> dict[str, Any]:
    """Return a scenario in which a dollar brings 3 in the one program and 1 in the other."""
    return document_of({"a": rated(3), "b": rated(1)}, **more)


def project_town() -> dict[str, Any]:
    """Return a scenario with a project of 60 dollars; of the other 40 its rules let 30 to 35 be spent at 2."""
    rules = [rule("e", "b", at_least=30), rule("f", "b", at_most=35)]
    return document_of({"a": project(60, 300), "b": rated(2)}, rules=rules)


MINIMAL = document_of(
    {"a": rated(2), "b": rated(4, spending={"at_most": 5})},
    outcomes={"good": {"weight": 1, "target": {"at_least": 50}}},
    objective={"minimize": "spending"},
)
TWO = {"revenue": 20, "periods": LATER[:2]}
DEPARTMENTS = {name: rated(rate, department=name.upper()) for name, rate in (("a", 3), ("b", 1), ("c", 2))}
EACH = [{"name": "g", "sum": "spending", "by": "department", "each_at_least": 10}]

CASES: dict[str, tuple[dict[str, Any], bool | None, list[Row]]] = {
    # 5 dollars of b bring 20, and 15 of a the other 30; without the ceiling 12.5 dollars bring all
    "less spending is better": (MINIMAL, None, [
        ("general", "", "FY1", "equals", 100, 0, INF, 0, 20, NONE),
        ("good", "", "FY1", "at least", 50, 0.5, 20, 0.5, 210, 20),
        ("b", "", "", "at most", 5, 1, 12.5, 1, 0, 7.5),
    ]),
    "what is to be spent on the better": (town(rules=[rule("e", "a", equals=30)]), None, [
        ("general", "", "FY1", "equals", 100, 1, INF, 1, 30, NONE),
        ("e", "", "FY1", "equals", 30, 2, 100, 2, 0, 140),
    ]),
    "what is to be spent on the worse": (town(rules=[rule("e", "b", equals=30)]), None, [
        ("general", "", "FY1", "equals", 100, 3, INF, 3, 30, NONE),
        ("e", "", "FY1", "equals", 30, -2, 100, -2, 0, 60),
    ]),
    "what is to be spent on one of two that are as good": (
        document_of({"a": rated(1), "b": rated(1)}, rules=[rule("e", "a", equals=30)]), None, [
            ("general", "", "FY1", "equals", 100, 1, INF, 1, 30, NONE),
            ("e", "", "FY1", "equals", 30, 0, 100, 0, 0, 0),
        ],
    ),
    "two sides, the upper binds": (town(rules=[rule("e", "a", at_least=10, at_most=30)]), None, [
        ("general", "", "FY1", "equals", 100, 1, INF, 1, 30, NONE),
        ("e", "", "FY1", "at least", 10, 0, -INF, 0, 30, 140),
        ("e", "", "FY1", "at most", 30, 2, 100, 2, 10, NONE),
    ]),
    "two sides, the lower binds": (town(rules=[rule("e", "b", at_least=10, at_most=30)]), None, [
        ("general", "", "FY1", "equals", 100, 3, INF, 3, 10, NONE),
        ("e", "", "FY1", "at least", 10, 2, 0, 2, 30, 20),
        ("e", "", "FY1", "at most", 30, 0, INF, 0, 10, NONE),
    ]),
    "limits that the plan does not reach": (
        document_of(
            {"a": rated(3, spending={"at_most": 40}), "b": rated(1)},
            rules=[rule("e", "a", at_most=70), rule("f", "b", at_least=20)],
        ), None, [
            ("general", "", "FY1", "equals", 100, 1, INF, 1, 60, NONE),
            ("e", "", "FY1", "at most", 70, 0, INF, 0, 40, 0),
            ("f", "", "FY1", "at least", 20, 0, -INF, 0, 60, 0),
            ("a", "", "", "at most", 40, 2, 70, 2, 0, 60),
        ],
    ),
    "a floor of each group": (document_of(DEPARTMENTS, rules=EACH), None, [
        ("general", "", "FY1", "equals", 100, 3, INF, 3, 30, NONE),
        # a dollar less for each of the three: 2 for b and 1 for c go to a
        ("g", "", "", "at least", 10, 3, 0, 3, 100 / 3, 30),
        ("g", "A", "FY1", "at least", 10, 0, -INF, 0, 80, NONE),
        ("g", "B", "FY1", "at least", 10, 2, 0, 2, 80, NONE),
        ("g", "C", "FY1", "at least", 10, 1, 0, 1, 80, NONE),
    ]),
    "all periods together": (town(**TWO, rules=[rule("e", "a", at_most=25, each="total")]), None, [
        # a dollar in both years: below 12.5 in each the rule asks for nothing more
        ("general", "", "", "equals", 20, 2, INF, 2, 12.5, NONE),
        ("general", "", "FY1", "equals", 20, 1, INF, 1, 5, NONE),
        ("general", "", "FY2", "equals", 20, 1, INF, 1, 5, NONE),
        ("e", "", "", "at most", 25, 2, 40, 2, 0, 30),
    ]),
    "a number for each period": (town(**TWO, rules=[rule("e", "a", at_most={"FY1": 5, "FY2": 12})]), None, [
        ("general", "", "", "equals", 20, 2, INF, 2, 12, NONE),
        ("general", "", "FY1", "equals", 20, 1, INF, 1, 5, NONE),
        ("general", "", "FY2", "equals", 20, 1, INF, 1, 12, NONE),
        # both numbers move together, until the second one reaches all that there is or the first one nothing
        ("e", "", "", "at most", 5, 4, 13, 4, 0, 46),
        ("e", "", "FY1", "at most", 5, 2, 20, 2, 0, NONE),
        ("e", "", "FY2", "at most", 12, 2, 20, 2, 0, NONE),
    ]),
    "a reserve": (document_of({"a": rated(3)}, funds={"general": {"revenue": 100, "reserve": 20}}), None, [
        ("general", "", "FY1", "equals", 100, 3, INF, 3, 20, NONE),
        ("general", "", "FY1", "at least", 20, 3, 0, 3, 100, 60),
    ]),
    # the limit of money is all that there is: 80 dollars of revenue, which may all be missing, and 20 from before
    "money from before": (
        document_of(
            {"a": rated(3, spending={"at_most": 110}), "b": rated(1)},
            funds={"general": {"revenue": 80, "opening_balance": 20}},
        ), None, [
            ("general", "", "FY1", "equals", 100, 3, 110, 3, 20, NONE),
        ],
    ),
    "a ceiling that costs less than one": (
        document_of({"a": rated(3, spending={"at_most": 99.75}), "b": rated(1)}), None, [
            ("general", "", "FY1", "equals", 100, 1, INF, 1, 99.75, NONE),
            ("a", "", "", "at most", 99.75, 2, 100, 2, 0, 0.5),
        ],
    ),
    # a hundred times the limit is less than there is to be had
    "a limit that is small beside the money": (town(rules=[rule("e", "a", at_most=0.5)]), None, [
        ("general", "", "FY1", "equals", 100, 1, INF, 1, 0.5, NONE),
        ("e", "", "FY1", "at most", 0.5, 2, 100, 2, 0, 199),
    ]),
    "a rule on change": (
        document_of(
            {"a": rated(3, baseline=20), "b": rated(1, baseline=50)},
            rules=[{"name": "s", "change": {"at_most": "10%"}}],
        ), None, [
            ("general", "", "FY1", "equals", 100, 0, INF, 0, 77, NONE),
            ("s", "", "", "", NONE, NONE, NONE, NONE, NONE, 179),
        ],
    ),
    "a resource": (
        document_of(
            {"a": rated(3, uses={"staff": {"per_dollar": 0.1}}), "b": rated(1)}, resources={"staff": {"capacity": 3}}
        ), None, [
            ("general", "", "FY1", "equals", 100, 1, INF, 1, 30, NONE),
            ("staff", "", "FY1", "at most", 3, 20, 10, 20, 0, 140),
        ],
    ),
    "a floor and a ceiling": (
        document_of(
            {"a": rated(3, spending={"at_most": 20}), "b": rated(1), "c": rated(0.5, spending={"at_least": 10})}
        ), None, [
            ("general", "", "FY1", "equals", 100, 1, INF, 1, 30, NONE),
            ("c", "", "", "at least", 10, 0.5, 0, 0.5, 80, 5),
            ("a", "", "", "at most", 20, 2, 90, 2, 0, 140),
        ],
    ),
    "integer decisions that are open": (project_town(), False, [
        ("general", "", "FY1", "equals", 100, 0, INF, 0, 95, NONE),
        ("e", "", "FY1", "at least", 30, 0, -INF, 0, 35, 0),
        ("f", "", "FY1", "at most", 35, 2, 35.35, 2, 34.65, 10),
    ]),
    "integer decisions that are held": (project_town(), True, [
        ("general", "", "FY1", "equals", 100, 0, INF, 0, 95, NONE),
        ("e", "", "FY1", "at least", 30, 0, -INF, 0, 35, 0),
        ("f", "", "FY1", "at most", 35, 2, 40, 2, 30, 10),
    ]),
    # 60 dollars are the project's; a dollar less and it falls, with all that it brings
    "integer decisions at the edge": (document_of({"a": project(60, 300)}, revenue=60), False, [
        ("general", "", "FY1", "equals", 60, 0, INF, 300 / 0.6, 59.4, NONE),
    ]),
}  # fmt: skip


def rows_of(document: dict[str, Any], hold: bool | None, **options: Any) -> list[Row]:
    columns = ["name", "part", "period", "sense", "bound"]
    columns += ["relief", "relief_until", "tightening", "tightening_until", "total_cost"]
    table = prices(Scenario.from_document(document), hold=hold, **options)
    return [tuple(row) for row in table[columns].itertuples(index=False)]


def test_nothing_is_no_negative_zero() -> None:
    for document, hold, _ in CASES.values():
        table = prices(Scenario.from_document(document), hold=hold)
        for column in ("relief", "tightening", "total_cost"):
            values = table[column].to_numpy(dtype=float)
            assert not np.signbit(values[values == 0]).any()


def assert_same(answer: list[Row], expected: list[Row]) -> None:
    assert [row[:4] for row in answer] == [row[:4] for row in expected]
    for one, other in zip(answer, expected, strict=True):
        assert list(one[4:]) == pytest.approx(list(other[4:]), rel=1e-6, abs=1e-9, nan_ok=True), one[:4]


@pytest.mark.parametrize("name", CASES)
def test_what_each_limit_costs(name: str) -> None:
    document, hold, expected = CASES[name]
    assert_same(rows_of(document, hold), expected)


@pytest.mark.parametrize("kind", ["money", "target", "ceiling"])
def test_what_is_asked_for_alone(kind: str) -> None:
    of = {"money": 0, "target": 1, "ceiling": 2}
    row = CASES["less spending is better"][2][of[kind]]
    assert_same(rows_of(MINIMAL, None, only=[Provision(kind, row[0])]), [row])


def test_a_limit_that_cannot_be_tightened_in_an_integer_problem_says_so() -> None:
    document = document_of({"a": project(60, 300), "b": rated(2)}, rules=[rule("e", "a", at_least=60)], revenue=60)
    (row,) = rows_of(document, False, only=[Provision("rule", "e")])
    assert row[:5] == ("e", "", "FY1", "at least", 60)
    assert list(row[5:]) == pytest.approx([0, -INF, NONE, 60, 0], nan_ok=True)


@pytest.mark.parametrize(("hold", "method"), [
    (None, "solved again with the limit moved by 1%"),
    (False, "solved again with the limit moved by 1%"),
    (True, "exact as long as the integer decisions stand"),
])  # fmt: skip
def test_how_a_price_was_found(hold: bool | None, method: str) -> None:
    table = prices(Scenario.from_document(project_town()), hold=hold)
    assert set(table["method"]) == {method}


def test_what_is_dropped_as_a_whole_is_exact_unless_decisions_are_held() -> None:
    programs = {"a": project(60, 300), "b": rated(2, spending={"at_most": 35})}
    scenario = Scenario.from_document(document_of(programs))
    for hold, method in ((False, "exact"), (True, "exact as long as the integer decisions stand")):
        table = prices(scenario, hold=hold).set_index("kind")
        assert table.loc["ceiling", "method"] == method
        assert table.loc["ceiling", "total_cost"] == pytest.approx(10)


def test_a_question_that_is_given_is_the_one_that_is_asked() -> None:
    scenario = Scenario.from_document(project_town())
    question = WhatIf(scenario)
    table = prices(scenario, hold=True, question=question)
    assert set(table["method"]) == {"solved again with the limit moved by 1%"}
    assert question.solves > 3


def test_how_the_price_of_a_number_of_several_years_was_found() -> None:
    document = document_of({"a": project(60, 300), "b": rated(2)}, periods=LATER[:2])
    table = prices(Scenario.from_document(document), hold=False).set_index("period")
    assert table.loc["", "method"] == "solved again with the figure moved by 1%"
    assert table.loc["FY1", "method"] == table.loc["FY2", "method"] == "solved again with the limit moved by 1%"
    # a dollar in both years is two dollars for b
    assert table["relief"].tolist() == pytest.approx([4, 2, 2])
    assert table["sense"].tolist() == ["equals"] * 3


def test_of_many_limits_of_programs_the_costliest_are_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = {"a": rated(3, spending={"at_most": 40}), "b": rated(2, spending={"at_most": 30}), "c": rated(1)}
    scenario = Scenario.from_document(document_of(programs))

    def priced() -> dict[str, list[float]]:
        table = prices(scenario).set_index("name").drop("general")
        return {
            str(name): row
            for name, row in zip(table.index, table[["relief", "total_cost"]].to_numpy().tolist(), strict=True)
        }

    # without the ceiling of a all 60 of b and c go to it: 30 that bring 1 and 30 that bring 2
    assert priced() == {"a": pytest.approx([2, 90]), "b": pytest.approx([1, 30])}
    monkeypatch.setattr("budgetopt.analysis.sensitivity.pricing.MOST_OF_PROGRAMS", 1)
    assert priced() == {"a": pytest.approx([2, 90]), "b": pytest.approx([NONE, 30], nan_ok=True)}


@pytest.mark.parametrize(("told", "end"), [(-2e-5, 0.0), (2e-5, 0.0), (4e-5, 4e-5), (-4e-5, -4e-5)])
def test_what_a_tolerance_lets_through_is_not_beyond_zero(
    told: float, end: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a millionth of the limit of 30
    def followed(*_: Any, **__: Any) -> Piece:
        return Piece(2.0, told)

    def untold(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr("budgetopt.analysis.live_problem.ranged_pieces.RangedPieces.piece", untold)
    monkeypatch.setattr("budgetopt.analysis.sensitivity.pricing.follow", followed)
    table = prices(Scenario.from_document(town(rules=[rule("e", "a", at_most=30)])), only=[Provision("rule", "e")])
    assert table[["relief_until", "tightening_until"]].to_numpy().tolist() == [[end, end]]


def test_a_first_dollar_above_nothing_has_its_price() -> None:
    """The plan is worth nothing, so that nothing but the price itself says how exact a value is."""
    funds = {
        "general": {
            "carryover": False, "structural_balance": True, "one_time": {"FY1": 2_000_000},
            "revenue": {"FY1": 0, "FY2": 100_000},
        }
    }  # fmt: skip
    curve = [[0, 0], [100_000, 11], [200_000, 11], [300_000, 11]]
    rules = [
        {"name": "e", "periods": ["FY2"], "sum": "spending", "at_least": 0},
        {"name": "f", "sum": "spending", "each": "total", "at_least": 0},
        {"name": "g", "sum": "spending", "each": "total", "equals": 0},
    ]
    document = document_of(
        {"a": {"baseline": 0, "recurring": False, "outcomes": {"good": {"curve": curve}}}},
        funds=funds, periods=LATER[:2], rules=rules,
    )  # fmt: skip
    (row,) = rows_of(document, None, only=[Provision("rule", "g")])
    assert_same([row], [("g", "", "", "equals", 0, 0.00011, 200_000, 0.00011, 0, 22)])


def test_a_limit_on_an_outcome_may_be_tightened_below_zero() -> None:
    # all of the 100 dollars may go to what harms
    document = document_of({"a": rated(3), "b": rated(-1)}, rules=[{"name": "e", "sum": "outcome good", "at_most": 30}])
    (row,) = rows_of(document, None, only=[Provision("rule", "e")])
    assert_same([row], [("e", "", "FY1", "at most", 30, 1, 300, 1, -100, 270)])


def test_a_limit_in_units_that_are_many_for_a_dollar() -> None:
    document = document_of({"a": rated(1000)}, rules=[{"name": "e", "sum": "outcome good", "at_most": 30_000}])
    (row,) = rows_of(document, None, only=[Provision("rule", "e")])
    assert_same([row], [("e", "", "FY1", "at most", 30_000, 1, 100_000, 1, 0, 70_000)])


def test_the_columns_of_the_table() -> None:
    told = ["kind", "name", "part", "period", "sense", "bound", "relief", "relief_until"]
    rest = ["total_cost", "method", "unit"]
    table = prices(Scenario.from_document(town()))
    assert table.columns.tolist() == [*told, "tightening", "tightening_until", *rest]
    table = prices(Scenario.from_document(project_town()))
    assert table.columns.tolist() == [
        *told, "relief_first", "relief_then", "tightening", "tightening_until", "tightening_first", "tightening_then",
        "total_cost", "decisions", "method", "unit",
    ]  # fmt: skip


def test_a_floor_moves_down_to_nothing_and_up_to_what_the_other_limits_leave() -> None:
    rules = [rule("f", "a", at_least=5), rule("g", "a", at_most=30)]
    question = WhatIf(Scenario.from_document(town(rules=rules)))
    found = {row.limit.name: [_farthest(question, row, side) for side in (1, -1)] for row in limit_rows(question)}
    assert found["f"] == pytest.approx([25, 5])
    assert found["g"] == pytest.approx([70, 25])
