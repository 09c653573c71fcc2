"""The value of information, part by part, with answers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from tests.analysis.uncertain import library_or_pool, one_dollar

import budgetopt as bo
from budgetopt.analysis.members import FailedMember
from budgetopt.analysis.risk import information_value as module
from budgetopt.analysis.risk.information_value import (
    StudyDesign,
    _best_size,
    _in_order,
    _told,
)
from budgetopt.analysis.risk.value_pieces import ValuePieces
from budgetopt.errors import OptionError, SolverError
from budgetopt.scenario import Scenario

INF = np.inf
NOTHING = Scenario.from_document(
    {"funds": {"f": {"revenue": 1}}, "programs": {"p": {"baseline": 1}}, "objective": {"minimize": "spending"}}
)
"""A scenario without effects."""
AT_1, ABOVE_1 = 0.24197072451914337, 0.15865525393145707
"""The density of the normal distribution at 1, and the probability above 1."""


def test_how_much_a_study_tells() -> None:
    # nine subjects with an error of 3 leave an error of 1: 4 / sqrt(4 + 1)
    assert _told(2.0, StudyDesign(3.0, 1.0), 9) == pytest.approx(4 / 5**0.5)


@pytest.mark.parametrize(("price", "error"), [(0.0003, 3.0), (0.004, 0.5), (0.0004, 20.0), (9.0, 1.0)])
def test_the_best_study_is_the_best_of_all_that_are_worth_their_price(price: float, error: float) -> None:
    bent = ValuePieces(np.array([-INF, 1.5, INF]), np.array([0.0, -1]), np.array([0.0, 2]), 1.0, proved=True)
    study, deviation = StudyDesign(error, price), 0.5
    evppi = AT_1 - ABOVE_1

    def net(subjects: int) -> float:
        return bent.after_study(deviation**2 / (deviation**2 + error**2 / subjects) ** 0.5) - price * subjects

    # no study of more subjects than perfect information would pay for is looked at, but of one at least
    sizes = range(1, max(int(evppi / price), 1) + 1)
    found = _best_size(bent, deviation, study, evppi)
    assert found in sizes
    assert net(found) == pytest.approx(max(map(net, sizes)), abs=1e-12)


def test_effects_are_ordered_by_what_a_study_of_them_is_worth() -> None:
    rows = [
        {"effect": "d", "evppi": 1.0, "net": 3.0},
        {"effect": "b", "evppi": 2.0, "net": 1.0},
        {"effect": "a", "evppi": 2.0, "net": 1.0},
        {"effect": "c", "evppi": 9.0, "net": 1.0},
    ]
    assert _in_order(rows, None, NOTHING)["effect"].tolist() == ["c", "a", "b", "d"]
    assert _in_order(rows, StudyDesign(1.0, 1.0), NOTHING)["effect"].tolist() == ["d", "c", "a", "b"]
    assert _in_order(rows, None, NOTHING).index.tolist() == [0, 1, 2, 3]


def test_what_is_said_of_each_effect() -> None:
    table = bo.information_value(one_dollar(), assumed_error=0.5).table.set_index("effect")
    assert table.loc["a.good", ["program", "outcome", "assumed", "unit", "method", "proved"]].tolist() == [
        "a", "good", False, "weighted outcomes", "exact", True,
    ]  # fmt: skip
    assert table.loc["b.bad", ["program", "outcome", "assumed"]].tolist() == ["b", "bad", True]
    assert table["error"].to_dict() == pytest.approx({"a.good": 1, "b.good": 1, "b.bad": 0.5})
    # b's harm is 2: without it b brings 2, and a brings as much with half of it
    assert table.loc["b.bad", ["changes_below", "changes_above"]].tolist() == pytest.approx([0.5, INF])
    # max(1, 2 - 2 f) of f = 1 + 0.5 z is 1 + max(-1 - z, 0): the density at 1 less the probability beyond
    assert table["evppi"]["b.bad"] == pytest.approx(AT_1 - ABOVE_1)


@pytest.mark.parametrize(("shape", "below"), [("normal", -0.5), ("lognormal", -INF)])
def test_a_factor_that_is_never_there_changes_nothing(shape: Any, below: float) -> None:
    # b brings 2 less 2.5: a would have to do harm for b to be better
    scenario = one_dollar().with_(("programs.b.outcomes.bad.per_dollar", 2.5))
    table = bo.information_value(scenario, shape=shape).table.set_index("effect")
    assert table["changes_below"]["a.good"] == pytest.approx(below)
    # and b would have to bring 3.5
    assert table["changes_above"]["b.good"] == pytest.approx(1.75)


@pytest.mark.parametrize(
    ("shape", "method"),
    [("normal", "exact"), ("lognormal", "by linear prediction of the effects that go with it")],
)
def test_how_effects_that_go_together_are_valued(shape: Any, method: str) -> None:
    table = bo.information_value(one_dollar(), correlation=0.5, shared_by="all", shape=shape).table
    assert set(table["method"]) == {method}


def lacks(z: float) -> float:
    """Return by how much a standard normal variable exceeds a number on average, nothing where it is below."""
    return NormalDist().pdf(z) - z * (1 - NormalDist().cdf(z))


def test_with_errors_that_go_together_in_part_the_other_one_is_predicted() -> None:
    scenario = one_dollar().with_(("programs.a.outcomes.good.std_error", "50%"))
    table = bo.information_value(scenario, correlation=0.5, shared_by="all").table.set_index("effect")
    # a score z of a tells of z / 2 for b: a brings 1 + z / 2, and b brings z, which is more from 2 on
    # a score z of b tells of z / 2 for a: b brings 2 z, and a brings 1 + z / 4, which meet at 4 / 7
    assert table["evppi"].to_dict() == pytest.approx({"a.good": 0.5 * lacks(2), "b.good": 1.75 * lacks(4 / 7)})
    assert table["changes_above"].to_dict() == pytest.approx({"a.good": 2, "b.good": 1 + 4 / 7})


def test_every_plan_along_a_factor_is_found() -> None:
    """Five parts of a curve, of 2 dollars each, against a program that brings 2.5 f for each dollar."""
    slopes, points = (5, 4, 3, 2, 1), [[0, 0]]
    for slope in slopes:
        points.append([points[-1][0] + 2, points[-1][1] + 2 * slope])
    document = {
        "funds": {"general": {"revenue": 10, "carryover": False}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {
            "library": {"outcomes": {"visits": {"curve": points}}},
            "pool": {"outcomes": {"visits": {"per_dollar": 2.5, "std_error": "100%"}}},
        },
    }
    (row,) = bo.information_value(bo.Scenario.from_document(document)).table.to_dict("records")
    # each part is worth the larger of its slope and 2.5 f, which are as far apart as 2.5 times a score
    assert row["evppi"] == pytest.approx(sum(2 * 2.5 * lacks(abs(slope - 2.5) / 2.5) for slope in slopes))
    assert (row["changes_below"], row["changes_above"]) == pytest.approx((0.8, 1.2))


def test_a_study_of_so_many_subjects() -> None:
    study = StudyDesign(3.0, per_subject=0.001, fixed_cost=0.05, subjects=9)
    found = bo.information_value(one_dollar(), study=study)
    row = found.table.set_index("effect").loc["b.good"]
    # 2 z with a deviation of 2 / sqrt(2) before the study, against 1
    assert row["subjects"] == 9
    assert row["evsi"] == pytest.approx(2**0.5 * lacks(0.5**0.5))
    assert row["cost"] == pytest.approx(0.05 + 0.009)
    assert row["net"] == pytest.approx(row["evsi"] - 0.059)
    assert row["currency"] == found.plan.scenario.currency
    assert found.study is study
    assert "subjects" not in bo.information_value(one_dollar()).table


def test_an_effect_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = module._pieces_of

    def failing(broken: set[int]) -> Callable[[Any], Callable[[int], ValuePieces]]:
        def pieces_of(asked: Any) -> Callable[[int], ValuePieces]:
            solve = begun(asked)

            def pieces(at: int) -> ValuePieces:
                if at in broken:
                    raise SolverError("it broke")
                return solve(at)

            return pieces

        return pieces_of

    monkeypatch.setattr(module, "_pieces_of", failing({0}))
    found = bo.information_value(one_dollar())
    assert found.table["effect"].tolist() == ["b.good"]
    assert found.failed == (FailedMember(0, "it broke"),)
    assert not found.interrupted
    monkeypatch.setattr(module, "_pieces_of", failing({0, 1}))
    found = bo.information_value(one_dollar())
    assert found.table.columns.tolist() == ["effect", "evppi"]
    assert not len(found.table)
    assert "evppi" in found._repr_html_()


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ({"subject_error": INF, "per_subject": 1}, "a standard deviation of inf"),
        ({"subject_error": -1.0, "per_subject": 1}, "a standard deviation of -1"),
        ({"subject_error": 1.0, "per_subject": INF}, "a study costs nothing or more"),
        ({"subject_error": 1.0, "per_subject": 1, "fixed_cost": INF}, "a study costs nothing or more"),
        ({"subject_error": 1.0, "per_subject": 1, "fixed_cost": -1}, "a study costs nothing or more"),
    ],
)
def test_a_study_that_cannot_be_is_refused(study: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        StudyDesign(**study)


def test_a_study_may_cost_nothing_if_its_size_is_said() -> None:
    assert StudyDesign(0.1, subjects=1).fixed_cost == 0.0
    assert StudyDesign(1.0, per_subject=0.01).subjects is None


def test_a_plan_of_another_objective_has_the_value_of_that() -> None:
    scenario = library_or_pool().with_(("objective", {"maximize": "visits"}))
    assert set(bo.information_value(scenario).table["unit"]) == {"visits"}
