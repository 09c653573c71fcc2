"""What becomes of a solver's answer: a plan in cents, or an error that says why there is none."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.allocation.solve import _is_too_near, _too_near, allocation_of
from budgetopt.errors import (
    AuditError,
    BudgetoptError,
    CertificateError,
    InfeasibleError,
    OutOfTimeError,
    SolverError,
    UnboundedError,
)
from budgetopt.formulation import formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination, certify, solve_linear_program
from language.small import document_of

TWO = {
    "a": {"outcomes": {"good": {"per_dollar": 3}}, "spending": {"at_most": 40}},
    "b": {"outcomes": {"good": {"per_dollar": 1}}},
}


def answered(**more: Any) -> tuple[Scenario, Any, Any]:
    scenario = Scenario.from_document(document_of(TWO, **more))
    formulation = formulate(scenario)
    return scenario, formulation, solve_linear_program(formulation.linear_program)


@pytest.mark.parametrize(
    ("termination", "error", "words"),
    [
        (Termination.INFEASIBLE, InfeasibleError, "no allocation can meet every rule"),
        (Termination.INFEASIBLE_OR_UNBOUNDED, InfeasibleError, "no allocation can meet every rule"),
        (Termination.UNBOUNDED, UnboundedError, "nothing limits the gain"),
        (Termination.TIME_LIMIT, OutOfTimeError, "the limit of time ran out"),
        (Termination.OTHER_LIMIT, OutOfTimeError, "the limit of time ran out"),
        (Termination.INTERRUPTED, OutOfTimeError, "interrupted before any allocation"),
        (Termination.ERROR, SolverError, "failed: error"),
    ],
)
def test_without_a_point_the_reason_is_raised(
    termination: Termination, error: type[BudgetoptError], words: str
) -> None:
    scenario, formulation, outcome = answered()
    nothing = replace(outcome, termination=termination, solution=replace(outcome.solution, x=None))
    with pytest.raises(error, match=words):
        allocation_of(scenario, formulation, nothing)


def test_a_point_without_a_certificate_is_no_plan() -> None:
    scenario, formulation, outcome = answered()
    with pytest.raises(OutOfTimeError):
        allocation_of(scenario, formulation, replace(outcome, termination=Termination.TIME_LIMIT, certificate=None))


def with_point(outcome: Any, point: Any, termination: Termination = Termination.OPTIMAL) -> Any:
    first = outcome.stages[0]
    solution = replace(outcome.solution, x=point, termination=termination)
    certificate = certify(first.program, first.stage, replace(solution, objective=float(first.stage.cost @ point)))
    return replace(outcome, solution=solution, certificate=certificate, termination=termination)


def test_an_answer_that_is_called_optimal_and_is_not_is_refused() -> None:
    scenario, formulation, outcome = answered()
    # the best plan where a buys less than b
    reverse = document_of({"a": {**TWO["a"], "outcomes": {"good": {"per_dollar": 0.5}}}, "b": TWO["b"]})
    point = solve_linear_program(formulate(Scenario.from_document(reverse)).linear_program).x
    worse = with_point(outcome, point)
    assert worse.certificate.feasible
    assert not worse.certificate.proved
    with pytest.raises(CertificateError, match="the proof does not hold"):
        allocation_of(scenario, formulation, worse)
    # as the best that was found in the time it is a plan
    plan = allocation_of(scenario, formulation, with_point(outcome, point, Termination.TIME_LIMIT))
    assert plan.spending.ravel().tolist() == [0, 100]
    assert plan.status is bo.Status.BEST_FOUND


@pytest.mark.parametrize("termination", [Termination.OPTIMAL, Termination.TIME_LIMIT])
def test_an_answer_that_spends_what_is_not_there_is_refused(termination: Termination) -> None:
    scenario, formulation, outcome = answered()
    with pytest.raises(CertificateError, match="the proof does not hold"):
        allocation_of(scenario, formulation, with_point(outcome, outcome.x * 2, termination))


def test_a_plan_that_the_audit_does_not_accept_is_never_shown() -> None:
    _, formulation, outcome = answered()
    # the linear program of one scenario, and the words of another
    other = Scenario.from_document(document_of(TWO, rules=[{"name": "Cap", "sum": "spending", "at_most": 9}]))
    with pytest.raises(AuditError, match="does not pass the audit: Cap: spending is 100"):
        allocation_of(other, formulation, outcome)


def test_transfers_are_rounded_and_who_receives_them_spends_no_more() -> None:
    funds = {
        "giver": {"revenue": 10, "transfers_to": {"taker": {"at_most": 3.3333}}, "carryover": False},
        "taker": {"revenue": 1.006, "carryover": False},
    }
    programs = {
        "a": {"outcomes": {"good": {"per_dollar": 3}}, "funds": ["taker"]},
        "b": {"outcomes": {"good": {"per_dollar": 1}}, "funds": ["giver"]},
    }
    document = document_of(programs, funds={"general": {"revenue": 0}, **funds}, round_to=0.01)
    plan = bo.solve(Scenario.from_document(document))
    names = list(plan.scenario.funds)
    giver, taker = names.index("giver"), names.index("taker")
    assert plan.transfers[giver, taker].tolist() == [3.33]
    # 1.006 + 3.33 are 4.33 in whole cents, and 10 - 3.33 are 6.67
    assert plan.spending[0, taker].tolist() == [4.33]
    assert plan.spending[1, giver].tolist() == [6.67]
    assert np.count_nonzero(plan.spending) == 2
    # 4.33 of 4.3393 dollars at 3, and 6.67 of 6.6667 at 1
    assert plan.objective_value == pytest.approx(3 * 4.3393 + 6.6667)
    assert plan.plan_value == pytest.approx(3 * 4.33 + 6.67)
    assert plan.distance == pytest.approx(3 * 0.0093 - 0.0033)
    assert not plan.proved
    assert plan.gap == pytest.approx(plan.distance / plan.objective_value)


def test_a_reserve_of_a_share_of_the_spending_is_kept_to_the_cent() -> None:
    reserve = {"at_least": "25%", "of": "spending"}
    document = document_of(
        {"a": {"outcomes": {"good": {"per_dollar": 3}}}},
        funds={"general": {"revenue": 10.007, "reserve": reserve}},
        round_to=0.01,
    )
    plan = bo.solve(Scenario.from_document(document))
    # 10.007 / 1.25 is 8.0056
    assert plan.spending.ravel().tolist() == [8.0]


@pytest.mark.parametrize(
    ("failures", "rows", "bounds", "near"),
    [
        (("rows",), 1e-7, 0.0, True),
        (("rows", "bounds"), 1e-7, 1e-6, True),
        (("bounds",), 0.0, 2e-6, False),
        (("rows",), 2e-6, 0.0, False),
        (("rows", "gap"), 1e-7, 0.0, False),
        ((), 0.0, 0.0, True),
    ],
)
def test_what_misses_limits_by_little_is_too_near(
    failures: tuple[str, ...], rows: float, bounds: float, near: bool
) -> None:
    checks = {"rows": SimpleNamespace(worst=rows), "bounds": SimpleNamespace(worst=bounds)}
    outcome: Any = SimpleNamespace(certificate=SimpleNamespace(failures=failures, **checks))
    assert _is_too_near(outcome) is near
    assert not _is_too_near(SimpleNamespace(certificate=None))  # type: ignore[arg-type]


def test_limits_too_near_to_one_another_are_named() -> None:
    def share(*programs: str, **bound: str) -> dict[str, Any]:
        return {"sum": "spending", "where": {"program": list(programs)}, "of": "total spending", **bound}

    programs = {key: {"outcomes": {"good": {"per_dollar": rate}}} for key, rate in (("a", 2), ("b", 3), ("c", 1))}
    rules = [
        {"name": "Half", **share("b", "c", at_most="50%")},
        {"name": "Least", **share("a", at_least="49.9999999%")},
        {"name": "Most", **share("a", "b", at_most="49.9999999%")},
    ]
    scenario = Scenario.from_document(document_of(programs, funds={"general": {"revenue": "1M"}}, rules=rules))
    # nothing can be spent: what is not a and b is more than half, and may be half at most
    with pytest.raises(bo.AccuracyError, match=r"“Half”.*“Least”.*“Most”"):
        bo.solve(scenario)


def spent_on(*programs: str, name: str, **bound: float) -> dict[str, Any]:
    return {"name": name, "sum": "spending", "where": {"program": list(programs)}, **bound}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        # a has its 30 and b its 60: beside a limit that is missed stand those at which its programs are
        ("K", "the rule “K”, the rule “L”"),
        ("M", "the rule “M”, the rule “K”, the rule “L”"),
        ("N", "the rule “N”, the rule “L”"),
        ("O", "the rule “O”, the rule “K”, the rule “L”"),
    ],
)
def test_which_limits_lie_near_to_the_one_that_is_missed(row: str, named: str) -> None:
    programs = {key: {"outcomes": {"good": {"per_dollar": rate}}} for key, rate in (("a", 3), ("b", 2), ("c", 1))}
    rules = [
        spent_on("a", name="K", at_most=30),
        spent_on("a", name="M", at_least=10),
        spent_on("a", "b", name="L", at_least=90),
        spent_on("b", name="N", at_most=70),
        spent_on("a", "c", name="O", at_most=50),
    ]
    scenario = Scenario.from_document(document_of(programs, rules=rules))
    formulation = formulate(scenario)
    names = formulation.linear_program.row_labels.all_names()
    certificate = SimpleNamespace(rows=SimpleNamespace(position=names.index(f"rule[{row},FY1]"), breach=1.25e-7))
    outcome: Any = SimpleNamespace(x=np.array([30.0, 60.0, 10.0, 0.0]), certificate=certificate)
    text = str(_too_near(scenario, formulation, outcome))
    assert f"these limits lie too near to one another: {named}. The best plan" in text
    assert "misses one of them by 1.2e-07" in text


def test_what_only_a_tolerance_lets_through_is_no_plan() -> None:
    """A program keeps .00045 dollars of its baseline in a year without money; beside millions HiGHS lets that pass."""
    segments = {"outcomes": {"also": {"curve": [[0, 0], [1_400_000, -2086], [1_900_000, -2801], [4_200_000, -3406]]}}}
    programs = {
        "kept": {"baseline": 18, "outcomes": {"also": {"curve": [[0, 0], [1_800_000, -3344]]}}},
        "other": segments,
        "best": {
            "outcomes": {
                "good": {"curve": [[0, 0], [1_100_000, 1210], [3_100_000, 2470]]},
                "third": {"curve": [[0, 0], [2_000_000, 3740]]},
            },
        },
    }
    document = {
        "periods": ["a", "b"],
        "funds": {"general": {}, "grant": {"revenue": {"b": 2_000_000}}},
        "outcomes": {"good": {"weight": 1}, "third": {}, "also": {}},
        "programs": programs,
        "rules": [{"name": "cut", "change": {"decrease_at_most": "99.9975%"}}],
    }
    with pytest.raises(InfeasibleError):
        bo.solve(Scenario.from_document(document))
