"""Verification: what was solved is confirmed without a solver, and what was tampered with is not."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt import synthetic
from budgetopt.allocation.figures import NOISE, differences
from budgetopt.allocation.result_seal import document_sha256
from budgetopt.allocation.verify import SAME, Verification, verify_result
from budgetopt.solvers import Termination, certify, solve_linear_program
from first_format import written_first
from measures import few
from strategies import ALL, CONVEX, cases

CLASSICS = Path(__file__).resolve().parents[2] / "scenarios" / "classics"
OBJECTIVES: list[Any] = [
    {"maximize": "weighted outcomes"},
    {"minimize": "spending"},
    [{"maximize": "weighted outcomes"}, {"minimize": "spending"}],
    [{"minimize": "change from baseline"}, {"maximize": "o0"}, {"minimize": "spending"}],
]
WITHIN = [{"maximize": "weighted outcomes", "within": "5%"}, {"minimize": "change from baseline"}]

Path_ = tuple[str | int, ...]
INFORMATIONAL: set[Path_] = {("provenance", "seconds")}
"""Figures that say nothing of the plan; only the seal holds them."""


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, float]]:
    """Yield every number of a document with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from leaves(item, (*path, key))
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def changed(document: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    """Return a document in which one value is another, sealed again as a forger would."""
    copied = copy.deepcopy(document)
    parent: Any = copied
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return {**copied, "document_sha256": document_sha256(copied)}


def solved(scenario: bo.Scenario, **options: Any) -> dict[str, Any]:
    return written_first(bo.solve(scenario, **options))


def failed(verification: Verification) -> str:
    assert not verification.accepted
    assert not verification.proved
    assert "NOT confirmed" in verification.conclusion
    return next(finding.name for finding in verification.findings if not finding.passed)


@pytest.fixture(scope="module")
def dakota() -> tuple[bo.Scenario, dict[str, Any]]:
    scenario = bo.load(CLASSICS / "dakota")
    return scenario, solved(scenario)


@pytest.mark.parametrize("name", sorted(path.name for path in CLASSICS.iterdir() if path.is_dir()))
def test_the_result_of_each_classic_is_confirmed(name: str) -> None:
    scenario = bo.load(CLASSICS / name)
    verification = verify_result(solved(scenario), scenario)
    assert verification.accepted, str(verification)


@few(1 / 2, 200)
@given(cases(features=ALL), st.sampled_from(OBJECTIVES))
def test_every_result_is_confirmed(case: Any, objective: Any) -> None:
    scenario = bo.Scenario.from_document({**case.document, "objective": objective})
    plan = bo.solve(scenario)
    verification = verify_result(json.loads(plan.to_json()), scenario)
    assert verification.accepted, str(verification)
    # of integer decisions the bound of the relaxation proves a plan only where it meets the plan's value
    assert verification.proved is (not plan.formulation.linear_program.is_integer or plan.relaxation_gap <= SAME)


def test_a_later_objective_takes_nothing_from_the_one_before() -> None:
    """A billionth of the visits is worth 357 dollars: a search that gives it up reports spending that no plan has."""
    document = {
        "funds": {"grant": {"one_time": 2_000_000}},
        "outcomes": {
            "visits": {"weight": 1000, "target": {"at_most": 169}},
            "wait": {"weight": 1, "direction": "decrease"},
        },
        "programs": {
            "buses": {
                "outcomes": {
                    "visits": {"curve": [[0, 0], [100_000, -221]]},
                    "wait": {"curve": [[0, 0], [100_000, 1]]},
                }
            },
            "clinics": {"outcomes": {"visits": {"unit_cost": 250}}, "spending": {"at_least": 100_000}},
            "roads": {"outcomes": {"visits": {"per_dollar": -0.0001}}},
        },
        "objective": [{"maximize": "weighted outcomes"}, {"minimize": "spending"}],
    }
    scenario = bo.Scenario.from_document(document)
    plan = bo.solve(scenario)
    reached = plan.solver_result.stages[1].solution
    assert plan.proved
    assert reached.objective == pytest.approx(plan.spending.sum(), abs=0.01)
    assert reached.bound == pytest.approx(reached.objective, abs=0.01)
    verification = verify_result(json.loads(plan.to_json()), scenario)
    assert verification.accepted, str(verification)


@pytest.mark.parametrize("seed", [1, 10])
@pytest.mark.parametrize("gap", [0.05, 1e-9])
def test_a_result_of_a_whole_city_is_confirmed_whatever_gap_was_asked_for(seed: int, gap: float) -> None:
    scenario = synthetic.city(25, funds=3, periods=2, seed=seed)
    document = solved(scenario, gap=gap)
    verification = verify_result(document, scenario)
    assert verification.accepted, str(verification)
    believed = "is not proved here: the file says that HiGHS" in verification.conclusion
    assert believed is not verification.proved


@few(1 / 3, 200)
@given(cases(features=ALL))
def test_a_result_whose_later_objectives_may_give_up_some_of_the_first_is_confirmed(case: Any) -> None:
    scenario = bo.Scenario.from_document({**case.document, "objective": WITHIN})
    verification = verify_result(solved(scenario), scenario)
    assert verification.accepted, str(verification)


@few(1 / 2)
@given(cases(features=CONVEX), st.sampled_from(OBJECTIVES), st.data())
def test_any_figure_that_is_changed_is_caught(case: Any, objective: Any, data: st.DataObject) -> None:
    """Whoever changes a figure and seals the document again is found out by the figure itself."""
    scenario = bo.Scenario.from_document({**case.document, "objective": objective})
    document = solved(scenario)
    figures = [(path, value) for path, value in leaves(document) if path not in INFORMATIONAL]
    path, value = data.draw(st.sampled_from(figures))
    by = data.draw(st.sampled_from([0.01, 1.0, 1_000.0]))
    new = data.draw(st.sampled_from([value + by, value - by, value * 2 + by, -value - by]))
    verification = verify_result(changed(document, path, new), scenario)
    if not verification.accepted:
        return
    # a dual may be another and prove the same: then it is a proof, and was checked as one; so is a point that differs
    # by no more than the tolerance of the proof
    is_slight = path[:2] == ("proof", "point") and abs(new - value) <= let_through(document)
    assert is_slight or path[:2] in (("proof", "stages"), ("proof", "held")), (path, value, new)
    assert verification.proved


def let_through(document: dict[str, Any]) -> float:
    """Return by how much a column of a proof may be off at the most: a row's limit is no larger than all its terms."""
    terms = sum(map(abs, document["proof"]["point"].values()))
    return float(document["certificate"]["checks"]["rows"]["tolerance"] * 2 * terms)


@pytest.mark.parametrize(("by", "accepted"), [(0.01, True), (0.1, False)])
def test_a_point_proves_as_much_as_its_tolerance_lets_through(by: float, accepted: bool) -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 5.9e6, "opening_balance": 5e6}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {"a": {"spending": {"at_most": 5e6}, "outcomes": {"good": {"per_dollar": 3}}}},
            "periods": ["FY1"],
        }
    )
    document = solved(scenario)
    path = ("proof", "point", "closing balance[general,FY1]")
    assert document["proof"]["point"][path[-1]] == 5.9e6
    verification = verify_result(changed(document, path, 5.9e6 + by), scenario)
    assert verification.accepted is accepted
    # the tolerance is a share of all terms of a row, and said in the document
    assert (by <= let_through(document)) is accepted


