"""The independent formulation agrees on a few drawn scenarios, and what disagrees is found."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import budgetopt
import independent
from language.small import LATER, document_of
from language.word_problem import WordProblem
from linear_words import FoundPoint, Linear, WrittenProblem


@pytest.fixture(autouse=True)
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(independent, "FOUND", tmp_path / "found")
    return tmp_path / "found"


@pytest.mark.parametrize("kind", independent.KINDS)
def test_a_few_of_each_kind_agree(kind: str) -> None:
    told, counts, files = independent.look(kind, 5, 2)
    assert told == kind
    assert files == []
    assert counts["cases"] == 2
    assert counts["optimal"] + counts["infeasible"] == 2


def town(**more: Any) -> dict[str, Any]:
    """Return a scenario of a curve of falling slopes, a package, and a program with a fixed cost."""
    programs = {
        "library": {"outcomes": {"good": {"curve": [[0, 0], [40, 80], [100, 110]]}}},
        "bridge": {"packages": [{"cost": 50, "outcomes": {"good": 70}}], "choose": "any"},
        "clinic": {"if_funded": {"fixed_cost": 10}, "outcomes": {"good": {"per_dollar": 1.5}}},
    }
    return document_of(programs, 100, **more)


def test_the_written_problem_has_the_value_that_is_worked_out_by_hand() -> None:
    """80 for the first 40 of the library, 70 for the bridge, and 0.5 for each of the 10 that are left."""
    words = WordProblem(town())
    objective = words.objective(words.objectives[0])
    for answer in (words.problem.by_scipy(objective, maximize=True), words.problem.by_cbc(objective, maximize=True)):
        assert answer.status == "optimal"
        assert answer.value == pytest.approx(155)
    assert independent.compared(town()).findings == []


def test_a_plan_that_solvers_deny_is_counted_where_it_keeps_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, method in (("CBC", "by_cbc"), ("SciPy", "by_scipy")):
        monkeypatch.setattr(WrittenProblem, method, lambda *_, **__: FoundPoint("infeasible"))
        done = independent.compared(town())
        assert done.findings == []
        assert done.counts[f"{name} has no plan where there is one"] == 1


def test_a_value_that_fractions_refute_is_counted_and_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = {"pool": {"outcomes": {"good": {"per_dollar": 2}}}}
    by_cbc = WrittenProblem.by_cbc

    def better(*args: Any, **named: Any) -> FoundPoint:
        return replace(by_cbc(*args, **named), value=250.0)

    monkeypatch.setattr(WrittenProblem, "by_cbc", better)
    done = independent.compared(document_of(programs, 100))
    assert done.findings == []
    assert done.counts["CBC alone has a value that is none"] == 1
    # all-or-nothing packages leave what is possible open: nothing refutes the value
    assert any(finding.startswith("value by CBC") for finding in independent.compared(town()).findings)


def test_a_value_that_our_plan_betters_is_counted_and_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    by_scipy = WrittenProblem.by_scipy

    def worse(*args: Any, **named: Any) -> FoundPoint:
        return replace(by_scipy(*args, **named), value=150.0)

    monkeypatch.setattr(WrittenProblem, "by_scipy", worse)
    done = independent.compared(town())
    assert done.findings == []
    assert done.counts["SciPy misses a better plan"] == 1
    # a plan that misses a limit refutes nothing
    monkeypatch.setattr(independent, "missed", lambda *_: ["a limit"])
    assert any(finding.startswith("value by SciPy") for finding in independent.compared(town()).findings)


def test_a_project_that_runs_on_is_paid_and_serves_in_later_periods() -> None:
    programs = {"hall": {"packages": [{"cost": [60, 20], "outcomes": {"good": 9}, "then_costs": 5}], "start": ["FY1"]}}
    words = WordProblem(document_of(programs, 60, LATER))
    objective = words.objective(words.objectives[0])
    assert words.problem.by_scipy(objective, maximize=True).value == pytest.approx(18)
    assert words.objective({"minimize": "spending"}).terms
    unpaid = WordProblem(document_of(programs, 4, LATER, objective=[{"minimize": "spending"}]))
    assert unpaid.problem.by_scipy(objective, maximize=True).value == pytest.approx(0)


def test_a_worse_plan_a_wrong_status_and_a_limit_that_is_missed_are_found(
    monkeypatch: pytest.MonkeyPatch, found: Path
) -> None:
    solve = budgetopt.solve

    def with_less(scenario: budgetopt.Scenario) -> Any:
        return solve(scenario.with_(("funds.general.revenue", "-10%")))

    monkeypatch.setattr(budgetopt, "solve", with_less)
    findings = independent.compared(town()).findings
    assert any(finding.startswith("value by SciPy: 150.0, by itself 155") for finding in findings)
    assert any("beyond the bound" in finding for finding in findings)

    def with_more(scenario: budgetopt.Scenario) -> Any:
        return solve(scenario.with_(("funds.general.revenue", "+10%")))

    monkeypatch.setattr(budgetopt, "solve", with_more)
    assert any(finding.startswith("misses fund balance") for finding in independent.compared(town()).findings)
    impossible = town()
    impossible["programs"]["pool"] = {"spending": {"at_least": 105}}
    assert any("SciPy ends with infeasible" in finding for finding in independent.compared(impossible).findings)
    file = independent.kept(impossible, ["a finding"], "one")
    assert file.parent == found
    monkeypatch.setattr(sys, "argv", ["independent.py", "--file", str(file)])
    assert independent.main() == 1
    monkeypatch.setattr(budgetopt, "solve", solve)
    assert independent.main() == 0
    assert json.loads(file.read_text(encoding="utf-8"))["findings"] == ["a finding"]


def test_later_objectives_are_compared_among_the_plans_that_are_best_before() -> None:
    entries = [{"maximize": "weighted outcomes", "within": "10%"}, {"minimize": "spending"}]
    done = independent.compared(town(objective=entries))
    assert done.findings == []
    assert done.counts["value of a later objective"] == 1


def test_the_simplex_method_in_fractions() -> None:
    """The problem of the Wyndor company: 36 at (2, 6)."""
    problem = WrittenProblem()
    doors, windows = problem.column(4), problem.column()
    problem.at_most(windows * 2, 12)
    problem.at_most(doors * 3 + windows * 2, 18)
    answer = problem.in_fractions(doors * 3 + windows * 5, maximize=True)
    assert (answer.status, answer.value, list(answer.x)) == ("optimal", 36, [2, 6])
    problem.equals(doors + windows * 3, Fraction(35, 2))
    assert problem.in_fractions(doors * 3 + windows * 5, maximize=True).x == [
        Fraction(4, 7) * 0 + Fraction(19, 7),
        Fraction(69, 14),
    ]
    problem.at_most(Linear(constant=Fraction(9)), doors)
    assert problem.in_fractions(doors, maximize=True).status == "infeasible"
    whole = WrittenProblem()
    choice = whole.column(3, whole=True)
    rest = whole.column(Fraction(1, 3))
    assert whole.holding([2, 0]).open_columns == 1
    held = whole.holding([2, 0]).in_fractions(choice + rest, maximize=True)
    assert (held.value, held.x) == (Fraction(7, 3), [2, Fraction(1, 3)])
    free = WrittenProblem()
    assert free.in_fractions(free.column(), maximize=True).status == "unbounded"


def test_every_case_is_run_once_in_chunks_of_one_kind() -> None:
    told = Counter[str]()
    chunks = list(independent.chunks(1000, 3))
    for kind, _, cases in chunks:
        told[kind] += cases
    assert sum(told.values()) == 1000
    assert len({number for _, number, _ in chunks}) == len(chunks)
    assert set(told) == set(independent.KINDS)
