"""What a little more and a little less of any figure is worth, and up to where, worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from budgetopt import solve
from budgetopt.analysis import WhatIf
from budgetopt.analysis.live_problem.parametric import Piece
from budgetopt.analysis.live_problem.what_if import UNTOLD, question_about
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.analysis.sensitivity.figure_prices import _BestValue, figure_prices, money_prices, price_of_figure
from budgetopt.analysis.sensitivity.integer_prices import TOO_LATE
from budgetopt.analysis.sensitivity.moved_limits import NOT_TOLD
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.formulation import formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination
from language.small import LATER, document_of

INF, NONE = math.inf, math.nan
EXACT, NEAR = "exact", "derivative; holds to within 1%"
AGAIN = "solved again with the figure moved by 1%"


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


# 100 dollars, 20 of them from before: all for a at 3
SAVED = document_of(
    {"a": rated(3, spending={"at_most": 110}), "b": rated(1)},
    funds={"general": {"revenue": 80, "opening_balance": 20}},
)
# 20 dollars for b at 0.1, as its floor asks, and 80 for a at a quarter
FLOOR = document_of(
    {
        "a": {"outcomes": {"good": {"unit_cost": 4, "up_to": 50}}},
        "b": rated(0.1, baseline=40, spending={"at_least": "50%"}, department="Parks", tags=["green"]),
    },
    rules=[{"name": "k", "sum": "spending", "where": {"program": "b"}, "at_most": "60%", "of": "total spending"}],
)
# recurring money pays for a at 3 only as far as it recurs, and the rest goes to b, which does not recur
BALANCED = document_of(
    {"a": rated(3), "b": rated(1, recurring=False)},
    funds={"general": {"revenue": 80, "one_time": 20, "structural_balance": True, "carryover": False}},
)
# in FY1 a has 30 at 3 and b 40 at 2; in FY2 both may have more than there is
YEARLY = document_of(
    {"a": rated(3, spending={"at_most": 30}), "b": rated(2, spending={"at_most": {"FY1": 40}}), "c": rated(1)},
    periods=LATER[:2],
    funds={"general": {"revenue": 100, "one_time": {"FY1": 0}, "carryover": False}},
)
PROJECT = document_of(
    {"a": {"packages": [{"name": "all", "cost": 60, "outcomes": {"good": 300}}]}, "b": rated(2)},
)
# 100 dollars bring just what the target asks for
TARGET = document_of(
    {"a": rated(3), "c": rated(0.5, baseline=10)},
    outcomes={"good": {"weight": 1, "target": {"at_least": 300}}, "idle": {"weight": 2}},
)
# the project takes all of the money, and a rule asks for it
ASKED = {
    **document_of({**PROJECT["programs"]}, 60),
    "rules": [{"name": "k", "count": "funded", "where": {"program": "a"}, "at_least": 1}],
}
# 30 dollars of the 50 that bring 40; b would bring half for each dollar
CURVED = document_of({"a": {"outcomes": {"good": {"curve": [[0, 0], [50, 40], [90, 50]]}}}, "b": rated(0.5)}, 30)
CASES: dict[str, tuple[dict[str, Any], str, tuple[float, float, float, float, float, float, str]]] = {
    # value and unit; what more brings and until where; what less brings and until where
    "revenue": (SAVED, "funds.general.revenue", (80, 1, 3, 90, -3, 0, EXACT)),
    "what is there before": (SAVED, "funds.general.opening_balance", (20, 1, 3, 30, -3, 0, EXACT)),
    "what cannot be less": (SAVED, "funds.general.one_time", (0, 1, 3, 10, NONE, 0, EXACT)),
    "a ceiling that does not bind": (SAVED, "programs.a.spending.at_most", (110, 1, 0, INF, 0, 100, EXACT)),
    "a weight": (SAVED, "outcomes.good.weight", (1, 1, 300, INF, -300, 0, EXACT)),
    # below 1 the other program is better
    "an effect": (SAVED, "programs.a.outcomes.good.per_dollar", (3, 1, 100, INF, -100, 1, EXACT)),
    # until a has 200 dollars; and until 20 dollars are 60% of all
    "revenue beside a share": (FLOOR, "funds.general.revenue", (100, 1, 0.25, 220, -0.25, 100 / 3, EXACT)),
    # 80 / c: the derivative is off by a hundredth at c + c / 99 and at c - c / 101
    "a cost": (
        FLOOR, "programs.a.outcomes.good.unit_cost", (4, 1, -5, 4 + 4 / 99, 5, 4 - 4 / 101, NEAR),
    ),
    "an end that is not reached": (FLOOR, "programs.a.outcomes.good.up_to", (50, 1, 0, INF, 0, 20, EXACT)),
    # a percent is 0.4 dollars, until b has the 60 that it may
    "a share": (FLOOR, "programs.b.spending.at_least", (0.5, 0.01, -0.06, 1.5, 0.06, 0, EXACT)),
    "what is shared": (FLOOR, "programs.b.baseline", (40, 1, -0.075, 120, 0.075, 0, EXACT)),
    "recurring money": (BALANCED, "funds.general.revenue", (80, 1, 3, INF, -3, 0, EXACT)),
    "money that comes once": (BALANCED, "funds.general.one_time", (20, 1, 1, INF, -1, 0, EXACT)),
    # a dollar of the one year alone, whether the other has a number or not
    "one year of a ceiling": (YEARLY, "programs.a.spending.at_most.FY2", (30, 1, 1, 100, -1, 0, EXACT)),
    "one year of a ceiling of its own": (YEARLY, "programs.b.spending.at_most.FY1", (40, 1, 1, 70, -1, 0, EXACT)),
    "a year that has no number": (YEARLY, "funds.general.one_time.FY2", (0, 1, 2, INF, NONE, 0, EXACT)),
    # both years move by as much, and the second has nothing left where the first has 5
    "several numbers": (
        {
            **document_of({"a": rated(3)}, periods=LATER[:2]),
            "funds": {"general": {"revenue": {"FY1": 25, "FY2": 20}, "carryover": False}},
        },
        "funds.general.revenue", (25, 1, 6, INF, -6, 5, EXACT),
    ),
    "money that a project needs": (ASKED, "funds.general.revenue", (60, 1, 2, NONE, NONE, 60, AGAIN)),
    # with less the target cannot be met; with more each dollar brings as much more, however far
    "an effect that a target needs": (
        TARGET, "programs.a.outcomes.good.per_dollar", (3, 1, 100, 303, NONE, 3, NEAR),
    ),
    # c brings more than a from 3 on; a hundred times its effect less is as far as it is looked
    "an effect of what gets nothing": (
        TARGET, "programs.c.outcomes.good.per_dollar", (0.5, 1, 0, 3, 0, -49.5, NEAR),
    ),
    "a weight of what nothing brings": (TARGET, "outcomes.idle.weight", (2, 1, 0, INF, 0, -INF, EXACT)),
    "a baseline that nothing depends on": (TARGET, "programs.c.baseline", (10, 1, 0, INF, 0, 0, EXACT)),
    # 40 dollars are left for b at 2
    "the cost of a project": (PROJECT, "programs.a.packages.0.cost", (60, 1, -2, NONE, 2, NONE, AGAIN)),
    "what a project brings": (PROJECT, "programs.a.packages.0.outcomes.good", (300, 1, 1, NONE, -1, NONE, AGAIN)),
    # below 25, b is better than a
    "what a point of a curve brings": (
        CURVED, "programs.a.outcomes.good.curve.1.1", (40, 1, 0.6, 4040, -0.6, 24.85, NEAR),
    ),
    # 1,200 / x: the derivative is off by a hundredth there
    "where a point of a curve stands": (
        CURVED, "programs.a.outcomes.good.curve.1.0", (50, 1, -0.48, 50 / 0.99, 0.48, 50 / 1.01, NEAR),
    ),
    "money beside a project": (PROJECT, "funds.general.revenue", (100, 1, 2, NONE, -2, NONE, AGAIN)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_price_of_a_figure(name: str) -> None:
    document, path, (*numbers, method) = CASES[name]
    (row,) = figure_prices(Scenario.from_document(document), path).to_dict("records")
    assert (row["figure"], row["method"]) == (path, method)
    found = [row[key] for key in ("value", "unit", "more", "more_until", "less", "less_until")]
    assert found == pytest.approx(numbers, rel=1e-3 if method == NEAR else 1e-6, abs=1e-9, nan_ok=True)


def test_decisions_that_are_held_are_said() -> None:
    (row,) = figure_prices(Scenario.from_document(PROJECT), "funds.general.revenue", hold=True).to_dict("records")
    assert row["method"] == "exact as long as the integer decisions stand"
    assert [row[key] for key in ("more", "more_until", "less", "less_until")] == pytest.approx([2, INF, -2, 60])


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("funds.general.revenue", 80),
        # of a number that is nothing: all money of funds, or one
        ("funds.general.one_time", 100),
        ("programs.a.outcomes.good.per_dollar", 3),
        ("outcomes.idle.weight", 1),
    ],
)
def test_how_large_a_figure_is(path: str, size: float) -> None:
    scenario = Scenario.from_document({**SAVED, "outcomes": {**SAVED["outcomes"], "idle": {"weight": 0}}})
    assert _BestValue(WhatIf(scenario), figure_at(scenario, path), ranged=True).size == size


def test_what_the_relaxation_foresees(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario.from_document(PROJECT)
    work = _BestValue(WhatIf(scenario), figure_at(scenario, "funds.general.revenue"), ranged=True)
    # a search that is carried to its end tells any change
    assert work._foreseen(10.0) == INF
    monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 1)
    question = question_about(solve(scenario), exact=True)
    work = _BestValue(question, figure_at(scenario, "funds.general.revenue"), ranged=True)
    # the 60 dollars of the project are there, and each more is one for b
    assert work._foreseen(10.0) == pytest.approx(20)
    assert work._foreseen(-4.0) == pytest.approx(8)


def test_why_a_price_is_not_told_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario.from_document(PROJECT)
    question = WhatIf(scenario)
    solve_ = question.solve

    def vaguely(problem: Any, *more: Any) -> Any:
        answer = solve_(problem, *more)
        return replace(answer, bound=answer.objective + 1)

    # each search leaves 1 open, and a dollar brings 2
    monkeypatch.setattr(question, "solve", vaguely)
    price = price_of_figure(question, figure_at(scenario, "funds.general.revenue"))
    assert price.method == f"{AGAIN}{UNTOLD}{NOT_TOLD}"
    assert all(math.isnan(one) for one in (price.more, price.more_until, price.less, price.less_until))


def test_a_price_without_a_range() -> None:
    scenario = Scenario.from_document(FLOOR)
    price = price_of_figure(WhatIf(scenario), figure_at(scenario, "programs.a.outcomes.good.unit_cost"), ranged=False)
    assert [price.more, price.less] == pytest.approx([-5, 5], rel=1e-5)
    assert math.isnan(price.more_until)
    assert math.isnan(price.less_until)


@pytest.mark.parametrize(("money", "until"), [(100, NONE), (60.003, 60.003)])
def test_where_a_figure_bends_the_problem_farther_on_the_first_part_tells_its_price(money: float, until: float) -> None:
    """A floor of 60 fills a curve segment by segment: from 50 on a brings 1 a dollar, where b brings 1.5."""
    curved = {"outcomes": {"good": {"curve": [[0, 0], [50, 100], [99, 149]]}}, "spending": {"at_least": 60}}
    question = WhatIf(Scenario.from_document(document_of({"a": curved, "b": rated(1.5)}, money)))
    price = price_of_figure(question, figure_at(question.scenario, "programs.a.spending.at_least"), ranged=False)
    assert price.method == EXACT
    found = (price.more, price.more_until, price.less, price.less_until)
    assert found == pytest.approx((-0.5, until, 0.5, NONE), nan_ok=True)


def test_what_moves_beside_held_decisions_alone_is_followed() -> None:
    """Revenue bounds what a project may cost, in the column of a decision that is held."""
    documented = document_of({**PROJECT["programs"], "c": {"if_funded": {"at_least": 10}, **rated(1)}})
    (row,) = figure_prices(Scenario.from_document(documented), "funds.general.revenue", hold=True).to_dict("records")
    assert row["method"] == "exact as long as the integer decisions stand"
    assert [row[key] for key in ("more", "more_until", "less", "less_until")] == pytest.approx([2, INF, -2, 60])


def test_no_figure_is_no_question() -> None:
    with pytest.raises(OptionError, match=r"no figure is named[\s\S]*name paths, such as funds\.general\.revenue"):
        figure_prices(Scenario.from_document(SAVED))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("programs.b.department", "no number stands at programs.b.department"),
        ("programs.b.tags", "no number stands at programs.b.tags"),
        ("programs.a.baseline", "nothing stands at programs.a.baseline"),
        ("programs.b", "no number stands at programs.b"),
        ("name", "no number stands at name"),
    ],
)
def test_what_is_no_number_has_no_price(path: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        figure_prices(Scenario.from_document(FLOOR), path)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("path", "lowest", "highest"),
    [
        ("funds.general.revenue", 0, INF),
        ("outcomes.good.weight", -INF, INF),
        # a cost of nothing cannot be said
        ("programs.a.outcomes.good.unit_cost", 4e-6, INF),
    ],
)
def test_how_far_a_figure_may_go(path: str, lowest: float, highest: float) -> None:
    figure = figure_at(Scenario.from_document(FLOOR), path)
    assert (figure.lowest, figure.highest) == (lowest, highest)


def test_money_of_a_fund_by_what_it_is_and_when() -> None:
    def found(document: dict[str, Any]) -> list[tuple[str, str, float]]:
        prices = money_prices(WhatIf(Scenario.from_document(document)), "general")
        return [(what, period, round(price.more, 9)) for what, period, price in prices]

    assert found(SAVED) == [("", "FY1", 3)]
    assert found(BALANCED) == [("recurring revenue", "FY1", 3), ("one-time money", "FY1", 1)]
    years = document_of({"a": rated(3)}, periods=LATER[:2])
    assert found(years) == [("", "FY1", 3), ("", "FY2", 3), ("recurring revenue", "", 6)]


def test_a_piece_that_ends_nearby_is_looked_at_more_closely() -> None:
    # as soon as its unit costs a fifty-thousandth more, the money goes to what is just as good
    programs = {"a": {"outcomes": {"good": {"unit_cost": 4}}}, "b": rated(0.25 / (1 + 2e-5))}
    scenario = Scenario.from_document(document_of(programs))
    (row,) = figure_prices(scenario, "programs.a.outcomes.good.unit_cost").to_dict("records")
    assert row["method"] == NEAR
    assert [row["more"], row["less"]] == pytest.approx([-100 / 16, 100 / 16], rel=1e-3)
    assert row["more_until"] == pytest.approx(4 * (1 + 2e-5), abs=2e-6)


def test_the_slope_where_rows_come_and_go_is_that_of_the_line_to_there() -> None:
    scenario = Scenario.from_document(FLOOR)
    work = _BestValue(WhatIf(scenario), figure_at(scenario, "programs.a.outcomes.good.unit_cost"), ranged=True)
    # ten dollars more bring 2.5
    richer = formulate(scenario.with_("funds.general.revenue=110")).linear_program
    other = formulate(Scenario.from_document(SAVED)).linear_program
    assert work._slope_at(lambda by: richer if by == 0.5 else other, 0.5) == (
        pytest.approx(2.5 / 0.5),
        pytest.approx(work.start.value + 2.5),
    )
    empty = Scenario.from_document(document_of({"a": rated(3, spending={"at_least": 5})}, 4))
    assert work._slope_at(lambda _: formulate(empty).linear_program, 0.5) is None


def test_a_price_for_which_no_time_is_left_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetopt.analysis.sensitivity.integer_prices.LONGEST", -1.0)
    scenario = Scenario.from_document(PROJECT)
    question = WhatIf(scenario)
    question.as_is()
    before = question.solves
    price = price_of_figure(question, figure_at(scenario, "funds.general.revenue"))
    assert price.method == f"{AGAIN}{UNTOLD}{TOO_LATE}"
    assert all(math.isnan(one) for one in (price.more, price.more_until, price.less, price.less_until))
    assert question.solves == before


@pytest.mark.parametrize(
    ("end", "ended", "tolerated"),
    [
        (1e-12, Termination.INFEASIBLE, True),
        (-1e-12, Termination.INFEASIBLE, True),
        (1e-12, Termination.OPTIMAL, False),
        (5.0, Termination.INFEASIBLE, False),
        (math.inf, Termination.INFEASIBLE, False),
    ],
)
def test_a_piece_that_ends_where_it_begins_is_tolerated_alone_if_there_is_no_plan_beyond(
    end: float, ended: Termination, tolerated: bool
) -> None:
    value: Any = _BestValue.__new__(_BestValue)
    value.size, value.problem_at = 100.0, lambda by: by
    value.question = SimpleNamespace(solve=lambda _: SimpleNamespace(termination=ended))
    assert value._is_tolerated(1, Piece(1.0, end)) is tolerated