@few(1 / 2)
@given(cases(max_programs=4, features=ALL), st.data())
def test_any_figure_of_whole_decisions_that_is_changed_is_caught(case: Any, data: st.DataObject) -> None:
    document = solved(case.scenario)
    # the gap that was asked for is a setting, and duals around whole decisions price nothing that is believed
    free = {("objective", "stages", 0, "tolerance"), ("certificate", "checks", "gap", "tolerance")}
    figures = [
        (path, value)
        for path, value in leaves(document)
        if path not in INFORMATIONAL | free and path[:2] not in (("proof", "held"), ("proof", "stages"))
    ]
    path, value = data.draw(st.sampled_from(figures))
    new = value + data.draw(st.sampled_from([0.01, 1.0, -1.0, 1_000.0]))
    verification = verify_result(changed(document, path, new), case.scenario)
    is_slight = path[:2] == ("proof", "point") and abs(new - value) <= let_through(document)
    # other prices of the relaxation may prove its bound as well
    is_proof = path[:2] == ("proof", "relaxation") and verification.accepted
    assert is_slight or is_proof or failed(verification)


@few(1 / 4, 200)
@given(cases(features=ALL), st.data())
def test_the_seal_catches_any_change_at_all(case: Any, data: st.DataObject) -> None:
    document = solved(case.scenario)
    path, value = data.draw(st.sampled_from(list(leaves(document))))
    new = float(np.nextafter(value, data.draw(st.sampled_from([-np.inf, np.inf]))))
    tampered = {**changed(document, path, new), "document_sha256": document["document_sha256"]}
    verification = verify_result(tampered, case.scenario)
    assert not verification.accepted
    assert any(finding.name in ("form", "seal") and not finding.passed for finding in verification.findings)


WORD_OF_THE_SOLVING = ("unique", "proof", "document_sha256", "seconds", "budgetopt", "solver", "worst")


def entries(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Yield every number, word, yes or no, and null of a document with its path."""
    if not isinstance(value, dict | list):
        yield path, value
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from entries(item, (*path, key))


def test_every_entry_of_a_result_as_it_is_written_is_checked() -> None:
    scenario = bo.load(CLASSICS / "dakota")
    document = json.loads(bo.solve(scenario).to_json())
    unseen = []
    for path, value in entries(document):
        if not {*path} & {*WORD_OF_THE_SOLVING} and path[:2] != ("provenance", "inputs"):
            other = f"{value}x" if isinstance(value, str) else (value or 0) + 7
            other = not value if isinstance(value, bool) else other
            if verify_result(changed(document, path, other), scenario).accepted:
                unseen.append(path)
    assert unseen == []


@pytest.mark.parametrize(
    "path",
    [
        ("outcomes", 0, "evidence", "effects"),
        ("certificate", "audit", "limits"),
        ("effects", "program", 0),
        ("proof", "point", 0, "keys", "program"),
        ("proof", "stages", 0, 0, "again"),
    ],
)
@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_a_whole_number_that_no_float_holds_is_told_of(path: Path_, number: int) -> None:
    scenario = bo.load(CLASSICS / "dakota")
    document = json.loads(bo.solve(scenario).to_json())
    parent: Any = document
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = [number] if path[-1] == "again" else number
    assert failed(verify_result(document, scenario)) == "form"


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("effects", {"program": 0, "outcome": "good", "level": 7, "low": None, "high": None, "assumed": False}, "good"),
        ("units", {"program": 0, "period": "budget", "units": 0}, "budget"),
    ],
)
def test_a_row_that_stands_twice_is_told_of(table: str, row: dict[str, Any], words: str) -> None:
    """The right row follows the forged one, and a reader would see both."""
    clinic = {
        "service": {"unit": "cases", "unit_cost": 10},
        "outcomes": {"good": {"per_unit": 2, "evidence": "rct", "source": "A study"}},
    }
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"good": {"unit": "units", "weight": 1}},
            "programs": {"clinic": clinic},
        }
    )
    document = json.loads(bo.solve(scenario).to_json())
    assert verify_result(document, scenario).accepted
    columns = document[table] if table == "effects" else document["decisions"][table]
    right = {name: column[0] if isinstance(column, list) else column for name, column in columns.items()}
    for name, value in row.items():
        at = {"names": [value], "at": [0, 0]} if isinstance(value, str) else [value, right[name]]
        columns[name] = at
    found = verify_result({**document, "document_sha256": document_sha256(document)}, scenario)
    assert failed(found) == "form"
    assert f"a table names clinic, {words} twice" in str(found)


def test_noise_is_the_only_slack_there_is(dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    scenario, document = dakota
    loose = {".".join(map(str, path)) for path, value in leaves(document) if accepts(scenario, document, path, value)}
    noise = {pattern.replace("checks.*.worst", f"checks.{name}.worst") for pattern in NOISE for name in CHECKS}
    prices = {path for path in loose if path.endswith(".price")}
    assert loose - prices <= noise | {"provenance.seconds", "objective.stages.0.value"}


CHECKS = ("rows", "bounds", "integrality", "dual", "complementarity", "gap")


def accepts(scenario: bo.Scenario, document: dict[str, Any], path: Path_, value: float) -> bool:
    """Tell whether a change of a figure by a ten-billionth is not seen."""
    return verify_result(changed(document, path, value + max(abs(value), 1.0) * 1e-10), scenario).accepted


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("funds.carpentry.one_time", "8.01"),
        ("programs.desks.outcomes.revenue.per_dollar", "31"),
        ("rules.Finishing.at_most", "21"),
        ("programs.desks.name", "benches"),
        ("rules.Finishing.because", "another reason"),
    ],
)
def test_a_result_of_another_scenario_is_told(change: str, value: str) -> None:
    scenario = bo.load(CLASSICS / "dakota")
    other = scenario.with_((change, value))
    assert failed(verify_result(solved(scenario), other)) == "scenario"


@few(1 / 3, 200)
@given(cases(features=ALL), st.data())
def test_any_figure_of_the_scenario_that_is_changed_is_caught(case: Any, data: st.DataObject) -> None:
    document = solved(case.scenario)
    path, value = data.draw(st.sampled_from(list(leaves(case.document))))
    tampered = copy.deepcopy(case.document)
    parent: Any = tampered
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value + 1
    try:
        other = bo.Scenario.from_document(tampered)
    except bo.ScenarioError:
        return  # what is no scenario any more cannot be verified against
    assert failed(verify_result(document, other)) == "scenario"


def test_a_plan_that_is_feasible_but_not_best_is_not_confirmed(dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    """A whole document of a worse plan, every figure of it in agreement, still lacks the proof."""
    scenario, _ = dakota
    worse = scenario.with_(("rules[Finishing].at_most", "19"))
    forged = solved(worse)
    forged["provenance"]["scenario_sha256"] = scenario.sha256
    forged["document_sha256"] = document_sha256(forged)
    assert failed(verify_result(forged, scenario)) == "proof"


def test_a_plan_that_breaks_a_rule_is_told_by_its_name(dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    scenario, document = dakota
    payments = copy.deepcopy(document["proof"]["decisions"]["payments"])
    program, funds = next(iter(payments.items()))
    fund, periods = next(iter(funds.items()))
    period = next(iter(periods))
    payments[program][fund][period] += 5
    tampered = changed(document, ("proof", "decisions", "payments"), payments)
    verification = verify_result(tampered, scenario)
    assert failed(verification) == "audit"
    assert "Finishing" in str(verification)


@pytest.mark.parametrize("text", ["status", "programs.0.reason", "outcomes.0.unit", "rules.0.because", "scenario.name"])
def test_words_are_checked_as_figures_are(text: str, dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    scenario, document = dakota
    path = tuple(int(part) if part.isdigit() else part for part in text.split("."))
    value = "best found" if text == "status" else "another word"
    assert failed(verify_result(changed(document, path, value), scenario)) == "figures"


def test_a_proof_that_speaks_of_other_rows_is_refused(dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    scenario, document = dakota
    duals = {"rule[Finnishing,week]": 10.0}
    verification = verify_result(changed(document, ("proof", "stages", 0), duals), scenario)
    assert failed(verification) == "proof"
    assert "rule[Finishing,week]" in str(verification)


def test_one_objective_too_few_or_a_word_that_no_solver_says_is_refused(
    dakota: tuple[bo.Scenario, dict[str, Any]],
) -> None:
    scenario, document = dakota
    assert failed(verify_result(changed(document, ("proof", "stages"), []), scenario)) == "proof"
    assert (
        failed(verify_result(changed(document, ("objective", "stages", 0, "termination"), "fine"), scenario)) == "proof"
    )


def test_a_missing_price_is_no_proof(dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    scenario, document = dakota
    assert not verify_result(changed(document, ("proof", "stages", 0), None), scenario).accepted
    assert not verify_result(changed(document, ("proof", "stages", 0), {}), scenario).accepted


def test_what_is_no_document_is_refused_in_words(dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    scenario, _ = dakota
    verification = verify_result({"format": "budgetopt-result/1"}, scenario)
    assert failed(verification) == "form"
    assert "Field required" in str(verification)


def test_the_order_of_outcomes_is_no_figure() -> None:
    scenario = bo.load(CLASSICS / "politician")
    document = solved(scenario)
    document["outcomes"].reverse()
    document["rules"].reverse()
    document["document_sha256"] = document_sha256(document)
    assert verify_result(document, scenario).accepted
    document["outcomes"][0], document["outcomes"][1] = document["outcomes"][1], document["outcomes"][1]
    document["document_sha256"] = document_sha256(document)
    assert failed(verify_result(document, scenario)) == "figures"


def test_a_plan_that_was_stopped_is_confirmed_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The best plan found is checked like any other; nothing is said of how good it is but what the solver says."""
    module = import_module("budgetopt.allocation.solve")
    scenario = bo.load(CLASSICS / "wyndor")

    def stopped(*arguments: Any) -> Any:
        outcome = solve_linear_program(*arguments)
        first = outcome.stages[0]
        none = replace(
            first.solution, termination=Termination.TIME_LIMIT, row_dual=None, reduced_cost=None, bound=np.nan
        )
        certificate = certify(first.program, first.stage, none)
        result = replace(first, solution=none, certificate=certificate)
        return replace(
            outcome,
            termination=Termination.TIME_LIMIT,
            solution=replace(none, x=outcome.x),
            certificate=certificate,
            stages=(result,),
        )

    monkeypatch.setattr(module, "solve_linear_program", stopped)
    plan = module.solve(scenario)
    monkeypatch.undo()
    assert plan.status is bo.Status.BEST_FOUND
    document = json.loads(plan.to_json())
    assert document["objective"]["bound"] is None
    verification = verify_result(document, scenario)
    assert verification.accepted, str(verification)
    assert not verification.proved
    assert "not known" in verification.conclusion


def test_the_verification_says_what_it_found(dakota: tuple[bo.Scenario, dict[str, Any]]) -> None:
    scenario, document = dakota
    verification = verify_result(document, scenario)
    assert [finding.name for finding in verification.findings] == [
        "form",
        "seal",
        "scenario",
        "audit",
        "proof",
        "figures",
    ]
    assert verification.proved
    assert verification.to_dict()["accepted"] is True
    lines = str(verification).splitlines()
    assert lines[0].startswith("ok    form:")
    assert lines[-1] == (
        "Confirmed: the plan keeps every limit of this scenario, and no plan can maximize weighted outcomes better."
    )


def test_differences_are_told_by_name() -> None:
    one = {"programs": [{"id": "a", "spending": 1.0}, {"id": "b", "spending": 2.0}], "status": "optimal"}
    other = {"programs": [{"id": "b", "spending": 2.0}, {"id": "a", "spending": 1.5}], "status": "optimal"}
    wrong, count = differences(one, other, {})
    assert wrong == ["programs.a.spending is 1, and it should be 1.5"]
    assert count == 5
    assert differences({"x": 1.0}, {}, {})[0] == ["x is 1, and it should be left out"]
    assert differences({"x": None}, {"x": 0.0}, {})[0] == ["x is null, and it should be 0"]
    assert differences({"x": [1, 2]}, {"x": [1]}, {})[0] == ["x is [1, 2], and it should be [1]"]
    assert differences({"x": True}, {"x": 1}, {})[0] == ["x is True, and it should be 1"]
